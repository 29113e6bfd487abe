"""Bars as text: a row for a layer or a block, with as much beside the bars as a terminal has room for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from convcalc.algebra.expr import is_symbolic
from convcalc.kinds.categories import OTHER, category_title
from convcalc.render.layout import fill, fold, pad, width
from convcalc.render.pictures import PicturedNetwork, PictureOptions, Screen
from convcalc.render.pictures.charts.breakdown import Amount, BarRow, Breakdown, breakdown, in_words
from convcalc.render.report.bars import share_texts
from convcalc.render.report.sums import amount as amount_in_words
from convcalc.render.report.sums import bytes_in_words
from convcalc.render.report.table import fit, in_colour, wrap
from convcalc.render.report.text_table import Head, TextTable
from convcalc.render.script import ASCII, UNICODE, Script, Share

if TYPE_CHECKING:
    from convcalc.network.quantity import Quantity
    from convcalc.render.pictures.nominal import NominalNumbers

# The nearest that a terminal has to the colours of pictures.
COLOURS = {
    "convolution": "blue", "pooling": "yellow", "dense": "green", "resampling": "cyan", "normalising": "magenta",
    "activating": "bright_yellow", "joining": "white", "rearranging": "bright_black", "recurrent": "bright_magenta",
    "attending": "red", OTHER: "bright_black",
}  # fmt: skip
LONGEST = 24  # letters of a formula in a column
# The ranks of what goes first where a terminal is narrow: fields, shapes, numbers, then bars from the right.
FIELD_RANK, SHAPE_RANK, NUMBER_RANK, BAR_RANK = 30, 20, 10, 1


def bar_lines(network: PicturedNetwork, options: PictureOptions, screen: Screen) -> Iterator[str]:
    """The bars of a network with their shares, totals above and what is left out below."""
    found = breakdown(network, options)
    script = UNICODE if screen.unicode else ASCII
    table, counted = table_of(found, screen, script)
    table, missing, _, gap = fit(table, screen.width, "…" if screen.unicode else "...")
    title = f"{script.text(network.report.name or 'network')}: {in_words((*found.counted, *found.measured), 'and')}"
    yield from fold(paint(title, "bold", screen), screen.width)
    for quantity, whole in zip(found.counted, found.totals, strict=True):
        yield from fold(f"  {quantity.title}: {total_text(quantity, whole, found.nominal, script)}", screen.width)
    if found.storage:
        yield from fold(f"  Bytes: for {found.storage}", screen.width)
    yield ""
    titles = [wrap(head.title, max(map(width, cells))) for head, cells in zip(table.heads, table.cells, strict=True)]
    tall = max(map(len, titles))
    columns = [
        pad([*[""] * (tall - len(title)), *title, *cells], head.is_left)
        for title, cells, head in zip(titles, table.cells, table.heads, strict=True)
    ]
    kinds = {head.key: [main_category(row, counted.get(head.key)) for row in found.rows] for head in table.heads}
    for line in range(tall):
        yield paint(gap.join(column[line] for column in columns).rstrip(), "bold", screen)
    for place, row in enumerate(found.rows):
        cells = [
            paint(column[place + tall], COLOURS.get(kinds[head.key][place], row_style(row, head)), screen)
            for head, column in zip(table.heads, columns, strict=True)
        ]
        yield gap.join(cells).rstrip()
    yield from lines_below(found, missing, screen, script)


def table_of(found: Breakdown, screen: Screen, script: Script) -> tuple[TextTable, dict[str, int]]:
    """The columns, and which of them are bars, of which quantity."""
    unknown = script.missing
    heads = [Head("Layer", "layer", may_shrink=True), Head("Output", "output", rank=SHAPE_RANK)]
    cells = [
        [script.text(row.name) for row in found.rows],
        [script.shape(row.shape) if row.shape else "" for row in found.rows],
    ]
    bars: dict[str, int] = {}
    for place, (quantity, whole) in enumerate(zip(found.counted, found.totals, strict=True)):
        amounts = [row.amounts[place] for row in found.rows]
        shares = [
            Share(each.number, whole.number) if each.value is not None and whole.number else None for each in amounts
        ]
        heads.append(Head(quantity.title, f"share_{quantity.name}", rank=BAR_RANK + place if place else 0))
        cells.append(share_texts(shares, screen.width, screen.unicode))
        bars[heads[-1].key] = place
        heads.append(Head("Bytes" if quantity.in_bytes else "Number", quantity.name, False, NUMBER_RANK + place))
        cells.append(number_texts(amounts, script))
    for place, quantity in enumerate(found.measured):
        heads.append(Head(quantity.title, quantity.name, rank=FIELD_RANK + place))
        cells.append([script.shape(row.measures[place]) if row.measures[place] else unknown for row in found.rows])
    return TextTable("", tuple(heads), cells, ["layer"] * len(found.rows), [], [], True), bars


def main_category(row: BarRow, place: int | None) -> str:
    """The category of layers that most of a bar is; none for what is no bar."""
    if place is None:
        return ""
    return max(row.amounts[place].parts, key=lambda part: part[1], default=("", 0))[0]


def row_style(row: BarRow, head: Head) -> str:
    if head.key == "layer":
        return "red" if row.is_failed else "cyan" if row.is_single else "bold cyan"
    return "bright_black" if head.key == "output" else ""


def paint(text: str, style: str, screen: Screen) -> str:
    return in_colour(text, style) if screen.colour else text


def number_texts(amounts: list[Amount], script: Script) -> list[str]:
    """Exact values; where formulas are long the numbers that are drawn, for the whole column."""
    known = [each for each in amounts if each.value is not None]
    is_long = any(is_symbolic(each.value) and len(script.number(each.value)) > LONGEST for each in known)
    texts = iter([script.number(each.number if is_long else each.value) for each in known])
    return [script.missing if each.value is None else next(texts) for each in amounts]


def total_text(quantity: Quantity, whole: Amount, nominal: NominalNumbers, script: Script) -> str:
    write = bytes_in_words if quantity.in_bytes else amount_in_words
    at = f" at {nominal.words}" if is_symbolic(whole.value) else ""
    return write(whole.number, script) + at


def lines_below(found: Breakdown, missing: list[Head], screen: Screen, script: Script) -> Iterator[str]:
    """What the colours mean, and what is not shown."""
    lines = [script.text(each) for each in found.notes]
    if found.nominal.letters:
        lines.insert(0, f"bars, shares and long formulas are shown at {found.nominal.words}")
    if any(row.is_failed for row in found.rows):
        lines.append("layers in red could not be computed: no total has them" if screen.colour else
                     f"{script.missing} stands for what could not be computed: no total has it")  # fmt: skip
    if missing:
        names = {f"share_{each.name}": f"bars of {each.word}" for each in found.counted}
        names |= {each.name: f"numbers of {each.word}" for each in found.counted}
        names |= {each.name: each.word for each in found.measured}
        shown = ", ".join(names.get(head.key, "shapes") for head in missing)
        lines.append(f"not shown in {screen.width} columns: {shown}")
    yield ""
    if screen.colour and found.categories:
        words = (paint(f"■ {category_title(each)}" if screen.unicode else category_title(each), COLOURS[each], screen)
                 for each in found.categories)  # fmt: skip
        yield from fill("  ".join(words), screen.width) if screen.width else ["  ".join(words)]
    for each in lines:
        yield from fold(f"note: {each}", screen.width)
