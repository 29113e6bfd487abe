"""Marks as JUnit XML: a suite for each student, a case for each question; unreadable is an error, blank is skipped."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING

from convcalc import __version__
from convcalc.render.marks import MarksWriter
from convcalc.render.marks.feedback import feedback, points

if TYPE_CHECKING:
    from convcalc.handin.classroom import Classroom
    from convcalc.marking.verdict import MarkedSubmission, Verdict

FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, 2.2
ELEMENTS = {"wrong": "failure", "unreadable": "error", "missing": "skipped"}


class JunitMarks(MarksWriter):
    def head(self) -> str:
        return f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="{safe(self.run.title)}">\n'

    def tail(self, room: Classroom) -> str:
        return "</testsuites>\n"

    def body(self, marked: MarkedSubmission) -> str:
        return "".join(self.suite(marked))

    def suite(self, marked: MarkedSubmission) -> Iterator[str]:
        count = Counter(verdict.state for verdict in marked.verdicts)
        unread = marked.status != "marked"
        yield (
            f'<testsuite name="{safe(marked.student)}" tests="{len(marked.verdicts) + unread}" '
            f'failures="{count["wrong"]}" errors="{count["unreadable"] + unread}" skipped="{count["missing"]}">\n'
        )
        facts = {
            "score": points(marked.score), "out_of": points(marked.out_of), "status": marked.status,
            "file": marked.source, "key": self.run.key, "convcalc": __version__,
        }  # fmt: skip
        yield f"{properties(facts)}\n"
        if unread:
            yield f'<testcase classname="{safe(marked.student)}" name="submission">'
            yield f'<error type="{safe(marked.status)}" message="{safe(marked.reason)}"/></testcase>\n'
        for verdict in marked.verdicts:
            score = {"score": points(verdict.score), "points": points(verdict.question.points)}
            yield f'<testcase classname="{safe(marked.student)}" name="{safe(verdict.question.ask)}">'
            yield f"{properties(score)}{self.outcome(verdict, marked)}</testcase>\n"
        yield "</testsuite>\n"

    def outcome(self, verdict: Verdict, marked: MarkedSubmission) -> str:
        if verdict.state not in ELEMENTS:
            return ""
        found, element, kind = feedback(verdict, marked, self.run), ELEMENTS[verdict.state], verdict.state
        if verdict.state == "missing":
            return f'<{element} message="{safe(found.line)}"/>'
        if verdict.state == "wrong" and self.run.tells_why and verdict.diagnoses:
            kind = " ".join(verdict.diagnoses[0].codes)
        below = safe("\n".join(found.below))
        return f'<{element} type="{safe(kind)}" message="{safe(found.line)}">{below}</{element}>'


def properties(facts: dict[str, str]) -> str:
    held = "".join(f'<property name="{name}" value="{safe(value)}"/>' for name, value in facts.items())
    return f"<properties>{held}</properties>"


def safe(text: str) -> str:
    """Text for an attribute or an element, without the characters that XML 1.0 forbids."""
    return escape(FORBIDDEN.sub("", text)).replace("\n", "&#10;")
