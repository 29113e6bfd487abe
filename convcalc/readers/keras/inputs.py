"""What goes into a network of a Keras configuration: as the file declares it, or as a run has it instead."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from convcalc.problem import Problem
from convcalc.readers.trace import BATCH, Tensor, Trace
from convcalc.spec.inputs import read_inputs
from convcalc.spec.layout import SIDES, written_order
from convcalc.spec.model import Spec
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.readers.keras.records import KerasNetwork, WholeShape
    from convcalc.spec.choices import Choices
    from convcalc.spec.model import Place


class DeclaredInput(NamedTuple):
    name: str
    shape: WholeShape | None  # None where the file does not say it
    place: Place


def declared_inputs(network: KerasNetwork) -> list[DeclaredInput]:
    layers = {layer.name: layer for layer in network.layers}
    ends = [layers[end.layer] for end in network.inputs]
    return [DeclaredInput(fitting_name(layer.name), layer.shape, layer.place) for layer in ends]


def tensors_of_inputs(trace: Trace, declared: list[DeclaredInput], choices: Choices, layout: str) -> list[Tensor]:
    """The inputs of a run: as they are declared, or as `--input` has them."""
    last = trace.channels_last
    raws = tuple((each.name, open_sides(each.shape, index), each.place) for index, each in enumerate(declared))
    asked = Spec(trace.source, inputs=raws, convention=trace.convention, layout=layout, channels_last=last)
    found = read_inputs(asked, choices, trace.names)
    if found.problems:
        raise Problem(*(
            diagnostic if diagnostic.mark or place is None else diagnostic._replace(mark=place.mark(trace.source))
            for error, place in found.problems for diagnostic in error.diagnostics
        ))  # fmt: skip
    return [
        trace.input(each.name, (BATCH, *written_order(shape, last)), each.place)
        for each, shape in zip(declared, found.shapes.values(), strict=True)
    ]


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
