"""Numbers that no input changes: shapes that a graph computes with, and weights on their way to a layer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import prod
from typing import Any

from convcalc.readers.onnx.records import MAX_READ, StoredTensor
from convcalc.readers.operations import broadcast_shape
from convcalc.readers.tensors import Batch, factor_of
from convcalc.tuples import NamedTuple


class HeldTensor(NamedTuple):
    """A tensor of the network's own: its shape, its numbers where they are known, and the weights it is made of."""

    shape: tuple[Any, ...]
    numbers: tuple[Any, ...] | None
    stored: tuple[StoredTensor, ...] = ()
    is_float: bool = False
    part: tuple[Any, ...] = ()  # which of the weights they are, where they are not all

    @property
    def total(self) -> Any:
        """How many numbers it has, for one example."""
        return numbers_in(self.shape)

    @property
    def scalar(self) -> Any:
        """Its only number; None where it has several, or where that is not known."""
        return self.numbers[0] if self.numbers and len(self.numbers) == 1 else None

    @property
    def strides(self) -> list[Any]:
        """How far apart neighbours along each axis are."""
        return [prod(self.shape[axis + 1 :]) for axis in range(len(self.shape))]


def numbers_in(shape: Iterable[Any]) -> Any:
    """How many numbers a shape holds for one example."""
    return prod(map(factor_of, shape))


def whole_product(sizes: Sequence[Any]) -> Any:
    """The product of sizes of which one may be the batch."""
    found = numbers_in(sizes)
    return Batch(found) if any(isinstance(size, Batch) for size in sizes) else found


def held_list(numbers: Iterable[Any]) -> HeldTensor:
    """Numbers in a row."""
    values = tuple(numbers)
    return HeldTensor((len(values),), values)


def held_of(stored: StoredTensor, is_float: bool) -> HeldTensor:
    """What the file stores."""
    return HeldTensor(stored.dims, stored.numbers, (stored,), is_float)


def is_known(shape: Sequence[Any]) -> bool:
    """Whether a tensor of this shape is small enough to compute its numbers."""
    are_sizes = all(isinstance(size, int) and size >= 0 for size in shape)
    return are_sizes and prod(max(size, 1) for size in shape) <= MAX_READ


def weights_of(tensors: Iterable[HeldTensor]) -> tuple[StoredTensor, ...]:
    """The stored tensors that several are made of, each once."""
    return tuple({each.name: each for tensor in tensors for each in tensor.stored}.values())


def pick(tensor: HeldTensor, shape: Sequence[Any], axes: Iterable[tuple[int, Iterable[int]]]) -> HeldTensor:
    """The tensor of another shape whose numbers are at these places: for each axis how far apart, and which."""
    sizes = tuple(shape)
    if tensor.numbers is None or not is_known(sizes):
        return tensor._replace(shape=sizes, numbers=None)
    places = [0]
    for stride, indexes in axes:
        steps = [index * stride for index in indexes]
        places = [place + step for place in places for step in steps]
    return tensor._replace(shape=sizes, numbers=tuple(tensor.numbers[place] for place in places))


def pick_along(tensor: HeldTensor, axis: int, places: Sequence[int], sizes: Sequence[Any] | None = None) -> HeldTensor:
    """Some along an axis, which becomes several of these sizes."""
    shape = (*tensor.shape[:axis], *([len(places)] if sizes is None else sizes), *tensor.shape[axis + 1 :])
    strides = tensor.strides if is_known(tensor.shape) else ()
    axes = ((stride, places if at == axis else range(tensor.shape[at])) for at, stride in enumerate(strides))
    part = (*tensor.part, axis, *places[:1], len(places)) if tensor.stored else ()
    return pick(tensor, shape, axes)._replace(part=part)


def stretch(tensor: HeldTensor, shape: Sequence[Any]) -> HeldTensor:
    """The tensor with its axes of 1 repeated up to a shape."""
    if tensor.shape == tuple(shape):
        return tensor
    more = len(shape) - len(tensor.shape)
    own = (*(1,) * more, *tensor.shape)
    strides = (*(0,) * more, *tensor.strides)
    axes = [
        (0 if size == 1 else stride, range(wanted) if isinstance(wanted, int) else ())
        for size, stride, wanted in zip(own, strides, shape, strict=True)
    ]
    return pick(tensor, shape, axes)


def each_number(
    function: Callable[..., Any], tensors: Sequence[HeldTensor], is_float: bool | None = None
) -> HeldTensor:
    """A function of the numbers at the same place of several tensors; its numbers are unknown where it gives None."""
    shape = broadcast_shape(tensor.shape for tensor in tensors)
    floats = any(tensor.is_float for tensor in tensors) if is_float is None else is_float
    numbers = None
    if is_known(shape) and all(tensor.numbers is not None for tensor in tensors):
        rows = (stretch(tensor, shape).numbers or () for tensor in tensors)
        found = tuple(function(*each) for each in zip(*rows, strict=True))
        numbers = None if None in found else found
    return HeldTensor(shape, numbers, weights_of(tensors), floats)
