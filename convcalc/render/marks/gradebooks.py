"""The gradebooks of Canvas, Moodle, Blackboard and nbgrader, in the form in which each imports them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import escape
from typing import TYPE_CHECKING, Any

from convcalc.handin.course_folders import bare_word
from convcalc.handin.table import column_named
from convcalc.render.marks.feedback import all_feedback, points, summary
from convcalc.render.marks.gradebook import Gradebook, GradeColumn, GradeEntry, amount

if TYPE_CHECKING:
    from convcalc.handin.classroom import Classroom

POSSIBLE = "Points Possible"  # what the row of maxima begins with
GRADE, MAXIMUM = ("grade", "bewertung"), ("maximumgrade", "bestwertung")
COMMENTS = ("feedbackcomments", "feedbackalskommentar")
IDENTIFIER = ("identifier", "id")


class CanvasGradebook(Gradebook):
    """As Canvas exports it: columns up to the section, the assignment, and above the students the points possible."""

    platform = "Canvas"

    def is_own(self, heads: list[str]) -> bool:
        return "section" in heads and "id" in heads and ("student" in heads or "lastname" in heads)

    def titles(self, head: str) -> tuple[str, ...]:
        return head, re.sub(r"\s*\(\d+\)$", "", head)

    def find_maximum(self) -> Any:
        rows = self.base.rows if self.base else ()
        maxima = (row.cell(self.place) for row in rows if POSSIBLE in row.cell(0))
        return next(map(amount, maxima), None) if self.place is not None else None

    def student_columns(self) -> Iterator[GradeColumn]:
        if self.base:
            section = column_named(self.base.heads, ("section",))
            assert section is not None
            yield from (self.roster_column(head, index) for index, head in enumerate(self.base.heads[: section + 1]))
            return
        yield GradeColumn("Student", lambda entry: entry.person.name)
        yield GradeColumn("ID", lambda entry: entry.person.id if entry.person.system == "canvas" else "")
        yield GradeColumn("SIS User ID", sis_number)
        yield GradeColumn("SIS Login ID", lambda entry: entry.person.login or entry.person.email)
        yield GradeColumn("Section", lambda entry: "")

    def rows_before(self) -> Iterator[list[str]]:
        blanks = [""] * (len(self.columns) - 2)
        yield [f"    {POSSIBLE}", *blanks, points(self.maximum or self.run.out_of)]

    def remarks(self, room: Classroom) -> Iterator[str]:
        if self.base is None and self.run.systems != {"canvas"}:
            yield (
                "note: the gradebook that Canvas exports, as --roster, gives every row its ids; "
                "without it Canvas has to find students by name"
            )
        yield from super().remarks(room)


def sis_number(entry: GradeEntry) -> str:
    """A student's number where a roster or a platform other than Canvas and Moodle has it."""
    person = entry.person
    return "" if person.system in ("canvas", "moodle") or "@" in person.number else person.number


class MoodleGradebook(Gradebook):
    """The offline grading worksheet, filled in; else a table of grades by e-mail address or id number."""

    platform = "Moodle"

    def is_own(self, heads: list[str]) -> bool:
        return any(name in heads for name in IDENTIFIER) and any(name in heads for name in GRADE)

    def titles(self, head: str) -> tuple[str, ...]:
        return (self.title,) if bare_word(head) in GRADE else ()

    def find_maximum(self) -> Any:
        if self.base is None:
            return None
        column = column_named(self.base.heads, MAXIMUM)
        return next(filter(None, (amount(row.cell(column)) for row in self.base.rows)), None)

    @property
    def is_worksheet(self) -> bool:
        return self.base is not None or (self.run.roster is None and "moodle" in self.run.systems)

    def student_columns(self) -> Iterator[GradeColumn]:
        if self.base:
            yield from (self.roster_column(head, index) for index, head in enumerate(self.base.heads[: self.place]))
        elif self.is_worksheet:
            yield GradeColumn(
                "Identifier", lambda entry: f"Participant {entry.person.id}" if entry.person.system == "moodle" else ""
            )
            yield GradeColumn("Full name", lambda entry: entry.person.name)
        else:
            yield GradeColumn("Full name", lambda entry: entry.person.name)
            yield GradeColumn("ID number", sis_number)
            yield GradeColumn("Username", lambda entry: entry.person.login)
            yield GradeColumn("Email address", lambda entry: entry.person.email)

    def head_of_points(self) -> str:
        return "Grade" if self.is_worksheet and self.base is None else super().head_of_points()

    def more_columns(self) -> Iterator[GradeColumn]:
        if self.base and self.place is not None:
            comments = column_named(self.base.heads, COMMENTS)
            for index, head in enumerate(self.base.heads[self.place + 1 :], self.place + 1):
                yield (
                    GradeColumn(head, lambda entry: entry.cell(comments) or comment(self, entry))
                    if (index == comments)
                    else self.roster_column(head, index)
                )
            return
        if self.is_worksheet:
            yield GradeColumn("Maximum Grade", lambda entry: points(self.run.out_of))
            yield GradeColumn("Last modified (grade)", lambda entry: "")
        yield GradeColumn("Feedback comments", lambda entry: comment(self, entry))

    def remarks(self, room: Classroom) -> Iterator[str]:
        if self.base is None:
            yield (
                f"note: grades are out of {points(self.run.out_of)}, which has to be the maximum grade in Moodle; "
                "the grading worksheet that Moodle gives out, as --roster, is filled in, and points are scaled to it"
            )
        yield from super().remarks(room)


