"""Solving is walking an interval of results down the tree, undoing one operation at a time, to the unknown.

Every law used is an equivalence (⌊y⌋ = t ⟺ t ≤ y < t + 1), so the integers found are all there are, and no others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, cast

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
    has,
    is_whole,
    letters,
    power,
)
from convcalc.algebra.interval import Interval, Range, join_ranges
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Number

CAP = 10**6
MAX_STRETCHES = 5_000  # some tenths of a second


class TooWide(ExprError):
    """A search that would take too long: mostly one with a great many separate solutions, as n % 2 = 0 has."""


class Patience(NamedTuple):
    """How many stretches a search may look at, and who counts them."""

    stretches: int = MAX_STRETCHES
    spend: Callable[[int], object] = abs


def solve(
    tree: Expr, unknown: str, bindings: Mapping[str, Number], target: Number, low: int = 0, high: int | None = None,
    patience: Patience | None = None,
) -> list[Range]:  # fmt: skip
    """All integers x from low to high for which the tree, with x for the unknown, is the target; in order.

    Where the tree has no value (a division by zero) x is no solution; a letter without a value is an UnknownName.
    The unknown may occur several times, in like terms (n + 2·n), equal factors (k·k) or the options of a min: laws
    undo these.  Any other repetition is searched by halving, and without a `high` only as far as low + CAP; where
    that goes beyond the `patience`, TooWide.
    """
    return _Question(unknown, bindings, low, high, patience or Patience()).answer(
        tree, Interval((target, 0), (target, 0))
    )


def solve_inequality(
    tree: Expr, unknown: str, bindings: Mapping[str, Number], low: int = 0, high: int | None = None,
    patience: Patience | None = None,
) -> list[Range]:  # fmt: skip
    """All integers x from low to high for which the tree is 0 or more, found as in `solve`: 4 − k ≥ 0 for k = 0 … 4."""
    return _Question(unknown, bindings, low, high, patience or Patience()).answer(tree, Interval((0, 0), None))


def is_affine(tree: Expr, letter: str) -> bool:
    """Whether a tree is a·letter + b whatever the other letters are, as far as its shape tells."""
    match tree:
        case str():
            return True
        case Sum(terms):
            return all(is_affine(term, letter) for term in terms)
        case Neg(term) | Ratio(term, _, ""):
            return is_affine(term, letter) and not any(has(other, letter) for other in children(tree)[1:])
        case Mul(factors):
            unknown = [factor for factor in factors if has(factor, letter)]
            return len(unknown) < 2 and all(is_affine(factor, letter) for factor in unknown)
    return not has(tree, letter)


class Envelope(NamedTuple):
    """Two parallel lines, slope·x + low ≤ value ≤ slope·x + high: far away a value has the sign of the slope."""

    slope: Number
    low: Number
    high: Number

    def times(self, factor: Number) -> Envelope:
        ends = (self.low * factor, self.high * factor)
        return Envelope(self.slope * factor, min(ends), max(ends))

    def possible(self, where: Interval) -> Interval:
        """All x whose values may be in an interval, where the slope is not 0."""
        return Interval(where.shift(-self.high).low, where.shift(-self.low).high).scale(divide(1, self.slope))

    def certain(self, where: Interval) -> Interval:
        """x whose values are in an interval whatever lies between the lines."""
        return Interval(where.shift(-self.low).low, where.shift(-self.high).high).scale(divide(1, self.slope))


def envelope(tree: Expr, unknown: str, bindings: Mapping[str, Number]) -> Envelope | None:
    """The lines of a formula in one unknown; None where it has no such: a product, a quotient by the unknown.

    ⌊y⌋ is above y − 1 and ⌈y⌉ below y + 1, so sums, multiples, quotients and roundings of lines stay between lines.
    """
    if tree == unknown:
        return Envelope(1, 0, 0)
    if unknown not in letters(tree):
        value = evaluate(tree, bindings)
        return Envelope(0, value, value)
    match tree:
        case Neg(term):
            inside = envelope(term, unknown, bindings)
            return inside and inside.times(-1)
        case Sum(terms):
            parts = [envelope(term, unknown, bindings) for term in terms]
            known = [part for part in parts if part is not None]
            return Envelope(*map(sum, zip(*known, strict=True))) if len(known) == len(parts) else None
        case Mul(factors):
            own = [factor for factor in factors if unknown in letters(factor)]
            inside = envelope(own[0], unknown, bindings) if len(own) == 1 else None
            rest = Mul(tuple(factor for factor in factors if factor not in own))
            return inside and inside.times(evaluate(rest, bindings))
        case Ratio(top, bottom, rounding) if unknown not in letters(bottom):
            inside, divisor = envelope(top, unknown, bindings), evaluate(bottom, bindings)
            if inside is None or not divisor:
                return None
            slope, low, high = inside.times(divide(1, divisor))
            return Envelope(slope, low - (rounding == "floor"), high + (rounding == "ceil"))
        case Extremum(name, options):
            lines = [envelope(option, unknown, bindings) for option in options]
            slopes = {line and line.slope for line in lines}
            if len(slopes) == 1 and None not in slopes:
                best = min if name == "min" else max
                lows, highs = zip(*((line.low, line.high) for line in lines if line), strict=True)
                return Envelope(slopes.pop() or 0, best(lows), best(highs))
    return None


class _Question(NamedTuple):
    unknown: str
    bindings: Mapping[str, Number]
    low: int
    high: int | None
    patience: Patience

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
        return join_ranges(ranges)

    def contains(self, tree: Expr) -> bool:
        return has(tree, self.unknown)

    def value_of(self, tree: Expr) -> Number:
        return evaluate(tree, self.bindings)

    def is_whole(self, tree: Expr) -> bool:
        return is_whole(tree, lambda letter: letter == self.unknown or isinstance(self.bindings[letter], int))

    def inverse(self, tree: Expr, where: list[Interval]) -> list[Interval]:
        """The x for which the tree's value is in one of the intervals."""
        factor, core, rest = self.affine(tree)
        where = [y for each in where if not each.is_empty() for y in each.shift(-rest).undo_product(factor)]
        match core:
            case str():
                return where
            case Extremum(name, options):
                return [x for each in where for x in self.undo_extremum(name, options, each)]
            case Ratio(top, bottom, rounding) if not (self.contains(top) and self.contains(bottom)):
                where = [y for each in where if not (y := each.undo_rounding(rounding)).is_empty()]
                if self.contains(bottom):
                    return self.inverse(bottom, [y for each in where for y in each.undo_quotient(self.value_of(top))])
                divisor = self.value_of(bottom)
                return self.inverse(top, [each.scale(divisor) for each in where]) if divisor else []
            case Power(base, exponent) if not self.contains(exponent) and self.is_whole(base):
                times = self.value_of(exponent)
                power(1, times)  # refuses what is no exponent
                return self.inverse(base, [y for each in where for y in each.undo_power(cast("int", times))])
            case Power(base, exponent) if (
                not self.contains(base) and self.is_whole(exponent) and (b := self.value_of(base)) > 1
            ):
                return self.inverse(exponent, [each.undo_growth(lambda y: b**y) for each in where])
        return self.search(core, where)

    def affine(self, tree: Expr) -> tuple[Number, Expr, Number]:
        """(a, core, b) such that the tree is a·core + b, with known a and b; a known tree is 0·x + b."""
        if not self.contains(tree):
            return 0, self.unknown, self.value_of(tree)
        match tree:
            case Neg(term):
                return self.scale(-1, term)
            case Sum(terms):
                parts = [self.affine(term) for term in terms]
                cores = {core for factor, core, _ in parts if factor or core != self.unknown} or {self.unknown}
                if len(cores) == 1:  # like terms: a·y + b·y = (a + b)·y
                    return sum(factor for factor, _, _ in parts), cores.pop(), sum(rest for _, _, rest in parts)
            case Mul(factors):
                unknown = [factor for factor in factors if self.contains(factor)]
                known = self.value_of(Mul(tuple(factor for factor in factors if not self.contains(factor))))
                if len(unknown) == 1:
                    return self.scale(known, unknown[0])
                if len(set(unknown)) == 1:  # equal factors: y·y = y²
                    return known, Power(unknown[0], len(unknown)), 0
                return known, Mul(tuple(unknown)), 0
            case Ratio(top, bottom, "") if not self.contains(bottom):
                return self.scale(divide(1, self.value_of(bottom)), top)
        return 1, tree, 0

    def scale(self, by: Number, tree: Expr) -> tuple[Number, Expr, Number]:
        factor, core, rest = self.affine(tree)
        return by * factor, core, by * rest

    def undo_extremum(self, name: str, options: tuple[Expr, ...], where: Interval) -> list[Interval]:
        """min(y, z) ≥ a ⟺ y ≥ a and z ≥ a; min(y, z) ≤ b ⟺ y ≤ b or z ≤ b; for max the other way round."""
        every, some = Interval(where.low, None), Interval(None, where.high)
        if name == "max":
            every, some = some, every
        found = [x for option in options for x in self.inverse(option, [some])]
        for option in options:
            found = [x for y in self.inverse(option, [every]) for each in found if not (x := each.meet(y)).is_empty()]
        return found

    def search(self, tree: Expr, where: list[Interval]) -> list[Interval]:
        """Halve until the values on a stretch of x are all inside, or all outside, the intervals."""
        found, stretches = self.outline(tree, where)
        for _ in range(self.patience.stretches):
            if not stretches:
                return found
            self.patience.spend(1)
            first, last = stretches.pop()
            if last < first:
                continue
            try:
                least, most = self.bounds(tree, first, last)
            except ExprError:  # somewhere on this stretch there is, or may be, no value
                inside, outside = False, first == last
            else:
                inside = any(each.covers(least, most) for each in where)
                outside = all(each.meet(Interval((least, 0), (most, 0))).is_empty() for each in where)
            if inside:
                found.append(Interval((first, 0), (last, 0)))
            elif not outside:
                middle = (first + last) // 2
                stretches += [(middle + 1, last), (first, middle)]
        raise TooWide(f"too many cases to try for {self.unknown}; give a narrower range")

    def outline(self, tree: Expr, where: list[Interval]) -> tuple[list[Interval], list[tuple[int, int]]]:
        """The x whose values are certainly inside, and the stretches of those of which it is not certain."""
        lines, far = envelope(tree, self.unknown, self.bindings), self.low + CAP
        if lines is None or not lines.slope:
            return [], [(self.low, far if self.high is None else self.high)]
        found: list[Interval] = []
        stretches: list[tuple[int, int]] = []
        for each in where:
            certain = self.ranges([lines.certain(each)])
            found += [Interval((first, 0), None if last is None else (last, 0)) for first, last in certain]
            for first, last in self.ranges([lines.possible(each)]):
                end = far if last is None else last
                if not certain:
                    stretches.append((first, end))
                    continue
                stretches.append((first, certain[0].first - 1))
                if certain[0].last is not None:
                    stretches.append((certain[0].last + 1, end))
        return found, stretches

    def bounds(self, tree: Expr, first: int, last: int) -> tuple[Number, Number]:
        """Bounds of the values for x from first to last, exact for a single x; an ExprError if one may be missing."""
        match tree:
            case int():
                return tree, tree
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
                if fewest != times and (least < 1 or not self.is_whole(exponent)):
                    raise ExprError("a power that may fall or have no value")
                corners = [power(a, b) for a in (least, most) for b in (fewest, times)]
                if least < 0 < most and fewest == times:
                    corners.append(power(0, times))
                return min(corners), max(corners)
            case Extremum(name, options):
                lows, highs = zip(*(self.bounds(option, first, last) for option in options), strict=True)
                return (min(lows), min(highs)) if name == "min" else (max(lows), max(highs))
        return self.value_of(tree), self.value_of(tree)
