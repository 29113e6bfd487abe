"""A page of its own with a real table: headers for screen readers, numbers to copy, light and dark."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import TYPE_CHECKING

from convcalc.render.report.text_table import Head, TextTable, text_table
from convcalc.render.script import UNICODE
from convcalc.render.web_page import page_head, safe

if TYPE_CHECKING:
    from convcalc.network.walk import NetworkReport
    from convcalc.render.report import ReportOptions

TABLE_STYLE = """
caption { font-weight: 600; font-size: 1.2em; }
th, td { white-space: nowrap; }
.input, dd span { color: var(--soft); }
.block th { font-weight: 600; }
.failed { color: var(--failed); }
.scroll { overflow-x: auto; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .15em 1.5em; }
dt { white-space: pre; }
dd { margin: 0; }
"""


HTML = UNICODE._replace(less="&lt;", text=safe, code="<code>%s</code>")


def lines(report: NetworkReport, options: ReportOptions) -> Iterator[str]:
    yield from table_page(text_table(report, options, HTML))


def table_page(made: TextTable) -> Iterator[str]:
    """A page that has one table."""
    yield from page_head(made.title, TABLE_STYLE)
    yield from table(made)
    yield "</html>\n"


def table(made: TextTable) -> Iterator[str]:
    """The table and its notes, for a page that has other things too."""
    yield '<div class="scroll" tabindex="0" role="region" aria-label="layers">\n'
    yield f"<table>\n<caption>{made.title}</caption>\n"
    titles = [f'<th scope="col"{side(head)}>{escape(head.title)}' for head in made.heads]
    yield f"<thead>\n<tr>{''.join(titles)}\n</thead>\n<tbody>\n"
    for mark, row in zip(made.marks, made.rows, strict=True):
        yield f'<tr class="{mark}">{data(made.heads, row, named=True)}\n'
    yield "</tbody>\n"
    if any(made.total):
        yield f"<tfoot>\n<tr>{data(made.heads, made.total)}\n</tfoot>\n"
    yield "</table>\n</div>\n"
    if made.notes:
        yield "<dl>\n"
        for note in made.notes:
            yield f"<dt>{note.label}<dd>{note.value}{f' <span>{note.remark}</span>' if note.remark else ''}\n"
        yield "</dl>\n"


def data(heads: tuple[Head, ...], row: Iterable[str], named: bool = False) -> str:
    """The cells of a row, the first as its header."""
    cells = [f"<td{side(head)}>{cell}" for head, cell in zip(heads, row, strict=True)]
    if named:
        cells[0] = '<th scope="row"' + cells[0].removeprefix("<td")
    return "".join(cells)


def side(head: Head) -> str:
    return "" if head.is_left else ' class="n"'
