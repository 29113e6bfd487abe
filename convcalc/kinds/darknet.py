"""Darknet's sections: which kind each is, and the keys that its options set."""

from __future__ import annotations

from functools import lru_cache

from convcalc.kinds import NAMES
from convcalc.kinds.classes import Signature, signature_of
from convcalc.layers import Kind
from convcalc.tuples import NamedTuple


class SectionType(NamedTuple):
    """A section that is a layer: its kind, what its options set, and its activation where it names none."""

    name: str
    signature: Signature
    activation: str


# The parsers of pjreddie's Darknet (2018) and AlexeyAB's (2022): names, kind, usual activation, options.
SECTIONS = """
conv,convolutional conv logistic filters:filters=1 size:kernel=1 stride:stride=1 groups dilation
deconvolutional tconv logistic filters:filters=1 size:kernel=1 stride:stride=1
local localconv logistic filters:filters=1 size:kernel=1 stride:stride=1
connected,conn linear logistic output:units=1
maxpool,max maxpool linear size:kernel stride:stride=1
local_avgpool,local_avg avgpool linear size:kernel stride:stride=1
avgpool,avg globalavgpool linear
upsample upsample linear stride:scale=2
reorg,reorg3d pixelunshuffle linear stride:factor=1
dropout dropout linear probability:rate=.5
softmax,soft softmax linear
batchnorm batchnorm linear
normalization,lrn lrn linear size:size=5
activation identity linear
shortcut add linear
route concat linear
sam,scale_channels multiply linear
crop crop linear
rnn rnn logistic output:units=1
gru gru linear output:units=1
lstm lstm linear output:units=1
"""
# Ends of a network, which read boxes from their input and leave it as it is: the numbers of a box, without its classes.
HEADS = {"yolo": 5, "Gaussian_yolo": 9, "region": 5, "detection": 5}
# Sections that have no kind here.
REFUSED = frozenset(("conv_lstm", "crnn", "history", "implicit", "iseg", "l2norm"))
# What is no part of the network that is counted.
LEFT_OUT = frozenset(("cost", "contrastive", "logistic", "empty", "silence"))
# Activations by their names here, with what Darknet has in them; what is not among them is no activation of Darknet's.
ACTIVATIONS = {
    "logistic": "sigmoid", "loggy": "sigmoid", "relu": "relu", "relu6": "relu6", "elu": "elu", "selu": "selu",
    "gelu": "gelu", "relie": "leakyrelu", **dict.fromkeys(("ramp", "leaky", "revleaky"), "leakyrelu 0.1"),
    "tanh": "tanh", "plse": "hardtanh", "lhtan": "hardtanh", "hardtan": "hardtanh", "stair": "hardtanh",
    "swish": "silu", "mish": "mish", "hard_mish": "mish", "normalize_channels": "softmax", "norm_chan": "softmax",
    "normalize_channels_softmax": "softmax", "norm_chan_softmax": "softmax", "norm_chan_softmax_maxval": "softmax",
}  # fmt: skip


@lru_cache(maxsize=1)
def section_types() -> dict[str, SectionType]:
    """Every section by its names."""
    found = {}
    for line in SECTIONS.strip().splitlines():
        words, kind, activation, *options = line.split()
        signed = signature_of("darknet", NAMES[kind].kind, 0, " ".join(options))
        names = words.split(",")
        found.update(dict.fromkeys(names, SectionType(names[0], signed, activation)))
    return found


def activation_of(name: str) -> tuple[Kind, dict[str, str]]:
    """The kind of an activation, and its settings."""
    word, _, number = ACTIVATIONS[name].partition(" ")
    kind = NAMES[word].kind
    return kind, {kind.keys[0].name: number} if number else {}
