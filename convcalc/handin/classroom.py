"""A class from its marked submissions: who is right where, what goes wrong most, whether the key may be wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from typing import TYPE_CHECKING

from convcalc.arrays.array import Array, array_line
from convcalc.handin.likeness import is_odd
from convcalc.marking.verdict import STATES, KeyQuestion, MarkedSubmission, Person
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.handin.roster import Unlisted

MANY = 3  # who agree against the key before it is worth a look
MAX_DISTINCT = 200  # wrong answers to a question that are told apart: what most of a class says is soon among them
MAX_NAMES = 1000  # of those who made a mistake
MAX_ROWS = 2000  # students of whom every state is kept
MAX_SPELLING = 200  # characters of an answer that are compared


class Tally(NamedTuple):
    """What a class needs to know of one submission; small, and it travels between processes."""

    student: str
    source: str
    status: str
    reason: str
    score: int | Fraction
    out_of: int | Fraction
    states: tuple[str, ...] = ()
    wrong: tuple[tuple[int, str, tuple[str, ...]], ...] = ()  # question, the answer as it was read, codes
    asks: tuple[str, ...] = ()  # what the questions are called
    odd: tuple[int, ...] = ()  # the questions with a wrong answer that nothing known leads to
    spellings: tuple[str, ...] = ()  # every answer as it was written
    page: str = ""  # the file with their feedback


class Standing(NamedTuple):
    """How a class did on a question: how many in each state, and the wrong answer that most of them gave."""

    question: KeyQuestion
    states: dict[str, int]
    common: str = ""
    times: int = 0
    codes: tuple[str, ...] = ()

    @property
    def answered(self) -> int:
        return sum(self.states.values()) - self.states["missing"]

    @property
    def share(self) -> Fraction:
        """The share of those marked who are right, or consistent with an earlier answer."""
        everyone = sum(self.states.values())
        return Fraction(self.states["correct"] + self.states["consistent"], everyone) if everyone else Fraction(0)

    @property
    def contradicts_key(self) -> bool:
        """Whether more than half of those who answered agree on something else than the key."""
        return self.times >= MANY and 2 * self.times > self.answered and bool(self.common or self.codes)


class StudentRow(NamedTuple):
    """A student's line in the matrix of a class: the state of each of its questions, "" for one they were not asked."""

    student: str
    score: int | Fraction
    out_of: int | Fraction
    states: tuple[str, ...]
    wrong: dict[int, tuple[str, tuple[str, ...]]]  # by question, the answer as it was read, and codes
    odd: dict[int, str]  # of the wrong ones, those that nothing known leads to
    spellings: dict[int, str]  # by question
    page: str = ""


class Mishap(NamedTuple):
    """A mistake in a class: how often it was made, by how many, and by whom."""

    code: str
    times: int
    students: int
    names: tuple[str, ...]


def tally(marked: MarkedSubmission, for_report: bool = True) -> Tally:
    """What a class needs to know; without a report on it, only the states."""
    states = tuple([verdict.state for verdict in marked.verdicts])
    if not for_report:
        return Tally(
            marked.student, marked.source, marked.status, marked.reason, marked.score, marked.out_of, states
        )  # fmt: skip
    wrong = tuple(
        (index, answer_text(verdict.read), verdict.diagnoses[0].codes if verdict.diagnoses else ())
        for index, verdict in enumerate(marked.verdicts)
        if verdict.state == "wrong"
    )
    asks = tuple(verdict.question.ask for verdict in marked.verdicts)
    odd = tuple(index for index, verdict in enumerate(marked.verdicts) if is_odd(verdict))
    spellings = tuple(verdict.given[:MAX_SPELLING] for verdict in marked.verdicts)
    return Tally(
        marked.student, marked.source, marked.status, marked.reason, marked.score, marked.out_of, states, wrong, asks,
        odd, spellings,
    )  # fmt: skip


def answer_text(value: object) -> str:
    """Equal answers as equal texts."""
    if isinstance(value, Array):
        return array_line(value)
    return "×".join(map(str, value)) if isinstance(value, tuple) else str(value)


def student_row(one: Tally, columns: list[int]) -> StudentRow:
    states = dict(zip(columns, one.states, strict=True))
    wrong = {columns[index]: (answer, codes) for index, answer, codes in one.wrong}
    last = max(columns, default=-1)
    return StudentRow(
        one.student, one.score, one.out_of, tuple(states.get(column, "") for column in range(last + 1)),
        wrong, {columns[index]: wrong[columns[index]][0] for index in one.odd},
        {columns[index]: spelling for index, spelling in enumerate(one.spellings) if spelling}, one.page,
    )  # fmt: skip


