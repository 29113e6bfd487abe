"""What a sweep computes at each point of its grid, for any engine: forms one after another, then tests and columns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from convcalc.closed_forms.table import UNKNOWN, FormTable, Requirement, SizeTest
from convcalc.spec.layout import SIDES
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Expr
    from convcalc.closed_forms.layers import LayerForms
    from convcalc.closed_forms.letters import Lettered
    from convcalc.sweep.question import Axis

COUNTED = ("parameters", "biases", "buffers", "macs", "connections", "activations")
NOWHERE = Requirement(())


class FitNeed(NamedTuple):
    """What must hold for the network to fit, the layer that needs it, and what it says of the names."""

    requirement: Requirement
    layer: str
    words: str


class SweepProgram(NamedTuple):
    """The closed forms of one structure over a grid.

    Where one of `alike` does not hold the network is another, and is worked by itself; else where one of `needs` does
    not it does not fit, and the first of those is why; else where one of `exact` does not, it is worked by itself, too;
    else `columns` are its quantities.  To work it by itself wherever one of `holds` does not is right as well.

    Places are those of a FormTable: first the names of the axes, in their order, then the forms, each a tree over
    places before it ("0", "1", …).  Numbers are whole; a division without rounding leaves nothing over where the
    network fits.
    """

    axes: tuple[Axis, ...]
    forms: tuple[Expr, ...]
    needs: tuple[FitNeed, ...]  # to fit
    alike: tuple[Requirement, ...]  # for the needs to be this network's
    columns: Mapping[str, Expr]  # by quantity
    where: tuple[SizeTest, ...] = ()  # over places, as columns are
    objectives: tuple[Expr, ...] = ()  # those of the front, then those to sort by; over places
    fixed: Mapping[str, object] = {}  # the values of the names that this structure is for
    exact: tuple[Requirement, ...] = ()  # for the columns to be its own, such as those of receptive fields
    titles: Mapping[int, str] = {}  # what is at a place, as an identifier: conv1_macs

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for axis in self.axes for name in axis.names)

    @property
    def is_worked_singly(self) -> bool:
        """Whether there are no forms: every point is worked by itself."""
        return NOWHERE in self.alike

    @property
    def holds(self) -> tuple[Requirement, ...]:
        """All without which something of the forms is not this network's."""
        return (*self.alike, *self.exact)


def titles_of(table: FormTable, lettered: Lettered, rows: list[LayerForms]) -> dict[int, str]:
    """The titles of places that are sizes of outputs or counts, each after the first layer that has it."""
    titles: dict[int, str] = {}
    for layer, row in zip(lettered.layers, rows, strict=True):
        sides = ("c", *(side.lower() for side in SIDES.get(len(row.output) - 1, ())))
        if len(sides) < len(row.output):
            sides = tuple(f"size{number}" for number in range(1, len(row.output) + 1))
        for place, side in zip(row.output, sides, strict=False):
            if place != UNKNOWN:
                titles.setdefault(place, f"{identifier(layer.name)}_{side}")
    for layer in lettered.layers:
        for name in COUNTED if layer.applied else ():
            place = table.places.get(getattr(layer.applied, name), UNKNOWN)
            if place != UNKNOWN:
                titles.setdefault(place, f"{identifier(layer.name)}_{name}")
    return {place: title for place, title in titles.items() if place >= len(table.letters)}


def identifier(words: str) -> str:
    """Words as a name of small letters: layer1.0.conv1 as layer1_0_conv1."""
    found = re.sub(r"\W+", "_", words.lower(), flags=re.ASCII).strip("_") or "part"
    return f"n{found}" if found[0].isdigit() else found
