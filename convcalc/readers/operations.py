"""Operations on the tensors of a trace that are no layers of a framework: joined, multiplied, reduced, cut, stretched.

Axes are counted from 0 in the whole shape, with the batch, as programs and graphs count them; −1 is the last.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import ceil_divide, is_fraction, sum_of
from convcalc.kinds.arithmetic import EINSUM, REDUCE
from convcalc.kinds.joining import CONCAT, MATMUL
from convcalc.kinds.pooling import GLOBALAVGPOOL, GLOBALMAXPOOL
from convcalc.kinds.rearranging import RESHAPE, SELECT, SLICE, TILE
from convcalc.problem import problem
from convcalc.readers.tensors import factor_of, seen_sizes
from convcalc.readers.trace import BATCH, Batch, Size, Tensor, Trace

if TYPE_CHECKING:
    from convcalc.layers import Kind
    from convcalc.spec import Place


def broadcast_shape(shapes: Iterable[Sequence[Size]]) -> tuple[Size, ...]:
    """The shape that arrays of these shapes have together (NumPy's rule); where two differ, the first is taken."""
    rows = list(shapes)
    rank = max(map(len, rows), default=0)
    columns = zip(*((*(1,) * (rank - len(row)), *row) for row in rows), strict=True)
    return tuple(next((size for size in sizes if size != 1), 1) for sizes in columns)


def join(trace: Trace, kind: Kind, args: dict[str, Any], tensors: Sequence[Tensor], place: Place) -> Tensor:
    """Several tensors put together number by number; what lacks an axis is stretched along it."""
    shape = broadcast_shape([tensor.shape for tensor in tensors])
    batch = next((axis for axis, size in enumerate(shape) if size == BATCH), None)
    views = [seen_with(trace, tensor, len(shape), batch, place) for tensor in tensors]
    return trace.layer(kind, args, views, place, shape=shape)


def seen_with(trace: Trace, tensor: Tensor, rank: int, batch: int | None, place: Place) -> Tensor:
    """The tensor with as many axes as others have, the batch in the same place."""
    shape = (*(1,) * (rank - len(tensor.shape)), *tensor.shape)
    if batch is not None and shape[batch] not in (1, BATCH):
        raise problem("C011", f"{shape[batch]} meets the batch", "put the batch first")
    if tensor.batch is None and batch is not None:
        shape = (*shape[:batch], *shape[batch + 1 :])
    sizes = seen_sizes(shape)
    if sizes == tensor.sizes:
        return tensor
    if tensor.constant and sizes[len(sizes) - len(tensor.sizes) :] == tensor.sizes:
        return tensor  # a constant is stretched where it is joined
    return trace.layer(RESHAPE, {"shape": sizes}, (tensor,), place, shape=shape)


def concat(trace: Trace, tensors: Sequence[Tensor], axis: int, place: Place) -> Tensor:
    """Tensors joined along an axis."""
    if len(tensors) == 1:
        return tensors[0]
    first = next((tensor for tensor in tensors if tensor.batch is not None), tensors[0])
    axis %= len(first.shape)
    if axis == 0 and all(tensor.shape and isinstance(tensor.shape[0], Batch) for tensor in tensors):
        return concat_examples(trace, tensors, place)
    if axis == first.batch:
        raise problem("C014", "tensors are joined along the batch, which stays as it is", "join along axis 1")
    size = sum_of(tensor.sizes[first.axis(axis) - 1] for tensor in tensors)
    shape = (*first.shape[:axis], size, *first.shape[axis + 1 :])
    number = first.axis(axis)
    args = {} if number == (len(first.sizes) if trace.channels_last else 1) else {"axis": number}
    return trace.layer(CONCAT, args, tensors, place, shape=shape)


def concat_examples(trace: Trace, tensors: Sequence[Tensor], place: Place) -> Tensor:
    """Batches one behind the other: of each example there are several then."""
    counted = [tensor if tensor.is_merged else unsqueeze(trace, tensor, 1, place) for tensor in tensors]
    shape = (Batch(sum_of(tensor.sizes[0] for tensor in counted)), *tensors[0].shape[1:])
    return trace.layer(CONCAT, {"axis": 1} if trace.channels_last else {}, counted, place, shape=shape)


def some_of_each(trace: Trace, tensor: Tensor, start: int, stop: int, place: Place) -> Tensor:
    """Of several of each example those between two places."""
    if stop - start == 1:
        return trace.layer(SELECT, {"index": start, "axis": 1}, (tensor,), place, shape=(BATCH, *tensor.shape[1:]))
    shape = (Batch(stop - start), *tensor.shape[1:])
    args = {"start": start, "stop": stop, **({"axis": 1} if trace.channels_last else {})}
    return trace.layer(SLICE, args, (tensor,), place, shape=shape)


def stack(trace: Trace, tensors: Sequence[Tensor], axis: int, place: Place) -> Tensor:
    """Tensors side by side along an axis of their own."""
    axis %= len(tensors[0].shape) + 1
    return concat(trace, [unsqueeze(trace, tensor, axis, place) for tensor in tensors], axis, place)


def unsqueeze(trace: Trace, tensor: Tensor, axis: int, place: Place) -> Tensor:
    axis %= len(tensor.shape) + 1
    return trace.reshape(tensor, (*tensor.shape[:axis], 1, *tensor.shape[axis:]), place)


def squeeze(trace: Trace, tensor: Tensor, axes: Sequence[int] | None, place: Place) -> Tensor:
    """The tensor without its axes of size 1, or without those of these that have it."""
    rank = len(tensor.shape)
    asked = range(rank) if axes is None else {axis % rank for axis in axes}
    shape = [size for axis, size in enumerate(tensor.shape) if axis not in asked or size != 1]
    return trace.reshape(tensor, shape, place)


def select(trace: Trace, tensor: Tensor, axis: int, index: int, place: Place) -> Tensor:
    """One of an axis, which is gone; one of the batch is an example by itself."""
    axis %= len(tensor.shape)
    shape = (*tensor.shape[:axis], *tensor.shape[axis + 1 :])
    if axis == tensor.batch:
        return trace.same(tensor, shape)
    if tensor.shape[axis] == 1 and len(tensor.sizes) > 1:
        return trace.reshape(tensor, shape, place)
    return trace.layer(SELECT, {"index": index, "axis": tensor.axis(axis)}, (tensor,), place, shape=shape)


def part(trace: Trace, tensor: Tensor, axis: int, start: Any, stop: Any, step: int, place: Place) -> Tensor:
    """What is between two places along an axis, as a slice of Python has it: from the end where they are below 0."""
    axis %= len(tensor.shape)
    size = tensor.shape[axis]
    if isinstance(size, Batch):
        ends = (0 if start is None else start, size if stop is None else stop)
        first, last = map(factor_of, ends)
        is_counted = axis == 0 and isinstance(ends[1], Batch) and isinstance(first, int) and isinstance(last, int)
        if not is_counted or first >= last or (first, last) == (0, size.factor):  # type: ignore[operator]
            return tensor  # some of the examples
        return some_of_each(trace, tensor, first, last, place)  # type: ignore[arg-type]
    start, stop = ends_of(size, start, stop)
    if (start, stop, step) == (0, size, 1):
        return tensor
    length = ceil_divide(stop - start, step)
    if isinstance(length, int) and length <= 0:
        return Tensor("", (*tensor.shape[:axis], 0, *tensor.shape[axis + 1 :]))
    shape = (*tensor.shape[:axis], length, *tensor.shape[axis + 1 :])
    number = tensor.axis(axis)
    args: dict[str, Any] = {"stop": stop}
    if start != 0:
        args["start"] = start
    if number != (len(tensor.sizes) if trace.channels_last else 1):
        args["axis"] = number
    if step != 1:
        args["step"] = step
    return trace.layer(SLICE, args, (tensor,), place, shape=shape)


def ends_of(size: Any, start: Any, stop: Any) -> tuple[Any, Any]:
    """The ends of a slice, counted from 0 and no further than the axis goes."""
    start, stop = (0 if start is None else start), (size if stop is None else stop)
    start = start + size if isinstance(start, int) and start < 0 else start
    stop = stop + size if isinstance(stop, int) and stop < 0 else stop
    if isinstance(size, int) and isinstance(start, int) and isinstance(stop, int):
        return max(start, 0), min(stop, size)
    return start, stop


def parts(trace: Trace, tensor: Tensor, axis: int, sizes: Sequence[Any], place: Place) -> list[Tensor]:
    """An axis cut into pieces of these sizes."""
    found, start = [], 0
    for size in sizes:
        found.append(part(trace, tensor, axis, start, start + size, 1, place))
        start = start + size
    return found


def reduce(trace: Trace, tensor: Tensor, how: str, axes: Sequence[int] | None, keep: bool, place: Place) -> Tensor:
    """One number for all along some axes, or for all of an example."""
    rank = len(tensor.shape)
    gone = {axis for axis in range(rank) if axis != tensor.batch} if axes is None else {axis % rank for axis in axes}
    if tensor.batch in gone:
        raise problem("C014", f"{how} over the batch", "leave the batch as it is: name the other axes")
    shape: list[Size] = [1 if axis in gone else size for axis, size in enumerate(tensor.shape)]
    if not keep:
        shape = [size for axis, size in enumerate(tensor.shape) if axis not in gone]
    numbers = sorted(map(tensor.axis, gone))
    pooling = {"mean": GLOBALAVGPOOL, "max": GLOBALMAXPOOL}.get(how)
    if pooling and tensor.on_map and not trace.channels_last and numbers == [*range(2, len(tensor.sizes) + 1)]:
        return trace.layer(pooling, {"keep": keep}, (tensor,), place, shape=shape)
    args = {"how": how, "axes": numbers, **({"keep": True} if keep else {})}
    return trace.layer(REDUCE, args, (tensor,), place, shape=shape)


def expand(trace: Trace, tensor: Tensor, sizes: Sequence[Size], place: Place) -> Tensor:
    """Axes of size 1 stretched to these sizes, aligned with the last; −1 leaves one as it is."""
    check_count(sizes, tensor)
    shape = (*(1,) * (len(sizes) - len(tensor.shape)), *tensor.shape)
    wanted = tuple(size if asked == -1 else asked for asked, size in zip(sizes, shape, strict=True))
    if tensor.batch is None and BATCH in wanted:  # alike for every example
        batch = wanted.index(BATCH)
        shape = (*shape[:batch], *shape[batch + 1 :])
        inner = (*wanted[:batch], *wanted[batch + 1 :])
        found = tile(trace, trace.reshape(tensor, shape, place), times_of(shape, inner), place) if inner else tensor
        return trace.same(found, wanted)
    several = [axis for axis, size in enumerate(wanted) if isinstance(size, Batch) and shape[axis] == 1]
    if tensor.batch is None and several:  # alike for each of several of every example
        inner = tuple(map(factor_of, wanted))
        return trace.same(expand(trace, tensor, inner, place), wanted)
    return tile(trace, trace.reshape(tensor, shape, place), times_of(shape, wanted), place)


def check_count(values: Sequence[Size], tensor: Tensor) -> None:
    if any(is_fraction(value) for value in values):
        raise problem("C015", f"{', '.join(map(str, values))} must be whole numbers")
    if len(values) < len(tensor.shape):
        raise problem("C015", f"{len(values)} values for the {len(tensor.shape)} axes of a tensor")


def times_of(shape: Sequence[Size], wanted: Sequence[Size]) -> list[Any]:
    return [1 if size == asked else asked for size, asked in zip(shape, wanted, strict=True)]


def tile(trace: Trace, tensor: Tensor, times: Sequence[Any], place: Place) -> Tensor:
    """The tensor so many times along each axis; more values than axes make new ones in front."""
    check_count(times, tensor)
    shape = (*(1,) * (len(times) - len(tensor.shape)), *tensor.shape)
    if tensor.batch is None and BATCH in times and shape[list(times).index(BATCH)] == 1:
        sizes = [time if isinstance(time, Batch) else time * size for time, size in zip(times, shape, strict=True)]
        return expand(trace, tensor, sizes, place)
    if any(isinstance(time, Batch) and isinstance(size, Batch) for size, time in zip(shape, times, strict=True)):
        raise problem("C014", "the batch is repeated as often as it is large", "repeat another axis")
    full = tuple(size if time == 1 else size * time for size, time in zip(shape, times, strict=True))
    seen = [time for size, time in zip(shape, times, strict=True) if size != BATCH]
    if all(time == 1 for time in seen):
        return trace.reshape(tensor, full, place)
    return trace.layer(TILE, {"times": seen}, (tensor,), place, shape=full)


def matmul(trace: Trace, first: Tensor, second: Tensor, place: Place, factor: str | None = None) -> Tensor:
    """The matrix product along the last two axes (NumPy's matmul) times a factor; a vector of an example is a row."""
    a, b = first.shape, second.shape
    args = {"factor": factor}
    if not a or not b:
        raise problem("C011", "a matrix product needs matrices or vectors, here is a single number")
    if len(a) == 1 or len(b) == 1:
        row = first if len(a) > 1 else unsqueeze(trace, first, 0, place)
        column = second if len(b) > 1 else unsqueeze(trace, second, 1, place)
        found = matmul(trace, row, column, place, factor)
        gone = [axis for axis, one in ((-2, len(a) == 1), (-1, len(b) == 1)) if one]
        return squeeze(trace, found, gone, place)
    shape = (*broadcast_shape([a[:-2], b[:-2]]), a[-2], b[-1]) if len(a) + len(b) > 4 else (a[-2], b[-1])
    if isinstance(a[-1], Batch) or isinstance(b[-2], Batch) or isinstance(b[-1], Batch):
        raise problem("C011", "a matrix product mixes the examples of a batch", "only layers of one example are read")
    if a[-2] == BATCH:  # rows that are the examples
        if len(first.sizes) == 1:
            row = trace.layer(RESHAPE, {"shape": (1, a[-1])}, (first,), place, shape=(BATCH, 1, a[-1]))
            found = trace.layer(MATMUL, args, (row, second), place, shape=(BATCH, 1, b[-1]))
            return trace.reshape(found, (BATCH, b[-1]), place)
        return trace.layer(MATMUL, args, (first, second), place, shape=shape)
    batch = shape.index(BATCH) if BATCH in shape else None
    views = [seen_with(trace, tensor, len(shape), batch, place) for tensor in (first, second)]
    return trace.layer(MATMUL, args, views, place, shape=shape)


def einsum(trace: Trace, equation: str, tensors: Sequence[Tensor], place: Place) -> Tensor:
    """Products summed over the letters that the output does not have; the batch's own letter is left out."""
    left, arrow, right = equation.replace(" ", "").partition("->")
    terms = left.split(",")
    if not arrow:
        right = "".join(sorted({letter for letter in left if letter.isalpha() and left.count(letter) == 1}))
    if "..." in equation:
        terms, right = without_dots(terms, right, tensors)
    if len(terms) > 2:
        return in_pairs(trace, terms, right, tensors, place)
    sizes = {letter: size for term, tensor in zip(terms, tensors, strict=True)
             for letter, size in zip(term, tensor.shape, strict=True) if size != 1}  # fmt: skip
    batch = next((letter for letter, size in sizes.items() if size == BATCH), "")
    shape = tuple(sizes.get(letter, 1) for letter in right)
    if batch:
        if batch not in right:
            raise problem("C014", f"{equation} sums over the batch", "keep its letter in the output")
        terms, right = [term.replace(batch, "") for term in terms], right.replace(batch, "")
    return trace.layer(EINSUM, {"equation": f'"{",".join(terms)}->{right}"'}, tensors, place, shape=shape)


def without_dots(terms: list[str], right: str, tensors: Sequence[Tensor]) -> tuple[list[str], str]:
    """The letters of an equation with some for `...`."""
    free = [letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if letter not in "".join((*terms, right))]
    most = max(len(tensor.shape) - len(term) + 3 for term, tensor in zip(terms, tensors, strict=True) if "..." in term)
    written = [
        term.replace("...", "".join(free[most - (len(tensor.shape) - len(term) + 3) : most]))
        for term, tensor in zip(terms, tensors, strict=True)
    ]
    return written, right.replace("...", "".join(free[:most]))


def in_pairs(trace: Trace, terms: list[str], right: str, tensors: Sequence[Tensor], place: Place) -> Tensor:
    """Several tensors, two by two from the left."""
    rest = "".join((*terms[2:], right))
    kept = "".join(dict.fromkeys(letter for letter in terms[0] + terms[1] if letter in rest))
    found = einsum(trace, f"{terms[0]},{terms[1]}->{kept}", tensors[:2], place)
    return einsum(trace, f"{','.join((kept, *terms[2:]))}->{right}", (found, *tensors[2:]), place)
