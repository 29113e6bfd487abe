"""Marks on a terminal in the style of check50: `:)`, `:(` or `:|`, and the hints below."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from convcalc.render.errors import BOLD, PLAIN, RED, YELLOW
from convcalc.render.marks.feedback import feedback, summary, unanswered_text
from convcalc.render.script import ASCII, UNICODE

if TYPE_CHECKING:
    from convcalc.handin.classroom import Classroom
    from convcalc.marking.verdict import MarkedSubmission
    from convcalc.render.marks import MarkingRun

GREEN = "\x1b[32;1m"
COLOURS = {":)": GREEN, ":(": RED, ":|": YELLOW}
BETWEEN = "\n"


def lines(marked: MarkedSubmission, run: MarkingRun) -> Iterator[str]:
    name = plainly(f"{marked.student}, {run.title}" if run.title else marked.student, run)
    yield paint(name, BOLD, run)
    if marked.status != "marked":
        yield f"{paint(':(', RED, run)} not marked: {plainly(marked.reason, run)}"
        return
    for verdict in marked.verdicts:
        if verdict.state == "missing" and not run.tells_all:
            continue
        found = feedback(verdict, marked, run)
        yield f"{paint(found.sign, COLOURS[found.sign], run)} {plainly(found.line, run)}"
        yield from (f"    {plainly(line, run)}" for line in found.below)
    if (blanks := unanswered_text(marked)) and not run.tells_all:
        yield f"{paint(':|', YELLOW, run)} {plainly(blanks, run)}"
    yield plainly(summary(marked), run)
    yield from (f"({plainly(remark, run)})" for remark in marked.remarks)


def tail(run: MarkingRun, room: Classroom) -> str:
    count = ""
    if run.several:
        left = f", {len(room.not_marked)} not" if room.not_marked else ""
        count = f"{room.marked} of {room.handed_in} submissions marked{left}; "
    return f"\n({count}{run.stamp})\n"


def paint(text: str, colour: str, run: MarkingRun) -> str:
    return f"{colour}{text}{PLAIN}" if run.colour else text


def plainly(words: str, run: MarkingRun) -> str:
    """Text without control characters, in ASCII if the terminal has no more."""
    return UNICODE.escape(words) if run.unicode else ASCII.escape(words.replace("×", "x"))
