"""A formula is a small frozen tree that keeps the order its author wrote it in.

Leaves are plain `int` and `str` (a letter).  `a - b` is `Sum((a, Neg(b)))`, `floor(a/b)` is `Ratio(a, b, "floor")`;
nothing is ever reordered or simplified, so that a formula prints as the textbook has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from convcalc.algebra.limits import (
    MAX_BITS,
    TOO_LARGE,
    UNLIMITED,
    bits,
    budget,
    lowest_terms,
)
from convcalc.algebra.limits import ExprError as ExprError
from convcalc.algebra.limits import TooInvolved as TooInvolved

if TYPE_CHECKING:
    from fractions import Fraction
    from typing import TypeGuard, TypeVar

    from convcalc.algebra.poly import Poly

    Number: TypeAlias = int | Fraction
    Value: TypeAlias = Number | Poly
    V = TypeVar("V", Number, Value)


class UnknownName(ExprError):
    """A letter that has no value here."""

    def __init__(self, name: str):
        super().__init__(f"unknown name {name}")
        self.name = name


class TreeNode:
    """A frozen record, equal to another of its own class with equal fields."""

    __slots__ = ()
    __match_args__: tuple[str, ...] = ()

    def __init__(self, *fields: Any):
        for name, field in zip(self.__match_args__, fields, strict=True):
            object.__setattr__(self, name, field)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen")

    def _fields(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in self.__match_args__)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self._fields() == other._fields()

    def __hash__(self) -> int:
        return hash((type(self), self._fields()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self._fields()))})"


Expr: TypeAlias = "int | str | TreeNode"


class Sum(TreeNode):
    terms: tuple[Expr, ...]
    __slots__ = __match_args__ = ("terms",)


class Neg(TreeNode):
    term: Expr
    __slots__ = __match_args__ = ("term",)


class Mul(TreeNode):
    factors: tuple[Expr, ...]
    __slots__ = __match_args__ = ("factors",)


class Ratio(TreeNode):
    top: Expr
    bottom: Expr
    rounding: str  # "", "floor", "ceil" or TRUNCATED
    __slots__ = __match_args__ = ("top", "bottom", "rounding")


class Exact(Ratio):
    """A fraction that is one number, as a decimal, a value or a result is: 111.5, where a `Ratio` would be 223/2."""

    __slots__ = ()


class Power(TreeNode):
    base: Expr
    exponent: Expr
    __slots__ = __match_args__ = ("base", "exponent")


class FunctionOf(TreeNode):
    """A function of one number; over several of them, `sum(x*w)` or `max(x)`, it has no value before it is spread."""

    name: str
    argument: Expr
    __slots__ = __match_args__ = ("name", "argument")


class Real(TreeNode):
    """A number that is not exact: what an exponential has given."""

    value: float
    __slots__ = __match_args__ = ("value",)


class Extremum(TreeNode):
    name: str  # "min" or "max"
    options: tuple[Expr, ...]
    __slots__ = __match_args__ = ("name", "options")


def evaluate(tree: Expr, letters: Mapping[str, V]) -> V:
    """The exact value of a tree: int for ints in, a Fraction where a plain division leaves one, Poly for symbols.

    Where no budget is open it has one of its own: TooInvolved where symbols take more steps.
    """
    if budget.left == UNLIMITED:
        with budget():
            return _value(tree, letters)
    return _value(tree, letters)


def _value(tree: Expr, letters: Mapping[str, V]) -> V:
    """As `evaluate`, within its budget."""
    return EVALUATE[type(tree)](tree, letters)  # type: ignore[return-value]  # of numbers, a number


def _letter(tree: str, letters: Mapping[str, Value]) -> Value:
    try:
        return letters[tree]
    except KeyError:
        raise UnknownName(tree) from None


def _sum(tree: Sum, letters: Mapping[str, Value]) -> Value:
    total: Value = 0
    for term in tree.terms:
        total = total + EVALUATE[type(term)](term, letters)
    return lowest_terms(total)


def _product(tree: Mul, letters: Mapping[str, Value]) -> Value:
    product: Value = 1
    for factor in tree.factors:
        product = product * EVALUATE[type(factor)](factor, letters)
    return lowest_terms(product)


def extremum(name: str, *values: V) -> V:
    """The least or the largest of several values; `name` is "min" or "max"."""
    try:
        return (min if name == "min" else max)(values)  # type: ignore[type-var]
    except TypeError:  # symbols have no order
        from convcalc.algebra import bounds

        return bounds.extremum(name, values)  # type: ignore[return-value]  # there are symbols


INTEGERS = frozenset({int})


def sum_of(values: Iterable[Value]) -> Value:
    """Their sum: symbolic ones in one pass, since one after another they would be copied time and again."""
    values = list(values)
    if INTEGERS.issuperset(map(type, values)) or not any(map(is_symbolic, values)):
        return sum(values)
    from convcalc.algebra import poly

    return poly.sum_of(values)


def _quotient(tree: Ratio, letters: Mapping[str, Value]) -> Value:
    return ROUND[tree.rounding](_value(tree.top, letters), _value(tree.bottom, letters))


def _call(tree: FunctionOf, letters: Mapping[str, Value]) -> Any:
    """A float, or exact where a root is; an ExprError where there is no such number, or none so large."""
    import math

    number = _value(tree.argument, letters)
    if number == (1 if tree.name == "log" else 0):
        return 1 if tree.name == "exp" else 0
    try:
        if tree.name == "sqrt" and number >= 0:  # type: ignore[operator]
            top, bottom = (math.isqrt(getattr(number, part, 0)) for part in ("numerator", "denominator"))
            if bottom and top * top == number * bottom * bottom:
                return divide(top, bottom)
        return getattr(math, tree.name)(number)
    except OverflowError:
        return math.inf
    except ValueError:
        raise ExprError(f"{tree.name} of {number} is no number") from None


# By class of node: twice as fast here as matching patterns one after another.
EVALUATE: dict[type, Callable[[Any, Mapping[str, Value]], Value]] = {
    int: lambda tree, letters: tree,
    bool: lambda tree, letters: tree,
    str: _letter,
    Sum: _sum,
    Neg: lambda tree, letters: -_value(tree.term, letters),
    Mul: _product,
    Ratio: _quotient,
    Exact: _quotient,
    Power: lambda tree, letters: power(_value(tree.base, letters), _value(tree.exponent, letters)),
    FunctionOf: _call,
    Real: lambda tree, letters: tree.value,
    Extremum: lambda tree, letters: extremum(tree.name, *(_value(each, letters) for each in tree.options)),
}


# What a value is, asked without importing fractions or polynomials: a run without symbols needs neither.


def is_number(value: object) -> TypeGuard[Number]:
    """Whether it is an int or a Fraction."""
    return hasattr(value, "denominator")


def is_fraction(value: object) -> TypeGuard[Fraction]:
    return type(value) is not int and hasattr(value, "denominator") and not isinstance(value, int)  # most are ints


def is_symbolic(value: object) -> TypeGuard[Poly]:
    return type(value) is not int and hasattr(value, "terms") and not isinstance(value, TreeNode)


def divide(top: V, bottom: V) -> V:
    """top/bottom exactly: an int where it is whole, otherwise a Fraction (or a symbolic quotient)."""
    if not bottom:
        raise ExprError("division by zero")
    if isinstance(top, int) and isinstance(bottom, int):
        whole, rest = divmod(top, bottom)
        if not rest:
            return whole
        from fractions import Fraction

        return Fraction(top, bottom)
    quotient: V = top / bottom  # type: ignore[assignment]  # Fraction and Poly divide exactly
    return lowest_terms(quotient)


def floor_divide(top: Value, bottom: Value) -> Value:
    if not bottom:
        raise ExprError("division by zero")
    return top // bottom


def ceil_divide(top: Value, bottom: Value) -> Value:
    """⌈a/b⌉ = −⌊−a/b⌋."""
    return -floor_divide(-top, bottom)


TRUNCATED = "truncated"  # the rounding of a quotient that is not below 0
ROUND: dict[str, Callable[[Value, Value], Value]] = {
    "": divide,
    "floor": floor_divide,
    "ceil": ceil_divide,
    TRUNCATED: floor_divide,
}


def power(base: V, exponent: Value) -> V:
    if not isinstance(exponent, int) or exponent < 0:
        raise ExprError("an exponent must be a whole number, 0 or more")
    if (bits(base) - 1) * exponent > MAX_BITS:
        raise ExprError(TOO_LARGE)
    return lowest_terms(base**exponent)


def children(tree: Expr) -> tuple[Expr, ...]:
    match tree:
        case Sum(parts) | Mul(parts) | Extremum(_, parts):
            return parts
        case Ratio(top, bottom, _):
            return (top, bottom)
        case Neg(term) | FunctionOf(_, term):
            return (term,)
        case Power(base, exponent):
            return (base, exponent)
    return ()


def depth(tree: Expr) -> int:
    return 1 + max(map(depth, children(tree)), default=0)


def rebuild(tree: Expr, change: Callable[[Expr], Expr]) -> Expr:
    """The same node over changed children."""
    match tree:
        case Sum(parts) | Mul(parts):
            return type(tree)(tuple(map(change, parts)))
        case Extremum(name, options):
            return Extremum(name, tuple(map(change, options)))
        case Ratio(top, bottom, rounding):
            return type(tree)(change(top), change(bottom), rounding)
        case Neg(term):
            return Neg(change(term))
        case FunctionOf(name, argument):
            return FunctionOf(name, change(argument))
        case Power(base, exponent):
            return Power(change(base), change(exponent))
    return tree


def letters(tree: Expr) -> Iterator[str]:
    """The letters of a tree, in reading order, repeated as often as they occur."""
    if isinstance(tree, str):
        yield tree
    for child in children(tree):
        yield from letters(child)


def substitute(tree: Expr, replacements: Mapping[Expr, Expr]) -> Expr:
    """The tree with every subtree that is a key replaced; `{"p": 2}` puts numbers in, `{Mul((2, "p")): …}` rewrites."""
    if tree in replacements:
        return replacements[tree]
    return rebuild(tree, lambda child: substitute(child, replacements))


def has(tree: Expr, letter: str) -> bool:
    return letter in letters(tree)


def is_whole(tree: Expr, is_whole_letter: Callable[[str], bool]) -> bool:
    """Whether a tree has whole values only, by its form."""
    if isinstance(tree, str):
        return is_whole_letter(tree)
    if isinstance(tree, Ratio):
        return bool(tree.rounding)
    return all(is_whole(part, is_whole_letter) for part in children(tree))
