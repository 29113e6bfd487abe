"""A glyph as a body in oblique projection: how large it is, its faces and stripes, and where a cell lies on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import log2, sqrt
from typing import TYPE_CHECKING

from convcalc.render.pictures.shapes import INK, PAPER, SOFT, Path, Point, Rectangle, Shape, polygon, polyline
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.render.pictures.volumes.glyphs import Dimensions, Glyph, JoinedPart

SHADE, LIGHT, PALE = 0.13, 0.45, 0.6  # of the right face, of the top, and of what is copied
EDGE = 0.7
MAX_STRIPE = 3.0
FACING = 0.75  # of a height, for a face that is seen from in front
SHEET = 5.0  # how far one sheet is from the next
SLANT = (0.36, 0.30)  # how far a unit of width goes to the right and up on the page
LEAST_SIDE, LEAST_THICKNESS, LEAST_LENGTH = 3.0, 3.0, 10.0
OCTAVE = 38.0  # the most that twice the side adds to a height, on a log scale
SEQUENCE_WIDTH, COLUMN = 16.0, 9.0


class Solid(NamedTuple):
    """Where a glyph is: the front face, how far its width goes to the right and up, and how its slabs divide it."""

    x: float
    y: float  # of the top of the front face
    height: float
    slabs: tuple[float, ...]  # their thickness
    right: float
    up: float
    is_flat: bool = False  # of one side: its windows lie on the front
    sheets: int = 0  # each map a sheet, the last one in front; 0: one body

    @property
    def thickness(self) -> float:
        return sum(self.slabs)

    @property
    def width(self) -> float:
        return self.thickness + self.right

    @property
    def top(self) -> float:
        return self.y - self.up

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def middle(self) -> float:
        """Of its height as it is seen."""
        return self.y + (self.height - self.up) / 2

    @property
    def end(self) -> float:
        return self.x + self.width

    def slab_span(self, index: int) -> tuple[float, float]:
        left = self.x + sum(self.slabs[:index])
        return left, left + self.slabs[index]

    def on_face(self, row: float, column: float) -> Point:
        """A place on the right face, as shares of its height and width; of a flat one, on the front."""
        if self.sheets:
            moved = (self.sheets - 1) * SHEET
            return self.x + moved + self.right * column, self.top + moved + (self.height - moved) * row
        if self.is_flat:
            return self.x + self.slabs[-1] * column + sum(self.slabs[:-1]), self.y + self.height * row
        return self.x + self.thickness + self.right * column, self.y + self.height * row - self.up * column


def solid_of(glyph: Glyph, scale: VolumeScale, in_sheets: bool = False, slant: float = 1) -> Solid:
    """The body of a glyph at the origin, with the top of what is seen at y = 0."""
    thickness, height, width = scale.box(glyph.form)
    if in_sheets and not glyph.form.is_column:
        moved = (glyph.form.channels - 1) * SHEET
        return Solid(0, 0, height * FACING + moved, (moved,), width * FACING, 0, False, glyph.form.channels)
    right, up = width * SLANT[0] * slant, width * SLANT[1] * slant
    is_flat = glyph.form.is_column or len(glyph.form.sides) == 1
    return Solid(0, up, height, (thickness,) * len(glyph.slabs), right, up, is_flat)


def solid(glyph: Glyph, body: Solid) -> Iterator[Shape]:
    """The faces of a glyph: front and top slab by slab, the right one of the last."""
    if glyph.shape is None:
        yield Rectangle(body.x, body.y, body.thickness, body.height, "paper", "alarm", 1, 2, dashed=True)
        return
    if body.sheets:
        yield from stack_of_sheets(glyph, body)
        return
    for index, slab in enumerate(glyph.slabs):
        left, right = body.slab_span(index)
        if glyph.parts and not index:
            yield from joined_beams(glyph.parts, left, right, body)
        else:
            yield from beam(left, right, body, slab.category)
        stripe = min(MAX_STRIPE, (right - left) / 3 / max(1, len(dict.fromkeys(slab.stripes))))
        for number, name in enumerate(reversed(dict.fromkeys(slab.stripes))):
            yield from beam(right - stripe * (number + 1), right - stripe * number, body, name, 0)
        if index:
            yield from seam(left, body)
    fill = glyph.parts[-1].category if glyph.parts and len(glyph.slabs) == 1 else glyph.slabs[-1].category
    yield from side(body, fill)
    yield from outline(body)


def stack_of_sheets(glyph: Glyph, body: Solid) -> Iterator[Shape]:
    """Each map as a sheet of its own, the last one in front."""
    side = body.height - (body.sheets - 1) * SHEET
    for number in range(body.sheets):
        moved = number * SHEET
        yield Rectangle(body.x + moved, body.y + moved, body.right, side, glyph.slabs[0].category, SOFT, EDGE)


def joined_beams(parts: tuple[JoinedPart, ...], left: float, right: float, body: Solid) -> Iterator[Path]:
    """A slab in the parts that it is joined of; what is copied is pale."""
    whole = sum(part.channels for part in parts)
    start = left
    for part in parts:
        end = start + (right - left) * part.channels / whole
        yield from beam(start, end, body, part.category)
        if part.is_copied:
            yield from beam(start, end, body, PAPER, EDGE, PALE)
        start = end


def beam(
    start: float, end: float, body: Solid, fill: str, thickness: float = EDGE, opacity: float = 1
) -> Iterator[Path]:
    """The front and the top of a part of a body."""
    front = [(start, body.y), (end, body.y), (end, body.bottom), (start, body.bottom)]
    top = [(start, body.y), (end, body.y), (end + body.right, body.top), (start + body.right, body.top)]
    yield polygon(front, fill, SOFT if thickness else "", thickness)._replace(opacity=opacity)
    yield polygon(top, fill, "", 0)._replace(opacity=opacity)
    yield polygon(top, PAPER, SOFT if thickness else "", thickness)._replace(opacity=LIGHT)


def seam(x: float, body: Solid) -> Iterator[Path]:
    yield polyline([(x, body.bottom), (x, body.y), (x + body.right, body.top)], SOFT, EDGE)


def side(body: Solid, fill: str) -> Iterator[Path]:
    x = body.x + body.thickness
    face = [(x, body.y), (x + body.right, body.top), (x + body.right, body.bottom - body.up), (x, body.bottom)]
    yield polygon(face, fill, "", 0)
    yield polygon(face, INK, SOFT, EDGE)._replace(opacity=SHADE)


def outline(body: Solid) -> Iterator[Path]:
    x, end = body.x, body.x + body.thickness
    around = [
        (x, body.y), (x + body.right, body.top), (body.end, body.top), (body.end, body.bottom - body.up),
        (end, body.bottom), (x, body.bottom),
    ]  # fmt: skip
    yield polygon(around, "", SOFT, EDGE + 0.3)


class GlyphRoom(NamedTuple):
    """How large the largest may be."""

    side: float
    thickness: float


class LengthRange(NamedTuple):
    """From the smallest number to the largest, drawn between two lengths."""

    scale: str
    low: int
    high: int
    least: float
    most: float
    octave: float

    def length(self, number: int) -> float:
        """What a number is drawn as; larger numbers are never shorter."""
        if self.scale == "log":
            octaves = log2(self.high) - log2(self.low)
            step = min(self.octave, (self.most - self.least) / octaves) if octaves else 0
            return self.most - step * (log2(self.high) - log2(number))
        share = number / self.high
        return max(self.least_drawn, self.most * (sqrt(share) if self.scale == "sqrt" else share))

    @property
    def least_drawn(self) -> float:
        return min(self.least, 3.0)


class VolumeScale(NamedTuple):
    """The ranges of a picture's sides, channels and vectors."""

    sides: LengthRange
    channels: LengthRange
    lengths: LengthRange

    def box(self, form: Dimensions) -> tuple[float, float, float]:
        """Thickness, height, and width of the face."""
        if form.is_column:
            return COLUMN, self.lengths.length(form.channels), COLUMN
        height, width = form.face
        long = self.sides.length(max(height, width))
        thickness = self.channels.length(form.channels)
        if len(form.sides) == 1:
            return thickness, long, SEQUENCE_WIDTH
        return (
            thickness,
            max(LEAST_SIDE, long * height / max(height, width)),
            max(LEAST_SIDE, long * width / max(height, width)),
        )


def scale_of(forms: Iterable[Dimensions], name: str, room: GlyphRoom) -> VolumeScale:
    """The scale of a picture of these forms."""
    forms = tuple(forms)
    maps = [form for form in forms if not form.is_column]
    sides = [max(form.face) for form in maps] or [1]
    channels = [form.channels for form in maps] or [1]
    lengths = [form.channels for form in forms if form.is_column] or [1]
    return VolumeScale(
        LengthRange(name, min(sides), max(sides), min(26.0, room.side / 4), room.side, OCTAVE * room.side / 150),
        LengthRange(name, min(channels), max(channels), LEAST_THICKNESS, room.thickness, room.thickness / 5.5),
        LengthRange(name, 1, max(lengths), LEAST_LENGTH, room.side * 0.9, room.side / 4),
    )
