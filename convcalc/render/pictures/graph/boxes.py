"""The box of a node: its lines of text on the colours of their layers, how large they make it, and its shapes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from convcalc.kinds.categories import category
from convcalc.render.pictures.graph.outline import FAILED, FOLD, INPUT, OUTPUT, REST, GraphBlock
from convcalc.render.pictures.heading import counts_in_words
from convcalc.render.pictures.lettering import ELLIPSIS, shorten, text_width, wrap
from convcalc.render.pictures.shapes import INK, SOFT, Collection, Label, Rectangle, Shape
from convcalc.render.report.rows import layers_in_words
from convcalc.render.script import UNICODE, relative
from convcalc.render.spelling import spell_layer
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.network import Node
    from convcalc.network.walk import Totals
    from convcalc.render.pictures.graph.outline import GraphItem, GraphNode, GraphOutline

LINE, SMALL_SIZE = 15, 10  # the height of a line, and the size of its letters
SIDE, BETWEEN = 7, 12  # beside a text, and between two
NARROWEST, WIDEST = 96, 240
STRIP = 9  # of the colour of a layer that is merged
CHIP = 7  # the side of the square for a folded layer
STACK = 3  # how far the sheets of a stack lie apart
ROUND, EDGE = 9, 2  # the corners of inputs and outputs, and of others
HEAD, SMALL = 19, 14  # heights of the first line, and of one for a layer that is merged
NAME_SIZE, TEXT_SIZE = 11.5, 11  # of letters
MUCH = 0.65  # of the widest node: wider ones are as wide as that
MOST_CHIPS, MOST_LINES = 40, 3  # of a folded block, and of an error


class BoxLine(NamedTuple):
    """A line in a box: a text on the left and one on the right, on a colour."""

    left: str
    right: str = ""
    fill: str = ""
    height: float = LINE
    size: float = SMALL_SIZE
    colour: str = SOFT
    bold: bool = False
    name: str = ""  # of the layer, if it is merged into the node of another
    centred: bool = False

    @property
    def width(self) -> float:
        right = text_width(self.right, self.size) + BETWEEN if self.right else 0
        return self.begin + text_width(self.left, self.size, self.bold) + right + SIDE

    @property
    def begin(self) -> float:
        """Where its text begins."""
        return SIDE if not self.name else STRIP + 5


class GraphBox(NamedTuple):
    """A node as it is drawn, and in a sentence or two what is said where the pointer rests on it."""

    node: GraphNode
    lines: tuple[BoxLine, ...]
    chips: tuple[str, ...]  # the colours of folded layers
    width: float
    title: str

    @property
    def height(self) -> float:
        return sum(line.height for line in self.lines) + (CHIP + 5 if self.chips else 0)

    def shapes(self, x: float, y: float) -> Collection:
        """The box with its upper left corner in a place."""
        mark = self.node.mark
        radius = ROUND if mark in (INPUT, OUTPUT) else EDGE
        stroke = "alarm" if mark == FAILED else SOFT
        frame = Rectangle(x, y, self.width, self.height, "paper", stroke, radius=radius, dashed=mark == REST)
        found: list[Shape] = [frame]
        if self.node.times > 1:
            found.insert(0, frame._replace(x=x + STACK, y=y + STACK))
        top = y
        for line in self.lines:
            shapes = tuple(self.line_shapes(line, x, top, radius))
            found += (Collection(shapes, self.title, line.name),) if line.name else shapes
            top += line.height
        found += self.chip_shapes(x, top)
        found.append(frame._replace(fill=""))
        return Collection(tuple(found), self.title, self.node.name)

    def line_shapes(self, line: BoxLine, x: float, y: float, radius: float) -> Iterator[Shape]:
        if line.fill:
            width = STRIP if line.name else self.width
            yield Rectangle(x, y, width, line.height, line.fill, "", radius=radius)
        base = y + line.height / 2 + line.size * 0.36
        room = self.width - SIDE - line.begin
        if line.right:
            left = text_width(line.left, line.size, line.bold)
            right = shorten(line.right, max(room * 0.6, room - BETWEEN - left), line.size)
            room -= text_width(right, line.size) + BETWEEN
            yield Label(x + self.width - SIDE, base, right, line.size, "end", line.colour)
        text = shorten(line.left, room, line.size, line.bold)
        if line.centred:
            yield Label(x + self.width / 2, base, text, line.size, "middle", line.colour, line.bold)
        else:
            yield Label(x + line.begin, base, text, line.size, "start", line.colour, line.bold)

    def chip_shapes(self, x: float, y: float) -> Iterator[Shape]:
        wide = min(CHIP, (self.width - 2 * SIDE) / max(1, len(self.chips)))
        for place, fill in enumerate(self.chips):
            yield Rectangle(x + SIDE + place * wide, y + 1, wide, CHIP, fill, "paper", 0.5)


def boxes_of(outline: GraphOutline) -> dict[int, GraphBox]:
    """The boxes of all nodes by number."""
    writer = BoxWriter(outline)
    found = {node.number: writer.box(node, around) for node, around in with_blocks(outline.items)}
    widest = max(box.width for box in found.values())
    return {number: box._replace(width=widest) if box.width > MUCH * widest else box for number, box in found.items()}


def with_blocks(items: Iterable[GraphItem], name: str = "") -> Iterator[tuple[GraphNode, str]]:
    """All nodes, each with the name of the block around it."""
    for item in items:
        if isinstance(item, GraphBlock):
            yield from with_blocks(item.items, item.name or name)
        else:
            yield item, name


class BoxWriter:
    """Writes the nodes of one outline."""

    def __init__(self, outline: GraphOutline):
        self.outline, self.graph = outline, outline.network.graph
        self.tensors = {edge.target: edge.tensor for edge in outline.edges}  # of nodes that take but one
        self.spelled: dict[int, str] = {}

    def box(self, node: GraphNode, around: str) -> GraphBox:
        lines = tuple(self.lines(node, around.split(".") if around else []))
        chips = self.chips(node) if node.mark in (FOLD, REST) else ()
        width = max(NARROWEST, *(line.width for line in lines)) + 0.5
        return GraphBox(node, lines, chips, min(width, WIDEST), " · ".join(self.facts(node)))

    def lines(self, node: GraphNode, around: list[str]) -> Iterator[BoxLine]:
        called = node.title or node.name
        name = short_name(called, around) if called else ""
        if node.mark == INPUT:
            yield BoxLine(name, self.shape(node.layers[0]), "input", HEAD, TEXT_SIZE, INK)
        elif node.mark == OUTPUT:
            shape = self.shape(self.tensors[node.number])
            words = f"output {name}".rstrip()
            yield BoxLine(words, shape, "input", HEAD, TEXT_SIZE, INK, centred=not shape)
        elif node.mark == REST:
            yield BoxLine(f"… {layers_in_words(len(node.layers))}", "", "wash", HEAD, NAME_SIZE, INK)
            yield BoxLine(f"{node.name} to {node.last}")
            yield from self.sums(self.outline.subtotals(node.layers))
            yield from self.failures(node)
        elif node.mark == FOLD:
            yield BoxLine(name, times_in_words(node.times), "wash", HEAD, NAME_SIZE, INK, True)
            each = f" each, to {short_name(node.last, around)}" if node.times > 1 else ""
            yield BoxLine(layers_in_words(len(node.layers) // node.times) + each)
            yield from self.sums(self.outline.subtotals(node.layers), node.times)
            yield from self.failures(node)
        else:
            yield from self.layer_lines(node, name, around)

    def layer_lines(self, node: GraphNode, name: str, around: list[str]) -> Iterator[BoxLine]:
        own = node.layers[: len(node.layers) // node.times]
        first = self.graph.nodes[own[0]]
        text = self.spell(first)
        if node.mark == FAILED:
            yield BoxLine(name, text, "", HEAD, NAME_SIZE, "alarm", True)
            reason = wrap(self.graph.why_unknown(first), WIDEST - 2 * SIDE, SMALL_SIZE)
            shown = reason if len(reason) <= MOST_LINES else [*reason[: MOST_LINES - 1], ELLIPSIS]
            yield from (BoxLine(line, colour="alarm") for line in shown)
            return
        is_plain = name.rstrip("0123456789_") == text
        yield BoxLine(name, "" if is_plain else text, self.fill(first), HEAD, NAME_SIZE, INK, True)
        if node.times > 1:
            yield BoxLine(f"{times_in_words(node.times)}, to {short_name(node.last, around)}")
        yield from self.sums(self.outline.subtotals(node.layers[:: len(own)]), node.times)
        for index, place in enumerate(own[1:], 1):
            layer = self.graph.nodes[place]
            numbers = self.outline.subtotals(node.layers[index :: len(own)])
            words = " · ".join(counts_in_words(numbers)) if numbers else ""
            yield BoxLine(self.spell(layer), words, self.fill(layer), SMALL, SMALL_SIZE, INK, name=layer.name)

    def sums(self, numbers: Totals | None, times: int = 1) -> Iterator[BoxLine]:
        """Parameters and MACs, where there are any; of several blocks for all of them."""
        if numbers is not None and (words := list(counts_in_words(numbers))):
            line = BoxLine(words[0], "".join(words[1:]))
            yield from [line] if line.width <= WIDEST else [BoxLine(word) for word in words]
            if times > 1:
                yield BoxLine(f"in all {UNICODE.number(times)}")

    def failures(self, node: GraphNode) -> Iterator[BoxLine]:
        failed = sum(not (layer.applied or layer.held) for layer in (self.graph.nodes[place] for place in node.layers))
        if failed:
            yield BoxLine(f"{layers_in_words(failed)} could not be computed", colour="alarm")

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
        return category(layer.setting.kind) if layer else "alarm"

    def chips(self, node: GraphNode) -> tuple[str, ...]:
        """The colours of the layers of one block, as many as there is room for."""
        own = node.layers[: min(len(node.layers) // node.times, MOST_CHIPS)]
        return tuple(self.fill(self.graph.nodes[place]) for place in own)

    def facts(self, node: GraphNode) -> Iterator[str]:
        """What is said where the pointer rests."""
        yield f"output {node.name}".rstrip() if node.mark == OUTPUT else node.title or node.name
        if node.mark == FAILED:
            yield self.graph.why_unknown(self.graph.nodes[node.layers[0]])
        elif node.mark in (FOLD, REST):
            yield layers_in_words(len(node.layers))
        elif node.mark != INPUT and node.layers:
            own = node.layers[: len(node.layers) // node.times]
            yield ", ".join(self.spell(self.graph.nodes[place]) for place in own)
        if node.times > 1:
            yield f"{UNICODE.number(node.times)} equal ones, to {node.last}"
        if node.layers and (shape := self.shape(node.layers[-1])):
            yield f"gives {shape}"
        numbers = self.outline.subtotals(node.layers) if node.layers and node.mark != INPUT else None
        if numbers is not None:
            yield from counts_in_words(numbers)


def short_name(name: str, around: list[str]) -> str:
    """The name without the blocks around, unless but a number were left of it."""
    found = relative(name, around)
    return name if found[:1].isdigit() else found


def times_in_words(times: int) -> str:
    return f"× {UNICODE.number(times)}" if times > 1 else ""
