"""A form's CSV, one row a student and one column a question, as a list of submissions; and a course's roster.

| code | refused |
|---|---|
| B020 | a table without rows, or without a column that says who |
| B021 | a form in which no column is a question of the key |
| B022 | a row that is longer than its heading |
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from convcalc.handin.files import printable_name
from convcalc.handin.submitters import Person, bare_word
from convcalc.marking.key import MAX_NAME, canonical_name
from convcalc.problem import Problem, Source, problem
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.marking.verdict import KeyQuestion

# Headings, in small letters without spaces and signs; the first that is there is taken.
NAMES = ("student", "fullname", "name", "yourname", "studentname", "username", "user", "login")
IDS = ("studentid", "sid", "id", "email", "emailaddress", "mail", "username", "matriculationnumber", "userid")
FIRST, LAST = ("firstname", "givenname", "first"), ("lastname", "surname", "familyname", "last")
MAX_CELL = 10_000  # characters


class FormRow(NamedTuple):
    """One student's answers, and where they are."""

    person: Person
    source: Source
    trouble: Problem | None = None


def form_rows(name: str, text: str, questions: Iterable[KeyQuestion]) -> list[FormRow]:
    """The submissions in a form, the last of a student first: it is the one that counts."""
    table = read_table(name, text)
    heads = table[0]
    asks = {name: question.ask for question in questions for name in names_of(question.ask)}
    columns = {index: ask for index, head in enumerate(heads) if (ask := question_named(head, asks))}
    if not columns:
        known = ", ".join(list(dict.fromkeys(asks.values()))[:3])
        raise problem("B021", f"no column of {name} is a question of the key", f"its columns are called {known}, …")
    who = person_columns(heads, f"no column of {name} says who answers")
    found = []
    for number, cells in enumerate(table[1:], 2):
        place = f"{name}, row {number}"
        if not any(cell.strip() for cell in cells):
            continue
        person = person_of(cells, who) or Person(place, place)
        trouble = None
        if len(cells) > len(heads):
            hint = "put quotes around a cell that has a comma in it"
            trouble = problem("B022", f"{place} has {len(cells)} cells and the heading {len(heads)}", hint)
        answers = {ask: cells[index] for index, ask in columns.items() if index < len(cells) and cells[index].strip()}
        found.append(FormRow(person, Source(place, answers_text(answers)), trouble))
    return found[::-1]


def read_table(name: str, text: str) -> list[list[str]]:
    """The cells of a table, separated as its heading is."""
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    try:
        table = list(csv.reader(text.splitlines(keepends=True), delimiter=separator))
    except csv.Error as error:
        raise problem("B020", f"{name} is no table: {error}", "save it as CSV") from None
    if not table or not any(table[0]):
        raise problem("B020", f"{name} is empty", "save the form's answers as CSV")
    return table


def question_named(head: str, asks: Mapping[object, str]) -> str:
    """The question that a heading names: `C1.output`, `C1 output`, `Output of … [C1.output]`; empty where none."""
    inner = re.findall(r"[\[(]([^\[\]()]*)[\])]", head[:MAX_CELL])
    return next((asks[name] for text in (head, *inner) for name in names_of(text) if name in asks), "")


def names_of(text: str) -> tuple[object, ...]:
    """What a heading and a question are compared by: the text without spaces, and the name of an answer."""
    return re.sub(r"\s+", "", text).lower(), canonical_name(text[:MAX_NAME])


def answers_text(answers: Mapping[str, str]) -> str:
    """Answers as the text of a submission: JSON is YAML, and a cell cannot get out of its quotes."""
    from json import dumps

    cells = {ask: printable_name(cell, MAX_CELL) for ask, cell in answers.items()}
    return dumps({"answers": cells}, ensure_ascii=False)


# Who


class PersonColumns(NamedTuple):
    """The columns that say who: the whole name or its parts, and what tells people of the same name apart."""

    name: tuple[int, ...]
    id: int | None


def person_columns(heads: Iterable[str], message: str) -> PersonColumns:
    """The columns that say who; a Problem with this message where there are none."""
    plain = list(map(bare_word, heads))

    def column(names: tuple[str, ...]) -> int | None:
        return next((plain.index(name) for name in names if name in plain), None)

    whole, first, last, number = (column(names) for names in (NAMES, FIRST, LAST, IDS))
    parts = (whole,) if whole is not None else (first, last)
    named = tuple(part for part in parts if part is not None)
    if not named and number is None:
        raise problem("B020", message, "call one student, name or email")
    return PersonColumns(named, number)


def person_of(cells: list[str], who: PersonColumns) -> Person | None:
    name = " ".join(cells[index].strip() for index in who.name if index < len(cells)).strip()
    number = cells[who.id].strip() if who.id is not None and who.id < len(cells) else ""
    if not (name or number):
        return None
    return Person(printable_name(name or number), printable_name(number or name), is_vouched=True)


class Roster(NamedTuple):
    """Who is in a course, and the words in lower case that identify each: those in one person's row only."""

    people: tuple[Person, ...]
    known: Mapping[str, Person]

    def find(self, person: Person) -> Person | None:
        for known in (person.id, person.name, person.id.rpartition(".")[0]):
            if found := self.known.get(known.strip().lower()):
                return found._replace(late=person.late, is_vouched=True)
        return None

    def labels(self) -> list[str]:
        """Everybody by name, and by name and id where several have the same."""
        times = Counter(person.name for person in self.people)
        return sorted(
            person.name if times[person.name] == 1 else f"{person.name} ({person.id})" for person in self.people
        )

    def absent(self, present: Iterable[str]) -> list[Person]:
        """Those who handed in nothing; `present` has ids in lower case."""
        known = set(present)
        return [person for person in self.people if person.id.casefold() not in known]


def read_roster(name: str, text: str) -> Roster:
    """The roster in a CSV with a heading; anything that is in one person's row only identifies that person."""
    table = read_table(name, text)
    who = person_columns(table[0], f"no column of {name} says who somebody is")
    rows = [(person, cells) for cells in table[1:] if (person := person_of(cells, who))]
    if not rows:
        raise problem("B020", f"there is nobody in {name}", "a row for each student below the heading")
    owners: dict[str, set[Person]] = {}
    for person, cells in rows:
        for word in (person.name, person.id, *cells):
            owners.setdefault(word.strip().lower(), set()).add(person)
    unmistakable = {word: next(iter(people)) for word, people in owners.items() if word and len(people) == 1}
    return Roster(tuple(dict.fromkeys(person for person, _ in rows)), unmistakable)
