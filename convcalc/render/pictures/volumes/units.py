"""What is drawn as one: a layer, or a block that is folded; and how these are joined."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.kinds.categories import FOLLOWING, category
from convcalc.render.report.rows import parts
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.layers.applied import Applied
    from convcalc.network.graph import Graph
    from convcalc.network.walk import NetworkReport


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
