"""The functions of Keras and TensorFlow that change the shape of a tensor, or multiply and sum along its axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from convcalc.algebra.expr import divide
from convcalc.algebra.parser import float_text
from convcalc.kinds.convolution import CONV
from convcalc.kinds.normalising import L2NORM
from convcalc.kinds.pooling import AVGPOOL, MAXPOOL
from convcalc.kinds.rearranging import GATHER
from convcalc.kinds.resampling import PIXELSHUFFLE, PIXELUNSHUFFLE, UPSAMPLE, ZEROPAD
from convcalc.problem import problem
from convcalc.readers import operations, shorthand
from convcalc.readers.keras.operations import OperationCall, axes_of, operation, plain_sizes
from convcalc.readers.tensors import seen_sizes
from convcalc.readers.trace import BATCH, Batch, Tensor


@operation("view")
def reshape(call: OperationCall, x: Tensor, newshape: Any) -> Tensor:
    return call.trace.reshape(call.tensor(x), plain_sizes(newshape), call.place)


@operation("batch_flatten ravel")
def flatten(call: OperationCall, x: Tensor) -> Tensor:
    return call.trace.reshape(call.tensor(x), (BATCH, -1), call.place)


@operation()
def squeeze(call: OperationCall, x: Tensor, axis: Any = None) -> Tensor:
    return operations.squeeze(call.trace, call.tensor(x), None if axis in (None, []) else axes_of(axis), call.place)


@operation()
def expand_dims(call: OperationCall, x: Tensor, axis: Any) -> Tensor:
    for each in sorted(axes_of(axis)):
        x = operations.unsqueeze(call.trace, call.tensor(x), each, call.place)
    return x


@operation("permute_dimensions")
def transpose(call: OperationCall, x: Tensor, axes: Any = None) -> Tensor:
    rank = len(call.tensor(x).shape)
    return call.trace.permute(x, [each % rank for each in axes or range(rank)[::-1]], call.place)


@operation()
def swapaxes(call: OperationCall, x: Tensor, axis1: int, axis2: int) -> Tensor:
    order = list(range(len(call.tensor(x).shape)))
    order[axis1], order[axis2] = order[axis2], order[axis1]
    return call.trace.permute(x, order, call.place)


@operation()
def moveaxis(call: OperationCall, x: Tensor, source: Any, destination: Any) -> Tensor:
    rank = len(call.tensor(x).shape)
    moved = dict(
        zip((each % rank for each in axes_of(destination)), (each % rank for each in axes_of(source)), strict=True)
    )
    others = iter([axis for axis in range(rank) if axis not in moved.values()])
    return call.trace.permute(x, [moved[axis] if axis in moved else next(others) for axis in range(rank)], call.place)


@operation()
def broadcast_to(call: OperationCall, x: Tensor, newshape: Any) -> Tensor:
    return operations.expand(call.trace, call.tensor(x), plain_sizes(newshape), call.place)


@operation()
def tile(call: OperationCall, x: Tensor, repeats: Any) -> Tensor:
    return operations.tile(call.trace, call.tensor(x), plain_sizes(repeats), call.place)


@operation("repeat_elements")
def repeat(call: OperationCall, x: Tensor, repeats: int, axis: int | None = None) -> Tensor:
    if axis is None or type(repeats) is not int:
        raise call.fail("it is read with one number and an axis")
    times = [1] * len(call.tensor(x).shape)
    times[axis] = repeats
    return operations.tile(call.trace, x, times, call.place)


@operation("concat")
def concatenate(call: OperationCall, xs: Sequence[Tensor], axis: int = -1) -> Tensor:
    return operations.concat(call.trace, [call.tensor(each) for each in xs], axis, call.place)


@operation("pack")
def stack(call: OperationCall, x: Sequence[Tensor], axis: int = 0) -> Tensor:
    return operations.stack(call.trace, [call.tensor(each) for each in x], axis, call.place)


@operation()
def split(
    call: OperationCall, x: Tensor, indices_or_sections: Any = None, axis: int = 0, num_or_size_splits: Any = None
) -> list[Tensor]:
    """Pieces of equal size, or cut before these places; TensorFlow's list is that of their sizes."""
    tensor = call.tensor(x)
    size, asked = tensor.shape[axis], indices_or_sections
    if asked is None:
        asked = num_or_size_splits
    if isinstance(asked, (list, tuple)):
        ends = zip([0, *asked], [*asked, size], strict=True)
        sizes = list(asked) if num_or_size_splits is not None else [end - start for start, end in ends]
    else:
        if type(asked) is not int or asked < 1 or type(size) is not int or size % asked:
            raise problem("C017", f"{size} cannot be cut into {asked} equal parts", "a number that divides it")
        sizes = [size // asked] * asked
    return operations.parts(call.trace, tensor, axis, sizes, call.place)


@operation("unpack")
def unstack(call: OperationCall, x: Tensor, num: int | None = None, axis: int = 0) -> list[Tensor]:
    size = call.tensor(x).shape[axis]
    if type(size) is not int:
        raise call.fail(f"{size} tensors are as many as nobody knows")
    return [operations.select(call.trace, x, axis, index, call.place) for index in range(size)]


@operation("__operators__.getitem getitem strided_slice")
def get_item(call: OperationCall, x: Any, key: Any = None, slice_spec: Any = None) -> Any:
    """The part of a tensor, or of a shape, that an index names, axis by axis."""
    key = slice_spec if key is None and slice_spec is not None else key
    keys = list(key) if isinstance(key, (list, tuple)) else [key]
    if isinstance(x, (tuple, list)):
        return x[keys[0]]
    tensor = call.tensor(x)
    free = len(tensor.shape) - sum(1 for each in keys if each is not None and each is not ...)
    if free < 0 or keys.count(...) > 1:
        raise problem("C014", f"{len(keys)} indices for {len(tensor.shape)} axes", "one for each axis")
    if ... not in keys:
        keys.append(...)
    where = keys.index(...)
    keys[where : where + 1] = [slice(None)] * free
    axis = 0
    for each in keys:
        if each is None:
            tensor = operations.unsqueeze(call.trace, tensor, axis, call.place)
        elif isinstance(each, slice):
            step = 1 if each.step is None else each.step
            tensor = operations.part(call.trace, tensor, axis, each.start, each.stop, step, call.place)
        elif type(each) is int:
            tensor = operations.select(call.trace, tensor, axis, each, call.place)
            axis -= 1
        else:
            raise call.fail("what is picked out depends on numbers")
        axis += 1
    return tensor


@operation()
def slice_(call: OperationCall, inputs: Tensor, start_indices: Any = None, newshape: Any = None, begin: Any = None,
           size: Any = None) -> Any:  # fmt: skip
    starts, sizes = begin if start_indices is None else start_indices, size if newshape is None else newshape
    for axis, (start, length) in enumerate(zip(starts, sizes, strict=True)):
        stop = None if length in (-1, None) or isinstance(length, Batch) else start + length
        inputs = operations.part(call.trace, call.tensor(inputs), axis, start, stop, 1, call.place)
    return inputs


@operation("gather gather_v2")
def take(call: OperationCall, x: Tensor, indices: Any, axis: int = 0) -> Tensor:
    if type(indices) is not int:
        raise call.fail("it is read with one index")
    return operations.select(call.trace, call.tensor(x), axis, indices, call.place)


@operation()
def pad(call: OperationCall, x: Tensor, pad_width: Any, mode: str = "constant", constant_values: Any = None) -> Tensor:
    tensor = call.tensor(x)
    pairs = pad_width if isinstance(pad_width, (list, tuple)) else [pad_width] * len(tensor.shape)
    pairs = [tuple(each) if isinstance(each, (list, tuple)) else (each, each) for each in pairs]
    sizes: list[Any] = list(tensor.shape)
    shape = [size if pair == (0, 0) else size + sum(pair) for size, pair in zip(sizes, pairs, strict=True)]
    channels = len(shape) - 1 if call.trace.channels_last else 1
    space = [axis for axis in range(len(shape)) if axis not in (tensor.batch, channels)]
    if sum(pairs[0]) or tensor.batch:
        raise call.fail("it is read along the axes behind the batch only")
    args: dict[str, Any] = {"amount": [pairs[axis] for axis in space]}
    if sum(pairs[channels]):
        args = {**(args if any(map(sum, args["amount"])) else {}), "channels": list(pairs[channels])}
    if constant_values:
        args["value"] = float_text(constant_values)
    return call.layer(ZEROPAD, args, tensor, shape=shape)


# Sums and products


@operation("sum max min prod any all std var amax amin logsumexp argmax argmin median count_nonzero reduce_mean "
           "reduce_sum reduce_max reduce_min reduce_prod reduce_any reduce_all reduce_std reduce_variance "
           "reduce_logsumexp norm")  # fmt: skip
def mean(call: OperationCall, x: Tensor, axis: Any = None, keepdims: bool = False, ord: Any = None) -> Tensor:
    how = call.name.rpartition(".")[2].removeprefix("reduce_")
    how = {"variance": "var", "amax": "max", "amin": "min"}.get(how, how)
    axes = None if axis in (None, []) else axes_of(axis)
    return operations.reduce(call.trace, call.tensor(x), how, axes, bool(keepdims), call.place)


@operation("batch_dot")
def matmul(call: OperationCall, x1: Any, x2: Any, transpose_a: bool = False, transpose_b: bool = False) -> Tensor:
    first, second = (
        swapaxes(call, call.tensor(x), -1, -2) if turned else call.tensor(x)
        for x, turned in ((x1, transpose_a), (x2, transpose_b))
    )
    return operations.matmul(call.trace, first, second, call.place)


@operation()
def dot(call: OperationCall, x1: Any, x2: Any) -> Tensor:
    if len(call.tensor(x2).shape) != 2:
        raise call.fail("of this it is not read", "write: matmul")
    return operations.matmul(call.trace, call.tensor(x1), x2, call.place)


@operation()
def einsum(call: OperationCall, subscripts: str, x1: Any, x2: Any = None, x3: Any = None) -> Tensor:
    tensors = [each for each in (x1, x2, x3) if isinstance(each, Tensor)]
    return operations.einsum(call.trace, subscripts, tensors, call.place)


@operation("l2_normalize")
def normalize(call: OperationCall, x: Tensor, axis: Any = -1, order: Any = 2, epsilon: Any = None) -> Tensor:
    tensor = call.tensor(x)
    axes = [tensor.axis(each) for each in axes_of(-1 if axis is None else axis)]
    given = (("power", None if order == 2 else order), ("eps", epsilon))
    told = {name: float_text(value) for name, value in given if value is not None}
    return call.layer(L2NORM, {"axis": axes, **told}, tensor, shape=tensor.shape)


@operation()
def one_hot(
    call: OperationCall, x: Tensor, num_classes: int, axis: int = -1, on_value: Any = None, off_value: Any = None
) -> Tensor:  # fmt: skip
    shape = (*call.tensor(x).shape, *plain_sizes(num_classes))
    return call.layer(GATHER, {"shape": seen_sizes(shape)}, x, shape=shape)


# Windows


@operation("conv1d conv2d conv3d convolution")
def conv(
    call: OperationCall, x: Tensor, kernel: Tensor, strides: Any = 1, padding: str = "valid", data_format: Any = None,
    dilation_rate: Any = 1, filters: Any = None,
) -> Tensor:  # fmt: skip
    """A convolution with weights that are tensors: their sizes are those of the window, its inputs and filters."""
    weights = call.tensor(kernel if filters is None else filters)
    *window, channels, outside = weights.shape
    tensor, dims = call.tensor(x), len(window)
    inside: Any = tensor.sizes[-1] if call.trace.channels_last else tensor.sizes[0]
    args = {
        "filters": outside, "kernel": window, "stride": inner_sizes(strides, dims), "padding": padding.lower(),
        "dilation": inner_sizes(dilation_rate, dims), "groups": divide(inside, channels), "bias": False,
    }  # fmt: skip
    return call.trace.layer(CONV, args, (tensor,), call.place, weights=weights.name, dims=dims)


def inner_sizes(value: Any, dims: int) -> Any:
    """A size per axis of a window, which TensorFlow puts between those of the batch and the channels."""
    return value[1:-1] if isinstance(value, list) and len(value) == dims + 2 else value


@operation()
def extract_patches(
    call: OperationCall, x: Tensor, size: Any = None, strides: Any = None, dilation_rate: Any = 1,
    padding: str = "valid", sizes: Any = None, rates: Any = None, data_format: Any = None,
) -> Tensor:  # fmt: skip
    """Windows side by side, each laid out as channels; those that overlap are not read."""
    sides = inner_sizes(size if sizes is None else sizes, 2)
    sides = set(sides) if isinstance(sides, list) else {sides}
    steps = inner_sizes(strides, 2)
    steps = sides if steps is None else set(steps) if isinstance(steps, list) else {steps}
    if len(sides) != 1 or steps != sides:
        raise call.fail("patches are read that lie side by side, and are square")
    return call.layer(PIXELUNSHUFFLE, {"factor": sides.pop()}, call.tensor(x))


# Pictures


@operation("average_pool max_pool2d avg_pool2d avg_pool")
def max_pool(
    call: OperationCall, x: Tensor, pool_size: Any = None, strides: Any = None, padding: str = "valid",
    data_format: Any = None, ksize: Any = None,
) -> Tensor:  # fmt: skip
    kind = AVGPOOL if call.name.rpartition(".")[2].startswith("av") else MAXPOOL
    dims = len(call.tensor(x).shape) - 2
    window, step = (inner_sizes(each, dims) for each in (ksize if pool_size is None else pool_size, strides))
    return call.layer(kind, {"kernel": window, "stride": step, "padding": padding.lower()}, call.tensor(x))


@operation("resize_images")
def resize(
    call: OperationCall, x: Tensor, size: Any = None, interpolation: str | None = None, data_format: Any = None,
    height_factor: Any = None, width_factor: Any = None, crop_to_aspect_ratio: bool = False, fill_mode: Any = None,
    fill_value: Any = None,
) -> Tensor:  # fmt: skip
    if size is None:  # the backend of Keras 2
        return call.layer(UPSAMPLE, {"scale": [height_factor, width_factor]}, call.tensor(x))
    sides = [("height", str(size[0])), ("width", str(size[1]))]
    mode = [("interpolation", interpolation)] if interpolation else []
    written = shorthand.keywords(shorthand.resolve("layers.Resizing"), [*sides, *mode])
    return call.trace.add(written, (call.tensor(x),), call.place)


@operation()
def depth_to_space(call: OperationCall, x: Tensor, factor: int, data_format: Any = None) -> Tensor:
    return call.layer(PIXELSHUFFLE, {"factor": factor}, call.tensor(x))


@operation()
def space_to_depth(call: OperationCall, x: Tensor, factor: int, data_format: Any = None) -> Tensor:
    return call.layer(PIXELUNSHUFFLE, {"factor": factor}, call.tensor(x))
