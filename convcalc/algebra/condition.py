"""What must hold of symbolic sizes, and for which values of a letter it does: decided exactly.

Along one letter x, every size of a network is α·x plus something that repeats.  So the sign of a difference is settled
after finitely many values, and trying these and one period more is a proof.
"""

from __future__ import annotations

from functools import lru_cache
from math import gcd, lcm
from typing import TYPE_CHECKING, Any

from convcalc.algebra.bounds import is_nonnegative
from convcalc.algebra.expr import divide, floor_divide
from convcalc.algebra.limits import MAX_BITS
from convcalc.algebra.monomial import Floor, content
from convcalc.algebra.notation import write
from convcalc.algebra.periodic import MAX_TRIED, course_of, grows, largest_deviation, spend_on, threshold, value_at
from convcalc.algebra.poly import Poly, symbol, value_of
from convcalc.algebra.sizes import Sizes, sizes_from, sizes_where
from convcalc.algebra.substitution import substitute, symbols
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Number, Value


class Condition(NamedTuple):
    """left = right ("=="), left ≤ right ("<=") or left a multiple of right ("%")."""

    left: Value
    operator: str
    right: Value

    @property
    @lru_cache(maxsize=8192)  # noqa: B019  # it keeps a bounded number of small records
    def difference(self) -> Value:
        """What is 0, or for ≤ not below 0, where the condition holds."""
        if self.operator == "%":
            return self.left - self.right * floor_divide(self.left, self.right)
        return self.right - self.left

    @property
    def strength(self) -> tuple[Value, Number]:
        """What an inequality shares with those of which the one with the smallest number says all: K ≤ H, K + 1 ≤ H."""
        number = self.difference.terms.get((), 0) if isinstance(self.difference, Poly) else 0
        return self.difference - number, number

    def __str__(self) -> str:
        if self.operator == "%":
            if isinstance(self.left, int):
                return f"{write(self.right)} divides {write(self.left)}"
            return f"{write(self.left)} is {'whole' if self.right == 1 else f'a multiple of {write(self.right)}'}"
        left, right = self.left, self.right
        if isinstance(right, Poly) and (isinstance(left, Poly) or self.operator == "<="):
            difference = self.difference
            left, right = two_sides(difference) if isinstance(difference, Poly) else (left, right)
        elif isinstance(right, Poly):
            left, right = right, left
        if self.operator == "==" and isinstance(left, Poly) and isinstance(right, int):
            number = content(left.terms.values())
            if right % number == 0:
                left, right = divide(left, number), divide(right, number)
        return f"{write(left)} {'=' if self.operator == '==' else '≤'} {write(right)}"


def whole_condition(condition: Condition) -> Condition:
    """H·W/16 is whole where H·W is a multiple of 16."""
    left, operator, right = condition
    if operator != "%" or right != 1 or not isinstance(left, Poly):
        return condition
    whole = lcm(*(number.denominator for number in left.terms.values()))
    return Condition(left * whole, operator, whole)


def two_sides(difference: Poly) -> tuple[Value, Value]:
    """Two sides without minuses whose difference is this one: 2·P + 1 − K as K and 2·P + 1."""
    taken = {monomial: -number for monomial, number in difference.terms.items() if number < 0}
    return value_of(taken), difference + value_of(taken)


@lru_cache(maxsize=8192)
def verdict(condition: Condition) -> bool | None:
    """True where it holds for all values of its letters, False where for none, None where that depends on them."""
    difference = condition.difference
    equal = condition.operator != "<="
    if not isinstance(difference, Poly):
        return difference == 0 if equal else difference >= 0
    if equal:
        # A remainder is never below 0.
        if is_nonnegative(difference - 1) or (condition.operator == "==" and is_nonnegative(-difference - 1)):
            return False
        if condition.operator == "==" and has_remainder(difference):
            return False
    elif (found := sizes_from_threshold(difference)) is not None:  # far sooner than a proof by signs
        return found.is_all or None
    elif (sign := is_nonnegative(difference)) is not None:
        return sign
    found = sizes(condition)
    if found is None:
        return None
    return True if found.is_all else False if found.is_none else None


def has_remainder(value: Poly) -> bool:
    """Whether a sum of whole multiples and a number is never 0: 3·H·W − 32, since 3 does not divide 32."""
    if any(power < 0 or not isinstance(atom, (str, Floor)) for monomial in value.terms for atom, power in monomial):
        return False
    unit = content(number for monomial, number in value.terms.items() if monomial)
    return bool(value.terms.get((), 0) % unit)


@lru_cache(maxsize=1024)
def sizes(condition: Condition) -> Sizes | None:
    """The values of its one letter for which a condition holds; None where it has several, or repeats too late."""
    difference = condition.difference
    names = symbols(difference)
    if len(names) != 1 or not isinstance(difference, Poly):
        return None
    if condition.operator == "<=" and (found := sizes_from_threshold(difference)) is not None:
        return found
    course = course_of(difference)
    if course is None:
        return None
    start, period = course.start, course.period
    if course.rate:
        # α·x + p(x) with |p| ≤ d has the sign of α from x > d/|α| on.
        start = max(start, int(largest_deviation(difference, course) // max(course.rate, -course.rate)) + 1)
        period = 1
    if start + period > MAX_TRIED:
        return None
    spend_on(difference, start + period)
    if condition.operator == "<=":
        return sizes_where(lambda size: value_at(difference, size) >= 0, start, period)
    return sizes_where(lambda size: value_at(difference, size) == 0, start, period)


def congruence(condition: Condition, name: str, known: Sizes) -> Sizes | None:
    """The sizes of a known set that meet a divisibility: a·h + b ≡ 0 mod m, where all known sizes are L·h + r.

    None where that is no congruence of first degree, or one of more than MAX_BITS bits.
    """
    residue, of = known.residue, condition.right
    if condition.operator != "%" or residue is None or not isinstance(of, int):
        return None
    line = substitute(condition.left, {name: symbol("h") * known.period + residue})
    terms: dict[Any, Number] = dict(line.terms) if isinstance(line, Poly) else {(): line}
    rest, slope = terms.pop((), 0), terms.pop((("h", 1),), 0)
    if terms or not (isinstance(rest, int) and isinstance(slope, int)):
        return None
    common = gcd(slope, of)
    if rest % common:
        return Sizes(frozenset(), 1, 1, frozenset())
    step = of // common
    period = known.period * step
    if period.bit_length() > MAX_BITS:
        return None
    first = -rest // common * pow(slope // common, -1, step) % step
    remainder = known.period * first + residue
    some = frozenset(size for size in known.some if size % period == remainder)
    return Sizes(some, known.start, period, frozenset((remainder,)))


@lru_cache(maxsize=1024)
def sizes_from_threshold(value: Poly) -> Sizes | None:
    """The sizes from which on a growing value of one letter is not below 0; None of others, or beyond MAX_BITS bits."""
    if len(symbols(value)) != 1 or not grows(value):
        return None
    first = threshold(value, 0)
    return sizes_from(first) if first is not None and first.bit_length() <= MAX_BITS else None


def parameter(name: str, found: Sizes) -> tuple[Value, Value] | None:
    """A letter whose values all have one remainder, as L·h − (L − r), and h as (name + L − r)/L; None for others."""
    residue = found.residue
    if residue is None:
        return None
    less = -residue % found.period
    return symbol(f"{name}'") * found.period - less, divide(symbol(name) + less, found.period)


def shortest_form(values: set[Value]) -> Value:
    """Of several forms of one size that which says least: a number, else the shortest."""
    return min(values, key=lambda value: (isinstance(value, Poly), len(str(value)), str(value)))
