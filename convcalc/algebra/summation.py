"""Sums of a polynomial over whole numbers in a row, in closed form: 1 + 2 + … + n = n(n + 1)/2."""

from __future__ import annotations

from functools import lru_cache
from math import comb
from typing import TYPE_CHECKING

from convcalc.algebra.expr import divide
from convcalc.algebra.poly import Poly, value_of
from convcalc.algebra.substitution import symbols

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value

MAX_DEGREE = 12


def sum_over(value: Value, name: str, first: Value, last: Value) -> Value | None:
    """The sum of a value with `first`, first + 1, … `last` put in for a symbol; None where it is no polynomial in it.

    An empty sum, last = first − 1, is 0; so is the formula.
    """
    total: Value = 0
    for degree, factor in powers_of(value, name):
        if degree > MAX_DEGREE or name in symbols(factor):
            return None
        total = total + factor * (sum_of_powers(degree, last) - sum_of_powers(degree, first - 1))
    return total


def powers_of(value: Value, name: str) -> list[tuple[int, Value]]:
    """(power, factor) of every term, the powers being those of a symbol by itself."""
    found = []
    for monomial, number in value.terms.items() if isinstance(value, Poly) else (((), value),):
        degree = dict(monomial).get(name, 0)
        rest = tuple((atom, power) for atom, power in monomial if atom != name)
        found.append((degree, value_of({rest: number})) if degree >= 0 else (0, value_of({monomial: number})))
    return found


@lru_cache(maxsize=256)
def sum_of_powers(degree: int, last: Value) -> Value:
    """1^k + 2^k + … + n^k, by (n + 1)^(k + 1) − 1 = Σ_j (k + 1 over j)·(1^j + … + n^j) for j from 0 to k."""
    less: Value = 1
    for lower in range(degree):
        less = less + comb(degree + 1, lower) * sum_of_powers(lower, last)
    return divide((last + 1) ** (degree + 1) - less, degree + 1)
