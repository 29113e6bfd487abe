"""A network as a graph from its inputs to its outputs: a node for each layer, blocks in frames, shapes at the edges."""

from __future__ import annotations

from collections.abc import Iterator

from convcalc.kinds.categories import CATEGORIES, OTHER, category
from convcalc.render.pictures import PicturedNetwork, PictureOptions
from convcalc.render.pictures.graph.boxes import boxes_of, short_name, times_in_words
from convcalc.render.pictures.graph.folding import outline_of
from convcalc.render.pictures.graph.layout import PAD, TITLE_SIZE, WRITTEN_SIZE, Layouter, PlacedBlock
from convcalc.render.pictures.graph.outline import GraphOutline, blocks_of, nodes_of, scope_of
from convcalc.render.pictures.graph.routing import edge_shapes
from convcalc.render.pictures.heading import SIZE, counts_in_words, heading, legend, name_in_words, text_lines
from convcalc.render.pictures.lettering import shorten, text_width, wrap
from convcalc.render.pictures.shapes import FAINT, INK, SOFT, Collection, Label, Picture, Rectangle, Shape, shift
from convcalc.render.report.rows import layers_in_words
from convcalc.render.script import UNICODE

MARGIN, NARROWEST = 16, 300
KEY = (
    "Beside a line: the sizes of what goes along it, where they change. In a node: its parameters and its "
    "multiply–accumulates (MACs)."
)
UNJOINED = "What takes what is not known: layers are drawn in the order in which they are written, without lines."
REPEATED = "× n: n equal ones follow each other, and the first is drawn for all of them."


def network_graph(network: PicturedNetwork, options: PictureOptions) -> Picture:
    """The picture of a network's graph, with a title and a legend."""
    outline = outline_of(network, options.depth)
    return with_words(outline, graph_alone(outline, options.direction == "right"))


def graph_alone(outline: GraphOutline, is_right: bool = False) -> Picture:
    """Nodes, blocks and edges, and nothing around them."""
    layout = Layouter(outline, boxes_of(outline), is_right).layout(scope_of(outline))
    shapes: list[Shape] = [block_shapes(outline, block) for block in layout.blocks]
    shapes += edge_shapes(layout.routes, titles(outline), is_right)
    shapes += [Label(x, y, text, WRITTEN_SIZE, "start", SOFT) for text, x, y in layout.shapes]
    shapes += [box.shapes(x, y) for box, x, y in layout.nodes]
    name = outline.network.report.name or "network"
    about = f"{name} as a graph of {layers_in_words(len(outline.network.report.layers))}, from input to output."
    return Picture(name, layout.width, layout.height, tuple(shapes), about, notes(outline))


def titles(outline: GraphOutline) -> dict[int, str]:
    """What goes along the edges, by tensor."""
    nodes = outline.network.graph.nodes
    found = {}
    for edge in outline.edges:
        shape = outline.shape(edge.tensor)
        found[edge.tensor] = f"{nodes[edge.tensor].name} gives {UNICODE.shape(shape) if shape else '?'}"
    return found


def block_shapes(outline: GraphOutline, placed: PlacedBlock) -> Collection:
    """The frame of a block with its title, and how often it stands there."""
    block, around, x, y, width, height, left, right = placed
    found: list[Shape] = [Rectangle(x, y, width, height, "wash", FAINT, radius=7)]
    title = block.name
    base = y + TITLE_SIZE + 3
    if block.name:
        name = shorten(short_name(block.name, around), left, TITLE_SIZE, True)
        found.append(Label(x + PAD, base, name, TITLE_SIZE, "start", INK, True))
    if block.times > 1:
        times = times_in_words(block.times)
        longer = f"{times}, to {short_name(block.last, around)}"
        shown = longer if text_width(longer, TITLE_SIZE) <= right else shorten(times, right, TITLE_SIZE)
        found.append(Label(x + width - PAD, base, shown, TITLE_SIZE, "end", INK))
        title += f" · {longer}; this is the first of them"
    numbers = outline.subtotals(range(block.start, block.stop))
    title += "".join(f" · {words}" for words in counts_in_words(numbers)) if numbers else ""
    return Collection(tuple(found), title, block.name)


def notes(outline: GraphOutline) -> tuple[str, ...]:
    """What is folded, drawn once or left out."""
    found = []
    if outline.folded:
        found.append(f"blocks at depth {outline.depth} are folded; --depth {outline.depth + 1} unfolds them")
    if has_repeats(outline):
        found.append("what is equal and follows each other is drawn once, with how often it does")
    if outline.left_out:
        found.append(f"{layers_in_words(outline.left_out)} in the middle are one node, with their sums")
    return tuple(found)


def has_repeats(outline: GraphOutline) -> bool:
    blocks = any(block.times > 1 for block in blocks_of(outline.items))
    return blocks or any(node.times > 1 for node in nodes_of(outline.items))


def with_words(outline: GraphOutline, picture: Picture) -> Picture:
    """The picture with its title and totals above it, a legend and a key below."""
    width = max(picture.width, NARROWEST)
    report = outline.network.report
    lines = wrap(" · ".join(counts_in_words(report.totals)), width, SIZE)
    shapes, top = heading(name_in_words(report, width), lines, MARGIN)
    failed = sum(layer.known is None for layer in report.layers)
    if failed:
        words = f"{layers_in_words(failed)} could not be computed, and no total has {'it' if failed == 1 else 'them'}."
        warning, top = text_lines(wrap(words, width, SIZE), MARGIN, top, "alarm")
        shapes += warning
    top += 11
    shapes += [shift(shape, MARGIN + (width - picture.width) / 2, top) for shape in picture.shapes]
    top += picture.height + 20
    keys, height = legend(categories(outline), MARGIN, top, width)
    shapes += keys
    key = UNJOINED if outline.network.graph.spec.unjoined else KEY
    explained = wrap(f"{key} {REPEATED}" if has_repeats(outline) else key, width, SIZE)
    below, bottom = text_lines(explained, MARGIN, top + height + 4)
    return picture._replace(width=width + 2 * MARGIN, height=bottom + MARGIN, shapes=(*shapes, *below))


def categories(outline: GraphOutline) -> Iterator[str]:
    """Those of the layers, in the order of the table."""
    layers = [node.applied or node.held for node in outline.network.graph.nodes]
    found = {category(kind) for kind in {layer.setting.kind for layer in layers if layer}}
    yield from (name for name in (*CATEGORIES, OTHER) if name in found)
