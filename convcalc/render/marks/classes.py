"""The report on a class: who is right where, the commonest mistakes with names, where the class contradicts the key."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING

from convcalc.marking.mistakes import MISTAKES
from convcalc.render.marks.feedback import STATES_SAID, percent
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.handin.classroom import Classroom, Mishap, Standing
    from convcalc.render.marks import MarkingRun

CLASS_FORMATS = {"text": "class.txt", "markdown": "class.md", "html": "class.html", "json": "class.json"}
MAX_NAMES = 12  # beside a mistake
MAX_MISHAPS = 20


def class_report(form: str, room: Classroom, run: MarkingRun) -> Iterator[str]:
    """The pieces of a report; `form` is one of CLASS_FORMATS."""
    pieces: Iterator[str] = import_module(f"convcalc.render.marks.class_{form}").pieces(outline(room, run))
    return pieces


class QuestionLine(NamedTuple):
    """A question: its share of right answers in per cent, and how many are in which state."""

    ask: str
    share: str
    states: dict[str, int]
    said: str  # 6 right, 1 consistent, 31 wrong


class Slip(NamedTuple):
    code: str
    words: str
    often: str  # 31 students, 40 times
    names: str
    students: int
    everybody: tuple[str, ...]


class Outline(NamedTuple):
    """All that a report on a class says, in words; each format lays it out."""

    title: str
    heading: str  # 40 submissions, 38 marked; median 82 %, mean 79.3 %
    alarms: tuple[str, ...]
    lines: tuple[QuestionLine, ...]
    slips: tuple[Slip, ...]
    more_slips: int
    histogram: tuple[int, ...]
    marked: int
    left: tuple[tuple[str, str], ...]  # those who were not marked, and why
    stamp: str
    numbers: dict[str, object]


def outline(room: Classroom, run: MarkingRun) -> Outline:
    standings = room.standings()
    mishaps = room.mishaps()
    median, mean = room.median(), room.mean()
    middle = f"; median {percent(median, 1)} %, mean {percent(mean, 1)} %" if median is not None else ""
    heading = f"{count_text(room.handed_in, 'submission')}, {room.marked} marked{middle}"
    return Outline(
        f"{run.title or 'Homework'}: the class",
        heading,
        tuple(alarm(standing) for standing in standings if standing.alarms),
        tuple(line(standing) for standing in standings),
        tuple(map(slip, mishaps[:MAX_MISHAPS])),
        max(0, len(mishaps) - MAX_MISHAPS),
        tuple(room.histogram()),
        room.marked,
        tuple((one.student, f"{one.status}: {one.reason}") for one in room.not_marked),
        run.stamp,
        {"handed_in": room.handed_in, "marked": room.marked, "median": median, "mean": mean, "key": run.key},
    )


def count_text(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def alarm(standing: Standing) -> str:
    """Most of the class agree, and the key has something else."""
    from convcalc.render.marks.feedback import value

    question = standing.question
    ways = f" (what {' + '.join(standing.codes)} gives)" if standing.codes else ""
    return (
        f"{question.ask}: {standing.times} of {standing.answered} who answered have {readable(standing.common)}{ways}, "
        f"and the key has {value(question.expected)}"
    )


def readable(answer: str) -> str:
    return f"{int(answer):,}" if answer.isdecimal() and len(answer) < 40 else answer


def line(standing: Standing) -> QuestionLine:
    said = ", ".join(f"{count} {STATES_SAID[state]}" for state, count in standing.states.items() if count)
    return QuestionLine(standing.question.ask, percent(standing.share, 1), standing.states, said)


def slip(mishap: Mishap) -> Slip:
    known = MISTAKES.get(mishap.code)
    often = f", {mishap.times} times" if mishap.times > mishap.students else ""
    more = f" and {mishap.students - MAX_NAMES} more" if mishap.students > MAX_NAMES else ""
    names = ", ".join(mishap.names[:MAX_NAMES]) + more
    return Slip(
        mishap.code, known.sentence if known else "", count_text(mishap.students, "student") + often, names,
        mishap.students, mishap.names,
    )  # fmt: skip
