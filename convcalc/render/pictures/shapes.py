"""A picture is a list of rectangles, paths and labels that knows no format; its colours are names of a theme's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

from convcalc.tuples import NamedTuple

Segment: TypeAlias = "tuple[Any, ...]"  # ("M", x, y), ("L", x, y), ("C", x1, y1, x2, y2, x, y), ("Z",)
Point: TypeAlias = "tuple[float, float]"

INK, SOFT, FAINT, PAPER = "ink", "soft", "faint", "paper"  # for text, lesser text, lines, and what is behind all
ARC = 0.5523  # of a quarter of a circle of radius 1: how far its Bézier points lie from the ends


class Rectangle(NamedTuple):
    x: float
    y: float
    width: float
    height: float
    fill: str = ""  # empty: none
    stroke: str = FAINT
    thickness: float = 1
    radius: float = 0  # of its corners
    hatch: str = ""  # the colour of slanted lines over the fill
    dashed: bool = False
    opacity: float = 1  # of the fill


class Path(NamedTuple):
    """Lines and Bézier curves."""

    segments: tuple[Segment, ...]
    fill: str = ""
    stroke: str = INK
    thickness: float = 1
    hatch: str = ""
    dashed: bool = False
    opacity: float = 1


class Label(NamedTuple):
    """A text on its baseline: `anchor` is the end of it that x tells; `angle` turns it about that."""

    x: float
    y: float
    text: str
    size: float = 12
    anchor: str = "middle"  # or start, end
    colour: str = INK
    bold: bool = False
    angle: float = 0  # degrees, clockwise


class Photograph(NamedTuple):
    """A PNG or JPEG in its place."""

    x: float
    y: float
    width: float
    height: float
    data: bytes
    media: str  # image/png or image/jpeg


class Collection(NamedTuple):
    """Shapes that belong together: what they show is said where the pointer rests, and a page finds them by name."""

    shapes: tuple[Shape, ...]
    title: str = ""
    name: str = ""  # of a layer or a block


class Frames(NamedTuple):
    """Shapes one after another in one place; where nothing moves, the last ones."""

    frames: tuple[Collection, ...]
    seconds: float = 0.8  # that each is shown


Shape: TypeAlias = "Rectangle | Path | Label | Photograph | Collection | Frames"


class Picture(NamedTuple):
    title: str
    width: float
    height: float
    shapes: tuple[Shape, ...]
    about: str = ""  # what it shows, in a sentence or two, for those who do not see it
    notes: tuple[str, ...] = ()  # what was left out or folded, for the person who asked for it


def line(x1: float, y1: float, x2: float, y2: float, colour: str = INK, thickness: float = 1) -> Path:
    return polyline([(x1, y1), (x2, y2)], colour, thickness)


def polyline(points: Iterable[Point], colour: str = INK, thickness: float = 1, dashed: bool = False) -> Path:
    first, *others = points
    return Path((("M", *first), *(("L", *point) for point in others)), "", colour, thickness, dashed=dashed)


def polygon(points: Iterable[Point], fill: str, stroke: str = INK, thickness: float = 1) -> Path:
    outline = polyline(points, stroke, thickness)
    return outline._replace(segments=(*outline.segments, ("Z",)), fill=fill)


def circle(x: float, y: float, radius: float, fill: str, stroke: str = INK, thickness: float = 1) -> Path:
    r, a = radius, radius * ARC
    corners: tuple[Segment, ...] = (
        ("M", x + r, y),
        ("C", x + r, y + a, x + a, y + r, x, y + r),
        ("C", x - a, y + r, x - r, y + a, x - r, y),
        ("C", x - r, y - a, x - a, y - r, x, y - r),
        ("C", x + a, y - r, x + r, y - a, x + r, y),
        ("Z",),
    )
    return Path(corners, fill, stroke, thickness)


def shift(shape: Shape, dx: float, dy: float) -> Shape:
    """The shape somewhere else."""
    match shape:
        case Path(segments):
            return shape._replace(segments=tuple([shift_segment(each, dx, dy) for each in segments]))
        case Collection():
            return shift_all(shape, dx, dy)
        case Frames(frames):
            return shape._replace(frames=tuple([shift_all(frame, dx, dy) for frame in frames]))
        case _:
            return shape._replace(x=shape.x + dx, y=shape.y + dy)


def shift_all(shapes: Collection, dx: float, dy: float) -> Collection:
    return shapes._replace(shapes=tuple([shift(each, dx, dy) for each in shapes.shapes]))


def shift_segment(segment: Segment, dx: float, dy: float) -> Segment:
    command, *numbers = segment
    return (command, *[number + (dy if place % 2 else dx) for place, number in enumerate(numbers)])


def flatten(shapes: Iterable[Shape]) -> Iterator[Rectangle | Path | Label | Photograph]:
    """Shapes without collections; of frames the last."""
    for shape in shapes:
        match shape:
            case Collection(inner):
                yield from flatten(inner)
            case Frames(frames):
                yield from flatten(frames[-1:])
            case _:
                yield shape


def stack(pictures: list[Picture], gap: float = 24) -> Picture:
    """Pictures as one, from the top to the bottom."""
    if len(pictures) == 1:
        return pictures[0]
    shapes: list[Shape] = []
    top = 0.0
    for picture in pictures:
        shapes += [shift(shape, 0, top) for shape in picture.shapes]
        top += picture.height + gap
    return Picture(
        "; ".join(dict.fromkeys(each.title for each in pictures)),
        max(each.width for each in pictures),
        top - gap,
        tuple(shapes),
        " ".join(dict.fromkeys(each.about for each in pictures)),
        tuple(note for each in pictures for note in each.notes),
    )
