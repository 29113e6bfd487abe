"""Windows in their places, as the guides to convolution arithmetic draw them: padded input, window, output."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.problem import problem
from convcalc.render.pictures.arithmetic.choosing import choose_layers
from convcalc.render.pictures.arithmetic.layers import PicturedLayer, layer_picture
from convcalc.render.pictures.arithmetic.places import Manner
from convcalc.render.pictures.shapes import stack

if TYPE_CHECKING:
    from convcalc.render.pictures import PicturedNetwork, PictureOptions
    from convcalc.render.pictures.shapes import Picture


def arithmetic(network: PicturedNetwork, options: PictureOptions) -> Picture:
    """The windows of the layers that are named, or of the first that has any."""
    report = network.report
    if options.step and (options.steps or options.strip):
        raise problem("U010", "--step draws one step, --steps and --strip draw all of them", "leave one of them out")
    choice = choose_layers(report, options.layers)
    manner = Manner(options.steps and not options.strip, options.step, options.strip)
    drawn = [
        layer_picture(PicturedLayer(layer.name, layer.applied, report.convention, report.channels_last), manner)
        for layer in choice.layers
        if layer.applied
    ]
    return stack(drawn)._replace(notes=choice.notes)
