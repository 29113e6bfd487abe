"""Formulas, relations, shapes, values and counts in one line: `222 ≤ 217 + 2p ≤ 223`, `7 or 8`, `760 parameters`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import Expr, Mul, letters, rebuild
from convcalc.algebra.notation import BOARD, to_tree, write
from convcalc.network.quantity import QUANTITIES
from convcalc.spec.layout import written_order

if TYPE_CHECKING:
    from convcalc.algebra.equation import Relation
    from convcalc.algebra.expr import Value
    from convcalc.algebra.interval import Range
    from convcalc.solving.runs import ValueRun

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


def how_many(count: int | None) -> str:
    return f" ({count:,} values)" if count is not None and count > LISTED else ""


def runs_in_words(runs: Iterable[ValueRun]) -> str:
    """`7 or 8`, `1 to 13,157`, `0, 1, 2, …`, `140, 156, 172, … 508`."""
    parts: list[str] = []
    for run in runs:
        first = [number(run.first + place * run.step) for place in range(3)]
        if run.last is None:
            parts.append(", ".join(first) + ", …")
        elif run.size <= 4:
            parts += [number(value) for value in range(run.first, run.last + 1, run.step)]
        elif run.step == 1:
            parts.append(f"{number(run.first)} to {number(run.last)}")
        else:
            parts.append(f"{', '.join(first)}, … {number(run.last)}")
    if len(parts) > 2 * LISTED:
        parts[LISTED:-1] = ["…"]
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} or {parts[-1]}"


def amount(count: int, name: str, word: str | None = None) -> str:
    """`760 parameters`, `receptive field 7`."""
    word = QUANTITIES[name].word if word is None else word
    return (f"{word} {count:,}" if name == "receptive_field" else f"{count:,} {word}").strip()
