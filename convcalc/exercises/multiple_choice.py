"""The answers to a question: the right one, and the wrong ones that common mistakes lead to, each explained."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import is_fraction
from convcalc.algebra.notation import decimal, to_tree
from convcalc.exercises.random_networks import seeded_random
from convcalc.layers.case import AXES
from convcalc.marking.answers import Answers
from convcalc.marking.habits import is_slip, rank
from convcalc.marking.key import TOTAL, AnswerKey, KeyItem, network_item
from convcalc.marking.mark import mark
from convcalc.marking.reference_network import ReferenceNetwork
from convcalc.marking.situation import Situation, right_situation
from convcalc.marking.totals import wrong_totals
from convcalc.marking.upstream import chain_mistakes, wrong_outputs
from convcalc.marking.wrong_values import wrong_values
from convcalc.spec.layout import written_order
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.exercises.exercise import Exercise
    from convcalc.marking.verdict import Diagnosis

MAX_WRONG = 20  # answers that are told apart
MAX_CANDIDATES = 100  # that are marked


class Choice(NamedTuple):
    """An answer as a student would type it, 4704 or 6x28x28, and the mistake that leads to it."""

    text: str
    mistake: Diagnosis | None = None
    is_right: bool = False
    share: int | Fraction = 0  # of the points


class ChoiceQuestion(NamedTuple):
    """A question with its right answer and with wrong ones, the commonest mistake first."""

    item: KeyItem
    right: Choice
    wrong: tuple[Choice, ...]

    @property
    def part(self) -> str:
        """The side that is asked for, where it is one of several."""
        return self.item.question.part

    def choices(self, count: int, seed: str) -> tuple[Choice, ...]:
        """At most so many answers in an order of the seed: the right one, and each mistake once before any twice."""
        firsts: dict[tuple[str, ...], Choice] = {}
        again = []
        for each in self.wrong:
            if each.mistake and firsts.setdefault(each.mistake.codes, each) is not each:
                again.append(each)
        chosen = [self.right, *[*firsts.values(), *again][: count - 1]]
        seeded_random("choices", seed, self.item.question.ask, self.right.text).shuffle(chosen)
        return tuple(chosen)


class ChoiceQuestions:
    """The questions of a key on networks, whole or side by side, with what marking says of wrong answers to them."""

    def __init__(self, key: AnswerKey):
        self.key = key

    def whole(self, item: KeyItem) -> ChoiceQuestion:
        """A question on a number or a shape, with the wrong answers that a mistake in thinking explains."""
        wrong = []
        for value in islice(dict.fromkeys(candidates(item)), MAX_CANDIDATES):
            choice = self.marked(item, typed_text(value, item))
            if choice.mistake is not None and not any(map(is_slip, choice.mistake.codes)):
                wrong.append(choice)
        wrong.sort(key=lambda choice: likelihood(choice.mistake) if choice.mistake else (0, 0))
        return ChoiceQuestion(item, Choice(typed_text(item.right, item), None, True, 1), tuple(wrong[:MAX_WRONG]))

    def sides(self, item: KeyItem) -> tuple[ChoiceQuestion, ...]:
        """A question as one for each number of its answer: channels, height and width of a shape."""
        network = item.network
        if network is None or not (names := parts(item)):
            return (self.whole(item),)
        ordered = written_order(names, item.form == "shape" and network.report.channels_last)
        layer = network.layers[item.index].name if item.index >= 0 else TOTAL
        asks = (f"{layer}.{item.question.quantity}.{name}" for name in ordered)
        return tuple(map(self.whole, [network_item(network, ask, {}) for ask in asks]))

    def choices(self, item: KeyItem) -> tuple[Choice, ...]:
        """The answers among which the key lets choose."""
        return tuple(self.marked(item, text) for text in item.question.choices)

    def marked(self, item: KeyItem, text: str) -> Choice:
        """An answer with what marking says of it, when nothing else is answered."""
        single = self.key._replace(asked=(item,), memo={})
        [verdict] = mark(single, Answers("", {item.question.ask: text})).verdicts
        mistake = verdict.diagnoses[0] if verdict.state == "wrong" and verdict.diagnoses else None
        share = Fraction(verdict.score) / verdict.question.points if verdict.question.points else 0
        return Choice(text, mistake, verdict.state == "correct", share)


def with_choices(exercise: Exercise, count: int) -> Exercise:
    """The exercise with answers to choose from; a question to which no mistake leads elsewhere stays open."""
    network = ReferenceNetwork(exercise.report)
    items = tuple(network_item(network, ask.ask, {}) for ask in exercise.asks)
    questions = ChoiceQuestions(AnswerKey(exercise.title, items, "", {}, network=network))
    asks = []
    for ask, item in zip(exercise.asks, items, strict=True):
        chosen = questions.whole(item).choices(count, exercise.seed + exercise.spec)
        asks.append(ask._replace(choices=tuple(choice.text for choice in chosen) if len(chosen) > 1 else ()))
    return exercise._replace(asks=tuple(asks))


def likelihood(mistake: Diagnosis) -> tuple[int, int]:
    """By which mistakes are put in order: the smaller, the commoner."""
    return max(map(rank, mistake.codes)), len(mistake.codes) + len(mistake.layers)


def parts(item: KeyItem) -> tuple[str, ...]:
    """The names of the numbers that an answer consists of; none for a single one."""
    if not isinstance(item.right, tuple):
        return ()
    if item.form == "shape":
        return ("channels", *AXES.get(len(item.right) - 1, ())) if len(item.right) < 5 else ()
    return AXES.get(len(item.right), ())


def typed_text(value: Any, item: KeyItem) -> str:
    """An answer as a student types it, a shape in the order of the network's sizes."""
    channels_last = item.form == "shape" and item.network is not None and item.network.report.channels_last
    return plain_text(written_order(value, channels_last) if isinstance(value, tuple) else value)


