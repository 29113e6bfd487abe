"""What must hold of symbolic sizes, and for which values of a letter it does: decided exactly.

What never falls as its letter grows reaches a number from one size on, which undoing its floors or halving finds.
Otherwise a period is tried: along one letter x, every size of a network is α·x plus something that repeats:
⌊(x + b)/q⌋ repeats with period q, sums with the least common multiple, and of a minimum one option stays the least
once x is past the last crossing.  So the sign of a difference is settled after finitely many values, and trying these
and one period more is a proof.
"""

from __future__ import annotations

from functools import lru_cache
from math import ceil, gcd, lcm
from typing import TYPE_CHECKING

from convcalc.algebra.bounds import is_nonnegative
from convcalc.algebra.expr import divide, floor_divide
from convcalc.algebra.limits import MAX_BITS, spend
from convcalc.algebra.monomial import Extreme, Floor, content
from convcalc.algebra.notation import write
from convcalc.algebra.poly import Poly, symbol
from convcalc.algebra.sizes import Sizes, from_on, gathered
from convcalc.algebra.substitution import symbols
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from fractions import Fraction

    from convcalc.algebra.expr import Value
    from convcalc.algebra.monomial import Atom

    Rate = int | Fraction

MAX_TRIED = 1 << 12  # values of a letter; what repeats later stays an equation


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
    def strength(self) -> tuple[Value, int | Fraction]:
        """What an inequality shares with those of which the one with the smallest number says all: K ≤ H, K + 1 ≤ H."""
        number = self.difference.terms.get((), 0) if isinstance(self.difference, Poly) else 0
        return self.difference - number, number

    def __str__(self) -> str:
        if self.operator == "%":
            if isinstance(self.left, int):
                return f"{write(self.right)} divides {write(self.left)}"
            return f"{write(self.left)} is a multiple of {write(self.right)}"
        left, right = self.left, self.right
        if isinstance(right, Poly) and (isinstance(left, Poly) or self.operator == "<="):
            difference = self.difference
            left, right = apart(difference) if isinstance(difference, Poly) else (left, right)
        elif isinstance(right, Poly):
            left, right = right, left
        if self.operator == "==" and isinstance(left, Poly) and isinstance(right, int):
            number = content(left.terms.values())
            if right % number == 0:
                left, right = divide(left, number), divide(right, number)
        return f"{write(left)} {'=' if self.operator == '==' else '≤'} {write(right)}"


def without_fractions(condition: Condition) -> Condition:
    """H·W/16 is whole where H·W is a multiple of 16."""
    left, operator, right = condition
    if operator != "%" or right != 1 or not isinstance(left, Poly):
        return condition
    whole = lcm(*(number.denominator for number in left.terms.values()))
    return Condition(left * whole, operator, whole)


def apart(difference: Poly) -> tuple[Value, Value]:
    """Two sides without minuses whose difference is this one: 2·P + 1 − K as K and 2·P + 1."""
    sides: list[Value] = [0, 0]
    for monomial, number in difference.terms.items():
        size = -number if number < 0 else number
        sides[number > 0] = sides[number > 0] + (Poly({monomial: size}) if monomial else size)
    return sides[0], sides[1]


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
        if condition.operator == "==" and leaves_rest(difference):
            return False
    elif (found := onwards(difference)) is not None:  # far sooner than a proof by signs
        return found.is_all or None
    elif (sign := is_nonnegative(difference)) is not None:
        return sign
    found = sizes(condition)
    if found is None:
        return None
    return True if found.is_all else False if found.is_none else None


