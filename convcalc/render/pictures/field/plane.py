"""Fields on an input, to scale: frames on rows and columns, intervals on one axis, rulers; padding is hatched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from convcalc.render.pictures.field.seen import EXACT, PixelSpan, SeenField
from convcalc.render.pictures.lettering import shorten, text_width
from convcalc.render.pictures.shapes import FAINT, INK, SOFT, Collection, Label, Path, Rectangle, circle, line
from convcalc.render.pictures.ticks import round_step
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.render.pictures.shapes import Photograph, Shape

SIDE, LEAST_SIDE = 400, 60  # of the panel; the shorter side of a long input is stretched to the least one
RULER = 34  # room for its numbers
GRID_CELLS, GRID_CELL = 64, 5  # at most so many cells a side, at least so large
DOTS, DOT_GAP = 600, 12
LEAST_FRAME = 3.0
HEAD, BAR = 34, 10
LEAST_BAR = 2.0
BESIDE, NAMES = 24, 260  # rows as low as that have their words beside them
TICK = 10  # the size of its numbers


class FieldPanel(NamedTuple):
    """Drawn shapes, how much room they take, and where a leader line starts at each field (by its place)."""

    shapes: list[Shape]
    width: float
    height: float
    anchors: dict[int, tuple[float, float]]
    remarks: tuple[str, ...] = ()


def plane(
    seen: Sequence[SeenField], sides: tuple[int, int], names: tuple[str, str], image: Photograph | None
) -> FieldPanel:
    """A panel of the last two axes."""
    framed = [each for each in seen if each.spans]
    rows, columns, remarks = axes_of(framed, sides)
    shapes: list[Shape] = [*ruler(columns, sides[1], RULER), *ruler(rows, sides[0], RULER, True)]
    inside = box(rows, columns, PixelSpan(0, sides[0] - 1), PixelSpan(0, sides[1] - 1))
    shapes.append(Rectangle(*inside, "input" if image is None else "paper", SOFT, 1))
    if image is not None:
        shapes.append(laid_on(image, inside))
        shapes += shade(framed, rows, columns, sides)
    elif 1 < max(sides) <= GRID_CELLS and min(rows.scale, columns.scale) >= GRID_CELL:
        shapes.append(grid(rows, columns, sides))
    outer = [each for each in framed if not any(encloses(other, each) for other in framed if other is not each)]
    for each in outer:
        shapes += [Rectangle(*box(rows, columns, *part), "", "", 0, hatch=FAINT) for part in outside(each, sides)]
    anchors: dict[int, tuple[float, float]] = {}
    if framed:
        shapes += dots(framed, rows, columns)
    for index, each in sorted(enumerate(seen), key=lambda pair: -sum(pair[1].sizes)):
        if each.spans:
            x, y, width, height = box(rows, columns, *flat(each), LEAST_FRAME)
            frame = Rectangle(x, y, width, height, "", each.colour, 2, dashed=each.knowledge != EXACT)
            shapes.append(Collection((frame,), hover(each, names), each.layer.name))
            anchors[index] = (x + width, y)
    return FieldPanel(shapes, RULER + columns.length + 2, RULER + rows.length + 2, anchors, remarks)


def axes_of(framed: Sequence[SeenField], sides: tuple[int, int]) -> tuple[PictureAxis, PictureAxis, tuple[str, ...]]:
    """Both axes, as long as the input and all fields on it need."""
    ends = [
        (
            min([0, *(each.spans[axis - 2].first for each in framed)]),
            max([sides[axis] - 1, *(each.spans[axis - 2].last for each in framed)]),
        )
        for axis in (0, 1)
    ]
    lengths = [last - first + 1 for first, last in ends]
    scale = SIDE / max(lengths)
    scales = [max(scale, LEAST_SIDE / length) for length in lengths]
    remarks = tuple(
        f"{what} are drawn {scales[axis] / scale:.1f} times as large as {other}"
        for axis, what, other in ((0, "rows", "columns"), (1, "columns", "rows"))
        if scales[axis] > scale * 1.01
    )
    rows, columns = (PictureAxis(*ends, RULER, scale) for ends, scale in zip(ends, scales, strict=True))
    return rows, columns, remarks


def flat(seen: SeenField) -> tuple[PixelSpan, PixelSpan]:
    """The rows and the columns of a field."""
    return seen.spans[-2], seen.spans[-1]


def box(
    rows: PictureAxis, columns: PictureAxis, across: PixelSpan, along: PixelSpan, least: float = 0
) -> tuple[float, float, float, float]:
    """x, y, width and height of what spans these rows and columns."""
    top, bottom = rows.ends(across, least)
    left, right = columns.ends(along, least)
    return left, top, right - left, bottom - top


def laid_on(image: Photograph, inside: tuple[float, float, float, float]) -> Photograph:
    """The photograph in the middle of the input, as large as fits."""
    x, y, width, height = inside
    factor = min(width / image.width, height / image.height)
    own = image.width * factor, image.height * factor
    return image._replace(x=x + (width - own[0]) / 2, y=y + (height - own[1]) / 2, width=own[0], height=own[1])


def shade(
    framed: Sequence[SeenField], rows: PictureAxis, columns: PictureAxis, sides: tuple[int, int]
) -> Iterator[Rectangle]:
    """All of the input that lies outside of the largest field, darkened."""
    if not framed:
        return
    across, along = flat(max(framed, key=lambda each: sum(each.sizes)))
    for part in around(PixelSpan(0, sides[0] - 1), PixelSpan(0, sides[1] - 1), across, along):
        yield Rectangle(*box(rows, columns, *part), "shade", "", 0, opacity=0.7)


def outside(seen: SeenField, sides: tuple[int, int]) -> list[tuple[PixelSpan, PixelSpan]]:
    """The parts of a field that lie in the padding."""
    return around(*flat(seen), PixelSpan(0, sides[0] - 1), PixelSpan(0, sides[1] - 1))


def around(
    rows: PixelSpan, columns: PixelSpan, inner_rows: PixelSpan, inner_columns: PixelSpan
) -> list[tuple[PixelSpan, PixelSpan]]:
    """A rectangle without another: above, below, and between them left and right."""
    top = PixelSpan(rows.first, min(rows.last, inner_rows.first - 1))
    bottom = PixelSpan(max(rows.first, inner_rows.last + 1), rows.last)
    between = PixelSpan(max(rows.first, inner_rows.first), min(rows.last, inner_rows.last))
    left = PixelSpan(columns.first, min(columns.last, inner_columns.first - 1))
    right = PixelSpan(max(columns.first, inner_columns.last + 1), columns.last)
    parts = ((top, columns), (bottom, columns), (between, left), (between, right))
    return [part for part in parts if part[0].size > 0 and part[1].size > 0]


def encloses(outer: SeenField, inner: SeenField) -> bool:
    """Whether a field lies within another; of two alike the first counts."""
    if flat(outer) == flat(inner):
        return outer.place < inner.place
    pairs = zip(flat(outer), flat(inner), strict=True)
    return all(one.first <= other.first and one.last >= other.last for one, other in pairs)


def grid(rows: PictureAxis, columns: PictureAxis, sides: tuple[int, int]) -> Path:
    segments: list[tuple[Any, ...]] = []
    top, bottom = rows.edge(0), rows.edge(sides[0])
    left, right = columns.edge(0), columns.edge(sides[1])
    for row in range(1, sides[0]):
        segments += [("M", left, rows.edge(row)), ("L", right, rows.edge(row))]
    for column in range(1, sides[1]):
        segments += [("M", columns.edge(column), top), ("L", columns.edge(column), bottom)]
    return Path(tuple(segments), "", "paper", 0.8)


def dots(framed: Sequence[SeenField], rows: PictureAxis, columns: PictureAxis) -> Iterator[Shape]:
    """The centres of a layer's cells, of the last one whose centres lie far enough apart."""
    chosen = layer_with_dots(framed, rows, columns)
    if chosen is None:
        return
    across, along = centres(chosen, -2, rows), centres(chosen, -1, columns)
    segments = [
        segment
        for y in across
        for x in along
        for segment in circle(columns.middle(x), rows.middle(y), 1.4, "").segments
    ]
    drawn = Path(tuple(segments), chosen.colour, "", 0)
    yield Collection((drawn,), f"the centres of the cells of {chosen.layer.name}", chosen.layer.name)


