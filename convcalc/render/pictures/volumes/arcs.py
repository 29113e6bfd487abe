"""What skips a part: arcs above a row, over the ends of rows where they must, and curves from lane to lane."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from convcalc.render.pictures.lettering import shorten, text_width
from convcalc.render.pictures.shapes import SOFT, Label
from convcalc.render.pictures.volumes.connections import SIGN_RADIUS, head, rounded_line, sign
from convcalc.render.pictures.volumes.layout import ARC_ROOM, ARC_STEP, MARGIN

if TYPE_CHECKING:
    from convcalc.render.pictures.shapes import Point, Shape
    from convcalc.render.pictures.volumes.glyphs import SlabArc
    from convcalc.render.pictures.volumes.layout import Layout
    from convcalc.render.pictures.volumes.rows import GlyphSpot
    from convcalc.render.pictures.volumes.solids import Solid

RADIUS = 7.0
ARRIVAL = 9.5  # size of the names of where ways come from
APART = 7.0  # between an arc that arrives and one that leaves


def skip_arc(one: GlyphSpot, other: GlyphSpot, arc: SlabArc, level: int, layout: Layout, text: str) -> Iterator[Shape]:
    """An arc over what it skips; from one row to a later one along the ends of both."""
    lane = layout.lanes[arc.start.glyph]
    start, end = top_of(one.body, arc.start.slab, APART), top_of(other.body, arc.end.slab, -APART)
    goal = (end[0], end[1] - (2 * SIGN_RADIUS + 4 if text else 0))

    def height(row: int) -> float:
        return layout.bands[row, lane].arcs - ARC_ROOM - ARC_STEP * level + 6

    if one.row == other.row:
        y = height(one.row)
        yield from arrow_through([start, (start[0], y), (goal[0], y), goal])
    else:
        y = height(one.row)
        yield rounded_line([start, (start[0], y), (layout.width - MARGIN / 2, y)], RADIUS)
        for row in range(one.row + 1, other.row):
            if (row, lane) in layout.bands:
                yield rounded_line([(MARGIN / 2, height(row)), (layout.width - MARGIN / 2, height(row))], RADIUS)
        y = height(other.row)
        yield from arrow_through([(MARGIN / 2, y), (goal[0], y), goal])
    if text:
        yield from sign(end[0], end[1] - SIGN_RADIUS - 2, text)


def top_of(body: Solid, slab: int, aside: float = 0) -> Point:
    """The middle of the top of a slab, and a little aside."""
    if body.sheets:
        return body.x + body.width / 2, body.top
    left, right = body.slab_span(slab)
    aside = max(-(right - left) / 2, min((right - left) / 2, aside))
    return (left + right) / 2 + body.right / 2 + aside * 0.6, body.y - body.up / 2


def arrow_through(points: list[Point]) -> Iterator[Shape]:
    *_, before, end = points
    yield rounded_line(points, RADIUS)
    yield head(*before, *end)


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
