"""A network as a graph from its inputs to its outputs: a node for each layer, blocks in frames, shapes at the edges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.kinds.categories import CATEGORIES, OTHER
from convcalc.render.pictures.graph.boxes import boxes, number_words
from convcalc.render.pictures.graph.folding import outline_of
from convcalc.render.pictures.graph.layout import PAD, WRITTEN_SIZE, Layouter, around_nodes
from convcalc.render.pictures.graph.outline import blocks_of
from convcalc.render.pictures.graph.routing import edge_shapes
from convcalc.render.pictures.graph.scopes import scope_of
from convcalc.render.pictures.legend import legend
from convcalc.render.pictures.lettering import shorten, text_width
from convcalc.render.pictures.shapes import FAINT, INK, SOFT, Collection, Label, Picture, Rectangle, shift
from convcalc.render.report.rows import layers_in_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcalc.render.pictures import PicturedNetwork, PictureOptions
    from convcalc.render.pictures.graph.layout import PlacedBlock
    from convcalc.render.pictures.graph.outline import GraphOutline
    from convcalc.render.pictures.shapes import Shape

MARGIN, NARROWEST = 16, 300
KEY = (
    "Beside a line: the sizes of what goes along it, where they change. In a node: its parameters and its "
    "multiply–accumulates (MACs)."
)


def network_graph(network: PicturedNetwork, options: PictureOptions) -> Picture:
    """The picture of a network's graph, with a title and a legend."""
    outline = outline_of(network, options.depth)
    return with_words(outline, graph_alone(outline, options.direction == "right"))


def graph_alone(outline: GraphOutline, is_right: bool = False) -> Picture:
    """Nodes, blocks and edges, and nothing around them."""
    found = boxes(outline, around_nodes(outline.items))
    layout = Layouter(outline, found, is_right).layout(scope_of(outline))
    nodes = outline.network.graph.nodes
    names = {layer: nodes[layer].name for layer in outline.owners}
    shapes: list[Shape] = [block_shapes(outline, block, is_right) for block in layout.blocks]
    for way, points, has_tip in layout.ways:
        shapes += edge_shapes(points, way.is_curved, has_tip, is_right)
    shapes += [Label(x, y, text, WRITTEN_SIZE, anchor, SOFT) for text, x, y, anchor in layout.shapes]
    shapes += [box.shapes(x, y, names) for box, x, y in layout.nodes]
    report = outline.network.report
    return Picture(report.name or "network", layout.width, layout.height, tuple(shapes), about(outline), notes(outline))


def block_shapes(outline: GraphOutline, placed: PlacedBlock, is_right: bool) -> Collection:
    """The frame of a block with its title, and how often it stands there."""
    block, x, y, width, height, free = placed
    found: list[Shape] = [Rectangle(x, y, width, height, "wash", FAINT, radius=7)]
    if block.name:
        found.append(Label(x + PAD, y + 14, shorten(block.name, free, 11, True), 11, "start", INK, True))
    title = block.name
    if block.times > 1:
        words = f"× {block.times}"
        found.append(Label(x + width - PAD, y + 14, words, 11, "end", INK, True))
        title += f" · {block.times} equal ones, to {block.last}; this is the first"
    numbers = outline.subtotals(range(block.start, block.stop))
    if numbers:
        title += "".join(f" · {words}" for words in number_words(numbers))
    return Collection(tuple(found), title, block.name)


def about(outline: GraphOutline) -> str:
    report = outline.network.report
    return f"{report.name or 'A network'} as a graph of {layers_in_words(len(report.layers))}, from input to output."


def notes(outline: GraphOutline) -> tuple[str, ...]:
    """What is folded, drawn once or left out."""
    found = []
    if outline.folded:
        found.append(f"blocks at depth {outline.depth} are folded; --depth {outline.depth + 1} unfolds them")
    if any(block.times > 1 for block in blocks_of(outline.items)):
        found.append("blocks that are equal and follow each other are drawn once, with how often they stand there")
    if outline.left_out:
        found.append(f"{layers_in_words(outline.left_out)} in the middle are one node, with their sums")
    return tuple(found)


def with_words(outline: GraphOutline, picture: Picture) -> Picture:
    """The picture with its title and totals above it, a legend and a key below."""
    width = max(picture.width, NARROWEST)
    report = outline.network.report
    totals = " · ".join(number_words(report.totals))
    shapes: list[Shape] = [
        Label(MARGIN, 30, shorten(picture.title, width, 15, True), 15, "start", INK, True),
        Label(MARGIN, 47, shorten(totals, width, 11), 11, "start", SOFT),
    ]
    shapes += [shift(shape, MARGIN + (width - picture.width) / 2, 62) for shape in picture.shapes]
    top = 62 + picture.height + 20
    keys, height = legend(categories(outline), MARGIN, top, width)
    shapes += keys
    top += height + 4
    for line in wrap(KEY, width, 10):
        top += 13
        shapes.append(Label(MARGIN, top, line, 10, "start", SOFT))
    return picture._replace(width=width + 2 * MARGIN, height=top + MARGIN, shapes=tuple(shapes))


def categories(outline: GraphOutline) -> Iterator[str]:
    """Those of the layers, in the order of the table."""
    from convcalc.kinds.categories import category

    layers = [node.applied or node.held for node in outline.network.graph.nodes]
    found = {category(kind) for kind in {layer.setting.kind for layer in layers if layer}}
    yield from (name for name in (*CATEGORIES, OTHER) if name in found)


def wrap(text: str, width: float, size: float) -> Iterator[str]:
    """A text in lines that are no wider."""
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and text_width(longer, size) > width:
            yield line
            longer = word
        line = longer
    yield line
