"""Whose a file is: what Moodle, Gradescope, nbgrader and Canvas call the folders and files that they hand out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from convcalc.handin.files import ONLINE_TEXT, File, printable_name
from convcalc.marking.verdict import Person
from convcalc.problem import Problem, Source
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.readers.yaml import Node

METADATA = "submission_metadata.yml"  # Gradescope's
MAX_METADATA = 100_000_000  # it has the results of earlier runs in it
MOODLE = re.compile(r"(?P<name>.+)_(?P<id>\d+)_assignsubmission_(?:file|onlinetext)_?")
CANVAS = re.compile(r"(?P<name>[^_]+)_(?P<late>LATE_)?(?P<id>\d+)_(?P<file>\d+)_(?P<title>.+)", re.IGNORECASE)
VERSION = re.compile(r"-(\d+)(?=\.[^.]*$|$)")  # Canvas numbers what is handed in again: answers-2.yaml
# Those that are likelier come first, two by two.
MAX_LOOKED_AT = 30  # files of a student
READABLE = (".yaml", ".yml", ".json", ".txt", ".csv", ".tsv", ".md", ".markdown", ".ipynb", ".py", "")


class PersonFiles(NamedTuple):
    """All that one person handed in."""

    person: Person
    files: tuple[File, ...]


def files_by_person(found: Iterable[File], course: str = "", zipped: bool = False) -> list[PersonFiles]:
    """Files by the person they are from; `course` is the assignment's name, where a folder holds several."""
    files, people = unwrap(list(found), zipped)
    grouped: dict[Person, list[File]] = {}
    for file in files:
        grouped.setdefault(owner(file, people), []).append(file)
    return [PersonFiles(person, tuple(files_of_assignment(own, course))) for person, own in grouped.items()]


def unwrap(files: list[File], zipped: bool) -> tuple[list[File], Mapping[str, Person]]:
    """The files without the folders around the students' own, and Gradescope's list of people if there is one."""
    for file in files:
        if file.path[-1] == METADATA:
            around = file.path[:-1]
            files = [each for each in files_within(around, files) if each.path != (METADATA,)]
            return files, submitters(file)
    if nbgrader := files_within(("submitted",), files):
        return nbgrader, {}
    # Whoever zips a folder has the folder in the archive.
    while zipped and len(files) > 1 and len({file.path[0] for file in files}) == 1:
        inner = files_within(files[0].path[:1], files)
        if len(inner) < len(files) or MOODLE.fullmatch(files[0].path[0]):
            break
        files = inner
    return files, {}


def files_within(around: tuple[str, ...], files: Iterable[File]) -> list[File]:
    """The files of one folder, their paths as seen from there."""
    depth = len(around)
    return [
        file._replace(path=file.path[depth:]) for file in files if file.path[:depth] == around and file.path[depth:]
    ]


def owner(file: File, people: Mapping[str, Person]) -> Person:
    """Whose a file is, judged only by its path."""
    first = file.path[0]
    if first in people:
        return people[first]
    if len(file.path) == 1:
        stem = first[: len(first) - len(file.suffix)] or first
        if canvas := CANVAS.fullmatch(first):
            return Person(printable_name(canvas["name"]), canvas["id"], bool(canvas["late"]), True, system="canvas")
        return Person(printable_name(stem), first)
    if moodle := MOODLE.fullmatch(first):
        return Person(printable_name(moodle["name"]), moodle["id"], is_vouched=True, system="moodle")
    return Person(printable_name(first), first, is_vouched=True)


def files_of_assignment(files: list[File], course: str) -> list[File]:
    """Those in the folder named after the assignment, if there is one: nbgrader keeps all assignments of a student."""
    named = [file for file in files if course and bare_word(course) in map(bare_word, file.path[1:-1])]
    return named or files


def bare_word(text: str) -> str:
    """A name by its letters and digits only."""
    return re.sub(r"\W|_", "", text).lower()


def choose_file(files: Iterable[File]) -> tuple[File | None, tuple[File, ...]]:
    """The file to mark and those beside it: the likeliest name, and of several versions the last.

    Where no name says that it holds the answers, the first that has a network, a table or a notebook does.
    """
    readable = [file for file in files if file.suffix in (*READABLE, ".zip") or file.path[-1] == ONLINE_TEXT]
    readable.sort(key=lambda file: (rank(file), -max(map(version, file.path)), file.path))
    if len(readable) > 1 and rank(readable[0])[:2] > (0, True) and "answer" not in readable[0].path[-1].lower():
        chosen = next(filter(holds_answers, readable[:MAX_LOOKED_AT]), readable[0])
        readable = [chosen, *(file for file in readable if file is not chosen)]
    return (readable[0] if readable else None), tuple(readable[1:])


def holds_answers(file: File) -> bool:
    """Whether a file has something to mark by its content."""
    from convcalc.handin.answer_forms import has_answers

    try:
        return has_answers(file.source())
    except Problem:
        return False


def rank(file: File) -> tuple[int, bool, int]:
    order = READABLE.index(file.suffix) if file.suffix in READABLE else len(READABLE)
    return (order // 2, "answer" not in file.path[-1].lower(), order)


def version(name: str) -> int:
    found = VERSION.search(name)
    return int(found[1]) if found and CANVAS.fullmatch(name) else 0


# Gradescope


def submitters(file: File) -> dict[str, Person]:
    """The people in Gradescope's metadata, by folder: YAML with Ruby's symbols as keys; a group has several names."""
    from convcalc.readers.yaml import Mapping as Tree
    from convcalc.readers.yaml import Sequence
    from convcalc.readers.yaml.tree import load

    try:
        text = re.sub(r"(?m)(?<=[:\-] )!ruby/\S+", "", file.text(MAX_METADATA))
        tree = load(Source(file.name, text))
    except Problem:
        return {}  # the folders' names are left
    found: dict[str, Person] = {}
    for key, about in tree.pairs if isinstance(tree, Tree) else ():
        group = about.get(":submitters") if isinstance(about, Tree) else None
        members = tuple(filter(None, map(submitter, group.items))) if isinstance(group, Sequence) else ()
        if members:
            found[key.text] = members[0] if len(members) == 1 else group_of(members)
    return found


def submitter(node: Node) -> Person | None:
    """One of Gradescope's people: a name, a student's number, an e-mail address, of which any may be empty."""
    name, sid, email = (printable_name(text_of(node, key)) for key in (":name", ":sid", ":email"))
    known = [text for text in (name, email, sid) if text]
    return Person(known[0], sid or email or name, False, True, email, system="gradescope") if known else None


def group_of(members: tuple[Person, ...]) -> Person:
    """Those who handed in together."""
    names, ids = (", ".join(each) for each in zip(*((one.name, one.id) for one in members), strict=True))
    return Person(names, ids, is_vouched=True, system="gradescope", members=members)


def text_of(node: Node, key: str) -> str:
    return str(getattr(getattr(node, "get", lambda key: None)(key), "text", "")).strip()
