"""Marks as a table: the possible points, then a row for each student; no cell is a formula to a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from convcalc.handin.files import printable_name
from convcalc.render.marks import MarksWriter
from convcalc.render.marks.feedback import percent, points
from convcalc.render.report.csv import csv_lines, guard

if TYPE_CHECKING:
    from convcalc.marking.verdict import MarkedSubmission

POSSIBLE = "points possible"


class CsvMarks(MarksWriter):
    def head(self) -> str:
        questions = self.run.questions
        asks = (question.ask for question in questions)
        possible = (points(question.points) if question.points is not None else "" for question in questions)
        return (
            row(["student", "id", "email", *asks, "total", "percent", "status", "mistakes", "remarks", "file"])
            + row([POSSIBLE, "", "", *possible, points(self.run.out_of), "100", "", "", self.run.stamp, ""])
        )  # fmt: skip

    def body(self, marked: MarkedSubmission) -> str:
        if marked.status == "marked":
            scores = {verdict.question.ask: points(verdict.score) for verdict in marked.verdicts}
            cells = [scores.get(question.ask, "") for question in self.run.questions]
            total, share = points(marked.score), percent(marked.score, marked.out_of)
        else:
            cells, total, share = [""] * len(self.run.questions), "0", "0"
        remarks = "; ".join(filter(None, (marked.reason, *marked.remarks)))
        person = marked.person
        ids = [person.number, person.email] if person else ["", ""]
        about = (marked.status, mistakes(marked), remarks, marked.source)
        return "".join(
            csv_lines([[*map(harmless, (marked.student, *ids)), *cells, total, share, *map(harmless, about)]])
        )


def mistakes(marked: MarkedSubmission) -> str:
    """C3.parameters par.no_bias; S4.output size.no_plus_one + size.pad_once."""
    return "; ".join(
        f"{verdict.question.ask} {' + '.join(verdict.diagnoses[0].codes) if verdict.diagnoses else '?'}"
        for verdict in marked.verdicts
        if verdict.state == "wrong"
    )


def row(cells: Iterable[str]) -> str:
    (line,) = csv_lines([map(harmless, cells)])
    return line


def harmless(cell: str) -> str:
    """A cell that a spreadsheet shows and does not execute."""
    return guard(printable_name(cell, 10_000))
