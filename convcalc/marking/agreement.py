"""Whether what was read is what is right, or what a mistake gives: at the precision written, in any layout."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import is_symbolic

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers import Shape
    from convcalc.marking.key import KeyItem
    from convcalc.marking.reading import AnswerReading

PRECISE = 100  # last places that a number must have for a mistake to be told from it
MIN_PRECISE = 10  # a number cut off after one digit says too little


def agreement(asked: KeyItem, reading: AnswerReading, right: Any) -> str | None:
    """A note ("" for none) where the reading is what is right."""
    if asked.form == "shape":
        return same_shape(reading, right)
    if asked.form == "open":
        return reading.note if solves(asked, reading.value) else None
    if asked.question.form == "bound":
        return reading.note if right.holds(reading.value) else None
    if isinstance(right, tuple):
        return reading.note if reading.value == right or (len(right) == 1 and reading.value == right[0]) else None
    return same_number(reading, right, asked.question.tolerance)


def solves(asked: KeyItem, value: object) -> bool:
    """Whether a value in place of the question mark gives what is wanted."""
    answer = asked.open
    assert answer is not None
    runs = next(iter(answer.runs.values()), ())
    if runs and isinstance(value, int):
        return any(value in range(run.first, 1 + (value if run.last is None else run.last), run.step) for run in runs)
    what = asked.question.quantity
    return any(value == each.values.get(what) for each in answer.solutions)


def same_number(reading: AnswerReading, expected: Any, tolerance: Value = 0) -> str | None:
    """A note ("" for none) where a number is the expected one at the precision written, None where it is not."""
    value, unit = reading.value, reading.unit
    if isinstance(value, tuple):
        if len(set(value)) != 1:
            return None
        value = value[0]
    if value == expected:
        return reading.note
    if isinstance(expected, tuple) or is_symbolic(expected):
        return None
    off = abs(value - expected)
    if unit and value:
        is_cut_off = value >= MIN_PRECISE * unit and 0 < expected - value < unit
        if is_cut_off or 2 * off <= unit:
            return reading.note or "read.rounded"
    if tolerance and off <= tolerance * abs(expected):
        return "read.tolerance"
    return None


def gives(reading: AnswerReading, value: Any) -> bool:
    """Whether a wrong formula's value is what was written; a number rounded to two digits is too vague to tell."""
    if reading.value == value:
        return True
    vague = reading.unit and not isinstance(reading.value, tuple) and abs(reading.value) < PRECISE * reading.unit
    return not vague and same_number(reading, value) is not None


def same_shape(reading: AnswerReading, expected: Shape) -> str | None:
    """A note where a shape is the expected one (channels first) in either layout, None where it is not."""
    value = reading.value
    for own, note in layouts(reading, len(expected)):
        if own == expected:
            return note
    if len(expected) == 1 and len(value) > 1 and tuple(side for side in value if side != 1) in (expected, ()):
        return "read.ones" if expected != (1,) or set(value) == {1} else None
    if len(value) == 1 and len(expected) > 1 and value[0] == expected[0] and set(expected[1:]) == {1}:
        return "read.ones"
    return None


def layouts(reading: AnswerReading, rank: int) -> list[tuple[Shape, str]]:
    """A shape as channels first, in every layout that it may have been written in, each with its note."""
    value, note = reading.value, reading.note
    if len(value) == rank + 1 and rank > 1:
        value, note = value[1:], note or "read.batch"
    last = (value[-1], *value[:-1])
    if reading.layout == "channels_last":
        return [(last, note)]
    is_open = last != value and not reading.layout
    return [(value, note), (last, "read.layout")] if is_open else [(value, note)]


def shapes_of_rank(readings: Iterable[AnswerReading], rank: int) -> list[Shape]:
    """Every shape of so many sides that the readings can mean, channels first."""
    return [shape for reading in readings for shape, _ in layouts(reading, rank) if len(shape) == rank]
