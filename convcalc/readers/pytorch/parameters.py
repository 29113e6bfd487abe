"""What a network holds: its modules by their paths, and what these learn and keep, be it used, frozen or neither."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from math import prod
from typing import TYPE_CHECKING, Any

from convcalc.kinds.constant import BUFFER, PARAMETER
from convcalc.problem import Diagnostic, Problem, problem
from convcalc.readers.pytorch.module import State, module_state, state_of
from convcalc.readers.pytorch.tensor import TensorValue, library_of
from convcalc.readers.pytorch.weights import weight_of
from convcalc.spec import Place, WrittenLayer

if TYPE_CHECKING:
    from convcalc.layers import Kind
    from convcalc.readers.python.run import Run
    from convcalc.readers.pytorch.library import Torch
    from convcalc.readers.trace import Tensor


def name_modules(module: Any, path: str = "") -> None:
    """Give every module, parameter and buffer below a module its path; the first, where it has several."""
    state = state_of(module)
    if state is None or state.path is not None:
        return
    state.path = path
    dot = f"{path}." if path else ""
    for held in (state.parameters, state.buffers, state.weights):
        for name, tensor in held.items():
            if isinstance(tensor, TensorValue) and not tensor.name:
                tensor.name = dot + name
    for name, child in state.children.items():
        name_modules(child, dot + name)


def modules_in(module: Any) -> Iterator[tuple[str, Any]]:
    """(path, module) of a module and all below it, each once."""
    seen: set[int] = set()
    waiting = [("", module)]
    while waiting:
        path, each = waiting.pop()
        state = state_of(each)
        if state is None or id(state) in seen:
            continue
        seen.add(id(state))
        yield path, each
        dot = f"{path}." if path else ""
        waiting.extend((dot + name, child) for name, child in reversed(list(state.children.items())))


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
    named = [(name, weight_of(state, name, place)) for name in ("weight", "bias")]
    held = [(name, tensor) for name, tensor in named if isinstance(tensor, TensorValue)]
    if state.layer.kind.tensor:
        return held
    with suppress(Problem):
        numbers, _ = numbers_of_layer(state.layer)
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


# What is never used: counted all the same, and said


def add_unused(run: Run, network: Any, outputs: list[tuple[str, Tensor]]) -> list[Diagnostic]:
    """Layers of numbers for the parameters and buffers that nothing used, behind all others; a note that names them."""
    library = library_of(run)
    trace = library.trace
    names: list[str] = []
    for path, module in modules_in(network):
        state = module_state(module)
        place = state.place or (module.cls.place if hasattr(module.cls, "place") else Place(1, 1))
        counted = []
        if state.written is not None and id(state) not in library.used:
            counted = numbers_of(library, state)
        dot = f"{path}." if path else ""
        for held, kind in ((state.parameters, PARAMETER), (state.buffers, BUFFER)):
            counted += [
                (kind, name, product_size(tensor)) for name, tensor in held.items()
                if isinstance(tensor, TensorValue) and tensor.owner is None and not library.has_counted(tensor)
            ]  # fmt: skip
            library.used.update(id(each) for each in held.values() if each is not None)
        for kind, name, size in counted:
            if size:
                trace.layer(kind, {"shape": (size,)}, (), place, dot + name)
        if any(kind is PARAMETER for kind, _, _ in counted):
            names.append(path)
    notes = [*layers_in_no_module(library, network)]
    if not names or not outputs:
        return notes
    shown = ", ".join(name or "the network's own" for name in names[:5]) + (", …" if len(names) > 5 else "")
    message = f"never used, but counted: the parameters of {shown}"
    return [*notes, Diagnostic("W007", message, "", None, severity="note")]


def layers_in_no_module(library: Torch, network: Any) -> Iterator[Diagnostic]:
    """A note on each layer that learns, is used, and is in no module: PyTorch finds none of its parameters."""
    registered = {id(state_of(module)) for _, module in modules_in(network)}
    for layer, state in library.holders.items():
        if id(state) not in registered and state.written is not None and state.written.kind.parameters != "0":
            message = f"{layer} is in no module, but counted: PyTorch neither trains nor counts what it learns"
            mark = state.place.mark(library.source) if state.place else None
            hint = "hold it in __init__: self.layers = nn.ModuleList([…])"
            yield Diagnostic("W012", message, hint, mark, layer, severity="note")


def product_size(tensor: TensorValue) -> int:
    return prod(each for each in tensor.shape if isinstance(each, int))


def numbers_of(library: Torch, state: State) -> list[tuple[Kind, str, int]]:
    """How many numbers of its own a layer learns and keeps."""
    elsewhere = sum(
        product_size(each)
        for each in state.weights.values()
        if isinstance(each, TensorValue) and (library.has_counted(each) or each.owner is not state)
    )
    learnt, kept = numbers_of_layer(state.layer)
    pairs = ((PARAMETER, "parameters", learnt - elsewhere), (BUFFER, "buffers", kept))
    return [pair for pair in pairs if pair[2]]


def numbers_of_layer(written: WrittenLayer) -> tuple[int, int]:
    """How many numbers a layer learns and keeps, whatever its input; a Problem where that depends on what goes in."""
    from convcalc.kinds.conventions import CONVENTIONS
    from convcalc.layers.applied import Setting, apply
    from convcalc.readers import shorthand

    if written.kind.parameters == "0" and written.kind.buffers == "0":
        return 0, 0
    values, wrong = shorthand.values_of(written.kind, dict(written.args), {})
    if wrong:
        return 0, 0
    for shapes in shapes_taken(written, values):
        try:
            found = apply(Setting(written.kind, tuple(values.items()), written.dims), shapes, CONVENTIONS["pytorch"],
                          free=True)  # fmt: skip
        except Problem:
            continue
        learnt, kept = (each if isinstance(each, int) else 0 for each in (found.parameters, found.buffers))
        return learnt, kept
    raise problem("P033", f"nothing uses {written.kind.name}, and what it learns depends on what goes in")


def shapes_taken(written: WrittenLayer, values: dict[str, Any]) -> Iterator[tuple[tuple[int, ...], ...]]:
    """Shapes that a layer may take, as far as it says; where it says nothing of an axis, any will do."""
    channels = next((values[key] for key in ("in_channels", "in_features", "count", "over") if values.get(key)), 1)
    sizes = channels if isinstance(channels, tuple) else (channels,)
    for shape in ((*sizes, *(1 << 12,) * written.dims), (1, *sizes), (*sizes, 8, 8)):
        yield (shape,)
        for other in (values.get("in2_features"), values.get("kdim"), channels):
            if isinstance(other, int):
                yield shape, (*shape[:-1], other)
                yield shape, (*shape[:-1], other), (*shape[:-1], values.get("vdim", other))
