"""Parameters, MACs and activations as bars beside each other, a row for a layer or a block; fields as a line."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import is_symbolic
from convcalc.render.pictures import PicturedNetwork, PictureOptions
from convcalc.render.pictures.charts.breakdown import Amount, BarRow, Breakdown, breakdown, in_words, whole_number
from convcalc.render.pictures.heading import MARGIN, chart_heading, inputs_in_words, legend, name_in_words
from convcalc.render.pictures.lettering import shorten, text_width
from convcalc.render.pictures.shapes import (
    FAINT,
    INK,
    SOFT,
    Collection,
    Label,
    Path,
    Picture,
    Rectangle,
    Shape,
    circle,
    line,
    polyline,
)
from convcalc.render.report.sums import amount as amount_in_words
from convcalc.render.report.sums import bytes_in_words
from convcalc.render.script import UNICODE, Share
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.network.quantity import Quantity
    from convcalc.render.pictures.nominal import NominalNumbers

GAP = 26  # between panels
ROW, BAR, THICK = 18, 110, 11  # heights of a row and a bar, the length of the longest bar
SHARE = 46  # behind a bar, for its share
SIZE, HEAD = 11, 13  # of letters
MOST_NAME, MOST_SHAPE, MOST_NUMBER, MOST_TOTAL = 200, 220, 190, 260  # widths of columns
LINE = "result"


class Area(NamedTuple):
    """Where the rows are."""

    left: float  # of the first panel
    top: float  # of the first row
    bottom: float


def bars(network: PicturedNetwork, options: PictureOptions) -> Picture:
    """A panel for each quantity, its bars to scale, with exact numbers and shares; rows are shared."""
    report, found = network.report, breakdown(network, options)
    rows = found.rows
    names = [shorten(UNICODE.text(row.name), MOST_NAME, SIZE, not row.is_single) for row in rows]
    shapes = [shorten(UNICODE.shape(row.shape), MOST_SHAPE, SIZE) if row.shape else "" for row in rows]
    wide_name = max(text_width(text, SIZE, not row.is_single) for row, text in zip(rows, names, strict=True))
    wide_shape = max(text_width(text, SIZE) for text in shapes)
    left = MARGIN + wide_name + 14 + wide_shape + GAP
    name = name_in_words(report)
    title = f"{name}: {in_words((*found.counted, *found.measured), 'and')}"
    drawn, wide, above = chart_heading(title, explanations(network, found))
    panels, right = panel_shapes(found, Area(left, above + 64, above + 64 + ROW * len(rows)))
    right = max(right, wide)
    signs, _ = legend(found.categories, MARGIN, above + 4, right - MARGIN)
    area = Area(left, above + 64, above + 64 + ROW * len(rows))
    drawn += [Rectangle(MARGIN - 6, area.top + ROW * place, right - MARGIN + 12, ROW, "wash", "")
              for place in range(1, len(rows), 2)]  # fmt: skip
    drawn += signs
    for place, (row, text, shape) in enumerate(zip(rows, names, shapes, strict=True)):
        base = area.top + ROW * place + 13
        labels: list[Shape] = [
            Label(MARGIN, base, text, SIZE, "start", "alarm" if row.is_failed else INK, not row.is_single),
            Label(MARGIN + wide_name + 14 + wide_shape, base, shape, SIZE, "end", SOFT),
        ]
        drawn.append(Collection(tuple(labels), row_in_words(row, found), row.name))
    drawn += panels
    return Picture(title, right + MARGIN, area.bottom + MARGIN, tuple(drawn), about(name, found), found.notes)


def explanations(network: PicturedNetwork, found: Breakdown) -> list[str]:
    """What a reader has to know of the picture."""
    report = network.report
    given = inputs_in_words(report)
    said = f"Input {given}, for one example." if given else "For one example."
    if found.storage:
        said = said.replace("one example.", f"one example; bytes for {found.storage}.")
    if found.counted:
        said += " Bars are to scale within a panel; the thin line adds them up, from 0 to 100 % of the total."
    lines = [said]
    if found.nominal.letters:
        lines.append(f"Lengths and shares are drawn at {found.nominal.words}; formulas hold for all sizes.")
    if any(row.is_failed for row in found.rows):
        lines.append(f"Layers with {UNICODE.missing} could not be computed: no total has them.")
    said = "; ".join(note.partition(":")[0] for note in found.notes)
    return [*lines, f"{said[0].upper()}{said[1:]}."] if said else lines


def about(name: str, found: Breakdown) -> str:
    """The picture in a sentence: what has most of each quantity."""
    parts = []
    for place, quantity in enumerate(found.counted):
        most = max(found.rows, key=lambda row: row.amounts[place].number)
        whole = found.totals[place].number
        if whole:
            percent = UNICODE.share(Share(most.amounts[place].number, whole))
            parts.append(f"{most.name} has {percent} of the {quantity.word}")
    return f"Bars of {len(found.rows)} rows of {name}: {'; '.join(parts)}." if parts else f"Rows of {name}."


def panel_shapes(found: Breakdown, area: Area) -> tuple[list[Shape], float]:
    """The panels from the left to the right, and where the last one ends."""
    drawn: list[Shape] = []
    left = area.left
    for place, quantity in enumerate(found.counted):
        amounts = [row.amounts[place] for row in found.rows]
        shapes, wide = counted_panel(quantity, amounts, found.totals[place], found.nominal, area._replace(left=left))
        drawn += shapes
        left += wide + GAP
    for place, quantity in enumerate(found.measured):
        measures = [row.measures[place] for row in found.rows]
        shapes, wide = measured_panel(quantity, measures, found.nominal, area._replace(left=left))
        drawn += shapes
        left += wide + GAP
    return drawn, left - GAP


def number_texts(amounts: list[Amount]) -> tuple[list[str], bool]:
    """The values of a column, exact; where a formula is too long for it the numbers that are drawn, which is told."""
    texts = [UNICODE.missing if each.value is None else UNICODE.number(each.value) for each in amounts]
    is_long = any(text_width(text, SIZE) > MOST_NUMBER for text in texts)
    if is_long and any(is_symbolic(each.value) for each in amounts):
        return [UNICODE.missing if each.value is None else UNICODE.number(each.number) for each in amounts], True
    return [shorten(text, MOST_NUMBER, SIZE) for text in texts], False


def total_text(quantity: Quantity, whole: Amount, nominal: NominalNumbers, is_drawn: bool) -> str:
    """The total in full and in words; at the sizes at which it is drawn where its rows have those numbers."""
    write = bytes_in_words if quantity.in_bytes else amount_in_words
    text = write(whole.value, UNICODE)
    if is_symbolic(whole.value) and (is_drawn or text_width(text, SIZE) > MOST_TOTAL):
        return f"{write(whole.number, UNICODE)} at {nominal.words}"
    return shorten(text, MOST_TOTAL, SIZE)


def counted_panel(
    quantity: Quantity, amounts: list[Amount], whole: Amount, nominal: NominalNumbers, area: Area
) -> tuple[list[Shape], float]:
    """Head, bars with their shares, numbers and the cumulative line; and its width."""
    texts, is_drawn = number_texts(amounts)
    total = total_text(quantity, whole, nominal, is_drawn)
    column = max(text_width(text, SIZE) for text in texts)
    wide = max(BAR + SHARE + 8 + column, text_width(total, SIZE), text_width(quantity.title, HEAD, True))
    drawn: list[Shape] = head(quantity.title, total, area)
    drawn += [line(area.left, area.top - 4, area.left, area.bottom, FAINT)]
    longest = max(amount.number for amount in amounts) or 1
    if whole.number:
        drawn.append(cumulative_line([amount.number for amount in amounts], whole.number, area))
    for place, (amount, text) in enumerate(zip(amounts, texts, strict=True)):
        top = area.top + ROW * place
        x = area.left
        for category, number in amount.parts:
            length = BAR * number / longest
            drawn.append(Rectangle(x, top + (ROW - THICK) / 2, length, THICK, category, "ink", 0.4))
            x += length
        if amount.number and whole.number:
            share = UNICODE.share(Share(amount.number, whole.number))
            behind = "wash" if place % 2 else "paper"
            drawn.append(Rectangle(x + 2, top + 3, text_width(share, 10) + 4, ROW - 6, behind, ""))
            drawn.append(Label(x + 4, top + 13, share, 10, "start", SOFT))
        colour = INK if amount.number else FAINT
        drawn.append(Label(area.left + BAR + SHARE + 8 + column, top + 13, text, SIZE, "end", colour))
    return drawn, wide


def head(title: str, below: str, area: Area) -> list[Shape]:
    return [
        Label(area.left, area.top - 26, title, HEAD, "start", INK, True),
        Label(area.left, area.top - 11, below, SIZE, "start", SOFT),
    ]


def cumulative_line(numbers: list[int], whole: int, area: Area) -> Path:
    """What the rows up to each add up to, as steps."""
    points = [(area.left, area.top)]
    for place, number in enumerate(accumulate(numbers)):
        x = area.left + BAR * number / whole
        points += [(x, area.top + ROW * place), (x, area.top + ROW * (place + 1))]
    return polyline(points, LINE, 0.8)


def measured_panel(
    quantity: Quantity, measures: list[tuple[Any, ...]], nominal: NominalNumbers, area: Area
) -> tuple[list[Shape], float]:
    """A line through the largest extent of each row, which its label tells along all axes; and its width."""
    texts = [shorten(UNICODE.shape(each), MOST_NUMBER, SIZE) if each else UNICODE.missing for each in measures]
    numbers = [max(whole_number(value, nominal) for value in each) if each else None for each in measures]
    column = max(text_width(text, SIZE) for text in texts)
    below = "of the row's output, along its largest side"
    wide = max(BAR + 14 + column, text_width(below, SIZE))
    most = max((number for number in numbers if number is not None), default=1) or 1
    drawn: list[Shape] = head(quantity.title, below, area)
    drawn.append(line(area.left, area.top - 4, area.left, area.bottom, FAINT))
    points = [
        None if number is None else (area.left + BAR * number / most, area.top + ROW * (place + 0.5))
        for place, number in enumerate(numbers)
    ]
    segments = [
        ("L" if place and points[place - 1] else "M", *point) for place, point in enumerate(points) if point is not None
    ]
    if segments:
        drawn.append(Path(tuple(segments), "", LINE, 1.4))
    drawn += [circle(*point, 2.2, LINE, "") for point in points if point is not None]
    drawn += [
        Label(area.left + BAR + 14 + column, area.top + ROW * place + 13, text, SIZE, "end", INK)
        for place, text in enumerate(texts)
    ]
    return drawn, wide


def row_in_words(row: BarRow, found: Breakdown) -> str:
    """What is said where the pointer rests on a row."""
    numbers = [
        f"{UNICODE.missing if amount.value is None else UNICODE.number(amount.value)} {quantity.word}"
        for quantity, amount in zip(found.counted, row.amounts, strict=True)
    ]
    shape = (UNICODE.shape(row.shape),) if row.shape else ()
    return ", ".join((f"{row.name}: {row.settings}", *shape, *numbers))
