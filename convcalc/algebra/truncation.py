"""Quotients for where the division of whole numbers drops what is left over, towards 0."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.algebra.expr import (
    TRUNCATED,
    ExprError,
    Extremum,
    Mul,
    Neg,
    Power,
    Ratio,
    Sum,
    evaluate,
    letters,
    rebuild,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from convcalc.algebra.expr import Expr

    Least = Callable[[Expr], int | None]  # what a tree never falls below; None where that is not known


def truncating(tree: Expr, least: Least) -> Expr:
    """The tree with truncated quotients where they are the floors and ceilings; other floors stay as they are.

    ⌈a/b⌉ = ⌊(a + b − 1)/b⌋, and ⌊a/b⌋ = ⌊(a + k·b)/b⌋ − k.  Divisors are above 0.
    """
    tree = rebuild(tree, lambda child: truncating(child, least))
    if isinstance(tree, Sum) and any(isinstance(term, Sum) for term in tree.terms):
        return add(*tree.terms)
    if not isinstance(tree, Ratio) or not tree.rounding:
        return tree
    (a, b), (c, d) = quotient(tree.top), quotient(tree.bottom)
    top, bottom = multiply(a, d), multiply(b, c)
    if tree.rounding == "ceil":
        top = add(top, bottom, -1)
    if bottom == 1:
        return top
    low = least(top)
    if low is None or (low < 0 and not isinstance(bottom, int)):
        return Ratio(top, bottom, "floor")
    if low >= 0:
        return Ratio(top, bottom, TRUNCATED)
    assert isinstance(bottom, int)
    shift = -(low // bottom)
    return add(Ratio(add(top, shift * bottom), bottom, TRUNCATED), -shift)


def as_one_quotient(tree: Expr) -> Expr:
    """The tree with a plain division at most around all of it."""
    top, bottom = quotient(tree)
    return tree if bottom == 1 else Ratio(top, bottom, "")


def quotient(tree: Expr) -> tuple[Expr, Expr]:
    """A tree as one quotient, with a divisor above 0, of trees without a plain division."""
    match tree:
        case Ratio(top, bottom, ""):
            (a, b), (c, d) = quotient(top), quotient(bottom)
            return multiply(a, d), multiply(b, c)
        case Neg(term):
            top, bottom = quotient(term)
            return Neg(top), bottom
        case Mul(factors):
            pairs = [quotient(factor) for factor in factors]
            return multiply(*(top for top, _ in pairs)), multiply(*(bottom for _, bottom in pairs))
        case Power(base, int(exponent)):
            top, bottom = quotient(base)
            return Power(top, exponent), 1 if bottom == 1 else Power(bottom, exponent)
        case Sum(parts) | Extremum(_, parts):
            pairs = [quotient(part) for part in parts]
            divisors = dict.fromkeys(bottom for _, bottom in pairs if bottom != 1)
            tops = [
                multiply(top, *(other for other in divisors if other != bottom)) if divisors else top
                for top, bottom in pairs
            ]
            whole: Expr = Extremum(tree.name, tuple(tops)) if isinstance(tree, Extremum) else add(*tops)
            return whole, multiply(*divisors)
    return tree, 1


def add(*terms: Expr) -> Expr:
    """Their sum, its numbers as one, which is last."""
    parts = [part for term in terms for part in (term.terms if isinstance(term, Sum) else (term,))]
    number = sum(map(numeral, parts))
    others = [part for part in parts if not is_numeral(part)]
    if number:
        others.append(number if number > 0 or not others else Neg(-number))
    return Sum(tuple(others)) if len(others) > 1 else others[0] if others else 0


def is_numeral(tree: Expr) -> bool:
    return isinstance(tree, int) or (isinstance(tree, Neg) and isinstance(tree.term, int))


def numeral(tree: Expr) -> int:
    """A number with its sign; 0 for what is none."""
    if isinstance(tree, Neg) and isinstance(tree.term, int):
        return -tree.term
    return tree if isinstance(tree, int) else 0


def multiply(*factors: Expr) -> Expr:
    """Their product, its numbers as one, which is first."""
    parts = [part for factor in factors for part in (factor.factors if isinstance(factor, Mul) else (factor,))]
    number = 1
    for part in parts:
        number *= numeral(part) if is_numeral(part) else 1
    others = [part for part in parts if not is_numeral(part)]
    if not number or not others:
        return number
    return Mul((number, *others)) if number != 1 else Mul(tuple(others)) if len(others) > 1 else others[0]


def least_of_letters(tree: Expr) -> int | None:
    """What a tree never falls below where its letters are above 0; None where that is not known."""
    from convcalc.algebra.bounds import least
    from convcalc.algebra.poly import symbol

    try:
        low = least(evaluate(tree, {letter: symbol(letter) for letter in letters(tree)}))
    except ExprError:
        return None
    return None if low is None else low // 1
