"""A gallery as rows of bodies from left to right, with what joins them and the arcs over what is skipped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from convcalc.render.pictures.lettering import shorten, text_width
from convcalc.render.pictures.shapes import SOFT, Label, Point, Shape, line
from convcalc.render.pictures.volumes import connections
from convcalc.render.pictures.volumes.layout import ARC_ROOM, ARC_STEP, LEADING, MARGIN, is_above, lay_out
from convcalc.render.pictures.volumes.solids import Solid, solid
from convcalc.render.pictures.volumes.texts import Plate, makers, name_of, sign_at, titled_glyph

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.render.pictures.volumes.glyphs import Gallery, SlabArc
    from convcalc.render.pictures.volumes.layout import GlyphSpot, Layout
    from convcalc.render.pictures.volumes.units import UnitGraph

RADIUS = 7.0
ARRIVAL = 9.5  # size of the names of where ways come from
APART = 7.0  # between an arc that arrives and one that leaves


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
        text = sign_at(found, arc)
        if is_above(found, arc):
            yield from skip_arc(one, other, arc, level, layout, text)
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
    yield from branch(one, other, lane == 0, not passes, channels, layout.bands[other.row, lane].arcs - 8)


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
        yield from arrival(spot, list(dict.fromkeys(names)), room)


def skip_arc(one: GlyphSpot, other: GlyphSpot, arc: SlabArc, level: int, layout: Layout, text: str) -> Iterator[Shape]:
    """An arc over what it skips; from one row to a later one along the ends of both."""
    lane = layout.lanes[arc.start.glyph]
    start, end = top_of(one.body, arc.start.slab, APART), top_of(other.body, arc.end.slab, -APART)
    goal = (end[0], end[1] - (2 * connections.SIGN_RADIUS + 4 if text else 0))

    def height(row: int) -> float:
        return layout.bands[row, lane].arcs - ARC_ROOM - ARC_STEP * level + 6

    if one.row == other.row:
        y = height(one.row)
        yield from arrow_through([start, (start[0], y), (goal[0], y), goal])
    else:
        y = height(one.row)
        yield connections.rounded_line([start, (start[0], y), (layout.width - MARGIN / 2, y)], RADIUS)
        for row in range(one.row + 1, other.row):
            if (row, lane) in layout.bands:
                yield connections.rounded_line(
                    [(MARGIN / 2, height(row)), (layout.width - MARGIN / 2, height(row))], RADIUS
                )
        y = height(other.row)
        yield from arrow_through([(MARGIN / 2, y), (goal[0], y), goal])
    if text:
        yield from connections.sign(end[0], end[1] - connections.SIGN_RADIUS - 2, text)


def top_of(body: Solid, slab: int, aside: float = 0) -> Point:
    """The middle of the top of a slab, and a little aside."""
    if body.sheets:
        return body.x + body.width / 2, body.top
    left, right = body.slab_span(slab)
    aside = max(-(right - left) / 2, min((right - left) / 2, aside))
    return (left + right) / 2 + body.right / 2 + aside * 0.6, body.y - body.up / 2


def arrow_through(points: list[Point]) -> Iterator[Shape]:
    *_, before, end = points
    yield connections.rounded_line(points, RADIUS)
    yield connections.head(*before, *end)


def branch(
    one: GlyphSpot, other: GlyphSpot, is_home: bool, is_next: bool, channels: tuple[float, float], over: float
) -> Iterator[Shape]:
    """A way to another lane: down the channel behind its start, or back through the channel before its end.

    `over` is the height at which a lane is passed above glyphs of its own, where the end `is_next` to none of them.
    """
    (x1, y1), (x2, y2) = (one.body.end + 3, one.body.middle), (other.body.x - 3, other.body.middle)
    after, ahead = channels
    if is_home:
        yield from arrow_through([(x1, y1), (ahead, y1), (ahead, y2), (x2, y2)])
    elif is_next:
        yield from arrow_through([(x1, y1), (after, y1), (after, y2), (x2, y2)])
    else:
        x, y = top_of(other.body, 0)
        yield from arrow_through([(x1, y1), (after, y1), (after, over), (x, over), (x, y)])


def arrival(other: GlyphSpot, names: list[str], room: float) -> Iterator[Shape]:
    """Ways that come from other rows: an arrow from above, and as much as there is room for of where they began."""
    x, y = top_of(other.body, 0)
    yield from arrow_through([(x, other.body.top - 10), (x, y)])
    words = shorten(", ".join(names), room - text_width("from ", ARRIVAL), ARRIVAL)
    yield Label(other.middle, other.body.top - 13, f"from {words}", ARRIVAL, "middle", SOFT)
