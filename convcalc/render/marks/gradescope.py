"""Gradescope's results.json for one student."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc import __version__
from convcalc.render.json_text import json_text
from convcalc.render.marks.feedback import feedback, summary
from convcalc.render.marks.json import number
from convcalc.render.working.page import escape_markdown as escaped

if TYPE_CHECKING:
    from convcalc.marking.verdict import MarkedSubmission, Verdict
    from convcalc.render.marks import MarkingRun


def body(marked: MarkedSubmission, run: MarkingRun) -> str:
    whole = summary(marked) if marked.status == "marked" else f"Not marked: {marked.reason}"
    lines = [escaped(whole), *(escaped(remark) for remark in marked.remarks), escaped(run.stamp)]
    results = {
        "score": number(marked.score),
        "output": "\n\n".join(lines),
        "output_format": "md",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": [test(index, verdict, marked, run) for index, verdict in enumerate(marked.verdicts, 1)],
        "extra_data": {"status": marked.status, "convcalc": __version__, "key": run.key},
    }
    if not marked.verdicts:
        # An autograder without tests shows no score: one says why.
        results["tests"] = [
            {
                "score": 0, "max_score": number(run.out_of), "status": "failed", "name": "the answers", "number": "1",
                "output": whole, "output_format": "text", "visibility": "visible",
            }
        ]  # fmt: skip
    return json_text(results) + "\n"


def test(index: int, verdict: Verdict, marked: MarkedSubmission, run: MarkingRun) -> dict[str, Any]:
    found = feedback(verdict, marked, run)
    right = verdict.state in ("correct", "consistent")
    shows = run.tells_why and verdict.diagnoses
    return {
        "score": number(verdict.score),
        "max_score": number(verdict.question.points),
        "status": "passed" if right else "failed",
        "name": verdict.question.ask,
        "number": str(index),
        "output": found.text,
        "output_format": "text",
        "tags": list(verdict.diagnoses[0].codes) if shows else [],
        "visibility": "visible",
        "extra_data": {"state": verdict.state},
    }
