"""⌊top/bottom⌋ in normal form: what is whole is taken out, and floors in one another are merged.

So the five poolings of VGG are ⌊n/32⌋, and the stem of ResNet is ⌊(n + 3)/4⌋.
"""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING

from convcalc.algebra.bounds import as_extremum, extremum, is_at_least, is_positive
from convcalc.algebra.expr import divide
from convcalc.algebra.monomial import Extreme, Floor, common_factor, content, inverse, monomial_order
from convcalc.algebra.poly import Poly, is_whole, long_division, poly_of, product_of, terms_of, value_of

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.algebra.monomial import Monomial
    from convcalc.algebra.poly import Terms


def floor(top: Value, bottom: Value) -> Value:
    """⌊top/bottom⌋ in normal form."""
    if not isinstance(bottom, Poly):
        if not isinstance(top, Poly):
            return top // bottom
        if type(bottom) is int and bottom > 0 and is_whole(top):
            return floor_by_number(top, bottom)
    if not bottom:
        raise ZeroDivisionError("division by zero")
    # ⌊gx/(gs)⌋ = ⌊x/s⌋, which also clears the denominators, and makes s lead with a plus
    above, below = terms_of(top), terms_of(bottom)
    number = content((*above.values(), *below.values()))
    if below[min(below, key=monomial_order)] < 0:
        number = -number
    cleared: Terms = {inverse(common_factor((*above, *below))): divide(1, number)}
    if cleared != {(): 1}:
        return floor(product_of(above, cleared), product_of(below, cleared))
    if isinstance(bottom, Poly) and is_whole(top) and is_whole(bottom):
        return floor_by_symbols(top, bottom)
    return floor_of_extreme(top, bottom if isinstance(bottom, Poly) else bottom.numerator)


def floor_by_number(top: Poly, q: int) -> Value:
    if q == 1:
        return top
    # ⌊−x/q⌋ = −⌊(x + q − 1)/q⌋
    if is_mostly_negative(top.terms):
        return -floor(-top + (q - 1), q)
    # ⌊(qA + R)/q⌋ = A + ⌊R/q⌋
    whole: Terms = {monomial: number // q for monomial, number in top.terms.items() if number // q}
    rest: Terms = {monomial: number % q for monomial, number in top.terms.items() if number % q}
    constant = rest.pop((), 0)
    # ⌊r/q⌋ = 0 for 0 ≤ r < q
    if not rest:
        return value_of(whole)
    # ⌊(gx + r)/(gq)⌋ = ⌊(x + ⌊r/g⌋)/q⌋
    g = gcd(q, *(number.numerator for number in rest.values()))
    if g > 1:
        q //= g
        constant //= g
        rest = {monomial: number // g for monomial, number in rest.items()}
    if constant:
        rest[()] = constant
    return value_of(whole) + floor_of_rest(Poly(rest), q)


def floor_by_symbols(top: Value, s: Poly) -> Value:
    positive = is_positive(s)
    # ⌊(gx + r)/(gs)⌋ = ⌊(x + ⌊r/g⌋)/s⌋
    multiples = [*s.terms.values(), *(number for monomial, number in terms_of(top).items() if monomial)]
    g = gcd(*(number.numerator for number in multiples))
    if g > 1 and positive:
        above: Terms = {monomial: number // g for monomial, number in terms_of(top).items() if number // g}
        return floor(value_of(above), s * divide(1, g))
    # ⌊(sA + R)/s⌋ = A + ⌊R/s⌋
    whole, rest = long_division(top, s)
    if not rest:
        return whole
    if not positive:
        return whole + poly_of(Floor(rest, s))
    # ⌊r/s⌋ = 0 for 0 ≤ r < s
    if is_at_least(rest, 0) and is_at_least(s - rest, 1):
        return whole
    # ⌊−x/s⌋ = −⌊(x + s − 1)/s⌋
    if is_mostly_negative(terms_of(rest)):
        flipped, rest_flipped = long_division(s - 1 - rest, s)
        if not is_mostly_negative(terms_of(rest_flipped)):
            return whole - flipped - (floor(rest_flipped, s) if rest_flipped else 0)
    return whole + floor_of_rest(rest, s)


def floor_of_rest(top: Value, q: int | Poly) -> Value:
    floors = [
        m[0][0]
        for m, number in terms_of(top).items()
        if number == 1 and len(m) == 1 and isinstance(m[0][0], Floor) and m[0][1] == 1
    ]
    # ⌊(⌊x/a⌋ + b)/q⌋ = ⌊(x + ab)/(aq)⌋
    if len(floors) == 1:
        x, a = floors[0]
        return floor(x + a * (top - poly_of(floors[0])), a * q)
    return floor_of_extreme(top, q)


def floor_of_extreme(top: Value, q: int | Poly) -> Value:
    # ⌊(min(x, y) + b)/q⌋ = min(⌊(x + b)/q⌋, ⌊(y + b)/q⌋), which would not end if q brought the minimum back
    found = as_extremum(top)
    if found is None or not is_positive(q) or any(isinstance(atom, Extreme) for m in terms_of(q) for atom, _ in m):
        return poly_of(Floor(top, q))
    name, options = found
    return extremum(name, [floor(option, q) for option in options])


def is_mostly_negative(terms: Terms) -> bool:
    """Whether −x is the nicer of x and −x: more minuses, or, on a tie, a minus before the first letter.

    The letters of kernels come last, so that (W − K)/S and (H − k)/s stay as everyone writes them.
    """
    balance = sum(1 if number > 0 else -1 for monomial, number in terms.items() if monomial)
    if balance:
        return balance < 0
    first = min(
        terms, key=lambda monomial: (not monomial, is_of_kernel(monomial), monomial_order(monomial)), default=()
    )
    return terms.get(first, 0) < 0


def is_of_kernel(monomial: Monomial) -> bool:
    return any(isinstance(atom, str) and atom[0] in "kKfF" for atom, _ in monomial)
