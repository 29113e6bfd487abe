"""The slow engine, that any other is compared with: every form at every point by the rules of trees."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from convcalc.algebra.expr import evaluate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from convcalc.algebra.expr import Number
    from convcalc.closed_forms.table import Requirement, SizeTest
    from convcalc.sweep.program import SweepProgram


def points(program: SweepProgram) -> Iterator[tuple[dict[str, object], dict[str, Number]]]:
    """The points of a program's grid, the last axis moving first, and what is at the places of each."""
    for chosen in product(*(axis.points for axis in program.axes)):
        point = {
            name: value for axis, values in zip(program.axes, chosen, strict=True) for name, value in axis.at(values)
        }
        yield point, numbers_at(program, point)


def numbers_at(program: SweepProgram, point: Mapping[str, object]) -> dict[str, Number]:
    """The numbers at the places of a program."""
    numbers: dict[str, Number] = {str(place): value for place, value in enumerate(point.values())}  # type: ignore[misc]
    for place, tree in enumerate(program.forms, len(point)):
        numbers[str(place)] = evaluate(tree, numbers)
    return numbers


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
