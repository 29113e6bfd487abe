"""Sizes in the arithmetic of a graph: plain numbers, letters, and multiples of the batch."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from convcalc.algebra.expr import ceil_divide, divide, floor_divide, is_fraction, is_symbolic
from convcalc.algebra.parser import float_text, numeral
from convcalc.readers.trace import Batch

BITS = 64  # of a whole number


def exact(value: Any) -> Any:
    """A number as sizes are computed with: the shortest decimal of one with a point."""
    return numeral(repr(float(f"{value:.7g}"))) if isinstance(value, float) else value


def shortest(value: Any) -> Any:
    """The text of a number with a point, as it was meant; anything else as it is."""
    return float_text(value) if isinstance(value, float) else value


def whole(value: Any) -> Any:
    """As a cast to a whole number has it: towards zero."""
    if isinstance(value, (float, bool)):
        return int(value)
    return floor_divide(value, 1) if is_symbolic(value) or is_fraction(value) else value


def arithmetic(operator: str, is_float: bool, left: Any, right: Any) -> Any:
    """Of two sizes or numbers; None where it cannot be told."""
    if isinstance(left, Batch) or isinstance(right, Batch):
        return of_batch(operator, left, right)
    if is_symbolic(left) or is_symbolic(right):
        return of_letters(operator, is_float, exact(left), exact(right))
    if operator == "Div":
        return left / right if is_float else abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
    found = PLAIN[operator](left, right)
    return None if isinstance(found, int) and found.bit_length() > BITS else found


PLAIN: dict[str, Callable[[Any, Any], Any]] = {
    "Add": lambda a, b: a + b, "Sub": lambda a, b: a - b, "Mul": lambda a, b: a * b, "Mod": lambda a, b: a % b,
    "Pow": lambda a, b: a**b if abs(b) <= 64 else None, "Max": max, "Min": min, "And": lambda a, b: bool(a and b),
    "Or": lambda a, b: bool(a or b), "Xor": lambda a, b: bool(a) != bool(b), "Equal": lambda a, b: a == b,
    "Less": lambda a, b: a < b, "Greater": lambda a, b: a > b, "LessOrEqual": lambda a, b: a <= b,
    "GreaterOrEqual": lambda a, b: a >= b,
}  # fmt: skip
COMPARISONS = ("Equal", "Less", "Greater", "LessOrEqual", "GreaterOrEqual", "And", "Or", "Xor")


def of_letters(operator: str, is_float: bool, left: Any, right: Any) -> Any:
    """Of sizes of which one at least has letters."""
    if operator in ("Add", "Sub", "Mul"):
        return PLAIN[operator](left, right)
    if operator == "Div":
        return divide(left, right) if is_float else floor_divide(left, right)
    if operator == "Mod":
        return left - right * floor_divide(left, right)
    if operator == "Equal":
        return True if left == right else False if right in (-1, 0) or left in (-1, 0) else None
    return None


def of_batch(operator: str, left: Any, right: Any) -> Any:
    """Of multiples of the batch, of which nobody knows how many they are."""
    if isinstance(left, Batch) and isinstance(right, Batch):
        sums = {"Add": left.factor + right.factor, "Sub": left.factor - right.factor}
        if operator == "Div":
            return divide(left.factor, right.factor)
        return left == right or None if operator == "Equal" else Batch(sums[operator]) if operator in sums else None
    if operator == "Mul":
        return Batch(left.factor * right) if isinstance(left, Batch) else Batch(left * right.factor)
    if operator == "Div" and isinstance(left, Batch):
        found = divide(left.factor, right)
        return None if is_fraction(found) else Batch(found)
    return False if operator == "Equal" and (left in (-1, 0) or right in (-1, 0)) else None


def rounding(how: Callable[[Any, Any], Any], plain: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: (
        how(value, 1) if is_symbolic(value) else value if isinstance(value, Batch) else float(plain(value))
    )


UNARY: dict[str, Callable[[Any], Any]] = {
    "Neg": lambda a: Batch(-a.factor) if isinstance(a, Batch) else -a, "Not": lambda a: not a,
    "Floor": rounding(floor_divide, math.floor), "Ceil": rounding(ceil_divide, math.ceil),
    "Round": rounding(lambda a, _: None, round),
    "Sqrt": lambda a: math.sqrt(a) if isinstance(a, (int, float)) else None,
    "Abs": lambda a: abs(a) if isinstance(a, (int, float)) else a,
}  # fmt: skip
# Whose numbers nobody makes shapes of.
ONLY_SHAPE = (
    "Exp", "Log", "Reciprocal", "Sign", "Sin", "Cos", "Tan", "Erf", "Tanh", "Sigmoid", "Softplus", "Clip", "CumSum",
    "Trilu", "IsNaN", "IsInf", "Softmax", "ScatterND", "ScatterElements", "QuantizeLinear", "DequantizeLinear",
    "Relu", "LeakyRelu", "BitwiseNot",
)  # fmt: skip
