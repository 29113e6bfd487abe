"""From a located tree to a Spec: what a person wrote, checked for its form, not yet expanded or computed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from convcalc import shorthand
from convcalc.convention import CONVENTIONS
from convcalc.expr import ExprError, parse
from convcalc.kinds import Named, key_names, plain
from convcalc.problem import Diagnostic, Mark, Problem, Source, did_you_mean, problem
from convcalc.yamlmap import Mapping, Scalar, Sequence, mark

if TYPE_CHECKING:
    from convcalc.kinds.record import Kind
    from convcalc.kinds.values import Raw
    from convcalc.yamlmap import Node

TOP_KEYS = (
    "name", "about", "base", "input", "layers", "let", "variants", "symbols", "defaults", "blocks", "kinds",
    "convention", "layout",
)  # fmt: skip
BRANCHES = {"residual": "residual", "shortcut": "residual", "gate": "gate", "concat": "concat"}
BODIES = {
    "residual": "[conv 64 k3 p1, relu]",
    "gate": "[globalavgpool, conv 8 k1, relu, conv 64 k1, sigmoid]",
    "repeat": "{times: 3, layers: [conv 64 k3]}",
}
MAX_BASES = 20
MAX_ERRORS = 100  # of one file; reading stops there


class Place(NamedTuple):
    """Where something is written; marks are made of it only when they are shown."""

    line: int
    column: int
    length: int = 1
    source: Source | None = None  # where it is not the spec's own: its base

    def mark(self, source: Source) -> Mark:
        return Mark(self.source or source, self.line, self.column, self.length)


Where: TypeAlias = "Place | Entry | Node"


class Entry(NamedTuple):
    """The place of a layer that is a mapping: its kind, and the keys below it."""

    key: Scalar
    body: Mapping

    @property
    def line(self) -> int:
        return self.key.line

    @property
    def column(self) -> int:
        return self.key.column


class LayerItem(NamedTuple):
    written: shorthand.Written
    name: str
    place: Where
    optional: bool = False
    pattern: bool = False  # in a chain that begins with INPUT, where FC flattens by itself


class RepeatItem(NamedTuple):
    times: str  # an expression over names
    items: Items
    name: str
    place: Where
    optional: bool = False


class BranchItem(NamedTuple):
    """residual, concat or gate: paths from one input, joined."""

    join: str  # add, concat or multiply
    paths: tuple[tuple[str, Items | str], ...]  # (label, items); "identity" and "auto" are shortcuts in a word
    name: str
    place: Where
    optional: bool = False
    source: tuple[str, ...] = ()
    axis: tuple[tuple[str, Raw], ...] = ()


class UseItem(NamedTuple):
    """A block with its arguments."""

    block: str
    args: tuple[tuple[str, Raw], ...]
    name: str
    place: Where
    optional: bool = False
    source: tuple[str, ...] = ()


class BrokenItem(NamedTuple):
    """Something that could not be read; the error is already noted."""

    name: str
    place: Where
    optional: bool = False


Item: TypeAlias = LayerItem | RepeatItem | BranchItem | UseItem | BrokenItem
Items: TypeAlias = tuple[Item, ...]


class Block(NamedTuple):
    name: str
    params: tuple[tuple[str, str | None], ...]  # None: required
    items: Items
    place: Where


class Variant(NamedTuple):
    """What a choice stands for: `depth: {50: {n3: 6, unit: bottleneck}}` sets names, and says which block one is."""

    name: str
    choices: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]  # (value, ((name, value or block), …))
    place: Where


class Spec(NamedTuple):
    source: Source
    name: str
    about: str
    inputs: tuple[tuple[str, Raw, Where], ...]  # name, shape as written
    let: tuple[tuple[str, str, Where], ...]
    variants: tuple[Variant, ...]
    symbols: tuple[str, ...]
    defaults: dict[str, tuple[tuple[str, Raw], ...]]  # by kind
    blocks: dict[str, Block]
    kinds: dict[str, Named]
    convention: str
    channels_last: bool
    items: Items
    diagnostics: tuple[Diagnostic, ...]


def at(place: Where, source: Source) -> Mark:
    if isinstance(place, Place):
        return place.mark(source)
    return mark(source, place.key if isinstance(place, Entry) else place)


def raw(node: Node) -> Raw:
    """A node as the texts that it is made of."""
    if isinstance(node, Scalar):
        return node.text if node.quoted else shorthand.as_list(node.text) if node.text[:1] == "(" else node.text
    if isinstance(node, Sequence):
        return tuple(raw(item) for item in node.items)
    return tuple(f"{key.text}={show(value)}" for key, value in node.pairs)


def show(node: Node) -> str:
    return node.text if isinstance(node, Scalar) else "{…}" if isinstance(node, Mapping) else "[…]"


class Reader:
    """Reads one document; errors are noted and reading goes on."""

    def __init__(self, source: Source, convention: str = "", heirs: tuple[str, ...] = ()):
        self.source = source
        self.convention = convention  # of this run, where it is not the spec's
        self.heirs = (*heirs, source.name)  # the specs that build upon this one
        self.findings: list[Diagnostic] = []
        self.blocks: dict[str, Block] = {}
        self.block_names: set[str] = set()
        self.kinds: dict[str, Named] = {}
        self.framework = "torch"
        self.seen: dict[Any, shorthand.Written] = {}  # equal layers are read once

    # Errors

    def note(self, error: Problem, place: Where) -> None:
        """Keep a problem, at its own mark or where it was found."""
        for diagnostic in error.diagnostics:
            self.findings.append(diagnostic if diagnostic.mark else diagnostic._replace(mark=at(place, self.source)))

    def refuse(self, place: Where, code: str, message: str, hint: str = "") -> None:
        self.note(problem(code, message, hint), place)

    def mapping(self, node: Node | None, what: str, example: str) -> Mapping | None:
        if isinstance(node, Mapping):
            return node
        if node is not None and not (isinstance(node, Scalar) and not node.text):
            self.refuse(node, "L001", f"{what} must be a mapping", example)
        return None

    def text(self, node: Node | None, what: str) -> str:
        if node is None:
            return ""
        if isinstance(node, Scalar):
            return node.text
        self.refuse(node, "L002", f"{what} must be a text", "put it on one line")
        return ""

    # The document

    def read(self, root: Node) -> Spec:
        if not isinstance(root, Mapping):
            raise problem(
                "L000", "a spec is a mapping with `input` and `layers`", "input: 3x224x224", mark(self.source, root)
            )
        top = {key.text: value for key, value in root.pairs}
        for key in root.keys:
            if key.text not in TOP_KEYS:
                self.refuse(
                    key,
                    "L003",
                    f'unknown key "{key.text[:60]}"',
                    did_you_mean(key.text, TOP_KEYS) or f"the keys are {', '.join(TOP_KEYS)}",
                )
        base = self.read_base(top.get("base"))
        convention = self.choice(top.get("convention"), "convention", tuple(CONVENTIONS))
        layout = self.choice(top.get("layout"), "layout", ("channels_first", "channels_last"))
        convention = convention or (base.convention if base else "pytorch")
        self.framework = CONVENTIONS[self.convention or convention].classes
        for missing in ("input", "layers"):
            if missing not in top and "base" not in top:
                example = "input: 3x224x224" if missing == "input" else "layers: [conv 64 k3, relu]"
                self.refuse(root, "L004", f"a spec needs `{missing}`", example)
        if base:
            self.blocks.update(base.blocks)
            self.block_names.update(base.blocks)
            self.kinds.update(base.kinds)
        self.read_kinds(top.get("kinds"))
        self.read_block_names(top.get("blocks"))
        variants = self.read_variants(top.get("variants"))
        self.block_names.update(block_roles((*(base.variants if base else ()), *variants), self.block_names))
        defaults = self.read_defaults(top.get("defaults"))
        self.read_blocks(top.get("blocks"))
        layers = top.get("layers")
        items = self.items(layers) if layers is not None else base.items if base else ()
        if layers is not None and not items and not self.findings:
            self.refuse(layers, "L005", "`layers` is empty", "layers: [conv 64 k3, relu]")
        spec = Spec(
            self.source,
            self.text(top.get("name"), "name"),
            self.text(top.get("about"), "about"),
            self.read_inputs(top.get("input")),
            self.read_let(top.get("let")),
            variants,
            self.read_symbols(top.get("symbols")),
            defaults,
            self.blocks,
            self.kinds,
            convention,
            layout == "channels_last" if layout or not base else base.channels_last,
            items,
            tuple(self.findings),
        )
        return upon(base, spec) if base else spec

    def read_base(self, node: Node | None) -> Spec | None:
        """The spec that this one builds upon, with its places marked as its own."""
        if node is None:
            return None
        from convcalc import library
        from convcalc.yamlmap import load

        name = self.text(node, "base")
        try:
            if len(self.heirs) > MAX_BASES:
                raise problem("L024", f"more than {MAX_BASES} specs build upon each other")
            source = library.beside(name, self.source)
            if source.name in self.heirs:
                raise problem("L024", f"{name} builds upon itself: {' → '.join((*self.heirs, source.name))}")
            base = Reader(source, self.convention, self.heirs).read(load(source))
        except Problem as error:
            self.note(error, node)
            return None
        self.findings.extend(base.diagnostics)
        return base

    def choice(self, node: Node | None, what: str, words: tuple[str, ...]) -> str:
        text = self.text(node, what).lower().replace("-", "_")
        if node is not None and text not in words:
            self.refuse(
                node, "L006", f'unknown {what} "{text[:60]}"', did_you_mean(text, words) or f"one of {', '.join(words)}"
            )
            return ""
        return text

    def read_inputs(self, node: Node | None) -> tuple[tuple[str, Raw, Where], ...]:
        if isinstance(node, Mapping):
            return tuple((key.text, raw(value), value) for key, value in node.pairs)
        return (("input", raw(node), node),) if node is not None else ()

    def read_let(self, node: Node | None) -> tuple[tuple[str, str, Where], ...]:
        found = []
        for key, value in (self.mapping(node, "let", "let: {width: 64}") or Mapping((), (), 1, 1)).pairs:
            if not key.text.isidentifier():
                self.refuse(
                    key, "L007", f'"{key.text[:60]}" is not a name', "letters, digits and _, not starting with a digit"
                )
            elif isinstance(value, Scalar):
                found.append((key.text, value.text, value))
            else:
                self.refuse(value, "L002", f"{key.text} must be one number", "let: {width: 64}")
        return tuple(found)

    def read_variants(self, node: Node | None) -> tuple[Variant, ...]:
        """`variants: {depth: {18: {n1: 2, unit: basic}, 50: {n1: 3, unit: bottleneck}}}`."""
        found = []
        example = "variants: {depth: {18: {n: 2}, 50: {n: 3}}}"
        for key, value in (self.mapping(node, "variants", example) or Mapping((), (), 1, 1)).pairs:
            choices = []
            for choice, body in (self.mapping(value, key.text, example) or Mapping((), (), 1, 1)).pairs:
                names = self.mapping(body, f"{key.text} {choice.text}", example) or Mapping((), (), 1, 1)
                choices.append(
                    (choice.text, tuple((name.text, self.text(held, name.text)) for name, held in names.pairs))
                )
            found.append(Variant(key.text, tuple(choices), key))
        return tuple(found)

    def read_symbols(self, node: Node | None) -> tuple[str, ...]:
        if node is None:
            return ()
        names = (
            [item for item in node.items if isinstance(item, Scalar)]
            if isinstance(node, Sequence)
            else [node]
            if isinstance(node, Scalar)
            else []
        )
        found = []
        for item in names:
            for name in item.text.replace(",", " ").split():
                if name.isidentifier():
                    found.append(name)
                else:
                    self.refuse(
                        item, "L007", f'"{name[:60]}" is not a name', "letters, digits and _, not starting with a digit"
                    )
        if not names:
            self.refuse(node, "L002", "symbols must be a list of names", "symbols: [C, K]")
        return tuple(found)

    def read_defaults(self, node: Node | None) -> dict[str, tuple[tuple[str, Raw], ...]]:
        found: dict[str, tuple[tuple[str, Raw], ...]] = {}
        for key, value in (self.mapping(node, "defaults", "defaults: {conv: bias=no}") or Mapping((), (), 1, 1)).pairs:
            try:
                written = self.written(key.text, value)
                found[written.kind.name] = written.args
            except Problem as error:
                self.note(error, key)
        return found

    def read_kinds(self, node: Node | None) -> None:
        if node is None:
            return
        from convcalc.kinds.user import user_kind

        for key, value in (self.mapping(node, "kinds", "kinds: {mine: {size: n}}") or Mapping((), (), 1, 1)).pairs:
            try:
                fields = self.mapping(value, key.text, "doc, keys, size, weights, macs") or Mapping((), (), 1, 1)
                kind = user_kind(key.text, {name.text: raw_field(item) for name, item in fields.pairs})
                self.kinds[plain(key.text)] = Named(kind)
                for alias in kind.aliases:
                    self.kinds[plain(alias)] = Named(kind)
            except Problem as error:
                self.note(error, key)

    def read_block_names(self, node: Node | None) -> None:
        for key in (
            self.mapping(node, "blocks", "blocks: {basic: {params: {c: required}, layers: [conv c k3]}}")
            or Mapping((), (), 1, 1)
        ).keys:
            if not key.text.replace("-", "_").isidentifier():
                self.refuse(key, "L007", f'"{key.text[:60]}" is not a name for a block', "letters, digits, _ and -")
            self.block_names.add(key.text)

    def read_blocks(self, node: Node | None) -> None:
        for key, value in node.pairs if isinstance(node, Mapping) else ():
            if isinstance(value, Sequence):
                self.blocks[key.text] = Block(key.text, (), self.items(value), key)
                continue
            body = self.mapping(value, f"block {key.text}", "params: {c: required}, layers: […]")
            if body is None:
                self.refuse(key, "L008", f"block {key.text} has no layers", "layers: [conv c k3]")
                continue
            params: list[tuple[str, str | None]] = []
            for name, item in body.pairs:
                if name.text == "params":
                    params = self.read_params(item)
                elif name.text not in ("layers", "about", "doc"):
                    self.refuse(
                        name,
                        "L003",
                        f'unknown key "{name.text[:60]}" in block {key.text}',
                        did_you_mean(name.text, ("params", "layers", "about")),
                    )
            layers = body.get("layers")
            if layers is None:
                self.refuse(key, "L008", f"block {key.text} has no layers", "layers: [conv c k3]")
            self.blocks[key.text] = Block(
                key.text, tuple(params), self.items(layers) if layers is not None else (), key
            )

    def read_params(self, node: Node) -> list[tuple[str, str | None]]:
        if isinstance(node, Sequence):
            return [(item.text, None) for item in node.items if isinstance(item, Scalar)]
        if isinstance(node, Scalar):
            return [(name, None) for name in node.text.replace(",", " ").split()]
        params: list[tuple[str, str | None]] = []
        for key, value in node.pairs:
            default = self.text(value, key.text)
            params.append((key.text, None if default == "required" else default))
        return params

    # Layers

    def items(self, node: Node, depth: int = 0) -> Items:
        if isinstance(node, Scalar):
            return self.chained(node.text, node) if node.text else ()
        if isinstance(node, Mapping):
            self.refuse(node, "L009", "layers are a list: put `- ` before each", "layers: [conv 64 k3, relu]")
            return ()
        found: list[Item] = []
        for item in node.items:
            if len(self.findings) >= MAX_ERRORS:
                break
            try:
                found.extend(self.item(item))
            except Problem as error:
                self.note(error, item)
                found.append(BrokenItem("", item))
        return tuple(found)

    def item(self, node: Node, name: str = "") -> Items:
        """The items that one entry of a list stands for."""
        if isinstance(node, Scalar):
            return self.chained(node.text, node, name)
        if isinstance(node, Sequence):
            return (RepeatItem("1", self.items(node), name, node),) if name else self.items(node)
        if len(node.keys) == 1:
            return self.entry(node.keys[0], node.values[0], name)
        if not node.keys:
            raise problem("L013", "an empty layer", "- conv 64 k3", mark(self.source, node))
        return self.several_keys(node, name)

    def several_keys(self, node: Mapping, name: str) -> Items:
        """`{conv: 64 k3, name: C1, from: stem}`: one kind, and keys that every layer has."""
        heads = [(key, value) for key, value in node.pairs if key.text not in ("name", "from")]
        if len(heads) != 1:
            known = [key.text for key, _ in heads if self.is_layer(key.text)]
            hint = (
                f"indent the keys of {known[0]} below it, or write {known[0]}: {{…}}"
                if known
                else "one layer an entry: `- conv 64 k3`"
            )
            raise problem(
                "L013",
                f"an entry of {len(heads)} keys: {', '.join(key.text[:20] for key, _ in heads[:4])}",
                hint,
                mark(self.source, heads[1][0] if heads else node),
            )
        (item, *rest) = self.entry(*heads[0], name)
        if node.get("name") is not None:
            item = item._replace(name=self.text(node.get("name"), "name"))
        sources = node.get("from")
        if sources is not None:
            names = raw(sources)
            listed = (
                tuple(str(part) for part in names)
                if isinstance(names, tuple)
                else tuple(part.strip() for part in names.strip("[]").split(","))
            )
            if isinstance(item, LayerItem):
                item = item._replace(written=item.written._replace(source=listed))
            elif isinstance(item, (BranchItem, UseItem)):
                item = item._replace(source=listed)
        return (item, *rest)

    def is_layer(self, word: str) -> bool:
        if word in self.block_names or word == "repeat" or word.lower() in BRANCHES or plain(word) in self.kinds:
            return True
        return self.resolves(word)

    def resolves(self, word: str) -> bool:
        return shorthand.known(word, self.framework) is not None

    def entry(self, key: Scalar, value: Node, name: str = "") -> Items:
        """`kind: values`, `block: values`, `repeat: …`, `residual: …`, or `name: layer`."""
        word = key.text
        times, _, rest = word.partition(" x ")
        if rest and self.is_layer(rest):
            inner = self.entry(Scalar(rest, key.line, key.column), value)
            return (RepeatItem(times.strip(), inner, name, key),)
        lower = word.lower()
        if isinstance(value, Scalar) and not name and self.names_layer(word, value.text):
            return self.item(value, word)
        if word in self.block_names:
            return (self.use(word, value, name, key),)
        if lower == "repeat":
            return (self.repeat(key, value, name),)
        if lower in BODIES and isinstance(value, Scalar) and not shorthand.is_chain(value.text):
            raise problem("L017", f"{word} needs its layers", f"{word}: {BODIES[lower]}", mark(self.source, key))
        if (
            lower in BRANCHES
            and not (lower == "concat" and isinstance(value, Mapping) and value.get("from") is not None)
            and not isinstance(value, Scalar)
        ):
            return (self.branches(BRANCHES[lower], key, value, name),)
        if plain(word) in self.kinds or self.resolves(word):
            try:
                place = Entry(key, value) if isinstance(value, Mapping) else key
                return self.with_activation(self.written(word, value), name, place)
            except Problem as error:
                self.note(error, self.blame(error, value, key))
                return (BrokenItem(name, key),)
        if isinstance(value, Scalar) and not value.text:
            raise self.unknown(word, key)
        if isinstance(value, Mapping) and not name:
            known = [inner for inner in value.keys if self.is_layer(inner.text) or " x " in inner.text]
            if not known:
                raise self.unknown(word, key)
        if name:
            raise problem(
                "L014", f"two names for one layer: {name} and {word[:40]}", "name: layer", mark(self.source, key)
            )
        return self.item(value, word)

    def names_layer(self, word: str, text: str) -> bool:
        """Whether `fc: linear 10` is a layer called fc, although fc is a kind too: its value begins with a kind."""
        first = text.replace("(", " ", 1).partition(" ")[0]
        if not first or not self.is_layer(first):
            return False
        found = shorthand.known(word, self.framework)
        return found is None or not any(first.lower() in key.words for key in found.kind.keys)

    def unknown(self, word: str, key: Scalar) -> Problem:
        more = (*self.block_names, *self.kinds, "residual", "gate", "repeat")
        error = shorthand.unknown_kind(word, more)
        assert isinstance(error, Problem)
        return Problem(*(diagnostic._replace(mark=mark(self.source, key)) for diagnostic in error.diagnostics))

    def blame(self, error: Problem, value: Node, key: Scalar) -> Node:
        """The key or value that an error names, where it stands in a mapping."""
        if isinstance(value, Mapping):
            message = error.diagnostics[0].message
            for inner, held in value.pairs:
                if f'"{inner.text}"' in message:
                    return inner
                if message.startswith(f"{inner.text}:"):
                    return held
        return value if isinstance(value, Scalar) and value.text else key

    def written(self, word: str, value: Node) -> shorthand.Written:
        """`conv: 64 k7`, `conv: {filters: 64}`, `conv:`; equal texts are read once."""
        if isinstance(value, Mapping):
            shape = tuple([(key.text, raw(held)) for key, held in zip(value.keys, value.values)])  # noqa: B905
            name = ""
            for pair in shape:
                if pair[0] == "name" and isinstance(pair[1], str):
                    name = pair[1]
            if name:
                shape = tuple([pair for pair in shape if pair[0] != "name"])
            known = self.seen.get((word, shape))
            if known is None:
                known = self.seen[word, shape] = shorthand.keywords(self.resolve(word), list(shape))
            return known._replace(name=name) if name else known
        if isinstance(value, Sequence):  # `zeropad: [4, 2]`, `add: [a, b]`
            resolved = self.resolve(word)
            main = "from" if resolved.kind.inputs == 0 else resolved.kind.keys[0].name if resolved.kind.keys else ""
            if not main:
                raise problem(
                    "L015", f"{word} takes no values, here it has a list", f"- {word}", mark(self.source, value)
                )
            return shorthand.keywords(resolved, [(main, raw(value))])
        return shorthand.shorthand(self.resolve(word), value.text)

    def resolve(self, word: str) -> shorthand.Resolved:
        mine = self.kinds.get(plain(word))
        return shorthand.Resolved(mine.kind, mine.dims) if mine else shorthand.resolve(word, self.framework)

    def with_activation(self, written: shorthand.Written, name: str, place: Where, optional: bool = False) -> Items:
        item = LayerItem(written, name or written.name, place, optional)
        if not written.activation:
            return (item,)
        return (item, LayerItem(shorthand.layer(written.activation, self.framework), "", place, optional))

    def chained(self, text: str, place: Where, name: str = "") -> Items:
        """One text: a layer, `3 x layer`, or a chain with arrows."""
        text = text.strip()
        if not shorthand.is_chain(text):
            return self.one(text, self.place(place, 0, len(text)), name)
        chain = shorthand.chain(text)
        items = self.links(chain, place)
        if name and len(items) == 1 and not isinstance(chain.items[0], shorthand.Chain):
            return (items[0]._replace(name=name),)  # `extra: conv 4 k3?`
        return (RepeatItem("1", items, name, place),) if name else items

    def place(self, where: Where, offset: int, length: int) -> Where:
        """A part of a text, so many characters in."""
        if isinstance(where, Scalar):
            offset += where.quoted
            return Place(where.line, where.column + offset, max(length, 1)) if offset else where
        if isinstance(where, Place):
            return Place(where.line, where.column + offset, max(length, 1), where.source)
        return where

    def links(self, chain: shorthand.Chain, where: Where) -> Items:
        found: list[Item] = []
        pattern = False
        for index, part in enumerate(chain.items):
            if isinstance(part, shorthand.Chain):
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
            place = self.place(where, start, len(text))
            try:
                found.extend(item._replace(optional=True) if optional else item for item in self.one(text, place))
            except Problem as error:
                self.note(error, place)
                found.append(BrokenItem("", place))
        return tuple(map(as_pattern, found)) if pattern else tuple(found)

    def one(self, text: str, place: Where, name: str = "") -> Items:
        """One layer or block in one text, perhaps repeated: `3 x conv 256 k3`."""
        times, _, rest = text.partition(" x ")
        if rest and is_count(times):
            inner = self.place(place, len(text) - len(rest.lstrip()), len(rest.strip()))
            return (RepeatItem(times, self.chained(rest, inner), name, place),)
        word, _, values = text.partition(" ")
        if not text or text.lower() in ("null", "~"):
            raise problem("L013", "an empty entry", "write a layer, or take the dash away")
        if word.lower() in BODIES and not values:
            raise problem("L017", f"{word} needs its layers", f"{word}: {BODIES[word.lower()]}")
        if word in self.block_names:
            return (self.use_text(word, values, name, place),)
        if word.lower() == "identity" and not values and not name:
            return (LayerItem(shorthand.layer("identity"), "", place),)
        if plain(word) in self.kinds:
            return self.with_activation(shorthand.shorthand(self.resolve(word), values), name, place)
        try:
            return self.with_activation(shorthand.layer(text, self.framework), name, place)
        except Problem as error:
            if error.diagnostics[0].code == "K001" and (self.block_names or self.kinds):
                raise shorthand.unknown_kind(word, (*self.block_names, *self.kinds)) from None
            raise

    # Structures

    def repeat(self, key: Scalar, value: Node, name: str) -> Item:
        body = value if isinstance(value, Mapping) else None
        times, layers = (body.get("times"), body.get("layers")) if body else (None, None)
        if body is None or times is None or layers is None:
            raise problem(
                "L016",
                "repeat needs times and layers",
                "repeat: {times: 3, layers: [conv 64 k3]}",
                mark(self.source, key),
            )
        for inner in body.keys:
            if inner.text not in ("times", "layers", "name"):
                self.refuse(
                    inner,
                    "K002",
                    f'repeat has no key "{inner.text[:60]}"',
                    did_you_mean(inner.text, ("times", "layers")),
                )
        return RepeatItem(
            self.text(times, "times"), self.items(layers), name or self.text(body.get("name"), "name"), key
        )

    def branches(self, word: str, key: Scalar, value: Node, name: str) -> Item:
        join = {"residual": "add", "gate": "multiply", "concat": "concat"}[word]
        axis: tuple[tuple[str, Raw], ...] = ()
        source: tuple[str, ...] = ()
        paths: list[tuple[str, Items | str]] = []
        if word == "gate" or (word == "residual" and isinstance(value, Sequence)):
            paths = [("", self.items(value)), ("", "identity")]
            return BranchItem(join, tuple(paths), name, key)
        if isinstance(value, Sequence):
            for item in value.items:
                paths.append(
                    (
                        "",
                        self.items(
                            item if isinstance(item, (Sequence, Scalar)) else Sequence([item], item.line, item.column)
                        ),
                    )
                )
            return BranchItem(join, tuple(paths), name, key)
        assert isinstance(value, Mapping)
        for label, inner in value.pairs:
            if label.text == "from":
                names = raw(inner)
                source = tuple(map(str, names)) if isinstance(names, tuple) else (names,)
            elif label.text == "name":
                name = name or self.text(inner, "name")
            elif word == "concat" and label.text in ("axis", "dim"):
                axis = (("axis", raw(inner)),)
            elif word == "residual" and label.text not in ("main", "shortcut"):
                self.refuse(
                    label,
                    "K002",
                    f'residual has no path "{label.text[:60]}"',
                    did_you_mean(label.text, ("main", "shortcut")) or "its paths are main and shortcut",
                )
            elif isinstance(inner, Scalar) and (
                inner.text in ("identity", "") or (inner.text == "auto" and word == "residual")
            ):
                paths.append((label.text, inner.text or "identity"))
            else:
                paths.append((label.text, self.items(inner)))
        if word == "residual":
            labels = dict(paths)
            if "main" not in labels:
                raise problem(
                    "L017", "residual needs a main path", "residual: {main: [conv 64 k3 p1]}", mark(self.source, key)
                )
            paths = [("", labels["main"]), ("", labels.get("shortcut", "identity"))]
        if len(paths) < 2:
            raise problem("L017", f"{word} needs at least two paths", "", mark(self.source, key))
        return BranchItem(join, tuple(paths), name, key, False, source, axis)

    def use(self, block: str, value: Node, name: str, key: Scalar) -> Item:
        if isinstance(value, Scalar):
            return self.use_text(block, value.text, name, key)
        if isinstance(value, Sequence):
            raise problem(
                "L015", f"{block} takes parameters, not a list", f"{block}: {{c: 64}}", mark(self.source, value)
            )
        args: list[tuple[str, Raw]] = []
        source: tuple[str, ...] = ()
        for inner, held in value.pairs:
            if inner.text == "from":
                names = raw(held)
                source = tuple(map(str, names)) if isinstance(names, tuple) else (names,)
            elif inner.text == "name":
                name = name or self.text(held, "name")
            else:
                args.append((inner.text, raw(held)))
        return UseItem(block, tuple(args), name, key, False, source)

    def use_text(self, block: str, text: str, name: str, place: Where) -> Item:
        args: list[tuple[str, Raw]] = []
        source: tuple[str, ...] = ()
        for _, token in shorthand.split(text, " "):
            if not token:
                continue
            key, equals, value = token.partition("=")
            if not equals:
                args.append(("", token))
            elif key == "name":
                name = name or value
            elif key == "from":
                source = tuple(value.strip("[]").split(","))
            else:
                args.append((key, value))
        return UseItem(block, tuple(args), name, place, False, source)


def as_pattern(item: Item) -> Item:
    """An item of the lectures' `INPUT -> [CONV -> RELU -> POOL]*2 -> FC`."""
    if isinstance(item, LayerItem):
        return item._replace(pattern=True)
    if isinstance(item, RepeatItem):
        return item._replace(items=tuple(map(as_pattern, item.items)))
    return item


