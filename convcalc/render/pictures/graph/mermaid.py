"""A network's graph as a flowchart of Mermaid: blocks as subgraphs, shapes at the edges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.render.pictures.graph.outline import INPUT, OUTPUT, GraphBlock
from convcalc.render.pictures.graph.written import block_words, edge_words, fill_of, node_words
from convcalc.render.pictures.themes import THEMES
from convcalc.writing.mermaid import escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from convcalc.render.pictures.graph.boxes import GraphBox
    from convcalc.render.pictures.graph.outline import GraphItem, GraphOutline


def mermaid_pieces(outline: GraphOutline, boxes: dict[int, GraphBox], theme: str, is_right: bool) -> Iterator[str]:
    """The text of a flowchart; its identifiers are numbers with a letter, which no word of Mermaid's is."""
    colours = THEMES[theme]
    yield f"flowchart {'LR' if is_right else 'TD'}\n"
    yield from item_lines(outline.items, boxes, "  ")
    for edge in outline.edges:
        words = edge_words(outline, edge)
        label = f'|"{escape(words)}"|' if words else ""
        yield f"  n{edge.source} -->{label} n{edge.target}\n"
    for fill in dict.fromkeys(fill_of(box) for box in boxes.values()):
        yield f"  classDef of_{fill} fill:{colours[fill]},stroke:{colours['soft']},color:{colours['ink']}\n"
        members = ",".join(f"n{number}" for number, box in boxes.items() if fill_of(box) == fill)
        yield f"  class {members} of_{fill}\n"


def item_lines(items: Iterable[GraphItem], boxes: dict[int, GraphBox], indent: str) -> Iterator[str]:
    for item in items:
        if isinstance(item, GraphBlock):
            yield f'{indent}subgraph b{item.number}["{escape(block_words(item))}"]\n'
            yield from item_lines(item.items, boxes, indent + "  ")
            yield f"{indent}end\n"
        else:
            opened, closed = ("([", "])") if item.mark in (INPUT, OUTPUT) else ("[", "]")
            text = "<br/>".join(map(escape, node_words(boxes[item.number])))
            yield f'{indent}n{item.number}{opened}"{text}"{closed}\n'
