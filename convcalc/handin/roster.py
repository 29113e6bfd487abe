"""Who is in a course: a list of names, or the gradebook that a learning platform gives out.

For a name that it does not have there is a guess for people to judge, by which nothing is merged.

| code | refused |
|---|---|
| B020 | a table without anybody, or without a column that says who |
| B022 | a row that is longer than its heading: its ids would be somebody else's |
| B024 | two people with one id, or two of one name without ids |
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING
from unicodedata import normalize

from convcalc.handin.course_folders import bare_word
from convcalc.handin.files import named_file
from convcalc.handin.table import IDENTIFYING, person_columns, person_of, read_table, table_text
from convcalc.marking.verdict import Person, with_labels
from convcalc.problem import Diagnostic, Problem, problem
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.handin.table import PersonColumns, Spreadsheet, TableRow

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


# Who might be meant

MAX_CANDIDATES = 300  # that are compared letter by letter
ALIKE = 0.8
SPELT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "å": "aa", "ø": "oe", "æ": "ae"})


class Unlisted(NamedTuple):
    """Somebody who handed in and is not in the roster, and who of the roster it may be."""

    person: Person
    source: str
    guess: Person | None


class Lookalikes:
    """The people of a roster, found by words of their names."""

    def __init__(self, people: Iterable[Person]):
        self.people = tuple(people)

    @cached_property
    def by_word(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for place, person in enumerate(self.people):
            for word in {*search_words(person)}:
                found.setdefault(word, []).append(place)
        return found

    def guess(self, person: Person) -> Person | None:
        """The one who is likeliest meant; None where nobody, or several equally, are likely."""
        places = {place for word in search_words(person) for place in self.by_word.get(word, ())}
        if not 0 < len(places) <= MAX_CANDIDATES:
            return None
        scores = sorted(((likeness(person, self.people[place]), place) for place in places), reverse=True)
        (best, place), second = scores[0], scores[1][0] if len(scores) > 1 else 0.0
        return self.people[place] if best >= ALIKE and best > second else None


def name_words(text: str) -> list[str]:
    """The words of a name in plain letters: `Müller, Jörg` is joerg mueller."""
    spelt = normalize("NFC", text).lower().translate(SPELT)
    return sorted(re.findall(r"[a-z]{2,}", normalize("NFKD", spelt)))


def spellings(person: Person) -> Iterator[list[str]]:
    """What a person may be called: by name, id, address or login, with ü as ue and as u."""
    for text in dict.fromkeys((person.name, person.id, person.email, person.login)):
        local = text.partition("@")[0]
        words = name_words(local)
        if words:
            yield words
            plain = sorted(re.findall(r"[a-z]{2,}", re.sub(r"[\u0300-\u036f]", "", normalize("NFKD", local.lower()))))
            if plain != words:
                yield plain


def search_words(person: Person) -> Iterator[str]:
    """By what a person is looked up: how each word of their names begins, two together, and one behind an initial."""
    yield from accounts(person)
    for words in spellings(person):
        yield from (word[:4] for word in words)
        if len(words) > 1:
            pairs = [(word, other) for word in words[:4] for other in words[:4] if word is not other]
            yield from (start for word, other in pairs for start in ((word + other)[:4], word[0] + other[:3]))


def accounts(person: Person) -> set[str]:
    """What a person may be called in a system: the id, the login, an address before its @."""
    texts = (person.id, person.login, person.email)
    return {text.partition("@")[0].casefold() for text in texts if text}


def likeness(one: Person, other: Person) -> float:
    """From 0 to 1, of the spellings that are likest; one account is more than one name."""
    if accounts(one) & accounts(other):
        return 2
    return max((words_likeness(left, right) for left in spellings(one) for right in spellings(other)), default=0.0)


def words_likeness(left: list[str], right: list[str]) -> float:
    """How alike two names are: by all letters, or as an initial and a last name."""
    shorter, longer = sorted((left, right), key=len)
    if len(shorter) > 1 and set(shorter) <= set(longer):
        return 0.95 if len(shorter) < len(longer) else 1.0
    if len(shorter) == 1 and len(longer) > 1:
        initials = {first[0] + last for first in longer for last in longer if first is not last}
        joined = {first + last for first in longer for last in longer if first is not last}
        if shorter[0] in joined:
            return 0.98
        if shorter[0] in initials:
            return 0.9
    return SequenceMatcher(None, "".join(left), "".join(right), autojunk=False).ratio()
