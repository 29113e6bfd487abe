"""Slips: what goes wrong in writing an answer down, where what was meant may be right."""

from __future__ import annotations

from collections.abc import Iterator
from operator import ne
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import divide
from convcalc.marking.agreement import gives, same_number, shapes_of_rank
from convcalc.marking.reading import AnswerReading
from convcalc.marking.verdict import Diagnosis
from convcalc.network.quantity import COUNTED

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers import Shape
    from convcalc.marking.carry_forward import StudentNumbers
    from convcalc.marking.key import KeyItem

UNITS = frozenset((1000, 1024, 10**6, 2**20, 10**9, 2**30, 4, 8, 32))
THOUSANDS = tuple(divide(a**n, b**n) for a, b in ((1000, 1024), (1024, 1000)) for n in (1, 2, 3))


def slips(
    asked: KeyItem, readings: tuple[AnswerReading, ...], own: StudentNumbers, explained: bool
) -> Iterator[Diagnosis]:
    """What goes wrong in writing, not in thinking; the weaker slips only if nothing else explains the answer."""
    right = asked.right
    values = [right]
    if asked.index >= 0:
        values += [value for value in own.values(asked.index, asked.question.quantity) if type(value) is type(right)]
    for reading in readings:
        given = reading.value
        if asked.form == "shape":
            for value in values:
                if {*given} == {*value} and sorted(map(repr, given)) == sorted(map(repr, value)):
                    yield Diagnosis(("slip.layout",))
                if len(value) > 1 and given == value[1:]:
                    yield Diagnosis(("slip.no_channels",))
        elif not isinstance(given, tuple) and not isinstance(right, tuple):
            for value in values:
                if is_other_unit(given, value):
                    yield Diagnosis(("slip.unit",))
                if reading.unit and (
                    any(same_number(reading_in(reading, unit), value) is not None for unit in UNITS)
                    or any(gives(reading_in(reading, unit), value) for unit in THOUSANDS)
                ):
                    yield Diagnosis(("slip.unit",))
    yield from misplaced_answers(asked, readings, own)
    if explained:
        return
    for reading in readings:
        given = reading.value
        for value in values:
            if asked.form == "shape":
                shapes = shapes_of_rank((reading,), len(value)) if len(given) == len(value) else []
                if any(all(map(is_near, shape, value)) for shape in shapes):
                    yield Diagnosis(("slip.off_by_one",))
                elif any(side_miscopied(shape, value) for shape in shapes):
                    yield Diagnosis(("slip.digits",))
            elif type(given) is type(value) is int and (code := number_slip(given, value)):
                yield Diagnosis((code,))


def number_slip(given: int, right: int) -> str:
    """How a number became another in writing it down; "" where it is no such slip."""
    if abs(given - right) == 1:
        return "slip.off_by_one"
    written, true = str(given), str(right)
    is_long = len(true) > 2
    if is_long and is_miscopied(written, true):
        return "slip.digits"
    if right and (given == 2 * right or 2 * given == right):
        return "slip.doubled"
    return "slip.digit_changed" if is_long and differing_digits(written, true) == 1 else ""


def reading_in(reading: AnswerReading, unit: Value) -> AnswerReading:
    """The same figures, of a unit so many times as large."""
    return reading._replace(value=reading.value * unit, unit=reading.unit * unit)


def is_other_unit(given: Any, value: Any) -> bool:
    """Whether two numbers are the same in different units."""
    small, large = (given, value) if given < value else (value, given)
    return bool(small) and large % small == 0 and large // small in UNITS


def side_miscopied(shape: Shape, right: Shape) -> bool:
    """A digit missing or one too many in a single side."""
    wrong = [sides for sides in zip(shape, right, strict=True) if sides[0] != sides[1]]
    if len(wrong) != 1:
        return False
    given, true = map(str, wrong[0])
    return len(given) != len(true) and is_miscopied(given, true)


def is_near(side: object, other: object) -> bool:
    return isinstance(side, int) and isinstance(other, int) and abs(side - other) <= 1


def misplaced_answers(asked: KeyItem, readings: tuple[AnswerReading, ...], own: StudentNumbers) -> Iterator[Diagnosis]:
    """The answer to another question: of a row next to it, or of another column of its row."""
    network, quantity = asked.network, asked.question.quantity
    if network is None:
        return
    if quantity in COUNTED:
        columns = [value for name, value in network.columns(asked.index).items() if name != quantity]
        if any(reading.value in columns and reading.value not in (0, asked.right) for reading in readings):
            yield Diagnosis(("slip.column",))
    if asked.index < 0:
        return
    for other in own.rows.rows_with(reading.value for reading in readings):
        if other.right in (0, asked.right) or other.form != asked.form:
            continue
        if other.index == asked.index and other.question.quantity != quantity:
            yield Diagnosis(("slip.column",))
        elif other.question.quantity == quantity and own.rows.are_next(asked, other):
            yield Diagnosis(("slip.neighbour",), (other.question.layer,))


def differing_digits(given: str, right: str) -> int:
    """In how many places two numbers of the same length differ; 0 for those of different length."""
    return sum(map(ne, given, right)) if len(given) == len(right) else 0


def is_miscopied(given: str, right: str) -> bool:
    """A digit missing, one too many, or two neighbours swapped."""
    if abs(len(given) - len(right)) > 1:
        return False
    same = begins_alike(given, right)
    if len(given) == len(right):
        return (
            given != right and given[same:] == right[same + 1 : same + 2] + right[same : same + 1] + right[same + 2 :]
        )
    longer, shorter = (given, right) if len(given) > len(right) else (right, given)
    return longer[same + 1 :] == shorter[same:]


def begins_alike(one: str, other: str) -> int:
    """How many characters two texts have in common at their beginnings."""
    same = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        same += 1
    return same
