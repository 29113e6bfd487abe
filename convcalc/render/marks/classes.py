"""The report on a class: what it says, and that as text, as Markdown and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from convcalc import __version__
from convcalc.handin.likeness import Likeness, few, likenesses
from convcalc.marking.mistakes import MISTAKES
from convcalc.marking.verdict import STATES
from convcalc.render.json_text import json_text
from convcalc.render.layout import fill, pad, paragraphs, part
from convcalc.render.marks import MarkingRun
from convcalc.render.marks.feedback import percent, states_in_words, value
from convcalc.render.marks.json import number
from convcalc.render.script import printable
from convcalc.render.working.page import escape_markdown
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.handin.classroom import Classroom, Mishap, Standing, StudentRow

MAX_NAMES = 12  # beside a mistake
MAX_MISHAPS = 20
SCHEMA = "convcalc/class/1"
ALIKE = (
    "Noted, and no more than that: hand-ins that share at least three wrong answers, to questions of more than "
    "one sort, which no single known mistake gives and at most {few} of the class have (a choice from a list does "
    "not count); and hand-ins in which every answer is written letter for letter the same, at least three of them "
    "as arithmetic that at most {few} write so. People who learn together, or from one source, come to such "
    "answers too. It is a reason to ask, and no proof."
)
NOTES = "Columns of forms"
BAR, WIDE = 20, 32  # characters of a bar, and of the histogram
RULE_WIDTH = 98


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


def text_lines(outline: Outline) -> Iterator[str]:
    standings = outline.standings if outline.rows else ()
    asks = pad([standing.question.ask for standing in standings], True)
    return paragraphs(
        (outline.title, outline.heading),
        part("Most of the class agree against the key; look at these questions first", outline.alarms),
        part("Right, or consistent with an earlier answer", map(standing_line, asks, standings)),
        part("Commonest mistakes", slip_lines(outline)),
        part("Share of the points", histogram_lines(outline.histogram) if outline.rows else ()),
        part("Similar hand-ins", alike_lines(outline)),
        part("Not marked", (f"{student}: {reason}" for student, reason, _ in outline.left)),
        part(NOTES, outline.notes),
        (f"({outline.stamp})",),
    )


def standing_line(ask: str, standing: Standing) -> str:
    share = percent(standing.share, 1)
    full = round(BAR * float(share) / 100)
    return f"{ask}  {'#' * full}{'.' * (BAR - full)}  {share:>5} %  {states_in_words(standing.states)}"


def slip_lines(outline: Outline) -> Iterator[str]:
    for slip in outline.slips:
        yield f"{slip.mishap.code}, {slip.often}: {slip.words}"
        yield f"  {slip.names}"
    if outline.more_slips:
        yield f"and {outline.more_slips} more"


def alike_lines(outline: Outline) -> Iterator[str]:
    """Who with whom in what, and the rule below."""
    yield from (f"{names_of(one)}: {one.words}" for one in outline.alike)
    if outline.alike:
        yield from fill(ALIKE.format(few=outline.few), RULE_WIDTH)


def names_of(one: AlikeWords) -> str:
    names = [row.student for row in one.rows]
    return separator(names).join(names)


def histogram_lines(counts: tuple[int, ...]) -> Iterator[str]:
    most = max(counts, default=0) or 1
    for index, count in enumerate(counts):
        column = "#" * -(-WIDE * count // most)
        yield f"{10 * index:>3} to {10 * index + 10:>3} %  {column}{' ' if count else ''}{count}"


def markdown_lines(outline: Outline) -> Iterator[str]:
    standings = (
        (cell(one.question.ask), f"{percent(one.share, 1)} %", *(str(one.states[state]) for state in STATES))
        for one in outline.standings
    )
    slips = [(f"`{one.mishap.code}`", one.often, cell(one.words), cell(one.names)) for one in outline.slips]
    points = ((f"{10 * index} to {10 * index + 10} %", str(count)) for index, count in enumerate(outline.histogram))
    alarms = [f">\n> - {escape_markdown(text)}" for text in outline.alarms]
    left = [f"- {escape_markdown(student)}: {escape_markdown(reason)}" for student, reason, _ in outline.left]
    alike = [f"- {escape_markdown(names_of(one))}: {escape_markdown(one.words)}" for one in outline.alike]
    return paragraphs(
        (f"# {escape_markdown(outline.title)}",),
        (escape_markdown(outline.heading),),
        ("> **Most of the class agree against the key; look at these questions first.**", *alarms) if alarms else (),
        table(("question", "right", *STATES), standings, 1),
        ("## Commonest mistakes",) if slips else (),
        table(("code", "who", "what", "names"), slips, 4) if slips else (),
        (f"and {outline.more_slips} more",) if outline.more_slips else (),
        ("## Share of the points",),
        table(("points", "students"), points, 1),
        ("## Similar hand-ins",) if alike else (),
        (ALIKE.format(few=outline.few),) if alike else (),
        alike,
        ("## Not marked",) if left else (),
        left,
        (f"## {NOTES}",) if outline.notes else (),
        [f"- {escape_markdown(note)}" for note in outline.notes],
        (f"<sub>{escape_markdown(outline.stamp)}</sub>",),
    )


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], words: int) -> Iterator[str]:
    """A table whose first columns are words, all others numbers."""
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * words}{'--:|' * (len(heads) - words)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)


def cell(text: str) -> str:
    return escape_markdown(text).replace("|", "\\|")


def document(outline: Outline) -> str:
    """The outline as JSON."""
    facts = {
        name: [number(each) for each in value]
        if isinstance(value, list)
        else value
        if value is None or isinstance(value, (int, str))
        else number(value)
        for name, value in outline.numbers.items()
    }
    report = {
        "schema": SCHEMA,
        "convcalc": __version__,
        "title": outline.title,
        **facts,
        "alarms": list(outline.alarms),
        "questions": [{"ask": one.question.ask, **one.states} for one in outline.standings],
        "mistakes": [
            {"code": mishap.code, "sentence": words, "students": mishap.students, "names": list(mishap.names)}
            for mishap, words, *_ in outline.slips
        ],
        "histogram": list(outline.histogram),
        "students": [
            {
                "student": row.student,
                "score": number(row.score),
                "out_of": number(row.out_of),
                "states": states_of(row, outline),
            }
            for row in outline.rows
        ],
        "similar": [{"students": [row.student for row in one.rows], "words": one.words} for one in outline.alike],
        "not_marked": [{"student": one.student, "reason": one.reason} for one in outline.left],
        "notes": list(outline.notes),
    }
    return json_text(report) + "\n"


def states_of(row: StudentRow, outline: Outline) -> list[str | None]:
    """A state for each question of the class; None for one that was not asked."""
    return [*(state or None for state in row.states), *[None] * (len(outline.standings) - len(row.states))]


def class_report(form: str, room: Classroom, run: MarkingRun) -> Iterable[str]:
    """The pieces of a report; `form` is one of CLASS_FORMATS."""
    found = outline(room, run)
    if form == "json":
        return (document(found),)
    if form == "html":
        from convcalc.render.marks.class_html import pieces

        return pieces(found)
    if form == "markdown":
        return (f"{line}\n" for line in markdown_lines(found))
    return (f"{printable(line)}\n" for line in text_lines(found))


CLASS_FORMATS = {"text": "class.txt", "markdown": "class.md", "html": "class.html", "json": "class.json"}
