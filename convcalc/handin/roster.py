"""Who is in a course: a list of names, or the gradebook that a learning platform gives out.

| code | refused |
|---|---|
| B020 | a table without anybody, or without a column that says who |
| B022 | a row that is longer than its heading: its ids would be somebody else's |
| B024 | two people with one id, or two of one name without ids |
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING
from unicodedata import normalize

from convcalc.handin.columns import IDENTIFYING, person_columns, person_of
from convcalc.handin.files import named_file
from convcalc.handin.submitters import bare_word
from convcalc.handin.table import read_table, table_text
from convcalc.marking.person import Person, with_labels
from convcalc.problem import Diagnostic, Problem, problem
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.handin.columns import PersonColumns
    from convcalc.handin.table import Spreadsheet, TableRow

MAX_PEOPLE = 200_000
MAX_BYTES = 50_000_000
MAX_TOLD = 5  # slips of a roster
NO_PERSON = re.compile(
    r"points possible|student, test|test student", re.IGNORECASE
)  # a row of maxima; Canvas's own student
MARK = re.compile(r"[\d.,]*%?|.")  # in a gradebook; it identifies nobody


class Roster(NamedTuple):
    """Who is in a course, the words that identify each, and the rows they are from."""

    people: tuple[Person, ...]
    known: Mapping[str, Person]  # by folded words that are in one person's row only
    rows: Mapping[str, TableRow]  # by folded id
    table: Spreadsheet

    def find(self, person: Person) -> Person | None:
        """The same person as the roster knows them, by what identifies nobody else; a group by its members."""
        if person.members:
            members = tuple(self.find(member) or member for member in person.members)
            return person._replace(members=members) if any(map(is_listed, members)) else None
        stem = person.id.rpartition(".")[0]
        for word in (person.id, person.login, person.email, person.name, stem, person.turned):
            if found := self.known.get(fold_word(word)):
                return found._replace(late=person.late)
        return None

    def namesakes(self, person: Person) -> list[Person]:
        """Those who have the name of a person, where they are several."""
        found = [each for each in self.people if same_name(each.name, person.name)]
        return found if len(found) > 1 else []

    def row_of(self, person: Person) -> TableRow | None:
        """The row of somebody who was found here."""
        return self.rows.get(fold_word(person.id)) if is_listed(person) else None

    def labels(self) -> list[str]:
        """Everybody by name, and by name and id where several have the same."""
        return sorted(person.shown for person in self.people)

    def absent(self, present: Iterable[str]) -> list[Person]:
        """Those who handed in nothing; `present` has ids in lower case."""
        known = set(present)
        return [person for person in self.people if person.id.casefold() not in known]


def is_listed(person: Person) -> bool:
    """Whether a person is one of a roster's."""
    return person.system == "roster"


def fold_word(text: str) -> str:
    """A word as names are compared, however an ü is written."""
    return normalize("NFC", text.strip()).casefold()


def roster_of_file(path: str) -> Roster:
    """The roster in a file that the user names."""
    return read_roster(path, named_file(path).data(MAX_BYTES))


def same_name(one: str, other: str) -> bool:
    """Whether two names differ only in order, case and accents: Brontë, Tom and tom bronte."""
    return one == other or bare_words(one) == bare_words(other)


def bare_words(name: str) -> list[str]:
    plain = normalize("NFC", re.sub(r"[\u0300-\u036f]", "", normalize("NFKD", name)))
    return sorted(re.findall(r"\w+", plain.casefold()))


def read_roster(name: str, data: bytes | str) -> Roster:
    """The roster in a CSV with a heading; anything that is in one person's row only identifies that person."""
    text, encoding = (data, "utf-8") if isinstance(data, str) else table_text(name, data)
    table = read_table(name, text, encoding)
    who = person_columns(table.heads, f"no column of {name} says who somebody is")
    rows = [(person, row) for row in table.rows if (person := listed_person(row, who))]
    if not rows:
        raise problem("B020", f"there is nobody in {name}", "a row for each student below the heading")
    if len(rows) > MAX_PEOPLE:
        raise problem("B020", f"{name} has {len(rows):,} people", f"at most {MAX_PEOPLE:,} are read")
    if slips := list(islice(slips_of(table, rows, who), MAX_TOLD + 1)):
        more = [Diagnostic("B024", "and there is more", slips[0].hint)] if len(slips) > MAX_TOLD else []
        raise Problem(*slips[:MAX_TOLD], *more)
    people = with_labels([*{fold_word(person.id): person for person, _ in reversed(rows)}.values()][::-1])
    by_id = {fold_word(person.id): person for person in people}
    ids = {index for index, head in enumerate(table.heads) if bare_word(head) in IDENTIFYING}
    owners: dict[str, set[str]] = {}
    for person, row in rows:
        own = fold_word(person.id)
        for word in {*map(fold_word, words_of(person, row, ids))}:
            owners.setdefault(word, set()).add(own)
    known = {word: by_id[next(iter(ids))] for word, ids in owners.items() if word and len(ids) == 1}
    known |= {fold_word(person.label): person for person in people if person.label}
    first = {fold_word(person.id): row for person, row in reversed(rows)}
    return Roster(tuple(people), known, first, table)


def listed_person(row: TableRow, who: PersonColumns) -> Person | None:
    """Whoever is in a row of a roster; None in one of a gradebook that has nobody."""
    person = person_of(row, who)
    return None if person is None or NO_PERSON.fullmatch(person.name) else person._replace(system="roster")


def words_of(person: Person, row: TableRow, ids: Iterable[int]) -> Iterator[str]:
    """What may identify a person: whatever is in their row, but no number that may be a mark."""
    yield from (person.name, person.id, person.email, person.login, person.turned)
    yield from (cell for index, cell in enumerate(row.cells) if index in ids or not MARK.fullmatch(cell.strip()))


def slips_of(table: Spreadsheet, rows: Iterable[tuple[Person, TableRow]], who: PersonColumns) -> Iterator[Diagnostic]:
    """Rows by which somebody would get the marks of another."""
    seen: dict[str, tuple[Person, TableRow]] = {}
    for person, row in rows:
        if len(row.cells) > len(table.heads):
            yield from table.too_long(row, f"line {row.line}").diagnostics
        other, former = seen.setdefault(fold_word(person.id), (person, row))
        if former is row or former.cells == row.cells:
            continue
        is_id = any(row.cell(index) for index in (who.id, who.email, who.login))
        if fold_word(other.name) != fold_word(person.name):
            message = f"{person.name} has the id {person.id}, and so has {other.name} on line {former.line}"
            yield Diagnostic("B024", message, "give each an id of their own", table.mark(row.line))
        elif not is_id:
            message = f"there is another {person.name} on line {former.line}, and nothing to tell them apart"
            yield Diagnostic("B024", message, "add a column with ids or e-mail addresses", table.mark(row.line))
