"""How a value goes along its one letter: it never falls, or is a straight line plus something that repeats.

What never falls reaches a number from one size on, which undoing its floors or halving finds.  Otherwise every size of
a network is α·x plus something periodic: ⌊(x + b)/q⌋ repeats with period q, sums with the least common multiple, and
of a minimum one option stays the least once x is past the last crossing.
"""

from __future__ import annotations

from functools import lru_cache
from math import ceil, gcd, lcm
from typing import TYPE_CHECKING

from convcalc.algebra.expr import divide, extremum
from convcalc.algebra.limits import MAX_BITS, spend
from convcalc.algebra.monomial import Extreme, Floor
from convcalc.algebra.poly import Poly
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from convcalc.algebra.expr import Number, Value
    from convcalc.algebra.monomial import Atom

MAX_TRIED = 1 << 12  # values of a letter; what repeats later stays an equation


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


def threshold(value: Value, bound: Number) -> int | None:
    """The first size from which on a growing value is at least a number; None where none of MAX_BITS bits is."""
    if not isinstance(value, Poly):
        return 1 if value >= bound else None
    own = [(monomial[0][0], number) for monomial, number in value.terms.items() if monomial]
    if len(own) > 1:
        return first_size(lambda size: value_at(value, size) >= bound, value)
    spend(1)
    ((atom, number),) = own
    left: Number = divide(bound - value.terms.get((), 0), number)
    match atom:
        case Floor(top, int(bottom)):  # ⌊y/q⌋ ≥ t ⟺ y ≥ q·⌈t⌉
            return threshold(top, bottom * ceil(left))
        case Extreme(name, options):
            found = [threshold(option, left) for option in options]
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


class Recurrence(NamedTuple):
    """How a value goes along its letter: from `start` on, value − rate·x repeats with the period."""

    period: int
    rate: Number
    start: int = 1


def course_of(value: Value) -> Recurrence | None:
    """The course of a value of one letter; None where it is no sum of letters, floors and extrema."""
    period, start = 1, 1
    rate: Number = 0
    for monomial, number in value.terms.items() if isinstance(value, Poly) else ():
        if not monomial:
            continue
        if len(monomial) > 1 or monomial[0][1] != 1:
            return None
        course = course_of_atom(monomial[0][0])
        if course is None or (period := lcm(period, course.period)) > MAX_TRIED:
            return None
        rate, start = rate + number * course.rate, max(start, course.start)
    return Recurrence(period, rate, start)


@lru_cache(maxsize=4096)
def course_of_atom(atom: Atom) -> Recurrence | None:
    match atom:
        case str():
            return Recurrence(1, 1)
        case Floor(top, int(bottom)):
            course = course_of(top)
            if course is None:
                return None
            # ⌊(x + qT)/q⌋ = ⌊x/q⌋ + T
            gain = course.rate * course.period
            turns = bottom // gcd(bottom, int(gain))
            return Recurrence(course.period * turns, divide(course.rate, bottom), course.start)
        case Extreme(name, options):
            courses = [course_of(option) for option in options]
            if any(course is None or course.period > MAX_TRIED for course in courses):
                return None
            known = [(option, course) for option, course in zip(options, courses, strict=True) if course is not None]
            rate = extremum(name, *(course.rate for _, course in known))
            start = max(course.start for _, course in known)
            reach = max(largest_deviation(option, course) for option, course in known)
            for _, course in known:
                if course.rate != rate:  # later on it is never the one
                    start = max(start, int(2 * reach // max(course.rate - rate, rate - course.rate)) + 1)
            return Recurrence(lcm(*(course.period for _, course in known)), rate, start)
    return None


def largest_deviation(value: Value, course: Recurrence) -> Number:
    """The largest |value − rate·x| of a period from the start on."""
    spend_on(value, course.period)
    top, bottom = course.rate.numerator, course.rate.denominator
    off = [bottom * value_at(value, x) - top * x for x in range(course.start, course.start + course.period)]
    return divide(max(max(off), -min(off)), bottom)


def spend_on(value: Value, times: int) -> None:
    """The steps of putting so many numbers in."""
    if isinstance(value, Poly):
        spend(times * value.extent[1] // 4)


def value_at(value: Value, size: int) -> Number:
    """The value of an expression of one letter where that is `size`."""
    if not isinstance(value, Poly):
        return value
    total: Number = 0
    for monomial, number in value.terms.items():
        term: Number = number
        for atom, power in monomial:
            base: Number = size
            match atom:
                case Floor(top, bottom):
                    base = value_at(top, size) // value_at(bottom, size)
                case Extreme(name, options):
                    base = extremum(name, *(value_at(option, size) for option in options))
                case Poly():
                    base = value_at(atom, size)
            term = divide(term, base**-power) if power < 0 else term * base**power
        total += term
    return total
