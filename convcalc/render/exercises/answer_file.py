"""The file that a student fills in."""

from __future__ import annotations

from collections.abc import Iterator
from json import dumps
from typing import TYPE_CHECKING

from convcalc.handin.files import printable_name
from convcalc.render.exercises.key import plain

if TYPE_CHECKING:
    from convcalc.exercises.exercise import Exercise


def template(exercise: Exercise, student: str = "") -> Iterator[str]:
    """A file to fill in and to hand in."""
    how = "the answers behind the colons: 6x28x28, 2416, or 5*5*6*16 + 16"
    if any(ask.choices for ask in exercise.asks):
        how = "the letters of your choices behind the colons, and where there is nothing to choose the answers"
    yield f"# {printable_name(exercise.title)}. Write {how}.\n"
    yield f"student: {dumps(student, ensure_ascii=False) if student else ''}\nanswers:\n"
    layer = ""
    order = [ask.layer for ask in exercise.asks]
    for ask in sorted(exercise.asks, key=lambda ask: order.index(ask.layer)):
        if ask.layer != layer:
            layer = ask.layer
            yield f"  {plain(layer)}:\n"
        yield f"    {ask.quantity}:\n"
