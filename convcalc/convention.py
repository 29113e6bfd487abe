"""What a framework means where the textbook leaves a choice, settled in one place: five conventions, as data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from convcalc.kinds.record import Need


class Same(NamedTuple):
    """What `same` means: the padding in all, and the size where it has a formula of its own."""

    total: str
    size: str = ""
    extra: str = "end"  # the side that gets the odd cell


class Convention(NamedTuple):
    name: str
    doc: str
    same: Mapping[str, Same]  # by family of kinds
    sizes: Mapping[tuple[str, str], str] = {}  # (family, situation) → the formula that replaces the kind's own
    defaults: Mapping[tuple[str, str], Any] = {}  # (family, key) → default
    needs: Mapping[str, tuple[Need, ...]] = {}  # by family
    global_pool_keeps: bool = True  # global pooling leaves axes of size 1
    dense_on_maps: bool = False  # a linear layer may act on the channels of a map
    recurrent_biases: int = 2  # biases a gate
    recurrent_sequences: bool = True  # a recurrent layer gives every step
    prelu_per_number: bool = False
    classes: str = "torch"  # whose class names win where both have one


# d(k − 1) cells keep the size at stride 1, whatever the input.
HALF = Same("d*(k - 1)")
# TensorFlow: as many as the last of ⌈n/s⌉ windows needs; the odd cell at the end.
TENSORFLOW = Same("max((ceil(n/s) - 1)*s + d*(k - 1) + 1 - n, 0)", "ceil(n/s)")

SAME_STRIDE = Need(
    "s <= 1", "C020", "padding `same` with stride {s}: PyTorch refuses it", "", "padding={p}, or convention: keras"
)
HALF_WINDOW = Need("2*p <= d*(k - 1) + 1", "C006", "padding {p} is more than half the window of {d*(k - 1) + 1}", "p k")
BELOW_WINDOW = Need("p < k", "C006", "padding {p} must be smaller than the window {k}", "p k")
EXACT = Need(
    "(n + 2*p - d*(k - 1) - 1) % s == 0",
    "C021",
    "it does not fit: ({n} + 2·{p} − {d*(k - 1) + 1})/{s} + 1 is not whole",
    "n p s",
    "convention: pytorch rounds down",
)
STRIDE_OR_DILATION = Need(
    "min(s, d) <= 1", "C022", "stride {s} together with dilation {d}: Keras refuses it", "", "one of them must be 1"
)

PYTORCH = Convention(
    "pytorch",
    "PyTorch: sizes round down, pooling may round up on request, `same` needs stride 1.",
    same={"conv": HALF},
    needs={"conv same": (SAME_STRIDE,), "pool": (HALF_WINDOW,)},
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
    same={"conv": TENSORFLOW, "pool": TENSORFLOW, "tconv": Same("max(d*(k - 1) + 1 - s, 0)")},
    sizes=KERAS_TCONV,
    defaults={("tconv", "output_padding"): None, ("tconv", "padding"): "valid"},
    needs={"conv": (STRIDE_OR_DILATION,), "tconv": (STRIDE_OR_DILATION,)},
    global_pool_keeps=False,
    dense_on_maps=True,
    recurrent_biases=1,
    recurrent_sequences=False,
    prelu_per_number=True,
    classes="keras",
)

CAFFE = Convention(
    "caffe",
    "Caffe: convolutions round down, pooling rounds up and clips its last window where there is padding.",
    same={"conv": HALF},
    sizes={("pool", "ceil"): "ceil((n + 2*p - d*(k - 1) - 1)/s) + 1"},
    defaults={("pool", "ceil"): True},
    needs={"pool": (BELOW_WINDOW,)},
)

ONNX = Convention(
    "onnx",
    "ONNX operators: SAME_UPPER and SAME_LOWER pad as TensorFlow does; strides are 1 unless given.",
    same={
        "conv": TENSORFLOW,
        "pool": TENSORFLOW,
        "tconv": Same("max(d*(k - 1) + 1 - s, 0)"),
    },
    defaults={("pool", "stride"): 1},
)

CONVENTIONS = {convention.name: convention for convention in (PYTORCH, KERAS, CAFFE, ONNX, TEXTBOOK)}
