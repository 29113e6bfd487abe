"""The steps that a layer takes along the axes of its input: its window with the numbers put in."""

from __future__ import annotations

from collections.abc import Mapping
from math import gcd
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import evaluate, is_number
from convcalc.layer.case import tree
from convcalc.layer.field import multiple
from convcalc.layer.window import ADAPTIVE, CENTRED, INTERPOLATED, NEAREST, Step

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layer.applied import Applied
    from convcalc.layer.window import WindowType


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
    known, window = {**applied.letters, **axis}, applied.window
    size, before = axis["n"], known.get("p_l", known.get("p", 0))
    reach, stride, step = (evaluate(tree(text), known) for text in (window.reach, window.stride, window.step))
    if window.type in (NEAREST, CENTRED, INTERPOLATED):
        return resampling(window.type, reach, applied.values, axis, out)
    if window.type is ADAPTIVE:
        return Step(ADAPTIVE, size=size, out=out, ratio=shortest(out, size))
    return Step(window.type, reach, stride, before, step, size, out)


def resampling(type: WindowType, taps: Value, values: Mapping[str, Any], axis: Mapping[str, Value], out: Value) -> Step:
    """The step of an interpolation, with so many taps on either side."""
    size, corners, scale = axis["n"], bool(values.get("corners")), axis.get("r")
    ratio = shortest(out, size)
    zoom = "n/o"
    if corners:
        ratio, zoom = shortest(*((out - 1, size - 1) if out != 1 else (1, 0))), "(n - 1)/(o - 1)"
    elif is_number(scale):
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
