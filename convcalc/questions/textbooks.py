"""A source's way of writing the formulas: its letters, and the order in which it has the terms."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import Expr, Mul, Ratio, Sum, children, evaluate, letters, rebuild, substitute
from convcalc.algebra.parser import parse
from convcalc.kinds.convolution import CONV_SIZE, TCONV_SIZE
from convcalc.kinds.pooling import CEIL_SIZE, without_dilation
from convcalc.layers.case import AXES
from convcalc.questions.work import times
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.layers import Kind
    from convcalc.layers.applied import Applied


class Textbook(NamedTuple):
    name: str
    source: str
    letters: Mapping[str, str]  # ours → theirs
    features: Mapping[str, str]  # as letters, of a layer that acts on features
    sides: Mapping[str, str]  # the input's size by axis; under "" where it is said of several axes
    outputs: Mapping[str, str]  # the output's
    of_axis: str  # a letter of a single axis: {0} the letter, {1} the axis's number, {2} its initial
    # Our formula of a size → theirs; the first holds that leaves out nothing which the layer has, and rounds where that
    # is needed.
    sizes: Mapping[str, tuple[str, ...]]
    pooled: Mapping[str, tuple[str, ...]] = {}  # those that it has of poolings
    of_pooling: Mapping[str, str] = {}  # as letters, of a pooling

    def versions(self, kind: Kind, text: str) -> tuple[str, ...]:
        """Its ways to write our formula of a size."""
        return (self.pooled.get(text, ()) if kind.pools else ()) or self.sizes.get(text, ())


POOL_SIZE, POOL_CEIL = without_dilation(CONV_SIZE), without_dilation(CEIL_SIZE)
POOLINGS, SAME_SIZE = (CONV_SIZE, POOL_SIZE, "floor((n - k)/s) + 1"), "ceil(n/s)"

PYTORCH = Textbook(
    "pytorch",
    "PyTorch 2 documentation, torch.nn.Conv2d, MaxPool2d, AvgPool2d, ConvTranspose2d",
    {
        "c": "in_channels", "f": "out_channels", "k": "kernel_size", "s": "stride", "p": "padding", "d": "dilation",
        "g": "groups", "op": "output_padding", "r": "scale_factor", "e": "num_features",
    },
    {"c": "in_features", "f": "out_features"},
    {"": "H_in", "height": "H_in", "width": "W_in", "length": "L_in", "depth": "D_in"},
    {"": "H_out", "height": "H_out", "width": "W_out", "length": "L_out", "depth": "D_out"},
    "{0}[{1}]",
    {
        CONV_SIZE: (
            "floor((H_in + 2*padding - kernel_size)/stride + 1)",
            "floor((H_in + 2*padding - dilation*(kernel_size - 1) - 1)/stride + 1)",
        ),
        POOL_SIZE: ("floor((H_in + 2*padding - kernel_size)/stride + 1)",),
        CEIL_SIZE: (
            "ceil((H_in + 2*padding - kernel_size)/stride + 1)",
            "ceil((H_in + 2*padding - dilation*(kernel_size - 1) - 1)/stride + 1)",
        ),
        POOL_CEIL: ("ceil((H_in + 2*padding - kernel_size)/stride + 1)",),
        TCONV_SIZE: (
            "(H_in - 1)*stride - 2*padding + kernel_size + output_padding",
            "(H_in - 1)*stride - 2*padding + dilation*(kernel_size - 1) + output_padding + 1",
        ),
        "floor(n*r)": ("floor(H_in*scale_factor)",),
    },
)  # fmt: skip

# The notes want a whole number and write no floor; where the division leaves a rest, this is what is meant.
CS231N = Textbook(
    "cs231n",
    "Stanford CS231n, Convolutional neural networks, course notes",
    {"c": "D1", "f": "K", "k": "F", "s": "S", "p": "P", "e": "D1"},
    {"c": "D1", "f": "K"},
    {"": "W", "height": "H", "width": "W", "length": "W", "depth": "T"},
    {"": "W2", "height": "H2", "width": "W2", "length": "W2", "depth": "T2"},
    "{0}_{2}",
    {
        CONV_SIZE: (
            "(W - F + 2*P)/S + 1", "floor((W - F + 2*P)/S) + 1",
            "(W - (d*(F - 1) + 1) + 2*P)/S + 1", "floor((W - (d*(F - 1) + 1) + 2*P)/S) + 1",
        ),
    },
    dict.fromkeys(POOLINGS, ("(W - F)/S + 1", "floor((W - F)/S) + 1", "floor((W - F + 2*P)/S) + 1")),
)  # fmt: skip

EECS498 = Textbook(
    "eecs498",
    "University of Michigan EECS 498, Deep learning for computer vision, lecture slides",
    {"c": "C_in", "f": "C_out", "k": "K", "s": "S", "p": "P", "d": "D", "g": "G", "op": "OP", "e": "C", "D": "dims"},
    {},
    {"": "W", "height": "H", "width": "W", "length": "W", "depth": "T"},
    {"": "W'", "height": "H'", "width": "W'", "length": "W'", "depth": "T'"},
    "{0}_{2}",
    {
        CONV_SIZE: (
            "(W - K + 2*P)/S + 1", "floor((W - K + 2*P)/S) + 1",
            "(W - D*(K - 1) - 1 + 2*P)/S + 1", "floor((W - D*(K - 1) - 1 + 2*P)/S) + 1",
        ),
        TCONV_SIZE: ("(W - 1)*S - 2*P + (K - 1) + 1 + OP", "(W - 1)*S - 2*P + D*(K - 1) + 1 + OP"),
    },
    dict.fromkeys(POOLINGS, (
        "(W - K)/S + 1", "floor((W - K)/S) + 1", "(W - K + 2*P)/S + 1", "floor((W - K + 2*P)/S) + 1",
        "floor((W - D*(K - 1) - 1 + 2*P)/S) + 1",
    )),
)  # fmt: skip

DUMOULIN = Textbook(
    "dumoulin",
    "Dumoulin & Visin 2016, A guide to convolution arithmetic for deep learning, relationships 5 to 15",
    {"c": "m", "f": "n", "op": "a", "m": "multiplier"},
    {"c": "m", "f": "n"},
    {"": "i", "height": "i_1", "width": "i_2", "length": "i", "depth": "i_0"},
    {"": "o", "height": "o_1", "width": "o_2", "length": "o", "depth": "o_0"},
    "{0}_{1}",
    {
        CONV_SIZE: ("floor((i + 2*p - k)/s) + 1", "floor((i + 2*p - k - (k - 1)*(d - 1))/s) + 1"),
        TCONV_SIZE: ("s*(i - 1) + a + k - 2*p", "s*(i - 1) + a + k + (k - 1)*(d - 1) - 2*p"),
    },
    dict.fromkeys(POOLINGS, (
        "floor((i - k)/s) + 1", "floor((i + 2*p - k)/s) + 1", "floor((i + 2*p - k - (k - 1)*(d - 1))/s) + 1",
    )),
)  # fmt: skip

KERAS = Textbook(
    "keras",
    "Keras documentation of MaxPooling2D (Keras 3) and Conv2DTranspose (Keras 2); TensorFlow's of tf.nn.convolution",
    {
        "c": "channels", "f": "filters", "k": "kernel_size", "s": "strides", "p": "padding", "d": "dilation_rate",
        "g": "groups", "op": "output_padding", "m": "depth_multiplier", "r": "size", "e": "channels",
    },
    {"c": "features", "f": "units"},
    {"": "rows", "height": "rows", "width": "cols", "length": "steps", "depth": "depth"},
    {"": "new_rows", "height": "new_rows", "width": "new_cols", "length": "new_steps", "depth": "new_depth"},
    "{0}[{1}]",
    {
        CONV_SIZE: (
            "ceil((rows - kernel_size + 1)/strides)",
            "ceil((rows + 2*padding - kernel_size + 1)/strides)",
            "ceil((rows - (kernel_size - 1)*dilation_rate)/strides)",
            "ceil((rows + 2*padding - (kernel_size - 1)*dilation_rate)/strides)",
        ),
        SAME_SIZE: ("ceil(rows/strides)",),
        TCONV_SIZE: (
            "(rows - 1)*strides + kernel_size - 2*padding + output_padding",
            "(rows - 1)*strides + dilation_rate*(kernel_size - 1) + 1 - 2*padding + output_padding",
        ),
        "n*s": ("rows*strides",),
        "(n - 1)*s + max(d*(k - 1) + 1, s)": ("rows*strides + max(kernel_size - strides, 0)",),
    },
    {
        **dict.fromkeys(POOLINGS, (
            "floor((rows - pool_size)/strides) + 1", "floor((rows + 2*padding - pool_size)/strides) + 1",
            "floor((rows + 2*padding - dilation_rate*(pool_size - 1) - 1)/strides) + 1",
        )),
        SAME_SIZE: ("floor((rows - 1)/strides) + 1",),
    },
    {"k": "pool_size"},
)  # fmt: skip

# A version that leaves one of these out is for layers that have none of it.
NEUTRAL = {"p": 0, "p_l": 0, "p_r": 0, "d": 1, "op": 0}
TEXTBOOKS = {book.name: book for book in (PYTORCH, CS231N, EECS498, DUMOULIN, KERAS)}


class Translated(NamedTuple):
    """A formula in a source's letters, what they stand for, and which letter of ours each is."""

    formula: Expr
    bindings: Mapping[str, Any]
    ours: Mapping[str, str]


