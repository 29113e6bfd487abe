"""What is drawn as one, a layer or a folded block; and the main way through these, those beside it, and shortcuts."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from convcalc.kinds.categories import FOLLOWING, category
from convcalc.render.report.rows import parts
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.layers.applied import Applied
    from convcalc.network import Graph
    from convcalc.network.walk import NetworkReport

MAX_VIA = 4  # layers of a shortcut that is drawn as an arc


class DrawnUnit(NamedTuple):
    """Nodes of a graph, from `start` to before `stop`, that are drawn as one."""

    name: str
    start: int
    stop: int
    is_block: bool = False

    @property
    def last(self) -> int:
        return self.stop - 1


class UnitGraph(NamedTuple):
    """Units in the order of their nodes, and for each the units that it takes; constants are left out."""

    graph: Graph
    units: tuple[DrawnUnit, ...]
    sources: tuple[tuple[int, ...], ...]
    consumers: tuple[tuple[int, ...], ...]
    main: int  # the unit of the main output
    outputs: frozenset[int]  # those whose numbers leave the network
    constants: frozenset[int]  # those that are made of nothing that it is given

    def applied(self, index: int) -> Applied | None:
        return self.graph.nodes[self.units[index].last].applied

    def is_follower(self, index: int) -> bool:
        """Whether a unit leaves the shape as it is and is told by no more than a stripe."""
        applied = self.applied(index)
        is_alone = not self.units[index].is_block and len(self.sources[index]) == 1
        return is_alone and applied is not None and leaves_shape(applied)


def unfold(graph: Graph, report: NetworkReport, depth: int) -> tuple[DrawnUnit, ...]:
    """The units of a network whose blocks are folded below a depth; 0 for none of them."""
    first = len(graph.inputs)
    found = [DrawnUnit(node.name, index, index + 1) for index, node in enumerate(graph.nodes[:first])]
    if depth < 1:
        found += [DrawnUnit(node.name, index, index + 1) for index, node in enumerate(graph.nodes[first:], first)]
        return tuple(found)
    for start, group in parts(report, depth):
        if group is None:
            found.append(DrawnUnit(report.layers[start].name, first + start, first + start + 1))
        elif is_one_layer(report, start, group.stop):
            found += [
                DrawnUnit(report.layers[index].name, first + index, first + index + 1)
                for index in range(start, group.stop)
            ]
        else:
            found.append(DrawnUnit(group.name, first + start, first + group.stop, True))
    return tuple(found)


def is_one_layer(report: NetworkReport, start: int, stop: int) -> bool:
    """Whether a block is a layer with no more behind it than what is told by stripes."""
    layers = [layer.applied for layer in report.layers[start:stop]]
    return not any(layer is None or not leaves_shape(layer) for layer in layers[1:])


def leaves_shape(applied: Applied) -> bool:
    """Whether a layer leaves the shape as it is and is told by no more than a stripe."""
    if len(applied.input) != 1 or applied.output != applied.input[0]:
        return False
    return applied.parameters == 0 or category(applied.setting.kind) in FOLLOWING


def wire(graph: Graph, units: tuple[DrawnUnit, ...]) -> UnitGraph:
    """The units with what each takes from outside of itself, through layers that belong to none."""
    holder = [-1] * len(graph.nodes)
    for index, unit in enumerate(units):
        holder[unit.start : unit.stop] = [index] * (unit.stop - unit.start)
    constant = constants(graph)
    behind: list[tuple[int, ...]] = []  # by node, the units whose numbers it has
    for index, node in enumerate(graph.nodes):
        if constant[index]:
            behind.append(())
        elif holder[index] >= 0:
            behind.append((holder[index],))
        else:
            behind.append(tuple(dict.fromkeys(each for source in node.inputs for each in behind[source])))
    sources: list[tuple[int, ...]] = []
    consumers: list[list[int]] = [[] for _ in units]
    for index, unit in enumerate(units):
        nodes = graph.nodes[unit.start : unit.stop]
        taken = dict.fromkeys(each for node in nodes for source in node.inputs for each in behind[source])
        sources.append(tuple(each for each in taken if each != index))
        for source in sources[-1]:
            consumers[source].append(index)
    outputs = [index for _, index in graph.outputs] or [graph.main]
    ends = [unit for index in outputs for unit in behind[index][-1:]] or [len(units) - 1]
    still = frozenset(index for index, unit in enumerate(units) if all(constant[unit.start : unit.stop]))
    return UnitGraph(graph, units, tuple(sources), tuple(map(tuple, consumers)), ends[0], frozenset(ends), still)


def constants(graph: Graph) -> list[bool]:
    """Of each node, whether it is made of nothing that the network is given."""
    found: list[bool] = []
    for index, node in enumerate(graph.nodes):
        found.append(index >= len(graph.inputs) and all(found[source] for source in node.inputs))
    return found


def merge(units: tuple[DrawnUnit, ...], spans: list[tuple[int, int]]) -> tuple[DrawnUnit, ...]:
    """The units with those of each span, from its first to its last, as one block; spans are in order and apart."""
    found: list[DrawnUnit] = []
    place = 0
    for first, last in spans:
        found += units[place:first]
        inside = units[first : last + 1]
        found.append(DrawnUnit(span_name(inside[0].name, inside[-1].name), inside[0].start, inside[-1].stop, True))
        place = last + 1
    return (*found, *units[place:])


def span_name(first: str, last: str) -> str:
    return first if first == last else f"{first.partition(' … ')[0]} … {last.rpartition(' … ')[2]}"


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
