"""Windows in their places, as the guides to convolution arithmetic draw them: padded input, window, output."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.problem import Problem, problem
from convcalc.questions.explain import chosen_layers
from convcalc.render.pictures.arithmetic.layers import PicturedLayer, layer_picture
from convcalc.render.pictures.arithmetic.places import Manner
from convcalc.render.pictures.arithmetic.views import has_window
from convcalc.render.pictures.shapes import stack

if TYPE_CHECKING:
    from convcalc.network.walk import LayerReport, NetworkReport
    from convcalc.render.pictures import PicturedNetwork, PictureOptions
    from convcalc.render.pictures.shapes import Picture

MOST_LAYERS = 24
NAMED = 6  # layers with windows that a note or a cure names


def arithmetic(network: PicturedNetwork, options: PictureOptions) -> Picture:
    """The windows of the layers that are named, or of the first that has any."""
    report = network.report
    if options.step and (options.steps or options.strip):
        raise problem("U010", "--step is one place, --steps and --strip are all of them", "leave one of them out")
    found, notes = windowed_layers(report, options.layers)
    manner = Manner(options.steps and not options.strip, options.step, options.strip)
    pictures = [
        layer_picture(PicturedLayer(layer.name, layer.applied, report.convention, report.channels_last), manner)
        for layer in found
        if layer.applied
    ]
    whole = stack(pictures)
    return whole._replace(notes=(*notes, *dict.fromkeys(whole.notes)))


def windowed_layers(report: NetworkReport, names: tuple[str, ...]) -> tuple[list[LayerReport], tuple[str, ...]]:
    """The layers to be drawn, and what is to be said of the choice."""
    windowed = [layer for layer in report.layers if layer.applied and has_window(layer.applied)]
    if not windowed:
        raise (
            problem("U009", "no layer has a window that can be drawn in its places", "--as graph draws every network")
            if not report.errors
            else Problem(*report.errors)
        )
    known = ", ".join(layer.name for layer in windowed[:NAMED]) + (", …" if len(windowed) > NAMED else "")
    if not names:
        first = windowed[0]
        if len(windowed) == 1:
            return [first], ()
        return [first], (f"this is {first.name}, the first layer with a window; --layers names others: {known}",)
    chosen: dict[str, LayerReport] = {}
    for name in names:
        layers = [report.layers[place] for place in sorted(chosen_layers(report, [name]))]
        drawable = [layer for layer in layers if layer in windowed]
        if not drawable:
            raise without_window(name, layers, known)
        chosen.update({layer.name: layer for layer in drawable})
    found = list(chosen.values())
    if len(found) > MOST_LAYERS:
        return found[:MOST_LAYERS], (f"the first {MOST_LAYERS} of {len(found):,} layers are drawn",)
    return found, ()


def without_window(name: str, layers: list[LayerReport], known: str) -> Problem:
    """Why there is nothing to be drawn of a layer, and of which there is."""
    if all(layer.applied is None for layer in layers):
        return problem("U009", f"{name} could not be computed, so that it has no window to draw", f"--layers {known}")
    return problem(
        "U009", f"{name} has no window that slides over a map", f"--layers {known} have; --as graph draws every layer"
    )
