"""What stands above every picture: its title, and lines that say how to read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.render.pictures.lettering import shorten, text_width
from convcalc.render.pictures.shapes import INK, SOFT, Label
from convcalc.render.script import UNICODE, input_shapes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from convcalc.network.walk import NetworkReport, Totals
    from convcalc.render.pictures.shapes import Shape

MARGIN = 20  # around a chart
TITLE, SIZE, LINE = 16, 11, 16  # of letters, and from line to line
NAME = 420  # the longest name of a network


def name_in_words(report: NetworkReport, room: float = NAME) -> str:
    """What a network is called in a title."""
    return shorten(UNICODE.text(report.name or "network"), room, TITLE, True)


def inputs_in_words(report: NetworkReport) -> str:
    """The shapes of its inputs, in the order in which it is shown."""
    return ", ".join(input_shapes(report))


def storage_in_words(bits: int, batch: int) -> str:
    """`one example, 4 bytes a number`."""
    each = f"{bits // 8} byte{'s' * (bits > 8)}" if bits % 8 == 0 else f"{bits} bits"
    return f"{f'a batch of {batch:,}' if batch > 1 else 'one example'}, {each} a number"


def counts_in_words(counts: Totals, write: Callable[[Any], str] = UNICODE.number) -> Iterator[str]:
    """`61,706 parameters` and `416,520 MACs`, where there are any."""
    if counts.parameters != 0:
        yield f"{write(counts.parameters)} parameters"
    if counts.macs:
        yield f"{write(counts.macs)} MACs"


def heading(title: str, lines: Iterable[str], x: float = MARGIN) -> tuple[list[Shape], float]:
    """A title and lines that fit below it, and where they end."""
    texts, bottom = text_lines(lines, x, 42)
    return [Label(x, 32, title, TITLE, "start", INK, True), *texts], bottom


def text_lines(
    lines: Iterable[str], x: float, y: float, colour: str = SOFT, size: float = SIZE
) -> tuple[list[Shape], float]:
    """Lines from (x, y) on, and where they end."""
    shapes: list[Shape] = []
    for text in lines:
        y += LINE
        shapes.append(Label(x, y - 4, text, size, "start", colour))
    return shapes, y


def chart_heading(title: str, lines: Sequence[str]) -> tuple[list[Shape], float, float]:
    """The heading of a chart, where the widest of its lines ends, and where it ends below."""
    shapes, bottom = heading(title, lines)
    wide = max(text_width(title, TITLE, True), *(text_width(text, SIZE) for text in lines))
    return shapes, MARGIN + wide, bottom
