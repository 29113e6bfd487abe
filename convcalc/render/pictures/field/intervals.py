"""Fields along one axis as intervals below one another: of sequences, and of the frames of a volume."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.render.pictures.field.axis import PictureAxis, ruler_above
from convcalc.render.pictures.field.plane import FieldPanel
from convcalc.render.pictures.field.seen import PixelSpan
from convcalc.render.pictures.lettering import shorten
from convcalc.render.pictures.shapes import FAINT, SOFT, Collection, Label, Rectangle, line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convcalc.render.pictures.field.seen import SeenField
    from convcalc.render.pictures.shapes import Shape

HEAD, BAR = 34, 10
LEAST_BAR = 2.0
BESIDE, NAMES = 24, 260  # rows as low as that have their words beside them


def intervals(seen: Sequence[SeenField], axis: int, side: int, name: str, width: float, row: float) -> FieldPanel:
    """A panel of one axis, a row of this height for each field."""
    spans = [each.spans[axis] for each in seen if each.spans]
    first = min([0, *(span.first for span in spans)])
    last = max([side - 1, *(span.last for span in spans)])
    on = PictureAxis(first, last, 0, width / (last - first + 1))
    bottom = HEAD + row * len(seen)
    start, end = on.ends(PixelSpan(0, side - 1))
    shapes: list[Shape] = [
        Rectangle(start, HEAD, end - start, bottom - HEAD, "input", "", 0),
        *ruler_above(on, side, HEAD),
        Label(0, 10, name, 11, "start", SOFT),
        line(start, HEAD, start, bottom, FAINT),
        line(end, HEAD, end, bottom, FAINT),
    ]
    anchors: dict[int, tuple[float, float]] = {}
    for index, each in enumerate(seen):
        if not each.spans:
            continue
        span = each.spans[axis]
        y = HEAD + row * index + min(8, (row - BAR) / 2)
        left, right = on.ends(span, LEAST_BAR)
        bar: list[Shape] = [Rectangle(left, y, right - left, BAR, each.colour, "", 0, opacity=0.35)]
        for part in parts_beyond(span, side):
            begin, stop = on.ends(part)
            bar.append(Rectangle(begin, y, stop - begin, BAR, "paper", "", 0, hatch=FAINT))
        bar.append(Rectangle(left, y, right - left, BAR, "", each.colour, 1.6, dashed=each.knowledge != "exact"))
        told = f"{each.layer.name}: {span.first} to {span.last}".replace("-", "−")
        shapes.append(Collection(tuple(bar), told, each.layer.name))
        anchors[index] = (right, y + BAR / 2)
        if row < BESIDE:
            told = shorten(f"{each.layer.name}: {span.size:,} of {side:,}", NAMES, 10)
            shapes.append(Label(width + 12, y + BAR - 1, told, 10, "start", SOFT))
    return FieldPanel(shapes, width + 2, bottom + 2, anchors)


def parts_beyond(span: PixelSpan, side: int) -> list[PixelSpan]:
    """The parts of a span before and behind the input."""
    parts = (PixelSpan(span.first, min(span.last, -1)), PixelSpan(max(span.first, side), span.last))
    return [part for part in parts if part.size > 0]
