"""Convolutions: a window of shared weights slides over the input."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import evaluate, extremum, floor_divide
from convcalc.kinds.keys import (
    AUTO_PAD,
    BIAS,
    DILATION,
    FILTERS,
    GROUPS,
    IN_CHANNELS,
    KERNEL,
    MULTIPLIER,
    OUTPUT,
    PADDING,
    PADDING_MODE,
    PADS,
    STRIDE,
)
from convcalc.layers import Key, Kind, Need, nothing
from convcalc.layers.case import tree
from convcalc.layers.window import SLIDING, SPREADING, Window
from convcalc.problem import Problem, problem

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers.case import Axis, Case

# Dumoulin & Visin, "A guide to convolution arithmetic for deep learning" (arXiv 1603.07285), relationships 6 and 15.
CONV_SIZE = "floor((n + 2*p - d*(k - 1) - 1)/s) + 1"
# Relationships 13 and 14, with dilation as PyTorch documents it.
TCONV_SIZE = "(n - 1)*s - 2*p + d*(k - 1) + 1 + op"

SLIDE = Window(SLIDING, "d*(k - 1) + 1", "s", "d")
SPREAD = Window(SPREADING, "d*(k - 1) + 1", "s", "d")

FITS = Need(
    "d*(k - 1) + 1 <= n + 2*p",
    "C001",
    "kernel {k} does not fit: the padded input is only {n + 2*p} wide",
    "k d p",
)
GROUPS_HINT = "groups must divide {c} and {f}"
GROUPS_IN = Need("c % g == 0", "C002", "{c} input channels cannot be divided into {g} groups", "g", GROUPS_HINT)
GROUPS_OUT = Need("f % g == 0", "C002", "{f} filters cannot be divided into {g} groups", "g", GROUPS_HINT)


def check_edges(case: Case, mode: str | None) -> None:
    """A reflection never repeats the edge, a circle turns at most once (PyTorch's F.pad)."""
    if mode not in ("reflect", "circular"):
        return
    for axis in case.axes:
        n, before, after = axis["n"], axis["p_l"], axis["p_r"]
        widest, limit = extremum("max", before, after), n - 1 if mode == "reflect" else n
        if not case.holds(widest, "<=", limit):
            raise problem("C009", f"{mode} padding of {widest} on an input {n} wide", f"at most {limit}")


CONV_KEYS = (
    FILTERS, KERNEL, STRIDE, PADDING, DILATION, GROUPS, BIAS, PADDING_MODE._replace(quiet=True), AUTO_PAD, PADS,
    IN_CHANNELS,
)  # fmt: skip
TORCH_CONV = (
    "in_channels filters kernel_size! stride padding{same|valid} dilation groups bias padding_mode device dtype"
)
TORCH_TCONV = (
    "in_channels filters kernel_size! stride padding{} output_padding groups bias dilation padding_mode device dtype"
)
ONNX_WINDOW = "kernel_shape* pads strides auto_pad"
KERAS_CONV = "filters kernel_size strides padding{SAME|VALID} data_format dilation_rate groups activation use_bias"
KERAS_TCONV = KERAS_CONV.replace("data_format", "output_padding data_format").replace(" groups", "")
KERAS_TCONV3D = KERAS_TCONV.replace("output_padding data_format", "data_format output_padding")
KERAS_DWCONV = "kernel_size strides padding{SAME|VALID} depth_multiplier data_format dilation_rate activation use_bias"
KERAS_CONV1D = KERAS_CONV.replace("VALID", "VALID|CAUSAL")


def lazy(parameters: str) -> str:
    """Of PyTorch's class that takes its channels from the first input it sees."""
    return parameters.partition(" ")[2]


CONV = Kind(
    "conv",
    "Slide f filters over the input; each sees every channel of its group.",
    keys=CONV_KEYS,
    aliases=("convolution",),
    dims="conv",
    sizes={"": CONV_SIZE},
    channels="f",
    parameters="(K*c/g + b)*f",
    normed={"spectral": "f + K*c/g", "keras spectral": "f", "weight": "f"},
    tensor="f x c/g x k",
    linear="mixes",
    macs="N*K*c/g*f",
    window=SLIDE,
    cells={"": "sum(x*w) + b"},
    groups="g",
    beyond=lambda applied: str(applied.values.get("padding_mode", "zeros")),
    needs=(GROUPS_IN, GROUPS_OUT, FITS),
    rules="conv",
    takes="map",
    torch=(("Conv{n}d", TORCH_CONV), ("LazyConv{n}d", lazy(TORCH_CONV))),
    onnx=(("Conv", f"{ONNX_WINDOW} dilations group"),),
    keras=(
        ("Conv{n}D", KERAS_CONV), ("Conv1D", KERAS_CONV1D),
        ("Convolution{n}D", KERAS_CONV), ("Convolution1D", KERAS_CONV1D),
    ),
    check=lambda case: check_edges(case, case.values.get("padding_mode")),
    counted_as="conv",
    label="Conv (C_out={f}, K={k}, P={p}, S={s})",
    line="{kind}{k}-{o}",
    drawn="{f} x ({c/g} x {K}{ + b})",
    example=("conv 10 k5 p2", "3x32x32"),
    sources=("Dumoulin & Visin 2016, relationship 6", "PyTorch Conv2d"),
)  # fmt: skip


def table_letters(case: Case) -> dict[str, Value]:
    """t counts the pairs of input and output maps that the connection table joins."""
    table = case.values["table"]
    channels = case.shape[0]
    for row in table:
        for index in row:
            if index < 0 or not case.holds(index + 1, "<=", channels):
                raise problem(
                    "C005",
                    f"the table names input map {index}, but there are only {channels}, 0 to {channels - 1}",
                    f"numbers from 0 to {channels - 1} in every row",
                )
        if len(set(row)) < len(row):
            raise problem("C005", f"a row of the table names the same input map twice: {list(row)}")
    return {"t": sum(map(len, table)), "f": len(table)}


TABLECONV = CONV._replace(
    name="tableconv",
    linear="",
    doc="A convolution whose filters see only those input maps that their row of a connection table lists.",
    keys=(
        Key("table", "", "input maps of each filter, counted from 0", "table", bare=False),
        KERNEL, STRIDE, PADDING, BIAS,
    ),
    aliases=(),
    dims="",
    parameters="K*t + b*f",
    normed={},
    tensor="",
    macs="N*K*t",
    cells={},
    letters=table_letters,
    needs=(FITS._replace(condition="k <= n + 2*p", cures="k p"),),
    onnx=(),
    torch=(),
    keras=(),
    counted_as="",
    drawn="{t} x {K}{ + b*f}",
    meanings={"t": ("pairs of input and output maps that are joined", "pairs")},
    example=("tableconv table=[[0,1,2],[1,2,3],[0,1,2,3]] k5", "4x14x14"),
    sources=("LeCun, Bottou, Bengio & Haffner 1998, table I",),
)  # fmt: skip

DWCONV = CONV._replace(
    name="dwconv",
    linear="",
    doc="Each input channel has m filters of its own: a convolution with as many groups as channels.",
    keys=(KERNEL, STRIDE, PADDING, DILATION, MULTIPLIER, BIAS, AUTO_PAD, PADS, IN_CHANNELS),
    aliases=("depthwise", "depthwiseconv"),
    dims="dwconv depthwiseconv",
    channels="c*m",
    parameters="(K + b)*c*m",
    normed={"spectral": "c*m + K", "keras spectral": "m", "weight": "c*m"},
    tensor="c*m x k",
    macs="N*K*c*m",
    groups="c",
    needs=(FITS,),
    onnx=(),
    torch=(),
    keras=(("DepthwiseConv{n}D", KERAS_DWCONV),),
    label="DepthwiseConv (K={k}, P={p}, S={s})",
    drawn="{c*m} x ({K}{ + b})",
    example=("dwconv k3 p1", "32x112x112"),
    sources=(),
)  # fmt: skip

SEPCONV = CONV._replace(
    name="sepconv",
    linear="",
    doc="A depthwise convolution and a 1×1 convolution after it; one bias, as Keras has it.",
    keys=(FILTERS, KERNEL, STRIDE, PADDING, DILATION, MULTIPLIER, BIAS, IN_CHANNELS),
    aliases=("separable", "separableconv"),
    dims="sepconv separableconv",
    parameters="K*c*m + (c*m + b)*f",
    normed={},
    tensor="",
    macs="N*K*c*m + N*c*m*f",
    cells={},
    needs=(FITS,),
    onnx=(),
    torch=(),
    keras=tuple(
        (f"Separable{stem}{{n}}D", KERAS_CONV.replace("groups", "depth_multiplier")) for stem in ("Conv", "Convolution")
    ),
    label="SeparableConv (C_out={f}, K={k}, P={p}, S={s})",
    drawn="{c*m} x {K} + {f} x ({c*m}{ + b})",
    example=("sepconv 64 k3 p1", "32x112x112"),
    sources=("Chollet 2017, Xception",),
)  # fmt: skip

OUTPUT_PADDING = Key(
    "output_padding", "op", "cells added at the end of the output", "axes", 0, low=0, aliases=("out_padding",)
)


def fit_output(case: Case) -> None:
    """Where `output` is asked for: the output padding that gives it (PyTorch, Keras), or the padding (ONNX)."""
    values = case.values
    if values["output_padding"] is None and not case.word:  # cells on each side are PyTorch's way
        values["output_padding"] = (0,) * len(case.axes)
        for axis in case.axes:
            axis["op"] = 0
    if values["output"] is not None:
        if case.convention.output_sets_padding:
            for axis in case.axes:
                fit_padding(case, axis)
        else:
            fit_output_padding(case)
    if case.word and values["output_padding"] is not None:
        take_size(case)
    values["padding"] = tuple((axis["p_l"], axis["p_r"]) for axis in case.axes)


def take_size(case: Case) -> None:
    """Where a framework's own formula gives the size, the padding that goes with it (Keras's `same`)."""
    for axis in case.axes:
        if (case.kind.rules, case.situation(axis)) in case.convention.sizes:
            total = evaluate(tree("max((n - 1)*s + d*(k - 1) + 1 - o, 0)"), {**axis, "o": case.size_on(axis)})
            before = floor_divide(total, 2)
            case.set_padding(axis, before, total - before)


def fit_output_padding(case: Case) -> None:
    """What is missing beyond the size without output padding; Keras's own default needs none at all."""
    values, axes = case.values, case.axes
    if any(axis.get("op") for axis in axes):
        raise problem("V009", "give output or output_padding, not both", "leave output_padding out")
    wanted, usual = tuple(axis["o"] for axis in axes), tuple(map(case.size_on, axes))
    if values["output_padding"] is None and usual == wanted:
        return
    values["output_padding"] = (0,) * len(axes)
    least = tuple(case.size_on({**axis, "op": 0}) for axis in axes)
    most = tuple(low + axis["s"] - 1 for low, axis in zip(least, axes, strict=True))
    for axis, low, high in zip(axes, least, most, strict=True):
        if not (case.holds(low, "<=", axis["o"]) and case.holds(axis["o"], "<=", high)):
            raise impossible_output(wanted, least, most, usual)
        axis["op"] = axis["o"] - low
    values["output_padding"] = tuple(axis["op"] for axis in axes)


def impossible_output(wanted: Any, least: Any, most: Any, usual: Any) -> Problem:
    """The error of an output that no output padding gives: which sizes there are, and the nearest to paste."""
    low, high = spelled_sides(least), spelled_sides(most)
    hint = f"sizes from {low} to {high} are" if low != high else f"only {low} is"
    if all(isinstance(size, int) for size in (*wanted, *least, *most, *usual)):
        found = [tuple(sorted(three)[1] for three in zip(wanted, least, most, strict=True))]
        if any(size > high for size, high in zip(usual, most, strict=True)):
            hint += f", and {spelled_sides(usual)}"
            found.append(usual)
        nearest = min(found, key=lambda one: sum(abs(a - b) for a, b in zip(one, wanted, strict=True)))
        hint += f": output={spelled_sides(nearest)}"
    return problem("C007", f"an output of {spelled_sides(wanted)} is not possible", hint)


def spelled_sides(sizes: Any) -> str:
    return str(sizes[0]) if len(set(sizes)) == 1 else "x".join(map(str, sizes))


def fit_padding(case: Case, axis: Axis) -> None:
    """ONNX: the odd cell comes first, at the end only with SAME_UPPER."""
    whole = case.size_on({**axis, "p": 0, "p_l": 0, "p_r": 0})
    total = whole - axis["o"]
    if not case.holds(0, "<=", total):
        hint = f"at most {whole}: output={whole}, or output_padding for more"
        raise problem("C007", f"an output of {axis['o']} is not possible", hint)
    half = floor_divide(total, 2)
    if case.word in ("same", "same_upper"):
        case.set_padding(axis, half, total - half)
    else:
        case.set_padding(axis, total - half, half)


TCONV = CONV._replace(
    name="tconv",
    linear="",
    doc="The transpose of a convolution: every input cell spreads a window of outputs, s apart.",
    keys=(
        FILTERS, KERNEL, STRIDE, PADDING._replace(words=("same", "valid", "same_lower", "same_upper")), OUTPUT_PADDING,
        DILATION, GROUPS, BIAS, PADDING_MODE._replace(words=("zeros",), quiet=True), OUTPUT._replace(quiet=True),
        AUTO_PAD, PADS, IN_CHANNELS,
    ),
    aliases=("conv_transpose", "convtranspose", "deconv", "deconvolution", "transposedconv"),
    dims="tconv convtranspose conv_transpose deconv",
    sizes={"": TCONV_SIZE},
    # PyTorch and Keras both have its channels where a convolution has its filters.
    normed={"spectral": "f/g + K*c", "keras spectral": "c", "weight": "c"},
    tensor="c x f/g x k",
    macs="M*K*c/g*f",
    connections="M*K*c/g*f + b*N*f",
    window=SPREAD,
    beyond=nothing,
    needs=(
        GROUPS_IN,
        GROUPS_OUT,
        Need("op < max(s, d)", "C003", "output_padding {op} must be smaller than stride {s} or dilation {d}", "op"),
        Need("1 <= (n - 1)*s - 2*p + d*(k - 1) + 1 + op", "C004",
             "nothing is left of the output: {(n - 1)*s - 2*p + d*(k - 1) + 1 + op} wide", "p k"),
    ),
    rules="tconv",
    bind=fit_output,
    torch=(("ConvTranspose{n}d", TORCH_TCONV), ("LazyConvTranspose{n}d", lazy(TORCH_TCONV))),
    onnx=(("ConvTranspose", f"{ONNX_WINDOW} dilations group output_padding output_shape"),),
    keras=tuple(
        (f"{stem}{dims}DTranspose", KERAS_TCONV if dims < 3 else KERAS_TCONV3D)
        for stem in ("Conv", "Convolution")
        for dims in (1, 2, 3)
    ),
    counted_as="tconv",
    label="ConvTranspose (C_out={f}, K={k}, P={p}, S={s})",
    example=("tconv 64 k4 s2 p1", "128x8x8"),
    sources=("Dumoulin & Visin 2016, relationship 14", "PyTorch ConvTranspose2d"),
)  # fmt: skip

LOCALCONV = CONV._replace(
    name="localconv",
    linear="",
    doc="A convolution whose weights are not shared: every position has filters of its own.",
    keys=tuple(key for key in CONV_KEYS if key.name != "padding_mode"),
    aliases=("locally_connected", "locallyconnected", "local"),
    dims="localconv locallyconnected",
    parameters="N*(K*c/g + b)*f",
    normed={},
    onnx=(),
    tensor="N x f x c/g x k",
    torch=(),
    keras=(("LocallyConnected{n}D", KERAS_CONV.replace("dilation_rate groups ", "")),),
    counted_as="",
    label="LocalConv (C_out={f}, K={k}, P={p}, S={s})",
    drawn="{N} x {f} x ({c/g} x {K}{ + b})",
    example=("localconv 96 k11 s4", "3x227x227"),
    sources=(),
)


def check_displacements(case: Case) -> None:
    """Only without a convolution of its own has it a second input, of two numbers for each tap, and maybe a mask."""
    count, known = len(case.shapes), case.letters
    most = 1 if case.values["own"] else 3
    if count > most:
        hint = "own=no takes displacements, and a mask" if most == 1 else "from: [map, displacements, mask]"
        raise problem("C030", f"deformconv takes {most} input{'s' * (most > 1)}, here it has {count}", hint)
    for shape, each in zip(case.shapes[1:], (known["D"], 1), strict=False):
        wanted = each * known["K"]
        case.demand_multiple(shape[0], wanted, "displacements", f"{wanted} for each group of channels")


DEFORMCONV = CONV._replace(
    name="deformconv",
    linear="",
    doc="A convolution whose taps are displaced, by the outputs of a second convolution that is counted here.",
    keys=(
        *(key for key in CONV_KEYS if key.name != "padding_mode"),
        Key("offset_groups", "q", "groups of channels displaced alike", default=1, aliases=("deform_groups",)),
        Key("mask", "u", "a learnt weight for every tap (version 2)", "flag", False),
        Key("own", "w", "with the convolution that displaces; if not, give its output", "flag", True, quiet=True),
    ),
    aliases=("deformable",),
    dims="deformconv",
    # For each tap a row, a column (and a mask): D displacements a tap on D axes.
    parameters="(K*c/g + b)*f + w*(K*c + 1)*(D + u)*K*q",
    tensor="",
    weights="K*c/g*f + w*K*c*(D + u)*K*q",
    biases="b*f + w*(D + u)*K*q",
    normed={},
    macs="N*K*c/g*f + w*N*K*c*(D + u)*K*q",
    cells={},
    connections="N*K*c/g*f + w*N*K*c*(D + u)*K*q + b*N*f + w*N*(D + u)*K*q",
    needs=(*CONV.needs, Need(
            "c % q == 0", "C002", "{c} channels cannot be divided into {q} offset groups", "q",
            "offset_groups must divide {c}",
        )),
    inputs=-1,
    check=check_displacements,
    torch=(("DeformConv2d", TORCH_CONV.partition(" padding_mode")[0] + " own=no"),),
    onnx=(("DeformConv", "kernel_shape pads strides dilations group offset_group:offset_groups own=no"),),
    keras=(),
    counted_as="",
    label="DeformConv (C_out={f}, K={k}, P={p}, S={s})",
    example=("deformconv 64 k3 p1", "64x28x28"),
    sources=("Dai et al. 2017, Deformable convolutional networks", "Zhu et al. 2019, version 2"),
)  # fmt: skip

KINDS = (CONV, DWCONV, SEPCONV, TCONV, LOCALCONV, DEFORMCONV, TABLECONV)
