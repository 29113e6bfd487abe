"""A network as a U: maps on the way down and up, skips straight across, as in the figure that U-Nets are known by."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from convcalc.render.pictures.shapes import INK, SOFT, Label, Shape
from convcalc.render.pictures.volumes import connections
from convcalc.render.pictures.volumes.chain import arrow_through, top_of
from convcalc.render.pictures.volumes.connections import SIGN_RADIUS, arrow, sign
from convcalc.render.pictures.volumes.solids import solid
from convcalc.render.pictures.volumes.texts import Plate, sign_at, titled_glyph
from convcalc.render.pictures.volumes.u_places import (
    ARC_ROOM,
    ASIDE,
    LINE,
    SIZE,
    lay_out_u,
    lines_of_u,
    neighbours,
    plain_maker,
    skip_words,
)

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.render.pictures.volumes.glyphs import Gallery, SlabArc
    from convcalc.render.pictures.volumes.u_places import Level, ULayout
    from convcalc.render.pictures.volumes.units import UnitGraph


def u_plate(
    found: Gallery, wiring: UnitGraph, levels: tuple[Level, ...], scale: str, number: Callable[[Value], int], top: float
) -> Plate | None:
    """The U from `top` on; None where it is too wide for a page."""
    layout = lay_out_u(found, wiring, levels, scale, top)
    if layout is None:
        return None
    fans = list(fans_drawn(found, wiring, levels, layout, number))
    shapes = (
        *glyphs_of_u(found, wiring, layout),
        *arcs_within(found, levels, layout),
        *fans,
        *skips_drawn(found, wiring, levels, layout),
        *steps_drawn(found, wiring, levels, layout),
    )
    return Plate(shapes, layout.width, layout.height, bool(fans), remark(found, wiring, levels))


def remark(found: Gallery, wiring: UnitGraph, levels: tuple[Level, ...]) -> str:
    """What is written below glyphs, and the layers along the rows."""
    words = [
        word
        for _, after in neighbours(levels)
        for slab in found.glyphs[after].slabs
        if (word := plain_maker(slab.unit, wiring))
    ]
    along = ", ".join(dict.fromkeys(words))
    return f"Below each volume its channels and its sides.{f' Along the rows: {along}.' if along else ''}"


def glyphs_of_u(found: Gallery, wiring: UnitGraph, layout: ULayout) -> Iterator[Shape]:
    for index, spot in layout.spots.items():
        glyph = found.glyphs[index]
        shapes = list(solid(glyph, spot.body))
        for number, text in enumerate(lines_of_u(glyph)):
            size, colour = (SIZE + 1, INK) if not number else (SIZE, SOFT)
            shapes.append(Label(spot.text_x, spot.text_y + LINE * number, text, size, spot.anchor, colour, not number))
        yield titled_glyph(shapes, glyph, wiring)


def fans_drawn(
    found: Gallery, wiring: UnitGraph, levels: tuple[Level, ...], layout: ULayout, number: Callable[[Value], int]
) -> Iterator[Shape]:
    """The windows between neighbours in a row; arrows where no window slides."""
    for turn, (one, other) in enumerate(neighbours(levels)):
        before, after = layout.spots[one].body, layout.spots[other].body
        sights = connections.sights_between(found.glyphs[one], found.glyphs[other], wiring, number, turn)
        if sights:
            yield from connections.fan(connections.view(before, after, sights, found.glyphs[other].form.is_column))
        else:
            yield from arrow(before.end + 2, before.middle, after.x - 2, before.middle)


def skips_drawn(found: Gallery, wiring: UnitGraph, levels: tuple[Level, ...], layout: ULayout) -> Iterator[Shape]:
    """An arrow across each level, with the layers that a skip goes through and the sign of how it is joined."""
    for level, axis in zip(levels, layout.axes, strict=True):
        if level.skip is None:
            continue
        one, other = layout.spots[level.skip.start.glyph].body, layout.spots[level.skip.end.glyph].body
        y = axis
        text = sign_at(found, level.skip)
        end = other.x - 4 - (2 * SIGN_RADIUS + 3 if text else 0)
        yield from arrow(one.end + 5, y, end, y, SOFT, 1.4)
        if text:
            yield from sign(other.x - 4 - SIGN_RADIUS, y, text)
        words = skip_words(found, wiring, level)
        yield Label((one.end + end) / 2 + 2, y - 6, words, SIZE, "middle", SOFT)


def steps_drawn(found: Gallery, wiring: UnitGraph, levels: tuple[Level, ...], layout: ULayout) -> Iterator[Shape]:
    """The arrows from level to level, with the layer that goes there."""
    for upper, lower in pairwise(levels):
        yield from step_drawn(found, wiring, layout, upper.down[-1], lower.down[0], True)
        last = lower.up[-1] if lower.up else lower.down[-1]
        yield from step_drawn(found, wiring, layout, last, upper.up[0], False)


def step_drawn(
    found: Gallery, wiring: UnitGraph, layout: ULayout, start: int, end: int, is_down: bool
) -> Iterator[Shape]:
    """An arrow from a glyph to one in the next row, with its layer beside it, near the lower one."""
    one, other = layout.spots[start], layout.spots[end]
    x1, x2 = one.middle, other.middle
    y1, y2 = (one.body.bottom + 2, other.body.top - 3) if is_down else (one.body.top - 2, other.body.bottom + 3)
    yield from arrow(x1, y1, x2, y2, SOFT, 1.4)
    word = plain_maker(connections.maker_of(found.glyphs[end]), wiring)
    lower = other if is_down else one
    y = lower.body.top - 8 - (ARC_ROOM - 6 if lower.is_below_arcs else 0)
    edge = y - SIZE if x2 > x1 and not is_down else y
    x = x1 + (x2 - x1) * (edge - y1) / (y2 - y1)
    is_left = is_down and x2 - x1 > SIZE
    yield Label(x + (-ASIDE - 2 if is_left else ASIDE + 2), y, word, SIZE, "end" if is_left else "start", SOFT)


def arcs_within(found: Gallery, levels: tuple[Level, ...], layout: ULayout) -> Iterator[Shape]:
    """The sums and products within a row, of what goes around a part of it."""
    for arc in found.arcs:
        if not any(arc is level.skip for level in levels):
            yield from arc_within(arc, layout, sign_at(found, arc))


def arc_within(arc: SlabArc, layout: ULayout, text: str) -> Iterator[Shape]:
    """An arc to a slab; what leaves a row above is taken from where it comes in."""
    other = layout.spots[arc.end.glyph].body
    one, slab = layout.spots[arc.start.glyph].body, arc.start.slab
    left, _ = other.slab_span(arc.end.slab)
    x2, y2 = left + min(other.slabs[arc.end.slab] / 2, 9) + other.right / 2, other.y - other.up / 2
    if one.y + one.height < other.top or other.y + other.height < one.top:
        start = (other.x + other.right / 2 + 3, y2)
    else:
        start = top_of(one, slab)
    y = min(one.top if start[0] < other.x else other.top, other.top) - 17
    yield from arrow_through([start, (start[0], y), (x2, y), (x2, y2 - (2 * SIGN_RADIUS if text else 0))])
    if text:
        yield from sign(x2, y2 - SIGN_RADIUS, text)
