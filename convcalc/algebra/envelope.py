"""A formula between two parallel lines, slope·x + low ≤ value ≤ slope·x + high: far away its sign is that of the slope.

⌊y⌋ is above y − 1 and ⌈y⌉ below y + 1, so sums, multiples, quotients and roundings of lines stay between lines.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from convcalc.algebra.expr import Expr, Extremum, Mul, Neg, Ratio, Sum, divide, evaluate, letters
from convcalc.algebra.interval import Interval
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Number


class Envelope(NamedTuple):
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
    """The lines of a formula in one unknown; None where it has no such: a product, a quotient by the unknown."""
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
