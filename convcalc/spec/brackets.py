"""What brackets and quotes hold together: the parts of a line, and lists."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from convcalc.problem import problem

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
