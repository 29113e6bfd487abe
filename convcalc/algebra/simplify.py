"""A formula without what does nothing in it, as a person leaves it out: no group, no bias, no ·1, no /1, no + 0."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from convcalc.algebra.expr import Expr, Mul, Neg, Ratio, Sum, evaluate, is_whole, letters, rebuild, substitute


def simplify(tree: Expr, bindings: Mapping[str, Any] | None = None) -> Expr:
    """The tree with letters replaced, and without factors of 1, terms of 0, division by 1, and brackets in a sum."""
    if bindings:
        replacements: dict[Expr, Expr] = {**bindings}  # type: ignore[dict-item]  # letters are trees
        tree = substitute(tree, replacements)
    match tree:
        case Sum(terms):
            return sum_of([simplify(term) for term in terms])
        case Mul(factors):
            return product_of([simplify(factor) for factor in factors])
        case Neg(term):
            inner = simplify(term)
            return 0 if inner == 0 else Neg(inner)
        case Ratio(top, bottom, rounding):
            above, below = simplify(top), simplify(bottom)
            divides = below != 1 or (rounding and not is_whole(above, lambda letter: True))
            return type(tree)(above, below, rounding) if divides else above
    return rebuild(tree, simplify)


@lru_cache(maxsize=4096)
def drop_rounding(tree: Expr) -> Expr:
    """The tree without its roundings: of divisions that are to come out even."""
    if isinstance(tree, Ratio):
        return Ratio(drop_rounding(tree.top), drop_rounding(tree.bottom), "")
    return rebuild(tree, drop_rounding)


def sum_of(terms: list[Expr]) -> Expr:
    """Their sum: numbers side by side become one, but the first term, the input, stays as it is."""
    parts: list[Expr] = []
    for place, term in enumerate([part for each in terms for part in terms_of(each)]):
        if place > 1 and len(parts) > 1 and is_closed(parts[-1]) and is_closed(term):
            number: Any = evaluate(Sum((parts[-1], term)), {})
            parts[-1] = Neg(-number) if number < 0 else number
        else:
            parts.append(term)
    kept = [part for place, part in enumerate(parts) if not place or part not in (0, Neg(0))]
    if all(isinstance(without_sign(part), int) for part in kept):
        return evaluate(Sum(tuple(kept)), {})  # type: ignore[return-value]  # whole
    return kept[0] if len(kept) == 1 else Sum(tuple(kept))


def product_of(factors: list[Expr]) -> Expr:
    """Their product: one of numbers only, 5·5·3, is left to be read."""
    kept = [part for each in factors for part in (each.factors if isinstance(each, Mul) else (each,)) if part != 1]
    if 0 in kept:
        return 0
    return (Mul(tuple(kept)) if len(kept) > 1 else kept[0]) if kept else 1


def terms_of(tree: Expr) -> list[Expr]:
    """The terms of a sum, a bracket after a minus opened."""
    match tree:
        case Sum(terms):
            return [part for term in terms for part in terms_of(term)]
        case Neg(Sum(terms)):
            return [part.term if isinstance(part, Neg) else Neg(part) for term in terms for part in terms_of(term)]
    return [tree]


def without_sign(tree: Expr) -> Expr:
    return tree.term if isinstance(tree, Neg) else tree


def is_closed(tree: Expr) -> bool:
    return isinstance(without_sign(tree), (int, Mul)) and not any(letters(tree))


def numbers_first(tree: Expr) -> Expr:
    """2·p for p·2."""
    if isinstance(tree, Mul) and any(letters(tree)):
        factors = sorted(tree.factors, key=lambda factor: not isinstance(factor, int))
        return Mul(tuple(map(numbers_first, factors)))
    return rebuild(tree, numbers_first)


def slope(formula: Expr, letter: str) -> Expr:
    """By how much a formula that is linear in a letter grows with it: the biases of (K·c + b)·f are f."""
    match formula:
        case str():
            return int(formula == letter)
        case Sum(terms):
            return sum_of([part for term in terms if (part := slope(term, letter)) != 0])
        case Neg(term):
            return simplify(Neg(slope(term, letter)))
        case Mul(factors):
            parts = [
                product_of([*factors[:index], slope(factor, letter), *factors[index + 1 :]])
                for index, factor in enumerate(factors)
                if letter in set(letters(factor))
            ]
            return sum_of(parts)
        case Ratio(top, bottom, ""):
            inner = slope(top, letter)
            return 0 if inner == 0 else Ratio(inner, bottom, "")
    return 0
