"""How layers with windows are written in Keras: what pads, crops and resizes a map beside them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import evaluate, floor_divide
from convcalc.kinds.conventions import KERAS
from convcalc.layers.case import tree
from convcalc.layers.situation import floor_pads

if TYPE_CHECKING:
    from convcalc.layers.situation import LayerSituation

WHY = "!"  # what has no form begins with this, and says why
BOTH = f"{WHY}with a stride and a dilation, which Keras refuses together"
SIZED = "strides=stride or 1, {padding}dilation_rate=dilation or 1"
BIAS = "use_bias=bias or True"
CONV = f"(f, kernel_size=kernel, {SIZED}, groups=groups or 1, {BIAS})"
DWCONV = f"(kernel_size=kernel, {SIZED}, depth_multiplier={{multiplier}} or 1, {BIAS})"
SEPCONV = f"(f, kernel_size=kernel, {SIZED}, depth_multiplier=multiplier or 1, {BIAS})"


def same_pads(situation: LayerSituation) -> tuple[tuple[int, int], ...]:
    """The cells that Keras's `same` adds before and behind."""
    same = KERAS.same[situation.applied.setting.kind.rules].total
    totals = [evaluate(tree(same), axis) for axis in situation.applied.axes]
    return tuple((floor_divide(total, 2), total - floor_divide(total, 2)) for total in totals)  # type: ignore[misc]


def is_padded_same(situation: LayerSituation, pads: tuple[tuple[int, int], ...]) -> bool:
    """Whether `same` is said and adds these cells, or adds them whatever the size is."""
    is_said = situation.word in ("same", "same_upper")
    is_free = set(situation.values["stride"]) == {1} and not situation.strides_vary
    return (is_said or (is_free and any(map(any, pads)))) and same_pads(situation) == pads


def with_padding(form: str, situation: LayerSituation) -> str:
    """A convolution with its padding: a word of Keras's, or a layer of cells before it."""
    if min(situation.letters["S"], situation.letters["A"]) > 1:
        return BOTH
    mode = situation.values.get("padding_mode", "zeros")
    if mode != "zeros" and has_cells(situation):
        return padded_first(mode, form.replace("{padding}", ""))
    if situation.word == "causal" and situation.rank == 1 and "Conv1D" in form and "Conv1DT" not in form:
        return form.replace("{padding}", "padding='causal', ")
    if is_padded_same(situation, situation.pads):
        return form.replace("{padding}", "padding='same', ")
    bare = form.replace("{padding}", "")
    return f"[layers.ZeroPadding{situation.rank}D(cells or 0), {bare}]" if has_cells(situation) else bare


def padded_first(mode: str, form: str = "") -> str:
    """Cells that hold no zeros, and the layer behind them."""
    if mode != "reflect":
        return f"{WHY}padded by mode={mode}, and Keras pads with zeros or by reflection | zeros, or reflect"
    pad = "ops.pad(x, around, mode='reflect')"
    return f"[{pad}, {form}]" if form else pad


def has_cells(situation: LayerSituation) -> bool:
    """Whether there are cells to add, here or elsewhere: what is padded by a number may be padded by another."""
    return any(map(any, situation.pads))


def convolution(situation: LayerSituation) -> str:
    """A convolution; one with a group for each channel is a depthwise one."""
    if situation.letters["g"] == situation.letters["c"] > 1 and situation.rank < 3:
        return with_padding(f"layers.DepthwiseConv{situation.rank}D{DWCONV}".replace("{multiplier}", "f//c"), situation)
    return with_padding(f"layers.Conv{situation.rank}D{CONV}", situation)


def depthwise(situation: LayerSituation) -> str:
    if situation.rank == 3:
        return with_padding(f"layers.Conv3D{CONV}".replace("(f,", "(c*m,").replace("=groups", "=c"), situation)
    return with_padding(
        f"layers.DepthwiseConv{situation.rank}D{DWCONV}".replace("{multiplier}", "multiplier"), situation
    )


def separable(situation: LayerSituation) -> str:
    return with_padding(f"layers.SeparableConv{situation.rank}D{SEPCONV}", situation) if situation.rank < 3 else ""


def transposed_convolution(situation: LayerSituation) -> str:
    """Keras knows `same` and `valid`: what PyTorch's padding takes off is cropped."""
    if situation.letters["g"] > 1:
        return f"{WHY}in {situation.letters['g']} groups, which Keras's transposed convolutions do not have | groups=1"
    if min(situation.letters["S"], situation.letters["A"]) > 1:
        return BOTH
    head = f"layers.Conv{situation.rank}DTranspose(f, kernel_size=kernel, strides=stride or 1, "
    tail = f"dilation_rate=dilation or 1, {BIAS})"
    sizes = situation.applied.output[1:]
    axes = situation.applied.axes
    is_same = all(size == axis["n"] * axis["s"] for axis, size in zip(axes, sizes, strict=True))
    if is_same and any(map(any, situation.pads)) and same_pads(situation) == situation.pads:
        return f"{head}padding='same', {tail}"
    added, cut = grown_sides(situation)
    more = "output_padding=grown, " if any(added) else ""
    form = f"{head}{more}{tail}"
    return f"[{form}, layers.Cropping{situation.rank}D(cut)]" if any(map(any, cut)) else form


