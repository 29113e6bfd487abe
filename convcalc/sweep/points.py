"""What becomes of one point: it does not fit, a condition excludes it, or it is kept with a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import evaluate
from convcalc.sweep.requirements import holds, meets
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from convcalc.algebra.expr import Expr, Number
    from convcalc.sweep.network import Swept
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
    if not found.fits:
        return found.reason
    numbers: Any = {**network.memory, **point, **found.numbers}
    if not all(holds(size_test, numbers) for size_test in question.where):
        return None
    columns = tuple(numbers[name] for name in question.columns)
    return kept_with(question, columns, tuple(each.tree for each in (*question.pareto, *question.sort)), numbers)


def kept_with(question: SweepQuestion, columns: tuple[Any, ...], trees: tuple[Expr, ...], numbers: Any) -> Kept:
    signs = [1 if each.direction == "min" else -1 for each in (*question.pareto, *question.sort)]
    found = tuple(sign * value(tree, numbers) for sign, tree in zip(signs, trees, strict=True))
    return Kept(columns, found[: len(question.pareto)], found[len(question.pareto) :])


def numbers_at(program: SweepProgram, point: Mapping[str, object]) -> dict[str, Number]:
    """The numbers at the places of a program."""
    numbers: dict[str, Number] = {str(place): value for place, value in enumerate(point.values())}  # type: ignore[misc]
    for place, tree in enumerate(program.forms, len(point)):
        numbers[str(place)] = evaluate(tree, numbers)
    return numbers


def value(tree: Expr, numbers: Mapping[str, Number]) -> Number:
    return numbers[tree] if isinstance(tree, str) else evaluate(tree, numbers)
