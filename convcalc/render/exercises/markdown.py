"""A sheet in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from convcalc.render.exercises.blocks import (
    Blank,
    CodeBlock,
    CodeSpan,
    NameLine,
    NumberGrids,
    Paragraph,
    SheetHeading,
    SheetTable,
    SheetTitle,
    Stamp,
    StrongSpan,
    WorkedLines,
    grid_rows,
)
from convcalc.render.layout import pad
from convcalc.render.script import printable
from convcalc.render.working.page import FORMS, escape_markdown

if TYPE_CHECKING:
    from convcalc.render.exercises.blocks import Block, Span, Text

RULES = {"l": "---", "r": "--:"}


def markdown(blocks: Iterable[Block]) -> Iterator[str]:
    """The pieces of a sheet, with a blank line between two blocks."""
    for place, block in enumerate(blocks):
        yield "\n" if place else ""
        match block:
            case SheetTitle(words):
                yield f"# {escape_markdown(words)}\n"
            case SheetHeading(text):
                yield f"## {inline(text)}\n"
            case NameLine(word, student):
                yield f"{word}: {escape_markdown(student) if student else '____________________'}\n"
            case Paragraph(text):
                yield f"{inline(text)}\n"
            case SheetTable(heads, rows, sides):
                yield f"| {' | '.join(heads)} |\n|{'|'.join(RULES[side] for side in sides)}|\n"
                yield from (f"| {' | '.join(map(cell, row))} |\n" for row in rows)
            case CodeBlock(lines):
                yield "```python\n" + "".join(f"{line}\n" for line in lines) + "```\n"
            case NumberGrids(grids, blank):
                yield "```\n"
                for name, array in grids:
                    columns = [pad(list(column), False) for column in zip(*grid_rows(array), strict=True)]
                    yield f"{name}\n" + "".join(f"  {'  '.join(row)}\n" for row in zip(*columns, strict=True))
                yield f"{blank}\n  ____\n```\n" if blank else "```\n"
            case WorkedLines(rows):
                yield from FORMS["markdown"](rows, True, 0)
            case Stamp(words):
                yield f"<sub>{escape_markdown(words)}</sub>\n"


def inline(text: Text) -> str:
    return "".join(map(span, text))


def span(part: Span) -> str:
    match part:
        case CodeSpan(words):
            return code(words)
        case StrongSpan(words):
            return f"**{escape_markdown(words)}**"
    return escape_markdown(part)


def code(text: str) -> str:
    """A code span; more backticks around one that has some in it."""
    text, fence = printable(text), "`"
    while fence in text:
        fence += "`"
    return f"{fence}{text}{fence}" if fence == "`" else f"{fence} {text} {fence}"


def cell(content: Text | Blank) -> str:
    if isinstance(content, Blank) and content.choices:
        return " <br> ".join(map(escape_markdown, content.choices)) + content.behind
    if isinstance(content, Blank):
        return "" if content.is_wide else f"____{content.behind}"
    return inline(content).replace("|", "\\|")
