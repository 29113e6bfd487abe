"""For platforms that show each question by itself: blocks of a sheet as XHTML, and packages of XML files."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from io import BytesIO
from zipfile import ZipFile, ZipInfo

from convcalc.render.exercises import blocks
from convcalc.render.script import printable

XML_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
UNIX = 3
DATE = (1980, 1, 1, 0, 0, 0)  # of the files: the first that a zip can have


def xhtml(sheet: Iterable[blocks.Block]) -> str:
    """What is given, and what is asked; what only a sheet has is left out."""
    return "".join(map(element_of, sheet))


def element_of(block: blocks.Block) -> str:
    match block:
        case blocks.SheetHeading(text):
            return f"<p><strong>{inline(text)}</strong></p>"
        case blocks.Paragraph(text):
            return f"<p>{inline(text)}</p>"
        case blocks.SheetTable(heads, rows, _):
            return table("".join(f"<th>{text_xhtml(words)}</th>" for words in heads), map(cells, rows))
        case blocks.CodeBlock(lines):
            shown = "\n".join(map(text_xhtml, lines))
            return f"<pre>{shown}</pre>"
        case blocks.NumberGrids(grids, _):
            named = ((name, "".join(numbers(row) for row in blocks.grid_rows(array))) for name, array in grids)
            return "".join(f"<p>{text_xhtml(name)}</p><table><tbody>{rows}</tbody></table>" for name, rows in named)
    return ""


def table(head: str, rows: Iterable[str]) -> str:
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def cells(row: Iterable[blocks.Text | blocks.Blank]) -> str:
    return "".join(f"<td>{'' if isinstance(cell, blocks.Blank) else inline(cell)}</td>" for cell in row)


def numbers(row: Iterable[str]) -> str:
    return f"<tr>{''.join(f'<td>{text_xhtml(number)}</td>' for number in row)}</tr>"


def inline(text: blocks.Text) -> str:
    return blocks.text_in_html(text, text_xhtml)


def text_xhtml(text: str) -> str:
    """A text whose signs are no markup, neither in XHTML nor in what platforms look for in it."""
    return escape(printable(text)).replace("{", "&#123;").replace("}", "&#125;")


def lines_xhtml(lines: Iterable[str]) -> str:
    """Lines of arithmetic below each other."""
    shown = "<br/>".join(map(text_xhtml, lines))
    return f"<p>{shown}</p>" if shown else ""


def zip_of(files: Iterable[tuple[str, str]]) -> bytes:
    """The files by name, of no date and not compressed: libraries differ in how they do that."""
    packed = BytesIO()
    with ZipFile(packed, "w") as package:
        for name, content in files:
            info = ZipInfo(name, DATE)
            info.create_system, info.external_attr = UNIX, 0o644 << 16
            package.writestr(info, content)
    return packed.getvalue()
