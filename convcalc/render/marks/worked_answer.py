"""The right answer to a question, worked as `convcalc explain` works it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from convcalc.network.quantity import QUANTITIES
from convcalc.questions import explain
from convcalc.render.working.page import PageStyle, text
from convcalc.render.working.works import WorkedOptions, rows

if TYPE_CHECKING:
    from convcalc.marking.key import AnswerKey
    from convcalc.marking.verdict import KeyQuestion
    from convcalc.network.walk import NetworkReport
    from convcalc.questions.work import Worked


def worked_answer(key: AnswerKey, question: KeyQuestion) -> Iterator[str]:
    """Lines of arithmetic; none for a quantity that is not worked out, or where no network is asked."""
    asked = key.find(question.ask)
    if asked is None or asked.network is None or question.quantity not in QUANTITIES:
        return
    found = works(asked.network.report, asked.at_last_layer.index, question.quantity)
    for line in "".join(text(rows(found, WorkedOptions()), PageStyle())).splitlines():
        yield " ".join(line.split())


def works(report: NetworkReport, index: int, quantity: str) -> tuple[Worked, ...]:
    wanted = explain.ExplanationRequest((quantity,))
    explainer = explain.Explainer(report, wanted, (quantity,), True)
    if index < 0:
        return tuple(explainer.totals())
    return tuple(explainer.works(report.layers[index]))
