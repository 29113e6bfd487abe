"""Values with letters as a table of forms, each of which is there once, as a tree over those before it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from math import lcm
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import Exact, Expr, ExprError, Extremum, Mul, Neg, Power, Ratio, Sum, evaluate
from convcalc.algebra.monomial import Atom, Extreme, Floor, Monomial, common_factor, inverse, monomial_order, multiply
from convcalc.layers.field import Half
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.condition import Condition
    from convcalc.algebra.expr import Number, Value

UNKNOWN = -1  # the place of what is not known


class SizeTest(NamedTuple):
    """Two trees over places: equal ("=="), different ("!="), at most ("<="), or a multiple of the other ("%")."""

    left: Expr
    operator: str
    right: Expr

    @property
    def sides(self) -> tuple[Expr, Expr]:
        return self.left, self.right


class Requirement(NamedTuple):
    """What holds where any of some comparisons does: without one, nowhere."""

    any_of: tuple[SizeTest, ...]


class FormTable:
    """Forms by their place, after the letters: the tree of place 7 is over `"0"`, …, `"6"`, which stand for places."""

    def __init__(self, letters: Mapping[str, int]):
        self.letters = tuple(letters)
        self.places: dict[Any, int] = {letter: place for place, letter in enumerate(letters)}
        self.trees: list[Expr] = []  # of the places after the letters
        self.fractions: set[int] = set()  # places of what need not be whole
        self.numbers: dict[str, Number] = {}  # what there is for the present values of the letters, by place
        self.numbers.update((str(self.places[letter]), number) for letter, number in letters.items())
        self.used: set[int] = set()  # letters

    def add(self, key: Any, tree: Expr) -> int:
        """The place of what a key stands for, whose form is a tree over places."""
        place = self.places[key] = len(self.letters) + len(self.trees)
        self.trees.append(tree)
        with suppress(ExprError):
            self.numbers[str(place)] = evaluate(tree, self.numbers)
        return place

    def place(self, value: Any) -> int:
        """The place of a whole value."""
        known = self.find(value)
        return known if known is not None else self.add(value, quotient(*self.fraction(value)))

    def find(self, key: Any) -> int | None:
        """The place of what has one; a letter is used then."""
        place = self.places.get(key)
        if place is not None and place < len(self.letters):
            self.used.add(place)
        return place

    def place_of_fraction(self, value: Any) -> int:
        """The place of a value that need not be whole; UNKNOWN for None."""
        if value is None:
            return UNKNOWN
        top, bottom = (value.top, 2) if isinstance(value, Half) else self.fraction(value)
        if bottom == 1:
            return self.place(value)
        known = self.find(("fraction", value))
        if known is None:
            known = self.add(("fraction", value), Ratio(top, bottom, ""))
            self.fractions.add(known)
        return known

    def place_of_product(self, value: Value, factors: tuple[Value, ...]) -> int:
        """The place of a product, by those of its factors."""
        known = self.find(value)
        if known is not None or not hasattr(value, "terms"):
            return self.place(value)
        return self.add(value, product([self.leaf(factor) for factor in factors]))

    def number(self, place: int) -> Number | None:
        """What stands at a place for the present values, if anything does."""
        return self.numbers.get(str(place))

    def tree_at(self, place: int) -> Expr:
        """What stands at a place: a letter's own place, or the form."""
        return str(place) if place < len(self.letters) else self.trees[place - len(self.letters)]

    def size_test(self, condition: Condition) -> SizeTest:
        """A condition in whole numbers: a/b ≤ c/d as ad ≤ cb, for letters and divisors are positive."""
        (a, b), (c, d) = self.fraction(condition.left), self.fraction(condition.right)
        return SizeTest(product([a, d]), condition.operator, product([c, b]))

    # Trees over places

    def leaf(self, value: Value) -> Expr:
        return value if isinstance(value, int) else str(self.place(value))

    def fraction(self, value: Value) -> tuple[Expr, Expr]:
        """A value as a quotient of trees that are whole for whole atoms."""
        if not hasattr(value, "terms"):
            return value.numerator, value.denominator
        known = self.find(value)
        if known is not None:
            return str(known), 1
        shared = common_factor(value.terms)
        below = tuple((atom, power) for atom, power in shared if power < 0)
        bottom = lcm(*(number.denominator for number in value.terms.values()))
        terms = {multiply(monomial, inverse(shared)): int(number * bottom) for monomial, number in value.terms.items()}
        divisor = product([bottom, *self.factors(inverse(below))])
        common = self.factors(tuple((atom, power) for atom, power in shared if power > 0))
        return product([*common, self.sum(terms)]), divisor

    def sum(self, terms: Mapping[Monomial, int]) -> Expr:
        parts: list[Expr] = []
        for monomial in sorted(terms, key=monomial_order):
            number = terms[monomial]
            part = product([abs(number), *self.factors(monomial)])
            parts.append(Neg(part) if number < 0 else part)
        return Sum(tuple(parts)) if len(parts) > 1 else parts[0]

    def factors(self, monomial: Monomial) -> list[Expr]:
        return [Power(self.atom(atom), power) if power > 1 else self.atom(atom) for atom, power in monomial]

    def atom(self, atom: Atom) -> Expr:
        known = self.find(atom)
        if known is None:
            match atom:
                case Floor(top, bottom):
                    (above, below), (more, less) = self.fraction(top), self.fraction(bottom)
                    tree: Expr = Ratio(product([above, less]), product([below, more]), "floor")
                case Extreme(name, options):
                    tree = Extremum(name, tuple(quotient(*self.fraction(option)) for option in options))
                case _:
                    return self.leaf(atom)  # type: ignore[arg-type]  # a letter has a place
            known = self.add(atom, tree)
        return str(known)


def product(factors: list[Expr]) -> Expr:
    """The factors but for ones."""
    found = [factor for factor in factors if factor != 1]
    return Mul(tuple(found)) if len(found) > 1 else found[0] if found else 1


def quotient(top: Expr, bottom: Expr) -> Expr:
    if bottom == 1:
        return top
    return Exact(top, bottom, "") if isinstance(top, int) and isinstance(bottom, int) else Ratio(top, bottom, "")
