"""Attention in the windows of a map in ONNX, written out: cells are told apart by numbers for each axis."""

from __future__ import annotations

from itertools import product as pairs_of
from math import prod
from typing import TYPE_CHECKING, Any

from convcalc.kinds.onnx_attention import HIDDEN, Sequences, attend

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from convcalc.layers.operators import LayerOperators

    Form = Callable[[LayerOperators], str]


class MapWindows:
    """A map as windows: how many cells it has along each axis with those added behind, and each window of them."""

    def __init__(self, o: LayerOperators):
        self.o, self.sizes = o, o.shape[1:]
        self.whole, shifts = o.along("k"), o.along("sh")
        self.sides: tuple[Any, ...] = o.along("w")
        self.added = [-size % side for size, side in zip(self.sizes, self.sides, strict=True)]
        self.counts = [
            (size + more) // side for size, more, side in zip(self.sizes, self.added, self.sides, strict=True)
        ]
        self.shifts: list[Any] = [
            shift if size > side else 0 for shift, size, side in zip(shifts, self.sizes, self.sides, strict=True)
        ]
        self.cells, self.windows = prod(self.sides), prod(self.counts)
        rank = len(self.sizes)
        self.is_grid = o.values["mode"] == "grid"
        first, second = [*range(2, 2 + 2 * rank, 2)], [*range(3, 3 + 2 * rank, 2)]
        self.order = (0, *(second + first if self.is_grid else first + second), 1)

    @property
    def parts(self) -> list[Any]:
        """The sizes of the axes, each split into windows and cells; a grid has the cells of a window far apart."""
        pairs = zip(self.counts, self.sides, strict=True)
        return [part for pair in pairs for part in (pair[::-1] if self.is_grid else pair)]

    def split(self, x: str, channels: Any) -> str:
        """From a map to windows of cells."""
        apart = self.o.moved(self.o.reshaped(x, channels, *self.parts), *self.order)
        return self.o.reshaped(apart, self.windows, self.cells, channels)

    def join(self, x: str, channels: Any) -> str:
        """From windows of cells to a map."""
        sizes = [channels, *self.parts]
        apart = self.o.reshaped(x, *(sizes[axis - 1] for axis in self.order[1:]))
        back = self.o.moved(apart, *(self.order.index(axis) for axis in range(len(self.order))))
        return self.o.reshaped(back, channels, *(n * w for n, w in zip(self.counts, self.sides, strict=True)))

    def roll(self, x: str, shifts: Sequence[Any]) -> str:
        """What lies before the shift comes behind everything else."""
        for axis, shift in enumerate(shifts, 2):
            if shift:
                size = self.counts[axis - 2] * self.sides[axis - 2]
                at = self.o.list_of(shift % size)
                head = self.o("Slice", x, self.o.list_of(0), at, self.o.list_of(axis))
                tail = self.o("Slice", x, at, self.o.list_of(size), self.o.list_of(axis))
                x = self.o("Concat", tail, head, axis=axis)
        return x


def window_attention(o: LayerOperators) -> str:
    if o.values["position"] == "network":
        raise o.refuse("whose positions come from a network, which is not written out in ONNX")
    channels, heads, windows = o.channels, o.letters["h"], MapWindows(o)
    x = o.x
    if any(windows.added):
        sides = [*[0] * len(windows.added), *windows.added]
        x = o("Pad", x, o.list_of(*sides), "", o.list_of(*range(2, 2 + len(windows.added))))
    cells = windows.split(windows.roll(x, windows.shifts), channels)
    q, k, v = o.several("Split", 3, o.dense(cells, channels, 3 * channels, "qkv."), axis=-1, num_outputs=3)
    added = [*position_scores(o, windows), *edge_scores(o, windows)]
    sizes = Sequences(windows.cells, windows.cells, heads, channels // heads, channels // heads, (windows.windows,))
    found = o.dense(attend(o, q, k, v, sizes, added), channels, channels, "proj.")
    found = windows.roll(windows.join(found, channels), [-shift for shift in windows.shifts])
    if any(windows.added):
        axes = range(2, 2 + len(windows.added))
        starts = [0] * len(windows.added)
        found = o("Slice", found, o.list_of(*starts), o.list_of(*windows.sizes), o.list_of(*axes))
    return found


def position_scores(o: LayerOperators, windows: MapWindows) -> list[str]:
    """A learnt number for where a cell lies as another sees it, and head."""
    if o.values["position"] != "table":
        return []
    whole, heads = windows.whole, o.letters["h"]
    steps = [prod(2 * side - 1 for side in whole[axis + 1 :]) for axis in range(len(whole))]
    places = [sum(map(prod, zip(cell, steps, strict=True))) for cell in pairs_of(*map(range, whole))]
    middle = sum((side - 1) * step for side, step in zip(whole, steps, strict=True))
    count = len(places)
    rows, columns = o.held((count, 1), tuple(places)), o.held((1, count), tuple(places))
    index = o.keep("relative_position_index", o("Add", o("Sub", rows, columns), o.list_of(middle)), count, count)
    if windows.cells < count:
        axes, ends = o.list_of(0, 1), o.list_of(windows.cells, windows.cells)
        index = o("Slice", index, o.list_of(0, 0), ends, axes)
    table = o.weight("relative_position_bias_table", prod(2 * side - 1 for side in whole), heads)
    return [o.moved(o("Gather", table, index, axis=0), 2, 0, 1)]


def edge_scores(o: LayerOperators, windows: MapWindows) -> list[str]:
    """Hides cells from each other that were on opposite sides before the shift."""
    if not any(windows.shifts):
        return []
    region, rank = "", len(windows.shifts)
    for axis, (count, side, shift) in enumerate(zip(windows.counts, windows.sides, windows.shifts, strict=True)):
        size = count * side
        places = [(place >= size - side) + (place >= size - shift) for place in range(size)] if shift else [0] * size
        held = o.held(tuple(size if each == axis else 1 for each in range(rank)), tuple(3**axis * p for p in places))
        region = o("Add", region, held) if region else held
    sizes = [*windows.parts]
    order = [axis - 2 for axis in windows.order[1:-1]]
    apart = o.moved(o("Reshape", region, o.list_of(*sizes)), *order)
    rows = o("Reshape", apart, o.list_of(windows.windows, 1, windows.cells, 1))
    columns = o("Reshape", apart, o.list_of(windows.windows, 1, 1, windows.cells))
    return [o("Where", o("Equal", rows, columns), o.filled(0, 1), o.filled(HIDDEN, 1))]


MAP_ATTENDING: dict[str, Form] = {"windowattention": window_attention}
