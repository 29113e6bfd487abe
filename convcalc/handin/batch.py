"""Everything that was handed in, in a fixed order: from folders, archives, a form, single files, standard input.

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

from convcalc.handin.course_folders import PersonFiles, choose_file, files_by_person
from convcalc.handin.files import (
    MAX_FILES,
    UTF_16,
    ZIP,
    File,
    Unpacking,
    archive_members,
    archive_of_class,
    files_of_folder,
    is_archive,
    named_file,
    open_archive,
    printable_name,
    raiser,
)
from convcalc.handin.form import FormRow, form_rows, is_answer_table
from convcalc.handin.submission import Submission, refusal
from convcalc.marking.verdict import KeyQuestion, Person, with_labels
from convcalc.problem import Problem, first_names, problem
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from zipfile import ZipFile

    from convcalc.handin.roster import Roster

MAX_STREAM = 50_000_000  # bytes of a form, or of an archive on standard input
SAMPLE = 100  # submissions that say what a class was asked, where the key does not
MAX_HEADING = 4_000  # bytes in which a table has its heading
UNREADABLE = ("B002", "B003")  # no text, or in another encoding
MAX_BESIDE = 3  # files that are named where another of a person's is marked


class HandIn(NamedTuple):
    """One person's submission, not read yet."""

    person: Person
    name: str  # of the file, or of the row of a form
    read: Callable[[], Submission]
    notes: tuple[str, ...] = ()  # on the form that it is a row of


def open_hand_in(hand_in: HandIn) -> Submission:
    """What was handed in, read; if that fails, the reason."""
    try:
        submission = hand_in.read()
    except Exception as error:
        submission = Submission(hand_in.person, printable_name(hand_in.name, 500), None, refusal(error))
    return submission._replace(person=hand_in.person)


def hand_ins(
    places: Iterable[str], questions: Iterable[KeyQuestion] = (), course: str = "", known: Roster | None = None
) -> list[HandIn]:
    """Every submission in the named places, sorted by person; the last of a person's comes first."""
    asked = tuple(questions)
    found = [hand_in for place in places for hand_in in hand_ins_of_place(place, asked, course)]
    found = [listed_hand_in(hand_in, known) for hand_in in found]
    people = with_labels([hand_in.person for hand_in in found])
    found = [hand_in._replace(person=person) for hand_in, person in zip(found, people, strict=True)]
    return sorted(found, key=lambda hand_in: natural_order(hand_in.person))


def listed_hand_in(hand_in: HandIn, known: Roster | None) -> HandIn:
    """A hand-in as that of the person whom the roster knows, if it knows them."""
    return hand_in._replace(person=(known and known.find(hand_in.person)) or hand_in.person)


