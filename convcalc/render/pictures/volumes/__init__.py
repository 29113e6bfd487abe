"""The figure that LeNet, AlexNet and VGG are known by: each tensor a body whose sides follow its sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.render.pictures.heading import heading, name_in_words
from convcalc.render.pictures.nominal import nominal_numbers
from convcalc.render.pictures.shapes import Picture
from convcalc.render.pictures.volumes.captions import caption
from convcalc.render.pictures.volumes.chain import chain_plate
from convcalc.render.pictures.volumes.choice import choose
from convcalc.render.pictures.volumes.glyphs import MAX_TRACKS
from convcalc.render.pictures.volumes.layout import MARGIN
from convcalc.render.pictures.volumes.texts import subtitle
from convcalc.render.report.rows import layers_in_words
from convcalc.render.script import printable, shape_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from convcalc.algebra.expr import Value
    from convcalc.network.walk import NetworkReport
    from convcalc.render.pictures import PicturedNetwork, PictureOptions
    from convcalc.render.pictures.volumes.choice import Rendition
    from convcalc.render.pictures.volumes.plate import Plate

TOP, LEAST_WIDTH = 64.0, 520.0
MAX_SHAPES = 12  # that the description lists


def volumes(network: PicturedNetwork, options: PictureOptions) -> Picture:
    """A network as rows of bodies, or as a U where its graph is one."""
    graph, report = network.graph, network.report
    numbers = nominal_numbers(network)
    drawing = choose(graph, report, options, numbers.number)
    plate = drawn_plate(drawing, options.scale, numbers.number)
    width = max(plate.width, LEAST_WIDTH)
    room = width - 2 * MARGIN
    below, height = caption(drawing.gallery, options.scale, plate, numbers.words, MARGIN, plate.height + 6, room)
    above, _ = heading(name_in_words(report, room), (subtitle(report, room),), MARGIN)
    shapes = (*above, *plate.shapes, *below)
    title = printable(report.name or "network")
    return Picture(title, width, plate.height + height + MARGIN, shapes, about(drawing), notes(drawing, report))


def drawn_plate(drawing: Rendition, scale: str, number: Callable[[Value], int]) -> Plate:
    """A U where the network is one and the page holds it, else rows."""
    if drawing.levels:
        from convcalc.render.pictures.volumes.u_plate import u_plate

        plate = u_plate(drawing.gallery, drawing.wiring, drawing.levels, scale, number, TOP)
        if plate is not None:
            return plate
    return chain_plate(drawing.gallery, drawing.wiring, scale, number, TOP)


def about(drawing: Rendition) -> str:
    """What is seen, in a sentence."""
    shapes = [
        shape_text(glyph.shape, drawing.wiring.graph.channels_last)
        for glyph in drawing.gallery.glyphs
        if glyph.shape is not None
    ]
    if len(shapes) > MAX_SHAPES:
        shapes = [*shapes[: MAX_SHAPES // 2], "…", *shapes[-MAX_SHAPES // 2 :]]
    form = "as a U" if drawing.levels else "from the input to the output"
    return f"The tensors of the network as bodies, {form}: {' → '.join(shapes)}."


def notes(drawing: Rendition, report: NetworkReport) -> tuple[str, ...]:
    """What is folded or left out, for the person who asked for the picture."""
    found = []
    if any(unit.is_block for unit in drawing.wiring.units):
        layers = layers_in_words(len(report.layers))
        more = "--depth N or --layers A,B take others apart"
        found.append(
            f"{layers} are drawn as {drawing.glyphs} volume{'s' * (drawing.glyphs != 1)}, blocks folded; {more}"
        )
    left = len(drawing.tracks.paths) - MAX_TRACKS
    if left > 0:
        found.append(f"{left:,} further ways beside the main one are not drawn; --layers A,B chooses others")
    return tuple(found)
