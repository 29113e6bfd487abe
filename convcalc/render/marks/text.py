"""Marks on a terminal in the style of check50: `:)`, `:(` or `:|`, and the hints below."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from convcalc.render.errors import BOLD, RED, YELLOW, paint
from convcalc.render.marks.feedback import feedback, summary, unanswered_text
from convcalc.render.script import plainly

if TYPE_CHECKING:
    from convcalc.handin.classroom import Classroom
    from convcalc.marking.verdict import MarkedSubmission
    from convcalc.render.marks import MarkingRun

GREEN = "\x1b[32;1m"
COLOURS = {":)": GREEN, ":(": RED, ":|": YELLOW}
BETWEEN = "\n"


def lines(marked: MarkedSubmission, run: MarkingRun) -> Iterator[str]:
    name = plainly(f"{marked.student}, {run.title}" if run.title else marked.student, run.unicode)
    yield paint(name, BOLD, run.colour)
    if marked.status != "marked":
        yield f"{paint(':(', RED, run.colour)} not marked: {plainly(marked.reason, run.unicode)}"
        return
    for verdict in marked.verdicts:
        if verdict.state == "missing" and not run.tells_all:
            continue
        found = feedback(verdict, marked, run)
        yield f"{paint(found.sign, COLOURS[found.sign], run.colour)} {plainly(found.line, run.unicode)}"
        yield from (f"    {plainly(line, run.unicode)}" for line in found.below)
    if (blanks := unanswered_text(marked)) and not run.tells_all:
        yield f"{paint(':|', YELLOW, run.colour)} {plainly(blanks, run.unicode)}"
    yield plainly(summary(marked), run.unicode)
    yield from (f"({plainly(remark, run.unicode)})" for remark in marked.remarks)


def tail(run: MarkingRun, room: Classroom) -> str:
    count = ""
    if run.several:
        left = f", {len(room.not_marked)} not" if room.not_marked else ""
        count = f"{room.marked} of {room.handed_in} submissions marked{left}; "
    return f"\n({count}{run.stamp})\n"
