"""A sweep as a table: for a terminal, a pipe, or Markdown; what became of the points stands below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.render.layout import clip
from convcalc.render.report.sums import Note
from convcalc.render.report.text_table import Head, TextTable, table_of_rows
from convcalc.render.script import ASCII, UNICODE
from convcalc.render.sweep import exact
from convcalc.render.sweep.sentences import sentences
from convcalc.sweep.names import TITLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcalc.render.script import Script
    from convcalc.render.sweep import AnsweredSweep, SweepLook

REASON = "error"  # the key of a column of sentences


def text_table(sweep: AnsweredSweep, script: Script) -> TextTable:
    """The rows, exact, a column for each name and quantity."""
    question = sweep.question
    rows = list(sweep.rows)
    swept = len(question.names)
    heads = [Head(script.text(name), name, is_left(rows, place)) for place, name in enumerate(question.names)]
    heads += [Head(TITLES[name], name, False, place + 1) for place, name in enumerate(question.columns)]
    if question.keep_invalid:
        heads.append(Head("Does not fit", REASON, may_shrink=True))
    cells = [[cell(value, script, place < swept) for place, value in enumerate(row)] for row in rows]
    marks = ["failed" if question.keep_invalid and row[-1] else "layer" for row in rows]
    notes = [Note(text, "") for text in sentences(sweep, len(rows), script)]
    return table_of_rows(title(sweep, script), tuple(heads), cells, notes, marks)


def title(sweep: AnsweredSweep, script: Script) -> str:
    axes = " × " if script.times == "×" else " x "
    sizes = axes.join(f"{len(axis.points):,} {'+'.join(axis.names)}" for axis in sweep.question.axes)
    return f"{script.text(sweep.network)}: {script.text(sizes)}"


def is_left(rows: list[tuple[object, ...]], place: int) -> bool:
    """Whether a column has words."""
    return any(isinstance(row[place], str) for row in rows)


def cell(value: object, script: Script, is_swept: bool) -> str:
    if value is None:
        return script.missing
    shown = exact(value)
    if isinstance(shown, int) and not isinstance(shown, bool):
        return str(shown) if is_swept else script.number(shown)
    return clip(script.text(str(shown)))


def plain_lines(sweep: AnsweredSweep, look: SweepLook) -> Iterator[str]:
    from convcalc.render.report.plain import plain_table

    made = text_table(sweep, UNICODE if look.unicode else ASCII)
    yield plain_table(made, look.unicode) if made.cells[0] else "\n".join((made.title, "", *labels(made), ""))
    yield from command_lines(sweep)


def painted_table(sweep: AnsweredSweep, look: SweepLook) -> Iterator[str]:
    """As wide as a terminal; what it has no room for is named."""
    from convcalc.render.report.table import painted_table as paint

    whole = text_table(sweep, UNICODE if look.unicode else ASCII)
    if not whole.cells[0]:
        yield from plain_lines(sweep, look)
        return
    yield from paint(whole, look.width, look.colour, look.unicode)
    yield from command_lines(sweep)


def labels(made: TextTable) -> list[str]:
    return [note.label for note in made.notes]


def command_lines(sweep: AnsweredSweep) -> Iterator[str]:
    """The commands below a table, one a row."""
    if sweep.commands:
        yield "\n"
    yield from (f"{command}\n" for command in sweep.commands)


def markdown_lines(sweep: AnsweredSweep, look: SweepLook) -> Iterator[str]:
    from convcalc.render.report.markdown import escape, markdown_table

    script = UNICODE if look.unicode else ASCII
    yield from markdown_table(text_table(sweep, script._replace(text=escape)))
    if sweep.commands:
        yield from ("\n```sh\n", *(f"{command}\n" for command in sweep.commands), "```\n")
