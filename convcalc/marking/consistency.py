"""A student's answers among one another: what follows from their own numbers, and what explains the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.marking.agreement import agreement, shapes_of_rank
from convcalc.marking.carry_forward import StudentNumbers
from convcalc.marking.diagnosis import explanations
from convcalc.marking.key import Rows, side_named
from convcalc.marking.totals import own_totals
from convcalc.marking.verdict import Diagnosis
from convcalc.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from convcalc.layers.record import Shape
    from convcalc.marking.key import KeyItem
    from convcalc.marking.reading import AnswerReading
    from convcalc.marking.reference_network import ReferenceNetwork, Sides
    from convcalc.marking.verdict import Response


def own_numbers(network: ReferenceNetwork, responses: Iterable[Response]) -> StudentNumbers:
    """A student's own outputs and fields; right ones are among them, since they end a mistake."""
    outputs: dict[int, tuple[Shape, ...]] = {}
    fields: dict[int, Sides] = {}
    strides: dict[int, Sides] = {}
    for response in responses:
        asked = response.asked
        what = asked.question.quantity
        if not asked.is_whole_quantity(network) or response.state not in ("wrong", "correct"):
            continue
        if what == "output":
            right = network.right[asked.index]
            shapes = (right,) if response.state == "correct" else usable(response.readings, len(right))
            if shapes:
                outputs[asked.index] = shapes
        elif what in ("receptive_field", "rf_stride"):
            sides = network.field(asked.index, "size" if what == "receptive_field" else "stride")
            if response.state == "wrong":
                value = response.readings[0].value
                sides = value if isinstance(value, tuple) and len(value) == len(sides) else (value,) * len(sides)
            if all(isinstance(side, int) and 0 < side < 10**12 for side in sides):
                (fields if what == "receptive_field" else strides)[asked.index] = sides
    rows = Rows(response.asked for response in responses if response.asked.network is network)
    return StudentNumbers(network, outputs, fields, strides, rows)


def usable(readings: tuple[AnswerReading, ...], rank: int) -> tuple[Shape, ...]:
    """The shapes, channels first, that later layers can be computed from."""
    shapes = shapes_of_rank(readings, rank)
    return tuple(shape for shape in shapes if all(isinstance(side, int) and 0 < side < 10**30 for side in shape))


def second_look(response: Response, own: StudentNumbers, carry_forward: bool, responses: list[Response]) -> Response:
    """A wrong answer compared with what follows from the student's own numbers, and explained where it does not."""
    asked = response.asked
    values = own_values(response, own, responses)
    for reading in response.readings:
        for value in values:
            note = agreement(asked, reading, value)
            if note is not None:
                if carry_forward:
                    return response._replace(readings=(reading,), state="consistent", note=note, own=value)
                return response._replace(own=value, diagnoses=carried_mistakes(asked, own, responses))
    return response._replace(own=values[0] if values else None, diagnoses=explanations(response, own))


def own_values(response: Response, own: StudentNumbers, responses: list[Response]) -> list[Any]:
    asked = response.asked
    what = asked.question.quantity
    values = own_totals(own, what, responses) if asked.index < 0 else own.values(asked.index, what)
    if asked.question.part or asked.form == "side":
        values = [narrow_to_side(asked, value) for value in values]
    return [value for value in values if value is not None and value != asked.right]


def narrow_to_side(asked: KeyItem, value: Any) -> Any:
    """The side that is asked for; one number for equal sides."""
    question = asked.question
    try:
        if question.part:
            return side_named(value, question.part, question.quantity, question.ask)
    except Problem:
        return None
    if isinstance(value, tuple) and not isinstance(asked.right, tuple):
        return value[0] if len(set(value)) == 1 else None
    return value


def carried_mistakes(asked: KeyItem, own: StudentNumbers, responses: list[Response]) -> tuple[Diagnosis, ...]:
    """For an answer that follows from earlier ones: what went wrong in those, and where."""
    origins = []
    for response in responses:
        other = response.asked
        if other is asked:
            break
        is_before = other.network is own.network and other.question.quantity in ("output", asked.question.quantity)
        if response.state == "wrong" and is_before:
            codes = response.diagnoses[0].codes if response.diagnoses and not response.diagnoses[0].layers else ()
            if codes or not response.diagnoses:
                origins.append((other.question.layer, codes))
    codes = tuple(dict.fromkeys(code for _, each in origins for code in each))
    layers = tuple(dict.fromkeys(layer for layer, _ in origins))
    return (Diagnosis(codes or ("slip.carried",), layers),) if origins else ()
