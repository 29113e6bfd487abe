"""A call around layers, however it is written: its arguments, each with its text, its place and the items that it is.

Nothing is executed: an argument is a layer, a list of layers, or a literal.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING, TypeAlias

from convcalc.problem import problem
from convcalc.readers.code import CallPart, call_in, layers_listed
from convcalc.spec import Items, Place
from convcalc.spec.brackets import as_list
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.readers.line import LineReader

    Reading: TypeAlias = Callable[[str], Items]  # the items of a part, by the name that it is given


class Argument(NamedTuple):
    """A part of a call: an argument, or an entry of a list; `name` is empty where it has none."""

    name: str
    text: str
    place: Place
    read: Reading
    times: str = ""  # how often it is there, of `layer for _ in range(3)`

    @property
    def value(self) -> str:
        """A literal without its quotes."""
        found = as_list(self.text)
        return found if isinstance(found, str) else self.text


class Call(NamedTuple):
    """A call, as `nn.Sequential(…)`; `name` is that of the layer it makes."""

    head: str  # as it is written
    parts: tuple[Argument, ...]
    name: str
    place: Place

    @property
    def word(self) -> str:
        """The class or the function, without what it is imported from."""
        return self.head.rpartition(".")[2]


def call_of_text(reader: LineReader, text: str, name: str, place: Place) -> Call:
    """The call that a text is, `stem = nn.Sequential(…)` too; a Problem where its brackets do not match."""
    target, head, parts = call_in(text)
    return Call(head, tuple(TextParts(reader, text, place).arguments(parts)), name or target, place)


def parts_listed(reader: LineReader, part: Argument) -> tuple[Argument, ...] | None:
    """The entries of a list of layers, or those of a dictionary with their names; None where it is neither."""
    found = layers_listed(part.text)
    if found is None:
        return None
    parts, is_paired = found
    entries = tuple(TextParts(reader, part.text, part.place).arguments(parts))
    for entry in entries:
        if is_paired and not entry.name:
            message, hint = f"{entry.text[:40]} is no name and its layer", '("conv1", nn.Conv2d(3, 64, 3))'
            raise problem("L030", message, hint, entry.place.mark(reader.source))
    return entries


class TextParts:
    """The parts of a text, which may go over several lines of its source, with their places."""

    def __init__(self, reader: LineReader, text: str, place: Place):
        self.reader, self.text, self.whole = reader, text, place
        rows = reader.source.text.split("\n")[place.line - 1 :] if not place.source else []
        is_folded = rows and not rows[0][place.column - 1 + place.inset :].startswith(text)
        self.lines = list(self.starts(rows)) if is_folded else []

    def starts(self, rows: list[str]) -> Iterator[tuple[int, int, int]]:
        """Where each line of the source begins in the text, its number, and its first column."""
        text, offset, column = self.text, 0, self.whole.column - 1 + self.whole.inset
        for number, row in enumerate(rows, self.whole.line):
            rest = row[column:]
            if number > self.whole.line or not (rest[:1] in ("|", ">") and not rest[1:].strip("+-0123456789 ")):
                while text[offset : offset + 1].isspace():
                    offset += 1
                yield offset, number, column + len(rest) - len(rest.lstrip()) + 1
                offset += len(rest.strip())
            if offset >= len(text):
                return
            column = 0

    def place(self, begin: int, length: int) -> Place:
        if not self.lines:
            return self.whole.part(begin, length)
        offset, line, column = self.lines[max(0, bisect_right(self.lines, begin, key=itemgetter(0)) - 1)]
        return Place(line, column + begin - offset, length)

    def arguments(self, parts: tuple[CallPart, ...] | list[CallPart]) -> Iterator[Argument]:
        for part in parts:
            place = self.place(part.begin, len(part.text))
            read = partial(self.reader.chained, part.text, place)
            yield Argument(part.name, part.text, place, read, part.times)
