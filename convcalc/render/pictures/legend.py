"""A legend: a square of a category's colour and its word, one after another, over as many lines as they need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.kinds.categories import category_title
from convcalc.render.pictures.lettering import shorten, text_width
from convcalc.render.pictures.shapes import SOFT, Label, Rectangle

if TYPE_CHECKING:
    from collections.abc import Iterable

    from convcalc.render.pictures.shapes import Shape

SQUARE, GAP, BETWEEN, LINE, SIZE = 10, 5, 16, 17, 11  # in units; SIZE of the letters


def legend(categories: Iterable[str], x: float, y: float, width: float) -> tuple[tuple[Shape, ...], float]:
    """The legend whose upper left corner is at (x, y), and its height; each category once, in the order given."""
    shapes: list[Shape] = []
    across, down = 0.0, 0.0
    for name in dict.fromkeys(categories):
        title = shorten(category_title(name), width - SQUARE - GAP, SIZE)
        wide = SQUARE + GAP + text_width(title, SIZE)
        if across and across + wide > width:
            across, down = 0.0, down + LINE
        left, top = x + across, y + down
        shapes.append(Rectangle(left, top + 2, SQUARE, SQUARE, name, radius=2))
        shapes.append(Label(left + SQUARE + GAP, top + 11, title, SIZE, "start", SOFT))
        across += wide + BETWEEN
    return tuple(shapes), down + LINE if shapes else 0.0
