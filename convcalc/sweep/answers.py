"""The answer to the question of a sweep; where no point is left, which condition binds and what comes nearest to it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from convcalc.algebra.expr import Expr, Extremum, Neg, Sum
from convcalc.problem import Problem
from convcalc.sweep.engine import SweepEngine
from convcalc.sweep.question import Objective, SweepAnswer, SweepQuestion
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.closed_forms.table import SizeTest
    from convcalc.sweep.conditions import WrittenCondition
    from convcalc.sweep.engine import Progress
    from convcalc.sweep.network import Swept

MOST, SAMPLE = 2_000_000, 100_000  # points among which a near miss is looked for; of more of them a sample


def answer(network: Swept, question: SweepQuestion, progress: Progress | None = None) -> SweepAnswer:
    """The rows that are asked for, and what became of all points."""
    return answer_by(SweepEngine(network, question, progress=progress), question)


def answer_by(engine: SweepEngine, question: SweepQuestion) -> SweepAnswer:
    """The answer of an engine for a question."""
    if question.pareto:
        return best_of_front(engine, question)
    if question.sort:
        best = engine.best(sys.maxsize if question.limit is None else question.limit)
        rows = best.rows()
        if question.keep_invalid and (question.limit is None or len(rows) < question.limit):
            rows += [row for _, row in engine.rows() if row[-1] is not None]  # where the network does not fit
        return SweepAnswer(rows[: question.limit], engine.tally())
    rows = [row for _, row in islice(engine.rows(), question.limit)]
    kept = sum(row[-1] is None for row in rows) if question.keep_invalid else len(rows)
    return SweepAnswer(rows, engine.tally(kept if question.limit is None else None))


def best_of_front(engine: SweepEngine, question: SweepQuestion) -> SweepAnswer:
    front = engine.front(None if question.sort else question.limit)
    rows = [row for _, _, row in front.rows()]
    if question.sort:
        width = len(question.shown)
        rows = [row[:width] for row in sorted(rows, key=lambda row: row[width:])]
    return SweepAnswer(rows[: question.limit], engine.tally(), tuple(engine.notes(front)))


def rows(network: Swept, question: SweepQuestion) -> Iterator[tuple[object, ...]]:
    """The rows one after another in the order of the grid, for more of them than there is memory."""
    return (row for _, row in islice(SweepEngine(network, question).rows(), question.limit))


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
        columns = question._replace(columns=(), where=condition.tests, pareto=(), sort=()).asked
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
