"""The answers to a question: the right one, and the wrong ones that common mistakes lead to, each explained."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import is_fraction
from convcalc.algebra.notation import decimal, to_tree
from convcalc.exercises.random_networks import seeded_random
from convcalc.layer.binding import AXES
from convcalc.marking.answers import Answers
from convcalc.marking.key import AnswerKey, network_item
from convcalc.marking.mark import mark, rank
from convcalc.marking.reference_network import ReferenceNetwork
from convcalc.marking.situation import right_situation
from convcalc.marking.totals import wrong_totals
from convcalc.marking.upstream import chain_mistakes, wrong_outputs
from convcalc.marking.wrong_values import wrong_values
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcalc.exercises.exercise import Ask, Exercise
    from convcalc.marking.key import KeyItem
    from convcalc.marking.verdict import Diagnosis

SLIP = 9  # the rank above which a code is no mistake in thinking
MAX_WRONG = 20  # answers that are told apart


class Choice(NamedTuple):
    """A number or a shape, channels first, and the mistake that leads to it; the right one has none."""

    value: Any
    mistake: Diagnosis | None = None

    @property
    def plain(self) -> str:
        """As a student would type it: 4704, 6x28x28."""
        return plain_text(self.value)


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
        seeded_random("choices", seed, self.item.question.ask, self.right.value).shuffle(chosen)
        return tuple(chosen)


class ChoiceQuestions:
    """The questions of an exercise, whole or side by side."""

    def __init__(self, exercise: Exercise):
        self.network = ReferenceNetwork(exercise.report)
        self.items = {ask.ask: network_item(self.network, ask.ask, {}) for ask in exercise.asks}
        self.key = AnswerKey(exercise.title, tuple(self.items.values()), "", {}, network=self.network)

    def whole(self, ask: Ask) -> ChoiceQuestion:
        """A question on a number or a shape."""
        return self.explained(self.items[ask.ask], self.key)

    def sides(self, ask: Ask) -> tuple[ChoiceQuestion, ...]:
        """A question as one for each number of its answer: channels, height and width of a shape."""
        question = self.items[ask.ask].question
        found = []
        for part in parts(self.items[ask.ask]):
            item = network_item(self.network, f"{question.layer}.{question.quantity}.{part}", {})
            found.append(self.explained(item, self.key._replace(asked=(item,), memo={})))
        return tuple(found) or (self.whole(ask),)

    def explained(self, item: KeyItem, key: AnswerKey) -> ChoiceQuestion:
        """The question with what marking finds wrong, and explains by a mistake in thinking."""
        wrong = []
        for value in dict.fromkeys(candidates(self.network, item)):
            marked = mark(key, Answers("", {item.question.ask: plain_text(value)}))
            verdict = marked.verdicts[key.asked.index(item)]
            if verdict.state == "wrong" and verdict.diagnoses and likelihood(verdict.diagnoses[0])[0] <= SLIP:
                wrong.append((likelihood(verdict.diagnoses[0]), Choice(value, verdict.diagnoses[0])))
        wrong.sort(key=itemgetter(0))
        return ChoiceQuestion(item, Choice(item.right), tuple(choice for _, choice in wrong[:MAX_WRONG]))


def with_choices(exercise: Exercise, count: int) -> Exercise:
    """The exercise with answers to choose from; a question to which no mistake leads elsewhere stays open."""
    questions = ChoiceQuestions(exercise)
    asks = []
    for ask in exercise.asks:
        chosen = questions.whole(ask).choices(count, exercise.seed + exercise.spec)
        asks.append(ask._replace(choices=chosen if len(chosen) > 1 else ()))
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


def plain_text(value: Any) -> str:
    """A number or a shape as a student would type it."""
    if isinstance(value, tuple):
        return "x".join(map(plain_text, value))
    return decimal(to_tree(value)) or str(value)


# Wrong answers


def candidates(network: ReferenceNetwork, item: KeyItem) -> Iterator[Any]:
    """What one mistake makes of an answer, in this layer or all along; a number that has no decimals is left out."""
    found = total_candidates(network, item) if item.index < 0 else layer_candidates(network, item)
    yield from (value for value in found if value != item.right and can_be_typed(value, item))


def can_be_typed(value: Any, item: KeyItem) -> bool:
    """Whether it is of the form of the answer, and exact in decimals where it is a fraction."""
    if isinstance(value, tuple):
        return isinstance(item.right, tuple) and all(isinstance(side, int) and side > 0 for side in value)
    if is_fraction(value) and decimal(to_tree(value)) is None:
        return False
    return not isinstance(item.right, tuple) and bool(value >= 0)


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
    if not isinstance(item.right, tuple):
        yield from (each.value for each in wrong_values(at, quantity, place).all())
    if quantity == "receptive_field" and place == 0:
        yield from (value for value, _ in chain_mistakes(network, item.index))
