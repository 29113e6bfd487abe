"""The figure that LeNet, AlexNet and VGG are known by: each tensor a body whose sides follow its sizes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from convcalc.render.pictures.lettering import shorten
from convcalc.render.pictures.shapes import Collection, Label, Picture, line
from convcalc.render.pictures.volumes import arcs, connections
from convcalc.render.pictures.volumes.captions import caption
from convcalc.render.pictures.volumes.choice import choose
from convcalc.render.pictures.volumes.forms import nominal_numbers
from convcalc.render.pictures.volumes.layout import LEADING, MARGIN, is_above, lay_out
from convcalc.render.pictures.volumes.solids import solid
from convcalc.render.pictures.volumes.texts import subtitle, title_of
from convcalc.render.report.rows import layers_in_words
from convcalc.render.script import UNICODE, printable
from convcalc.spec.layout import written_order

if TYPE_CHECKING:
    from collections.abc import Callable

    from convcalc.algebra.expr import Value
    from convcalc.network.walk import NetworkReport
    from convcalc.render.pictures import PicturedNetwork, PictureOptions
    from convcalc.render.pictures.shapes import Shape
    from convcalc.render.pictures.volumes.choice import Rendition
    from convcalc.render.pictures.volumes.glyphs import Gallery
    from convcalc.render.pictures.volumes.layout import Layout
    from convcalc.render.pictures.volumes.units import UnitGraph

TOP, LEAST_WIDTH = 64.0, 520.0


def volumes(network: PicturedNetwork, options: PictureOptions) -> Picture:
    """A network as a row of bodies, or as a U where its graph is one."""
    graph, report = network.graph, network.report
    number = nominal_numbers(graph)
    drawing = choose(graph, report, options, number)
    wiring, found = drawing.wiring, drawing.gallery
    layout = lay_out(found, wiring, options.scale, TOP)
    joined, has_windows = links_drawn(found, wiring, layout, number)
    width = max(layout.width, LEAST_WIDTH)
    below, height = caption(found, options.scale, has_windows, MARGIN, layout.height + 6, width - 2 * MARGIN)
    shapes = [
        Label(
            MARGIN,
            30,
            shorten(printable(report.name or "network"), width - 2 * MARGIN, 17, True),
            17,
            "start",
            bold=True,
        ),
        Label(MARGIN, 48, shorten(subtitle(report), width - 2 * MARGIN, 12), 12, "start", "soft"),
        *arcs_drawn(found, wiring, layout),
        *glyphs_drawn(found, wiring, layout),
        *joined,
        *below,
    ]
    return Picture(
        printable(report.name or "network"), width, layout.height + height + MARGIN, tuple(shapes),
        about(found, wiring), notes(drawing, report),
    )  # fmt: skip


def about(found: Gallery, wiring: UnitGraph) -> str:
    """What is seen, in a sentence."""
    shapes = [
        UNICODE.shape(written_order(glyph.shape, wiring.graph.channels_last))
        for glyph in found.glyphs
        if glyph.shape is not None
    ]
    shown = " → ".join(shapes if len(shapes) <= 12 else [*shapes[:6], "…", *shapes[-5:]])
    return f"The tensors of the network as bodies, from the input to the output: {shown}."


def notes(drawing: Rendition, report: NetworkReport) -> tuple[str, ...]:
    """What is folded, for the person who asked for the picture."""
    blocks = sum(unit.is_block for unit in drawing.wiring.units)
    if not blocks:
        return ()
    layers = layers_in_words(len(report.layers))
    return (
        f"{layers} are drawn as {drawing.glyphs} volumes, blocks folded; --depth N or --layers A,B take others apart",
    )


def glyphs_drawn(found: Gallery, wiring: UnitGraph, layout: Layout) -> Iterator[Shape]:
    for index, (glyph, spot) in enumerate(zip(found.glyphs, layout.spots, strict=True)):
        shapes = list(solid(glyph, spot.body))
        y = spot.text_top
        if index in layout.lower:
            shapes.append(line(spot.middle, spot.body.bottom + 3, spot.middle, y, "faint", 0.7))
        for text in layout.lines[index]:
            y += LEADING
            shapes.append(Label(spot.middle, y - 3, text.text, text.size, "middle", text.colour, text.bold))
        for repeat in glyph.repeats:
            left, _ = spot.body.slab_span(repeat.start)
            _, right = spot.body.slab_span(repeat.start + repeat.length - 1)
            shapes += connections.bracket(left, right, spot.body.bottom + 3, f"×{repeat.times:,}")
        title = "\n".join(title_of(unit, wiring) for unit in glyph.units[:12])
        yield Collection(tuple(shapes), title, wiring.units[glyph.slabs[0].unit].name)


def links_drawn(
    found: Gallery, wiring: UnitGraph, layout: Layout, number: Callable[[Value], int]
) -> tuple[list[Shape], bool]:
    """What joins each glyph to the next of its track, and whether there is a window among it."""
    shapes: list[Shape] = []
    turn = 0
    for index in range(1, len(found.glyphs)):
        before, after = found.glyphs[index - 1], found.glyphs[index]
        one, other = layout.spots[index - 1], layout.spots[index]
        if before.track != after.track:
            continue
        if one.row != other.row:
            shapes += connections.arrow(one.body.end + 4, one.body.middle, one.body.end + 16, one.body.middle)
            shapes += connections.arrow(other.body.x - 16, other.body.middle, other.body.x - 3, other.body.middle)
            continue
        sights = connections.sights_between(before, after, wiring, number, turn)
        if sights:
            turn += 1
            shapes += connections.fan(connections.view(one.body, other.body, sights, after.form.is_column))
        elif after.form.is_column and before.shape is not None and after.shape is not None:
            shapes += connections.funnel(one.body, other.body)
        else:
            shapes += connections.arrow(one.body.end + 4, one.body.middle, other.body.x - 3, other.body.middle)
    return shapes, turn > 0


def arcs_drawn(found: Gallery, wiring: UnitGraph, layout: Layout) -> Iterator[Shape]:
    """The ways around a part, and those from track to track."""
    for arc, level in zip(found.arcs, layout.levels, strict=True):
        one, other = layout.spots[arc.start.glyph], layout.spots[arc.end.glyph]
        sign = found.glyphs[arc.end.glyph].slabs[arc.end.slab].join or (
            "|" if found.glyphs[arc.end.glyph].parts else ""
        )
        if is_above(found, arc):
            yield from arcs.skip_arc(one, other, arc, level, layout, sign)
        else:
            yield from arcs.branch_curve(one, other, layout.lanes[arc.end.glyph] == 0)
