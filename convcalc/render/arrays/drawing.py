"""One number of an output drawn: the padded grid with the window in its place, the kernel, the output, the products."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product
from typing import TYPE_CHECKING

from convcalc.algebra.expr import Mul, evaluate
from convcalc.algebra.notation import write, write_factor
from convcalc.arrays.array import Array, shape_text
from convcalc.arrays.cells import ONE, WorkedCell, is_moved, number_tree
from convcalc.arrays.sight import Seen, all_seen, padded_map
from convcalc.problem import problem
from convcalc.render.arrays.pages import approximation, operation
from convcalc.render.pictures.lettering import text_width, wrap
from convcalc.render.pictures.shapes import FAINT, INK, PAPER, SOFT, Label, Picture, Rectangle, Shape, shift
from convcalc.render.spelling import spell_layer
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.arrays.array import Place
    from convcalc.arrays.computing import LayerNumbers
    from convcalc.arrays.network import ChainNumbers

MARGIN, GAP, TITLE = 20, 36, 26  # around all, between grids, and for the line above a grid
LEAST = 36  # the side of a cell
SIZE, LESSER, SMALL = 15, 13, 10  # of letters: in cells and lines, above grids, and of what a number is multiplied by
LINE = 20  # from one product to the next
MAX_PRODUCTS = 16  # that are listed; more are only in the sum
MAX_CELLS = 4_096  # that are drawn
MAX_PAGES = 1_000
PADDING, WINDOW, WINDOW_EDGE, RESULT, RESULT_EDGE = "padding", "window-fill", "window", "result-fill", "result"
WEIGHT = "alarm"  # the colour of what a number is multiplied by


class CellMarks(NamedTuple):
    """Cells that are marked in a grid, with what they are multiplied by."""

    cells: Mapping[Place, str] = {}
    fill: str = WINDOW
    edge: str = WINDOW_EDGE


class DrawnGrid(NamedTuple):
    """A grid as shapes from (0, 0), and its size."""

    shapes: tuple[Shape, ...]
    width: float
    height: float


def step_pictures(chain: ChainNumbers, places: list[Place] | None, blank: bool = False) -> Iterator[Picture]:
    """A picture for each of these places of the output; for all of them, each with the output as far as it has come."""
    layer = chain.layers[-1]
    wanted = list(islice(layer.output.places(), MAX_PAGES + 1)) if places is None else places
    if len(wanted) > MAX_PAGES:
        raise problem("A009", f"more than {MAX_PAGES:,} pages", "--at 0,0 for one of them, or a smaller array")
    for cell in layer.cells(wanted):
        yield cell_picture(chain, layer, cell, places is None, blank)


def cell_picture(chain: ChainNumbers, layer: LayerNumbers, cell: WorkedCell, so_far: bool, blank: bool) -> Picture:
    """The grids side by side, and the number worked below them."""
    seen = list(all_seen(layer.sight.groups(cell.at)))
    before = padded_map(layer.applied, layer.inputs[0]).before
    spots: dict[int, dict[Place, str]] = {}
    for one in seen:
        spot = (one.spot[0], *(at + low for at, low in zip(one.spot[1:], before, strict=True))) if before else one.spot
        spots.setdefault(one.input, {})[spot] = weight_text(layer, one)
    columns = [[input_grid(layer, number, CellMarks(spots.get(number, {}))) for number in range(len(layer.inputs))]]
    if layer.given.weights:
        used = {one.weight: "" for one in seen}
        columns.append(
            [array_grid("kernel" if layer.slides_kernel else "weights", layer.given.weights, CellMarks(used))]
        )
    known = layer.output
    index = known.number_of_place(cell.at)
    numbers = tuple(
        None if (so_far and place > index) or (blank and place >= index) else number
        for place, number in enumerate(known.numbers)
    )
    columns.append([array_grid("output", Array(known.shape, numbers), CellMarks({cell.at: ""}, RESULT, RESULT_EDGE))])
    if layer.weights is not None and len(seen) <= MAX_PRODUCTS and not blank:
        columns.append([products(layer, seen)])
    return page_picture(chain, layer, cell, columns, blank)


def page_picture(
    chain: ChainNumbers, layer: LayerNumbers, cell: WorkedCell, columns: list[list[DrawnGrid]], blank: bool
) -> Picture:
    shapes: list[Shape] = []
    spelled = spell_layer(layer.applied.setting, chain.graph.convention.name)
    heading = ", ".join(filter(None, (f"{layer.name}: {spelled}", operation(chain, layer))))
    x, bottom = float(MARGIN), 0.0
    for column in columns:
        y = float(MARGIN + 2 * TITLE)
        for grid in column:
            shapes += [shift(shape, x, y) for shape in grid.shapes]
            y += grid.height + GAP / 2
        bottom = max(bottom, y)
        x += max(grid.width for grid in column) + GAP
    width = max(x - GAP + MARGIN, MARGIN * 2 + text_width(heading, SIZE, True))
    shapes.insert(0, Label(MARGIN, MARGIN + 8, heading, SIZE, "start", INK, True))
    at = ", ".join(map(str, chain.shown_place(cell.at)))
    work = f"[{at}]  {'' if blank else worked_line(cell)}".rstrip()
    for line in wrap(work, width - 2 * MARGIN, SIZE):
        shapes.append(Label(MARGIN, bottom + 18, line, SIZE, "start"))
        bottom += 22
    return Picture(f"{heading}, number [{at}]", width, bottom + MARGIN, tuple(shapes))


def products(layer: LayerNumbers, seen: list[Seen]) -> DrawnGrid:
    """What is added up, a line each."""
    lines = []
    for one in seen:
        tree = Mul((layer.number(one), layer.letters(one)["w"]))
        lines.append(f"{write(tree)} = {write(number_tree(evaluate(tree, {})))}")
    shapes = [Label(0, -8, "products", LESSER, "start", SOFT)]
    shapes += [Label(0, 14 + place * LINE, line, LESSER, "start") for place, line in enumerate(lines)]
    return DrawnGrid(tuple(shapes), max(text_width(line, LESSER) for line in lines), len(lines) * LINE)


def worked_line(cell: WorkedCell) -> str:
    parts = [write(cell.tree)]
    if not is_moved(cell.tree) and not isinstance(cell.value, float):
        parts.append(write(number_tree(cell.value)))
    return f"{' = '.join(parts)} {approximation(cell.value)}".rstrip()


def weight_text(layer: LayerNumbers, seen: Seen) -> str:
    """What a number is multiplied by, ×3; nothing where it is only looked at."""
    letters = layer.letters(seen)
    factor = letters["t"] if layer.weights is None else letters["w"]
    return "" if factor is ONE else f"×{write_factor(factor)}"


def input_grid(layer: LayerNumbers, number: int, marks: CellMarks) -> DrawnGrid:
    padded = padded_map(layer.applied, layer.inputs[number])
    name = f"input {number + 1}" if len(layer.inputs) > 1 else "input"
    is_padded = padded.array is not layer.inputs[number]
    inside = [range(low, low + size) for low, size in zip(padded.before, layer.inputs[number].shape[1:], strict=False)]
    return array_grid(f"padded {name}" if is_padded else name, padded.array, marks, inside if is_padded else ())


def array_grid(name: str, array: Array, marks: CellMarks, inside: Sequence[range] = ()) -> DrawnGrid:
    """The planes of an array below each other; what is not inside is padding."""
    texts = ["" if number is None else write(number_tree(number)) for number in array.numbers]
    factors = max((text_width(factor, SMALL) for factor in marks.cells.values()), default=0)
    side = max(LEAST, max(text_width(text, SIZE) for text in texts) + 12, factors + 8)
    shapes: list[Shape] = []
    top, width = 0.0, 0.0
    places, shown = list(array.places()), iter(texts)
    rows, columns = array.shape[-2:] if len(array.shape) > 1 else (1, *array.shape)
    if len(texts) > MAX_CELLS:
        raise problem("A009", f"the {name} has {len(texts):,} numbers, too many to be drawn", f"at most {MAX_CELLS:,}")
    for plane in range(len(texts) // (rows * columns)):
        first = places[plane * rows * columns]
        words = f" [{', '.join(map(str, first[:-2]))}]" if len(texts) > rows * columns else ""
        title = f"{name} {shape_text(array.shape[-2:])}{words}"
        shapes.append(Label(0, top - 8, title, LESSER, "start", SOFT))
        for row, column in product(range(rows), range(columns)):
            at = places[(plane * rows + row) * columns + column]
            is_padding = bool(inside) and not all(one in each for one, each in zip(at[1:], inside, strict=True))
            shapes += cell_shapes(column * side, top + row * LEAST, side, next(shown), is_padding, marks, at)
        outlines = [at for at in marks.cells if at[:-2] == first[:-2]]
        shapes += [outline(at, side, top, marks.edge) for at in outlines]
        top += rows * LEAST + TITLE
        width = max(width, columns * side, text_width(title, LESSER))
    return DrawnGrid(tuple(shapes), width, top - TITLE)


def cell_shapes(
    x: float, y: float, side: float, text: str, is_padding: bool, marks: CellMarks, at: Place
) -> Iterator[Shape]:
    factor = marks.cells.get(at)
    fill_colour = marks.fill if factor is not None else PADDING if is_padding else PAPER
    yield Rectangle(x, y, side, LEAST, fill_colour)
    lift = 4 if factor else 0
    yield Label(x + side / 2 - lift, y + LEAST / 2 + 5 - lift, text, SIZE, "middle", FAINT if is_padding else INK)
    if factor:
        yield Label(x + side - 3, y + LEAST - 4, factor, SMALL, "end", WEIGHT)


def outline(at: Place, side: float, top: float, colour: str) -> Shape:
    row, column = (0, 0, *at)[-2:]
    return Rectangle(column * side, top + row * LEAST, side, LEAST, "", colour, 2)
