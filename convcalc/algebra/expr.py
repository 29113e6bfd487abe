"""A formula is a small frozen tree that keeps the order its author wrote it in.

Leaves are plain `int` and `str` (a letter).  `a - b` is `Sum((a, Neg(b)))`, `floor(a/b)` is `Ratio(a, b, "floor")`;
nothing is ever reordered or simplified, so that a formula prints as the textbook has it.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from convcalc.algebra.limits import (
    MAX_BITS,
    MAX_DEPTH,
    MAX_DIGITS,
    MAX_TEXT,
    TOO_LARGE,
    UNLIMITED,
    bits,
    bounded,
    budget,
)
from convcalc.algebra.limits import ExprError as ExprError
from convcalc.algebra.limits import TooInvolved as TooInvolved
from convcalc.algebra.numeral import numeral

if TYPE_CHECKING:
    from fractions import Fraction

    from convcalc.algebra.poly import Poly

    Value: TypeAlias = int | Fraction | Poly


class UnknownName(ExprError):
    """A letter that has no value here."""

    def __init__(self, name: str):
        super().__init__(f"unknown name {name}")
        self.name = name


class Node:
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


Expr: TypeAlias = "int | str | Node"


class Sum(Node):
    terms: tuple[Expr, ...]
    __slots__ = __match_args__ = ("terms",)


class Neg(Node):
    term: Expr
    __slots__ = __match_args__ = ("term",)


class Mul(Node):
    factors: tuple[Expr, ...]
    __slots__ = __match_args__ = ("factors",)


class Ratio(Node):
    top: Expr
    bottom: Expr
    rounding: str  # "", "floor" or "ceil"
    __slots__ = __match_args__ = ("top", "bottom", "rounding")


class Exact(Ratio):
    """A fraction that is one number, as a decimal, a value or a result is: 111.5, where a `Ratio` would be 223/2."""

    __slots__ = ()


class Power(Node):
    base: Expr
    exponent: Expr
    __slots__ = __match_args__ = ("base", "exponent")


class Extremum(Node):
    name: str  # "min" or "max"
    options: tuple[Expr, ...]
    __slots__ = __match_args__ = ("name", "options")


@lru_cache(maxsize=4096)
def parse(text: str) -> Expr:
    """The tree of an arithmetic text over numbers, names, + - * / // % **, floor, ceil, min and max."""
    if len(text) > MAX_TEXT:
        raise ExprError(f"an expression may have at most {MAX_TEXT:,} characters, this one has {len(text):,}")
    try:
        text = text.strip()
        with warnings.catch_warnings():
            warnings.simplefilter("error", SyntaxWarning)  # Python reads 5and 3 with only a warning
            body = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        column = getattr(error, "offset", None) or 1
        raise ExprError("this is not arithmetic", column - 1) from None
    try:
        tree = _tree(body, text)
        if len(text) <= MAX_DEPTH or depth(tree) <= MAX_DEPTH:
            return tree
    except RecursionError:
        pass
    raise TooInvolved("this expression is nested too deeply")


def _tree(node: ast.expr, text: str) -> Expr:
    match node:
        case ast.Constant(value=bool()):
            pass
        case ast.Constant(value=int(number)):
            if number.bit_length() > MAX_DIGITS * 10 // 3:
                raise ExprError(f"a number may have at most {MAX_DIGITS} digits", node.col_offset)
            if text.isascii() and not text[node.col_offset : node.end_col_offset].isdecimal():
                raise ExprError("write numbers with digits alone", node.col_offset)  # not 0x10, 0b11, 1_000
            return number
        case ast.Constant(value=float()):
            exact = numeral(ast.get_source_segment(text, node) or "")
            if exact is None:
                raise ExprError("write numbers with digits alone", node.col_offset)  # not 1_0.5
            return exact if isinstance(exact, int) else Exact(exact.numerator, exact.denominator, "")
        case ast.Name(id=name):
            return name
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return Neg(_tree(operand, text))
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _tree(operand, text)
        case ast.BinOp(left=left, op=op, right=right):
            a, b = _tree(left, text), _tree(right, text)
            match op:
                case ast.Add():
                    return Sum((*_terms(a), b))
                case ast.Sub():
                    return Sum((*_terms(a), Neg(b)))
                case ast.Mult():
                    return Mul((*(a.factors if isinstance(a, Mul) else (a,)), b))
                case ast.Div():
                    return Ratio(a, b, "")
                case ast.FloorDiv():
                    return Ratio(a, b, "floor")
                case ast.Mod():  # a mod b = a - b*floor(a/b)
                    return Sum((a, Neg(Mul((b, Ratio(a, b, "floor"))))))
                case ast.Pow():
                    return Power(a, b)
        case ast.Call(func=ast.Name(id="floor" | "ceil" as rounding), args=[inside], keywords=[]):
            tree = _tree(inside, text)
            if isinstance(tree, Ratio) and not tree.rounding:
                return Ratio(tree.top, tree.bottom, rounding)
            return Ratio(tree, 1, rounding)
        case ast.Call(func=ast.Name(id="min" | "max" as name), args=[_, _, *_] as options, keywords=[]):
            return Extremum(name, tuple(_tree(option, text) for option in options))
    raise ExprError("only numbers, names, + - * / // % **, floor, ceil, min and max are read", node.col_offset)