def leaves_rest(value: Poly) -> bool:
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
    if condition.operator == "<=" and (found := onwards(difference)) is not None:
        return found
    course = course_of(difference)
    if course is None:
        return None
    start, period = course.start, course.period
    if course.rate:
        # α·x + p(x) with |p| ≤ d has the sign of α from x > d/|α| on.
        start = max(start, int(furthest(difference, course) // max(course.rate, -course.rate)) + 1)
        period = 1
    if start + period > MAX_TRIED:
        return None
    spend_on(difference, start + period)
    if condition.operator == "<=":
        return gathered(lambda size: at(difference, size) >= 0, start, period)
    return gathered(lambda size: at(difference, size) == 0, start, period)


@lru_cache(maxsize=1024)
def onwards(value: Poly) -> Sizes | None:
    """The sizes from which on a growing value of one letter is not below 0; None of others, or beyond MAX_BITS bits."""
    if len(symbols(value)) != 1 or not grows(value):
        return None
    first = reached(value, 0)
    return from_on(first) if first is not None and first.bit_length() <= MAX_BITS else None


def grows(value: Value) -> bool:
    """Whether a value is seen never to fall as its letter grows: a sum of letters, floors and extrema that do not."""
    return not isinstance(value, Poly) or all(
        number > 0 and len(monomial) == 1 and monomial[0][1] == 1 and atom_grows(monomial[0][0])
        for monomial, number in value.terms.items()
        if monomial
    )


def atom_grows(atom: Atom) -> bool:
    match atom:
        case str():
            return True
        case Floor(top, int()):
            return grows(top)
        case Extreme(_, options):
            return all(map(grows, options))
    return False


def reached(value: Value, bound: Rate) -> int | None:
    """The first size from which on a growing value is at least a number; None where none of MAX_BITS bits is."""
    if not isinstance(value, Poly):
        return 1 if value >= bound else None
    own = [(monomial[0][0], number) for monomial, number in value.terms.items() if monomial]
    if len(own) > 1:
        return first_size(lambda size: at(value, size) >= bound, value)
    spend(1)
    ((atom, number),) = own
    left: Rate = divide(bound - value.terms.get((), 0), number)
    match atom:
        case Floor(top, int(bottom)):  # ⌊y/q⌋ ≥ t ⟺ y ≥ q·⌈t⌉
            return reached(top, bottom * ceil(left))
        case Extreme(name, options):
            found = [reached(option, left) for option in options]
            known = [size for size in found if size is not None]
            if name == "max":
                return min(known, default=None)
            return max(known) if len(known) == len(found) else None
    return max(1, ceil(left))


def first_size(holds: Callable[[int], bool], value: Value) -> int | None:
    """The first size of at most MAX_BITS bits from which on something holds, found by its bits and then by halving."""
    fails, size, length = 0, 1, 0
    while not holds(size):
        spend_on(value, 1)
        if length == MAX_BITS:
            return None
        length = min(2 * length or 1, MAX_BITS)
        fails, size = size, 1 << length
    while size - fails > 1:
        spend_on(value, 1)
        middle = (fails + size) // 2
        fails, size = (fails, middle) if holds(middle) else (middle, size)
    return size


class Course(NamedTuple):
    """How a value goes along its letter: from `start` on, value − rate·x repeats with the period."""

    period: int
    rate: Rate
    start: int = 1


def course_of(value: Value) -> Course | None:
    """The course of a value of one letter; None where it is no sum of letters, floors and extrema."""
    period, start = 1, 1
    rate: Rate = 0
    for monomial, number in value.terms.items() if isinstance(value, Poly) else ():
        if not monomial:
            continue
        if len(monomial) > 1 or monomial[0][1] != 1:
            return None
        course = course_of_atom(monomial[0][0])
        if course is None or (period := lcm(period, course.period)) > MAX_TRIED:
            return None
        rate, start = rate + number * course.rate, max(start, course.start)
    return Course(period, rate, start)


@lru_cache(maxsize=4096)
def course_of_atom(atom: Atom) -> Course | None:
    match atom:
        case str():
            return Course(1, 1)
        case Floor(top, int(bottom)):
            course = course_of(top)
            if course is None:
                return None
            # ⌊(x + qT)/q⌋ = ⌊x/q⌋ + T
            gain = course.rate * course.period
            turns = bottom // gcd(bottom, int(gain))
            return Course(course.period * turns, divide(course.rate, bottom), course.start)
        case Extreme(name, options):
            courses = [course_of(option) for option in options]
            if any(course is None or course.period > MAX_TRIED for course in courses):
                return None
            known = [(option, course) for option, course in zip(options, courses, strict=True) if course is not None]
            rate = extreme(name, [course.rate for _, course in known])
            start = max(course.start for _, course in known)
            reach = max(furthest(option, course) for option, course in known)
            for _, course in known:
                if course.rate != rate:  # later on it is never the one
                    start = max(start, int(2 * reach // max(course.rate - rate, rate - course.rate)) + 1)
            return Course(lcm(*(course.period for _, course in known)), rate, start)
    return None


def extreme(name: str, numbers: list[Rate]) -> Rate:
    return min(numbers) if name == "min" else max(numbers)


def furthest(value: Value, course: Course) -> Rate:
    """The largest |value − rate·x| of a period from the start on."""
    spend_on(value, course.period)
    top, bottom = course.rate.numerator, course.rate.denominator
    off = [bottom * at(value, x) - top * x for x in range(course.start, course.start + course.period)]
    return divide(max(max(off), -min(off)), bottom)


def spend_on(value: Value, times: int) -> None:
    """The steps of putting so many numbers in."""
    if isinstance(value, Poly):
        spend(times * value.extent[1] // 4)


def at(value: Value, size: int) -> Rate:
    """The value of an expression of one letter where that is `size`."""
    if not isinstance(value, Poly):
        return value
    total: Rate = 0
    for monomial, number in value.terms.items():
        term: Rate = number
        for atom, power in monomial:
            base: Rate = size
            match atom:
                case Floor(top, bottom):
                    base = at(top, size) // at(bottom, size)
                case Extreme(name, options):
                    base = extreme(name, [at(option, size) for option in options])
                case Poly():
                    base = at(atom, size)
            term = divide(term, base**-power) if power < 0 else term * base**power
        total += term
    return total


def parameter(name: str, found: Sizes) -> tuple[Value, Value] | None:
    """A letter whose values all have one remainder, as L·h − (L − r), and h as (name + L − r)/L; None for others."""
    residue = found.residue
    if residue is None:
        return None
    less = -residue % found.period
    return symbol(f"{name}'") * found.period - less, divide(symbol(name) + less, found.period)


def simplest(values: set[Value]) -> Value:
    """Of several forms of one size that which says least: a number, else the shortest."""
    return min(values, key=lambda value: (isinstance(value, Poly), len(str(value)), str(value)))
