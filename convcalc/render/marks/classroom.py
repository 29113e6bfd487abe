"""GitHub Classroom's JSON for one student."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.render.json_text import json_text
from convcalc.render.marks.feedback import feedback
from convcalc.render.marks.json import number

if TYPE_CHECKING:
    from convcalc.marking.verdict import MarkedSubmission
    from convcalc.render.marks import MarkingRun


def body(marked: MarkedSubmission, run: MarkingRun) -> str:
    tests: list[dict[str, Any]] = []
    for verdict in marked.verdicts:
        right = verdict.state in ("correct", "consistent")
        tests.append(
            {
                "name": verdict.question.ask,
                "status": "pass" if right else "error" if verdict.state == "unreadable" else "fail",
                "score": number(verdict.score),
                "max_score": number(verdict.question.points),
                "message": feedback(verdict, marked, run).text,
                "line_no": None,
            }
        )
    status = "error"
    if marked.status == "marked":
        status = "pass" if all(each["status"] == "pass" for each in tests) else "fail"
    else:
        tests.append({"name": "the answers", "status": "error", "score": 0, "message": marked.reason, "line_no": None})
    return json_text({"version": 1, "status": status, "max_score": number(run.out_of), "tests": tests}) + "\n"
