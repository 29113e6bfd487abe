"""A page of a picture: text and shapes below each other, and how long a line may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.render.pictures.lettering import text_width, wrap
from convcalc.render.pictures.shapes import INK, SOFT, Label, Rectangle, shift

if TYPE_CHECKING:
    from collections.abc import Iterable

    from convcalc.render.pictures.arithmetic.legend import LegendEntry
    from convcalc.render.pictures.shapes import Shape

MARGIN, LINE, TEXT = 20.0, 18.0, 12
LEAST_WIDTH, WIDEST = 520.0, 900.0
SWATCH, SMALL = 13, 11  # of a legend: the side of a square, and the size of its words


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
        x, limit = 0.0, self.limit
        for look, words in entries:
            width = SWATCH + 6 + text_width(words, SMALL)
            if x and x + width > limit:
                x, self.top = 0.0, self.top + LINE + 2
            left, top = self.margin + x, self.top
            square = Rectangle(left, top, SWATCH, SWATCH, look.fill, look.stroke, dashed=look.dashed, hatch=look.hatch)
            self.shapes += [square, Label(left + SWATCH + 6, top + 10.5, words, SMALL, "start", SOFT)]
            self.width = max(self.width, x + width)
            x += width + LINE
        self.top += (LINE + 2) * (x > 0)


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
