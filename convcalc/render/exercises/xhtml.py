"""Blocks of a sheet as XHTML, for platforms that show each question by itself."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from convcalc.render.exercises.blocks import (
    Blank,
    CodeBlock,
    CodeSpan,
    NumberGrids,
    Paragraph,
    SheetHeading,
    SheetTable,
    StrongSpan,
    grid_rows,
)
from convcalc.render.script import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from convcalc.render.exercises.blocks import Block, Span, Text


def xhtml(blocks: Iterable[Block]) -> str:
    """What is given, and what is asked; what only a sheet has is left out."""
    return "".join(map(element_of, blocks))


def element_of(block: Block) -> str:
    match block:
        case SheetHeading(text):
            return f"<p><strong>{inline(text)}</strong></p>"
        case Paragraph(text):
            return f"<p>{inline(text)}</p>"
        case SheetTable(heads, rows, _):
            return table("".join(f"<th>{text_xhtml(words)}</th>" for words in heads), map(cells, rows))
        case CodeBlock(lines):
            shown = "\n".join(map(text_xhtml, lines))
            return f"<pre>{shown}</pre>"
        case NumberGrids(grids, _):
            named = ((name, "".join(numbers(row) for row in grid_rows(array))) for name, array in grids)
            return "".join(f"<p>{text_xhtml(name)}</p><table><tbody>{rows}</tbody></table>" for name, rows in named)
    return ""


def table(head: str, rows: Iterable[str]) -> str:
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def cells(row: Iterable[Text | Blank]) -> str:
    return "".join(f"<td>{'' if isinstance(cell, Blank) else inline(cell)}</td>" for cell in row)


def numbers(row: Iterable[str]) -> str:
    return f"<tr>{''.join(f'<td>{text_xhtml(number)}</td>' for number in row)}</tr>"


def inline(text: Text) -> str:
    return "".join(map(span, text))


def span(part: Span) -> str:
    match part:
        case CodeSpan(words):
            return f"<code>{text_xhtml(words)}</code>"
        case StrongSpan(words):
            return f"<strong>{text_xhtml(words)}</strong>"
    return text_xhtml(part)


def text_xhtml(text: str) -> str:
    """A text whose signs are no markup, neither in XHTML nor in what platforms look for in it."""
    return escape(printable(text)).replace("{", "&#123;").replace("}", "&#125;")


def lines_xhtml(lines: Iterable[str]) -> str:
    """Lines of arithmetic below each other."""
    shown = "<br/>".join(map(text_xhtml, lines))
    return f"<p>{shown}</p>" if shown else ""
