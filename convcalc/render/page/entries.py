"""Values with letters as JavaScript: a table of forms, each of which is written once, by those before it."""

from __future__ import annotations

from contextlib import suppress
from math import lcm
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import Exact, ExprError, Extremum, Mul, Neg, Power, Ratio, Sum, evaluate
from convcalc.algebra.monomial import Extreme, Floor, common_factor, inverse, monomial_order, multiply
from convcalc.algebra.notation import write, write_factor
from convcalc.algebra.poly import Poly
from convcalc.layer.field import Half

if TYPE_CHECKING:
    from collections.abc import Mapping

    from convcalc.algebra.condition import Condition
    from convcalc.algebra.expr import Expr, Number, Value
    from convcalc.algebra.monomial import Atom, Monomial

UNKNOWN = -1  # the place of what is not known
COMPARED = {"==": "===", "<=": "<="}


class FormTable:
    """Forms in their order: the letters first, which have none; `v(3)` is the value of the fourth."""

    def __init__(self, letters: Mapping[str, int]):
        self.places: dict[Any, int] = {}
        self.written: list[str] = []
        self.numbers: dict[str, Number] = {}  # what they are for the present values of the letters
        for letter, number in letters.items():
            self.places[letter] = len(self.places)
            self.numbers[f"v({self.places[letter]})"] = number
        self.count = self.letters = len(self.places)
        self.used: set[int] = set()  # letters

    def add(self, key: Any, tree: Expr, text: str = "") -> int:
        """The place of what a key stands for, whose form is a tree over places."""
        place = self.places[key] = self.count
        self.count += 1
        self.written.append(text or write(tree, "javascript"))
        with suppress(ExprError):
            self.numbers[f"v({place})"] = evaluate(tree, self.numbers)
        return place

    def place(self, value: Any) -> int:
        """The place of a whole value."""
        known = self.find(value)
        return known if known is not None else self.add(value, quotient(*self.fraction(value)))

    def find(self, key: Any) -> int | None:
        """The place of what has one; a letter is used then."""
        place = self.places.get(key)
        if place is not None and place < self.letters:
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
        if known is not None:
            return known
        text = f"fraction({write(top, 'javascript')}, {write(bottom, 'javascript')})"
        return self.add(("fraction", value), Ratio(top, bottom, ""), text)

    def place_of_product(self, value: Value, factors: tuple[Value, ...]) -> int:
        """The place of a product, by those of its factors."""
        known = self.find(value)
        if known is not None or not isinstance(value, Poly):
            return self.place(value)
        return self.add(value, product([self.leaf(factor) for factor in factors]))

    def number(self, place: int) -> Number | None:
        """What stands at a place for the present values, if anything does."""
        return self.numbers.get(f"v({place})")

    def test(self, condition: Condition) -> str:
        """Whether a condition holds, in whole numbers: a/b ≤ c/d as ad ≤ cb, for letters and divisors are positive."""
        (a, b), (c, d) = self.fraction(condition.left), self.fraction(condition.right)
        left, right = product([a, d]), product([c, b])
        if condition.operator == "%":
            return f"{write_factor(left, 'javascript')} % {write_factor(right, 'javascript')} === 0n"
        return f"{write(left, 'javascript')} {COMPARED[condition.operator]} {write(right, 'javascript')}"

    # Trees over places

    def leaf(self, value: Value) -> Expr:
        return value if isinstance(value, int) else f"v({self.place(value)})"

    def fraction(self, value: Value) -> tuple[Expr, Expr]:
        """A value as a quotient of trees that are whole for whole atoms."""
        if not isinstance(value, Poly):
            return value.numerator, value.denominator
        known = self.find(value)
        if known is not None:
            return f"v({known})", 1
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
        return f"v({known})"


def product(factors: list[Expr]) -> Expr:
    """The factors but for ones."""
    found = [factor for factor in factors if factor != 1]
    return Mul(tuple(found)) if len(found) > 1 else found[0] if found else 1


def quotient(top: Expr, bottom: Expr) -> Expr:
    if bottom == 1:
        return top
    return Exact(top, bottom, "") if isinstance(top, int) and isinstance(bottom, int) else Ratio(top, bottom, "")
