"""Nodes, blocks and edges in words, for those who lay a graph out themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.render.pictures.graph.outline import FAILED
from convcalc.render.script import UNICODE, printable

if TYPE_CHECKING:
    from convcalc.render.pictures.graph.boxes import GraphBox
    from convcalc.render.pictures.graph.outline import GraphBlock, GraphEdge, GraphOutline


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
