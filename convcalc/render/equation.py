"""Formulas, relations and shapes in one line: `222 ≤ 217 + 2p ≤ 223`, in ASCII where a terminal knows no more."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import Expr, Mul, letters, rebuild
from convcalc.algebra.notation import to_tree, write
from convcalc.language.layout import written_order

if TYPE_CHECKING:
    from convcalc.algebra.equation import Relation
    from convcalc.algebra.expr import Value
    from convcalc.algebra.interval import Range
    from convcalc.questions.reasons import Equation

LISTED = 8  # values named one by one
SIGNS = str.maketrans(
    {
        "⟺": "<=>",
        "⟸": "<==",
        "≤": "<=",
        "≥": ">=",
        "×": "x",
        "−": "-",
        "·": "*",
        "…": "...",
        "→": "->",
        "²": "^2",
        "³": "^3",
    }
)


def plain(lines: Iterable[str]) -> Iterator[str]:
    """The same where a terminal knows only ASCII."""
    for line in lines:
        text = re.sub("⌊([^⌊⌋]*)⌋", r"floor(\1)", re.sub("⌊([^⌊⌋]*)⌋", r"floor(\1)", line))
        text = re.sub("⌈([^⌈⌉]*)⌉", r"ceil(\1)", text)
        yield text.translate(SIGNS).encode("ascii", "replace").decode()


def shape(sides: Iterable[Any], channels_last: bool = False) -> str:
    """A shape (channels first) as text, in the order in which it was asked."""
    return "×".join(
        f"({text})" if " " in (text := short(side)) else text for side in written_order(sides, channels_last)
    )


def short(tree: Any) -> str:
    """A formula without the dots between a number and a letter, or a bracket: 2p, 2(k − 1)."""
    text = tree if isinstance(tree, str) else write(tree)
    text = re.sub(r"(?<![A-Za-z_])([A-Za-z])·(?=\()", r"\1", text)
    return re.sub(r"(?<![\d.·])(\d+)·(?=[A-Za-z](?![A-Za-z_])|\()", r"\1", text)


def is_constant(equation: Equation) -> bool:
    return next(letters(equation.relations[0].tree), None) is None


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


def brought_out(result: Value | None) -> Expr:
    """D·K − D as D·(K − 1): letters before brackets, as the lectures write it."""
    if result is None or not hasattr(result, "terms"):
        return to_tree(result)  # type: ignore[arg-type]
    from convcalc.algebra.factored import factored

    return letters_first(factored(result))


def letters_first(tree: Expr) -> Expr:
    if isinstance(tree, Mul):
        return Mul(
            tuple(sorted(map(letters_first, tree.factors), key=lambda factor: not isinstance(factor, (int, str))))
        )
    return rebuild(tree, letters_first)
