"""What is asked: a spec, of which any quantity may be asked, or an assignment with its questions and their points."""

from __future__ import annotations

import hashlib
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import ExprError
from convcalc.language import library
from convcalc.language.names import Choices
from convcalc.language.yamlmap import Mapping, Scalar, Sequence, load, mark
from convcalc.layer.binding import AXES
from convcalc.marking.following import Network, plain, quantity_of
from convcalc.marking.reading import Unreadable, numbers
from convcalc.marking.verdict import Question
from convcalc.network.summary import report
from convcalc.problem import Diagnostic, Problem, Source, did_you_mean, problem
from convcalc.questions.explain import ALIASES, QUANTITIES
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcalc.algebra.expr import Value
    from convcalc.language.yamlmap import Node
    from convcalc.network.walk import NetworkReport

TOTAL = "total"
STANDARD = ("output", "parameters", "macs", "receptive_field")  # of every layer, where the key is a spec
TOTALS = (
    "parameters",
    "buffers",
    "macs",
    "flops",
    "connections",
    "activations",
    "memory",
    "parameter_memory",
    "receptive_field",
    "output",
)
ENDS = ("output", "receptive_field")  # of TOTALS: those that are the last layer's
SETTINGS = ("padding", "kernel", "stride", "dilation", "filters", "units", "groups", "output_padding")
OTHERS = ("input", "flops", "parameter_memory", *SETTINGS)
MORE_ALIASES = {
    **ALIASES, "out": "output", "output_shape": "output", "output_size": "output", "volume": "output",
    "param": "parameters", "total_params": "parameters", "madds": "macs", "mult_adds": "macs", "multiply_adds": "macs",
    "flop": "flops", "neurons": "activations", "receptive_fields": "receptive_field", "center": "rf_centre",
    "bias": "biases", "p": "padding",
    "k": "kernel", "s": "stride", "d": "dilation", "input_shape": "input", "input_size": "input", "in": "input",
}  # fmt: skip
PARTS = {
    "h": "height", "w": "width", "c": "channels", "d": "depth", "l": "length", "rows": "height", "columns": "width",
    "height": "height", "width": "width", "channels": "channels", "depth": "depth", "length": "length", "size": "size",
    "features": "channels",
}  # fmt: skip
PER_AXIS = frozenset(("receptive_field", "rf_stride", "rf_offset", "rf_centre", *SETTINGS))
TOP_KEYS = (
    "assignment",
    "spec",
    "questions",
    "about",
    "all_or_nothing",
    "convention",
    "set",
    "input",
    "points",
    "tolerance",
    "partial",
    "course",
    "due",
)
QUESTION_KEYS = (
    "ask",
    "points",
    "tolerance",
    "partial",
    "form",
    "name",
    "spec",
    "layer",
    "of",
    "input",
    "output",
    "all_or_nothing",
    "group",
    "answer",
    "text",
)
MAX_QUESTIONS = 5_000
MAX_NAME = 300  # characters of the name of an answer that are looked at


class Asked(NamedTuple):
    """A question with what its answer is looked up in."""

    question: Question
    network: Network | None  # None: a formula, or a layer that is to be solved
    index: int = -1  # type: ignore[assignment]  # the layer's; -1 the whole network
    right: Any = None  # expected, channels first
    form: str = "number"  # what is to be read: number, side, shape, symbolic or open
    names: tuple[str, ...] = ()  # under which it is answered, beside its own
    open: Any = None  # the layer with its question marks

    @property
    def of_layer(self) -> Asked:
        """What a network gives and sees is what its last layer does; any other question as it is."""
        if self.network is None or self.index >= 0 or self.question.quantity not in ENDS:
            return self
        return self._replace(index=len(self.network.layers) - 1)


