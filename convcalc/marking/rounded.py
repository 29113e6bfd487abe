"""Rounded answers: right only where no known mistake, and no other choice, rounds to the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import is_symbolic
from convcalc.marking.agreement import PRECISE, same_number
from convcalc.marking.all_along import values_all_along
from convcalc.marking.diagnosis import quantity_explained
from convcalc.marking.lettered import chosen_text
from convcalc.marking.reading import Unreadable, plain_text, read_answer
from convcalc.marking.situation import situations
from convcalc.marking.totals import wrong_totals
from convcalc.marking.upstream import chains_to, upstream_values
from convcalc.marking.verdict import GOOD
from convcalc.marking.wrong_values import wrong_values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcalc.marking.carry_forward import StudentNumbers
    from convcalc.marking.key import KeyItem
    from convcalc.marking.verdict import Response


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
