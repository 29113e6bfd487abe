"""Operations on numbers that no input changes: what they come to, and the shape where the numbers are not known."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from convcalc.algebra.expr import ceil_divide
from convcalc.readers.onnx.arithmetic import COMPARISONS, ONLY_SHAPE, PLAIN, UNARY, arithmetic, whole
from convcalc.readers.onnx.held import (
    HeldTensor,
    each_number,
    held_list,
    held_of,
    is_known,
    numbers_in,
    pick,
    pick_along,
    stretch,
    weights_of,
)
from convcalc.readers.onnx.wire import FLOAT_TYPES
from convcalc.readers.operations import broadcast_shape
from convcalc.readers.trace import Batch

if TYPE_CHECKING:
    from convcalc.readers.onnx.records import Operation

    Held: TypeAlias = "Sequence[HeldTensor | None]"  # None where one that may be left out is left out

LAST = 2**31 - 1  # from here on, where a slice ends is the end


def fold(node: Operation, inputs: Held) -> list[HeldTensor] | None:
    """What an operation gives, when all that goes in is held; None where nothing is known of it."""
    function = FOLDS.get(node.operator)
    if function is None:
        return None
    try:
        found = function(node, inputs)
    except (ArithmeticError, ValueError, IndexError, TypeError, OverflowError):
        return None  # what is wrong with it is told where it is applied to tensors
    return found if isinstance(found, list) else [found]


def binary(node: Operation, inputs: Held) -> HeldTensor:
    operands = [each for each in inputs if each]
    floats = any(each.is_float for each in operands)
    result = False if node.operator in COMPARISONS else None
    found = operands[0]
    for other in operands[1:]:
        found = each_number(partial(arithmetic, node.operator, floats), (found, other), result)
    return found


def unary(node: Operation, inputs: Held) -> HeldTensor:
    return each_number(UNARY[node.operator], (demand(inputs, 0),))


def unknown(node: Operation, inputs: Held) -> HeldTensor:
    return demand(inputs, 0)._replace(numbers=None, is_float=True)


def demand(inputs: Held, index: int) -> HeldTensor:
    """An input that has to be there."""
    found = inputs[index]
    if found is None:
        raise IndexError
    return found


def numbers_of(inputs: Held, index: int) -> list[Any] | None:
    """The numbers of an input that may be left out; a ValueError where they are not known."""
    found = inputs[index] if index < len(inputs) else None
    if found is None:
        return None
    if found.numbers is None:
        raise ValueError
    return list(found.numbers)


def axes_of(node: Operation, inputs: Held, index: int) -> list[int] | None:
    """The axes that an operation names: as an attribute, or since version 13 as an input."""
    axes = node.attributes.get("axes")
    return numbers_of(inputs, index) if axes is None else axes


# Constants


def constant(node: Operation, inputs: Held) -> HeldTensor:
    """The tensor that a node holds itself."""
    for name, value in node.attributes.items():
        if name == "value" and value is not None:
            found = held_of(value._replace(name=node.outputs[0]), value.type in FLOAT_TYPES)
            return found if found.is_float and found.total > 1 else found._replace(stored=())
        if name in ("value_int", "value_float"):
            return HeldTensor((), (value,), (), name == "value_float")
        if name in ("value_ints", "value_floats"):
            return held_list(value)._replace(is_float=name == "value_floats")
    raise ValueError


def constant_of_shape(node: Operation, inputs: Held) -> HeldTensor:
    sizes = tuple(numbers_of(inputs, 0) or ())
    value = node.attributes.get("value")
    number = value.numbers[0] if value and value.numbers else 0.0
    numbers = (number,) * math.prod(sizes) if is_known(sizes) else None
    return HeldTensor(sizes, numbers, (), isinstance(number, float))


def arange(node: Operation, inputs: Held) -> HeldTensor:
    start, stop, step = (demand(inputs, index).scalar for index in range(3))
    if not all(isinstance(each, (int, float)) for each in (start, stop, step)):
        length = None if start or step != 1 else stop
        if length is None:
            raise ValueError
        return HeldTensor((length,), None)
    count = max(math.ceil((stop - start) / step), 0)
    numbers = tuple(start + step * index for index in range(count)) if is_known((count,)) else None
    return HeldTensor((count,), numbers, (), demand(inputs, 0).is_float)


# Numbers moved


def cast(node: Operation, inputs: Held) -> HeldTensor:
    tensor = demand(inputs, 0)
    floats = node.attributes.get("to", 1) in FLOAT_TYPES
    convert = (lambda value: float(value) if isinstance(value, int) else value) if floats else whole
    return each_number(convert, (tensor,), floats)


def identity(node: Operation, inputs: Held) -> HeldTensor:
    """Equal tensors are stored once by some exporters, and go by other names through this."""
    return demand(inputs, 0)


def transpose(node: Operation, inputs: Held) -> HeldTensor:
    tensor = demand(inputs, 0)
    order = node.attributes.get("perm") or range(len(tensor.shape))[::-1]
    shape = [tensor.shape[axis] for axis in order]
    return pick(tensor, shape, [(tensor.strides[axis], range(tensor.shape[axis])) for axis in order])


def reshape(node: Operation, inputs: Held) -> HeldTensor:
    tensor, wanted = demand(inputs, 0), numbers_of(inputs, 1) or node.attributes.get("shape") or []
    if not node.attributes.get("allowzero", 0):
        wanted = [tensor.shape[axis] if size == 0 else size for axis, size in enumerate(wanted)]
    if -1 in wanted:
        rest = math.prod(size for size in wanted if size != -1)
        wanted[wanted.index(-1)] = tensor.total // rest
    return tensor._replace(shape=tuple(wanted))


def flatten(node: Operation, inputs: Held) -> HeldTensor:
    tensor, axis = demand(inputs, 0), node.attributes.get("axis", 1)
    return tensor._replace(shape=(numbers_in(tensor.shape[:axis]), numbers_in(tensor.shape[axis:])))


def squeeze(node: Operation, inputs: Held) -> HeldTensor:
    tensor, axes = demand(inputs, 0), axes_of(node, inputs, 1)
    rank = len(tensor.shape)
    gone = {axis % rank for axis in axes} if axes is not None else {a for a in range(rank) if tensor.shape[a] == 1}
    return tensor._replace(shape=tuple(size for axis, size in enumerate(tensor.shape) if axis not in gone))


def unsqueeze(node: Operation, inputs: Held) -> HeldTensor:
    tensor, axes = demand(inputs, 0), axes_of(node, inputs, 1) or []
    return tensor._replace(shape=with_new_axes(tensor.shape, axes))


def with_new_axes(shape: Sequence[Any], axes: Sequence[int]) -> tuple[Any, ...]:
    """A shape with axes of size 1, which are counted with them."""
    rank, sizes = len(shape) + len(axes), iter(shape)
    new = {axis % rank for axis in axes}
    return tuple(1 if axis in new else next(sizes) for axis in range(rank))


def gather(node: Operation, inputs: Held) -> HeldTensor:
    """Some along an axis; the weights that they are of are not all in it."""
    tensor, index = demand(inputs, 0), demand(inputs, 1)
    axis = node.attributes.get("axis", 0) % len(tensor.shape)
    shape = (*tensor.shape[:axis], *index.shape, *tensor.shape[axis + 1 :])
    if index.numbers is None:
        return tensor._replace(shape=shape, numbers=None)
    places = [place if place >= 0 else place + tensor.shape[axis] for place in index.numbers]
    return pick_along(tensor, axis, places, index.shape)


def slices_of(node: Operation, inputs: Held, rank: int) -> list[tuple[int, Any, Any, int]]:
    """Of every axis that a slice names: the axis, where it starts, where it ends, and the step."""
    named = node.attributes
    starts = named.get("starts") or numbers_of(inputs, 1) or []
    ends = named.get("ends") or numbers_of(inputs, 2) or []
    axes = named.get("axes") or numbers_of(inputs, 3) or list(range(len(starts)))
    steps = numbers_of(inputs, 4) or [1] * len(starts)
    return [(axis % rank, start, end, step) for axis, start, end, step in zip(axes, starts, ends, steps, strict=True)]


def cut_out(node: Operation, inputs: Held) -> HeldTensor:
    tensor = demand(inputs, 0)
    found = tensor
    for axis, start, end, step in slices_of(node, inputs, len(tensor.shape)):
        places = range(found.shape[axis])[slice(start, None if end <= -LAST and step < 0 else end, step)]
        found = pick_along(found, axis, places)
    return found


def concat(node: Operation, inputs: Held) -> HeldTensor:
    tensors = [each for each in inputs if each]
    axis = node.attributes.get("axis", 0) % len(tensors[0].shape)
    first = tensors[0].shape
    shape = (*first[:axis], sum(tensor.shape[axis] for tensor in tensors), *first[axis + 1 :])
    numbers = None
    if is_known(shape) and all(tensor.numbers is not None for tensor in tensors):
        blocks = [(math.prod(tensor.shape[axis:]), tensor.numbers or ()) for tensor in tensors]
        numbers = tuple(
            number
            for row in range(math.prod(first[:axis]))
            for size, held in blocks
            for number in held[row * size : (row + 1) * size]
        )
    return HeldTensor(shape, numbers, weights_of(tensors), any(tensor.is_float for tensor in tensors))


def part_sizes(node: Operation, inputs: Held, size: Any) -> list[Any]:
    """The sizes of the pieces that an axis is cut into."""
    sizes = node.attributes.get("split") or numbers_of(inputs, 1)
    if sizes:
        return list(sizes)
    count = len(node.outputs)
    each = ceil_divide(size, count)
    return [*[each] * (count - 1), size - each * (count - 1)]


def split(node: Operation, inputs: Held) -> list[HeldTensor]:
    tensor = demand(inputs, 0)
    axis = node.attributes.get("axis", 0) % len(tensor.shape)
    found, start = [], 0
    for size in part_sizes(node, inputs, tensor.shape[axis]):
        found.append(pick_along(tensor, axis, range(start, start + size)))
        start += size
    return found


def expand(node: Operation, inputs: Held) -> HeldTensor:
    tensor, wanted = demand(inputs, 0), numbers_of(inputs, 1) or []
    return stretch(tensor, broadcast_shape((tensor.shape, [1 if size == -1 else size for size in wanted])))


def tile(node: Operation, inputs: Held) -> HeldTensor:
    tensor, times = demand(inputs, 0), numbers_of(inputs, 1) or []
    shape = tuple(size * time for size, time in zip(tensor.shape, times, strict=True))
    indexes = ([*range(size)] * time for size, time in zip(tensor.shape, times, strict=True))
    return pick(tensor, shape, zip(tensor.strides, indexes, strict=True))


def where(node: Operation, inputs: Held) -> HeldTensor:
    condition, first, second = (demand(inputs, index) for index in range(3))
    found = each_number(lambda a, b, c: b if a else c, (condition, first, second), first.is_float)
    return found._replace(stored=weights_of((first, second)))


def matmul(node: Operation, inputs: Held) -> HeldTensor:
    """A product of matrices, of which nobody makes shapes."""
    first, second = demand(inputs, 0).shape, demand(inputs, 1).shape
    if node.attributes.get("transA") or node.attributes.get("transB"):
        raise ValueError
    return HeldTensor((*broadcast_shape((first[:-2], second[:-2])), first[-2], second[-1]), None, (), True)


REDUCTIONS: dict[str, Callable[[Sequence[Any]], Any]] = {
    "ReduceProd": math.prod, "ReduceSum": sum, "ReduceMax": max, "ReduceMin": min,
}  # fmt: skip


def reduce(node: Operation, inputs: Held) -> HeldTensor:
    tensor, axes = demand(inputs, 0), axes_of(node, inputs, 1)
    rank = len(tensor.shape)
    gone = {axis % rank for axis in axes} if axes else set(range(rank))
    keep = node.attributes.get("keepdims", 1)
    shape = tuple(1 if axis in gone else size for axis, size in enumerate(tensor.shape) if keep or axis not in gone)
    numbers = None
    if len(gone) == rank and tensor.numbers and not any(isinstance(number, Batch) for number in tensor.numbers):
        numbers = (REDUCTIONS[node.operator](tensor.numbers),)
    return HeldTensor(shape, numbers, tensor.stored, tensor.is_float)


FOLDS: dict[str, Callable[[Operation, Held], HeldTensor | list[HeldTensor]]] = {
    "Constant": constant, "ConstantOfShape": constant_of_shape, "Range": arange, "Cast": cast, "Identity": identity,
    "Transpose": transpose, "Reshape": reshape, "Flatten": flatten, "Squeeze": squeeze, "Unsqueeze": unsqueeze,
    "Gather": gather, "Slice": cut_out, "Concat": concat, "Split": split, "Expand": expand, "Tile": tile,
    "Where": where, "Dropout": identity, "MatMul": matmul,
    **dict.fromkeys((*PLAIN, "Div"), binary), **dict.fromkeys(UNARY, unary), **dict.fromkeys(ONLY_SHAPE, unknown),
    **dict.fromkeys(REDUCTIONS, reduce),
}  # fmt: skip
