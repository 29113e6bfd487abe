"""The arrays of a question, by what they are called."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from convcalc.render.exercises.blocks import planes

if TYPE_CHECKING:
    from convcalc.arrays.array import Array
    from convcalc.arrays.network import ChainNumbers
    from convcalc.render.exercises.languages import SheetLanguage

BY_LETTER = {"b": "bias", "w": "scale"}


def grids_of(chain: ChainNumbers, language: SheetLanguage) -> Iterator[tuple[str, Array]]:
    """What is given: the inputs, and what each layer has of its own."""
    words = language.arrays
    for number, array in enumerate(chain.inputs, 1):
        name = f"{words['input']} {number}" if len(chain.inputs) > 1 else words["input"]
        yield from named_planes(name, chain.shown(array), language)
    owners = [layer for layer in chain.layers if layer.given.weights is not None or layer.given.by_channel]
    for layer in owners:
        of = words["of"].format(name="{name}", layer=layer.name) if len(owners) > 1 else "{name}"
        if (weights := layer.given.weights) is not None:
            yield from named_planes(of.format(name=words["weights"]), without_ones(weights), language)
        for letter, array in layer.given.by_channel.items():
            name = BY_LETTER.get(letter, letter)
            yield of.format(name=words.get(name, name)), array


def without_ones(array: Array) -> Array:
    """A kernel of one filter on one channel as the grid that it is."""
    shape = array.shape
    while len(shape) > 2 and shape[0] == 1:
        shape = shape[1:]
    return array.reshaped(*shape)


def named_planes(name: str, array: Array, language: SheetLanguage) -> Iterator[tuple[str, Array]]:
    return planes(name, array, (language.arrays["filter"], language.arrays["channel"]))
