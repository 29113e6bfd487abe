"""What a value never falls below, whatever its symbols are; and so which of several values is the least.

Every answer is a proof: where none is found, a sign is unknown and a minimum stays symbolic.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from convcalc.algebra.expr import divide, power
from convcalc.algebra.limits import lowest_terms
from convcalc.algebra.monomial import Extreme, Floor, content
from convcalc.algebra.poly import Poly, add_term, is_whole, poly_of, symbol, terms_of, value_of
from convcalc.algebra.substitution import substitute, symbols

if TYPE_CHECKING:
    from convcalc.algebra.expr import Number, Value
    from convcalc.algebra.monomial import Atom, Monomial
    from convcalc.algebra.poly import Terms


def extremum(name: str, values: Sequence[Value]) -> Value:
    """The "min" or "max" of the values: one of them where that is provable for all symbols, otherwise symbolic."""
    kept: list[Value] = []
    for value in values:
        for option in options_of(name, value):
            if not any(decides(name, other, option) for other in kept):
                kept = [*(other for other in kept if not decides(name, option, other)), option]
    if len(kept) == 1:
        return kept[0]
    # min(x + r, y + r) = min(x, y) + r, for r without extrema, which might then flatten
    tables = [terms_of(option) for option in kept]
    shift: Terms = {}
    for monomial in {monomial: None for table in tables for monomial in table}:
        if not any(isinstance(atom, Extreme) for atom, _ in monomial):
            add_term(shift, monomial, min(table.get(monomial, 0) for table in tables))
    moved = value_of(shift)
    kept = [option - moved for option in kept]
    # min(gx, gy) = g·min(x, y) for g > 0
    shared = content(number for option in kept for number in terms_of(option).values())
    options = [lowest_terms(option * divide(1, shared)) for option in kept]
    options.sort(key=lambda option: (not isinstance(option, Poly), repr(option)))
    return moved + poly_of(Extreme(name, tuple(options))) * shared


def decides(name: str, value: Value, other: Value) -> bool:
    return is_at_least(other - value if name == "min" else value - other, 0)


def as_extremum(value: Value) -> tuple[str, list[Value]] | None:
    """A value that has an extremum among its terms, as an extremum: min(x, y) + b = min(x + b, y + b)."""
    for monomial, number in terms_of(value).items():
        if len(monomial) == 1 and isinstance(monomial[0][0], Extreme) and monomial[0][1] == 1:
            extreme = monomial[0][0]
            rest = value - value_of({monomial: number})
            # −min(x, y) = max(−x, −y)
            name = extreme.name if number > 0 else {"min": "max", "max": "min"}[extreme.name]
            return name, [rest + option * number for option in extreme.options]
    return None


def options_of(name: str, value: Value) -> list[Value]:
    # min(min(x, y), z) = min(x, y, z)
    found = as_extremum(value)
    if found is None or found[0] != name:
        return [value]
    return [option for part in found[1] for option in options_of(name, part)]


def is_nonnegative(value: Value) -> bool | None:
    """True where value ≥ 0 for all positive integers, False where value < 0 for all, None where neither is proved."""
    if is_at_least(value, 0):
        return True
    low = least(-value)
    return False if low is not None and low > 0 else None


def is_at_least(value: Value, bound: int) -> bool:
    low = least(value)
    return low is not None and low >= bound


def least(value: Value) -> Number | None:
    """A number that the value never falls below, or None."""
    return least_of_poly(value) if isinstance(value, Poly) else value


@lru_cache(maxsize=4096)  # a floor asks for that of its top again and again
def least_of_poly(value: Poly) -> Number | None:
    found = as_extremum(value)
    if found is not None:
        lows = [least(option) for option in found[1]]
        known = [low for low in lows if low is not None]
        if found[0] == "max":
            return max(known, default=None)
        return min(known) if len(known) == len(lows) else None
    lows = [least_of_symbols(lower_bound(drop_pairs(value), tight)) for tight in (True, False)]
    low = max((low for low in lows if low is not None), default=None)
    # an integer ≥ x is ≥ ⌈x⌉
    return -(-low // 1) if low is not None and is_whole(value) else low


def least_of_symbols(value: Value | None) -> Number | None:
    """The least value of a polynomial that grows with every symbol: where all are 1."""
    if not isinstance(value, Poly):
        return value
    shifted: Value = value
    if any(number < 0 for monomial, number in value.terms.items() if monomial):
        shifted = substitute(value, {name: symbol(name) + 1 for name in symbols(value)})
    if any(number < 0 for monomial, number in terms_of(shifted).items() if monomial):
        return None
    return sum(value.terms.values())


def drop_pairs(value: Poly) -> Value:
    """A lower value, with ⌊x/s⌋ − ⌊y/s⌋ dropped for a symbolic s: x ≥ y makes it ≥ 0."""
    single = {m[0][0]: x for m, x in value.terms.items() if len(m) == 1 and m[0][1] == 1}
    floors = {atom: x for atom, x in single.items() if isinstance(atom, Floor) and isinstance(atom.bottom, Poly)}
    for up, x in floors.items():
        for down, y in floors.items():
            if x > 0 > y and up.bottom == down.bottom and is_positive(up.bottom) and is_at_least(up.top - down.top, 0):
                less = value - (poly_of(up) - poly_of(down)) * min(x, -y)
                return drop_pairs(less) if isinstance(less, Poly) else less
    return value


def lower_bound(value: Value, tight: bool) -> Value | None:
    """A polynomial in symbols only that is never above the value; a floor's is linear if tight, else constant."""
    total: Value = 0
    for monomial, number in terms_of(value).items():
        bound = bound_of_product(monomial, number < 0, tight)
        if bound is None:
            return None
        total = total + bound * number
    return total


