"""What a person wrote, as records: a network not yet expanded or computed, alone or upon another one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from convcalc.layers import key_names
from convcalc.problem import Diagnostic, Mark, Problem, Source
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping

    from convcalc.kinds import Named
    from convcalc.layers import Kind
    from convcalc.layers.values import Raw

UNSHAPED = "P001"  # the code of what a source does not say, so that layers have no shapes
PREVIOUS = "previous"  # among the names of `from`: the layer before, whatever it is called


class Place(NamedTuple):
    """Where something is written; marks are made of it only when they are shown."""

    line: int
    column: int
    length: int = 1
    source: Source | None = None  # where it is not the spec's own: its base
    values: Callable[[], Iterable[tuple[str, Place]]] = tuple  # of a layer in keys and values: where each value is
    inset: int = 0  # characters before its text: a quote
    use: Place | None = None  # where what is written here is used: of a module, its call
    cure: Callable[[str, str], str] | None = None  # by key and right value, what to write where that comes from

    def mark(self, source: Source) -> Mark:
        return Mark(self.source or source, self.line, self.column, self.length)

    def part(self, offset: int, length: int) -> Place:
        """So many characters in; the first part of a text stands for all of it."""
        offset += self.inset
        return Place(self.line, self.column + offset, max(length, 1), self.source) if offset else self


def with_cure(error: Problem, place: Place | None) -> Iterator[Diagnostic]:
    """What is wrong with a layer, with the cure that its place knows."""
    for finding in error.diagnostics:
        hint = place.cure(*finding.right) if place and place.cure and finding.right else ""
        yield finding._replace(hint=hint, right=None) if hint else finding


class Implied(NamedTuple):
    """What a published notation says beyond the values of a layer."""

    source: str  # whose notation it is
    remark: str = ""  # what is read into it
    flattens: bool = False  # a fully connected layer sees the whole map
    input: tuple[int, ...] = ()  # the size that it says goes in, channels first
    output: tuple[int, ...] = ()  # the size that it says comes out
    beside: tuple[str, ...] = ()  # what layers without a size are, in its company
    shape: tuple[str, ...] = ()  # of the input, as Keras's classes have it in any order of axes; "None" is left open


class WrittenLayer(NamedTuple):
    """A layer as it was written: its kind (or class), and raw values by key."""

    kind: Kind
    dims: int
    args: tuple[tuple[str, Raw], ...]
    framework: str = ""  # "torch" or "keras" where a class of it was pasted
    name: str = ""
    source: tuple[str, ...] = ()  # `from`
    activation: str = ""
    weights: str = ""  # the layer whose weights it uses
    implied: Implied | None = None


class LayerItem(NamedTuple):
    written: WrittenLayer
    name: str
    place: Place
    optional: bool = False
    pattern: bool = False  # in a chain that begins with INPUT, where FC flattens by itself
    activates: bool = False  # the activation of the layer before, whose name stands for both

    @property
    def source(self) -> tuple[str, ...]:
        return self.written.source


class RepeatItem(NamedTuple):
    times: str  # an expression over names
    items: Items
    name: str
    place: Place
    optional: bool = False
    weights: str = ""
    shared: bool = False  # every turn uses the weights of the first
    source: tuple[str, ...] = ()
    of_class: str = ""  # of a group that a program has: the class of its module


class BranchItem(NamedTuple):
    """residual, concat or gate: paths from one input, joined."""

    join: str  # add, concat or multiply
    paths: tuple[tuple[str, Items | str], ...]  # (label, items); "identity" and "auto" are shortcuts in a word
    name: str
    place: Place
    optional: bool = False
    source: tuple[str, ...] = ()
    axis: tuple[tuple[str, Raw], ...] = ()
    weights: str = ""


class UseItem(NamedTuple):
    """A block with its arguments."""

    block: str
    args: tuple[tuple[str, Raw], ...]
    name: str
    place: Place
    optional: bool = False
    source: tuple[str, ...] = ()
    weights: str = ""


class BrokenItem(NamedTuple):
    """Something that could not be read; the error is already noted."""

    name: str
    place: Place
    optional: bool = False


Item: TypeAlias = LayerItem | RepeatItem | BranchItem | UseItem | BrokenItem
Items: TypeAlias = tuple[Item, ...]


class Block(NamedTuple):
    name: str
    params: tuple[tuple[str, str | None], ...]  # None: required
    items: Items
    place: Place
    about: str = ""


class Variant(NamedTuple):
    """What a choice stands for: `depth: {50: {n3: 6, unit: bottleneck}}` sets names, and says which block one is."""

    name: str
    choices: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]  # (value, ((name, value or block), …))
    place: Place


class Spec(NamedTuple):
    source: Source
    name: str = ""
    about: str = ""
    inputs: tuple[tuple[str, Raw, Place], ...] = ()  # name, shape as written
    let: tuple[tuple[str, str, Place], ...] = ()
    variants: tuple[Variant, ...] = ()
    symbols: tuple[str, ...] = ()
    defaults: Mapping[str, tuple[tuple[str, Raw], ...]] = {}  # by kind
    blocks: Mapping[str, Block] = {}
    kinds: Mapping[str, Named] = {}
    kind_fields: Mapping[str, Mapping[str, Any]] = {}  # of its own kinds, as they are declared
    convention: str = "pytorch"
    layout: str = ""  # as it says it; "" where it does not
    channels_last: bool = False  # as it means it
    items: Items = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    outputs: tuple[tuple[str, str, Place], ...] = ()  # name, layer; the first is the main one
    notes: tuple[Diagnostic, ...] = ()  # what its reader understood beyond the letter, and what its source does not say
    batch: int = 0  # that its reader took off its inputs; 0 where there was none
    family: str = ""  # the file that in the end it builds upon; "" where it stands by itself
    unjoined: Diagnostic | None = None  # why its layers are not joined to one another, where they are not
    ignored: tuple[tuple[str, Place], ...] = ()  # rules that `lint` is not to check
    budget: tuple[tuple[str, str, Place], ...] = ()  # quantity and amount as written; a later one replaces an earlier

    @property
    def gaps(self) -> tuple[Diagnostic, ...]:
        """Why its layers, or some of them, have no shapes, as errors."""
        found = (*self.notes, *((self.unjoined,) if self.unjoined else ()))
        return tuple(finding._replace(severity="error") for finding in found if finding.code == UNSHAPED)


def items_within(items: Items, blocks: Mapping[str, Block]) -> Iterator[Item]:
    """Items and all that are in them, in the order in which they are written; a block's where it is first used."""
    unused = dict(blocks)
    waiting = [iter(items)]
    while waiting:
        for item in waiting[-1]:
            yield item
            paths: tuple[Items, ...] = ()
            if isinstance(item, RepeatItem):
                paths = (item.items,)
            elif isinstance(item, BranchItem):
                paths = tuple(path for _, path in item.paths if not isinstance(path, str))
            elif isinstance(item, UseItem) and item.block in unused:
                paths = (unused.pop(item.block).items,)
            if paths:
                waiting.extend(map(iter, reversed(paths)))
                break
        else:
            waiting.pop()


