"""Question marks in the layers of a chain, each with a letter: `conv ? k?` is `conv f k=k` with f and k unknown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from convcalc.layers import Key, key_names
from convcalc.problem import problem
from convcalc.readers import shorthand
from convcalc.solving.question import Unknown
from convcalc.spec.brackets import matching, texts
from convcalc.spec.shapes import OPEN
from convcalc.tuples import NamedTuple

MAX_MARKS = 12
MAX_KEY = 40  # letters of a key's name
ARROW = re.compile("(->|→)")
VALUE = re.compile(r"[\s(,=x×\[*]$")  # what precedes a mark that is a whole value
KEY = re.compile(r"\s([A-Za-z_]+)$")  # k? is k=?
WORDS = re.compile(r"(?<!\w)[A-Za-z_]\w*(?![\w?=(])")
# What is no whole number has no value that a search could find.
UNSOLVED = frozenset(("word", "table", "sides", "shape", "number", "ignored"))
MOST_CROPPED = 256  # cells, where less than no padding is tried: below it nothing is left of the inputs there are


class QuestionMark(NamedTuple):
    """A question mark in a layer's text, and the word of its key where that is right before it: k?."""

    place: int
    word: str


def open_marks(text: str, names: Iterable[str] = (), classes: str = "torch") -> tuple[str, tuple[Unknown, ...]]:
    """A chain with letters for its question marks, none of the names that are taken; `classes` as in a convention.

    A mark right after a layer says that the layer is optional.
    """
    first, *rest = ARROW.split(text)
    taken = {*names, *WORDS.findall(text)}
    unknowns: list[Unknown] = []
    pieces = [first]
    for arrow, piece in zip(rest[::2], rest[1::2], strict=True):
        pieces += [arrow, letter_marks(piece, taken, unknowns, classes)]
        if len(unknowns) > MAX_MARKS:
            raise problem("Q004", f"more than {MAX_MARKS} values are unknown", "numbers for some of them")
    return "".join(pieces), tuple(unknowns)


def letter_marks(piece: str, taken: set[str], unknowns: list[Unknown], classes: str) -> str:
    """One layer with what is around it, `[conv 8 k? -> relu]*?`, with letters; the unknowns join the others."""
    start = len(piece) - len(piece.lstrip(" \t["))
    # A bracket that was opened before this layer closes behind it.
    closing = matching(f"[{piece[start:]}") - 1
    end = start + closing if closing >= 0 else len(piece)
    layer, tail = piece[start:end], piece[end:]
    found = list(marks(layer))
    parts, done = [piece[:start]], 0
    for mark, key in zip(found, keys_of(layer, found, classes) if found else (), strict=True):
        letter = free_letter(key.symbol if key.symbol.isidentifier() else key.name, taken)
        low, high = (0, 1) if key.type == "flag" else (max(key.low, -MOST_CROPPED), None)
        unknowns.append(Unknown(letter, mark.word or key.name, key.symbol, low, high, follows=key.type == "check"))
        parts += [layer[done : mark.place], "=" if mark.word else "", letter]
        done = mark.place + 1
    parts.append(layer[done:])
    if match := re.match(r"(\][\s]*[*×]\s*)\?", tail):
        letter = free_letter("times", taken)
        unknowns.append(Unknown(letter, "times", low=0))
        tail = f"{match[1]}{letter}{tail[match.end() :]}"
    return "".join(parts) + tail


def marks(layer: str) -> Iterator[QuestionMark]:
    """The marks of a layer that are values; one after the layer says that it is optional."""
    values = re.search(r"[\s(]", layer)
    for match in re.finditer(re.escape(OPEN), layer[values.start() :] if values else ""):
        place = match.start() + (values.start() if values else 0)
        before = layer[max(0, place - MAX_KEY) : place]
        key = KEY.search(before)
        if key or VALUE.search(before):
            yield QuestionMark(place, key[1] if key else "")


def keys_of(layer: str, found: list[QuestionMark], classes: str) -> list[Key]:
    """The key of each mark, in the order of the text."""
    text = layer.rstrip()
    if text.endswith(OPEN) and found[-1].place != len(text) - 1:
        text = text[:-1]
    for place, word in reversed(found):
        text = f"{text[:place]}={text[place:]}" if word else text
    written = shorthand.layer(text.strip(), classes)
    table = key_names(written.kind)
    keys = [table[name] for name, raw in written.args for value in texts(raw) for _ in range(value.count(OPEN))]
    unsolved = next((key.name for key in keys if key.type in UNSOLVED), layer.strip()[:40])
    if len(keys) != len(found) or any(key.type in UNSOLVED for key in keys):
        raise problem("Q002", f"{unsolved} is nothing that can be solved for", "a ? stands for a whole number")
    return keys


def free_letter(letter: str, taken: set[str]) -> str:
    """The letter, or with a number where it is taken; it is taken from now on."""
    found, count = letter, 1
    while found in taken:
        count += 1
        found = f"{letter}_{count}"
    taken.add(found)
    return found
