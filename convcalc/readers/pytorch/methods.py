"""The functions of PyTorch that its tensors have as methods too: `torch.flatten(x, 1)` and `x.flatten(1)` are one.

Each is a function of (call, tensor, …) with PyTorch's own names for its parameters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.readers.python.values import LibraryFunction
from convcalc.readers.pytorch import joining, numberwise, sequences, shaping  # noqa: F401 - their functions are in the table
from convcalc.readers.pytorch.calls import METHODS
from convcalc.readers.pytorch.tensor import TensorValue

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.spec.model import Place


def method_of(tensor: TensorValue, name: str) -> LibraryFunction | None:
    """A method of a tensor; the one that works in place is the same."""
    from convcalc.readers.pytorch.functions import function_of

    found = function_of(name if name in METHODS or not name.endswith("_") else name.rstrip("_"), is_method=True)
    if found is None:
        return None

    def call(run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
        result = found(run, [tensor, *args], kwargs, place)
        return tensor.become(result) if name.endswith("_") and isinstance(result, TensorValue) else result

    return LibraryFunction(f"tensor.{name}", call)