def of_name(ask: str) -> KeyQuestion:
    """A question of which only the name is known."""
    from convcalc.marking.verdict import KeyQuestion

    layer, _, quantity = ask.partition(".")
    return KeyQuestion(ask, layer, quantity)


class Classroom:
    """Statistics that grow with the questions and the mistakes, with the students only up to MAX_ROWS.

    With personal keys a question is what has the same name; its numbers differ from student to student.
    """

    def __init__(self, questions: Iterable[KeyQuestion] = (), is_personal: bool = False, for_report: bool = True):
        self.questions: list[KeyQuestion] = []
        self.columns: dict[str, int] = {}  # by name, which question
        self.states: list[dict[str, int]] = []
        self.wrong: list[Counter[tuple[str, tuple[str, ...]]]] = []
        self.is_personal = is_personal
        self.for_report = for_report  # whether more is wanted than who was marked
        self.marked = 0
        self.scores: Counter[Fraction] = Counter()  # shares of the points
        self.times: Counter[str] = Counter()
        self.students: Counter[str] = Counter()
        self.names: dict[str, list[str]] = {}
        self.rows: list[StudentRow] = []
        self.not_marked: list[Tally] = []
        self.people: list[tuple[Person, str]] = []  # who handed in, and what
        self.unlisted: tuple[Unlisted, ...] = ()  # those of them who are not in the roster
        self.notes: tuple[str, ...] = ()  # on the forms: columns that were not read, questions without one
        for question in questions:
            self.column(question)

    def column(self, question: KeyQuestion) -> int:
        """Which question of the class one of this name is, known or new."""
        found = self.columns.setdefault(question.ask, len(self.columns))
        if found == len(self.questions):
            self.questions.append(question)
            self.states.append(dict.fromkeys(STATES, 0))
            self.wrong.append(Counter())
        return found

    def add(self, one: Tally) -> None:
        if one.status != "marked":
            self.not_marked.append(one)
            return
        self.marked += 1
        if not self.for_report:
            return
        self.scores[Fraction(one.score) / one.out_of if one.out_of else Fraction(0)] += 1
        columns = [self.columns[ask] if ask in self.columns else self.column(of_name(ask)) for ask in one.asks]
        columns = columns or list(range(len(one.states)))
        for column, state in zip(columns, one.states, strict=True):
            self.states[column][state] += 1
        for index, answer, codes in one.wrong:
            counted = self.wrong[columns[index]]
            way = ("" if self.is_personal else answer, codes)
            if len(counted) < MAX_DISTINCT or way in counted:
                counted[way] += 1
            for code in codes:
                self.times[code] += 1
        for code in {code: None for _, _, codes in one.wrong for code in codes}:
            self.students[code] += 1
            known = self.names.setdefault(code, [])
            if len(known) < MAX_NAMES:
                known.append(one.student)
        if len(self.rows) < MAX_ROWS:
            self.rows.append(student_row(one, columns))

    @property
    def handed_in(self) -> int:
        return self.marked + sum(one.status != "missing" for one in self.not_marked)

    def median(self) -> Fraction | None:
        """The median share of the points; of an even number, the mean of the middle two."""
        return self.quantile(Fraction(1, 2))

    def quantile(self, part: Fraction) -> Fraction | None:
        """The share of the points that a part of those marked have at most, between two shares in proportion."""
        if not self.marked:
            return None
        order = [share for share in sorted(self.scores) for _ in range(self.scores[share])]
        place = part * (len(order) - 1)
        below = order[int(place)]
        return below + (place - int(place)) * (order[-(-place // 1)] - below)

    def mean(self) -> Fraction | None:
        if not self.marked:
            return None
        return sum((share * times for share, times in self.scores.items()), Fraction(0)) / self.marked

    def histogram(self, bins: int = 10) -> list[int]:
        """How many have up to 10 % of the points, up to 20 %, …"""
        found = [0] * bins
        for share, times in self.scores.items():
            found[min(bins - 1, max(0, int(share * bins)))] += times
        return found

    def standings(self) -> list[Standing]:
        found = []
        for question, states, wrong in zip(self.questions, self.states, self.wrong, strict=True):
            answers: Counter[str] = Counter()
            for (answer, _), times in wrong.items():
                answers[answer] += times
            common, times = max(answers.items(), key=lambda pair: (pair[1], pair[0]), default=("", 0))
            ways = [(count, codes) for (answer, codes), count in wrong.items() if answer == common]
            codes = max(ways, default=(0, ()))[1]
            found.append(Standing(question, states, common, times, codes))
        return found

    def mishaps(self) -> list[Mishap]:
        """The mistakes, those that most students made first."""
        order = sorted(self.students, key=lambda code: (-self.students[code], -self.times[code], code))
        return [Mishap(code, self.times[code], self.students[code], tuple(self.names[code])) for code in order]