def _terms(tree: Expr) -> tuple[Expr, ...]:
    return tree.terms if isinstance(tree, Sum) else (tree,)


def evaluate(tree: Expr, letters: Mapping[str, Value]) -> Value:
    """The exact value of a tree: int for ints in, a Fraction where a plain division leaves one, Poly for symbols.

    Where no budget is open it has one of its own: TooInvolved where symbols take more steps.
    """
    if budget.left == UNLIMITED:
        with budget():
            return EVALUATE[type(tree)](tree, letters)
    return EVALUATE[type(tree)](tree, letters)


def _letter(tree: str, letters: Mapping[str, Value]) -> Value:
    try:
        return letters[tree]
    except KeyError:
        raise UnknownName(tree) from None


def _sum(tree: Sum, letters: Mapping[str, Value]) -> Value:
    total: Value = 0
    for term in tree.terms:
        total = total + EVALUATE[type(term)](term, letters)
    return bounded(total)


def _product(tree: Mul, letters: Mapping[str, Value]) -> Value:
    product: Value = 1
    for factor in tree.factors:
        product = product * EVALUATE[type(factor)](factor, letters)
    return bounded(product)


def _extremum(tree: Extremum, letters: Mapping[str, Value]) -> Value:
    values = [evaluate(option, letters) for option in tree.options]
    if not any(hasattr(value, "terms") for value in values):  # a Poly among them
        return (min if tree.name == "min" else max)(values)  # type: ignore[type-var]
    from convcalc.algebra import poly

    return poly.extremum(tree.name, values)


class ByClass(dict[type, Callable[[Any, Mapping[str, "Value"]], "Value"]]):
    """A table by class of node, twice as fast here as matching patterns one after another; subclasses inherit."""

    def __missing__(self, cls: type) -> Callable[[Any, Mapping[str, Value]], Value]:
        for parent in cls.__mro__:
            if parent in self:
                return self[parent]
        raise TypeError(f"not a formula: {cls.__name__}")


EVALUATE = ByClass(
    {
        int: lambda tree, letters: tree,
        str: _letter,
        Sum: _sum,
        Neg: lambda tree, letters: -evaluate(tree.term, letters),
        Mul: _product,
        Ratio: lambda tree, letters: ROUND[tree.rounding](evaluate(tree.top, letters), evaluate(tree.bottom, letters)),
        Power: lambda tree, letters: power(evaluate(tree.base, letters), evaluate(tree.exponent, letters)),
        Extremum: _extremum,
    }
)


def divide(top: Value, bottom: Value) -> Value:
    """top/bottom exactly: an int where it is whole, otherwise a Fraction (or a symbolic quotient)."""
    if isinstance(top, int) and isinstance(bottom, int):
        if not bottom:
            raise ExprError("division by zero")
        whole, rest = divmod(top, bottom)
        if not rest:
            return whole
        from fractions import Fraction

        return Fraction(top, bottom)
    if not bottom:
        raise ExprError("division by zero")
    quotient: Value = top / bottom  # type: ignore[assignment]  # Fraction and Poly divide exactly
    return bounded(quotient)


def floor_divide(top: Value, bottom: Value) -> Value:
    if not bottom:
        raise ExprError("division by zero")
    return top // bottom


def ceil_divide(top: Value, bottom: Value) -> Value:
    """⌈a/b⌉ = −⌊−a/b⌋."""
    return -floor_divide(-top, bottom)


ROUND: dict[str, Callable[[Value, Value], Value]] = {"": divide, "floor": floor_divide, "ceil": ceil_divide}


def power(base: Value, exponent: Value) -> Value:
    if not isinstance(exponent, int) or exponent < 0:
        raise ExprError("an exponent must be a whole number, 0 or more")
    if (bits(base) - 1) * exponent > MAX_BITS:
        raise ExprError(TOO_LARGE)
    return bounded(base**exponent)


def children(tree: Expr) -> tuple[Expr, ...]:
    match tree:
        case Sum(parts) | Mul(parts) | Extremum(_, parts):
            return parts
        case Ratio(top, bottom, _):
            return (top, bottom)
        case Neg(term):
            return (term,)
        case Power(base, exponent):
            return (base, exponent)
    return ()


def depth(tree: Expr) -> int:
    return 1 + max(map(depth, children(tree)), default=0)


def rebuild(tree: Expr, change: Callable[[Expr], Expr]) -> Expr:
    """The same node over changed children."""
    match tree:
        case Sum(terms):
            return Sum(tuple(map(change, terms)))
        case Mul(factors):
            return Mul(tuple(map(change, factors)))
        case Extremum(name, options):
            return Extremum(name, tuple(map(change, options)))
        case Ratio(top, bottom, rounding):
            return type(tree)(change(top), change(bottom), rounding)
        case Neg(term):
            return Neg(change(term))
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
