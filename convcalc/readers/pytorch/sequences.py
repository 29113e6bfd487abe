"""Which axis of a series is its steps: PyTorch's layers take them in front of the batch unless batch_first is set."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from convcalc.problem import Diagnostic
from convcalc.readers.python.values import Opaque
from convcalc.readers.pytorch.calls import FunctionCall, method
from convcalc.readers.pytorch.shaping import transpose
from convcalc.readers.pytorch.tensor import TensorValue, library_of, shown_size
from convcalc.readers.tensors import BATCH
from convcalc.tuples import NamedTuple


class SeriesAxes(NamedTuple):
    """The sizes of a tensor as a layer of series understands its axes."""

    batch: tuple[Any, ...]  # none where the tensor has no axis for it
    steps: Any


class PackedSeries(TensorValue):
    """What pack_padded_sequence gives: layers know the batch of it, whatever their batch_first."""

    __slots__ = ("batch_first",)

    def __init__(self, tensor: TensorValue, batch_first: bool):
        super().__init__(tensor.shape, tensor.node, tensor.held, tensor.numbers)
        self.batch_first = batch_first


def is_batch_first(call: FunctionCall) -> bool:
    return call.state.settings.get("batch_first") is True


def series_of(call: FunctionCall, tensor: TensorValue) -> SeriesAxes:
    """The batch and the steps of a series; examples that are taken for steps are said to be."""
    shape = tensor.shape
    packed = isinstance(tensor, PackedSeries)
    first = tensor.batch_first if isinstance(tensor, PackedSeries) else is_batch_first(call)
    if len(shape) < 3:
        if BATCH in shape:
            note_steps(call, shape, f"{call.name} takes two axes for (steps, features)", one_step(call))
        return SeriesAxes((), shape[0] if shape else 1)
    batch, steps = shape[:2] if first else shape[1::-1]
    if steps == BATCH and not packed:
        order = "batch, steps" if first else "steps, batch"
        what = f"{call.name} takes ({order}, features){'' if first else ' without batch_first=True'}"
        note_steps(call, shape, what, with_batch_first(call, not first))
    return SeriesAxes((batch,), steps)


def note_steps(call: FunctionCall, shape: Sequence[Any], what: str, hint: str) -> None:
    """Tell that the examples of a batch are the steps of a series."""
    library = library_of(call.run)
    if library.making:
        return
    shown = " × ".join(map(shown_size, shape))
    mark = call.state.place.mark(library.source) if call.state.place else None
    note = Diagnostic("W016", f"{what}, and gets {shown}: examples are its steps", hint, mark, severity="note")
    library.mixed[what] = note._replace(also=call.place.mark(library.source))
    library.trace.tell(library.mixed[what])


def with_batch_first(call: FunctionCall, first: bool) -> str:
    """The layer's own call with batch_first."""
    place = call.state.place
    text = call.run.text_at(place) if place is not None else ""
    try:
        node = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError):
        node = None
    if not isinstance(node, ast.Call):
        return f"batch_first={first} in its call"
    others = [word for word in node.keywords if word.arg != "batch_first"]
    node.keywords = [*others, *([ast.keyword("batch_first", ast.Constant(True))] if first else [])]
    return f"write: {ast.unparse(node)}"


def one_step(call: FunctionCall) -> str:
    return f"x.unsqueeze({1 if is_batch_first(call) else 0}) makes each example a series of one step"


@method("pack_padded_sequence pack_sequence")
def pack_sequence(
    call: FunctionCall, input: Any, lengths: Any = None, batch_first: Any = False, enforce_sorted: Any = True
) -> Any:
    """SeriesAxes of different lengths are reckoned as those of full length."""
    return PackedSeries(input, batch_first is True) if isinstance(input, TensorValue) else input


@method("pad_packed_sequence")
def pad_packed_sequence(call: FunctionCall, sequence: TensorValue, batch_first: Any = False, **settings: Any) -> Any:
    is_turned = isinstance(sequence, PackedSeries) and sequence.batch_first is not (batch_first is True)
    found = TensorValue(sequence.shape, sequence.node, sequence.held)
    return transpose(call, found, 0, 1) if is_turned else found, Opaque("how long series are is not known", call.place)
