"""A monomial is a product of atoms with powers; an atom is a letter, a floor, an extremum, or a sum that divides."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from math import gcd, lcm
from typing import TYPE_CHECKING, TypeAlias

from convcalc.algebra.expr import divide
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Number, Value
    from convcalc.algebra.poly import Poly


class Floor(NamedTuple):
    """⌊top/bottom⌋ with nothing left to take out: `bottom` is an int > 1 or symbolic."""

    top: Value
    bottom: int | Poly


class Extreme(NamedTuple):
    """The "min" or "max" of options of which none is known to decide."""

    name: str
    options: tuple[Value, ...]


Atom: TypeAlias = "str | Floor | Extreme | Poly"  # a Poly only as a divisor, with a negative power
Monomial: TypeAlias = "tuple[tuple[Atom, int], ...]"  # (atom, power) in the order of `atom_key`, no power 0


@lru_cache(maxsize=4096)
def atom_key(atom: Atom) -> tuple[bool, str]:
    """Symbols by name, then everything else by what it says."""
    return (False, atom) if isinstance(atom, str) else (True, repr(atom))


def monomial_order(monomial: Monomial) -> tuple[int, list[tuple[tuple[bool, str], int]]]:
    """Sorts the highest degree first, then the most of the first atom: an order that multiplication keeps."""
    return -sum(power for _, power in monomial), [(atom_key(atom), -power) for atom, power in monomial]


def content(numbers: Iterable[Number]) -> Number:
    """The largest positive number of which all are whole multiples."""
    numbers = list(numbers)
    return divide(gcd(*(number.numerator for number in numbers)), lcm(*(number.denominator for number in numbers)))


def multiply(a: Monomial, b: Monomial) -> Monomial:
    if not a:
        return b
    if not b:
        return a
    powers = dict(a)
    for atom, exponent in b:
        powers[atom] = powers.get(atom, 0) + exponent
    return tuple(sorted((pair for pair in powers.items() if pair[1]), key=lambda pair: atom_key(pair[0])))


def inverse(monomial: Monomial) -> Monomial:
    return tuple((atom, -exponent) for atom, exponent in monomial)


def whole_quotient(monomial: Monomial, divisor: Monomial) -> Monomial | None:
    """The whole quotient, or None where `divisor` is not a factor."""
    powers = dict(monomial)
    if all(powers.get(atom, 0) >= exponent for atom, exponent in divisor):
        return multiply(monomial, inverse(divisor))
    return None


def common_factor(monomials: Iterable[Monomial]) -> Monomial:
    """The largest monomial that leaves no negative power when all are divided by it."""
    tables = [dict(monomial) for monomial in monomials]
    # What the first lacks has the power 0 there, so only a negative one is lower.
    atoms = dict(tables[0]) if tables else {}
    atoms |= {atom: power for table in tables for atom, power in table.items() if power < 0}
    lows = [(atom, min(table.get(atom, 0) for table in tables)) for atom in atoms]
    return tuple(sorted((pair for pair in lows if pair[1]), key=lambda pair: atom_key(pair[0])))
