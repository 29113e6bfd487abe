"""What a program does to the batch that suits one example only: it is read as that, and said."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from convcalc.layers.case import product
from convcalc.problem import Diagnostic
from convcalc.readers.pytorch.tensor import TensorValue, library_of
from convcalc.readers.tensors import BATCH, Batch, seen_sizes

if TYPE_CHECKING:
    from convcalc.readers.pytorch.calls import FunctionCall


def reshape(call: FunctionCall, input: TensorValue, sizes: Sequence[Any]) -> TensorValue:
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
