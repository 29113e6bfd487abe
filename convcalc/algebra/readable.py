"""A symbolic value as a person writes it: products stay products, (H − 4)·(W − 4), and sums read as in textbooks."""

from __future__ import annotations

from functools import lru_cache
from math import lcm
from typing import TYPE_CHECKING

from convcalc.algebra.expr import Expr, Extremum, Mul, Neg, Power, Ratio, Sum, divide
from convcalc.algebra.factors import coefficient_table, factorise, factors_of_table, sign_of_product
from convcalc.algebra.limits import lowest_terms
from convcalc.algebra.monomial import Extreme, Floor, common_factor, content
from convcalc.algebra.poly import Poly, value_of
from convcalc.algebra.reading_order import bottom_of, is_letter, letters_of, place
from convcalc.algebra.substitution import symbols
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Number, Value
    from convcalc.algebra.monomial import Atom, Monomial

MAX_TERMS = 400  # longer sums are written as they are


class Part(NamedTuple):
    """One term of a sum: its place, whether it is taken away, and what it says."""

    key: tuple[object, ...]
    minus: bool
    tree: Expr


@lru_cache(maxsize=4096)
def value_tree(value: Value) -> Expr:
    """The tree of a value; what it evaluates to is the value."""
    if not isinstance(value, Poly):
        return value if isinstance(value, int) else Ratio(value.numerator, value.denominator, "")
    number, monomial = content(value.terms.values()), common_factor(value.terms)
    rest = divide(value, value_of({monomial: number}))
    if not isinstance(rest, Poly):
        return product_tree(lowest_terms(number * rest), monomial, [])
    if len(value.terms) > MAX_TERMS:
        return sum_tree(value)
    factors = factorise(rest)
    if len(factors) > 1 and (sign := sign_of_product(factors, rest)):
        return product_tree(number * sign, monomial, factors)
    # What all terms share goes before a bracket, F·(K²·C + 1), but 4·⌊H/4⌋ + 16 and (W − K)/S + 1 stay sums.
    if monomial and number.denominator == 1 and all(power > 0 for _, power in monomial):
        return product_tree(number, monomial, [rest])
    return sum_tree(value)


def product_tree(number: Number, monomial: Monomial, factors: list[Poly]) -> Expr:
    """number · letters · brackets, in the order of what they say first; divisors below a line."""
    counted: dict[Atom, int] = dict(monomial)
    for factor in factors:
        base: Atom = factor
        if len(factor.terms) == 1:
            (((base, _),),) = factor.terms
        counted[base] = counted.get(base, 0) + 1
    above = [power_tree(each, power) for each, power in sorted(counted.items(), key=factor_place) if power > 0]
    below = [power_tree(each, -power) for each, power in sorted(counted.items(), key=factor_place) if power < 0]
    minus, number = number < 0, magnitude(number)
    if number.numerator != 1 or not above:
        above.insert(0, number.numerator)
    if number.denominator != 1:
        below.insert(0, number.denominator)
    tree: Expr = Mul(tuple(above)) if len(above) > 1 else above[0]
    if below:
        tree = Ratio(tree, Mul(tuple(below)) if len(below) > 1 else below[0], "")
    return Neg(tree) if minus else tree


def magnitude(number: Number) -> Number:
    return -number if number < 0 else number


def power_tree(base: Atom | Poly, power: int) -> Expr:
    tree = atom_tree(base)
    return Power(tree, power) if power != 1 else tree


def factor_place(pair: tuple[Atom | Poly, int]) -> tuple[object, ...]:
    """Letters and brackets of a product by the first letter in them; kernels before the others: K²·C."""
    base = pair[0]
    if isinstance(base, Poly):
        monomial = min(base.terms, key=place)
        return min((factor_place((atom, 1)) for atom, _ in monomial), default=(9,))
    if isinstance(base, str):
        return (base[0] not in "kK", base, 0)
    return (True, min(letters_of(base), default=""), 1, *bottom_of(base))


# Sums.


def sum_tree(value: Poly) -> Expr:
    """The terms in their order, one fraction a denominator, families of products as brackets."""
    parts: list[Part] = []
    plain: dict[Monomial, Number] = {}
    fractions: dict[tuple[int, Monomial], dict[Monomial, Number]] = {}
    for monomial, number in value.terms.items():
        under = tuple((atom, -power) for atom, power in monomial if power < 0)
        if number.denominator == 1 and not under:
            plain[monomial] = number
        else:
            top = tuple(pair for pair in monomial if pair[1] > 0)
            fractions.setdefault((number.denominator, under), {})[top] = number.numerator
    for (denominator, under), tops in one_denominator(fractions).items():
        parts.append(fraction_part(tops, denominator, under))
    constant = plain.pop((), 0)
    for family in families(plain):
        found, less = bracket_parts(family) if len(family) > 2 else ([], 0)
        constant -= less
        parts += found or term_parts(family)
    parts.sort(key=lambda part: part.key)
    if constant:
        parts.append(Part((), constant < 0, magnitude(constant).numerator))
    if parts[0].minus:  # a plus first, where there is one
        parts.sort(key=lambda part: part.minus)
    signed = tuple(Neg(part.tree) if part.minus else part.tree for part in parts)
    return Sum(signed) if len(signed) > 1 else signed[0]


