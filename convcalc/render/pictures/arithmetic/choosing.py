"""Which layers of a network are drawn, and what there is to say where one has no window that could be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.network.selection import find_layers
from convcalc.problem import Problem, problem
from convcalc.render.pictures.arithmetic.views import deciding_symbols, has_window, sees_several
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from convcalc.network.walk import LayerReport, NetworkReport

MOST_LAYERS = 24
SOME_SIZE = 12  # that a letter may have
FEW = 6  # layers with windows that a note or a cure names


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