def grown_sides(situation: LayerSituation) -> tuple[tuple[int, ...], tuple[tuple[int, int], ...]]:
    """Of a transposed_convolution convolution without padding: what is added at the end, and cut before and behind."""
    axes: list[dict[str, Any]] = list(situation.applied.axes)
    sizes: tuple[Any, ...] = situation.applied.output[1:]
    reaches = [axis["d"] * (axis["k"] - 1) + 1 for axis in axes]
    missing = [
        size + axis["p_l"] - (axis["n"] - 1) * axis["s"] - reach
        for axis, size, reach in zip(axes, sizes, reaches, strict=True)
    ]
    added = tuple(max(cells, 0) for cells in missing)
    # Without such cells Keras has n·s at least.
    more = [max(axis["s"] - reach, 0) if not any(added) else 0 for axis, reach in zip(axes, reaches, strict=True)]
    cut = [(axis["p_l"], max(-cells, 0) + spare) for axis, cells, spare in zip(axes, missing, more, strict=True)]
    return added, tuple(cut)


def pooling(name: str) -> Callable[[LayerSituation], str]:
    """A pooling; Keras rounds down, and leaves out of a mean what `same` adds."""

    def form(situation: LayerSituation) -> str:
        pool = f"layers.{name}{situation.rank}D(kernel, strides=stride or kernel, {{padding}})"
        if situation.letters["A"] > 1:
            return f"{WHY}with a dilation, which Keras's poolings do not have | dilation=1"
        pads = floor_pads(situation.applied)
        is_maximum = name.startswith("Max")
        usual = situation.pads
        is_clipped = any(behind > after for (_, behind), (_, after) in zip(pads, usual, strict=True))
        is_same = any(map(any, pads)) and same_pads(situation) == pads and not situation.strides_vary
        is_partial = situation.applied.values.get("count_padding") is False
        if situation.values.get("divisor"):
            return f"{WHY}with a divisor of its own, which Keras's poolings do not have | leave it out"
        if is_same and (is_maximum or is_partial):
            return pool.replace("{padding}", "padding='same'")
        pool = pool.replace("{padding}", "")
        if not any(map(any, pads)):
            return pool
        if is_maximum and not situation.is_positive:
            return f"[ops.pad(x, widths, constant_values=float('-inf')), {pool}]"
        if is_partial:
            return f"{WHY}whose means leave out a padding that is not Keras's `same` | count_padding=yes"
        if not is_maximum and is_clipped:
            return f"{WHY}whose last means, rounding up, are of fewer numbers, as none of Keras's are | ceil=no"
        return f"[layers.ZeroPadding{situation.rank}D(filled), {pool}]"

    return form


def global_pooling(name: str) -> Callable[[LayerSituation], str]:
    def form(situation: LayerSituation) -> str:
        keeps = len(situation.applied.output) > 1
        return f"layers.{name}{situation.rank}D({'keepdims=True' if keeps else ''})"

    return form


def adaptive_pooling(name: str) -> Callable[[LayerSituation], str]:
    def form(situation: LayerSituation) -> str:
        sizes = situation.applied.output[1:]
        if set(sizes) == {1}:
            return f"layers.Global{name}Pooling{situation.rank}D(keepdims=True)"
        return f"layers.Adaptive{name}Pooling{situation.rank}D(sizes)"

    return form


def upsampling(situation: LayerSituation) -> str:
    """Whole multiples; of two axes any size, where values are found between."""
    mode = situation.values["mode"]
    between = {"linear": 1, "bilinear": 2, "trilinear": 3}
    if situation.values.get("corners"):
        return f"{WHY}with its corners kept in the corners, which Keras does not do | corners=no"
    if (mode != "nearest" and situation.rank != 2) or mode == "nearest_exact":
        return ""
    sizes: tuple[Any, ...] = situation.applied.output[1:]
    pairs = list(zip(situation.shape[1:], sizes, strict=True))
    kept = f", interpolation={mode!r}" if mode in (*between, "bicubic") else ""
    if mode not in ("nearest", "bilinear", "bicubic"):
        return ""
    if all(size % before == 0 for before, size in pairs):
        return f"layers.UpSampling{situation.rank}D(multiples{kept})"
    larger = all(size >= before for before, size in pairs)
    return "layers.Resizing(tall, wide)" if mode == "bilinear" and larger else ""


def padding(situation: LayerSituation) -> str:
    """Cells of zeros around the map, or behind its channels."""
    mode = situation.values.get("mode", "zeros")
    if mode not in ("zeros", "constant"):
        return padded_first(mode) if has_cells(situation) else "layers.Identity()"
    filled = "" if situation.values["value"] == "0" else ", constant_values=value"
    if situation.values.get("channels"):
        return f"ops.pad(x, more_channels{filled})"
    if not has_cells(situation):
        return "layers.Identity()"
    if filled:
        return f"ops.pad(x, around{filled})"
    return f"layers.ZeroPadding{situation.rank}D(cells)"


def cropping(situation: LayerSituation) -> str:
    return f"layers.Cropping{situation.rank}D(cells)" if has_cells(situation) else "layers.Identity()"