def is_count(text: str) -> bool:
    """Whether a text may say how often: `3`, `n`, `2*n`; not a layer such as `conv 3`."""
    try:
        parse(text)
    except ExprError:
        return False
    return True


def blamed(place: Any, kind: Kind, message: str) -> Any:
    """Where in a layer's mapping the key stands that a message begins with; else the layer's own place."""
    if isinstance(place, Entry):
        word = message.partition(" ")[0].rstrip(":")
        table = key_names(kind)
        for key, value in place.body.pairs:
            if key.text in table and table[key.text].name == word:
                return value
    return place


def raw_field(node: Node) -> Any:
    """A field of a user kind: texts, lists and mappings as Python has them."""
    if isinstance(node, Mapping):
        return {key.text: raw_field(value) for key, value in node.pairs}
    if isinstance(node, Sequence):
        return [raw_field(item) for item in node.items]
    return node.text


def upon(base: Spec, spec: Spec) -> Spec:
    """A spec over its base: what it says itself holds, names of let and defaults one by one."""
    own = {name: (name, text, place) for name, text, place in spec.let}
    inherited = [own.pop(name, (name, text, elsewhere(place, base.source))) for name, text, place in base.let]
    blocks = {
        name: relocated_block(block, base.source) if block is base.blocks.get(name) else block
        for name, block in spec.blocks.items()
    }
    return spec._replace(
        name=spec.name or base.name,
        about=spec.about or base.about,
        inputs=spec.inputs or tuple((name, shape, elsewhere(place, base.source)) for name, shape, place in base.inputs),
        let=(*inherited, *own.values()),
        variants=(
            *(variant for variant in base.variants if variant.name not in {own.name for own in spec.variants}),
            *spec.variants,
        ),
        symbols=(*base.symbols, *(name for name in spec.symbols if name not in base.symbols)),
        defaults={
            kind: tuple({**dict(base.defaults.get(kind, ())), **dict(spec.defaults.get(kind, ()))}.items())
            for kind in {**base.defaults, **spec.defaults}
        },
        blocks=blocks,
        items=relocated(spec.items, base.source) if spec.items is base.items else spec.items,
    )


