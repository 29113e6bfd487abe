"""What is asked of a sweep: its axes, what must hold, what is wanted, and how much of it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcalc.algebra.expr import Expr
    from convcalc.closed_forms.table import SizeTest


class Axis(NamedTuple):
    """Names that move together, one as a rule, and the values they take: whole numbers, fractions or words."""

    names: tuple[str, ...]
    points: tuple[tuple[object, ...], ...]

    @property
    def is_positive(self) -> bool:
        """Whether all values are whole and above 0, as those of a letter are."""
        return all(isinstance(value, int) and value > 0 for point in self.points for value in point)

    def at(self, point: tuple[object, ...]) -> Iterator[tuple[str, object]]:
        """The names with their values at a point."""
        return zip(self.names, point, strict=True)


class Objective(NamedTuple):
    """What is to be small or large: a tree over names of axes and quantities."""

    direction: str  # min or max
    tree: Expr
    text: str


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
    keep_invalid: bool = False


class SweepTally(NamedTuple):
    """What became of the points."""

    points: int
    unfit: dict[str, int]  # by why the network does not fit there
    excluded: int  # by a condition
    kept: int


class SweepAnswer(NamedTuple):
    """The rows asked for: values of the axes' names in the order of the question, then the columns."""

    rows: list[tuple[object, ...]]
    tally: SweepTally
