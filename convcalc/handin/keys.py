"""What a class is marked with: one key for everybody, or a folder with a key for each student.

| code | refused |
|---|---|
| B050 | a folder without keys |
| B051 | a student without a key, or with two |
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from convcalc.handin.course_folders import bare_word
from convcalc.handin.files import File, files_of_folder, printable_name
from convcalc.handin.roster import fold_word
from convcalc.marking.assignment import read_key
from convcalc.problem import Problem, did_you_mean, problem
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.marking.key import AnswerKey
    from convcalc.marking.verdict import KeyQuestion, Person

ENDINGS = (".yaml", ".yml", ".json")
WITHIN = "keys"  # the folder that `convcalc quiz` writes them into
FOR = " for "  # between the title of an exercise and whose it is


class PersonalKey(NamedTuple):
    """A file of a folder of keys, and the key in it or what is wrong with it."""

    name: str  # of the file, without its ending: the student's
    file: str
    key: AnswerKey | None
    trouble: str = ""


class Keys(NamedTuple):
    """What everybody is asked together, and each student's own key where they have one."""

    name: str
    hash: str
    questions: tuple[KeyQuestion, ...]
    out_of: Any  # the points that there are; of personal keys those of the longest
    shared: AnswerKey | None
    folder: str = ""  # of personal keys
    personal: Mapping[str, tuple[PersonalKey, ...]] = {}  # by folded name

    def of(self, person: Person) -> AnswerKey:
        """The key that a person is marked with; a Problem where there is none."""
        if self.shared is not None:
            return self.shared
        found = self.own(person)
        if found is None:
            known = did_you_mean(person.name, (each.name for each in self.files))
            raise problem("B051", f"there is no key for {person.shown} in {self.folder}", known)
        if found.key is None:
            raise problem("B051", found.trouble)
        return found.key

    def own(self, person: Person) -> PersonalKey | None:
        """The key named after a person: after the name and the id, or what else identifies them."""
        words = (person.label, person.name, person.turned, person.id, person.email, person.login)
        for word in filter(None, map(fold_name, words)):
            if found := self.personal.get(word):
                twice = f"two keys in {self.folder} are called {found[0].name}"
                return found[0] if len(found) == 1 else found[0]._replace(key=None, trouble=twice)
        return None

    @property
    def files(self) -> list[PersonalKey]:
        """All personal keys, in order."""
        return [each for same in self.personal.values() for each in same]

    def owned_by(self, person: Person) -> list[PersonalKey]:
        """The keys of a person, or of the members of a group."""
        return [own for each in person.everybody if (own := self.own(each))] if self.personal else []

    def out_of_person(self, person: Person) -> Any:
        """The points that a person could have."""
        try:
            return points_of(self.of(person))
        except Problem:
            return self.out_of


def fold_name(name: str) -> str:
    """A name as that of a file and that of a person are compared: without signs that a file cannot have."""
    return bare_word(fold_word(name))


def points_of(key: AnswerKey) -> Any:
    return sum(question.points for question in key.questions)


def one_key(key: AnswerKey) -> Keys:
    """One key for everybody."""
    return Keys(key.name, key.hash, key.questions, points_of(key), key)


def keys_of_folder(folder: str) -> Keys:
    """A key for each student, each in a file of their name; one that cannot be read is a matter of that student."""
    found: dict[str, tuple[PersonalKey, ...]] = {}
    files = [file for file in files_of_folder(folder) if file.suffix in ENDINGS]
    within = [file for file in files if file.path[:-1] == (WITHIN,)]
    for file in [file for file in files if len(file.path) == 1] or within:
        own = personal_key(file)
        name = fold_name(own.name)
        found[name] = (*found.get(name, ()), own)
    keys = [each.key for same in found.values() for each in same if each.key]
    if not keys:
        message = next((each.trouble for same in found.values() for each in same), f"there are no keys in {folder}")
        raise problem("B050", message, "name a key, or the folder `keys` that `convcalc quiz` writes")
    titles = {key.name.rpartition(FOR)[0] for key in keys}
    digest = hashlib.sha256("".join(key.hash for key in keys).encode()).hexdigest()[:12]
    return Keys(
        titles.pop() if len(titles) == 1 else printable_name(os.path.basename(os.path.normpath(folder))), digest,
        common_questions(keys), max(map(points_of, keys)), None, printable_name(folder), found,
    )  # fmt: skip


def personal_key(file: File) -> PersonalKey:
    name = printable_name(file.path[-1][: len(file.path[-1]) - len(file.suffix)])
    try:
        key = read_key(file.source())
    except Problem as error:
        found = error.diagnostics[0]
        place = f"{file.name}:{found.mark.line}" if found.mark else file.name
        return PersonalKey(name, file.name, None, f"{place}: {found.message}")
    if key.is_open:
        return PersonalKey(name, file.name, None, f"{file.name} is a spec, and asks nothing")
    return PersonalKey(name, file.name, key)


def common_questions(keys: Iterable[AnswerKey]) -> tuple[KeyQuestion, ...]:
    """The questions of all keys by name; what is right, and what they are worth, only where all keys agree."""
    found: dict[str, KeyQuestion] = {}
    for key in keys:
        for question in key.questions:
            known = found.setdefault(question.ask, question)
            changes: dict[str, Any] = {
                name: None for name in ("points", "expected") if getattr(known, name) != getattr(question, name)
            }
            found[question.ask] = known._replace(**changes) if changes else known
    return tuple(found.values())
