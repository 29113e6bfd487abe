"""A network as a graph of Graphviz or a flowchart of Mermaid: its blocks, folded below a depth, and shapes between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from convcalc.algebra.notation import write_shape
from convcalc.network.walk import totals
from convcalc.spec.layout import written_order
from convcalc.tuples import NamedTuple
from convcalc.writing.facts import Facts
from convcalc.writing.items import ItemWriter
from convcalc.writing.shorthand import layer_of

if TYPE_CHECKING:
    from convcalc.network import Graph, Node
    from convcalc.spec import Spec


class Box(NamedTuple):
    """A layer or an input, or a block with what is in it; its lines of text."""

    number: int  # of its node; of a block, of its last one
    lines: tuple[str, ...]
    inside: tuple[Box, ...] = ()
    is_input: bool = False


class DiagramSyntax(NamedTuple):
    """How a language writes a graph, `text` being quoted; of a block `first` is its first box."""

    quote: Callable[..., str]
    begin: str
    arrow: str
    box: str
    input_box: str
    block: str
    block_end: str
    end: str = ""


# What a text in quotes would take for a sign of its own, as Mermaid's numbers of signs.
ESCAPES = str.maketrans({sign: f"#{ord(sign)};" for sign in '#"<>&`\\|[]{}'} | dict.fromkeys("\r\n\t", " "))


def quote_for_mermaid(*lines: str) -> str:
    return f'"{"<br/>".join(line.translate(ESCAPES) for line in lines)}"'


def quote_for_dot(*lines: str) -> str:
    """Lines as one text of dot, in which a backslash escapes."""
    text = r"\n".join(" ".join(line.replace("\\", "\\\\").replace('"', '\\"').splitlines()) for line in lines)
    return f'"{text}"'


SYNTAXES = {
    "dot": DiagramSyntax(
        quote_for_dot,
        "digraph {text} {{\n"
        '  node [shape=box, style=rounded, fontname="sans-serif"];\n  edge [fontname="sans-serif", fontsize=10];\n',
        "  n{start} -> n{end} [label={text}];\n",
        "{indent}n{number} [label={text}];\n",
        "{indent}n{number} [label={text}, shape=ellipse];\n",
        "{indent}subgraph cluster_{first}_{number} {{\n{indent}  label={text};\n",
        "{indent}}}\n",
        "}\n",
    ),
    "mermaid": DiagramSyntax(
        quote_for_mermaid,
        "flowchart TD\n",
        "  n{start} -->|{text}| n{end}\n",
        "{indent}n{number}[{text}]\n",
        "{indent}n{number}([{text}])\n",
        "{indent}subgraph g{first}_{number}[{text}]\n",
        "{indent}end\n",
    ),
}


def pieces(spec: Spec, graph: Graph, language: str, depth: int = 0) -> Iterator[str]:
    """The text of a graph; of blocks that lie `depth` deep only their names, 0 for all that is in them."""
    drawing, syntax = DiagramWriter(spec, graph, depth), SYNTAXES[language]
    boxes, ends = tuple(drawing.boxes(0, len(graph.nodes), "", 1)), drawing.ends
    arrows = dict.fromkeys(
        (ends[source], ends[index], drawing.shape(source))
        for index, node in enumerate(graph.nodes)
        for source in node.inputs
        if ends[source] != ends[index]
    )
    yield syntax.begin.format(text=syntax.quote(spec.name or "network"))
    for box in boxes:
        yield from box_lines(box, syntax, "  ")
    for start, end, shape in arrows:
        yield syntax.arrow.format(start=start, end=end, text=syntax.quote(shape))
    yield syntax.end


def box_lines(box: Box, syntax: DiagramSyntax, indent: str) -> Iterator[str]:
    said = {"indent": indent, "number": box.number, "text": syntax.quote(*box.lines)}
    if box.inside:
        yield syntax.block.format(first=box.inside[0].number, **said)
        for inner in box.inside:
            yield from box_lines(inner, syntax, f"{indent}  ")
        yield syntax.block_end.format(indent=indent)
    else:
        yield (syntax.input_box if box.is_input else syntax.box).format(**said)


class DiagramWriter:
    """A graph on its way to boxes."""

    def __init__(self, spec: Spec, graph: Graph, depth: int):
        self.graph, self.depth = graph, depth
        self.writer, self.facts = ItemWriter(spec, Facts(graph)), Facts(graph)
        self.ends = list(range(len(graph.nodes)))  # the box in which each node is
        # Where a block begins, the outermost first; what is called twice over the same layers is one.
        self.groups: dict[int, list[tuple[int, str]]] = {}
        for name, start, stop in sorted(graph.groups, key=lambda group: (group[1], -group[2], len(group[0]))):
            if stop > start:
                self.groups.setdefault(start, []).append((stop, name))

    def boxes(self, start: int, stop: int, outer: str, level: int) -> Iterator[Box]:
        place = start
        while place < stop:
            waiting = self.groups.get(place, [])
            if waiting and waiting[0][0] <= stop:
                end, name = waiting.pop(0)
                yield self.block(place, end, name, outer, level)
                place = end
            else:
                yield Box(place, self.lines(self.graph.nodes[place], outer), (), place < len(self.graph.inputs))
                place += 1

    def block(self, start: int, stop: int, name: str, outer: str, level: int) -> Box:
        title = name.removeprefix(f"{outer}.")
        if self.depth and level >= self.depth:
            self.ends[start:stop] = [stop - 1] * (stop - start)
            self.groups = {place: groups for place, groups in self.groups.items() if not start <= place < stop}
            parameters = totals(node.applied for node in self.graph.nodes[start:stop]).parameters
            return Box(stop - 1, (title, *([f"{parameters:,} parameters"] if parameters != 0 else ())))
        return Box(stop - 1, (title,), tuple(self.boxes(start, stop, name, level + 1)))

    def lines(self, node: Node, outer: str) -> tuple[str, ...]:
        name = node.name.removeprefix(f"{outer}.")
        if node.applied is None:
            return (name,)
        setting = node.applied.setting
        text = self.writer.head(layer_of(setting), self.facts.needs_of(node)) or setting.kind.name
        return (text,) if name.rpartition(".")[2].rstrip("0123456789_") == setting.kind.name else (name, text)

    def shape(self, index: int) -> str:
        return write_shape(written_order(self.graph.shape(index) or (), self.graph.channels_last))
