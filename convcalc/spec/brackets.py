"""What brackets and quotes hold together: the parts of a line, lists, and chains of layers between arrows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from convcalc.problem import problem
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.layers.values import Raw

OPEN, CLOSE, QUOTES = "([{", ")]}", "\"'"


def split(text: str, separators: str) -> Iterator[tuple[int, str]]:
    """Parts of a text between separators that are outside brackets and quotes, each with where it starts."""
    depth, quote, start, width = 0, "", 0, len(separators)
    index, end = 0, len(text)
    while index < end:
        char = text[index]
        if quote:
            if char == quote:
                quote = ""
        elif char in QUOTES and not text[max(0, index - 1) : index].isalnum():
            quote = char
        elif char in OPEN:
            depth += 1
        elif char in CLOSE:
            depth -= 1
        elif not depth and text.startswith(separators, index):
            yield start, text[start:index]
            start = index = index + width
            continue
        index += 1
    yield start, text[start:]


def parts_of(text: str, separators: str) -> list[str]:
    """The parts of a text between separators, without the spaces around them."""
    return [part.strip() for _, part in split(text, separators)]


def matching(text: str) -> int:
    """Where the bracket that opens a text closes, or −1."""
    depth = 0
    for index, char in enumerate(text):
        depth += (char in OPEN) - (char in CLOSE)
        if not depth:
            return index
    return -1


def balance(text: str) -> int:
    """How many round and square brackets a text leaves open; below 0 where it closes more than it opens."""
    return sum(map(text.count, "([")) - sum(map(text.count, ")]"))


def as_list(text: str, depth: int = 0) -> Raw:
    """`[3, 5]`, `(3, 5)`, `[[1, 2], [3, 4]]` as nested tuples, quotes dropped; anything else as it is."""
    text = text.strip()
    if depth > 10:
        raise problem("L020", "a value is nested more than 10 deep")
    if len(text) > 1 and text[0] in "([" and text[-1] in ")]" and matching(text) == len(text) - 1:
        inner = text[1:-1]
        parts = [part for _, part in split(inner, ",")]
        if text[0] == "(" and len(parts) == 1:  # (3 + 1)*2 without a comma is arithmetic
            return as_list(inner, depth + 1) if inner.strip()[:1] in ("(", "[") else text
        return tuple(as_list(part, depth + 1) for part in parts if part.strip())
    if len(text) > 1 and text[0] in QUOTES and text[-1] == text[0]:
        return text[1:-1]
    return text


def texts(raw: Raw) -> Iterator[str]:
    """Every text in a raw value, however deep in lists."""
    if isinstance(raw, str):
        yield raw
    else:
        for part in raw:
            yield from texts(part)


def join_brackets(words: tuple[str, ...]) -> tuple[str, ...]:
    """Words with what a shell without quotes has split inside brackets put together: (3, 32, 32)."""
    if balance(" ".join(words)) > 0:  # one that nothing closes
        return words
    found: list[str] = []
    for word in words:
        if found and balance(found[-1]) > 0:
            found[-1] += f" {word}"
        else:
            found.append(word)
    return tuple(found)


def is_line(text: str) -> bool:
    """Whether a text is a network in one line with arrows, or in several that brackets join, and no YAML."""
    if text.startswith(("{", "input:")) or not ("->" in text or "→" in text):
        return False
    if "\n" in text and re.search(
        r"^[ \t]*(?:import \w|from [\w.]+ import |class \w[^\n]*:|def \w+\()", text, re.MULTILINE
    ):
        return False  # a program, whose annotations have arrows
    if "\n" in text and re.search(r"^(?:layers|base|spec|questions):(?:\s|$)", text, re.MULTILINE):
        return False  # YAML, whose quotes have escapes
    return next(split(text, "\n"))[1] == text


def is_chain(text: str) -> bool:
    if "->" in text or "→" in text:
        return len(list(split(text.replace("→", "->"), "->"))) > 1 or text.lstrip().startswith("[")
    return text[:1] == "[" or text[-1:] == "?"


class Chain(NamedTuple):
    """Items between arrows; `times` is the raw text of a repeat, `optional` a question mark after it."""

    items: tuple[Chain | tuple[int, str, bool], ...]  # a layer: where it starts, its text, whether it is optional
    times: str = "1"
    optional: bool = False


def chain(text: str, start: int = 0, depth: int = 0) -> Chain:
    """The items of `a -> [b -> c]*2 -> d?`, nested as the brackets are."""
    if depth > 100:
        raise problem("L020", "brackets are nested more than 100 deep")
    items: list[Chain | tuple[int, str, bool]] = []
    for offset, part in split(text.replace("→", "->"), "->"):
        stripped = part.strip()
        at = start + offset + len(part) - len(part.lstrip())
        if not stripped:
            raise problem("L021", "there is nothing between two arrows, or at the end of one", "a -> b -> c")
        if stripped[0] == "[":
            close = matching(stripped)
            if close < 0:
                raise problem("L022", f"the bracket of {stripped[:30]} is not closed", "[a -> b]*2")
            rest = stripped[close + 1 :].strip()
            optional = rest.endswith("?")
            rest = rest.rstrip("?").strip()
            if rest and rest[0] not in "*×":
                raise problem("L022", f"after a bracket comes *2 or ?, not {rest[:20]}", "[a -> b]*2")
            inner = chain(stripped[1:close], at + 1, depth + 1)
            items.append(inner._replace(times=rest[1:].strip() if rest else "1", optional=optional))
        else:
            optional = stripped.endswith("?")
            items.append((at, stripped.rstrip("?").strip() if optional else stripped, optional))
    return Chain(tuple(items))
