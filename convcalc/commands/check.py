"""`convcalc check`: homework marked, one student's or a class's."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import click

from convcalc import batch, library
from convcalc.classroom import Classroom, Tally, tally
from convcalc.cli import INVALID, WRONG, colours_on
from convcalc.commands.summary import complain, speaks_unicode
from convcalc.form import Roster, roster
from convcalc.problem import Problem
from convcalc.render.marks import FORMATS, HINTS, Run, Writer
from convcalc.render.marks.classes import CLASS_FORMATS, class_report
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.assignment import Key
    from convcalc.verdict import Marked

RESERVED = frozenset(("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))))


@click.command("check")
@click.argument("key_name", metavar="KEY")
@click.argument("places", nargs=-1, metavar="ANSWERS…")
@click.option(
    "--format", "form", type=click.Choice((*FORMATS, "html")), default="text", show_default=True,
    help="How the marks are written; html is the class report as a page.",
)
@click.option("--output", "-o", metavar="DIR", help="Write files into this folder, one a student where the format has one.")
@click.option(
    "--hints", type=click.Choice(HINTS), default="why", show_default=True,
    help="none: right or wrong; where: where to look; why: which mistake; full: the worked answer.",
)
@click.option("--reveal", is_flag=True, help="Say what is right.")
@click.option("--carry-forward/--no-carry-forward", default=True, help="Whether a slip is charged once, where it was made.")
@click.option("--class-report", is_flag=True, help="The whole class in the place of the students; with --output beside them.")
@click.option("--fail-under", type=click.FloatRange(0, 100), metavar="PERCENT", help="Exit with 1 only below this share of the points.")
@click.option("--single", is_flag=True, help="ANSWERS are one student's, whatever the files are called.")
@click.option("--student", default="", metavar="NAME", help="Whose they are, with --single.")
@click.option("--roster", "roster_file", metavar="CSV", help="Who is in the course: names, ids, e-mail addresses.")
@click.option("--processes", type=click.IntRange(1), metavar="N", help="By default as many as there are processors.")
def command(
    key_name: str, places: tuple[str, ...], form: str, output: str | None, hints: str, reveal: bool,
    carry_forward: bool, class_report: bool, fail_under: float | None, single: bool, student: str,
    roster_file: str | None, processes: int | None,
) -> int:  # fmt: skip
    """Mark ANSWERS with KEY, and say which mistake leads to a wrong number.

    KEY is an assignment or a spec.  ANSWERS are files, zip archives, a form's CSV, - for standard input, or folders as
    Moodle, Gradescope, nbgrader and Canvas hand them out.
    """
    if form == "html" or class_report:
        if form not in CLASS_FORMATS and not output:
            raise click.UsageError(f"the class report is written as {', '.join(CLASS_FORMATS)}, not as {form}")
        class_report = True
    if student and not single:
        raise click.UsageError("--student goes with --single")
    try:
        return check(
            key_name, places or ("-",), Wishes(form, output or "", hints, reveal, carry_forward, class_report, fail_under),
            single, student, roster_file, processes or 0,
        )  # fmt: skip
    except Exception as error:
        # Gradescope shows a student nothing at all where there are no results.
        if form == "gradescope" and output:
            last_resort(output, error)
        raise


class Wishes(NamedTuple):
    """What is to be done with the marks."""

    form: str
    output: str  # a folder
    hints: str
    reveal: bool
    carry_forward: bool
    class_report: bool
    fail_under: float | None


def check(
    key_name: str, places: tuple[str, ...], wishes: Wishes, single: bool, student: str, roster_file: str | None, processes: int
) -> int:  # fmt: skip
    from convcalc.assignment import read_key

    key = read_key(library.find(key_name))
    people: Roster | None = None
    if roster_file:
        people = roster(roster_file, batch.one(roster_file).text(batch.MAX_STREAM))
    found = [batch.single(places, student)] if single else batch.entries(places, key.questions, key.name, people)
    desk = Desk(batch.settled(key, found), wishes, len(found) > 1)
    desk.mark(found, people, processes)
    return desk.exit_code()


class Desk:
    """Where submissions are marked, one after another, and nothing of them is kept but the tally."""

    def __init__(self, key: Key, wishes: Wishes, several: bool):
        self.key, self.wishes = key, wishes
        self.room = Classroom(key.questions)
        terminal = not wishes.output
        self.run = Run(
            key.name, key.hash, tuple(key.questions), sum(question.points for question in key.questions), wishes.hints,
            wishes.reveal, terminal and colours_on(sys.stdout), not terminal or speaks_unicode(sys.stdout), several,
        )  # fmt: skip
        self.writer = Writer(wishes.form, self.run) if wishes.form in FORMATS else None
        self.wrong = False

    def mark(self, found: list[batch.Entry], people: Roster | None, processes: int) -> None:
        from convcalc.parallel import spread

        shelf = Shelf(self.wishes, self.writer)
        progress = Progress(len(found))
        seen: dict[str, str] = {}
        results = spread(self.marked, map(batch.opened, found), processes)
        for name, text, one in progress.over(results):
            if name in seen:
                reason = f"{one.student} has been marked already: {seen[name]}"
                text, one = self.written(self.unmarked(one, "duplicate", reason))
            elif one.status == "marked":
                seen[name] = one.source
            self.add(one)
            shelf.put(one.student, text)
        for person in people.absent(seen) if people else ():
            blank = Tally(person.name, "", "", "", 0, self.run.out_of)
            text, one = self.written(self.unmarked(blank, "missing", "nothing was handed in"))
            self.add(one)
            shelf.put(one.student, text)
        shelf.close(self.room, self.run)

    def marked(self, sheet: batch.Sheet) -> tuple[str, str, Tally]:
        """Who, their report, and what the class needs of it."""
        found = batch.marked(sheet, self.key, self.wishes.carry_forward)
        return batch.identity(sheet, found), *self.written(found)

    def written(self, found: Marked) -> tuple[str, Tally]:
        return self.writer.body(found) if self.writer else "", tally(found)

    def unmarked(self, one: Tally, status: str, reason: str) -> Marked:
        from convcalc.verdict import Marked

        return Marked(one.student, one.source, (), 0, self.run.out_of, status, reason)

    def add(self, one: Tally) -> None:
        self.room.add(one)
        limit = self.wishes.fail_under
        if limit is None:
            self.wrong |= any(state not in ("correct", "consistent") for state in one.states)
        else:
            self.wrong |= one.out_of > 0 and 100 * Fraction(one.score) < Fraction(str(limit)) * one.out_of

    def exit_code(self) -> int:
        unread = any(one.status in ("unreadable", "empty") for one in self.room.not_marked)
        return INVALID if unread else WRONG if self.wrong else 0


class Shelf:
    """Where reports go: to standard output, or to files in a folder and nowhere else."""

    def __init__(self, wishes: Wishes, writer: Writer | None):
        self.wishes, self.writer = wishes, writer
        self.folder = wishes.output
        self.each = bool(writer) and FORMATS[wishes.form].each
        self.names: set[str] = set()
        self.count = 0
        self.last = ""
        self.file: Any = None
        if self.folder:
            os.makedirs(self.folder, exist_ok=True)
        if writer and not self.each and not (wishes.class_report and not self.folder):
            self.file = self.opened(FORMATS[wishes.form].file) if self.folder else sys.stdout
            self.file.write(writer.head())
        elif writer and not self.folder and not wishes.class_report:
            self.file = sys.stdout

    def opened(self, name: str) -> Any:
        return open(os.path.join(self.folder, name), "w", encoding="utf-8", newline="\n")

    def put(self, student: str, text: str) -> None:
        """One student's report."""
        if self.writer is None:
            return
        if self.each and self.folder:
            self.last = self.named(student)
            with self.opened(self.last) as file:
                file.write(text)
        elif self.file:
            self.file.write((self.writer.between if self.count else "") + text)
        self.count += 1

    def named(self, student: str) -> str:
        """A file name for a student, that no other has, whatever the student is called."""
        pattern = FORMATS[self.wishes.form].file
        stem = safe(student)
        name, number = stem, 1
        while name.casefold() in self.names:
            number += 1
            name = f"{stem}-{number}"
        self.names.add(name.casefold())
        return pattern.format(student=name)

    def close(self, room: Classroom, run: Run) -> None:
        if self.writer and self.file:
            self.file.write(self.writer.tail(room))
        if self.file is not None and self.file is not sys.stdout:
            self.file.close()
        if self.wishes.form == "gradescope" and self.folder and self.count == 1:
            os.replace(os.path.join(self.folder, self.last), os.path.join(self.folder, RESULTS))
        if self.wishes.class_report:
            if self.folder:
                for form, name in CLASS_FORMATS.items():
                    with self.opened(name) as file:
                        file.writelines(class_report(form, room, run))
            else:
                sys.stdout.writelines(class_report(self.wishes.form, room, run))
        sys.stdout.flush()


