"""Aligned text, complete and quick: what a pipe gets, and a terminal where the table is very long."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from convcalc.render.layout import clip, pad, paragraphs, width
from convcalc.render.report.sums import Note
from convcalc.render.report.text_table import Head, TextTable, text_table
from convcalc.render.script import ASCII, UNICODE

if TYPE_CHECKING:
    from convcalc.network.walk import NetworkReport
    from convcalc.render.report import ReportOptions

GAP = "  "
LONGEST = 40  # characters of a cell
MARK = 5  # characters of the number in brackets, at most
WORDS = ("network", "layer", "kind", "from", "error")


def lines(report: NetworkReport, options: ReportOptions) -> Iterator[str]:
    yield plain_table(text_table(report, options, UNICODE if options.unicode else ASCII), options.unicode)


def plain_table(whole: TextTable, unicode: bool) -> str:
    """A table under its title, the notes below it."""
    made, formulas = move_formulas_below(whole)
    table = [made.prose.format(*row) for row in made.rows] if made.prose else align(made, unicode)
    return "\n".join([*paragraphs([made.title], table, note_lines(formulas), note_lines(made.notes)), ""])


def align(made: TextTable, unicode: bool) -> list[str]:
    """Heads, rule, rows, and the total behind a rule of its own."""
    columns = [[head.title, "", *cells] for head, cells in zip(made.heads, made.cells, strict=True)]
    if any(made.total):
        columns = [[*column, "", total] for column, total in zip(columns, made.total, strict=True)]
    padded = [pad(column, head.is_left) for column, head in zip(columns, made.heads, strict=True)]
    rows = [GAP.join(row).rstrip() for row in zip(*padded, strict=True)]
    line = ("─" if unicode else "-") * (sum(width(column[0]) for column in padded) + len(GAP) * (len(padded) - 1))
    rows[1] = line
    if any(made.total):
        rows[-2] = line
    return rows


def note_lines(notes: list[Note], to: int = 0) -> list[str]:
    """Labels, values and remarks under one another; a remark that does not fit goes below its value."""
    labels = pad([note.label for note in notes], True)
    wide = max((width(note.value) for note in notes if width(note.value) <= LONGEST), default=0)
    found = []
    for label, note in zip(labels, notes, strict=True):
        value = note.value + " " * (wide - width(note.value))
        line = GAP.join((label, value, note.remark)).rstrip()
        if note.remark and (width(value) > wide or (to and width(line) > to)):
            found.append(GAP.join((label, note.value)))
            line = " " * width(label) + GAP + note.remark
        found.append(line)
    return found


# Long formulas go below the table, each once; its cells refer to them by a number in brackets.


def room(head: Head, text: str) -> int:
    """The width of a cell once its formula has moved below."""
    return MARK if len(text) > LONGEST and head.key not in WORDS else width(text)


def move_formulas_below(made: TextTable) -> tuple[TextTable, list[Note]]:
    """The table with its long cells replaced, and what they were; names and words stay where they are."""
    numbers: dict[str, str] = {}

    def short(text: str) -> str:
        return text if len(text) <= LONGEST else numbers.setdefault(text, f"[{len(numbers) + 1}]")

    cells = [
        column
        if max(map(len, column), default=0) <= LONGEST
        else list(map(clip if head.key in WORDS else short, column))
        for head, column in zip(made.heads, made.cells, strict=True)
    ]
    total = [
        text if head.key in WORDS else short(text)
        for head, text in zip(made.heads, made.total, strict=bool(made.total))
    ]
    return made._replace(cells=cells, total=total), [Note(mark, text) for text, mark in numbers.items()]
