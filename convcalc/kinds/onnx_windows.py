"""Layers with windows in ONNX: convolutions, poolings, and what makes maps larger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.layers.situation import pool_window

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from convcalc.layers.operators import LayerOperators

    Form = Callable[[LayerOperators], str]

PAD_MODES = {"zeros": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}
# Of an upsampling: ONNX's mode, how places correspond, and how the nearest is found.
RESIZE_MODES = {
    "nearest": ("nearest", "asymmetric", "floor"), "nearest_exact": ("nearest", "half_pixel", "round_prefer_ceil"),
    **dict.fromkeys(("linear", "bilinear", "trilinear"), ("linear", "pytorch_half_pixel", None)),
    "bicubic": ("cubic", "pytorch_half_pixel", None),
}  # fmt: skip


def before_and_behind(pads: Sequence[tuple[Any, Any]]) -> tuple[Any, ...] | None:
    """Cells before every axis, then behind every axis; None where there are none."""
    found = (*(before for before, _ in pads), *(behind for _, behind in pads))
    return found if any(found) else None


def unless(usual: int, numbers: tuple[Any, ...]) -> tuple[Any, ...] | None:
    return numbers if set(numbers) != {usual} else None


def cells_beside(o: LayerOperators) -> tuple[tuple[Any, Any], ...]:
    return tuple(zip(o.along("p_l"), o.along("p_r"), strict=True))


def refuse_norm(o: LayerOperators) -> None:
    if o.values.get("norm"):
        raise o.refuse("whose weights are normalised before each use")


def window(
    o: LayerOperators, filters: Any, channels: Any, groups: Any, role: str = "", has_bias: bool = True
) -> str:  # fmt: skip
    """A convolution with so many channels in each of its groups."""
    refuse_norm(o)
    kernel, x, pads = o.along("k"), o.x, cells_beside(o)
    mode = o.values.get("padding_mode") or "zeros"
    if mode != "zeros" or any(cells < 0 for pair in pads for cells in pair):
        x, pads = pad(o, x, pads, mode), ()
    weight = o.weight(f"{role}weight", filters, channels, *kernel)
    bias = o.bias(filters, role=f"{role}bias") if has_bias else ""
    return o(
        "Conv", x, weight, bias, kernel_shape=kernel, strides=o.along("s"), pads=before_and_behind(pads),
        dilations=unless(1, o.along("d")), group=groups if groups != 1 else None,
    )  # fmt: skip


def conv(o: LayerOperators) -> str:
    letters = o.letters
    return window(o, letters["f"], letters["c"] // letters["g"], letters["g"])


def depthwise(o: LayerOperators) -> str:
    return window(o, o.letters["c"] * o.letters["m"], 1, o.letters["c"])


def separable(o: LayerOperators) -> str:
    between, filters = o.letters["c"] * o.letters["m"], o.letters["f"]
    x = window(o, between, 1, o.letters["c"], "depthwise.", has_bias=False)
    weight = o.weight("pointwise.weight", filters, between, *(1,) * o.rank)
    return o("Conv", x, weight, o.bias(filters, role="pointwise.bias"), kernel_shape=(1,) * o.rank)


def transposed_convolution(o: LayerOperators) -> str:
    """A transposed convolution, with the output padding that gives its size."""
    refuse_norm(o)
    letters, kernel = o.letters, o.along("k")
    pads, added = [], []
    for axis, size in zip(o.situation.applied.axes, o.output[1:], strict=True):
        numbers: dict[str, Any] = dict(axis)
        whole = (numbers["n"] - 1) * numbers["s"] + numbers["d"] * (numbers["k"] - 1) + 1
        before, behind = max(numbers["p_l"], 0), max(numbers["p_r"], 0)
        rest: Any = size - whole + before + behind
        pads.append((before, behind - min(rest, 0)))
        added.append(max(rest, 0))
    return o(
        "ConvTranspose", o.x, o.weight("weight", letters["c"], letters["f"] // letters["g"], *kernel),
        o.bias(letters["f"]), kernel_shape=kernel, strides=o.along("s"), pads=before_and_behind(pads),
        dilations=unless(1, o.along("d")), output_padding=unless(0, tuple(added)),
        group=letters["g"] if letters["g"] != 1 else None,
    )  # fmt: skip


# Poolings


def pooling(operator: str, **more: Any) -> Form:
    """A pooling: the cells behind that rounding up takes in are padding, whose share ONNX's versions count alike."""

    def form(o: LayerOperators) -> str:
        found = pool_window(o.situation.applied)
        pads, ceils = found.pads, found.ceil and rounds_up(o)
        if found.ceil and not ceils:
            pads = tuple(map(reach_behind, o.situation.applied.axes, o.output[1:]))
        named = dict(more)
        if operator == "MaxPool":
            named["dilations"] = unless(1, o.along("d"))
        if operator == "AveragePool" and any(map(any, found.pads)) and o.values["count_padding"]:
            named["count_include_pad"] = 1
        if operator == "LpPool":
            named["p"] = int(o.number("power"))
        x = o(
            operator, o.x, kernel_shape=o.along("k"), strides=o.along("s"), pads=before_and_behind(pads),
            ceil_mode=1 if ceils else None, **named,
        )  # fmt: skip
        divisor = o.values.get("divisor")
        return x if divisor is None else o("Mul", x, o.scalar(o.letters["K"] / divisor))

    return form


