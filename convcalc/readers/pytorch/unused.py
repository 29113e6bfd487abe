"""What a network holds and never uses: counted all the same, and said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.kinds.constant import BUFFER, PARAMETER
from convcalc.problem import Diagnostic, Problem
from convcalc.readers.pytorch.module import modules_in, state_of
from convcalc.readers.pytorch.tensor import TensorValue, library_of
from convcalc.spec.model import Place

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.readers.pytorch.library import Torch
    from convcalc.readers.trace import Tensor


def add_unused(run: Run, network: Any, outputs: list[tuple[str, Tensor]]) -> list[Diagnostic]:
    """Layers of numbers for the parameters and buffers that nothing used, behind all others; a note that names them."""
    library = library_of(run)
    trace = library.trace
    names: list[str] = []
    for path, module in modules_in(network):
        state = state_of(module)
        assert state is not None
        place = module.cls.place if hasattr(module.cls, "place") else Place(1, 1)
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
    if not names or not outputs:
        return []
    shown = ", ".join(name or "the network's own" for name in names[:5]) + (", …" if len(names) > 5 else "")
    message = f"never used, but counted: the parameters of {shown}"
    return [Diagnostic("W007", message, "", None, severity="note")]


def product_size(tensor: TensorValue) -> int:
    size = 1
    for each in tensor.shape:
        size *= each if isinstance(each, int) else 1
    return size


def numbers_of(library: Torch, state: Any) -> list[tuple[Any, str, int]]:
    """How many numbers a layer learns and keeps, whatever its input."""
    from convcalc.kinds.conventions import CONVENTIONS
    from convcalc.layer.applied import Setting, apply
    from convcalc.readers import shorthand

    written = state.written
    if written.kind.parameters == "0" and written.kind.buffers == "0":
        return []
    values, wrong = shorthand.values_of(written.kind, dict(written.args), {})
    if wrong:
        return []
    channels = next((values[key] for key in ("in_channels", "in_features", "num_features") if values.get(key)), 1)
    rank = written.dims or (2 if written.kind.takes == "map" else 0)
    shapes = [(channels, *(1 << 12,) * rank) if rank else (channels,)]
    if written.kind.takes == "features" and not rank:
        shapes = [(1, channels), (channels,)]
    for shape in shapes:
        try:
            found = apply(Setting(written.kind, tuple(values.items()), written.dims), (shape,), CONVENTIONS["pytorch"],
                          free=True)  # fmt: skip
        except Problem:
            continue
        elsewhere = sum(
            product_size(each)
            for each in state.weights.values()
            if isinstance(each, TensorValue) and (library.has_counted(each) or each.owner is not state)
        )
        pairs = ((PARAMETER, "parameters", found.parameters - elsewhere), (BUFFER, "buffers", found.buffers))
        return [(kind, name, number) for kind, name, number in pairs if isinstance(number, int) and number]
    return []
