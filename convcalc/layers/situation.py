"""A layer where it is, for languages in which it is written otherwise in one place than in another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import ceil_divide, floor_divide
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.layers import Shape
    from convcalc.layers.applied import Applied


class LayerSituation(NamedTuple):
    """What a layer makes of its inputs, whether the first is a map, and whether the text has the channels last."""

    applied: Applied
    on_map: bool
    channels_last: bool
    strides_vary: bool = False  # its stride is a name, which may be another number elsewhere
    is_positive: bool = False  # none of the numbers that it takes is below 0
    convention: str = ""  # whose rules it goes by

    @property
    def rank(self) -> int:
        """The number of axes beside the channels."""
        return max(len(self.applied.input[0]), len(self.applied.output)) - 1 if self.applied.input else 0

    @property
    def values(self) -> dict[str, Any]:
        usual = {key.name: key.default for key in self.applied.setting.kind.keys if key.type == "decimal"}
        return {**usual, **dict(self.applied.setting.values), **self.applied.values}

    @property
    def letters(self) -> dict[str, Any]:
        return self.applied.letters

    @property
    def shape(self) -> Shape:
        return self.applied.input[0]

    @property
    def is_vector(self) -> bool:
        return len(self.shape) == 1

    @property
    def pads(self) -> tuple[tuple[int, int], ...]:
        """The cells before and behind along each axis."""
        return tuple((axis["p_l"], axis["p_r"]) for axis in self.applied.axes)  # type: ignore[misc]  # they are numbers

    @property
    def is_even(self) -> bool:
        return all(before == behind for before, behind in self.pads)

    @property
    def word(self) -> str:
        """The word that is said of the padding."""
        said = dict(self.applied.setting.values).get("padding")
        return said if isinstance(said, str) else ""

    def dim(self, axis: int) -> int:
        """An axis that is counted as the text has it, with the channels first and the batch as 0."""
        count = len(self.shape)
        place = axis - 1 if axis > 0 else axis + count
        return (place + 1) % count + 1 if self.channels_last else place + 1

    def place(self, axis: int) -> int:
        """An axis (channels first, from 0) counted as the text has it, with the batch as 0."""
        return (axis - 1) % len(self.shape) + 1 if self.channels_last else axis + 1

    def written_shape(self, shape: Shape) -> Shape:
        """A shape as the text has it."""
        return (*shape[1:], shape[0]) if self.channels_last else shape


class PoolWindow(NamedTuple):
    """Along every axis the cells to add before a pooling, and whether it rounds up."""

    pads: tuple[tuple[int, int], ...]
    ceil: bool
    inside: bool  # the pooling itself can pad as much


def pool_window(applied: Applied) -> PoolWindow:
    """How a pooling that knows equal padding, up to half of its window, rounding down or up, gives the same sizes."""
    axes: list[dict[str, Any]] = list(applied.axes)
    sizes: tuple[Any, ...] = applied.output[1:]
    pads = tuple((axis["p_l"], axis["p_r"]) for axis in axes)
    equal = all(before == behind and 2 * before <= axis["k"] for axis, (before, behind) in zip(axes, pads, strict=True))
    for ceil in (False, True):
        if equal and all(pooled_size(axis, ceil) == size for axis, size in zip(axes, sizes, strict=True)):
            return PoolWindow(pads, ceil, True)
    return PoolWindow(floor_pads(applied), False, False)


def floor_pads(applied: Applied) -> tuple[tuple[int, int], ...]:
    """Along every axis the cells to add before a pooling that rounds down, so that it gives the same sizes."""
    needed: list[tuple[int, int]] = []
    axes: list[dict[str, Any]] = list(applied.axes)
    sizes: tuple[Any, ...] = applied.output[1:]
    for axis, size in zip(axes, sizes, strict=True):
        reach = axis["d"] * (axis["k"] - 1) + 1
        behind = max((size - 1) * axis["s"] + reach - axis["n"] - axis["p_l"], 0)
        most = size * axis["s"] + reach - 1 - axis["n"] - axis["p_l"]  # one more would give another window
        needed.append((axis["p_l"], min(max(behind, axis["p_r"]), most)))
    return tuple(needed)


def pooled_size(axis: dict[str, Any], ceil: bool) -> Any:
    """The size behind a pooling that drops a last window which would begin in the padding."""
    cells = axis["n"] + 2 * axis["p_l"] - axis["d"] * (axis["k"] - 1) - 1
    if not ceil:
        return floor_divide(cells, axis["s"]) + 1
    size = ceil_divide(cells, axis["s"]) + 1
    return size - 1 if (size - 1) * axis["s"] >= axis["n"] + axis["p_l"] else size
