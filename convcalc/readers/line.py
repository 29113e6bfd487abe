"""From one text to layers, repeats and uses of blocks: `conv 64 k3`, `3 x relu`, `[conv 64 -> relu]*2 -> pool`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import ExprError
from convcalc.algebra.parser import parse
from convcalc.kinds import Named, plain
from convcalc.kinds.conventions import CONVENTIONS
from convcalc.problem import Diagnostic, Problem, Source, nearest, problem
from convcalc.readers import shorthand
from convcalc.spec import (
    BranchItem,
    BrokenItem,
    LayerItem,
    Place,
    RepeatItem,
    UseItem,
    items_within,
    map_items,
    reword,
)
from convcalc.spec.brackets import Chain, chain, is_chain, matching, parts_of, split
from convcalc.spec.shapes import is_shape

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from convcalc.layers.values import Raw
    from convcalc.readers.dataflow import Flow
    from convcalc.spec import Block, Item, Items, WrittenLayer

SIDES = r"\d+ x \d+(?! x )\b"  # of a window, where no repeat stands
BRANCHES = {"residual": "residual", "shortcut": "residual", "gate": "gate", "concat": "concat"}
BODIES = {
    "residual": "[conv 64 k3 p1, relu]",
    "gate": "[globalavgpool, conv 8 k1, relu, conv 64 k1, sigmoid]",
    "repeat": "{times: 3, layers: [conv 64 k3]}",
}
BODY_WORDS = (*BRANCHES, "repeat")
# Known to convcalc.readers.calls.wrappers and convcalc.kinds.compositions, which are imported only where one is called.
WRAPPER_NAMES = frozenset((
    "Bidirectional", "Conv2dNormActivation", "Conv3dNormActivation", "ConvBnAct", "ConvNormAct",
    "ConvNormActivation", "DataParallel", "DistributedDataParallel", "MLP", "Mlp", "SEModule", "Sequential",
    "SpectralNormalization", "SqueezeExcitation", "SqueezeExcite", "TimeDistributed", "TransformerDecoder",
    "TransformerEncoder", "orthogonal", "spectral_norm", "weight_norm",
))  # fmt: skip


def likely_shape(line: str) -> str:
    """An example of the input of a layer, of as many channels or features as the layer says."""
    items = items_within(LineReader(Source("", line)).line(line, Place(1, 1)), {})
    written = next((item.written for item in items if isinstance(item, LayerItem)), None)
    if written is None:
        return "3x32x32"
    given = dict(written.args)
    size = given.get("in_channels") or given.get("in_features")
    if written.kind.takes == "features":
        return f"{size or 784}" if written.kind.inputs == 1 else f"16x{size or 784}"
    return f"{size or 3}{'x32' * (written.dims or 2)}"


class LineReader:
    """Reads lines of one document; errors are noted and reading goes on."""

    def __init__(self, source: Source, convention: str = "", heirs: tuple[str, ...] = ()):
        self.source = source
        self.convention = convention  # of this run, where it is not the spec's
        self.heirs = (*heirs, source.name)  # the specs that build upon this one
        self.findings: list[Diagnostic] = []
        self.blocks: dict[str, Block] = {}
        self.block_names: set[str] = set()
        self.kinds: dict[str, Named] = {}
        self.kind_fields: dict[str, Mapping[str, Any]] = {}
        self.unread_kinds: set[str] = set()  # declared, but with an error of their own
        self.framework = CONVENTIONS[convention or "pytorch"].classes
        self.seen: dict[Any, WrittenLayer] = {}  # equal layers are read once
        self.flows: dict[str, Flow] = {}  # what lines of a program do with tensors, by the names of their items
        self.layers_assigned: dict[str, bool] = {}  # the layers that they make, and whether as `self.conv1 = …`
        self.variables: set[str] = set()  # what they assign otherwise
        self.notes: list[Diagnostic] = []
        self.beside: dict[str, tuple[tuple[str, Raw], ...]] = {}  # defaults by kind, of the notations that were met

    def note(self, error: Problem, place: Place) -> None:
        """Keep a problem, at its own mark or where it was found."""
        for diagnostic in error.diagnostics:
            self.findings.append(diagnostic if diagnostic.mark else diagnostic._replace(mark=place.mark(self.source)))

    def refuse(self, place: Place, code: str, message: str, hint: str = "") -> None:
        self.note(problem(code, message, hint), place)

    def refuse_other_arrows(self, text: str, place: Place) -> None:
        """`3x32x32 - conv 8 k3`: a network in one line, with other signs between its layers."""
        from convcalc.readers.slips import arrows_mended

        line = arrows_mended(text)
        if line:
            message = "a network in one line has `->` between its layers"
            raise problem("L000", message, f"write: {line}", place.mark(self.source))

    def refuse_lone_item(self, text: str, place: Place) -> None:
        """`conv 8 k3`, `3x32x32`: one item of a network in one line, without the others."""
        if "\n" not in text:
            network = f"{text} -> conv 64 k3" if is_shape(text) else f"{likely_shape(text)} -> {text}"
            message = "a network in one line is its input and its layers, with `->` between them"
            raise problem("L000", message, f"write: {network}", place.mark(self.source))

    def line(self, text: str, place: Place) -> Items:
        """The items of a text; where it cannot be read, a broken one."""
        return self.readable(place, "", self.chained, text, place)

    def readable(self, place: Place, name: str, read: Callable[..., Items], *what: Any) -> Items:
        """The items that a method reads; where it cannot, the error is noted and they are a broken one."""
        try:
            return read(*what)
        except Problem as error:
            self.note(error, place)
            return (BrokenItem(name, place),)

    def connect(self, items: Items, inputs: tuple[str, ...] = ()) -> tuple[Items, tuple[tuple[str, Raw, Place], ...]]:
        """Items whose lines of a program have their sources, and the inputs that they say."""
        if not self.flows:
            return items, input_said(items)
        from convcalc.readers.dataflow import Connection

        connection = Connection(self, inputs)
        items = connection.connect(items)
        self.flows, self.layers_assigned, self.variables = {}, {}, set()
        return items, tuple(connection.given) or input_said(items)

    def chained(self, text: str, place: Place, name: str = "") -> Items:
        """One text: a layer, `3 x layer`, or a chain with arrows."""
        text = without_comment(text.strip())
        if not is_chain(text):
            return self.read_entry(text, place.part(0, len(text)), name)
        links = chain(text)
        items = self.links(links, place)
        if name and len(items) == 1 and not isinstance(links.items[0], Chain):
            return (items[0]._replace(name=name),)  # `extra: conv 4 k3?`
        return (RepeatItem("1", items, name, place),) if name else items

    def links(self, chain: Chain, where: Place) -> Items:
        found: list[Item] = []
        pattern = False
        for index, part in enumerate(chain.items):
            if isinstance(part, Chain):
                inner = self.links(part, where)
                if part.times == "1" and not part.optional:
                    found.extend(inner)
                else:
                    found.append(RepeatItem(part.times, inner, "", where, part.optional))
                continue
            start, text, optional = part
            if index == 0 and text.lower() == "input":
                pattern = True
                continue
            place = where.part(start, len(text))
            items = self.readable(place, "", self.read_entry, text, place)
            found.extend(item._replace(optional=True) if optional else item for item in items)
        return map_items(tuple(found), as_pattern) if pattern else tuple(found)

    def read_entry(self, text: str, place: Place, name: str = "") -> Items:
        """One layer or block in one text, perhaps repeated: `3 x conv 256 k3`."""
        times, _, rest = text.partition(" x ")
        if rest and is_count(times) and not (rest[0].isdecimal() and re.match(SIDES, text)):
            inner = place.part(len(text) - len(rest.lstrip()), len(rest.strip()))
            return (repeat_of(times, self.chained(rest, inner), name, place),)
        word, _, values = text.partition(" ")
        if not text or text.lower() in ("null", "~"):
            raise problem("L013", "an empty entry", "write a layer, or take the dash away")
        if word.lower() in BODIES and not values:
            raise problem("L017", f"{word} needs its layers", f"{word}: {BODIES[word.lower()]}")
        if word[:-1].lower() in BRANCHES and word[-1] == ":" and values.lstrip()[:1] == "[":
            return (self.branch_text(word[:-1].lower(), values.strip(), name, place.part(len(word) + 1, len(values))),)
        if word in self.block_names:
            return (self.use_text(word, values, name, place),)
        if plain(word) in self.unread_kinds:
            return (BrokenItem(name, place),)
        if plain(word) in self.kinds:
            return self.with_activation(shorthand.shorthand(self.resolve(word), values), name, place)
        is_language = values and values.lstrip("+-*")[:1] != "=" and self.is_layer(word)  # linear (3 + 1)*2
        if not is_language and is_statement(text):
            from convcalc.readers.calls.statements import items_of_code

            found = items_of_code(self, text, name, place)
            if found is not None:
                return found
        return self.layer_text(text, place, name)

    def layer_text(self, text: str, place: Place, name: str = "") -> Items:
        """A layer, or a call around layers."""
        if "(" in text and self.is_wrapper(text[: text.index("(")].rpartition("=")[2]):
            from convcalc.readers.calls.wrappers import wrapped_items

            return wrapped_items(self, text, name, place)
        try:
            return self.with_activation(shorthand.layer(text, self.framework), name, place)
        except Problem as error:
            if error.diagnostics[0].code == "K001" and (line := self.branch_called(text)):
                head = text.partition("(")[0].partition("[")[0].strip()
                raise problem("K001", f'unknown kind "{head[:60]}"', f"write: {line}") from None
            if error.diagnostics[0].code == "K001" and (self.block_names or self.kinds):
                word = text.partition(" ")[0]
                raise shorthand.unknown_kind(word, (*self.block_names, *self.kinds)) from None
            raise

    def branch_text(self, word: str, text: str, name: str, place: Place) -> Item:
        """`residual: [conv 64 k3 p1 -> relu]` in one line: its layers, or the paths of a concat between commas."""
        from convcalc.kinds.joining import BLOCKS

        if matching(text) != len(text) - 1:
            raise problem(
                "L022", f"after the list of {word} comes {text[matching(text) + 1 :][:20]}", f"{word}: [a -> b]"
            )
        parts = ((1 + begin, part) for begin, part in split(text[1:-1], ",") if part.strip())
        items = [self.chained(part, place.part(begin, len(part))) for begin, part in parts]
        join = BLOCKS[BRANCHES[word]].name
        if BRANCHES[word] == "concat":
            return BranchItem(join, tuple(("", path) for path in items), name, place)
        main = tuple(item for part in items for item in part)
        return BranchItem(join, (("", main), ("", "identity")), name, place)

    def branch_called(self, text: str) -> str:
        """The line of a branch that is written like a call, `residual(conv 64 k3 p1)`; "" for anything else."""
        opened = next((index for index, sign in enumerate(text) if sign in "(["), len(text))
        word = text[:opened].strip().rpartition(".")[2].lower()
        if word not in BRANCHES or word not in BODIES or opened == len(text):
            return ""
        closed = opened + matching(text[opened:])
        inner = text[opened + 1 : closed].strip()
        listed = self.is_layer(re.split(r"[\s(:]", inner, maxsplit=1)[0]) and closed > opened
        return f"{word}: {f'[{inner}]' if listed else BODIES[word]}"

    def use_text(self, block: str, text: str, name: str, place: Place) -> Item:
        words = (word.partition("=") for word in parts_of(text, " ") if word)
        pairs = [(key, value) if equals else ("", key) for key, equals, value in words]
        return self.use(block, pairs, name or dict(pairs).get("name", ""), place)

    def use(self, block: str, pairs: Sequence[tuple[str, Raw]], name: str, place: Place) -> Item:
        """A block with its arguments by parameter, in order where one is not named."""
        said = dict(pairs)
        args = tuple(pair for pair in pairs if pair[0] not in ("name", "from", "weights"))
        source, weights = shorthand.named_sources(said.get("from", "")), said.get("weights", "")
        return UseItem(block, args, name, place, False, source, weights if isinstance(weights, str) else "")

    def with_activation(self, written: WrittenLayer, name: str, place: Place) -> Items:
        item = LayerItem(written, name or written.name, place)
        if written.implied:
            item = item._replace(pattern=written.implied.flattens)
            usual = map(shorthand.layer, written.implied.beside)
            self.beside.update((each.kind.name, each.args) for each in usual)
        if not written.activation:
            return (item,)
        activation = shorthand.layer(written.activation, self.framework)
        if "keras" in (written.framework, self.framework) and activation.kind.keys and not activation.args:
            from convcalc.readers.arguments import settings_of_name

            activation = activation._replace(args=settings_of_name(written.activation))
        return (item, LayerItem(activation, "", place, activates=True))

    def is_own(self, word: str) -> bool:
        """Whether a name is that of a block or a kind of the spec's own."""
        return word in self.block_names or plain(word) in self.kinds

    def is_wrapper(self, head: str) -> bool:
        """Whether a call of this name goes around layers, or is made of some."""
        word = head.rpartition(".")[2].strip()
        return word in WRAPPER_NAMES and not (word in self.block_names or plain(word) in self.kinds)

    def is_layer(self, word: str) -> bool:
        if word in self.block_names or word == "repeat" or word.lower() in BRANCHES:
            return True
        if plain(word) in self.kinds or plain(word) in self.unread_kinds or self.is_wrapper(word):
            return True
        return self.resolves(word)

    def resolves(self, word: str) -> bool:
        return shorthand.known_name(word, self.framework) is not None

    def resolve(self, word: str) -> shorthand.Resolved:
        mine = self.kinds.get(plain(word))
        return shorthand.Resolved(mine.kind, mine.dims) if mine else shorthand.resolve(word, self.framework)


