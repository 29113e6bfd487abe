"""A tensor's numbers in another shape, and what its shape is: `view`, `permute`, `expand`, `size`."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING, Any

from convcalc.layers.case import product
from convcalc.problem import Diagnostic
from convcalc.readers import operations
from convcalc.readers.python.values import Opaque
from convcalc.readers.pytorch.calls import ONLY_METHODS, FunctionCall, method, table_of
from convcalc.readers.pytorch.numbers import applied_numbers
from convcalc.readers.pytorch.numberwise import reorder
from convcalc.readers.pytorch.sizes import size_value
from convcalc.readers.pytorch.tensor import TensorValue, library_of, sizes_of
from convcalc.readers.tensors import BATCH, Batch, factor_of, seen_sizes

if TYPE_CHECKING:
    from convcalc.readers.trace import Size


# What there is


@method("size")
def size(call: FunctionCall, input: TensorValue, dim: Any = None) -> Any:
    shape = tuple(map(size_value, input.shape))
    return shape if dim is None else shape[call.axis_of(dim, len(shape))]


@method("dim ndimension")
def dim(call: FunctionCall, input: TensorValue) -> Any:
    return len(input.shape)


@method("numel nelement")
def numel(call: FunctionCall, input: TensorValue) -> Any:
    return size_value(product_of(input.shape))


@method("item tolist")
def item(call: FunctionCall, input: TensorValue) -> Any:
    if input.numbers is None:
        return Opaque(f"the numbers of {input.description()} are not known", call.place)
    return input.numbers


@method(
    "contiguous clone detach to cuda cpu half bfloat16 type type_as retain_grad data_ptr "
    "pin_memory numpy share_memory_ resolve_conj positive alias detach_ as_subclass set_ stop_gradient"
)
def same(call: FunctionCall, input: Any, *args: Any, **kwargs: Any) -> Any:
    """What changes no shape, and nothing that is counted."""
    return input


@method("requires_grad_")
def train_or_freeze(call: FunctionCall, input: TensorValue, requires_grad: Any = True) -> Any:
    input.freeze(call.run, requires_grad is False)
    return input


@method("int long short byte float double bool")
def convert(call: FunctionCall, input: TensorValue) -> Any:
    """The same numbers as those of another type."""
    numbers = applied_numbers(call.name, input.numbers)
    return input if numbers is None else TensorValue(input.shape, numbers=numbers)


@method(
    "fill_ zero_ normal_ uniform_ copy_ constant_ erfinv_ trunc_ clamp_ random_ bernoulli_ exponential_ index_fill_ "
    "masked_fill_"
)
def overwrite(call: FunctionCall, input: TensorValue, *args: Any, **kwargs: Any) -> Any:
    """Other numbers in the same tensor."""
    input.numbers = None
    return input


# The same numbers in another shape


@method("view reshape view_as reshape_as")
def view(call: FunctionCall, input: TensorValue, *shape: Any, **size: Any) -> Any:
    given = shape or tuple(size.values())
    if len(given) == 1 and isinstance(given[0], TensorValue) and given[0].numbers is None:
        given = tuple(given[0].shape)
    return reshape_batch(call, input, sizes_of(call.run, given, "a size", call.place))


@method("flatten ravel")
def flatten(call: FunctionCall, input: TensorValue, start_dim: Any = 0, end_dim: Any = -1) -> Any:
    rank = len(input.shape)
    first, last = call.axis_of(start_dim, rank), call.axis_of(end_dim, rank)
    sizes: list[Size] = [*input.shape[:first], product_of(input.shape[first : last + 1]), *input.shape[last + 1 :]]
    return reshape_batch(call, input, sizes)


def product_of(sizes: Sequence[Size]) -> Size:
    numbers = prod(map(factor_of, sizes))
    return Batch(numbers) if any(isinstance(size, Batch) for size in sizes) else numbers


@method("unflatten")
def unflatten(call: FunctionCall, input: TensorValue, dim: Any, sizes: Any) -> Any:
    index = call.axis_of(dim, len(input.shape))
    new = sizes_of(call.run, [sizes], "a size", call.place)
    if -1 in new:
        known = prod(size for size in new if size != -1)
        whole = input.shape[index]
        left = factor_of(whole) // known
        new[new.index(-1)] = Batch(left) if isinstance(whole, Batch) else left
    shape = [*input.shape[:index], *new, *input.shape[index + 1 :]]
    return call.on([input], lambda trace, node: trace.reshape(node, shape, call.place, call.layer))


@method("squeeze")
def squeeze(call: FunctionCall, input: TensorValue, dim: Any = None) -> Any:
    axes = None if dim is None else call.axes(dim, len(input.shape))
    return call.operate(operations.squeeze, input, axes)


@method("unsqueeze")
def unsqueeze(call: FunctionCall, input: TensorValue, dim: Any) -> Any:
    axis = call.axis_of(dim, len(input.shape) + 1)
    if axis == 0 and len(input.shape) == 1 and isinstance(input.shape[0], Batch):
        return reshape_batch(call, input, (1, input.shape[0].factor))
    return call.operate(operations.unsqueeze, input, axis)


@method("permute")
def permute(call: FunctionCall, input: TensorValue, *order_of_axes: Any, dims: Any = None) -> Any:
    given, rank = order_of_axes if dims is None else (dims,), len(input.shape)
    order = call.axes(given[0] if len(given) == 1 else given, rank)
    if sorted(order) != list(range(rank)):
        raise call.error("ValueError", f"permute of {order} for {rank} axes")
    return call.on([input], lambda trace, node: trace.permute(node, order, call.place, call.layer))


@method("transpose swapaxes swapdims")
def transpose(call: FunctionCall, input: TensorValue, dim0: Any, dim1: Any) -> Any:
    order = list(range(len(input.shape)))
    first, second = call.axis_of(dim0, len(order)), call.axis_of(dim1, len(order))
    order[first], order[second] = order[second], order[first]
    return permute(call, input, order)


@method("t")
def t(call: FunctionCall, input: TensorValue) -> Any:
    return permute(call, input, list(range(len(input.shape)))[::-1])


@method("rot90")
def rotate(call: FunctionCall, input: TensorValue, k: Any = 1, dims: Any = (0, 1)) -> Any:
    """So many quarter turns: of an odd number the two axes change places."""
    axes = call.axes(dims, len(input.shape))
    if len(axes) != 2:
        raise call.error("ValueError", f"rot90 turns 2 axes, not {len(axes)}")
    turned = transpose(call, input, *axes) if call.whole(k, "k") % 2 else input
    return reorder(call._replace(name="flip"), turned)


@method("movedim moveaxis")
def movedim(call: FunctionCall, input: TensorValue, source: Any, destination: Any) -> Any:
    rank = len(input.shape)
    moved, places = call.axes(source, rank), call.axes(destination, rank)
    if len(moved) != len(places):
        raise call.error("ValueError", f"{call.name} of {len(moved)} axes to {len(places)} places")
    order = [axis for axis in range(rank) if axis not in moved]
    for axis, where in sorted(zip(moved, places, strict=True), key=lambda pair: pair[1]):
        order.insert(where, axis)
    return permute(call, input, order)


# What a program does to the batch that suits one example only: it is read as that, and said


def reshape_batch(call: FunctionCall, input: TensorValue, sizes: Sequence[Any]) -> TensorValue:
    """The numbers in another shape: one that has no place for the batch holds one example."""
    wanted = with_one_example(input, sizes)
    found = call.on([input], lambda trace, node: trace.reshape(node, wanted or sizes, call.place, call.layer))
    if found.node is None or input.node is None:
        return found
    if wanted and wanted[0] == BATCH:
        library_of(call.run).trace.tell(input.node.merging or merging_note(call))
    elif input.node.batch is not None and found.node.is_merged and len(found.shape) == 1:
        found.node.merging = merging_note(call)
    return found


def with_one_example(input: TensorValue, sizes: Sequence[Any]) -> list[Any]:
    """The sizes with the batch in place of the 1 in front, or in the only axis; none where they are right as they are.

    `x.view(1, -1)`, `x.flatten().unsqueeze(0)`, `x.view(400)`.
    """
    numbers = product(seen_sizes(input.shape))
    if not isinstance(next(iter(input.shape), None), Batch) or any(isinstance(size, Batch) for size in sizes[1:]):
        return []
    if list(sizes) == [numbers]:
        return [Batch(numbers)]
    rest = list(sizes[1:])
    is_filled = -1 in rest and product(size for size in rest if size != -1) != numbers  # else that is the batch
    return [BATCH, *rest] if rest and sizes[0] == 1 and (is_filled or product(rest) == numbers) else []


def merging_note(call: FunctionCall) -> Diagnostic:
    message = "this flattens the batch too, and fits one example only"
    mark = call.place.mark(library_of(call.run).trace.source)
    return Diagnostic("W013", message, f"write: {flattened_text(call)}", mark, severity="note")


def flattened_text(call: FunctionCall) -> str:
    """How the same call flattens all but the batch."""
    node = call.run.node
    if call.module is not None or not isinstance(node, ast.Call):
        return "nn.Flatten()"
    owner = node.func.value if isinstance(node.func, ast.Attribute) else None
    is_function = owner is None or (isinstance(owner, ast.Name) and owner.id == "torch")
    of = node.args[0] if is_function and node.args else owner
    return f"torch.flatten({'x' if of is None else ast.unparse(of)}, 1)"


# Larger ones


@method("expand broadcast_to")
def expand(call: FunctionCall, input: TensorValue, *sizes: Any) -> Any:
    wanted = sizes_of(call.run, sizes, "a size", call.place)
    return call.operate(operations.expand, input, wanted)


@method("expand_as")
def expand_as(call: FunctionCall, input: TensorValue, other: TensorValue) -> Any:
    return call.operate(operations.expand, input, other.shape)


@method("repeat tile")
def repeat(call: FunctionCall, input: TensorValue, *repeats: Any, **dims: Any) -> Any:
    times = sizes_of(call.run, repeats or tuple(dims.values()), "a number of times", call.place)
    return call.operate(operations.tile, input, times)


@method("repeat_interleave")
def repeat_interleave(call: FunctionCall, input: TensorValue, repeats: Any, dim: Any = None) -> Any:
    input = view(call, input, -1) if dim is None else input
    axis = call.axis_of(0 if dim is None else dim, len(input.shape))
    times = [1] * len(input.shape)
    times[axis] = call.number(repeats, "a number of times")
    return call.operate(operations.tile, input, times)


# Some of the numbers, or these among zeros


@table_of(ONLY_METHODS)("unfold")
def unfold(call: FunctionCall, input: TensorValue, dimension: Any, size: Any, step: Any) -> Any:
    """Windows along an axis: as many as there are in its place, their cells behind all others."""
    axis = call.axis_of(dimension, len(input.shape))
    cells, stride = call.number(size, "size"), call.number(step, "step")
    windows = (input.shape[axis] - cells) // stride + 1
    return call.looked_up(input, (*input.shape[:axis], windows, *input.shape[axis + 1 :], cells))


@method("diagonal")
def diagonal(call: FunctionCall, input: TensorValue, offset: Any = 0, dim1: Any = 0, dim2: Any = 1) -> Any:
    """The cells whose places along two axes are alike."""
    axes = [call.axis_of(each, len(input.shape)) for each in (dim1, dim2)]
    shift = call.whole(offset, "offset")
    rows, columns = (call.whole(size_value(input.shape[axis]), "an axis") for axis in axes)
    length = min(rows + min(shift, 0), columns - max(shift, 0))
    rest = [size for axis, size in enumerate(input.shape) if axis not in axes]
    return call.looked_up(input, (*rest, length))


@method("diag_embed")
def diag_embed(call: FunctionCall, input: TensorValue, offset: Any = 0, dim1: Any = -2, dim2: Any = -1) -> Any:
    length = input.shape[call.axis_of(-1, len(input.shape))] + abs(call.whole(offset, "offset"))
    axes = sorted(call.axis_of(each, len(input.shape) + 1) for each in (dim1, dim2))
    if axes[0] == axes[1]:
        raise call.error("RuntimeError", f"the diagonal lies along two axes, here both are {axes[0]}")
    shape = list(input.shape[:-1])
    for axis in axes:
        shape.insert(axis, length)
    return call.looked_up(input, shape)


@method("diag")
def diag(call: FunctionCall, input: TensorValue, diagonal_of: Any = 0) -> Any:
    return diag_embed(call, input, diagonal_of) if len(input.shape) == 1 else diagonal(call, input, diagonal_of)


@method("is_complex")
def is_complex(call: FunctionCall, input: TensorValue) -> Any:
    """Which numbers are complex is not followed: none, as long as none are made."""
    if library_of(call.run).has_complex:
        return Opaque("which numbers are complex is not read", call.place)
    return False


@method("is_contiguous is_floating_point")
def is_plain(call: FunctionCall, input: TensorValue, *args: Any, **kwargs: Any) -> bool:
    return True
