"""Symbolic integers in normal form, so that two sizes are equal when they are written alike.

A symbol stands for any positive integer.  A value without symbols is a plain int or Fraction, never a `Poly`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from math import gcd, lcm
from typing import TYPE_CHECKING, NoReturn, TypeAlias

from convcalc.algebra.expr import Expr, Extremum, Mul, Neg, Power, Ratio, Sum, divide, floor_divide, power
from convcalc.algebra.limits import MAX_DEPTH, MAX_TERMS, TooInvolved, bounded, spend
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from fractions import Fraction

    from convcalc.algebra.expr import Value

    Number: TypeAlias = int | Fraction
    Terms: TypeAlias = dict["Monomial", Number]


class Floor(NamedTuple):
    """⌊top/bottom⌋ with nothing left to take out: `bottom` is an int > 1 or symbolic."""

    top: Value
    bottom: int | Poly


class Extreme(NamedTuple):
    """The "min" or "max" of options of which none is known to decide."""

    name: str
    options: tuple[Value, ...]


Atom: TypeAlias = "str | Floor | Extreme | Poly"  # a Poly only as a divisor, with a negative power
Monomial: TypeAlias = "tuple[tuple[Atom, int], ...]"  # (atom, power) in the order of `_key`, no power 0


@lru_cache(maxsize=4096)
def _key(atom: Atom) -> tuple[bool, str]:
    """Symbols by name, then everything else by what it says."""
    return (False, atom) if isinstance(atom, str) else (True, repr(atom))


def _order(monomial: Monomial) -> tuple[int, list[tuple[tuple[bool, str], int]]]:
    """Sorts the highest degree first, then the most of the first atom: an order that multiplication keeps."""
    return -sum(power for _, power in monomial), [(_key(atom), -power) for atom, power in monomial]


class Poly:
    """A sum of number × monomial that is not constant; made from `symbol` by arithmetic."""

    __slots__ = ("_extent", "_hash", "terms")
    terms: Terms

    def __init__(self, terms: Terms):
        object.__setattr__(self, "terms", terms)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("Poly is frozen")

    def __reduce__(self) -> tuple[type[Poly], tuple[Terms]]:
        return Poly, (self.terms,)

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Poly) and self.terms == other.terms)

    def __hash__(self) -> int:
        try:
            return self._hash
        except AttributeError:
            object.__setattr__(self, "_hash", hash(frozenset(self.terms.items())))
            return self._hash

    _hash: int
    _extent: tuple[int, int]

    @property
    def extent(self) -> tuple[int, int]:
        """How deeply floors, extrema and divisors are nested, and how many terms are written in all."""
        try:
            return self._extent
        except AttributeError:
            inside = [_extent_of_atom(atom) for monomial in self.terms for atom, _ in monomial]
            extent = max(depth for depth, _ in inside), len(self.terms) + sum(size for _, size in inside)
            object.__setattr__(self, "_extent", extent)
            return extent

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        spend(len(self.terms))
        return f"Poly({ {monomial: self.terms[monomial] for monomial in sorted(self.terms, key=_order)} })"

    def __str__(self) -> str:
        from convcalc.algebra.notation import write

        return write(self, "ascii")

    def __neg__(self) -> Poly:
        return Poly({monomial: -number for monomial, number in self.terms.items()})

    def __add__(self, other: Value) -> Value:
        spend(len(self.terms))
        if not isinstance(other, Poly):
            if not _is_number(other):
                return NotImplemented
            terms = self.terms.copy()
            _add_to(terms, (), other)
            return Poly(terms)
        spend(len(other.terms))
        terms = self.terms.copy()
        for monomial, number in other.terms.items():
            _add_to(terms, monomial, number)
        return _value(terms)

    __radd__ = __add__

    def __sub__(self, other: Value) -> Value:
        return self + -other

    def __rsub__(self, other: Value) -> Value:
        return -self + other

    def __mul__(self, other: Value) -> Value:
        if isinstance(other, Poly):
            return _product(self.terms, other.terms)
        if not _is_number(other):
            return NotImplemented
        if not other:
            return 0
        spend(len(self.terms))
        return Poly({monomial: _lowest(number * other) for monomial, number in self.terms.items()})

    __rmul__ = __mul__

    def __truediv__(self, other: Value) -> Value:
        return NotImplemented if not _is_value(other) else _product(self.terms, _inverse(other))

    def __rtruediv__(self, other: Value) -> Value:
        return NotImplemented if not _is_value(other) else _product(_terms(other), _inverse(self))

    def __floordiv__(self, other: Value) -> Value:
        return NotImplemented if not _is_value(other) else floor(self, other)

    def __rfloordiv__(self, other: Value) -> Value:
        return NotImplemented if not _is_value(other) else floor(other, self)

    def __pow__(self, exponent: int) -> Value:
        if not isinstance(exponent, int):
            return NotImplemented
        if exponent < 0:
            return divide(1, self**-exponent)
        if len(self.terms) == 1 and exponent:
            ((monomial, number),) = self.terms.items()
            raised: Number = power(number, exponent)  # type: ignore[assignment]  # of a number
            return Poly({tuple((atom, bounded(p * exponent)) for atom, p in monomial): raised})  # type: ignore[misc]
        result: Value = 1
        square: Value = self
        while exponent:
            if exponent & 1:
                result = result * square
            exponent >>= 1
            if exponent:
                square = square * square
        return result


def symbol(name: str) -> Poly:
    """The positive integer called `name`."""
    return Poly({((name, 1),): 1})


# Terms.


def _is_number(value: object) -> bool:
    return isinstance(value, int) or hasattr(value, "denominator")  # a Fraction, without importing it


def _is_value(value: object) -> bool:
    return isinstance(value, Poly) or _is_number(value)


def _terms(value: Value) -> Terms:
    if isinstance(value, Poly):
        return value.terms
    return {(): value} if value else {}


def _value(terms: Terms) -> Value:
    if not terms:
        return 0
    return terms[()] if len(terms) == 1 and () in terms else Poly(terms)


def _lowest(number: Number) -> Number:
    return bounded(number)  # type: ignore[return-value]  # of a number


def _add_to(terms: Terms, monomial: Monomial, number: Number) -> None:
    total = terms.get(monomial, 0) + number
    if total:
        terms[monomial] = _lowest(total)
    else:
        terms.pop(monomial, None)


def _ratio(top: Number, bottom: Number) -> Number:
    return divide(top, bottom)  # type: ignore[return-value]  # a number by a number is a number


def content(numbers: Iterable[Number]) -> Number:
    """The largest positive number of which all are whole multiples."""
    numbers = list(numbers)
    return _ratio(gcd(*(number.numerator for number in numbers)), lcm(*(number.denominator for number in numbers)))


def _times(a: Monomial, b: Monomial) -> Monomial:
    if not a:
        return b
    if not b:
        return a
    powers = dict(a)
    for atom, exponent in b:
        powers[atom] = powers.get(atom, 0) + exponent
    return tuple(sorted((pair for pair in powers.items() if pair[1]), key=lambda pair: _key(pair[0])))


def _inverted(monomial: Monomial) -> Monomial:
    return tuple((atom, -exponent) for atom, exponent in monomial)


def _over(monomial: Monomial, divisor: Monomial) -> Monomial | None:
    """The whole quotient, or None where `divisor` is not a factor."""
    powers = dict(monomial)
    if all(powers.get(atom, 0) >= exponent for atom, exponent in divisor):
        return _times(monomial, _inverted(divisor))
    return None


def common(monomials: Iterable[Monomial]) -> Monomial:
    """The largest monomial that leaves no negative power when all are divided by it."""
    tables = [dict(monomial) for monomial in monomials]
    # What the first lacks has the power 0 there, so only a negative one is lower.
    atoms = dict(tables[0]) if tables else {}
    atoms |= {atom: power for table in tables for atom, power in table.items() if power < 0}
    lows = [(atom, min(table.get(atom, 0) for table in tables)) for atom in atoms]
    return tuple(sorted((pair for pair in lows if pair[1]), key=lambda pair: _key(pair[0])))


def _lead(poly: Poly) -> Monomial:
    spend(len(poly.terms))
    return min(poly.terms, key=_order)


def _product(a: Terms, b: Terms) -> Value:
    spend(len(a) * len(b))
    terms: Terms = {}
    for left, x in a.items():
        for right, y in b.items():
            _add_to(terms, _times(left, right), x * y)
    return _value(_settled(terms))


def _inverse(value: Value) -> Terms:
    if not isinstance(value, Poly):
        return {(): _ratio(1, value)}
    if len(value.terms) == 1:
        ((monomial, number),) = value.terms.items()
        return {_inverted(monomial): _ratio(1, number)}
    number, monomial = content(value.terms.values()), common(value.terms)
    if value.terms[_lead(value)] < 0:
        number = -number
    factor: Terms = {_inverted(monomial): _ratio(1, number)}
    if factor != {(): 1}:
        return _terms(_product(_inverse(_product(value.terms, factor)), factor))
    return {((_shallow(value), -1),): 1}


def _settled(terms: Terms) -> Terms:
    """The terms with every divisor D divided out as far as it goes."""
    spend(len(terms))
    for monomial, number in terms.items():
        for atom, exponent in monomial:
            if not isinstance(atom, Poly):
                continue
            others = {m: x for m, x in terms.items() if m != monomial}
            if exponent > 0:
                rest = _times(monomial, ((atom, -exponent),))
                return _settled(_terms(_value(others) + _product({rest: number}, _terms(atom**exponent))))
            # c·m/D = q − q·(D − l)/D where l leads D and q = c·m/l
            lead = _lead(atom)
            quotient = _over(monomial, lead)
            if quotient is not None:
                factor = _ratio(number, atom.terms[lead])
                _add_to(others, _times(quotient, ((atom, 1),)), factor)
                for m, x in atom.terms.items():
                    if m != lead:
                        _add_to(others, _times(quotient, m), -factor * x)
                return _settled(others)
    return terms


# Floors.


def floor(top: Value, bottom: Value) -> Value:
    """⌊top/bottom⌋ in normal form."""
    if not isinstance(bottom, Poly):
        if not isinstance(top, Poly):
            return top // bottom
        if type(bottom) is int and bottom > 0 and _is_whole(top):
            return _floor_by_number(top, bottom)
    if not bottom:
        raise ZeroDivisionError("division by zero")
    # ⌊gx/(gs)⌋ = ⌊x/s⌋, which also clears the denominators, and makes s lead with a plus
    above, below = _terms(top), _terms(bottom)
    number = content((*above.values(), *below.values()))
    if below[min(below, key=_order)] < 0:
        number = -number
    cleared: Terms = {_inverted(common((*above, *below))): _ratio(1, number)}
    if cleared != {(): 1}:
        return floor(_product(above, cleared), _product(below, cleared))
    if isinstance(bottom, Poly) and _is_whole(top) and _is_whole(bottom):
        return _floor_by_symbols(top, bottom)
    return _floor_of_extreme(top, bottom if isinstance(bottom, Poly) else bottom.numerator)


def _floor_by_number(top: Value, q: int) -> Value:
    if not isinstance(top, Poly):
        return top // q
    if q == 1:
        return top
    # ⌊−x/q⌋ = −⌊(x + q − 1)/q⌋
    if _is_negative(top.terms):
        return -_floor_by_number(-top + (q - 1), q)
    # ⌊(qA + R)/q⌋ = A + ⌊R/q⌋
    whole: Terms = {}
    rest: Terms = {}
    for monomial, number in top.terms.items():
        quotient, remainder = divmod(number, q)
        if quotient:
            whole[monomial] = quotient
        if remainder:
            rest[monomial] = remainder
    constant = rest.pop((), 0)
    # ⌊r/q⌋ = 0 for 0 ≤ r < q
    if not rest:
        return _value(whole)
    # ⌊(gx + r)/(gq)⌋ = ⌊(x + ⌊r/g⌋)/q⌋
    g = gcd(q, *(number.numerator for number in rest.values()))
    if g > 1:
        q //= g
        constant //= g
        rest = {monomial: number // g for monomial, number in rest.items()}
    if constant:
        rest[()] = constant
    return _value(whole) + _floor_of_rest(Poly(rest), q)


def _floor_by_symbols(top: Value, s: Poly) -> Value:
    positive = _is_positive(s)
    # ⌊(gx + r)/(gs)⌋ = ⌊(x + ⌊r/g⌋)/s⌋
    multiples = [*s.terms.values(), *(number for monomial, number in _terms(top).items() if monomial)]
    g = gcd(*(number.numerator for number in multiples))
    if g > 1 and positive:
        above: Terms = {monomial: number // g for monomial, number in _terms(top).items() if number // g}
        return floor(_value(above), s * _ratio(1, g))
    # ⌊(sA + R)/s⌋ = A + ⌊R/s⌋
    whole, rest = _divided(top, s)
    if not rest:
        return whole
    if not positive:
        return whole + _atom(Floor(rest, s))
    # ⌊r/s⌋ = 0 for 0 ≤ r < s
    if _at_least(rest, 0) and _at_least(s - rest, 1):
        return whole
    # ⌊−x/s⌋ = −⌊(x + s − 1)/s⌋
    if _is_negative(_terms(rest)):
        flipped, rest_flipped = _divided(s - 1 - rest, s)
        if not _is_negative(_terms(rest_flipped)):
            return whole - flipped - (floor(rest_flipped, s) if rest_flipped else 0)
    return whole + _floor_of_rest(rest, s)


def _floor_of_rest(top: Value, q: int | Poly) -> Value:
    floors = [
        m[0][0]
        for m, number in _terms(top).items()
        if number == 1 and len(m) == 1 and isinstance(m[0][0], Floor) and m[0][1] == 1
    ]
    # ⌊(⌊x/a⌋ + b)/q⌋ = ⌊(x + ab)/(aq)⌋
    if len(floors) == 1:
        x, a = floors[0]
        return floor(x + a * (top - _atom(floors[0])), a * q)
    return _floor_of_extreme(top, q)


def _floor_of_extreme(top: Value, q: int | Poly) -> Value:
    # ⌊(min(x, y) + b)/q⌋ = min(⌊(x + b)/q⌋, ⌊(y + b)/q⌋), which would not end if q brought the minimum back
    found = _spread(top)
    if found is None or not _is_positive(q) or any(isinstance(atom, Extreme) for m in _terms(q) for atom, _ in m):
        return _atom(Floor(top, q))
    name, options = found
    return extremum(name, [floor(option, q) for option in options])


def _atom(atom: Atom) -> Poly:
    return Poly({((_shallow(atom), 1),): 1})


def _shallow(atom: Atom) -> Atom:
    """The atom; TooInvolved where it holds too much."""
    depth, size = _extent_of_atom(atom)
    if depth > MAX_DEPTH or size > MAX_TERMS:
        raise TooInvolved
    return atom


def _extent_of_atom(atom: Atom) -> tuple[int, int]:
    if isinstance(atom, str):
        return 0, 0
    parts = (atom,) if isinstance(atom, Poly) else atom.options if isinstance(atom, Extreme) else atom
    inside = [part.extent for part in parts if isinstance(part, Poly)]
    return 1 + max([depth for depth, _ in inside], default=0), sum(size for _, size in inside)


def _divided(top: Value, bottom: Poly) -> tuple[Value, Value]:
    """A and R of top = A·bottom + R, by long division with whole quotients."""
    lead = _lead(bottom)
    number = bottom.terms[lead]
    whole: Value = 0
    step = True
    while step:
        step = False
        for monomial, x in _terms(top).items():
            quotient = _over(monomial, lead)
            if quotient is not None and x // number:
                part = _value({quotient: x // number})
                whole, top, step = whole + part, top - part * bottom, True
                break
    return whole, top


def _is_whole(value: Value) -> bool:
    """Whether the form shows an integer: whole numbers, no divisors."""
    return isinstance(value, int) or (
        isinstance(value, Poly)
        and all(type(number) is int for number in value.terms.values())
        and all(
            exponent > 0 and (not isinstance(atom, Extreme) or all(map(_is_whole, atom.options)))
            for monomial in value.terms
            for atom, exponent in monomial
        )
    )


def _is_positive(value: Value) -> bool:
    return value > 0 if not isinstance(value, Poly) else _at_least(value, 1)


def _is_negative(terms: Terms) -> bool:
    """Whether −x is the nicer of x and −x: more minuses, or, on a tie, a minus before the first letter.

    The letters of kernels come last, so that (W − K)/S and (H − k)/s stay as everyone writes them.
    """
    balance = sum(1 if number > 0 else -1 for monomial, number in terms.items() if monomial)
    if balance:
        return balance < 0
    first = min(terms, key=lambda monomial: (not monomial, _is_of_kernel(monomial), _order(monomial)), default=())
    return terms.get(first, 0) < 0


def _is_of_kernel(monomial: Monomial) -> bool:
    return any(isinstance(atom, str) and atom[0] in "kKfF" for atom, _ in monomial)


# Extrema and signs.


def extremum(name: str, values: Sequence[Value]) -> Value:
    """The "min" or "max" of the values: one of them where that is provable for all symbols, otherwise symbolic."""
    kept: list[Value] = []
    for value in values:
        for option in _flat(name, value):
            if not any(_decides(name, other, option) for other in kept):
                kept = [*(other for other in kept if not _decides(name, option, other)), option]
    if len(kept) == 1:
        return kept[0]
    # min(x + r, y + r) = min(x, y) + r, for r without extrema, which might then flatten
    tables = [_terms(option) for option in kept]
    shift: Terms = {}
    for monomial in {monomial: None for table in tables for monomial in table}:
        if not any(isinstance(atom, Extreme) for atom, _ in monomial):
            _add_to(shift, monomial, min(table.get(monomial, 0) for table in tables))
    moved = _value(shift)
    kept = [option - moved for option in kept]
    # min(gx, gy) = g·min(x, y) for g > 0
    shared = content(number for option in kept for number in _terms(option).values())
    options = [bounded(option * _ratio(1, shared)) for option in kept]
    return moved + _atom(Extreme(name, tuple(sorted(options, key=_reading)))) * shared


def _reading(value: Value) -> tuple[bool, str]:
    return not isinstance(value, Poly), repr(value)


def _decides(name: str, value: Value, other: Value) -> bool:
    return _at_least(other - value if name == "min" else value - other, 0)


def _spread(value: Value) -> tuple[str, list[Value]] | None:
    """A value that has an extremum among its terms, as an extremum: min(x, y) + b = min(x + b, y + b)."""
    for monomial, number in _terms(value).items():
        if len(monomial) == 1 and isinstance(monomial[0][0], Extreme) and monomial[0][1] == 1:
            extreme = monomial[0][0]
            rest = value - _value({monomial: number})
            # −min(x, y) = max(−x, −y)
            name = extreme.name if number > 0 else {"min": "max", "max": "min"}[extreme.name]
            return name, [rest + option * number for option in extreme.options]
    return None


def _flat(name: str, value: Value) -> list[Value]:
    # min(min(x, y), z) = min(x, y, z)
    found = _spread(value)
    if found is None or found[0] != name:
        return [value]
    return [option for part in found[1] for option in _flat(name, part)]


def is_nonnegative(value: Value) -> bool | None:
    """True where value ≥ 0 for all positive integers, False where value < 0 for all, None where neither is proved."""
    if _at_least(value, 0):
        return True
    low = least(-value)
    return False if low is not None and low > 0 else None


def _at_least(value: Value, bound: int) -> bool:
    low = least(value)
    return low is not None and low >= bound


def least(value: Value) -> Number | None:
    """A number that the value never falls below, or None."""
    return _least(value) if isinstance(value, Poly) else value


@lru_cache(maxsize=4096)  # a floor asks for that of its top again and again
def _least(value: Poly) -> Number | None:
    found = _spread(value)
    if found is not None:
        lows = [least(option) for option in found[1]]
        known = [low for low in lows if low is not None]
        if found[0] == "max":
            return max(known, default=None)
        return min(known) if len(known) == len(lows) else None
    lows = [_least_of_symbols(_lower(_without_pairs(value), tight)) for tight in (True, False)]
    low = max((low for low in lows if low is not None), default=None)
    # an integer ≥ x is ≥ ⌈x⌉
    return -(-low // 1) if low is not None and _is_whole(value) else low


def _least_of_symbols(value: Value | None) -> Number | None:
    """The least value of a polynomial that grows with every symbol: where all are 1."""
    if not isinstance(value, Poly):
        return value
    shifted: Value = value
    if any(number < 0 for monomial, number in value.terms.items() if monomial):
        shifted = substitute(value, {name: symbol(name) + 1 for name in symbols(value)})
    if any(number < 0 for monomial, number in _terms(shifted).items() if monomial):
        return None
    return sum(value.terms.values())


def _without_pairs(value: Poly) -> Value:
    """A lower value, with ⌊x/s⌋ − ⌊y/s⌋ dropped for a symbolic s: x ≥ y makes it ≥ 0."""
    single = {m[0][0]: x for m, x in value.terms.items() if len(m) == 1 and m[0][1] == 1}
    floors = {atom: x for atom, x in single.items() if isinstance(atom, Floor) and isinstance(atom.bottom, Poly)}
    for up, x in floors.items():
        for down, y in floors.items():
            if x > 0 > y and up.bottom == down.bottom and _is_positive(up.bottom) and _at_least(up.top - down.top, 0):
                less = value - (_atom(up) - _atom(down)) * min(x, -y)
                return _without_pairs(less) if isinstance(less, Poly) else less
    return value


def _lower(value: Value, tight: bool) -> Value | None:
    """A polynomial in symbols only that is never above the value; a floor's is linear if tight, else constant."""
    total: Value = 0
    for monomial, number in _terms(value).items():
        bound = _bound(monomial, number < 0, tight)
        if bound is None:
            return None
        total = total + bound * number
    return total


