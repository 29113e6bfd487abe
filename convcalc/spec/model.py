"""What a person wrote, as records: layers, repeats, branches, blocks and their places, not yet expanded or computed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from convcalc.layer.record import key_names
from convcalc.problem import Diagnostic, Mark, Source
from convcalc.readers.yaml.tree import mark
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcalc.kinds import Named
    from convcalc.layer.record import Kind
    from convcalc.layer.values import Raw
    from convcalc.readers import shorthand
    from convcalc.readers.yaml.tree import Mapping, Node, Scalar


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
    activates: bool = False  # the activation of the layer before, whose name stands for both


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
    layout: str  # as it says it; "" where it does not
    channels_last: bool  # as it means it
    items: Items
    diagnostics: tuple[Diagnostic, ...]


def items_within(items: Items, blocks: dict[str, Block]) -> Iterator[Item]:
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


def at(place: Where, source: Source) -> Mark:
    if isinstance(place, Place):
        return place.mark(source)
    return mark(source, place.key if isinstance(place, Entry) else place)


def blamed(place: Any, kind: Kind, message: str) -> Any:
    """Where in a layer's mapping the key is that a message begins with; else the layer's own place."""
    if isinstance(place, Entry):
        word = message.partition(" ")[0].rstrip(":")
        table = key_names(kind)
        for key, value in place.body.pairs:
            if key.text in table and table[key.text].name == word:
                return value
    return place
