"""An equation as on a board: numbers put in, one operation undone after another, until the unknown is isolated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from convcalc.algebra.expr import Expr, ExprError, Mul, Neg, Ratio, Sum, divide, evaluate, has, letters
from convcalc.algebra.simplify import numbers_first, simplify, terms_of
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value


class Relation(NamedTuple):
    """low ≤ tree ≤ high, an equation where both are the same; `below` where the high end itself is excluded."""

    low: int | None
    tree: Expr
    high: int | None
    below: bool = False


def isolate(tree: Expr, letter: str, bindings: Mapping[str, Value], target: Value) -> Value:
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


def insert_values(tree: Expr, bindings: Mapping[str, Expr]) -> Expr:
    """The tree with its letters replaced, as a person writes it down: no ·1, no /1, closed brackets as numbers."""
    return numbers_first(simplify(tree, bindings))


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
                return [*chain, _collect_constants(low, top, high, letter)]
            case Ratio(int(), _, "floor"):
                return [*chain, Relation(low, Ratio(inner.top, inner.bottom, ""), high + 1, True)]
            case _:
                break
    if len(chain) > 1:
        return chain
    whole = _collect_constants(target, tree, target, letter, True)
    return [*chain, whole] if whole.tree not in (letter, tree) else chain


def _collect_constants(low: int, tree: Expr, high: int, letter: str, moved: bool = False) -> Relation:
    """The constants of a sum added up; `moved`, they go to the other side."""
    constant, parts, leads = 0, [], False
    for place, term in enumerate(terms_of(tree)):
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
