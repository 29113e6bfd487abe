"""An axis of the input on paper: pixels to units, and a ruler beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.render.pictures.lettering import text_width
from convcalc.render.pictures.shapes import FAINT, INK, SOFT, Label, line
from convcalc.render.pictures.ticks import round_step
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcalc.render.pictures.field.seen import PixelSpan
    from convcalc.render.pictures.shapes import Shape

TICK = 10  # the size of its numbers


class PictureAxis(NamedTuple):
    """The pixels from `first` to `last` lie from `start` on, each `scale` wide."""

    first: int
    last: int
    start: float
    scale: float

    def edge(self, pixel: float) -> float:
        """Where a pixel begins."""
        return self.start + (pixel - self.first) * self.scale

    def middle(self, pixel: float) -> float:
        return self.edge(pixel + 0.5)

    def ends(self, span: PixelSpan, least: float = 0) -> tuple[float, float]:
        """Where a span begins and ends, at least so far apart that it is seen."""
        start, end = self.edge(span.first), self.edge(span.last + 1)
        if end - start >= least:
            return start, end
        middle = (start + end) / 2
        return middle - least / 2, middle + least / 2

    @property
    def length(self) -> float:
        return (self.last - self.first + 1) * self.scale


def ticks(axis: PictureAxis, side: int) -> Iterator[int]:
    """Round numbers of pixels, the ends of the input among them."""
    step = round_step(axis.last - axis.first + 1, max(2, int(axis.length / 44)))
    room = text_width(f"{side:,}", TICK) + 8
    for pixel in range(-(-axis.first // step) * step, axis.last + 2, step):
        if pixel in (0, side) or abs(pixel - side) * axis.scale >= room or side * axis.scale < room:
            yield pixel
    if side % step and side * axis.scale >= room:
        yield side


def ruler_above(axis: PictureAxis, side: int, y: float) -> Iterator[Shape]:
    """A ruler whose line lies at y: the input's part of it is strong."""
    yield line(axis.edge(axis.first), y, axis.edge(axis.last + 1), y, FAINT)
    yield line(axis.edge(0), y, axis.edge(side), y, INK, 2)
    for pixel in ticks(axis, side):
        x = axis.edge(pixel)
        yield line(x, y - 4, x, y, SOFT)
        yield Label(x, y - 7, tick_text(pixel), TICK, colour=SOFT)


def ruler_beside(axis: PictureAxis, side: int, x: float) -> Iterator[Shape]:
    """The same for the vertical axis, to the left of x."""
    yield line(x, axis.edge(axis.first), x, axis.edge(axis.last + 1), FAINT)
    yield line(x, axis.edge(0), x, axis.edge(side), INK, 2)
    for pixel in ticks(axis, side):
        y = axis.edge(pixel)
        yield line(x - 4, y, x, y, SOFT)
        yield Label(x - 7, y + 3.5, tick_text(pixel), TICK, "end", SOFT)


def tick_text(pixel: int) -> str:
    return f"{pixel:,}".replace("-", "−")
