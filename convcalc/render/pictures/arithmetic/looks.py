"""What the cells of a view look like, by what they are, and what the legend says of those that are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.render.pictures.arithmetic.axes import BEYOND, CUT, EXTRA, MAP, PADDING, ZERO
from convcalc.render.pictures.arithmetic.grids import CellLook
from convcalc.render.pictures.shapes import FAINT, PAPER, SOFT
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.render.pictures.arithmetic.views import WindowView


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
