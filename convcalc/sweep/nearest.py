"""Where no point is left: which condition binds, and which point comes nearest to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.algebra.expr import Extremum, Neg, Sum, letters
from convcalc.problem import Problem
from convcalc.sweep.question import Objective
from convcalc.sweep.run import answer
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from convcalc.algebra.expr import Expr
    from convcalc.closed_forms.table import SizeTest
    from convcalc.sweep.conditions import WrittenCondition
    from convcalc.sweep.network import Swept
    from convcalc.sweep.question import SweepQuestion

MOST, SAMPLE = 2_000_000, 100_000  # points that are looked at; of more of them a sample


class NearMiss(NamedTuple):
    """What would be left without one of the conditions: how many points, and the one that misses it least."""

    condition: str
    points: int
    nearest: dict[str, object]  # the swept names
    found: dict[str, object]  # the quantities of the condition there
    is_sample: bool


def near_misses(network: Swept, question: SweepQuestion, conditions: Sequence[WrittenCondition]) -> Iterator[NearMiss]:
    """Those conditions without which there are points, each by itself."""
    is_sample = question.sample is None and question.size // question.shard[1] > MOST
    for place, condition in enumerate(conditions):
        others = [each for other, each in enumerate(conditions) if other != place]
        named = dict.fromkeys(
            name for test in condition.tests for tree in (test.left, test.right) for name in letters(tree)
        )
        columns = tuple(name for name in named if name not in question.names)
        asked = question._replace(
            columns=columns, where=tuple(test for each in others for test in each.tests), pareto=(), limit=1,
            sort=(Objective("min", miss(condition.tests), condition.text),), keep_invalid=False,
            sample=SAMPLE if is_sample else question.sample,
        )  # fmt: skip
        try:
            found = answer(network, asked)
        except Problem:  # more than can be looked at
            continue
        if found.rows:
            values = dict(zip(asked.shown, found.rows[0], strict=True))
            nearest = {name: values[name] for name in question.names}
            quantities = {name: values[name] for name in columns}
            yield NearMiss(condition.text, found.tally.kept, nearest, quantities, is_sample)


def miss(tests: Sequence[SizeTest]) -> Expr:
    """By how much the comparisons fail at most."""
    found: list[Expr] = []
    for left, operator, right in tests:
        difference = Sum((left, Neg(right)))
        if operator == "<=":
            found.append(difference)
        elif operator == "==":
            found += [difference, Neg(difference)]
    return Extremum("max", tuple(found)) if len(found) > 1 else found[0] if found else 0
