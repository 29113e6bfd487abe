"""The way from an input to the output that a picture follows, the ways beside it, and what skips a part of them."""

from __future__ import annotations

from itertools import pairwise

from convcalc.render.pictures.volumes.units import UnitGraph
from convcalc.tuples import NamedTuple

MAX_VIA = 4  # layers of a shortcut that is drawn as an arc


class TrackLink(NamedTuple):
    """From one unit to another that does not follow it on its track, through the layers of a shortcut."""

    start: int
    end: int
    via: tuple[int, ...] = ()


class Tracks(NamedTuple):
    """The units of each track in order, the main one first, and the links between them."""

    paths: tuple[tuple[int, ...], ...]
    links: tuple[TrackLink, ...]


def find_tracks(wiring: UnitGraph) -> Tracks:
    """The longest way to the main output, the rest as ways beside it; short ones around a part become links."""
    paths = [main_path(wiring)]
    taken = set(paths[0])
    links: list[TrackLink] = []
    for index in range(len(wiring.units)):
        if index in taken or index in wiring.constants:
            continue
        path = path_from(wiring, index, taken)
        taken.update(path)
        shortcut = as_link(wiring, path)
        if shortcut:
            links.append(shortcut)
        else:
            paths.append(path)
    absorbed = {unit for link in links for unit in link.via}
    followers = {unit: before for path in paths for before, unit in pairwise(path)}
    for path in paths:
        for unit in path:
            links += [
                TrackLink(source, unit)
                for source in wiring.sources[unit]
                if source not in absorbed and followers.get(unit) != source
            ]
    return Tracks(tuple(paths), tuple(links))


def main_path(wiring: UnitGraph) -> tuple[int, ...]:
    """The way with the most layers that ends at the main output."""
    lengths: list[int] = []
    before: list[int] = []
    for index, unit in enumerate(wiring.units):
        best = max(wiring.sources[index], key=lambda source: lengths[source], default=-1)
        lengths.append((lengths[best] if best >= 0 else 0) + unit.stop - unit.start)
        before.append(best)
    path = [wiring.main]
    while before[path[-1]] >= 0:
        path.append(before[path[-1]])
    return tuple(reversed(path))


def path_from(wiring: UnitGraph, start: int, taken: set[int]) -> tuple[int, ...]:
    """The units from one on that follow each other and belong to no other track."""
    path = {start: None}  # in order, and quick to look up
    here: int | None = start
    while here is not None:
        path[here] = None
        following = (each for each in wiring.consumers[here] if each not in taken)
        here = next(
            (each for each in following if all(source in taken or source in path for source in wiring.sources[each])),
            None,
        )
    return tuple(path)


def as_link(wiring: UnitGraph, path: tuple[int, ...]) -> TrackLink | None:
    """A way from one unit to another that holds but a few layers, one of which may do more than pass numbers on."""
    sources = {source for unit in path for source in wiring.sources[unit]} - set(path)
    ends = {each for unit in path for each in wiring.consumers[unit]} - set(path)
    layers = sum(wiring.units[unit].stop - wiring.units[unit].start for unit in path)
    busy = sum(not wiring.is_follower(unit) for unit in path)
    if len(sources) == 1 == len(ends) and layers <= MAX_VIA and busy <= 1 and not wiring.outputs.intersection(path):
        return TrackLink(sources.pop(), ends.pop(), path)
    return None
