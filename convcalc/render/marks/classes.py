"""The report on a class: who is right where, the commonest mistakes with names, where the class contradicts the key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from convcalc import __version__
from convcalc.marking.mistakes import MISTAKES
from convcalc.marking.verdict import STATES
from convcalc.render.json_text import json_text
from convcalc.render.layout import pad
from convcalc.render.marks.feedback import STATES_SAID, percent, value
from convcalc.render.marks.json import number
from convcalc.render.script import printable
from convcalc.render.working.page import escape_markdown
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.handin.classroom import Classroom, Mishap, Standing
    from convcalc.render.marks import MarkingRun

MAX_NAMES = 12  # beside a mistake
MAX_MISHAPS = 20
SCHEMA = "convcalc/class/1"
BAR, WIDE = 20, 32  # characters of a bar, and of the histogram


class Slip(NamedTuple):
    """A mishap in words."""

    mishap: Mishap
    words: str
    often: str  # 31 students, 40 times
    names: str


class Outline(NamedTuple):
    """All that a report on a class says; each format lays it out."""

    title: str
    heading: str  # 40 submissions, 38 marked; median 82 %, mean 79.3 %
    alarms: tuple[str, ...]
    standings: tuple[Standing, ...]
    slips: tuple[Slip, ...]
    more_slips: int
    histogram: tuple[int, ...]
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
        tuple(standings),
        tuple(map(slip, mishaps[:MAX_MISHAPS])),
        max(0, len(mishaps) - MAX_MISHAPS),
        tuple(room.histogram()),
        tuple((one.student, f"{one.status}: {one.reason}") for one in room.not_marked),
        run.stamp,
        {"handed_in": room.handed_in, "marked": room.marked, "median": median, "mean": mean, "key": run.key},
    )


def count_text(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def alarm(standing: Standing) -> str:
    """Most of the class agree, and the key has something else."""
    question = standing.question
    ways = f" (what {' + '.join(standing.codes)} gives)" if standing.codes else ""
    return (
        f"{question.ask}: {standing.times} of {standing.answered} who answered have {readable(standing.common)}{ways}, "
        f"and the key has {value(question.expected)}"
    )


def readable(answer: str) -> str:
    return f"{int(answer):,}" if answer.isdecimal() and len(answer) < 40 else answer


def states_in_words(standing: Standing) -> str:
    """6 right, 1 consistent, 31 wrong."""
    return ", ".join(f"{count} {STATES_SAID[state]}" for state, count in standing.states.items() if count)


def slip(mishap: Mishap) -> Slip:
    known = MISTAKES.get(mishap.code)
    often = f", {mishap.times} times" if mishap.times > mishap.students else ""
    more = f" and {mishap.students - MAX_NAMES} more" if mishap.students > MAX_NAMES else ""
    names = ", ".join(mishap.names[:MAX_NAMES]) + more
    return Slip(mishap, known.sentence if known else "", count_text(mishap.students, "student") + often, names)


# As text, as Markdown, as JSON


def text_lines(outline: Outline) -> Iterator[str]:
    yield outline.title
    yield outline.heading
    if outline.alarms:
        yield ""
        yield "Most of the class agree against the key; look at these questions first"
        yield from (f"  {text}" for text in outline.alarms)
    yield ""
    yield "Right, or consistent with an earlier answer"
    asks = pad([standing.question.ask for standing in outline.standings], True)
    for ask, standing in zip(asks, outline.standings, strict=True):
        share = percent(standing.share, 1)
        yield f"  {ask}  {bar(share)}  {share:>5} %  {states_in_words(standing)}"
    if outline.slips:
        yield ""
        yield "Commonest mistakes"
        for slip in outline.slips:
            yield f"  {slip.mishap.code}, {slip.often}: {slip.words}"
            yield f"    {slip.names}"
        if outline.more_slips:
            yield f"  and {outline.more_slips} more"
    yield ""
    yield "Share of the points"
    most = max(outline.histogram, default=0) or 1
    for index, count in enumerate(outline.histogram):
        column = "#" * -(-WIDE * count // most)
        yield f"  {10 * index:>3} to {10 * index + 10:>3} %  {column}{' ' if count else ''}{count}"
    if outline.left:
        yield ""
        yield "Not marked"
        yield from (f"  {student}: {reason}" for student, reason in outline.left)
    yield ""
    yield f"({outline.stamp})"


def bar(share: str) -> str:
    full = round(BAR * float(share) / 100)
    return "#" * full + "." * (BAR - full)


def markdown_lines(outline: Outline) -> Iterator[str]:
    yield f"# {escape_markdown(outline.title)}"
    yield ""
    yield escape_markdown(outline.heading)
    if outline.alarms:
        yield ""
        yield "> **Most of the class agree against the key; look at these questions first.**"
        yield from (f">\n> - {escape_markdown(text)}" for text in outline.alarms)
    yield ""
    yield f"| question | right | {' | '.join(STATES)} |"
    yield f"|---|--:|{'--:|' * len(STATES)}"
    for standing in outline.standings:
        counts = " | ".join(str(standing.states[state]) for state in STATES)
        yield f"| {cell(standing.question.ask)} | {percent(standing.share, 1)} % | {counts} |"
    if outline.slips:
        yield ""
        yield "## Commonest mistakes"
        yield ""
        yield "| code | who | what | names |"
        yield "|---|---|---|---|"
        for slip in outline.slips:
            yield f"| `{slip.mishap.code}` | {slip.often} | {cell(slip.words)} | {cell(slip.names)} |"
        if outline.more_slips:
            yield f"\nand {outline.more_slips} more"
    yield ""
    yield "## Share of the points"
    yield ""
    yield "| points | students |"
    yield "|---|--:|"
    for index, count in enumerate(outline.histogram):
        yield f"| {10 * index} to {10 * index + 10} % | {count} |"
    if outline.left:
        yield ""
        yield "## Not marked"
        yield ""
        yield from (f"- {escape_markdown(student)}: {escape_markdown(reason)}" for student, reason in outline.left)
    yield ""
    yield f"<sub>{escape_markdown(outline.stamp)}</sub>"


def cell(text: str) -> str:
    return escape_markdown(text).replace("|", "\\|")


def document(outline: Outline) -> str:
    """The outline as JSON."""
    facts = {
        name: value if value is None or isinstance(value, (int, str)) else number(value)
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
        "not_marked": [{"student": student, "reason": reason} for student, reason in outline.left],
    }
    return json_text(report) + "\n"


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
