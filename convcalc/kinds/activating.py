"""Activations, the number that each gives for a number x, and dropout."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from convcalc.algebra.expr import divide
from convcalc.kinds.keys import AXIS, DECIMAL, RATE
from convcalc.layers import Key, Kind
from convcalc.layers.case import product
from convcalc.layers.window import HALVING, Window
from convcalc.problem import problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcalc.algebra.expr import Value
    from convcalc.layers import Shape, Span
    from convcalc.layers.case import Case

CELLS = {
    "relu": "min(max(0, x) + slope*min(0, x), max)",
    "relu6": "min(max(0, x), 6)",
    "leakyrelu": "max(0, x) + slope*min(0, x)",
    "elu": "max(0, x) + alpha*(exp(min(0, x)) - 1)",
    "selu": "1.0507009873554805*(max(0, x) + 1.6732632423543772*(exp(min(0, x)) - 1))",
    "celu": "max(0, x) + alpha*(exp(min(0, x)/alpha) - 1)",
    "gelu": "x*(1 + erf(x/sqrt(2)))/2",
    "silu": "x/(1 + exp(-x))",
    "mish": "x*tanh(log(1 + exp(x)))",
    "sigmoid": "1/(1 + exp(-x))",
    "logsigmoid": "-log(1 + exp(-x))",
    "hardsigmoid": "min(max(0, slope*x + offset), 1)",
    "tanh": "tanh(x)",
    "hardtanh": "min(max(min, x), max)",
    "hardswish": "x*min(max(0, x + 3), 6)/6",
    "softplus": "log(1 + exp(beta*x))/beta",
    "softsign": "x/(1 + max(x, -x))",
    "softshrink": "max(0, x - threshold) + min(0, x + threshold)",
    "tanhshrink": "x - tanh(x)",
    "rrelu": "max(0, x) + (lower + upper)/2*min(0, x)",
    "exponential": "exp(x)",
    "squareplus": "(x + sqrt(x**2 + b))/2",
    "softmax": "exp(x)/sum(exp(x))",
    "softmin": "exp(-x)/sum(exp(-x))",
    "logsoftmax": "x - log(sum(exp(x)))",
    "identity": "x",
}
# Where exponentials would be too large: the largest number subtracted from all, which changes nothing.
SHIFTED = {
    "softmax": "exp(x - largest)/sum(exp(x - largest))",
    "softmin": "exp(smallest - x)/sum(exp(smallest - x))",
    "logsoftmax": "x - largest - log(sum(exp(x - largest)))",
}
# By a flag of theirs.
APPROXIMATE = {"gelu": {"approximate": "x*(1 + tanh(0.7978845608028654*(x + 0.044715*x**3)))/2"}}


def shared_place(case: Case, axis: int) -> int:
    """The axis that Keras shares: it takes 1 off, and counts from the end what is then below 0."""
    rank = len(case.shape)
    if not (isinstance(axis, int) and -rank < axis <= rank):
        raise problem("C014", f"there is no axis {axis} to share: the input has axes 1 to {rank}", f"1 to {rank}")
    return (axis - 1) % rank


def prelu_letters(case: Case) -> dict[str, Value]:
    """e slopes: one, one per channel, or (Keras) one for every number that no axis shares."""
    count, shared = case.values["count"], case.values["shared_axes"]
    if shared is not None or (count is None and case.convention.prelu_per_number):
        shape = case.to_layout(case.shape)
        alike = {shared_place(case, axis) for axis in shared or ()}
        return {"e": product(size for axis, size in enumerate(shape) if axis not in alike)}
    channels = case.shape[0]
    if count is None or count == "channels":
        return {"e": channels if count else 1}
    if count != 1 and not case.holds(channels, "==", count):
        hint = f"{channels}, one per channel, or 1"
        raise problem("C012", f"{count} slopes for {channels} channels", hint, right=("count", str(channels)))
    return {"e": count}


PRELU = Kind(
    "prelu",
    "max(0, x) + a·min(0, x) with a learnt slope a.",
    keys=(
        Key(
            "count", "", "slopes: 1 or one per channel", "count", None, words=("channels",), aliases=("num_parameters",)
        ),
        Key("shared_axes", "", "axes that share a slope (Keras)", "shape", None, quiet=True),
        DECIMAL._replace(name="init", doc="what a slope begins with", default="0.25", bare=False, training=True),
    ),
    rules="prelu",
    parameters="e",
    biases="0",
    connections="0",
    activates=True,
    keeps=(0, None),
    cells={"": "max(0, x) + w*min(0, x)"},
    letters=prelu_letters,
    storage=False,
    torch=(("PReLU", "num_parameters init"),),
    keras=(("PReLU", "alpha_initializer:_ alpha_regularizer:_ alpha_constraint:_ shared_axes"),),
    counted_as="prelu",
    drawn="{e}",
    meanings={"e": ("slopes", "slopes")},
    sources=("He et al. 2015",),
)


def halved_shape(case: Case) -> Shape:
    shape, index = case.to_layout(case.shape), case.place_or_channels(case.values["axis"])
    case.demand_multiple(shape[index], 2, "numbers on its axis", "it is halved")
    case.along = case.axis_of(index)
    return case.from_layout((*shape[:index], divide(shape[index], 2), *shape[index + 1 :]))


GLU = Kind(
    "glu",
    "Half of the channels gate the other half.",
    keys=(AXIS._replace(doc="the axis halved, with the batch as 0", aliases=("dim",)),),
    shape=halved_shape,
    outputs={"channels": "c/2"},
    window=Window(HALVING),
    torch=(("GLU", "dim:axis=-1"),),
    calls=(("Activation", "activation", "glu"),),
    counted_as="glu",
    derivative="input",
    sources=("Dauphin et al. 2017",),
)

VARIANT = Key(
    "variant", "", "what is dropped, or done instead", "word", "numbers",
    words=("numbers", "channels", "alpha", "alpha_channels", "gaussian", "noise", "blocks"), quiet=True,
)  # fmt: skip
DEVIATION = DECIMAL._replace(name="deviation", doc="how large the noise is", low=0, aliases=("stddev",))
DROPBLOCK = "p:rate block_size:_ inplace eps:_ variant=blocks"

DROPOUT = Kind(
    "dropout",
    "Numbers, or whole channels, dropped at random in training.",
    keys=(RATE, VARIANT, DEVIATION),
    aliases=("alphadropout", "spatialdropout", "gaussiandropout", "featurealphadropout", "gaussiannoise"),
    says={
        "alphadropout": ("variant", "alpha"),
        "featurealphadropout": ("variant", "alpha_channels"),
        "gaussiandropout": ("variant", "gaussian"),
        "gaussiannoise": ("variant", "noise"),
        "spatialdropout": ("variant", "channels"),
        **{
            f"{stem}{n}d": ("variant", variant)
            for n in (1, 2, 3)
            for stem, variant in (("dropout", "channels"), ("spatialdropout", "channels"), ("dropblock", "blocks"))
        },
    },
    dims="dropout spatialdropout dropblock",
    storage=False,
    torch=(
        ("Dropout", "p:rate inplace"),
        ("Dropout{n}d", "p:rate inplace variant=channels"),
        ("AlphaDropout", "p:rate inplace variant=alpha"),
        ("FeatureAlphaDropout", "p:rate inplace variant=alpha_channels"),
        ("DropBlock2d", DROPBLOCK),
        ("DropBlock3d", DROPBLOCK),
    ),
    onnx=(("Dropout", "ratio:rate seed"),),
    keras=(
        ("Dropout", "rate* noise_shape seed"),
        ("AlphaDropout", "rate* noise_shape seed variant=alpha"),
        ("GaussianDropout", "rate* seed variant=gaussian"),
        ("GaussianNoise", "stddev* seed variant=noise"),
        ("SpatialDropout1D", "rate* seed variant=channels"),
        *((f"SpatialDropout{n}D", "rate* data_format seed variant=channels") for n in (2, 3)),
    ),
    counted_as="free",
    view=True,
    linear="keeps",
    cells={"": "x"},
    example=("dropout 0.5", "64x28x28"),
)

DROPPATH = DROPOUT._replace(
    onnx=(),
    name="droppath",
    keys=(RATE,),
    says={},
    doc="A whole branch dropped at random in training.",
    aliases=("drop_path", "stochasticdepth"),
    dims="",
    torch=(("DropPath", "p:rate inplace"), ("StochasticDepth", "p:rate mode:_")),
    keras=(("DropPath", "rate seed"), ("StochasticDepth", "drop_path_rate:rate")),
    example=(),
)

# A kind a line: its name, with further names after commas; PyTorch's classes; Keras's; what its derivative needs of
# the forward pass; what it computes.
ACTIVATIONS = """
relu                            ReLU               ReLU        output max(0, x)
relu6                           ReLU6              ReLU6       output min(max(0, x), 6)
leakyrelu,lrelu                 LeakyReLU          LeakyReLU   output x, or a small multiple of it below 0
elu                             ELU                ELU         output x, or exp(x) − 1 below 0
selu                            SELU               SELU        output a scaled elu
celu                            CELU               CELU        output an elu that is smooth for every scale
gelu                            GELU               GELU        input  x·Φ(x)
silu,swish                      SiLU               SiLU        input  x·sigmoid(x)
mish                            Mish               Mish        input  x·tanh(softplus(x))
sigmoid                         Sigmoid            Sigmoid     output 1/(1 + exp(−x))
logsigmoid                      LogSigmoid         LogSigmoid  input  log(sigmoid(x))
hardsigmoid                     Hardsigmoid        HardSigmoid output a sigmoid of straight lines
tanh                            Tanh               Tanh        output the hyperbolic tangent
hardtanh,clip                   Hardtanh           HardTanh    output x cut off at −1 and 1
hardswish,hardsilu              Hardswish          HardSwish   input  x·hardsigmoid(x)
softplus                        Softplus           Softplus    input  log(1 + exp(x))
softsign                        Softsign           Softsign    input  x/(1 + |x|)
hardshrink                      Hardshrink         -           input  x, or 0 between −λ and λ
softshrink                      Softshrink         -           input  x moved towards 0 by λ, as far as 0
tanhshrink                      Tanhshrink         -           input  x − tanh(x)
threshold,thresholdedrelu       Threshold          ThresholdedReLU input  x, or a constant below the threshold
rrelu                           RReLU              -           input  x, or a random multiple of it below 0
exponential,exp                 -                  -           output exp(x)
squareplus                      -                  -           input  (x + √(x² + b))/2
sparseplus                      -                  -           input  0, a parabola, then x
sparsesigmoid                   -                  -           input  a sigmoid of straight lines, from −1 to 1
sparsemax                       -                  -           output the nearest point with a sum of 1
softmax,softmax2d               Softmax,Softmax2d  Softmax     output exp(x) divided by its sum
softmin                         Softmin            -           output exp(−x) divided by its sum
logsoftmax                      LogSoftmax         LogSoftmax  output log(softmax(x))
identity,noop,linear_activation Identity           Identity,Activation,ActivityRegularization,Masking - nothing at all
"""
# Between which numbers the outputs of an activation lie, and which numbers it leaves as they are.
GIVES: dict[str, Span] = {
    "relu": (0, None), "relu6": (0, 6), "sigmoid": (0, 1), "hardsigmoid": (0, 1), "tanh": (-1, 1), "softsign": (-1, 1),
    "softplus": (0, None), "exponential": (0, None), "squareplus": (0, None), "sparseplus": (0, None),
    "sparsesigmoid": (0, 1), "sparsemax": (0, 1), "softmax": (0, 1), "softmin": (0, 1),
}  # fmt: skip
KEEPS: dict[str, Span] = {
    "relu": (0, None), "relu6": (0, 6), "leakyrelu": (0, None), "elu": (0, None), "celu": (0, None), "rrelu": (0, None),
}  # fmt: skip
SATURATING = ("sigmoid", "tanh", "hardsigmoid", "hardtanh", "softsign", "sparsesigmoid")
OVER = AXIS._replace(doc="the axes that it sums over, with the batch as 0", type="shape", aliases=("dim",))


def sum_letters(case: Case) -> dict[str, Value]:
    """e numbers are divided by their sum: those of the axes but the batch, else the channels of a map or the features.

    A Problem where an axis is named that does not exist.
    """
    shape, batch = case.to_layout(case.shape), (0, -len(case.shape) - 1)
    axes = [axis for axis in case.values["axis"] or () if axis not in batch]
    return {"e": product(shape[case.place(axis)] for axis in axes) if axes else case.channels_or_features}


SLOPE = DECIMAL._replace(name="slope", doc="the factor below 0", aliases=("negative_slope", "alpha"))
ALPHA = DECIMAL._replace(name="alpha", doc="how far below 0 it goes", default="1")
LEAST = DECIMAL._replace(
    name="min", doc="the smallest that comes out", words=("-inf",), aliases=("min_val", "min_value"), bare=False
)
MOST = LEAST._replace(name="max", doc="the largest that comes out", words=("inf",), aliases=("max_val", "max_value"))
THRESHOLD = DECIMAL._replace(name="threshold", doc="where it begins", default="0")
SHRUNK = THRESHOLD._replace(doc="λ", default="0.5", aliases=("lambd", "lambda"))
TANH = Key("approximate", "", "by a tanh", "flag", False, words=("tanh", "none"), quiet=True)
# What they may be told: the keys; the parameters of PyTorch's class and of Keras's, in order.
SETTINGS: dict[str, tuple[tuple[Key, ...], str, str]] = {
    "relu": (
        (MOST, SLOPE._replace(default="0"), THRESHOLD._replace(doc="from where on a number stays as it is")),
        "inplace", "max_value negative_slope threshold",
    ),
    "leakyrelu": ((SLOPE._replace(default="0.01"),), "negative_slope inplace", "negative_slope alpha"),
    "elu": ((ALPHA,), "alpha inplace", "alpha"),
    "celu": ((ALPHA,), "alpha inplace", "alpha"),
    "gelu": ((TANH,), "approximate", "approximate"),
    "hardsigmoid": (
        (
            SLOPE._replace(doc="how steep it is", default="1/6", aliases=("alpha",), bare=False),
            DECIMAL._replace(name="offset", doc="its value at 0", default="0.5", aliases=("beta",)),
        ),
        "inplace", "",
    ),
    "hardtanh": (
        (LEAST._replace(default="-1"), MOST._replace(default="1")),
        "min_val max_val inplace min_value max_value", "",
    ),
    "softplus": (
        (
            DECIMAL._replace(name="beta", doc="how sharp it is", default="1", bare=False),
            THRESHOLD._replace(doc="from where of beta times x on it is x itself", default="20"),
        ),
        "beta threshold", "",
    ),
    "hardshrink": ((SHRUNK,), "lambd", "threshold"),
    "softshrink": ((SHRUNK,), "lambd", "threshold"),
    "threshold": (
        (
            THRESHOLD._replace(doc="up to where the value stands for a number", aliases=("theta", "alpha"), bare=False),
            DECIMAL._replace(name="value", doc="what stands for it", default="0"),
        ),
        "threshold* value* inplace", "theta",
    ),
    "rrelu": (
        (
            DECIMAL._replace(name="lower", doc="the least factor below 0", default="1/8", bare=False),
            DECIMAL._replace(name="upper", doc="the largest", default="1/3"),
        ),
        "lower upper inplace", "",
    ),
    "squareplus": ((DECIMAL._replace(name="b", doc="how smooth it is", default="4", bare=False),), "", "b"),
}  # fmt: skip
UNTOLD = ((), "_ _ _", "_ _ _")
# What else is a call of Keras's of their kind; with settings that its name has.
CALLS = {
    "relu6": (("ReLU", "max_value", "6"),), "identity": (("Activation", "activation", "linear"),),
    "leakyrelu": (("Activation", "activation", "leakyrelu slope=0.2"),),
}  # fmt: skip


def cells_of(name: str) -> dict[str, str]:
    """One number of an activation, where it is known: as it is usually, and as it is otherwise."""
    if name not in CELLS:
        return {}
    shifted = {"shifted": SHIFTED[name]} if name in SHIFTED else {}
    return {"": CELLS[name], **APPROXIMATE.get(name, {}), **shifted}


@lru_cache(maxsize=64)
def activation(line: str) -> Kind:
    names, torch, keras, derivative, doc = line.split(maxsplit=4)
    name, *aliases = names.split(",")
    sums = name.endswith(("softmax", "softmin"))
    keys, of_torch, of_keras = ((OVER,), "axis", "axis") if sums else SETTINGS.get(name, UNTOLD)
    return Kind(
        name,
        doc,
        keys=keys,
        letters=sum_letters if sums else None,
        cells=cells_of(name),
        aliases=tuple(aliases),
        rules=name if name in SETTINGS else "",
        storage=False,
        torch=tuple((known, of_torch) for known in torch.strip("-").split(",") if known),
        keras=tuple(
            (known, "activation*:_" if known == "Activation" else of_keras)
            for known in keras.strip("-").split(",")
            if known
        ),
        calls=tuple(("Activation", "activation", known) for known in names.split(",")) + CALLS.get(name, ()),
        counted_as="activation" if derivative != "-" else "free",
        derivative=derivative.strip("-"),
        view=derivative == "-",
        linear="keeps" if derivative == "-" else "",
        activates=derivative != "-" and not sums,
        saturates=name in SATURATING,
        gives=GIVES.get(name),
        keeps=KEEPS.get(name),
    )


class Activating:
    """The kinds of this family; a network has few of them, and those of the table are made when they are asked for."""

    records: tuple[Kind | str, ...] = (PRELU, GLU, *ACTIVATIONS.strip().splitlines(), DROPOUT, DROPPATH)

    def __getitem__(self, place: int) -> Kind:
        found = self.records[place]
        return activation(found) if isinstance(found, str) else found

    def __iter__(self) -> Iterator[Kind]:
        return map(self.__getitem__, range(len(self.records)))


KINDS = Activating()
IDENTITY = activation(ACTIVATIONS.strip().splitlines()[-1])