def sample_submissions(found: list[HandIn]) -> Iterable[Submission]:
    """Enough of a class to tell what it was asked."""
    return map(open_hand_in, found[:: max(1, len(found) // SAMPLE)])


def natural_order(person: Person) -> tuple[object, ...]:
    """Numbers in a name by their value: student2 comes before student10."""

    def parts(text: str) -> list[tuple[int, int | str]]:
        return [
            (0, int(part)) if part.isdecimal() and len(part) < 20 else (1, part) for part in re.split(r"(\d+)", text)
        ]

    return parts(person.name.casefold()), parts(person.id)


def hand_ins_of_place(place: str, questions: tuple[KeyQuestion, ...], course: str) -> Iterator[HandIn]:
    if place != "-" and os.path.isdir(place):
        handed = files_by_person(files_of_folder(place), course)
        if not handed:
            raise problem("B030", f"there is nothing to mark in {place}", "name the folder of the submissions")
        yield from hand_ins_of_people(handed, questions)
    elif place != "-" and place.lower().endswith(".zip"):
        yield from hand_ins_of_archive(place, archive_of_class(place), questions, course)
    else:
        yield from hand_ins_of_file(named_file(place), questions, course)


def hand_ins_of_archive(
    name: str, stored: ZipFile, questions: tuple[KeyQuestion, ...], course: str
) -> Iterator[HandIn]:
    """The archive of a whole class, which stays open."""
    found = archive_members(name, stored)
    if len(found) == 1 and is_archive(found[0]):  # the archive of an archive
        try:
            inner = Unpacking().open_inner(found[0], 1)
            found = inner if len(inner) > 1 else found
        except Problem:
            pass  # the hand-in says so when it is read
    handed = files_by_person(found, course, True)
    if not handed:
        raise problem("B030", f"there is nothing to mark in {name}", "name the archive of the submissions")
    yield from hand_ins_of_people(handed, questions)


def hand_ins_of_file(file: File, questions: tuple[KeyQuestion, ...], course: str) -> Iterator[HandIn]:
    """A file that the user names; on standard input it may be anything."""
    streamed = file.name == "standard input"
    if streamed:
        data = file.data(MAX_STREAM)
        file = file._replace(head=lambda limit: data[:limit])
        if data.startswith(ZIP):
            import io

            yield from hand_ins_of_archive(
                file.name, open_archive(file.name, io.BytesIO(data), MAX_FILES), questions, course
            )
            return
    is_table = file.suffix in (".csv", ".tsv") or (streamed and is_form(data))
    if is_table and is_text(file) and not is_sheet(file, questions):
        yield from hand_ins_of_form(file, questions)
        return
    yield from hand_ins_of_people(files_by_person([file]), questions)


def is_sheet(file: File, questions: Iterable[KeyQuestion]) -> bool:
    """Whether a table is one student's, with a line for each layer; what cannot be read is told where it is read."""
    try:
        data = file.head(MAX_HEADING)
    except Problem:
        return False
    text = data.decode("utf-16" if data.startswith(UTF_16) else "utf-8-sig", "replace")
    return is_answer_table(text, questions)


def is_text(file: File) -> bool:
    """Whether it can be read; what cannot is told of whose it is."""
    try:
        file.text(MAX_STREAM)
    except Problem as error:
        return error.diagnostics[0].code not in UNREADABLE
    return True


def is_form(data: bytes) -> bool:
    """Whether the first line is a heading and no YAML."""
    first = data.partition(b"\n")[0]
    is_yaml = first.lstrip().startswith((b"{", b"[", b"#", b"%", b"-")) or b": " in first
    return not is_yaml and any(separator in first for separator in (b",", b";", b"\t"))


def hand_ins_of_form(file: File, questions: tuple[KeyQuestion, ...]) -> Iterator[HandIn]:
    text, encoding = file.decoded(MAX_STREAM)
    more = (f"{os.path.basename(file.name)}: {encoding_remark(encoding)}",) if encoding else ()
    for row in form_rows(file.name, text, questions):
        yield HandIn(row.person, row.source.name, partial(submission_of_row, row), (*row.notes, *more))


def encoding_remark(encoding: str) -> str:
    return f"read as {encoding}, as it is not UTF-8"


def submission_of_row(row: FormRow) -> Submission:
    if row.trouble:
        raise row.trouble
    return Submission(row.person, printable_name(row.source.name, 500), row.source)


def hand_ins_of_people(handed: Iterable[PersonFiles], questions: tuple[KeyQuestion, ...]) -> Iterator[HandIn]:
    for person, files in handed:
        tables = [file for file in files if file.suffix in (".csv", ".tsv") and len(file.path) == 1]
        forms = [file for file in tables if not is_sheet(file, questions)]
        for file in forms:
            try:
                yield from hand_ins_of_form(file, questions)
            except Problem as error:
                yield HandIn(person, file.name, raiser(error))
        rest = [file for file in files if file not in forms]
        if rest:
            yield HandIn(person, rest[0].name, partial(submission_of_person, person, rest))


def submission_of_person(person: Person, files: Iterable[File]) -> Submission:
    """A person's files as one submission: the likeliest of them, wherever it is packed."""
    unpacked = list(Unpacking().expand(files))
    file, others = choose_file(unpacked)
    if file is None:
        names = first_names([printable_name("/".join(each.path), 60) for each in unpacked], MAX_BESIDE)
        hint = "hand in YAML, JSON, a CSV or Markdown table, a notebook or a program"
        raise problem("B031", f"there is no file with answers, only {names}", hint)
    beside = [printable_name(os.path.basename(each.name), 60) for each in others]
    remarks = [*(["late"] if person.late else []), *(f"{name} beside it was not read" for name in beside[:MAX_BESIDE])]
    if len(beside) > MAX_BESIDE:
        remarks.append(f"and {len(beside) - MAX_BESIDE} more were not")
    submission = Submission(person, printable_name(file.name, 500), None, remarks=tuple(remarks))
    try:
        source, encoding = file.encoded_source()
        remarks += [encoding_remark(encoding)] if encoding else []
        return submission._replace(source=source, remarks=tuple(remarks))
    except Exception as error:
        return submission._replace(reason=refusal(error))


def single_hand_in(places: Iterable[str], name: str = "") -> HandIn:
    """Everything in the places as the submission of one person, whatever its files are called."""
    files: list[File] = []
    for place in places:
        files += files_of_folder(place) if place != "-" and os.path.isdir(place) else [named_file(place)]
    files = [file for file in files if file.path[-1] != "submission_metadata.json"]
    person = Person(printable_name(name), printable_name(name), is_vouched=True) if name else Person("", "")
    if not files:
        error = problem("B030", "no answers were handed in", "hand in a file with answers")
        return HandIn(person, "", raiser(error))
    submission = open_hand_in(HandIn(person, files[0].name, partial(submission_of_person, person, files)))
    return HandIn(person if name else person_of_file(submission.name), submission.name, lambda: submission)


def person_of_file(name: str) -> Person:
    stem = os.path.splitext(os.path.basename(name))[0]
    return Person(printable_name(stem), printable_name(stem))
