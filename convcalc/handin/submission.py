"""One submission read and marked: whatever goes wrong with it becomes its reason, and stops no other."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from convcalc.algebra.limits import budget
from convcalc.handin.files import printable_name
from convcalc.marking.verdict import MarkedSubmission
from convcalc.problem import Problem
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Container

    from convcalc.handin.submitters import Person
    from convcalc.marking.answers import Answers
    from convcalc.marking.key import AnswerKey, KeyItem
    from convcalc.problem import Source

MAX_STEPS = 1_000_000  # in letters, some 5 microseconds each
BUG = "a bug in convcalc: "


class Submission(NamedTuple):
    """A submission that was read, or the reason why not: what travels to the process that marks it."""

    person: Person
    name: str
    source: Source | None
    reason: str = ""
    remarks: tuple[str, ...] = ()


def reason(error: Problem) -> str:
    """The first finding as a sentence, with its place and its cure."""
    found = error.diagnostics[0]
    more = f" (and {len(error.diagnostics) - 1} more)" if len(error.diagnostics) > 1 else ""
    place = f"line {found.mark.line}: " if found.mark and found.mark.line > 1 else ""
    return printable_name(f"{place}{found.message}{more}{f'; {found.hint}' if found.hint else ''}", 500)


def refusal(error: Exception) -> str:
    """Why a submission is not marked, whatever it was that went wrong with it."""
    if isinstance(error, Problem):
        return reason(error)
    if isinstance(error, (RecursionError, MemoryError)):
        return f"too much for one submission ({type(error).__name__})"
    if isinstance(error, OSError):
        return printable_name(f"it cannot be read: {error.strerror or error}")
    if os.environ.get("CONVCALC_DEBUG"):
        raise error
    return f"{BUG}{type(error).__name__}: {printable_name(error)}"


def settle_key(key: AnswerKey, submissions: Iterable[Submission]) -> AnswerKey:
    """The key with the same questions for everybody: of a spec, those that a tenth of the class has a row for."""
    from convcalc.marking.answers import read_answers

    counts: Counter[str] = Counter()
    known: dict[str, KeyItem] = {}
    read = 0
    for submission in submissions:
        if submission.source is None:
            continue
        try:
            answers = read_answers(submission.source)
            named = {asked.question.ask: asked for name in answers.answers if (asked := key.find(name))}
        except Exception:  # its reason is given when it is marked
            continue
        read += 1
        known.update(named)
        counts.update(named.keys())
    usual = {question.ask: place for place, question in enumerate(key.questions)}
    wanted = sorted(
        (ask for ask, times in counts.items() if 10 * times >= read), key=lambda ask: (usual.get(ask, len(usual)), ask)
    )
    return key._replace(asked=tuple(known[ask] for ask in wanted), is_open=False, memo={}) if wanted else key


def mark_submission(
    submission: Submission, key: AnswerKey, carry_forward: bool = True, called: Container[str] = frozenset()
) -> MarkedSubmission:
    """A submission marked, or why not; `called` has the names of everybody's files in lower case."""
    from convcalc.marking.answers import read_answers
    from convcalc.marking.mark import mark

    blank = unmarked_submission(submission, key)
    if submission.source is None:
        return blank
    if not submission.source.text.strip():
        return blank._replace(status="empty", reason="the file is empty")
    try:
        answers = read_answers(submission.source)
        with budget(MAX_STEPS):  # of all formulas together; opened once and not for every number
            found = mark(key, answers, carry_forward)
    except Exception as error:
        return blank._replace(reason=refusal(error))
    result = found
    if found.status != "marked":
        broken = [finding for finding in found.findings if finding.code.startswith("Y")]  # it is no YAML
        status = "unreadable" if broken else found.status
        why = reason(Problem(*broken)) if broken else "there is no answer in it"
        result = blank._replace(status=status, reason=found.reason or why)
    name, odd = author(submission.person, answers, called)
    remarks = [*submission.remarks, *odd]
    if result.status != "unreadable":
        remarks += [reason(Problem(finding)) for finding in found.findings]
    return result._replace(student=name, source=submission.name, remarks=tuple(remarks))


def unmarked_submission(submission: Submission, key: AnswerKey) -> MarkedSubmission:
    """A row that says why a submission is not marked."""
    person, name, _, why, remarks = submission
    out_of = sum(question.points for question in key.questions)
    return MarkedSubmission(person.name, name, (), 0, out_of, "unreadable", why, remarks)


def author(person: Person, answers: Answers, called: Container[str]) -> tuple[str, list[str]]:
    """Whose a submission is, with a remark where it names somebody else.

    It is the person's whom a folder, a form or a roster vouches for; else of whom the file names, unless that is what
    the file of another person is called.
    """
    name = printable_name(answers.student)
    own = person.name.casefold()
    claimed = name.casefold()
    if not name or claimed in (own, person.id.casefold()):
        return name or person.name, []
    if person.is_vouched or (claimed in called and claimed not in own):
        return person.name, [f'the file says that it is from "{name}"']
    return name, []


def identity(submission: Submission, found: MarkedSubmission) -> str:
    """What identifies a person, so that a second submission is noticed."""
    return (submission.person.id if submission.person.is_vouched else found.student).casefold()
