"""A network as a graph of Graphviz."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.writing.diagram import diagram

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcalc.network.graph import Graph
    from convcalc.spec.model import Spec
    from convcalc.writing.diagram import Box


def pieces(spec: Spec, graph: Graph, depth: int = 0) -> Iterator[str]:
    drawn = diagram(spec, graph, depth)
    yield f"digraph {quote(drawn.name)} {{\n"
    yield '  node [shape=box, style=rounded, fontname="sans-serif"];\n  edge [fontname="sans-serif", fontsize=10];\n'
    for box in drawn.boxes:
        yield from lines(box, "  ")
    for start, end, shape in drawn.arrows:
        yield f"  n{start} -> n{end} [label={quote(shape)}];\n"
    yield "}\n"


def lines(box: Box, indent: str) -> Iterator[str]:
    text = quote(*box.lines)
    if box.inside:
        yield f"{indent}subgraph cluster_{box.inside[0].number}_{box.number} {{\n{indent}  label={text};\n"
        for inner in box.inside:
            yield from lines(inner, f"{indent}  ")
        yield f"{indent}}}\n"
    else:
        yield f"{indent}n{box.number} [label={text}{', shape=ellipse' if box.is_input else ''}];\n"


def quote(*lines: str) -> str:
    """Lines as one text of dot, in which a backslash escapes."""
    text = r"\n".join(" ".join(line.replace("\\", "\\\\").replace('"', '\\"').splitlines()) for line in lines)
    return f'"{text}"'
