"""Answers that are right only where they can mean nothing else: rounded numbers, and shapes with a batch.

No known mistake, and no other choice, may round to the same; a batch may be no side that is written twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import is_symbolic
from convcalc.marking.agreement import PRECISE, same_number
from convcalc.marking.diagnosis import quantity_explained
from convcalc.marking.first_look import chosen_text
from convcalc.marking.reading import Unreadable, plain_text, read_answer
from convcalc.marking.situation import situations
from convcalc.marking.totals import wrong_totals
from convcalc.marking.upstream import chains_to, upstream_values, values_all_along
from convcalc.marking.verdict import GOOD, Response
from convcalc.marking.wrong_values import wrong_values

if TYPE_CHECKING:
    from convcalc.marking.carry_forward import StudentNumbers
    from convcalc.marking.key import KeyItem


def sure_ones(responses: list[Response], theirs: Mapping[int, StudentNumbers]) -> list[Response]:
    """The responses, where those that can as well mean something wrong are not right."""
    if any(response.note == "read.batch" for response in responses):
        responses = sure_batches(responses)
    return [decide_rounded(each, theirs.get(id(each.asked.network))) for each in responses]


def is_rounded(response: Response) -> bool:
    """Whether a number that scores was not written with all its digits."""
    return (
        response.state in GOOD
        and response.asked.form in ("number", "side")
        and response.asked.question.form == "number"
        and bool(response.readings and response.readings[0].unit)
    )


def decide_rounded(response: Response, own: StudentNumbers | None) -> Response:
    """A rounded answer as it is where it can mean nothing else that is likely; unreadable where it can."""
    if not is_rounded(response):
        return response
    asked, reading = response.asked, response.readings[0]
    right = asked.right if response.state == "correct" else response.own
    tolerance = asked.question.tolerance
    if isinstance(right, tuple):  # whose sides are compared exactly
        return response
    if tolerance and abs(reading.value - right) <= tolerance * abs(right):
        return response
    if asked.question.choices:
        if is_chosen(response):
            return response
        others = [*chosen_numbers(asked)]
    else:
        others = [*wrong_numbers(asked, own)] if own and not response.charged else []
    other = next(
        (each for each in others if each not in (right, asked.right) and same_number(reading, each) is not None), None
    )
    is_exact = reading.value == right
    if other is None and (is_exact or (abs(reading.value) >= PRECISE * reading.unit and not asked.question.choices)):
        return response
    where = (
        "as it is rounded it says too little"
        if other is None
        else f"as it is rounded it may also be {number_text(other)}"
    )
    return response._replace(
        state="unreadable", note="read.vague", where=where, own=None, diagnoses=(), charged="", readings=()
    )


def number_text(number: Any) -> str:
    return f"{number:,}" if isinstance(number, int) else str(number)


def is_chosen(response: Response) -> bool:
    """Whether it is a letter, or one of the choices as it is written there."""
    choices = response.asked.question.choices
    return chosen_text(response.text, choices) in choices or plain_text(response.text) in map(plain_text, choices)


def chosen_numbers(asked: KeyItem) -> Iterator[Any]:
    for choice in asked.question.choices:
        try:
            yield read_answer(choice)[0].value
        except Unreadable:
            continue


def wrong_numbers(asked: KeyItem, own: StudentNumbers) -> Iterator[Any]:
    """What the known mistakes give for this row, the commonest first."""
    asked = asked.at_main_layer
    network, index, what = own.network, asked.index, asked.question.quantity
    if index < 0:
        # A slip in one row is lost in most sums; where that row is asked, it shows there.
        found = [value for value, diagnosis in wrong_totals(network, what) if not diagnosis.layers]
    elif not network.has_shapes or network.layers[index].applied is None:
        return
    else:
        quantity, place = quantity_explained(asked, own)
        found = []
        if quantity:
            for view in situations(own, index, quantity):
                found += [each.value for each in wrong_values(view, quantity, place).all()]
        if what == "receptive_field":
            found += [value for value, _ in chains_to(network, index)]
        found += [value for value, *_ in upstream_values(own, index, what)]
        found += [value for value, _ in values_all_along(own, index, what)]
    yield from (each for each in found if each is not None and not isinstance(each, tuple) and not is_symbolic(each))


def sure_batches(responses: list[Response]) -> list[Response]:
    """The responses, where 8x8x20x20 for 8x20x20 is left undecided unless another shape tells of a batch of 8."""
    told = {batch_of(response) for response in responses if not is_doubtful(response)}
    return [
        response._replace(state="unreadable", note="read.doubled", own=None, readings=())
        if is_doubtful(response) and batch_of(response) not in told
        else response
        for response in responses
    ]


def batch_of(response: Response) -> object:
    """The batch of a shape that scores; None where it has none."""
    return sides_written(response)[0] if response.note == "read.batch" and sides_written(response) else None


def is_doubtful(response: Response) -> bool:
    """Whether the batch may be one of the sides, written once too often."""
    batch = batch_of(response)
    return batch not in (None, 1) and batch in sides_written(response)[1:]


def sides_written(response: Response) -> tuple[object, ...]:
    """The numbers of a shape that scores, with that of the batch; () where the batch was no number."""
    right = response.asked.right
    if response.state not in GOOD or not isinstance(right, tuple) or not response.readings:
        return ()
    value = response.readings[0].value
    return value if isinstance(value, tuple) and len(value) == len(right) + 1 else ()
