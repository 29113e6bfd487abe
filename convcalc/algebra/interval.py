"""Intervals of real numbers, and what undoing one operation makes of them.

Every law used is an equivalence (⌊y⌋ = t ⟺ t ≤ y < t + 1), so nothing is lost and nothing added.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from convcalc.algebra.expr import divide
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Number

    # (v, 0) is v itself, (v, -1) just below it and (v, 1) just above: open ends compare as tuples do.
    Bound: TypeAlias = tuple[Number, int]


class Range(NamedTuple):
    """The integers first, first + 1, …, last; without end where last is None."""

    first: int
    last: int | None


def intersect(ours: list[Range], theirs: list[Range]) -> list[Range]:
    """The integers in both."""
    found = []
    for a in ours:
        for b in theirs:
            last = min((one for one in (a.last, b.last) if one is not None), default=None)
            first = max(a.first, b.first)
            if last is None or first <= last:
                found.append(Range(first, last))
    return found


def join_ranges(ranges: list[Range]) -> list[Range]:
    """The same integers as ranges apart from one another, in order."""
    found: list[Range] = []
    for each in sorted(ranges, key=lambda each: each.first):
        if found and (found[-1].last is None or each.first <= found[-1].last + 1):
            before = found[-1]
            ends = (before.last, each.last)
            found[-1] = Range(before.first, None if None in ends else max(end for end in ends if end is not None))
        else:
            found.append(each)
    return found


class Interval(NamedTuple):
    """The real numbers between two bounds, None being infinity; the methods undo one operation each."""

    low: Bound | None
    high: Bound | None

    def covers(self, least: Number, most: Number) -> bool:
        return (self.low is None or self.low <= (least, 0)) and (self.high is None or (most, 0) <= self.high)

    def meet(self, other: Interval) -> Interval:
        lows = [bound for bound in (self.low, other.low) if bound]
        highs = [bound for bound in (self.high, other.high) if bound]
        return Interval(max(lows, default=None), min(highs, default=None))

    def is_empty(self) -> bool:
        return self.low is not None and self.high is not None and self.low > self.high

    def integers(self) -> tuple[int | None, int | None]:
        """The first and the last whole number inside, None where there is no such end."""
        first = self.low and (-(-self.low[0] // 1) if self.low[1] == 0 else self.low[0] // 1 + 1)
        last = self.high and (self.high[0] // 1 if self.high[1] == 0 else -(-self.high[0] // 1) - 1)
        return first, last

    def shift(self, by: Number) -> Interval:
        low, high = (bound and (bound[0] + by, bound[1]) for bound in self)
        return Interval(low, high)

    def scale(self, by: Number) -> Interval:
        if by > 0:
            low, high = (bound and (bound[0] * by, bound[1]) for bound in self)
        else:
            high, low = (bound and (bound[0] * by, -bound[1]) for bound in self)
        return Interval(low, high)

    def undo_product(self, factor: Number) -> list[Interval]:
        """factor·y is in here; 0·y = 0 holds for every y or for none."""
        if factor:
            return [self if factor == 1 else self.scale(divide(1, factor))]
        return [ALL] if self.covers(0, 0) else []

    def undo_rounding(self, rounding: str) -> Interval:
        """a ≤ ⌊y⌋ ≤ b ⟺ a ≤ y < b + 1, and a ≤ ⌈y⌉ ≤ b ⟺ a − 1 < y ≤ b, for whole a and b."""
        first, last = self.integers()
        match rounding:
            case "floor":
                return Interval(None if first is None else (first, 0), None if last is None else (last + 1, -1))
            case "ceil":
                return Interval(None if first is None else (first - 1, 1), None if last is None else (last, 0))
        return self

    def undo_quotient(self, top: Number) -> list[Interval]:
        """top/y is in here; y = 0 has no quotient, so y > 0 and y < 0 are solved apart."""
        return [*self.undo_quotient_above_0(top), *(y.scale(-1) for y in self.undo_quotient_above_0(-top))]

    def undo_quotient_above_0(self, top: Number) -> list[Interval]:
        """a ≤ top/y ≤ b ⟺ top/b ≤ y ≤ top/a where all are positive."""
        if top < 0:
            return self.scale(-1).undo_quotient_above_0(-top)
        if not top:
            return [Interval((0, 1), None)] if self.covers(0, 0) else []
        if self.high and self.high[0] <= 0:
            return []
        least = (divide(top, self.high[0]), -self.high[1]) if self.high else (0, 1)
        most = (divide(top, self.low[0]), -self.low[1]) if self.low and self.low[0] > 0 else None
        return [Interval(least, most)]

    def undo_power(self, exponent: int) -> list[Interval]:
        """y**exponent is in here and y is whole: y ≥ 0, and its mirror image."""
        if not exponent:
            return [ALL] if self.covers(1, 1) else []
        mirrored = self.scale(-1) if exponent % 2 else self
        return [self.undo_growth(lambda y: y**exponent), mirrored.undo_growth(lambda y: y**exponent).scale(-1)]

    def undo_growth(self, growing: Callable[[int], Number]) -> Interval:
        """growing(y) is in here and y ≥ 0 is whole."""
        low, high = self
        least = 0 if low is None else _least(lambda y: (growing(y), 0) >= low)
        return Interval((least, 0), None if high is None else (_least(lambda y: (growing(y), 0) > high) - 1, 0))


ALL = Interval(None, None)


def _least(holds: Callable[[int], bool]) -> int:
    """The least y ≥ 0 from which on a condition holds."""
    fails, y = -1, 0
    while not holds(y):
        fails, y = y, 2 * y + 1
    while y - fails > 1:
        middle = (fails + y) // 2
        fails, y = (fails, middle) if holds(middle) else (middle, y)
    return y
