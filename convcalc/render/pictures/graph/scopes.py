"""What lies directly in a block, or beside all blocks: its items, its ports, and the links between them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from convcalc.render.pictures.graph.outline import GraphBlock
from convcalc.render.pictures.graph.series_parallel import Link
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.render.pictures.graph.outline import GraphItem, GraphOutline

BEGIN, END = "begin", "end"  # vertices that all others lie between


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