class Key(NamedTuple):
    name: str
    asked: tuple[Asked, ...]
    hash: str
    is_open: bool = False  # a spec: what a submission answers is what is asked
    all_or_nothing: bool = False
    findings: tuple[Diagnostic, ...] = ()
    network: Network | None = None
    memo: Any = None  # by canonical name, what is asked: filled as it is needed

    @property
    def questions(self) -> tuple[Question, ...]:
        return tuple(each.question for each in self.asked)

    def find(self, name: str) -> Asked | None:
        """What an answer of this name answers; a spec is asked whatever it can answer."""
        memo: dict[Any, Asked | None] = self.memo
        if not memo:
            for each in self.asked:
                for known in (each.question.ask, *each.names):
                    memo.setdefault(canonical(known), each)
        key = canonical(name[:MAX_NAME])
        network = self.network
        if key not in memo and self.is_open and network is not None and key[1] and key[0] in (TOTAL, *network.names):
            try:
                memo[key] = network_question(network, name, {})
            except Problem:
                return None
        return memo.get(key)

    def asking(self, names: tuple[str, ...]) -> Key:
        """The same key with these questions alone, for every submission: a spec asked what a class was asked."""
        found = [each for each in map(self.find, names) if each]
        asked = {each.question.ask: each for each in found}
        return self._replace(asked=tuple(asked.values()), is_open=False, memo={})


@lru_cache(maxsize=65536)
def canonical(name: str) -> tuple[str, str, str]:
    """(layer, quantity, part) of a name, in plain spelling; what is no quantity belongs to the layer."""
    tokens = [plain(token) for token in name.split(".")]
    part = ""
    if len(tokens) > 2 and tokens[-1] in PARTS and quantity(tokens[-2]):
        part = PARTS[tokens.pop()]
    if len(tokens) > 1 and quantity(tokens[-1]):
        return ".".join(tokens[:-1]), quantity(tokens[-1]), part
    if len(tokens) > 1 and tokens[-1] in PARTS:
        return ".".join(tokens[:-1]), "output", PARTS[tokens[-1]]
    return ".".join(tokens), "", ""


def quantity(token: str) -> str:
    """The full name of a quantity, "" for what is none."""
    token = MORE_ALIASES.get(token, token)
    return token if token in QUANTITIES or token in OTHERS else ""


# Keys


def read_key(source: Source) -> Key:
    """The key of a text; a Problem with all that is wrong with it."""
    digest = hashlib.sha256(source.text.encode("utf-8", "surrogatepass"))
    root = load(source) if ("->" not in source.text and "→" not in source.text) or "\n" in source.text.strip() else None
    if isinstance(root, Mapping) and (root.get("questions") is not None or root.get("assignment") is not None):
        return Reader(source, root, digest).key()
    made = report(source)
    if made.errors:
        raise Problem(*made.errors)
    network = Network(made)
    return Key(
        made.name or source.name, tuple(standard(network)), digest.hexdigest()[:12], True, network=network, memo={}
    )


def standard(network: Network) -> Iterator[Asked]:
    """What a spec is asked: the usual quantities of every layer, and the totals."""
    for layer in network.layers:
        for name in STANDARD:
            if layer.applied is not None and (name != "receptive_field" or layer.field):
                yield network_question(network, f"{layer.name}.{name}", {})
    for name in ("parameters", "macs"):
        yield network_question(network, f"{TOTAL}.{name}", {})


def network_question(network: Network, ask: str, more: dict[str, Any]) -> Asked:
    """A question about a layer of a network, or about all of it."""
    name, what, part = canonical(ask)
    names = network.names
    if not what:
        known = [*network.index, TOTAL]
        if name in names or name == TOTAL:
            raise problem(
                "H010", f'"{ask[:60]}" names no quantity', f"{ask[:60]}.output, .parameters, .macs, .receptive_field …"
            )
        hint = (
            did_you_mean(ask.split(".")[-1], [*QUANTITIES, *MORE_ALIASES]) if "." in ask else did_you_mean(ask, known)
        )
        raise problem("H010", f'"{ask[:60]}" is no question', hint or "C1.output, total.parameters …")
    if name == TOTAL and name not in names:
        right = total(network.report, what)
        index, layer = -1, TOTAL
    elif name in names:
        index = names[name]
        layer = network.layers[index].name
        right = layer_value(network, index, what)
    else:
        raise problem(
            "H011",
            f'there is no layer "{ask.rpartition(".")[0][:60]}"',
            did_you_mean(name, names) or "summary lists them",
        )
    if right is None or right == ():
        raise problem("H012", f"{layer} has no {what.replace('_', ' ')}", "ask for another quantity")
    form = "shape" if what in ("output", "input") else "side" if what in PER_AXIS else "number"
    if part:
        right = along(right, part, what, ask)
        form = "number"
    elif form == "side" and isinstance(right, tuple) and len(set(right)) == 1:
        right = right[0]
    shown = right
    if form == "shape" and network.report.channels_last:
        shown = (*right[1:], right[0])
    question = Question(f"{layer}.{what}{f'.{part}' if part else ''}", layer, what, part, expected=shown, **more)
    return Asked(question, network, index, right, form)


