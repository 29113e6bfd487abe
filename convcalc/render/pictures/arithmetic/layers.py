"""Windows in their places, as the guides to convolution arithmetic draw them: views with legends, and sizes worked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.layers.window import SLIDING
from convcalc.problem import problem
from convcalc.render.pictures.arithmetic.captions import size_equations
from convcalc.render.pictures.arithmetic.pages import Page
from convcalc.render.pictures.arithmetic.places import Manner, add_view
from convcalc.render.pictures.arithmetic.views import (
    choose_layers,
    has_window,
    is_turned,
    sees_several,
    views,
    window_steps,
)
from convcalc.render.pictures.shapes import SOFT, Collection, Picture, stack
from convcalc.render.script import shape_text
from convcalc.render.spelling import spell_layer
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.layers.applied import Applied
    from convcalc.network.walk import LayerReport, NetworkReport
    from convcalc.render.pictures import PicturedNetwork, PictureOptions


class PicturedLayer(NamedTuple):
    """A layer as it is drawn: its name, what it was applied to, and how shapes are written."""

    name: str
    applied: Applied
    convention: str
    channels_last: bool = False

    @property
    def spelled(self) -> str:
        return spell_layer(self.applied.setting, self.convention)

    def shape(self, sizes: tuple[object, ...]) -> str:
        return shape_text(sizes, self.channels_last)


def layer_picture(layer: PicturedLayer, manner: Manner) -> Picture:
    """The windows of a layer in their places."""
    applied, page = layer.applied, Page(margin=2) if manner.is_bare else Page()
    given = " + ".join(map(layer.shape, applied.input))
    change = given if manner.is_blank else f"{given} → {layer.shape(applied.output)}"
    title = f"{layer.name}: {layer.spelled}" if layer.name else layer.spelled
    if not manner.is_bare:
        page.text(title, 15, bold=True)
        page.text(", ".join(filter(None, (change, drawn_part(applied)))), colour=SOFT)
        page.top += 8
    found = views(applied)
    for view in found[1:] if is_turned(applied) and manner.is_sequence else found:
        if view.heading and not manner.is_wordless:
            page.text(view.heading)
            page.top += 6
        add_view(page, layer.name, applied, view, manner)
    if not manner.is_bare:
        for equation in size_equations(applied, layer.channels_last):
            page.equation(*equation)
        if may_drop(applied):
            page.text("How many of the last cells no window reaches depends on the letters: 0 to s − 1.", colour=SOFT)
    about = "" if manner.is_wordless else f"The windows of {layer.spelled} in their places: {change}."
    group = Collection(tuple(page.shapes), f"{title}, {change}", layer.name)
    return Picture(title, page.width + 2 * page.margin, page.top + page.margin - 6, (group,), about)


def drawn_part(applied: Applied) -> str:
    """How much of a layer is drawn, where that is not all."""
    steps = window_steps(applied)
    is_single = applied.input[0][0] == applied.output[0] == 1
    parts = [*([f"one of {steps[0].size} slices"] * (len(steps) > 2)), *(["one channel"] * (not is_single))]
    return f"drawn: {' of '.join(parts)}" if parts else ""


def may_drop(applied: Applied) -> bool:
    """Whether it is left open which cells at the end no window reaches."""
    found = window_steps(applied)
    return any(step.type is SLIDING and step.stride != 1 and not isinstance(step.size, int) for step in found)


def window_figure(
    layer: LayerReport, report: NetworkReport, is_blank: bool, is_wordless: bool = False
) -> Picture | None:
    """What stands beside the work of a layer; None where there is no window, or one of a single cell.

    Where its output is to be found, there is only that of a layer on what is given, and without what it makes.
    """
    applied = layer.applied
    if applied is None or not has_window(applied) or not sees_several(applied):
        return None
    if is_blank and not (
        all(step.type is SLIDING for step in window_steps(applied)) and set(layer.inputs) <= report.inputs.keys()
    ):
        return None
    drawn = PicturedLayer(layer.name, applied, report.convention, report.channels_last)
    return layer_picture(drawn, Manner(is_blank=is_blank, is_bare=True, is_wordless=is_wordless))


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
