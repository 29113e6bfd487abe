"""One layer by itself on a command line: a Spec whose places are in what was typed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from convcalc.kinds.conventions import CONVENTIONS
from convcalc.problem import Source
from convcalc.readers.line import LineReader
from convcalc.spec.brackets import texts
from convcalc.spec.model import LayerItem, Place, Spec
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.spec.model import Item


class Stretch(NamedTuple):
    """Words of a line that belong together, and where they are in it."""

    text: str
    start: int
    length: int

    @property
    def place(self) -> Place:
        return Place(1, self.start + 1, self.length)


def layer_spec(source: Source, layer: Stretch, shapes: tuple[Stretch, ...], convention: str = "") -> Spec:
    """The network of one layer on inputs of these shapes; a single letter in it stays one."""
    reader = LineReader(source, convention)
    reader.framework = CONVENTIONS[convention or "pytorch"].classes
    items = reader.line(layer.text, layer.place) if layer.text else ()
    names = ("input",) if len(shapes) == 1 else tuple(f"input{index}" for index in range(1, len(shapes) + 1))
    if len(names) > 1 and items and isinstance(items[0], LayerItem):
        first = items[0]
        items = (first._replace(written=first.written._replace(source=names)), *items[1:])
    inputs = tuple((name, shape.text, shape.place) for name, shape in zip(names, shapes, strict=True))
    letters = sorted({letter for item in items for letter in letters_of(item)})
    return Spec(
        source, "", "", inputs, (), (), tuple(letters), {}, {}, {}, "pytorch", "", False, items, tuple(reader.findings)
    )


def letters_of(item: Item) -> Iterator[str]:
    """The single letters in a layer's values; x separates axes."""
    if isinstance(item, LayerItem):
        for _, raw in item.written.args:
            for text in texts(raw):
                for word in re.findall(r"[A-Za-z_]\w*", text):
                    yield from (part for part in word.split("x") if len(part) == 1 and part.isalpha())
