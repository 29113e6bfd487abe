"""Rows of cells along one axis, a row for each layer, and the lines by which one cell depends on those below it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from math import ceil, floor
from typing import TYPE_CHECKING, Any, TypeAlias

from convcalc.layers.window import APPENDING, POINTWISE
from convcalc.network.axes import changes_nothing, keeps_map, steps
from convcalc.render.pictures.field.plane import FieldPanel, PictureAxis
from convcalc.render.pictures.field.seen import EXACT, SeenField
from convcalc.render.pictures.lettering import shorten
from convcalc.render.pictures.shapes import FAINT, INK, SOFT, Collection, Label, Path, Rectangle, Shape, polygon
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.layers.applied import Applied
    from convcalc.network import Graph
    from convcalc.render.pictures.field.choosing import FieldsOnInput

Cells: TypeAlias = "frozenset[int]"  # those in the padding, below 0 or behind the last, among them
Taps: TypeAlias = "Callable[[int], Iterable[int]]"  # by a cell of the output, those of the input that it sees

MOST_PIXELS, MOST_ROWS, FEWEST_ROWS = 64, 12, 3
AROUND = 2  # pixels on either side
ROW, CELL, HEAD = 34, 13, 24
NAMED = 240  # for a name in its title
WIDEST, NAMES, COUNTS, BESIDE = 16, 160, 160, 18
MOST_LINES, MOST_TAPS, NARROWEST = 300, 9, 3
MAX_CELLS = 4_000


class LayerCells(NamedTuple):
    """The cells of a layer, or of the input: where they lie over its pixels, and those that are seen."""

    node: int  # of the graph
    name: str
    units: int
    cells: Cells
    start: float  # of cell 0, in pixels
    stride: float


def fan(fields: FieldsOnInput, width: float) -> FieldPanel | None:
    """A panel for the last axis, of the layer that is asked for or the deepest whose cells can be drawn."""
    axis = len(fields.sides) - 1
    connections = Connections(fields.network.graph, axis)
    found = target(fields, connections)
    if found is None:
        return None
    last, cells = found
    rows = rows_of(fields, last, axis, cells)
    if len(rows) < FEWEST_ROWS:
        return None
    last_row = len(rows) - 1
    kept = [rows[index * last_row // (MOST_ROWS - 1)] for index in range(MOST_ROWS)] if last_row >= MOST_ROWS else rows
    return drawn_rows(kept, connections, fields.names[axis], width, len(rows) - len(kept))


def target(fields: FieldsOnInput, connections: Connections) -> tuple[SeenField, dict[int, Cells]] | None:
    """The deepest layer with a field of few enough pixels, and the cells that lead to its one; an only one anyway."""
    axis = connections.axis
    candidates = fields.chosen if fields.is_asked else fields.path
    for seen in reversed(candidates):
        if seen.knowledge != EXACT or not has_stride(seen, axis):
            continue
        if seen.spans[axis].size > MOST_PIXELS and not (fields.is_asked and len(candidates) == 1):
            continue
        cells = connections.leading_to(seen.place + len(fields.network.graph.inputs), seen.cell[axis])
        if cells is not None:
            return seen, cells
    return None


def has_stride(seen: SeenField, axis: int) -> bool:
    field = seen.axes.fields[axis]
    return field.lows[0] is not None and bool(field.stride) and isinstance(field.advance, int)


def rows_of(fields: FieldsOnInput, last: SeenField, axis: int, cells: dict[int, Cells]) -> list[LayerCells]:
    """From the layer down to the input, those where the cells change."""
    graph = fields.network.graph
    source = list(graph.inputs).index(fields.source)
    rows = [LayerCells(source, fields.source, fields.sides[axis], cells.get(source, frozenset()), 0, 1)]
    for seen in fields.path:
        node = seen.place + len(graph.inputs)
        if node in cells and has_stride(seen, axis):
            row = row_of(seen, node, axis, cells[node])
            if row[2:] != rows[-1][2:]:
                rows.append(row)
        if seen.place == last.place:
            break
    return rows[::-1]


def row_of(seen: SeenField, node: int, axis: int, cells: Cells) -> LayerCells:
    """A cell lies in the middle of what it sees, or, of a causal layer, over the last pixel that it sees."""
    field, stride = seen.axes.fields[axis], float(seen.axes.fields[axis].stride)
    ends = [(unit, *field.at(unit)) for unit in range(field.period) if field.lows[unit] is not None]
    middles = [(low + high + 1) / 2 - (unit + 0.5) * stride for unit, low, high in ends]
    is_causal = all(low < 0 and high == stride - 1 for _, low, high in ends[:1])
    start = 0.0 if is_causal else sum(middles) / len(middles)
    return LayerCells(node, seen.layer.name, seen.units[axis], cells, start, stride)


def drawn_rows(
    rows: Sequence[LayerCells], connections: Connections, along: str, width: float, left_out: int
) -> FieldPanel:
    first, final = crop(min(rows[-1].cells) - AROUND, max(rows[-1].cells) + AROUND)
    room = width - NAMES - COUNTS
    scale = min(WIDEST, room / (final - first + 1))
    on = PictureAxis(first, final, NAMES + (room - scale * (final - first + 1)) / 2, scale)
    text = f"What cell {min(rows[0].cells):,} of {shorten(rows[0].name, NAMED, 12)} depends on along the {along}"
    text += f"; {left_out} layers between these are left out" if left_out else ", layer by layer"
    shapes: list[Shape] = [Label(0, 10, text, 12, "start", INK)]
    is_cropped = not (first <= min(rows[-1].cells) and max(rows[-1].cells) <= final)
    if is_cropped:
        shapes.append(Label(width, 10, f"{final - first + 1} pixels in the middle", 10, "end", SOFT))
    for number, (upper, lower) in enumerate(pairwise(rows)):
        shapes.append(threads(connections, upper, lower, on, HEAD + number * ROW))
    for number, row in enumerate(rows):
        shapes.append(cells_of(row, on, HEAD + number * ROW, "result" if number else "window"))
    return FieldPanel(shapes, width, HEAD + (len(rows) - 1) * ROW + CELL + 4, {})


def crop(first: int, final: int) -> tuple[int, int]:
    """The pixels in the middle of a longer row."""
    most = MOST_PIXELS + 2 * AROUND
    if final - first < most:
        return first, final
    start = (first + final - most) // 2
    return start, start + most - 1


def threads(connections: Connections, upper: LayerCells, lower: LayerCells, on: PictureAxis, top: float) -> Path:
    """A line from each cell to each that it sees in the row below; where there are too many, what they enclose."""
    pairs = []
    for cell in sorted(upper.cells):
        reached = connections.leading_to(upper.node, cell, lower.node) or {}
        pairs += [
            (cell, other)
            for other in sorted(reached.get(lower.node, ()))
            if is_drawn(upper, cell, on) and is_drawn(lower, other, on)
        ]
    top, bottom = top + CELL, top + ROW
    if len(pairs) <= min(MOST_LINES, MOST_TAPS * len(upper.cells)):
        segments: list[tuple[Any, ...]] = []
        for one, other in pairs:
            segments += [("M", middle(upper, one, on), top), ("L", middle(lower, other, on), bottom)]
        return Path(tuple(segments), "", SOFT, 0.6)
    above, below = [one for one, _ in pairs], [other for _, other in pairs]
    corners = ((min(above), upper, top), (max(above), upper, top),
               (max(below), lower, bottom), (min(below), lower, bottom))  # fmt: skip
    return polygon([(middle(row, cell, on), y) for cell, row, y in corners], "wash", FAINT, 0.6)


def is_drawn(row: LayerCells, cell: int, on: PictureAxis) -> bool:
    return on.edge(on.first) <= middle(row, cell, on) <= on.edge(on.last + 1)


def middle(row: LayerCells, cell: int, on: PictureAxis) -> float:
    return on.edge(row.start + (cell + 0.5) * row.stride)


def cells_of(row: LayerCells, on: PictureAxis, top: float, colour: str) -> Collection:
    """The cells of a row that lie over the pixels drawn: those that are seen filled, those in the padding hatched."""
    wide = row.stride * on.scale
    if wide < NARROWEST:
        return band(row, on, top, colour)
    side = min(wide - 1, CELL * 1.6)
    drawn: dict[tuple[bool, bool], list[tuple[Any, ...]]] = {(False, True): [], (True, False): [], (True, True): []}
    for cell in range(floor((on.first - row.start) / row.stride), ceil((on.last + 1 - row.start) / row.stride)):
        kind = cell in row.cells, 0 <= cell < row.units
        if kind in drawn and is_drawn(row, cell, on):
            left = middle(row, cell, on) - side / 2
            right, bottom = left + side, top + CELL
            drawn[kind] += [("M", left, top), ("L", right, top), ("L", right, bottom), ("L", left, bottom), ("Z",)]
    shapes: list[Shape] = []
    for (seen, inside), segments in drawn.items():
        fill = f"{colour}-fill" if seen and inside else "paper"
        if segments:
            stroke = colour if seen else FAINT
            shapes.append(Path(tuple(segments), fill, stroke, 0.8, hatch="" if inside else FAINT))
    return Collection((*shapes, *row_labels(row, on, top)), seen_words(row), row.name)


def band(row: LayerCells, on: PictureAxis, top: float, colour: str) -> Collection:
    """A row whose cells are too narrow to be drawn one by one."""
    low, high = max(on.first, row.start), min(on.last + 1, row.start + row.units * row.stride)
    shapes: list[Shape] = [Rectangle(on.edge(low), top, (high - low) * on.scale, CELL, "paper", FAINT, 0.8)]
    start = max(low, row.start + min(row.cells) * row.stride)
    end = min(high, row.start + (max(row.cells) + 1) * row.stride)
    shapes.append(Rectangle(on.edge(start), top, (end - start) * on.scale, CELL, colour, "", 0))
    return Collection((*shapes, *row_labels(row, on, top)), seen_words(row), row.name)


def seen_words(row: LayerCells) -> str:
    return f"{row.name}: {len(row.cells):,} {'cell' if len(row.cells) == 1 else 'cells'} seen"


def row_labels(row: LayerCells, on: PictureAxis, top: float) -> Iterator[Label]:
    yield Label(on.edge(on.first) - BESIDE, top + CELL - 2.5, shorten(row.name, NAMES - BESIDE - 2, 11), 11, "end", INK)
    low, high = min(row.cells), max(row.cells)
    span = f"cells {low:,} to {high:,}" if high > low else f"cell {low:,}"
    x = on.edge(on.last + 1) + BESIDE
    told = f"{span} of {row.units:,}".replace("-", "−")
    yield Label(x, top + CELL - 2.5, told, 10, "start", SOFT)


class Connections:
    """The cells of a network along one axis, and which of them see which."""

    def __init__(self, graph: Graph, axis: int):
        self.graph = graph
        self.axis = axis
        self.taps: dict[int, Taps | None] = {}  # by node

    def leading_to(self, target: int, cell: int, stop: int = -1) -> dict[int, Cells] | None:
        """By node, the cells that lead to one of the target's, down to a node; None where axes are not told apart."""
        found: dict[int, Cells] = {target: frozenset((cell,))}
        for node in range(target, max(stop, len(self.graph.inputs) - 1), -1):
            if node not in found:
                continue
            taps = self.taps_of(node)
            if taps is None or sum(map(len, found.values())) > MAX_CELLS:
                return None
            before = frozenset(other for cell in found[node] for other in taps(cell))
            for source in self.graph.nodes[node].inputs:
                found[source] = found.get(source, frozenset()) | before
        return found

    def taps_of(self, node: int) -> Taps | None:
        if node not in self.taps:
            applied = self.graph.nodes[node].applied
            self.taps[node] = None if applied is None else taps_along(applied, self.axis)
        return self.taps[node]


def in_place(cell: int) -> Iterable[int]:
    return (cell,)


def taps_along(applied: Applied, axis: int) -> Taps | None:
    """Which cells of its inputs a layer's output sees along one axis; None where that is not told by the axis alone."""
    type, output = applied.setting.kind.window.type, applied.output
    if any(len(shape) != len(output) for shape in applied.input) or applied.setting.kind.takes == "features":
        return None
    if type in (POINTWISE, APPENDING) and all(shape[1:] == output[1:] for shape in applied.input):
        return in_place
    if len(applied.input) > 1 or not keeps_map(applied):
        return in_place if changes_nothing(applied) else None
    step = steps(applied)[axis]
    return step.type.pattern(step).taps if step.type.pattern is not None and step.numbers else None