def translate(
    book: Textbook, applied: Applied, ours: Expr, bindings: Mapping[str, Any], text: str, axes: tuple[str, ...]
) -> Translated:
    """Our formula as a source has it, or in its letters where it has none; `text` is ours as the record has it."""
    kind = applied.setting.kind
    names = dict(book.letters)
    if kind.takes == "features":
        names.update(book.features)
    if kind.pools:
        names.update(book.of_pooling)
    axis = axes[0] if len(axes) == 1 else ""
    names["n"] = book.sides[axis]
    sided = {"p_l", "p_r"} & set(letters(ours))
    for end in ("_l", "_r") if sided else ():
        names[f"p{end}"] = names.get("p", "p") + end
    back = {theirs: letter for letter, theirs in names.items()}
    telling = [letter for letter, neutral in NEUTRAL.items() if bindings.get(letter, neutral) != neutral]
    for version in book.versions(kind, text):
        found = source_formula(version, book.sides[""], book.sides[axis], names.get("p", "p") if sided else "")
        known = {letter: back.get(letter, letter) for letter in letters(found)}
        if not set(telling) <= set(known.values()) <= bindings.keys():
            continue
        bound = {theirs: bindings[letter] for theirs, letter in known.items()}
        if is_even(found, bound):
            return Translated(found, bound, back)
    return rename_letters(book, applied, ours, bindings, names)


