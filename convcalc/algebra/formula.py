"""A formula is shown worked: the letters, the numbers put in, each bracket made a number, the result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from convcalc.algebra.expr import Exact, Expr, Extremum, Mul, Ratio, Sum, TreeNode, children, evaluate, letters, rebuild
from convcalc.algebra.notation import decimal, shows_bottom, to_tree, write

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value


def steps(tree: Expr, bindings: Mapping[str, Value | Expr]) -> list[Expr]:
    """The tree as worked on a blackboard, first in letters and last its value; all steps are equal, no two look alike.

    A binding may be a closed tree, to show it: K = 5·5.  Where a symbol is put in, the result follows at once.
    An ExprError, as of `evaluate`, where there is no value.
    """
    shown = _insert(tree, {letter: to_tree(value) for letter, value in bindings.items()})
    worked = [tree, shown]
    if any(letters(shown)):
        worked.append(to_tree(evaluate(tree, values_of(bindings))))
    else:
        while not _is_number(worked[-1]):
            worked.append(_reduce(worked[-1]))
    return list({write(step): step for step in reversed(worked)}.values())[::-1]


def values_of(bindings: Mapping[str, Value | Expr]) -> dict[str, Value]:
    """The values of what is put in, of closed trees too."""
    return {
        letter: evaluate(value, {}) if isinstance(value, (str, TreeNode)) else value
        for letter, value in bindings.items()
    }


def _insert(tree: Expr, shown: Mapping[str, Expr]) -> Expr:
    """Letters replaced; a product put into a product needs no parentheses: K·c is 5·5·3."""
    match tree:
        case str():
            return shown.get(tree, tree)
        case Mul(factors):
            parts: list[Expr] = []
            for factor in factors:
                part = _insert(factor, shown)
                parts += part.factors if isinstance(factor, str) and isinstance(part, Mul) else (part,)
            return Mul(tuple(parts))
    return rebuild(tree, lambda child: _insert(child, shown))


def _is_number(tree: Expr) -> bool:
    return isinstance(tree, (int, Exact))


def _number(tree: Expr) -> Expr:
    return to_tree(evaluate(tree, {}))


def _is_ready(tree: Expr) -> bool:
    """Whether a reader takes it in at a glance: no bracket is left but one that rounds a single number."""
    match tree:
        case int() | Exact():
            return True
        case Ratio(top, bottom, "floor" | "ceil"):  # ⌊223/2⌋ is first shown as ⌊111.5⌋; ⌊7/3⌋ has no exact decimals
            numbers = _is_number(top) and _is_number(bottom)
            return numbers and (bottom == 1 or not decimal(_number(Ratio(top, bottom, ""))))
        case Extremum(_, options):
            return all(map(_is_number, options))
        case Sum(terms):
            return all(map(_is_ready, terms))
    return all(_is_ready(child) and not isinstance(child, Sum) for child in children(tree))


def _has_rounding(tree: Expr) -> bool:
    return isinstance(tree, Extremum) or bool(getattr(tree, "rounding", "")) or any(map(_has_rounding, children(tree)))


def _reduce(tree: Expr) -> Expr:
    """One line further down the blackboard: every innermost bracket becomes a number."""
    if _is_ready(tree):
        return _number(tree)
    match tree:
        case Sum():
            return rebuild(tree, lambda term: term if _is_ready(term) else _reduce(term))
        case Ratio(top, bottom, rounding) if rounding and _is_number(top) and _is_number(bottom):
            return Ratio(_number(Ratio(top, bottom, "")), 1, rounding)
        case Ratio(top, 1, rounding) if not shows_bottom(tree):  # ⌊16·1.5⌋ is 24, not ⌊24/1⌋
            shorter = Ratio(_reduce(top), 1, rounding)
            return _number(shorter) if shows_bottom(shorter) else shorter
        case Ratio() | Extremum():
            return rebuild(tree, _reduce_bracket)
    return rebuild(tree, lambda part: part if _is_ready(part) and not isinstance(part, Sum) else _reduce_bracket(part))


def _reduce_bracket(tree: Expr) -> Expr:
    """A bracket made a number at once, unless something inside is rounded on the way."""
    return _reduce(tree) if _has_rounding(tree) else _number(tree)
