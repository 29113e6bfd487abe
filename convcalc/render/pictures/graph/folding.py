"""The outline of a network that a page can hold: blocks folded, equal ones drawn once, long runs cut short."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from convcalc.kinds.categories import FOLLOWING, category
from convcalc.render.pictures import PicturedNetwork
from convcalc.render.pictures.graph.outline import (
    FAILED,
    FOLD,
    INPUT,
    LAYER,
    OUTPUT,
    REST,
    GraphBlock,
    GraphEdge,
    GraphItem,
    GraphNode,
    GraphOutline,
    Repeats,
    nodes_of,
)
from convcalc.render.report.rows import levels

MAX_NODES, MAX_ROWS = 100, 60  # of a picture whose depth is not asked for; rows: along the longest way through it
TOO_FEW = 5  # nodes to say anything, with those of input and output
MAX_ASKED = 400  # nodes, where it is
MAX_ITEMS = 60  # of one block, or beside all blocks: more are cut short
MAX_LINES = 6  # layers of a block that is one node
MAX_TOGETHER = 16  # nodes that are repeated together without being a block


class Region:
    """A block of the graph, with those in it."""

    def __init__(self, name: str, start: int, stop: int, level: int):
        self.name, self.start, self.stop, self.level = name, start, stop, level
        self.inner: list[Region] = []


def outline_of(network: PicturedNetwork, depth: int = 0) -> GraphOutline:
    """The outline with blocks folded at a depth; without one, as far unfolded as a page allows."""
    repeats = Repeats(network.graph)
    roots, deepest = regions(network)
    if depth > deepest:
        depth = deepest + 1
    if depth:
        for each in range(depth, 0, -1):
            found = Folding(network, repeats, roots, each).outline()
            if each == 1 or sum(1 for _ in nodes_of(found.items)) <= MAX_ASKED:
                return found
    best, enough = None, False
    for each in range(1, deepest + 2):
        found = Folding(network, repeats, roots, each).outline()
        nodes = sum(1 for _ in nodes_of(found.items))
        if best and enough and (found.left_out or nodes > MAX_NODES or longest_way(found) > MAX_ROWS):
            break
        best, enough = found, nodes > TOO_FEW
    assert best
    return best


def regions(network: PicturedNetwork) -> tuple[list[Region], int]:
    """The outermost blocks of a network, and how deep its deepest one lies."""
    count, deepest = len(network.graph.inputs), 0
    roots: list[Region] = []
    around: list[Region] = []
    for group, level in levels(network.report.groups):
        region = Region(group.name, group.start + count, group.stop + count, level)
        del around[level - 1 :]
        if around:
            region.stop = min(region.stop, around[-1].stop)
        (around[-1].inner if around else roots).append(region)
        around.append(region)
        deepest = max(deepest, level)
    return roots, deepest


def longest_way(outline: GraphOutline) -> int:
    """The nodes along the longest way from an input to an output."""
    rows = {node.number: 1 for node in nodes_of(outline.items)}
    into: dict[int, list[int]] = {}
    for edge in outline.edges:
        into.setdefault(edge.target, []).append(edge.source)
    for node in nodes_of(outline.items):
        rows[node.number] += max([rows[source] for source in into.get(node.number, ())], default=0)
    return max(rows.values())


class Folding:
    """A network on its way to an outline in which blocks at one depth are folded."""

    def __init__(self, network: PicturedNetwork, repeats: Repeats, roots: list[Region], depth: int):
        self.network, self.graph, self.depth = network, network.graph, depth
        self.repeats, self.roots = repeats, roots
        self.number = 0  # of the next item
        self.shown: dict[int, int] = {}  # by a layer of a repeated block, that of the first one
        self.folded, self.left_out = False, 0

    def outline(self) -> GraphOutline:
        graph, inputs = self.graph, len(self.graph.inputs)
        items: list[GraphItem] = [
            GraphNode(self.next_number(), INPUT, name, (place,)) for place, name in enumerate(graph.inputs)
        ]
        items += self.items(inputs, len(graph.nodes), self.roots)
        owners = {layer: node.number for node in nodes_of(items) for layer in node.layers}
        edges = [
            GraphEdge(owners[self.shown_by(source)], owners[place], self.shown_by(source))
            for place, node in enumerate(graph.nodes)
            if place in owners
            for source in node.inputs
        ]
        ends = graph.outputs or [("", graph.main)]
        for name, place in ends if graph.spec.unjoined is None else ():
            pill = GraphNode(self.next_number(), OUTPUT, name)
            items.append(pill)
            edges.append(GraphEdge(owners[self.shown_by(place)], pill.number, self.shown_by(place)))
        between = dict.fromkeys(edge for edge in edges if edge.source != edge.target)
        for place in range(len(graph.nodes)):
            owners.setdefault(place, owners[self.shown_by(place)])
        return GraphOutline(
            self.network, tuple(items), tuple(between), owners, self.depth, self.folded, self.left_out
        )  # fmt: skip

    def next_number(self) -> int:
        self.number += 1
        return self.number - 1

    def shown_by(self, place: int) -> int:
        """The layer that a layer is shown by."""
        while place in self.shown:
            place = self.shown[place]
        return place

    def items(self, start: int, stop: int, inner: list[Region]) -> list[GraphItem]:
        """What lies between two places: blocks, and layers with those that are merged into them."""
        begins = {region.start: index for index, region in enumerate(inner)}
        found: list[GraphItem] = []
        hosts: dict[int, int] = {}  # by the last layer of a node, the node's place in what is found
        place = start
        while place < stop:
            index = begins.get(place)
            if index is not None and inner[index].stop > place:
                times = self.repeats.times((region.start, region.stop) for region in inner[index:])
                found.append(item := self.block(inner[index], times, inner[index + times - 1]))
                place = inner[index + times - 1].stop
                if item.times == 1 and isinstance(item, GraphNode) and item.mark == LAYER:
                    hosts[place - 1] = len(found) - 1
                continue
            host = self.host(place, hosts)
            if host is None:
                hosts[place] = len(found)
                node = self.graph.nodes[place]
                mark = LAYER if node.applied or node.held else FAILED
                found.append(GraphNode(self.next_number(), mark, node.name, (place,)))
            else:
                node_before = found[host]
                assert isinstance(node_before, GraphNode)
                found[host] = node_before._replace(layers=(*node_before.layers, place))
                hosts[place] = host
            place += 1
        return found if len(found) <= MAX_ITEMS else self.cut_short(self.with_runs(found))

    def host(self, place: int, hosts: dict[int, int]) -> int | None:
        """The node that a layer is merged into: that of its one source, which nothing else takes."""
        node = self.graph.nodes[place]
        if node.applied is None or len(node.inputs) != 1 or category(node.applied.setting.kind) not in FOLLOWING:
            return None
        source = node.inputs[0]
        return hosts.get(source) if len(self.repeats.users[source]) == 1 else None

    def block(self, region: Region, times: int, last: Region) -> GraphItem:
        more = last.name if times > 1 else ""
        layers = tuple(range(region.start, last.stop))
        node = self.only_node(region)
        if node:
            return node._replace(layers=layers, times=times, last=more, title=region.name)
        innermost = region  # of blocks around the same layers, which are one
        while innermost.level < self.depth and len(innermost.inner) == 1:
            if (innermost.inner[0].start, innermost.inner[0].stop) != (region.start, region.stop):
                break
            innermost = innermost.inner[0]
        if innermost.level == self.depth:
            self.folded = True
            return GraphNode(self.next_number(), FOLD, region.name, layers, times, more)
        items = self.items(region.start, region.stop, innermost.inner)
        return self.repeated(region.name, items, region.start, region.stop, times, more)

    def only_node(self, region: Region) -> GraphNode | None:
        """The node that a block is all of: a layer with those that are merged into it."""
        if region.stop - region.start > MAX_LINES:
            return None
        number = self.number
        first, *others = self.items(region.start, region.stop, [])
        if not others and isinstance(first, GraphNode) and first.mark == LAYER:
            return first
        self.number = number
        return None

    def repeated(self, name: str, items: list[GraphItem], start: int, stop: int, times: int, last: str) -> GraphBlock:
        """A block that is drawn once for several."""
        for place in range(stop, start + times * (stop - start)):
            self.shown[place] = start + (place - start) % (stop - start)
        return GraphBlock(self.next_number(), name, tuple(items), start, stop, times, last)

    # What is too long for a page.

    def with_runs(self, items: list[GraphItem]) -> list[GraphItem]:
        """Items of which those that repeat those before them are drawn once."""
        bounds = [self.bounds(item) for item in items]
        found: list[GraphItem] = []
        place = 0
        while place < len(items):
            together, times = self.best_run(bounds, place)
            if times == 1:
                found.append(items[place])
            else:
                last = items[place + together * (times - 1)]
                found.append(self.run(items[place : place + together], bounds[place][0], times, last.name))
            place += together * times
        return found

    def best_run(self, bounds: list[tuple[int, int]], place: int) -> tuple[int, int]:
        """How many items are repeated together from here on, and how often."""
        keys = self.repeats.keys
        for together in range(1, min(MAX_TOGETHER, (len(bounds) - place) // 2) + 1):
            other = bounds[place + together][0]
            if keys[bounds[place][0]] == keys[other]:
                stretches = (
                    (bounds[first][0], bounds[first + together - 1][1])
                    for first in range(place, len(bounds) - together + 1, together)
                )
                times = self.repeats.times(stretches)
                if times > 1:
                    return together, times
        return 1, 1

    def run(self, items: list[GraphItem], start: int, times: int, last: str) -> GraphItem:
        first = items[0]
        stop = self.bounds(items[-1])[1]
        if len(items) == 1 and isinstance(first, GraphNode):
            return first._replace(layers=tuple(range(start, start + times * (stop - start))), times=times, last=last)
        return self.repeated("", items, start, stop, times, last)

    def cut_short(self, items: list[GraphItem]) -> list[GraphItem]:
        """The first items and the last ones, with a node for all between them."""
        if len(items) <= MAX_ITEMS:
            return items
        head = MAX_ITEMS // 2
        middle = items[head : head + 1 - MAX_ITEMS]
        layers = tuple(sorted(chain.from_iterable(self.layers(item) for item in middle)))
        self.left_out += len(layers)
        first, last = (self.graph.nodes[layers[end]].name for end in (0, -1))
        return [
            *items[:head],
            GraphNode(self.next_number(), REST, first, layers, 1, last),
            *items[head + 1 - MAX_ITEMS :],
        ]

    def layers(self, item: GraphItem) -> Iterator[int]:
        """All layers of an item, with those that it is drawn for."""
        if isinstance(item, GraphNode):
            yield from item.layers
        else:
            yield from range(item.start, item.start + item.times * (item.stop - item.start))

    def bounds(self, item: GraphItem) -> tuple[int, int]:
        layers = list(self.layers(item))
        return layers[0], layers[-1] + 1
