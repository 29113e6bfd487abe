"""Small constant tensors whose numbers are known, since sizes are computed from them: arange, linspace, tolist."""

from __future__ import annotations

import math
import operator as operators
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run

MOST = 4096  # numbers of a tensor that are kept
OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operators.add, "-": operators.sub, "*": operators.mul, "/": operators.truediv, "//": operators.floordiv,
    "%": operators.mod, "**": operators.pow, "<": operators.lt, "neg": lambda number, _: -number,
}  # fmt: skip
FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{name: lambda number, known=known: type(number)(known(number))
       for name, known in (("round", round), ("floor", math.floor), ("ceil", math.ceil), ("trunc", math.trunc))},
    **dict.fromkeys(("int", "long", "short", "byte"), math.trunc), **dict.fromkeys(("float", "double"), float),
    "bool": bool, "sqrt": math.sqrt, "exp": math.exp,
    "log": math.log, "log2": math.log2, "log10": math.log10, "abs": abs, "neg": operators.neg, "sin": math.sin,
    "cos": math.cos, "tan": math.tan, "square": lambda number: number * number, "sign": lambda n: (n > 0) - (n < 0),
}  # fmt: skip


def compute_numbers(run: Run, operator: str, pair: tuple[Any, Any], function: str = "") -> Any:
    """What an operator makes of two lists of numbers, or of one and a number; None where it is not known."""
    known = OPERATORS.get(function or operator)
    if known is None:
        return None
    left, right = (getattr(one, "numbers", one) for one in pair)
    if not all(isinstance(one, (int, float, list)) for one in (left, right)):
        return None
    try:
        return spread(known, left, right)
    except (ArithmeticError, ValueError, TypeError):  # of lists of other things
        return None


def spread(known: Callable[[Any, Any], Any], left: Any, right: Any) -> Any:
    """A function of two numbers, over lists of them of equal length, or of a list and a number."""
    if isinstance(left, list) and isinstance(right, list):
        if len(left) != len(right):
            raise ValueError
        return [spread(known, a, b) for a, b in zip(left, right, strict=True)]
    if isinstance(left, list):
        return [spread(known, a, right) for a in left]
    if isinstance(right, list):
        return [spread(known, left, b) for b in right]
    return known(left, right)


def applied_numbers(function: str, numbers: Any) -> Any:
    """A function of each of the numbers; None where it is not known."""
    known = FUNCTIONS.get(function)
    if known is None or numbers is None:
        return None
    try:
        return map_nested(known, numbers)
    except (ArithmeticError, ValueError):
        return None


def map_nested(known: Callable[[Any], Any], numbers: Any) -> Any:
    return [map_nested(known, number) for number in numbers] if isinstance(numbers, list) else known(numbers)


def nested_shape(numbers: Any) -> tuple[int, ...]:
    """The shape of numbers in nested lists."""
    found: list[int] = []
    while isinstance(numbers, list):
        found.append(len(numbers))
        numbers = numbers[0] if numbers else 0
    return tuple(found)


def arange(first: int, last: int, step: int) -> list[int] | None:
    """The numbers of torch.arange; None where these are too many to keep."""
    found = range(first, last, step)
    return list(found) if len(found) <= MOST else None


def linspace(first: float, last: float, count: int) -> list[float] | None:
    if not 0 < count <= MOST:
        return None
    step = (last - first) / max(count - 1, 1)
    return [float(first + step * index) for index in range(count)]


def flat(numbers: Any) -> list[Any]:
    return [one for number in numbers for one in flat(number)] if isinstance(numbers, list) else [numbers]


def small_list(values: Any) -> Any:
    """Nested lists of plain numbers as a tensor keeps them; None for anything else."""
    if isinstance(values, (int, float)):
        return values
    if isinstance(values, Sequence) and not isinstance(values, str) and len(values) <= MOST:
        found = [small_list(value) for value in values]
        return None if None in found else found
    return None
