"""Marks as tables: a row a student, and for a gradebook the ids by which a learning platform knows them.

No cell is a formula to a spreadsheet.

| code | refused |
|---|---|
| B060 | a column that the gradebook does not have, or has twice |
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from convcalc.handin.course_folders import bare_word
from convcalc.handin.files import printable_name
from convcalc.handin.table import FIRST, LAST, Spreadsheet, TableRow, column_named
from convcalc.problem import did_you_mean, problem
from convcalc.render.marks import MarkingRun, MarksWriter
from convcalc.render.marks.feedback import percent, points
from convcalc.render.report.csv import csv_lines, guard
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.handin.classroom import Classroom
    from convcalc.marking.verdict import MarkedSubmission, Person

MAX_LISTED = 20  # who were not marked, and are named
AMOUNT = re.compile(r"\d+(?:[.,]\d+)?")
POSSIBLE = "points possible"


class GradeEntry(NamedTuple):
    """One student's marks, and their row of the gradebook that is filled in."""

    person: Person
    marked: MarkedSubmission
    row: TableRow | None

    def cell(self, index: int | None) -> str:
        return self.row.cell(index) if self.row else ""


class GradeColumn(NamedTuple):
    """A column of a gradebook, and what it has of a student."""

    head: str
    value: Callable[[GradeEntry], str]


class Gradebook(MarksWriter):
    """Fills in the gradebook that the roster is, or writes one of what is known of the students."""

    platform = ""

    def __init__(self, run: MarkingRun):
        super().__init__(run)
        table = run.roster.table if run.roster else None
        self.base: Spreadsheet | None = table if table and self.is_own(list(map(bare_word, table.heads))) else None
        self.separator, self.encoding = (self.base.separator, self.base.encoding) if self.base else (",", "utf-8")
        self.title = run.column or run.title or "Homework"
        self.notes: list[str] = []
        self.place = self.find_column() if self.base else None
        self.maximum = self.find_maximum()
        self.columns = [*self.student_columns(), GradeColumn(self.head_of_points(), self.grade), *self.more_columns()]
        if self.maximum and self.maximum != run.out_of:
            scaled = f"from {points(run.out_of)}, as the key has them, to {points(self.maximum)}"
            self.notes.append(f"note: points are scaled {scaled}, as {self.platform} has them")

    # What a platform has of its own

    def is_own(self, heads: list[str]) -> bool:
        """Whether these headings, as bare words, are those of a gradebook of the platform."""
        raise NotImplementedError

    def titles(self, head: str) -> tuple[str, ...]:
        """What a heading calls its assignment: without the platform's id, type or maximum."""
        return (head,)

    def find_maximum(self) -> Any:
        """The points that the gradebook has for the assignment, if it says."""
        return None

    def student_columns(self) -> Iterable[GradeColumn]:
        raise NotImplementedError

    def head_of_points(self) -> str:
        return self.base.heads[self.place] if self.base and self.place is not None else harmless(self.title)

    def more_columns(self) -> Iterable[GradeColumn]:
        return ()

    def rows_before(self) -> Iterable[list[str]]:
        """Rows above the students' own."""
        return ()

    # What they have in common

    def find_column(self) -> int | None:
        """The column of the assignment in the gradebook; a Problem where a column that is asked for is not there."""
        assert self.base is not None
        heads = self.base.heads
        wanted = bare_word(self.title)
        known = {index: self.titles(head) for index, head in enumerate(heads)}
        found = [index for index, titles in known.items() if wanted in map(bare_word, titles)]
        name = self.base.source.name
        if len(found) > 1:
            hint = f"--column {heads[found[0]]!r}, in full"
            exact = [index for index in found if heads[index] == self.title]
            if len(exact) == 1:
                return exact[0]
            raise problem("B060", f"{name} has {len(found)} columns called {self.title}", hint)
        if not found:
            near = did_you_mean(self.title, dict.fromkeys(title for titles in known.values() for title in titles))
            if self.run.column:
                raise problem("B060", f"{name} has no column called {self.title}", near)
            advice = near or "name the one that is meant with --column"
            self.notes.append(f"note: {name} has no column called {self.title}, so {self.platform} adds one; {advice}")
        return found[0] if found else None

    def head(self) -> str:
        rows = [[column.head for column in self.columns], *self.rows_before()]
        return "".join(csv_lines(rows, self.separator))

    def body(self, marked: MarkedSubmission) -> str:
        """A row for each person who handed it in; none for what could not be marked, which leaves a grade as it is."""
        if marked.person is None or marked.status not in ("marked", "missing"):
            return ""
        roster = self.run.roster
        rows = []
        for person in marked.person.everybody:
            row = roster.row_of(person) if roster else None
            if roster is None or row is not None:
                entry = GradeEntry(person, marked, row)
                rows.append([guard(column.value(entry)) for column in self.columns])
        return "".join(csv_lines(rows, self.separator))

    def grade(self, entry: GradeEntry) -> str:
        """The points, out of as many as the gradebook has; who handed in nothing keeps what is there."""
        marked = entry.marked
        if marked.status != "marked":
            return entry.cell(self.place)
        maximum = self.maximum or self.run.out_of
        return points(Fraction(marked.score) * maximum / marked.out_of if marked.out_of else marked.score)

    def roster_column(self, name: str, index: int | None) -> GradeColumn:
        """A column as the gradebook has it."""
        return GradeColumn(name, lambda entry: entry.cell(index))

    def name_parts(self, entry: GradeEntry) -> tuple[str, str]:
        """Last and first name: as the roster has them apart, or else cut before the last word."""
        heads = self.run.roster.table.heads if self.run.roster else ()
        last, first = (entry.cell(column_named(heads, names)) for names in (LAST, FIRST))
        if last or first:
            return last, first
        last, comma, first = entry.person.name.partition(",")
        if not comma:
            first, _, last = entry.person.name.rpartition(" ")
        return last.strip(), first.strip()

    def remarks(self, room: Classroom) -> Iterator[str]:
        yield from self.notes
        left = [one for one in room.not_marked if one.status not in ("missing", "duplicate")]
        if left:
            yield f"note: {len(left):,} could not be marked and {'is' if len(left) == 1 else 'are'} left out:"
            yield from (f"  {one.student}: {one.reason}" for one in left[:MAX_LISTED])
        if len(left) > MAX_LISTED:
            yield f"  and {len(left) - MAX_LISTED:,} more"


def amount(text: str) -> Fraction | None:
    """The first number in a text, with a point or a comma: 10.00; None where it is not above 0."""
    found = AMOUNT.search(text)
    return Fraction(found[0].replace(",", ".")) or None if found else None


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
