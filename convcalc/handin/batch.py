"""Everything handed in, as entries in a fixed order: from folders, archives, a form, single files, standard input.

| code | refused |
|---|---|
| B030 | a folder without anything to mark |
| B031 | a hand-in without a file that can be read |
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from convcalc.handin.files import (
    MAX_FILES,
    ZIP,
    File,
    Unpacking,
    archive_of_class,
    as_archive,
    folder,
    is_archive,
    members,
    one,
    shown,
)
from convcalc.handin.form import Roster, Row, rows
from convcalc.handin.submission import Sheet, refusal
from convcalc.handin.submitters import Hand, Person, chosen, hands
from convcalc.problem import Problem, problem
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from zipfile import ZipFile

    from convcalc.marking.verdict import Question

MAX_STREAM = 50_000_000  # bytes of a form, or of an archive on standard input
SAMPLE = 100  # submissions that say what a class was asked, where the key does not
MAX_BESIDE = 3  # files that are named where another of a person's is marked


class Entry(NamedTuple):
    """One person's submission, not read yet."""

    person: Person
    name: str  # of the file, or of the row of a form
    sheet: Callable[[], Sheet]


def opened(entry: Entry) -> Sheet:
    """An entry read; whatever is wrong with it is its reason."""
    try:
        sheet = entry.sheet()
    except Exception as error:
        sheet = Sheet(entry.person, shown(entry.name, 500), None, refusal(error))
    return sheet._replace(person=entry.person)


def entries(
    places: Iterable[str], questions: Iterable[Question] = (), course: str = "", known: Roster | None = None
) -> list[Entry]:
    """Every submission in the places named, sorted by the person, and of one person's the last first."""
    asked = tuple(questions)
    found = [entry for place in places for entry in of_place(place, asked, course)]
    if known is not None:
        found = [entry._replace(person=known.find(entry.person) or entry.person) for entry in found]
    order = sorted(range(len(found)), key=lambda index: (*natural(found[index].person), index))
    return [found[index] for index in order]


def sample(found: list[Entry]) -> Iterable[Sheet]:
    """Enough of a class to say what it was asked."""
    return map(opened, found[:: max(1, len(found) // SAMPLE)])


def natural(person: Person) -> tuple[object, ...]:
    """Numbers in a name by their value: student2 comes before student10."""

    def parts(text: str) -> list[tuple[int, int | str]]:
        return [
            (0, int(part)) if part.isdecimal() and len(part) < 20 else (1, part) for part in re.split(r"(\d+)", text)
        ]

    return parts(person.name.casefold()), parts(person.id)


def of_place(place: str, questions: tuple[Question, ...], course: str) -> Iterator[Entry]:
    if place != "-" and os.path.isdir(place):
        handed = hands(folder(place), course)
        if not handed:
            raise problem("B030", f"there is nothing to mark in {place}", "name the folder of the submissions")
        yield from of_hands(handed, questions)
    elif place != "-" and place.lower().endswith(".zip"):
        yield from of_archive(place, archive_of_class(place), questions, course)
    else:
        yield from of_file(one(place), questions, course)


def of_archive(name: str, stored: ZipFile, questions: tuple[Question, ...], course: str) -> Iterator[Entry]:
    """The archive of a whole class, which stays open."""
    found = members(name, stored)
    if len(found) == 1 and is_archive(found[0]):  # the archive of an archive
        try:
            inner = Unpacking().opened(found[0], 1)
            found = inner if len(inner) > 1 else found
        except Problem:
            pass  # it is an entry, which says so when it is read
    handed = hands(found, course, True)
    if not handed:
        raise problem("B030", f"there is nothing to mark in {name}", "name the archive of the submissions")
    yield from of_hands(handed, questions)


def of_file(file: File, questions: tuple[Question, ...], course: str) -> Iterator[Entry]:
    """A file that the user names; on standard input it may be anything."""
    streamed = file.name == "standard input"
    if streamed:
        data = file.data(MAX_STREAM)
        file = file._replace(head=lambda limit: data[:limit])
        if data.startswith(ZIP):
            import io

            yield from of_archive(file.name, as_archive(file.name, io.BytesIO(data), MAX_FILES), questions, course)
            return
    if file.suffix in (".csv", ".tsv") or (streamed and is_form(data)):
        yield from of_form(file, questions)
        return
    yield from of_hands(hands([file]), questions)


def is_form(data: bytes) -> bool:
    """Whether the first line is a heading and no YAML."""
    first = data.partition(b"\n")[0]
    return (
        not first.lstrip().startswith((b"{", b"[", b"#", b"%", b"-"))
        and b": " not in first
        and (max(first.count(separator) for separator in (b",", b";", b"\t")) > 0)
    )


def of_form(file: File, questions: tuple[Question, ...]) -> Iterator[Entry]:
    for row in rows(file.name, file.text(MAX_STREAM), questions):
        yield Entry(row.person, row.source.name, partial(sheet_of_row, row))


def sheet_of_row(row: Row) -> Sheet:
    if row.trouble:
        raise row.trouble
    return Sheet(row.person, shown(row.source.name, 500), row.source)


def of_hands(handed: Iterable[Hand], questions: tuple[Question, ...]) -> Iterator[Entry]:
    for person, files in handed:
        forms = [file for file in files if file.suffix in (".csv", ".tsv") and len(file.path) == 1]
        for file in forms:
            try:
                yield from of_form(file, questions)
            except Problem as error:
                yield Entry(person, file.name, partial(refused, error))
        rest = [file for file in files if file not in forms]
        if rest:
            yield Entry(person, rest[0].name, partial(sheet_of, person, rest))


def refused(error: Problem) -> Sheet:
    raise error


def sheet_of(person: Person, files: Iterable[File]) -> Sheet:
    """A person's files as one sheet: the likeliest of them, wherever it is packed."""
    unpacked = list(Unpacking().expanded(files))
    file, others = chosen(unpacked)
    if file is None:
        names = ", ".join(shown("/".join(each.path), 60) for each in unpacked[:3])
        more = f" and {len(unpacked) - 3} more" if len(unpacked) > 3 else ""
        raise problem("B031", f"there is no YAML file with answers, only {names}{more}", "hand in a YAML file")
    beside = [shown(os.path.basename(each.name), 60) for each in others]
    remarks = [*(["late"] if person.late else []), *(f"{name} beside it was not read" for name in beside[:MAX_BESIDE])]
    if len(beside) > MAX_BESIDE:
        remarks.append(f"and {len(beside) - MAX_BESIDE} more were not")
    sheet = Sheet(person, shown(file.name, 500), None, remarks=tuple(remarks))
    try:
        return sheet._replace(source=file.source())
    except Exception as error:
        return sheet._replace(reason=refusal(error))


def single(places: Iterable[str], name: str = "") -> Entry:
    """Everything in the places as the submission of one person, whatever its files are called."""
    files: list[File] = []
    for place in places:
        files += folder(place) if place != "-" and os.path.isdir(place) else [one(place)]
    files = [file for file in files if file.path[-1] != "submission_metadata.json"]
    person = Person(shown(name), shown(name), is_vouched=True) if name else Person("", "")
    if not files:
        error = problem("B030", "no answers were handed in", "hand in a YAML file")
        return Entry(person, "", partial(refused, error))
    sheet = opened(Entry(person, files[0].name, partial(sheet_of, person, files)))
    return Entry(person if name else of_file_name(sheet.name), sheet.name, lambda: sheet)


def of_file_name(name: str) -> Person:
    stem = os.path.splitext(os.path.basename(name))[0]
    return Person(shown(stem), shown(stem))