def input_said(items: Items) -> tuple[tuple[str, Raw, Place], ...]:
    """The input that the first layer says that it has, `input_shape=(28, 28, 1)`."""
    first = next((item for item in items_within(items, {}) if isinstance(item, LayerItem)), None)
    implied = first.written.implied if first else None
    return (("input", implied.shape, first.place),) if first and implied and implied.shape else ()


def without_comment(text: str) -> str:
    """A line of a program without the comment behind it, in which there may be arrows: `# 32x32 -> 28x28`."""
    code, comment, _ = text.partition("#")
    if not comment or "(" not in code:
        return text
    from convcalc.readers.code import code_of

    return code.rstrip() if code_of(code.strip()) is not None else text


def is_statement(text: str) -> bool:
    """Whether a text may be a line of a program, which calls a layer or assigns its output."""
    if not ("(" in text or "= " in text or text.startswith("return ")):
        return False
    from convcalc.readers.code import code_of, is_class

    return code_of(text.strip()) is not None and not is_class(text)


def repeat_of(times: str, items: Items, name: str, place: Place) -> RepeatItem:
    """`3 x layer from=a`: the first turn takes `a`, each other what the one before gives."""
    first = items[0] if items else None
    source = () if first is None or isinstance(first, BrokenItem) else first.source
    if first and len(source) == 1 and all(isinstance(other, LayerItem) and other.activates for other in items[1:]):
        return RepeatItem(times, (reword(first, source=()), *items[1:]), name, place, source=source)
    return RepeatItem(times, items, name, place)


def as_pattern(item: Item) -> Item:
    """An item of the lectures' `INPUT -> [CONV -> RELU -> POOL]*2 -> FC`."""
    return item._replace(pattern=True) if isinstance(item, LayerItem) else item


def is_count(text: str) -> bool:
    """Whether a text may say how often: `3`, `n`, `2*n`; not a layer such as `conv 3`."""
    try:
        parse(text)
    except ExprError:
        return False
    return True


def list_cure(word: str, text: str) -> str:
    """The line that holds the layers of a branch or a repeat in a list."""
    layers = f'["{text}"]' if re.search(r"[][,{}:#]", text) else f"[{text}]"
    return f"write: - {word}: {f'{{times: 2, layers: {layers}}}' if word == 'repeat' else layers}"


def branch_meant(word: str) -> str:
    """The branch of which a name is a slip, `ersidual`, or that a name ends in, `x = residual`; not `residual1`."""
    word = word.lower()
    last = re.split(r"[^\w.]+", word)[-1].rpartition(".")[2]
    if last in BODY_WORDS:
        return last
    return "" if any(each in word for each in BODY_WORDS) else nearest(word, BODY_WORDS, 0.8)
