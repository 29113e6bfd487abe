"""Tensors joined and cut, multiplied and reduced: `cat`, `chunk`, `matmul`, `mean`."""

from __future__ import annotations

from math import prod
from typing import Any

from convcalc.readers import operations
from convcalc.readers.python.values import Opaque
from convcalc.readers.pytorch.calls import FunctionCall, method
from convcalc.readers.pytorch.numbers import flat
from convcalc.readers.pytorch.numberwise import one_by_one, reorder
from convcalc.readers.pytorch.shaping import unsqueeze
from convcalc.readers.pytorch.tensor import (
    OVER_BATCH,
    TensorValue,
    elementwise,
    library_of,
    multiply_matrices,
    sizes_of,
)
from convcalc.readers.trace import Batch

# Joined and cut


@method("hstack vstack dstack column_stack row_stack")
def cat_by_name(call: FunctionCall, tensors: Any) -> Any:
    """Along the axis that the name says; what has fewer axes gets them."""
    axis = {"vstack": 0, "row_stack": 0, "dstack": 2}.get(call.name, 1)
    found = call.tensors(tensors)
    if call.name != "hstack" or len(found[0].shape) > 1:
        while min(len(each.shape) for each in found) <= axis:
            found = [unsqueeze(call, each, 0 if axis == 0 else len(each.shape)) for each in found]
    return cat(call, found, min(axis, len(found[0].shape) - 1))


@method("cat concat concatenate")
def cat(call: FunctionCall, tensors: Any, dim: Any = 0, axis: Any = None) -> Any:
    found = call.tensors(tensors)
    place = call.axis_of(dim if axis is None else axis, len(found[0].shape))
    found = [each for each in found if 0 not in each.shape] or found[:1]
    return call.on(found, lambda trace, *nodes: operations.concat(trace, nodes, place, call.place))


@method("stack")
def stack(call: FunctionCall, tensors: Any, dim: Any = 0) -> Any:
    found = call.tensors(tensors)
    axis = call.axis_of(dim, len(found[0].shape) + 1)
    return call.on(found, lambda trace, *nodes: operations.stack(trace, nodes, axis, call.place))


