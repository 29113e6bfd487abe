"""A network's graph in another's language: Graphviz and Mermaid lay it out themselves, from the same words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from convcalc.problem import problem
from convcalc.render.pictures import SUBJECTS, PicturedNetwork, PictureOptions, refuse_idle
from convcalc.render.pictures.graph import notes
from convcalc.render.pictures.graph.boxes import GraphBox, boxes_of
from convcalc.render.pictures.graph.folding import outline_of
from convcalc.render.pictures.graph.outline import FAILED, INPUT, OUTPUT, REST, GraphBlock, GraphEdge, GraphOutline
from convcalc.render.pictures.themes import THEMES
from convcalc.render.script import UNICODE, printable
from convcalc.tuples import NamedTuple
from convcalc.writing.diagram import quote_for_dot, quote_for_mermaid

if TYPE_CHECKING:
    from convcalc.render.pictures.graph.outline import GraphItem

MAX_MERMAID = 50_000, 500  # letters and edges that it takes unless it is told otherwise
STYLES = {INPUT: "rounded,filled", OUTPUT: "rounded,filled", REST: "dashed,filled"}


class GraphText(NamedTuple):
    pieces: tuple[str, ...]
    notes: tuple[str, ...]


def write_graphs(networks: tuple[PicturedNetwork, ...], options: PictureOptions, form: str, theme: str) -> GraphText:
    """The graphs of networks in one of the formats; a Problem for options that have no say, or several flowcharts."""
    refuse_idle(SUBJECTS["graph"], options)
    if form == "mermaid" and len(networks) > 1:
        raise problem("U010", "Mermaid has one flowchart in a text", "draw the networks one by one")
    write = mermaid_pieces if form == "mermaid" else dot_pieces
    pieces: list[str] = []
    remarks: list[str] = []
    for network in networks:
        outline = outline_of(network, options.depth)
        pieces += write(outline, boxes_of(outline), theme, options.direction == "right")
        remarks += notes(outline)
        letters, edges = MAX_MERMAID
        if form == "mermaid" and (sum(map(len, pieces)) > letters or len(outline.edges) > edges):
            remarks.append("Mermaid refuses so long a text unless its maxTextSize and maxEdges are raised")
    return GraphText(tuple(pieces), tuple(dict.fromkeys(remarks)))


def node_words(box: GraphBox) -> tuple[str, ...]:
    """The lines of a node."""
    return tuple(printable(" · ".join(filter(None, (line.left, line.right)))) for line in box.lines)


def block_words(block: GraphBlock) -> str:
    """The name of a block, and how often it stands there."""
    times = f"× {UNICODE.number(block.times)}, to {block.last}" if block.times > 1 else ""
    return printable(" ".join(filter(None, (block.name, times))))


def edge_words(outline: GraphOutline, edge: GraphEdge) -> str:
    """The sizes of what goes along it."""
    shape = outline.shape(edge.tensor)
    return UNICODE.shape(shape) if shape else ""


def fill_of(box: GraphBox) -> str:
    """The colour of a node: that of its first line."""
    return box.lines[0].fill or ("paper" if box.node.mark == FAILED else "wash")


def dot_pieces(outline: GraphOutline, boxes: Mapping[int, GraphBox], theme: str, is_right: bool) -> Iterator[str]:
    """The text of a graph."""
    colours = THEMES[theme]
    ink, soft = colours["ink"], colours["soft"]
    yield f"digraph {quote_for_dot(outline.network.report.name or 'network')} {{\n"
    yield f'  graph [rankdir={"LR" if is_right else "TB"}, bgcolor="{colours["paper"]}", fontname="Helvetica"];\n'
    yield f'  node [shape=box, style=filled, color="{soft}", fontcolor="{ink}", fontname="Helvetica", fontsize=11];\n'
    yield f'  edge [color="{soft}", fontcolor="{soft}", fontname="Helvetica", fontsize=10];\n'
    yield from dot_lines(outline.items, boxes, colours, "  ")
    for edge in outline.edges:
        words = edge_words(outline, edge)
        yield f"  n{edge.source} -> n{edge.target}{f' [label={quote_for_dot(words)}]' if words else ''};\n"
    yield "}\n"


def dot_lines(
    items: Iterable[GraphItem], boxes: Mapping[int, GraphBox], colours: Mapping[str, str], indent: str
) -> Iterator[str]:
    for item in items:
        if isinstance(item, GraphBlock):
            ink, faint, wash = colours["ink"], colours["faint"], colours["wash"]
            label = f'label={quote_for_dot(block_words(item))}, labeljust=l, fontcolor="{ink}", fontsize=11'
            look = f'style="rounded,filled", color="{faint}", fillcolor="{wash}"'
            yield f"{indent}subgraph cluster_{item.number} {{\n{indent}  graph [{label}, {look}];\n"
            yield from dot_lines(item.items, boxes, colours, indent + "  ")
            yield f"{indent}}}\n"
        else:
            box = boxes[item.number]
            style = f'style="{STYLES[item.mark]}", ' if item.mark in STYLES else ""
            look = f'{style}fillcolor="{colours[fill_of(box)]}"'
            yield f"{indent}n{item.number} [label={quote_for_dot(*node_words(box))}, {look}];\n"


def mermaid_pieces(outline: GraphOutline, boxes: dict[int, GraphBox], theme: str, is_right: bool) -> Iterator[str]:
    """The text of a flowchart; its identifiers are numbers with a letter, which no word of Mermaid's is."""
    colours = THEMES[theme]
    yield f"flowchart {'LR' if is_right else 'TD'}\n"
    yield from mermaid_lines(outline.items, boxes, "  ")
    for edge in outline.edges:
        words = edge_words(outline, edge)
        label = f"|{quote_for_mermaid(words)}|" if words else ""
        yield f"  n{edge.source} -->{label} n{edge.target}\n"
    for fill in dict.fromkeys(fill_of(box) for box in boxes.values()):
        yield f"  classDef of_{fill} fill:{colours[fill]},stroke:{colours['soft']},color:{colours['ink']}\n"
        members = ",".join(f"n{number}" for number, box in boxes.items() if fill_of(box) == fill)
        yield f"  class {members} of_{fill}\n"


def mermaid_lines(items: Iterable[GraphItem], boxes: dict[int, GraphBox], indent: str) -> Iterator[str]:
    for item in items:
        if isinstance(item, GraphBlock):
            yield f"{indent}subgraph b{item.number}[{quote_for_mermaid(block_words(item))}]\n"
            yield from mermaid_lines(item.items, boxes, indent + "  ")
            yield f"{indent}end\n"
        else:
            opened, closed = ("([", "])") if item.mark in (INPUT, OUTPUT) else ("[", "]")
            text = quote_for_mermaid(*node_words(boxes[item.number]))
            yield f"{indent}n{item.number}{opened}{text}{closed}\n"
