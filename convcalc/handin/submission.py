"""One submission read and marked: whatever goes wrong with it becomes its reason, and stops no other."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Container, Iterable
from functools import partial
from typing import TYPE_CHECKING

from convcalc.algebra.limits import budget
from convcalc.handin.files import printable_name
from convcalc.handin.roster import Roster, same_name
from convcalc.marking.verdict import MarkedSubmission, Person
from convcalc.problem import Diagnostic, Problem, Source
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.handin.keys import Keys
    from convcalc.marking.answers import Answers
    from convcalc.marking.key import AnswerKey, KeyItem

MAX_STEPS = 1_000_000  # in letters, some 5 microseconds each
NAME_AND_ID = re.compile(r"(.*\S) \((\S+)\)")
BUG = "a bug in convcalc: "
CELL = re.compile(r"(?<=, )(?:\w+ )?cell \d+$")  # of a notebook


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
    return printable_name(f"{place_of(found)}{found.message}{more}{f'; {found.hint}' if found.hint else ''}", 500)


def place_of(found: Diagnostic) -> str:
    """`line 3: `, `cell 2, line 3: `; nothing where it concerns the whole file."""
    if found.mark is None:
        return ""
    cell = CELL.search(found.mark.source.name)
    line = f"line {found.mark.line}" if found.mark.line > 1 else ""
    place = ", ".join(filter(None, (cell[0] if cell else "", line)))
    return f"{place}: " if place else ""


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
    from convcalc.handin.answer_forms import read_answers

    counts: Counter[str] = Counter()
    known: dict[str, KeyItem] = {}
    read = 0
    for submission in submissions:
        if submission.source is None:
            continue
        try:
            answers = read_answers(submission.source, key)
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
    submission: Submission, keys: Keys, carry_forward: bool = True, called: Container[str] = frozenset(),
    known: Roster | None = None,
) -> MarkedSubmission:  # fmt: skip
    """A submission marked, or why not; `called` has the names of everybody's files in lower case."""
    from convcalc.handin.answer_forms import read_answers
    from convcalc.marking.mark import mark

    source = submission.source
    if source is None:
        return unmarked_submission(submission, keys)
    if not source.text.strip():
        return unmarked_submission(submission, keys)._replace(status="empty", reason="the file is empty")
    try:
        answers = read_answers(source)
        person, odd = author(submission.person, answers, called, known)
        submission = submission._replace(person=person, remarks=(*submission.remarks, *odd))
        key = keys.of(person)
        if answers.needs_key:
            answers = read_answers(source, key)
    except Exception as error:
        lacks_key = isinstance(error, Problem) and error.diagnostics[0].code == "B051"
        status = "no_key" if lacks_key else "unreadable"
        return unmarked_submission(submission, keys)._replace(status=status, reason=refusal(error))
    try:
        with budget(MAX_STEPS):  # of all formulas together; opened once and not for every number
            found = mark(key, answers, carry_forward)
    except Exception as error:
        return unmarked_submission(submission, keys)._replace(reason=refusal(error))
    result = found
    if found.status != "marked":
        broken = [finding for finding in found.findings if finding.code.startswith("Y")]  # it is no YAML
        status = "unreadable" if broken else found.status
        why = reason(Problem(*broken)) if broken else "there is no answer in it"
        result = unmarked_submission(submission, keys)._replace(status=status, reason=found.reason or why)
    remarks = submission.remarks
    if result.status != "unreadable":
        remarks += tuple(reason(Problem(finding)) for finding in found.findings)
        if found.axis_order:
            remarks += (f"shapes were read with the channels {found.axis_order.removeprefix('channels_')}",)
    return result._replace(
        student=person.shown, person=person, source=submission.name, remarks=remarks,
        lines=partial(lines_by_question, key, answers),
    )  # fmt: skip


def lines_by_question(key: AnswerKey, answers: Answers) -> dict[str, int]:
    """On which line of the file each question is answered."""
    return {item.question.ask: line for name, line in answers.lines.items() if (item := key.find(name))}


def unmarked_submission(submission: Submission, keys: Keys) -> MarkedSubmission:
    """A row that says why a submission is not marked."""
    person, name, _, why, remarks = submission
    out_of = keys.out_of_person(person)
    return MarkedSubmission(person.shown, name, (), 0, out_of, "unreadable", why, remarks, person=person)


def author(
    person: Person, answers: Answers, called: Container[str], known: Roster | None = None
) -> tuple[Person, list[str]]:
    """Whose a submission is, with a remark where it names somebody else.

    It is the person's whom a folder, a form or a roster vouches for; else of whom the file names, unless that is what
    the file of another person is called.
    """
    name = printable_name(answers.student)
    own = person.name.casefold()
    claimed = name.casefold()
    if not name:
        return person, []
    if claimed in (own, person.id.casefold()):
        return (person if person.system or claimed != own else person._replace(name=name)), []
    if person.is_vouched or (claimed in called and claimed not in own):
        return person, [] if same_name(name, person.name) else [f'the file says that it is from "{name}"']
    if answers.group:
        members = tuple(person_named(each, person, known) for each in answers.group)
        return person._replace(name=name, id=name, members=members), []
    return person_named(name, person, known), []


def person_named(name: str, person: Person, known: Roster | None) -> Person:
    """Who is called so, in the roster if it has them: by a name, or by a name with an id, Ada (17)."""
    name = printable_name(name)
    claimant = person._replace(name=name, id=name)
    if known is None:
        return claimant
    if found := known.find(claimant):
        return found
    parts = NAME_AND_ID.fullmatch(name)
    found = known.find(person._replace(name=parts[2], id=parts[2])) if parts else None
    return found if parts and found and same_name(found.name, parts[1]) else claimant


def identity(person: Person) -> str:
    """What identifies a person, so that a second submission is noticed."""
    return (person.id if person.is_vouched else person.name).casefold()