@method("split chunk split_with_sizes")
def split(call: FunctionCall, tensor: TensorValue, split_size_or_sections: Any, dim: Any = 0) -> Any:
    axis = call.axis_of(dim, len(tensor.shape))
    whole = tensor.shape[axis]
    if isinstance(whole, Batch) and not isinstance(split_size_or_sections, (list, tuple)):
        return call.parts(tensor, axis, batch_parts(call, whole, split_size_or_sections))
    if isinstance(split_size_or_sections, (list, tuple)):
        sizes = sizes_of(call.run, split_size_or_sections, "a size", call.place)
        if isinstance(whole, int) and all(isinstance(size, int) for size in sizes) and sum(sizes) != whole:
            raise call.error("RuntimeError", f"{whole} cannot be split into {' + '.join(map(str, sizes))}")
    else:
        whole, number = division_of(call, whole, split_size_or_sections)
        each = number if call.name == "split" else max(1, -(-whole // number))
        count = -(-whole // each) or (1 if call.name == "split" else number)  # of nothing, as many as asked for
        call.run.spend(count, call.place)
        sizes = [min(each, whole - each * index) if whole else 0 for index in range(count)]
    return call.parts(tensor, axis, sizes)


def batch_parts(call: FunctionCall, whole: Batch, given: Any) -> list[Batch]:
    """The sizes of the parts of several of each example."""
    number, held = call.number(given, "a size"), whole.factor
    each = number.factor if isinstance(number, Batch) else held // (number or held) if call.name == "chunk" else 0
    if not isinstance(each, int) or not isinstance(held, int) or each < 1 or held % each:
        raise call.error("ValueError", f"the examples of a batch cannot be split by {call.run.text(given)}")
    call.run.spend(held // each, call.place)
    return [Batch(each)] * (held // each)


@method("tensor_split hsplit vsplit dsplit")
def tensor_split(
    call: FunctionCall, input: TensorValue, indices_or_sections: Any = None, dim: Any = 0, indices: Any = None,
    sections: Any = None,
) -> Any:  # fmt: skip
    """Cut at places along an axis, or into as many pieces, the first of them longer by one where that is needed."""
    rank = len(input.shape)
    axis = call.axis_of({"hsplit": min(rank - 1, 1), "dsplit": 2}.get(call.name, dim), rank)
    whole = input.shape[axis]
    given = next((each for each in (indices_or_sections, indices, sections) if each is not None), None)
    if isinstance(given, (list, tuple)):
        ends = [*sizes_of(call.run, given, "a place", call.place), whole]
        return tuple(call.part(input, axis, start, stop) for start, stop in zip([0, *ends], ends, strict=False))
    whole, number = division_of(call, whole, given)
    call.run.spend(number, call.place)
    return call.parts(input, axis, [whole // number + (index < whole % number) for index in range(number)])


def division_of(call: FunctionCall, whole: Any, number: Any) -> tuple[int, int]:
    """The size of an axis, and by how much it is divided."""
    number = call.number(number, "a size")
    if not isinstance(whole, int) or not isinstance(number, int) or number < 1:
        raise call.error("ValueError", f"{whole} cannot be split by {number}")
    return whole, number


@method("unbind")
def unbind(call: FunctionCall, input: TensorValue, dim: Any = 0) -> Any:
    axis = call.axis_of(dim, len(input.shape))
    count = input.shape[axis]
    if not isinstance(count, int):
        raise call.error("ValueError", "how many there are to unbind is not known")
    return tuple(select(call, input, axis, index) for index in range(count))


@method("select")
def select(call: FunctionCall, input: TensorValue, dim: Any, index: Any) -> Any:
    axis, which = call.axis_of(dim, len(input.shape)), call.number(index, "an index")
    return call.operate(operations.select, input, axis, which)


@method("narrow")
def narrow(call: FunctionCall, input: TensorValue, dim: Any, start: Any, length: Any) -> Any:
    axis = call.axis_of(dim, len(input.shape))
    first, count = call.number(start, "a start"), call.number(length, "a length")
    return call.part(input, axis, first, first + count)


@method("index_select")
def index_select(call: FunctionCall, input: TensorValue, dim: Any, index: TensorValue) -> Any:
    return input.item((*[slice(None)] * call.axis_of(dim, len(input.shape)), index), call.run, call.place)


@method("gather take_along_dim")
def gather(call: FunctionCall, input: TensorValue, dim: Any, index: TensorValue, **kwargs: Any) -> Any:
    return call.looked_up(input, index.shape)


# One for many

REDUCED_AS = {"amax": "max", "amin": "min", "nanmean": "mean", "nansum": "sum", "nanmedian": "median"}


@method("norm")
def norm(call: FunctionCall, input: TensorValue, p: Any = 2, dim: Any = None, *args: Any, **kwargs: Any) -> Any:
    return reduction(call, input, dim, *args, **kwargs)


@method("quantile nanquantile")
def quantile(call: FunctionCall, input: TensorValue, q: Any, dim: Any = None, keepdim: Any = False) -> Any:
    if isinstance(q, TensorValue) and q.shape:
        return Opaque(f"several {call.name}s are not read", call.place)
    return reduction(call._replace(name="quantile"), input, dim, keepdim=keepdim)


@method("aminmax")
def aminmax(call: FunctionCall, input: TensorValue, dim: Any = None, keepdim: Any = False) -> Any:
    return tuple(reduction(call._replace(name=name), input, dim, keepdim=keepdim) for name in ("amin", "amax"))


@method(
    "mean sum max min prod var std median mode logsumexp argmax argmin any all count_nonzero amax amin "
    "nanmean nansum nanmedian"
)
def reduction(
    call: FunctionCall, input: TensorValue, dim: Any = None, *args: Any, keepdim: Any = False, axis: Any = None,
    **kwargs: Any,
) -> Any:  # fmt: skip
    how = REDUCED_AS.get(call.name, call.name)
    if isinstance(dim, TensorValue):  # the larger of two
        return elementwise(call.run, "<", (input, dim), call.place, "where")
    if input.numbers is not None and dim is None:
        known: Any = {"max": max, "min": min, "sum": sum, "prod": prod}.get(how)
        if known:
            return TensorValue((), numbers=known(flat(input.numbers)))
    dim = axis if axis is not None else dim
    flags = [each for each in args if isinstance(each, bool)][how in ("std", "var") :]  # whether it is corrected
    keep = bool(flags[0] if flags else keepdim)
    axes = None if dim is None or dim == [] or dim == () else call.axes(dim, len(input.shape))
    if how == "std" and isinstance(dim, bool):
        axes = None
    gone = range(len(input.shape)) if axes is None else axes
    if any(isinstance(input.shape[index], Batch) for index in gone):
        shape = [1 if index in gone else size for index, size in enumerate(input.shape) if keep or index not in gone]
        found = TensorValue(shape, held=OVER_BATCH)
    else:
        found = call.operate(operations.reduce, input, how, axes, keep)
    return (found, found) if call.name in ("max", "min", "median", "nanmedian", "mode") and axes is not None else found


@method("diff")
def diff(call: FunctionCall, input: TensorValue, n: Any = 1, dim: Any = -1) -> Any:
    """What each number is more than the one before it."""
    axis = call.axis_of(dim, len(input.shape))
    for _ in range(call.whole(n, "n")):
        ends = [
            call.run.item(input, (*(slice(None),) * axis, each) if axis else each, call.place)
            for each in (slice(1, None), slice(None, -1))
        ]
        input = elementwise(call.run, "-", (ends[0], ends[1]), call.place)
    return input


@method("view_as_real view_as_complex")
def complex_pairs(call: FunctionCall, input: TensorValue) -> Any:
    """Complex numbers as pairs: only the shape is of interest."""
    library_of(call.run).has_complex = True
    return call.looked_up(input, (*input.shape, 2) if call.name == "view_as_real" else input.shape[:-1])


@method("fft ifft rfft irfft fft2 ifft2 rfft2 irfft2 fftn ifftn rfftn irfftn fft_fft2")
def spectrum(
    call: FunctionCall, input: TensorValue, n: Any = None, dim: Any = None, norm: Any = None, s: Any = None
) -> Any:
    """Fourier transforms: as many numbers as before, of real ones with their mirrored half left out."""
    library_of(call.run).has_complex = True
    rank, sizes = len(input.shape), list(input.shape)
    last = {"2": 2, "n": rank}.get(call.name[-1], 1)
    axes = call.axes(dim, rank) if dim is not None else list(range(rank))[-last:]
    given = n if s is None else s
    if given is not None:
        found = sizes_of(call.run, [given], "a size", call.place)
        axes = axes[-len(found) :]
        for axis, size in zip(axes, found, strict=False):
            sizes[axis] = size
    axis = call.axis_of(axes[-1] if axes else -1, rank)
    if isinstance(sizes[axis], Batch):
        raise call.error("ValueError", f"{call.name} over the batch")
    if call.name.startswith("rfft"):
        sizes[axis] = sizes[axis] // 2 + 1
    elif call.name.startswith("irfft") and given is None:
        sizes[axis] = 2 * (sizes[axis] - 1)
    same = tuple(sizes) == input.shape
    return one_by_one(call._replace(name="fft"), input) if same else call.looked_up(input, sizes)


@method("var_mean std_mean")
def moments(call: FunctionCall, input: TensorValue, dim: Any = None, **kwargs: Any) -> Any:
    one = reduction(call._replace(name="var"), input, dim, **kwargs)
    return one, reduction(call._replace(name="mean"), input, dim, **kwargs)


@method("topk sort")
def largest(call: FunctionCall, input: TensorValue, k: Any = None, dim: Any = -1, **kwargs: Any) -> Any:
    if call.name == "sort":
        found = reorder(call, input)
        return found, found
    axis = call.axis_of(dim, len(input.shape))
    shape = [*input.shape[:axis], call.number(k, "k"), *input.shape[axis + 1 :]]
    found = call.looked_up(input, shape)
    return found, found


@method("kthvalue")
def kth_value(call: FunctionCall, input: TensorValue, k: Any, dim: Any = -1, keepdim: Any = False) -> Any:
    axis = call.axis_of(dim, len(input.shape))
    found = call.looked_up(input, (*input.shape[:axis], *([1] if keepdim else []), *input.shape[axis + 1 :]))
    return found, found


# Products


@method("matmul bmm mm mv dot")
def matmul(
    call: FunctionCall, input: TensorValue, other: TensorValue | None = None, mat2: Any = None, vec: Any = None,
    tensor: Any = None,
) -> Any:  # fmt: skip
    second = next((each for each in (other, mat2, vec, tensor) if each is not None), None)
    return multiply_matrices(call.run, input, call.tensor(second), call.place)


@method("addmm baddbmm addbmm")
def addmm(call: FunctionCall, input: TensorValue, mat1: TensorValue, mat2: TensorValue, **kwargs: Any) -> Any:
    return elementwise(call.run, "+", (multiply_matrices(call.run, mat1, mat2, call.place), input), call.place)


@method("einsum")
def einsum(call: FunctionCall, equation: str, *operands: Any) -> Any:
    found = call.tensors(operands[0] if len(operands) == 1 and isinstance(operands[0], (list, tuple)) else operands)
    return call.on(found, lambda trace, *nodes: operations.einsum(trace, equation, nodes, call.place))


@method("outer ger")
def outer(call: FunctionCall, input: TensorValue, vec2: TensorValue) -> Any:
    return elementwise(call.run, "*", (unsqueeze(call, input, -1), vec2), call.place)


@method("cosine_similarity")
def cosine_similarity(call: FunctionCall, x1: TensorValue, x2: TensorValue, dim: Any = 1, eps: Any = None) -> Any:
    """The sum of the products along an axis, by both lengths."""
    products = elementwise(call.run, "*", (x1, x2), call.place)
    return one_by_one(call._replace(name="scale"), reduction(call._replace(name="sum"), products, dim))


@method("pairwise_distance dist")
def pairwise_distance(
    call: FunctionCall, x1: TensorValue, x2: TensorValue, p: Any = 2, eps: Any = None, keepdim: Any = False
) -> Any:
    difference = elementwise(call.run, "-", (x1, x2), call.place)
    return reduction(call._replace(name="norm"), difference, -1, keepdim=keepdim)


@method("cdist")
def cdist(call: FunctionCall, x1: TensorValue, x2: TensorValue, *args: Any, **kwargs: Any) -> Any:
    """How far each row of one is from each of the other."""
    pairs = (unsqueeze(call, x1, -2), unsqueeze(call, x2, -3))
    return reduction(call._replace(name="norm"), elementwise(call.run, "-", pairs, call.place), -1)
