"""Where the glyphs of a U are: each level a row, the way down at its left, the way up at its right."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from convcalc.render.pictures.lettering import text_width
from convcalc.render.pictures.volumes.layout import MARGIN
from convcalc.render.pictures.volumes.plate import sign_at
from convcalc.render.pictures.volumes.scale import GlyphRoom, scale_of
from convcalc.render.pictures.volumes.solids import solid_of
from convcalc.render.pictures.volumes.texts import shape_lines
from convcalc.render.pictures.volumes.words import maker
from convcalc.render.script import UNICODE
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.render.pictures.volumes.glyphs import Gallery, Glyph
    from convcalc.render.pictures.volumes.solids import Solid
    from convcalc.render.pictures.volumes.u_levels import Level
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
