"""What is drawn of a tensor: its sides and its channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.network.axes import channel_axis
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from convcalc.algebra.expr import Value
    from convcalc.layers.record import Shape
    from convcalc.network.graph import Graph


class Dimensions(NamedTuple):
    """What is drawn of a tensor, in numbers."""

    sides: tuple[int, ...]  # empty for a vector
    channels: int

    @property
    def is_column(self) -> bool:
        return max(self.sides, default=1) == 1

    @property
    def face(self) -> tuple[int, int]:
        """Height and width of the face, of three sides the last two; 1 across a sequence."""
        height, width = (*self.sides, 1)[:2] if len(self.sides) == 1 else (1, 1, *self.sides)[-2:]
        return height, width


def channels_place(graph: Graph, node: int) -> int:
    """Which axis of a node's output holds its channels."""
    shape = graph.shape(node) or ()
    applied = graph.nodes[node].applied
    place = applied.channels if applied else channel_axis(graph, node, shape) if len(shape) > 1 else 0
    return min(place or 0, len(shape) - 1)


def form_of(shape: Shape, channels: int, number: Callable[[Value], int]) -> Dimensions:
    sizes = tuple(map(number, shape))
    return Dimensions((*sizes[:channels], *sizes[channels + 1 :]), sizes[channels])
