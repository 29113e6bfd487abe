"""What becomes of one point: it does not fit, a condition excludes it, or it is kept with a row; what has to hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import Expr, Extremum, Mul, Neg, Power, Ratio, Sum, evaluate
from convcalc.closed_forms.table import Requirement, SizeTest, product
from convcalc.sweep.network import Swept, Unfit
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Number
    from convcalc.sweep.program import SweepProgram
    from convcalc.sweep.question import SweepQuestion


class Kept(NamedTuple):
    """A point that is kept: its columns, and the numbers of the objectives, the least being the best."""

    columns: tuple[Any, ...]
    front: tuple[Any, ...] = ()
    order: tuple[Any, ...] = ()


Outcome = Kept | str | None  # a str says why the network does not fit; None: a condition excludes the point


def outcome(network: Swept, question: SweepQuestion, program: SweepProgram, point: Mapping[str, object]) -> Outcome:
    """What becomes of a point, by the forms of its structure, or by the network there where these are not its own."""
    if program.is_worked_singly:
        return worked_outcome(network, question, point)
    numbers = numbers_at(program, {name: point[name] for name in program.names})
    if not all(meets(requirement, numbers) for requirement in program.alike):
        return worked_outcome(network, question, point)
    for need in program.needs:
        if not meets(need.requirement, numbers):
            return need.words
    if not all(meets(requirement, numbers) for requirement in program.exact):
        return worked_outcome(network, question, point)
    if not all(holds(size_test, numbers) for size_test in program.where):
        return None
    columns = tuple(value(program.columns[name], numbers) if name in program.columns else None
                    for name in question.columns)  # fmt: skip
    return kept_with(question, columns, program.objectives, numbers)


def worked_outcome(network: Swept, question: SweepQuestion, point: Mapping[str, object]) -> Outcome:
    """What becomes of a point by the network there."""
    found = network.outcome(point, question.asked)
    if isinstance(found, Unfit):
        return found.reason
    numbers: Any = {**network.memory, **point, **found}
    if not all(holds(size_test, numbers) for size_test in question.where):
        return None
    columns = tuple(numbers[name] for name in question.columns)
    return kept_with(question, columns, tuple(each.tree for each in question.objectives), numbers)


def kept_with(question: SweepQuestion, columns: tuple[Any, ...], trees: tuple[Expr, ...], numbers: Any) -> Kept:
    found = tuple(each.sign * value(tree, numbers) for each, tree in zip(question.objectives, trees, strict=True))
    return Kept(columns, found[: len(question.pareto)], found[len(question.pareto) :])


def numbers_at(program: SweepProgram, point: Mapping[str, object]) -> dict[str, Number]:
    """The numbers at the places of a program."""
    numbers: dict[str, Number] = {str(place): value for place, value in enumerate(point.values())}  # type: ignore[misc]
    for place, tree in enumerate(program.forms, len(point)):
        numbers[str(place)] = evaluate(tree, numbers)
    return numbers


def value(tree: Expr, numbers: Mapping[str, Number]) -> Number:
    return numbers[tree] if isinstance(tree, str) else evaluate(tree, numbers)


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
