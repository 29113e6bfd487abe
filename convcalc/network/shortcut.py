"""The strides of a shortcut's 1×1 convolution, by the sizes that it has to join."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layer.record import Shape


def shortcut_strides(before: Shape, after: Shape) -> tuple[int, ...] | None:
    """For every axis the smallest stride with ⌊(n − 1)/s⌋ + 1 = o, or one with which that may be."""
    if len(before) != len(after):
        return None
    strides = []
    for n, o in zip(before[1:], after[1:], strict=True):
        stride = next((s for s in range(1, 65) if (n - 1) // s + 1 == o), None)
        if stride is None and not (isinstance(n, int) and isinstance(o, int)):
            stride = likely_stride(n, o)
        if stride is None:
            return None
        strides.append(stride)
    return tuple(strides)


def likely_stride(n: Value, o: Value) -> int | None:
    """The smallest stride with which a symbolic size goes over into another for endlessly many inputs."""
    from convcalc.algebra.condition import Condition, sizes

    for stride in range(1, 65):
        found = sizes(Condition((n - 1) // stride + 1, "==", o))
        if found is not None and found.remainders:
            return stride
    return None
