"""The questions of a key as a learning platform has them: each by itself, with feedback on every wrong answer."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from hashlib import sha256
from math import lcm
from typing import TYPE_CHECKING, Any

from convcalc.exercises.handout import Handout, parts_of
from convcalc.exercises.multiple_choice import Choice, ChoiceQuestions, plain_text
from convcalc.marking.verdict import Diagnosis
from convcalc.render.exercises.blocks import Paragraph, Text, words_of
from convcalc.render.exercises.languages import ENGLISH
from convcalc.render.exercises.phrases import printed_answer, question
from convcalc.render.exercises.sheet import SheetOptions, array_question, rules_of_lines, title_of
from convcalc.render.exercises.wordings import WORDINGS
from convcalc.render.exercises.xhtml import inline, xhtml
from convcalc.render.marks.feedback import explanation_lines, worked_answer
from convcalc.render.script import printable
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.marking.key import KeyItem

WHOLE = ("shorthand", "words", "pytorch", "keras")  # wordings that leave the questions apart from the network
RIGHT = "Right."
UNEXPLAINED = "No common mistake leads to it: work it out again."
PLACES = 4  # decimals of a number whose decimals never end
MAX_RIGHT = 20  # values that are all right, of a setting that is to be found


class LmsAnswer(NamedTuple):
    """An answer as it is typed and as it is printed, and what is said of it."""

    typed: str  # 4704, 18.5, 6x28x28
    feedback: str
    share: int | Fraction  # of the points: 1 for what is right, and a part where the key has one for the mistake
    tolerance: str = "0"  # of a number, on both sides

    @property
    def is_right(self) -> bool:
        return self.share == 1

    @property
    def printed(self) -> str:
        return printed_answer(self.typed, ENGLISH)


class LmsBlank(NamedTuple):
    """A number to be typed; right answers come first."""

    name: str  # height: a name in XML
    label: str  # what stands before it
    before: str  # what stands between the blank before and that
    answers: tuple[LmsAnswer, ...]


class LmsQuestion(NamedTuple):
    """A question: with answers to choose from, or else with numbers to be typed, or else to be marked by hand."""

    ident: str  # the same for the same exercise, and of no other one; a name in XML
    title: str
    statement: str  # what is given and what is asked, as XHTML
    points: int | Fraction
    choices: tuple[LmsAnswer, ...]
    blanks: tuple[LmsBlank, ...]
    worked: tuple[str, ...]  # the lines of arithmetic that lead to what is right


class LmsQuiz(NamedTuple):
    """What is imported together."""

    ident: str  # what the names of its questions begin with
    title: str
    stamp: str
    questions: tuple[LmsQuestion, ...]

    @property
    def path(self) -> str:
        """Where Moodle files it; a / in a name is doubled, since a single one begins another level."""
        return f"$course$/top/convcalc/{self.title.strip(' /').replace('/', '//') or 'Exercise'}"

    @property
    def marks(self) -> int:
        """How many marks a point is where every blank has a whole number of them."""
        shares = [Fraction(each.points) / len(each.blanks) for each in self.questions if len(each.blanks) > 1]
        return lcm(*(share.denominator for share in shares))


def lms_quiz(handout: Handout, options: SheetOptions) -> LmsQuiz:
    """The questions in their order; the same text makes the same names."""
    key, title = handout.key, title_of(handout, options._replace(solved=False))
    asked, questions = [*question_statements(handout, options)], ChoiceQuestions(key)
    text = "\0".join((title, *(f"{statement}{item.question.choices}" for item, _, statement in asked)))
    ident = f"convcalc-{sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"
    made = []
    for number, (item, words, statement) in enumerate(asked, 1):
        choices = tuple(map(lms_answer, questions.choices(item)))
        blanks = () if choices else tuple(blanks_of(questions, item))
        worked = tuple(map(printable, worked_answer(key, item.question)))
        made.append(
            LmsQuestion(
                f"{ident}-{number}", f"{number:02} {words}", statement, item.question.points, choices, blanks,
                worked,
            )
        )  # fmt: skip
    whose = f" for {handout.student}" if handout.student else ""
    return LmsQuiz(ident, printable(title + whose), printable(handout.stamp), tuple(made))


def question_statements(handout: Handout, options: SheetOptions) -> Iterator[tuple[KeyItem, str, str]]:
    """Each question with its words, and with all that is given and asked as XHTML: a platform shows it by itself."""
    language = options.language
    wording = options.wording if options.wording in WHOLE else WHOLE[0]
    for part in parts_of(handout.key):
        if part.network is not None:
            network = WORDINGS[wording](part, language, False)
            given = xhtml(network.blocks)
            for _, asked, words in network.questions:
                yield asked, printable(words_of(words)), given + strong(words)
            continue
        for _, asked in part.items:
            rules = tuple(rules_of_lines([asked], language, wording == "words"))
            if asked.arrays is not None:
                blocks = (*rules, Paragraph((language.array_rules,)), *array_question(asked, options))
                yield asked, printable(asked.question.ask), xhtml(blocks)
            else:
                words = question(asked, language, wording == "words")
                yield asked, printable(words_of(words)), xhtml(rules) + strong(words)


def strong(words: Text) -> str:
    """A question in a line of its own."""
    first = words[0]
    if isinstance(first, str):
        words = (first[:1].upper() + first[1:], *words[1:])
    return f"<p><strong>{inline(words)}</strong></p>"


def lms_answer(each: Choice) -> LmsAnswer:
    if each.is_right:
        return LmsAnswer(each.text, RIGHT, 1)
    return LmsAnswer(each.text, feedback_on(each.mistake) if each.mistake else UNEXPLAINED, each.share)


def feedback_on(mistake: Diagnosis) -> str:
    told = printable(explanation_lines(mistake))
    return told[:1].upper() + told[1:]


# Numbers to be typed


TYPED = ("number", "side", "shape")


def blanks_of(questions: ChoiceQuestions, item: KeyItem) -> Iterator[LmsBlank]:
    """The numbers of an answer; none where it is a formula."""
    if item.arrays is not None:
        yield from array_blanks(item)
    elif item.open is not None:
        yield LmsBlank("answer", "", "", tuple(open_answers(item)))
    elif item.network is not None:
        sides = questions.sides(item)
        for number, side in enumerate(sides):
            answers = tuple(map(lms_answer, (side.right, *side.wrong)))
            if item.question.tolerance and not isinstance(item.right, tuple):  # sides are to be exact
                answers = tuple(within_tolerance(item, answers))
            label = side.part if len(sides) > 1 else ""
            before = " × " if number else ""
            yield LmsBlank(label or "answer", label, before, answers)
    elif item.form in TYPED and item.question.form != "bound":
        sides = item.right if isinstance(item.right, tuple) else (item.right,)
        if len(sides) == 1:
            yield LmsBlank("answer", "", "", (number_answer(sides[0], item.question.tolerance),))


def within_tolerance(item: KeyItem, answers: tuple[LmsAnswer, ...]) -> Iterator[LmsAnswer]:
    """The right number with its tolerance, and the wrong ones that do not lie within it."""
    right = number_answer(item.right, item.question.tolerance)
    yield right
    for each in answers[1:]:
        if abs(Fraction(each.typed) - Fraction(right.typed)) > Fraction(right.tolerance):
            yield each


def number_answer(right: Any, tolerance: Any = 0) -> LmsAnswer:
    """A right number; one whose decimals never end is rounded, with a tolerance of one in the last place."""
    text, margin = plain_text(right), abs(right) * Fraction(tolerance)
    if "/" in text:
        text, margin = f"{float(right):.{PLACES}f}", margin or Fraction(1, 10**PLACES)
    width = plain_text(margin)
    return LmsAnswer(text, RIGHT, 1, f"{float(margin):.{PLACES}f}" if "/" in width else width)


def open_answers(item: KeyItem) -> Iterator[LmsAnswer]:
    """Every value of a setting that does it, as far as they are numbers."""
    assert item.open is not None
    values = (each.values[item.question.quantity] for each in item.open.solutions[:MAX_RIGHT])
    yield from (LmsAnswer(plain_text(value), RIGHT, 1) for value in values if isinstance(value, int))


def array_blanks(item: KeyItem) -> Iterator[LmsBlank]:
    """The numbers of an array, row by row, each with what the mistakes make of it."""
    task = item.arrays
    assert task is not None
    wrong = [each for each in task.single_mistakes if each.output.shape == task.right.shape]
    several = len(task.chain.layers) > 1
    for place, number in zip(task.right.places(), task.right.numbers, strict=True):
        label = ", ".join(map(str, place))
        right = number_answer(number)
        found = {right.typed: right}
        for each in wrong:
            typed = plain_text(each.output.at(place))
            if "/" not in typed:
                said = feedback_on(Diagnosis(each.codes, each.layers if several else ()))
                found.setdefault(typed, LmsAnswer(typed, said, 0))
        before = "" if not any(place) else "<br/>" if not place[-1] else " "
        yield LmsBlank(f"at{label.replace(', ', '.')}", f"[{label}]", before, tuple(found.values()))
