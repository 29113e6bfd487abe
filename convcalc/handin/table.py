"""A table as spreadsheets and learning platforms save it: commas, semicolons or tabs, quoted newlines, UTF-8 or UTF-16.

| code | refused |
|---|---|
| B020 | a table without rows or a heading, or with a quote that is not closed |
| B022 | a row that is longer than its heading |
"""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING

from convcalc.handin.files import ZIP, decode
from convcalc.problem import Mark, Source, problem
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.problem import Problem

SEPARATORS = ",;\t"
MAX_CELLS = 2_000_000  # twenty thousand students and a hundred questions


class TableRow(NamedTuple):
    """The cells of one row, and the line that it begins on."""

    line: int
    cells: list[str]

    def cell(self, index: int | None) -> str:
        """What is in a column; nothing where there is no such column, or the row is shorter."""
        return self.cells[index].strip() if index is not None and index < len(self.cells) else ""


class Spreadsheet(NamedTuple):
    """A heading and the rows below it."""

    source: Source
    heads: list[str]
    rows: list[TableRow]
    separator: str = ","
    encoding: str = "utf-8"

    def mark(self, line: int) -> Mark:
        return Mark(self.source, line, 1)

    def too_long(self, row: TableRow, place: str) -> Problem:
        """What is wrong with a row of more cells than its heading."""
        hint = "put quotes around a cell that has a comma in it"
        message = f"{place} has {len(row.cells)} cells and the heading {len(self.heads)}"
        return problem("B022", message, hint, self.mark(row.line))


def table_text(name: str, data: bytes) -> tuple[str, str]:
    """The text of a table, and its encoding."""
    if data.startswith(ZIP):
        raise problem("B002", f"{name} is a workbook, and no table in plain text", "save the sheet as CSV, in UTF-8")
    text, encoding = decode(name, data)
    return text, "utf-16" if encoding == "UTF-16" else "utf-8"


def read_table(name: str, text: str, encoding: str = "utf-8") -> Spreadsheet:
    """The cells of a text, separated as its heading is; rows without any cell are left out."""
    source = Source(name, text)
    separator = max(SEPARATORS, key=lambda sign: width(text, sign))
    rows = table_rows(source, separator)
    if not rows or not any(rows[0].cells):
        raise problem("B020", f"{name} is empty", "save the answers, or the list of students, as CSV")
    kept = [row for row in rows[1:] if any(cell.strip() for cell in row.cells)]
    return Spreadsheet(source, rows[0].cells, kept, separator, encoding)


def table_rows(source: Source, separator: str) -> list[TableRow]:
    """The rows of a text, each with the line that it begins on."""
    rows: list[TableRow] = []
    line, left = 1, MAX_CELLS
    try:
        reader = csv.reader(StringIO(source.text, newline=""), delimiter=separator, strict=True)
        for cells in reader:
            rows.append(TableRow(line, cells))
            line = reader.line_num + 1
            left -= len(cells) + 1
            if left < 0:
                message = f"{source.name} has more than {MAX_CELLS:,} cells"
                raise problem("B020", message, "save only what is needed", Mark(source, line, 1))
    except csv.Error as error:
        reason = "a quote is not closed" if "unexpected end" in str(error) else str(error)
        hint = "close the quote, and write a quote inside a cell twice"
        raise problem("B020", f"{source.name} is no table: {reason}", hint, Mark(source, line, 1)) from None
    return rows


def width(text: str, separator: str) -> int:
    """How many cells the heading has if this separates them."""
    return len(cells_of(text, separator))


def cells_of(text: str, separator: str) -> list[str]:
    """The cells of the first row; none where one is too long."""
    try:
        return next(csv.reader(StringIO(text, newline=""), delimiter=separator), [])
    except csv.Error:
        return []
