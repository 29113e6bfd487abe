"""The inputs of a trace: as a file declares them, or as a run has them instead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from convcalc.problem import Mark, Problem, problem
from convcalc.readers.trace import BATCH, Tensor, Trace
from convcalc.spec import Place, Spec
from convcalc.spec.inputs import read_inputs
from convcalc.spec.layout import written_order

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers.values import Raw
    from convcalc.spec.choices import Choices


def with_mark(error: Problem, mark: Mark | None, layer: str = "") -> Problem:
    """The problem at a place, where it has none."""
    return Problem(*(each._replace(mark=each.mark or mark, layer=each.layer or layer) for each in error.diagnostics))


def tensors_of_inputs(trace: Trace, declared: Sequence[tuple[str, Raw, Place]], choices: Choices) -> list[Tensor]:
    """The inputs of a run, of which the names and the shapes without a batch are declared."""
    taken: set[str] = set()
    for name, _, place in declared:
        if name in taken:
            message = f"two inputs are called {name[:40]}"
            raise problem("N004", message, "a name of its own each", place.mark(trace.source))
        taken.add(name)
    last = trace.channels_last
    layout = "channels_last" if last else "channels_first"
    asked = Spec(trace.source, inputs=tuple(declared), convention=trace.convention, layout=layout, channels_last=last)
    shapes = shapes_of_run(asked, choices, trace.names)
    return [trace.input(name, (BATCH, *shape), place) for (name, _, place), shape in zip(declared, shapes, strict=True)]


def shapes_of_run(asked: Spec, choices: Choices, names: dict[str, Value]) -> list[tuple[Any, ...]]:
    """The shapes of a spec's inputs, or those that a run has instead, in the order of its layout."""
    found = read_inputs(asked, choices, names)
    for error, where in found.problems:
        raise with_mark(error, where.mark(asked.source) if where else None)
    return [tuple(written_order(shape, asked.channels_last)) for shape in found.shapes.values()]
