"""What a framework means where the textbook leaves a choice, settled in one place: five conventions, as data."""

from __future__ import annotations

from convcalc.layers import Convention, Need, Same

# d(k − 1) cells keep the size at stride 1, whatever the input.
HALF = Same("d*(k - 1)")
# TensorFlow: as many as the last of ⌈n/s⌉ windows needs.
TENSORFLOW = Same("max((ceil(n/s) - 1)*s + d*(k - 1) + 1 - n, 0)", "ceil(n/s)")
# Transposed: n·s of output, as far as the window reaches.
TRANSPOSED = Same("max(d*(k - 1) + 1 - s, 0)")

SAME_STRIDE = Need(
    "s <= 1", "C020", "padding `same` with stride {s}: PyTorch refuses it", "", "padding={p}, or convention: keras"
)
HALF_WINDOW = Need("2*p <= k", "C006", "padding {p} is more than half the window {k}", "p k")
# PyTorch checks this of 3-D mean pooling only, padding or not, rounding up or down.
INSIDE = Need("k <= n", "C001", "window {k} is larger than the input, {n} wide: PyTorch refuses it in 3-D", "k n")
SPREAD_OUT = Need(
    "2 <= M", "C024", "a single number per channel cannot be normalised: it would be 0", "", "normalise a larger map"
)
SPREAD_OUT_IN_GROUP = Need(
    "2 <= e/g*M", "C024", "a single number per group cannot be normalised: it would be 0", "g", "normalise a larger map"
)
BELOW_WINDOW = Need("p < k", "C006", "padding {p} must be smaller than the window {k}", "p k")
EXACT = Need(
    "(n + 2*p - d*(k - 1) - 1) % s == 0",
    "C021",
    "it does not fit: ({n} + {2*p} − {d*(k - 1) + 1})/{s} + 1 is not whole",
    "n p s",
    "convention: pytorch rounds down",
    unless="ceil",
)
WHOLE_TIMES = Need(
    "r <= floor(r)", "C025", "Keras repeats a pixel a whole number of times, not {r}", "", "scale = {floor(r) + 1}"
)
STRIDE_OR_DILATION = Need(
    "min(S, A) <= 1", "C022", "a stride together with a dilation: Keras refuses it", "", "one of them must be 1"
)
OUTPUT_PADDING_BELOW_STRIDE = Need("op < s", "C003", "output_padding {op} must be smaller than stride {s}", "op")

PYTORCH = Convention(
    "pytorch",
    "PyTorch: sizes round down, pooling may round up on request, `same` needs stride 1.",
    same={"conv": HALF},
    needs={
        "conv, same": (SAME_STRIDE,),
        "pool": (HALF_WINDOW,),
        "avgpool layer, 3d": (INSIDE,),
        "lppool layer, 3d": (INSIDE,),
        "instancenorm layer": (SPREAD_OUT,),
        "groupnorm layer": (SPREAD_OUT_IN_GROUP,),
    },
)

TEXTBOOK = Convention(
    "textbook",
    "The lectures: every window must fit exactly, or it is an error that names the sizes that do.",
    same={"conv": HALF, "pool": HALF},
    needs={"conv": (EXACT,), "pool": (EXACT,)},
)

KERAS_TCONV = {
    ("tconv", "valid"): "(n - 1)*s + max(d*(k - 1) + 1, s)",
    ("tconv", "valid op"): "(n - 1)*s + d*(k - 1) + 1 + op",
    ("tconv", "same"): "n*s",
    ("tconv", "same op"): "(n - 1)*s + d*(k - 1) + 1 - 2*floor((d*(k - 1) + 1)/2) + op",
}

KERAS = Convention(
    "keras",
    "Keras 3 and TensorFlow: `same` gives ⌈n/s⌉ with the odd cell at the end, no rounding up, no stride with dilation.",
    same={"conv": TENSORFLOW, "pool": TENSORFLOW, "tconv": TRANSPOSED},
    sizes=KERAS_TCONV,
    defaults={
        ("tconv", "output_padding"): None,
        ("tconv", "padding"): "valid",
        ("recurrent", "reset_after"): True,
        ("pool", "count_padding"): False,
        ("batchnorm", "eps"): "0.001",
        ("batchnorm", "momentum"): "0.01",
        ("norm", "eps"): "0.001",
        ("rmsnorm", "eps"): "1e-6",
        ("dotattention", "factor"): "1",
        ("prelu", "init"): "0",
        ("leakyrelu", "slope"): "0.3",
        ("threshold", "threshold"): "1",
    },
    needs={
        "conv layer": (STRIDE_OR_DILATION,),
        "localconv layer": (STRIDE_OR_DILATION,),
        "convlstm layer": (STRIDE_OR_DILATION,),
        "upsample": (WHOLE_TIMES,),
        "tconv": (STRIDE_OR_DILATION, OUTPUT_PADDING_BELOW_STRIDE),
    },
    global_pool_keeps=False,
    dense_on_maps=True,
    recurrent_biases=1,
    recurrent_sequences=False,
    prelu_per_number=True,
    pads_in_words=True,
    groups_of_one=True,
    classes="keras",
)

CAFFE = Convention(
    "caffe",
    "Caffe: convolutions round down, pooling rounds up and clips its last window where there is padding.",
    same={"conv": HALF},
    defaults={("pool", "ceil"): True, ("batchnorm", "momentum"): "0.001", ("lrn", "alpha"): "1"},
    needs={"pool": (BELOW_WINDOW,)},
    clips_padded_only=True,
)

ONNX = Convention(
    "onnx",
    "ONNX operators: SAME_UPPER and SAME_LOWER pad as TensorFlow does; strides are 1 unless given.",
    same={"conv": TENSORFLOW, "pool": TENSORFLOW, "tconv": TRANSPOSED},
    defaults={
        ("pool", "stride"): 1,
        ("pool", "count_padding"): False,
        ("rmsnorm", "eps"): "1e-5",
        ("hardsigmoid", "slope"): "0.2",
        ("threshold", "threshold"): "1",
    },
    ends_after_beginnings=True,
    output_sets_padding=True,
    classes="onnx",
)

CONVENTIONS = {convention.name: convention for convention in (PYTORCH, KERAS, CAFFE, ONNX, TEXTBOOK)}

# Frameworks whose classes are neither's, by what their modules begin with: see convcalc.kinds.foreign.
ELSEWHERE = frozenset((
    "chainer", "eqx", "equinox", "flax", "gluon", "haiku", "hk", "jittor", "lasagne", "linen", "mindspore", "mlx", "mx",
    "mxnet", "oneflow", "paddle", "slim", "snt", "sonnet", "tflearn", "tinygrad",
))  # fmt: skip
FRAMEWORKS = {"torch": "pytorch", "keras": "keras", "onnx": "onnx"}  # whose classes may be pasted, and its convention


def convention_of_class(framework: str, convention: str) -> str:
    """The convention of a pasted class: its framework's, where that of the network is a framework's too."""
    return FRAMEWORKS[framework] if framework and convention in FRAMEWORKS.values() else convention
