"""A mistake that a student makes wherever it shows is one slip: it is charged where it shows first."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from convcalc.marking.likeliest import mistakes_shown
from convcalc.marking.situation import situations
from convcalc.marking.verdict import GOOD
from convcalc.marking.wrong_values import wrong_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from convcalc.layer.record import Kind
    from convcalc.marking.carry_forward import StudentNumbers
    from convcalc.marking.verdict import Diagnosis, Response

# Codes of one and the same habit: who counts no bias counts none in a linear layer.
SAME_HABIT = {"par.fc_no_bias": "par.no_bias"}
SELDOM = 2  # times as often, at least, a habit is made than it is not


def charged_once(responses: list[Response], theirs: Mapping[int, StudentNumbers]) -> list[Response]:
    """The responses, where of the rows that one habit spoils, or one slip elsewhere, only the first is wrong."""
    return [*one_origin_each(one_habit_each(responses, theirs))]


def one_habit_each(responses: list[Response], theirs: Mapping[int, StudentNumbers]) -> Iterator[Response]:
    """Every habit charged at its first row."""
    habits: dict[tuple[int, str], list[Response]] = {}
    for response in responses:
        if habit := habit_of(response):
            habits.setdefault((id(response.asked.network), habit), []).append(response)
    charged: dict[str, str] = {}  # by what is asked
    for (network, _), rows in habits.items():
        if len(rows) > 1:
            avoided = kinds_without(rows, responses, theirs[network])
            first, *others = [row.asked.question.ask for row in rows if kind_of(row) not in avoided] or [""]
            charged.update(dict.fromkeys(others, first))
    for response in responses:
        first = charged.get(response.asked.question.ask, "")
        yield consistent_with(first, response) if first else response


def one_origin_each(responses: Iterable[Response]) -> Iterator[Response]:
    """Every slip in a row that was not asked, or not answered, charged at the first row that it spoils."""
    charged: dict[tuple[object, ...], str] = {}
    for response in responses:
        network = id(response.asked.network)
        origins = {
            (network, *each.codes, *each.layers): each
            for each in response.diagnoses
            if response.state == "wrong" and is_elsewhere(each)
        }
        known = next((origin for origin in origins if origin in charged), None)
        if known:
            found = origins[known]
            others = [each for each in response.diagnoses if each is not found]
            yield consistent_with(charged[known], response._replace(diagnoses=(found, *others)))
            continue
        yield response
        charged.update(dict.fromkeys(origins, response.asked.question.ask))


def consistent_with(first: str, response: Response) -> Response:
    return response._replace(state="consistent", charged=first, own=response.readings[0].value)


def is_elsewhere(found: Diagnosis) -> bool:
    """Whether it is one mistake, in one layer that it names."""
    return len(found.codes) == len(found.layers) == 1 and found.layers != ("*",) and not is_slip(found)


def is_slip(found: Diagnosis) -> bool:
    return found.codes[0].startswith("slip.")


def habit_of(response: Response) -> str:
    """The code of the one mistake, made here or all along, that explains an answer; "" for any other."""
    if response.state != "wrong" or not response.asked.network or not response.diagnoses:
        return ""
    found = response.diagnoses[0]
    code, *others = found.codes
    is_one = not others and found.layers in ((), ("*",)) and not is_slip(found)
    return SAME_HABIT.get(code, code) if is_one else ""


def kind_of(response: Response) -> Kind | None:
    """Of the layer that was asked about; None of a total."""
    asked = response.asked
    return asked.network.applied(asked.index).setting.kind if asked.network and asked.index >= 0 else None


def kinds_without(rows: list[Response], responses: Iterable[Response], own: StudentNumbers) -> set[Kind | None]:
    """The kinds of layers in which the mistake in these rows was not made nearly wherever it shows: it is no habit."""
    codes = {response.diagnoses[0].codes[0] for response in rows}
    made = Counter(map(kind_of, rows))
    avoided = Counter(
        kind_of(response)
        for response in responses
        if response.state in GOOD and response.asked.network is own.network and response.asked.is_on_layer
        if kind_of(response) in made and avoids(response, codes, own)
    )
    return {kind for kind, count in avoided.items() if made[kind] <= SELDOM * count}


def avoids(response: Response, codes: set[str], own: StudentNumbers) -> bool:
    """Whether mistakes would show in an answer on the student's own numbers, and it is not what they give."""
    quantity = response.asked.question.quantity
    at = situations(own, response.asked.index, quantity)[0]
    if not codes & mistakes_shown(at, quantity):
        return False
    given = response.readings[0].value
    return isinstance(given, tuple) or all(each.value != given for each in wrong_values(at, quantity).of(codes))
