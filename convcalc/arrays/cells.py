"""One number of an output, worked: the formula of its kind with what it sees put in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import Exact, Expr, Extremum, FunctionOf, Mul, Neg, Ratio, Real, Sum, children, rebuild
from convcalc.algebra.notation import decimal, to_tree
from convcalc.algebra.parser import parse
from convcalc.layers.window import NORMALISING, POINT
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.arrays.array import Place
    from convcalc.layers import Kind

Letters = Mapping[str, Any]  # trees by letter; None for a limit that there is not


class WorkedCell(NamedTuple):
    """A number of an output: where it is, how it is worked out, and what it is."""

    at: Place
    tree: Expr
    value: Any


def sum_of_groups(groups: Sequence[Sequence[Expr]]) -> Expr:
    """A sum; of several channels, one of the sums of each."""
    sums = [group[0] if len(group) == 1 else Sum(tuple(group)) for group in groups if group]
    if len(sums) == 1:
        return sums[0]
    return Sum(tuple(sums)) if sums else 0


def all_of(groups: Iterable[Iterable[Expr]]) -> tuple[Expr, ...]:
    return tuple(part for group in groups for part in group)


def difference(groups: Sequence[Sequence[Expr]]) -> Expr:
    first, *others = all_of(groups)
    return Sum((first, *map(Neg, others)))


# What is made of all that an output sees.
OVER_ALL: dict[str, Callable[[Sequence[Sequence[Expr]]], Expr]] = {
    "sum": sum_of_groups,
    "prod": lambda groups: Mul(all_of(groups)),
    "max": lambda groups: Extremum("max", all_of(groups)),
    "min": lambda groups: Extremum("min", all_of(groups)),
    "difference": difference,
}
FUNCTIONS = frozenset(("exp log sqrt tanh erf " + " ".join(OVER_ALL)).split())


# What is left out of a cell: a term of 0 and a factor of 1 that nobody has given.
ZERO, ONE = Sum(()), Mul(())


def cell_formula(text: str) -> Expr:
    return parse(text, FUNCTIONS)


def is_over_all(tree: Expr) -> bool:
    """Whether a formula is one of all that is seen, and not of a number alone."""
    return (isinstance(tree, FunctionOf) and tree.name in OVER_ALL) or any(map(is_over_all, children(tree)))


def sums_features(kind: Kind) -> bool:
    """Whether each number is made of all those along an axis, as of a softmax."""
    text = kind.cells.get("", "")
    if kind.window.type is NORMALISING:
        return True
    return kind.window is POINT and kind.inputs == 1 and kind.takes == "any" and is_over_all(cell_formula(text or "x"))


def worked_tree(formula: Expr, letters: Letters, groups: Sequence[Sequence[Letters]]) -> Expr:
    """A formula with numbers put in, spread over all that is seen."""
    return plain(fill(formula, letters, groups))


def fill(tree: Expr, letters: Letters, groups: Sequence[Sequence[Letters]]) -> Expr:
    """As `worked_tree`, in which ZERO and ONE are left out as far as they can be."""

    def part(inner: Expr) -> Expr:
        return plain(fill(inner, letters, groups))

    match tree:
        case str():
            found: Expr = letters[tree]
            return found
        case FunctionOf(name, body) if name in OVER_ALL:
            return OVER_ALL[name]([[plain(fill(body, one, ())) for one in group] for group in groups])
        case Sum(terms):
            filled = (fill(term, letters, groups) for term in terms)
            parts = [plain(term) for term in filled if term is not ZERO and term is not None]
            return Sum(joined_terms(parts)) if len(parts) > 1 else parts[0] if parts else ZERO
        case Mul(factors):
            parts = [factor for factor in (fill(factor, letters, groups) for factor in factors) if factor is not ONE]
            if any(factor is ZERO for factor in parts):
                return ZERO
            return Mul(tuple(parts)) if len(parts) > 1 else parts[0] if parts else ONE
        case Neg(term):
            return ZERO if (inside := fill(term, letters, groups)) is ZERO else Neg(plain(inside))
        case Ratio(top, bottom, rounding) if not isinstance(tree, Exact):
            above, below = fill(top, letters, groups), fill(bottom, letters, groups)
            return above if above is ZERO or below is ONE or below == 1 else Ratio(plain(above), plain(below), rounding)
        case Extremum(name, options):
            known = tuple(part(option) for option in options if letters.get(str(option), option) is not None)
            return Extremum(name, known) if len(known) > 1 else known[0]
        case Exact() if decimal(tree) is None:  # a constant of many digits
            return Real(tree.top / tree.bottom)  # type: ignore[operator]
    return rebuild(tree, part)


def plain(tree: Expr) -> Expr:
    """What is not left out after all."""
    return 0 if tree is ZERO else 1 if tree is ONE else tree


def joined_terms(parts: Sequence[Expr]) -> tuple[Expr, ...]:
    """The terms of a sum whose first one is a sum itself: a bias follows the products."""
    first = parts[0]
    return (*first.terms, *parts[1:]) if isinstance(first, Sum) else tuple(parts)


def number_tree(number: Any) -> Expr:
    """A number as it stands in a worked cell."""
    return Real(number) if isinstance(number, float) else to_tree(number)


def is_moved(tree: Expr) -> bool:
    """Whether nothing was worked out: the number is one of the input's."""
    return isinstance(tree, (int, Real, Exact))
