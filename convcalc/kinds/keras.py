"""How each kind is written in Keras: by the class that its record names, unless it says here how.

A form is an expression, as in convcalc.kinds.pytorch; brackets behind a class are what it is called with, and a list
is one layer after another.  Axes are counted as the text has them, with the batch as 0.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from convcalc.kinds.classes import signature
from convcalc.kinds.conventions import KERAS
from convcalc.kinds.functions import functions
from convcalc.kinds.keras_features import (
    attention,
    batch_normalising,
    group_normalising,
    instance_normalising,
    joining_axis,
    layer_normalising,
    normalisation,
    plain_attention,
    recurrent,
    scaling,
    sloping,
    summing,
    unit_normalising,
    with_axis,
)
from convcalc.kinds.keras_windows import (
    WHY,
    adaptive_pooling,
    convolution,
    cropping,
    depthwise,
    global_pooling,
    padding,
    pooling,
    separable,
    transposed_convolution,
    upsampling,
)
from convcalc.kinds.pytorch_arithmetic import form_with_number
from convcalc.kinds.told import has_usual_values, is_told, told_parameters
from convcalc.kinds.unsaid import IN_KERAS
from convcalc.layers import REQUIRED, key_names

if TYPE_CHECKING:
    from convcalc.layers import Key, Kind
    from convcalc.layers.applied import Applied
    from convcalc.layers.situation import LayerSituation

    Form: TypeAlias = str | Callable[[LayerSituation], str]

# Classes of the records that keras.layers of Keras 3 does not have, and those that have no use outside of another.
ABSENT = frozenset((
    "CELU", "CustomScaleLayer", "DepthwiseConv3D", "DropPath", "GELU", "GRUCell", "HardSigmoid", "HardSwish",
    "HardTanh", "LSTMCell", "LayerScale", "LocallyConnected1D", "LocallyConnected2D", "LocallyConnected3D",
    "LogSigmoid", "LogSoftmax", "Mish", "SELU", "SeparableConv3D", "SiLU", "Sigmoid", "SimpleRNNCell", "Softplus",
    "Softsign", "StochasticDepth", "Tanh", "ThresholdedReLU",
))  # fmt: skip
# Kinds behind which no number is below 0, so that a maximum does not tell cells of 0 from none.
NONNEGATIVE = frozenset(("relu", "relu6", "sigmoid", "hardsigmoid", "softmax", "softplus", "exponential"))
# And those behind which none is where none was before.
KEEPING = frozenset((
    "maxpool", "avgpool", "lppool", "adaptiveavgpool", "adaptivemaxpool", "globalavgpool", "globalmaxpool", "add",
    "multiply", "maximum", "average", "concat", "dropout", "droppath", "identity", "flatten", "reshape", "zeropad",
    "crop", "slice", "split", "shuffle", "permute", "pixelshuffle", "unpool", "maxunpool",
))  # fmt: skip


@lru_cache(maxsize=256)
def class_of(kind: Kind, rank: int) -> str:
    """The class of Keras 3 that a kind has on so many axes; "" where it has none."""
    for stem, _ in kind.keras:
        name, _, axes = stem.partition(":")
        name = name.replace("{n}", str(rank))
        if name not in ABSENT and signature("keras", name) and (not axes or int(axes) == rank):
            return name
    return ""


def class_form(situation: LayerSituation) -> str:
    """The class of a kind with the arguments that its record gives it, the first of them without its name."""
    kind = situation.applied.setting.kind
    name = class_of(kind, situation.rank)
    signed = signature("keras", name)
    if not name or signed is None:
        return ""
    keys = key_names(kind)
    parts: list[str] = []
    for parameter in signed.order:
        key = keys.get(signed.sets.get(parameter, parameter))
        if key is None or key.name in ("data_format", "padding") or key.type == "ignored":
            continue
        default = KERAS.defaults.get((kind.rules, key.name), key.default)
        usual = "" if default is REQUIRED else f" or {usual_code(key, default)}"
        parts.append(f"{key.name}" if usual == "" and not parts else f"{parameter}={key.name}{usual}")
    return f"layers.{name}({', '.join(parts)})" + ("(xs)" if kind.inputs == 0 else "")


def usual_code(key: Key, default: object) -> str:
    """A default in a form: the value of another key, a number as its text has it, or a value of Python."""
    text = default if isinstance(default, str) else ""
    return text[1:] if text[:1] == "=" else text if text and key.type == "decimal" else repr(default)


@lru_cache(maxsize=1)
def activations() -> dict[Kind, str]:
    """What Keras calls the functions of numbers that it has, by kind."""
    found: dict[Kind, str] = {}
    for name, function in functions().items():
        if name.startswith("keras.activations.") and function.signature:
            found.setdefault(function.signature.kind, name.rpartition(".")[2])
    return found


def form_of(situation: LayerSituation) -> str:
    """The form of a layer; "" where Keras cannot say it."""
    applied = situation.applied
    kind = applied.setting.kind
    if applied.features_first and kind.takes == "features" and len(situation.shape) > 1 and not situation.channels_last:
        return ""
    norm = applied.values.get("norm")
    if norm:
        return f"{WHY}whose weights are made by norm={norm}, as Keras's are not"
    found = FORMS.get(kind.name)
    if found is not None:
        return found(situation) if callable(found) else found
    if class_of(kind, situation.rank):
        return class_form(situation) if kind.inputs in (0, 1) else ""
    return function_form(situation) if kind in activations() else ""


def function_form(situation: LayerSituation) -> str:
    """An activation by its name, or as a function where it is told something."""
    kind = situation.applied.setting.kind
    name = activations()[kind]
    signed = functions()[f"keras.activations.{name}"].signature
    told = [*told_parameters(signed)] if signed else []
    if not is_told(situation.values, (key for _, key, _ in told)):
        return f"layers.Activation({name!r})"
    return f"ops.{name}(x, {', '.join(f'{parameter}={key.name}' for parameter, key, _ in told)})"


def unless_usual(form: str) -> Callable[[LayerSituation], str]:
    """An activation by its name where it is the usual one, else this."""
    return lambda situation: (
        function_form(situation) if has_usual_values(situation.applied.setting.kind, situation.values) else form
    )


# Numbers that only move


def flattening(situation: LayerSituation) -> str:
    if len(situation.applied.output) == 1 and (situation.channels_last or len(situation.shape) == 1):
        return "layers.Flatten()"
    return RESHAPED


def part_of_axis(situation: LayerSituation, part: str) -> str:
    """Part of an axis: `x[:, :, start:stop]`."""
    place = situation.place(situation.applied.along or 0)
    return f"x[{':, ' * place}{part}]"


def slicing(situation: LayerSituation) -> str:
    values = situation.values
    if values.get("step", 1) != 1:
        return part_of_axis(situation, "start:stop:step")
    size = situation.shape[situation.applied.along or 0]
    begin = "start" if values.get("start") else ""
    end = "" if values.get("stop") in (None, size) else "stop"
    return part_of_axis(situation, f"{begin}:{end}")


def parting(situation: LayerSituation) -> str:
    place = situation.place(0)
    return f"ops.split(x, parts, axis={place if place < len(situation.shape) else -1})[part]"


def interleaving(situation: LayerSituation) -> str:
    """Channels by groups, exchanged, and laid out again."""
    rank = len(situation.shape)
    if not situation.channels_last:
        order = (2, 1, *range(3, rank + 2))
    else:
        order = (*range(1, rank), rank + 1, rank)
    return f"[layers.Reshape(grouped), layers.Permute({order}), layers.Reshape(laid)]"


def shuffling(situation: LayerSituation) -> str:
    """The channels of a block of pixels between the pixels."""
    if situation.rank != 2:
        return ""
    return "[layers.Reshape(blocks), layers.Permute((1, 4, 2, 5, 3)), layers.Reshape(laid)]"


def reducing(situation: LayerSituation) -> str:
    how = {"mean": "mean", "sum": "sum", "max": "max", "min": "min", "prod": "prod", "var": "var", "std": "std",
           "logsumexp": "logsumexp"}.get(situation.values["how"])  # fmt: skip
    if not how or (situation.values.get("axes") is None):
        return ""
    keeps = bool(situation.values.get("keep"))
    is_all = not keeps and len(situation.values["axes"]) == len(situation.shape) > 1  # one number is left
    form = f"ops.{how}(x, axis=axes{', keepdims=True' if keeps or is_all else ''})"
    return f"[{form}, {RESHAPED}]" if is_all else form


ELEMENTWISE = frozenset((
    "abs", "sign", "square", "sqrt", "rsqrt", "reciprocal", "exp", "expm1", "log", "log2", "log10", "log1p", "sin",
    "cos", "tan", "sinh", "cosh", "erf", "floor", "ceil", "round", "trunc",
))  # fmt: skip


# Where it is written otherwise than in PyTorch.
WITH_NUMBER = {
    "x.clamp(min=min, max=max)": "ops.clip(x, min, max)", "x.clamp(min=min)": "ops.maximum(x, min)",
    "x.clamp(max=max)": "ops.minimum(x, max)", "torch.pow(number, x)": "ops.power(number, x)",
    "x % number": "ops.mod(x, number)", "number % x": "ops.mod(number, x)",
}  # fmt: skip


def with_number(situation: LayerSituation) -> str:
    form = form_with_number(situation)
    return WITH_NUMBER.get(form, form)


def elementwise(situation: LayerSituation) -> str:
    function = situation.values["function"]
    if len(situation.applied.input) == 1 and (form := with_number(situation)):
        return form
    if len(situation.applied.input) == 1 and function in ELEMENTWISE:
        return f"ops.{function}(x)"
    if function == "neg":
        return "ops.negative(x)"
    return "ops.divide(x, x2)" if function == "divide" and len(situation.applied.input) == 2 else ""


def gating(situation: LayerSituation) -> str:
    """Keras halves the last axis."""
    is_last = situation.place(situation.applied.along or 0) == len(situation.shape)
    return "layers.Activation('glu')" if is_last else ""


def multiplying(situation: LayerSituation) -> str:
    second = "ops.swapaxes(x2, -2, -1)" if situation.values.get("transpose") else "x2"
    return f"ops.matmul(x, {second}){' * factor' * (situation.values['factor'] != '1')}"


# Layers whose numbers are others where the axes are written in another order.
ORDERED = frozenset((
    "reshape", "unflatten", "permute", "swap", "squeeze", "unsqueeze", "repeatvector", "tile", "gather", "unfold",
    "fold", "einsum",
))  # fmt: skip


def goes_by_order(applied: Applied) -> bool:
    """Whether it means something else where the channels are written behind the axes."""
    kind, values = applied.setting.kind, applied.values
    has_axes = bool(applied.input) and len(applied.input[0]) > 1
    names_axes = has_axes and any(values.get(key) is not None for key in ("axis", "axes", "shared_axes"))
    return names_axes or kind.name in ORDERED or (kind.flattens and len(applied.output) > 1)


def dropping(situation: LayerSituation) -> str:
    variant, rate = situation.values.get("variant", "numbers"), situation.values.get("rate")
    if variant == "noise":
        return f"layers.GaussianNoise({'0.1' if situation.values['deviation'] is None else 'deviation'})"
    name = IN_KERAS.get(variant, "Dropout") if situation.rank or variant != "channels" else "Dropout"
    return f"layers.{name.replace('{n}', str(situation.rank))}({'0.5' if rate is None else 'rate'})"


RESHAPED = "layers.Reshape(laid)"
FORMS: dict[str, Form] = {
    "conv": convolution,
    "dwconv": depthwise,
    "sepconv": separable,
    "tconv": transposed_convolution,
    "maxpool": pooling("MaxPooling"),
    "avgpool": pooling("AveragePooling"),
    "adaptiveavgpool": adaptive_pooling("Average"),
    "adaptivemaxpool": adaptive_pooling("Max"),
    "globalavgpool": global_pooling("GlobalAveragePooling"),
    "globalmaxpool": global_pooling("GlobalMaxPooling"),
    "upsample": upsampling,
    "zeropad": padding,
    "crop": cropping,
    "pixelshuffle": shuffling,
    "batchnorm": batch_normalising,
    "frozenbatchnorm": lambda situation: with_axis(
        "layers.BatchNormalization({axis}epsilon=eps or 0.001, trainable=False)", situation
    ),
    "instancenorm": instance_normalising,
    "groupnorm": group_normalising,
    "layernorm": layer_normalising("LayerNormalization"),
    "rmsnorm": layer_normalising("RMSNormalization"),
    "normalization": normalisation,
    "l2norm": unit_normalising,
    "scale": scaling,
    "parameter": "Numbers(laid)",
    "buffer": "Numbers(laid, learnt=False)",
    "prelu": sloping,
    "glu": gating,
    "relu6": "layers.ReLU(max_value=6)",
    "leakyrelu": "layers.LeakyReLU(slope or 0.3)",
    "hardsigmoid": unless_usual("ops.clip(slope * x + offset, 0, 1)"),
    "hardtanh": unless_usual("ops.clip(x, min, max)"),
    "softplus": unless_usual("ops.softplus(beta * x) / beta"),
    "threshold": "ops.threshold(x, threshold, value)",
    "softmax": summing("Softmax"),
    "logsoftmax": summing("log_softmax"),
    "softmin": "",
    "identity": "layers.Identity()",
    "dropout": dropping,
    "droppath": lambda situation: (
        f"layers.Dropout({'rate' if situation.values.get('rate') else '0'}, "
        f"noise_shape={(None, *[1] * len(situation.shape))})"
    ),
    "augmentation": "layers.Identity()",
    "rescaling": "layers.Rescaling(scale, offset=offset or 0)",
    "lstm": recurrent("LSTM", 1),
    "gru": recurrent("GRU", 2),
    "rnn": recurrent("SimpleRNN", 1),
    "attention": attention,
    "dotattention": plain_attention("Attention"),
    "additiveattention": plain_attention("AdditiveAttention"),
    "concat": joining_axis("layers.Concatenate({axis})(xs)"),
    "subtract": "layers.Subtract()(xs)",
    "flatten": flattening,
    "reshape": RESHAPED,
    "unflatten": RESHAPED,
    "squeeze": RESHAPED,
    "unsqueeze": RESHAPED,
    "permute": "layers.Permute(order)",
    "swap": "layers.Permute(swapped)",
    "repeatvector": "layers.RepeatVector(times)",
    "split": parting,
    "slice": slicing,
    "select": lambda situation: part_of_axis(situation, "index"),
    "shuffle": interleaving,
    "reduce": reducing,
    "elementwise": elementwise,
    "matmul": multiplying,
    "reversibleembedding": "layers.ReversibleEmbedding(count, units, tie_weights=tied or True)",
    "embedding": "layers.Embedding(count, units)",
}
