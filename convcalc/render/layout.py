"""How wide a text is on a terminal, columns made equally wide, and paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

MAX_CELL = 1_000  # characters
# Signs of formulas and tables, none of them wide or combining: they need no tables of Unicode, which take time to load.
NARROW = ("\u2010", "\u2027"), ("\u2030", "\u205e"), ("\u2190", "\u2319"), ("\u2500", "\u257f")
COLOUR = re.compile("\x1b\\[[0-9;]*m")


def clip(text: str) -> str:
    """A cell no longer than a column may be: all others are made as wide as it is."""
    return text if len(text) <= MAX_CELL else f"{text[:MAX_CELL]}…"


def pad(texts: list[str], is_left: bool) -> list[str]:
    """The texts of a column, equally wide."""
    if all(cells(char) == 1 for char in set("".join(texts))):
        wide = max(map(len, texts), default=0)
        return [text.ljust(wide) for text in texts] if is_left else [text.rjust(wide) for text in texts]
    wide = max(map(width, texts))
    gaps = [" " * (wide - width(text)) for text in texts]
    return [text + gap if is_left else gap + text for text, gap in zip(texts, gaps, strict=True)]


def paragraphs(*blocks: Iterable[str]) -> Iterator[str]:
    """The lines of those blocks that have any, a blank line between two of them."""
    for place, block in enumerate(filter(None, map(list, blocks))):
        if place:
            yield ""
        yield from block


def part(title: str, lines: Iterable[str]) -> list[str]:
    """A title and the lines below it; nothing where there are none."""
    below = [f"  {line}" for line in lines]
    return [title, *below] if below else []


@lru_cache(maxsize=4096)
def cells(char: str) -> int:
    """Terminal cells of a character: two for a wide one, none for a combining one."""
    if char < "\u0300" or any(first <= char <= last for first, last in NARROW):
        return 1
    from unicodedata import combining, east_asian_width

    from convcalc.render.script import JOINERS

    return 0 if combining(char) or char in JOINERS else 2 if east_asian_width(char) in "WF" else 1


def width(text: str) -> int:
    return len(text) if text.isascii() else sum(map(cells, text))


def fold_all(pieces: Iterable[str], limit: int) -> Iterator[str]:
    """A text in lines that are no wider than this, as far as its words allow."""
    rest = ""
    for piece in pieces:
        *lines, rest = (rest + piece).split("\n")
        for line in lines:
            yield "\n".join(fold(line, limit)) + "\n"
    if rest:
        yield "\n".join(fold(rest, limit))


def fold(line: str, limit: int) -> list[str]:
    """A line broken between words, if there is a limit; what follows goes below the last column that leaves it room.

    A last column that begins too far to the right goes below as a whole.  A command stays a line that can be copied.
    """
    bare = COLOUR.sub("", line)
    if not limit or width(bare) <= limit or bare.startswith("convcalc "):
        return [line]
    start = min(len(bare) - len(bare.lstrip()), limit // 2)
    gaps = list(re.finditer("(?<=[^ ])  +", bare))
    columns = [width(bare[: gap.end()]) for gap in gaps]
    margin = max((column for column in columns if column <= limit // 2), default=start + 2)
    found: list[str] = []
    if bare == line and columns and columns[-1] > limit // 2:
        found.append(line[: gaps[-1].start()])
        margin = max(margin, start + 4) if len(gaps) > 1 else start + 4
        line = " " * margin + line[gaps[-1].end() :]
        if width(found[0]) > limit or width(line) <= limit:
            return [*fold(found[0], limit), *fold(line, limit)]
    return [*found, *fill(line, limit, margin)]


def fill(line: str, limit: int, margin: int = 0) -> list[str]:
    """Words wrapped into lines, those after the first indented by a margin."""
    found: list[str] = []
    shown, used = "", 0
    for word in re.findall(" *[^ ]+", line):
        wide = width(COLOUR.sub("", word))
        if shown.strip() and used + wide > limit:
            found.append(shown)
            word = " " * margin + word.lstrip()
            shown, used, wide = "", 0, width(COLOUR.sub("", word))
        shown, used = shown + word, used + wide
    return [*found, shown]
