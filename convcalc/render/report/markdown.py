"""A table as GitHub's Markdown has it, the sums below it as a list."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from convcalc.render.report.text_table import text_table
from convcalc.render.script import ASCII, UNICODE, printable

if TYPE_CHECKING:
    from convcalc.network.walk import NetworkReport
    from convcalc.render.report import ReportOptions
    from convcalc.render.report.text_table import TextTable
    from convcalc.render.script import Script


def escape(text: str) -> str:
    """Text that Markdown shows as it is; an underscore inside a word is harmless."""
    return re.sub(r"([\\`*|<>\[\]~]|(?<!\w)_|_(?!\w))", r"\\\1", printable(text))


def lines(report: NetworkReport, options: ReportOptions) -> Iterator[str]:
    yield from markdown_table(text_table(report, options, markdown_script(options)))


def markdown_script(options: ReportOptions) -> Script:
    script = UNICODE if options.unicode else ASCII
    return script._replace(less=r"\<", text=lambda words: escape(script.text(words)), code="`%s`", formula="$%s$")


def markdown_table(made: TextTable) -> Iterator[str]:
    """A table under its title, the notes below it."""
    yield f"### {made.title}\n\n"
    yield row(head.title for head in made.heads)
    yield row("---" if head.is_left else "---:" for head in made.heads)
    yield from map(row, made.rows)
    if any(made.total):
        yield row(f"**{cell}**" if cell else "" for cell in made.total)
    if made.notes:
        yield "\n"
    for note in made.notes:
        indent = "  " if note.label.startswith(" ") else ""
        value = f": {note.value}{f'; {note.remark}' if note.remark else ''}" if note.value else ""
        yield f"{indent}- {note.label.strip()}{value}\n"


def row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |\n"
