"""The slow engine, that any other is compared with: every form at every point by the rules of trees."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

from convcalc.sweep.grid import places
from convcalc.sweep.points import numbers_at, outcome
from convcalc.sweep.question import SweepAnswer, SweepTally, point_of
from convcalc.sweep.structures import programs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcalc.algebra.expr import Number
    from convcalc.sweep.network import Swept
    from convcalc.sweep.points import Kept
    from convcalc.sweep.program import SweepProgram
    from convcalc.sweep.question import SweepQuestion


def points(program: SweepProgram) -> Iterator[tuple[dict[str, object], dict[str, Number]]]:
    """The points of a program's grid, the last axis moving first, and what is at the places of each."""
    for chosen in product(*(axis.points for axis in program.axes)):
        point = point_of(program.axes, chosen)
        yield point, numbers_at(program, point)


def answer_slowly(network: Swept, question: SweepQuestion) -> SweepAnswer:
    """Every point by itself, and then of all that are kept the best."""
    structures = list(programs(network, question))
    looked_at = places(question)
    unfit: dict[str, int] = {}
    rows: list[tuple[Kept, tuple[Any, ...]]] = []
    invalid: dict[int, tuple[Any, ...]] = {}
    excluded = 0
    in_order: list[tuple[Any, ...]] = []
    for place in looked_at:
        point = question.point(place)
        program = next(each for each in structures if all(point[name] == fixed for name, fixed in each.fixed.items()))
        found = outcome(network, question, program, point)
        if found is None:
            excluded += 1
        elif isinstance(found, str):
            unfit[found] = unfit.get(found, 0) + 1
            if question.keep_invalid:
                invalid[place] = (*point.values(), *(None for _ in question.columns), found)
                in_order.append(invalid[place])
        else:
            row = (*point.values(), *found.columns, *((None,) if question.keep_invalid else ()))
            rows.append((found, row))
            in_order.append(row)
    tally = SweepTally(len(looked_at), unfit, excluded, len(rows))
    if question.pareto:
        fronts = {kept.front for kept, _ in rows}
        rows = [(kept, row) for kept, row in rows if not any(beats(other, kept.front) for other in fronts)]
        in_order = [row for _, row in rows]
    if question.sort:
        in_order = [row for _, row in sorted(rows, key=lambda pair: pair[0].order)]
        in_order += [] if question.pareto else invalid.values()
    return SweepAnswer(in_order[: question.limit], tally)


def beats(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    """Whether one is nowhere worse than another, and somewhere better."""
    return one != other and all(mine <= theirs for mine, theirs in zip(one, other, strict=True))
