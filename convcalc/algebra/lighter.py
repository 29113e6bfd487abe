"""A formula without what does nothing in it, as a lecturer leaves it out: no group, no bias, a factor of 1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from convcalc.algebra.expr import Expr, Mul, Neg, Node, Ratio, Sum, evaluate, letters, rebuild
from convcalc.algebra.notation import to_tree


def lightened(formula: Expr, trivial: Mapping[str, Any]) -> Expr:
    """The formula with trivial letters put in, and without factors of 1, terms of 0 and division by 1."""
    match formula:
        case str():
            put_in: Expr = trivial.get(formula, formula)
            return put_in
        case Sum(terms):
            return added([lightened(term, trivial) for term in terms])
        case Mul(factors):
            return multiplied([lightened(factor, trivial) for factor in factors])
        case Neg(term):
            inner = lightened(term, trivial)
            return 0 if inner == 0 else Neg(inner)
        case Ratio(top, bottom, rounding):
            below = lightened(bottom, trivial)
            above = lightened(top, trivial)
            return above if below == 1 and not rounding else Ratio(above, below, rounding)
    return rebuild(formula, lambda child: lightened(child, trivial)) if isinstance(formula, Node) else formula


def added(terms: list[Expr]) -> Expr:
    """Their sum, without brackets in it: k − 1 + 1 is k, and l − 1 is 0 for one layer."""
    kept: list[Expr] = []
    for term in terms:
        kept += term.terms if isinstance(term, Sum) else (term,)
    numbers = [term for term in kept if isinstance(term.term if isinstance(term, Neg) else term, int)]
    total = evaluate(Sum(tuple(numbers)), {})
    if total == 0 or len(numbers) == len(kept):
        kept = [term for term in kept if term not in numbers]
        kept += [to_tree(total)] if total != 0 or not kept else []
    return Sum(tuple(kept)) if len(kept) > 1 else kept[0]


def multiplied(factors: list[Expr]) -> Expr:
    kept: list[Expr] = []
    for factor in factors:
        kept += factor.factors if isinstance(factor, Mul) else (factor,)
    if 0 in kept:
        return 0
    kept = [factor for factor in kept if factor != 1]
    return (Mul(tuple(kept)) if len(kept) > 1 else kept[0]) if kept else 1


def slope(formula: Expr, letter: str) -> Expr:
    """By how much a formula that is linear in a letter grows with it: the biases of (K·c + b)·f are f."""
    match formula:
        case str():
            return int(formula == letter)
        case Sum(terms):
            return added([slope(term, letter) for term in terms])
        case Neg(term):
            return lightened(Neg(slope(term, letter)), {})
        case Mul(factors):
            parts = [
                multiplied([*factors[:index], slope(factor, letter), *factors[index + 1 :]])
                for index, factor in enumerate(factors)
                if letter in set(letters(factor))
            ]
            return added(parts)
        case Ratio(top, bottom, ""):
            inner = slope(top, letter)
            return 0 if inner == 0 else Ratio(inner, bottom, "")
    return 0
