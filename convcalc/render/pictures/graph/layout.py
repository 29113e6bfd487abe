"""The nodes and blocks of an outline in their places: each scope by itself, and then one in another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.render.pictures.graph.outline import BEGIN, END, INPUT, OUTPUT, GraphBlock, Port
from convcalc.render.pictures.graph.placing import Extents, ItemSize, Placing
from convcalc.render.pictures.graph.routing import LinkRoute, routes
from convcalc.render.pictures.graph.series_parallel import Vertex, decompose
from convcalc.render.pictures.lettering import text_width
from convcalc.render.script import UNICODE
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.render.pictures.graph.boxes import GraphBox
    from convcalc.render.pictures.graph.outline import GraphNode, GraphOutline, GraphScope
    from convcalc.render.pictures.shapes import Point

TITLE, PAD = 20, 9  # of a frame: above what is in it, and on the other sides
TITLE_SIZE = 11
WRITTEN, WRITTEN_SIZE = 14, 10  # the line of a shape at an edge, and its letters
STEM = 4  # between an edge and its shape
MOST_TITLE = 120  # letters' room that a frame grows for


class PlacedNode(NamedTuple):
    box: GraphBox
    x: float
    y: float


class PlacedBlock(NamedTuple):
    block: GraphBlock
    around: list[str]  # the parts of the name of the block around it
    x: float
    y: float
    width: float
    height: float
    left: float  # how wide a title may be on the left
    right: float  # and on the right


class PlacedRoute(NamedTuple):
    """A piece of an edge, in across and along, within one block."""

    route: LinkRoute
    points: tuple[Point, ...]
    has_tip: bool


class PlacedShape(NamedTuple):
    """The sizes of a tensor, written beside where its edges begin."""

    text: str
    x: float
    y: float


class GraphLayout(NamedTuple):
    nodes: tuple[PlacedNode, ...]
    blocks: tuple[PlacedBlock, ...]
    routes: tuple[PlacedRoute, ...]
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
        self.routes = routes(self.placing, self.extents.along)

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
        title = 2 * PAD + min(MOST_TITLE, text_width(block.name, TITLE_SIZE, True))
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
        self.routes: list[PlacedRoute] = []
        self.shapes: list[PlacedShape] = []
        left, right, along = root.extents
        self.add(root, left, 0)
        width, height = (along, left + right) if self.is_right else (left + right, along)
        return GraphLayout(
            tuple(self.nodes), tuple(self.blocks), tuple(self.routes), tuple(self.shapes), width, height
        )  # fmt: skip

    def add(
        self, layout: ScopeLayout, across: float, along: float, pads: tuple[float, float] = (0, 0), around: str = ""
    ) -> None:
        """Everything in a scope whose axis and beginning lie here; its ports reach over the pads of its frame."""
        for number, item in layout.scope.items.items():
            there, begin = layout.placing.places[number]
            size = layout.placing.sizes[number]
            if isinstance(item, GraphBlock):
                self.add_block(item, layout.inner[number], size, across + there, along + begin, around)
            else:
                self.add_node(item, size, across + there, along + begin)
        for route in layout.routes:
            points = [(across + x, along + y) for x, y in route.points]
            if isinstance(route.link.source, Port):
                points[0] = (points[0][0], points[0][1] - pads[0])
            if isinstance(route.link.target, Port):
                points[-1] = (points[-1][0], points[-1][1] + pads[1])
            self.routes.append(PlacedRoute(route, tuple(points), self.is_tip(layout.scope, route)))

    def is_tip(self, scope: GraphScope, route: LinkRoute) -> bool:
        target = route.link.target
        return not isinstance(target, Port) and not isinstance(scope.items[target], GraphBlock)  # type: ignore[index]

    def add_block(
        self, block: GraphBlock, inner: ScopeLayout, size: ItemSize, across: float, along: float, around: str
    ) -> None:
        extents = size.extents
        corner, other = (along, across - extents.left), (extents.along, extents.left + extents.right)
        names = around.split(".") if around else []
        if self.is_right:
            pads = (PAD, size.body - PAD - inner.extents.along)
            half = other[0] / 2 - PAD - 3
            self.blocks.append(PlacedBlock(block, names, *corner, *other, half, half))
        else:
            pads = (TITLE, PAD)
            x, width = corner[1], other[1]
            ports = [across + port for port in size.entries.values()] or [x + width / 2]
            left, right = min(ports) - x - PAD - 5, x + width - max(ports) - PAD - 5
            self.blocks.append(PlacedBlock(block, names, x, corner[0], width, other[0], left, right))
        self.add(inner, across, along + pads[0], pads, block.name or around)

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
                self.shapes.append(PlacedShape(text, x, y))
