"""What has to hold at a point, in whole numbers, and whether it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.algebra.expr import Extremum, Mul, Neg, Power, Ratio, Sum, evaluate
from convcalc.closed_forms.table import SizeTest, product

if TYPE_CHECKING:
    from collections.abc import Mapping

    from convcalc.algebra.expr import Expr, Number
    from convcalc.closed_forms.table import Requirement


def meets(requirement: Requirement, numbers: Mapping[str, Number]) -> bool:
    return any(holds(size_test, numbers) for size_test in requirement.any_of)


def holds(size_test: SizeTest, numbers: Mapping[str, Number]) -> bool:
    left, right = evaluate(size_test.left, numbers), evaluate(size_test.right, numbers)
    match size_test.operator:
        case "==":
            return left == right
        case "!=":
            return left != right
        case "%":
            return left % right == 0
    return left <= right


def whole_test(left: Expr, operator: str, right: Expr) -> SizeTest:
    """A comparison without fractions: a/b ≤ c/d as ad ≤ cb, for what divides is not below 0."""
    (a, b), (c, d) = quotient(left), quotient(right)
    return SizeTest(product([a, d]), operator, product([c, b]))


def quotient(tree: Expr) -> tuple[Expr, Expr]:
    """A tree as a quotient of two, in which no fraction is left."""
    match tree:
        case Ratio(top, bottom, rounding):
            (a, b), (c, d) = quotient(top), quotient(bottom)
            above, below = product([a, d]), product([b, c])
            return (Ratio(above, below, rounding), 1) if rounding else (above, below)
        case Neg(term):
            top, bottom = quotient(term)
            return Neg(top), bottom
        case Power(base, exponent):
            top, bottom = quotient(base)
            return Power(top, exponent), bottom if bottom == 1 else Power(bottom, exponent)
        case Mul(parts):
            pairs = [quotient(part) for part in parts]
            return product([top for top, _ in pairs]), product([bottom for _, bottom in pairs])
        case Sum(parts) | Extremum(_, parts):
            pairs = [quotient(part) for part in parts]
            tops = tuple(
                product([top, *(bottom for other, (_, bottom) in enumerate(pairs) if other != place)])
                for place, (top, _) in enumerate(pairs)
            )
            made = Sum(tops) if isinstance(tree, Sum) else Extremum(tree.name, tops)
            return made, product([bottom for _, bottom in pairs])
    return tree, 1


def demand(words: str) -> str:
    """What must be for the network to fit, of what is where that fits: H must be at least 63."""
    for verb, must in ((" is ", "must be"), (" divides ", "must divide")):
        subject, said, rest = words.partition(verb)
        if said:
            return f"{subject} {must} {rest}"
    return f"{words} must hold"
