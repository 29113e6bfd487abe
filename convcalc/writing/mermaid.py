"""A network as a flowchart of Mermaid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.writing.diagram import diagram

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcalc.network.graph import Graph
    from convcalc.spec.model import Spec
    from convcalc.writing.diagram import Box

# What a text in quotes would take for a sign of its own, as Mermaid's numbers of signs.
ESCAPES = str.maketrans({sign: f"#{ord(sign)};" for sign in '#"<>&`\\|[]{}'} | dict.fromkeys("\r\n\t", " "))


def pieces(spec: Spec, graph: Graph, depth: int = 0) -> Iterator[str]:
    drawn = diagram(spec, graph, depth)
    yield "flowchart TD\n"
    for box in drawn.boxes:
        yield from lines(box, "  ")
    for start, end, shape in drawn.arrows:
        yield f'  n{start} -->|"{escape(shape)}"| n{end}\n'


def lines(box: Box, indent: str) -> Iterator[str]:
    text = "<br/>".join(map(escape, box.lines))
    if box.inside:
        yield f'{indent}subgraph g{box.inside[0].number}_{box.number}["{text}"]\n'
        for inner in box.inside:
            yield from lines(inner, f"{indent}  ")
        yield f"{indent}end\n"
    else:
        opened, closed = ("([", "])") if box.is_input else ("[", "]")
        yield f'{indent}n{box.number}{opened}"{text}"{closed}\n'


def escape(text: str) -> str:
    return text.translate(ESCAPES)
