"""The steps that a layer takes along the axes of its input: its window with the numbers put in."""

from __future__ import annotations

from collections.abc import Mapping
from math import gcd
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import evaluate, is_number
from convcalc.layer.case import tree
from convcalc.layer.field import multiple
from convcalc.layer.window import ADAPTIVE, CENTRED, INTERPOLATED, NEAREST, RESAMPLING, Step

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layer.applied import Applied

INTERPOLATION = {  # by mode: the type of the step, and its taps on either side
    "nearest": (NEAREST, 1), "nearest_exact": (CENTRED, 1), "area": (ADAPTIVE, 1),
    "linear": (INTERPOLATED, 1), "bilinear": (INTERPOLATED, 1), "trilinear": (INTERPOLATED, 1),
    "bicubic": (INTERPOLATED, 2), "lanczos3": (INTERPOLATED, 3), "lanczos5": (INTERPOLATED, 5),
}  # fmt: skip


def steps(applied: Applied) -> tuple[Step, ...]:
    """The steps of a layer, one for each axis of its input."""
    window = applied.setting.kind.window
    if not window.type.along_axes:
        return ()
    space, out = applied.input[0][1:], applied.output[1:]
    if not applied.axes:
        return tuple(Step(window.type, size=size) for size in space)
    return tuple(
        axis_step(applied, axis, out[index] if index < len(out) else 1) for index, axis in enumerate(applied.axes)
    )


def axis_step(applied: Applied, axis: Mapping[str, Value], out: Value) -> Step:
    known, values, window = {**applied.letters, **axis}, applied.values, applied.setting.kind.window
    size, before = axis["n"], known.get("p_l", known.get("p", 0))
    if window.type is RESAMPLING:
        return resampling(values, axis, out)
    if window.type is ADAPTIVE:
        return Step(ADAPTIVE, size=size, out=out, ratio=shortest(out, size))
    reach, stride, step = (evaluate(tree(text), known) for text in (window.reach, window.stride, window.step))
    if values.get("mode") == "bed_of_nails":
        reach = 1
    return Step(window.type, reach, stride, before, step, size, out)


def resampling(values: Mapping[str, Any], axis: Mapping[str, Value], out: Value) -> Step:
    """The step that an interpolation comes to, by its mode."""
    type, taps = INTERPOLATION[values["mode"]]
    size, corners, scale = axis["n"], bool(values.get("corners")), axis.get("r")
    ratio = shortest(out, size)
    zoom = "n/o"
    if corners:
        ratio, zoom = shortest(*((out - 1, size - 1) if out != 1 else (1, 0))), "(n - 1)/(o - 1)"
    elif type is not ADAPTIVE and is_number(scale):
        # Given a scale, a unit's place follows only from that, not from the sizes that it was rounded to.
        given = shortest(scale.numerator, scale.denominator)
        ratio = ratio if values.get("recompute") else given
        zoom = "1/r" if ratio == given else zoom
    return Step(type, taps, size=size, out=out, ratio=ratio, corners=corners, zoom=zoom)


def shortest(outputs: Value, inputs: Value) -> tuple[Value, Value]:
    """Outputs and inputs of the shortest stretch after which a pattern repeats."""
    if isinstance(outputs, int) and isinstance(inputs, int):
        shared = gcd(outputs, inputs)
        return outputs // shared, inputs // shared
    for one, other in ((outputs, inputs), (inputs, outputs)):
        times = multiple(one, other) if other else None
        if isinstance(times, int):
            return (times, 1) if one is outputs else (1, times)
    return outputs, inputs
