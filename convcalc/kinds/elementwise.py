"""Layers that treat every number, or every channel, alike: normalisations, activations, and sums of branches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.case import product
from convcalc.kinds.keys import GROUPS, IN_CHANNELS
from convcalc.kinds.record import POINT, WHOLE, Key, Kind
from convcalc.problem import problem

if TYPE_CHECKING:
    from convcalc.case import Case
    from convcalc.expr import Value
    from convcalc.kinds.record import Shape

AFFINE = Key("affine", "", "a learnt scale and shift", "flag", True, aliases=("elementwise_affine",))
SCALED = Key("scale", "a", "a learnt scale", "flag", "=affine", quiet=True)
SHIFTED = Key("shift", "b", "a learnt shift", "flag", "=affine", aliases=("center", "bias", "beta"), quiet=True)
TRACK = Key("track", "u", "keep a running mean and variance", "flag", True, aliases=("track_running_stats",))
AXIS = Key("axis", "", "the axis normalised, with the batch as 0", "integer", None, quiet=True)
TRAILING = Key("trailing", "", "the last axes are normalised, never the channels of a map", "flag", False, quiet=True)
NUM_FEATURES = IN_CHANNELS._replace(type="count", quiet=True)
TORCH_NORM = "num_features eps momentum affine track_running_stats"


def normalised_axis(case: Case) -> dict[str, Value]:
    """e is the size of the axis that is normalised, the channels or the one that Keras's `axis` names; M all others."""
    shape, index = case.to_layout(case.shape), case.place_or_channels(case.values.get("axis"))
    return {"e": shape[index], "M": product((*shape[:index], *shape[index + 1 :]))}


def normalised_channels(case: Case) -> dict[str, Value]:
    """As normalised_axis; num_features counts only where something is kept for each channel, as PyTorch has it."""
    values = case.values
    if values["affine"] or values.get("track"):
        case.check_value(IN_CHANNELS, values["in_channels"], case.shape[0], "channels")
    values["in_channels"] = None
    return normalised_axis(case)


def unchanged(case: Case) -> Shape:
    return case.shape


BATCHNORM = Kind(
    "batchnorm",
    "Normalise each channel over the batch, then scale and shift it.",
    keys=(AFFINE, TRACK, SCALED, SHIFTED, AXIS, NUM_FEATURES),
    aliases=("bn", "batchnormalization"),
    dims="batchnorm",
    shape=unchanged,
    parameters="(a + b)*e",
    buffers="2*u*e",
    connections="0",
    letters=normalised_channels,
    family="batchnorm",
    torch=(("BatchNorm{n}d", TORCH_NORM),),
    keras=(("BatchNormalization", "axis momentum epsilon center scale"),),
    label="BatchNorm",
    drawn="{a + b} x {e}",
    sources=("Ioffe & Szegedy 2015",),
)

INSTANCENORM = BATCHNORM._replace(
    name="instancenorm",
    doc="Normalise each channel of each example.",
    keys=(AFFINE._replace(default=False), TRACK._replace(default=False), SCALED, SHIFTED, NUM_FEATURES),
    aliases=("instancenormalization",),
    dims="instancenorm",
    takes="map",
    torch=(("InstanceNorm{n}d", TORCH_NORM),),
    keras=(),
    window=WHOLE,
    label="InstanceNorm",
    sources=("Ulyanov et al. 2016",),
)


def grouped(case: Case) -> dict[str, Value]:
    """As normalised_channels; g groups must divide it, −1 (Keras) being one for each channel."""
    known, groups = normalised_channels(case), case.values["groups"]
    if groups == -1 and case.convention.groups_of_one:
        return {**known, "g": known["e"]}
    if isinstance(groups, int) and groups < 1:
        raise problem("V002", f"groups must be at least 1, not {groups}", "a whole number, 1 or more")
    case.demand_multiple(known["e"], groups, "channels", f"{groups} groups")
    return known


