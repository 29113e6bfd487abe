"""What is asked of a sweep, from the texts of its options to a question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.algebra.expr import letters
from convcalc.sweep.axes import read_axes
from convcalc.sweep.conditions import read_conditions, read_objectives
from convcalc.sweep.names import SweepNames, read_columns
from convcalc.sweep.question import SweepQuestion
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.sweep.conditions import WrittenCondition

USUAL = ("parameters", "macs", "memory_peak", "receptive_field")  # quantities that are shown where nobody says which


class AskedSweep(NamedTuple):
    """The options of a sweep as they are written."""

    over: tuple[str, ...] = ()
    zips: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    pareto: str | None = None
    sort: str | None = None
    columns: str | None = None
    limit: int | None = None
    sample: int | None = None
    seed: int = 0
    shard: tuple[int, int] = (1, 1)
    keep_invalid: bool = False

    def read(self) -> tuple[SweepQuestion, tuple[WrittenCondition, ...]]:
        """The question, and its conditions one by one; a Problem where a text cannot be read."""
        names = SweepNames(read_axes(self.over, self.zips))
        conditions = read_conditions(self.where, names)
        tests = tuple(test for condition in conditions for test in condition.tests)
        pareto = read_objectives("--pareto", self.pareto, names) if self.pareto is not None else ()
        sort = read_objectives("--sort", self.sort, names) if self.sort is not None else ()
        trees = (
            *(tree for test in tests for tree in (test.left, test.right)),
            *(each.tree for each in (*pareto, *sort)),
        )
        named = [*USUAL, *(name for tree in trees for name in letters(tree))]
        columns = read_columns(self.columns, names) if self.columns is not None else tuple(
            name for name in dict.fromkeys(named) if name in names.quantities
        )  # fmt: skip
        question = SweepQuestion(
            names.axes, columns, tests, pareto, sort, self.limit, self.sample, self.seed, self.shard, self.keep_invalid
        )
        return question, conditions
