"""The outline of a network: its nodes in their blocks and the edges between them, whatever the layout or the format."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from convcalc.network.walk import totals
from convcalc.spec.layout import written_order
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from convcalc.layers.record import Shape
    from convcalc.network.walk import Totals
    from convcalc.render.pictures import PicturedNetwork

    GraphItem: TypeAlias = "GraphNode | GraphBlock"

INPUT, OUTPUT, LAYER, FAILED, FOLD, REST = "input", "output", "layer", "failed", "block", "rest"


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
