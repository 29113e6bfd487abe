"""What goes into a network of a Keras configuration: as the file declares it, or as a run has it instead."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from convcalc.readers.inputs import tensors_of_inputs
from convcalc.spec.layout import SIDES
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.readers.keras.records import KerasNetwork, WholeShape
    from convcalc.readers.trace import Tensor, Trace
    from convcalc.spec.choices import Choices
    from convcalc.spec.model import Place


class DeclaredInput(NamedTuple):
    name: str
    shape: WholeShape | None  # None where the file does not say it
    place: Place


def declared_inputs(network: KerasNetwork) -> list[DeclaredInput]:
    layers = {layer.name: layer for layer in network.layers}
    ends = [layers[end.layer] for end in network.inputs]
    found: dict[str, DeclaredInput] = {}
    for layer in ends:
        name, count = fitting_name(layer.label), 1
        while name in found:
            count += 1
            name = f"{fitting_name(layer.label)}_{count}"
        found[name] = DeclaredInput(name, layer.shape, layer.place)
    return list(found.values())


def tensors_declared(trace: Trace, declared: list[DeclaredInput], choices: Choices) -> list[Tensor]:
    """The inputs of a run: as they are declared, or as `--input` has them."""
    raws = [(each.name, open_sides(each.shape, index), each.place) for index, each in enumerate(declared)]
    return tensors_of_inputs(trace, raws, choices)


def open_sides(shape: WholeShape | None, index: int) -> tuple[str, ...] | str:
    """A shape without its batch, with letters for the sides that are open: H and W, of a second input H2 and W2."""
    sizes = (shape or ())[1:]
    letters = (*SIDES.get(max(len(sizes) - 1, 1), "XYZUVW"), "C")
    return (
        tuple(
            str(size) if size is not None else f"{letter}{index + 1}" if index else letter
            for letter, size in zip(letters, sizes, strict=False)
        )
        or ""
    )


def fitting_name(name: str) -> str:
    """A name that an input may have."""
    fitting = re.sub(r"[^\w.-]", "_", name)
    return fitting if fitting[:1].isalpha() or fitting[:1] == "_" else f"input_{fitting}"
