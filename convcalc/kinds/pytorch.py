"""How each kind is written in PyTorch.

A form is an expression.  Its names are the letters of the kind's formulas and its keys: c the channels or features of
its input, {n} the number of axes, `stride or 1` an argument that is left out where it is 1.  x is the input, x2 the
second one, xs all of them: a form without them is a module.  Activations are written as the class that their record
names, with what it may be told.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from convcalc.kinds.pytorch_arithmetic import (
    axis_form,
    channel_form,
    laid_out,
    letters_of_axes,
    looking,
    numberwise,
    rectifier_formula,
    rectifying,
    reduction,
    repetition,
    rescaled_form,
    unit_form,
    unless_usual,
    usual_class,
)
from convcalc.kinds.unsaid import IN_PYTORCH
from convcalc.layers.situation import pool_window

if TYPE_CHECKING:
    from convcalc.layers.situation import LayerSituation

    Form: TypeAlias = str | Callable[[LayerSituation], str]

BIAS = "bias=bias or True"
EPS, AVERAGES = "eps=eps or 1e-5", "eps=eps or 1e-5, momentum=momentum or 0.1"
STRIDES = "stride=stride or 1, {padding}, dilation=dilation or 1"
CONV = f"(c, f, kernel_size=kernel, {STRIDES}, groups=groups or 1, {BIAS}, padding_mode=padding_mode or 'zeros')"
DWCONV = f"(c, c*m, kernel_size=kernel, {STRIDES}, groups=c, {BIAS})"
DEPTHWISE = f"(c, c*m, kernel_size=kernel, {STRIDES}, groups=c, bias=False)"
POINTWISE = f"nn.Conv{{n}}d(c*m, f, kernel_size=1, {BIAS})"
TRANSFORMER = (
    "dim_feedforward=f or 2048, dropout=dropout or 0.1, activation=hidden_activation or 'relu', "
    f"layer_norm_eps=eps or 1e-5, batch_first=True, norm_first=norm_first or False, {BIAS}"
)
RECURRENT = (
    "c, f, num_layers=layers or 1, bias=bias or True, batch_first=True, dropout=dropout or 0, "
    "bidirectional=bidirectional or False, "
    "last=ends or False"
)


def conv_form(arguments: str, stem: str = "nn.Conv") -> Callable[[LayerSituation], str]:
    """A convolution with its padding: numbers, `same`, TensorFlow's, or a layer of cells before it."""

    def form(situation: LayerSituation) -> str:
        stride = situation.applied.values["stride"]
        if situation.word in ("same", "same_upper"):
            if set(stride) == {1} and not situation.strides_vary:
                return f"{stem}{{n}}d{arguments}".replace("{padding}", "padding='same'")
            if not situation.is_even or situation.strides_vary:
                return f"SameConv{{n}}d{arguments}".replace("{padding}, ", "")
        if situation.is_even:
            return f"{stem}{{n}}d{arguments}".replace("{padding}", "padding=pads or 0")
        form = f"{stem}{{n}}d{arguments}".replace("{padding}, ", "")
        return f"nn.Sequential(nn.ZeroPad{{n}}d(sides), {form})"

    return form


def pooling(name: str, filler: str, more: str = "") -> Callable[[LayerSituation], str]:
    pool = f"nn.{name}{{n}}d(kernel, stride=stride or kernel"

    def form(situation: LayerSituation) -> str:
        is_partial = situation.applied.values.get("count_padding") is False
        is_uneven = not situation.is_even or situation.strides_vary
        if situation.word in ("same", "same_upper") and is_uneven and (is_partial or name == "MaxPool"):
            return f"Same{name}{{n}}d(kernel, stride=stride or kernel{more})"
        window = pool_window(situation.applied)
        if window.inside:
            counted = ", count_include_pad=False" if is_partial else ""
            return f"{pool}, padding=pads or 0, ceil_mode=ceiled or False{counted}{more})"
        if is_partial:
            return f"Partial{name}{{n}}d(sides, kernel, stride=stride or kernel{more})"
        return f"nn.Sequential({filler}, {pool}{more}))"

    return form


def global_pooling(name: str) -> Callable[[LayerSituation], str]:
    def form(situation: LayerSituation) -> str:
        pool = f"nn.{name}{{n}}d(1)"
        return f"nn.Sequential({pool}, nn.Flatten())" if len(situation.applied.output) == 1 else pool

    return form


