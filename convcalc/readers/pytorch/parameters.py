"""What a network learns, as the tensors that `parameters()` gives: those that are frozen are counted, and said."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from convcalc.problem import Diagnostic, Problem
from convcalc.readers.pytorch.module import State, module_state
from convcalc.readers.pytorch.tensor import TensorValue
from convcalc.readers.pytorch.tree import modules_in
from convcalc.readers.pytorch.unused import numbers_of_layer, product_size
from convcalc.readers.pytorch.weights import weight_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcalc.spec.model import Place


def named_parameters_of(network: Any, place: Place) -> list[tuple[str, Any]]:
    """(path, tensor) of the parameters, those of layers among them."""
    found: list[tuple[str, Any]] = []
    for path, module in modules_in(network):
        state = module_state(module)
        dot = f"{path}." if path else ""
        found += [(dot + name, tensor) for name, tensor in state.parameters.items() if tensor is not None]
        if state.written is not None and state.written.kind.parameters != "0":
            found += [(dot + name, tensor) for name, tensor in weights_of(state, place)]
    return found


def weights_of(state: State, place: Place) -> list[tuple[str, TensorValue]]:
    """What a layer learns: its weight and its bias, or one tensor of it all where it has others than these."""
    assert state.written is not None
    named = [(name, weight_of(state, name, place)) for name in ("weight", "bias")]
    held = [(name, tensor) for name, tensor in named if isinstance(tensor, TensorValue)]
    if state.written.kind.tensor:
        return held
    with suppress(Problem):
        numbers, _ = numbers_of_layer(state.written)
        if numbers != sum(product_size(tensor) for _, tensor in held) and "weights" not in state.weights:
            for name, _ in held:
                del state.weights[name]
            whole = state.weights["weights"] = TensorValue((numbers,), held="parameter")
            whole.owner, whole.place = state, state.place
    return [("weights", state.weights["weights"])] if "weights" in state.weights else held


def frozen_parameters(network: Any, place: Place) -> Iterator[Diagnostic]:
    """A note on the parameters that are not trained: PyTorch counts them as the others."""
    tensors = {id(tensor): tensor for _, tensor in named_parameters_of(network, place)}.values()
    if any(tensor.frozen for tensor in tensors):
        frozen, every = (sum(map(product_size, each)) for each in ([t for t in tensors if t.frozen], tensors))
        message = f"{frozen:,} of {every:,} parameters are frozen, and counted: {every - frozen:,} are trained"
        yield Diagnostic("W015", message, severity="note")
