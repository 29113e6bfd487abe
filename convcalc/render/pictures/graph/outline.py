"""The outline of a network: nodes in their blocks and edges between them, and what lies directly in each block."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

from convcalc.network.walk import totals
from convcalc.render.pictures.graph.series_parallel import Link
from convcalc.spec.layout import written_order
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from convcalc.layers.record import Shape
    from convcalc.network.walk import Totals
    from convcalc.render.pictures import PicturedNetwork

    GraphItem: TypeAlias = "GraphNode | GraphBlock"

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
    inner = scope
    for number, below in zip(source[shared:], source[shared + 1 :], strict=False):
        inner = inner.inner[number]
        if tensor not in inner.exits:
            inner.exits.append(tensor)
        inner.add(below, Port(tensor, False), tensor)
    inner = scope
    for number, below in zip(target[shared:], target[shared + 1 :], strict=False):
        inner = inner.inner[number]
        if tensor not in inner.entries:
            inner.entries.append(tensor)
        inner.add(Port(tensor, True), below, tensor)
