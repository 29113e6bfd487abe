"""Annotations that GitHub Actions shows beside the file: one line for every answer that is not right."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from convcalc.handin.files import shown
from convcalc.render.marks.feedback import said, summary

if TYPE_CHECKING:
    from convcalc.handin.classroom import Classroom
    from convcalc.marking.verdict import Marked
    from convcalc.render.marks import Run

LEVELS = {"wrong": "error", "unreadable": "error", "missing": "warning", "consistent": "notice"}


def tail(run: Run, room: Classroom) -> str:
    return f"{run.stamp}\n"


def lines(marked: Marked, run: Run) -> Iterator[str]:
    if marked.status != "marked":
        yield annotation("error", marked.source, "not marked", marked.reason)
        return
    for verdict in marked.verdicts:
        if verdict.state in LEVELS:
            yield annotation(
                LEVELS[verdict.state], marked.source, verdict.question.ask, said(verdict, marked, run).text
            )
    yield f"{summary(marked)}, {shown(marked.student)}"


def annotation(level: str, file: str, title: str, message: str) -> str:
    return f"::{level} file={fact(file)},title={fact(title)}::{data(message)}"


def data(text: str) -> str:
    """A message on one line, that cannot begin a command of its own."""
    lines = [shown(line, 2000) for line in text.split("\n")]
    return "%0A".join(line.replace("%", "%25") for line in lines)


def fact(text: str) -> str:
    return data(text).replace(":", "%3A").replace(",", "%2C")
