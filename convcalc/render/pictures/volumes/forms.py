"""The form of a tensor: its sides, its channels, and the numbers that stand for letters where they are drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import is_number, is_symbolic
from convcalc.network.axes import channel_axis
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from convcalc.algebra.expr import Value
    from convcalc.layer.record import Shape
    from convcalc.network.graph import Graph

NOMINAL_SIDE, NOMINAL_CHANNELS = 224, 64


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


def nominal_numbers(graph: Graph) -> Callable[[Value], int]:
    """A function that gives a size as a number: letters stand for usual ones with which the network fits."""
    letters: dict[str, int] = {}

    def number(value: Value) -> int:
        if is_number(value):
            return int(value)
        from convcalc.algebra.substitution import substitute, symbols

        for name in symbols(value):
            if name not in letters:
                letters[name] = usual_size(graph, name)
        found: Any = substitute(value, letters)
        return max(1, int(found)) if is_number(found) else 1

    return number


def usual_size(graph: Graph, name: str) -> int:
    """A usual number for a letter, one with which the network fits."""
    from convcalc.algebra.substitution import symbols

    is_side = any(is_symbolic(size) and name in symbols(size) for shape in graph.inputs.values() for size in shape[1:])
    usual = NOMINAL_SIDE if is_side else NOMINAL_CHANNELS
    sizes = graph.fitting.get(name)
    if sizes is None:
        return usual
    found = sizes.first_size_from(usual)
    return found if found is not None else max(sizes.some, default=usual)


def channels_place(graph: Graph, node: int) -> int:
    """Which axis of a node's output holds its channels."""
    shape = graph.shape(node) or ()
    applied = graph.nodes[node].applied
    place = applied.channels if applied else channel_axis(graph, node, shape) if len(shape) > 1 else 0
    return min(place or 0, len(shape) - 1)


def form_of(shape: Shape, channels: int, number: Callable[[Value], int]) -> Dimensions:
    sizes = tuple(map(number, shape))
    return Dimensions((*sizes[:channels], *sizes[channels + 1 :]), sizes[channels])
