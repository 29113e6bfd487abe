"""The fields along every axis of the network's inputs, from layer to layer, by the steps that each takes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache, reduce
from math import gcd
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import evaluate, is_number
from convcalc.layers.case import product, tree
from convcalc.layers.field import START, Field, multiple
from convcalc.layers.window import (
    ADAPTIVE,
    APPENDING,
    CENTRED,
    ENTIRE,
    EXTENDING,
    INTERPOLATED,
    NEAREST,
    NORMALISING,
    POINTWISE,
    SPACING,
    TILING,
    Step,
    field_through,
)
from convcalc.network.crossing import Crossing, Factor, Layout, Passage, count_units, map_layout
from convcalc.network.moves import MOVES, course
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers import Shape
    from convcalc.layers.applied import Applied
    from convcalc.layers.window import WindowType
    from convcalc.network import Graph


class Axes(NamedTuple):
    """The fields of a tensor along the axes of one network input, all but that of its channels."""

    fields: tuple[Field, ...]
    layout: Layout | None = None  # None: as a map has it

    def hulls(self) -> Axes:
        return self._replace(fields=tuple([field.hull()._replace(rough=True) for field in self.fields]))

    def units(self, index: int, shape: Shape) -> Value:
        """Units along an axis of the input, in a tensor of this shape."""
        if self.layout is None:
            return shape[1 + index]
        return product(factor.digits for axis in self.layout for factor in axis if index in factor.along)

    def sides(self, shape: Shape) -> Shape:
        """The sizes of a tensor of this shape along the axes of the fields."""
        return tuple([self.units(index, shape) for index in range(len(self.fields))])

    def advance(self, way: Passage, place: int) -> Axes:
        """The fields behind a layer, which is number `place` of its network."""
        fields = []
        for field, steps in zip(self.fields, way.steps, strict=True):
            field = reduce(field_through, steps, field)
            fields.append(field._replace(lost=place) if field.lost == 1 else field)
        return Axes(tuple(fields), way.layout)

    def of_places(self, shape: Shape) -> Axes:
        """The fields as they are reported: a unit along an axis is a place of the tensor, with all of its channels.

        Its size is the largest extent of any, its stride the pixels between neighbours, though some of what lies
        between them may have become channels: of space to depth, each channel sees less.
        """
        if self.layout is None:
            if not [field for field in self.fields if len(field.lows) != 1 or field.grows]:
                return self
            return Axes(tuple([field.of_units(units) for field, units in zip(self.fields, shape[1:], strict=True)]))
        way = passage_to_places(self.layout, len(self.fields))
        layout = way.layout or map_layout(shape)
        fields = [
            field if field.lost else reduce(field_through, steps, field).of_units(count_units(layout, index))
            for index, (field, steps) in enumerate(zip(self.fields, way.steps, strict=True))
        ]
        return self._replace(fields=tuple(fields))


def origin(shape: Shape, channels: int | None) -> Axes:
    """An input of the network, one axis of which holds its channels, or none does."""
    if channels is None:
        return Axes((START,) * len(shape), unmoved_layout(shape))
    layout = map_layout((shape[channels], *shape[:channels], *shape[channels + 1 :]))
    layout = (*layout[1 : channels + 1], layout[0], *layout[channels + 1 :])
    return Axes((START,) * (len(shape) - 1), layout if channels else None)


def unmoved_layout(shape: Shape) -> Layout:
    return tuple((Factor(size, (axis,)),) for axis, size in enumerate(shape))


def channel_axis(graph: Graph, source: int, shape: Shape) -> int | None:
    """The axis of an input that holds its channels: the first, unless a layer that mixes them says otherwise.

    Steps × features is such an input, and a map that is permuted before its first convolution; indices that are
    looked up have no channels.
    """
    unmoved = unmoved_layout(shape)
    layouts = {source: unmoved}
    for index in range(len(graph.inputs), len(graph.nodes)):
        node = graph.nodes[index]
        at = next((place for place, before in enumerate(node.inputs) if before in layouts), None)
        if at is None or node.applied is None:
            continue
        layout: Layout = layouts[node.inputs[at]]
        applied = node.applied
        kind = applied.setting.kind
        type = kind.window.type
        looks_up = type in (EXTENDING, ENTIRE) and kind.takes == "any" and kind.makes == "features"
        if looks_up and layout == unmoved:
            return 0 if graph.spec.channels_last and len(shape) > 1 else None
        moves = type in MOVES or type in (POINTWISE, APPENDING)
        if moves and kind.takes != "features" and not kind.steps:
            if type in MOVES and type is not NORMALISING:
                moved = course(layout, len(shape), applied, (), graph.spec.channels_last, at).layout
                layout = moved or map_layout(applied.output)
            layouts[index] = layout
            continue
        if kind.takes == "features" and layout == unmoved and len(shape) > 2:
            return 0  # rows of a map
        place = -1 if kind.takes == "features" and not applied.features_first else 0
        mixed = layout[1 if kind.steps and not graph.spec.channels_last else place]
        whole = len(mixed) == 1 and len(mixed[0].along) == 1 and mixed[0].digits == shape[mixed[0].along[0]]
        return mixed[0].along[0] if whole else 0
    return 0


def all_through(fields: tuple[Field, ...], path: tuple[Step, ...]) -> tuple[Field, ...]:
    """The fields behind a layer; equal axes are followed once."""
    if len(fields) == len(path) == fields.count(fields[0]) == path.count(path[0]):
        return (field_through(fields[0], path[0]),) * len(fields)
    return tuple(field_through(field, step) for field, step in zip(fields, path, strict=True))


def changes_nothing(applied: Applied) -> bool:
    """Whether every unit sees what the unit in its place saw."""
    kind = applied.setting.kind
    in_place = kind.window.type in (POINTWISE, APPENDING) and kind.takes != "features"
    return in_place and applied.output == applied.input[0]


def keeps_map(applied: Applied) -> bool:
    """Whether a map stays a map, each of its axes on its own."""
    kind, output, given = applied.setting.kind, applied.output, applied.input[0]
    kept = (kind.window.type.along_axes and not kind.window.apart) or (
        kind.window.type is POINTWISE and output[1:] == given[1:]
    )
    return kept and kind.takes != "features" and len(output) == len(given)


@lru_cache(maxsize=65536)
def passage_to_places(layout: Layout, rank: int) -> Passage:
    """The way that takes the channels of each place together."""
    crossing = Crossing(layout, rank)
    crossing.gather()
    return crossing.passage


def steps(applied: Applied) -> tuple[Step, ...]:
    """The steps of a layer, one for each axis of its input."""
    window = applied.setting.kind.window
    if not window.type.along_axes:
        return ()
    space, out = applied.input[0][1:], applied.output[1:]
    if not applied.axes:
        return tuple(Step(window.type, size=size) for size in space)
    return tuple(
        axis_step(applied, axis, out[index] if index < len(out) else 1) for index, axis in enumerate(applied.axes)
    )


def axis_step(applied: Applied, axis: Mapping[str, Value], out: Value) -> Step:
    known, window = {**applied.letters, **axis}, applied.window
    size, before = axis["n"], known.get("p_l", known.get("p", 0))
    reach, stride, step = (evaluate(tree(text), known) for text in (window.reach, window.stride, window.step))
    if window.type in (NEAREST, CENTRED, INTERPOLATED):
        return resampling(window.type, reach, applied.values, axis, out)
    if window.type is ADAPTIVE:
        return Step(ADAPTIVE, size=size, out=out, ratio=shortest(out, size))
    if window.type in (TILING, SPACING):
        return Step(window.type, reach, before=axis["sh"], size=size, out=out)
    return Step(window.type, reach, stride, before, step, size, out)


def resampling(type: WindowType, taps: Value, values: Mapping[str, Any], axis: Mapping[str, Value], out: Value) -> Step:
    """The step of an interpolation, with so many taps on either side."""
    size, corners, scale = axis["n"], bool(values.get("corners")), axis.get("r")
    ratio = shortest(out, size)
    zoom = "n/o"
    if corners:
        ratio, zoom = shortest(*((out - 1, size - 1) if out != 1 else (1, 0))), "(n - 1)/(o - 1)"
    elif is_number(scale):
        # Given a scale, a unit's place follows only from that, not from the sizes that it was rounded to.
        given = shortest(scale.numerator, scale.denominator)
        ratio = ratio if values.get("recompute") else given
        zoom = "1/r" if ratio == given else zoom
    return Step(type, taps, size=size, out=out, ratio=ratio, corners=corners, zoom=zoom)


def shortest(outputs: Value, inputs: Value) -> tuple[Value, Value]:
    """Outputs and inputs of the shortest stretch after which a pattern repeats."""
    if isinstance(outputs, int) and isinstance(inputs, int):
        shared = gcd(outputs, inputs)
        return outputs // shared, inputs // shared
    for one, other in ((outputs, inputs), (inputs, outputs)):
        times = multiple(one, other) if other else None
        if isinstance(times, int):
            return (times, 1) if one is outputs else (1, times)
    return outputs, inputs
