"""What follows from rows that are not there, where a mistake that a student makes elsewhere was made in them, too."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from convcalc.marking.agreement import agreement
from convcalc.marking.consistency import own_values
from convcalc.marking.habits import single_code
from convcalc.marking.upstream import OUTPUT
from convcalc.marking.verdict import Diagnosis
from convcalc.marking.wrong_formulas import possible

if TYPE_CHECKING:
    from collections.abc import Iterable

    from convcalc.marking.carry_forward import StudentNumbers
    from convcalc.marking.verdict import Response

MAX_HABITS = 6  # of a student that are tried
# Mistakes that change what comes after them, by the beginning of their codes, and what they are made with.
CARRIED = {"size.": OUTPUT, "rf.": ("receptive_field",)}


def followed_through(responses: list[Response], theirs: Iterable[StudentNumbers]) -> list[Response]:
    """The responses, where what follows from a mistake in rows that are not there is consistent with its first row."""
    found = [*responses]
    for own in theirs:
        places = [place for place, response in enumerate(responses) if response.asked.network is own.network]
        carried = [what for what, rows in CARRIED.items() if has_unseen_rows(own, what, rows)]
        for code, first in first_places(responses, places, tuple(carried)).items():
            numbers = own.with_habit(code)
            for place in places:
                if found[place].state == "wrong" and place != first:
                    found[place] = follow(found[place], numbers, responses, responses[first].asked.question.ask)
    return found


def has_unseen_rows(own: StudentNumbers, what: str, quantities: tuple[str, ...]) -> bool:
    """Whether there are layers, without a row of the student's, that such mistakes can be made in."""
    written = own.fields if what == "rf." else own.written
    kinds = {
        layer.applied.setting.kind
        for index, layer in enumerate(own.network.layers)
        if layer.applied and index not in written
    }
    return any(possible(kind, quantity) for kind in kinds for quantity in quantities)


def first_places(responses: list[Response], places: list[int], carried: tuple[str, ...]) -> dict[str, int]:
    """The mistakes that explain most rows, each with the first that it explains; none where no row is left wrong."""
    if not carried or all(responses[place].state != "wrong" for place in places):
        return {}
    firsts: dict[str, int] = {}
    counts: Counter[str] = Counter()
    for place in places:
        for code in filter(None, map(single_code, responses[place].diagnoses)):
            if code.startswith(carried):
                firsts.setdefault(code, place)
                counts[code] += 1
    return {code: firsts[code] for code, _ in counts.most_common(MAX_HABITS)}


def follow(response: Response, numbers: StudentNumbers, responses: list[Response], charged: str) -> Response:
    """The response, consistent where it follows from these numbers."""
    for value in own_values(response, numbers, responses):
        for reading in response.readings:
            if (note := agreement(response.asked, reading, value)) is not None:
                return response._replace(
                    readings=(reading,), state="consistent", note=note, own=value, charged=charged,
                    diagnoses=(Diagnosis((numbers.habit,), ("*",)),),
                )  # fmt: skip
    return response
