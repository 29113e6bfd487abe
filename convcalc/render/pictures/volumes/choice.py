"""How finely a network is drawn: as finely as a page holds, alike slabs once, unless depth or layers are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from convcalc.network.selection import find_layers
from convcalc.render.pictures import PictureOptions
from convcalc.render.pictures.volumes.glyphs import Gallery, Glyph, Slab, SlabArc, SlabPlace, SlabRepeat, gallery
from convcalc.render.pictures.volumes.u_places import Level, u_levels
from convcalc.render.pictures.volumes.units import DrawnUnit, Tracks, UnitGraph, find_tracks, merge, unfold, wire
from convcalc.render.report.rows import deepest_level
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.network import Graph
    from convcalc.network.walk import NetworkReport

MAX_GLYPHS, MOST_GLYPHS = 24, 120  # that it chooses itself, and that it draws if it is asked to
MAX_U_GLYPHS = 48
MAX_BESIDE = 5  # tracks beside the main one
MAX_ROUNDS = 20
MAX_PERIOD, MAX_ALIKE = 4, 4  # slabs that come together; alike layers that are drawn beside each other


class Rendition(NamedTuple):
    """A network as it is drawn: its units, their tracks, and the glyphs of these."""

    wiring: UnitGraph
    tracks: Tracks
    gallery: Gallery
    levels: tuple[Level, ...] = ()  # of a U, from the top down; empty: it is none

    @property
    def side_tracks(self) -> int:
        """Tracks beside the main one, those of further inputs and outputs not among them."""
        ends = len(self.wiring.graph.inputs) + len(self.wiring.outputs) - 2
        return max(0, len(self.tracks.paths) - 1 - ends)

    @property
    def glyphs(self) -> int:
        return len(self.gallery.glyphs)

    def is_held(self, beside: int) -> bool:
        """Whether a page holds it, with no more than so many tracks beside the main one."""
        return self.side_tracks <= beside and self.glyphs <= MAX_GLYPHS


def choose(graph: Graph, report: NetworkReport, options: PictureOptions, number: Callable[[Value], int]) -> Rendition:
    """The finest drawing that a page holds, or the one that is asked for."""

    def drawing(units: tuple[DrawnUnit, ...]) -> Rendition:
        wiring = wire(graph, units)
        tracks = find_tracks(wiring)
        found = with_repeats(gallery(wiring, tracks, number), wiring)
        return Rendition(wiring, tracks, found, u_levels(found) if len(tracks.paths) == 1 else ())

    if options.layers:
        return drawing(chosen_units(graph, report, options.layers))
    if options.depth:
        asked = drawing(unfold(graph, report, options.depth))
        return asked if asked.glyphs <= MOST_GLYPHS else coarser(asked, drawing)
    tried = []
    for depth in (0, *range(deepest_level(report.groups), 0, -1)):
        found = drawing(unfold(graph, report, depth))
        if is_u_on_page(found, options.scale) if found.levels else found.is_held(0):
            return found
        tried.append(found)
    return next((found for found in tried if found.is_held(MAX_BESIDE)), None) or coarser(tried[-1], drawing)


def is_u_on_page(found: Rendition, scale: str) -> bool:
    """Whether a U is narrow enough for a page."""
    from convcalc.render.pictures.volumes.u_places import lay_out_u

    return found.glyphs <= MAX_U_GLYPHS and lay_out_u(found.gallery, found.wiring, found.levels, scale, 0) is not None


def coarser(found: Rendition, drawing: Callable[[tuple[DrawnUnit, ...]], Rendition]) -> Rendition:
    """The drawing with what lies between a fork and its join as one block, then stages, then so many units as one."""
    for _ in range(MAX_ROUNDS):
        spans = unite(forks(found))
        if not spans:
            break
        found = drawing(merge(found.wiring.units, spans))
    if found.glyphs > MAX_GLYPHS:
        found = drawing(merge(found.wiring.units, stages(found)))
    if found.glyphs > MAX_GLYPHS:
        first = len(found.wiring.graph.inputs)
        count = len(found.wiring.units) - first
        length = -(-count // (MAX_GLYPHS - first))
        spans = [(start, min(start + length, first + count) - 1) for start in range(first, first + count, length)]
        found = drawing(merge(found.wiring.units, [span for span in spans if span[0] < span[1]]))
    return found


def forks(found: Rendition) -> Iterator[tuple[int, int]]:
    """Of each track beside the main one that leaves it and comes back, the units from the fork to the join."""
    wiring, others = found.wiring, found.tracks.paths[1:]
    for path in others:
        inside = set(path)
        sources = {source for unit in path for source in wiring.sources[unit]} - inside
        ends = {each for unit in path for each in wiring.consumers[unit]} - inside
        if sources and ends:
            yield min(sources) + 1, max(ends)


def unite(spans: Iterator[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in order, those that overlap as one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return [span for span in found if span[0] < span[1]]


def stages(found: Rendition) -> list[tuple[int, int]]:
    """Runs of units whose maps have the same sides."""
    graph, units = found.wiring.graph, found.wiring.units
    spans: list[tuple[int, int]] = []
    start = len(graph.inputs)
    sides = None
    for index in range(start, len(units)):
        shape = graph.shape(units[index].last)
        its = shape[1:] if shape else None
        if its != sides:
            spans.append((start, index - 1))
            start, sides = index, its
    spans.append((start, len(units) - 1))
    return [span for span in spans if span[0] < span[1]]


def chosen_units(graph: Graph, report: NetworkReport, names: tuple[str, ...]) -> tuple[DrawnUnit, ...]:
    """The layers and blocks of these names, in the order of the network; a Problem for one that is none."""
    first = len(graph.inputs)
    chosen: set[DrawnUnit] = set()
    for name in names:
        if name in graph.inputs:
            place = tuple(graph.inputs).index(name)
            chosen.add(DrawnUnit(name, place, place + 1))
            continue
        for start, stop in runs(find_layers(report, name)):
            chosen.add(
                DrawnUnit(
                    name if stop - start > 1 else report.layers[start].name,
                    first + start,
                    first + stop,
                    stop - start > 1,
                )
            )
    found: list[DrawnUnit] = []
    for unit in sorted(chosen, key=lambda unit: (unit.start, -unit.stop)):
        if not found or unit.start >= found[-1].stop:
            found.append(unit)
    return tuple(found)


def runs(places: list[int]) -> list[tuple[int, int]]:
    """Places in order as stretches of neighbours."""
    found: list[tuple[int, int]] = []
    for place in places:
        if found and found[-1][1] == place:
            found[-1] = (found[-1][0], place + 1)
        else:
            found.append((place, place + 1))
    return found


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
        if times == 1 or (is_layer and times <= MAX_ALIKE):
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
