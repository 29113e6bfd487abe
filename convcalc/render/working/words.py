"""Worked quantities in words: their labels, the remarks on them, and what the letters mean."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from convcalc.algebra.expr import Exact, Expr, Ratio, Sum, divide
from convcalc.algebra.notation import decimal, to_tree
from convcalc.network.quantity import TABLE

if TYPE_CHECKING:
    from convcalc.layers import Kind
    from convcalc.questions.work import Remark, Worked

# A sentence: words, and chains of equal trees between them.
Sentence: TypeAlias = "tuple[str | tuple[Expr, ...], ...]"

LABELS = {
    "size": "Output", "grid": "Windows along", "channels": "Output channels", "features": "Output features",
    "rows": "Output rows", "windows": "Output columns", "shape": "Output", "padding": "Padding in all",
    "rf_jump": "Earlier strides", **{quantity.name: quantity.title for quantity in TABLE},
}  # fmt: skip
# What is shown below another quantity, where that is shown.
PARTS = {
    "weights": ("parameters", "weights"), "biases": ("parameters", "biases"),
    "rf_jump": ("receptive_field", "earlier strides"), "rf_stride": ("receptive_field", "stride"),
    "rf_offset": ("receptive_field", "offset"), "rf_centre": ("receptive_field", "centre"),
}  # fmt: skip
LINES = {"height": "row", "width": "column", "depth": "slice", "length": "cell"}


def label(work: Worked, shown: frozenset[str]) -> str:
    """`Output height and width`; two spaces before what belongs to a line above."""
    above, short = PARTS.get(work.name, ("", ""))
    text = f"  {short}" if above in shown else LABELS[work.name]
    axes = listing(work.axes)
    source = next((remark.facts["name"] for remark in work.remarks if remark.code == "on input"), "")
    if source:
        text = f"{text} on {source}"
    return f"{text} {axes}".rstrip() if work.name in ("size", "grid") else f"{text}, {axes}" if axes else text


def listing(words: Iterable[str]) -> str:
    *first, last = words or ("",)
    return f"{', '.join(first)} and {last}" if first else last


def lines(axes: tuple[str, ...], number: int) -> str:
    """`the last row and column`, `the last 2 rows`."""
    names = [LINES[axis] + ("s" if number > 1 else "") for axis in axes]
    return f"the last {f'{number} ' if number > 1 else ''}{listing(names)}"


# What is said, by the code of a remark: words with its facts in them, or a function of those and of its axes.


def dropped_cells(facts: Mapping[str, Any], axes: tuple[str, ...]) -> Sentence:
    cells, padding = facts["cells"], facts["padding"]
    many = cells > 1 or len(axes) > 1
    what = (
        f": {lines(axes, cells)} of the {'padded ' if facts['padded'] else ''}input {'are' if many else 'is'} not used"
    )
    if not facts["padded"]:
        end = ""
    elif padding == cells:
        end = f"; {'they are' if many else 'it is'} padding"
    elif not padding:
        end = f"; {'they are' if many else 'it is'} no padding"
    else:
        end = f"; {padding} of them {'is' if padding == 1 else 'are'} padding, {cells - padding} of the input itself"
    return (quotient(facts), f" is rounded down{what}{end}")


def cells_beyond(facts: Mapping[str, Any], axes: tuple[str, ...]) -> Sentence:
    cells = facts["cells"]
    names = listing([LINES[axis] + ("s" if cells > 1 else "") for axis in axes])
    return (quotient(facts), f" is rounded up: the last window reaches {cells} {names} beyond the padded input")


def quotient(facts: Mapping[str, Any]) -> tuple[Expr, ...]:
    """223/2 = 111.5, and 4/3 = 1 + 1/3 where decimals would not be exact."""
    free, stride = facts["free"], facts["stride"]
    exact = to_tree(divide(free, stride))
    if decimal(exact) is None:
        whole, rest = divmod(free, stride)
        exact = Sum((whole, Exact(rest, stride, "")))
    return (Ratio(free, stride, ""), exact)


def union(facts: Mapping[str, Any], axes: tuple[str, ...]) -> Sentence:
    found: list[str | tuple[Expr, ...]] = ["all that the branches see together"]
    for sign, branch in zip(":" + ";" * len(facts["branches"]), facts["branches"], strict=False):
        size, first, last = (to_tree(branch[name]) for name in ("size", "first", "last"))
        found += [f"{sign} {branch['name']} sees ", (size,), " pixels, ", (first,), " to ", (last,)]
    if not facts["aligned"]:
        found.append("; the branches are not aligned: their strides or centres differ")
    return tuple(found)


def gaps(facts: Mapping[str, Any], axes: tuple[str, ...]) -> Sentence:
    names = listing([f"{LINES[axis]}s" for axis in axes])
    return (
        f"the stride is larger than the window: of every {facts['stride']} {names} {facts['cells']} "
        f"{'is' if facts['cells'] == 1 else 'are'} between windows and not used",
    )


SAID: dict[str, str | Callable[[Mapping[str, Any], tuple[str, ...]], Sentence]] = {
    "dropped": dropped_cells,
    "beyond": cells_beyond,
    "union": union,
    "clipped": "one window more would start in the padding, and is left out",
    "gaps": gaps,
    "sides": "{before} before, {after} after",
    "adaptive": lambda facts, axes: (
        (f"the windows are {facts['side']} wide, side by side",)
        if facts
        else ("the windows overlap, and vary in size",)
    ),
    "tiled": "all cells of its window, the windows side by side",
    "global": "one window takes in all {side}",
    "dropped axes": "the axes are left out",
    "erratum": "{sentence}",
    "several": "of {layers} layers",
    "unchanged": "as the input",
    "held": "as it says",
    "multiplied": "the rows of the first by the columns of the second",
    "frozen": "not learnt: they count as buffers",
    "held elsewhere": "the weights are those of {layer}",
    "biased": "the products, and one bias for every output",
    "not stored": "they need no storage of their own",
    "stored": "of layers that need storage of their own",
    "field unchanged": "as its input",
    "whole": "every unit sees all units of the input",
    "growing": "every unit sees itself and all before it: the field of the last one is given",
    "positions": "it depends on the position, in turns of {period}: the largest is given",
    "lost": "which pixels each unit sees cannot be told",
    "still": "every unit sees the same pixels",
    "followed": "found by following the units back",
    "shared": "as in every branch",
    "picked": "one of an axis, which is gone",
    "tiled out": "each axis as often as is said",
    "looked up": "as many as there are places",
    "reduced": "one for all along the axes that are named",
    "summed": "the letters of the output",
    "rearranged": "the same {numbers} numbers",
    "stretched": "sizes of 1 are stretched",
    "resampled": "neighbouring outputs share inputs: the largest field is given",
}


# Short ones go in brackets after the result.
ASIDES = frozenset((
    "sides", "unchanged", "several", "held", "frozen", "held elsewhere", "field unchanged", "stored", "not stored",
    "still", "global", "followed", "shared", "picked", "tiled out", "looked up", "reduced",
    "summed", "rearranged", "stretched", "multiplied",
))  # fmt: skip


def remark_sentence(remark: Remark, axes: tuple[str, ...]) -> Sentence:
    said = SAID[remark.code]
    return (said.format(**remark.facts),) if isinstance(said, str) else said(remark.facts, axes)


# Letters: what they mean, and in what they are counted.

MEANINGS = {
    "n": ("input size along the axis", "cells"),
    "o": ("output size along the axis", "cells"),
    "k": ("side of the window", "cells"),
    "s": ("stride, the step from one window to the next", "cells"),
    "p": ("padding on each side", "cells"),
    "p_l": ("padding before", "cells"),
    "p_r": ("padding after", "cells"),
    "d": ("dilation, the distance between neighbouring taps", "cells"),
    "op": ("output padding", "cells"),
    "c": ("input channels", "channels"),
    "b": ("1 with a bias, 0 without", ""),
    "f": ("filters, the channels of the output", "filters"),
    "g": ("groups of channels", "groups"),
    "m": ("filters per channel", "filters"),
    "K": ("product of the window's sides", "cells"),
    "S": ("product of the strides", ""),
    "A": ("product of the dilations", ""),
    "M": ("product of the input's sides", "positions"),
    "N": ("product of the output's sides", "positions"),
    "D": ("number of axes", "axes"),
    "e": ("numbers that have parameters of their own", "numbers"),
    "parts": ("equal parts", ""),
    "start": ("first channel taken", ""),
    "stop": ("first channel left out", ""),
    "r_in": ("receptive field of the input", "pixels"),
    "j_in": ("pixels between neighbours of the input, the product of earlier strides", "pixels"),
    "a_in": ("left edge of the input's first field", "pixels"),
    "r_out": ("receptive field", "pixels"),
    "a_out": ("left edge of the first field", "pixels"),
    "C_in": ("channels of the input", "channels"),
    "H_in": ("height of the input", "cells"),
    "W_in": ("width of the input", "cells"),
    "L_in": ("length of the input", "cells"),
    "D_in": ("depth of the input", "cells"),
    "c_1": ("channels of the inputs", "channels"),
}
FEATURES = {
    "c": ("input features", "features"), "f": ("units, the features of the output", "units"),
    "N": ("positions before the features", "positions"),
}  # fmt: skip


def meaning(letter: str, kind: Kind) -> tuple[str, str]:
    """What a letter means in the formulas of a kind, and its unit."""
    features = FEATURES if kind.takes == "features" else {}
    usual = {each: MEANINGS[each] for each in "kspdbf"}
    keys = {key.symbol: (key.doc, "") for key in reversed(kind.keys) if key.doc}
    tables = (kind.meanings, features, usual, keys, MEANINGS)
    return next((table[letter] for table in tables if letter in table), ("", ""))
