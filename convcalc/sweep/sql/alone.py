"""Points at which the closed forms are not the network's, and are worked by the network itself: which these are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any

from convcalc.problem import Problem, problem
from convcalc.sweep.bounds import CornerNumbers
from convcalc.sweep.grid import part_of_grid
from convcalc.sweep.points import meets
from convcalc.sweep.question import Axis, SweepQuestion, point_of

if TYPE_CHECKING:
    from convcalc.closed_forms.table import Requirement
    from convcalc.sweep.program import SweepProgram
    from convcalc.sweep.sql.structure import StructureQuery

MAX_ALONE = 500  # points whose rows are in a query as they are
MAX_TRIED = 200_000  # points at which it is looked whether the forms are the network's


def points_alone(
    structure: StructureQuery, alike: Iterable[Requirement], exact: Iterable[Requirement] = ()
) -> list[dict[str, object]]:
    """The points of a structure at which the forms are not the network's; a Problem where these are many.

    Where the network does not fit by needs that are its own, it is no matter what else would be exact.
    """
    found: dict[tuple[Any, ...], None] = {}
    for requirement, needs in (
        *((each, ()) for each in alike),
        *((each, tuple(need for need, _ in structure.needs)) for each in exact),
    ):
        for chosen in failing_points(structure, requirement, needs):
            found[chosen] = None
            if len(found) > MAX_ALONE:
                raise too_many(structure.program)
    return [point_of(structure.program.axes, chosen) for chosen in found]


def failing_points(
    structure: StructureQuery, requirement: Requirement, needs: Iterable[Requirement]
) -> Iterator[tuple[Any, ...]]:
    """The points at which a requirement does not hold, but for those at which a need of the same axes does not."""
    program = structure.program
    asked = axes_of(structure, requirement)
    tried = [axis.points if axis in asked else axis.points[:1] for axis in program.axes]
    if prod(map(len, tried)) > MAX_TRIED:
        raise too_many(program)
    told = [need for need in needs if axes_of(structure, need) <= asked]
    for chosen in product(*tried):
        values: Any = [value for values in chosen for value in values]
        numbers = CornerNumbers(program.forms, values)
        if not meets(requirement, numbers) and all(meets(need, numbers) for need in told):
            pairs = zip(chosen, program.axes, strict=True)
            yield from product(*([values] if axis in asked else axis.points for values, axis in pairs))


def axes_of(structure: StructureQuery, requirement: Requirement) -> set[Axis]:
    """The axes by which it is decided whether a requirement holds."""
    used = structure.used(side for test in requirement.any_of for side in test.sides)
    place, found = 0, set()
    for axis in structure.program.axes:
        if any(str(place + number) in used for number in range(len(axis.names))):
            found.add(axis)
        place += len(axis.names)
    return found


def too_many(program: SweepProgram) -> Problem:
    fixed = ", ".join(f"{name} = {value}" for name, value in program.fixed.items())
    message = f"{f'with {fixed} ' if fixed else ''}the network has no closed forms at many of the points"
    return problem("U010", message, "leave out --sql and --engine, or the smallest sizes, such as those of maps of 1×1")


def is_in_part(question: SweepQuestion, point: Mapping[str, object]) -> bool:
    """Whether a point is in the part of the grid that is asked for."""
    place = 0
    for axis in question.axes:
        place = place * len(axis.points) + axis.points.index(tuple(point[name] for name in axis.names))
    return place in part_of_grid(question)
