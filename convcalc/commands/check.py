"""`convcalc check`: homework marked, one student's or a class's."""

from __future__ import annotations

import os
import sys
from contextlib import closing
from fractions import Fraction
from typing import TYPE_CHECKING

import click

from convcalc.cli import INVALID, WRONG
from convcalc.commands import Command
from convcalc.commands.console import colours_on, speak
from convcalc.commands.options import format_options, option_reader, record
from convcalc.commands.progress import Progress, interruptible
from convcalc.commands.reports import RESULTS, Reports, file_to_write, make
from convcalc.handin import batch
from convcalc.handin import submission as sheets
from convcalc.handin.classroom import Classroom, Tally, tally
from convcalc.handin.files import named_file
from convcalc.handin.form import Roster, read_roster
from convcalc.handin.parallel import spread
from convcalc.marking.assignment import read_key
from convcalc.marking.verdict import GOOD, MarkedSubmission
from convcalc.problem import problem
from convcalc.readers import library
from convcalc.render.marks import FORMATS, HINTS, MarkingRun, marks_writer
from convcalc.render.marks.classes import CLASS_FORMATS
from convcalc.render.marks.feedback import worked_answer
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.marking.key import AnswerKey
    from convcalc.marking.verdict import KeyQuestion


@option_reader
def share(value: float) -> float:
    """NaN is in every range."""
    if value != value:
        raise problem("U001", "nan is no share of the points", "give a number from 0 to 100")
    return value


class Wishes(NamedTuple):
    """What is to be done with the marks."""

    form: str = "text"
    output: str = ""  # a folder
    hints: str = "why"
    reveal: bool = False
    carry_forward: bool = True
    class_report: bool = False
    fail_under: float | None = None
    processes: int = 0


wish_options = record(
    "wishes", Wishes, ("output", "hints", "reveal", "carry_forward", "class_report", "fail_under", "processes"),
    click.option("--output", "-o", metavar="DIR",
                 help="Write files into this folder, one a student where the format has one."),
    click.option("--hints", type=click.Choice(HINTS), default="why", show_default=True,
                 help="none: right or wrong; where: where to look; why: which mistake; full: the worked answer."),
    click.option("--reveal", is_flag=True, help="Say what is right."),
    click.option("--carry-forward/--no-carry-forward", default=True,
                 help="Whether a slip is charged once, where it was made."),
    click.option("--class-report", is_flag=True,
                 help="The whole class instead of the students; with --output beside them."),
    click.option("--fail-under", type=click.FloatRange(0, 100), callback=share, metavar="PERCENT",
                 help="Exit with 1 only below this share of the points."),
    click.option("--processes", type=click.IntRange(1), metavar="N",
                 help="By default as many as there are processors."),
)  # fmt: skip


@click.command("check", cls=Command)
@click.argument("key_name", metavar="KEY")
@click.argument("places", nargs=-1, metavar="ANSWERS…")
@format_options(FORMATS, help="How the marks are written; html without --output is a page on the class.")
@wish_options
@click.option("--single", is_flag=True, help="ANSWERS are one student's, whatever the files are called.")
@click.option("--student", default="", metavar="NAME", help="Whose they are, with --single.")
@click.option("--roster", "roster_file", metavar="CSV", help="Who is in the course: names, ids, e-mail addresses.")
def command(
    key_name: str, places: tuple[str, ...], form: str, wishes: Wishes, single: bool, student: str,
    roster_file: str | None,
) -> int:  # fmt: skip
    """Mark ANSWERS with KEY, and say which mistake leads to a wrong number.

    KEY is an assignment or a spec.  ANSWERS are files, zip archives, a form's CSV, - for standard input, or folders as
    Moodle, Gradescope, nbgrader and Canvas hand them out.
    """
    if wishes.class_report and form not in CLASS_FORMATS and not wishes.output:
        raise click.UsageError(f"the class report is written as {', '.join(CLASS_FORMATS)}, not as {form}")
    if not places and sys.stdin.isatty():
        raise click.UsageError("whose answers? name files or folders, or - to type them")
    if student and not single:
        raise click.UsageError("--student goes with --single")
    wishes = wishes._replace(form=form)
    try:
        key = read_key(library.find(key_name))
        known = read_roster(roster_file, named_file(roster_file).text(batch.MAX_STREAM)) if roster_file else None
        if single:
            found = [batch.single_hand_in(places or ("-",), student)]
        else:
            found = batch.hand_ins(places or ("-",), key.questions, key.name, known)
        key = sheets.settle_key(key, batch.sample_submissions(found)) if key.is_open else key
        if form == "html" and (wishes.output or len(found) > 1):
            wishes = wishes._replace(class_report=True)
        marking = Marking(key, wishes, len(found) > 1)
        with interruptible():
            marking.mark(found, known)
        return marking.exit_code()
    except Exception as error:
        # Gradescope shows a student nothing at all where there are no results.
        if form == "gradescope" and wishes.output:
            last_resort(wishes.output, error)
        raise


