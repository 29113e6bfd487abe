"""Long formulas go below the table, each once; its cells refer to them by a number in brackets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.render.layout import clip, width
from convcalc.render.report.sums import Note

if TYPE_CHECKING:
    from convcalc.render.report.text_table import Head, TextTable

LONGEST = 40  # characters of a cell
MARK = 5  # characters of the number in brackets, at most
WORDS = ("network", "layer", "kind", "from", "error")


def room(head: Head, text: str) -> int:
    """The width of a cell once its formula has moved below."""
    return MARK if len(text) > LONGEST and head.key not in WORDS else width(text)


def move_formulas_below(made: TextTable) -> tuple[TextTable, list[Note]]:
    """The table with its long cells replaced, and what they were; names and words stay where they are."""
    numbers: dict[str, str] = {}

    def short(text: str) -> str:
        return text if len(text) <= LONGEST else numbers.setdefault(text, f"[{len(numbers) + 1}]")

    cells = [
        column
        if max(map(len, column), default=0) <= LONGEST
        else list(map(clip if head.key in WORDS else short, column))
        for head, column in zip(made.heads, made.cells, strict=True)
    ]
    total = [
        text if head.key in WORDS else short(text)
        for head, text in zip(made.heads, made.total, strict=bool(made.total))
    ]
    return made._replace(cells=cells, total=total), [Note(mark, text) for text, mark in numbers.items()]
