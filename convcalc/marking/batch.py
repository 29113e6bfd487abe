"""Everything handed in, as entries in a fixed order: from folders, archives, a form, single files, standard input.

| code | refused |
|---|---|
| B030 | a folder without anything to mark |
| B031 | a hand-in without a file that can be read |
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from convcalc.marking.files import ZIP, File, archive, as_archive, expanded, folder, one, shown
from convcalc.marking.form import Roster, rows
from convcalc.marking.handed import Hand, Person, chosen, hands
from convcalc.marking.verdict import Marked
from convcalc.problem import Problem, Source, problem
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from zipfile import ZipFile

    from convcalc.marking.assignment import Asked, Key
    from convcalc.marking.verdict import Question

MAX_STREAM = 50_000_000  # bytes of a form, or of an archive on standard input
SAMPLE = 100  # submissions that say what a class was asked, where the key does not
MAX_FINDINGS = 3  # remarks on how a submission is written


class Entry(NamedTuple):
    """One person's submission, not read yet."""

    person: Person
    name: str  # of the file, or of the row of a form
    read: Callable[[], Source]  # a Problem where there is nothing to read
    remarks: tuple[str, ...] = ()


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


def natural(person: Person) -> tuple[object, ...]:
    """Numbers in a name by their value: student2 comes before student10."""

    def parts(text: str) -> list[tuple[int, int | str]]:
        return [
            (0, int(part)) if part.isdecimal() and len(part) < 20 else (1, part) for part in re.split(r"(\d+)", text)
        ]

    return parts(person.name.casefold()), parts(person.id)


def of_place(place: str, questions: tuple[Question, ...], course: str) -> Iterator[Entry]:
    if place != "-" and os.path.isdir(place):
        handed = hands(expanded(folder(place)), course)
        if not handed:
            raise problem("B030", f"there is nothing to mark in {place}", "name the folder of the submissions")
        yield from of_hands(handed, questions)
    elif place != "-" and place.lower().endswith(".zip"):
        yield from of_archive(one(place), as_archive(place, place), questions, course)
    else:
        yield from of_file(one(place), questions, course)


def of_archive(file: File, stored: ZipFile, questions: tuple[Question, ...], course: str) -> Iterator[Entry]:
    """The archive of a whole class, which stays open."""
    handed = hands(expanded(archive(file, lambda: stored)), course, True)
    if not handed:
        raise problem("B030", f"there is nothing to mark in {file.name}", "name the archive of the submissions")
    yield from of_hands(handed, questions)


def of_file(file: File, questions: tuple[Question, ...], course: str) -> Iterator[Entry]:
    """A file that the user names; on standard input it may be anything."""
    streamed = file.name == "standard input"
    if streamed:
        data = file.data(MAX_STREAM)
        file = file._replace(head=lambda limit: data[:limit])
        if data.startswith(ZIP):
            import io

            yield from of_archive(file, as_archive(file.name, io.BytesIO(data)), questions, course)
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
        yield Entry(row.person, row.source.name, partial(given, row.source, row.trouble))


def given(source: Source, trouble: Problem | None) -> Source:
    if trouble:
        raise trouble
    return source


def of_hands(handed: Iterable[Hand], questions: tuple[Question, ...]) -> Iterator[Entry]:
    for person, files in handed:
        forms = [file for file in files if file.suffix in (".csv", ".tsv") and len(file.path) == 1]
        for file in forms:
            try:
                yield from of_form(file, questions)
            except Problem as error:
                yield Entry(person, file.name, refusing_source(error))
        rest = [file for file in files if file not in forms]
        if rest:
            yield of_person(person, rest)


def of_person(person: Person, files: list[File]) -> Entry:
    file, others = chosen(files)
    if file is None:
        names = ", ".join(shown("/".join(each.path), 60) for each in files[:3])
        more = f" and {len(files) - 3} more" if len(files) > 3 else ""
        hint = "hand in a YAML file"
        found = problem("B031", f"there is no YAML file with answers, only {names}{more}", hint)
        return Entry(person, files[0].name, refusing_source(found))
    remarks = [f"{shown(os.path.basename(each.name), 60)} beside it was not read" for each in others]
    if person.late:
        remarks.insert(0, "late")
    return Entry(person, file.name, file.source, tuple(remarks))


def refusing_source(found: Problem) -> Callable[[], Source]:
    def read() -> Source:
        raise found

    return read


def single(places: Iterable[str], name: str = "") -> Entry:
    """Everything in the places as the submission of one person, whatever its files are called."""
    files: list[File] = []
    for place in places:
        if place != "-" and os.path.isdir(place):
            files += expanded(folder(place))
        else:
            files += expanded([one(place)])
    files = [file for file in files if file.path[-1] != "submission_metadata.json"]
    person = Person(shown(name), shown(name)) if name else Person(shown(files[0].path[-1]) if files else "", "")
    if not files:
        found = problem("B030", "no answers were handed in", "hand in a YAML file")
        return Entry(person, "", refusing_source(found))
    entry = of_person(person, files)
    return entry if name else entry._replace(person=of_person_named(entry))


