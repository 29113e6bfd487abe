"""What one cell of a layer's output sees of an input: the first and the last pixel along each axis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import is_symbolic
from convcalc.layers.field import Field, whole_pixels
from convcalc.network.axes import Axes, passage_to_places
from convcalc.network.crossing import count_units, map_layout
from convcalc.render.script import UNICODE
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.layers import Shape
    from convcalc.network.walk import LayerReport
    from convcalc.render.pictures.nominal import NominalNumbers

EXACT, NOTHING, ENCLOSED, TOGETHER, UNKNOWN = "exact", "nothing", "enclosed", "together", "unknown"


class PixelSpan(NamedTuple):
    """The pixels from the first to the last, both counted; between them a dilated window leaves some out."""

    first: int
    last: int

    @property
    def size(self) -> int:
        return self.last - self.first + 1

    @property
    def centre(self) -> float:
        """In pixels: 0 is the middle of the first."""
        return (self.first + self.last) / 2


class SeenField(NamedTuple):
    """The field of one cell; `knowledge` tells how its spans are meant."""

    place: int  # of the layer in its report
    layer: LayerReport
    axes: Axes
    cell: tuple[int, ...]
    units: tuple[int, ...]  # cells along each axis
    spans: tuple[PixelSpan, ...]  # empty where it sees nothing, or nothing is known
    knowledge: str
    largest: tuple[Any, ...]  # of any cell; None where it cannot be told, symbolic where it is
    strides: tuple[Any, ...]
    colour: str = ""

    @property
    def sizes(self) -> tuple[int, ...]:
        return tuple(span.size for span in self.spans)

    @property
    def is_whole(self) -> bool:
        """Whether every cell sees the same."""
        return all(field.advance == 0 for field in self.axes.fields)


def cells_along(axes: Axes, output: Shape) -> tuple[Any, ...]:
    """How many cells a tensor has along each axis of the input, channels not counted; None where it cannot be told."""
    if axes.layout is None:
        return tuple(output[1:])
    rank = len(axes.fields)
    layout = passage_to_places(axes.layout, rank).layout or map_layout(output)
    return tuple([count_units(layout, index) for index in range(rank)])


def seen_field(
    place: int, layer: LayerReport, source: str, numbers: NominalNumbers, asked: tuple[int, ...] = ()
) -> SeenField:
    """The field of the asked cell on an input, of the one in the middle where none is asked."""
    axes = layer.fields[source]
    assert layer.applied is not None  # it has fields
    units = tuple([numbers.number(count) or 1 for count in cells_along(axes, layer.applied.output)])
    cell = asked or tuple(count // 2 for count in units)
    seen = [span_of(field, unit, numbers) for field, unit in zip(axes.fields, cell, strict=True)]
    ranks = (UNKNOWN, NOTHING, TOGETHER, ENCLOSED, EXACT)
    knowledge = min((known for _, known in seen), key=ranks.index)
    spans = tuple([span for span, _ in seen if span is not None])
    strides = tuple([field.stride for field in axes.fields])
    largest = tuple([field.size for field in axes.fields])
    return SeenField(
        place, layer, axes, cell, units, spans if len(spans) == len(seen) else (), knowledge, largest, strides
    )


def span_of(field: Field, unit: int, numbers: NominalNumbers) -> tuple[PixelSpan | None, str]:
    """What a unit sees along one axis, and how that is known."""
    if field.lost and not field.lows:
        return None, UNKNOWN
    first, last = map(numbers.number, field.at(0 if field.lost else unit))
    if first is None:
        return None, NOTHING
    first, last = whole_pixels(first, last)
    if first is None:
        return None, NOTHING
    return PixelSpan(first, last), TOGETHER if field.lost else ENCLOSED if field.rough else EXACT


def measure(values: tuple[Any, ...]) -> str:
    """`31×31`, of one axis `1,025`; `?` for what cannot be told."""
    if len(values) == 1 and isinstance(values[0], int):
        return UNICODE.number(values[0])
    return UNICODE.times.join("?" if value is None else UNICODE.factor(value) for value in values)


def common(values: tuple[Any, ...]) -> str:
    """One value where all are alike."""
    return measure(values[:1] if all(value == values[0] for value in values) else values)


def point(values: tuple[Any, ...]) -> str:
    """`(3, 3)`, and of one axis `3`."""
    if len(values) == 1:
        return f"{values[0]:,}"
    listed = ", ".join(str(value) for value in values)
    return f"({listed})"


def size_words(seen: SeenField) -> str:
    """How large its field is; of cells that see differently also how large any is."""
    if seen.knowledge == NOTHING:
        return "sees nothing of the input"
    if seen.knowledge == UNKNOWN:
        return "it cannot be told which cell sees what"
    own, largest = measure(seen.sizes), measure(seen.largest)
    if seen.knowledge == TOGETHER:
        return f"all cells together {own}"
    if seen.knowledge == ENCLOSED:
        return f"{own} at most"
    if None in seen.largest or own == largest:
        return f"{own}, the same for every cell" if seen.is_whole and max(seen.units) > 1 else own
    return largest if any(map(is_symbolic, seen.largest)) else f"{own}, other cells up to {largest}"


def ratio_words(seen: SeenField, sides: tuple[int, ...], names: tuple[str, ...]) -> str:
    """`6.6 × the input` of a field that is larger than that; along one axis, where the others differ."""
    ratios = [size / side for size, side in zip(seen.sizes, sides, strict=False)]
    most = max(ratios, default=0)
    if most <= 1:
        return ""
    text = f"{most:.{1 if most >= 1.1 else 2 if most >= 1.01 else 3}f}"
    whose = "the input" if all(ratio == most for ratio in ratios) else f"the input's {names[ratios.index(most)]}"
    return f"{text} × {whose}"
