"""Question marks in the layers of a chain, each with a letter: `conv ? k?` is `conv f k=k` with f and k unknown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from convcalc.kinds import key_names
from convcalc.language import shorthand
from convcalc.problem import problem
from convcalc.questions.wanted import OPEN
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from convcalc.kinds.record import Key
    from convcalc.kinds.values import Raw

ARROW = re.compile("(->|→)")
VALUE = re.compile(r"[\s(,=x×\[*]$")  # what stands before a mark that is a whole value
KEY = re.compile(r"\s([A-Za-z_]+)$")  # k? is k=?
WORDS = re.compile(r"(?<!\w)[A-Za-z_]\w*(?![\w?=(])")
# What is no whole number has no value that a search could find.
UNSOLVED = frozenset(("word", "table", "sides", "shape", "number", "ignored"))


class Unknown(NamedTuple):
    """What is unknown of a network: a value of a layer, a name, or a side of its input."""

    letter: str  # its own in this search
    name: str  # as an answer calls it
    low: int = 1
    high: int | None = None
    symbol: str = ""  # as the formulas of its layer have it
    follows: bool = False  # from the input of its layer, as in_features does
    fractional: bool = False  # a multiplier, for which fractions are usual, too


def opened(text: str, names: Iterable[str] = ()) -> tuple[str, tuple[Unknown, ...]]:
    """A chain with letters for its question marks, none of the names that are taken.

    A mark right after a layer says that the layer is optional.
    """
    first, *rest = ARROW.split(text)
    taken = {*names, *WORDS.findall(text)}
    unknowns: list[Unknown] = []
    pieces = [first]
    for arrow, piece in zip(rest[::2], rest[1::2], strict=True):
        pieces += [arrow, lettered(piece, taken, unknowns)]
    return "".join(pieces), tuple(unknowns)


def lettered(piece: str, taken: set[str], unknowns: list[Unknown]) -> str:
    """One layer with what is around it, `[conv 8 k? -> relu]*?`, with letters; the unknowns join the others."""
    start = len(piece) - len(piece.lstrip(" \t["))
    body = piece[start:]
    end = start + closing(body)
    layer, tail = piece[start:end], piece[end:]
    places = list(marks(layer))
    if places:
        keys = keys_of(layer, places)
        for (place, is_key), key in reversed([*zip(places, keys, strict=True)]):
            layer = put_in(layer, place, is_key, key, taken, unknowns)
        unknowns[-len(places) :] = unknowns[: -len(places) - 1 : -1]
    if match := re.match(r"(.*\][\s]*[*×]\s*)\?", tail, re.DOTALL):
        unknown = Unknown(free("times", taken), "times", 0)
        unknowns.append(unknown)
        tail = f"{match[1]}{unknown.letter}{tail[match.end() :]}"
    return piece[:start] + layer + tail


def closing(body: str) -> int:
    """Where a bracket closes that was opened before this layer; the end where there is none."""
    depth = 0
    for place, char in enumerate(body):
        depth += (char in "([{") - (char in ")]}")
        if depth < 0:
            return place
    return len(body)


def marks(layer: str) -> Iterator[tuple[int, bool]]:
    """The places of the marks that are values, and whether a key stands right before each."""
    values = re.search(r"[\s(]", layer)
    for match in re.finditer(re.escape(OPEN), layer) if values else ():
        before = layer[: match.start()]
        if values and match.start() > values.start() and (VALUE.search(before) or KEY.search(before)):
            yield match.start(), not VALUE.search(before)


def keys_of(layer: str, places: list[tuple[int, bool]]) -> list[Key]:
    """The key of each mark, in the order of the text."""
    optional = layer.rstrip().endswith(OPEN) and places[-1][0] != len(layer.rstrip()) - 1
    text = layer.rstrip()[:-1] if optional else layer
    for place, is_key in reversed(places):
        text = f"{text[:place]}={text[place:]}" if is_key else text
    written = shorthand.layer(text.strip())
    table = key_names(written.kind)
    found = [table[name] for name, raw in written.args for text in texts(raw) for _ in range(text.count(OPEN))]
    unsolved = next((key for key in found if key.type in UNSOLVED), None)
    if unsolved is not None or len(found) != len(places):
        name = unsolved.name if unsolved else layer.strip()[:40]
        raise problem("Q002", f"{name} is nothing that can be solved for", "a ? stands for a whole number")
    return found


def put_in(layer: str, place: int, is_key: bool, key: Key, taken: set[str], unknowns: list[Unknown]) -> str:
    """The layer with a letter for the mark at a place."""
    letter = free(key.symbol if key.symbol.isidentifier() else key.name, taken)
    match = KEY.search(layer[:place]) if is_key else None
    name = match[1] if match else key.name
    low, high = (0, 1) if key.type == "flag" else (key.low, None)
    unknowns.append(Unknown(letter, name, low, high, key.symbol, key.type == "check"))
    return f"{layer[:place]}{'=' if is_key else ''}{letter}{layer[place + 1 :]}"


def texts(raw: Raw) -> Iterator[str]:
    if isinstance(raw, str):
        yield raw
        return
    for part in raw:
        yield from texts(part)


def free(letter: str, taken: set[str]) -> str:
    """The letter, or with a number where it is taken; it is taken from now on."""
    found, count = letter, 1
    while found in taken:
        count += 1
        found = f"{letter}_{count}"
    taken.add(found)
    return found
