"""What a lecturer hands out: the questions of a key in their order, those on one network together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from convcalc.marking.key import TOTAL, AnswerKey, KeyItem
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.marking.reference_network import ReferenceNetwork


class Handout(NamedTuple):
    """A key to be handed out as a sheet, as a file to fill in and as solutions."""

    key: AnswerKey
    stamp: str  # what it was made with
    text: str = ""  # the key's own text, where the exercise was drawn
    title: str = ""  # empty: the key's own
    topic: str = ""  # of a drawn exercise, with its level: what its title says in every language
    level: int = 0
    student: str = ""


class HandoutPart(NamedTuple):
    """Numbered questions that belong together: on a network, on arrays, or each by itself."""

    network: ReferenceNetwork | None
    items: tuple[tuple[int, KeyItem], ...]


def is_on_network(asked: KeyItem) -> bool:
    """Whether it asks about a network that the sheet shows, and not about a layer that it names itself."""
    network = asked.network
    return network is not None and (asked.question.layer == TOTAL or asked.question.layer in network.index)


def parts_of(key: AnswerKey) -> Iterator[HandoutPart]:
    """The questions in their order, as long as they are on the same network."""
    items: list[tuple[int, KeyItem]] = []
    before: ReferenceNetwork | None = None
    for number, asked in enumerate(key.asked, 1):
        network = asked.network if is_on_network(asked) else None
        if items and network is not before:
            yield HandoutPart(before, tuple(items))
            items = []
        before = network
        items.append((number, asked))
    if items:
        yield HandoutPart(before, tuple(items))