def padding(situation: LayerSituation) -> str:
    if situation.values.get("channels"):
        return "PadChannels(channels)" if situation.values["value"] == "0" else ""
    if not any(cells for pair in situation.pads for cells in pair):
        return "nn.Identity()"
    if situation.values["value"] != "0":
        return "nn.ConstantPad{n}d(sides, value)"
    names = {"reflect": "ReflectionPad", "replicate": "ReplicationPad", "circular": "CircularPad"}
    return f"nn.{names.get(situation.values.get('mode', ''), 'ZeroPad')}{{n}}d(sides)"


def upsampling(situation: LayerSituation) -> str:
    modes = {1: "linear", 2: "bilinear", 3: "trilinear"}
    mode = situation.values["mode"].replace("_", "-")
    if mode.startswith("lanczos"):
        return ""
    mode = modes[situation.rank] if mode in modes.values() else mode
    corners = ", align_corners=corners or False" if mode in (*modes.values(), "bicubic") else ""
    size = "size=sizes" if situation.values.get("output") is not None else "scale_factor=scale"
    return f"nn.Upsample({size}, mode={mode!r}{corners})"


def normalising(situation: LayerSituation) -> str:
    """Batch normalisation of the channels: with a scale and a shift, one of them, or neither."""
    letters = situation.letters
    if letters["e"] != situation.shape[0] or letters.get("r"):
        return ""
    if letters["a"] == letters["b"] and letters["w"]:
        return f"CaffeBatchNorm{{n}}d(c, {AVERAGES}, affine=affined or True)" if letters["u"] else ""
    if letters["a"] == letters["b"]:
        return f"nn.BatchNorm{{n}}d(c, {AVERAGES}, affine=affined or True, track_running_stats=track or True)"
    return f"{'Scaled' if letters['a'] else 'Shifted'}BatchNorm{{n}}d(c, {AVERAGES})"


def layer_normalising(name: str) -> Callable[[LayerSituation], str]:
    """Over the last axes, or over the channels of a map."""

    def form(situation: LayerSituation) -> str:
        shape, count = situation.shape, situation.letters["e"]
        eps = EPS if name == "LayerNorm" else "eps=eps or None"
        more = f"{eps}, elementwise_affine=affined or True{', bias=shifted or True' * (name == 'LayerNorm')}"
        over, axes = situation.values.get("over"), situation.values.get("axis")
        dims = {situation.dim(axis) for axis in axes} if axes else set()
        is_map = situation.on_map or bool(situation.applied.setting.dims)
        if over and len(over) > 1:
            return f"nn.{name}(over, {more})"
        if len(shape) > 1 and (dims == {1} or (not dims and not over and is_map and count == shape[0])):
            return f"ChannelsLast(nn.{name}(c, {more}))"
        if not dims or dims == {len(shape)}:
            return f"nn.{name}(last, {more})"
        return ""

    return form


def recurrent(name: str) -> Callable[[LayerSituation], str]:
    def form(situation: LayerSituation) -> str:
        letters, values = situation.letters, situation.values
        is_plain = letters["m"] == 1 and not values.get("backwards") and values.get("direction") != "reverse"
        if not is_plain or (letters["w"] != 2 and letters["b"]) or values.get("projection"):
            return ""
        return f"{name}({RECURRENT if letters['l'] > 1 else RECURRENT.replace('dropout=dropout or 0, ', '')})"

    return form


def attention(situation: LayerSituation) -> str:
    values, letters = situation.values, situation.letters
    unusual = ("head", "value", "output", "axes", "window", "gate", "add_bias_kv", "add_zero_attn")
    if any(values.get(key) for key in unusual) or letters["g"] != letters["h"]:
        return ""
    kdim = "" if letters["y"] == letters["c"] == letters["v"] else ", kdim=y, vdim=v"
    return f"Attention(c, heads, dropout=dropout or 0, {BIAS}, causal=causal or False{kdim})"


def flattening(situation: LayerSituation) -> str:
    is_whole = len(situation.applied.output) == 1
    return "nn.Flatten()" if is_whole else laid_out("nn.Flatten(start or 1, end or -1)")(situation)


def slicing(situation: LayerSituation) -> str:
    if situation.values.get("step", 1) == 1:
        return "x.narrow(along, start, length)"
    stop = "" if situation.values.get("stop") is None else "stop"
    return f"x[{':, ' * ((situation.applied.along or 0) + 1)}start:{stop}:step]"


def multiplying(situation: LayerSituation) -> str:
    product = "x @ x2.transpose(-2, -1)" if situation.values.get("transpose") else "x @ x2"
    return laid_out(f"{product} * factor" if situation.values["factor"] != "1" else product)(situation)


