"""How large a tensor is drawn: its height follows its sides, its thickness its channels."""

from __future__ import annotations

from math import log2, sqrt
from typing import TYPE_CHECKING

from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from convcalc.render.pictures.volumes.forms import Dimensions

SLANT = (0.36, 0.30)  # how far a unit of width goes to the right and up on the page
LEAST_SIDE, LEAST_THICKNESS, LEAST_LENGTH = 3.0, 3.0, 10.0
OCTAVE = 38.0  # the most that twice the side adds to a height, on a log scale
SEQUENCE_WIDTH, COLUMN = 16.0, 9.0


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