def along(value: Any, part: str, what: str, ask: str) -> Any:
    """One side of a shape, or of what has a number an axis."""
    is_shape = what in ("output", "input")
    if not isinstance(value, tuple):
        if not is_shape and part != "channels":
            return value
        value = (value,)
    names = AXES.get(len(value) - is_shape, ())
    if is_shape and part == "channels":
        return value[0]
    if part == "size" and len(set(value[is_shape:])) == 1:
        return value[is_shape]
    if part not in names:
        raise problem(
            "H013",
            f"{ask[:60]}: there is no {part} here",
            f"one of {', '.join((*(('channels',) if is_shape else ()), *names))}",
        )
    return value[names.index(part) + is_shape]


def layer_value(network: Network, index: int, what: str) -> Any:
    layer = network.layers[index]
    if layer.applied is None:
        return None
    if what in ("receptive_field", "rf_stride", "rf_offset", "rf_centre"):
        return network.field(index, {"receptive_field": "size"}.get(what, what.removeprefix("rf_")))
    return quantity_of(layer.applied, what)


def total(made: NetworkReport, what: str) -> Any:
    totals = made.totals
    match what:
        case "parameters" | "buffers" | "macs" | "connections" | "activations" | "biases":
            return getattr(totals, what)
        case "weights":
            return totals.parameters - totals.biases
        case "flops":
            return 2 * totals.macs
        case "memory":
            return totals.activations * 4
        case "parameter_memory":
            return (totals.parameters + totals.buffers) * 4
        case "output":
            return made.output
        case "receptive_field":
            return tuple(field.size for field in made.layers[-1].field) if made.layers else ()
    return None


