"""Feedback for one student in Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from convcalc.render.marks.feedback import feedback, summary, unanswered_text
from convcalc.render.working.page import escape_markdown as escaped

if TYPE_CHECKING:
    from convcalc.marking.verdict import MarkedSubmission
    from convcalc.render.marks import MarkingRun

SIGNS = {"correct": "✓", "consistent": "✓", "wrong": "✗", "missing": "–", "unreadable": "✗"}
BETWEEN = "\n"


def lines(marked: MarkedSubmission, run: MarkingRun) -> Iterator[str]:
    yield f"# {escaped(f'{run.title}: {marked.student}' if run.title else marked.student)}"
    yield ""
    if marked.status != "marked":
        yield f"**Not marked:** {escaped(marked.reason)}"
    else:
        yield f"**{escaped(summary(marked))}**"
        yield ""
        for verdict in marked.verdicts:
            if verdict.state == "missing" and not run.tells_all:
                continue
            found = feedback(verdict, marked, run)
            yield f"- {SIGNS[verdict.state]} {escaped(found.line)}"
            for line in found.below:
                yield f"  - {escaped(line)}"
        if (blanks := unanswered_text(marked)) and not run.tells_all:
            yield f"- – {escaped(blanks)}"
    for remark in marked.remarks:
        yield ""
        yield f"*{escaped(remark)}*"
    yield ""
    yield f"<sub>{escaped(run.stamp)}</sub>"
