"""Marks as JSON, by the schema convcalc/check/1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc import __version__
from convcalc.render.json_text import json_text
from convcalc.render.marks.feedback import feedback

if TYPE_CHECKING:
    from convcalc.handin.classroom import Classroom
    from convcalc.marking.verdict import Diagnosis, MarkedSubmission, Verdict
    from convcalc.render.marks import MarkingRun

SCHEMA = "convcalc/check/1"
BETWEEN = ",\n"


def head(run: MarkingRun) -> str:
    questions = [
        {"ask": question.ask, "points": number(question.points), "form": question.form} for question in run.questions
    ]
    facts = {
        "schema": SCHEMA, "convcalc": __version__, "assignment": run.title, "key": run.key,
        "out_of": number(run.out_of), "questions": questions,
    }  # fmt: skip
    return f'{json_text(facts)[:-1]}, "submissions": [\n'


def body(marked: MarkedSubmission, run: MarkingRun) -> str:
    return json_text(
        {
            "student": marked.student, "source": marked.source, "status": marked.status, "reason": marked.reason,
            "remarks": list(marked.remarks), "score": number(marked.score), "out_of": number(marked.out_of),
            "answers": [answer(verdict, marked, run) for verdict in marked.verdicts],
        }
    )  # fmt: skip


def tail(run: MarkingRun, room: Classroom) -> str:
    return "\n]}\n"


def answer(verdict: Verdict, marked: MarkedSubmission, run: MarkingRun) -> dict[str, Any]:
    found = feedback(verdict, marked, run)
    facts: dict[str, Any] = {
        "ask": verdict.question.ask, "given": verdict.given, "read": value(verdict.read), "state": verdict.state,
        "score": number(verdict.score), "points": number(verdict.question.points),
        "message": found.line, "hints": list(found.below), "note": verdict.note,
    }  # fmt: skip
    if run.tells_why:
        facts["diagnoses"] = [diagnosis(each) for each in verdict.diagnoses]
    if run.tells_all:
        facts["expected"] = value(verdict.question.expected)
    return facts


def diagnosis(found: Diagnosis) -> dict[str, Any]:
    return {"codes": list(found.codes), "layers": list(found.layers)}


def value(read: Any) -> Any:
    """A number or a list of them; a fraction or a formula as a string."""
    if isinstance(read, tuple):
        return [value(part) for part in read]
    if read is None or type(read) in (int, str):
        return read
    from convcalc.render.script import UNICODE

    return UNICODE.number(read)


def number(score: Any) -> int | float:
    """Points as a JSON number, never NaN."""
    return int(score) if getattr(score, "denominator", 1) == 1 else round(float(score), 6)