def of_person_named(entry: Entry) -> Person:
    stem = os.path.splitext(os.path.basename(entry.name))[0]
    return Person(shown(stem), shown(stem))


# Marking


def settled(key: Key, found: Iterable[Entry]) -> Key:
    """The key with the same questions for everybody: of a spec, those that a tenth of the class has a row for."""
    if not key.is_open:
        return key
    from convcalc.marking.answers import read_submission

    entries = list(found)
    step = max(1, len(entries) // SAMPLE)
    counts: Counter[str] = Counter()
    known: dict[str, Asked] = {}
    read = 0
    for entry in entries[::step]:
        try:
            submission = read_submission(entry.read())
        except (Problem, RecursionError, OSError):
            continue
        read += 1
        named = {asked.question.ask: asked for name in submission.answers if (asked := key.find(name))}
        known.update(named)
        counts.update(named.keys())
    usual = {question.ask: place for place, question in enumerate(key.questions)}
    wanted = sorted(
        (ask for ask, times in counts.items() if 10 * times >= read), key=lambda ask: (usual.get(ask, len(usual)), ask)
    )
    return key._replace(asked=tuple(known[ask] for ask in wanted), is_open=False, memo={}) if wanted else key


class Sheet(NamedTuple):
    """A submission that was read, or the reason why not: what travels to the process that marks it."""

    person: Person
    name: str
    source: Source | None
    reason: str = ""
    remarks: tuple[str, ...] = ()


def opened(entry: Entry) -> Sheet:
    """An entry read; whatever is wrong with it is its reason."""
    name = shown(entry.name, 500)
    try:
        return Sheet(entry.person, name, entry.read(), remarks=entry.remarks)
    except Problem as error:
        return Sheet(entry.person, name, None, reason(error), entry.remarks)
    except (OSError, MemoryError) as error:
        return Sheet(entry.person, name, None, shown(f"{type(error).__name__}: {error}"), entry.remarks)


def reason(error: Problem) -> str:
    """The first finding as a sentence, with its place and its cure."""
    found = error.diagnostics[0]
    more = f" (and {len(error.diagnostics) - 1} more)" if len(error.diagnostics) > 1 else ""
    place = f"line {found.mark.line}: " if found.mark and found.mark.line > 1 else ""
    return shown(f"{place}{found.message}{more}{f'; {found.hint}' if found.hint else ''}", 500)


def marked(sheet: Sheet, key: Key, carry_forward: bool = True) -> Marked:
    """A submission marked, or a Marked that says why it was not: nothing that a student sends stops a batch."""
    from convcalc.marking.answers import read_submission
    from convcalc.marking.marking import mark

    out_of = sum(question.points for question in key.questions)
    person = sheet.person
    blank = Marked(person.name, sheet.name, (), 0, out_of, "unreadable", sheet.reason, sheet.remarks)
    if sheet.source is None:
        return blank
    if not sheet.source.text.strip():
        return blank._replace(status="empty", reason="the file is empty")
    try:
        submission = read_submission(sheet.source)
        found = mark(key, submission, carry_forward)
    except Problem as error:
        return blank._replace(reason=reason(error))
    except (RecursionError, MemoryError) as error:
        return blank._replace(reason=f"too much for one submission ({type(error).__name__})")
    except Exception as error:
        if os.environ.get("CONVCALC_DEBUG"):
            raise
        return blank._replace(reason=f"a bug in convcalc: {type(error).__name__}: {shown(error)}")
    if found.status != "marked":
        broken = [finding for finding in found.findings if finding.code.startswith("Y")]  # it is no YAML
        status = "unreadable" if broken else found.status
        why = reason(Problem(*broken)) if broken else "there is no answer in it"
        blank = blank._replace(status=status, reason=found.reason or why)
    name, remarks = shown(submission.student), list(sheet.remarks)
    if name and person.is_vouched and name.casefold() not in (person.name.casefold(), person.id.casefold()):
        remarks.append(f"handed in by {person.name}")
    result = found if found.status == "marked" else blank
    if result.status != "unreadable":
        remarks += [reason(Problem(finding)) for finding in found.findings[:MAX_FINDINGS]]
    return result._replace(student=name or person.name, source=sheet.name, remarks=tuple(remarks))


def identity(sheet: Sheet, found: Marked) -> str:
    """What a second submission of the same person has in common with the first."""
    return (sheet.person.id if sheet.person.is_vouched else found.student).casefold()
