"""Which cells of the layers before it one cell depends on along an axis, each by itself, back to the input."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from convcalc.layers.window import APPENDING, POINTWISE
from convcalc.network.axes import changes_nothing, keeps_map, steps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from convcalc.layers.applied import Applied
    from convcalc.network.graph import Graph

    Cells: TypeAlias = frozenset[int]  # those in the padding, below 0 or behind the last, among them
    Taps: TypeAlias = Callable[[int], Iterable[int]]  # by a cell of the output, those of the input that it sees

MAX_CELLS = 4_000


class Connections:
    """The cells of a network along one axis, and which of them see which."""

    def __init__(self, graph: Graph, axis: int):
        self.graph = graph
        self.axis = axis
        self.taps: dict[int, Taps | None] = {}  # by node

    def leading_to(self, target: int, cell: int, stop: int = -1) -> dict[int, Cells] | None:
        """By node, the cells that lead to one of the target's, down to a node; None where axes are not told apart."""
        found: dict[int, Cells] = {target: frozenset((cell,))}
        for node in range(target, max(stop, len(self.graph.inputs) - 1), -1):
            if node not in found:
                continue
            taps = self.taps_of(node)
            if taps is None or sum(map(len, found.values())) > MAX_CELLS:
                return None
            before = frozenset(other for cell in found[node] for other in taps(cell))
            for source in self.graph.nodes[node].inputs:
                found[source] = found.get(source, frozenset()) | before
        return found

    def taps_of(self, node: int) -> Taps | None:
        if node not in self.taps:
            applied = self.graph.nodes[node].applied
            self.taps[node] = None if applied is None else taps_along(applied, self.axis)
        return self.taps[node]


def in_place(cell: int) -> Iterable[int]:
    return (cell,)


def taps_along(applied: Applied, axis: int) -> Taps | None:
    """Which cells of its inputs a layer's output sees along one axis; None where that is not told by the axis alone."""
    type, output = applied.setting.kind.window.type, applied.output
    if any(len(shape) != len(output) for shape in applied.input) or applied.setting.kind.takes == "features":
        return None
    if type in (POINTWISE, APPENDING) and all(shape[1:] == output[1:] for shape in applied.input):
        return in_place
    if len(applied.input) > 1 or not keeps_map(applied):
        return in_place if changes_nothing(applied) else None
    step = steps(applied)[axis]
    return step.type.pattern(step).taps if step.type.pattern is not None and step.numbers else None
