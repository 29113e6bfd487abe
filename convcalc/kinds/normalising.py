"""Normalisations and learnt factors: numbers keep their places, channels get a scale of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import floor_divide, is_number
from convcalc.algebra.parser import numeral_text
from convcalc.kinds.keys import AXIS, DECIMAL, EPS, GROUPS, IN_CHANNELS, POOL_KERNEL, POWER
from convcalc.layers import Key, Kind
from convcalc.layers.case import product
from convcalc.layers.values import exact
from convcalc.layers.window import NORMALISING, SLIDING, WHOLE, Window
from convcalc.problem import problem

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers.case import Case

AFFINE = Key("affine", "", "a learnt scale and shift", "flag", True, aliases=("elementwise_affine",))
SCALED = Key("scale", "a", "a learnt scale", "flag", "=affine", quiet=True)
SHIFTED = Key("shift", "b", "a learnt shift", "flag", "=affine", aliases=("center", "bias", "beta"), quiet=True)
TRACK = Key("track", "u", "keep a running mean and variance", "flag", True, aliases=("track_running_stats",))
RENORM = Key("renorm", "r", "keep a renormalised mean and deviation too (Keras)", "flag", False, quiet=True)
FACTOR = Key("factor", "w", "keep the weight of the running averages too (Caffe)", "flag", False, quiet=True)
FIRST = Key(
    "first", "", "the first of the axes that are normalised, all behind it too (ONNX)", "integer", None, quiet=True
)
TRAILING = Key("trailing", "", "the last axes are normalised, never the channels of a map", "flag", False, hidden=True)
NUM_FEATURES = IN_CHANNELS._replace(type="count", hidden=True)
MOMENTUM = DECIMAL._replace(
    name="momentum", doc="the share of each new batch in the running averages (none: all batches count alike)",
    default="0.1", low=0, high=1, words=("none",), training=True,
)  # fmt: skip
DECAY = DECIMAL._replace(
    name="decay", doc="the share of what was before, as Keras and ONNX have it: 1 − momentum", low=0, high=1,
    training=True,
)  # fmt: skip
TORCH_NORM = "num_features* eps momentum affine track_running_stats device dtype bias"
LAZY_NORM = "eps momentum affine:affine=yes track_running_stats:track=yes device dtype bias"


def affine_letters(case: Case) -> dict[str, Value]:
    """a = b = 0 without affine, whatever else is said, as PyTorch has it; but a wish where affine is off by itself."""
    values, (affine,) = case.values, (key for key in case.kind.keys if key.name == "affine")
    if values["affine"]:
        return {}
    if not affine.default and (values.get("scale") or values.get("shift")):
        raise problem("V009", "a scale or a shift is learnt only with affine=yes", "affine=yes, or leave it out")
    return {"a": 0, "b": 0}


def rest_of(share: Any) -> Any:
    """What a share leaves of 1."""
    rest = 1 - exact(share)
    return numeral_text(rest) if is_number(rest) else rest


def settle_averages(case: Case) -> None:
    """Leave one of two ways to say how the running averages follow, the momentum.

    A Problem where that is said in a convention whose own momentum is the decay.
    """
    momentum: Any = case.values.get("momentum")
    decay: Any = case.values.get("decay")
    elsewhere = case.convention.defaults.get((case.kind.rules, "momentum"))
    if momentum in (MOMENTUM.default, elsewhere) or "momentum" not in case.values:
        if decay is not None:
            case.values.update(momentum=rest_of(decay), decay=None)
    elif decay is not None:
        raise problem("V009", f"momentum={momentum} and decay={decay} say the same", "leave one of them out")
    elif elsewhere is not None and momentum not in MOMENTUM.words:
        name, other = case.convention.name, rest_of(momentum)
        message = f"momentum={momentum} is another number in PyTorch than in the convention {name}"
        raise problem("V013", message, f"decay={momentum} if it is of {name}, decay={other} if it is of PyTorch")


def channel_letters(case: Case) -> dict[str, Value]:
    """e is the size of the axis that is normalised, the channels or the one that Keras's `axis` names; M all others.

    What is said of num_features counts only where something is kept for each channel, as PyTorch has it.
    """
    values = case.values
    if values["affine"] or values.get("track"):
        case.check_value(IN_CHANNELS, values["in_channels"], case.shape[0], "channels")
    settle_averages(case)
    known = affine_letters(case)
    shape, index = case.to_layout(case.shape), case.place_or_channels(values.get("axis"))
    return {**known, "e": shape[index], "M": product((*shape[:index], *shape[index + 1 :]))}


BATCHNORM = Kind(
    "batchnorm",
    "Normalise each channel over the batch, then scale and shift it.",
    keys=(AFFINE, TRACK, SCALED, SHIFTED, AXIS, RENORM, FACTOR, NUM_FEATURES, EPS, MOMENTUM, DECAY),
    rules="batchnorm",
    aliases=("bn", "batchnormalization"),
    dims="batchnorm",
    shape=lambda case: case.shape,
    parameters="(a + b)*e",
    buffers="(2*u + 3*r)*e + w",
    connections="0",
    cells={"": "(x - mean)/sqrt(variance + eps)*w + b"},
    letters=channel_letters,
    counted_as="batchnorm",
    derivative="input",
    linear="keeps",
    normalises="batch",
    torch=(
        ("BatchNorm{n}d", TORCH_NORM), ("LazyBatchNorm{n}d", LAZY_NORM),
        ("SyncBatchNorm", TORCH_NORM.replace("device", "process_group:_ device")),
    ),
    keras=(("BatchNormalization", "axis momentum:decay epsilon center scale"),),
    onnx=(("BatchNormalization", "epsilon momentum:decay training_mode:_ spatial:_"),),
    drawn="{a + b} x {e}",
    meanings={"e": ("channels", "channels")},
    sources=("Ioffe & Szegedy 2015",),
)  # fmt: skip


def checked_channels(case: Case) -> dict[str, Value]:
    """No letters; a Problem where other channels are said than the input has."""
    case.check_value(IN_CHANNELS, case.values["in_channels"], case.shape[0], "channels")
    return {}


FROZENBATCHNORM = BATCHNORM._replace(
    name="frozenbatchnorm",
    normalises="",
    doc="Batch normalisation whose four numbers of each channel are constants: nothing in it is trained.",
    keys=(NUM_FEATURES, EPS),
    rules="",
    aliases=(),
    dims="frozenbatchnorm",
    parameters="0",
    buffers="4*c",
    letters=checked_channels,
    onnx=(),
    torch=(("FrozenBatchNorm2d", "num_features* eps"),),
    keras=(),
    counted_as="",
    derivative="",
    drawn="",
    meanings={},
    sources=("torchvision.ops.FrozenBatchNorm2d",),
)


def normalization_letters(case: Case) -> dict[str, Value]:
    """e means; none where they are given."""
    shape = case.to_layout(case.shape)
    count = product(shape[case.place(axis)] for axis in case.values["axis"])
    return {"e": 0, "j": 0} if case.values["mean"] else {"e": count, "j": 1}


NORMALIZATION = BATCHNORM._replace(
    cells={},
    name="normalization",
    normalises="",
    doc="Shift and scale each feature by a mean and a variance of the data, found before training, with their count.",
    keys=(
        AXIS._replace(doc="the axes with means of their own, the batch being 0", type="kept axes", default=(-1,)),
        Key("mean", "", "given, as the variance, instead of found", "given", False, quiet=True),
    ),
    rules="",
    aliases=("featurenormalization",),
    dims="",
    parameters="0",
    buffers="2*e + j",
    letters=normalization_letters,
    onnx=(),
    torch=(),
    keras=(("Normalization", "axis mean variance:_ invert:_"),),
    counted_as="",
    derivative="",
    drawn="",
    meanings={"e": ("means", "numbers"), "j": ("1 where the data are counted, 0 where the means are given", "")},
    example=("normalization", "8"),
    sources=("Keras Normalization",),
)

INSTANCENORM = BATCHNORM._replace(
    own_statistics=True,
    name="instancenorm",
    linear="",
    normalises="map",
    doc="Normalise each channel of each example.",
    keys=(
        AFFINE._replace(default=False), TRACK._replace(default=False), SCALED, SHIFTED, NUM_FEATURES, EPS, MOMENTUM,
    ),
    rules="",
    aliases=("instancenormalization",),
    dims="instancenorm",
    buffers="2*u*e",
    takes="map",
    makes="same",
    torch=(("InstanceNorm{n}d", TORCH_NORM), ("LazyInstanceNorm{n}d", LAZY_NORM)),
    keras=(),
    onnx=(("InstanceNormalization", "epsilon affine=yes"),),
    window=WHOLE,
    sources=("Ulyanov et al. 2016",),
)  # fmt: skip


def group_letters(case: Case) -> dict[str, Value]:
    """As channel_letters; g groups must divide it, −1 (Keras) being one for each channel."""
    known, groups = channel_letters(case), case.values["groups"]
    if groups == -1 and case.convention.groups_of_one:
        return {**known, "g": known["e"]}
    if isinstance(groups, int) and groups < 1:
        raise problem("V002", f"groups must be at least 1, not {groups}", "a whole number, 1 or more")
    case.demand_multiple(known["e"], groups, "channels", f"{groups} groups", "groups")
    return known


GROUPNORM = BATCHNORM._replace(
    own_statistics=True,
    groups="g",
    name="groupnorm",
    linear="",
    normalises="",
    doc="Normalise groups of channels of each example.",
    keys=(
        GROUPS._replace(default=32, low=-1, aliases=("num_groups",)), AFFINE, SCALED, SHIFTED, AXIS, NUM_FEATURES, EPS,
    ),
    rules="norm",
    aliases=("groupnormalization",),
    dims="",
    buffers="0",
    torch=(("GroupNorm", "num_groups* num_channels* eps affine"),),
    keras=(("GroupNormalization", "groups axis epsilon center scale"),),
    onnx=(("GroupNormalization", "num_groups* epsilon stash_type:_"),),
    letters=group_letters,
    window=WHOLE,
    label="GroupNorm({g})",
    example=("groupnorm 32", "64x28x28"),
    sources=("Wu & He 2018",),
)  # fmt: skip


def norm_letters(case: Case) -> dict[str, Value]:
    """e numbers are normalised together: the shape or the axes given, the channels of a map, or the last axis."""
    shape, over, first = case.to_layout(case.shape), case.values["over"], case.values["first"]
    if first is not None:
        case.values["axis"] = tuple(range(case.place(first) + 1, len(shape) + 1))
    axes, known = case.values["axis"], affine_letters(case)
    if axes is not None:
        return {**known, "e": product(shape[case.place(axis)] for axis in axes)}
    if over is None:
        return {**known, "e": case.channels_or_features}
    if shape[-len(over) :] != over and (case.values["trailing"] or over != (case.channels_or_features,)):
        raise problem(
            "C012",
            f"normalised shape {'×'.join(map(str, over))}, the input is {case.show(case.shape)}",
            "leave it out: it follows from the input",
            right=("over", "x".join(map(str, (case.shape[0],) if case.dims else shape[-len(over) :]))),
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
        AFFINE, SCALED, SHIFTED, AXIS._replace(type="shape"), FIRST, TRAILING, EPS,
    ),
    rules="norm",
    aliases=("layernormalization", "ln"),
    dims="layernorm",
    parameters="(a + b)*e",
    connections="0",
    window=Window(NORMALISING),
    cells=BATCHNORM.cells,
    own_statistics=True,
    letters=norm_letters,
    torch=(
        ("LayerNorm", "normalized_shape* eps elementwise_affine bias trailing=yes"),
        ("LayerNorm2d", "num_channels:over eps affine"),
    ),
    keras=(("LayerNormalization", "axis epsilon center scale"),),
    onnx=(("LayerNormalization", "axis:first=-1 epsilon stash_type:_"),),
    counted_as="layernorm",
    derivative="input",
    drawn="{a + b} x {e}",
    meanings={"e": ("numbers normalised together", "numbers")},
    sources=("Ba et al. 2016",),
)  # fmt: skip

RMSNORM = LAYERNORM._replace(
    cells={"": "x/sqrt(square + eps)*w"},
    name="rmsnorm",
    dims="",
    doc="Divide the features of each position by their root mean square, then scale them.",
    keys=(
        LAYERNORM.keys[0], AFFINE, SCALED, AXIS._replace(type="shape"), FIRST, TRAILING,
        EPS._replace(doc=f"{EPS.doc}: PyTorch's own is how far apart its numbers are at 1", default=None),
    ),
    rules="rmsnorm",
    aliases=("rmsnormalization",),
    parameters="a*e",
    biases="0",
    torch=(("RMSNorm", "normalized_shape* eps elementwise_affine trailing=yes"),),
    keras=(("RMSNormalization", "axis epsilon"),),
    onnx=(("RMSNormalization", "axis:first=-1 epsilon stash_type:_"),),
    counted_as="rmsnorm",
    drawn="{e}",
    sources=("Zhang & Sennrich 2019",),
)  # fmt: skip


def check_axes(case: Case) -> None:
    """Raise for an axis that does not exist, or is the batch."""
    for axis in case.values["axis"] or ():
        case.place(axis)


L2NORM = Kind(
    "l2norm",
    "Divide numbers by the root of the sum of their squares.",
    keys=(
        AXIS._replace(doc="the axes normalised together, with the batch as 0", type="shape", aliases=("dim",)),
        POWER, EPS._replace(default="1e-12"),
    ),
    aliases=("unitnormalization", "normalize"),
    window=Window(NORMALISING),
    check=check_axes,
    keras=(("UnitNormalization", "axis"),),
    onnx=(("LpNormalization", "axis=-1 p:power"),),
    derivative="input",
    operator=True,
    label="L2Norm",
    sources=("Keras UnitNormalization", "PyTorch F.normalize"),
)  # fmt: skip

GRN = Kind(
    "grn",
    "Weigh each channel by its norm over the map against the mean of all channels; scale, shift and add the input.",
    keys=(NUM_FEATURES, EPS._replace(default="1e-6")),
    aliases=("globalresponsenorm",),
    shape=lambda case: case.shape,
    parameters="2*c",
    biases="c",
    connections="0",
    takes="map",
    makes="same",
    window=WHOLE,
    letters=checked_channels,
    torch=(("GlobalResponseNorm", "dim:in_channels eps channels_last:_"),),
    derivative="input",
    label="GRN",
    drawn="2 x {c}",
    sources=("Woo et al. 2023, ConvNeXt V2",),
)

LRN = Kind(
    "lrn",
    "Divide each number by the strength of its neighbours across channels.",
    keys=(
        Key("size", "n", "neighbouring channels", default=5),
        DECIMAL._replace(name="alpha", doc="how much the mean of their squares counts", default="1e-4"),
        DECIMAL._replace(name="beta", doc="the power of it all", default="0.75"),
        DECIMAL._replace(name="k", doc="what is added to it", default="1", aliases=("bias",)),
    ),
    rules="lrn",
    aliases=("localresponsenorm", "local_response_norm"),
    counted_as="norm",
    derivative="input",
    torch=(("LocalResponseNorm", "size* alpha beta k"), ("CrossMapLRN2d", "size* alpha beta k")),
    onnx=(("LRN", "size* alpha beta bias"),),
    label="LRN",
    example=("lrn 5", "96x27x27"),
    sources=("Krizhevsky et al. 2012",),
)


def pad_evenly(case: Case) -> None:
    """The windows are centred on their cells."""
    for axis in case.axes:
        case.set_padding(axis, floor_divide(axis["k"] - 1, 2), floor_divide(axis["k"], 2))


SPATIALLRN = LRN._replace(
    name="spatiallrn",
    doc="Divide each number by the strength of its neighbours in the map, channel by channel (Caffe's WITHIN_CHANNEL).",
    keys=(POOL_KERNEL._replace(default=5), *(LRN.keys[1:])),
    aliases=(),
    bind=pad_evenly,
    window=Window(SLIDING, "k"),
    takes="map",
    makes="same",
    torch=(),
    onnx=(),
    counted_as="",
    example=("spatiallrn 3", "32x16x16"),
    sources=("Krizhevsky 2012, cuda-convnet",),
)


def scale_letters(case: Case) -> dict[str, Value]:
    """e is the size of the axis that has the factors: the one given, else that of the channels."""
    axis = case.values["axis"]
    return {"e": case.shape[case.channels] if axis is None else case.to_layout(case.shape)[case.place(axis)]}


SCALE = Kind(
    "scale",
    "One learnt factor per channel (layer scale).",
    keys=(
        AXIS._replace(doc="the axis that has the factors, with the batch as 0"),
        SCALED._replace(default=True),
        SHIFTED._replace(doc="a learnt shift too (Caffe)", default=False),
    ),
    aliases=("layerscale",),
    parameters="(a + b)*e",
    keras=(("LayerScale", "init_values:_ projection_dim:_"),),
    connections="0",
    letters=scale_letters,
    counted_as="free",
    operator=True,
    label="LayerScale",
    drawn="{a + b} x {e}",
    meanings={"e": ("channels", "channels")},
    sources=("Touvron et al. 2021",),
)

KINDS = (
    BATCHNORM, FROZENBATCHNORM, INSTANCENORM, GROUPNORM, LAYERNORM, RMSNORM, L2NORM, GRN, LRN, SPATIALLRN,
    NORMALIZATION, SCALE,
)  # fmt: skip
