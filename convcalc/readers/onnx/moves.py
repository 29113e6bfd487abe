"""Operators that move numbers without changing them, or choose some of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from convcalc.kinds.arithmetic import ELEMENTWISE
from convcalc.kinds.resampling import ONNX_MODES, UPSAMPLE, ZEROPAD
from convcalc.problem import problem
from convcalc.readers import operations
from convcalc.readers.onnx.arithmetic import exact, shortest
from convcalc.readers.onnx.batches import new_shape
from convcalc.readers.onnx.folding import LAST, axes_of, part_sizes, slices_of, with_new_axes
from convcalc.readers.onnx.held import HeldTensor, whole_product
from convcalc.readers.onnx.weighted import embedding, operand
from convcalc.readers.trace import BATCH, Tensor

if TYPE_CHECKING:
    from convcalc.readers.onnx.records import Operation
    from convcalc.readers.onnx.walk import GraphWalk, Operand, Operands

MAX_PICKED = 64  # single ones along an axis


def numbers_known(walk: GraphWalk, node: Operation, inputs: Operands, index: int) -> list[Any] | None:
    """The numbers of an input that may be left out; a Problem where they depend on more than sizes."""
    value = operand(inputs, index)
    if isinstance(value, Tensor) or (value is not None and value.numbers is None):
        what = node.inputs[index][:60]
        raise problem("K003", f"{node.operator}: {what} depends on the numbers that go in", "a fixed size instead")
    return None if value is None else list(value.numbers or ())


def held_among(inputs: Operands) -> list[HeldTensor | None]:
    return [value if isinstance(value, HeldTensor) else None for value in inputs]


def axes_known(walk: GraphWalk, node: Operation, inputs: Operands) -> list[int] | None:
    """The axes that an operation names; a Problem where they depend on more than sizes."""
    numbers_known(walk, node, inputs, 1)
    return axes_of(node, held_among(inputs), 1)


def reshape(walk: GraphWalk, node: Operation, inputs: Operands) -> list[Operand]:
    tensor = walk.tensor(inputs[0])
    wanted = node.attributes.get("shape") or numbers_known(walk, node, inputs, 1) or []
    if node.attributes.get("allowzero") and 0 in wanted:
        raise problem("C015", "an axis of size 0 holds nothing", "export the network again")
    return [laid_out(walk, tensor, new_shape(tensor.shape, wanted, walk.batch))]


def laid_out(walk: GraphWalk, tensor: Tensor, shape: Sequence[Any]) -> Tensor:
    """The tensor in another shape; nothing is done where only the batch is elsewhere."""
    if -1 not in shape and Tensor("", shape).sizes == tensor.sizes:
        return walk.trace.same(tensor, shape)
    return walk.trace.reshape(tensor, shape, walk.place)


def flatten(walk: GraphWalk, node: Operation, inputs: Operands) -> list[Operand]:
    tensor = walk.tensor(inputs[0])
    axis = node.attributes.get("axis", 1)
    axis = axis + len(tensor.shape) if axis < 0 else axis
    rows, columns = (whole_product(sizes) for sizes in (tensor.shape[:axis], tensor.shape[axis:]))
    return [walk.trace.reshape(tensor, (rows, columns), walk.place)]


def transpose(walk: GraphWalk, node: Operation, inputs: Operands) -> list[Operand]:
    tensor = walk.tensor(inputs[0])
    order = node.attributes.get("perm") or range(len(tensor.shape))[::-1]
    if sorted(order) != list(range(len(tensor.shape))):
        raise problem("C016", f"perm {list(order)} does not order {len(tensor.shape)} axes", "export the network again")
    return [walk.trace.permute(tensor, order, walk.place)]


def squeeze(walk: GraphWalk, node: Operation, inputs: Operands) -> list[Operand]:
    tensor = walk.tensor(inputs[0])
    axes = axes_known(walk, node, inputs)
    rank = len(tensor.shape)
    if axes is None:  # a batch of one is a batch
        axes = [axis for axis in range(rank) if tensor.shape[axis] != BATCH]
    elif tensor.batch in [axis % rank for axis in axes]:
        at = tensor.batch or 0
        tensor = walk.trace.same(tensor, (*tensor.shape[:at], 1, *tensor.shape[at + 1 :]))
    shape = [size for axis, size in enumerate(tensor.shape) if size != 1 or axis not in [a % rank for a in axes]]
    return [laid_out(walk, tensor, shape)]


def unsqueeze(walk: GraphWalk, node: Operation, inputs: Operands) -> list[Operand]:
    tensor = walk.tensor(inputs[0])
    return [laid_out(walk, tensor, with_new_axes(tensor.shape, axes_known(walk, node, inputs) or []))]


def concat(walk: GraphWalk, node: Operation, inputs: Operands) -> list[Operand]:
    tensors = [walk.tensor(value) for value in inputs if value is not None]
    batch = next((tensor.batch for tensor in tensors if tensor.batch is not None), None)
    rank = max(len(tensor.shape) for tensor in tensors)
    views = [with_axes(walk, tensor, rank, batch) for tensor in tensors]
    return [operations.concat(walk.trace, views, node.attributes.get("axis", 0), walk.place)]


def with_axes(walk: GraphWalk, tensor: Tensor, rank: int, batch: int | None) -> Tensor:
    """A constant with as many axes as what it is joined to; of every example it is the same."""
    if not tensor.constant or tensor.batch is not None:
        return tensor
    shape: list[Any] = [*[1] * (rank - len(tensor.shape)), *tensor.shape]
    if batch is not None:
        inner = shape[:batch] + shape[batch + 1 :] if len(shape) == rank and shape[batch] == 1 else shape
        own = walk.trace.reshape(tensor, inner, walk.place)
        return walk.trace.same(own, (*inner[:batch], BATCH, *inner[batch:]))
    return walk.trace.reshape(tensor, shape, walk.place)


def split(walk: GraphWalk, node: Operation, inputs: Operands) -> list[Operand]:
    tensor = walk.tensor(inputs[0])
    numbers_known(walk, node, inputs, 1)
    axis = node.attributes.get("axis", 0)
    sizes = part_sizes(node, held_among(inputs), tensor.shape[axis])
    return list(operations.parts(walk.trace, tensor, axis, sizes, walk.place))


def cut(walk: GraphWalk, node: Operation, inputs: Operands) -> list[Operand]:
    tensor = walk.tensor(inputs[0])
    for index in range(1, len(inputs)):
        numbers_known(walk, node, inputs, index)
    for axis, start, end, step in slices_of(node, held_among(inputs), len(tensor.shape)):
        if step < 0:
            tensor = walk.layer(ELEMENTWISE, {"function": "flip"}, tensor, shape=tensor.shape)
            continue
        stop = None if isinstance(end, int) and end >= LAST else end
        tensor = operations.part(walk.trace, tensor, axis, start, stop, step, walk.place)
    return [tensor]


def gather(walk: GraphWalk, node: Operation, inputs: Operands) -> list[Operand]:
    """One or some along an axis; of a stored table whatever rows go in."""
    data, index = inputs[:2]
    if isinstance(data, HeldTensor) and isinstance(index, Tensor):
        return [embedding(walk, data, index)]
    tensor = walk.tensor(data)
    axis = node.attributes.get("axis", 0) % len(tensor.shape)
    size = walk.sizes(tensor)[axis]
    if isinstance(index, HeldTensor) and index.total == size and len(index.shape) > 0:
        return [reorder(walk, tensor, axis, index)]
    chosen = numbers_known(walk, node, inputs, 1) or []
    assert isinstance(index, HeldTensor)
    if not index.shape:
        return [operations.select(walk.trace, tensor, axis, chosen[0], walk.place)]
    if len(index.shape) > 1:
        raise problem("K003", f"{node.operator}: indices of {len(index.shape)} axes", "one index, or a list of them")
    return [choose(walk, tensor, axis, chosen)]


def reorder(walk: GraphWalk, tensor: Tensor, axis: int, index: HeldTensor) -> Tensor:
    """All along an axis in another order, and that maybe in several axes."""
    in_order = index.numbers is not None and list(index.numbers) == list(range(index.total))
    if not in_order:
        tensor = walk.layer(ELEMENTWISE, {"function": "shuffle"}, tensor, shape=tensor.shape)
    sizes = walk.sizes(tensor)
    wanted = (*sizes[:axis], *index.shape, *sizes[axis + 1 :])
    return laid_out(walk, tensor, new_shape(tensor.shape, wanted, walk.batch))


def choose(walk: GraphWalk, tensor: Tensor, axis: int, chosen: Sequence[int]) -> Tensor:
    """Some along an axis: at equal distances, or one after another."""
    first, last = chosen[0], chosen[-1]
    step = chosen[1] - first if len(chosen) > 1 else 1
    if step > 0 and last - first == step * (len(chosen) - 1) and list(chosen) == list(range(first, last + 1, step)):
        stop = None if last == -1 else last + 1
        return operations.part(walk.trace, tensor, axis, first, stop, step, walk.place)
    if len(chosen) > MAX_PICKED:
        message = f"{walk.node.operator}: {len(chosen)} along an axis, in no order"
        raise problem("K003", message, f"at most {MAX_PICKED}, or at equal distances")
    each = [choose(walk, tensor, axis, [place]) for place in chosen]
    return operations.concat(walk.trace, each, axis, walk.place)


def expand(walk: GraphWalk, node: Operation, inputs: Operands) -> list[Operand]:
    """Axes of size 1 stretched; one of size 1 in the shape leaves an axis as it is."""
    tensor, wanted = walk.tensor(inputs[0]), numbers_known(walk, node, inputs, 1) or []
    more = len(wanted) - len(tensor.shape)
    own = (*(1,) * more, *walk.sizes(tensor))
    sizes = [-1 if size in (1, have) else size for size, have in zip((*(1,) * -more, *wanted), own, strict=True)]
    return [operations.expand(walk.trace, tensor, sizes, walk.place)]


def tile(walk: GraphWalk, node: Operation, inputs: Operands) -> list[Operand]:
    times = numbers_known(walk, node, inputs, 1) or []
    return [operations.tile(walk.trace, walk.tensor(inputs[0]), times, walk.place)]


PAD_MODES = {"constant": "zeros", "reflect": "reflect", "edge": "replicate", "wrap": "circular"}


def pad(walk: GraphWalk, node: Operation, inputs: Operands) -> list[Operand]:
    """Cells before and behind every axis; the batch gets none."""
    tensor = walk.tensor(inputs[0])
    pads = node.attributes.get("pads") or node.attributes.get("paddings") or numbers_known(walk, node, inputs, 1) or []
    axes = numbers_known(walk, node, inputs, 3) or list(range(len(tensor.shape)))
    half = len(pads) // 2
    sides = {axis % len(tensor.shape): (pads[at], pads[half + at]) for at, axis in enumerate(axes)}
    if any(sides.pop(tensor.batch, (0, 0))) if tensor.batch is not None else False:
        raise problem("C014", "the batch is padded", "leave the batch as it is")
    each = [sides.get(axis, (0, 0)) for axis in range(len(tensor.shape)) if axis != tensor.batch]
    if not any(map(any, each)):
        return [tensor]
    mode = PAD_MODES[node.attributes.get("mode", "constant")]
    args: dict[str, Any] = {"amount": [list(pair) for pair in each[1:]], "mode": mode}
    if any(each[0]):
        args["channels"] = list(each[0])
    held = operand(inputs, 2)
    value = node.attributes.get("value", held.scalar if isinstance(held, HeldTensor) else None)
    args["value"] = shortest(value) if value and mode == "zeros" else None
    shape = list(tensor.shape)
    for axis, (before, after) in sides.items():
        shape[axis] = shape[axis] + before + after
    return [walk.layer(ZEROPAD, args, tensor, shape=shape)]


def resize(walk: GraphWalk, node: Operation, inputs: Operands) -> list[Operand]:
    """Scales or sizes of every axis, of which the batch and the channels keep theirs."""
    tensor, named = walk.tensor(inputs[0]), node.attributes
    is_old = len(inputs) == 2 or node.operator == "Upsample"  # before version 11 the scales are the second input
    scales = named.get("scales") or numbers_known(walk, node, inputs, 1 if is_old else 2)
    sizes = None if is_old else numbers_known(walk, node, inputs, 3)
    rank = len(tensor.sizes) - 1
    mode = named.get("mode", "nearest")
    args: dict[str, Any] = {"mode": ONNX_MODES.get((mode, rank), mode)}
    if scales:
        args["scale"] = [plain_scale(scale) for scale in scales[-rank:]]
    else:
        args["output"] = list((sizes or [])[-rank:])
    if named.get("coordinate_transformation_mode") == "align_corners":
        args["corners"] = True
    shape = (*tensor.shape[:2], *sizes[-rank:]) if sizes and not scales else None
    return [walk.layer(UPSAMPLE, args, tensor, shape=shape)]


def plain_scale(scale: Any) -> Any:
    found = exact(scale)
    return found if isinstance(found, int) else float(found)


def top(walk: GraphWalk, node: Operation, inputs: Operands) -> list[Operand]:
    """The largest along an axis, and which they are."""
    tensor = walk.tensor(inputs[0])
    count = node.attributes.get("k") or (numbers_known(walk, node, inputs, 1) or [1])[0]
    found = operations.part(walk.trace, tensor, node.attributes.get("axis", -1), 0, count, 1, walk.place)
    return [found, found]
