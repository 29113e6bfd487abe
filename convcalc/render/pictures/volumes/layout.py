"""A gallery in its place: columns and how far apart, lanes, rows, and the arcs above them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from convcalc.render.pictures.volumes.solids import GlyphRoom, Solid, scale_of, solid_of
from convcalc.render.pictures.volumes.texts import TextLine, lines_of
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.render.pictures.volumes.glyphs import Gallery, SlabArc
    from convcalc.render.pictures.volumes.units import UnitGraph

ROOMS = (GlyphRoom(170, 46), GlyphRoom(150, 38), GlyphRoom(130, 30), GlyphRoom(112, 22))
MARGIN, LEADING = 20.0, 14.0
ARC_STEP, ARC_ROOM = 14.0, 18.0
TIER, BRACKET = 4.0, 14.0
MAX_SHEETS, MAX_STACKS = 20, 10
CHANNEL = 16.0  # between labels, where ways go from lane to lane
PAGE = 1100.0
GAP, LABEL_GAP = 26.0, 9.0


class LaneBand(NamedTuple):
    """A lane of a row: its axis, where its arcs end and its text begins, and its lower end."""

    axis: float
    arcs: float
    text: float
    bottom: float


class Layout(NamedTuple):
    """Where everything is; `levels` says how high above its row each arc goes, 0 for the lowest."""

    spots: tuple[GlyphSpot, ...]
    lines: tuple[tuple[TextLine, ...], ...]
    lower: frozenset[int]  # glyphs whose text is on the second tier
    levels: tuple[int, ...]
    bands: dict[tuple[int, int], LaneBand]  # by row and lane
    lanes: tuple[int, ...]  # of each glyph
    width: float
    height: float
    columns: tuple[int, ...]  # of each glyph
    channels: tuple[float, ...]  # behind each column, where no label is and ways go from lane to lane


def columns_of(found: Gallery) -> list[int]:
    """The column of each glyph: behind everything that it takes."""
    glyphs = found.glyphs
    before: list[list[int]] = [[] for _ in glyphs]
    for index in range(1, len(glyphs)):
        if glyphs[index].track == glyphs[index - 1].track:
            before[index].append(index - 1)
    for arc in found.arcs:
        if glyphs[arc.start.glyph].track != glyphs[arc.end.glyph].track:
            before[arc.end.glyph].append(arc.start.glyph)
    columns = [0] * len(glyphs)
    for index in sorted(range(len(glyphs)), key=lambda index: glyphs[index].units[0]):
        columns[index] = max((columns[source] + 1 for source in before[index]), default=0)
    for index in range(1, len(glyphs)):  # a track goes to the right, whatever comes in from beside
        if glyphs[index].track == glyphs[index - 1].track:
            columns[index] = max(columns[index], columns[index - 1] + 1)
    return columns


def lanes_of(found: Gallery, columns: list[int]) -> list[int]:
    """The lane of each glyph: the main track in the first, others in the nearest that is free where they run."""
    spans: dict[int, list[int]] = {}
    for glyph, column in zip(found.glyphs, columns, strict=True):
        spans.setdefault(glyph.track, []).append(column)
    ends = {track: [min(each) - 1, max(each)] for track, each in spans.items()}
    for arc in found.arcs:
        start, end = found.glyphs[arc.start.glyph].track, found.glyphs[arc.end.glyph].track
        if start != end:
            ends[start][1] = max(ends[start][1], columns[arc.end.glyph] - 1)
    taken: list[list[tuple[int, int]]] = []
    lane_of: dict[int, int] = {}
    for track, (first, last) in sorted(ends.items()):
        lane = next(
            (number for number, busy in enumerate(taken) if number and all(last < a or b < first for a, b in busy)),
            len(taken),
        )
        if lane == len(taken):
            taken.append([])
        taken[lane].append((first, last))
        lane_of[track] = lane
    return [lane_of[glyph.track] for glyph in found.glyphs]


def lay_out(found: Gallery, wiring: UnitGraph, scale_name: str, top: float) -> Layout:
    """The largest sizes with which all columns are in one row, maybe with labels on two tiers; else several rows."""
    columns, lines = columns_of(found), tuple(lines_of(glyph, wiring) for glyph in found.glyphs)
    lanes = lanes_of(found, columns)
    has_lanes = max(lanes) > 0
    channels = channels_used(found, columns, lanes)
    for room in ROOMS:
        bodies = bodies_of(found, scale_name, room)
        extents = extents_of(bodies, lines, columns, channels)
        for staggered in (False,) if has_lanes else (False, True):
            if reach(extents, pitches(extents, staggered)) <= PAGE:
                return place_glyphs(found, bodies, lines, columns, lanes, extents, [(0, len(extents))], staggered, top)
    bodies = bodies_of(found, scale_name, ROOMS[2])
    extents = extents_of(bodies, lines, columns, channels)
    return place_glyphs(found, bodies, lines, columns, lanes, extents, row_breaks(extents), False, top)


def bodies_of(found: Gallery, scale_name: str, room: GlyphRoom) -> list[Solid]:
    scale = scale_of((glyph.form for glyph in found.glyphs if glyph.shape is not None), scale_name, room)
    in_sheets = are_sheets(found)
    return [solid_of(glyph, scale, in_sheets) for glyph in found.glyphs]


def are_sheets(found: Gallery) -> bool:
    """Whether all maps are so few that each can be seen, as in the figure of LeNet-5."""
    maps = [glyph for glyph in found.glyphs if not glyph.form.is_column]
    return len(found.glyphs) <= MAX_STACKS and all(
        glyph.form.channels <= MAX_SHEETS
        and len(glyph.form.sides) == 2
        and len(glyph.slabs) == 1
        and glyph.shape is not None
        for glyph in maps
    )


def channels_used(found: Gallery, columns: list[int], lanes: list[int]) -> set[int]:
    """The columns behind which a way goes from lane to lane."""
    across = [arc for arc in found.arcs if not is_above(found, arc)]
    return {columns[arc.end.glyph] - 1 if lanes[arc.end.glyph] == 0 else columns[arc.start.glyph] for arc in across}


def extents_of(
    bodies: list[Solid], lines: tuple[tuple[TextLine, ...], ...], columns: list[int], channels: set[int]
) -> list[ColumnWidth]:
    """How wide each column is, and the channel behind it."""
    found = [ColumnWidth(0, 0)] * (max(columns) + 1)
    for body, texts, column in zip(bodies, lines, columns, strict=True):
        channel = CHANNEL if column in channels else 0.0
        wide, label, _ = found[column]
        found[column] = ColumnWidth(max(wide, body.width), max(label, *(text.width for text in texts)), channel)
    return found


def place_glyphs(
    found: Gallery, bodies: list[Solid], lines: tuple[tuple[TextLine, ...], ...], columns: list[int], lanes: list[int],
    extents: list[ColumnWidth], rows: list[tuple[int, int]], staggered: bool, top: float,
) -> Layout:  # fmt: skip
    """Every glyph in its column and row."""
    middles: dict[int, float] = {}
    row_of: dict[int, int] = {}
    width = 0.0
    for row, (start, stop) in enumerate(rows):
        part = extents[start:stop]
        distances = pitches(part, staggered)
        x = MARGIN + max(part[0].body, part[0].label) / 2
        for column, step in zip(range(start, stop), [*distances, 0.0], strict=True):
            middles[column], row_of[column] = x, row
            x += step
        width = max(width, reach(part, distances) + 2 * MARGIN)
    glyph_rows = [row_of[column] for column in columns]
    levels = arc_levels(found, columns, glyph_rows, lanes)
    lower = frozenset(index for index, column in enumerate(columns) if staggered and column % 2)
    bands: dict[tuple[int, int], LaneBand] = {}
    y = top
    for row in range(len(rows)):
        for lane in sorted({lane for lane, its_row in zip(lanes, glyph_rows, strict=True) if its_row == row}):
            inside = [index for index in range(len(bodies)) if (glyph_rows[index], lanes[index]) == (row, lane)]
            arcs = room_above(found, levels, glyph_rows, row) if lane == 0 else 16.0
            brackets = BRACKET if any(found.glyphs[index].repeats for index in inside) else 0.0
            height = max(bodies[index].height + bodies[index].up for index in inside)
            tiers = [
                max((len(lines[index]) for index in inside if (index in lower) == is_lower), default=0)
                for is_lower in (False, True)
            ]
            text = y + arcs + height + brackets + 8
            bottom = text + sum(tiers) * LEADING + (TIER if tiers[1] else 0) + 6
            bands[row, lane] = LaneBand(y + arcs + height / 2, y + arcs, text, bottom)
            y = bottom + 10
    halves = [max(each.body, each.label) / 2 for each in extents]
    channels = tuple(
        middles[column] + halves[column] + (LABEL_GAP + each.channel) / 2 for column, each in enumerate(extents)
    )
    spots = []
    for index, body in enumerate(bodies):
        band = bands[glyph_rows[index], lanes[index]]
        middle = middles[columns[index]]
        seen = body.height + body.up
        moved = body._replace(x=middle - body.width / 2, y=band.axis - seen / 2 + body.up)
        first_tier = max(
            (
                len(lines[each])
                for each in range(len(bodies))
                if (glyph_rows[each], lanes[each]) == (glyph_rows[index], lanes[index]) and each not in lower
            ),
            default=0,
        )
        text = band.text + (first_tier * LEADING + TIER if index in lower else 0)
        spots.append(GlyphSpot(moved, middle, text, glyph_rows[index]))
    return Layout(tuple(spots), lines, lower, tuple(levels), bands, tuple(lanes), width, y, tuple(columns), channels)


def is_above(found: Gallery, arc: SlabArc) -> bool:
    """Whether an arc goes from one glyph of a track to another of it."""
    return found.glyphs[arc.start.glyph].track == found.glyphs[arc.end.glyph].track


def arc_levels(found: Gallery, columns: list[int], rows: list[int], lanes: list[int]) -> list[int]:
    """How high each arc goes: shorter ones below those that reach over them."""

    def ends(arc: SlabArc) -> tuple[tuple[int, int], tuple[int, int]]:
        return (columns[arc.start.glyph], arc.start.slab), (columns[arc.end.glyph], arc.end.slab)

    order = sorted(
        range(len(found.arcs)), key=lambda index: (ends(found.arcs[index])[1][0] - ends(found.arcs[index])[0][0], index)
    )
    levels = [0] * len(found.arcs)
    taken: list[list[tuple[tuple[int, int], tuple[int, int], int]]] = []
    for index in order:
        arc = found.arcs[index]
        if not is_above(found, arc):
            continue
        start, end = ends(arc)
        lane = lanes[arc.start.glyph]
        level = next(
            (
                number
                for number, busy in enumerate(taken)
                if all(end <= a or b <= start or lane != its for a, b, its in busy)
            ),
            len(taken),
        )
        if level == len(taken):
            taken.append([])
        taken[level].append((start, end, lane))
        levels[index] = level
    return levels


def room_above(found: Gallery, levels: list[int], rows: list[int], row: int) -> float:
    """What the arcs of a row, and those that pass it, need above it."""
    passing = [
        level
        for level, arc in zip(levels, found.arcs, strict=True)
        if is_above(found, arc) and rows[arc.start.glyph] <= row <= rows[arc.end.glyph]
    ]
    return ARC_ROOM + ARC_STEP * (max(passing) + 1) if passing else 8.0


class GlyphSpot(NamedTuple):
    """A glyph in its place: its body, the middle and the top of its lines of text, and its row."""

    body: Solid
    middle: float
    text_top: float
    row: int


class ColumnWidth(NamedTuple):
    """How wide a glyph and its label are."""

    body: float
    label: float
    channel: float = 0  # behind it, for ways to other lanes


def pitches(extents: list[ColumnWidth], staggered: bool) -> list[float]:
    """The distances of neighbouring middles, the least that keeps bodies and labels apart."""
    found = []
    for one, other in pairwise(extents):
        bodies = (one.body + other.body) / 2 + GAP
        labels = (max(one.label, other.label) if staggered else one.label + other.label) / 2 + LABEL_GAP
        found.append(max(bodies, labels) + one.channel)
    if staggered:  # labels of one tier, and the line down to a label of the lower one between them
        for index in range(len(found) - 1):
            need = (extents[index].label + extents[index + 2].label) / 2 + LABEL_GAP
            lack = need - found[index] - found[index + 1]
            if lack > 0:
                found[index] += lack / 2
                found[index + 1] += lack / 2
    return found


def reach(extents: list[ColumnWidth], distances: list[float]) -> float:
    """The width of a row."""
    if not extents:
        return 0
    first, last = (max(each.body, each.label) / 2 for each in (extents[0], extents[-1]))
    return first + sum(distances) + last


def row_breaks(extents: list[ColumnWidth]) -> list[tuple[int, int]]:
    """A row in several, from a column to before another, none wider than the page and all about as long."""

    def greedy(limit: float) -> list[tuple[int, int]]:
        found, start = [], 0
        for stop in range(2, len(extents) + 1):
            part = extents[start:stop]
            if reach(part, pitches(part, False)) > limit:
                found.append((start, stop - 1))
                start = stop - 1
        return [*found, (start, len(extents))]

    best, limit = greedy(PAGE), PAGE
    while limit > PAGE / 2:
        limit -= 20
        tried = greedy(limit)
        if len(tried) > len(best):
            return best
        best = tried
    return best