RESULTS = "results.json"


def safe(student: str) -> str:
    """Letters, digits and a few signs: nothing that leads out of a folder, or that a system reserves."""
    kept = "".join(char if char.isalnum() or char in " -_.@+" else "_" for char in student)[:80].strip(" .")
    return f"_{kept}" if not kept or kept.lower().partition(".")[0] in RESERVED else kept


class Progress:
    """A line on standard error where that is a terminal and the work takes long."""

    PATIENCE, EVERY = 0.5, 0.1  # seconds

    def __init__(self, total: int):
        self.total = total
        self.shows = sys.stderr is not None and sys.stderr.isatty() and not sys.stdout.isatty() and total > 1

    def over(self, results: Iterable[Any]) -> Iterator[Any]:
        if not self.shows:
            yield from results
            return
        from time import monotonic

        due = monotonic() + self.PATIENCE
        drawn = False
        for count, result in enumerate(results, 1):
            yield result
            if monotonic() >= due:
                self.draw(count)
                drawn, due = True, monotonic() + self.EVERY
        if drawn:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def draw(self, count: int) -> None:
        full = 30 * count // self.total
        sys.stderr.write(f"\r\x1b[Kmarking [{'#' * full}{'.' * (30 - full)}] {count:,} of {self.total:,}")
        sys.stderr.flush()


def last_resort(folder: str, error: Exception) -> None:
    """Results for Gradescope where there was no marking at all."""
    from json import dumps

    reason = batch.reason(error) if isinstance(error, Problem) else f"{type(error).__name__}: {error}"
    message = f"The autograder could not mark this: {reason}. Please tell the course staff."
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, RESULTS), "w", encoding="utf-8") as file:
        file.write(dumps({"score": 0, "output": message, "output_format": "text", "tests": []}) + "\n")
