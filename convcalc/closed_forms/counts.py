"""The counts of a layer by the formulas of its record, not multiplied out: products of sizes, each a form by itself."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from convcalc.algebra.expr import ExprError, Mul, Neg, Ratio, Sum, evaluate, is_symbolic, rebuild
from convcalc.algebra.parser import parse
from convcalc.layers.case import product as product_of

if TYPE_CHECKING:
    from convcalc.algebra.expr import Expr, Value
    from convcalc.closed_forms.table import FormTable
    from convcalc.layers.applied import Applied

# Counts with a formula of their own; every other one is what it is multiplied out.
FORMULAS = {"parameters": 0, "buffers": 1}  # among those that a layer has in force


def place_of_count(table: FormTable, applied: Applied, name: str) -> int:
    """The place of a count: by its formula where that is what the count is, else by its value."""
    value: Value = getattr(applied, name)
    known = table.find(value)
    if known is not None or not is_symbolic(value):
        return table.place(value)
    if name == "activations":
        return table.place_of_product(value, applied.output)
    text = applied.formulas[FORMULAS[name]] if name in FORMULAS else getattr(applied.setting.kind, name)
    formula = parse(text) if text else None
    if formula is None or not is_value(formula, applied, value):
        return table.place(value)
    tree = clear(over_places(table, formula, applied))
    return table.add(value, tree)


def is_value(formula: Expr, applied: Applied, value: Value) -> bool:
    try:
        return bool(evaluate(formula, applied.letters) == value)
    except ExprError:
        return False


def over_places(table: FormTable, tree: Expr, applied: Applied) -> Expr:
    """A formula with the places of its letters, a number of positions as the product of the sizes it is of."""
    if isinstance(tree, str):
        value = applied.letters[tree]
        for sizes in (applied.output[1:], applied.output[:-1], *(shape[1:] for shape in applied.input), *applied.input):
            if len(sizes) > 1 and is_symbolic(value) and product_of(sizes) == value:
                return str(table.place_of_product(value, sizes))
        return table.leaf(value)
    return rebuild(tree, lambda child: over_places(table, child, applied))


def clear(tree: Expr) -> Expr:
    """The tree without factors of 1, terms of 0 and quotients of numbers; all of it, where it is one number, that."""
    tree = rebuild(tree, clear)
    match tree:
        case Mul(factors) if 0 in factors:
            return 0
        case Mul(factors):
            return joined_factors(
                *(part for each in factors for part in (each.factors if isinstance(each, Mul) else (each,)))
            )
        case Sum(terms):
            left = [term for term in terms if term not in (0, Neg(0))]
            return Sum(tuple(left)) if len(left) > 1 else left[0] if left else 0
        case Ratio(top, 1, _):
            return top
        case Ratio(int(top), int(bottom), "") if top % bottom == 0:
            return top // bottom
    return tree


def joined_factors(*factors: Expr) -> Expr:
    """Their product, its numbers as one, which leads."""
    number = prod(factor for factor in factors if isinstance(factor, int))
    others = [factor for factor in factors if not isinstance(factor, int)]
    found = [number, *others] if number != 1 or not others else others
    return Mul(tuple(found)) if len(found) > 1 else found[0]