def comment(book: Gradebook, entry: GradeEntry) -> str:
    """What is not right, as a comment in HTML."""
    if entry.marked.status != "marked":
        return ""
    found = [each for each in all_feedback(entry.marked, book.run) if each.state != "correct"]
    lines = [summary(entry.marked), *(line for each in found for line in (each.line, *each.below))]
    return "<br>".join(map(escape, lines))


class BlackboardGradebook(Gradebook):
    """As Blackboard downloads it to work offline: the username, and a column with its total and its id."""

    platform = "Blackboard"

    def is_own(self, heads: list[str]) -> bool:
        return "username" in heads and "lastname" in heads

    def titles(self, head: str) -> tuple[str, ...]:
        return head, re.sub(r"\s*\[Total Pts:.*", "", head)

    def find_maximum(self) -> Any:
        head = self.base.heads[self.place] if self.base and self.place is not None else ""
        return amount(head.rpartition("[Total Pts:")[2]) if "[Total Pts:" in head else None

    def student_columns(self) -> Iterator[GradeColumn]:
        if self.base:
            for name in ("lastname", "firstname", "username", "studentid"):
                index = column_named(self.base.heads, (name,))
                if index is not None:
                    yield self.roster_column(self.base.heads[index], index)
            return
        yield GradeColumn("Last Name", lambda entry: self.name_parts(entry)[0])
        yield GradeColumn("First Name", lambda entry: self.name_parts(entry)[1])
        yield GradeColumn("Username", lambda entry: entry.person.login or entry.person.id)

    def head_of_points(self) -> str:
        if self.place is not None:
            return super().head_of_points()
        return f"{self.title.lstrip('=+-@|%')} [Total Pts: {points(self.run.out_of)} Score]"

    def remarks(self, room: Classroom) -> Iterator[str]:
        if self.base is None:
            yield (
                "note: Blackboard knows a column by its id: give the file that it downloads as --roster, "
                "or it adds a new column, of text"
            )
        yield from super().remarks(room)


class NbgraderGrades(Gradebook):
    """As `nbgrader export` writes it: a row for each student and assignment."""

    platform = "nbgrader"

    def is_own(self, heads: list[str]) -> bool:
        return False

    def student_columns(self) -> Iterable[GradeColumn]:
        return (
            GradeColumn("assignment", lambda entry: self.title),
            GradeColumn("duedate", lambda entry: ""),
            GradeColumn("timestamp", lambda entry: ""),
            GradeColumn("student_id", lambda entry: entry.person.id),
            GradeColumn("last_name", lambda entry: self.name_parts(entry)[0]),
            GradeColumn("first_name", lambda entry: self.name_parts(entry)[1]),
            GradeColumn("email", lambda entry: entry.person.email),
        )

    def head_of_points(self) -> str:
        return "raw_score"

    def more_columns(self) -> Iterable[GradeColumn]:
        return (
            GradeColumn("late_submission_penalty", lambda entry: "0"),
            GradeColumn("score", self.grade),
            GradeColumn("max_score", lambda entry: points(self.run.out_of)),
        )
