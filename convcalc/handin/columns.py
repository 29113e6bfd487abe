"""The columns of a table that say who: what forms, registrars and learning platforms call them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from convcalc.handin.files import printable_name
from convcalc.handin.submitters import bare_word
from convcalc.marking.person import Person
from convcalc.problem import problem
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.handin.table import TableRow

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
