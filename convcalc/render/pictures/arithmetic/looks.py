"""What the cells of a view look like, by what they are, and what the legend says of those that are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.render.pictures.arithmetic.axes import BEYOND, CUT, EXTRA, MAP, PADDING, ZERO
from convcalc.render.pictures.arithmetic.grids import Look
from convcalc.render.pictures.shapes import FAINT, PAPER, SOFT
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.render.pictures.arithmetic.views import View


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


def cell_role(view: View, row: int, column: int) -> str:
    found = (view.rows.role(row), view.columns.role(column))
    return next(role for role in STRONGEST if role in found)


def is_reached(view: View, row: int, column: int) -> bool:
    return view.rows.is_reached(row) and view.columns.is_reached(column)


def base_look(role: str, reached: bool, spreads: bool, contents: Contents) -> Look:
    """The look of a cell that no window is on."""
    plain = PAPER if spreads else "input"
    look = {
        MAP: Look(plain),
        PADDING: Look(PAPER, SOFT, True, contents.sign),
        ZERO: Look("wash", FAINT, False, "0"),
        EXTRA: Look(PAPER, SOFT, True, "" if spreads else "0", "faint"),
        BEYOND: Look(PAPER, "alarm", True),
        CUT: Look("wash", FAINT, True),
    }[role]
    return look if reached else look._replace(fill=UNUSED)


def unit_look(view: View, row: int, column: int) -> Look:
    """The look of a unit that is not yet made; of an input, where windows spread."""
    if view.spreads:
        return Look("input")
    is_extra = any(unit >= axis.units - axis.extra_units for unit, axis in ((row, view.rows), (column, view.columns)))
    return Look(PAPER, SOFT, True, "", "faint") if is_extra else Look()
