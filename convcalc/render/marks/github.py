"""Annotations that GitHub Actions shows beside the file: one line for every answer that is not right."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from convcalc.handin.files import printable_name
from convcalc.render.marks.feedback import feedback, summary

if TYPE_CHECKING:
    from convcalc.handin.classroom import Classroom
    from convcalc.marking.verdict import MarkedSubmission
    from convcalc.render.marks import MarkingRun

LEVELS = {"wrong": "error", "unreadable": "error", "missing": "warning", "consistent": "notice"}


def tail(run: MarkingRun, room: Classroom) -> str:
    return f"{run.stamp}\n"


def lines(marked: MarkedSubmission, run: MarkingRun) -> Iterator[str]:
    if marked.status != "marked":
        yield annotation("error", marked.source, "not marked", marked.reason)
        return
    for verdict in marked.verdicts:
        if verdict.state in LEVELS:
            yield annotation(
                LEVELS[verdict.state], marked.source, verdict.question.ask, feedback(verdict, marked, run).text
            )
    yield f"{summary(marked)}, {printable_name(marked.student)}"


def annotation(level: str, file: str, title: str, message: str) -> str:
    return f"::{level} file={fact(file)},title={fact(title)}::{data(message)}"


def data(text: str) -> str:
    """A message on one line, that cannot begin a command of its own."""
    lines = [printable_name(line, 2000) for line in text.split("\n")]
    return "%0A".join(line.replace("%", "%25") for line in lines)


def fact(text: str) -> str:
    return data(text).replace(":", "%3A").replace(",", "%2C")
