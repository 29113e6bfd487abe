"""How a layer is looked at: windows over its input, or, of a transposed convolution, over its output as well."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import evaluate
from convcalc.algebra.substitution import symbols
from convcalc.layers.case import tree
from convcalc.layers.window import ADAPTIVE, ENTIRE, SLIDING, SPREADING, UNFOLDING, Step
from convcalc.network.axes import steps
from convcalc.render.pictures.arithmetic.axes import DIRECT, ONE_CELL, WindowAxis, is_drawable, window_axis
from convcalc.render.script import UNICODE
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.layers.applied import Applied


SPREAD = "Each input spreads its window, the stride apart; what overlaps is summed"
MOVED = "Each input goes to one cell of its window; the others are 0"


class WindowView(NamedTuple):
    """Windows over the cells of one grid, a unit of another for each of them."""

    rows: WindowAxis
    columns: WindowAxis
    spreads: bool = False  # the windows lie over the output, a unit is an input
    heading: str = ""
    is_line: bool = False  # one axis only: the rows are one


def window_steps(applied: Applied) -> tuple[Step, ...]:
    """The steps of a layer along its axes, those of a layer that lays its windows out among them."""
    kind = applied.setting.kind
    if not applied.axes or applied.layers != 1:
        return ()
    if kind.window.type is UNFOLDING:
        known = [{**applied.letters, **axis} for axis in applied.axes]
        return tuple([unfolding_step(applied.sizes[index], axis) for index, axis in enumerate(known)])
    if kind.window.type is ENTIRE and kind.sizes.get("") != "1":
        return ()
    return steps(applied)


def unfolding_step(size: str, axis: dict[str, Any]) -> Step:
    reach, out = evaluate(tree("d*(k - 1) + 1"), axis), evaluate(tree(size), axis)
    return Step(SLIDING, reach, axis["s"], axis["p_l"], axis["d"], axis["n"], out)


def paddings_after(applied: Applied) -> list[Any]:
    return [axis.get("p_r", axis.get("p", 0)) for axis in applied.axes]


def has_window(applied: Applied) -> bool:
    """Whether the layer has windows that can be drawn, each in its place."""
    found = window_steps(applied)
    return bool(found) and all(map(is_drawable, found, paddings_after(applied)))


def sees_several(applied: Applied) -> bool:
    """Whether a window has more than one cell, or leaves cells out."""
    return any(step.reach != 1 or step.stride != 1 or step.type in (ADAPTIVE, ENTIRE) for step in window_steps(applied))


def deciding_symbols(applied: Applied) -> list[str]:
    """The letters without which it cannot be told what the windows see, where these are all that is missing."""
    found, after = window_steps(applied), paddings_after(applied)
    if not found or has_window(applied) or not all(step.type in DIRECT for step in found):
        return []
    numbers = [number for step in found for number in (step.reach, step.stride, step.before, step.step, *step.ratio)]
    return sorted({letter for number in (*numbers, *after) for letter in symbols(number)})


def is_turned(applied: Applied) -> bool:
    """Whether the layer is the transpose of a convolution, and so itself one of a stretched input."""
    return applied.window.type is SPREADING and bool(applied.setting.kind.tensor)


def views(applied: Applied) -> tuple[WindowView, ...]:
    """One; two of a transposed convolution, the second of which is a direct one."""
    if applied.window.type is not SPREADING:
        return (view(applied, False),)
    spread = view(applied, True)
    return (spread, direct_view(applied)) if is_turned(applied) else (spread,)


def view(applied: Applied, spreads: bool, heading: str = "") -> WindowView:
    found = list(map(window_axis, window_steps(applied), paddings_after(applied), [spreads] * 3))
    rows, columns = (ONE_CELL, *found)[-2:]
    if spreads:
        heading = MOVED if applied.setting.kind.unpools else SPREAD
    return WindowView(rows, columns, spreads, heading, len(found) == 1)


def direct_view(applied: Applied) -> WindowView:
    """What the guides draw of a transposed convolution."""
    found = window_steps(applied)
    zeros = [step.stride - 1 for step in found]
    around = []
    for axis in map(window_axis, found, paddings_after(applied)):
        around.append((-axis.pattern.first, axis.cells.stop - axis.size - axis.extra))
    between = zeros_between(zeros)
    is_alike = len({(step.reach, step.before) for step in found}) == 1 and len(set(around)) == 1
    worked = [f"{found[0].reach} − 1 − {found[0].before}"] if is_alike and around[0][0] == around[0][1] else []
    formula = "k − 1 − p" if all(step.step == 1 for step in found) else "d·(k − 1) − p"
    padding = UNICODE.sides(tuple(around[:1] if len(set(around)) == 1 else around))
    equal = " = ".join([formula, *worked, padding])
    heading = f"The same as a convolution with stride 1: {between}padding {equal}, the kernel turned"
    return view(applied, False, heading)


def zeros_between(numbers: list[Any]) -> str:
    """How many zeros are inserted, along each axis where that differs."""
    if not any(numbers):
        return ""
    if len(set(numbers)) > 1:
        return f"{' × '.join(map(str, numbers))} zeros between inputs along the axes, "
    return f"{numbers[0]} zero{'s' * (numbers[0] != 1)} between inputs, "
