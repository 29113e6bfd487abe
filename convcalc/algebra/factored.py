"""A symbolic value as a person would write it: products stay products, (H − 4)·(W − 4), and sums read as textbooks do.

Order of a sum: the highest degree first; of letters, sizes before paddings before kernels, so that W + 2·P − K reads
as everyone writes it; then floors by their divisor, which is the order of a network's stages; numbers last.
"""

from __future__ import annotations

from functools import lru_cache
from math import isqrt, lcm
from typing import TYPE_CHECKING, TypeAlias

from convcalc.algebra.expr import Expr, Extremum, Mul, Neg, Power, Ratio, Sum, divide
from convcalc.algebra.limits import bounded
from convcalc.algebra.poly import Extreme, Floor, Poly, common, content, symbols
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.algebra.poly import Atom, Monomial, Number

    Table: TypeAlias = dict[tuple[Monomial, Monomial], Number]  # of a product: one factor's monomials by the other's

MAX_TERMS = 400  # longer sums are written as they are


class Part(NamedTuple):
    """One term of a sum: its place, whether it is taken away, and what it says."""

    key: tuple[object, ...]
    minus: bool
    tree: Expr


@lru_cache(maxsize=4096)
def factored(value: Value) -> Expr:
    """The tree of a value; what it evaluates to is the value."""
    if not isinstance(value, Poly):
        return value if isinstance(value, int) else Ratio(value.numerator, value.denominator, "")
    number, monomial = content(value.terms.values()), common(value.terms)
    rest = divide(value, Poly({monomial: number}) if monomial else number)
    if not isinstance(rest, Poly):
        return product_of(bounded(number * rest), monomial, [])  # type: ignore[arg-type]  # a number
    if len(value.terms) > MAX_TERMS:
        return sum_of(value)
    factors = split(rest)
    if len(factors) > 1 and (sign := signed(factors, rest)):
        return product_of(number * sign, monomial, factors)
    # What all terms share goes before a bracket, F·(K²·C + 1), but 4·⌊H/4⌋ + 16 and (W − K)/S + 1 stay sums.
    if monomial and number.denominator == 1 and all(power > 0 for _, power in monomial):
        return product_of(number, monomial, [rest])
    return sum_of(value)


def signed(factors: list[Poly], product: Value) -> int:
    """1 where the factors make the product, -1 where they make its opposite: each has lost its sign."""
    made: Value = 1
    for factor in factors:
        made = made * factor
    return 1 if made == product else -1 if -made == product else 0


# Products.


def split(value: Value) -> list[Poly]:
    """The factors of a polynomial that can be told apart by their letters, (H − 4)·(W − 4), and squares of one."""
    if not isinstance(value, Poly):
        return []
    terms = value.terms
    if len(terms) == 1 or any(power < 0 for monomial in terms for _, power in monomial):
        return [value]
    for name in symbols(value):
        table = arranged(value, name)
        found = two_factors(table) if table else None
        if found:
            return [*split(found[0]), *split(found[1])]
    for name in symbols(value):
        pair = by_letter(value, name)
        if pair:
            return [*split(pair[0]), *split(pair[1])]
    return roots(value)


def by_letter(value: Poly, name: str) -> tuple[Poly, Poly] | None:
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
    other = divide(Poly(rest) if rest.keys() != {()} else rest[()], factor)
    second = Poly({((name, 1),): 1}) + other
    if not isinstance(second, Poly) or any(power < 0 for monomial in second.terms for _, power in monomial):
        return None
    return primitive(factor), primitive(second)


def arranged(value: Poly, name: str) -> Table | None:
    """Every coefficient by its monomial in the atoms of a letter and that in the others; None where one is empty."""
    table: Table = {}
    for monomial, number in value.terms.items():
        with_name = tuple(pair for pair in monomial if name in letters_of(pair[0]))
        table[with_name, tuple(pair for pair in monomial if pair not in with_name)] = number
    rows, columns = {row for row, _ in table}, {column for _, column in table}
    return table if len(rows) > 1 and len(columns) > 1 else None


def two_factors(table: Table, free: bool = False) -> tuple[Poly, Poly, Number] | None:
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
    constant: Number = divide(left.get((), 0) * right.get((), 0), pivot)  # type: ignore[assignment]  # of numbers
    if len(left) < 2 or len(right) < 2:
        return None
    return primitive(Poly(left)), primitive(Poly(right)), constant


def primitive(value: Poly) -> Poly:
    """The polynomial over its content, its first term positive."""
    number = content(value.terms.values())
    if value.terms[min(value.terms, key=place)] < 0:
        number = -number
    return value * divide(1, number)  # type: ignore[return-value]  # not constant


def roots(value: Poly) -> list[Poly]:
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
    return [primitive(Poly({((atom, 1),): 2 * a}) + (b + root)) for root in (-isqrt(inside), isqrt(inside))]  # type: ignore[arg-type]