def scaling(situation: LayerSituation) -> str:
    if not situation.letters["a"]:
        return ""
    axis = situation.values.get("axis")
    place = situation.applied.channels if axis is None else situation.dim(axis) - 1
    behind = len(situation.shape) - 1 - place
    options = ("e", *([f"axes={behind}"] if behind else ()), *(["shift=True"] if situation.letters["b"] else ()))
    return f"Scale({', '.join(options)})"


def sloping(situation: LayerSituation) -> str:
    slopes = situation.letters["e"]
    if slopes not in (1, situation.shape[0]) or (slopes > 1 and situation.channels_last and not situation.on_map):
        return ""
    return "nn.PReLU(e or 1, init=init or 0.25)"


def dropping(situation: LayerSituation) -> str:
    variant = situation.values.get("variant", "numbers")
    name = IN_PYTORCH.get(variant, "Dropout") if situation.rank or variant == "alpha" else "Dropout"
    return f"nn.{name}(rate or 0.5)"


def in_plane(text: str) -> Callable[[LayerSituation], str]:
    return lambda situation: text if situation.rank == 2 else ""


def normalisation(situation: LayerSituation) -> str:
    return "nn.Identity()" if not situation.letters["e"] else f"Normalization(e, {situation.rank})"


def window_form(situation: LayerSituation) -> str:
    grid = ", grid=True" if situation.values.get("mode") == "grid" else ""
    options = f"shift=shift_sides or 0, position=position or 'table'{grid}, fit=fit or False, {BIAS}"
    return f"WindowAttention(c, window_sides, heads, {options})"


MODULES: dict[str, Form] = {
    "conv": conv_form(CONV),
    "dwconv": conv_form(DWCONV),
    "sepconv": lambda situation: f"nn.Sequential({conv_form(DEPTHWISE)(situation)}, {POINTWISE})",
    "tconv": "nn.ConvTranspose{n}d(c, f, kernel_size=kernel, stride=stride or 1, padding=cut or 0, "
    f"output_padding=added or 0, groups=groups or 1, {BIAS}, dilation=dilation or 1)",
    "tableconv": f"TableConv{{n}}d(table, kernel_size=kernel, stride=stride or 1, padding=pads or 0, {BIAS})",
    "maxpool": pooling("MaxPool", "nn.ConstantPad{n}d(sides, float('-inf'))", ", dilation=dilation or 1"),
    "avgpool": pooling("AvgPool", "nn.ZeroPad{n}d(sides)", ", divisor_override=divisor or None"),
    "lppool": "nn.LPPool{n}d(power, kernel, stride=stride or kernel, ceil_mode=ceiled or False)",
    "adaptiveavgpool": "nn.AdaptiveAvgPool{n}d(sizes)",
    "adaptivemaxpool": "nn.AdaptiveMaxPool{n}d(sizes)",
    "globalavgpool": global_pooling("AdaptiveAvgPool"),
    "globalmaxpool": global_pooling("AdaptiveMaxPool"),
    "subsample": "Subsample{n}d(c, kernel, stride=stride or kernel)",
    "upsample": upsampling,
    "maxunpool": "MaxUnpool{n}d(kernel, stride=stride or kernel, padding=pads or 0, output_size=sides_of_output)",
    "pixelshuffle": in_plane("nn.PixelShuffle(factor)"),
    "pixelunshuffle": in_plane("nn.PixelUnshuffle(factor)"),
    "unfold": in_plane("nn.Unfold(kernel, dilation=dilation or 1, padding=pads or 0, stride=stride or 1)"),
    "fold": "nn.Fold(sizes, kernel, dilation=dilation or 1, padding=folded or 0, stride=stride or 1)",
    "zeropad": padding,
    "crop": "Crop(sides)",
    "linear": f"nn.Linear(c, f, {BIAS})",
    "rbf": "RBF(c, f)",
    "bilinear": f"nn.Bilinear(c, e, f, {BIAS})",
    "embedding": "nn.Embedding(v, f)",
    "embeddingbag": "nn.EmbeddingBag(v, f)",
    "lstm": recurrent("LSTM"),
    "gru": recurrent("GRU"),
    "rnn": recurrent("RNN"),
    "attention": attention,
    "windowattention": window_form,
    "poolattention": "PoolAttention(c, o, heads, grid_sides, queries=query_strides, keys=key_strides, "
    f"kernel_size=kernel or 3, tables=has_table or False, {BIAS})",
    "encoderlayer": f"nn.TransformerEncoderLayer(c, heads, {TRANSFORMER})",
    "decoderlayer": f"nn.TransformerDecoderLayer(c, heads, {TRANSFORMER})",
    "transformer": "nn.Transformer(c, heads, num_encoder_layers=encoder or 6, num_decoder_layers=decoder or 6, "
    f"{TRANSFORMER})",
    "flatten": flattening,
    "unflatten": lambda situation: "nn.Unflatten(1, shape)" if situation.is_vector else "",
    "permute": laid_out("Permute(order)"),
    "shuffle": "nn.ChannelShuffle(groups)",
    "batchnorm": normalising,
    "frozenbatchnorm": lambda situation: f"FrozenBatchNorm(c, axes={situation.rank}, {EPS})",
    "instancenorm": f"nn.InstanceNorm{{n}}d(c, {AVERAGES}, affine=affined or False, "
    "track_running_stats=track or False)",
    "groupnorm": f"nn.GroupNorm(g, c, {EPS}, affine=affined or True)",
    "layernorm": layer_normalising("LayerNorm"),
    "rmsnorm": layer_normalising("RMSNorm"),
    "lrn": "nn.LocalResponseNorm(size, alpha=alpha or 1e-4, beta=beta or 0.75, k=k or 1)",
    "grn": in_plane("GRN(c, eps=eps or 1e-6)"),
    "normalization": normalisation,
    "scale": scaling,
    "prelu": sloping,
    "glu": channel_form("nn.GLU(dim={dim})"),
    "softmax": axis_form("nn.Softmax(dim={dim})"),
    "softmin": axis_form("nn.Softmin(dim={dim})"),
    "logsoftmax": axis_form("nn.LogSoftmax(dim={dim})"),
    "relu": rectifying,
    "gelu": lambda situation: "nn.GELU('tanh')" if situation.values.get("approximate") else "nn.GELU()",
    "hardsigmoid": usual_class,
    "threshold": "nn.Threshold(threshold, value)",
    "dropout": dropping,
    "droppath": "DropPath(rate or 0)",
    "rescaling": lambda situation: "" if rescaled_form(situation) else "nn.Identity()",
    "augmentation": "nn.Identity()",
}

