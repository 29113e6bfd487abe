"""The graph of a network inside its page: one picture for each depth at which blocks are folded, as short as SVG is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from convcalc.render.pictures.graph import graph_alone
from convcalc.render.pictures.graph.folding import outline_of
from convcalc.render.pictures.lettering import text_width
from convcalc.render.pictures.shapes import INK, PAPER, SOFT, Collection, Label, Path, Picture, Rectangle, Shape
from convcalc.render.pictures.svg import number, path_data, rotation, sides
from convcalc.render.web_page import safe
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.render.pictures import PicturedNetwork
    from convcalc.render.pictures.graph.outline import GraphOutline

CHIP = (PAPER, 0.5)  # the stroke of the squares for the layers of a block
EDGE = 3  # around the picture, for the frame of what is chosen
MOST_TEXT = 110_000  # characters of all pictures; that which is seen first is there in any case


class PageGraph(NamedTuple):
    """A picture of the graph, and for layers that have no shape of their own in it the node that shows them."""

    depth: int
    svg: str
    hosts: dict[str, list[int]]  # by the name of a node, places of layers


def page_graphs(network: PicturedNetwork, first: int, deepest: int) -> list[PageGraph]:
    """The pictures at all depths, as far as there is room for them, that at the depth `first` in any case."""
    found: dict[str, PageGraph] = {}
    room = MOST_TEXT
    for depth in sorted(range(1, deepest + 1), key=lambda depth: (depth != first, depth)):
        outline = outline_of(network, depth)
        svg = "".join(svg_pieces(graph_alone(outline)))
        if svg not in found and (not found or len(svg) <= room):
            room -= len(svg)
            found[svg] = PageGraph(depth, svg, hosts(outline, svg))
    return sorted(found.values(), key=lambda graph: graph.depth)


def hosts(outline: GraphOutline, svg: str) -> dict[str, list[int]]:
    """Layers that nothing is called by, by the name of the node that shows them."""
    from convcalc.render.pictures.graph.outline import nodes_of

    nodes, first = outline.network.graph.nodes, len(outline.network.graph.inputs)
    names = {node.number: node.name for node in nodes_of(outline.items)}
    called = {part.partition('"')[0] for part in svg.split('data-name="')[1:]}
    found: dict[str, list[int]] = {}
    for place, owner in outline.owners.items():
        if place >= first and safe(nodes[place].name) not in called:
            found.setdefault(names[owner], []).append(place - first)
    return found


def svg_pieces(picture: Picture) -> Iterator[str]:
    """A picture as an element of a page, whose style has the colours by their names."""
    width, height = number(picture.width + 2 * EDGE), number(picture.height + 2 * EDGE)
    yield f'<svg width="{width}" height="{height}" viewBox="{-EDGE} {-EDGE} {width} {height}" role="img" '
    yield f'aria-label="{safe(picture.about)}">\n'
    yield from elements(picture.shapes, False)
    yield "</svg>\n"


def elements(shapes: Iterable[Shape], is_titled: bool) -> Iterator[str]:
    for shape in shapes:
        match shape:
            case Rectangle(x, y, width, height):
                yield f"<rect {sides(x, y, width, height, shape.radius)}{look(shape)}/>"
            case Path(segments):
                yield f'<path d="{path_data(segments)}"{look(shape)}/>'
            case Label():
                yield label(shape)
            case Collection(inner, title, name):
                yield f'<g data-name="{safe(name)}">' if name else "<g>"
                if title and not is_titled:
                    yield f"<title>{safe(title)}</title>"
                yield from elements(inner, bool(title))
                yield "</g>\n"
            case _:
                raise ValueError(shape)


def look(shape: Rectangle | Path) -> str:
    """What is not as the style has it."""
    text = f' fill="var(--{shape.fill})"' if shape.fill else ""
    if (shape.stroke, shape.thickness) == CHIP:
        return f'{text} class="chip"'
    text += "" if shape.stroke == SOFT else f' stroke="var(--{shape.stroke})"' if shape.stroke else ' stroke="none"'
    text += f' stroke-width="{number(shape.thickness)}"' if shape.stroke and shape.thickness != 1 else ""
    return f'{text} stroke-dasharray="4 3"' if shape.dashed else text


def label(shape: Label) -> str:
    text = f'<text x="{number(shape.x)}" y="{number(shape.y)}"'
    text += f" class={shape.colour}" if shape.colour != INK else ""
    text += f' font-size="{number(shape.size)}"' if shape.size != 11 else ""
    text += f" text-anchor={shape.anchor}" if shape.anchor != "start" else ""
    text += " font-weight=bold" if shape.bold else ""
    width = number(text_width(shape.text, shape.size, shape.bold))
    return f'{text}{rotation(shape)} textLength="{width}">{safe(shape.text)}</text>'
