"""The smallest legal input of a network: searched by building it, which is exact whatever the layers are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.layers.case import AXES
from convcalc.network.build import Builder
from convcalc.spec.shapes import spell_shape

if TYPE_CHECKING:
    from convcalc.network import Graph
    from convcalc.problem import Diagnostic
    from convcalc.spec import Spec
    from convcalc.spec.choices import Choices

MAX_LAYERS = 1_500  # of a network that is searched
MAX_SIDE = 1 << 13
FAR = 1 << 10  # an error that is still the same at twice this side does not depend on the size


def first_error(spec: Spec, choices: Choices, name: str, shape: tuple[int, ...]) -> tuple[str, str] | None:
    """The layer and the message of the first error with an input of this shape, None where it is legal."""
    inputs = {**choices.inputs, name: spell_shape(shape)}
    inputs.pop("", None)
    sets = choices.sets
    if choices.symbolic:  # the letters of sides that are numbers now
        declared = (*spec.symbols, *(name for name, _, _ in spec.let))
        sets = {name: value for name, value in sets.items() if name in declared}
    changed = choices._replace(inputs=inputs, sets=sets, symbolic=False, layout="")
    found = Builder(spec, changed, cured=False).build().diagnostics
    return (found[0].layer, found[0].message) if found else None


def smallest_side(graph: Graph, choices: Choices, axis: int | None = None) -> int | None:
    """The smallest side of the first input (only one axis, or all of a square one) that every layer accepts.

    None where the search finds none up to MAX_SIDE, or where the sides are symbolic or differ.
    """
    if not graph.inputs or len(graph.nodes) > MAX_LAYERS:
        return None
    name, shape = next(iter(graph.inputs.items()))
    sides = shape[1:]
    if not sides or not all(isinstance(size, int) for size in shape):
        return None
    if axis is None and len(set(sides)) > 1:
        return None

    def error(side: int) -> tuple[str, str] | None:
        changed = tuple(side if axis in (None, index) else size for index, size in enumerate(sides))
        return first_error(graph.spec, choices, name, (shape[0], *changed))  # type: ignore[arg-type]

    high, before = 1, None
    while found := error(high):
        if high == MAX_SIDE or (high > FAR and found == before):
            return None
        before = found
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        if error(middle):
            low = middle
        else:
            high = middle
    return high


def with_smallest_input(graph: Graph, choices: Choices, found: list[Diagnostic]) -> list[Diagnostic]:
    """The diagnostics of a graph, the first of a size with the smallest input that would do."""
    errors = [finding for finding in found if finding.severity == "error"]
    sizes = {"C001", "C004"}
    if not errors or any(finding.code not in sizes for finding in errors):
        return found
    shape = next(iter(graph.inputs.values()), ())
    square = len(set(shape[1:])) == 1
    axes = AXES.get(len(shape) - 1, ())
    axis = None if square else axes.index(errors[0].axis) if errors[0].axis in axes else None
    side = smallest_side(graph, choices, axis)
    if side is None:
        return found
    now = shape[1 + (axis or 0)]
    cure = f"a network input ≥ {side} (it is {now})" if now < side else f"a network input of {side}"  # type: ignore[operator]
    first = errors[0]
    better = first._replace(hint=f"{first.hint}, or {cure}" if first.hint else cure)
    return [better if finding is first else finding for finding in found]