GROUPNORM = BATCHNORM._replace(
    name="groupnorm",
    doc="Normalise groups of channels of each example.",
    keys=(GROUPS._replace(default=32, low=-1, aliases=("num_groups",)), AFFINE, SCALED, SHIFTED, AXIS, NUM_FEATURES),
    aliases=("groupnormalization",),
    dims="",
    buffers="0",
    torch=(("GroupNorm", "num_groups num_channels eps affine"),),
    keras=(("GroupNormalization", "groups axis epsilon center scale"),),
    letters=grouped,
    window=WHOLE,
    label="GroupNorm({g})",
    sources=("Wu & He 2018",),
)


def normalised_shape(case: Case) -> dict[str, Value]:
    """e numbers are normalised together: the shape given, the axes given, the channels of a map, or the last axis."""
    shape, over, axes = case.to_layout(case.shape), case.values["over"], case.values.get("axis")
    known: dict[str, Value] = {} if case.values["affine"] else {"b": 0}
    if axes is not None:
        return {**known, "e": product(shape[case.place(axis)] for axis in axes)}
    trailing, case.values["trailing"] = case.values["trailing"], None
    if over is None:
        return {**known, "e": case.channels_or_features}
    if shape[-len(over) :] != over and (trailing or over != (case.channels_or_features,)):
        raise problem(
            "C012",
            f"normalised shape {'×'.join(map(str, over))}, the input is {case.show(case.shape)}",
            "leave it out: it follows from the input",
        )
    return {**known, "e": product(over)}


LAYERNORM = Kind(
    "layernorm",
    "Normalise the features of each position, then scale and shift them.",
    keys=(
        Key(
            "over", "", "the last axes that are normalised together", "shape", None,
            aliases=("normalized_shape", "shape"), quiet=True,
        ),
        AFFINE, SCALED, SHIFTED, AXIS._replace(type="shape"), TRAILING,
    ),
    aliases=("layernormalization", "layernorm2d", "ln"),
    parameters="(a + b)*e",
    connections="0",
    letters=normalised_shape,
    torch=(("LayerNorm", "normalized_shape eps elementwise_affine bias trailing=yes"),),
    keras=(("LayerNormalization", "axis epsilon center scale"),),
    label="LayerNorm",
    drawn="{a + b} x {e}",
    sources=("Ba et al. 2016",),
)  # fmt: skip

RMSNORM = LAYERNORM._replace(
    name="rmsnorm",
    doc="Divide the features of each position by their root mean square, then scale them.",
    keys=(LAYERNORM.keys[0], AFFINE, SCALED, AXIS._replace(type="shape"), TRAILING),
    aliases=("rmsnormalization",),
    parameters="a*e",
    biases="0",
    torch=(("RMSNorm", "normalized_shape eps elementwise_affine trailing=yes"),),
    keras=(("RMSNormalization", "axis epsilon"),),
    label="RMSNorm",
    drawn="{e}",
    sources=("Zhang & Sennrich 2019",),
)

LRN = Kind(
    "lrn",
    "Divide each number by the strength of its neighbours across channels.",
    keys=(Key("size", "n", "neighbouring channels", default=5),),
    aliases=("localresponsenorm", "local_response_norm"),
    family="norm",
    torch=(("LocalResponseNorm", "size alpha beta k:_"),),
    label="LRN",
    sources=("Krizhevsky et al. 2012",),
)

SCALE = Kind(
    "scale",
    "One learnt factor a channel (layer scale).",
    aliases=("layerscale",),
    parameters="e",
    biases="0",
    connections="0",
    letters=lambda case: {"e": case.channels_or_features},
    label="LayerScale",
    drawn="{e}",
    sources=("Touvron et al. 2021",),
)


def prelu_count(case: Case) -> dict[str, Value]:
    """e slopes: one, one a channel, or (Keras) one for every number that no axis shares."""
    count, shared = case.values["count"], case.values["shared_axes"]
    if shared is not None or (count is None and case.convention.prelu_per_number):
        shape = case.to_layout(case.shape)
        alike = {case.place(axis) for axis in shared or ()}
        return {"e": product(size for axis, size in enumerate(shape) if axis not in alike)}
    count = 1 if count is None else count
    if count not in (1, case.shape[0]):
        raise problem("C012", f"{count} slopes for {case.shape[0]} channels", f"count=1 or count={case.shape[0]}")
    return {"e": count}


