"""`convcalc quiz`: exercises with their keys, one for everybody or one a student, and an author's own ones on paper."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from convcalc.commands import Command
from convcalc.commands.console import say_files, send, speak, tell
from convcalc.commands.options import CHOSEN, folder_option, format_options, record
from convcalc.commands.progress import Progress, interruptible
from convcalc.commands.reports import Names, make
from convcalc.exercises.arrays import ARRAYS, array_exercise
from convcalc.exercises.exercise import LEVELS, MOST_CHOICES, exercise, exercise_on
from convcalc.exercises.random_networks import TOPICS
from convcalc.handin.files import printable_name
from convcalc.handin.roster import roster_of_file
from convcalc.marking.assignment import assignment_root, read_key
from convcalc.readers import library
from convcalc.render.exercises import BINARY, FILES, FORMATS, PAGE, PLATFORMS, SOLUTIONS, SOLVED_PAGE, platform_file
from convcalc.render.exercises.key import handout_of, handout_of_assignment
from convcalc.render.exercises.languages import LANGUAGES
from convcalc.render.exercises.sheet import SheetOptions
from convcalc.render.exercises.wordings import WORDINGS
from convcalc.tuples import NamedTuple
from convcalc.whole_file import file_to_write

if TYPE_CHECKING:
    from convcalc.exercises.handout import Handout
    from convcalc.problem import Source

SOLVABLE = (*SOLUTIONS, *SOLVED_PAGE, "json")
KEYS, SOLVED = "keys", "solutions"  # the folders of everybody's


class DrawnExercises(NamedTuple):
    """What exercises are drawn of, and how many of them."""

    topic: str = ""
    level: int = 1
    seed: str = "1"
    layers: int = 0
    questions: int = 0
    choices: int = 0

    def handout(self, source: Source | None, student: str) -> Handout:
        """The exercise of a student, on a network that is given or on one that is drawn."""
        shown = printable_name(student)
        if self.topic == ARRAYS:
            return handout_of(array_exercise(self.level, self.seed, student, self.layers), shown)
        if source is not None:
            made = exercise_on(source, self.level, self.seed, student, self.questions)
        else:
            made = exercise(self.topic, self.level, self.seed, student, self.layers)
        if self.choices:
            from convcalc.exercises.multiple_choice import with_choices

            made = with_choices(made, self.choices)
        return handout_of(made, shown)


drawn_options = record(
    "drawing", DrawnExercises, DrawnExercises._fields,
    click.option("--topic", type=click.Choice((*TOPICS, ARRAYS)),
                 help="Draw networks at random; without it SPEC is asked about."),
    click.option("--level", type=click.IntRange(min(LEVELS), max(LEVELS)), default=1, show_default=True,
                 metavar="N", help="The difficulty."),
    click.option("--seed", default="1", show_default=True, metavar="TEXT",
                 help="The same seed gives the same exercise."),
    click.option("--layers", type=click.IntRange(1, 12), metavar="N",
                 help="Of a random network, or tasks on arrays; by default 3, 4 or 5 by level."),
    click.option("--questions", type=click.IntRange(1), metavar="N",
                 help="About SPEC; by default 4, 8 or 12 by level."),
    click.option("--choices", type=click.IntRange(2, MOST_CHOICES), metavar="N",
                 help="Multiple choice: N answers each, the wrong ones from common mistakes."),
)  # fmt: skip
sheet_options = record(
    "options", SheetOptions, SheetOptions._fields,
    click.option("--wording", type=click.Choice(tuple(WORDINGS)), default="shorthand", show_default=True,
                 help="How a network is described: in the lines of a spec, in words, as code, or as a table to "
                      "fill in."),
    click.option("--solutions", "solved", is_flag=True, help="The sheet with the work and the answers."),
    click.option("--language", type=click.Choice(tuple(LANGUAGES)), default="en", show_default=True,
                 callback=lambda context, param, name: LANGUAGES[name], help="Of the sheet."),
)  # fmt: skip


@click.command("quiz", cls=Command)
@click.argument("spec", required=False, metavar="[SPEC]")
@drawn_options
@sheet_options
@format_options(
    (*FORMATS, *PLATFORMS, "json"),
    "markdown",
    "The sheet in Markdown, LaTeX or HTML (with pictures), the file to fill in (yaml), the key, or a quiz for a "
    "learning platform: Moodle XML, GIFT, or a package of QTI 2.1 or of Canvas's own; JSON for programs.",
    file=None,
    endings={"xml": "moodle", "zip": "qti"},
)
@folder_option("Write sheets, files to fill in, keys and solutions there; or the quizzes for a learning platform.")
@click.option("--students", metavar="CSV", help="A roster: each student gets numbers of their own (with --output).")
@click.option(
    "--student", "names", multiple=True, metavar="NAME", help="A student with numbers of their own; may be repeated."
)
def command(
    spec: str | None, drawing: DrawnExercises, options: SheetOptions, form: str, output: str | None,
    students: str | None, names: tuple[str, ...],
) -> int:  # fmt: skip
    """Exercises whose numbers let no common mistake pass unseen, with the key that `convcalc check` marks with.

    SPEC is a network to be asked about, or a key that you wrote: an assignment, of which the sheet, the file to fill in
    and the solutions are made.
    """
    if bool(spec) == bool(drawing.topic):
        known = ", ".join((*TOPICS, ARRAYS))
        raise click.UsageError(f"name a SPEC to ask about, or a --topic to draw networks for: {known}")
    people = [*dict.fromkeys(names)]
    if students:
        people += roster_of_file(students).labels()
    if len(people) > 1 and not output:
        raise click.UsageError("several students need --output DIR")
    if drawing.choices and drawing.topic == ARRAYS:
        raise click.UsageError("--choices is for questions on networks: arrays are written out")
    if options.solved and form not in SOLVABLE:
        raise click.UsageError(f"--solutions is for {', '.join(SOLVABLE[:-1])} and {SOLVABLE[-1]}, not for {form}")
    if form in BINARY and not output and sys.stdout.isatty():
        raise click.UsageError(f"{form} is no text, and a terminal shows nothing else: add `-o DIR`")
    source = library.find(spec) if spec else None
    is_written = source is not None and assignment_root(source) is not None
    if is_written:
        refuse_options_of_drawing(form)
    own_key = read_key(source) if source is not None and is_written else None

    def handout(student: str) -> Handout:
        own = own_key and handout_of_assignment(own_key, printable_name(student))
        return own or drawing.handout(source, student)

    if not output:
        speak(form)
        made = handout(people[0] if people else "")
        if form == "json":
            from convcalc.render.exercises.json import document

            tell(document(made, options), form)
        elif form in BINARY:
            send(platform_file(form, made, options))
        else:
            tell(FORMATS[form](made, options) if form in FORMATS else platform_file(form, made, options), form)
        return 0
    taken = Names((KEYS, SOLVED, *(FILES | PAGE).values(), *(SOLUTIONS | SOLVED_PAGE).values(), *PLATFORMS.values()))
    written = 0
    with interruptible():
        progress = Progress(max(len(people), 1), "writing", True)
        for student in progress.over(people or [""]):
            name, made = taken.of(student) if student else "", handout(student)
            if form in PLATFORMS:
                written += write_quiz(output, name, form, platform_file(form, made, options))
            else:
                written += write_papers(output, name, made, options, form in PAGE)
    say_files(written, output)
    return 0


def refuse_options_of_drawing(form: str) -> None:
    """Wrong usage of options that an author's own questions have no use for."""
    context = click.get_current_context()
    for param in context.command.params:
        if param.name in DrawnExercises._fields[1:] and context.get_parameter_source(param.name) in CHOSEN:
            raise click.UsageError(f"{param.opts[0]} is for exercises that are drawn, and this is an assignment")
    if form == "key":
        raise click.UsageError("the key is the assignment itself; --format yaml is the file to fill in")


