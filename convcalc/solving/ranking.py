"""In which order combinations are shown: those first that are taught."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.layer.window import SPREADING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from convcalc.solving.answer import Solution


def rank(solution: Solution) -> tuple[Any, ...]:
    """Equal sides first, an odd kernel, no dilation, no cell left out, an exact multiple of the size, small numbers."""
    applied, values = solution.applied, solution.values
    axes, spread = applied.axes, applied.setting.kind.window.type is SPREADING
    numbers = [part for name, value in values.items() if name != "input" for part in flat(value)]
    return (
        any(isinstance(value, tuple) and len(set(value)) > 1 for value in values.values()),
        not (spread or is_tiling(solution)) and any(is_even(axis.get("k")) for axis in axes),
        any(axis.get("d", 1) != 1 for axis in axes),
        any(leaves_gaps(axis) for axis in axes),
        # A transposed convolution is taught as the way from n to s·n.
        spread and any(size != axis["n"] * axis["s"] for size, axis in zip(applied.output[1:], axes, strict=True)),
        sum(numbers),
        any(axis.get("op") for axis in axes),
        [part for value in values.values() for part in flat(value)],
    )


def is_tiling(solution: Solution) -> bool:
    """Whether a kind's windows lie side by side unless it is told otherwise, as those of a pooling do."""
    return any(key.default == "=kernel" for key in solution.applied.setting.kind.keys)


def is_even(kernel: Any) -> bool:
    return isinstance(kernel, int) and kernel % 2 == 0


def leaves_gaps(axis: Mapping[str, Any]) -> bool:
    """Whether a stride wider than the kernel passes over cells."""
    kernel, stride = axis.get("k"), axis.get("s")
    return isinstance(kernel, int) and isinstance(stride, int) and kernel < stride


def flat(value: Any) -> list[int]:
    return [number for part in value for number in flat(part)] if isinstance(value, tuple) else [int(value)]
