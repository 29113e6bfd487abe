"""What common mistakes make of arrays: the chain worked again with one of its layers, or two, done wrongly."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import combinations, islice
from typing import TYPE_CHECKING, Any, TypeAlias

from convcalc.algebra.expr import letters
from convcalc.arrays.array import Array
from convcalc.arrays.cells import cell_formula
from convcalc.arrays.computing import LayerNumbers
from convcalc.arrays.sight import Sight
from convcalc.layers.applied import Applied, Setting, apply
from convcalc.layers.window import SPREADING
from convcalc.problem import Problem
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.arrays.array import Place
    from convcalc.arrays.network import ChainNumbers
    from convcalc.arrays.sight import Groups

    # From a layer done rightly to the ways in which it is done wrongly, each of them another layer.
    Slip: TypeAlias = Callable[[LayerNumbers, ChainNumbers], Iterator[LayerNumbers]]

MAX_WAYS = 100  # of making one mistake in all layers: a channel of each, and they multiply
MAX_CELLS, MAX_CELLS_OF_TWO = 2_000, 150  # of all layers, beyond which no mistakes, or no two together, are tried


class WrongArray(NamedTuple):
    """What mistakes give: their codes, and the layers in which they were made."""

    codes: tuple[str, ...]
    layers: tuple[str, ...]
    output: Array


# One layer done wrongly


def with_weights(layer: LayerNumbers, weights: Array) -> LayerNumbers:
    return LayerNumbers(layer.name, layer.applied, layer.inputs, layer.given._replace(weights=weights))


def with_formula(layer: LayerNumbers, text: str) -> LayerNumbers:
    wrong = LayerNumbers(layer.name, layer.applied, layer.inputs, layer.given)
    wrong.formula = cell_formula(text)
    return wrong


def with_sight(layer: LayerNumbers, change: Callable[[Groups], Groups]) -> LayerNumbers:
    """The layer, of whose inputs something is overlooked."""
    wrong, seen = LayerNumbers(layer.name, layer.applied, layer.inputs, layer.given), layer.sight.groups
    wrong.sight = Sight(lambda at: change(seen(at)))
    return wrong


def with_setting(layer: LayerNumbers, chain: ChainNumbers, symbol: str, value: Any) -> Iterator[LayerNumbers]:
    """The layer with another value for the key of a letter, where it has such a key and this is another one."""
    setting = layer.applied.setting
    key = next((key for key in setting.kind.keys if key.symbol == symbol), None)
    if key is not None and any(axis.get(symbol, value) != value for axis in layer.applied.axes):
        yield from with_value(layer, chain, key.name, value)


def with_value(layer: LayerNumbers, chain: ChainNumbers, key: str, value: Any) -> Iterator[LayerNumbers]:
    """The layer with another value for a key, where it fits then."""
    setting, shapes = layer.applied.setting, tuple(array.shape for array in layer.inputs)
    values = {**dict(setting.values), key: value}
    if changed := apply_again(Setting(setting.kind, tuple(values.items())), shapes, chain):
        yield LayerNumbers(layer.name, changed, layer.inputs, layer.given)


def apply_again(setting: Setting, shapes: tuple[Place, ...], chain: ChainNumbers) -> Applied | None:
    """A layer on other shapes, or with other settings; None where it does not fit."""
    try:
        return apply(setting, shapes, chain.graph.convention, on_map=len(shapes[0]) > 1, cured=False)
    except Problem:
        return None


def flip(layer: LayerNumbers, is_wrong: bool) -> Iterator[LayerNumbers]:
    if layer.slides_kernel and layer.given.weights and is_wrong:
        yield with_weights(layer, layer.given.weights.flipped(len(layer.applied.axes)))


def transpose(layer: LayerNumbers, chain: ChainNumbers) -> Iterator[LayerNumbers]:
    """A kernel read column by column; the answer written so is looked at with the whole chain."""
    weights = layer.given.weights
    if layer.slides_kernel and weights and len(layer.applied.axes) == 2 and weights.shape[-1] == weights.shape[-2]:
        yield with_weights(layer, transposed_array(weights))


def transposed_array(array: Array) -> Array:
    """Rows and columns, the last two axes, exchanged."""
    *ahead, rows, columns = array.shape
    shape = (*ahead, columns, rows)
    places = Array(shape, ()).places()
    return Array(shape, tuple(array.at((*at[:-2], at[-1], at[-2])) for at in places))


def average(layer: LayerNumbers, chain: ChainNumbers) -> Iterator[LayerNumbers]:
    if layer.takes_largest:
        yield with_formula(layer, "sum(x)/m")


def count_padding(layer: LayerNumbers, chain: ChainNumbers) -> Iterator[LayerNumbers]:
    """A mean over the zeros of the padding too, or without them where they count."""
    axes, settings = layer.applied.axes, dict(layer.applied.setting.values)
    flags = [key for key in layer.applied.setting.kind.keys if key.symbol == "z"]
    if flags and any(axis["p_l"] or axis["p_r"] for axis in axes):
        yield from with_value(layer, chain, flags[0].name, not settings.get(flags[0].name, flags[0].default))


def ignore_overlaps(layer: LayerNumbers, chain: ChainNumbers) -> Iterator[LayerNumbers]:
    """Where windows overlap, the last is written over the others, or the first is left."""
    if layer.applied.window.type is SPREADING:
        yield with_sight(layer, lambda groups: [group[-1:] for group in groups])
        yield with_sight(layer, lambda groups: [group[:1] for group in groups])


def forget_bias(layer: LayerNumbers, chain: ChainNumbers) -> Iterator[LayerNumbers]:
    bias = layer.given.by_channel.get("b")
    if bias and any(bias.numbers):
        others = {letter: array for letter, array in layer.given.by_channel.items() if letter != "b"}
        yield LayerNumbers(layer.name, layer.applied, layer.inputs, layer.given._replace(by_channel=others))


def take_one_channel(layer: LayerNumbers, chain: ChainNumbers) -> Iterator[LayerNumbers]:
    if layer.slides_kernel:
        count = len(layer.sight.groups((0,) * len(layer.shape)))
        for channel in range(count) if count > 1 else ():
            yield with_sight(layer, lambda groups, channel=channel: groups[channel : channel + 1])  # type: ignore[misc]


def forget_activation(layer: LayerNumbers, chain: ChainNumbers) -> Iterator[LayerNumbers]:
    is_own = layer.sight.own is not None and "x" in set(letters(layer.formula)) and layer.formula != "x"
    has_numbers = layer.given.weights or layer.given.by_channel
    if is_own and not has_numbers and len(layer.inputs) == 1 and layer.inputs[0].shape == layer.shape:
        yield with_formula(layer, "x")


SLIPS: Mapping[str, Slip] = {
    "arr.flipped": lambda layer, chain: flip(layer, not chain.flip),
    "arr.not_flipped": lambda layer, chain: flip(layer, chain.flip),
    "arr.transposed": transpose,
    "arr.no_stride": lambda layer, chain: with_setting(layer, chain, "s", 1),
    "arr.no_padding": lambda layer, chain: with_setting(layer, chain, "p", 0),
    "arr.average": average,
    "arr.padding_counted": count_padding,
    "arr.no_dilation": lambda layer, chain: with_setting(layer, chain, "d", 1),
    "arr.no_overlap": ignore_overlaps,
    "arr.no_bias": forget_bias,
    "arr.one_channel": take_one_channel,
    "arr.no_activation": forget_activation,
}


# A chain with layers done wrongly


def wrong_arrays(chain: ChainNumbers) -> Iterator[WrongArray]:
    """What every mistake gives in one layer, and then in all that have an occasion for it."""
    if cells_of(chain) > MAX_CELLS:
        return
    occasions: dict[str, list[int]] = {}
    for place, layer in enumerate(chain.layers):
        for code in SLIPS:
            outputs = list(wrong_outputs(chain, {place: (code,)}))
            occasions.setdefault(code, []).extend([place] * bool(outputs))
            yield from (WrongArray((code,), (layer.name,), output) for output in outputs)
    for code, places in occasions.items():
        if len(places) > 1:
            for output in islice(wrong_outputs(chain, dict.fromkeys(places, (code,))), MAX_WAYS):
                yield WrongArray((code,), ("*",), output)
    if len(chain.output.shape) > 1:
        yield WrongArray(("arr.transposed",), (chain.layers[-1].name,), transposed_array(chain.output))


def two_mistakes(chain: ChainNumbers, single: Iterable[WrongArray]) -> Iterator[WrongArray]:
    """What every two of these mistakes give together."""
    places = {layer.name: place for place, layer in enumerate(chain.layers)}
    steps = dict.fromkeys((each.codes[0], each.layers[0]) for each in single if each.layers[0] in places)
    for (first, one), (second, other) in combinations(steps, 2) if cells_of(chain) <= MAX_CELLS_OF_TWO else ():
        wrong = {places[one]: (first, second)} if one == other else {places[one]: (first,), places[other]: (second,)}
        for output in wrong_outputs(chain, wrong):
            yield WrongArray((first, second), (one, other), output)


def cells_of(chain: ChainNumbers) -> int:
    return sum(len(layer.output.numbers) for layer in chain.layers)


def wrong_outputs(chain: ChainNumbers, wrong: Mapping[int, tuple[str, ...]]) -> Iterator[Array]:
    """The outputs of a chain in whose layers these mistakes are made, in every way; none where one has no occasion."""
    inputs = len(chain.inputs)

    def outputs_from(place: int, known: list[Array]) -> Iterator[Array]:
        if place == len(chain.layers):
            yield known[-1]
            return
        right = chain.layers[place]
        taken = tuple(known[index] for index in chain.graph.nodes[inputs + place].inputs)
        shapes = tuple(array.shape for array in taken)
        layers = [right]
        if taken != right.inputs:
            same = shapes == right.applied.input
            applied = right.applied if same else apply_again(right.applied.setting, shapes, chain)
            layers = [LayerNumbers(right.name, applied, taken, right.given)] if applied else []
        for code in wrong.get(place, ()):
            layers = [each for layer in layers for each in SLIPS[code](layer, chain)]
        for layer in layers:
            yield from outputs_from(place + 1, [*known, layer.output])

    try:
        yield from outputs_from(0, list(chain.inputs))
    except (Problem, IndexError, ValueError, ZeroDivisionError):
        return  # what no longer fits gives no answer