def plain_text(value: Any) -> str:
    """A number or a shape in plain signs: 4704, 18.5, 6x28x28."""
    if isinstance(value, tuple):
        return "x".join(map(plain_text, value))
    return decimal(to_tree(value)) or str(value)


# Wrong answers


def candidates(item: KeyItem) -> Iterator[Any]:
    """What one mistake makes of an answer, in this layer or in all; a number whose decimals never end is left out."""
    network = item.network
    if network is None or not network.has_shapes:
        return
    found = total_candidates(network, item) if item.index < 0 else layer_candidates(network, item)
    yield from (value for value in found if value != item.right and can_be_typed(value, item))


def can_be_typed(value: Any, item: KeyItem) -> bool:
    """Whether it is of the form of the answer, and exact in decimals where it is a fraction."""
    if isinstance(value, tuple):
        return isinstance(item.right, tuple) and all(isinstance(side, int) and side > 0 for side in value)
    if is_fraction(value) and decimal(to_tree(value)) is None:
        return False
    return not isinstance(item.right, tuple) and bool(value >= 0)


def field_candidates(at: Situation, right: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """A field of which each side is what the same mistake makes of it."""
    found: dict[tuple[str, ...], list[Any]] = {}
    for place in range(len(right)):
        for each in wrong_values(at, "receptive_field", place).all():
            found.setdefault(each.codes, [*right])[place] = each.value
    yield from map(tuple, found.values())


def total_candidates(network: ReferenceNetwork, item: KeyItem) -> Iterator[Any]:
    yield from (value for value, _ in wrong_totals(network, item.question.quantity))


def layer_candidates(network: ReferenceNetwork, item: KeyItem) -> Iterator[Any]:
    """Of a layer on what comes in: a mistake is made along every axis alike."""
    at, quantity, part = right_situation(network, item.index), item.question.quantity, item.question.part
    if item.form == "shape":
        yield from (shape for shape, _ in wrong_outputs(at))
        return
    names = AXES.get(len(at.applied.axes), ())
    place = names.index(part) if part in names else 0
    if quantity == "output":
        quantity = "size" if part in names else "features" if at.kind.flattens else "channels"
    if isinstance(item.right, tuple):
        yield from field_candidates(at, item.right)
        return
    yield from (each.value for each in wrong_values(at, quantity, place).all())
    if quantity == "receptive_field" and place == 0:
        yield from (value for value, _ in chain_mistakes(network, item.index))
