"""The symbols in a value, and numbers or other values put in for them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from convcalc.algebra.expr import divide, floor_divide, power
from convcalc.algebra.limits import spend
from convcalc.algebra.monomial import Extreme, Floor
from convcalc.algebra.poly import Poly, symbol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from convcalc.algebra.expr import Value
    from convcalc.algebra.monomial import Atom


def replace_atoms(value: Value, change: Callable[[Atom], Value]) -> Value:
    """The value with something else for each of its atoms."""
    if not isinstance(value, Poly):
        return value
    total: Value = 0
    for monomial, number in value.terms.items():
        product: Value = number
        for atom, exponent in monomial:
            base = change(atom)
            if exponent > 0:
                product = product * (base if exponent == 1 else power(base, exponent))
            else:
                product = divide(product, power(base, -exponent))
        total = total + product
    return total


def substitute(value: Value, replacements: Mapping[str, Value]) -> Value:
    """The value with numbers or other values put in for some of its symbols."""
    return replace_atoms(value, lambda atom: substitute_atom(atom, replacements))


def substitute_atom(atom: Atom, replacements: Mapping[str, Value]) -> Value:
    match atom:
        case str():
            return replacements[atom] if atom in replacements else symbol(atom)
        case Floor(top, bottom):
            return floor_divide(substitute(top, replacements), substitute(bottom, replacements))
        case Extreme(name, options):
            from convcalc.algebra.bounds import extremum

            return extremum(name, [substitute(option, replacements) for option in options])
    return substitute(atom, replacements)


def symbols(value: Value) -> tuple[str, ...]:
    """The names of the symbols in a value, sorted."""
    return symbols_of_poly(value) if isinstance(value, Poly) else ()


@lru_cache(maxsize=4096)
def symbols_of_poly(value: Poly) -> tuple[str, ...]:
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
