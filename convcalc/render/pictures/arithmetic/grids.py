"""A grid of cells as shapes: what each cell looks like, frames around some of them, and dots where it is torn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from convcalc.render.pictures.shapes import FAINT, PAPER, SOFT, Label, Rectangle, circle
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.render.pictures.arithmetic.segments import Ruler
    from convcalc.render.pictures.shapes import Shape

LEAST_LETTERED = 15  # side of a cell that holds a sign
SIGN = 10  # its size


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
