"""Items of a tensor: `x[:, 0]`, `x[..., :-2]`, `x[None]`, `table[index]`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import ceil_divide
from convcalc.kinds.rearranging import GATHER
from convcalc.readers import operations
from convcalc.readers.pytorch.numbers import nested_shape
from convcalc.readers.pytorch.tensor import TensorValue, known_size, on_trace
from convcalc.readers.tensors import seen_sizes
from convcalc.readers.trace import BATCH, Batch, Tensor, Trace

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.spec import Place


def item_of(run: Run, tensor: TensorValue, index: Any, place: Place) -> Any:
    """The part of a tensor that an index names, axis by axis."""
    if isinstance(tensor.numbers, list) and isinstance(index, (int, slice)) and not isinstance(index, bool):
        try:
            found = tensor.numbers[index]
        except IndexError:
            raise run.error("IndexError", f"there is no item {index} of {len(tensor.numbers)}", place) from None
        return TensorValue(nested_shape(found), numbers=found)
    indices = list(index) if isinstance(index, tuple) else [index]
    taken = sum(1 for each in indices if each is not None and each is not Ellipsis)
    free = len(tensor.shape) - taken
    if free < 0:
        raise run.error("IndexError", f"{taken} indices for {tensor.description()}", place)
    if Ellipsis not in [each for each in indices if not isinstance(each, TensorValue)]:
        indices.append(Ellipsis)
    where = next(at for at, each in enumerate(indices) if each is Ellipsis)
    indices[where : where + 1] = [slice(None)] * free
    if any(isinstance(each, (TensorValue, list)) for each in indices):
        return looked_up(run, tensor, indices, place)
    cuts = [cut_of(run, each, place) for each in indices]
    return on_trace(run, place, [tensor], lambda trace, node: cut(trace, node, cuts, place))


def cut_of(run: Run, index: Any, place: Place) -> Any:
    """An index with its sizes as the trace has them."""
    if index is None or index is True:
        return None
    if isinstance(index, slice):
        ends = (index.start, index.stop, 1 if index.step is None else index.step)
        return slice(*(None if end is None else known_size(run, end, "an end of a slice", place) for end in ends))
    return known_size(run, index, "an index", place)


def cut(trace: Trace, node: Tensor, cuts: Sequence[Any], place: Place) -> Tensor:
    axis = 0
    for each in cuts:
        if each is None:
            node = operations.unsqueeze(trace, node, axis, place)
            axis += 1
        elif isinstance(each, slice):
            node = operations.part(trace, node, axis, each.start, each.stop, each.step, place)
            axis += 1
        else:
            node = operations.select(trace, node, axis, each, place)
    return node


def looked_up(run: Run, tensor: TensorValue, indices: list[Any], place: Place) -> Any:
    """What tensors of indices pick out: these come in place of the axes that they index."""
    places = [each for each in indices if isinstance(each, (TensorValue, list))]
    shapes = [each.shape if isinstance(each, TensorValue) else nested_shape(each) for each in places]
    picked = operations.broadcast_shape(shapes)
    if len(places) == 1 and picked == tensor.shape and isinstance(places[0], TensorValue):  # a mask
        return on_trace(run, place, [tensor], lambda trace, node: node)
    shape: list[Any] = []
    axes = iter(tensor.shape)
    for each in indices:
        if each is None:
            shape.append(1)
            continue
        size = next(axes)
        if isinstance(each, slice):
            shape.append(slice_length(cut_of(run, each, place), size))
        elif isinstance(each, (TensorValue, list)):
            shape.extend(picked)
            picked = ()
    if BATCH in tensor.shape and BATCH not in shape:
        raise run.refusal("P022", "which of the examples are meant depends on numbers", place)
    return on_trace(
        run, place, [tensor],
        lambda trace, node: trace.layer(GATHER, {"shape": seen_sizes(shape)}, (node,), place, shape=shape),
    )  # fmt: skip


def slice_length(part: slice, size: Any) -> Any:
    """How much of an axis a slice leaves."""
    if isinstance(size, Batch):
        return size
    start, stop = operations.ends_of(size, part.start, part.stop)
    return ceil_divide(stop - start, part.step)
