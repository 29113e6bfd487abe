"""An equation as on a board: numbers put in, one operation undone after another, until the unknown is isolated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from convcalc.algebra.expr import (
    Expr,
    ExprError,
    Mul,
    Neg,
    Ratio,
    Sum,
    children,
    divide,
    evaluate,
    letters,
    rebuild,
    substitute,
)
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value


class Relation(NamedTuple):
    """low ≤ tree ≤ high, an equation where both are the same; `below` where the high end itself is excluded."""

    low: int | None
    tree: Expr
    high: int | None
    below: bool = False


def has(tree: Expr, letter: str) -> bool:
    return letter in letters(tree)


def isolated(tree: Expr, letter: str, bindings: Mapping[str, Value], target: Value) -> Value:
    """The letter for which the tree is the target, all divisions taken as exact; the other letters may be symbols.

    An ExprError where the letter occurs twice, or where no law here undoes what is around it.
    """
    if list(letters(tree)).count(letter) != 1:
        raise ExprError(f"{letter} does not stand exactly once")
    while tree != letter:
        match tree:
            case Sum(terms):
                (inner,) = (term for term in terms if has(term, letter))
                for term in terms:
                    if term is not inner:
                        target = target - evaluate(term, bindings)
            case Mul(factors):
                (inner,) = (factor for factor in factors if has(factor, letter))
                for factor in factors:
                    if factor is not inner:
                        target = divide(target, evaluate(factor, bindings))
            case Neg(term):
                inner, target = term, -target
            case Ratio(top, bottom, _) if has(top, letter):
                inner, target = top, target * evaluate(bottom, bindings)
            case Ratio(top, bottom, _):
                inner, target = bottom, divide(evaluate(top, bindings), target)
            case _:
                raise ExprError(f"{letter} cannot be brought out of this formula")
        tree = inner
    return target


def put_in(tree: Expr, bindings: Mapping[str, Expr]) -> Expr:
    """The tree with its letters replaced, as a person writes it down: no ·1, no /1, closed brackets as numbers."""
    replacements: dict[Expr, Expr] = dict(bindings.items())
    return _tidy(substitute(tree, replacements))


def relations(tree: Expr, letter: str, target: int, exact: bool = False) -> list[Relation]:
    """The equation tree = target, and what it says of the part around the unknown; the tree has no other letter.

    ⌊y/q⌋ = t ⟺ tq ≤ y ≤ tq + q − 1 for whole y; `exact` takes divisions as exact ones.
    """
    chain = [Relation(target, tree, target)]
    low, high, inner = target, target, tree
    while inner != letter:
        match inner:
            case Sum(terms):
                known = [term for term in terms if not has(term, letter)]
                rest = [term for term in terms if has(term, letter)]
                if len(rest) != 1:
                    break
                less = sum(_number(term) for term in known)
                low, high, inner = low - less, high - less, rest[0]
                if isinstance(inner, Mul) and low == high:
                    chain.append(Relation(low, inner, high))
            case Neg(term):
                low, high, inner = -high, -low, term
            case Mul(factors) if low == high:
                rest = [factor for factor in factors if has(factor, letter)]
                times = _number(Mul(tuple(factor for factor in factors if not has(factor, letter))))
                if len(rest) != 1 or times < 1:
                    break
                if inner not in (Mul((times, rest[0])), Mul((rest[0], times))):
                    chain.append(Relation(low, Mul((times, rest[0])), low))
                if low % times:
                    break
                low, high, inner = low // times, high // times, rest[0]
                if isinstance(inner, Sum):
                    chain.append(Relation(low, inner, high))
            case Ratio(top, int(q), rounding) if has(top, letter) and q > 0:
                if exact or not rounding:
                    low, high = low * q, high * q
                elif rounding == "floor":
                    low, high = low * q, high * q + q - 1
                else:
                    low, high = (low - 1) * q + 1, high * q
                return [*chain, _gathered_relation(low, top, high, letter)]
            case Ratio(int(), _, "floor"):
                return [*chain, Relation(low, Ratio(inner.top, inner.bottom, ""), high + 1, True)]
            case _:
                break
    if len(chain) > 1:
        return chain
    whole = _gathered_relation(target, tree, target, letter, True)
    return [*chain, whole] if whole.tree not in (letter, tree) else chain


def _gathered_relation(low: int, tree: Expr, high: int, letter: str, moved: bool = False) -> Relation:
    """The constants of a sum added up; `moved`, they go to the other side."""
    constant, parts, leads = 0, [], False
    for place, term in enumerate(_terms(tree)):
        if has(term, letter):
            parts.append(term)
            leads = leads or place == 0
        else:
            constant += _number(term)
    if moved or (leads and not constant):
        less = constant if moved else 0
        low, high, constant = low - less, high - less, constant - less
        if len(parts) == 1 and isinstance(parts[0], Neg):
            low, high, parts = -high, -low, [parts[0].term]
    if not constant:
        whole: Expr = parts[0] if len(parts) == 1 else Sum(tuple(parts))
    else:
        number: Expr = Neg(-constant) if constant < 0 and leads else constant
        whole = Sum((*parts, number)) if leads else Sum((number, *parts))
    return Relation(low, whole, high)


def _number(tree: Expr) -> int:
    value = evaluate(tree, {})
    if not isinstance(value, int):
        raise ExprError("not a whole number")
    return value


def _tidy(tree: Expr) -> Expr:
    match tree:
        case Sum(terms):
            return _sum([part for term in terms for part in _terms(_tidy(term))])
        case Neg(term):
            inner = _tidy(term)
            return Neg(inner)
        case Mul(factors):
            # A product of numbers only, 5·5·3, is left to be read.
            tidy = [factor for factor in map(_tidy, factors) if factor != 1]
            flat = [part for factor in tidy for part in (factor.factors if isinstance(factor, Mul) else (factor,))]
            if 0 in flat:
                return 0
            if any(map(_has_letters, flat)):
                flat = [part for part in flat if isinstance(part, int)] + [
                    part for part in flat if not isinstance(part, int)
                ]
            return flat[0] if len(flat) == 1 else Mul(tuple(flat)) if flat else 1
        case Ratio(top, bottom, rounding):
            above, below = _tidy(top), _tidy(bottom)
            if below == 1 and (not rounding or _is_whole(above)):
                return above
            return type(tree)(above, below, rounding)
    return rebuild(tree, _tidy)


def _sum(terms: list[Expr]) -> Expr:
    """Adjacent numbers become one, but the first term, the input, stays as it is."""
    parts: list[Expr] = []
    for place, term in enumerate(terms):
        last = parts[-1] if parts else None
        if place > 1 and last is not None and len(parts) > 1 and _closed_sum(last) and _closed_sum(term):
            number = _number(Sum((last, term)))
            parts[-1] = Neg(-number) if number < 0 else number
        else:
            parts.append(term)
    kept = [part for place, part in enumerate(parts) if not place or part not in (0, Neg(0))]
    if not any(map(_has_letters, kept)) and all(isinstance(_bare(part), int) for part in kept):
        return _number(Sum(tuple(kept)))
    return kept[0] if len(kept) == 1 else Sum(tuple(kept))


def _bare(tree: Expr) -> Expr:
    return tree.term if isinstance(tree, Neg) else tree


def _closed_sum(tree: Expr) -> bool:
    return isinstance(_bare(tree), (int, Mul)) and not _has_letters(tree)


def _has_letters(tree: Expr) -> bool:
    return next(letters(tree), None) is not None


def _is_whole(tree: Expr) -> bool:
    """Whether letters, which stand for whole numbers here, and numbers are joined without a division."""
    if isinstance(tree, Ratio):
        return bool(tree.rounding)
    return all(map(_is_whole, children(tree)))


def _terms(tree: Expr) -> list[Expr]:
    """The terms of a sum, a bracket after a minus opened."""
    match tree:
        case Sum(terms):
            return [part for term in terms for part in _terms(term)]
        case Neg(Sum(terms)):
            return [part.term if isinstance(part, Neg) else Neg(part) for term in terms for part in _terms(term)]
    return [tree]
