"""A number before a shape is its batch; where it is a side over again, only if other shapes have that batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.marking.verdict import GOOD

if TYPE_CHECKING:
    from convcalc.marking.verdict import Response


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
