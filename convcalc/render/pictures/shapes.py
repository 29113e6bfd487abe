"""A picture is a list of rectangles, strokes and labels, which knows no format."""

from __future__ import annotations

from typing import TypeAlias

from convcalc.tuples import NamedTuple

INK, FAINT, PAPER = "#1f2933", "#9aa5b1", "#ffffff"


class Rectangle(NamedTuple):
    x: float
    y: float
    width: float
    height: float
    fill: str = "none"
    stroke: str = FAINT
    thickness: float = 1


class Stroke(NamedTuple):
    x1: float
    y1: float
    x2: float
    y2: float
    colour: str = INK
    thickness: float = 1


class Label(NamedTuple):
    """A text on its baseline: `anchor` is the end of it that x tells, start, middle or end."""

    x: float
    y: float
    text: str
    size: float = 15
    anchor: str = "middle"
    colour: str = INK
    bold: bool = False


Shape: TypeAlias = "Rectangle | Stroke | Label"


class Picture(NamedTuple):
    title: str
    width: float
    height: float
    shapes: tuple[Shape, ...]


def shifted_shape(shape: Shape, dx: float, dy: float) -> Shape:
    """A shape somewhere else."""
    if isinstance(shape, Stroke):
        return shape._replace(x1=shape.x1 + dx, y1=shape.y1 + dy, x2=shape.x2 + dx, y2=shape.y2 + dy)
    return shape._replace(x=shape.x + dx, y=shape.y + dy)


def below_each_other(pictures: list[Picture], gap: float = 24) -> Picture:
    """Pictures as one, from the top to the bottom."""
    shapes: list[Shape] = []
    top = 0.0
    for picture in pictures:
        shapes += [shifted_shape(shape, 0, top) for shape in picture.shapes]
        top += picture.height + gap
    return Picture(pictures[0].title, max(each.width for each in pictures), top - gap, tuple(shapes))
