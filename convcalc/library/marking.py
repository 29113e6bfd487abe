"""Homework marked, as values: what each answer is worth, and which mistakes explain it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from convcalc.library.frozen import entry_point, require_known
from convcalc.library.loading import TEXT, source_of_dict
from convcalc.library.network import Network
from convcalc.library.symbolic import public
from convcalc.problem import Source, problem
from convcalc.readers import library
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from fractions import Fraction

    from convcalc.handin.keys import Keys
    from convcalc.handin.submission import Submission
    from convcalc.marking.verdict import Diagnosis, MarkedSubmission, Verdict
    from convcalc.render.marks import MarkingRun

    Key: TypeAlias = str | os.PathLike[str] | Mapping[str, Any] | Network
    AnswerSheet: TypeAlias = str | os.PathLike[str] | Mapping[str, Any]

ANSWERS = "<answers>"  # what a submission is called that is no file


class NamedMistake(NamedTuple):
    """Mistakes that, made together, give exactly the answer: their stable codes, where each was made, in words.

    >>> convcalc.check("lenet5", "C3.parameters: 2400").answers[0].diagnoses[0].codes
    ('par.no_bias',)
    """

    codes: tuple[str, ...]
    layers: tuple[str, ...]  # where that is another layer than the one asked about
    sentence: str


class MarkedAnswer(NamedTuple):
    """One answer: what was asked (`C1.output`), what was given and read, its state, its points, and what is said of it.

    `state` is correct, consistent (right on the student's own earlier numbers), wrong, missing or unreadable.

    >>> answer = convcalc.check("lenet5", "C1.output: 6 x 27 x 28").answers[0]
    >>> answer.read, answer.state, answer.diagnoses[0].sentence
    ((6, 27, 28), 'wrong', 'the + 1 is missing; the first place of the window counts too: ⌊…/s⌋ + 1')
    """

    ask: str
    given: str
    read: Any  # a number, a shape, an array as tuples; None where it was not read
    state: str
    score: int | Fraction
    points: int | Fraction
    message: str
    hints: tuple[str, ...]
    diagnoses: tuple[NamedMistake, ...]
    note: str  # the code of how it is written, or of why it could not be read

    @property
    def right(self) -> bool:
        """Whether it counts as right."""
        return self.state in ("correct", "consistent")


class Marks(NamedTuple):
    """A submission marked: whose it is, its score out of so many points, and each answer in the order of the key.

    `status` is marked, or why there is nothing to mark: empty, unreadable, no_key, with the `reason`.  `remarks` are
    what was odd about it.

    >>> marks = convcalc.check("lenet5", {"student": "Ada", "C1": {"output": "6x28x28", "parameters": 150}})
    >>> marks
    Ada: 1 of 2 points
      C1.output is 6×28×28
      C1.parameters: 150 is not right
        no bias was counted: 5·5·1·6 = 150; each filter has one more (par.no_bias)
    >>> marks.score, marks.answers[1].state, marks.answers[1].diagnoses[0].codes
    (1, 'wrong', ('par.no_bias',))
    """

    student: str
    status: str
    reason: str
    score: int | Fraction
    out_of: int | Fraction
    answers: tuple[MarkedAnswer, ...]
    remarks: tuple[str, ...]

    def __str__(self) -> str:
        who = self.student or "somebody"
        if self.status != "marked":
            return f"{who}: not marked, {self.reason}"
        lines = [f"{who}: {self.score} of {self.out_of} points"]
        for answer in self.answers:
            lines += [f"  {answer.message}", *(f"    {hint}" for hint in answer.hints)]
        return "\n".join([*lines, *(f"  note: {remark}" for remark in self.remarks)])

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        from convcalc.library.html import marks_html

        return marks_html(self)


@entry_point
def check(
    key: Key, answers: AnswerSheet, *, student: str = "", carry_forward: bool = True, hints: str = "why",
    reveal: bool = False,
) -> Marks:  # fmt: skip
    """Answers marked with a key, and which mistakes lead to wrong ones.

    The key is an assignment or a network, each as the path of a file, a text or a dict; a network by its name, too.
    The answers are the path of a file (or of a folder, as one submission), a text in YAML, JSON or Python, or a dict.
    `student` is whose they are, where they do not say so; `carry_forward` charges a slip once, where it was made;
    `hints` are none, where, why or full, and `reveal` says what is right.

    A Problem where the key is wrong, or there is no such file; what cannot be marked is in the `status`.

    >>> key = {"spec": "lenet5", "questions": [{"ask": "C3.parameters", "points": 2}]}
    >>> convcalc.check(key, "C3.parameters: 5*5*6*16 + 16").score
    2
    """
    from convcalc.handin.keys import one_key
    from convcalc.handin.submission import mark_submission, settle_key
    from convcalc.marking.assignment import read_key
    from convcalc.render.marks import HINTS

    require_known("kind of hints", hints, HINTS)
    keys = one_key(read_key(key_source(key)))
    submission = submission_of(answers, student)
    if keys.shared and keys.shared.is_open:
        keys = one_key(settle_key(keys.shared, (submission,)))
    return public_marks(mark_submission(submission, keys, carry_forward), keys, hints, reveal)


def key_source(key: Key) -> Source:
    """The text of a key."""
    if isinstance(key, Network):
        return Source(key.name or "network", str(key.to_yaml()))
    if isinstance(key, Mapping):
        return source_of_dict(key)
    text = os.fspath(key)
    if text == "-":
        raise problem("U007", "standard input is not read here", "check(sys.stdin.read(), …)")
    return Source(TEXT, text) if is_content(key) else library.find(text)


def is_content(given: str | os.PathLike[str]) -> bool:
    """Whether a text is what a file would hold, and not the path of one."""
    return isinstance(given, str) and (not given or "\n" in given or ": " in given or given.lstrip()[:1] in ("{", "["))


def submission_of(answers: AnswerSheet, student: str) -> Submission:
    """What was handed in; a Problem where there is no such file."""
    from convcalc.handin.batch import open_hand_in, single_hand_in
    from convcalc.handin.files import printable_name
    from convcalc.handin.submission import Submission
    from convcalc.marking.verdict import Person

    name = printable_name(student)
    person = Person(name, name, is_vouched=bool(name))
    if isinstance(answers, Mapping):
        return Submission(person, ANSWERS, source_of_dict(answers, ANSWERS))
    path = os.fspath(answers)
    if is_content(answers):
        return Submission(person, ANSWERS, Source(ANSWERS, path))
    if not os.path.exists(path):
        raise problem("Y030", f"there is no file {path[:200]}", "check the path; answers may be a text or a dict, too")
    return open_hand_in(single_hand_in([path], student))


def public_marks(marked: MarkedSubmission, keys: Keys, hints: str, reveal: bool) -> Marks:
    """A marked submission as a user has it."""
    from convcalc.render.marks import MarkingRun
    from convcalc.render.marks.feedback import worked_answer

    key = keys.shared
    assert key is not None
    run = MarkingRun(
        keys.name, keys.hash, keys.questions, keys.out_of, hints, reveal,
        answers=(lambda question: tuple(worked_answer(key, question))) if hints == "full" else None,
    )  # fmt: skip
    answers = tuple(public_answer(verdict, marked, run) for verdict in marked.verdicts)
    student = "" if marked.student == ANSWERS else marked.student
    return Marks(student, marked.status, marked.reason, marked.score, marked.out_of, answers, marked.remarks)


def public_answer(verdict: Verdict, marked: MarkedSubmission, run: MarkingRun) -> MarkedAnswer:
    from convcalc.render.marks.feedback import feedback

    said = feedback(verdict, marked, run)
    diagnoses = tuple(map(named_mistake, verdict.diagnoses)) if run.tells_why else ()
    return MarkedAnswer(
        verdict.question.ask, verdict.given, public_reading(verdict.read), verdict.state, verdict.score,
        verdict.question.points, said.line, said.below, diagnoses, verdict.note,
    )  # fmt: skip


def public_reading(read: Any) -> Any:
    """What an answer was read as: numbers, shapes, arrays as tuples, formulas as texts."""
    from convcalc.algebra.expr import TreeNode
    from convcalc.algebra.notation import write
    from convcalc.arrays.array import Array

    if isinstance(read, Array):
        read = read.nested()
    return write(read) if isinstance(read, TreeNode) else public(read)


def named_mistake(found: Diagnosis) -> NamedMistake:
    from convcalc.marking.mistakes import MISTAKES

    sentences = (MISTAKES[code].sentence for code in found.codes if code in MISTAKES)
    return NamedMistake(found.codes, found.layers, "; ".join(sentences))
