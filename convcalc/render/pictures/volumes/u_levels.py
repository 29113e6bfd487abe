"""A U is told by its graph: skips, one within the other, from earlier glyphs to later ones that were raised again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.render.pictures.volumes.glyphs import Gallery, SlabArc

LEAST_LEVELS = 2  # that skips cross


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
