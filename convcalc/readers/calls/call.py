"""A call around layers, however it is written: its arguments, each with its text, its place and the items that it is.

Nothing is executed: an argument is a layer, a list of layers, or a literal.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING, TypeAlias

from convcalc.problem import problem
from convcalc.readers.layer_call import brackets_of_call
from convcalc.spec.brackets import CLOSE, OPEN, as_list, matching, split
from convcalc.spec.model import Place
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.readers.line import LineReader
    from convcalc.spec.model import Items

    Reading: TypeAlias = Callable[[str], Items]  # the items of a part, by the name that it is given

MAX_DEPTH = 40  # of brackets in one another
NAMED = re.compile(r"([A-Za-z_]\w*)\s*=(?!=)\s*")
LISTED = re.compile(r"\*\s*(?=[\[(])|(?:list|tuple)\s*(?=\()|(?=[\[(])")  # `[…]`, `*[…]`, `list((…))`
PAIRED = re.compile(r"\*{0,2}(?:(?:collections\.)?OrderedDict|dict)\s*(?=\()|(?=\{)")  # layers by their names


class Argument(NamedTuple):
    """A part of a call: an argument, or an entry of a list; `name` is empty where it has none."""

    name: str
    text: str
    place: Place
    read: Reading

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
    if deepest(text) > MAX_DEPTH:
        raise problem("L020", f"brackets are nested more than {MAX_DEPTH} deep", "use blocks and names")
    target, head, opened, closed = brackets_of_call(text)
    return Call(head, tuple(TextParts(reader, text, place).within(opened + 1, closed)), name or target, place)


def parts_listed(reader: LineReader, part: Argument) -> tuple[Argument, ...] | None:
    """The entries of a list of layers, or those of a dictionary with their names; None where it is neither."""
    text, is_paired = part.text, PAIRED.match(part.text) is not None
    found = PAIRED.match(text) or LISTED.match(text)
    if not found or found.end() + matching(text[found.end() :]) != len(text) - 1:
        return None
    parts, start, end = TextParts(reader, text, part.place), found.end() + 1, len(text) - 1
    inner = list(pieces(text, start, end))
    if found.end() and len(inner) == 1 and (listed := LISTED.match(inner[0][1]) or PAIRED.match(inner[0][1])):
        begin, piece = inner[0]  # OrderedDict([…]), list((…))
        start, end = begin + listed.end() + 1, begin + len(piece) - 1
    return tuple(parts.paired(start, end) if is_paired else parts.within(start, end))


def pieces(text: str, start: int, end: int, separator: str = ",") -> Iterator[tuple[int, str]]:
    """What stands between commas in a part of a text, each with where it begins."""
    for offset, piece in split(text[start:end], separator):
        if piece.strip():
            yield start + offset + len(piece) - len(piece.lstrip()), piece.strip()


def deepest(text: str) -> int:
    """How deep brackets are in one another."""
    depth = most = 0
    for char in text:
        depth += (char in OPEN) - (char in CLOSE)
        most = max(most, depth)
    return most


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
            if number > self.whole.line or not re.match(r"[|>][-+\d]*\s*$", row[column:]):
                rest = row[column:]
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

    def part(self, name: str, begin: int, text: str) -> Argument:
        place = self.place(begin, len(text))

        return Argument(name, text, place, partial(self.reader.chained, text, place))

    def within(self, start: int, end: int) -> Iterator[Argument]:
        """The parts between commas, from one place to another; `name=value` has its name."""
        for begin, piece in pieces(self.text, start, end):
            named = NAMED.match(piece)
            inset = named.end() if named else 0
            yield self.part(named[1] if named else "", begin + inset, piece[inset:])

    def paired(self, start: int, end: int) -> Iterator[Argument]:
        """Layers by their names: `("conv1", layer)`, `"conv1": layer`, `conv1=layer`."""
        for begin, piece in pieces(self.text, start, end):
            named, inner, separator = NAMED.match(piece), (begin, begin + len(piece)), ":"
            if named:
                yield self.part(named[1], begin + named.end(), piece[named.end() :])
                continue
            if piece[0] == "(" and matching(piece) == len(piece) - 1:
                inner, separator = (begin + 1, begin + len(piece) - 1), ","
            found = list(pieces(self.text, *inner, separator))
            if len(found) != 2:
                message, hint = f"{piece[:40]} is no name and its layer", '("conv1", nn.Conv2d(3, 64, 3))'
                raise problem("L030", message, hint, self.place(begin, len(piece)).mark(self.reader.source))
            yield self.part(found[0][1].strip("\"'"), *found[1])
