"""The answer to the question of a sweep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.sweep.reference import answer_slowly

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from convcalc.sweep.network import Swept
    from convcalc.sweep.question import SweepAnswer, SweepQuestion

    Progress = Callable[[int, int], None]  # how many points of how many are done


def answer(network: Swept, question: SweepQuestion, progress: Progress | None = None) -> SweepAnswer:
    """The rows that are asked for, and what became of all points."""
    return answer_slowly(network, question)


def rows(network: Swept, question: SweepQuestion, progress: Progress | None = None) -> Iterator[tuple[object, ...]]:
    """The rows one after another, for more of them than there is memory."""
    yield from answer(network, question, progress).rows
