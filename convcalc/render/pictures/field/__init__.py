"""The receptive fields of layers on the input: which part of it one cell of their output can depend on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.problem import problem
from convcalc.render.pictures.field.choosing import asked_places, fields_on_input, sees
from convcalc.render.pictures.field.sheet import sheet
from convcalc.render.pictures.nominal import nominal_numbers
from convcalc.render.pictures.shapes import stack

if TYPE_CHECKING:
    from convcalc.render.pictures import PicturedNetwork, PictureOptions
    from convcalc.render.pictures.field.choosing import FieldsOnInput
    from convcalc.render.pictures.shapes import Picture


def receptive_fields(network: PicturedNetwork, options: PictureOptions) -> Picture:
    """The fields of layers as frames on each input that they see, and how they grow on the way."""
    return stack([sheet(found, options.image) for found in sheets(network, options)])


def sheets(network: PicturedNetwork, options: PictureOptions) -> list[FieldsOnInput]:
    """The fields on each input that the chosen layers see; a Problem where they see none."""
    report = network.report
    asked = asked_places(network, options.layers)
    wanted = [report.layers[place] for place, _ in asked] or report.layers
    for place, _ in asked:
        layer = report.layers[place]
        if layer.applied is None:
            why = network.graph.why_unknown(network.graph.nodes[place + len(network.graph.inputs)])
            raise problem(
                "U010", f"{layer.name} has no field: {why or 'it could not be computed'}", "name a layer before it"
            )
    sources = [name for name in report.inputs if any(sees(layer.fields, name) for layer in wanted)]
    if not sources:
        several = "these layers see nothing" if asked else "no layer sees anything"
        why = f"{wanted[0].name} sees nothing" if len(wanted) == 1 else several
        hint = "name other layers" if asked else "give the input sides, such as 3x32x32"
        raise problem("U010", f"there is no receptive field to draw: {why} of an input with sides", hint)
    numbers = nominal_numbers(network)
    return [fields_on_input(network, name, numbers, asked) for name in sources]
