"""What stands above every chart: its title, and lines that say how to read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.render.pictures.lettering import text_width
from convcalc.render.pictures.shapes import INK, SOFT, Label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convcalc.render.pictures.shapes import Shape

MARGIN = 20  # around a chart
TITLE, SIZE, LINE = 16, 11, 16  # of letters, and from line to line


def heading_shapes(title: str, lines: Sequence[str]) -> tuple[list[Shape], float, float]:
    """Title and lines, where the widest of them ends, and where they end below."""
    shapes: list[Shape] = [Label(MARGIN, MARGIN + 12, title, TITLE, "start", INK, True)]
    shapes += [Label(MARGIN, MARGIN + 34 + LINE * place, text, SIZE, "start", SOFT) for place, text in enumerate(lines)]
    wide = max(text_width(title, TITLE, True), *(text_width(text, SIZE) for text in lines))
    return shapes, MARGIN + wide, MARGIN + 22 + LINE * len(lines)