class Reader:
    """Reads an assignment; everything that is wrong with it is found in one go."""

    def __init__(self, source: Source, root: Mapping, digest: Any):
        self.source, self.root, self.digest = source, root, digest
        self.findings: list[Diagnostic] = []
        self.networks: dict[Any, Network] = {}

    def key(self) -> Key:
        for key in self.root.keys:
            if key.text not in TOP_KEYS:
                self.note(
                    problem(
                        "H014",
                        f'unknown key "{key.text[:60]}"',
                        did_you_mean(key.text, TOP_KEYS) or f"the keys are {', '.join(TOP_KEYS)}",
                    ),
                    key,
                )
        name = self.text(self.root.get("assignment")) or self.source.name
        network = self.attempt(self.network, self.root.get("spec")) if self.root.get("spec") is not None else None
        asked: list[Asked] = []
        listed = self.root.get("questions")
        items = listed.items if isinstance(listed, Sequence) else []
        if not items and network is not None:
            asked = list(standard(network))
        elif not items:
            self.note(
                problem("H015", "there are no questions", "questions:\n  - {ask: C1.output, points: 1}"),
                listed or self.root,
            )
        for number, item in enumerate(items[:MAX_QUESTIONS], 1):
            asked += self.attempt(lambda node, number=number: list(self.question(node, number, network)), item) or []
        seen: set[str] = set()
        for each in asked:
            if each.question.ask in seen:
                self.note(
                    problem("H016", f"{each.question.ask} is asked twice", "ask once, with the points of both"),
                    self.root,
                )
            seen.add(each.question.ask)
        if self.findings:
            raise Problem(*self.findings)
        flag = self.flag(self.root.get("all_or_nothing"))
        return Key(name, tuple(asked), self.digest.hexdigest()[:12], False, flag, network=network, memo={})

    def note(self, error: Problem, node: Node) -> None:
        place = mark(self.source, node)
        self.findings += [one if one.mark else one._replace(mark=place) for one in error.diagnostics]

    def attempt(self, make: Any, node: Node | None) -> Any:
        try:
            return make(node)
        except Problem as error:
            self.note(error, node or self.root)
        except (ExprError, Unreadable) as error:
            self.note(problem("H017", str(error)), node or self.root)
        return None

    def text(self, node: Node | None) -> str:
        if node is None:
            return ""
        if not isinstance(node, Scalar):
            raise problem("H018", "one value is wanted here, not a list or a mapping", mark=mark(self.source, node))
        return node.text.strip()

    def flag(self, node: Node | None) -> bool:
        return self.text(node).lower() in ("yes", "true", "on", "1")

    def network(self, node: Node | None, inputs: str = "", layer: str = "") -> Network:
        """The network of a spec by name or in place, or of one layer on an input."""
        name = self.text(node) if isinstance(node, Scalar) else ""
        kept = (name or id(node), inputs, layer)
        if kept not in self.networks:
            choices = Choices(convention=self.text(self.root.get("convention")))
            if layer:
                source = Source("layer", f"{inputs} -> {layer}")
            elif "->" in name or "→" in name or "\n" in name:
                source = Source("spec", name)
            elif isinstance(node, Mapping):
                source = Source(self.source.name, as_json(node))
            else:
                source = library.beside(name, self.source)
            self.digest.update(source.text.encode("utf-8", "surrogatepass"))
            made = report(source, choices)
            if made.errors:
                raise Problem(*made.errors)
            self.networks[kept] = Network(made)
        return self.networks[kept]

    def question(self, node: Node, number: int, network: Network | None) -> Iterator[Asked]:
        """The question of an entry; of one with * in it, several."""
        if isinstance(node, Scalar):
            node = Mapping((Scalar("ask", node.line, node.column),), (node,), node.line, node.column)
        if not isinstance(node, Mapping):
            raise problem("H015", "a question is a mapping", "- {ask: C1.output, points: 1}")
        for key in node.keys:
            if key.text not in QUESTION_KEYS:
                self.note(
                    problem(
                        "H014",
                        f'unknown key "{key.text[:60]}"',
                        did_you_mean(key.text, QUESTION_KEYS) or f"the keys are {', '.join(QUESTION_KEYS)}",
                    ),
                    key,
                )
        more = self.settings(node)
        asks = self.asks(node)
        name = self.text(node.get("name")) or f"Q{number}"
        group = self.text(node.get("group")) or (name if self.flag(node.get("all_or_nothing")) else "")
        if group:
            more["group"] = group
        layer = self.text(node.get("layer")) or self.text(node.get("of"))
        if node.get("spec") is not None:
            network = self.network(node.get("spec"))
        for ask in asks:
            if more["form"] == "symbolic":
                yield formula_question(ask, more, name)
            elif layer and "?" in layer:
                yield self.open_question(node, ask, layer, name, more)
            elif layer:
                yield self.one_layer(node, ask, layer, name, more)
            elif node.get("answer") is not None:
                right = numbers(self.text(node.get("answer")))[0].value
                yield Asked(Question(ask, ask, "", expected=right, **more), None, right=right, names=(name,))
            elif network is None and self.root.get("spec") is not None:
                return  # its own finding says why there is none
            elif network is None:
                raise problem("H019", f"{ask[:60]}: there is no network to ask", "spec: lenet5 above the questions")
            else:
                for each in self.wildcards(ask, network):
                    yield network_question(network, each, more)

    def wildcards(self, ask: str, network: Network) -> Iterator[str]:
        if "*" not in ask:
            yield ask
            return
        pattern, _, what = ask.rpartition(".")
        for layer in network.layers:
            what_of = quantity(what.lower())
            if fnmatchcase(layer.name, pattern) and layer_value(network, network.index[layer.name], what_of) not in (
                None,
                (),
            ):
                yield f"{layer.name}.{what}"

    def asks(self, node: Mapping) -> list[str]:
        ask = node.get("ask")
        if ask is None:
            raise problem("H015", "a question says what it asks", "- {ask: C1.output, points: 1}")
        return [self.text(item) for item in ask.items] if isinstance(ask, Sequence) else [self.text(ask)]

    def settings(self, node: Mapping) -> dict[str, Any]:
        def default(key: str) -> Node | None:
            return node.get(key) if node.get(key) is not None else self.root.get(key)

        points = self.number(default("points"), 1)
        form = self.text(node.get("form")) or "number"
        if form not in ("number", "symbolic"):
            raise problem(
                "H018",
                f'unknown form "{form[:40]}"',
                did_you_mean(form, ("number", "symbolic")) or "number or symbolic",
            )
        return {
            "points": points, "tolerance": self.share(default("tolerance")), "form": form,
            "partial": self.partial(default("partial"), points),
        }  # fmt: skip

    def number(self, node: Node | None, usual: Value) -> Any:
        if node is None:
            return usual
        value = numbers(self.text(node))[0].value
        if value < 0:
            raise problem("H018", f"{self.text(node)[:40]} is less than 0", mark=mark(self.source, node))
        return value

    def share(self, node: Node | None) -> Any:
        text = self.text(node)
        if not text:
            return 0
        from fractions import Fraction

        value = numbers(text.removesuffix("%"))[0].value
        return Fraction(value, 100) if text.endswith("%") else value

    def partial(self, node: Node | None, points: Value) -> dict[str, Any]:
        from convcalc.marking.mistakes import MISTAKES

        if node is None:
            return {}
        if not isinstance(node, Mapping):
            raise problem(
                "H018", "partial credit is given by code", "partial: {par.no_bias: 1}", mark(self.source, node)
            )
        found = {}
        for key, value in node.pairs:
            if key.text not in MISTAKES:
                self.note(
                    problem("H020", f'there is no mistake "{key.text[:60]}"', did_you_mean(key.text, MISTAKES)), key
                )
            found[key.text] = self.number(value, 0)
        return found

    def one_layer(self, node: Mapping, ask: str, layer: str, name: str, more: dict[str, Any]) -> Asked:
        """`{ask: output, layer: conv 10 k5 p2, input: 3x32x32}`."""
        shape = self.text(node.get("input"))
        if not shape:
            raise problem("H019", f"{name}: a layer needs an input", "input: 3x32x32")
        network = self.network(None, shape, layer)
        last = network.layers[-1].name
        made = network_question(network, f"{last}.{ask}", more)
        question = made.question._replace(ask=f"{name}.{ask}", layer=name)
        return made._replace(question=question, names=(name, last + "." + ask))

    def open_question(self, node: Mapping, ask: str, layer: str, name: str, more: dict[str, Any]) -> Asked:
        """`{ask: padding, layer: conv 64 k7 s2 p?, input: …, output: …}`: whatever gives the output is right."""
        from convcalc.questions import solve, wanted

        shape, output = self.text(node.get("input")), self.text(node.get("output"))
        asked = solve.question(
            layer, wanted.shape(shape) if shape else None,
            wanted.shape(output) if output and output != "same" else None, output == "same",
            convention=self.text(self.root.get("convention")) or "pytorch",
        )  # fmt: skip
        answer = solve.answer(asked)
        if not answer.solutions:
            raise problem("H021", f"{name}: nothing solves {layer[:60]}", "change the input or the output")
        what = quantity(ask.lower()) or ask
        values = answer.solutions[0].values
        right = values.get(what, next(iter(values.values())))
        question = Question(f"{name}.{what}", name, what, expected=right, **more)
        return Asked(question, None, right=right, form="open", names=(name,), open=answer)


def formula_question(ask: str, more: dict[str, Any], name: str) -> Asked:
    from convcalc.marking.symbolic import right_formula

    kind, what, _ = canonical(ask)
    tree = right_formula(kind, what)
    return Asked(
        Question(f"{kind}.{what}", kind, what, expected=tree, **more), None, right=tree, form="symbolic", names=(name,)
    )


def as_json(node: Node) -> str:
    """A spec inside an assignment, as a text of its own."""
    import json

    def plain(node: Node) -> Any:
        if isinstance(node, Scalar):
            return node.text
        if isinstance(node, Sequence):
            return [plain(item) for item in node.items]
        return {key.text: plain(value) for key, value in node.pairs}

    return json.dumps(plain(node), ensure_ascii=False)
