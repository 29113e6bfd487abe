"""A kind's templates filled in, as the lectures write layers: `MaxPool(K=2, S=2)`, `20 x (1 x 5 x 5 + 1)`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import ExprError, evaluate, letters
from convcalc.algebra.parser import parse
from convcalc.render.script import is_loose

if TYPE_CHECKING:
    from convcalc.layer.applied import Applied

HOLE = re.compile(r"\{([^{}]*)\}")
UNSAID = "pdg"  # settings that a label leaves out while they are what they usually are


def fill(template: str, applied: Applied, in_product: bool = False) -> str:
    """The template with its {formulas} evaluated; an ExprError where a letter has no value here.

    {k} is one number, or 3x5 where axes differ; {K} the sides written out, 5 x 5; { + b} vanishes where it is 0.
    As part of a product a symbolic sum is put in brackets.
    """

    def value(hole: re.Match[str]) -> str:
        text = hole[1]
        if text.startswith(" + "):
            found = evaluate(parse(text[3:]), applied.letters)
            return "" if found == 0 else f" + {found}"
        if text == "K":
            return " x ".join(str(axis["k"]) for axis in applied.axes)
        return axes_text(text, applied, bracketed_sum if in_product else str)

    return HOLE.sub(value, template)


def bracketed_sum(value: Any) -> str:
    """A value as part of a product: a sum in brackets."""
    return f"({value})" if is_loose(value) else str(value)


def axes_text(text: str, applied: Applied, write: Callable[[Any], str] = str) -> str:
    """A formula's value: once, or once per axis where they differ."""
    tree = parse(text)
    if applied.axes and any(letter in applied.axes[0] for letter in letters(tree) if letter not in applied.letters):
        found = [one_side(text, axis) or write(evaluate(tree, {**applied.letters, **axis})) for axis in applied.axes]
        return found[0] if all(each == found[0] for each in found) else "x".join(found)
    return write(evaluate(tree, applied.letters))


def one_side(text: str, axis: dict[str, Any]) -> str:
    """Padding that differs before and after: 0+1."""
    return f"{axis['p_l']}+{axis['p_r']}" if text == "p" and axis["p_l"] != axis["p_r"] else ""


def label(applied: Applied, otherwise: str) -> str:
    """The layer in the lecture's words, with the settings that its template leaves out where they matter."""
    template = applied.setting.kind.label or applied.setting.kind.class_name
    try:
        text = fill(template, applied) or otherwise
    except ExprError:
        return otherwise
    if "=" in template and text.endswith(")"):
        usual = {key.symbol: key.default for key in applied.setting.kind.keys}
        for symbol in UNSAID:
            if f"{{{symbol}}}" not in template and symbol in usual:
                shown = axes_text(symbol, applied)
                if shown != str(usual[symbol]):
                    text = f"{text[:-1]}, {symbol.upper()}={shown})"
    return text


def parameter_arithmetic(applied: Applied) -> str:
    """The arithmetic of the layer's parameters, or their number where no template has it."""
    if applied.parameters == 0 or not applied.setting.kind.drawn:
        return str(applied.parameters)
    try:
        return fill(applied.setting.kind.drawn, applied, in_product=True)
    except ExprError:
        return str(applied.parameters)
