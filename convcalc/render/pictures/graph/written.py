"""A network's graph in another's language: Graphviz and Mermaid lay it out themselves, from the same words."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from convcalc.problem import problem
from convcalc.render.pictures import SUBJECTS, refuse_idle
from convcalc.render.pictures.graph import notes
from convcalc.render.pictures.graph.boxes import boxes_of
from convcalc.render.pictures.graph.folding import outline_of
from convcalc.render.pictures.graph.outline import FAILED
from convcalc.render.script import UNICODE, printable
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.render.pictures import PicturedNetwork, PictureOptions
    from convcalc.render.pictures.graph.boxes import GraphBox
    from convcalc.render.pictures.graph.outline import GraphBlock, GraphEdge, GraphOutline

MAX_MERMAID = 50_000, 500  # letters and edges that it takes unless it is told otherwise


class GraphText(NamedTuple):
    pieces: tuple[str, ...]
    notes: tuple[str, ...]


def write_graphs(networks: tuple[PicturedNetwork, ...], options: PictureOptions, form: str, theme: str) -> GraphText:
    """The graphs of networks in one of the formats; a Problem for options that have no say, or several flowcharts."""
    refuse_idle(SUBJECTS["graph"], options)
    if form == "mermaid" and len(networks) > 1:
        raise problem("U010", "Mermaid has one flowchart in a text", "draw the networks one by one")
    write = getattr(import_module(f"convcalc.render.pictures.graph.{form}"), f"{form}_pieces")
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