@lru_cache(maxsize=256)
def source_formula(version: str, main: str, side: str, sided: str) -> Expr:
    """A source's formula of one axis, with unequal sides of padding where there are."""
    found = substitute(parse(version), {main: side})
    if sided:
        found = substitute(found, {Mul((2, sided)): Sum((f"{sided}_l", f"{sided}_r")), sided: f"{sided}_l"})
    return found


def is_even(formula: Expr, known: Mapping[str, Any]) -> bool:
    """Whether no division that is written without rounding leaves a rest."""
    if isinstance(formula, Ratio) and not formula.rounding:
        return bool(evaluate(formula, known) == evaluate(Ratio(formula.top, formula.bottom, "floor"), known))
    return all(is_even(child, known) for child in children(formula))


def rename_letters(
    book: Textbook, applied: Applied, ours: Expr, bindings: Mapping[str, Any], names: dict[str, str]
) -> Translated:
    """Our formula in a source's letters: those of the kernel, one per axis, instead of K."""
    replaced: dict[Expr, Expr] = {}
    known: dict[str, Any] = {}
    back: dict[str, str] = {}

    def bind(letter: str, theirs: str, value: Any) -> str:
        known[theirs], back[theirs] = value, letter
        return theirs

    sides = AXES.get(len(applied.axes), ())
    for letter in dict.fromkeys(letters(ours)):
        value = bindings[letter]
        single = {"K": "k", "S": "s", "A": "d"}.get(letter)
        if letter in ("M", "N") and applied.axes and isinstance(value, Mul | int):
            table = book.sides if letter == "M" else book.outputs
            factors = value.factors if isinstance(value, Mul) else (value,)
            if len(factors) != len(sides):
                replaced[letter] = bind(letter, names.get(letter, letter), value)
                continue
            called = [table[side] for side in sides]
            own = {"M": "n", "N": "o"}[letter]
            if book is DUMOULIN and len(set(factors)) == 1:
                called = [table[""]] * len(sides)
            replaced[letter] = times(*(bind(own, *pair) for pair in zip(called, factors, strict=True)))
        elif single and applied.axes:
            theirs = names.get(single, single)
            each = [axis[single] for axis in applied.axes]
            called = [theirs] * len(each)
            if len(set(each)) > 1:
                called = [book.of_axis.format(theirs, at, side[0]) for at, side in enumerate(sides)]
            replaced[letter] = times(*(bind(single, *pair) for pair in zip(called, each, strict=True)))
        else:
            replaced[letter] = bind(letter, names.get(letter, letter), value)
    return Translated(flat(substitute(ours, replaced)), known, back)


def flat(formula: Expr) -> Expr:
    """A product within a product needs no brackets."""
    formula = rebuild(formula, flat)
    if isinstance(formula, Mul):
        factors: list[Expr] = []
        for factor in formula.factors:
            factors += factor.factors if isinstance(factor, Mul) else (factor,)
        return Mul(tuple(factors))
    return formula
