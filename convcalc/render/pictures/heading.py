"""What is told around every picture: its title, lines that say how to read it, and a legend."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from convcalc.kinds.categories import category_title
from convcalc.render.pictures.lettering import shorten, text_width
from convcalc.render.pictures.shapes import INK, SOFT, Label, Rectangle, Shape
from convcalc.render.script import UNICODE, input_shapes

if TYPE_CHECKING:
    from convcalc.network.walk import NetworkReport, Totals

MARGIN = 20  # around a chart
TITLE, SIZE, LINE = 16, 11, 16  # of letters, and from line to line
NAME = 420  # the longest name of a network
SQUARE, GAP, BETWEEN, SQUARE_LINE = 12, 5, 16, 18  # of a legend, in units


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


def text_lines(lines: Iterable[str], x: float, y: float, colour: str = SOFT) -> tuple[list[Shape], float]:
    """Lines from (x, y) on, and where they end."""
    shapes: list[Shape] = []
    for text in lines:
        y += LINE
        shapes.append(Label(x, y - 4, text, SIZE, "start", colour))
    return shapes, y


def chart_heading(title: str, lines: Sequence[str]) -> tuple[list[Shape], float, float]:
    """The heading of a chart, where the widest of its lines ends, and where it ends below."""
    shapes, bottom = heading(title, lines)
    wide = max(text_width(title, TITLE, True), *(text_width(text, SIZE) for text in lines))
    return shapes, MARGIN + wide, bottom


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
            across, down = 0.0, down + SQUARE_LINE
        shapes.append(look._replace(x=x + across, y=y + down + 1))
        shapes.append(Label(x + across + SQUARE + GAP, y + down + 11, title, SIZE, "start", SOFT))
        across += wide + BETWEEN
    return shapes, down + SQUARE_LINE if shapes else 0.0
