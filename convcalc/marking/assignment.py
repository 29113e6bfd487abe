"""An assignment: a network, the questions on it, and what they are worth; or a spec, of which anything may be asked."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from convcalc.kinds.conventions import CONVENTIONS
from convcalc.marking.assignment_options import ARRAYS, QUESTION_KEYS, TOP_KEYS, AssignmentOptions
from convcalc.marking.first_look import check_choices
from convcalc.marking.key import (
    AnswerKey,
    KeyItem,
    answer_item,
    bound_item,
    canonical_name,
    layer_value,
    network_item,
    quantity_named,
    standard_items,
)
from convcalc.marking.reference_network import NetworkSource, ReferenceNetwork
from convcalc.marking.verdict import KeyQuestion
from convcalc.network.load import sound_report
from convcalc.problem import Diagnostic, Problem, Source, problem
from convcalc.readers import library
from convcalc.readers.files import contents
from convcalc.readers.forms import form_of
from convcalc.readers.yaml import Mapping, Node, Scalar, Sequence, mark
from convcalc.readers.yaml.tree import load
from convcalc.spec.brackets import is_line
from convcalc.spec.choices import Choices

HEAD = ("course", "due", "about")  # of a sheet
NOT_OF_ARRAYS = ("ask", "form", "spec", "layer", "of", "output", "answer", "at_most", "at_least")
MAX_QUESTIONS = 5_000


def read_key(source: Source) -> AnswerKey:
    """The key of a text; a Problem with all that is wrong with it."""
    digest = hashlib.sha256(contents(source))
    root = assignment_root(source)
    if root is not None:
        return AssignmentReader(source, root, digest).key()
    made = sound_report(source)
    network = ReferenceNetwork(made, NetworkSource(source))
    items = tuple(standard_items(network))
    return AnswerKey(made.name or source.name, items, digest.hexdigest()[:12], {}, True, network=network)


def assignment_root(source: Source) -> Mapping | None:
    """What an assignment says; None where the text is a network."""
    root = None if is_line(source.text.strip()) or form_of(source) else load(source)
    if not isinstance(root, Mapping):
        return None
    if root.get("answers") is not None and root.get("layers") is None:
        message = f"{source.name} is a file of answers, and the key comes first"
        raise problem("H023", message, "convcalc check KEY ANSWERS…", mark(source, root.keys[0]))
    return root if root.get("questions") is not None or root.get("assignment") is not None else None


class AssignmentReader(AssignmentOptions):
    """Reads an assignment, and finds everything that is wrong with it in one pass."""

    def __init__(self, source: Source, root: Mapping, digest: hashlib._Hash):
        super().__init__(source, root)
        self.digest = digest
        self.choices = Choices()
        self.networks: dict[tuple[str | int, str, str], ReferenceNetwork] = {}

    def key(self) -> AnswerKey:
        self.check_keys(self.root, TOP_KEYS)
        self.choices = self.attempt(self.read_choices, self.root) or Choices()
        name = self.text(self.root.get("assignment")) or self.source.name
        spec, listed = self.root.get("spec"), self.root.get("questions")
        network = self.attempt(self.network, spec) if spec is not None else None
        items = listed.items if isinstance(listed, Sequence) else ()
        asked: list[KeyItem] = []
        if items:
            for number, item in enumerate(items[:MAX_QUESTIONS], 1):
                asked += self.attempt(lambda node, number=number: self.questions(node, number, network), item) or []
        elif network is not None and (listed is None or (not isinstance(listed, Mapping) and not self.text(listed))):
            asked = list(standard_items(network))
        elif spec is None or listed is not None:
            error = problem("H015", "there are no questions", "questions: [{ask: C1.output, points: 1}]")
            self.note(error, listed or self.root)
        if len(items) > MAX_QUESTIONS:
            self.note(problem("H015", f"{len(items):,} questions are too many", f"at most {MAX_QUESTIONS:,}"), listed)
        for ask, times in Counter(each.question.ask for each in asked).items():
            if times > 1:
                twice = [item for item in items if isinstance(item, Mapping) and self.text(item.get("ask")) == ask]
                place = twice[1] if len(twice) > 1 else listed
                self.note(problem("H016", f"{ask} is asked twice", "ask once, with the points of both"), place)
        program = self.attempt(self.program, self.root.get("program")) or ""
        whole = bool(self.attempt(self.flag, self.root.get("all_or_nothing")))
        head = {key: text for key in HEAD if (text := self.attempt(self.text, self.root.get(key)))}
        if self.findings:
            raise Problem(*self.findings)
        return AnswerKey(
            name, tuple(asked), self.digest.hexdigest()[:12], {}, False, whole, network, head, self.choices.inputs,
            program, self.choices.convention == "keras",
        )  # fmt: skip

    def read_choices(self, root: Mapping) -> Choices:
        """What the assignment asks for beside its spec."""
        return Choices(
            self.named_values(root.get("input"), True), self.named_values(root.get("set")),
            self.choice(root.get("convention"), "convention", tuple(CONVENTIONS)),
        )  # fmt: skip

    def network(self, node: Node | None, inputs: str = "", layer: str = "") -> ReferenceNetwork:
        """The network of a spec by name or in place, or of one layer on an input."""
        name = self.text(node) if isinstance(node, Scalar) else ""
        kept = (name or id(node), inputs, layer)
        if kept not in self.networks:
            choices = self.choices
            if layer:
                source, choices = Source("layer", f"{inputs} -> {layer}"), Choices(convention=choices.convention)
            elif "->" in name or "→" in name or "\n" in name:
                source = Source("spec", name)
            elif isinstance(node, Mapping):
                source = self.source
            else:
                source = library.spec_beside(name, self.source)
            self.digest.update(source.text.encode("utf-8", "surrogatepass"))
            try:
                origin = NetworkSource(source, choices, node if source is self.source else None)
                made = sound_report(*origin)
            except Problem as error:
                raise Problem(*map(self.cure_for_key, error.diagnostics)) from None
            self.networks[kept] = ReferenceNetwork(made, origin)
        return self.networks[kept]

    def cure_for_key(self, found: Diagnostic) -> Diagnostic:
        """A finding on --set, as one on the key `set` of the assignment."""
        node = self.root.get("set")
        if node is None or found.mark is None or found.mark.source.name != "--set":
            return found
        hint = re.sub(r"--set ([^\s=]+)=(\S+)", r"set: {\1: \2}", found.hint)
        return found._replace(
            code="H018", message=found.message.removeprefix("--"), hint=hint, mark=mark(self.source, node)
        )

    def questions(self, node: Node, number: int, network: ReferenceNetwork | None) -> list[KeyItem]:
        """Those of an entry, of whose choices one is right."""
        found = [*self.question(node, number, network)]
        for item in found:
            check_choices(item)
        return found

    def question(self, node: Node, number: int, network: ReferenceNetwork | None) -> Iterator[KeyItem]:
        """The question of an entry, or several if it has a * in it."""
        if isinstance(node, Scalar):
            node = Mapping((Scalar("ask", node.line, node.column),), (node,), node.line, node.column)
        if not isinstance(node, Mapping):
            raise problem("H015", "a question is a mapping", "- {ask: C1.output, points: 1}")
        self.check_keys(node, QUESTION_KEYS)
        more = self.settings(node)
        name = self.text(node.get("name")) or f"Q{number}"
        group = self.text(node.get("group")) or (name if self.flag(node.get("all_or_nothing")) else "")
        if group:
            more["group"] = group
        if node.get("apply") is not None:
            yield self.array_question(node, name, more)
            return
        asks, bound = self.asks(node), self.bound(node)
        layer = self.text(node.get("layer")) or self.text(node.get("of"))
        self.check_company(node, layer, more["form"] == "symbolic")
        if node.get("spec") is not None:
            network = self.network(node.get("spec"))
        for ask in asks:
            if more["form"] == "symbolic":
                yield formula_item(ask, more, name, network)
            elif layer and "?" in layer:
                yield self.open_question(node, ask, layer, name, more)
            elif layer:
                yield self.one_layer(node, ask, layer, name, more)
            elif node.get("answer") is not None:
                yield answer_item(
                    ask, self.text(node.get("answer")), name, more, self.choices.convention == "keras"
                )  # fmt: skip
            elif bound is not None:
                yield bound_item(network, ask, bound, name, more)
            elif network is None and self.root.get("spec") is not None:
                return  # its own finding says why there is none
            elif network is None:
                raise problem("H019", f"{ask[:60]}: there is no network to ask", "spec: lenet5 above the questions")
            else:
                for each in self.wildcards(ask, network):
                    yield network_item(network, each, more)

    def check_company(self, node: Mapping, layer: str, is_symbolic: bool) -> None:
        """Refuse keys that the question would ignore."""
        for key, is_used, company in (
            ("input", layer, "goes with layer"),
            ("output", "?" in layer, "goes with a layer that has a ? in it"),
            ("answer", not layer and not is_symbolic, "is of a question without layer and formula"),
            ("at_most", not layer and not is_symbolic, "is of a question without layer and formula"),
            ("at_least", not layer and not is_symbolic, "is of a question without layer and formula"),
            ("at_most", node.get("answer") is None, "and answer exclude each other"),
            ("at_least", node.get("answer") is None, "and answer exclude each other"),
            ("spec", not layer and not is_symbolic, "is of a question without layer and formula"),
            ("layer", not is_symbolic, "is of a question without formula: ask for conv.output"),
        ):
            if (value := node.get(key)) is not None and not is_used:
                raise problem("H018", f"{key} {company}", f"leave {key} out", mark(self.source, value))

    def wildcards(self, ask: str, network: ReferenceNetwork) -> Iterator[str]:
        if "*" not in ask:
            yield ask
            return
        pattern, _, what = ask.rpartition(".")
        full = quantity_named(what.lower())
        named = [layer.name for layer in network.layers if fnmatchcase(layer.name, pattern)]
        having = [name for name in named if layer_value(network, network.index[name], full) not in (None, ())]
        if not having:
            missing = f"has {what[:40]}" if named else f'is called "{pattern[:60]}"'
            raise problem("H011", f"no layer {missing}", "convcalc summary lists the layers")
        yield from (f"{name}.{what}" for name in having)

    def asks(self, node: Mapping) -> list[str]:
        ask = node.get("ask")
        if ask is None or not getattr(ask, "items", getattr(ask, "text", "")):
            raise problem("H015", "a question says what it asks", "- {ask: C1.output, points: 1}")
        return [self.text(item) for item in ask.items] if isinstance(ask, Sequence) else [self.text(ask)]

    def settings(self, node: Mapping) -> dict[str, Any]:
        def default(key: str) -> Node | None:
            return node.get(key) if node.get(key) is not None else self.root.get(key)

        points = self.number(default("points"), 1)
        return {
            "points": points, "tolerance": self.share(default("tolerance")),
            "form": self.choice(node.get("form"), "form", ("number", "symbolic")) or "number",
            "partial": self.partial(default("partial"), points), "choices": self.texts(node.get("choices")),
            "text": self.text(node.get("text")),
        }  # fmt: skip

    def one_layer(self, node: Mapping, ask: str, layer: str, name: str, more: dict[str, Any]) -> KeyItem:
        """`{ask: output, layer: conv 10 k5 p2, input: 3x32x32}`."""
        shape = self.text(node.get("input"))
        if not shape:
            raise problem("H019", f"{name}: a layer needs an input", "input: 3x32x32")
        network = self.network(None, shape, layer)
        last = network.layers[-1].name
        made = network_item(network, f"{last}.{ask}", more)
        question = made.question._replace(ask=f"{name}.{ask}", layer=name)
        return made._replace(question=question, names=(name, last + "." + ask))

    def array_question(self, node: Mapping, name: str, more: dict[str, Any]) -> KeyItem:
        """`{apply: conv 1 k2, input: 1 2 3; 4 5 6; 7 8 9, weights: 10 20; 30 40}`: the numbers of the output."""
        from convcalc.marking.array_questions import array_task

        for key in node.keys:
            if key.text in NOT_OF_ARRAYS:
                raise problem(
                    "H018", f"{key.text} is no key of arrays", f"leave {key.text} out", mark(self.source, key)
                )
        inputs = self.array_texts(node.get("input"))
        if not inputs:
            raise problem("H019", f"{name}: apply needs an input", 'input: "1 2 3; 4 5 6; 7 8 9"')
        own = {option: texts for option in ARRAYS if (texts := self.array_texts(node.get(option)))}
        choices = Choices(convention=self.choices.convention)
        task = array_task(self.text(node.get("apply")), inputs, own, choices, self.flag(node.get("flip")))
        question = KeyQuestion(name, name, "array", expected=task.right, **{**more, "form": "array"})
        return KeyItem(question, None, right=task.right, form="array", names=(f"{name}.output",), arrays=task)

    def open_question(self, node: Mapping, ask: str, layer: str, name: str, more: dict[str, Any]) -> KeyItem:
        """`{ask: padding, layer: conv 64 k7 s2 p?, input: …, output: …}`: whatever gives the output is right."""
        from convcalc.solving.answer import answer as answer_of
        from convcalc.solving.question import Wanted, layer_question

        shape, output = self.text(node.get("input")), self.text(node.get("output"))
        answer = answer_of(layer_question(layer, shape, Wanted(output), self.choices))
        if not answer.solutions:
            raise problem("H021", f"{name}: nothing solves {layer[:60]}", "change the input or the output")
        what = quantity_named(ask.lower()) or ask
        values = answer.solutions[0].values
        if what not in values:
            message = f"{name}: the question mark in {layer[:60]} is for {' and '.join(values)}"
            raise problem("H012", message, f"ask: {next(iter(values))}")
        right = values[what]
        question = KeyQuestion(f"{name}.{what}", name, what, expected=right, **more)
        return KeyItem(question, None, right=right, form="open", names=(name,), open=answer)


def formula_item(ask: str, more: dict[str, Any], name: str, network: ReferenceNetwork | None) -> KeyItem:
    """A question on the formula of a kind."""
    from convcalc.marking.symbolic import right_formula

    kind, what, _ = canonical_name(ask)
    if network and kind in network.names:
        layer = network.layers[network.names[kind]]
        hint = f"ask: {layer.kind}.{ask.rpartition('.')[2]}"
        raise problem("H011", f"{layer.name} is a layer, and a formula in letters is that of a kind", hint)
    tree = right_formula(kind, what)
    question = KeyQuestion(f"{kind}.{what}", kind, what, expected=tree, **more)
    return KeyItem(question, None, right=tree, form="symbolic", names=(name,))