def write_quiz(output: str, name: str, form: str, pieces: Iterator[Any]) -> int:
    """The file of a learning platform, with the right answers in it: one for everybody, or one for each student."""
    file = PLATFORMS[form]
    path = os.path.join(output, f"{name}{os.path.splitext(file)[1]}" if name else file)
    make(output)
    with file_to_write(path, form in BINARY) as target:
        target.writelines(pieces)
    return 1


def write_papers(output: str, name: str, handout: Handout, options: SheetOptions, has_pages: bool = False) -> int:
    """Sheet and file in a student's own folder, key and solutions apart from them: a folder can be given away.

    The number of files.
    """
    own, sheets, solutions = os.path.join(output, name), FILES, SOLUTIONS
    if has_pages:
        sheets, solutions = FILES | PAGE, SOLUTIONS | SOLVED_PAGE
    files = {os.path.join(own, file): FORMATS[form](handout, options._replace(solved=False))
             for form, file in sheets.items() if form != "key"}  # fmt: skip
    if handout.text:
        key = os.path.join(output, KEYS, f"{name}.yaml") if name else os.path.join(output, FILES["key"])
        files[key] = FORMATS["key"](handout, options)
    for form, file in solutions.items():
        ending = os.path.splitext(file)[1]
        path = os.path.join(output, SOLVED, f"{name}{ending}") if name else os.path.join(output, file)
        files[path] = FORMATS[form](handout, options._replace(solved=True))
    for path, pieces in files.items():
        make(os.path.dirname(path))
        with file_to_write(path) as target:
            target.writelines(pieces)
    return len(files)
