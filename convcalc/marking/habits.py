"""A student's mistakes over all of their rows: the likeliest that explain them, each charged where it shows first.

A mistake that a student makes wherever it shows is one slip.  It may have been made in rows that are not there, too:
what follows from those is consistent with its first row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from convcalc.marking.agreement import agreement
from convcalc.marking.carry_forward import StudentNumbers, own_values
from convcalc.marking.mistakes import MISTAKES
from convcalc.marking.situation import Situation, right_situation, situations
from convcalc.marking.upstream import OUTPUT, chain_codes
from convcalc.marking.verdict import GOOD, Diagnosis, Response
from convcalc.marking.wrong_formulas import possible
from convcalc.marking.wrong_values import values_of_row, wrong_values
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.layers import Kind
    from convcalc.marking.key import KeyItem

# Codes of one and the same habit: who counts no bias counts none in a linear layer.
SAME_HABIT = {"par.fc_no_bias": "par.no_bias"}
SELDOM = 2  # times as often, at least, a habit is made than it is not


def charged_once(responses: list[Response], theirs: Mapping[int, StudentNumbers]) -> list[Response]:
    """The responses, where of the rows that one habit spoils, or one slip elsewhere, only the first is wrong."""
    habits = habits_of(responses, theirs)
    charged: dict[Charge, str] = {}  # where
    found = []
    for response in responses:
        charges = [(each, charges_of(response, each, habits)) for each in response.diagnoses if is_open(response)]
        again = next(((each, charge) for each, made in charges for charge in made if charge in charged), None)
        if again:
            known, charge = again
            others = (each for each in response.diagnoses if each is not known)
            response = response._replace(
                state="consistent", charged=charged[charge], own=response.readings[0].value,
                diagnoses=(known, *others),
            )  # fmt: skip
        else:
            for place, (_, made) in enumerate(charges):
                for charge in made:
                    if place == 0 or charge.layer:
                        charged.setdefault(charge, response.asked.question.ask)
        found.append(response)
    return found


class Charge(NamedTuple):
    """What is charged once: a habit, or a mistake in one layer."""

    network: int
    code: str
    layer: str = ""


def is_open(response: Response) -> bool:
    return response.state == "wrong" and response.asked.network is not None


def charges_of(response: Response, found: Diagnosis, habits: Mapping[Charge, set[Kind | None]]) -> list[Charge]:
    """What an explanation would have been charged as before."""
    code = single_code(found)
    network = id(response.asked.network)
    habit = Charge(network, SAME_HABIT.get(code, code))
    made = [habit] if kind_of(response, found) in habits.get(habit, ()) else []
    return [*made, Charge(network, code, found.layers[0])] if code and is_elsewhere(found) else made


def single_code(found: Diagnosis) -> str:
    """The code of an explanation by one mistake, made here, all along, or in one layer; "" for any other."""
    is_single = len(found.codes) == 1 and len(found.layers) < 2 and not found.codes[0].startswith("slip.")
    return found.codes[0] if is_single else ""


def is_elsewhere(found: Diagnosis) -> bool:
    return found.layers not in ((), ("*",))


def kind_of(response: Response, found: Diagnosis | None = None) -> Kind | None:
    """Of the layer that was asked about, or in which the mistake was made; None of a total."""
    network, index = response.asked.network, response.asked.index
    if network and found and is_elsewhere(found):
        index = network.index.get(found.layers[0], index)
    return network.applied(index).setting.kind if network and index >= 0 else None


def habits_of(responses: list[Response], theirs: Mapping[int, StudentNumbers]) -> dict[Charge, set[Kind | None]]:
    """The habits of a student, with the kinds of layers that they have them with."""
    rows: dict[Charge, list[Response]] = {}
    for response in responses:
        if is_open(response) and response.diagnoses and (code := single_code(response.diagnoses[0])):
            rows.setdefault(Charge(id(response.asked.network), SAME_HABIT.get(code, code)), []).append(response)
    return {
        habit: kinds_with(found, responses, theirs[habit.network]) for habit, found in rows.items() if len(found) > 1
    }


def kinds_with(rows: list[Response], responses: Iterable[Response], own: StudentNumbers) -> set[Kind | None]:
    """The kinds of layers in which the mistake in these rows was made nearly wherever it shows."""
    codes = {response.diagnoses[0].codes[0] for response in rows}
    made = Counter(kind_of(response, response.diagnoses[0]) for response in rows)
    avoided = Counter(
        kind_of(response)
        for response in responses
        if response.state in GOOD and response.asked.network is own.network and response.asked.is_on_layer
        if kind_of(response) in made and avoids(response, codes, own)
    )
    return {kind for kind, count in made.items() if count > SELDOM * avoided[kind]}


def avoids(response: Response, codes: set[str], own: StudentNumbers) -> bool:
    """Whether mistakes would show in an answer on the student's own numbers, and it is not what they give."""
    quantity = response.asked.question.quantity
    at = situations(own, response.asked.index, quantity)[0]
    if not codes & mistakes_shown(at, quantity):
        return False
    given = response.readings[0].value
    return isinstance(given, tuple) or all(each.value != given for each in wrong_values(at, quantity).of(codes))


