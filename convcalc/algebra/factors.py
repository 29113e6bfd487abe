"""The factors of a polynomial that can be told apart by their letters, or by the roots of a square."""

from __future__ import annotations

from functools import reduce
from math import isqrt
from operator import mul
from typing import TYPE_CHECKING, TypeAlias

from convcalc.algebra.expr import divide
from convcalc.algebra.monomial import content
from convcalc.algebra.poly import Poly, symbol, value_of
from convcalc.algebra.reading_order import letters_of, place
from convcalc.algebra.substitution import symbols

if TYPE_CHECKING:
    from convcalc.algebra.expr import Number, Value
    from convcalc.algebra.monomial import Monomial

    Table: TypeAlias = dict[tuple[Monomial, Monomial], Number]  # of a product: one factor's monomials by the other's


def factorise(value: Poly) -> list[Poly]:
    """The factors of a polynomial that can be told apart by their letters, (H − 4)·(W − 4), and squares of one."""
    terms = value.terms
    if len(terms) == 1 or any(power < 0 for monomial in terms for _, power in monomial):
        return [value]
    for name in symbols(value):
        table = coefficient_table(value, name)
        found = factors_of_table(table) if table else None
        if found:
            return [*factorise(found[0]), *factorise(found[1])]
    for name in symbols(value):
        pair = linear_factors(value, name)
        if pair:
            return [*factorise(pair[0]), *factorise(pair[1])]
    return quadratic_factors(value)


def linear_factors(value: Poly, name: str) -> tuple[Poly, Poly] | None:
    """A·x + B as A·(x + B/A), where A is a sum that divides B: (H + 2·P)·(W + 2·P), whose factors share a letter."""
    slope: dict[Monomial, Number] = {}
    rest: dict[Monomial, Number] = {}
    for monomial, number in value.terms.items():
        power = dict(monomial).get(name, 0)
        if power > 1 or any(name in letters_of(atom) for atom, _ in monomial if atom != name):
            return None
        (slope if power else rest)[tuple(pair for pair in monomial if pair[0] != name)] = number
    if len(slope) < 2 or not rest:
        return None
    factor = Poly(slope)
    other = divide(value_of(rest), factor)
    second = symbol(name) + other
    if not isinstance(second, Poly) or any(power < 0 for monomial in second.terms for _, power in monomial):
        return None
    return primitive_part(factor), primitive_part(second)


def coefficient_table(value: Poly, name: str) -> Table | None:
    """Every coefficient by its monomial in the atoms of a letter and that in the others; None where one is empty."""
    table: Table = {}
    for monomial, number in value.terms.items():
        with_name = tuple(pair for pair in monomial if name in letters_of(pair[0]))
        table[with_name, tuple(pair for pair in monomial if pair not in with_name)] = number
    rows, columns = {row for row, _ in table}, {column for _, column in table}
    return table if len(rows) > 1 and len(columns) > 1 else None


def factors_of_table(table: Table, free: bool = False) -> tuple[Poly, Poly, Number] | None:
    """A·B of a table of rank 1: every entry is r·c/pivot.  If `free`, the constant may be another; the third is it."""
    rows, columns = list(dict.fromkeys(row for row, _ in table)), list(dict.fromkeys(column for _, column in table))
    first, second = min(rows, key=place), min(columns, key=place)
    pivot = table.get((first, second))
    if not pivot or (not free and len(rows) * len(columns) != len(table)):
        return None
    left = {row: table[row, second] for row in rows if (row, second) in table}
    right = {column: table[first, column] for column in columns if (first, column) in table}
    for row in {*rows, ()}:
        for column in {*columns, ()}:
            product = left.get(row, 0) * right.get(column, 0)
            if (row or column or not free) and product != table.get((row, column), 0) * pivot:
                return None
    constant: Number = divide(left.get((), 0) * right.get((), 0), pivot)
    if len(left) < 2 or len(right) < 2:
        return None
    return primitive_part(Poly(left)), primitive_part(Poly(right)), constant


def primitive_part(value: Poly) -> Poly:
    """The polynomial over its content, its first term positive."""
    number = content(value.terms.values())
    if value.terms[min(value.terms, key=place)] < 0:
        number = -number
    return value * divide(1, number)  # type: ignore[return-value]  # not constant


def quadratic_factors(value: Poly) -> list[Poly]:
    """a² − 6·a + 9 as (a − 3)·(a − 3): a square polynomial in one atom whose roots are fractions."""
    atoms = {atom for monomial in value.terms for atom, _ in monomial}
    powers = {sum(power for _, power in monomial): number for monomial, number in value.terms.items()}
    if len(atoms) != 1 or max(powers) != 2 or any(number.denominator != 1 for number in powers.values()):
        return [value]
    a, b, c = (int(powers.get(power, 0)) for power in (2, 1, 0))
    inside = b * b - 4 * a * c
    if inside < 0 or isqrt(inside) ** 2 != inside:
        return [value]
    (atom,) = atoms
    # 4a·(a·x² + b·x + c) = (2a·x + b − √(b² − 4ac))·(2a·x + b + √(b² − 4ac))
    return [primitive_part(Poly({((atom, 1),): 2 * a}) + (b + root)) for root in (-isqrt(inside), isqrt(inside))]  # type: ignore[arg-type]


def sign_of_product(factors: list[Poly], product: Value) -> int:
    """1 where the factors make the product, -1 where they make its opposite: each has lost its sign."""
    made: Value = reduce(mul, factors, 1)
    return 1 if made == product else -1 if -made == product else 0
