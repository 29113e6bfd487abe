"""The outline of a network: nodes in their blocks, edges between them, and stretches of layers that are equal."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

from convcalc.network.walk import Totals, totals
from convcalc.render.pictures import PicturedNetwork
from convcalc.render.pictures.graph.series_parallel import Link
from convcalc.spec.layout import written_order
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.layers import Shape
    from convcalc.network import Graph, Node

GraphItem: TypeAlias = "GraphNode | GraphBlock"
Bounds: TypeAlias = "tuple[int, int]"  # the places of a first layer and of one past a last

INPUT, OUTPUT, LAYER, FAILED, FOLD, REST = "input", "output", "layer", "failed", "block", "rest"
BEGIN, END = "begin", "end"  # vertices that all others lie between


class GraphNode(NamedTuple):
    """What is drawn as one box: a layer with what was merged into it, an input, an output, or layers that are folded.

    `layers` are places in the graph, in order, with all that is folded.
    """

    number: int
    mark: str  # one of those above
    name: str  # of the layer or the block
    layers: tuple[int, ...] = ()
    times: int = 1  # how many equal blocks, or runs of layers, are folded in it
    last: str = ""  # the name of the last of those
    title: str = ""  # what it is called if not by its name: the block that it is all of


class GraphBlock(NamedTuple):
    """A block whose layers are drawn: the first of `times` equal ones, which follow each other."""

    number: int
    name: str  # empty for layers that are repeated without being a block
    items: tuple[GraphItem, ...]
    start: int  # its layers, without those of the blocks that are equal to it
    stop: int
    times: int = 1
    last: str = ""  # the name of the last of them


class GraphEdge(NamedTuple):
    """What the output of a layer, `tensor` in the graph, goes to; the ends are numbers of nodes."""

    source: int
    target: int
    tensor: int


class GraphOutline(NamedTuple):
    network: PicturedNetwork
    items: tuple[GraphItem, ...]
    edges: tuple[GraphEdge, ...]
    owners: dict[int, int]  # by layer, the node that shows it; a layer of a repeated block is shown by the first's
    depth: int  # at which blocks are folded; 0: none is
    folded: bool  # whether blocks are
    left_out: int  # how many layers lie behind ellipses

    def shape(self, tensor: int) -> Shape | None:
        """The sizes of a tensor, in the order in which they are written."""
        shape = self.network.graph.shape(tensor)
        return None if shape is None else written_order(shape, self.network.graph.channels_last)

    def subtotals(self, layers: Iterable[int]) -> Totals | None:
        """Their sums; None where none of them could be computed."""
        nodes = [self.network.graph.nodes[layer] for layer in layers]
        known = [node.applied or node.held for node in nodes]
        return totals(known, self.network.graph.spec.unjoined is None) if any(known) else None


def nodes_of(items: Iterable[GraphItem]) -> Iterator[GraphNode]:
    """The nodes, in order, whatever blocks they are in."""
    for item in items:
        if isinstance(item, GraphBlock):
            yield from nodes_of(item.items)
        else:
            yield item


def blocks_of(items: Iterable[GraphItem]) -> Iterator[GraphBlock]:
    for item in items:
        if isinstance(item, GraphBlock):
            yield item
            yield from blocks_of(item.items)


class Port(NamedTuple):
    """Where a tensor enters a block, or leaves it."""

    tensor: int
    is_entry: bool


class GraphScope:
    """One level of an outline: vertices are the numbers of its items, ports, BEGIN and END."""

    def __init__(self, items: tuple[GraphItem, ...]):
        self.items = {item.number: item for item in items}
        self.inner: dict[int, GraphScope] = {}
        self.entries: list[int] = []  # tensors, in order
        self.exits: list[int] = []
        self.found: dict[Link, None] = {}

    def links(self) -> list[Link]:
        """All links, with hidden ones for what begins or ends here; what nothing joins is a column."""
        if not self.found:
            chain = [BEGIN, *self.items, END]
            return [Link(source, target, -1, True) for source, target in pairwise(chain)]
        entered = {link.target for link in self.found}
        left = {link.source for link in self.found}
        found = [Link(BEGIN, Port(tensor, True), tensor, True) for tensor in self.entries]
        found += [Link(BEGIN, number, -1, True, True) for number in self.items if number not in entered]
        found += self.found
        found += [Link(number, END, -1, True, True) for number in self.items if number not in left]
        found += [Link(Port(tensor, False), END, tensor, True) for tensor in self.exits]
        return found

    def add(self, source: int | Port, target: int | Port, tensor: int) -> None:
        self.found[Link(source, target, tensor)] = None


def scope_of(outline: GraphOutline) -> GraphScope:
    """The outermost scope of an outline, with those of its blocks in it."""
    ways: dict[int, tuple[int, ...]] = {}  # by node, the blocks around it and itself

    def enter(items: tuple[GraphItem, ...], around: tuple[int, ...]) -> GraphScope:
        scope = GraphScope(items)
        for item in items:
            if isinstance(item, GraphBlock):
                scope.inner[item.number] = enter(item.items, (*around, item.number))
            else:
                ways[item.number] = (*around, item.number)
        return scope

    root = enter(outline.items, ())
    for source, target, tensor in outline.edges:
        connect(root, ways[source], ways[target], tensor)
    return root


def connect(root: GraphScope, source: tuple[int, ...], target: tuple[int, ...], tensor: int) -> None:
    """Link two nodes: in the innermost scope that has both, and through the ports of the blocks around each."""
    scope = root
    shared = 0
    while source[shared] == target[shared]:
        scope = scope.inner[source[shared]]
        shared += 1
    scope.add(source[shared], target[shared], tensor)
    for way, is_entry in ((source, False), (target, True)):
        inner = scope
        for number, below in zip(way[shared:], way[shared + 1 :], strict=False):
            inner, port = inner.inner[number], Port(tensor, is_entry)
            tensors = inner.entries if is_entry else inner.exits
            if tensor not in tensors:
                tensors.append(tensor)
            start, end = (port, below) if is_entry else (below, port)
            inner.add(start, end, tensor)


# Stretches of layers that are equal


class Appearance(NamedTuple):
    """What is seen of a stretch of layers, wherever it lies."""

    keys: tuple[Hashable, ...]
    wiring: tuple[tuple[int, ...], ...]  # what each takes: places within, or −1, −2, … for `sources`
    sources: tuple[int, ...]  # the layers outside that they take


class Repeats:
    """A graph that is asked how often a stretch of it stands behind itself."""

    def __init__(self, graph: Graph):
        self.graph = graph
        self.users: list[list[int]] = [[] for _ in graph.nodes]
        for place, node in enumerate(graph.nodes):
            for source in node.inputs:
                self.users[source].append(place)
        for _, place in graph.outputs:
            self.users[place].append(len(graph.nodes))  # whoever takes the network's output
        self.known: dict[int, Hashable] = {}
        self.keys = [self.key(place, node) for place, node in enumerate(graph.nodes)]

    def key(self, place: int, node: Node) -> Hashable:
        """The same for layers with the same settings, shapes and numbers; its own for one that failed."""
        layer = node.applied or node.held
        if layer is None:
            return place
        if id(layer) not in self.known:
            numbers = (layer.parameters, layer.buffers, layer.macs)
            setting = layer.setting
            same = (setting.kind, repr(setting.values), setting.dims, setting.convention)
            self.known[id(layer)] = (*same, layer.input, layer.output, numbers)
        return self.known[id(layer)]

    def appearance(self, bounds: Bounds) -> Appearance:
        start, stop = bounds
        sources: dict[int, int] = {}
        wiring = tuple(
            tuple(
                place - start if start <= place < stop else sources.setdefault(place, -1 - len(sources))
                for place in node.inputs
            )
            for node in self.graph.nodes[start:stop]
        )
        return Appearance(tuple(self.keys[start:stop]), wiring, tuple(sources))

    def exits(self, bounds: Bounds) -> list[int]:
        """The layers that something outside takes."""
        start, stop = bounds
        return [place for place in range(start, stop) if any(user >= stop for user in self.users[place])]

    def times(self, stretches: Iterable[Bounds]) -> int:
        """How many of these, from the first on, are equal: each takes what the one before it gives and no other does.

        What else they take from outside is the same for them all.
        """
        count, before = 0, (0, 0)
        for bounds in stretches:
            found = self.appearance(bounds)
            if not count:
                first = found
            elif not self.continues(before, bounds, first, found):
                break
            count, before = count + 1, bounds
        return count

    def continues(self, before: Bounds, bounds: Bounds, first: Appearance, found: Appearance) -> bool:
        if before[1] != bounds[0] or (first.keys, first.wiring) != (found.keys, found.wiring):
            return False
        exits = self.exits(before)
        if len(exits) != 1 or any(user >= bounds[1] for user in self.users[exits[0]]):
            return False
        differing = [source for source, other in zip(found.sources, first.sources, strict=True) if source != other]
        return differing == exits and found.sources.count(exits[0]) == 1
