"""A network's graph for Graphviz, which lays it out itself: blocks as clusters, shapes at the edges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.render.pictures.graph.outline import INPUT, OUTPUT, REST, GraphBlock
from convcalc.render.pictures.graph.written import block_words, edge_words, fill_of, node_words
from convcalc.render.pictures.themes import THEMES
from convcalc.writing.dot import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from convcalc.render.pictures.graph.boxes import GraphBox
    from convcalc.render.pictures.graph.outline import GraphItem, GraphOutline

STYLES = {INPUT: "rounded,filled", OUTPUT: "rounded,filled", REST: "dashed,filled"}


def dot_pieces(outline: GraphOutline, boxes: Mapping[int, GraphBox], theme: str, is_right: bool) -> Iterator[str]:
    """The text of a graph."""
    colours = THEMES[theme]
    ink, soft = colours["ink"], colours["soft"]
    yield f"digraph {quote(outline.network.report.name or 'network')} {{\n"
    yield f'  graph [rankdir={"LR" if is_right else "TB"}, bgcolor="{colours["paper"]}", fontname="Helvetica"];\n'
    yield f'  node [shape=box, style=filled, color="{soft}", fontcolor="{ink}", fontname="Helvetica", fontsize=11];\n'
    yield f'  edge [color="{soft}", fontcolor="{soft}", fontname="Helvetica", fontsize=10];\n'
    yield from item_lines(outline.items, boxes, colours, "  ")
    for edge in outline.edges:
        words = edge_words(outline, edge)
        yield f"  n{edge.source} -> n{edge.target}{f' [label={quote(words)}]' if words else ''};\n"
    yield "}\n"


def item_lines(
    items: Iterable[GraphItem], boxes: Mapping[int, GraphBox], colours: Mapping[str, str], indent: str
) -> Iterator[str]:
    for item in items:
        if isinstance(item, GraphBlock):
            ink, faint, wash = colours["ink"], colours["faint"], colours["wash"]
            label = f'label={quote(block_words(item))}, labeljust=l, fontcolor="{ink}", fontsize=11'
            look = f'style="rounded,filled", color="{faint}", fillcolor="{wash}"'
            yield f"{indent}subgraph cluster_{item.number} {{\n{indent}  graph [{label}, {look}];\n"
            yield from item_lines(item.items, boxes, colours, indent + "  ")
            yield f"{indent}}}\n"
        else:
            box = boxes[item.number]
            style = f'style="{STYLES[item.mark]}", ' if item.mark in STYLES else ""
            look = f'{style}fillcolor="{colours[fill_of(box)]}"'
            yield f"{indent}n{item.number} [label={quote(*node_words(box))}, {look}];\n"
