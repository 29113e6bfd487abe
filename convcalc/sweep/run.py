"""The answer to the question of a sweep."""

from __future__ import annotations

import sys
from itertools import islice
from typing import TYPE_CHECKING

from convcalc.sweep.engine import SweepEngine
from convcalc.sweep.question import SweepAnswer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcalc.sweep.engine import Progress
    from convcalc.sweep.network import Swept
    from convcalc.sweep.question import SweepQuestion, SweepTally


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
            rows += [row for _, row in engine.invalid_rows()]
        return SweepAnswer(rows[: question.limit], engine.tally())
    rows = [row for _, row in islice(engine.rows(), question.limit)]
    if question.limit is None:
        kept = sum(row[-1] is None for row in rows) if question.keep_invalid else len(rows)
        return SweepAnswer(rows, engine.tally(kept))
    return SweepAnswer(rows, engine.tally())


def best_of_front(engine: SweepEngine, question: SweepQuestion) -> SweepAnswer:
    front = engine.front(None if question.sort else question.limit)
    rows = [row for _, _, row in front.rows()]
    if question.sort:
        width = len(question.shown)
        rows = [row[:width] for row in sorted(rows, key=lambda row: row[width:])]
    return SweepAnswer(rows[: question.limit], engine.tally(), tuple(engine.notes(front)))


def rows(network: Swept, question: SweepQuestion, progress: Progress | None = None) -> Iterator[tuple[object, ...]]:
    """The rows one after another, for more of them than there is memory."""
    if question.pareto or question.sort:
        yield from answer(network, question, progress).rows
    else:
        for _, row in islice(SweepEngine(network, question).rows(), question.limit):
            yield row


def count(network: Swept, question: SweepQuestion) -> SweepTally:
    """What becomes of the points, without a row of them."""
    return SweepEngine(network, question).tally()
