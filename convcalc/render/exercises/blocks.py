"""What a sheet is made of, whatever it is written in: paragraphs, tables, code, grids of numbers and worked lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeAlias

from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.arrays.array import Array
    from convcalc.render.pictures.shapes import Picture
    from convcalc.render.working.page import SentenceBelow, WorkedRow

HOLE = re.compile(r"\{(\w+)\}")


class CodeSpan(NamedTuple):
    """Words as they are typed: a line of a spec, a class."""

    text: str


class StrongSpan(NamedTuple):
    """Words that stand out: a number of a question, an answer."""

    text: str


Span: TypeAlias = "str | CodeSpan | StrongSpan"
Text: TypeAlias = "tuple[Span, ...]"


def text_of(template: str, **parts: Span | Text) -> Text:
    """A sentence with its holes filled in."""
    found: list[Span] = []
    for place, piece in enumerate(HOLE.split(template)):
        value = parts[piece] if place % 2 else piece
        found += [value] if isinstance(value, (str, CodeSpan, StrongSpan)) else value
    return tuple(piece for piece in found if piece)


def words_of(text: Text) -> str:
    """A sentence without its marks."""
    return "".join(span if isinstance(span, str) else span.text for span in text)


def marked_text(text: Text, plain: Callable[[str], str], code: Callable[[str], str], strong: str) -> str:
    """A sentence in a format, which has a way to write words, one for code, and signs around what stands out."""
    found = []
    for span in text:
        match span:
            case CodeSpan(words):
                found.append(code(words))
            case StrongSpan(words):
                found.append(strong.format(plain(words)))
            case _:
                found.append(plain(span))
    return "".join(found)


def text_in_html(text: Text, safe: Callable[[str], str]) -> str:
    """A sentence in the elements of HTML."""
    return marked_text(text, safe, lambda words: f"<code>{safe(words)}</code>", "<strong>{}</strong>")


class SheetTitle(NamedTuple):
    text: str


class SheetHeading(NamedTuple):
    text: Text


class NameLine(NamedTuple):
    """Who answers: a name, or room for one."""

    word: str
    student: str


class Paragraph(NamedTuple):
    text: Text


class Blank(NamedTuple):
    """Room to write in, or answers to choose from; and what follows it."""

    behind: str = ""
    is_wide: bool = False
    choices: tuple[str, ...] = ()


class SheetTable(NamedTuple):
    """Rows below heads; each column is aligned left or right: l or r."""

    heads: tuple[str, ...]
    rows: tuple[tuple[Text | Blank, ...], ...]
    sides: str


class CodeBlock(NamedTuple):
    lines: tuple[str, ...]


class NumberGrids(NamedTuple):
    """Arrays by what they are called, and the name of the one that is to be found."""

    grids: tuple[tuple[str, Array], ...]
    blank: str = ""


class WorkedLines(NamedTuple):
    rows: tuple[WorkedRow | SentenceBelow, ...]


class LayerFigure(NamedTuple):
    """A layer drawn, in formats that hold pictures."""

    caption: Text
    picture: Picture


class Stamp(NamedTuple):
    """What the sheet was made with, in small letters."""

    text: str


Block: TypeAlias = (
    "SheetTitle | SheetHeading | NameLine | Paragraph | SheetTable | CodeBlock | NumberGrids | WorkedLines | "
    "LayerFigure | Stamp"
)


def grid_rows(array: Array) -> list[list[str]]:
    """The numbers of a grid, row by row."""
    from convcalc.arrays.array import array_line

    grid = array.parts() if len(array.shape) > 1 else [array]
    return [array_line(row).split() for row in grid]


def planes(name: str, array: Array, words: tuple[str, ...]) -> Iterator[tuple[str, Array]]:
    """The grids of an array; where it has several, each by its channel or filter."""
    if len(array.shape) < 3:
        yield name, array
        return
    for number, part in enumerate(array.parts(), 1):
        called = words[-len(array.shape) + 2 :][0].format(name=name, number=number) if array.shape[0] > 1 else name
        yield from planes(called, part, words)
