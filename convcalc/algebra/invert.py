"""Solving is walking an interval of results down the tree, undoing one operation at a time, to the unknown.

Every law used is an equivalence (⌊y⌋ = t ⟺ t ≤ y < t + 1), so the integers found are all there are, and no others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, TypeAlias, cast

from convcalc.algebra.expr import (
    ROUND,
    Expr,
    ExprError,
    Extremum,
    Mul,
    Neg,
    Power,
    Ratio,
    Sum,
    UnknownName,
    children,
    divide,
    evaluate,
    letters,
    power,
)
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from fractions import Fraction

    Number: TypeAlias = int | Fraction
    # (v, 0) is v itself, (v, -1) just below it and (v, 1) just above: open ends compare as tuples do.
    Bound: TypeAlias = tuple[Number, int]

CAP = 10**6
MAX_STRETCHES = 100_000  # a second or two of searching


class TooWide(ExprError):
    """A search that would take too long: mostly one with a great many separate solutions, as n % 2 = 0 has."""


class Range(NamedTuple):
    """The integers first, first + 1, …, last; without end where last is None."""

    first: int
    last: int | None


def solve(
    tree: Expr, unknown: str, bindings: Mapping[str, Number], target: Number, low: int = 0, high: int | None = None
) -> list[Range]:
    """All integers x from low to high for which the tree, with x for the unknown, is the target; in order.

    Where the tree has no value (a division by zero) x is no solution; a letter without a value is an UnknownName.
    The unknown may stand several times, in like terms (n + 2·n), equal factors (k·k) or the options of a min: laws
    undo these.  Any other repetition is searched by halving, and without a `high` only as far as low + CAP; where
    that takes too long, TooWide.
    """
    return _Question(unknown, bindings, low, high).answer(tree, Interval((target, 0), (target, 0)))


def solve_inequality(
    tree: Expr, unknown: str, bindings: Mapping[str, Number], low: int = 0, high: int | None = None
) -> list[Range]:
    """All integers x from low to high for which the tree is 0 or more, found as in `solve`: 4 − k ≥ 0 for k = 0 … 4."""
    return _Question(unknown, bindings, low, high).answer(tree, Interval((0, 0), None))


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

    def empty(self) -> bool:
        return self.low is not None and self.high is not None and self.low > self.high

    def integers(self) -> tuple[int | None, int | None]:
        """The first and the last whole number inside, None where there is no such end."""
        first = self.low and (-(-self.low[0] // 1) if self.low[1] == 0 else self.low[0] // 1 + 1)
        last = self.high and (self.high[0] // 1 if self.high[1] == 0 else -(-self.high[0] // 1) - 1)
        return first, last

    def shifted(self, by: Number) -> Interval:
        low, high = (bound and (bound[0] + by, bound[1]) for bound in self)
        return Interval(low, high)

    def scaled(self, by: Number) -> Interval:
        if by > 0:
            low, high = (bound and (bound[0] * by, bound[1]) for bound in self)
        else:
            high, low = (bound and (bound[0] * by, -bound[1]) for bound in self)
        return Interval(low, high)

    def undo_product(self, factor: Number) -> list[Interval]:
        """factor·y is in here; 0·y = 0 holds for every y or for none."""
        if factor:
            return [self if factor == 1 else self.scaled(_quotient(1, factor))]
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
        return [*self.undo_quotient_above_0(top), *(y.scaled(-1) for y in self.undo_quotient_above_0(-top))]

    def undo_quotient_above_0(self, top: Number) -> list[Interval]:
        """a ≤ top/y ≤ b ⟺ top/b ≤ y ≤ top/a where all are positive."""
        if top < 0:
            return self.scaled(-1).undo_quotient_above_0(-top)
        if not top:
            return [Interval((0, 1), None)] if self.covers(0, 0) else []
        if self.high and self.high[0] <= 0:
            return []
        least = (_quotient(top, self.high[0]), -self.high[1]) if self.high else (0, 1)
        most = (_quotient(top, self.low[0]), -self.low[1]) if self.low and self.low[0] > 0 else None
        return [Interval(least, most)]

    def undo_power(self, exponent: int) -> list[Interval]:
        """y**exponent is in here and y is whole: y ≥ 0, and its mirror image."""
        if not exponent:
            return [ALL] if self.covers(1, 1) else []
        mirrored = self.scaled(-1) if exponent % 2 else self
        return [self.undo_growth(lambda y: y**exponent), mirrored.undo_growth(lambda y: y**exponent).scaled(-1)]

    def undo_growth(self, growing: Callable[[int], Number]) -> Interval:
        """growing(y) is in here and y ≥ 0 is whole."""
        low, high = self
        least = 0 if low is None else _least(lambda y: (growing(y), 0) >= low)
        return Interval((least, 0), None if high is None else (_least(lambda y: (growing(y), 0) > high) - 1, 0))


ALL = Interval(None, None)


def _least(holds: Callable[[int], bool]) -> int:
    """The least y ≥ 0 from which on a condition holds."""
    if holds(0):
        return 0
    fails, y = 0, 1
    while not holds(y):
        fails, y = y, 2 * y
    while y - fails > 1:
        middle = (fails + y) // 2
        fails, y = (fails, middle) if holds(middle) else (middle, y)
    return y


def _quotient(top: Number, bottom: Number) -> Number:
    return cast("Number", divide(top, bottom))


class _Question(NamedTuple):
    unknown: str
    bindings: Mapping[str, Number]
    low: int
    high: int | None

    def answer(self, tree: Expr, where: Interval) -> list[Range]:
        for letter in letters(tree):
            if letter != self.unknown and letter not in self.bindings:
                raise UnknownName(letter)
        try:
            return self.ranges(self.inverse(tree, [where]))
        except TooWide:
            raise
        except ExprError:  # a part without the unknown has no value, so the whole has none
            return []

    def ranges(self, found: Iterable[Interval]) -> list[Range]:
        """The whole numbers of all intervals within low and high, joined where they touch."""
        limits = Interval((self.low, 0), None if self.high is None else (self.high, 0))
        ends = [each.meet(limits).integers() for each in found]
        ranges = [Range(first, last) for first, last in ends if first is not None and (last is None or first <= last)]
        joined: list[Range] = []
        for each in sorted(ranges, key=lambda each: each.first):
            before = joined[-1] if joined else Range(each.first, each.first - 2)
            if before.last is None:
                break
            if each.first > before.last + 1:
                joined.append(each)
            else:
                joined[-1] = Range(before.first, None if each.last is None else max(before.last, each.last))
        return joined

    def has(self, tree: Expr) -> bool:
        return tree == self.unknown or any(map(self.has, children(tree)))

    def known(self, tree: Expr) -> Number:
        return cast("Number", evaluate(tree, self.bindings))

    def whole(self, tree: Expr) -> bool:
        """Whether a tree has whole values only, by its form."""
        match tree:
            case str():
                return tree == self.unknown or isinstance(self.bindings[tree], int)
            case Ratio(_, _, rounding):
                return bool(rounding)
        return all(map(self.whole, children(tree)))

    def inverse(self, tree: Expr, where: list[Interval]) -> list[Interval]:
        """The x for which the tree's value is in one of the intervals."""
        factor, core, rest = self.affine(tree)
        where = [y for each in where if not each.empty() for y in each.shifted(-rest).undo_product(factor)]
        match core:
            case str():
                return where
            case Extremum(name, options):
                return [x for each in where for x in self.undo_extremum(name, options, each)]
            case Ratio(top, bottom, rounding) if not (self.has(top) and self.has(bottom)):
                where = [y for each in where if not (y := each.undo_rounding(rounding)).empty()]
                if self.has(bottom):
                    return self.inverse(bottom, [y for each in where for y in each.undo_quotient(self.known(top))])
                divisor = self.known(bottom)
                return self.inverse(top, [each.scaled(divisor) for each in where]) if divisor else []
            case Power(base, exponent) if not self.has(exponent) and self.whole(base):
                times = self.known(exponent)
                power(1, times)  # refuses what is no exponent
                return self.inverse(base, [y for each in where for y in each.undo_power(cast("int", times))])
            case Power(base, exponent) if not self.has(base) and self.whole(exponent) and (b := self.known(base)) > 1:
                return self.inverse(exponent, [each.undo_growth(lambda y: b**y) for each in where])
        return self.search(core, where)

    def affine(self, tree: Expr) -> tuple[Number, Expr, Number]:
        """(a, core, b) such that the tree is a·core + b, with known a and b; a known tree is 0·x + b."""
        if not self.has(tree):
            return 0, self.unknown, self.known(tree)
        match tree:
            case Neg(term):
                return self.scaled(-1, term)
            case Sum(terms):
                parts = [self.affine(term) for term in terms]
                cores = {core for factor, core, _ in parts if factor or core != self.unknown} or {self.unknown}
                if len(cores) == 1:  # like terms: a·y + b·y = (a + b)·y
                    return sum(factor for factor, _, _ in parts), cores.pop(), sum(rest for _, _, rest in parts)
            case Mul(factors):
                unknown = [factor for factor in factors if self.has(factor)]
                known = self.known(Mul(tuple(factor for factor in factors if not self.has(factor))))
                if len(unknown) == 1:
                    return self.scaled(known, unknown[0])
                if len(set(unknown)) == 1:  # equal factors: y·y = y²
                    return known, Power(unknown[0], len(unknown)), 0
                return known, Mul(tuple(unknown)), 0
            case Ratio(top, bottom, "") if not self.has(bottom):
                return self.scaled(_quotient(1, self.known(bottom)), top)
        return 1, tree, 0

    def scaled(self, by: Number, tree: Expr) -> tuple[Number, Expr, Number]:
        factor, core, rest = self.affine(tree)
        return by * factor, core, by * rest

    def undo_extremum(self, name: str, options: tuple[Expr, ...], where: Interval) -> list[Interval]:
        """min(y, z) ≥ a ⟺ y ≥ a and z ≥ a; min(y, z) ≤ b ⟺ y ≤ b or z ≤ b; for max the other way round."""
        every, some = Interval(where.low, None), Interval(None, where.high)
        if name == "max":
            every, some = some, every
        found = [x for option in options for x in self.inverse(option, [some])]
        for option in options:
            found = [x for y in self.inverse(option, [every]) for each in found if not (x := each.meet(y)).empty()]
        return found

    def search(self, tree: Expr, where: list[Interval]) -> list[Interval]:
        """Halve until the values on a stretch of x are all inside, or all outside, the intervals."""
        found: list[Interval] = []
        stretches = [(self.low, self.low + CAP if self.high is None else self.high)]
        for _ in range(MAX_STRETCHES):
            if not stretches:
                return found
            first, last = stretches.pop()
            if last < first:
                continue
            try:
                least, most = self.bounds(tree, first, last)
            except ExprError:  # somewhere on this stretch there is, or may be, no value
                inside, outside = False, first == last
            else:
                inside = any(each.covers(least, most) for each in where)
                outside = all(each.meet(Interval((least, 0), (most, 0))).empty() for each in where)
            if inside:
                found.append(Interval((first, 0), (last, 0)))
            elif not outside:
                middle = (first + last) // 2
                stretches += [(middle + 1, last), (first, middle)]
        raise TooWide(f"too many cases to try for {self.unknown}; give a narrower range")

    def bounds(self, tree: Expr, first: int, last: int) -> tuple[Number, Number]:
        """Bounds of the values for x from first to last, exact for a single x; an ExprError if one may be missing."""
        match tree:
            case str() if tree == self.unknown:
                return first, last
            case Sum(terms):
                lows, highs = zip(*(self.bounds(term, first, last) for term in terms), strict=True)
                return sum(lows), sum(highs)
            case Neg(term):
                least, most = self.bounds(term, first, last)
                return -most, -least
            case Mul(factors):
                least, most = 1, 1
                for factor in factors:
                    ends = self.bounds(factor, first, last)
                    corners = [a * b for a in (least, most) for b in ends]
                    least, most = min(corners), max(corners)
                return least, most
            case Ratio(top, bottom, rounding):
                least, most = self.bounds(bottom, first, last)
                if least <= 0 <= most:
                    raise ExprError("division by zero")
                ends = self.bounds(top, first, last)
                corners = [cast("Number", ROUND[rounding](a, b)) for a in ends for b in (least, most)]
                return min(corners), max(corners)
            case Power(base, exponent):
                least, most = self.bounds(base, first, last)
                fewest, times = self.bounds(exponent, first, last)
                if fewest != times and (least < 1 or not self.whole(exponent)):
                    raise ExprError("a power that may fall or have no value")
                corners = [cast("Number", power(a, b)) for a in (least, most) for b in (fewest, times)]
                if least < 0 < most and fewest == times:
                    corners.append(cast("Number", power(0, times)))
                return min(corners), max(corners)
            case Extremum(name, options):
                lows, highs = zip(*(self.bounds(option, first, last) for option in options), strict=True)
                return (min(lows), min(highs)) if name == "min" else (max(lows), max(highs))
        return self.known(tree), self.known(tree)