def dotted_layer(seen: Sequence[SeenField], sides: tuple[int, int]) -> SeenField | None:
    """The layer whose centres a plane of these fields shows."""
    framed = [each for each in seen if each.spans]
    rows, columns, _ = axes_of(framed, sides)
    return layer_with_dots(framed, rows, columns)


def layer_with_dots(framed: Sequence[SeenField], rows: PictureAxis, columns: PictureAxis) -> SeenField | None:
    """The layer whose centres are drawn."""
    exact = (each for each in reversed(framed) if each.knowledge == EXACT)
    dots = ((each, len(centres(each, -2, rows)) * len(centres(each, -1, columns))) for each in exact)
    return next((each for each, count in dots if 1 < count <= DOTS), None)


def centres(seen: SeenField, axis: int, on: PictureAxis) -> list[float]:
    """Where the centres of its cells lie along an axis; none where they are too close."""
    field, count = seen.axes.fields[axis], seen.units[axis]
    if field.advance and (not isinstance(field.stride, int) or field.stride * on.scale < DOT_GAP or count > DOTS):
        return []
    if not field.advance:
        return [seen.spans[axis].centre]
    ends = [field.at(unit) for unit in range(count)]
    return [(low + high) / 2 for low, high in ends if isinstance(low, int) and isinstance(high, int)]