# What is written where the layer is called: operators, and what moves numbers.
FUNCTIONS: dict[str, Form] = {
    "add": "+",
    "subtract": "-",
    "multiply": "*",
    "maximum": "torch.maximum(x, x2)",
    "minimum": "torch.minimum(x, x2)",
    "average": "torch.stack(xs).mean(dim=0)",
    "concat": channel_form("torch.cat(xs, dim={dim})"),
    "split": "x.chunk(parts, dim=1)[part]",
    "slice": slicing,
    "select": channel_form("x.select({dim}, index)"),
    "flatten": lambda situation: "x.flatten(1)" if len(situation.applied.output) == 1 else "x.flatten(start, end)",
    "reshape": laid_out("x.reshape(-1, *shape)"),
    "unflatten": laid_out("x.reshape(-1, *shape)"),
    "permute": laid_out("x.permute(0, *order)"),
    "repeatvector": laid_out("x.unsqueeze(1).expand(-1, times, -1)"),
    "swap": laid_out("x.transpose(*axes)"),
    "squeeze": laid_out("x.reshape(-1, *shape)"),
    "unsqueeze": laid_out("x.reshape(-1, *shape)"),
    "matmul": multiplying,
    "l2norm": unit_form,
    "exponential": "torch.exp(x)",
    "relu": rectifier_formula,
    "hardsigmoid": unless_usual("(slope * x + offset).clamp(0, 1)"),
    "rescaling": rescaled_form,
    "squareplus": "(x + (x * x + b).sqrt()) / 2",
    "elementwise": numberwise,
    "reduce": reduction,
    "tile": repetition,
    "dotattention": looking,
    "einsum": letters_of_axes,
}

# How what a network holds itself is made, and what is made on the spot.
PARAMETER, BUFFER, GENERATED = "nn.Parameter", "buffer", "generated"
CONSTANTS = {
    "parameter": f"{PARAMETER}(torch.zeros(shape))", "buffer": f"{BUFFER}(torch.zeros(shape))",
    "generated": f"{GENERATED}(shape)",
}  # fmt: skip
INDEXED = frozenset(("embedding", "embeddingbag", "reversibleembedding"))  # whose inputs are whole numbers
