"""Where the slides of lectures are wrong: each a worked example with the figure that its slide has."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from convcalc.layers.case import letters_of
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers.applied import Applied


class Erratum(NamedTuple):
    """A wrong figure; the right one is the layer's own."""

    layer: str  # the example as a line of the language
    input: tuple[int, ...]  # its shape; only the sides where the figure is theirs, whatever the channels
    quantity: str  # of convcalc.network.quantity.TABLE
    slide: str  # what the slide has
    why: str  # where that comes from
    source: str

    @property
    def sentence(self) -> str:
        return f"the slide of {self.source} has {self.slide}: {self.why}"


XIAMEN = "Deep Learning, Lecture 5 (Xiamen University)"
ERRATA = (
    Erratum("conv 3 k3 p1 s2 d2", (11, 11), "output", "4×4", "it takes d·k − 1 for d·(k − 1)", XIAMEN),
    Erratum("tconv 1 k3 s2 p1", (2, 2), "output", "4×4",
            "that needs an output padding of 1, which its drawing leaves out",
            "Convolution Neural Networks (notes that cite CS231n)"),
    Erratum("conv 6 k5", (3, 32, 32), "activations", "4368 output units", "28·28·6 is miscounted",
            "Deep Learning: Convolutional Networks (University of Guilan)"),
    Erratum("conv 96 k11 p5", (3, 55, 55), "parameters", "3000 and 75400 times fewer than without sharing",
            "105,705,600 unshared and 2,635,670,400 fully connected are 3025 and 75425.5 times as many", XIAMEN),
)  # fmt: skip


def errata_of(applied: Applied) -> Iterator[Erratum]:
    """Those whose example this layer is, by what it does, however it is written."""
    if len(applied.input) == 1:
        for erratum in ERRATA:
            if applied.input[0][-len(erratum.input) :] == erratum.input and is_example(applied, erratum):
                yield erratum


def is_example(applied: Applied, erratum: Erratum) -> bool:
    """Whether a layer on an input of these sides is the example: the same sizes worked, and all that is counted."""
    other = example(erratum.layer, erratum.input)
    if applied.setting.kind is not other.setting.kind or sizes_worked(applied) != sizes_worked(other):
        return False
    if len(erratum.input) < len(other.input[0]):
        return True
    same_shapes = (applied.input, applied.output) == (other.input, other.output)
    return same_shapes and (erratum.quantity != "parameters" or applied.parameters == other.parameters)


def sizes_worked(applied: Applied) -> list[tuple[str, dict[str, Value]]]:
    """The formula of each axis with its numbers; those of a padding that differs before and after."""
    return [
        (text, {letter: axis[letter] for letter in sorted((*letters_of(text), "p_r")) if letter in axis})
        for text, axis in zip(applied.sizes, applied.axes, strict=False)
    ]


@lru_cache(maxsize=len(ERRATA))
def example(layer: str, sides: tuple[int, ...]) -> Applied:
    """The layer of an example, on one channel where it says none."""
    from convcalc.network.load import summarise_text

    shape = sides if len(sides) > 2 else (1, *sides)
    found = summarise_text(f"{'x'.join(map(str, shape))} -> {layer}").layers[-1].applied
    assert found is not None
    return found
