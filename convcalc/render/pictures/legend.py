"""A legend: a square and what it means, one after another, over as many lines as they need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.kinds.categories import category_title
from convcalc.render.pictures.lettering import shorten, text_width
from convcalc.render.pictures.shapes import SOFT, Label, Rectangle

if TYPE_CHECKING:
    from collections.abc import Iterable

    from convcalc.render.pictures.shapes import Shape

SQUARE, GAP, BETWEEN, LINE, SIZE = 12, 5, 16, 18, 11  # in units; SIZE of the letters


def legend(categories: Iterable[str], x: float, y: float, width: float) -> tuple[list[Shape], float]:
    """The colours of categories, each once, from (x, y) on, and their height."""
    titles = [(name, category_title(name)) for name in dict.fromkeys(categories)]
    return square_legend(((square(name, radius=2), title) for name, title in titles), x, y, width)


def square(fill: str, **look: Any) -> Rectangle:
    return Rectangle(0, 0, SQUARE, SQUARE, fill, **look)


def square_legend(
    entries: Iterable[tuple[Rectangle, str]], x: float, y: float, width: float
) -> tuple[list[Shape], float]:
    """Squares with words behind them from (x, y) on, and their height."""
    shapes: list[Shape] = []
    across, down = 0.0, 0.0
    for look, words in entries:
        title = shorten(words, width - SQUARE - GAP, SIZE)
        wide = SQUARE + GAP + text_width(title, SIZE)
        if across and across + wide > width:
            across, down = 0.0, down + LINE
        shapes.append(look._replace(x=x + across, y=y + down + 1))
        shapes.append(Label(x + across + SQUARE + GAP, y + down + 11, title, SIZE, "start", SOFT))
        across += wide + BETWEEN
    return shapes, down + LINE if shapes else 0.0
