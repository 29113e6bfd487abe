"""Which of the mistakes that give the same number a student is likeliest to have made, by all of their rows."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from convcalc.marking.mistakes import MISTAKES
from convcalc.marking.situation import right_situation
from convcalc.marking.upstream import chain_codes
from convcalc.marking.verdict import GOOD
from convcalc.marking.wrong_values import parts_of, wrong_values

if TYPE_CHECKING:
    from convcalc.marking.key import KeyItem
    from convcalc.marking.situation import Situation
    from convcalc.marking.verdict import Diagnosis, Response

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

    chosen: list[str] = []
    while left:
        counts: Counter[str] = Counter()
        for response in left:
            for diagnosis in response.diagnoses:
                fresh = [code for code in diagnosis.codes if code not in chosen]
                if len(fresh) == 1:
                    counts[fresh[0]] += 0 if len(diagnosis.codes) > 1 and len(response.diagnoses[0].codes) == 1 else 1
        if not counts:
            chosen += [code for code in left[0].diagnoses[0].codes if code not in chosen]
        else:
            chosen.append(min(counts, key=lambda code: (is_slip(code), -counts[code], *doubt(code))))
        left = [response for response in left if not any(set(each.codes) <= set(chosen) for each in response.diagnoses)]
    order = {code: place for place, code in enumerate(chosen)}

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
    for part in parts_of(quantity):
        for place in range(max(1, len(at.applied.output) - 1)):
            found = wrong_values(at, part, place)
            codes |= {code for each in found.all() for code in each.codes} - found.hidden_mistakes()
    return frozenset(codes)