class Marking:
    """Where submissions are marked, one after another, and nothing of them is kept but the tally."""

    def __init__(self, key: AnswerKey, wishes: Wishes, several: bool):
        self.key, self.wishes = key, wishes
        self.room = Classroom(key.questions)
        self.answers: dict[str, tuple[str, ...]] = {}
        self.called: set[str] = set()
        terminal = not wishes.output
        self.run = MarkingRun(
            key.name, key.hash, tuple(key.questions), sum(question.points for question in key.questions), wishes.hints,
            wishes.reveal, terminal and colours_on(sys.stdout), not terminal or speak(wishes.form), several,
            self.answer if wishes.hints == "full" else None,
        )  # fmt: skip
        self.writer = None if wishes.class_report and terminal else marks_writer(wishes.form, self.run)
        self.wrong = False

    def mark(self, entries: list[batch.HandIn], known: Roster | None) -> None:
        wishes = self.wishes
        self.called = {entry.person.name.casefold() for entry in entries}
        seen: dict[str, str] = {}
        with (
            Reports(wishes.form, wishes.output, self.writer, wishes.class_report) as reports,
            closing(spread(self.marked, map(batch.open_hand_in, entries), wishes.processes)) as results,
        ):
            for name, text, found in Progress(len(entries)).over(results):
                if name in seen:
                    reason = f"{found.student} has been marked already: {seen[name]}"
                    text, found = self.unmarked(found.student, found.source, "duplicate", reason)
                elif found.status == "marked":
                    seen[name] = found.source
                self.add(found._replace(page=reports.put(found.student, text)))
            for person in known.absent(seen) if known else ():
                text, found = self.unmarked(person.name, "", "missing", "nothing was handed in")
                self.add(found._replace(page=reports.put(found.student, text)))
            reports.close(self.room, self.run)

    def marked(self, sheet: sheets.Submission) -> tuple[str, str, Tally]:
        """Who, their report, and what the class needs of it."""
        found = sheets.mark_submission(sheet, self.key, self.wishes.carry_forward, self.called)
        name = sheets.identity(sheet, found)
        try:
            return name, *self.written(found)
        except Exception as error:
            return name, *self.unmarked(found.student, found.source, "unreadable", sheets.refusal(error))

    def written(self, found: MarkedSubmission) -> tuple[str, Tally]:
        return self.writer.body(found) if self.writer else "", tally(found)

    def unmarked(self, student: str, source: str, status: str, reason: str) -> tuple[str, Tally]:
        return self.written(MarkedSubmission(student, source, (), 0, self.run.out_of, status, reason))

    def answer(self, question: KeyQuestion) -> tuple[str, ...]:
        """The worked answer to a question, worked out once."""
        if question.ask not in self.answers:
            self.answers[question.ask] = tuple(worked_answer(self.key, question))
        return self.answers[question.ask]

    def add(self, found: Tally) -> None:
        self.room.add(found)
        limit = self.wishes.fail_under
        if limit is None:
            self.wrong |= found.status != "marked" or any(state not in GOOD for state in found.states)
        else:
            share = Fraction(str(limit)) * found.out_of
            self.wrong |= found.out_of > 0 and 100 * Fraction(found.score) < share

    def exit_code(self) -> int:
        unread = any(found.status == "unreadable" for found in self.room.not_marked)
        return INVALID if unread else WRONG if self.wrong else 0


def last_resort(folder: str, error: Exception) -> None:
    """Results for Gradescope where there was no marking at all."""
    from json import dumps

    message = f"The autograder could not mark this: {sheets.refusal(error)}. Please tell the course staff."
    make(folder)
    with file_to_write(os.path.join(folder, RESULTS)) as file:
        file.write(dumps({"score": 0, "output": message, "output_format": "text", "tests": []}) + "\n")
