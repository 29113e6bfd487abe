"""A U is told by its graph, skips within skips; each level is a row, the way down at its left, up at its right."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from convcalc.render.pictures.lettering import text_width
from convcalc.render.pictures.volumes.layout import MARGIN
from convcalc.render.pictures.volumes.solids import GlyphRoom, Solid, scale_of, solid_of
from convcalc.render.pictures.volumes.texts import maker, shape_lines, sign_at
from convcalc.render.script import UNICODE
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.render.pictures.volumes.glyphs import Gallery, Glyph, SlabArc
    from convcalc.render.pictures.volumes.units import UnitGraph

ROOMS = (GlyphRoom(124, 40), GlyphRoom(108, 32), GlyphRoom(92, 25), GlyphRoom(80, 18))
PAGE = 1130.0
SLANT = 0.6  # of that of a row of bodies
GAP, LABEL_GAP = 11.0, 6.0
SIZE, LINE = 9.5, 12.0
ARC_ROOM = 26.0  # above a row with sums within it
BETWEEN = 26.0  # rows
ASIDE = 5.0  # of a label from an arrow
STEP = 46.0  # to the right, from a level with one glyph to the next
HOW = {"|": "concat", "+": "sum", "×": "product"}
INSIDE = 34.0  # beside the words on a skip
LEAST_LEVELS = 2  # that skips cross


class USpot(NamedTuple):
    """A glyph of a U in its place, and its label: the end of it that x tells, and its baseline."""

    body: Solid
    middle: float
    text_x: float
    text_y: float
    anchor: str
    is_below_arcs: bool


class ULayout(NamedTuple):
    """The places of all glyphs, the axis of each level, and how large the whole is."""

    spots: dict[int, USpot]
    axes: tuple[float, ...]
    width: float
    height: float


def lines_of_u(glyph: Glyph) -> list[str]:
    """What is written below a glyph: its channels, and its sides."""
    if glyph.shape is None:
        return ["", "not computed"]
    sides = (*glyph.shape[: glyph.channels], *glyph.shape[glyph.channels + 1 :])
    return [UNICODE.shape((glyph.shape[glyph.channels],)), *shape_lines(sides, SIZE)]


def label_width(glyph: Glyph) -> float:
    channels, *sides = lines_of_u(glyph)
    return max(text_width(channels, SIZE + 1, True), *(text_width(line, SIZE) for line in sides))


def lay_out_u(found: Gallery, wiring: UnitGraph, levels: tuple[Level, ...], scale: str, top: float) -> ULayout | None:
    """The largest sizes with which a U fits on the page; None where none does."""
    labels = [label_width(glyph) for glyph in found.glyphs]
    insides = [text_width(skip_words(found, wiring, level), SIZE) + INSIDE for level in levels]
    for room in ROOMS:
        measure = scale_of((glyph.form for glyph in found.glyphs if glyph.shape is not None), scale, room)
        bodies = [solid_of(glyph, measure, slant=SLANT) for glyph in found.glyphs]
        middles = middles_of(bodies, labels, levels, insides)
        width = max(middle + max(bodies[index].width, labels[index]) / 2 for index, middle in middles.items())
        if width + MARGIN <= PAGE:
            return placed_rows(found, bodies, middles, levels, width + MARGIN, top)
    return None


def middles_of(
    bodies: list[Solid], labels: list[float], levels: tuple[Level, ...], insides: list[float]
) -> dict[int, float]:
    """The middle of each glyph: down to the right, along the bottom, up to the right."""
    middles: dict[int, float] = {}
    first = levels[0].down[0]
    x = MARGIN + max(bodies[first].width / 2, labels[first] + ASIDE)

    def go(row: tuple[int, ...], x: float, beside: float) -> float:
        """Place a row from x on; the label of its last (beside −1) or first glyph (1) is beside an arrow."""
        for number, index in enumerate(row):
            if number:
                before = row[number - 1]
                left, right = labels[before] / 2, labels[index] / 2
                if beside < 0 and index == row[-1]:
                    right = labels[index] + ASIDE
                if beside > 0 and before == row[0]:
                    left = labels[before] + ASIDE
                x += max((bodies[before].width + bodies[index].width) / 2 + GAP, left + right + LABEL_GAP)
            middles[index] = x
        return x

    *upper, bottom = levels
    for level in upper:
        x = go(level.down, x, -1) + (STEP if len(level.down) == 1 else 0)
    x = go(bottom.down, x, 0) + (STEP if len(bottom.down) == 1 else 0)
    for number, level in reversed([*enumerate(upper)]):
        last_down = level.down[-1]
        first_up = level.up[0]
        least = middles[last_down] + (bodies[last_down].width + bodies[first_up].width) / 2 + insides[number]
        x = go(level.up, max(x, least), 1) + (STEP if len(level.up) == 1 else 0)
    return middles


def placed_rows(
    found: Gallery, bodies: list[Solid], middles: dict[int, float], levels: tuple[Level, ...], width: float, top: float
) -> ULayout:
    """The rows below each other."""
    spots: dict[int, USpot] = {}
    axes: list[float] = []
    y = top
    for number, level in enumerate(levels):
        row = (*level.down, *level.up)
        is_below_arcs = any(arc.end.glyph in row and arc is not level.skip for arc in found.arcs)
        y += ARC_ROOM if is_below_arcs else 0
        tall = max(bodies[index].height + bodies[index].up for index in row)
        axis = y + tall / 2
        axes.append(axis)
        text = y + tall + LINE
        is_bottom = number == len(levels) - 1
        for index in row:
            body, middle = bodies[index], middles[index]
            seen = body.height + body.up
            moved = body._replace(x=middle - body.width / 2, y=axis - seen / 2 + body.up)
            x, anchor = middle, "middle"
            if not is_bottom and index == level.down[-1]:
                x, anchor = middle - ASIDE, "end"
            if level.up and index == level.up[0]:
                x, anchor = middle + ASIDE, "start"
            spots[index] = USpot(moved, middle, x, text, anchor, is_below_arcs)
        lines = max(len(lines_of_u(found.glyphs[index])) for index in row)
        y = text + LINE * (lines - 1) + (0 if is_bottom else BETWEEN)
    return ULayout(spots, tuple(axes), width, y + 4)


def neighbours(levels: tuple[Level, ...]) -> list[tuple[int, int]]:
    """The glyphs that follow each other in a row."""
    return [pair for level in levels for part in (level.down, level.up) for pair in pairwise(part)]


def skip_words(found: Gallery, wiring: UnitGraph, level: Level) -> str:
    """What happens on the way across a level: crop, concat."""
    if level.skip is None:
        return ""
    words = [plain_maker(unit, wiring) for unit in level.skip.via if not wiring.is_follower(unit)]
    return ", ".join([*words, HOW.get(sign_at(found, level.skip), "skip")])


def plain_maker(unit: int, wiring: UnitGraph) -> str:
    """`conv k3`: a layer without its filters, which the channels say."""
    words = maker(unit, wiring).split(" ")
    if len(words) > 2 and words[1].isdigit() and not wiring.units[unit].is_block:
        del words[1]
    return " ".join(words)


class Level(NamedTuple):
    """A row of a U: the glyphs on the way down, those on the way up, and the arc from the ones to the others."""

    down: tuple[int, ...]
    up: tuple[int, ...]
    skip: SlabArc | None  # None: the bottom


def u_levels(found: Gallery) -> tuple[Level, ...]:
    """The rows of a U from the top down; empty where the gallery is none."""
    skips = nested_skips(found)
    if len(skips) < LEAST_LEVELS:
        return ()
    levels: list[Level] = []
    first, last = 0, len(found.glyphs)
    for number, skip in enumerate(skips):
        start, end = skip.start.glyph, skip.end.glyph
        inner = skips[number + 1].end.glyph if number + 1 < len(skips) else start
        begin = raised_before(found, end, inner)
        levels.append(Level(tuple(range(first, start + 1)), tuple(range(begin, last)), skip))
        first, last = start + 1, begin
    return (*levels, Level(tuple(range(first, last)), (), None))


def nested_skips(found: Gallery) -> list[SlabArc]:
    """The skips from the outermost to the innermost, each over smaller maps than the one around it."""
    nested: list[SlabArc] = []
    for arc in sorted(
        filter(lambda arc: is_over_lower(found, arc), found.arcs), key=lambda arc: (arc.start.glyph, -arc.end.glyph)
    ):
        around = nested[-1] if nested else None
        if around is None or (
            around.start.glyph < arc.start.glyph
            and arc.end.glyph < around.end.glyph
            and side_of(found, arc.start.glyph) < side_of(found, around.start.glyph)
        ):
            nested.append(arc)
    return nested


def is_over_lower(found: Gallery, arc: SlabArc) -> bool:
    """Whether a skip goes over maps that are smaller than those at both of its ends."""
    between = range(arc.start.glyph + 1, arc.end.glyph)
    if not between or any(found.glyphs[index].shape is None for index in (arc.start.glyph, *between, arc.end.glyph)):
        return False
    lowest = min(side_of(found, index) for index in between)
    return lowest < min(side_of(found, arc.start.glyph), side_of(found, arc.end.glyph))


def raised_before(found: Gallery, end: int, inner: int) -> int:
    """The first of the glyphs before the end of a skip that have been raised to its level."""
    side = side_of(found, end)
    begin = end
    while begin - 1 > inner and side_of(found, begin - 1) >= side:
        begin -= 1
    return begin


def side_of(found: Gallery, index: int) -> int:
    return max(found.glyphs[index].form.face)
