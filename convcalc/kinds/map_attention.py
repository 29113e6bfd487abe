"""Attention among the cells of a map: each looks at those of its window, or at all of a map that is made smaller."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.algebra.expr import ceil_divide, extremum, sum_of
from convcalc.kinds.attention import HEADS, head_of
from convcalc.kinds.dense import IN_FEATURES
from convcalc.kinds.keys import BIAS, DROPPED, IN_CHANNELS
from convcalc.layers import Key, Kind
from convcalc.layers.case import product
from convcalc.layers.window import SPACING, TILING, WHOLE, Window
from convcalc.problem import problem

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers import Shape
    from convcalc.layers.case import Case

POSITIONS = 512  # units of the network that Swin v2 computes its positions with


def bind_windows(case: Case) -> None:
    """Windows that cover an axis are not moved along it; those that fit the map are no larger than it."""
    is_grid = case.values["mode"] == "grid"
    for axis in case.axes:
        cells, side, shift = axis["n"], axis["k"], axis["sh"]
        if is_grid:
            case.demand_multiple(cells, side, "cells", f"a grid of {side} lies evenly on them", "window")
        if not case.holds(shift, "<=", 0 if is_grid else side - 1):
            what = "0 in a grid" if is_grid else f"smaller than the window {side}"
            raise problem("C013", f"shift {shift} must be {what}", "leave it out" if is_grid else "half of the window")
        if isinstance(cells, int) and isinstance(side, int) and cells <= side:
            axis["sh"] = 0
        axis["w"] = extremum("min", cells, side) if case.values["fit"] else side


def window_letters(case: Case) -> dict[str, Value]:
    """w cells in a window; z in all of them, which go beyond the map where it is no multiple of one."""
    heads, position = case.values["heads"], case.values["position"]
    case.demand_multiple(case.shape[0], heads, "channels", f"{heads} heads share them", "heads")
    return {
        "w": product(axis["w"] for axis in case.axes),
        "z": product(ceil_divide(axis["n"], axis["w"]) * axis["w"] for axis in case.axes),
        "y": 0 if position == "none" else product(2 * axis["k"] - 1 for axis in case.axes),
        "i": int(position != "none"),
        "q": int(position == "network"),
    }


WINDOWATTENTION = Kind(
    "windowattention",
    "Attention among the cells of each window of a map: those side by side, or in a grid one from each part of it.",
    keys=(
        Key("window", "k", "sides of a window", "axes", aliases=("window_size", "partition_size")),
        Key("heads", "h", "number of heads", aliases=("num_heads",), bare=False),
        Key("shift", "sh", "cells by which the windows are moved", "axes", 0, low=0, aliases=("shift_size",)),
        Key("position", "", "how a cell knows where another is: a learnt table, a small network (v2), or not", "word",
            "table", words=("table", "network", "none")),
        Key("mode", "", "the cells of a window lie side by side, or evenly over the map", "word", "tiles",
            words=("tiles", "grid"), aliases=("partition_type",)),
        Key("fit", "", "windows are no larger than the map", "flag", False, quiet=True, bare=False),
        BIAS, DROPPED, IN_CHANNELS,
    ),
    aliases=("shiftedwindowattention", "swinattention"),
    # Projections of queries, keys, values and output; a number for every relative position and head, or the network
    # of two layers that computes them, and a scale for each head.
    parameters=f"4*c*c + 4*b*c + (1 - q)*y*h + q*((D + 1)*{POSITIONS} + {POSITIONS}*h + h)",
    biases="4*b*c",
    # Which position is that of each pair of cells; what the network is given.
    buffers="i*K*K + q*y*D",
    macs=f"z*4*c*c + 2*z*w*c + q*y*(D*{POSITIONS} + {POSITIONS}*h)",
    window=Window(TILING, "k", "1"),
    modes={"grid": Window(SPACING, "k", "1")},
    takes="map",
    bind=bind_windows,
    letters=window_letters,
    derivative="output",
    meanings={
        "h": ("heads", ""), "z": ("cells of all windows", "cells"), "w": ("cells of a window on this map", "cells"),
        "y": ("relative positions in a window", ""), "i": ("1 with positions, 0 without", ""),
        "q": ("1 with a network for the positions, 0 with a table", ""),
        "sh": ("cells that the windows are moved by", "cells"),
    },
    label="WindowAttention ({k}, {h} heads)",
    example=("windowattention 7 heads=3 shift=3", "96x56x56"),
    sources=(
        "Liu et al. 2021, Swin transformer", "Liu et al. 2022, Swin transformer v2", "Liu et al. 2022, Video Swin",
        "Tu et al. 2022, MaxViT",
    ),
)  # fmt: skip


def pooled_sides(case: Case, name: str) -> Shape:
    """The sides of the grid behind a depthwise convolution that keeps them at stride 1."""
    grid, strides = case.values["grid"], case.values[name] or (1,) * len(case.values["grid"])
    if len(strides) != len(grid):
        raise problem(
            "V003",
            f"{name} takes {len(grid)} strides, one for each axis of the grid",
            f"{name}={'x'.join('1' * len(grid))}",
        )
    return tuple(map(ceil_divide, grid, strides))


def pooled_letters(case: Case) -> dict[str, Value]:
    """x tokens before the cells of the grid; t queries and z keys, of v sides in all; r rows of the tables."""
    values, tokens = case.values, case.steps_first(case.shape)[0]
    grid, queries, keys = values["grid"], pooled_sides(case, "queries"), pooled_sides(case, "keys")
    extra = tokens - product(grid)
    if len(case.shape) != 2 or not case.holds(0, "<=", extra):
        cells = "×".join(map(str, grid))
        raise problem("C011", f"{case.show(case.shape)} does not hold {cells} tokens", "a grid of as many cells")
    output = case.features if values["output"] is None else values["output"]
    pairs = zip(queries, keys, strict=True)
    return {
        "n": tokens, "o": output, "e": head_of(case, output), "x": extra, "w": values["kernel"] ** len(grid),
        "t": extra + product(queries), "z": extra + product(keys), "v": sum_of(keys),
        "q": int(values["queries"] is not None), "y": 2 * int(values["keys"] is not None),
        "j": int(values["position"] == "table"), "r": sum_of(2 * extremum("max", *pair) - 1 for pair in pairs),
    }  # fmt: skip


POOLATTENTION = Kind(
    "poolattention",
    "Attention among tokens of which the last are the cells of a grid: head by head the same depthwise convolutions, "
    "each with a layer normalisation, make the queries, and the keys and values, fewer.",
    keys=(
        HEADS,
        Key("grid", "", "cells along each axis; the other tokens stand before them", "shape"),
        Key("queries", "", "strides of the queries' convolution; else there is none", "shape", None, bare=False),
        Key("keys", "", "strides of the keys' and values' convolutions", "shape", None, bare=False),
        Key("kernel", "k", "side of the convolutions' windows", default=3, bare=False, quiet=True),
        Key("output", "", "features of the output", "count", None, aliases=("output_dim",), bare=False),
        Key("position", "", "whether a query knows where a key is: by a learnt table for each axis, or not", "word",
            "none", words=("table", "none")),
        BIAS, DROPPED, IN_FEATURES,
    ),
    aliases=("poolingattention", "multiscaleattention"),
    shape=lambda case: case.from_layout(case.to_layout((case.letters["t"], case.letters["o"]))),
    outputs={"features": "o"},
    # Projections of queries, keys, values and of the output; the convolutions and normalisations of a head; the tables.
    parameters="3*o*(c + b) + o*(o + b) + (q + y)*e*(w + 2) + j*r*e",
    biases="4*b*o + (q + y)*e",
    macs="3*n*c*o + w*o*(q*(t - x) + y*(z - x)) + 2*t*z*o + j*(t - x)*v*o + t*o*o",
    takes="features",
    window=WHOLE,
    letters=pooled_letters,
    derivative="output",
    meanings={
        "h": ("heads", ""), "o": ("features of the output", "features"), "e": ("features of a head", "features"),
        "n": ("tokens", "tokens"), "x": ("tokens before the cells", "tokens"), "w": ("cells of a window", "cells"),
        "t": ("queries", "tokens"), "z": ("keys", "tokens"), "v": ("sum of the sides of the keys' grid", "cells"),
        "q": ("1 where the queries are made fewer, 0 where not", ""),
        "y": ("2 where keys and values are made fewer, 0 where not", ""),
        "j": ("1 with tables of positions, 0 without", ""), "r": ("rows of the tables", ""),
    },
    label="PoolAttention ({o}, {h} heads)",
    example=("poolattention 2 grid=4x4 keys=2x2", "17x64"),
    sources=("Fan et al. 2021, Multiscale vision transformers", "Li et al. 2022, MViTv2"),
)  # fmt: skip

KINDS = (WINDOWATTENTION, POOLATTENTION)
