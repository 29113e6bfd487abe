"""A chain of layers with numbers in it: arrays go in, and every layer is worked out on what the one before it gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import ge
from typing import TYPE_CHECKING, TypeAlias

from convcalc.algebra.expr import letters
from convcalc.arrays.array import Array, shape_text, whole_shape
from convcalc.arrays.cells import cell_formula
from convcalc.arrays.computing import LayerArrays, LayerNumbers, channel_axis, check_places, largest_places
from convcalc.arrays.fitting import (
    fitted_channels,
    fitted_places,
    fitted_weights,
    missing_places,
    missing_statistics,
    missing_weights,
    with_channels,
)
from convcalc.arrays.given import OwnArray, arrays_by_layer, letters_taken
from convcalc.arrays.sight import summed_axes
from convcalc.layers.window import NORMALISING
from convcalc.network.load import graph_of
from convcalc.problem import Problem, Source, problem
from convcalc.readers.command_line import Stretch, layer_spec
from convcalc.spec import Place as TextPlace
from convcalc.spec.layout import laid_out
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.arrays.array import Place
    from convcalc.arrays.reading import ArrayText
    from convcalc.layers.applied import Applied
    from convcalc.network import Graph
    from convcalc.spec.choices import Choices

    Arrays: TypeAlias = Sequence[ArrayText]

LINE = "layer"
STATISTICS = ("mean", "variance")  # without which there is no answer


class ChainNumbers(NamedTuple):
    """A chain worked out: its layers in their order, and what it was given."""

    text: str
    graph: Graph
    inputs: tuple[Array, ...]
    layers: tuple[LayerNumbers, ...]
    flip: bool
    bare: bool = False  # the input was written without an axis of channels, which one channel needs not have then

    @property
    def output(self) -> Array:
        return self.layers[-1].output

    def shown_place(self, at: Place, layer: LayerNumbers | None = None) -> Place:
        """A place of the output, or of that of another layer, as it is shown."""
        return at[1:] if self.is_bare((layer or self.layers[-1]).shape) else at

    def read_place(self, text: str) -> Place:
        """A place of the output as it is written, `0,1`; a Problem where there is none."""
        whole, parts = self.layers[-1].shape, text.strip("()[] ").replace(",", " ").split()
        shape = self.shown_place(whole)
        place = tuple(int(part) for part in parts if part.isdecimal() and len(part) < 7)
        if not len(place) == len(parts) == len(shape) or any(map(ge, place, shape)):
            ends = ",".join(str(size - 1) for size in shape)
            message = f'--at: "{text[:40]}" is not a position in the output {shape_text(shape)}'
            raise problem("U012", message, f"--at {ends} is the last, {','.join('0' * len(shape))} the first")
        return (0, *place) if self.is_bare(whole) else place

    def is_bare(self, shape: Place) -> bool:
        return self.bare and len(shape) > 1 and shape[0] == 1

    def shown(self, array: Array) -> Array:
        """An array as the input was written: without an axis of one channel where that had none."""
        return array.reshaped(*array.shape[1:]) if self.is_bare(array.shape) else array


def chain_graph(layer: str, inputs: Arrays, choices: Choices) -> tuple[Graph, tuple[Array, ...]]:
    """The graph of a layer or a chain on arrays, channels first; a Problem where it does not fit."""
    place = TextPlace(1, 1, max(len(layer), 1))
    source, stretch = Source(LINE, layer), Stretch(layer, place)
    items = layer_spec(source, stretch, (Stretch("1", place),) * len(inputs), choices.convention).items
    arrays = tuple(with_channels(text, items) for text in inputs)
    shapes = tuple(Stretch("x".join(map(str, array.shape)), place) for array in arrays)
    spec = layer_spec(source, stretch, shapes, choices.convention)
    graph = graph_of(laid_out(spec._replace(layout="channels_first")), choices)
    if graph.diagnostics:
        raise Problem(*graph.diagnostics)
    return graph, arrays


def work_out(text: str, inputs: Arrays, own: Sequence[OwnArray], choices: Choices, flip: bool = False) -> ChainNumbers:
    """Every layer of a chain with its numbers; `flip`: kernels turned, as the textbook's convolution has them."""
    graph, arrays = chain_graph(text, inputs, choices)
    applied = {node.name: node.applied for node in graph.nodes[len(graph.inputs) :] if node.applied}
    shares = arrays_by_layer(applied, own)
    layers: dict[str, LayerNumbers] = {}
    for node in graph.nodes[len(graph.inputs) :]:
        assert node.applied is not None
        done = list(layers.values())
        count = len(arrays)
        taken = tuple(arrays[index] if index < count else done[index - count].output for index in node.inputs)
        given = given_numbers(node.name, node.applied, taken, shares, layers, flip)
        layers[node.name] = LayerNumbers(node.name, node.applied, taken, given)
        if given.places:
            check_places(layers[node.name])
    bare = len(arrays[0].shape) > len(inputs[0].array.shape)
    return ChainNumbers(text, graph, arrays, tuple(layers.values()), flip, bare)


def given_numbers(
    name: str, applied: Applied, taken: tuple[Array, ...], shares: Mapping[tuple[str, str], Arrays],
    layers: Mapping[str, LayerNumbers], flip: bool,
) -> LayerArrays:  # fmt: skip
    """What a layer has of its own: what was given for it, or what it shares with another."""
    kind, axis = applied.setting.kind, channel_axis(applied)
    shared = layers.get(str(dict(applied.setting.values).get("weights", "")))
    weights, by_channel = shared.given.weights if shared else None, {}
    used = set(letters(cell_formula(kind.cells.get("", "0"))))
    for option, letter in letters_taken(applied).items():
        given = shares.get((name, option))
        if option == "weights" and kind.tensor:
            if weights is None:
                if given is None:
                    raise missing_weights(applied, name)
                weights = fitted_weights(applied, name, given)
                weights = weights.flipped(len(applied.axes)) if flip else weights
        elif given is not None and applied.window.type is NORMALISING and len(summed_axes(applied)) > 1:
            message = f"factors of {name} for each number of several axes are not known here"
            raise problem("A010", message, f"leave --{option} out", layer=name)
        elif given is not None:
            by_channel[letter] = fitted_channels(given, whole_shape(applied.output)[axis], option, applied, name)
        elif letter in STATISTICS and not kind.own_statistics:
            raise missing_statistics(name, taken[0], axis)
        elif letter == "w" and not used & {"mean", "square"}:
            raise problem(
                "A002", f"{name} needs its learnt factor, one or one per channel", '--weights "0.25"', layer=name
            )
    places = unpooled_places(name, applied, shares.get((name, "places")), layers) if kind.unpools else None
    remarks = dict.fromkeys(text.remark for text in shares.get((name, "weights"), ()) if text.remark)
    return LayerArrays(weights, by_channel, places, "; ".join(remarks))


def unpooled_places(name: str, applied: Applied, given: Arrays | None, layers: Mapping[str, LayerNumbers]) -> Array:
    """Where an unpooling puts its numbers: as given, or where the last max pooling of these sizes has found them."""
    shape, plane = whole_shape(applied.input[0]), whole_shape(applied.output[1:])
    if given is not None:
        return fitted_places(name, given, shape, plane)
    for layer in reversed(list(layers.values())):
        done = layer.applied
        if done.setting.kind.pools and layer.takes_largest and (done.output, done.input[0][1:]) == (shape, plane):
            return largest_places(layer)
    raise missing_places(name, shape, plane)
