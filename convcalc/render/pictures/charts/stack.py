"""The stack of tensors over the steps of a network, each with its name where that has room."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import TYPE_CHECKING

from convcalc.kinds.categories import OTHER, category
from convcalc.render.pictures.charts.placing import Bounds
from convcalc.render.pictures.lettering import text_width
from convcalc.render.pictures.shapes import INK, Collection, Label, Path, Shape, polygon
from convcalc.render.script import UNICODE, shape_text
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.render.pictures.charts.memory import History, StackedTensor

INPUT = "input"  # the colour of what the network is given
SIZE = 10  # of letters
PLACES = (0.5, 0.25, 0.75)  # of a name along each side of its tensor
NARROW = 5  # steps narrower than that have thin outlines


class Plot(NamedTuple):
    """Where the stack is drawn, and how high."""

    left: float
    top: float
    width: float
    height: float
    most: float  # bytes at the top
    columns: int

    @property
    def step(self) -> float:
        return self.width / self.columns

    @property
    def bottom(self) -> float:
        return self.top + self.height

    @property
    def right(self) -> float:
        return self.left + self.width

    def x(self, column: float) -> float:
        return self.left + self.step * column

    def y(self, size: float) -> float:
        return self.bottom - self.height * size / self.most


def stack_shapes(history: History, plot: Plot, taken: Sequence[Bounds]) -> list[Shape]:
    """The tensors from the oldest to the youngest, and all of them outlined; names keep off what is taken."""
    shapes: list[Shape] = []
    drawn, layers = history.drawn, {layer.name: layer for layer in history.report.layers}
    for each in drawn.tensors:
        tensor = each.tensor
        heights = [(history.size(base), history.size(base + tensor.numbers)) for base in each.bases]
        layer = layers.get(tensor.name)
        applied = layer.applied if layer else None
        colour = category(applied.setting.kind) if applied else INPUT
        parts: list[Shape] = [steps_path(heights, each.first, plot, colour)]
        if label := tensor_label(each, heights, plot, taken):
            parts.append(label)
        shape = applied.output if applied else history.report.inputs[tensor.name]
        words = (
            f"{tensor.name}: {shape_text(shape, history.report.channels_last)}, "
            f"{history.size(tensor.numbers):,} bytes, from {history.name(tensor.birth)} to {history.name(tensor.death)}"
        )
        shapes.append(Collection(tuple(parts), words, tensor.name))
    if any(drawn.rest):
        heights = [
            (history.size(number - rest), history.size(number))
            for number, rest in zip(drawn.numbers, drawn.rest, strict=True)
        ]
        shapes.append(Collection((steps_path(heights, 0, plot, OTHER),), "tensors too small to be drawn one by one"))
    whole = steps_path([(0, history.size(number)) for number in drawn.numbers], 0, plot, "")
    return [*shapes, whole._replace(thickness=1 if plot.step > NARROW else 0.5)]


def steps_path(heights: list[tuple[int, int]], first: int, plot: Plot, fill: str) -> Path:
    """What lies between two heights in each column, as one outline."""
    upper: list[tuple[float, float]] = []
    lower: list[tuple[float, float]] = []
    for column, (low, high) in enumerate(heights, first):
        for edge in (column, column + 1):
            upper.append((plot.x(edge), plot.y(high)))
            lower.append((plot.x(edge), plot.y(low)))
    points = [*upper, *reversed(lower)]
    kept = [point for place, point in enumerate(points) if not place or point != points[place - 1]]
    return polygon(kept, fill, INK, 0.4 if plot.step > NARROW else 0.2)


def tensor_label(
    each: StackedTensor, heights: list[tuple[int, int]], plot: Plot, taken: Sequence[Bounds]
) -> Label | None:
    """The name in the widest part that lies at one height, upright where that is narrow; none where it has no room."""
    starts = [0, *(place for place in range(1, len(each.bases)) if each.bases[place] != each.bases[place - 1])]
    stops = [*starts[1:], len(each.bases)]
    start, stop = max(zip(starts, stops, strict=True), key=lambda run: (run[1] - run[0], -run[0]))
    low, high = heights[start]
    left, right = plot.x(each.first + start), plot.x(each.first + stop)
    top, bottom = plot.y(high), plot.y(low)
    name = UNICODE.text(each.tensor.name)
    length = text_width(name, SIZE)
    for angle, wide, tall in ((0, length + 6, SIZE + 3), (-90, SIZE + 3, length + 6)):
        if wide > right - left or tall > bottom - top:
            continue
        for down, across in product(PLACES, PLACES):
            x = left + wide / 2 + (right - left - wide) * across
            y = top + tall / 2 + (bottom - top - tall) * down
            box = Bounds(x - wide / 2, y - tall / 2, x + wide / 2, y + tall / 2)
            if not any(box.meets(other) for other in taken):
                return Label(x + (3.5 if angle else 0), y + (0 if angle else 3.5), name, SIZE, angle=angle)
    return None
