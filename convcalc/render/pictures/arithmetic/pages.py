"""A page of a picture: text and shapes below each other, and how long a line may be."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from convcalc.render.pictures.heading import square, square_legend
from convcalc.render.pictures.lettering import text_width, wrap
from convcalc.render.pictures.shapes import INK, SOFT, Label, Shape, shift

if TYPE_CHECKING:
    from convcalc.render.pictures.arithmetic.captions import LegendEntry

MARGIN, LINE, TEXT = 20.0, 18.0, 12
LEAST_WIDTH, WIDEST = 520.0, 900.0


class Page:
    """Shapes below each other."""

    def __init__(self, margin: float = MARGIN) -> None:
        self.shapes: list[Shape] = []
        self.margin, self.top, self.width = margin, margin, 0.0

    @property
    def limit(self) -> float:
        """How wide a line of text may be."""
        return max(self.width, LEAST_WIDTH)

    def text(self, words: str, size: float = TEXT, colour: str = INK, bold: bool = False) -> None:
        for line in wrap(words, WIDEST, size, bold):
            self.line(0, line, size, colour, bold)

    def line(self, x: float, words: str, size: float = TEXT, colour: str = INK, bold: bool = False) -> None:
        self.shapes.append(Label(self.margin + x, self.top + size, words, size, "start", colour, bold))
        self.width = max(self.width, x + text_width(words, size, bold))
        self.top += max(LINE, size * 1.4)

    def place(self, shapes: Iterable[Shape], width: float, height: float) -> None:
        self.shapes += [shift(shape, self.margin, self.top) for shape in shapes]
        self.width = max(self.width, width)
        self.top += height

    def equation(self, label: str, parts: list[str], sentences: list[str]) -> None:
        """Equal formulas behind a label, and sentences below them."""
        start = text_width(f"{label}:  ", TEXT)
        room = self.limit - start
        self.shapes.append(Label(self.margin, self.top + TEXT, f"{label}:", TEXT, "start", SOFT))
        for line in equal_lines(parts, room):
            self.line(start, line)
        for sentence in sentences:
            for line in wrap(sentence, room, TEXT):
                self.line(start, line, colour=SOFT)

    def legend(self, entries: Iterable[LegendEntry]) -> None:
        """Squares with what they mean, on as many lines as they take."""
        looks = ((square(look.fill, stroke=look.stroke, dashed=look.dashed, hatch=look.hatch), words)
                 for look, words in entries)  # fmt: skip
        shapes, height = square_legend(looks, self.margin, self.top, self.limit)
        self.shapes += shapes
        for shape in shapes[1::2]:
            assert isinstance(shape, Label)
            self.width = max(self.width, shape.x + text_width(shape.text, shape.size) - self.margin)
        self.top += height


def equal_lines(parts: list[str], room: float) -> list[str]:
    """Equal formulas on as few lines as there is room for."""
    lines = parts[:1]
    for part in parts[1:]:
        longer = f"{lines[-1]} = {part}"
        if text_width(longer, TEXT) <= room:
            lines[-1] = longer
        else:
            lines.append(f"= {part}")
    return lines