def one_denominator(
    fractions: dict[tuple[int, Monomial], dict[Monomial, Number]],
) -> dict[tuple[int, Monomial], dict[Monomial, Number]]:
    """H/6 − 2/3 as (H − 4)/6; divisors with letters stay apart."""
    plain = {denominator: tops for (denominator, under), tops in fractions.items() if not under}
    if len(plain) < 2:
        return fractions
    common_one = lcm(*plain)
    joined = {
        monomial: number * (common_one // denominator)
        for denominator, tops in plain.items()
        for monomial, number in tops.items()
    }
    return {(common_one, ()): joined, **{key: tops for key, tops in fractions.items() if key[1]}}


def fraction_part(tops: dict[Monomial, Number], denominator: int, under: Monomial) -> Part:
    top = value_of(tops)
    minus = all(number < 0 for number in tops.values())
    above = value_tree(-top if minus else top)
    sums = [atom for atom, power in under for _ in range(power) if isinstance(atom, Poly)]
    others = tuple(pair for pair in under if not isinstance(pair[0], Poly))
    # Sums divide one by one: (C + 1)·(C + 1) would be expanded when it is read back.
    bottoms: list[Expr] = [product_tree(denominator, others, [])] if others or denominator != 1 else []
    for bottom in (*bottoms, *map(atom_tree, sums)):
        above = Ratio(above, bottom, "")
    return Part(place(min(tops, key=place)), minus, above)


def families(terms: dict[Monomial, Number]) -> list[dict[Monomial, Number]]:
    """The terms in groups that share no atom: those of H·W, of ⌊H/2⌋·⌊W/2⌋, and so on."""
    groups: list[tuple[set[Atom], dict[Monomial, Number]]] = []
    for monomial, number in terms.items():
        atoms = {atom for atom, _ in monomial}
        met = [group for group in groups if group[0] & atoms]
        groups = [group for group in groups if not group[0] & atoms]
        joined = {monomial: number}
        for found, others in met:
            atoms |= found
            joined = {**others, **joined}
        groups.append((atoms, joined))
    return [group for _, group in groups]


def bracket_parts(family: dict[Monomial, Number]) -> tuple[list[Part], Number]:
    """A·B with what must be taken from the constant: a·b − 4·a − 4·b = (a − 4)·(b − 4) − 16."""
    value = Poly(family)
    for name in symbols(value):
        table = coefficient_table(value, name)
        found = factors_of_table(table, free=True) if table else None
        if found and found[2].denominator == 1:
            whole = value + found[2]
            tree = value_tree(whole)
            minus = isinstance(tree, Neg)
            return [Part(place(min(family, key=place)), minus, tree.term if isinstance(tree, Neg) else tree)], found[2]
    return [], 0


def term_parts(family: dict[Monomial, Number]) -> list[Part]:
    """Each term for itself, but D − D·K as −D·(K − 1), which is how the reach of a dilated kernel is written."""
    parts: list[Part] = []
    left = dict(family)
    for monomial, number in family.items():
        kernel = next((pair for pair in monomial if is_letter(pair[0], "kK") and pair[1] == 1), None)
        if kernel is None or len(monomial) < 2:
            continue
        others = tuple(pair for pair in monomial if pair != kernel)
        if left.get(others) == -number and monomial in left:
            del left[monomial], left[others]
            bracket = product_tree(magnitude(number), others, [])
            factors = bracket.factors if isinstance(bracket, Mul) else (bracket,)
            less = Sum((atom_tree(kernel[0]), Neg(1)))
            parts.append(Part(place(monomial), number < 0, Mul((*factors, less))))
    for monomial, number in left.items():
        parts.append(Part(place(monomial), number < 0, product_tree(magnitude(number), monomial, [])))
    return parts


def atom_tree(atom: Atom | Poly) -> Expr:
    match atom:
        case Floor(top, bottom):
            return Ratio(value_tree(top), value_tree(bottom), "floor")
        case Extreme(name, options):
            return Extremum(name, tuple(map(value_tree, options)))
        case Poly():
            return value_tree(atom)
    return atom
