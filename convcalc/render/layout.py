"""How wide a text is on a terminal, and columns made equally wide."""

from __future__ import annotations

from functools import lru_cache


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
