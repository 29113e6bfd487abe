"""check50's JSON for one student."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc import __version__
from convcalc.render.json_text import json_text
from convcalc.render.marks.feedback import feedback, shorten, value
from convcalc.render.marks.json import number

if TYPE_CHECKING:
    from convcalc.marking.verdict import MarkedSubmission, Verdict
    from convcalc.render.marks import MarkingRun

PASSED = {"correct": True, "consistent": True, "wrong": False, "unreadable": False, "missing": None}


def body(marked: MarkedSubmission, run: MarkingRun) -> str:
    results = [result(verdict, marked, run) for verdict in marked.verdicts]
    facts: dict[str, Any] = {"slug": run.title, "version": __version__, "results": results}
    if marked.status != "marked":
        facts["error"] = {"type": marked.status, "value": marked.reason, "traceback": [], "actions": {}, "data": {}}
    facts["data"] = {
        "student": marked.student, "key": run.key, "score": number(marked.score), "out_of": number(marked.out_of),
    }  # fmt: skip
    return json_text(facts) + "\n"


def result(verdict: Verdict, marked: MarkedSubmission, run: MarkingRun) -> dict[str, Any]:
    found = feedback(verdict, marked, run)
    passed = PASSED[verdict.state]
    cause: dict[str, Any] | None = None
    if not passed:
        cause = {"rationale": found.line, "help": "\n".join(found.below) or None}
        if verdict.state == "wrong":
            shows = run.tells_all
            cause["expected"] = value(verdict.question.expected) if shows else None
            cause["actual"] = shorten(verdict.given)
    return {
        "name": verdict.question.ask,
        "description": found.line if passed else f"{verdict.question.ask} is right",
        "passed": passed,
        "log": [],
        "cause": cause,
        "data": {"state": verdict.state, "score": number(verdict.score), "points": number(verdict.question.points)},
        "dependency": None,
    }
