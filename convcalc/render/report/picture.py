"""The table as a picture: columns as wide as their texts, numbers at the right, three rules, the notes below."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from convcalc.render.pictures.lettering import text_width
from convcalc.render.pictures.shapes import INK, SOFT, Label, Picture, line
from convcalc.render.pictures.svg import svg_pieces
from convcalc.render.report.plain import move_formulas_below
from convcalc.render.report.text_table import text_table
from convcalc.render.script import ASCII, UNICODE

if TYPE_CHECKING:
    from convcalc.network.walk import NetworkReport
    from convcalc.render.pictures.shapes import Shape
    from convcalc.render.report import ReportOptions
    from convcalc.render.report.sums import Note
    from convcalc.render.report.text_table import Head, TextTable

MARGIN, GAP, ROW, INDENT = 20.0, 20.0, 19.0, 10.0
TITLE, HEAD, TEXT = 15, 11, 12  # sizes of letters
LEAST, MOST = 520.0, 760.0  # how wide the lines of notes may be, at least and at most
HEAVY, LIGHT = 1.4, 0.7  # rules
COLOURS = {"input": SOFT, "failed": "alarm"}  # of rows by their marks


def lines(report: NetworkReport, options: ReportOptions) -> Iterator[str]:
    made = text_table(report, options, UNICODE if options.unicode else ASCII)
    return svg_pieces(table_picture(made))


def table_picture(whole: TextTable) -> Picture:
    made, formulas = move_formulas_below(whole)
    sheet = Sheet()
    sheet.write(made.title, TITLE, bold=True, step=TITLE + 9)
    if made.prose:
        sheet.tell([made.prose.format(*row) for row in made.rows])
    else:
        sheet.tabulate(made)
    for notes in filter(None, (formulas, made.notes)):
        sheet.annotate(notes)
    rows = f"A table of {len(made.marks):,} rows: {', '.join(head.title for head in made.heads)}."
    return Picture(made.title, sheet.right + MARGIN, sheet.y + MARGIN - 8, tuple(sheet.shapes), rows)


class Sheet:
    """Lines of text from the top to the bottom, and how far they reach to the right."""

    def __init__(self) -> None:
        self.shapes: list[Shape] = []
        self.y, self.right = MARGIN, MARGIN

    def letter(self, x: float, text: str, size: float = TEXT, colour: str = INK, bold: bool = False) -> None:
        """A text on the line that ends at `y`."""
        self.shapes.append(Label(x, self.y - 5, text, size, "start", colour, bold))
        self.right = max(self.right, x + text_width(text, size, bold))

    def write(self, text: str, size: float = TEXT, colour: str = INK, bold: bool = False, step: float = ROW) -> None:
        self.y += step
        self.letter(MARGIN, text, size, colour, bold)

    def rule(self, width: float, thickness: float) -> None:
        self.shapes.append(line(MARGIN, self.y, MARGIN + width, self.y, INK, thickness))
        self.right = max(self.right, MARGIN + width)

    def tell(self, sentences: list[str]) -> None:
        self.y += 6
        for sentence in sentences:
            for part in text_lines(sentence, MOST):
                self.write(part)

    def tabulate(self, made: TextTable) -> None:
        """The heads, the rows and the total, with a rule above, between and below."""
        titles = [head_lines(head, cells) for head, cells in zip(made.heads, made.cells, strict=True)]
        widths = [column_width(made, place, title) for place, title in enumerate(titles)]
        starts = [MARGIN + sum(widths[:place]) + GAP * place for place in range(len(widths))]
        whole = sum(widths) + GAP * (len(widths) - 1)
        columns = [*zip(made.heads, starts, widths, strict=True)]
        tall = max(map(len, titles))
        self.y += 8
        self.rule(whole, HEAVY)
        self.y += 5
        for row in zip(*([""] * (tall - len(title)) + title for title in titles), strict=True):
            self.y += HEAD + 4
            self.cells(columns, row, HEAD, SOFT, True)
        self.y += 3
        self.rule(whole, LIGHT)
        for mark, row in zip(made.marks, made.rows, strict=True):
            self.y += ROW
            self.cells(columns, row, TEXT, COLOURS.get(mark, ""), False, mark == "block")
        self.y += 4
        if any(made.total):
            self.rule(whole, LIGHT)
            self.y += ROW
            self.cells(columns, made.total, TEXT, INK, True)
            self.y += 4
        self.rule(whole, HEAVY)

    def cells(
        self, columns: list[tuple[Head, float, float]], row: tuple[str, ...] | list[str], size: float, colour: str,
        bold: bool, is_block: bool = False,
    ) -> None:  # fmt: skip
        """One line of the table; words at the left of their columns, numbers at the right."""
        for place, ((head, start, width), text) in enumerate(zip(columns, row, strict=True)):
            bare = text.strip()
            heavy = bold or (is_block and not place)
            indent = INDENT / 2 * (len(text) - len(text.lstrip())) if head.is_left else 0
            left = start + (indent if head.is_left else width - text_width(bare, size, heavy))
            if bare:
                self.letter(left, bare, size, colour or (SOFT if is_aside(bare) else INK), heavy)

    def annotate(self, notes: list[Note]) -> None:
        """Labels, values and remarks below each other; a remark in as many lines as it needs."""
        self.y += 10
        room = min(max(self.right - MARGIN, LEAST), MOST)
        labels = max(text_width(note.label, TEXT) for note in notes) + GAP
        values = [text_width(note.value, TEXT) for note in notes]
        second = max((width for width in values if width <= room / 3), default=0) + GAP
        for note, width in zip(notes, values, strict=True):
            self.write(note.label, TEXT, SOFT)
            start = MARGIN + labels
            parts = text_lines(note.value, max(room - labels, room / 3))
            for place, part in enumerate(parts):
                self.y += ROW if place else 0
                self.letter(start, part)
            is_beside = width + GAP <= second or not note.value
            left = start + second if is_beside and note.value else start
            self.y += 0 if is_beside else ROW
            for place, part in enumerate(text_lines(note.remark, MARGIN + room - left)):
                self.y += ROW if place else 0
                self.letter(left, part, TEXT, SOFT)
            if not is_beside and not note.remark:
                self.y -= ROW


def is_aside(text: str) -> bool:
    """A zero, or a number in brackets, which the total leaves out."""
    return text in ("0", "0.0 %") or (text[0] == "(" and text[-1] == ")" and text[1:-1].replace(",", "").isdigit())


def column_width(made: TextTable, place: int, title: list[str]) -> float:
    """Of its head, its texts and its total; names of blocks are bold."""
    texts = [text_width(text, TEXT, not place) for text in made.cells[place]]
    total = [text_width(made.total[place], TEXT, True)] if made.total else []
    return max([*(text_width(text, HEAD, True) for text in title), *texts, *total])


def head_lines(head: Head, cells: list[str]) -> list[str]:
    """A title in lines not much wider than the column has to be."""
    return text_lines(head.title, max((text_width(text, TEXT) for text in cells), default=0), HEAD, True)


def text_lines(text: str, room: float, size: float = TEXT, bold: bool = False) -> list[str]:
    """A text in lines; a word for which there is no room has a longer one, since nothing may be missing."""
    found: list[str] = []
    for word in text.split():
        longer = f"{found[-1]} {word}" if found else ""
        if found and text_width(longer, size, bold) <= room:
            found[-1] = longer
        else:
            found.append(word)
    return found
