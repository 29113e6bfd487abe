"""Many formulas evaluated at once: a part that several of them share is worked out once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial, reduce
from operator import add, mul, neg
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import ROUND, Expr, Extremum, Mul, Neg, Power, Ratio, Sum, children, extremum, letters, power
from convcalc.algebra.limits import ExprError, lowest_terms

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value


def sum_of(*terms: Value) -> Value:
    return lowest_terms(reduce(add, terms))


def product_of(*factors: Value) -> Value:
    return lowest_terms(reduce(mul, factors))


def sum_of_two(one: Value, other: Value) -> Value:
    return lowest_terms(one + other)


def product_of_two(one: Value, other: Value) -> Value:
    return lowest_terms(one * other)


EXTREMA = {name: partial(extremum, name) for name in ("min", "max")}


def operation(tree: Expr) -> Callable[..., Value]:
    """The function that gives a node's value from those of its children."""
    match tree:
        case Sum(terms):
            return sum_of_two if len(terms) == 2 else sum_of
        case Mul(factors):
            return product_of_two if len(factors) == 2 else product_of
        case Neg():
            return neg
        case Ratio(rounding=rounding):
            return ROUND[rounding]
        case Power():
            return power
        case Extremum(name=name):
            return EXTREMA[name]
    raise TypeError(f"not a formula: {type(tree).__name__}")


class JointFormulas:
    """A straight-line program for formulas: leaves first, then each distinct operation on what comes before it."""

    def __init__(self, trees: Iterable[Expr]):
        trees = tuple(trees)
        self.names = tuple(dict.fromkeys(letter for tree in trees for letter in letters(tree)))
        self.numbers: list[int] = []
        self.steps: list[tuple[Callable[..., Value], tuple[int, ...]]] = []
        leaves: dict[Expr, int] = {name: place for place, name in enumerate(self.names)}
        number_leaves(trees, leaves, self.numbers)
        known: dict[Any, int] = {}

        def place(tree: Expr) -> int:
            if isinstance(tree, int | str):
                return leaves[tree]
            step = (operation(tree), tuple(map(place, children(tree))))
            if step not in known:
                known[step] = len(leaves) + len(self.steps)
                self.steps.append(step)
            return known[step]

        self.results = list(map(place, trees))

    def values(self, known: Mapping[str, Value]) -> list[Value | None]:
        """The value of each formula, as `evaluate` has it; None where it has none."""
        found: list[Any] = [*map(known.get, self.names), *self.numbers]
        for function, places in self.steps:
            try:
                found.append(function(*[found[place] for place in places]))
            except (ExprError, TypeError, ZeroDivisionError):  # of what has no value, nothing has one
                found.append(None)
        return [found[place] for place in self.results]


def number_leaves(trees: Iterable[Expr], leaves: dict[Expr, int], numbers: list[int]) -> None:
    """A place for each number in the trees, behind the letters."""
    for tree in trees:
        if isinstance(tree, int) and tree not in leaves:
            leaves[tree] = len(leaves)
            numbers.append(tree)
        number_leaves(children(tree), leaves, numbers)
