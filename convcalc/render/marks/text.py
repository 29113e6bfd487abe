"""Marks for people: in the style of check50 on a terminal, in Markdown, and beside the file on GitHub."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from convcalc.handin.files import printable_name
from convcalc.render.errors import BOLD, RED, YELLOW, paint
from convcalc.render.marks import MarksWriter
from convcalc.render.marks.feedback import all_feedback, feedback, file_and_line, summary
from convcalc.render.script import plainly
from convcalc.render.working.page import escape_markdown as escaped

if TYPE_CHECKING:
    from convcalc.handin.classroom import Classroom
    from convcalc.marking.verdict import MarkedSubmission

GREEN = "\x1b[32;1m"
SIGNS = {"correct": ":)", "consistent": ":|", "wrong": ":(", "missing": ":|", "unreadable": ":("}
COLOURS = {":)": GREEN, ":(": RED, ":|": YELLOW}


class TextMarks(MarksWriter):
    """`:)`, `:(` or `:|`, and the hints below."""

    between = "\n"

    def lines(self, marked: MarkedSubmission) -> Iterator[str]:
        yield paint(
            self.plain(f"{marked.student}, {self.run.title}" if self.run.title else marked.student),
            BOLD,
            self.run.colour,
        )
        if marked.status != "marked":
            yield f"{self.sign(':(')} not marked: {self.plain(marked.reason)}"
        else:
            for found in all_feedback(marked, self.run):
                yield f"{self.sign(SIGNS[found.state])} {self.plain(found.line)}"
                yield from (f"    {self.plain(line)}" for line in found.below)
            yield self.plain(summary(marked))
        yield from (f"({self.plain(remark)})" for remark in marked.remarks)

    def sign(self, sign: str) -> str:
        return paint(sign, COLOURS[sign], self.run.colour)

    def plain(self, words: str) -> str:
        return plainly(words, self.run.unicode)

    def tail(self, room: Classroom) -> str:
        count = ""
        if self.run.several:
            left = f", {room.handed_in - room.marked} not" if room.handed_in > room.marked else ""
            count = f"{room.marked} of {room.handed_in} submissions marked{left}; "
        return f"\n({count}{self.run.stamp})\n"


TICKS = {"correct": "✓", "consistent": "✓", "wrong": "✗", "missing": "–", "unreadable": "✗"}


class MarkdownMarks(MarksWriter):
    between = "\n"

    def lines(self, marked: MarkedSubmission) -> Iterator[str]:
        yield f"# {escaped(f'{self.run.title}: {marked.student}' if self.run.title else marked.student)}"
        yield ""
        if marked.status != "marked":
            yield f"**Not marked:** {escaped(marked.reason)}"
        else:
            yield f"**{escaped(summary(marked))}**"
            yield ""
            for found in all_feedback(marked, self.run):
                yield f"- {TICKS[found.state]} {escaped(found.line)}"
                yield from (f"  - {escaped(line)}" for line in found.below)
        for remark in marked.remarks:
            yield ""
            yield f"*{escaped(remark)}*"
        yield ""
        yield f"<sub>{escaped(self.run.stamp)}</sub>"


LEVELS = {"wrong": "error", "unreadable": "error", "missing": "warning", "consistent": "notice"}


class Annotations(MarksWriter):
    """What GitHub Actions shows beside the file: one line for every answer that is not right."""

    def lines(self, marked: MarkedSubmission) -> Iterator[str]:
        if marked.status != "marked":
            yield annotation("error", *file_and_line(marked), "not marked", marked.reason)
            return
        for verdict in marked.verdicts:
            if level := LEVELS.get(verdict.state):
                ask = verdict.question.ask
                yield annotation(level, *file_and_line(marked, ask), ask, feedback(verdict, marked, self.run).text)
        yield f"{summary(marked)}, {printable_name(marked.student)}"

    def tail(self, room: Classroom) -> str:
        return f"{self.run.stamp}\n"


def annotation(level: str, file: str, line: int, title: str, message: str) -> str:
    place = f"{fact(file)},line={line}" if line else fact(file)
    return f"::{level} file={place},title={fact(title)}::{data(message)}"


def data(text: str) -> str:
    """A message on one line, that cannot begin a command of its own."""
    lines = [printable_name(line, 2000) for line in text.split("\n")]
    return "%0A".join(line.replace("%", "%25") for line in lines)


def fact(text: str) -> str:
    return data(text).replace(":", "%3A").replace(",", "%2C")