PRELU = Kind(
    "prelu",
    "max(0, x) + a·min(0, x) with a learnt slope a.",
    keys=(
        Key("count", "", "slopes: 1, or one a channel", "slopes", None, aliases=("num_parameters",)),
        Key("shared_axes", "", "axes that share a slope (Keras)", "shape", None, quiet=True),
    ),
    parameters="e",
    biases="0",
    connections="0",
    letters=prelu_count,
    storage=False,
    torch=(("PReLU", "num_parameters init:_"),),
    keras=(("PReLU", "alpha_initializer:_ alpha_regularizer:_ alpha_constraint:_ shared_axes"),),
    label="PReLU",
    drawn="{e}",
    sources=("He et al. 2015",),
)


def halved(case: Case) -> Shape:
    shape, index = case.to_layout(case.shape), case.place_or_channels(case.values["axis"])
    case.demand_multiple(shape[index], 2, "numbers on its axis", "it is halved")
    return case.from_layout((*shape[:index], case.exactly(shape[index], 2), *shape[index + 1 :]))


GLU = Kind(
    "glu",
    "Half of the channels gate the other half.",
    keys=(Key("axis", "", "the axis halved, with the batch as 0", "integer", None, aliases=("dim",), quiet=True),),
    shape=halved,
    torch=(("GLU", "dim:axis=-1"),),
    label="GLU",
    sources=("Dauphin et al. 2017",),
)

# name, aliases, PyTorch's class, Keras's class, its doc, and the keys it reads.
RATE = Key("rate", "", "share of numbers dropped", "number", None, low=0, aliases=("p",), quiet=True)
NO_EFFECT = tuple(
    Key(name, "", "changes values, not shapes", "ignored", None, quiet=True)
    for name in ("axis", "dim", "slope", "alpha", "value", "min", "max")
)
ACTIVATIONS = """
relu       ReLU        ReLU       max(0, x)
relu6      ReLU6       ReLU6      min(max(0, x), 6)
leakyrelu  LeakyReLU   LeakyReLU  x, or a small multiple of it below 0
elu        ELU         ELU        x, or exp(x) − 1 below 0
selu       SELU        SELU       a scaled elu
celu       CELU        CELU       an elu that is smooth for every scale
gelu       GELU        GELU       x·Φ(x)
silu       SiLU        SiLU       x·sigmoid(x)
mish       Mish        Mish       x·tanh(softplus(x))
sigmoid    Sigmoid     Sigmoid    1/(1 + exp(−x))
logsigmoid LogSigmoid  LogSigmoid log(sigmoid(x))
hardsigmoid Hardsigmoid HardSigmoid a sigmoid of straight lines
tanh       Tanh        Tanh       the hyperbolic tangent
hardtanh   Hardtanh    HardTanh   x cut off at −1 and 1
hardswish  Hardswish   HardSwish  x·hardsigmoid(x)
softplus   Softplus    Softplus   log(1 + exp(x))
softsign   Softsign    Softsign   x/(1 + |x|)
softmax    Softmax     Softmax    exp(x) divided by its sum
logsoftmax LogSoftmax  LogSoftmax log(softmax(x))
dropout    Dropout     Dropout    numbers dropped at random in training
droppath   DropPath    DropPath   a whole branch dropped at random in training
identity   Identity    Identity   nothing at all
"""
MORE_ALIASES = {
    "silu": ("swish",), "leakyrelu": ("leaky_relu", "lrelu"), "hardsigmoid": ("hard_sigmoid",),
    "hardswish": ("hard_swish", "hardsilu", "hard_silu"), "logsoftmax": ("log_softmax",), "relu6": (),
    "logsigmoid": ("log_sigmoid",), "softmax": ("softmax2d",),
    "droppath": ("drop_path", "stochasticdepth"), "dropout": ("alphadropout", "spatialdropout", "gaussiandropout", "featurealphadropout"),
    "identity": ("linear_activation", "noop"),
}  # fmt: skip
DIMENSIONAL = {"dropout": (("Dropout{n}d", "p:rate"), ("AlphaDropout", "p:rate"), ("FeatureAlphaDropout", "p:rate"))}


