"""What follows from rows that are not there, where a mistake that a student makes elsewhere was made in them, too."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from convcalc.marking.agreement import agreement
from convcalc.marking.carry_forward import StudentNumbers
from convcalc.marking.consistency import own_values
from convcalc.marking.habits import single_code
from convcalc.marking.verdict import Diagnosis

if TYPE_CHECKING:
    from collections.abc import Iterable

    from convcalc.marking.verdict import Response

MAX_HABITS = 6  # of a student that are tried
CARRIED = ("size.", "rf.")  # mistakes that change what comes after


def followed_through(responses: list[Response], theirs: Iterable[StudentNumbers]) -> list[Response]:
    """The responses, where what follows from a mistake in rows that are not there is consistent with its first row."""
    found = [*responses]
    for own in theirs:
        places = [place for place, response in enumerate(responses) if response.asked.network is own.network]
        firsts = first_places(responses, places)
        for code in firsts if any(responses[place].state == "wrong" for place in places) else ():
            numbers = own.with_habit(code)
            if numbers.shapes == own.shapes and numbers.sizes == own.sizes:
                continue
            for place in places:
                response = found[place]
                if response.state == "wrong" and place != firsts[code]:
                    charged = responses[firsts[code]].asked.question.ask
                    found[place] = follow(response, numbers, responses, charged)
    return found


def first_places(responses: list[Response], places: list[int]) -> dict[str, int]:
    """The mistakes that explain most rows, each with the first that it explains."""
    firsts: dict[str, int] = {}
    counts: Counter[str] = Counter()
    for place in places:
        for code in filter(None, map(single_code, responses[place].diagnoses)):
            if code.startswith(CARRIED):
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
