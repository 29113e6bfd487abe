"""Symbolic integers in normal form, so that two sizes are equal when they are written alike.

A symbol stands for any positive integer.  A value without symbols is a plain int or Fraction, never a `Poly`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NoReturn, TypeAlias

from convcalc.algebra.expr import divide, is_number, power
from convcalc.algebra.limits import MAX_DEPTH, MAX_TERMS, TooInvolved, lowest_terms, spend
from convcalc.algebra.monomial import (
    Extreme,
    common_factor,
    content,
    inverse,
    monomial_order,
    multiply,
    whole_quotient,
)

if TYPE_CHECKING:
    from convcalc.algebra.expr import Number, Value
    from convcalc.algebra.monomial import Atom, Monomial

    Terms: TypeAlias = dict[Monomial, Number]


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
            inside = [extent_of(atom) for monomial in self.terms for atom, _ in monomial]
            extent = max(depth for depth, _ in inside), len(self.terms) + sum(size for _, size in inside)
            object.__setattr__(self, "_extent", extent)
            return extent

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        spend(len(self.terms))
        return f"Poly({ {monomial: self.terms[monomial] for monomial in sorted(self.terms, key=monomial_order)} })"

    def __str__(self) -> str:
        from convcalc.algebra.notation import write

        return write(self, "ascii")

    def __format__(self, _spec: str) -> str:
        """In a message, as people write it; `str` is for other programs."""
        from convcalc.algebra.notation import write

        return write(self)

    def __neg__(self) -> Poly:
        return Poly({monomial: -number for monomial, number in self.terms.items()})

    def __add__(self, other: Value) -> Value:
        spend(len(self.terms))
        if not isinstance(other, Poly):
            if not is_number(other):
                return NotImplemented
            terms = self.terms.copy()
            add_term(terms, (), other)
            return Poly(terms)
        spend(len(other.terms))
        terms = self.terms.copy()
        for monomial, number in other.terms.items():
            add_term(terms, monomial, number)
        return value_of(terms)

    __radd__ = __add__

    def __sub__(self, other: Value) -> Value:
        return self + -other

    def __rsub__(self, other: Value) -> Value:
        return -self + other

    def __mul__(self, other: Value) -> Value:
        if isinstance(other, Poly):
            return product_of(self.terms, other.terms)
        if not is_number(other):
            return NotImplemented
        if not other:
            return 0
        spend(len(self.terms))
        return Poly({monomial: lowest_terms(number * other) for monomial, number in self.terms.items()})

    __rmul__ = __mul__

    def __truediv__(self, other: Value) -> Value:
        return NotImplemented if not is_value(other) else product_of(self.terms, inverse_of(other))

    def __rtruediv__(self, other: Value) -> Value:
        return NotImplemented if not is_value(other) else product_of(terms_of(other), inverse_of(self))

    def __floordiv__(self, other: Value) -> Value:
        from convcalc.algebra.floors import floor

        return NotImplemented if not is_value(other) else floor(self, other)

    def __rfloordiv__(self, other: Value) -> Value:
        from convcalc.algebra.floors import floor

        return NotImplemented if not is_value(other) else floor(other, self)

    def __pow__(self, exponent: int) -> Value:
        if not isinstance(exponent, int):
            return NotImplemented
        if exponent < 0:
            return divide(1, self**-exponent)
        if len(self.terms) == 1 and exponent:
            ((monomial, number),) = self.terms.items()
            return Poly({tuple((atom, lowest_terms(p * exponent)) for atom, p in monomial): power(number, exponent)})
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


# Terms and their products.


def is_value(value: object) -> bool:
    return isinstance(value, Poly) or is_number(value)


def terms_of(value: Value) -> Terms:
    if isinstance(value, Poly):
        return value.terms
    return {(): value} if value else {}


def value_of(terms: Terms) -> Value:
    if not terms:
        return 0
    return terms[()] if len(terms) == 1 and () in terms else Poly(terms)


def add_term(terms: Terms, monomial: Monomial, number: Number) -> None:
    total = terms.get(monomial, 0) + number
    if total:
        terms[monomial] = lowest_terms(total)
    else:
        terms.pop(monomial, None)


def sum_of(values: Iterable[Value]) -> Value:
    """Their sum in one pass."""
    terms: Terms = {}
    for value in values:
        for monomial, number in value.terms.items() if isinstance(value, Poly) else (((), value),):
            add_term(terms, monomial, number)
    return value_of(terms)


def leading(poly: Poly) -> Monomial:
    spend(len(poly.terms))
    return min(poly.terms, key=monomial_order)


def product_of(a: Terms, b: Terms) -> Value:
    spend(len(a) * len(b))
    terms: Terms = {}
    for left, x in a.items():
        for right, y in b.items():
            add_term(terms, multiply(left, right), x * y)
    return value_of(divide_out(terms))


def inverse_of(value: Value) -> Terms:
    if not isinstance(value, Poly):
        return {(): divide(1, value)}
    if len(value.terms) == 1:
        ((monomial, number),) = value.terms.items()
        return {inverse(monomial): divide(1, number)}
    number, monomial = content(value.terms.values()), common_factor(value.terms)
    if value.terms[leading(value)] < 0:
        number = -number
    factor: Terms = {inverse(monomial): divide(1, number)}
    if factor != {(): 1}:
        return terms_of(product_of(inverse_of(product_of(value.terms, factor)), factor))
    return {((limit_extent(value), -1),): 1}


def divide_out(terms: Terms) -> Terms:
    """The terms with every divisor D divided out as far as it goes."""
    spend(len(terms))
    for monomial, number in terms.items():
        for atom, exponent in monomial:
            if not isinstance(atom, Poly):
                continue
            if exponent > 0:
                rest, others = multiply(monomial, ((atom, -exponent),)), without(terms, monomial)
                return divide_out(terms_of(value_of(others) + product_of({rest: number}, terms_of(atom**exponent))))
            # c·m/D = q − q·(D − l)/D where l leads D and q = c·m/l
            lead = leading(atom)
            share = whole_quotient(monomial, lead)
            if share is not None:
                factor, others = divide(number, atom.terms[lead]), without(terms, monomial)
                add_term(others, multiply(share, ((atom, 1),)), factor)
                for m, x in atom.terms.items():
                    if m != lead:
                        add_term(others, multiply(share, m), -factor * x)
                return divide_out(others)
    return terms


def without(terms: Terms, monomial: Monomial) -> Terms:
    return {m: x for m, x in terms.items() if m != monomial}


def poly_of(atom: Atom) -> Poly:
    return Poly({((limit_extent(atom), 1),): 1})


def limit_extent(atom: Atom) -> Atom:
    """The atom; TooInvolved where it holds too much."""
    depth, size = extent_of(atom)
    if depth > MAX_DEPTH or size > MAX_TERMS:
        raise TooInvolved
    return atom


def extent_of(atom: Atom) -> tuple[int, int]:
    if isinstance(atom, str):
        return 0, 0
    parts = (atom,) if isinstance(atom, Poly) else atom.options if isinstance(atom, Extreme) else atom
    inside = [part.extent for part in parts if isinstance(part, Poly)]
    return 1 + max([depth for depth, _ in inside], default=0), sum(size for _, size in inside)


def long_division(top: Value, bottom: Poly) -> tuple[Value, Value]:
    """A and R of top = A·bottom + R, by long division with whole quotients."""
    lead = leading(bottom)
    number = bottom.terms[lead]
    whole: Value = 0
    step = True
    while step:
        step = False
        for monomial, x in terms_of(top).items():
            share = whole_quotient(monomial, lead)
            if share is not None and x // number:
                part = value_of({share: x // number})
                whole, top, step = whole + part, top - part * bottom, True
                break
    return whole, top


def is_whole(value: Value) -> bool:
    """Whether the form shows an integer: whole numbers, no divisors."""
    return isinstance(value, int) or (
        isinstance(value, Poly)
        and all(type(number) is int for number in value.terms.values())
        and all(
            exponent > 0 and (not isinstance(atom, Extreme) or all(map(is_whole, atom.options)))
            for monomial in value.terms
            for atom, exponent in monomial
        )
    )