def _upper(value: Value, tight: bool) -> Value | None:
    low = _lower(-value, tight)
    return None if low is None else -low


def _bound(monomial: Monomial, above: bool, tight: bool) -> Value | None:
    """What a product of factors ≥ 0 never exceeds (or falls below); a single floor may have any sign."""
    if all(isinstance(atom, str) and exponent > 0 for atom, exponent in monomial):
        return _value({monomial: 1})
    if len(monomial) == 1 and monomial[0][1] == 1:
        return _bound_of_atom(monomial[0][0], above, tight)
    product: Value = 1
    for atom, exponent in monomial:
        base = _value(atom.terms) if isinstance(atom, Poly) else _atom(atom)
        # 0 ≤ 1/x ≤ 1 for x ≥ 1
        if not _at_least(base, 1 if exponent < 0 else 0):
            return None
        if exponent < 0:
            factor: Value | None = int(above)
        elif isinstance(atom, str):
            factor = base
        else:
            factor = _bound_of_atom(atom, above, tight)
        if factor is None:
            return None
        if not above and not _at_least(factor, 0):
            factor = 0
        product = product * power(factor, abs(exponent))
    return product


@lru_cache(maxsize=4096)
def _bound_of_atom(atom: Atom, above: bool, tight: bool) -> Value | None:
    if not isinstance(atom, Floor):
        return None
    top, bottom = atom
    low = least(top)
    if isinstance(bottom, int):
        # (x − q + 1)/q ≤ ⌊x/q⌋ ≤ x/q
        if not above and not tight:
            return None if low is None else low // bottom
        bound = _upper(top, tight) if above else _lower(top, tight)
        return None if bound is None else divide(bound if above else bound - (bottom - 1), bottom)
    # min(x, 0) ≤ ⌊x/s⌋ ≤ max(x, 0) for s ≥ 1
    if low is None or not _is_positive(bottom):
        return None
    if not above:
        return min(low // 1, 0)
    return _upper(top, tight) if low >= 0 else None


# Reading a value.


def substitute(value: Value, replacements: Mapping[str, Value]) -> Value:
    """The value with numbers or other values put in for some of its symbols."""
    if not isinstance(value, Poly):
        return value
    total: Value = 0
    for monomial, number in value.terms.items():
        product: Value = number
        for atom, exponent in monomial:
            base = _substituted(atom, replacements)
            if exponent > 0:
                product = product * (base if exponent == 1 else power(base, exponent))
            else:
                product = divide(product, power(base, -exponent))
        total = total + product
    return total


def _substituted(atom: Atom, replacements: Mapping[str, Value]) -> Value:
    match atom:
        case str():
            return replacements[atom] if atom in replacements else symbol(atom)
        case Floor(top, bottom):
            return floor_divide(substitute(top, replacements), substitute(bottom, replacements))
        case Extreme(name, options):
            return extremum(name, [substitute(option, replacements) for option in options])
    return substitute(atom, replacements)


def symbols(value: Value) -> tuple[str, ...]:
    """The names of the symbols in a value, sorted."""
    return _symbols(value) if isinstance(value, Poly) else ()


@lru_cache(maxsize=4096)
def _symbols(value: Poly) -> tuple[str, ...]:
    found: set[str] = set()
    spend(len(value.terms))
    for monomial in value.terms:
        for atom, _ in monomial:
            match atom:
                case str():
                    found.add(atom)
                case Floor(top, bottom):
                    found.update(symbols(top), symbols(bottom))
                case Extreme(_, options):
                    found.update(*map(symbols, options))
                case Poly():
                    found.update(symbols(atom))
    return tuple(sorted(found))


def to_expr(value: Value) -> Expr:
    """The value as a tree to print: descending degree, a plus first where there is one, one fraction a denominator."""
    fractions: dict[tuple[int, Monomial], list[tuple[Monomial, int]]] = {}
    terms = _terms(value)
    spend(len(terms))
    for monomial in sorted(terms, key=lambda monomial: (not monomial, _order(monomial))):
        over = tuple(pair for pair in monomial if pair[1] > 0)
        under = _inverted(tuple(pair for pair in monomial if pair[1] < 0))
        number = terms[monomial]
        fractions.setdefault((number.denominator, under), []).append((over, number.numerator))
    parts: list[tuple[bool, Expr]] = []
    for (denominator, under), tops in fractions.items():
        signed = [(number < 0, _written(abs(number), over)) for over, number in tops]
        if denominator == 1 and not under:
            parts += signed
        else:
            minus = all(negative for negative, _ in signed)
            top = _summed([(negative != minus, term) for negative, term in signed])
            parts.append((minus, _quotient(top, denominator, under)))
    return _summed(parts) if parts else 0


def _quotient(top: Expr, number: int, under: Monomial) -> Expr:
    """top/bottom, and further sums dividing one by one: (C + 1)*(C + 1) would be expanded when it is read back."""
    sums = [(atom, 1) for atom, exponent in under for _ in range(exponent) if isinstance(atom, Poly)]
    others = tuple(pair for pair in under if not isinstance(pair[0], Poly))
    tree = Ratio(top, _written(number, (*others, *sums[:1])), "")
    for atom, _ in sums[1:]:
        tree = Ratio(tree, to_expr(atom), "")
    return tree


def _summed(parts: list[tuple[bool, Expr]]) -> Expr:
    if parts[0][0]:
        parts = sorted(parts, key=lambda part: part[0])
    signed = tuple(Neg(term) if negative else term for negative, term in parts)
    return Sum(signed) if len(signed) > 1 else signed[0]


def _written(number: int, monomial: Monomial) -> Expr:
    factors: list[Expr] = [] if number == 1 and monomial else [number]
    for atom, exponent in monomial:
        base = _written_atom(atom)
        factors.append(base if exponent == 1 else Power(base, exponent))
    return Mul(tuple(factors)) if len(factors) > 1 else factors[0]


def _written_atom(atom: Atom) -> Expr:
    match atom:
        case Floor(top, bottom):
            return Ratio(to_expr(top), to_expr(bottom), "floor")
        case Extreme(name, options):
            return Extremum(name, tuple(map(to_expr, options)))
        case Poly():
            return to_expr(atom)
    return atom
