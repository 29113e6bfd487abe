"""How wide a text is on a terminal, and columns made equally wide."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

COLOUR = re.compile("\x1b\\[[0-9;]*m")


def pad(texts: list[str], is_left: bool) -> list[str]:
    """The texts of a column, equally wide."""
    if all(map(is_single, set("".join(texts)))):
        wide = max(map(len, texts))
        return [text.ljust(wide) for text in texts] if is_left else [text.rjust(wide) for text in texts]
    wide = max(map(width, texts))
    if is_left:
        return [text + " " * (wide - width(text)) for text in texts]
    return [" " * (wide - width(text)) + text for text in texts]


@lru_cache(maxsize=4096)
def cells(char: str) -> int:
    """Terminal cells of a character: two for a wide one, none for a combining one."""
    if char < "\u0300":
        return 1
    from unicodedata import combining, east_asian_width

    return 0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1


def is_single(char: str) -> bool:
    return cells(char) == 1


def width(text: str) -> int:
    return len(text) if text.isascii() else sum(map(cells, text))


def within(pieces: Iterable[str], limit: int) -> Iterator[str]:
    """A text in lines that are no wider than this, as far as its words allow."""
    rest = ""
    for piece in pieces:
        *lines, rest = (rest + piece).split("\n")
        for line in lines:
            yield "\n".join(folded(line, limit)) + "\n"
    if rest:
        yield "\n".join(folded(rest, limit))


def folded(line: str, limit: int) -> list[str]:
    """A line broken between words; what follows stands below the last column that leaves it room."""
    if width(COLOUR.sub("", line)) <= limit:
        return [line]
    margin = " " * hanging(COLOUR.sub("", line), limit)
    found: list[str] = []
    shown, used = "", 0
    for word in re.findall(r" *[^ ]+", line):
        wide = width(COLOUR.sub("", word))
        if shown.strip() and used + wide > limit:
            found.append(shown)
            word = margin + word.lstrip()
            shown, used = "", 0
            wide = width(COLOUR.sub("", word))
        shown, used = shown + word, used + wide
    return [*found, shown]


def hanging(line: str, limit: int) -> int:
    """Where a line goes on: below its last column in the left half, or a little to the right of where it begins."""
    start = len(line) - len(line.lstrip())
    columns = [gap.end() for gap in re.finditer(r"(?<=[^ ])  +", line) if width(line[: gap.end()]) <= limit // 2]
    return width(line[: columns[-1]]) if columns else min(start + 2, limit // 2)
