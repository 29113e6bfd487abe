"""`convcalc quiz`: exercises with their keys, one for everybody or one a student."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

import click

from convcalc.commands import Command
from convcalc.commands.console import speak, tell
from convcalc.commands.options import format_options
from convcalc.commands.progress import interruptible
from convcalc.commands.reports import Names, file_to_write, make
from convcalc.exercises.exercise import LEVELS, MOST_CHOICES, exercise, exercise_on
from convcalc.exercises.random_networks import TOPICS
from convcalc.handin import batch
from convcalc.handin.files import named_file, printable_name
from convcalc.handin.roster import read_roster
from convcalc.readers import library
from convcalc.render.exercises import FILES, FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import TypeAlias

    Papers: TypeAlias = Mapping[str, Callable[[], Iterator[str]]]

KEYS = "keys"  # the folder of everybody's
ARRAYS = "arrays"  # the topic whose layers have numbers in them


@click.command("quiz", cls=Command)
@click.argument("spec", required=False, metavar="[SPEC]")
@click.option(
    "--topic", type=click.Choice((*TOPICS, ARRAYS)), help="Draw networks at random; without it SPEC is asked about."
)
@click.option(
    "--level", type=click.IntRange(min(LEVELS), max(LEVELS)), default=1, show_default=True, help="Of difficulty."
)
@click.option("--seed", default="1", show_default=True, metavar="TEXT", help="The same seed gives the same exercise.")
@click.option(
    "--layers",
    type=click.IntRange(1, 12),
    metavar="N",
    help="Of a random network, or tasks on arrays; by default 3, 4 or 5 by level.",
)
@click.option(
    "--questions", "count", type=click.IntRange(1), metavar="N", help="About SPEC; by default 4, 8 or 12 by level."
)
@click.option(
    "--choices",
    type=click.IntRange(2, MOST_CHOICES),
    metavar="N",
    help="Multiple choice: N answers each, the wrong ones from common mistakes.",
)
@format_options(FORMATS, "markdown", "The sheet in Markdown or LaTeX, the file to fill in (yaml), or the key.")
@click.option("--output", "-o", metavar="DIR", help="Write sheets, files to fill in and keys into this folder.")
@click.option("--students", metavar="CSV", help="A roster: each student gets numbers of their own (with --output).")
@click.option(
    "--student", "names", multiple=True, metavar="NAME", help="A student with numbers of their own; may be repeated."
)
def command(
    spec: str | None, topic: str | None, level: int, seed: str, layers: int | None, count: int | None,
    choices: int | None, form: str,
    output: str | None, students: str | None, names: tuple[str, ...],
) -> int:  # fmt: skip
    """Exercises whose numbers let no common mistake pass unseen, with the key that `convcalc check` marks with."""
    if bool(spec) == bool(topic):
        known = ", ".join((*TOPICS, ARRAYS))
        raise click.UsageError(f"name a SPEC to ask about, or a --topic to draw networks for: {known}")
    people = [*dict.fromkeys(names)]
    if students:
        people += read_roster(students, named_file(students).data(batch.MAX_STREAM)).labels()
    if len(people) > 1 and not output:
        raise click.UsageError("several students need --output DIR")
    if choices and topic == ARRAYS:
        raise click.UsageError("--choices is for questions on networks: arrays are written out")
    source = library.find(spec) if spec else None

    def papers(student: str) -> Papers:
        """Every paper of a student, by its format."""
        shown = printable_name(student)
        if topic == ARRAYS:
            from convcalc.exercises.arrays import array_exercise
            from convcalc.render.exercises import arrays

            drawn = array_exercise(level, seed, student, layers or 0)
            return {form: partial(write, drawn, shown) for form, write in arrays.FORMATS.items()}
        if source is not None:
            made = exercise_on(source, level, seed, student, count or 0)
        else:
            made = exercise(topic or "", level, seed, student, layers or 0)
        if choices:
            from convcalc.exercises.multiple_choice import with_choices

            made = with_choices(made, choices)
        return {form: partial(write, made, shown) for form, write in FORMATS.items()}

    if not output:
        speak(form)
        tell(papers(people[0] if people else "")[form](), form)
        return 0
    taken = Names((KEYS, *FILES.values()))
    with interruptible():
        for student in people or ("",):
            write_papers(output, taken.of(student) if student else "", papers(student))
    return 0


def write_papers(output: str, name: str, papers: Papers) -> None:
    """Sheet and file in a student's own folder, the key apart from them: a folder can be given away."""
    own, keys = (os.path.join(output, name), os.path.join(output, KEYS)) if name else (output, output)
    make(own)
    make(keys)
    for form, file in FILES.items():
        path = os.path.join(keys, f"{name}.yaml" if name else file) if form == "key" else os.path.join(own, file)
        with file_to_write(path) as target:
            target.writelines(papers[form]())
