"""Slabs that come again and again are drawn once, with how often they come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.render.pictures.volumes.glyphs import Gallery, Glyph, Slab, SlabArc, SlabPlace, SlabRepeat

if TYPE_CHECKING:
    from convcalc.render.pictures.volumes.units import UnitGraph

MAX_PERIOD, MAX_BESIDE = 4, 4  # slabs that come together; alike layers that are drawn beside each other


def with_repeats(found: Gallery, wiring: UnitGraph) -> Gallery:
    """The gallery with each run of alike slabs drawn once; arcs go to what is drawn."""
    glyphs: list[Glyph] = []
    places: list[list[int]] = []
    for glyph in found.glyphs:
        short, drawn = shorter(glyph, wiring)
        glyphs.append(short)
        places.append(drawn)
    arcs: dict[SlabArc, int] = {}
    alike: dict[tuple[SlabPlace, SlabPlace, int], tuple[int, ...]] = {}  # the first way between two slabs
    for arc in found.arcs:
        start, end = (SlabPlace(end.glyph, places[end.glyph][end.slab]) for end in (arc.start, arc.end))
        key = SlabArc(start, end, alike.setdefault((start, end, len(arc.via)), arc.via))
        if start != end:
            arcs[key] = arcs.get(key, 0) + 1
    return Gallery(tuple(glyphs), tuple(arc._replace(times=times) for arc, times in arcs.items()))


def shorter(glyph: Glyph, wiring: UnitGraph) -> tuple[Glyph, list[int]]:
    """A glyph whose runs are drawn once, and where each of its slabs is drawn."""
    keys = [key_of(slab, wiring) for slab in glyph.slabs]
    slabs: list[Slab] = []
    repeats: list[SlabRepeat] = []
    places: list[int] = []
    index = 0
    while index < len(keys):
        period, times = run_at(keys, index)
        is_layer = period == 1 and not wiring.units[glyph.slabs[index].unit].is_block
        if times == 1 or (is_layer and times <= MAX_BESIDE):
            places += range(len(slabs), len(slabs) + times)
            slabs += glyph.slabs[index : index + times]
        else:
            last = glyph.slabs[index + period * (times - 1) : index + period * times]
            repeats.append(SlabRepeat(len(slabs), period, times, tuple(slab.unit for slab in last)))
            places += [len(slabs) + place for place in range(period)] * times
            slabs += glyph.slabs[index : index + period]
        index += period * times
    return glyph._replace(slabs=tuple(slabs), repeats=tuple(repeats)), places


def run_at(keys: list[Any], start: int) -> tuple[int, int]:
    """Of what repeats from a place on, the number of slabs that come together, and how often: the longest, in few."""
    best = (1, 1)
    for period in range(1, MAX_PERIOD + 1):
        pattern = keys[start : start + period]
        if any(key[2] for key in pattern) and not pattern[-1][2]:
            continue  # it would begin behind a fork, and not end with its join
        times = 1
        while keys[start + period * times : start + period * (times + 1)] == pattern:
            times += 1
        if times >= (2 if period == 1 else 3) and period * times > best[0] * best[1]:
            best = (period, times)
    return best


def key_of(slab: Slab, wiring: UnitGraph) -> Any:
    """What alike slabs have in common: the setting of their layers, or that their blocks are called alike."""
    unit, applied = wiring.units[slab.unit], wiring.applied(slab.unit)
    if unit.is_block:
        return ("".join(sign for sign in unit.name if not sign.isdigit()), slab.category, slab.join)
    if applied is None:
        return (slab.unit, slab.category, "")
    spread = {"dilation", "padding"}
    return (
        applied.setting.kind,
        tuple(each for each in applied.setting.values if each[0] not in spread),
        slab.join,
        slab.stripes,
    )
