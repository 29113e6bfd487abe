"""Who might be meant by a name that a roster does not have: a guess for people to judge, by which nothing is merged."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import cached_property
from typing import TYPE_CHECKING
from unicodedata import normalize

from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from convcalc.marking.person import Person

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