def block_roles(variants: tuple[Variant, ...], blocks: set[str]) -> set[str]:
    """The names that stand for one block or another, as a variant chooses."""
    return {name for variant in variants for _, names in variant.choices for name, value in names if value in blocks}


def elsewhere(place: Where, source: Source) -> Place:
    """A place in a base, which says so itself."""
    if isinstance(place, Place):
        return place if place.source else place._replace(source=source)
    return Place(place.line, place.column, at(place, source).length, source)


def relocated_block(block: Block, source: Source) -> Block:
    return block._replace(items=relocated(block.items, source), place=elsewhere(block.place, source))


def relocated(items: Items, source: Source) -> Items:
    moved: list[Item] = []
    for item in items:
        item = item._replace(place=elsewhere(item.place, source))
        if isinstance(item, RepeatItem):
            item = item._replace(items=relocated(item.items, source))
        elif isinstance(item, BranchItem):
            item = item._replace(
                paths=tuple(
                    (label, path if isinstance(path, str) else relocated(path, source)) for label, path in item.paths
                )
            )
        moved.append(item)
    return tuple(moved)


def read_spec(source: Source, root: Node, convention: str = "") -> Spec:
    """The Spec of a document; its form errors are in `diagnostics`, unless there is nothing to go on with."""
    return Reader(source, convention).read(root)


def chain_spec(source: Source, convention: str = "") -> Spec:
    """The Spec of one line, `3x32x32 -> conv 64 k3 -> relu`: its first item is the input."""
    text = source.text
    reader = Reader(source, convention)
    reader.framework = CONVENTIONS[convention or "pytorch"].classes
    first, arrow, rest = text.partition("->") if "->" in text else text.partition("→")
    node = Scalar(rest.strip(), 1, len(first) + len(arrow) + 1 + len(rest) - len(rest.lstrip()))
    shape = first.strip()
    inputs: tuple[tuple[str, Raw, Where], ...] = ()
    if shape.lower() != "input":
        inputs = (("input", shape, Place(1, 1 + len(first) - len(first.lstrip()), max(len(shape), 1))),)
    items: Items = ()
    if not arrow or not rest.strip():
        reader.refuse(
            Place(1, 1, max(len(text), 1)),
            "L018",
            "a network in one line is an input and its layers",
            '-e "3x32x32 -> conv 64 k3 -> relu"',
        )
    else:
        try:
            items = reader.items(node)
        except Problem as error:
            reader.note(error, node)
    return Spec(source, "", "", inputs, (), (), (), {}, {}, {}, "pytorch", False, items, tuple(reader.findings))
