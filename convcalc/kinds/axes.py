"""Axes exchanged, left out where they hold one number, or put in: the numbers stay in their order, or nearly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.kinds.rearranging import PERMUTE, RESHAPE
from convcalc.layers import Key
from convcalc.layers.window import SWAPPING, Window
from convcalc.problem import problem

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers import Shape
    from convcalc.layers.case import Case


def swapped_shape(case: Case) -> Shape:
    if len(case.values["axes"]) != 2:
        raise problem("C016", f"two axes change places, not {len(case.values['axes'])}", "swap 1x2")
    first, second = map(case.place, case.values["axes"])
    sizes, places = list(case.to_layout(case.shape)), list(case.to_layout(tuple(range(len(case.shape)))))
    for listed in (sizes, places):
        listed[first], listed[second] = listed[second], listed[first]
    case.channels = case.from_layout(tuple(places)).index(case.channels)
    return case.from_layout(tuple(sizes))


SWAP = PERMUTE._replace(
    name="swap",
    doc="Two axes change places.",
    keys=(Key("axes", "", "the two, with the batch as 0", "shape"),),
    aliases=("swapaxes",),
    shape=swapped_shape,
    window=Window(SWAPPING),
    torch=(),
    keras=(),
    onnx=(),
    example=("swap 1x2", "10x64"),
)


def squeezed_shape(case: Case) -> Shape:
    """The shape without an axis of size 1, or without all of them; PyTorch leaves an axis of another size."""
    shape, axes = case.to_layout(case.shape), case.values["axis"]
    dropped = range(len(shape)) if axes is None else [case.place(axis) for axis in axes]
    sizes = tuple(size for index, size in enumerate(shape) if index not in dropped or not is_one(case, size))
    if not sizes:
        raise problem("C015", "every axis has size 1: nothing would be left but the batch", "leave one of them")
    case.channels = 0
    return case.from_layout(sizes)


def is_one(case: Case, size: Value) -> bool:
    """Whether a size is 1; a letter is taken to be none, on this condition."""
    return size == 1 or not case.holds(2, "<=", size)


SQUEEZE = RESHAPE._replace(
    name="squeeze",
    doc="Leave out axes of size 1: one, or all there are.",
    keys=(Key("axis", "", "the axes left out, with the batch as 0; else all", "shape", None, aliases=("dim", "axes")),),
    aliases=(),
    shape=squeezed_shape,
    keras=(),
    onnx=(("Squeeze", "axes:axis"),),
    example=("squeeze -1", "64x1"),
)


def unsqueezed_shape(case: Case) -> Shape:
    """The shape with an axis of size 1 put in, so that it has that number."""
    shape, axis = case.to_layout(case.shape), case.values["axis"]
    rank = len(shape) + 1
    index = axis - 1 if axis > 0 else axis + rank
    if axis == 0 or not 0 <= index < rank:
        raise problem("C014", f"no axis {axis} can be put in", f"1 to {rank}, or -1 to -{rank}")
    case.channels = 0
    return case.from_layout((*shape[:index], 1, *shape[index:]))


UNSQUEEZE = SQUEEZE._replace(
    name="unsqueeze",
    doc="Put in an axis of size 1.",
    keys=(Key("axis", "", "the number that it gets, with the batch as 0", "integer", aliases=("dim",)),),
    aliases=("expanddims",),
    shape=unsqueezed_shape,
    onnx=(("Unsqueeze", "axes*:axis"),),
    example=("unsqueeze 1", "28x28"),
)

KINDS = (SWAP, SQUEEZE, UNSQUEEZE)