def upper_bound(value: Value, tight: bool) -> Value | None:
    low = lower_bound(-value, tight)
    return None if low is None else -low


def bound_of_product(monomial: Monomial, above: bool, tight: bool) -> Value | None:
    """What a product of factors ≥ 0 never exceeds (or falls below); a single floor may have any sign."""
    if all(isinstance(atom, str) and exponent > 0 for atom, exponent in monomial):
        return value_of({monomial: 1})
    if len(monomial) == 1 and monomial[0][1] == 1:
        return bound_of_atom(monomial[0][0], above, tight)
    product: Value = 1
    for atom, exponent in monomial:
        base = value_of(atom.terms) if isinstance(atom, Poly) else poly_of(atom)
        # 0 ≤ 1/x ≤ 1 for x ≥ 1
        if not is_at_least(base, 1 if exponent < 0 else 0):
            return None
        if exponent < 0:
            factor: Value | None = int(above)
        elif isinstance(atom, str):
            factor = base
        else:
            factor = bound_of_atom(atom, above, tight)
        if factor is None:
            return None
        if not above and not is_at_least(factor, 0):
            factor = 0
        product = product * power(factor, abs(exponent))
    return product


@lru_cache(maxsize=4096)
def bound_of_atom(atom: Atom, above: bool, tight: bool) -> Value | None:
    if not isinstance(atom, Floor):
        return None
    top, bottom = atom
    low = least(top)
    if isinstance(bottom, int):
        # (x − q + 1)/q ≤ ⌊x/q⌋ ≤ x/q
        if not above and not tight:
            return None if low is None else low // bottom
        bound = upper_bound(top, tight) if above else lower_bound(top, tight)
        return None if bound is None else divide(bound if above else bound - (bottom - 1), bottom)
    # min(x, 0) ≤ ⌊x/s⌋ ≤ max(x, 0) for s ≥ 1
    if low is None or not is_positive(bottom):
        return None
    if not above:
        return min(low // 1, 0)
    return upper_bound(top, tight) if low >= 0 else None


def is_positive(value: Value) -> bool:
    return value > 0 if not isinstance(value, Poly) else is_at_least(value, 1)
