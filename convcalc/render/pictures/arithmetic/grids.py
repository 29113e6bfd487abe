"""Grids of cells: which of a long axis are drawn, where they lie, and what each looks like by what it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from convcalc.render.pictures.arithmetic.axes import BEYOND, CUT, EXTRA, MAP, PADDING, ZERO
from convcalc.render.pictures.shapes import FAINT, PAPER, SOFT, Label, Rectangle, Shape, circle
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.render.pictures.arithmetic.views import WindowView

LEAST_LETTERED = 15  # side of a cell that holds a sign
SIGN = 10  # its size
MOST = 20  # cells of an axis that are all drawn
TEAR = 18.0  # between two stretches


class CellLook(NamedTuple):
    """What a cell looks like."""

    fill: str = PAPER
    stroke: str = FAINT
    dashed: bool = False
    text: str = ""
    hatch: str = ""
    opacity: float = 1


class CellGrid(NamedTuple):
    rows: Ruler
    columns: Ruler

    @property
    def width(self) -> float:
        return self.columns.length

    @property
    def height(self) -> float:
        return self.rows.length

    def cells(self, look: Callable[[int, int], CellLook]) -> Iterator[Shape]:
        for row, y in self.rows.places():
            for column, x in self.columns.places():
                yield cell_shape(x, y, self.rows.side, look(row, column))

    def signs(self, look: Callable[[int, int], CellLook]) -> Iterator[Shape]:
        """What stands in the cells, where they are large enough."""
        side = self.rows.side
        for row, y in self.rows.places() if side >= LEAST_LETTERED else ():
            for column, x in self.columns.places():
                if sign := look(row, column).text:
                    yield Label(x + side / 2, y + side / 2 + SIGN * 0.35, sign, SIGN, "middle", SOFT)

    def tears(self) -> Iterator[Shape]:
        """Three dots in every gap between stretches, beside each stretch along the other axis."""
        for stretch, start in self.rows.starts():
            middle = start + len(stretch) * self.rows.side / 2
            for x in self.columns.tears():
                yield from (circle(x + shift, middle, 1.2, SOFT, "") for shift in (-4, 0, 4))
        for stretch, start in self.columns.starts():
            middle = start + len(stretch) * self.columns.side / 2
            for y in self.rows.tears():
                yield from (circle(middle, y + shift, 1.2, SOFT, "") for shift in (-4, 0, 4))

    def frame(
        self, rows: Sequence[int], columns: Sequence[int], colour: str, thickness: float = 2, dashed: bool = False
    ) -> Rectangle | None:
        """A frame around all cells from the first to the last, as far as they are drawn."""
        down, across = self.rows.span(rows), self.columns.span(columns)
        if down is None or across is None:
            return None
        (y, bottom), (x, right) = down, across
        return Rectangle(x, y, right - x, bottom - y, "", colour, thickness, dashed=dashed)


def cell_shape(x: float, y: float, side: float, look: CellLook) -> Shape:
    return Rectangle(
        x, y, side, side, look.fill, look.stroke, dashed=look.dashed, hatch=look.hatch, opacity=look.opacity
    )


def visible_stretches(cells: range, wanted: Iterable[range], most: int = MOST) -> tuple[range, ...]:
    """All cells, or of more than so many those that are wanted and both ends."""
    if len(cells) <= most:
        return (cells,)
    ends = (range(cells.start, cells.start + 3), range(cells.stop - 3, cells.stop))
    parts = sorted((part.start, part.stop) for part in (*ends, *wanted))
    found: list[range] = []
    for start, stop in parts:
        start, stop = max(start, cells.start), min(stop, cells.stop)
        if found and start <= found[-1].stop + 1:
            found[-1] = range(found[-1].start, max(found[-1].stop, stop))
        elif start < stop:
            found.append(range(start, stop))
    return tuple(found)


class Ruler(NamedTuple):
    """Where the cells of an axis lie, from 0."""

    stretches: tuple[range, ...]
    side: float

    @property
    def length(self) -> float:
        return self.side * sum(map(len, self.stretches)) + TEAR * (len(self.stretches) - 1)

    def places(self) -> Iterator[tuple[int, float]]:
        """Each cell that is drawn, and where it begins."""
        for stretch, start in self.starts():
            for cell in stretch:
                yield cell, start + (cell - stretch.start) * self.side

    def starts(self) -> Iterator[tuple[range, float]]:
        start = 0.0
        for stretch in self.stretches:
            yield stretch, start
            start += len(stretch) * self.side + TEAR

    def tears(self) -> list[float]:
        """The middles of the gaps."""
        return [start - TEAR / 2 for _, start in self.starts()][1:]

    def span(self, cells: Sequence[int]) -> tuple[float, float] | None:
        """From the first to the end of the last of these that are drawn; None where none is."""
        drawn = [place for cell, place in self.places() if cells[0] <= cell <= cells[-1]]
        return (drawn[0], drawn[-1] + self.side) if drawn else None


# What is seen, and what is made of it: the fill of its cells, that of the present one, and the colour of frames.
class Colours(NamedTuple):
    fill: str
    present: str
    frame: str


INPUT, OUTPUT = Colours("window-fill", "window-fill", "window"), Colours("result-fill", "result", "result")
UNUSED = "unused"
STRONGEST = (CUT, BEYOND, EXTRA, PADDING, ZERO, MAP)  # what a cell is of which each axis says something else


class Contents(NamedTuple):
    """What a layer has beyond the edges of its input."""

    sign: str = ""  # in each cell of padding
    words: str = "padding"


def cell_role(view: WindowView, row: int, column: int) -> str:
    found = (view.rows.role(row), view.columns.role(column))
    return next(role for role in STRONGEST if role in found)


def is_reached(view: WindowView, row: int, column: int) -> bool:
    return view.rows.is_reached(row) and view.columns.is_reached(column)


def base_look(role: str, reached: bool, spreads: bool, contents: Contents) -> CellLook:
    """The look of a cell that no window is on."""
    plain = PAPER if spreads else "input"
    look = {
        MAP: CellLook(plain),
        PADDING: CellLook(PAPER, SOFT, True, contents.sign),
        ZERO: CellLook("wash", FAINT, False, "0"),
        EXTRA: CellLook(PAPER, SOFT, True, "" if spreads else "0", "faint"),
        BEYOND: CellLook(PAPER, "alarm", True),
        CUT: CellLook("wash", FAINT, True),
    }[role]
    return look if reached else look._replace(fill=UNUSED)


def unit_look(view: WindowView, row: int, column: int) -> CellLook:
    """The look of a unit that is not yet made; of an input, where windows spread."""
    if view.spreads:
        return CellLook("input")
    is_extra = any(unit >= axis.units - axis.extra_units for unit, axis in ((row, view.rows), (column, view.columns)))
    return CellLook(PAPER, SOFT, True, "", "faint") if is_extra else CellLook()
