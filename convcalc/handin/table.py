"""A table as spreadsheets and learning platforms save it: commas, semicolons or tabs, quoted newlines, UTF-8 or UTF-16.

The columns that say who are those that forms, registrars and learning platforms call so.

| code | refused |
|---|---|
| B020 | a table without rows or a heading, or with a quote that is not closed |
| B022 | a row that is longer than its heading |
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from io import StringIO

from convcalc.handin.course_folders import bare_word
from convcalc.handin.files import ZIP, decode, printable_name
from convcalc.marking.verdict import Person
from convcalc.problem import Mark, Problem, Source, problem
from convcalc.tuples import NamedTuple

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


# Who is in a row

# Headings, in small letters without spaces and signs; the first that is there is taken.
NAMES = ("student", "fullname", "name", "yourname", "studentname", "vollständigername", "ihrname")
FIRST = ("firstname", "givenname", "first", "vorname")
LAST = ("lastname", "surname", "familyname", "last", "nachname")
LOGINS = ("sisloginid", "loginid", "login", "username", "netid", "user", "benutzername", "anmeldename")
EMAILS = ("email", "emailaddress", "mail", "emailadresse")
IDS = (
    "studentid", "sid", "id", "identifier", "idnumber", "matriculationnumber", "userid", "orgdefinedid", "idnummer",
    "matrikelnummer", "studentnumber", "sisuserid", "uid", "number",
)  # fmt: skip
IDENTIFYING = frozenset((*NAMES, *LOGINS, *EMAILS, *IDS, "integrationid"))
PARTICIPANT = re.compile(r"[^\W\d_]{4}\S* (\d+)")  # Moodle's identifier: its folders have only the number


class PersonColumns(NamedTuple):
    """The columns that say who: the whole name or its parts, and what tells people of the same name apart."""

    name: tuple[int, ...]
    id: int | None
    email: int | None
    login: int | None


def column_named(heads: Iterable[str], names: Iterable[str]) -> int | None:
    """Where the first of these headings is that is there."""
    plain = list(map(bare_word, heads))
    return next((plain.index(name) for name in names if name in plain), None)


def person_columns(heads: Iterable[str], message: str) -> PersonColumns:
    """The columns that say who; a Problem with this message where there are none."""
    heads = tuple(heads)
    whole, first, last, number, email, login = (
        column_named(heads, names) for names in (NAMES, FIRST, LAST, IDS, EMAILS, LOGINS)
    )
    named = tuple(part for part in ((whole,) if whole is not None else (first, last)) if part is not None)
    if not named and number is None and email is None and login is None:
        raise problem("B020", message, "call one student, name or email")
    return PersonColumns(named, number, email, login)


def person_of(row: TableRow, who: PersonColumns) -> Person | None:
    """The person in a row, if there is one."""
    name = " ".join(filter(None, map(row.cell, who.name)))
    number, email, login = (printable_name(row.cell(index)) for index in (who.id, who.email, who.login))
    if participant := PARTICIPANT.fullmatch(number):
        number = participant[1]
    name = printable_name(name or login or email or number)
    return Person(name, number or email or login or name, False, True, email, login) if name else None
