"""Formulas, relations and shapes in one line: `222 ≤ 217 + 2p ≤ 223`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import Expr, Mul, letters, rebuild
from convcalc.algebra.notation import BOARD, to_tree, write
from convcalc.spec.layout import written_order

if TYPE_CHECKING:
    from convcalc.algebra.equation import Relation
    from convcalc.algebra.expr import Value
    from convcalc.algebra.interval import Range

LISTED = 8  # values named one by one


def shape(sides: Iterable[Any], channels_last: bool = False) -> str:
    """A shape (channels first) as text, in the order in which it was asked."""
    return "×".join(
        f"({text})" if " " in (text := short(side)) else text for side in written_order(sides, channels_last)
    )


def short(tree: Expr) -> str:
    return write(tree, BOARD)


def is_constant(tree: Expr) -> bool:
    return next(letters(tree), None) is None


def relation(step: Relation) -> str:
    middle = short(step.tree)
    if step.low is not None and step.low == step.high:
        return f"{middle} = {number(step.low)}"
    left = "" if step.low is None else f"{number(step.low)} ≤ "
    right = "" if step.high is None else f" {'<' if step.below else '≤'} {number(step.high)}"
    return f"{left}{middle}{right}"


def number(value: int) -> str:
    return f"{value:,}".replace("-", "−") if abs(value) > 9_999 else str(value).replace("-", "−")


def result(symbol: str, ranges: Iterable[Range]) -> str:
    """`p = 3`, `7 ≤ k ≤ 8`, `s ≥ 4`."""
    parts = []
    for first, last in ranges:
        if last is None:
            parts.append(f"{symbol} ≥ {number(first)}")
        elif first == last:
            parts.append(f"{symbol} = {number(first)}")
        else:
            parts.append(f"{number(first)} ≤ {symbol} ≤ {number(last)}")
    if len(parts) > LISTED:
        parts[LISTED:] = ["…"]
    return " or ".join(parts) or f"no whole {symbol}"


def letters_before_brackets(result: Value) -> Expr:
    """D·K − D as D·(K − 1): letters before brackets, as the lectures write it."""
    return letters_first(to_tree(result))


def letters_first(tree: Expr) -> Expr:
    if isinstance(tree, Mul):
        return Mul(
            tuple(sorted(map(letters_first, tree.factors), key=lambda factor: not isinstance(factor, (int, str))))
        )
    return rebuild(tree, letters_first)
