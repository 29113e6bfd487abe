"""What is said of each field beside the panel: its layer, size, stride and centre, with a leader line to its frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.render.pictures.field.seen import common, measure, point, ratio_words, size_words
from convcalc.render.pictures.lettering import shorten, text_width
from convcalc.render.pictures.shapes import INK, SOFT, Collection, Label, Rectangle, polyline
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from convcalc.render.pictures.field.seen import SeenField
    from convcalc.render.pictures.shapes import Shape

NAME, TEXT, LEADING, GAP = 12.5, 11, 14.5, 9
WIDEST, GUTTER, CHIP = 300, 34, 10


class FieldNote(NamedTuple):
    """The lines of one field, and where its frame is, if it is drawn."""

    seen: SeenField
    lines: tuple[str, ...]  # the first is the layer's name

    @property
    def height(self) -> float:
        return len(self.lines) * LEADING + GAP

    @property
    def width(self) -> float:
        widths = (text_width(text, NAME if not index else TEXT, not index) for index, text in enumerate(self.lines))
        return max(widths) + CHIP + 6


def field_note(seen: SeenField, sides: tuple[int, ...], names: tuple[str, ...]) -> FieldNote:
    assert seen.layer.applied is not None
    words = [size_words(seen)]
    if not seen.is_whole and None not in seen.strides and seen.spans:
        words.append(f"stride {common(seen.strides)}")
    lines = [seen.layer.name, " · ".join(words)]
    if seen.spans:
        centre = point(tuple([span.centre if span.centre % 1 else int(span.centre) for span in seen.spans]))
        whose = f"of cell {point(seen.cell)}" if any(count > 1 for count in seen.units) else "of its only cell"
        lines.append(f"centre {centre} {whose} in {measure(seen.units)}".replace("-", "−"))
        if more := ratio_words(seen, sides, names):
            lines.append(more)
    return FieldNote(seen, tuple(lines))


def spread(wanted: Sequence[float], heights: Sequence[float], top: float, bottom: float) -> list[float]:
    """Places from the top to the bottom that do not overlap, each as near to the wanted one as its neighbours allow."""
    places: list[float] = []
    least = top
    for place, height in zip(wanted, heights, strict=True):
        places.append(max(least, place))
        least = places[-1] + height
    limit = max(bottom, top + sum(heights))
    for index in range(len(places) - 1, -1, -1):
        limit -= heights[index]
        places[index] = min(places[index], limit)
        limit = places[index]
    return places


def legend(
    notes: Sequence[FieldNote], anchors: dict[int, tuple[float, float]], edge: float, top: float, bottom: float
) -> tuple[list[Shape], float, float]:
    """The notes to the right of a panel whose right edge this is; their width, and where they end."""
    order = sorted(range(len(notes)), key=lambda index: (anchors.get(index, (0, bottom))[1], -index))
    wanted = [anchors.get(index, (0, bottom))[1] - LEADING / 2 for index in order]
    places = spread(wanted, [notes[index].height for index in order], top, bottom)
    left = edge + GUTTER
    shapes: list[Shape] = []
    for index, place in zip(order, places, strict=True):
        note = notes[index]
        middle = place + NAME / 2 + 2
        if index in anchors:
            x, y = anchors[index]
            points = [(x, y), (edge + 4, y), (left - 6, middle), (left - 2, middle)]
            shapes.append(polyline(points, note.seen.colour, 0.9))
        shapes.append(Collection(tuple(note_shapes(note, left, place)), "", note.seen.layer.name))
    wide = max([min(note.width, WIDEST) for note in notes], default=0)
    end = max([place + notes[index].height for index, place in zip(order, places, strict=True)], default=top)
    return shapes, GUTTER + wide, end


def note_shapes(note: FieldNote, left: float, top: float) -> Iterator[Shape]:
    yield Rectangle(left, top + 3, CHIP, CHIP, "", note.seen.colour, 2)
    for number, text in enumerate(note.lines):
        size, bold, colour = (TEXT, False, SOFT) if number else (NAME, True, INK)
        shown = shorten(text, WIDEST - CHIP - 6, size, bold)
        yield Label(left + CHIP + 6, top + NAME + number * LEADING, shown, size, "start", colour, bold)
