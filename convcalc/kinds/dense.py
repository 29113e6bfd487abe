"""Layers that act on the features of the last axis: fully connected ones, recurrent ones and attention."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.kinds.keys import BIAS, IN_CHANNELS, UNITS
from convcalc.kinds.record import POINT, WHOLE, Key, Kind
from convcalc.problem import problem

if TYPE_CHECKING:
    from convcalc.expr import Value
    from convcalc.kinds.record import Shape
    from convcalc.layer import Case

IN_FEATURES = IN_CHANNELS._replace(
    name="in_features", aliases=("c_in", "cin", "in_channels", "input_size", "embed_dim")
)

LINEAR = Kind(
    "linear",
    "Every unit sees every feature of the last axis: o = W·x + b.",
    keys=(UNITS, BIAS, IN_FEATURES),
    aliases=("fc", "dense", "fullyconnected", "fully_connected"),
    shape=lambda case: case.with_features(case.values["units"]),
    parameters="(c + b)*f",
    macs="N*c*f",
    takes="features",
    makes="features",
    family="linear",
    torch=(("Linear", "in_features out_features bias device:_ dtype:_"),),
    keras=(("Dense", "units activation:activation use_bias"),),
    label="Linear ({c} -> {f})",
    drawn="({c} x {f}){ + b*f}",
    sources=("PyTorch Linear",),
)

RBF = Kind(
    "rbf",
    "Units that measure the squared distance to a fixed code: LeNet-5's output layer; its codes are not trained.",
    keys=(UNITS,),
    aliases=("euclideanrbf",),
    shape=lambda case: case.with_features(case.values["units"]),
    buffers="c*f",
    macs="N*c*f",
    connections="N*c*f",
    takes="features",
    makes="features",
    label="RBF ({c} -> {f})",
    sources=("LeCun, Bottou, Bengio & Haffner 1998",),
)


def second_input(case: Case) -> dict[str, Value]:
    first, second = case.shapes
    if first[:-1] != second[:-1]:
        raise problem(
            "C011", f"the inputs differ in more than their features: {case.show(first)} and {case.show(second)}"
        )
    expected = case.values.get("in2_features")
    if expected is not None and expected != second[-1]:
        raise problem("C012", f"in2_features is {expected}, the second input has {second[-1]} features")
    return {"e": second[-1]}


BILINEAR = Kind(
    "bilinear",
    "Every unit is a quadratic form of two inputs: o = x·W·y + b.",
    keys=(UNITS, BIAS, IN_FEATURES._replace(aliases=("in1_features",)), Key("in2_features", "", "features of the second input: checked", "check2", None)),
    shape=lambda case: case.with_features(case.values["units"]),
    parameters="(c*e + b)*f",
    macs="N*c*e*f",
    takes="features",
    makes="features",
    inputs=2,
    torch=(("Bilinear", "in1_features in2_features out_features bias"),),
    letters=second_input,
    label="Bilinear ({c} x {e} -> {f})",
)  # fmt: skip

EMBEDDING = Kind(
    "embedding",
    "Look up a vector for each index.",
    keys=(
        Key("count", "v", "how many vectors there are", aliases=("num_embeddings", "input_dim", "vocabulary")),
        UNITS._replace(aliases=("embedding_dim", "output_dim", "features")),
    ),
    shape=lambda case: (*case.shape, case.values["units"]),
    parameters="v*f",
    makes="features",
    window=POINT,
    torch=(("Embedding", "num_embeddings embedding_dim padding_idx:_ max_norm:_ norm_type:_ scale_grad_by_freq:_ sparse:_"),),
    keras=(("Embedding", "input_dim output_dim"),),
    label="Embedding ({v} x {f})",
    drawn="{v} x {f}",
)  # fmt: skip

LAYERS = Key("layers", "l", "how many stacked", default=1, aliases=("num_layers",))
BIDIRECTIONAL = Key("bidirectional", "", "read in both directions", "flag", False)
SEQUENCES = Key("sequences", "", "give every step, not the last alone", "flag", None, aliases=("return_sequences",))


def recurrent_letters(case: Case) -> dict[str, Value]:
    """q directions, h the size of a state handed on, w biases a gate, t steps."""
    values = case.values
    units, projection = values["units"], values.get("projection") or 0
    if projection and projection >= units:
        raise problem("C013", f"projection {projection} must be smaller than the {units} units")
    # PyTorch keeps an input and a hidden bias for every gate; Keras one, but two in a GRU (reset_after).
    biases = case.convention.recurrent_biases
    if values.get("reset_after") is not None:
        biases = 2 if values["reset_after"] else 1
    return {
        "q": 2 if values["bidirectional"] else 1,
        "h": projection or units,
        "j": 1 if projection else 0,
        "w": biases,
        "t": case.shape[0] if len(case.shape) > 1 else 1,
    }


def recurrent_shape(case: Case) -> Shape:
    features = case.letters["q"] * case.letters["h"]
    every_step = case.values.get("sequences")
    if every_step is None:
        every_step = case.convention.recurrent_sequences
    return (*(case.shape[:-1] if every_step else case.shape[:-2]), features)


def recurrent(name: str, gates: int, doc: str, **more: object) -> Kind:
    """A recurrent kind with so many gates, each a matrix of the input and one of the state."""
    first = f"{gates}*f*(c + h + w*b)" if gates > 1 else "f*(c + h + w*b)"
    later = f"{gates}*f*(q*h + h + w*b)" if gates > 1 else "f*(q*h + h + w*b)"
    kind = Kind(
        name,
        doc,
        keys=(UNITS, LAYERS, BIDIRECTIONAL, BIAS, SEQUENCES._replace(quiet=True), IN_FEATURES._replace(aliases=("input_size",))),
        shape=recurrent_shape,
        parameters=f"q*({first} + (l - 1)*{later} + j*l*f*h)",
        macs=f"t*q*({first.replace(' + w*b', '')} + (l - 1)*{later.replace(' + w*b', '')} + j*l*f*h)",
        connections=f"t*q*({first} + (l - 1)*{later} + j*l*f*h)",
        takes="features",
        makes="features",
        window=WHOLE,
        family="recurrent",
        letters=recurrent_letters,
        torch=((name.upper(), "input_size hidden_size num_layers bias batch_first:_ dropout:_ bidirectional projection"),),
        keras=((name.upper(), "units"),),
        label=f"{name.upper()} ({{c}} -> {{f}})",
    )  # fmt: skip
    return kind._replace(**more)  # type: ignore[arg-type]


PROJECTION = Key(
    "projection", "", "size the state is projected to", "count", 0, low=0, aliases=("proj_size",), quiet=True
)
RESET_AFTER = Key("reset_after", "", "a second bias for the reset gate (Keras)", "flag", None, quiet=True)

LSTM = recurrent("lstm", 4, "A recurrent layer with a memory cell: four gates.")
LSTM = LSTM._replace(keys=(*LSTM.keys, PROJECTION))
GRU = recurrent("gru", 3, "A recurrent layer with reset and update gates: three matrices.")
GRU = GRU._replace(keys=(*GRU.keys, RESET_AFTER))
RNN = recurrent(
    "rnn", 1, "A recurrent layer: one matrix of the input and one of the state.",
    aliases=("simplernn",), keras=(("SimpleRNN", "units"),),
    torch=(("RNN", "input_size hidden_size num_layers nonlinearity:_ bias batch_first:_ dropout:_ bidirectional"),),
)  # fmt: skip


def attention_letters(case: Case) -> dict[str, Value]:
    """t queries, z keys; y and v the features of keys and values."""
    values, shape = case.values, case.shape
    if len(shape) < 2:
        raise problem(
            "C010", "attention takes (steps × features)", "put `embedding`, or `flatten` and `permute`, before it"
        )
    heads = values["heads"]
    case.demand_multiple(shape[-1], heads, "features", f"{heads} heads share them")
    keys = case.shapes[1] if len(case.shapes) > 1 else shape
    held = case.shapes[2] if len(case.shapes) > 2 else keys
    key_features, value_features = values.get("kdim"), values.get("vdim")
    return {
        "t": shape[-2],
        "z": keys[-2],
        "y": keys[-1] if key_features is None else key_features,
        "v": held[-1] if value_features is None else value_features,
    }


ATTENTION = Kind(
    "attention",
    "Every step looks at every step: softmax(Q·Kᵀ/√d)·V in h heads, between four projections.",
    keys=(
        Key("heads", "h", "number of heads", aliases=("num_heads",)),
        BIAS,
        Key("kdim", "", "features of the keys", "count", None, quiet=True),
        Key("vdim", "", "features of the values", "count", None, quiet=True),
        Key("add_bias_kv", "a", "a learnt key and value more", "flag", False, quiet=True),
        IN_FEATURES._replace(aliases=("embed_dim",)),
    ),
    aliases=("multihead", "multiheadattention", "selfattention"),
    # Query, key, value and output projections; three biases in one vector and that of the output.
    parameters="c*c + c*y + c*v + c*c + 4*b*c + 2*a*c",
    macs="t*c*c + z*c*y + z*c*v + 2*t*z*c + t*c*c",
    takes="features",
    makes="features",
    window=WHOLE,
    inputs=-1,
    letters=attention_letters,
    torch=(("MultiheadAttention", "embed_dim num_heads dropout:_ bias add_bias_kv add_zero_attn:_ kdim vdim batch_first:_"),),
    label="Attention ({c}, {h} heads)",
    sources=("Vaswani et al. 2017", "PyTorch MultiheadAttention"),
)  # fmt: skip

KINDS = (LINEAR, RBF, BILINEAR, EMBEDDING, LSTM, GRU, RNN, ATTENTION)
