"""How a query is laid out: common table expressions one below another, lists that are wrapped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from convcalc.tuples import NamedTuple

WIDTH = 110


class QueryTable(NamedTuple):
    """A common table expression: its name, the lines of its query, what there is to say of it."""

    name: str
    lines: Sequence[str]
    comment: str = ""


def with_tables(tables: Iterable[QueryTable], query: Sequence[str]) -> list[str]:
    """The lines of a query that begins with its tables."""
    lines = ["WITH"]
    for table in tables:
        if len(lines) > 1:
            lines[-1] += ","
        lines += [f"-- {line}" for line in comment_lines(table.comment)]
        lines += [f"{table.name} AS (", *indent(table.lines), ")"]
    return [*lines, *query]


def indent(lines: Iterable[str]) -> list[str]:
    return [f"  {line}" for line in lines]


def select(columns: Sequence[str], *rest: str) -> list[str]:
    """A SELECT, one column a line where they are too long for one."""
    line = f"SELECT {', '.join(columns)}"
    if len(line) <= WIDTH:
        return [line, *rest]
    return ["SELECT", *column_lines(columns), *rest]


def column_lines(columns: Sequence[str]) -> list[str]:
    """Columns, short ones together on a line."""
    lines: list[str] = [""]
    for place, column in enumerate(columns):
        piece = column + ("," if place + 1 < len(columns) else "")
        if lines[-1] and (len(lines[-1]) + len(piece) + 1 > WIDTH or " AS " in piece):
            lines.append("")
        lines[-1] += f" {piece}" if lines[-1] else piece
    return [wrapped for line in lines for wrapped in indent(wrap(line))]


def wrap(line: str) -> list[str]:
    """A long sum in lines, each of which but the first begins with its sign."""
    lines: list[str] = []
    while len(line) > WIDTH:
        cut = max(line.rfind(" + ", 0, WIDTH), line.rfind(" - ", 0, WIDTH), line.rfind(", ", 0, WIDTH) + 1)
        if cut <= 8:
            break
        lines.append(line[:cut])
        line = "  " + line[cut + 1 :]
    return [*lines, line]


def where(conditions: Sequence[str]) -> list[str]:
    """The lines of a WHERE; none where there is no condition."""
    if not conditions:
        return []
    return [f"WHERE {conditions[0]}", *(f"  AND {condition}" for condition in conditions[1:])]


def comment_lines(words: str) -> list[str]:
    """Words as lines of a comment, which nothing in them ends."""
    from textwrap import wrap

    return [line for part in words.split("\n") for line in wrap(" ".join(part.split()), WIDTH - 4)]


class UniqueNames:
    """Names that are all different, in small and in capital letters."""

    def __init__(self, taken: Iterable[str] = ()):
        self.taken = {name.lower() for name in taken}

    def add(self, wanted: str) -> str:
        name, number = wanted, 1
        while name.lower() in self.taken:
            number += 1
            name = f"{wanted}_{number}"
        self.taken.add(name.lower())
        return name