def map_items(items: Items, change: Callable[[Item], Item]) -> Items:
    """Items with the same change to each of them and to all that are in them."""
    found: list[Item] = []
    for item in map(change, items):
        if isinstance(item, RepeatItem):
            item = item._replace(items=map_items(item.items, change))
        elif isinstance(item, BranchItem):
            paths = ((label, path if isinstance(path, str) else map_items(path, change)) for label, path in item.paths)
            item = item._replace(paths=tuple(paths))
        found.append(item)
    return tuple(found)


def reword(item: Item, **words: Any) -> Item:
    """An item with another `source` or other `weights`; those of a layer are in what is written of it."""
    if isinstance(item, LayerItem):
        return item._replace(written=item.written._replace(**words))
    return item if isinstance(item, BrokenItem) else item._replace(**words)


def place_to_blame(place: Place, kind: Kind, message: str) -> Place:
    """Where in a layer's keys and values the one is that a message begins with; else the layer's own place."""
    word = message.partition(" ")[0].rstrip(":")
    table = key_names(kind)
    return next((found for key, found in place.values() if key in table and table[key].name == word), place)


def upon(base: Spec, spec: Spec) -> Spec:
    """A spec over its base: what it says itself holds, names of let and defaults one by one."""
    own = {name: (name, text, place) for name, text, place in spec.let}
    inherited = [own.pop(name, (name, text, elsewhere(place, base.source))) for name, text, place in base.let]
    blocks = {
        name: block._replace(items=relocate(block.items, base.source), place=elsewhere(block.place, base.source))
        for name, block in base.blocks.items()
        if block is spec.blocks.get(name)
    }
    return spec._replace(
        name=spec.name or base.name,
        about=spec.about or base.about,
        inputs=spec.inputs or tuple((name, shape, elsewhere(place, base.source)) for name, shape, place in base.inputs),
        let=(*inherited, *own.values()),
        variants=(*inherited_variants(base, spec), *spec.variants),
        symbols=(*base.symbols, *(name for name in spec.symbols if name not in base.symbols)),
        defaults={
            kind: tuple({**dict(base.defaults.get(kind, ())), **dict(spec.defaults.get(kind, ()))}.items())
            for kind in {**base.defaults, **spec.defaults}
        },
        blocks={**spec.blocks, **blocks},
        items=relocate(spec.items, base.source) if spec.items is base.items else spec.items,
        outputs=spec.outputs or inherited_outputs(base, spec),
        family=base.family or base.source.name,
        budget=(*((name, text, elsewhere(place, base.source)) for name, text, place in base.budget), *spec.budget),
        ignored=(*((code, elsewhere(place, base.source)) for code, place in base.ignored), *spec.ignored),
    )


def inherited_outputs(base: Spec, spec: Spec) -> tuple[tuple[str, str, Place], ...]:
    """The outputs of a base whose layers are the heir's too."""
    outputs = base.outputs if spec.items is base.items else ()
    return tuple((name, layer, elsewhere(place, base.source)) for name, layer, place in outputs)


def inherited_variants(base: Spec, spec: Spec) -> list[Variant]:
    """The variants of a base, but for what its heir lets itself."""
    own = {variant.name for variant in spec.variants}
    let = {name for name, _, _ in spec.let}
    return [
        variant._replace(
            choices=tuple(
                (choice, tuple(pair for pair in names if pair[0] not in let)) for choice, names in variant.choices
            ),
            place=elsewhere(variant.place, base.source),
        )
        for variant in base.variants
        if variant.name not in own
    ]


def block_roles(variants: tuple[Variant, ...], blocks: Container[str]) -> set[str]:
    """The names that stand for one block or another, as a variant chooses."""
    return {name for variant in variants for _, names in variant.choices for name, value in names if value in blocks}


def elsewhere(place: Place, source: Source) -> Place:
    """A place in a base, which says so itself."""
    return place if place.source else place._replace(source=source, values=tuple)


def relocate(items: Items, source: Source) -> Items:
    return map_items(items, lambda item: item._replace(place=elsewhere(item.place, source)))