def rounds_up(o: LayerOperators) -> bool:
    """Whether no last window begins in the padding, which some versions of ONNX do not drop."""
    sizes = [
        -(-(axis["n"] + axis["p_l"] + axis["p_r"] - axis["d"] * (axis["k"] - 1) - 1) // axis["s"]) + 1
        for axis in o.situation.applied.axes
    ]
    return sizes == list(o.output[1:])


def reach_behind(axis: Any, size: Any) -> tuple[Any, Any]:
    """Cells before, and those behind that the last window reaches."""
    reach = (size - 1) * axis["s"] + axis["d"] * (axis["k"] - 1) + 1
    return axis["p_l"], max(reach - axis["n"] - axis["p_l"], 0)


def adaptive(operator: str, whole: str) -> Form:
    def form(o: LayerOperators) -> str:
        sizes: tuple[Any, ...] = o.output[1:]
        if set(sizes) == {1}:
            return o(whole, o.x)
        if any(n % size for n, size in zip(o.shape[1:], sizes, strict=True)):
            raise o.refuse("and its windows are not equal, as those of ONNX are")
        steps = tuple(n // size for n, size in zip(o.shape[1:], sizes, strict=True))
        return o(operator, o.x, kernel_shape=steps, strides=steps)

    return form


def whole_pooling(operator: str) -> Form:
    def form(o: LayerOperators) -> str:
        found = o(operator, o.x)
        return found if len(o.output) > 1 else o("Flatten", found, axis=1)

    return form


def subsample(o: LayerOperators) -> str:
    mean = o("AveragePool", o.x, kernel_shape=o.along("k"), strides=o.along("s"))
    sizes = o.behind_channels(o.rank, o.channels)
    return o("Add", o("Mul", mean, o.weight("weight", *sizes)), o.weight("bias", *sizes))


# Larger and smaller maps


def pad(o: LayerOperators, x: str, pads: Sequence[tuple[Any, Any]], mode: str, first: int = 2) -> str:
    sides = before_and_behind(pads)
    if sides is None:
        return o("Identity", x)
    axes = range(first, first + len(pads))
    value = o.scalar(o.number("value")) if o.values.get("value", "0") != "0" else ""
    return o("Pad", x, o.list_of(*sides), value, o.list_of(*axes), mode=PAD_MODES[mode])


def padding(o: LayerOperators) -> str:
    channels = o.values.get("channels")
    pads = cells_beside(o)
    if channels:
        before, behind = (*channels, *channels)[:2]
        return pad(o, o.x, ((before, behind), *pads), o.values.get("mode") or "zeros", 1)
    return pad(o, o.x, pads, o.values.get("mode") or "zeros")


def crop(o: LayerOperators) -> str:
    starts = o.along("p_l")
    ends = [start + size for start, size in zip(starts, o.output[1:], strict=True)]
    return o("Slice", o.x, o.list_of(*starts), o.list_of(*ends), o.list_of(*range(2, 2 + len(starts))))


def resize(o: LayerOperators) -> str:
    mode = o.values.get("mode") or "nearest"
    if mode not in RESIZE_MODES:
        raise o.refuse(f"and ONNX does not resize by {mode}")
    name, places, rounding = RESIZE_MODES[mode]
    places = "align_corners" if o.values.get("corners") else places
    axes = tuple(range(2, 2 + o.rank))
    return o(
        "Resize", o.x, "", "", o.list_of(*o.output[1:]), axes=axes, mode=name, nearest_mode=rounding,
        coordinate_transformation_mode=places,
    )  # fmt: skip


def nearest(o: LayerOperators) -> str:
    if o.values.get("mode", "nearest") != "nearest":
        raise o.refuse("and ONNX does not spread numbers over zeros")
    return resize(o)


def shuffle_out(o: LayerOperators) -> str:
    """Channels to cells, as PyTorch orders them."""
    if o.rank != 2:
        raise o.refuse("which ONNX has for two axes")
    return o("DepthToSpace", o.x, blocksize=o.letters["r"], mode="CRD")


def shuffle_in(o: LayerOperators) -> str:
    """Cells to channels, as PyTorch orders them: ONNX's SpaceToDepth has another order."""
    factor, rank = o.letters["r"], o.rank
    parts = [part for size in o.shape[1:] for part in (size // factor, factor)]
    apart = o.reshaped(o.x, o.channels, *parts)
    order = (0, 1, *range(3, 3 + 2 * rank, 2), *range(2, 2 + 2 * rank, 2))
    return o.reshaped(o.moved(apart, *order), *o.output)


WINDOWS: dict[str, Form] = {
    "conv": conv, "dwconv": depthwise, "sepconv": separable, "tconv": transposed_convolution,
    "maxpool": pooling("MaxPool"), "avgpool": pooling("AveragePool"), "lppool": pooling("LpPool"),
    "adaptiveavgpool": adaptive("AveragePool", "GlobalAveragePool"),
    "adaptivemaxpool": adaptive("MaxPool", "GlobalMaxPool"), "globalavgpool": whole_pooling("GlobalAveragePool"),
    "globalmaxpool": whole_pooling("GlobalMaxPool"), "subsample": subsample, "zeropad": padding, "crop": crop,
    "upsample": resize, "unpool": nearest, "pixelshuffle": shuffle_out, "pixelunshuffle": shuffle_in,
}  # fmt: skip
