"""Slanted lines over a shape, for formats that clip; those of neighbours go on in each other."""

from __future__ import annotations

from math import ceil, cos, floor, radians, sin
from typing import TYPE_CHECKING

from convcalc.render.pictures.shapes import Rectangle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcalc.render.pictures.shapes import Path

PITCH, LINE = 6, 0.8  # from line to line, and how thick one is


def hatch_lines(shape: Rectangle | Path, angle: float) -> Iterator[tuple[float, float, float, float]]:
    """The two ends of each line over the box of a shape; at 0 degrees they stand, and turn clockwise."""
    corners = corners_of(shape)
    across, down = cos(radians(angle)), sin(radians(angle))
    places = [x * across + y * down for x, y in corners]
    along = [y * across - x * down for x, y in corners]
    start, end = min(along), max(along)
    for count in range(floor(min(places) / PITCH), ceil(max(places) / PITCH)):
        place = count * PITCH + LINE / 2
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
