"""A chain of layers with numbers as a page: its arrays as grids, and every number of the output worked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import Mul, Real, evaluate, is_fraction
from convcalc.algebra.notation import decimal, decimal_digits, to_tree, write_factor
from convcalc.arrays.array import Array, shape_text
from convcalc.arrays.cells import WorkedCell, is_moved, number_tree, sums_features
from convcalc.arrays.sight import all_seen, padded_map, summed_axes
from convcalc.layers.case import AXES
from convcalc.layers.window import SPREADING
from convcalc.render.spelling import spell_layer
from convcalc.render.working.cells import CellRow, Grid, Grids
from convcalc.render.working.page import FORMS, Heading, Item
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.arrays.array import Place
    from convcalc.arrays.computing import LayerNumbers
    from convcalc.arrays.network import ChainNumbers

MAX_STAMPS = 32  # grids of what each input adds
WORKS = ("full", "result", "blank")
CHANNELS, FILTERS = ("channel", "depth"), ("filter", "channel", "depth")  # what the axes before a plane are


class PageOptions(NamedTuple):
    """How worked arrays are to look."""

    work: str = "full"  # one of WORKS
    at: Place = ()  # the only number to be worked; empty: all
    unicode: bool = True
    width: int = 0


def page(chain: ChainNumbers, form: str, options: PageOptions) -> Iterator[str]:
    """The pieces of a page in a format of text."""
    return FORMS[form](items(chain, options), options.unicode, options.width)


def items(chain: ChainNumbers, options: PageOptions) -> Iterator[Item]:
    for layer in chain.layers:
        yield from layer_items(chain, layer, options)


def layer_items(chain: ChainNumbers, layer: LayerNumbers, options: PageOptions) -> Iterator[Item]:
    applied, blank = layer.applied, options.work == "blank"
    spelled = spell_layer(applied.setting, chain.graph.convention.name)
    shapes = f"{' and '.join(shape_text(array.shape) for array in layer.inputs)} → {shape_text(layer.shape)}"
    yield Heading(layer.name, spelled, ", ".join(filter(None, (shapes, operation(chain, layer)))))
    output = array_grids("output", layer.output, CHANNELS, blank)
    yield Grids((*input_grids(chain, layer, blank), *own_grids(chain, layer), *output), layer.given.remark)
    if options.work == "full" and (stamps := tuple(stamp_grids(chain, layer))):
        yield Grids(stamps, "What each input adds; where these overlap, they are summed:")
    is_last = layer is chain.layers[-1]
    if options.work == "result" or (not is_last and (options.at or layer.only_copies)):
        return
    for cell in layer.cells([options.at] if options.at else None):
        yield cell_row(layer, chain.shown_place(cell.at, layer), cell, blank)


def operation(chain: ChainNumbers, layer: LayerNumbers) -> str:
    """What of a layer the numbers depend on, and its name does not say."""
    padded = any(axis.get("p_l") or axis.get("p_r") for axis in layer.applied.axes)
    if "z" in layer.applied.letters and padded:
        return f"zeros of the padding are {'' if layer.applied.letters['z'] else 'not '}counted"
    if sums_features(layer.applied.setting.kind):
        return summed_over(layer)
    if not layer.slides_kernel:
        return ""
    how = "the kernel is flipped" if chain.flip else "the kernel is not flipped"
    if spreads(layer):
        return f"each number spreads the {'flipped ' * chain.flip}kernel"
    return f"{'convolution' if chain.flip else 'cross-correlation'}: {how}"


def summed_over(layer: LayerNumbers) -> str:
    """Which numbers a softmax sums over, and whether it is one alone."""
    axes, rank = summed_axes(layer.applied), len(layer.shape)
    names = {1: ("all numbers",), 2: ("each column", "each row")}.get(rank)
    names = names or ("the channels", *(f"the {name}" for name in AXES.get(rank - 1, ())))
    along = " and ".join(names[axis] for axis in sorted(axes) if axis < len(names))
    count = prod(layer.shape[axis] for axis in axes)
    alone = ": a single number, divided by itself" if count == 1 else ""
    return f"over {along}{alone}" + ", the largest subtracted first" * layer.is_shifted


def spreads(layer: LayerNumbers) -> bool:
    """Whether each input adds to several outputs, as in a transposed convolution."""
    return layer.applied.window.type is SPREADING


def cell_row(layer: LayerNumbers, at: Place, cell: WorkedCell, blank: bool) -> CellRow:
    places = ", ".join(map(str, at))
    label, symbol = f"[{places}]", f"y_{{{places}}}"
    if blank:
        return CellRow(label, symbol, None)
    is_told = isinstance(cell.value, float) or is_moved(cell.tree)
    terms = layer.weights.shape[-1] if layer.weights and len(layer.applied.axes) > 1 else 4
    decimals = approximation(cell.value).removeprefix("≈ ")
    return CellRow(label, symbol, cell.tree, None if is_told else number_tree(cell.value), decimals, max(terms, 3))


def approximation(value: Any) -> str:
    """≈ 0.6667 behind a fraction that decimals do not tell, and behind what is not exact."""
    if isinstance(value, float) or needs_decimals(value):
        return f"≈ {decimal_digits(float(value))}".replace("-", "−")
    return ""


def needs_decimals(value: Any) -> bool:
    return is_fraction(value) and decimal(to_tree(value)) is None


def input_grids(chain: ChainNumbers, layer: LayerNumbers, blank: bool) -> Iterator[Grid]:
    """The inputs of a layer with their padding; what another layer has given is left open on a worksheet."""
    for number, array in enumerate(layer.inputs, 1):
        name = f"input {number}," if len(layer.inputs) > 1 else "input"
        padded, hidden = padded_map(layer.applied, array), blank and not any(array is one for one in chain.inputs)
        name = name if padded.array is array else f"padded {name}"
        yield from array_grids(name, padded.array, CHANNELS, hidden, padded.before, padded.after)


def own_grids(chain: ChainNumbers, layer: LayerNumbers) -> Iterator[Grid]:
    """The weights, as they are given and as they are used, and the numbers per channel."""
    weights = layer.given.weights
    if weights is not None:
        name = "kernel" if layer.slides_kernel else "weights"
        if chain.flip and layer.slides_kernel:
            yield from array_grids(name, weights.flipped(len(layer.applied.axes)), FILTERS)
            name = "flipped"
        yield from array_grids(name, weights, FILTERS)
    for letter, array in layer.given.by_channel.items():
        yield from array_grids({"b": "bias", "w": "scale"}.get(letter, letter), array, ())


def stamp_grids(chain: ChainNumbers, layer: LayerNumbers) -> Iterator[Grid]:
    """What each input of a transposed convolution adds, where there are not too many."""
    if not (spreads(layer) and layer.slides_kernel and len(layer.shape) <= 3):
        return
    if len(layer.inputs[0].numbers) * layer.shape[0] > MAX_STAMPS:
        return
    added: dict[tuple[Place, int], dict[Place, Any]] = {}
    for at in layer.output.places():
        for one in all_seen(layer.sight.groups(at)):
            if one.place:
                numbers = added.setdefault((one.place, at[0]), {})
                numbers[at[1:]] = evaluate(Mul(tuple(layer.letters(one)[letter] for letter in "xw")), {})
    plane = Array(layer.shape[1:], ())
    for (place, channel), numbers in sorted(added.items()):
        flat = Array(plane.shape, tuple(numbers.get(at) for at in plane.places()))
        factor = write_factor(number_tree(layer.inputs[0].at(place)))
        title = f"{place_text(chain, layer, place)}: {factor}·kernel"
        title += f", {CHANNELS[0]} {channel}" if layer.shape[0] > 1 else ""
        columns = plane.shape[-1]
        trees = ["." if number is None else number_tree(number) for number in flat.numbers]
        yield Grid(title, tuple(tuple(trees[start : start + columns]) for start in range(0, len(trees), columns)))


def place_text(chain: ChainNumbers, layer: LayerNumbers, place: Place) -> str:
    shown = place[1:] if chain.is_bare(layer.inputs[0].shape) else place
    return f"[{', '.join(map(str, shown))}]"


def array_grids(
    name: str, array: Array, axes: tuple[str, ...], blank: bool = False, before: Place = (), after: Place = ()
) -> Iterator[Grid]:
    """The planes of an array, each a grid; in decimals beside it where its fractions do not tell them."""
    stacked, sides = array.shape[:-2], array.shape[-2:]
    (top, left), (bottom, right) = ((0, 0, *ends)[-2:] for ends in (before, after))
    frame = Grid("", (), (top, left), (bottom, right))
    for index, plane in zip(product(*map(range, stacked)), planes(array), strict=True):
        words = [f"{word} {one}" for word, one, many in zip(axes, index, stacked, strict=False) if many > 1]
        numbers = plane.numbers

        def rows(write: Callable[[Any], Any], plane: Array = plane) -> tuple[tuple[Any, ...], ...]:
            columns = plane.shape[-1]
            each = list(map(write, plane.numbers))
            return tuple(tuple(each[start : start + columns]) for start in range(0, len(each), columns))

        title = ", ".join([f"{name} {shape_text(sides)}", *words])
        yield frame._replace(title=title, rows=rows((lambda one: None) if blank else number_tree))
        if not blank and any(map(needs_decimals, numbers)):
            yield frame._replace(title="in decimals ≈", rows=rows(lambda one: Real(float(one))))


def planes(array: Array) -> list[Array]:
    """The last two axes of an array, as often as there are others."""
    return [array] if len(array.shape) < 3 else [plane for part in array.parts() for plane in planes(part)]
