"""An exercise as a sheet in Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from convcalc.render.exercises.wording import HOW, LETTERS, inputs, lettered_choices, network, question, stamp
from convcalc.render.working.page import escape_markdown

if TYPE_CHECKING:
    from convcalc.exercises.exercise import Exercise


def markdown(exercise: Exercise, student: str = "") -> Iterator[str]:
    """The sheet, with room for the answers."""
    yield f"# {escape_markdown(exercise.title)}\n\n"
    yield f"Name: {escape_markdown(student) if student else '____________________'}\n\n"
    yield f"The input is {inputs(exercise)}.\n\n"
    yield "| layer | |\n|---|---|\n"
    yield from (f"| {escape_markdown(name)} | `{line}` |\n" for name, line in network(exercise))
    yield f"\n{HOW} Letters: {LETTERS}.\n\n"
    yield "| | question | points | answer |\n|--:|---|--:|---|\n"
    for number, ask in enumerate(exercise.asks, 1):
        choices = " <br> ".join(lettered_choices(ask))
        yield f"| {number} | {escape_markdown(question(ask))} | {ask.points} | {choices} |\n"
    yield f"\n<sub>{stamp(exercise)}</sub>\n"
