"""What the node of a graph says: its lines of text, how large they make it, and its shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.kinds.categories import category
from convcalc.render.pictures.graph.outline import FAILED, FOLD, INPUT, OUTPUT, REST
from convcalc.render.pictures.lettering import shorten, text_width
from convcalc.render.pictures.shapes import INK, SOFT, Collection, Label, Rectangle
from convcalc.render.report.rows import layers_in_words
from convcalc.render.script import UNICODE, relative
from convcalc.render.spelling import spell_layer
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from convcalc.network.graph import Node
    from convcalc.network.walk import Totals
    from convcalc.render.pictures.graph.outline import GraphNode, GraphOutline
    from convcalc.render.pictures.shapes import Shape

HEAD, LINE, SMALL = 19, 15, 14  # heights of lines
NAME_SIZE, TEXT_SIZE, SMALL_SIZE = 11.5, 11, 10  # of letters
SIDE, BETWEEN = 7, 12  # beside a text, and between two
NARROWEST, WIDEST = 96, 240
MUCH = 0.65  # of the widest node: wider ones are as wide as that
CHIP, MOST_CHIPS = 7, 40  # the squares for the layers of a block
STACK = 3  # how far the sheets of a stack lie apart


class BoxLine(NamedTuple):
    """A line in a node: a text on the left and one on the right, on a colour."""

    left: str
    right: str = ""
    fill: str = ""
    height: float = LINE
    size: float = SMALL_SIZE
    colour: str = SOFT
    bold: bool = False
    layer: int = -1  # in the graph, if the line is one's own


class GraphBox(NamedTuple):
    """A node as it is drawn: its lines, one under another, and all of it in a sentence or two."""

    node: GraphNode
    lines: tuple[BoxLine, ...]
    chips: tuple[str, ...]
    width: float
    height: float
    title: str

    @property
    def is_stack(self) -> bool:
        return self.node.times > 1

    def shapes(self, x: float, y: float, names: dict[int, str]) -> Collection:
        """The box with its upper left corner in a place; `names` are those of its layers."""
        radius = 9 if self.node.mark in (INPUT, OUTPUT) else 2
        stroke = "alarm" if self.node.mark == FAILED else SOFT
        frame = Rectangle(x, y, self.width, self.height, "paper", stroke, radius=radius, dashed=self.node.mark == REST)
        found: list[Shape] = []
        if self.is_stack:
            found.append(frame._replace(x=x + STACK, y=y + STACK))
        found.append(frame)
        top = y
        for line in self.lines:
            shapes = tuple(self.line_shapes(line, x, top, radius))
            found += [Collection(shapes, self.title, names[line.layer])] if line.layer in names else shapes
            top += line.height
        found += self.chip_shapes(x, top)
        found.append(frame._replace(fill=""))
        return Collection(tuple(found), self.title, self.node.name)

    def line_shapes(self, line: BoxLine, x: float, y: float, radius: float) -> Iterator[Shape]:
        if line.fill:
            yield Rectangle(x, y, self.width, line.height, line.fill, "", radius=radius)
        base = y + line.height / 2 + line.size * 0.36
        room = self.width - 2 * SIDE
        wanted = text_width(line.right, line.size)
        right = shorten(
            line.right, max(room * 0.6, room - BETWEEN - text_width(line.left, line.size, line.bold)), line.size
        )
        if line.right:
            room -= text_width(right, line.size) + BETWEEN
            yield Label(x + self.width - SIDE, base, right, line.size, "end", line.colour)
        left = shorten(line.left, room, line.size, line.bold)
        if line.right or wanted:
            yield Label(x + SIDE, base, left, line.size, "start", line.colour, line.bold)
        else:
            middle = self.node.mark in (INPUT, OUTPUT, REST)
            yield Label(
                x + (self.width / 2 if middle else SIDE), base, left, line.size, "middle" if middle else "start",
                line.colour, line.bold,
            )  # fmt: skip

    def chip_shapes(self, x: float, y: float) -> Iterator[Shape]:
        if self.chips:
            wide = min(CHIP, (self.width - 2 * SIDE) / len(self.chips))
            for place, fill in enumerate(self.chips):
                yield Rectangle(x + SIDE + place * wide, y + 1, wide, CHIP, fill, "paper", 0.5)


def boxes(outline: GraphOutline, nodes: Iterable[tuple[GraphNode, str]]) -> dict[int, GraphBox]:
    """The boxes by number; with each node comes the name of the block around it."""
    writer = BoxWriter(outline)
    found = {node.number: writer.box(node, around) for node, around in nodes}
    widest = max(box.width for box in found.values())
    return {number: box._replace(width=widest) if box.width > MUCH * widest else box for number, box in found.items()}


class BoxWriter:
    """Writes the nodes of one outline."""

    def __init__(self, outline: GraphOutline):
        self.outline, self.graph = outline, outline.network.graph
        self.tensors = {edge.target: edge.tensor for edge in outline.edges}  # of nodes that take but one
        self.spelled: dict[int, str] = {}

    def box(self, node: GraphNode, around: str) -> GraphBox:
        lines = tuple(self.lines(node, around.split(".") if around else []))
        chips = self.chips(node) if node.mark in (FOLD, REST) else ()
        width = max(NARROWEST, *map(natural_width, lines)) + 0.5
        height = sum(line.height for line in lines) + (CHIP + 5 if chips else 0)
        return GraphBox(node, lines, chips, min(width, WIDEST), height, " · ".join(self.facts(node)))

    def lines(self, node: GraphNode, around: list[str]) -> Iterator[BoxLine]:
        name = relative(node.name, around) if node.name else ""
        times = f"× {node.times}" if node.times > 1 else ""
        match node.mark:
            case "input":
                yield BoxLine(name, self.shape(node.layers[0]), "input", HEAD, TEXT_SIZE, INK)
            case "output":
                shape = self.shape(self.tensors[node.number])
                yield BoxLine(f"output {name}".rstrip(), shape, "input", HEAD, TEXT_SIZE, INK)
            case "rest":
                yield BoxLine(f"… {layers_in_words(len(node.layers))} …", "", "wash", HEAD, NAME_SIZE, INK)
                yield BoxLine(f"{node.name} to {node.last}")
                yield from self.sums(self.outline.subtotals(node.layers))
            case "block":
                yield BoxLine(name, times, "wash", HEAD, NAME_SIZE, INK, True)
                count = len(node.layers) // node.times
                yield BoxLine(layers_in_words(count) + (f" each, to {relative(node.last, around)}" if times else ""))
                yield from self.sums(self.outline.subtotals(node.layers), node.times)
            case _:
                yield from self.layer_lines(node, name, times, around)

    def layer_lines(self, node: GraphNode, name: str, times: str, around: list[str]) -> Iterator[BoxLine]:
        own = node.layers[: len(node.layers) // node.times]
        first = self.graph.nodes[own[0]]
        text = self.spell(first)
        if node.mark == FAILED:
            yield BoxLine(name, text, "", HEAD, NAME_SIZE, "alarm", True)
            yield BoxLine(first.reason, colour="alarm")
            return
        if name.rstrip("0123456789_") == text:
            text = ""
        yield BoxLine(name, text, self.fill(first), HEAD, NAME_SIZE, INK, True)
        if times:
            yield BoxLine(f"{times}, to {relative(node.last, around)}")
        yield from self.sums(self.outline.subtotals(node.layers if times else own[:1]), node.times)
        for place in own[1:]:
            layer = self.graph.nodes[place]
            numbers = self.outline.subtotals([place] if node.times == 1 else node.layers[place - own[0] :: len(own)])
            count = numbers.parameters if numbers else 0
            shown = UNICODE.number(count) if not is_nothing(count) else ""
            yield BoxLine(self.spell(layer), shown, self.fill(layer), SMALL, SMALL_SIZE, INK, layer=place)

    def sums(self, numbers: Totals | None, times: int = 1) -> Iterator[BoxLine]:
        """Parameters and MACs, where there are any; of several blocks for all of them."""
        if numbers is not None and (words := list(number_words(numbers))):
            yield BoxLine(words[0], "".join(words[1:]))
            if times > 1:
                yield BoxLine(f"in all {times}")

    def shape(self, tensor: int) -> str:
        shape = self.outline.shape(tensor)
        return UNICODE.shape(shape) if shape else ""

    def spell(self, node: Node) -> str:
        layer = node.applied or node.held
        if layer is None:
            return node.join
        key = id(layer.setting)
        if key not in self.spelled:
            self.spelled[key] = spell_layer(layer.setting, self.graph.convention.name)
        return self.spelled[key]

    def fill(self, node: Node) -> str:
        layer = node.applied or node.held
        return category(layer.setting.kind) if layer else ""

    def chips(self, node: GraphNode) -> tuple[str, ...]:
        """The colours of the layers of one block, as many as there is room for."""
        count = len(node.layers) // node.times
        return tuple(self.fill(self.graph.nodes[place]) or "alarm" for place in node.layers[: min(count, MOST_CHIPS)])

    def facts(self, node: GraphNode) -> Iterator[str]:
        """What is said where the pointer rests."""
        yield node.name or "output"
        if node.layers and node.mark not in (FOLD, REST, INPUT):
            yield ", ".join(
                self.spell(self.graph.nodes[place]) for place in node.layers[: len(node.layers) // node.times]
            )
        if node.times > 1:
            yield f"{node.times} equal ones, to {node.last}"
        if node.mark == FAILED:
            yield self.graph.nodes[node.layers[0]].reason
        if node.layers:
            shape = self.outline.shape(node.layers[-1])
            if shape is not None:
                yield f"gives {UNICODE.shape(shape)}"
            numbers = self.outline.subtotals(node.layers) if node.mark != INPUT else None
            if numbers is not None:
                yield from number_words(numbers)


def natural_width(line: BoxLine) -> float:
    right = text_width(line.right, line.size) + BETWEEN if line.right else 0
    return text_width(line.left, line.size, line.bold) + right + 2 * SIDE


def number_words(numbers: Totals) -> Iterator[str]:
    if not is_nothing(numbers.parameters):
        yield f"{UNICODE.number(numbers.parameters)} parameters"
    if numbers.macs is not None and not is_nothing(numbers.macs):
        yield f"{UNICODE.number(numbers.macs)} MACs"


def is_nothing(value: object) -> bool:
    return value == 0
