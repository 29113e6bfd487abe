"""Arithmetic as programs write it out: functions of each number, sums along axes, products by their letters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from convcalc.kinds.joining import broadcast_shape
from convcalc.kinds.keys import DECIMAL
from convcalc.layers import Key, Kind
from convcalc.layers.case import product
from convcalc.layers.window import CONTRACTING, POINTWISE, REDUCING, SCATTERED, Window
from convcalc.problem import problem

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers import Shape
    from convcalc.layers.case import Case

# What a function of each number is called; those that only put numbers in another order are last.
FUNCTIONS = (
    "scale", "shift", "divide", "power", "remainder", "abs", "neg", "sign", "square", "sqrt", "rsqrt", "reciprocal",
    "exp", "expm1", "log", "log2", "log10", "log1p", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "erf",
    "floor", "ceil", "round", "trunc", "clamp", "compare", "logic", "where", "mask", "noise", "cast", "cumsum",
    "cumprod", "fft", "acosh", "asinh", "atanh", "erfc", "erfinv", "exp2", "lgamma", "digamma", "logit", "sinc",
)  # fmt: skip
REORDERING = ("flip", "roll", "sort", "argsort", "shuffle", "shift_windows")
NUMBERED = {"+": "shift", "-": "shift", "*": "scale", "/": "divide", "%": "remainder", "**": "power"}  # by sign
REDUCTIONS = (
    "mean", "sum", "max", "min", "prod", "norm", "var", "std", "median", "logsumexp", "argmax", "argmin", "any", "all",
    "count_nonzero", "quantile", "mode",
)  # fmt: skip

ELEMENTWISE = Kind(
    "elementwise",
    "A function of each number without parameters, or of the numbers of several inputs at the same place.",
    keys=(
        Key("function", "", "which function", "word", words=(*FUNCTIONS, *REORDERING)),
        DECIMAL._replace(name="number", doc="of a factor, a summand, a divisor or a power: that number"),
        Key("first", "", "the number comes first, as in 1 − x and 1/x", "flag", False, quiet=True),
        DECIMAL._replace(name="min", doc="the smallest that is left by a clamp"),
        DECIMAL._replace(name="max", doc="the largest"),
    ),
    aliases=("pointwise",),
    shape=broadcast_shape,
    inputs=0,
    modes={"": Window(POINTWISE), **dict.fromkeys(REORDERING, Window(SCATTERED))},
    mode=lambda applied: applied.values["function"],
    counted_as="free",
    operator=True,
    derivative="input",
    example=("elementwise sqrt", "64x28x28"),
)  # fmt: skip


def number_args(sign: str, number: Any, first: bool) -> dict[str, Any]:
    """What a function of a tensor and a number is told: x − 2 adds −2, 2 − x has the number first."""
    if sign not in NUMBERED or number is None:
        return {}
    if sign == "-" and not first:
        text = str(number)
        number = text[1:] if text[:1] == "-" else f"-{text}"
    return {"number": number, **({"first": True} if first and sign not in "+*" else {})}


def reduced_places(case: Case) -> list[int]:
    """The axes that are reduced, as they are written: all, where none is named."""
    axes = case.values["axes"]
    return sorted(range(len(case.shape)) if axes is None else {case.place(axis, "axes") for axis in axes})


def reduced_shape(case: Case) -> Shape:
    case.channels = 0
    places, shape = reduced_places(case), case.to_layout(case.shape)
    if case.values["keep"]:
        return case.from_layout(tuple(1 if place in places else size for place, size in enumerate(shape)))
    return case.from_layout(tuple(size for place, size in enumerate(shape) if place not in places) or (1,))


REDUCE = Kind(
    "reduce",
    "One number for all along some axes: their mean, sum, largest, norm.",
    keys=(
        Key("how", "", "which number", "word", words=REDUCTIONS),
        Key("axes", "", "the axes, with the batch as 0; all, if none is named", "shape", None, aliases=("axis", "dim")),
        Key("keep", "", "leave the axes with a size of 1", "flag", False, aliases=("keepdim", "keepdims")),
    ),
    shape=reduced_shape,
    makes="features",
    window=Window(REDUCING),
    counted_as="free",
    operator=True,
    derivative="input",
    example=("reduce mean axes=[2,3]", "64x28x28"),
)

SIDES = r"[a-zA-Z]*(?:,[a-zA-Z]*)*->[a-zA-Z]*"


def einsum_sizes(case: Case) -> tuple[list[str], str, dict[str, Value]]:
    """The letters of each input and of the output, and the size of each letter."""
    equation = case.values["equation"]
    if not re.fullmatch(SIDES, equation):
        raise problem("V001", f"equation: {equation[:60]} is none", 'as "ij,jk->ik"')
    left, _, right = equation.partition("->")
    terms = left.split(",")
    if len(terms) != len(case.shapes):
        raise problem("C030", f"{equation} takes {len(terms)} inputs, here it has {len(case.shapes)}")
    sizes: dict[str, Value] = {}
    for term, shape in zip(terms, map(case.to_layout, case.shapes), strict=True):
        if len(term) != len(shape):
            raise problem("C011", f"{term} names {len(term)} axes, its input has {len(shape)}", equation)
        for letter, size in zip(term, shape, strict=True):
            agreed = case.agreed({size, sizes.get(letter, size)} - {1} or {1})
            if agreed is None:
                raise problem("C011", f"{letter} is {sizes[letter]} and {size} in {equation}", "make both equal")
            sizes[letter] = agreed
    if not set(right) <= sizes.keys() or len(set(right)) < len(right):
        raise problem("V001", f"equation: {right} must name letters of {left}, each once", 'as "ij,jk->ik"')
    return terms, right, sizes


def einsum_shape(case: Case) -> Shape:
    _, right, sizes = einsum_sizes(case)
    case.channels = 0
    return case.from_layout(tuple(sizes[letter] for letter in right) or (1,))


def einsum_letters(case: Case) -> dict[str, Value]:
    """v products: one for each choice of all the letters, where products are summed."""
    terms, right, sizes = einsum_sizes(case)
    written = "".join(map("".join, map(set, terms)))
    is_sum = any(written.count(letter) > 1 and letter not in right for letter in sizes)
    return {"v": product(sizes.values()) if is_sum else 0}


def with_batch(equation: str) -> str:
    """An equation whose every side has a letter more in front, for the batch."""
    letter = next(each for each in "bnacdefghijklmopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" if each not in equation)
    return re.sub("(^|,|->)", rf"\1{letter}", equation)


EINSUM = Kind(
    "einsum",
    "Products of its inputs, summed over the letters that its output does not have (Einstein's summation).",
    keys=(Key("equation", "", 'the letters of the axes, as "ij,jk->ik"', "text"),),
    shape=einsum_shape,
    letters=einsum_letters,
    macs="v",
    inputs=0,
    makes="features",
    window=Window(CONTRACTING),
    operator=True,
    derivative="input",
    meanings={"v": ("all sizes of the letters multiplied", "products")},
    example=('einsum "hid,hjd->hij"', "8x50x64", "8x50x64"),
)

KINDS = (ELEMENTWISE, REDUCE, EINSUM)
