"""The box of a node: lines of text on the colours of their layers, how large they make it, and its shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.render.pictures.graph.outline import FAILED, INPUT, OUTPUT, REST
from convcalc.render.pictures.lettering import shorten, text_width
from convcalc.render.pictures.shapes import SOFT, Collection, Label, Rectangle
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcalc.render.pictures.graph.outline import GraphNode
    from convcalc.render.pictures.shapes import Shape

LINE, SMALL_SIZE = 15, 10  # the height of a line, and the size of its letters
SIDE, BETWEEN = 7, 12  # beside a text, and between two
NARROWEST, WIDEST = 96, 240
STRIP = 9  # of the colour of a layer that is merged
CHIP = 7  # the side of the square for a folded layer
STACK = 3  # how far the sheets of a stack lie apart
ROUND, EDGE = 9, 2  # the corners of inputs and outputs, and of others


class BoxLine(NamedTuple):
    """A line in a box: a text on the left and one on the right, on a colour."""

    left: str
    right: str = ""
    fill: str = ""
    height: float = LINE
    size: float = SMALL_SIZE
    colour: str = SOFT
    bold: bool = False
    name: str = ""  # of the layer, if it is merged into the node of another
    centred: bool = False

    @property
    def width(self) -> float:
        right = text_width(self.right, self.size) + BETWEEN if self.right else 0
        return self.begin + text_width(self.left, self.size, self.bold) + right + SIDE

    @property
    def begin(self) -> float:
        """Where its text begins."""
        return SIDE if not self.name else STRIP + 5


class GraphBox(NamedTuple):
    """A node as it is drawn, and in a sentence or two what is said where the pointer rests on it."""

    node: GraphNode
    lines: tuple[BoxLine, ...]
    chips: tuple[str, ...]  # the colours of folded layers
    width: float
    title: str

    @property
    def height(self) -> float:
        return sum(line.height for line in self.lines) + (CHIP + 5 if self.chips else 0)

    def shapes(self, x: float, y: float) -> Collection:
        """The box with its upper left corner in a place."""
        mark = self.node.mark
        radius = ROUND if mark in (INPUT, OUTPUT) else EDGE
        stroke = "alarm" if mark == FAILED else SOFT
        frame = Rectangle(x, y, self.width, self.height, "paper", stroke, radius=radius, dashed=mark == REST)
        found: list[Shape] = [frame]
        if self.node.times > 1:
            found.insert(0, frame._replace(x=x + STACK, y=y + STACK))
        top = y
        for line in self.lines:
            shapes = tuple(self.line_shapes(line, x, top, radius))
            found += (Collection(shapes, self.title, line.name),) if line.name else shapes
            top += line.height
        found += self.chip_shapes(x, top)
        found.append(frame._replace(fill=""))
        return Collection(tuple(found), self.title, self.node.name)

    def line_shapes(self, line: BoxLine, x: float, y: float, radius: float) -> Iterator[Shape]:
        if line.fill:
            width = STRIP if line.name else self.width
            yield Rectangle(x, y, width, line.height, line.fill, "", radius=radius)
        base = y + line.height / 2 + line.size * 0.36
        room = self.width - SIDE - line.begin
        if line.right:
            left = text_width(line.left, line.size, line.bold)
            right = shorten(line.right, max(room * 0.6, room - BETWEEN - left), line.size)
            room -= text_width(right, line.size) + BETWEEN
            yield Label(x + self.width - SIDE, base, right, line.size, "end", line.colour)
        text = shorten(line.left, room, line.size, line.bold)
        if line.centred:
            yield Label(x + self.width / 2, base, text, line.size, "middle", line.colour, line.bold)
        else:
            yield Label(x + line.begin, base, text, line.size, "start", line.colour, line.bold)

    def chip_shapes(self, x: float, y: float) -> Iterator[Shape]:
        wide = min(CHIP, (self.width - 2 * SIDE) / max(1, len(self.chips)))
        for place, fill in enumerate(self.chips):
            yield Rectangle(x + SIDE + place * wide, y + 1, wide, CHIP, fill, "paper", 0.5)
