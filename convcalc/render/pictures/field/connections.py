"""Which cells of the layers before it one cell depends on along an axis, each by itself, back to the input."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from convcalc.layer.window import APPENDING, POINTWISE
from convcalc.network.axes import changes_nothing, keeps_map, steps

if TYPE_CHECKING:
    from convcalc.layer.applied import Applied
    from convcalc.network.graph import Graph

    Cells: TypeAlias = frozenset[int]  # those in the padding, below 0 or behind the last, among them

MAX_CELLS = 4_000


def connected_cells(graph: Graph, target: int, axis: int, cell: int, stop: int = -1) -> dict[int, Cells] | None:
    """By node, the cells that lead to one of the target's, down to a node; None where axes are not told apart."""
    found: dict[int, Cells] = {target: frozenset((cell,))}
    for node in range(target, max(stop, len(graph.inputs) - 1), -1):
        if node not in found:
            continue
        applied, inputs = graph.nodes[node].applied, graph.nodes[node].inputs
        before = None if applied is None else cells_before(applied, axis, found[node])
        if before is None or sum(map(len, found.values())) > MAX_CELLS:
            return None
        for source in inputs:
            found[source] = found.get(source, frozenset()) | before
    return found


def cells_before(applied: Applied, axis: int, cells: Cells) -> Cells | None:
    """The cells of a layer's inputs that these of its output see."""
    type, output = applied.setting.kind.window.type, applied.output
    if any(len(shape) != len(output) for shape in applied.input) or applied.setting.kind.takes == "features":
        return None
    if type in (POINTWISE, APPENDING) and all(shape[1:] == output[1:] for shape in applied.input):
        return cells
    if len(applied.input) > 1 or not keeps_map(applied):
        return cells if changes_nothing(applied) else None
    step = steps(applied)[axis]
    if step.type.pattern is None or not step.numbers:
        return None
    taps = step.type.pattern(step).taps
    return frozenset(before for cell in cells for before in taps(cell))