def hover(seen: SeenField, names: tuple[str, str]) -> str:
    """What is said where the pointer rests on a frame."""
    parts = [f"{name} {span.first} to {span.last}" for name, span in zip(names, flat(seen), strict=True)]
    return f"{seen.layer.name}: {', '.join(parts)}".replace("-", "−")


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
        *ruler(on, side, HEAD),
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


# Axes and their rulers


class PictureAxis(NamedTuple):
    """The pixels from `first` to `last` lie from `start` on, each `scale` wide."""

    first: int
    last: int
    start: float
    scale: float

    def edge(self, pixel: float) -> float:
        """Where a pixel begins."""
        return self.start + (pixel - self.first) * self.scale

    def middle(self, pixel: float) -> float:
        return self.edge(pixel + 0.5)

    def ends(self, span: PixelSpan, least: float = 0) -> tuple[float, float]:
        """Where a span begins and ends, at least so far apart that it is seen."""
        start, end = self.edge(span.first), self.edge(span.last + 1)
        if end - start >= least:
            return start, end
        middle = (start + end) / 2
        return middle - least / 2, middle + least / 2

    @property
    def length(self) -> float:
        return (self.last - self.first + 1) * self.scale


def ticks(axis: PictureAxis, side: int) -> Iterator[int]:
    """Round numbers of pixels, the ends of the input among them."""
    step = round_step(axis.last - axis.first + 1, max(2, int(axis.length / 44)))
    room = text_width(f"{side:,}", TICK) + 8
    for pixel in range(-(-axis.first // step) * step, axis.last + 2, step):
        if pixel in (0, side) or abs(pixel - side) * axis.scale >= room or side * axis.scale < room:
            yield pixel
    if side % step and side * axis.scale >= room:
        yield side


def ruler(axis: PictureAxis, side: int, at: float, is_beside: bool = False) -> Iterator[Shape]:
    """A ruler above what is at a height, or of the vertical axis beside it: the input's part of it is strong."""

    def stroke(begin: float, above: float, end: float, colour: str, thickness: float = 1) -> Shape:
        ends = (above, begin, at, end) if is_beside else (begin, above, end, at)
        return line(*ends, colour, thickness)

    yield stroke(axis.edge(axis.first), at, axis.edge(axis.last + 1), FAINT)
    yield stroke(axis.edge(0), at, axis.edge(side), INK, 2)
    for pixel in ticks(axis, side):
        place, text = axis.edge(pixel), f"{pixel:,}".replace("-", "−")
        yield stroke(place, at - 4, place, SOFT)
        where = (at - 7, place + 3.5) if is_beside else (place, at - 7)
        yield Label(*where, text, TICK, "end" if is_beside else "middle", SOFT)
