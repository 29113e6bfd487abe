"""Which layers are drawn, and how: windows over the input, or, of a transposed convolution, over its output too."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import evaluate
from convcalc.algebra.substitution import symbols
from convcalc.layers.case import tree
from convcalc.layers.window import ADAPTIVE, ENTIRE, SLIDING, SPREADING, UNFOLDING, Step
from convcalc.network.axes import steps
from convcalc.network.selection import find_layers
from convcalc.problem import Problem, problem
from convcalc.render.pictures.arithmetic.axes import DIRECT, ONE_CELL, WindowAxis, is_drawable, window_axis
from convcalc.render.script import UNICODE
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.layers.applied import Applied
    from convcalc.network.walk import LayerReport, NetworkReport

SPREAD = "Each input spreads its window, the stride apart; what overlaps is summed"
MOVED = "Each input goes to one cell of its window; the others are 0"
MOST_LAYERS = 24
SOME_SIZE = 12  # that a letter may have
FEW = 6  # layers with windows that a note or a cure names


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


# Which layers are drawn


class LayerChoice(NamedTuple):
    layers: list[LayerReport]
    notes: tuple[str, ...] = ()


def choose_layers(report: NetworkReport, names: tuple[str, ...]) -> LayerChoice:
    """Those that are named, or the first one with a window of several cells; a Problem for one without a window."""
    windowed = [layer for layer in report.layers if layer.applied and has_window(layer.applied)]
    known = ", ".join(layer.name for layer in windowed[:FEW]) + (", …" if len(windowed) > FEW else "")
    if not names:
        if not windowed:
            raise no_window(report)
        first = next((layer for layer in windowed if layer.applied and sees_several(layer.applied)), windowed[0])
        words = f"{first.name} is drawn, the first layer with a window; --layers names others: {known}"
        return LayerChoice([first], (words,) if len(windowed) > 1 else ())
    chosen: dict[str, LayerReport] = {}
    for name in names:
        layers = [report.layers[place] for place in sorted(find_layers(report, name))]
        drawable = [layer for layer in layers if layer in windowed]
        if not drawable:
            raise without_window(name, layers, known)
        chosen.update({layer.name: layer for layer in drawable})
    found = list(chosen.values())
    if len(found) > MOST_LAYERS:
        return LayerChoice(found[:MOST_LAYERS], (f"the first {MOST_LAYERS} of {len(found):,} layers are drawn",))
    return LayerChoice(found)


def no_window(report: NetworkReport) -> Problem:
    if report.errors:
        return problem("U009", "no layer that could be computed has a window", report.errors[0].message)
    for layer in report.layers:
        if layer.applied and deciding_symbols(layer.applied):
            return without_window(layer.name, [layer], "")
    return problem("U009", "no layer has a window that slides over a map", "--as graph draws every network")


def without_window(name: str, layers: list[LayerReport], known: str) -> Problem:
    """Why there is nothing to be drawn of a layer, and of which there is."""
    others = f"--layers {known.replace(', ', ',')}" if known else "--as graph draws every network"
    if all(layer.applied is None for layer in layers):
        return problem("U009", f"{name} could not be computed: it has no window to draw", others)
    letters = dict.fromkeys(each for layer in layers if layer.applied for each in deciding_symbols(layer.applied))
    if letters:
        return problem("U009", f"what the windows of {name} see depends on {' and '.join(letters)}", sizes_for(letters))
    return problem("U009", f"{name} has no window that slides over a map", f"{others}; --as graph draws every layer")


def sizes_for(letters: Iterable[str]) -> str:
    """How letters are given numbers."""
    return " ".join(f"--set {letter}={SOME_SIZE}" for letter in letters)
