"""Aligned text, complete and quick: what a pipe gets, and a terminal where the table is very long."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from convcalc.render.script import ASCII, UNICODE
from convcalc.render.sheet import Sheet, sheet

if TYPE_CHECKING:
    from convcalc.render import Options
    from convcalc.render.sums import Note
    from convcalc.walk import NetworkReport

GAP = "  "


def lines(report: NetworkReport, options: Options) -> Iterator[str]:
    made = sheet(report, options, UNICODE if options.unicode else ASCII)
    rule = "─" if options.unicode else "-"
    yield f"{made.title}\n\n"
    if made.prose:
        yield "".join(f"{made.prose.format(*row)}\n" for row in made.rows)
    else:
        yield "\n".join(aligned(made, rule))
        yield "\n"
    if made.notes:
        yield "\n"
        yield from (f"{line}\n" for line in note_lines(made.notes))


def aligned(made: Sheet, rule: str) -> list[str]:
    """Heads, rule, rows, and the total behind a rule of its own."""
    columns = [[head.title, "", *cells] for head, cells in zip(made.heads, made.cells, strict=True)]
    bottom = 0
    if any(made.total):
        bottom = 2
        columns = [[*column, "", total] for column, total in zip(columns, made.total, strict=True)]
    padded = [pad(column, head.is_left) for column, head in zip(columns, made.heads, strict=True)]
    rows = [GAP.join(row).rstrip() for row in zip(*padded, strict=True)]
    line = rule * (sum(width(column[0]) for column in padded) + len(GAP) * (len(padded) - 1))
    rows[1] = line
    if bottom:
        rows[-2] = line
    return rows


def pad(texts: list[str], is_left: bool, to: int = 0) -> list[str]:
    """The texts of a column, equally wide."""
    if all(map(is_single, set("".join(texts)))):
        wide = max(to, max(map(len, texts)))
        return [text.ljust(wide) for text in texts] if is_left else [text.rjust(wide) for text in texts]
    wide = max(to, max(map(width, texts)))
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


def note_lines(notes: list[Note], to: int = 0) -> list[str]:
    """Labels, values and remarks under one another; within a width, remarks that are too long go below."""
    labels, values = pad([note.label for note in notes], True), pad([note.value for note in notes], True)
    found = []
    for label, value, note in zip(labels, values, notes, strict=True):
        line = GAP.join((label, value, note.remark)).rstrip()
        if to and width(line) > to and note.remark:
            found.append(GAP.join((label, note.value)))
            line = " " * width(label) + GAP + note.remark
        found.append(line)
    return found