# Rows that are not there

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


# The likeliest of the mistakes that give the same number

MAX_RANK = 9  # of a mistake in thinking


def likeliest_first(responses: list[Response]) -> list[Response]:
    """Every response's explanations, first those in the smallest set of codes that explains all of a student's."""
    left = [response for response in responses if response.diagnoses]
    if not left:
        return responses
    avoided = avoided_mistakes(responses) if any(len(response.diagnoses) > 1 for response in left) else Counter()

    def doubt(code: str) -> tuple[bool, int, int, str]:
        """How little is to be said for a mistake beside others of the same number: it was not made elsewhere."""
        return avoided[code] > 0, rank(code), avoided[code], code

    order: dict[str, int] = {}  # of the codes that are chosen
    while left:
        counts: Counter[str] = Counter()
        for response in left:
            for diagnosis in response.diagnoses:
                fresh = [code for code in diagnosis.codes if code not in order]
                if len(fresh) == 1:
                    counts[fresh[0]] += 0 if len(diagnosis.codes) > 1 and len(response.diagnoses[0].codes) == 1 else 1
        first = min(counts, key=lambda code: (is_slip(code), -counts[code], *doubt(code)), default=None)
        for code in (first,) if first else left[0].diagnoses[0].codes:
            order.setdefault(code, len(order))
        left = [each for each in left if not any(order.keys() >= {*found.codes} for found in each.diagnoses)]

    def weigh(diagnosis: Diagnosis) -> tuple[bool, float, bool, int, list[tuple[bool, int, int, str]]]:
        codes = diagnosis.codes
        outside = sum(code not in order for code in codes)
        return (
            any(map(is_slip, codes)), len(codes) + len(diagnosis.layers) * 0.5, outside > 0,
            sum(order.get(code, 99) for code in codes), sorted(map(doubt, codes), reverse=True),
        )  # fmt: skip

    return [one._replace(diagnoses=(*sorted(one.diagnoses, key=weigh),)) if one.diagnoses else one for one in responses]


def rank(code: str) -> int:
    known = MISTAKES.get(code)
    return known.rank if known else 20


def is_slip(code: str) -> bool:
    """Whether it is no mistake in thinking."""
    return rank(code) > MAX_RANK


def avoided_mistakes(responses: list[Response]) -> Counter[str]:
    """By mistake, in how many of the student's rows it would have shown and was not made."""
    return Counter(code for response in responses if response.state in GOOD for code in mistakes_of_row(response.asked))


def mistakes_of_row(asked: KeyItem) -> frozenset[str]:
    """The mistakes that give a wrong number in a row, to somebody who has everything before it right."""
    network, index, what = asked.network, asked.index, asked.question.quantity
    if network is None or not asked.is_on_layer:
        return frozenset()
    return network.recall(("shown", index, what), lambda: mistakes_shown(right_situation(network, index), what))


def mistakes_shown(at: Situation, quantity: str) -> frozenset[str]:
    """The mistakes that give a wrong number of a quantity here, in whichever way they are made."""
    codes = chain_codes(at.network, at.place) if quantity == "receptive_field" else set()
    for found in values_of_row(at, quantity):
        codes |= {code for each in found.all() for code in each.codes} - found.hidden_mistakes()
    return frozenset(codes)