def activation(line: str) -> Kind:
    name, torch, keras, doc = line.split(maxsplit=3)
    dropping = name in ("dropout", "droppath")
    return Kind(
        name,
        doc,
        keys=(RATE,) if dropping else NO_EFFECT,
        aliases=MORE_ALIASES.get(name, ()),
        dims="dropout spatialdropout" if name == "dropout" else "",
        storage=False,
        torch=((torch, "p:rate inplace" if dropping else "_ _ _"), *DIMENSIONAL.get(name, ()), *((("Softmax2d", ""),) if name == "softmax" else ())),
        keras=((keras, "rate seed" if dropping else "_ _ _"),),
        label=torch,
        family="activation",
    )  # fmt: skip


def same_rank(case: Case) -> None:
    if len(set(map(len, case.shapes))) > 1:
        shown = " and ".join(map(case.show, case.shapes))
        raise problem("C011", f"cannot {case.kind.name} {shown}: they differ in rank")


def broadcast(case: Case) -> Shape:
    """Equal shapes, or sizes of 1 stretched: (C, H, W) with (C, 1, 1)."""
    same_rank(case)
    result: list[Value] = []
    for axis, sizes in enumerate(zip(*case.shapes, strict=True)):
        wide = set(sizes) - {1}
        if len(wide) > 1:
            raise unequal(case, axis)
        result.append(next(iter(wide), 1))
    return tuple(result)


def unequal(case: Case, axis: int) -> Exception:
    """The error of branches that do not fit, with what would mend it."""
    shapes = case.shapes
    sizes = [shape[axis] for shape in shapes]
    where = "channels" if axis == 0 else "sizes"
    numbers = [size for size in sizes if isinstance(size, int)]
    hint = "give every branch the same number of filters" if axis == 0 else "pad, stride or crop the branches alike"
    if axis and len(numbers) == len(sizes):
        hint = f"crop the larger to {min(numbers)}, or pad the smaller by {max(numbers) - min(numbers)} in all"
    shown = " and ".join(map(case.show, shapes))
    return problem(
        "C011", f"cannot {case.kind.name} {shown}: their {where} differ, {' and '.join(map(str, sizes))}", hint
    )


def joined(case: Case) -> Shape:
    """Sizes add up along one axis (channels unless told otherwise) and are equal on the others."""
    same_rank(case)
    index, shapes = case.place_or_channels(case.values["axis"]), [case.to_layout(shape) for shape in case.shapes]
    for other, sizes in enumerate(zip(*shapes, strict=True)):
        if other != index and len(set(sizes)) > 1:
            raise unequal(case, (other + 1) % len(case.shape) if case.channels_last else other)
    total: Value = 0
    for shape in shapes:
        total = total + shape[index]
    return case.from_layout((*shapes[0][:index], total, *shapes[0][index + 1 :]))


ADD = Kind(
    "add",
    "The sum of its inputs, number by number.",
    aliases=("sum", "plus", "residual_add"),
    shape=broadcast,
    inputs=0,
    window=POINT,
    keras=(("Add", ""),),
    label="Add",
)
MULTIPLY = ADD._replace(
    name="multiply",
    doc="The product of its inputs, number by number.",
    aliases=("mul", "times"),
    keras=(("Multiply", ""),),
    label="Multiply",
)
CONCAT = ADD._replace(
    name="concat",
    doc="Its inputs joined along the channels.",
    keys=(Key("axis", "", "the axis they are joined along, with the batch as 0", "integer", None, aliases=("dim",), quiet=True),),
    aliases=("cat", "concatenate", "filterconcat", "depthconcat"),
    shape=joined,
    keras=(("Concatenate", "axis"),),
    label="Concat",
)  # fmt: skip

KINDS = (
    BATCHNORM, INSTANCENORM, GROUPNORM, LAYERNORM, RMSNORM, LRN, SCALE, PRELU, GLU,
    *map(activation, ACTIVATIONS.strip().splitlines()),
    ADD, MULTIPLY, CONCAT,
)  # fmt: skip