def product_of(number: Number, monomial: Monomial, factors: list[Poly]) -> Expr:
    """number · letters · brackets, in the order of what they say first; divisors below a line."""
    counted: dict[Atom | Poly, int] = {}
    for atom, power in monomial:
        counted[atom] = counted.get(atom, 0) + power
    for factor in factors:
        base: Poly | Atom = factor
        if len(factor.terms) == 1:
            (((atom, _),),) = factor.terms
            base = atom
        counted[base] = counted.get(base, 0) + 1
    above = [raised(each, power) for each, power in sorted(counted.items(), key=first_said) if power > 0]
    below = [raised(each, -power) for each, power in sorted(counted.items(), key=first_said) if power < 0]
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


def raised(base: Atom | Poly, power: int) -> Expr:
    tree = atom_tree(base)
    return Power(tree, power) if power != 1 else tree


def first_said(pair: tuple[Atom | Poly, int]) -> tuple[object, ...]:
    """Letters and brackets of a product by the first letter in them; kernels before the others: K²·C."""
    base = pair[0]
    if isinstance(base, Poly):
        monomial = min(base.terms, key=place)
        return min((first_said((atom, 1)) for atom, _ in monomial), default=(9,))
    if isinstance(base, str):
        return (base[0] not in "kK", base, 0)
    name = min(letters_of(base), default="")
    return (True, name, 1, *bottom_of(base))


# Sums.


def sum_of(value: Poly) -> Expr:
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
        parts.append(fraction(tops, denominator, under))
    constant = plain.pop((), 0)
    for family in families(plain):
        found, less = bracketed(family) if len(family) > 2 else ([], 0)
        constant -= less
        parts += found or terms_of(family)
    parts.sort(key=lambda part: part.key)
    if constant:
        parts.append(Part((), constant < 0, magnitude(constant)))  # type: ignore[arg-type]  # whole
    return summed(parts)


def summed(parts: list[Part]) -> Expr:
    if parts[0].minus:  # a plus first, where there is one
        parts = sorted(parts, key=lambda part: part.minus)
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


def fraction(tops: dict[Monomial, Number], denominator: int, under: Monomial) -> Part:
    top = Poly(tops) if tops.keys() != {()} else tops[()]
    minus = all(number < 0 for number in tops.values())
    above = factored(-top if minus else top)
    sums = [atom for atom, power in under for _ in range(power) if isinstance(atom, Poly)]
    others = tuple(pair for pair in under if not isinstance(pair[0], Poly))
    # Sums divide one by one: (C + 1)·(C + 1) would be expanded when it is read back.
    bottoms: list[Expr] = [product_of(denominator, others, [])] if others or denominator != 1 else []
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


def bracketed(family: dict[Monomial, Number]) -> tuple[list[Part], Number]:
    """A·B with what must be taken from the constant: a·b − 4·a − 4·b = (a − 4)·(b − 4) − 16."""
    value = Poly(family)
    for name in symbols(value):
        table = arranged(value, name)
        found = two_factors(table, free=True) if table else None
        if found and found[2].denominator == 1:
            whole = value + found[2]
            tree = factored(whole)
            minus = isinstance(tree, Neg)
            return [Part(place(min(family, key=place)), minus, tree.term if isinstance(tree, Neg) else tree)], found[2]
    return [], 0


def terms_of(family: dict[Monomial, Number]) -> list[Part]:
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
            bracket = product_of(magnitude(number), others, [])
            factors = bracket.factors if isinstance(bracket, Mul) else (bracket,)
            less = Sum((atom_tree(kernel[0]), Neg(1)))
            parts.append(Part(place(monomial), number < 0, Mul((*factors, less))))
    for monomial, number in left.items():
        parts.append(Part(place(monomial), number < 0, product_of(magnitude(number), monomial, [])))
    return parts


@lru_cache(maxsize=4096)
def place(monomial: Monomial) -> tuple[object, ...]:
    """Sorts the terms of a sum; the constant comes last."""
    if not monomial:
        return (1,)
    kind = max((rank(atom) for atom, _ in monomial), default=0)
    degree = sum(power for _, power in monomial)
    return 0, -degree, kind, [(bottom_of(atom), -power, str(atom)) for atom, power in monomial]


def rank(atom: Atom) -> int:
    """Sizes, then paddings and strides, then kernels."""
    return 2 if is_letter(atom, "kK") else 1 if is_letter(atom, "pPsS") else 0


def is_letter(atom: Atom, initials: str) -> bool:
    return isinstance(atom, str) and atom[0] in initials


def bottom_of(atom: Atom) -> tuple[int, str]:
    """Letters, then floors by their divisor, then everything else."""
    if isinstance(atom, str):
        return 0, ""
    if isinstance(atom, Floor):
        return (atom.bottom, "") if isinstance(atom.bottom, int) else (1 << 60, str(atom.bottom))
    return 1 << 61, ""


@lru_cache(maxsize=4096)
def letters_of(atom: Atom) -> frozenset[str]:
    return frozenset((atom,) if isinstance(atom, str) else symbols(Poly({((atom, 1),): 1})))


def atom_tree(atom: Atom | Poly) -> Expr:
    match atom:
        case Floor(top, bottom):
            return Ratio(factored(top), factored(bottom), "floor")
        case Extreme(name, options):
            return Extremum(name, tuple(map(factored, options)))
        case Poly():
            return factored(atom)
    return atom
