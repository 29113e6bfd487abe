"""What stands above every chart: its title, and lines that say how to read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.render.pictures.lettering import shorten, text_width
from convcalc.render.pictures.shapes import INK, SOFT, Label
from convcalc.render.script import UNICODE, input_shapes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convcalc.network.walk import NetworkReport
    from convcalc.render.pictures.shapes import Shape

MARGIN = 20  # around a chart
TITLE, SIZE, LINE = 16, 11, 16  # of letters, and from line to line
NAME = 420  # the longest name of a network


def name_in_words(report: NetworkReport) -> str:
    """What a network is called in a title."""
    return shorten(UNICODE.text(report.name or "network"), NAME, TITLE, True)


def inputs_in_words(report: NetworkReport) -> str:
    """The shapes of its inputs, in the order in which it is shown."""
    return ", ".join(input_shapes(report))


def storage_in_words(bits: int, batch: int) -> str:
    """`one example, 4 bytes a number`."""
    each = f"{bits // 8} byte{'s' * (bits > 8)}" if bits % 8 == 0 else f"{bits} bits"
    return f"{f'a batch of {batch:,}' if batch > 1 else 'one example'}, {each} a number"


def heading_shapes(title: str, lines: Sequence[str]) -> tuple[list[Shape], float, float]:
    """Title and lines, where the widest of them ends, and where they end below."""
    shapes: list[Shape] = [Label(MARGIN, MARGIN + 12, title, TITLE, "start", INK, True)]
    shapes += [Label(MARGIN, MARGIN + 34 + LINE * place, text, SIZE, "start", SOFT) for place, text in enumerate(lines)]
    wide = max(text_width(title, TITLE, True), *(text_width(text, SIZE) for text in lines))
    return shapes, MARGIN + wide, MARGIN + 22 + LINE * len(lines)
