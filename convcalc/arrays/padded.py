"""A map with its padding around it, as its windows see it."""

from __future__ import annotations

from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any

from convcalc.arrays.array import Array, whole_shape
from convcalc.arrays.sight import EDGES
from convcalc.layers.values import exact
from convcalc.problem import problem
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.arrays.array import Place
    from convcalc.layers.applied import Applied


FILL = "value"  # the setting that says so


def fill_number(applied: Applied) -> Any:
    """What the cells of a padding hold that does not repeat the map; a Problem where that is infinite."""
    text = applied.values.get(FILL, "0")
    if text.endswith("inf"):
        raise problem("A010", f"{FILL}={text} is no number to compute with", f"{FILL}=0, or any other number")
    return exact(text)


def padded_size(applied: Applied) -> int:
    """How many numbers the input has with its padding; 0 where nothing of that is seen."""
    if applied.setting.kind.beyond(applied) not in EDGES or not applied.axes:
        return 0
    sides = (whole_shape((axis["n"], axis.get("p_l", 0), axis.get("p_r", 0))) for axis in applied.axes)
    return whole_shape(applied.input[0])[0] * prod(size + max(0, low) + max(0, high) for size, low, high in sides)


class Padded(NamedTuple):
    """A map, and the cells of padding that it has before and after along each axis."""

    array: Array
    before: Place
    after: Place


def padded_map(applied: Applied, array: Array) -> Padded:
    """The input of a layer with the padding that its windows see; as it is where they see nothing of it."""
    kind = applied.setting.kind
    fill = EDGES.get(kind.beyond(applied)) if applied.axes else None
    ends = [whole_shape((axis.get("p_l", 0), axis.get("p_r", 0))) for axis in applied.axes]
    if fill is None or not any(size > 0 for end in ends for size in end):
        return Padded(array, (0,) * len(ends), (0,) * len(ends))
    before, after = (tuple(max(0, end[side]) for end in ends) for side in (0, 1))
    channels, *sizes = array.shape
    ranges = [range(-low, size + high) for low, size, high in zip(before, sizes, after, strict=True)]
    numbers = []
    for channel, *cells in product(range(channels), *ranges):
        inside = tuple(cell if 0 <= cell < size else fill(cell, size) for cell, size in zip(cells, sizes, strict=True))
        numbers.append(fill_number(applied) if None in inside else array.at((channel, *inside)))  # type: ignore[arg-type]
    return Padded(Array((channels, *map(len, ranges)), tuple(numbers)), before, after)
