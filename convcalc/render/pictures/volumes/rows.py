"""How far the columns of glyphs are from each other, and how many of them a row holds."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.render.pictures.volumes.solids import Solid

PAGE = 1100.0
GAP, LABEL_GAP = 26.0, 9.0
TIER = 6.0  # between the labels of two tiers


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


def row_breaks(extents: list[ColumnWidth], width: float) -> list[tuple[int, int]]:
    """A row in several, from a column to before another, none wider than the page and all about as long."""

    def greedy(limit: float) -> list[tuple[int, int]]:
        found, start = [], 0
        for stop in range(2, len(extents) + 1):
            part = extents[start:stop]
            if reach(part, pitches(part, False)) > limit:
                found.append((start, stop - 1))
                start = stop - 1
        return [*found, (start, len(extents))]

    best = greedy(width)
    limit = width
    while limit > width / 2:
        limit -= 20
        tried = greedy(limit)
        if len(tried) > len(best):
            return best
        best = tried
    return best
