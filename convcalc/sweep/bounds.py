"""Between which numbers every form of a program lies on its grid, and along which axes it never falls: proofs.

By interval arithmetic in exact numbers, and by the rules of sums, products and quotients; along an axis, values are
taken in their sorted order.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import ExprError, Extremum, Mul, Neg, Power, Ratio, Sum, divide, evaluate, is_whole, power
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Expr, Number
    from convcalc.sweep.program import SweepProgram
    from convcalc.sweep.question import Axis

Trend = int | None  # 1: never falls, −1: never rises, 0: stays, None: not known


class FormRange(NamedTuple):
    """The least and the largest that something can be, and how it goes along each axis."""

    low: Any  # a number
    high: Any
    trends: tuple[Trend, ...]

    @property
    def sign(self) -> Trend:
        """1 where it is never negative, −1 where it is never positive."""
        if self.low == self.high == 0:
            return 0
        return 1 if self.low >= 0 else -1 if self.high <= 0 else None


class Ranges:
    """The ranges of trees over the places of a program at all points, where the network fits or not, each worked once.

    An ExprError where there is none: something is divided by what may be nothing, and need not be whole.
    """

    def __init__(self, program: SweepProgram):
        self.forms, self.first = program.forms, len(program.names)
        self.axes = [sorted(axis.points) for axis in program.axes]
        self.known: dict[Expr, FormRange] = dict(enumerated_ranges(program.axes))
        self.corners: dict[tuple[bool, ...], dict[str, Number]] = {}

    def bounds_of(self, tree: Expr) -> tuple[int, int]:
        """The whole numbers between which a tree lies."""
        low, high, _ = self.of(tree)
        return low // 1, -(-high // 1)

    def of(self, tree: Expr) -> FormRange:
        known = self.known.get(tree)
        if known is None:
            known = self.known[tree] = self.tighten(tree, self.work(tree))
        return known

    def tighten(self, tree: Expr, range_: FormRange) -> FormRange:
        """What goes one way along every axis is least at one corner of the grid and largest at the opposite one."""
        low, high, trends = range_
        if None in trends or low == high:
            return range_
        rises = tuple(trend != -1 for trend in trends)
        try:
            least = self.at_corner(tree, tuple(not rise for rise in rises))
            most = self.at_corner(tree, rises)
        except ExprError:
            return range_
        return FormRange(max(low, least), min(high, most), trends)

    def at_corner(self, tree: Expr, last: tuple[bool, ...]) -> Number:
        numbers = self.corners.get(last)
        if numbers is None:
            ends = (points[-1 if is_last else 0] for points, is_last in zip(self.axes, last, strict=True))
            values: list[Any] = [value for point in ends for value in point]
            numbers = self.corners[last] = CornerNumbers(self.forms, values)
        return evaluate(tree, numbers)

    def is_whole(self, tree: Expr) -> bool:
        return is_whole(
            tree, lambda place: int(place) < self.first or self.is_whole(self.forms[int(place) - self.first])
        )

    def work(self, tree: Expr) -> FormRange:
        match tree:
            case int():
                return FormRange(tree, tree, (0,) * len(self.axes))
            case str():
                return self.of(self.forms[int(tree) - self.first])
            case Sum(parts) | Extremum(_, parts):
                ranges = [self.of(part) for part in parts]
                trends = tuple(map(join, *(each.trends for each in ranges)))
                choose: Any = sum if isinstance(tree, Sum) else min if tree.name == "min" else max
                return FormRange(choose(each.low for each in ranges), choose(each.high for each in ranges), trends)
            case Neg(term):
                low, high, trends = self.of(term)
                return FormRange(-high, -low, tuple(map(opposite, trends)))
            case Mul(factors):
                return reduce(product, map(self.of, factors))
            case Power(base, int() as exponent):
                return power_range(self.of(base), exponent)
            case Ratio(top, Ratio(above, below, ""), rounding):
                return self.of(Ratio(Mul((top, below)), above, rounding))
            case Ratio(top, bottom, rounding):
                return quotient(self.of(top), self.of(bottom), rounding, self.is_whole(bottom))

        raise ExprError("there are no bounds for this")


class CornerNumbers(dict[str, "Number"]):
    """The numbers at the places of forms, for some values of the letters, each worked when it is asked for."""

    def __init__(self, forms: tuple[Expr, ...], values: list[Number]):
        super().__init__((str(place), value) for place, value in enumerate(values))
        self.forms, self.first = forms, len(values)

    def __missing__(self, place: str) -> Number:
        if not place.isdecimal():
            raise ExprError("of a column no more than its range is known")
        number = self[place] = evaluate(self.forms[int(place) - self.first], self)
        return number


def enumerated_ranges(axes: tuple[Axis, ...]) -> Iterator[tuple[str, FormRange]]:
    """The ranges of the names of axes, by place: along its own axis one rises, falls, or does neither."""
    place = 0
    for index, axis in enumerate(axes):
        for values in zip(*sorted(axis.points), strict=True):
            own = trend_of(values)
            trends = tuple(own if other == index else 0 for other in range(len(axes)))
            yield str(place), FormRange(min(values), max(values), trends)
            place += 1


def trend_of(values: tuple[Number, ...]) -> Trend:
    """How values go, one after another."""
    rises = any(one < other for one, other in pairwise(values))
    falls = any(one > other for one, other in pairwise(values))
    return None if rises and falls else int(rises) - int(falls)


def join(*trends: Trend) -> Trend:
    """How a sum goes, by its terms."""
    moving = {trend for trend in trends if trend != 0}
    return 0 if not moving else moving.pop() if len(moving) == 1 else None


def opposite(trend: Trend) -> Trend:
    return None if trend is None else -trend


def times(trend: Trend, sign: Trend) -> Trend:
    """How something goes that is multiplied by what has a sign."""
    if trend == 0 or sign == 0:
        return 0
    return None if trend is None or sign is None else trend * sign


def product(one: FormRange, other: FormRange) -> FormRange:
    """a₂b₂ − a₁b₁ = (a₂ − a₁)b₂ + a₁(b₂ − b₁)."""
    corners = [left * right for left in (one.low, one.high) for right in (other.low, other.high)]
    trends = tuple(
        join(times(mine, other.sign), times(theirs, one.sign))
        for mine, theirs in zip(one.trends, other.trends, strict=True)
    )
    return FormRange(min(corners), max(corners), trends)


def power_range(base: FormRange, exponent: int) -> FormRange:
    ends = [power(base.low, exponent), power(base.high, exponent)]
    if exponent % 2:
        return FormRange(ends[0], ends[1], base.trends)
    least = min(ends) if base.sign is not None or exponent == 0 else 0
    trends = (0,) * len(base.trends) if exponent == 0 else tuple(times(trend, base.sign) for trend in base.trends)
    return FormRange(least, max(ends), trends)


def quotient(top: FormRange, bottom: FormRange, rounding: str, whole: bool) -> FormRange:
    """a₂/b₂ − a₁/b₁ = (a₂ − a₁)/b₂ + a₁(1/b₂ − 1/b₁); rounding changes no direction."""
    if bottom.low > 0 or bottom.high < 0:
        corners = [divide(above, below) for above in (top.low, top.high) for below in (bottom.low, bottom.high)]
        trends = tuple(
            join(times(above, bottom.sign), times(opposite(below), top.sign))
            for above, below in zip(top.trends, bottom.trends, strict=True)
        )
        low, high = min(corners), max(corners)
    elif whole:  # it is at least 1 or at most −1, wherever there is a quotient
        high = max(abs(top.low), abs(top.high))
        low, trends = -high, (None,) * len(top.trends)
    else:
        raise ExprError("what it is divided by may be as small as can be")
    if rounding == "floor":
        return FormRange(low // 1, high // 1, trends)
    if rounding == "ceil":
        return FormRange(-(-low // 1), -(-high // 1), trends)
    return FormRange(low, high, trends)
