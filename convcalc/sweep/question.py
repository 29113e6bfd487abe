"""What is asked of a sweep: its axes, what must hold, what is wanted, and how much of it is shown."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import Expr, letters
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.closed_forms.table import SizeTest


class Axis(NamedTuple):
    """Names that move together, one as a rule, and the values they take: whole numbers, fractions or words."""

    names: tuple[str, ...]
    points: tuple[tuple[object, ...], ...]

    @property
    def is_positive(self) -> bool:
        """Whether all values are whole and above 0, as those of a letter are."""
        return all(isinstance(value, int) and value > 0 for point in self.points for value in point)


def point_of(axes: Iterable[Axis], chosen: Iterable[tuple[object, ...]]) -> dict[str, Any]:
    """The names of axes with the values chosen of each."""
    return {name: value for axis, values in zip(axes, chosen, strict=True)
            for name, value in zip(axis.names, values, strict=True)}  # fmt: skip


class Objective(NamedTuple):
    """What is to be small or large: a tree over names of axes and quantities."""

    direction: str  # min or max
    tree: Expr
    text: str

    @property
    def sign(self) -> int:
        """What it is times this is the least where it is best."""
        return 1 if self.direction == "min" else -1


class SweepQuestion(NamedTuple):
    """Trees are over the names of axes and of quantities."""

    axes: tuple[Axis, ...]
    columns: tuple[str, ...]  # quantities shown, after the names of the axes
    where: tuple[SizeTest, ...] = ()
    pareto: tuple[Objective, ...] = ()
    sort: tuple[Objective, ...] = ()  # by the first, then by the next
    limit: int | None = None  # rows given; None: all
    sample: int | None = None  # points drawn at random instead of all
    seed: int = 0
    shard: tuple[int, int] = (1, 1)  # the first of one part
    keep_invalid: bool = False  # rows of points where the network does not fit, too

    @property
    def size(self) -> int:
        """How many points the whole grid has."""
        return prod(len(axis.points) for axis in self.axes)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for axis in self.axes for name in axis.names)

    @property
    def shown(self) -> tuple[str, ...]:
        """What the values of a row are of."""
        return (*self.names, *self.columns, *(("reason",) if self.keep_invalid else ()))

    @property
    def objectives(self) -> tuple[Objective, ...]:
        """Those of the front, then those to sort by."""
        return (*self.pareto, *self.sort)

    @property
    def compared(self) -> tuple[str, ...]:
        """The names of conditions, fronts and orders, of axes too."""
        trees = [*(side for test in self.where for side in test.sides), *(each.tree for each in self.objectives)]
        return tuple(dict.fromkeys(name for tree in trees for name in letters(tree)))

    @property
    def asked(self) -> tuple[str, ...]:
        """The names of columns, conditions, fronts and orders, other than those of axes."""
        return tuple(name for name in dict.fromkeys((*self.columns, *self.compared)) if name not in self.names)

    def point(self, place: int) -> dict[str, object]:
        """The names with their values at a place of the grid, the last axis moving first."""
        chosen = []
        for axis in reversed(self.axes):
            place, index = divmod(place, len(axis.points))
            chosen.append(axis.points[index])
        return point_of(self.axes, reversed(chosen))


class SweepTally(NamedTuple):
    """What became of the points."""

    points: int
    unfit: dict[str, int]  # by why the network does not fit there
    excluded: int  # by a condition
    kept: int
    unvisited: int = 0  # of these, decided without a look at each
    worked: int = 0  # of these, by building the network there


class SweepAnswer(NamedTuple):
    """The rows asked for: values of the axes' names in the order of the question, then the columns.

    With invalid ones there is one value more: why the network does not fit there, None where it does.
    """

    rows: list[tuple[object, ...]]
    tally: SweepTally
    notes: tuple[str, ...] = ()  # what there is to say of them, in sentences
