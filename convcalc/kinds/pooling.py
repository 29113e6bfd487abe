"""Pooling and its kin: windows without weights, and LeNet's with two a map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.kinds.convolution import CONV_SIZE, SLIDE
from convcalc.kinds.convolution import FITS as KERNEL_FITS
from convcalc.kinds.keys import (
    AUTO_PAD,
    CEIL,
    DILATION,
    IN_CHANNELS,
    OUTPUT,
    PADDING,
    PADS,
    POOL_KERNEL,
    POOL_STRIDE,
    POWER,
)
from convcalc.layers import Key, Kind, Need, nothing
from convcalc.layers.window import ADAPTIVE, SLIDING, WHOLE, Window

if TYPE_CHECKING:
    from convcalc.layers.case import Case

# ⌈a/s⌉ windows, the last of which must still start inside the input or its left padding (PyTorch's Pool.h).
CEIL_SIZE = "ceil((n + 2*p - d*(k - 1) - 1)/s) + 1"
CLIPPED_SIZE = "min(ceil((n + 2*p - d*(k - 1) - 1)/s) + 1, ceil((n + p)/s))"

POOL_PADDING = PADDING._replace(words=("same", "valid", "same_lower", "same_upper"))
FITS = KERNEL_FITS._replace(message="window {k} does not fit: the padded input is only {n + 2*p} wide", unless="ceil")
CEIL_FITS = Need(
    "d*(k - 1) + 1 <= n + 2*p + s - 1",
    "C001",
    "window {k} does not fit, even rounding up: the padded input is only {n + 2*p} wide",
    "k d p s",
    when="ceil",
)
TORCH_AVG = "kernel_size stride padding{} ceil_mode count_include_pad divisor_override"
ONNX_POOL = "kernel_shape* pads strides auto_pad ceil_mode"
KERAS_POOL = "pool_size:kernel=2 strides padding{same|valid} data_format"

MAXPOOL = Kind(
    "maxpool",
    "The largest value of each window, channel by channel.",
    keys=(POOL_KERNEL, POOL_STRIDE, POOL_PADDING, DILATION, CEIL, AUTO_PAD, PADS),
    aliases=("pool", "maxpooling"),
    dims="maxpool maxpooling",
    sizes={"": CONV_SIZE, "ceil": CEIL_SIZE, "clipped": CLIPPED_SIZE},
    window=SLIDE,
    cells={"": "max(x)"},
    needs=(FITS, CEIL_FITS),
    rules="pool",
    takes="map",
    torch=(("MaxPool{n}d", "kernel_size stride padding{} dilation return_indices ceil_mode"),),
    onnx=(("MaxPool", f"{ONNX_POOL} dilations storage_order"),),
    keras=(("MaxPooling{n}D", KERAS_POOL), ("MaxPool{n}D", KERAS_POOL)),
    pools=True,
    counted_as="pool",
    derivative="input",
    label="MaxPool(K={k}, S={s})",
    line="POOL{k}",
    example=("maxpool 3 s2", "96x55x55"),
    sources=("PyTorch MaxPool2d", "Dumoulin & Visin 2016, relationship 7"),
)


def without_dilation(text: str) -> str:
    """A formula whose d is 1: k instead of d(k − 1) + 1."""
    return text.replace("d*(k - 1) - 1", "k")


COUNTS_PADDING = Key(
    "count_padding", "z", "the zeros of the padding count in the mean", "flag", True,
    aliases=("count_include_pad",), quiet=True,
)  # fmt: skip
DIVISOR = Key(
    "divisor", "m", "what the sum is divided by; else by how many there are", "count", None,
    aliases=("divisor_override",), quiet=True,
)  # fmt: skip


def settle_count(case: Case) -> None:
    """Without padding nothing is to be counted."""
    if not any(side != 0 for axis in case.axes for side in (axis["p_l"], axis["p_r"])):
        case.values["count_padding"] = COUNTS_PADDING.default


POOL_KEYS = (POOL_KERNEL, POOL_STRIDE, POOL_PADDING, CEIL, AUTO_PAD, PADS)

AVGPOOL = MAXPOOL._replace(
    name="avgpool",
    doc="The mean of each window, channel by channel.",
    keys=(*POOL_KEYS, COUNTS_PADDING, DIVISOR),
    bind=settle_count,
    cells={"": "sum(x)/m"},
    beyond=lambda applied: "zeros" if applied.letters["z"] else "nothing",
    sizes={name: without_dilation(text) for name, text in MAXPOOL.sizes.items()},
    window=Window(SLIDING, "k", "s"),
    needs=(FITS._replace(condition="k <= n + 2*p"), CEIL_FITS._replace(condition="k <= n + 2*p + s - 1")),
    aliases=("averagepool", "averagepooling", "meanpool", "avgpooling"),
    dims="avgpool averagepool averagepooling",
    torch=(("AvgPool{n}d", TORCH_AVG),),
    onnx=(("AveragePool", f"{ONNX_POOL} count_include_pad"),),
    keras=(("AveragePooling{n}D", KERAS_POOL), ("AvgPool{n}D", KERAS_POOL)),
    derivative="",
    linear="keeps",
    label="AvgPool(K={k}, S={s})",
    line="{kind}{k}",
    example=("avgpool 2", "6x28x28"),
    sources=("PyTorch AvgPool2d",),
)

LPPOOL = AVGPOOL._replace(
    name="lppool",
    doc="The p-norm of each window, channel by channel.",
    keys=(*POOL_KEYS, POWER._replace(aliases=("norm_type",))),
    bind=None,
    aliases=(),
    dims="lppool",
    torch=(("LPPool{n}d", "norm_type kernel_size! stride ceil_mode"),),
    onnx=(("LpPool", f"{ONNX_POOL} p:power"),),
    keras=(),
    cells={},
    beyond=nothing,
    derivative="input",
    linear="",
    label="LPPool(K={k}, S={s})",
    example=("lppool 2", "6x28x28"),
    sources=("PyTorch LPPool2d",),
)

# With an output that divides the input these are windows of n/o; otherwise they overlap and vary in size.
ADAPTIVEAVGPOOL = Kind(
    "adaptiveavgpool",
    "Mean pooling whose windows are chosen so that the output has the size asked for.",
    keys=(OUTPUT._replace(default=1),),
    dims="adaptiveavgpool",
    sizes={"": "o"},
    window=Window(ADAPTIVE),
    cells=AVGPOOL.cells,
    takes="map",
    counted_as="adaptive",
    torch=(("AdaptiveAvgPool{n}d", "output_size!*"),),
    keras=(("AdaptiveAveragePooling{n}D", "output_size* data_format"),),
    linear="keeps",
    label="AdaptiveAvgPool({o})",
    example=("adaptiveavgpool 7", "512x14x14"),
    sources=("PyTorch AdaptiveAvgPool2d: output u sees ⌊u·n/o⌋ to ⌈(u + 1)·n/o⌉ − 1",),
)

ADAPTIVEMAXPOOL = ADAPTIVEAVGPOOL._replace(
    name="adaptivemaxpool",
    doc="Max pooling whose windows are chosen so that the output has the size asked for.",
    dims="adaptivemaxpool",
    cells=MAXPOOL.cells,
    torch=(("AdaptiveMaxPool{n}d", "output_size!* return_indices"),),
    keras=(("AdaptiveMaxPooling{n}D", "output_size* data_format"),),
    derivative="input",
    linear="",
    label="AdaptiveMaxPool({o})",
    example=("adaptivemaxpool 7", "512x14x14"),
    sources=("PyTorch AdaptiveMaxPool2d",),
)

KEEP = Key("keep", "", "keep the axes, of size 1", "flag", None, aliases=("keepdims", "keepdim"))

GLOBALAVGPOOL = Kind(
    "globalavgpool",
    "The mean of each channel over the whole map.",
    keys=(KEEP,),
    aliases=("gap", "globalaveragepool", "globalaveragepooling"),
    dims="globalavgpool globalaveragepooling",
    sizes={"": "1"},
    window=WHOLE,
    cells=AVGPOOL.cells,
    takes="map",
    counted_as="globalpool",
    by_step="adaptiveavgpool output=-x{sides} data_format=channels_last -> flatten start=2",
    keras=(("GlobalAveragePooling{n}D", "data_format keepdims"), ("GlobalAvgPool{n}D", "data_format keepdims")),
    linear="keeps",
    label="GlobalAvgPool",
    sources=("Lin et al. 2013, Network in network",),
)

GLOBALMAXPOOL = GLOBALAVGPOOL._replace(
    name="globalmaxpool",
    doc="The largest value of each channel over the whole map.",
    cells=MAXPOOL.cells,
    aliases=("gmp", "globalmaxpooling"),
    dims="globalmaxpool globalmaxpooling",
    by_step="adaptivemaxpool output=-x{sides} data_format=channels_last -> flatten start=2",
    keras=(("GlobalMaxPooling{n}D", "data_format keepdims"), ("GlobalMaxPool{n}D", "data_format keepdims")),
    derivative="input",
    linear="",
    label="GlobalMaxPool",
    sources=(),
)

SUBSAMPLE = Kind(
    "subsample",
    "The sum of each window times a coefficient of its map, and a bias: LeNet-5's trainable pooling.",
    keys=(POOL_KERNEL, POOL_STRIDE, IN_CHANNELS),
    aliases=("subsampling",),
    sizes={"": "floor((n - k)/s) + 1"},
    parameters="2*c",
    weights="c",
    biases="c",
    connections="N*c*(K + 1)",
    window=Window(SLIDING, "k", "s"),
    needs=(Need("k <= n", "C001", "window {k} does not fit: the input is only {n} wide", "k"),),
    rules="pool",
    takes="map",
    pools=True,
    linear="keeps",
    label="Subsample(K={k}, S={s})",
    line="{kind}{k}",
    drawn="2 x {c}",
    example=("subsample 2", "6x28x28"),
    sources=("LeCun, Bottou, Bengio & Haffner 1998",),
)

KINDS = (
    MAXPOOL,
    AVGPOOL,
    LPPOOL,
    ADAPTIVEAVGPOOL,
    ADAPTIVEMAXPOOL,
    GLOBALAVGPOOL,
    GLOBALMAXPOOL,
    SUBSAMPLE,
)
