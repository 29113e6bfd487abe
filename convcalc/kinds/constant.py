"""Numbers that a network holds itself and no layer computes: learnt ones, and those that are only kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.layers import Key, Kind
from convcalc.layers.case import product
from convcalc.problem import problem

if TYPE_CHECKING:
    from convcalc.layers import Shape
    from convcalc.layers.case import Case


def held_shape(case: Case) -> Shape:
    sizes: Shape = case.values["shape"]
    if not all(case.holds(1, "<=", size) for size in sizes):
        raise problem("V002", "shape must be sizes of at least 1", f"for example {case.kind.name} 1x768")
    return case.from_layout(sizes)


PARAMETER = Kind(
    "parameter",
    "Learnt numbers of the network's own, no layer's output: a class token, positions, a factor.",
    keys=(Key("shape", "", "its sizes, without the batch", "shape", aliases=("size",)),),
    aliases=("learnt",),
    shape=held_shape,
    letters=lambda case: {"v": product(case.values["shape"])},
    parameters="v",
    inputs=-1,
    constant=True,
    storage=False,
    counted_as="free",
    meanings={"v": ("numbers in its shape", "numbers")},
    example=("parameter 1x768", "196x768"),
)
BUFFER = PARAMETER._replace(
    name="buffer",
    doc="Numbers that are kept and not learnt: fixed positions, a mask, a mean.",
    aliases=("constant",),
    parameters="0",
    buffers="v",
    example=("buffer 197x768", "196x768"),
)

GENERATED = PARAMETER._replace(
    name="generated",
    doc="Numbers made on the spot, which nobody keeps: zeros, noise, positions.",
    aliases=("zeros", "ones", "noise"),
    parameters="0",
    example=("generated 1x768", "196x768"),
)

KINDS = (PARAMETER, BUFFER, GENERATED)
