"""The order of the axes in a submission, channels first or last: settled over all the shapes that a student wrote."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from convcalc.marking.agreement import layouts, same_shape
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.layers import Shape
    from convcalc.marking.reading import AnswerReading
    from convcalc.marking.verdict import Response

FIRST, LAST = "channels_first", "channels_last"
CLEARLY = 3  # times as many shapes in one order as in the other settle it
REMARKS = {FIRST: "read.channels_first", LAST: "read.layout"}


class Sign(NamedTuple):
    """What the numbers of a shape say of the order of its axes."""

    order: str = ""
    weight: int = 0  # SQUARE, RIGHT or CHANNELS


SQUARE, RIGHT, CHANNELS = 3, 2, 1  # its map is as square as the right one; it is right; its channels are right


def one_order(responses: list[Response]) -> tuple[list[Response], str]:
    """The responses with their shapes in the order that most of them have; that order, if it is not the key's.

    Square maps tell of themselves. Where the whole submission tells nothing, or both, either order is as good.
    """
    signs = [sign_of(response) for response in responses]
    order = settled_order(signs)
    found, is_other = [], False
    for response, sign in zip(responses, signs, strict=True):
        taken = sign.order if sign.weight == SQUARE or (not order and sign.weight == RIGHT) else order
        if taken and is_shape(response):
            usual = order or (LAST if is_last(response) else FIRST)
            response = in_order(response, taken, "" if taken == usual else REMARKS[taken])
            is_other |= order == (FIRST if is_last(response) else LAST)
        found.append(response)
    return found, order if is_other else ""


def is_shape(response: Response) -> bool:
    return response.asked.form == "shape" and response.state in ("correct", "wrong") and bool(response.readings)


def is_last(response: Response) -> bool:
    """Whether the key has the channels last."""
    network = response.asked.network
    return network is not None and network.report.channels_last


def sign_of(response: Response) -> Sign:
    """The order that a shape is in."""
    right = response.asked.right
    if not is_shape(response):
        return Sign()
    found = [shape for shape, _ in layouts(response.readings[0], len(right))]
    if len(found) < 2 or len(found[0]) != len(right):
        return Sign()
    first, last = found
    if len(right) > 2 and is_even(right) and is_even(first) != is_even(last):
        return Sign(FIRST if is_even(first) else LAST, SQUARE)
    if right in found:
        return Sign(FIRST if first == right else LAST, RIGHT)
    if (first[0] == right[0]) != (last[0] == right[0]):
        return Sign(FIRST if first[0] == right[0] else LAST, CHANNELS)
    return Sign()


def is_even(shape: Shape) -> bool:
    return len(set(shape[1:])) == 1


def settled_order(signs: list[Sign]) -> str:
    """The order of nearly all shapes that tell one; "" where it is left open."""
    for least in (RIGHT, CHANNELS):
        counts = Counter(sign.order for sign in signs if sign.weight >= least)
        for order, other in ((FIRST, LAST), (LAST, FIRST)):
            if counts[order] and counts[order] >= CLEARLY * counts[other]:
                return order
        if counts:
            return ""
    return ""


def in_order(response: Response, order: str, note: str) -> Response:
    """A response read in one order of the axes: right in the other one only, it is wrong."""
    readings = tuple(reading_in_order(reading, order, note) for reading in response.readings)
    response = response._replace(readings=readings)
    if response.state == "wrong":
        return response
    agreed = same_shape(readings[0], response.asked.right)
    return response._replace(state="wrong", note="") if agreed is None else response._replace(note=agreed)


def reading_in_order(reading: AnswerReading, order: str, note: str) -> AnswerReading:
    if reading.layout or len(reading.value) < 2:
        return reading
    return reading._replace(layout=order, note=note or reading.note)
