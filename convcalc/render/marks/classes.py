"""The report on a class as text, as Markdown and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from convcalc import __version__
from convcalc.marking.verdict import STATES
from convcalc.render.json_text import json_text
from convcalc.render.layout import fill, pad, paragraphs, part
from convcalc.render.marks.class_outline import outline, separator
from convcalc.render.marks.feedback import percent, states_in_words
from convcalc.render.marks.json import number
from convcalc.render.script import printable
from convcalc.render.working.page import escape_markdown

if TYPE_CHECKING:
    from convcalc.handin.classroom import Classroom, Standing, StudentRow
    from convcalc.render.marks import MarkingRun
    from convcalc.render.marks.class_outline import AlikeWords, Outline

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
