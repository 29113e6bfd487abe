"""What skips a part: arcs above a row, over the ends of rows where they must, and curves from lane to lane."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from convcalc.render.pictures.shapes import SOFT, Path
from convcalc.render.pictures.volumes.connections import HEAD, SIGN_RADIUS, head, rounded_line, sign
from convcalc.render.pictures.volumes.layout import ARC_ROOM, ARC_STEP, MARGIN
from convcalc.render.pictures.volumes.rows import GAP

if TYPE_CHECKING:
    from convcalc.render.pictures.shapes import Point, Shape
    from convcalc.render.pictures.volumes.glyphs import SlabArc
    from convcalc.render.pictures.volumes.layout import Layout
    from convcalc.render.pictures.volumes.rows import GlyphSpot

RADIUS = 7.0
APART = 7.0  # between an arc that arrives and one that leaves


def skip_arc(one: GlyphSpot, other: GlyphSpot, arc: SlabArc, level: int, layout: Layout, text: str) -> Iterator[Shape]:
    """An arc over what it skips; from one row to a later one along the ends of both."""
    lane = layout.lanes[arc.start.glyph]
    start, end = top_of(one, arc.start.slab, APART), top_of(other, arc.end.slab, -APART)
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


def top_of(spot: GlyphSpot, slab: int, aside: float) -> Point:
    """The middle of the top of a slab, and a little aside."""
    body = spot.body
    if body.sheets:
        return body.x + body.width / 2, body.top
    left, right = body.slab_span(slab)
    aside = max(-(right - left) / 2, min((right - left) / 2, aside))
    return (left + right) / 2 + body.right / 2 + aside * 0.6, body.y - body.up / 2


def arrow_through(points: list[Point]) -> Iterator[Shape]:
    *_, before, end = points
    yield rounded_line(points, RADIUS)
    yield head(*before, *end)


def branch_curve(one: GlyphSpot, other: GlyphSpot, is_home: bool) -> Iterator[Shape]:
    """A curve to another lane: at once to one that leaves, at the end from one that comes back."""
    (x1, y1), (x2, y2) = (one.body.end + 3, one.body.middle), (other.body.x - 3, other.body.middle)
    if one.row != other.row:
        yield from arrow_through([(x1, y1), (x1 + 14, y1)])
        yield from arrow_through([(x2 - 14, y2), (x2, y2)])
        return
    bend = min(GAP, (x2 - x1))
    a, b = (x2 - bend, x2) if is_home else (x1, x1 + bend)
    segments: list[tuple[object, ...]] = [("M", x1, y1)]
    if is_home:
        segments.append(("L", a, y1))
    segments.append(("C", a + bend * 0.6, y1, b - bend * 0.6, y2, b - (HEAD if is_home else 0), y2))
    if not is_home:
        segments.append(("L", x2 - HEAD, y2))
    yield Path(tuple(segments), "", SOFT, 1.1)
    yield head(x2 - 1, y2, x2, y2)
