"""The cure of a restriction that is not met: what each letter would have to be, found by the solver."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from convcalc.case import tree
from convcalc.expr import Expr, ExprError, Neg, Sum, evaluate
from convcalc.kinds.record import sides

if TYPE_CHECKING:
    from convcalc.expr import Value
    from convcalc.invert import Range
    from convcalc.kinds.record import Kind, Need

NAMES = {"n": "input", "c": "input channels"}


def cures(kind: Kind, need: Need, known: Mapping[str, Value], sided: bool) -> list[str]:
    """`kernel ≤ 4`, `padding ≥ 1`: for each letter that may change, the values that meet the restriction."""
    found = (values(kind, need, known, sided, letter) for letter in need.cures.split())
    return [cure for cure in found if cure]


def values(kind: Kind, need: Need, known: Mapping[str, Value], sided: bool, letter: str) -> str:
    if letter not in known or (sided and letter == "p"):
        return ""
    if not all(isinstance(value, int) for value in known.values()):
        return ""
    key = next((key for key in kind.keys if key.symbol == letter), None)
    low = key.low if key else 1
    name = key.name if key else NAMES.get(letter, letter)
    left_text, operator, right_text = sides(need.condition)
    left, right = tree(left_text, sided), tree(right_text, sided)
    try:
        if operator == "==":
            return nearest(name, left, right, letter, known, low)
        slack: Expr = Sum((right, Neg(left))) if operator == "<=" else Sum((right, Neg(left), Neg(1)))
        return between(name, at_least_zero(slack, letter, known, low), low)
    except ExprError:
        return ""


def at_least_zero(slack: Expr, letter: str, known: Mapping[str, Value], low: int) -> list[Range]:
    from convcalc.invert import solve_inequality

    return solve_inequality(slack, letter, known, low)  # type: ignore[arg-type]  # all ints here


def between(name: str, ranges: list[Range], low: int) -> str:
    """One range as a condition; none or several are no cure that a person could use."""
    if len(ranges) != 1:
        return ""
    first, last = ranges[0]
    if last is None:
        return f"{name} ≥ {first}" if first > low else ""
    if first == last:
        return f"{name} = {first}"
    return f"{name} ≤ {last}" if first <= low else f"{name} from {first} to {last}"


def nearest(name: str, left: Expr, right: Expr, letter: str, known: Mapping[str, Value], low: int) -> str:
    """The nearest values on either side that meet an equation."""
    here = known[letter]
    assert isinstance(here, int)

    def holds(value: int) -> bool:
        try:
            return evaluate(left, {**known, letter: value}) == evaluate(right, {**known, letter: value})
        except ExprError:
            return False

    near = 10_000
    below = next((value for value in range(here - 1, max(low - 1, here - near), -1) if holds(value)), None)
    above = next((value for value in range(here + 1, here + near) if holds(value)), None)
    found = [str(value) for value in (below, above) if value is not None]
    return f"{name} = {' or '.join(found)}" if found else ""
