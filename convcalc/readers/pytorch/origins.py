"""Where a wrong value of a layer is written: in its own call, or in the one of the class that makes the layer."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from convcalc.kinds.classes import signature
from convcalc.layers.record import key_names
from convcalc.readers.python.scope import parameters_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from convcalc.readers.python.frame import Frame
    from convcalc.readers.python.run import Run


def cure_of_origin(run: Run, class_name: str) -> Callable[[str, str], str]:
    """What to write for the layer that is being made, by the key and the value that would be right.

    Empty where the value stands in the layer's own call, which is corrected as any other line.
    """
    frame, node = run.frame, run.node

    def cure(key: str, right: str) -> str:
        value = argument_of_key(node, class_name, key) if isinstance(node, ast.Call) else None
        if value is None or frame is None or not has_names(value):
            return ""
        others = [name for name, held in frame.names.items() if type(held) is int and str(held) == right]
        here = f", or here: {call_with(run, frame, node, value, others[0])}" if others else ""
        within, call, given = origin(frame, node, value)
        if given is None or has_names(given):
            return f"{key} must be {right}: see where {ast.unparse(value)} comes from{here}"
        return f"write: {call_with(run, within, call, given, right)}, in line {within.place(call).line}{here}"

    return cure


def argument_of_key(call: ast.Call, class_name: str, key: str) -> ast.expr | None:
    """The argument of a layer's call that sets a key."""
    signed = signature("torch", class_name)
    if signed is None:
        return None
    table = key_names(signed.kind)
    for index, name in enumerate(signed.order):
        known = table.get(signed.sets.get(name, name))
        if known is not None and known.name == key:
            return argument(call, index, name)
    return None


def argument(call: ast.Call, index: int, name: str) -> ast.expr | None:
    """An argument of a call, by its place or its name."""
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    is_plain = not any(isinstance(each, ast.Starred) for each in call.args[: index + 1])
    return call.args[index] if is_plain and 0 <= index < len(call.args) else None


def origin(frame: Frame, call: ast.Call, value: ast.expr | None) -> tuple[Frame, ast.Call, ast.expr | None]:
    """The call, and its argument, from which a function has what it passes on as one of its parameters."""
    while isinstance(value, ast.Name) and frame.function is not None and frame.caller is not None:
        function, (outer, made) = frame.function, frame.caller
        taken = parameters_of(function.node).names
        if value.id not in taken or outer is None or not isinstance(made, ast.Call):
            return frame, call, None
        value = argument(made, taken.index(value.id) - (function.owner is not None), value.id)
        frame, call = outer, made
    return frame, call, value


def call_with(run: Run, frame: Frame, call: ast.Call, value: ast.expr, text: str) -> str:
    """A call with another text for one of its arguments; only that where they are not on one line."""
    whole, part = frame.place(call), frame.place(value)
    written, begin = run.text_at(whole), part.column - whole.column
    return f"{written[:begin]}{text}{written[begin + part.length :]}" if part.line == whole.line else text


def has_names(value: ast.expr) -> bool:
    return any(isinstance(each, (ast.Name, ast.Call)) for each in ast.walk(value))
