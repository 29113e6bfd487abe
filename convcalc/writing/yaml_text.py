"""YAML of texts, lists and mappings, in the style that people write: short ones in brackets, long ones in lines."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcalc.writing.items import Entry

WIDTH = 100
TEXT_WIDTH = 120  # of folded_text text
# What needs no quotes: nothing that YAML takes for a sign of its own, nor that splits a text.
PLAIN = re.compile(r"(?:[^\W_]|[_(./+]|-(?=[\w.]))(?: ?[^\s:#,\[\]{}\"'?])*")
PLAIN_IN_LINE = re.compile(r"(?:[^\W_]|[_(./+]|-(?=[\w.]))(?: ?[^\s:#])*")


def scalar(text: str, in_brackets: bool = False) -> str:
    """A text, in quotes where it needs them."""
    pattern = PLAIN if in_brackets else PLAIN_IN_LINE
    return text if text.isprintable() and pattern.fullmatch(text) else quote(text)


def quote(text: str) -> str:
    escaped = json.dumps(text, ensure_ascii=False)
    if escaped.isprintable():
        return escaped
    return "".join(char if char.isprintable() else code(char) for char in escaped)


def code(char: str) -> str:
    number = ord(char)
    return f"\\x{number:02x}" if number < 1 << 8 else f"\\u{number:04x}" if number < 1 << 16 else f"\\U{number:08x}"


def in_brackets(value: Entry) -> str:
    """A list or a mapping in one line."""
    if isinstance(value, str):
        return scalar(value, True)
    if isinstance(value, list):
        return f"[{', '.join(map(in_brackets, value))}]"
    return f"{{{', '.join(f'{scalar(key, True)}: {in_brackets(part)}' for key, part in value.items())}}}"


def is_short(value: Entry) -> bool:
    """Whether a list or a mapping holds only texts, and lists of them."""
    parts = value if isinstance(value, list) else value.values() if isinstance(value, dict) else ()
    return all(isinstance(part, str) or (isinstance(part, list) and is_short(part)) for part in parts)


def fits(value: Entry, column: int) -> bool:
    """Whether a list or a mapping stands in one line, behind so many columns."""
    return (is_short(value) or not value) and column + len(in_brackets(value)) <= WIDTH


def lines(value: Entry, indent: str = "", column: int = 0) -> Iterator[str]:
    """The lines of a value, the first to stand behind what has so many columns."""
    if isinstance(value, str):
        yield scalar(value)
        return
    if fits(value, column):
        yield in_brackets(value)
    elif isinstance(value, list):
        yield ""
        for part in value:
            yield from entry_lines(f"{indent}- ", part, f"{indent}  ")
    else:
        yield ""
        for key, part in value.items():
            yield from entry_lines(f"{indent}{scalar(key)}: ", part, f"{indent}  ")


def entry_lines(head: str, value: Entry, indent: str) -> Iterator[str]:
    """The lines of an entry of a list or a mapping."""
    if head.endswith("- ") and isinstance(value, dict):  # its first key stands in the line of the dash
        for key, part in value.items():
            yield from entry_lines(f"{head}{scalar(key)}: ", part, f"{indent}  ")
            head = indent
        return
    if head.endswith("- ") and isinstance(value, list) and value and not fits(value, len(head)):
        for part in value:  # its first entry stands in the line of the dash
            yield from entry_lines(f"{head}- ", part, f"{indent}  ")
            head = indent
        return
    first, *others = lines(value, indent, len(head))
    yield (head + first).rstrip()
    yield from others


def folded_text(head: str, text: str) -> Iterator[str]:
    """A long text in lines."""
    from textwrap import wrap

    is_plain = text.isprintable() and "  " not in text and text == text.strip() and text
    if not is_plain or len(head) + len(text) <= TEXT_WIDTH:
        yield f"{head}: {scalar(text)}"
        return
    yield f"{head}: >-"
    for line in wrap(text, TEXT_WIDTH - 2, break_long_words=False, break_on_hyphens=False):
        yield f"  {line}"
