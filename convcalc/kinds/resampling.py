"""Layers that change the grid without learnt windows: up-sampling, unpooling, shuffling, padding and cropping."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.algebra.expr import ceil_divide, divide, evaluate, extremum, floor_divide
from convcalc.algebra.parser import parse
from convcalc.kinds.convolution import CONV_SIZE, FITS, check_edges
from convcalc.kinds.keys import (
    DECIMAL,
    DILATION,
    FACTOR,
    KERNEL,
    OUTPUT,
    PADDING,
    PADS,
    POOL_KERNEL,
    POOL_STRIDE,
    SCALE,
    STRIDE,
)
from convcalc.layers import REQUIRED, Key, Kind, Need
from convcalc.layers.case import product
from convcalc.layers.window import (
    ADAPTIVE,
    CENTRED,
    CUTTING,
    FOLDING,
    INTERPOLATED,
    NEAREST,
    RESAMPLING,
    SHIFTING,
    SHUFFLING,
    SLIDING,
    SPREADING,
    UNFOLDING,
    Window,
)
from convcalc.problem import problem

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers import Shape
    from convcalc.layers.case import Case


BETWEEN = frozenset(("linear", "bilinear", "trilinear", "bicubic"))


def check_interpolation(case: Case) -> None:
    """Exactly one of scale and size; the interpolation must suit the number of axes (PyTorch's Upsample)."""
    values = case.values
    scale, size = values["scale"], values["output"]
    mode: str = values["mode"]
    if (scale is None) == (size is None):
        raise problem("V010", "give the scale or the output size, one of the two", "for example `upsample 2`")
    axes = {"linear": 1, "bilinear": 2, "bicubic": 2, "trilinear": 3}.get(mode, case.rank)
    if axes != case.rank:
        fitting = {1: "linear", 2: "bilinear", 3: "trilinear"}.get(case.rank, "nearest")
        raise problem("V011", f"mode {mode} is for {axes}-D maps, this one is {case.rank}-D", f"mode={fitting}")
    if values["corners"] is not None and mode not in BETWEEN:
        raise problem("V011", f"mode {mode} finds no values between, so the corners have no say", "leave it out")
    if values["recompute"] and size is not None:
        raise problem("V010", "there is no scale to recompute where the size is given", "leave recompute out")


MODE = Key(
    "mode", "", "how values between are found", "word", "nearest",
    words=("nearest", "nearest_exact", "linear", "bilinear", "trilinear", "bicubic", "area", "lanczos3", "lanczos5"),
    aliases=("interpolation",),
)  # fmt: skip
CORNERS = Key(
    "corners", "", "the corner pixels stay in the corners", "flag", None, aliases=("align_corners",), quiet=True
)

RECOMPUTE = Key(
    "recompute", "", "the scale is that of the rounded sizes", "flag", None,
    aliases=("recompute_scale_factor",), quiet=True,
)  # fmt: skip

ONNX_RESIZE = (
    "mode scales:scale coordinate_transformation_mode:_ nearest_mode:_ cubic_coeff_a:_ exclude_outside:_ "
    "extrapolation_value:_ keep_aspect_ratio_policy:_ antialias:_"
)

# By ONNX's mode and the number of axes.
ONNX_MODES = {("linear", 2): "bilinear", ("linear", 3): "trilinear", ("cubic", 2): "bicubic"}

UPSAMPLE = Kind(
    "upsample",
    "Make the map larger by repeating or interpolating values.",
    keys=(SCALE, OUTPUT._replace(aliases=("size", "output_size")), MODE, CORNERS, RECOMPUTE),
    aliases=("upsampling", "resize", "interpolate"),
    dims="upsample upsampling",
    sizes={"": "floor(n*r)", "output": "o"},
    window=Window(RESAMPLING),
    modes={
        "nearest": Window(NEAREST), "nearest_exact": Window(CENTRED), "area": Window(ADAPTIVE),
        "linear": Window(INTERPOLATED), "bilinear": Window(INTERPOLATED), "trilinear": Window(INTERPOLATED),
        "bicubic": Window(INTERPOLATED, "2"), "lanczos3": Window(INTERPOLATED, "3"),
        "lanczos5": Window(INTERPOLATED, "5"),
    },
    needs=(Need("1 <= floor(n*r)", "C004", "nothing is left of the output: {floor(n*r)} wide", "n"),),
    cells={
        "": "x", "area": "sum(x)/m", "linear": "sum(t*x)", "bilinear": "sum(t*x)", "trilinear": "sum(t*x)",
        "bicubic": "sum(t*x)", "lanczos3": "", "lanczos5": "",
    },
    beyond=lambda applied: "replicate",
    takes="map",
    rules="upsample",
    torch=(
        ("Upsample", "size:output scale_factor mode align_corners recompute_scale_factor"),
        ("UpsamplingNearest2d", "size:output scale_factor"),
        ("UpsamplingBilinear2d", "size:output scale_factor mode=bilinear corners=yes"),
    ),
    keras=(
        ("UpSampling{n}D", "size:scale=2 data_format interpolation"),
        (
            "Resizing:2",
            "height*:output width*:output interpolation:mode=bilinear crop_to_aspect_ratio:_ pad_to_aspect_ratio:_ "
            "fill_mode:_ fill_value:_ antialias data_format",
        ),
    ),
    onnx=tuple((name, ONNX_RESIZE) for name in ("Resize", "Upsample")),
    check=check_interpolation,
    counted_as="upsample",
    label="Upsample({r})",
    example=("upsample 2", "64x28x28"),
    sources=("PyTorch Upsample",),
)  # fmt: skip


def check_unpooled(case: Case) -> None:
    """A requested size must lie less than one stride from the usual one (PyTorch's MaxUnpool)."""
    for axis in case.axes:
        usual = evaluate(parse(UNPOOL_SIZE), axis)
        wanted, stride = axis.get("o", usual), axis["s"]
        if not (case.holds(usual - stride + 1, "<=", wanted) and case.holds(wanted, "<=", usual + stride - 1)):
            raise problem(
                "C007", f"an output of {wanted} is not possible",
                f"sizes from {usual - stride + 1} to {usual + stride - 1} are",
            )  # fmt: skip


UNPOOL_SIZE = "(n - 1)*s - 2*p + k"
UNPOOLS = Need(
    f"1 <= {UNPOOL_SIZE}", "C004", f"nothing is left of the output: {{{UNPOOL_SIZE}}} wide", "p k", unless="output"
)

MAXUNPOOL = Kind(
    "maxunpool",
    "The inverse of max pooling: each value goes back to where it came from, zeros elsewhere.",
    keys=(POOL_KERNEL, POOL_STRIDE, PADDING._replace(words=()), OUTPUT._replace(quiet=True), PADS),
    dims="maxunpool",
    sizes={"": UNPOOL_SIZE, "output": "o"},
    window=Window(SPREADING, "k", "s"),
    cells={"": "sum(x)"},
    unpools=True,
    needs=(UNPOOLS,),
    takes="map",
    torch=(("MaxUnpool{n}d", "kernel_size! stride! padding!{}"),),
    onnx=(("MaxUnpool", "kernel_shape* pads strides"),),
    check=check_unpooled,
    counted_as="free",
    label="MaxUnpool(K={k}, S={s})",
    example=("maxunpool 2", "64x14x14"),
)

UNPOOL = MAXUNPOOL._replace(
    name="unpool",
    doc="Each value becomes a block: repeated (nearest), or in its corner with zeros around (bed_of_nails).",
    keys=(
        SCALE._replace(
            symbol="k", type="axes", low=1, default=REQUIRED,
            aliases=("kernel", "scale_factor", "factor", "kernel_size", "pool_size"),
        ),
        STRIDE._replace(default="=scale"),
        PADDING._replace(words=()),
        Key("mode", "", "what fills the block", "word", "nearest", words=("nearest", "bed_of_nails")),
    ),
    unpools=False,
    aliases=("unpooling",),
    dims="unpool",
    sizes={"": UNPOOL_SIZE},
    modes={"bed_of_nails": Window(SPREADING, "1", "s")},
    onnx=(),
    torch=(),
    check=None,
    label="Unpool(K={k}, S={s})",
    example=("unpool 2", "64x14x14"),
)  # fmt: skip


def shuffled_shape(case: Case) -> Shape:
    """(C·r², H, W) → (C, H·r, W·r)."""
    channels, *space = case.shape
    factor = case.values["factor"]
    cells = factor**case.rank
    case.demand_multiple(channels, cells, "channels", f"factor {factor} needs a multiple of {cells}")
    return (divide(channels, cells), *(side * factor for side in space))


def unshuffled_shape(case: Case) -> Shape:
    """(C, H·r, W·r) → (C·r², H, W)."""
    channels, *space = case.shape
    factor = case.values["factor"]
    for side in space:
        case.demand_multiple(side, factor, "a side", f"factor {factor} needs a multiple of it")
    return (channels * factor**case.rank, *(divide(side, factor) for side in space))


PIXELSHUFFLE = Kind(
    "pixelshuffle",
    "Trade channels for resolution: r² channels become an r × r block of pixels.",
    keys=(FACTOR,),
    aliases=("depth_to_space", "depthtospace"),
    shape=shuffled_shape,
    outputs={"channels": "c/r**D", "size": "n*r"},
    window=Window(SHUFFLING, "r", "r"),
    takes="map",
    torch=(("PixelShuffle:2", "upscale_factor"),),
    onnx=(("DepthToSpace", "blocksize*:factor mode:_"),),
    counted_as="free",
    label="PixelShuffle({r})",
    example=("pixelshuffle 2", "64x28x28"),
    sources=("Shi et al. 2016",),
)

PIXELUNSHUFFLE = PIXELSHUFFLE._replace(
    name="pixelunshuffle",
    doc="Trade resolution for channels: an r × r block of pixels becomes r² channels.",
    aliases=("space_to_depth", "spacetodepth"),
    shape=unshuffled_shape,
    outputs={"channels": "c*r**D", "size": "n/r"},
    window=Window(SLIDING, "r", "r", apart=True),
    torch=(("PixelUnshuffle:2", "downscale_factor"),),
    onnx=(("SpaceToDepth", "blocksize*:factor"),),
    label="PixelUnshuffle({r})",
    example=("pixelunshuffle 2", "16x56x56"),
    sources=(),
)


UNFOLD = Kind(
    "unfold",
    "Lay out every window as a column (im2col).",
    keys=(KERNEL._replace(bare=True), STRIDE, PADDING._replace(words=()), DILATION),
    aliases=("im2col",),
    sizes={"": CONV_SIZE},
    shape=lambda case: (case.shape[0] * case.letters["K"], case.letters["N"]),
    outputs={"rows": "c*K", "windows": "N"},
    window=Window(UNFOLDING),
    needs=(FITS,),
    takes="map",
    makes="features",
    torch=(("Unfold:2", "kernel_size! dilation! padding!{} stride!"),),
    counted_as="free",
    label="Unfold(K={k}, S={s})",
    example=("unfold 3", "3x8x8"),
)


def folded_shape(case: Case) -> Shape:
    """(C·K, number of windows) → (C, *output)."""
    values, size = case.values, parse(CONV_SIZE)
    if len(case.shape) != 2:
        raise problem("C010", f"fold takes (channels × windows), not {len(case.shape)} axes", "put `unfold` before it")
    counts = [
        evaluate(size, {"n": n, "k": k, "s": s, "p": p, "d": d})
        for n, k, s, (p, _), d in zip(
            values["output"], values["kernel"], values["stride"], values["padding"], values["dilation"], strict=True
        )
    ]
    kernels = product(values["kernel"])
    fits = all(case.holds(1, "<=", count) for count in counts)
    if not (fits and case.holds(case.shape[1], "==", product(counts))):
        raise problem(
            "C008",
            f"an output of {'×'.join(map(format, values['output']))} has {' × '.join(map(format, counts))} windows,"
            f" the input has {case.shape[1]}",
            f"an input of {product(counts)} windows",
        )
    case.demand_multiple(case.shape[0], kernels, "channels", f"the window has {kernels} cells")
    return (divide(case.shape[0], kernels), *values["output"])


FOLD = Kind(
    "fold",
    "Add every column back into its window (col2im).",
    keys=(OUTPUT._replace(default=REQUIRED), KERNEL, STRIDE, PADDING._replace(words=()), DILATION),
    aliases=("col2im",),
    rank=2,
    shape=folded_shape,
    outputs={"channels": "c/K"},
    letters=lambda case: {"K": product(case.values["kernel"])},
    window=Window(FOLDING),
    makes="map",
    torch=(("Fold", "output_size! kernel_size! dilation! padding!{} stride!"),),
    counted_as="free",
    label="Fold({o})",
    example=("fold 6x6 k3", "36x16"),
)

AMOUNT = Key("amount", "p", "cells on each side", "padding", low=-(10**9), aliases=("padding", "cropping", "n", "pad"))
TORCH_AMOUNT = Key(
    "sides", "", "cells before and after, last axis first (PyTorch)", "sides", None, low=AMOUNT.low, quiet=True
)


def check_amounts(case: Case) -> None:
    """Limits of the modes; only replicated and reflected edges may be cut further than they are wide (F.pad)."""
    mode = case.values["mode"]
    check_edges(case, mode)
    for axis in case.axes:
        before, after, n = axis["p_l"], axis["p_r"], axis["n"]
        if mode in ("replicate", "reflect"):
            continue
        cut = -extremum("min", before, 0) - extremum("min", after, 0)
        if not case.holds(cut, "<=", n):
            raise problem("C004", f"{cut} cells are to be cut off, there are only {n}", f"cut at most {n}")


def fill_to_size(case: Case, grows: bool) -> None:
    """The cells on each side between the size there is and the one asked for; the odd one at the end."""
    amounts = []
    for axis in case.axes:
        size, wanted = axis["n"], axis["o"]
        small, large = (size, wanted) if grows else (wanted, size)
        if not case.holds(small, "<=", large):
            words = ("pad", "crop") if grows else ("crop", "pad")
            raise problem("C032", f"cannot {words[0]} {size} to {wanted}", f"{words[1]} it instead")
        cells, before = large - small, case.values.get("offset")
        if before is None:
            before = floor_divide(cells, 2)
        elif not case.holds(before, "<=", cells):
            raise problem("C032", f"an offset of {before} leaves less than {wanted} of {size}", f"at most {cells}")
        amounts.append(case.set_padding(axis, before, cells - before))
    case.values["amount"] = tuple(amounts)


def bind_amounts(case: Case) -> None:
    """Cells on each side: as given, up to a size or a multiple, or none where channels alone are added."""
    values = case.values
    if sum(values[key] is not None for key in ("amount", "output", "multiple")) > 1:
        raise problem("V010", "give the cells on each side, the output size or a multiple, one of them", "zeropad 1")
    if values["output"] is not None:
        fill_to_size(case, grows=True)
    elif values["amount"] is None:
        missing = (
            (ceil_divide(axis["n"], axis["m"]) * axis["m"] - axis["n"] if "m" in axis else 0) for axis in case.axes
        )
        values["amount"] = tuple(case.set_padding(axis, 0, more) for axis, more in zip(case.axes, missing, strict=True))


def added_channels(case: Case) -> dict[str, Value]:
    """q channels in all, before and after those there are."""
    given = case.values["channels"] or (0,)
    if len(given) > 2 or any(isinstance(number, int) and number < 0 for number in given):
        raise problem("V002", "channels takes one number, or two: before and after", "channels=8, or channels=[0, 16]")
    if case.values["channels"] and case.values["mode"] not in ("zeros", "constant"):
        raise problem("V011", f"mode {case.values['mode']} pads the map and not its channels", "mode=zeros")
    return {"q": sum(given) if len(given) == 2 else 2 * given[0]}


ZEROPAD = Kind(
    "zeropad",
    "Add cells around the map.",
    keys=(
        AMOUNT._replace(unless=("sides", "pads", "channels", "output", "multiple")),
        Key(
            "mode", "", "what the cells hold", "word", "zeros",
            words=("zeros", "constant", "reflect", "replicate", "circular"),
        ),
        DECIMAL._replace(
            name="value", doc="what the cells of zeros and constants hold", default="0", words=("inf", "-inf"),
            bare=False,
        ),
        TORCH_AMOUNT,
        PADS,
        Key("channels", "", "channels of zeros before and after", "shape", None, quiet=True, bare=False),
        OUTPUT._replace(aliases=("to", "size"), quiet=True),
        Key("multiple", "m", "sides become multiples, by cells at the end", "axes", None, bare=False, quiet=True),
    ),
    aliases=("pad", "padding"),
    dims="zeropad zeropadding",
    sizes={"": "n + 2*p", "output": "o", "multiple": "ceil(n/m)*m"},
    channels="c + q",
    window=Window(SHIFTING),
    cells={"": "x"},
    beyond=lambda applied: str(applied.values["mode"]),
    needs=(Need("1 <= n + 2*p", "C004", "nothing is left of the output: {n + 2*p} wide", "p"),),
    takes="map",
    torch=(
        ("ZeroPad{n}d", "padding:sides"),
        ("ConstantPad{n}d", "padding:sides value"),
        ("ReflectionPad{n}d", "padding:sides mode=reflect"),
        ("ReplicationPad{n}d", "padding:sides mode=replicate"),
        ("CircularPad{n}d", "padding:sides mode=circular"),
    ),
    keras=(("ZeroPadding{n}D", "padding:amount=1 data_format"),),
    bind=bind_amounts,
    letters=added_channels,
    check=check_amounts,
    counted_as="free",
    meanings={"q": ("channels added", "channels")},
    label="ZeroPad({p})",
    example=("zeropad 1", "3x32x32"),
)  # fmt: skip


def centre_crop(case: Case) -> None:
    if case.values["output"] is not None:
        fill_to_size(case, grows=False)


CROP = Kind(
    "crop",
    "Cut cells off the edges, or to the size of another layer.",
    keys=(
        AMOUNT._replace(default=0, low=0),
        OUTPUT._replace(aliases=("to", "size")),
        Key(
            "offset",
            "",
            "cells cut before, of those that an output leaves; else half of them",
            "count",
            None,
            low=0,
            quiet=True,
        ),
    ),
    aliases=("cropping", "centercrop", "centrecrop"),
    dims="crop cropping",
    sizes={"": "n - 2*p", "output": "o"},
    window=Window(CUTTING),
    cells={"": "x"},
    needs=(Need("1 <= n - 2*p", "C004", "nothing is left of the output: {n - 2*p} wide", "p"),),
    takes="map",
    bind=centre_crop,
    keras=(
        ("Cropping1D", "cropping:amount=1 data_format"),
        ("Cropping2D", "cropping:amount=0 data_format"),
        ("Cropping3D", "cropping:amount=1 data_format"),
        ("CenterCrop:2", "height*:output width*:output data_format"),
        ("RandomCrop:2", "height*:output width*:output seed data_format"),
    ),
    counted_as="free",
    operator=True,
    label="Crop({p})",
    example=("crop 2", "3x32x32"),
)

KINDS = (UPSAMPLE, MAXUNPOOL, UNPOOL, PIXELSHUFFLE, PIXELUNSHUFFLE, UNFOLD, FOLD, ZEROPAD, CROP)
