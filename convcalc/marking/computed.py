"""Answers that a program gives, marked: what is wrong of them is no slip of arithmetic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.marking.verdict import Diagnosis

if TYPE_CHECKING:
    from convcalc.marking.answers import AnswerOrigin
    from convcalc.marking.verdict import Response


def computed_response(response: Response, origin: AnswerOrigin) -> Response:
    """A wrong answer that a program gives: settings explain it, or what came before, and no slip of arithmetic."""
    if response.state != "wrong":
        return response
    carried = tuple(each for each in response.diagnoses if each.layers and response.own is not None)
    layers = (response.asked.question.layer,) * len(origin.codes)  # so that it is charged once for each layer
    diagnoses = (Diagnosis(origin.codes, layers),) if origin.codes else carried
    note = "read.program" if response.asked.question.form != "bound" else ""
    return response._replace(diagnoses=diagnoses, note=note, where=origin.place if note else "")
