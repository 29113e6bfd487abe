"""The values of one unknown as runs, 7 or 140, 156, … 508, each verified and not merely derived."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from convcalc.algebra.interval import Range
from convcalc.tuples import NamedTuple

MAX_RUN = 256  # values of one unknown that are all verified; of longer runs the beginning and the end
FEW = 8  # values shown of a run without end
LOOK = 64  # … so many of its beginning
FAR = 2_000  # how far a value is looked for where no formula says where it is


class ValueRun(NamedTuple):
    """The values first, first + step, … up to last; None is no end."""

    first: int
    last: int | None
    step: int = 1

    @property
    def size(self) -> int:
        assert self.last is not None
        return (self.last - self.first) // self.step + 1

    def shown(self) -> range:
        """Every value of a short run, the first few of one without end, the ends of a long one."""
        if self.last is None:
            return range(self.first, self.first + FEW * self.step, self.step)
        long = self.last - self.first >= MAX_RUN
        return range(self.first, self.last + 1, self.last - self.first if long else self.step)


def number_of(runs: Iterable[ValueRun]) -> int | None:
    """How many values there are, None where they have no end."""
    runs = list(runs)
    return None if any(run.last is None for run in runs) else sum(run.size for run in runs)


def as_runs(values: list[int]) -> list[ValueRun]:
    """Values in order as runs of equal steps: 2, 4, 6 is one run; two values that are no neighbours are two."""
    runs: list[ValueRun] = []
    for value in values:
        before = runs[-1] if runs else None
        assert before is None or before.last is not None
        if before and before.first == before.last and value - before.first == 1:
            runs[-1] = ValueRun(before.first, value, 1)
        elif before and before.last not in (None, before.first) and value == (before.last or 0) + before.step:
            runs[-1] = before._replace(last=value)
        elif (
            len(runs) > 1 and before and before.first == before.last and runs[-2].first == runs[-2].last
            and value - before.first == before.first - runs[-2].first
        ):  # fmt: skip
            runs[-2:] = [ValueRun(runs[-2].first, value, value - before.first)]
        else:
            runs.append(ValueRun(value, value))
    return runs


def verify_runs(holds: Callable[[int], bool], where: Range, whole: int = MAX_RUN, look: int = LOOK) -> list[ValueRun]:
    """The values of a range that really do: every one of a short range, the beginning and the end of a long one.

    `look` is how many values at the beginning are tried of a long one: enough to see in which steps they come.
    """
    first, last = where
    if last is not None and last - first < max(whole, look):
        return as_runs([value for value in range(first, last + 1) if holds(value)])
    found = as_runs([value for value in range(first, first + look) if holds(value)])
    tail = found[-1] if found else None
    if tail is None or tail.last is None or tail.last + tail.step < first + look:
        return found
    if last is None:
        return [*found[:-1], tail._replace(last=None)]
    # Only where it ends is still to be found: up to there the steps are even.
    low, high = 0, (last - tail.first) // tail.step
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if holds(tail.first + middle * tail.step) else (low, middle - 1)
    return [*found[:-1], tail._replace(last=tail.first + low * tail.step)]
