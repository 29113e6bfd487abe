"""What is in doubt behind a layer that does not fit: no error is told that another one alone brings about.

An axis is in doubt where its size would be another with other sizes in doubt before it, and an error follows from
those where it would then read otherwise, or not arise.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from convcalc.problem import Problem
from convcalc.readers.tensors import Tensor, all_axes

if TYPE_CHECKING:
    from convcalc.layers import Shape
    from convcalc.layers.applied import Applied
    from convcalc.readers.trace import Trace
    from convcalc.spec import WrittenLayer

Axes = frozenset[int]
FACTOR = 3  # by which a size in doubt is another: no stride hides it


def differing(first: Shape, second: Shape) -> Axes:
    """The axes on which two shapes differ; all where they have more or fewer axes."""
    if len(first) != len(second):
        return all_axes(first)
    return frozenset(axis for axis, pair in enumerate(zip(first, second, strict=True)) if pair[0] != pair[1])


def with_others(tensor: Tensor) -> Tensor:
    """The tensor with other sizes where they are in doubt."""
    sizes = [size * FACTOR if axis in tensor.doubtful else size for axis, size in enumerate(tensor.sizes)]
    found = Tensor("", sizes, tensor.on_map, tensor.channels)
    found.constant = tensor.constant
    return found


def axes_in_doubt(trace: Trace, written: WrittenLayer, inputs: Sequence[Tensor], applied: Applied) -> Axes:
    """The axes of a layer's output, as it is written, whose sizes depend on what is in doubt."""
    if not any(tensor.doubtful for tensor in inputs):
        return frozenset()
    output = trace.written_shape(applied.output)
    other = trace.applied(without_checks(written), list(map(with_others, inputs)))
    if isinstance(other, Problem):
        alike = all(len(tensor.sizes) == len(output) for tensor in inputs)
        return frozenset().union(*(tensor.doubtful for tensor in inputs)) if alike else all_axes(output)
    return differing(output, trace.written_shape(other.output))


def follows(trace: Trace, written: WrittenLayer, inputs: Sequence[Tensor], error: Problem) -> bool:
    """Whether it is only for what is in doubt that a layer does not fit."""
    if not any(tensor.doubtful for tensor in inputs):
        return False
    other = trace.applied(written, list(map(with_others, inputs)))
    return not isinstance(other, Problem) or messages(other) != messages(error)


def messages(error: Problem) -> list[str]:
    return [finding.message for finding in error.diagnostics]


def likely_output(trace: Trace, written: WrittenLayer, inputs: Sequence[Tensor]) -> tuple[Applied | Problem, Axes]:
    """What a layer that does not fit would give with another of its numbers, and the axes that depend on which."""
    unchecked = without_checks(written)
    found = trace.applied(unchecked, inputs)
    if not isinstance(found, Problem):
        return found, axes_in_doubt(trace, unchecked, inputs, found)
    for name, _ in unchecked.args:
        one, two = (trace.applied(with_value(unchecked, name, text), inputs) for text in ("1", "2"))
        if isinstance(one, Problem):
            continue
        output = trace.written_shape(one.output)
        if isinstance(two, Problem) or any(tensor.doubtful for tensor in inputs):
            return one, all_axes(output)
        return one, differing(output, trace.written_shape(two.output))
    return found, frozenset()


def without_checks(written: WrittenLayer) -> WrittenLayer:
    """The layer without the sizes that only check its input."""
    checks = {key.name for key in written.kind.keys if key.type == "check"}
    return written._replace(args=tuple(pair for pair in written.args if pair[0] not in checks))


def with_value(written: WrittenLayer, name: str, text: str) -> WrittenLayer:
    return written._replace(args=tuple((key, text if key == name else raw) for key, raw in written.args))
