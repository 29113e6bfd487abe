"""What a report on a class says: who is right where, the commonest mistakes, where the class contradicts the key."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import TYPE_CHECKING

from convcalc.handin.likeness import few, likenesses
from convcalc.marking.mistakes import MISTAKES
from convcalc.render.marks.feedback import percent, value
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.handin.classroom import Classroom, Mishap, Standing, StudentRow
    from convcalc.handin.likeness import Likeness
    from convcalc.render.marks import MarkingRun

MAX_NAMES = 12  # beside a mistake
MAX_MISHAPS = 20


class Slip(NamedTuple):
    """A mishap in words."""

    mishap: Mishap
    words: str
    often: str  # 31 students, 40 times
    names: str


class AlikeWords(NamedTuple):
    """Similar hand-ins: whose, and in what, in words."""

    rows: tuple[StudentRow, ...]
    words: str


class Unmarked(NamedTuple):
    """Somebody who was not marked, why, and the file that tells them."""

    student: str
    reason: str
    page: str = ""


class Outline(NamedTuple):
    """All that a report on a class says; each format lays it out."""

    title: str
    figures: tuple[tuple[str, str], ...]  # by name: how many, median, mean, the middle half
    alarms: tuple[str, ...]
    standings: tuple[Standing, ...]
    slips: tuple[Slip, ...]
    more_slips: int
    histogram: tuple[int, ...]
    rows: tuple[StudentRow, ...]
    more_rows: int
    alike: tuple[AlikeWords, ...]
    few: int  # who may have an answer that is rare
    left: tuple[Unmarked, ...]
    notes: tuple[str, ...]  # on forms
    stamp: str
    numbers: dict[str, object]

    @property
    def heading(self) -> str:
        """40 submissions, 38 marked; median 82 %, mean 79.3 %, middle half 64 % to 91 %."""
        (_, handed_in), (_, marked), *shares = self.figures
        noun = "submission" if handed_in == "1" else "submissions"
        listed = ", ".join(f"{name} {value}" for name, value in shares)
        return f"{handed_in} {noun}, {marked} marked{f'; {listed}' if listed else ''}"


def outline(room: Classroom, run: MarkingRun) -> Outline:
    standings = room.standings()
    mishaps = room.mishaps()
    median, mean = room.median(), room.mean()
    low, high = room.quantile(Fraction(1, 4)), room.quantile(Fraction(3, 4))
    figures = [("handed in", f"{room.handed_in:,}"), ("marked", f"{room.marked:,}")]
    if median is not None:
        figures += [("median", f"{percent(median, 1)} %"), ("mean", f"{percent(mean, 1)} %")]
        figures += [("middle half", f"{percent(low, 1)} % to {percent(high, 1)} %")]
    return Outline(
        f"{run.title or 'Homework'}: the class",
        tuple(figures),
        tuple(alarm(standing) for standing in standings if standing.contradicts_key),
        tuple(standings),
        tuple(map(slip, mishaps[:MAX_MISHAPS])),
        max(0, len(mishaps) - MAX_MISHAPS),
        tuple(room.histogram()),
        tuple(room.rows),
        room.marked - len(room.rows),
        tuple(alike(one, room) for one in likenesses(room.rows, room.questions)),
        few(room.rows),
        tuple(Unmarked(one.student, f"{one.status}: {one.reason}", one.page) for one in room.not_marked),
        room.notes,
        run.stamp,
        {
            "handed_in": room.handed_in, "marked": room.marked, "median": median, "mean": mean,
            "quartiles": [] if low is None else [low, high], "key": run.key,
        },
    )  # fmt: skip


def count_text(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def alarm(standing: Standing) -> str:
    """Most of the class agree, and the key has something else."""
    question = standing.question
    if not standing.common:
        made = " + ".join(standing.codes)
        return f"{question.ask}: {standing.times} of {standing.answered} who answered make the same mistake ({made})"
    ways = f" (what {' + '.join(standing.codes)} gives)" if standing.codes else ""
    return (
        f"{question.ask}: {standing.times} of {standing.answered} who answered have {readable(standing.common)}{ways}, "
        f"and the key has {value(question.expected)}"
    )


def readable(answer: str) -> str:
    return f"{int(answer):,}" if answer.isdecimal() and len(answer) < 40 else answer


def wrong_in_words(standing: Standing) -> str:
    """The wrong answer that most gave, where more than one did."""
    if standing.times < 2:
        return ""
    ways = " + ".join(standing.codes)
    answer = f"{readable(standing.common)}{f' ({ways})' if ways else ''}" if standing.common else ways
    return f"most often wrong: {answer}, {count_text(standing.times, 'student')}" if answer else ""


def alike(found: Likeness, room: Classroom) -> AlikeWords:
    """Whose hand-ins are alike in which answers."""
    asks = ", ".join(room.questions[column].ask for column in found.columns)
    verbatim = f"every answer is written the same, letter for letter; hardly anyone else writes {asks} so"
    return AlikeWords(
        tuple(room.rows[row] for row in found.rows), verbatim if found.is_verbatim else f"the same in {asks}"
    )


def separator(names: Iterable[str]) -> str:
    """What stands between names: Lovelace, Ada; Ross, Bob."""
    return "; " if any("," in name for name in names) else ", "


def slip(mishap: Mishap) -> Slip:
    known = MISTAKES.get(mishap.code)
    often = f", {mishap.times} times" if mishap.times > mishap.students else ""
    more = f" and {mishap.students - MAX_NAMES} more" if mishap.students > MAX_NAMES else ""
    names = separator(mishap.names).join(mishap.names[:MAX_NAMES]) + more
    return Slip(mishap, known.sentence if known else "", count_text(mishap.students, "student") + often, names)
