"""A sheet in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from convcalc.render.exercises import blocks
from convcalc.render.layout import pad
from convcalc.render.script import printable
from convcalc.render.working.page import FORMS, escape_markdown

RULES = {"l": "---", "r": "--:"}


def markdown(sheet: Iterable[blocks.Block]) -> Iterator[str]:
    """The pieces of a sheet, with a blank line between two blocks."""
    for place, block in enumerate(sheet):
        yield "\n" if place else ""
        match block:
            case blocks.SheetTitle(words):
                yield f"# {escape_markdown(words)}\n"
            case blocks.SheetHeading(text):
                yield f"## {inline(text)}\n"
            case blocks.NameLine(word, student):
                yield f"{word}: {escape_markdown(student) if student else '____________________'}\n"
            case blocks.Paragraph(text):
                yield f"{inline(text)}\n"
            case blocks.SheetTable(heads, rows, sides):
                yield f"| {' | '.join(heads)} |\n|{'|'.join(RULES[side] for side in sides)}|\n"
                yield from (f"| {' | '.join(map(cell, row))} |\n" for row in rows)
            case blocks.CodeBlock(lines):
                yield "```python\n" + "".join(f"{line}\n" for line in lines) + "```\n"
            case blocks.NumberGrids(grids, blank):
                yield "```\n"
                for name, array in grids:
                    columns = [pad(list(column), False) for column in zip(*blocks.grid_rows(array), strict=True)]
                    yield f"{name}\n" + "".join(f"  {'  '.join(row)}\n" for row in zip(*columns, strict=True))
                yield f"{blank}\n  ____\n```\n" if blank else "```\n"
            case blocks.WorkedLines(rows):
                yield from FORMS["markdown"](rows, True, 0)
            case blocks.Stamp(words):
                yield f"<sub>{escape_markdown(words)}</sub>\n"


def inline(text: blocks.Text) -> str:
    return blocks.marked_text(text, escape_markdown, code, "**{}**")


def code(text: str) -> str:
    """A code span; more backticks around one that has some in it."""
    text, fence = printable(text), "`"
    while fence in text:
        fence += "`"
    return f"{fence}{text}{fence}" if fence == "`" else f"{fence} {text} {fence}"


def cell(content: blocks.Text | blocks.Blank) -> str:
    if isinstance(content, blocks.Blank) and content.choices:
        return " <br> ".join(map(escape_markdown, content.choices)) + content.behind
    if isinstance(content, blocks.Blank):
        return "" if content.is_wide else f"____{content.behind}"
    return inline(content).replace("|", "\\|")
