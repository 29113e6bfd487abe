"""The modules of a network, one inside another, by their paths."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from convcalc.readers.pytorch.module import state_of
from convcalc.readers.pytorch.tensor import TensorValue


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
