"""What is wrong with a value that a key cannot have, and one that it may have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.algebra.expr import ExprError, UnknownName
from convcalc.layers.values import choices, show
from convcalc.problem import Problem, did_you_mean, problem

if TYPE_CHECKING:
    from convcalc.layers import Key
    from convcalc.layers.values import Names, Raw


def refusal(key: Key, raw: Raw, names: Names, error: Problem | ExprError) -> Problem:
    """The Problem for a value that will not do, with one that would."""
    if isinstance(error, Problem):
        return Problem(*(each if each.hint else each._replace(hint=typical_value(key)) for each in error.diagnostics))
    if isinstance(error, UnknownName):
        close = did_you_mean(error.name, [*names, *key.words])
        hint, name = (close, "") if close else ("declare it under `let` or `symbols`", error.name)
        return problem("N001", f'{key.name}: unknown name "{error.name}"', hint, undeclared=name)
    return problem("V001", f"{key.name}: {show(raw)}: {error}", typical_value(key))


def typical_value(key: Key) -> str:
    """How a key is written, with a value that it may have."""
    optional = "leave it out, or " if key.default is None else ""
    if key.type == "flag":
        return f"{optional}{key.name}=yes or {key.name}=no"
    if key.words and key.type == "word":
        return f"{optional}{choices(key.words)}"
    if key.type == "table":
        return f"{key.name}=[[0, 1, 2], [1, 2, 3]]"
    if key.type == "shape":
        return f"{optional}whole numbers, as {key.name}=2x3"
    if key.type == "decimal":
        return f"{optional}a number: {key.name}={key.default or 1}"
    usual = key.default if isinstance(key.default, int) else 3
    number = min(max(usual, key.low), usual if key.high is None else key.high)
    return f"{optional}one number{', or one per axis' if key.per_axis else ''}: {key.name}={number}"
