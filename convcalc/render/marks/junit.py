"""Marks as JUnit XML: a suite for each student, a case for each question; unreadable is an error, blank is skipped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING

from convcalc import __version__
from convcalc.render.marks.feedback import feedback, points

if TYPE_CHECKING:
    from convcalc.handin.classroom import Classroom
    from convcalc.marking.verdict import MarkedSubmission, Verdict
    from convcalc.render.marks import MarkingRun

FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, 2.2


def head(run: MarkingRun) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="{safe(run.title)}">\n'


def tail(run: MarkingRun, room: Classroom) -> str:
    return "</testsuites>\n"


def body(marked: MarkedSubmission, run: MarkingRun) -> str:
    return "".join(suite(marked, run))


def suite(marked: MarkedSubmission, run: MarkingRun) -> Iterator[str]:
    count = {
        state: sum(verdict.state == state for verdict in marked.verdicts)
        for state in ("wrong", "missing", "unreadable")
    }
    unread = marked.status != "marked"
    yield (
        f'<testsuite name="{safe(marked.student)}" tests="{len(marked.verdicts) + unread}" '
        f'failures="{count["wrong"]}" errors="{count["unreadable"] + unread}" skipped="{count["missing"]}">\n'
    )
    facts = {
        "score": points(marked.score), "out_of": points(marked.out_of), "status": marked.status,
        "file": marked.source, "key": run.key, "convcalc": __version__,
    }  # fmt: skip
    held = "".join(f'<property name="{name}" value="{safe(value)}"/>' for name, value in facts.items())
    yield f"<properties>{held}</properties>\n"
    if unread:
        yield f'<testcase classname="{safe(marked.student)}" name="submission">'
        yield f'<error type="{safe(marked.status)}" message="{safe(marked.reason)}"/></testcase>\n'
    for verdict in marked.verdicts:
        yield f'<testcase classname="{safe(marked.student)}" name="{safe(verdict.question.ask)}">'
        yield f"{properties(verdict)}{outcome(verdict, marked, run)}</testcase>\n"
    yield "</testsuite>\n"


def properties(verdict: Verdict) -> str:
    return (
        f'<properties><property name="score" value="{points(verdict.score)}"/>'
        f'<property name="points" value="{points(verdict.question.points)}"/></properties>'
    )


def outcome(verdict: Verdict, marked: MarkedSubmission, run: MarkingRun) -> str:
    found = feedback(verdict, marked, run)
    if verdict.state == "wrong":
        shows = run.tells_why and verdict.diagnoses
        kind = " ".join(verdict.diagnoses[0].codes) if shows else "wrong"
        return f'<failure type="{safe(kind)}" message="{safe(found.line)}">{safe(chr(10).join(found.below))}</failure>'
    if verdict.state == "unreadable":
        return f'<error type="unreadable" message="{safe(found.line)}">{safe(chr(10).join(found.below))}</error>'
    if verdict.state == "missing":
        return f'<skipped message="{safe(found.line)}"/>'
    return ""


def safe(text: str) -> str:
    """Text for an attribute or an element, without the characters that XML 1.0 forbids."""
    return escape(FORBIDDEN.sub("", text)).replace("\n", "&#10;")
