"""`convcalc check`: homework marked, one student's or a class's."""

from __future__ import annotations

import os
import sys

import click

from convcalc.commands import Command
from convcalc.commands.console import speak, tell
from convcalc.commands.marking import Marking, Wishes
from convcalc.commands.options import folder_option, format_options, option_reader, record
from convcalc.commands.progress import interruptible
from convcalc.commands.reports import RESULTS, make
from convcalc.handin import batch
from convcalc.handin import submission as sheets
from convcalc.handin.keys import keys_of_folder, one_key
from convcalc.handin.roster import roster_of_file
from convcalc.marking.assignment import read_key
from convcalc.problem import problem
from convcalc.readers import library
from convcalc.render.marks import FORMATS, HINTS
from convcalc.render.marks.classes import CLASS_FORMATS
from convcalc.whole_file import file_to_write


@option_reader
def share(value: float) -> float:
    """NaN is in every range."""
    if value != value:
        raise problem("U001", "nan is no share of the points", "give a number from 0 to 100")
    return value


wish_options = record(
    "wishes", Wishes,
    ("output", "hints", "reveal", "carry_forward", "class_report", "fail_under", "processes", "column"),
    folder_option("Write files into this folder, one a student where the format has one."),
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
    click.option("--column", default="", metavar="TITLE",
                 help="The gradebook's column for these marks, if it is not called what the assignment is."),
)  # fmt: skip


@click.command("check", cls=Command)
@click.argument("key_name", metavar="KEY")
@click.argument("places", nargs=-1, metavar="ANSWERS…")
@format_options(FORMATS, help="How the marks are written; html without --output is a page on the class.", file=None,
                endings={"xml": "junit"})  # fmt: skip
@wish_options
@click.option("--single", is_flag=True, help="ANSWERS are one student's, whatever the files are called.")
@click.option("--student", default="", metavar="NAME", help="Whose they are, with --single.")
@click.option("--template", is_flag=True, help="Print the file that students fill in, and mark nothing.")
@click.option("--roster", "roster_file", metavar="CSV", help="Who is in the course: names, ids, e-mail addresses.")
def command(
    key_name: str, places: tuple[str, ...], form: str, wishes: Wishes, single: bool, student: str,
    template: bool, roster_file: str | None,
) -> int:  # fmt: skip
    """Mark ANSWERS with KEY, and say which mistake leads to a wrong number.

    KEY is an assignment, a spec, or a folder with a key for each student.  ANSWERS are files, zip archives, a form's
    CSV, - for standard input, or folders as Moodle, Gradescope, nbgrader and Canvas hand them out.

    \b
    A key, key.yaml:                        Answers, alice.yaml:
      assignment: Homework 3                  student: Alice Archer
      spec: lenet5                            answers:
      questions:                                C1: {output: 6x28x28}
        - {ask: C1.output}                      C3: {parameters: 5*5*6*16 + 16}
        - {ask: C3.parameters, points: 2}

    More of both: convcalc help keys, convcalc help answers.  Marks for a gradebook: convcalc help gradebooks.
    """
    if template and places:
        raise click.UsageError("--template prints the file to fill in, and marks nothing: leave ANSWERS out")
    if template:
        return print_template(key_name)
    if wishes.class_report and form not in CLASS_FORMATS and not wishes.output:
        raise click.UsageError(f"the class report is written as {', '.join(CLASS_FORMATS)}, not as {form}")
    if not places and sys.stdin.isatty():
        raise click.UsageError("whose answers? name files or folders, or - to type them")
    if student and not single:
        raise click.UsageError("--student goes with --single")
    wishes = wishes._replace(form=form)
    try:
        folder = key_name != "-" and os.path.isdir(key_name)
        keys = keys_of_folder(key_name) if folder else one_key(read_key(library.find(key_name)))
        known = roster_of_file(roster_file) if roster_file else None
        if single:
            found = [batch.listed_hand_in(batch.single_hand_in(places or ("-",), student), known)]
        else:
            found = batch.hand_ins(places or ("-",), keys.questions, keys.name, known)
        if keys.shared and keys.shared.is_open:
            keys = one_key(sheets.settle_key(keys.shared, batch.sample_submissions(found)))
        if form == "html" and (wishes.output or len(found) > 1):
            wishes = wishes._replace(class_report=True)
        marking = Marking(keys, wishes, found, known)
        with interruptible():
            marking.mark()
        return marking.exit_code()
    except Exception as error:
        # Gradescope shows a student nothing at all where there are no results.
        if form == "gradescope" and wishes.output:
            last_resort(wishes.output, error)
        raise


def print_template(key_name: str) -> int:
    """The blank answer file of a key."""
    from convcalc.render.exercises.key import answer_file, handout_of_assignment
    from convcalc.render.exercises.sheet import SheetOptions

    key = read_key(library.find(key_name))
    speak("yaml")
    tell(answer_file(handout_of_assignment(key), SheetOptions()), "yaml")
    return 0


def last_resort(folder: str, error: Exception) -> None:
    """Results for Gradescope where there was no marking at all."""
    from json import dumps

    message = f"The autograder could not mark this: {sheets.refusal(error)}. Please tell the course staff."
    make(folder)
    with file_to_write(os.path.join(folder, RESULTS)) as file:
        file.write(dumps({"score": 0, "output": message, "output_format": "text", "tests": []}) + "\n")
