"""Slanted lines over a fill, as a shape asks for them and as a theme does that has too few colours."""

from __future__ import annotations

from math import ceil, cos, floor, radians, sin
from typing import TYPE_CHECKING

from convcalc.render.pictures.shapes import Rectangle
from convcalc.render.pictures.themes import TEXTURE, TEXTURES
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcalc.render.pictures.shapes import Path

LINE = 0.8  # how thick one is
SLANT, PITCH, FINE = 45, 6, 4  # of a shape's own hatch; the pitch of a theme's, which squares of a legend show


class Hatch(NamedTuple):
    colour: str
    angle: float = SLANT  # at 0 degrees the lines stand; they turn clockwise
    pitch: float = PITCH  # from line to line


def hatches_of(shape: Rectangle | Path, theme: str) -> list[Hatch]:
    """What a theme lays over the fill of a shape, then what the shape itself asks for."""
    textures = TEXTURES.get(theme, {})
    found = [Hatch(TEXTURE, textures[shape.fill], FINE)] if shape.fill in textures else []
    return [*found, Hatch(shape.hatch)] if shape.hatch else found


def hatch_lines(shape: Rectangle | Path, hatch: Hatch) -> Iterator[tuple[float, float, float, float]]:
    """The two ends of each line over the box of a shape; those of neighbours go on in each other."""
    corners = corners_of(shape)
    across, down = cos(radians(hatch.angle)), sin(radians(hatch.angle))
    places = [x * across + y * down for x, y in corners]
    along = [y * across - x * down for x, y in corners]
    start, end = min(along), max(along)
    for count in range(floor(min(places) / hatch.pitch), ceil(max(places) / hatch.pitch)):
        place = count * hatch.pitch + LINE / 2
        yield (
            place * across - start * down, place * down + start * across,
            place * across - end * down, place * down + end * across,
        )  # fmt: skip


def corners_of(shape: Rectangle | Path) -> list[tuple[float, float]]:
    """Those of the box that a shape lies in."""
    if isinstance(shape, Rectangle):
        xs, ys = [shape.x, shape.x + shape.width], [shape.y, shape.y + shape.height]
    else:
        xs = [number for _, *numbers in shape.segments for number in numbers[::2]]
        ys = [number for _, *numbers in shape.segments for number in numbers[1::2]]
    return [(x, y) for x in (min(xs), max(xs)) for y in (min(ys), max(ys))]
