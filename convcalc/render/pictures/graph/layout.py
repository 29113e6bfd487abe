"""The nodes and blocks of an outline in their places: each scope by itself, and then one in another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.render.pictures.graph.outline import INPUT, OUTPUT, GraphBlock
from convcalc.render.pictures.graph.placing import Extents, ItemSize, Placing
from convcalc.render.pictures.graph.scopes import BEGIN, END, Port
from convcalc.render.pictures.graph.series_parallel import decompose
from convcalc.render.pictures.lettering import text_width
from convcalc.render.script import UNICODE
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcalc.render.pictures.graph.boxes import GraphBox
    from convcalc.render.pictures.graph.outline import GraphNode, GraphOutline
    from convcalc.render.pictures.graph.placing import LinkRoute
    from convcalc.render.pictures.graph.scopes import GraphScope
    from convcalc.render.pictures.graph.series_parallel import Vertex
    from convcalc.render.pictures.shapes import Point

TITLE, PAD = 20, 9  # of a frame: above what is in it, and on the other sides
WRITTEN, WRITTEN_SIZE = 14, 10  # the line of a shape at an edge, and its letters
STEM = 4  # between an edge and its shape
MOST_TITLE = 120  # letters' room that a frame grows for


class PlacedNode(NamedTuple):
    box: GraphBox
    x: float
    y: float


class PlacedBlock(NamedTuple):
    block: GraphBlock
    x: float
    y: float
    width: float
    height: float
    free: float  # how wide a title may be on the left; as much is free on the right


class PlacedRoute(NamedTuple):
    """A piece of an edge, in across and along, within one block."""

    way: LinkRoute
    points: tuple[Point, ...]
    has_tip: bool


class PlacedShape(NamedTuple):
    """The sizes of a tensor, written beside where its edges begin."""

    text: str
    x: float
    y: float
    anchor: str


class GraphLayout(NamedTuple):
    nodes: tuple[PlacedNode, ...]
    blocks: tuple[PlacedBlock, ...]
    ways: tuple[PlacedRoute, ...]
    shapes: tuple[PlacedShape, ...]
    width: float
    height: float


class ScopeLayout:
    """The items of a scope in their places, with the layouts of the blocks among them."""

    def __init__(self, layouter: Layouter, scope: GraphScope):
        self.scope = scope
        self.inner = {number: ScopeLayout(layouter, each) for number, each in scope.inner.items()}
        sizes: dict[Vertex, ItemSize] = {
            number: layouter.item_size(item, self.inner.get(number)) for number, item in scope.items.items()
        }
        self.placing = Placing(sizes)
        decomposed = decompose(scope.links(), BEGIN, END)
        self.extents = self.placing.extents(decomposed)
        self.placing.place(decomposed, 0, 0, self.extents.along)
        self.ways = self.placing.ways(self.extents.along)

    def ports(self, is_entry: bool) -> dict[int, float]:
        return {
            vertex.tensor: across
            for vertex, (across, _) in self.placing.places.items()
            if isinstance(vertex, Port) and vertex.is_entry == is_entry
        }


class Layouter:
    """Lays out one outline, down or to the right."""

    def __init__(self, outline: GraphOutline, boxes: dict[int, GraphBox], is_right: bool):
        self.outline, self.boxes, self.is_right = outline, boxes, is_right
        self.exits: dict[int, dict[int, str]] = {}  # by node, the tensors that leave it and what is written there
        takes: dict[int, int] = {}
        for edge in outline.edges:
            takes.setdefault(edge.target, edge.tensor)
        for source, _, tensor in outline.edges:
            shape, before = outline.shape(tensor), outline.shape(takes[source]) if source in takes else None
            words = UNICODE.shape(shape) if shape and shape != before else ""
            self.exits.setdefault(source, {})[tensor] = words
        for number, box in boxes.items():
            if box.node.mark == INPUT:
                self.exits[number] = dict.fromkeys(self.exits.get(number, {}), "")
            elif number not in self.exits and box.node.mark != OUTPUT:
                shape = outline.shape(box.node.layers[-1])
                self.exits[number] = {box.node.layers[-1]: UNICODE.shape(shape) if shape else ""}

    def item_size(self, item: GraphNode | GraphBlock, inner: ScopeLayout | None) -> ItemSize:
        if isinstance(item, GraphBlock):
            assert inner
            return self.block_size(item, inner)
        box, written = self.boxes[item.number], self.exits.get(item.number, {})
        wide = max([text_width(text, WRITTEN_SIZE) for text in written.values()], default=0) + STEM
        has_words = any(written.values())
        across, along = (box.height, box.width) if self.is_right else (box.width, box.height)
        step = WRITTEN + 2 if self.is_right else wide + 14
        ports = {tensor: (place - (len(written) - 1) / 2) * step for place, tensor in enumerate(written)}
        half = max(across / 2, step * len(written) / 2 if len(written) > 1 else 0)
        right = max(half, half if len(written) > 1 or self.is_right else wide if has_words else 0)
        left = max(half, WRITTEN) if self.is_right and has_words else half
        more = (wide + STEM if self.is_right else WRITTEN) if has_words else 0
        return ItemSize(Extents(left, right, along + more), {}, ports, along)

    def block_size(self, block: GraphBlock, inner: ScopeLayout) -> ItemSize:
        left, right, along = inner.extents
        entries, exits = inner.ports(True), inner.ports(False)
        title = 2 * PAD + min(MOST_TITLE, text_width(block.name, 11, True))
        if self.is_right:
            more = max(0, title - along - 2 * PAD)
            extents = Extents(left + TITLE, right + PAD, along + 2 * PAD + more)
            return ItemSize(extents, entries, exits, extents.along)
        first = min(entries.values(), default=0.0)
        extents = Extents(max(left + PAD, title - first), max(right + PAD, 0), TITLE + along + PAD)
        return ItemSize(extents, entries, exits, extents.along)

    # From the sizes to the places.

    def layout(self, scope: GraphScope) -> GraphLayout:
        root = ScopeLayout(self, scope)
        self.nodes: list[PlacedNode] = []
        self.blocks: list[PlacedBlock] = []
        self.ways: list[PlacedRoute] = []
        self.shapes: list[PlacedShape] = []
        left, right, along = root.extents
        self.add(root, left, 0, (0, 0))
        width, height = (along, left + right) if self.is_right else (left + right, along)
        return GraphLayout(
            tuple(self.nodes), tuple(self.blocks), tuple(self.ways), tuple(self.shapes), width, height
        )  # fmt: skip

    def add(self, layout: ScopeLayout, across: float, along: float, pads: tuple[float, float]) -> None:
        """Everything in a scope whose axis and beginning lie here; its ports reach over the pads of its frame."""
        for number, item in layout.scope.items.items():
            there, begin = layout.placing.places[number]
            size = layout.placing.sizes[number]
            if isinstance(item, GraphBlock):
                self.add_block(item, layout.inner[number], size, across + there, along + begin)
            else:
                self.add_node(item, size, across + there, along + begin)
        for way in layout.ways:
            points = [(across + x, along + y) for x, y in way.points]
            if isinstance(way.link.source, Port):
                points[0] = (points[0][0], points[0][1] - pads[0])
            if isinstance(way.link.target, Port):
                points[-1] = (points[-1][0], points[-1][1] + pads[1])
            self.ways.append(PlacedRoute(way, tuple(points), self.is_tip(layout.scope, way)))

    def is_tip(self, scope: GraphScope, way: LinkRoute) -> bool:
        target = way.link.target
        return not isinstance(target, Port) and not isinstance(scope.items[target], GraphBlock)  # type: ignore[index]

    def add_block(self, block: GraphBlock, inner: ScopeLayout, size: ItemSize, across: float, along: float) -> None:
        extents = size.extents
        corner, other = (along, across - extents.left), (extents.along, extents.left + extents.right)
        if self.is_right:
            pads = (PAD, size.body - PAD - inner.extents.along)
            self.blocks.append(PlacedBlock(block, *corner, *other, other[0] / 2 - PAD))
        else:
            pads = (TITLE, PAD)
            ports = [across + port for port in size.entries.values()]
            free = min(ports) - corner[1] - PAD - 5 if ports else other[1] - 2 * PAD
            self.blocks.append(PlacedBlock(block, corner[1], corner[0], other[1], other[0], free))
        self.add(inner, across, along + pads[0], pads)

    def add_node(self, node: GraphNode, size: ItemSize, across: float, along: float) -> None:
        box = self.boxes[node.number]
        if self.is_right:
            self.nodes.append(PlacedNode(box, along, across - box.height / 2))
        else:
            self.nodes.append(PlacedNode(box, across - box.width / 2, along))
        for tensor, text in self.exits.get(node.number, {}).items():
            if text:
                there, begin = across + size.exits[tensor], along + size.body
                x, y = (begin + STEM, there - 3) if self.is_right else (there + STEM, begin + WRITTEN - 3)
                self.shapes.append(PlacedShape(text, x, y, "start"))


def around_nodes(scope_items: tuple[GraphNode | GraphBlock, ...], name: str = "") -> Iterator[tuple[GraphNode, str]]:
    """All nodes, each with the name of the block around it."""
    for item in scope_items:
        if isinstance(item, GraphBlock):
            yield from around_nodes(item.items, item.name or name)
        else:
            yield item, name
