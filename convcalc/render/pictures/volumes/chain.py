"""A gallery as rows of bodies from left to right, with what joins them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from convcalc.render.pictures.shapes import Label, line
from convcalc.render.pictures.volumes import arcs, connections
from convcalc.render.pictures.volumes.layout import LEADING, is_above, lay_out
from convcalc.render.pictures.volumes.plate import Plate, sign_at, titled_glyph
from convcalc.render.pictures.volumes.solids import solid
from convcalc.render.pictures.volumes.texts import makers, name_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from convcalc.algebra.expr import Value
    from convcalc.render.pictures.shapes import Shape
    from convcalc.render.pictures.volumes.glyphs import Gallery, SlabArc
    from convcalc.render.pictures.volumes.layout import Layout
    from convcalc.render.pictures.volumes.units import UnitGraph


def chain_plate(found: Gallery, wiring: UnitGraph, scale: str, number: Callable[[Value], int], top: float) -> Plate:
    """The rows from `top` on."""
    layout = lay_out(found, wiring, scale, top)
    joined, has_windows = links_drawn(found, wiring, layout, number)
    shapes = (*glyphs_drawn(found, wiring, layout), *arcs_drawn(found, wiring, layout), *joined)
    return Plate(shapes, layout.width, layout.height, has_windows)


def glyphs_drawn(found: Gallery, wiring: UnitGraph, layout: Layout) -> Iterator[Shape]:
    """Each glyph with its lines of text below it."""
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
        yield titled_glyph(shapes, glyph, wiring)


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
        if not connections.follows(before, after, wiring):
            y = one.body.middle
            shapes += connections.arrow(one.body.end + 4, y, other.body.x - 3, y, dashed=True)
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
        sign = sign_at(found, arc)
        if is_above(found, arc):
            yield from arcs.skip_arc(one, other, arc, level, layout, sign)
        elif one.row == other.row:
            yield from way_drawn(found, arc, layout)
    yield from arrivals_drawn(found, wiring, layout)


def way_drawn(found: Gallery, arc: SlabArc, layout: Layout) -> Iterator[Shape]:
    """An arc from track to track within a row."""
    one, other = layout.spots[arc.start.glyph], layout.spots[arc.end.glyph]
    lane, columns = layout.lanes[arc.end.glyph], layout.columns
    start, end = columns[arc.start.glyph], columns[arc.end.glyph]
    passes = any(its == lane and start < column < end for its, column in zip(layout.lanes, columns, strict=True))
    channels = (layout.channels[start], layout.channels[end - 1])
    yield from arcs.branch(one, other, lane == 0, not passes, channels, layout.bands[other.row, lane].arcs - 8)


def arrivals_drawn(found: Gallery, wiring: UnitGraph, layout: Layout) -> Iterator[Shape]:
    """The arcs from track to track that come from other rows, those of a glyph together."""
    origins: dict[int, list[str]] = {}
    for arc in found.arcs:
        if not is_above(found, arc) and layout.spots[arc.start.glyph].row != layout.spots[arc.end.glyph].row:
            start = found.glyphs[arc.start.glyph]
            origin = name_of(start, wiring) or next(iter(makers(start, wiring)), "above")
            origins.setdefault(arc.end.glyph, []).append(origin)
    for index, names in origins.items():
        spot = layout.spots[index]
        room = max(spot.body.width, *(text.width for text in layout.lines[index]))
        yield from arcs.arrival(spot, list(dict.fromkeys(names)), room)
