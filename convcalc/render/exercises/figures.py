"""The windows of layers that a sheet asks about: without what they make, and in solutions with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.render.exercises.blocks import CodeSpan, LayerFigure, StrongSpan
from convcalc.render.exercises.languages import ENGLISH
from convcalc.render.spelling import spell_layer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from convcalc.marking.key import KeyItem
    from convcalc.render.exercises.sheet import SheetOptions


def figures(items: Iterable[tuple[int, KeyItem]], options: SheetOptions) -> Iterator[LayerFigure]:
    """Of questions on the size of one layer's output, each layer once."""
    found: set[int] = set()
    for number, asked in items if options.drawn else ():
        network = asked.network
        if network is None or asked.index < 0 or asked.question.quantity != "output":
            continue
        layer = network.layers[asked.index]
        if id(layer) in found or layer.applied is None:
            continue
        from convcalc.render.pictures.arithmetic.layers import window_figure

        found.add(id(layer))
        picture = window_figure(layer, network.report, not options.solved, options.language is not ENGLISH)
        if picture is not None:
            spelled = spell_layer(layer.applied.setting, network.report.convention, strides=True)
            yield LayerFigure((StrongSpan(f"{number}."), " ", CodeSpan(spelled)), picture)
