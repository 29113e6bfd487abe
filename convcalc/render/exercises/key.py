"""The key of an exercise: an assignment."""

from __future__ import annotations

from collections.abc import Iterator
from json import dumps
from typing import TYPE_CHECKING

from convcalc.render.exercises.wording import stamp

if TYPE_CHECKING:
    from convcalc.exercises.exercise import Exercise

ALONE = ("---", "...", "%")  # they begin and end documents, and no document is a part of another


def key(exercise: Exercise, student: str = "") -> Iterator[str]:
    """The assignment that `convcalc check` marks with."""
    whose = f" for {student}" if student else ""
    yield f"# {stamp(exercise)}\n"
    yield f"assignment: {dumps(exercise.title + whose, ensure_ascii=False)}\n"
    text = exercise.spec.strip("\n")
    if "\n" in text:
        yield "spec: |2\n" if any(line.startswith(ALONE) for line in text.split("\n")) else "spec:\n"
        yield from (f"  {line}\n" if line.strip() else "\n" for line in text.split("\n"))
    else:
        yield f"spec: {dumps(text, ensure_ascii=False)}\n"
    yield "questions:\n"
    for ask in exercise.asks:
        choices = ", ".join(choice.plain for choice in ask.choices)
        more = f", choices: [{choices}]" if choices else ""
        yield f"  - {{ask: {plain(ask.ask)}, points: {ask.points}{more}}}\n"


def plain(name: str) -> str:
    return name if name.replace(".", "").replace("_", "").isalnum() else dumps(name, ensure_ascii=False)
