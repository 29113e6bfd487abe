"""Layers that act on the features of the last axis: fully connected ones, recurrent ones and attention."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.kinds.keys import BIAS, IN_CHANNELS, RATE, UNITS
from convcalc.layer.record import Key, Kind
from convcalc.layer.window import EXTENDING, WHOLE, Window
from convcalc.problem import problem

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layer.case import Case
    from convcalc.layer.record import Shape

IN_FEATURES = IN_CHANNELS._replace(
    name="in_features", aliases=("c_in", "cin", "in_channels", "input_size", "embed_dim")
)

DROPPED = RATE._replace(name="dropout", aliases=())

LINEAR = Kind(
    "linear",
    "Every unit sees every feature of the last axis: o = W·x + b.",
    keys=(UNITS, BIAS, IN_FEATURES),
    aliases=("fc", "dense", "fullyconnected", "fully_connected"),
    shape=lambda case: case.with_features(case.values["units"]),
    outputs={"features": "f"},
    parameters="(c + b)*f",
    macs="N*c*f",
    takes="features",
    takes_flat=True,
    counted_as="linear",
    torch=(("Linear", "in_features out_features bias device dtype"),),
    keras=(("Dense", "units activation use_bias"),),
    label="Linear ({c} -> {f})",
    line="FC",
    drawn="({c} x {f}){ + b*f}",
    example=("linear 84", "120"),
    sources=("PyTorch Linear",),
)

RBF = Kind(
    "rbf",
    "Units that measure the squared distance to a fixed code: LeNet-5's output layer; its codes are not trained.",
    keys=(UNITS,),
    aliases=("euclideanrbf",),
    shape=lambda case: case.with_features(case.values["units"]),
    outputs={"features": "f"},
    buffers="c*f",
    macs="N*c*f",
    connections="N*c*f",
    takes="features",
    label="RBF ({c} -> {f})",
    example=("rbf 10", "84"),
    sources=("LeCun, Bottou, Bengio & Haffner 1998",),
)


def bilinear_letters(case: Case) -> dict[str, Value]:
    first, second = map(case.steps_first, case.shapes)
    if first[:-1] != second[:-1]:
        raise problem(
            "C011", f"the inputs differ in more than their features: {' and '.join(map(case.show, case.shapes))}"
        )
    return {"e": second[-1]}


BILINEAR = Kind(
    "bilinear",
    "Every unit is a quadratic form of two inputs: o = x·W·y + b.",
    keys=(
        UNITS, BIAS, IN_FEATURES._replace(aliases=("in1_features",)),
        Key("in2_features", "", "features of the second input: checked", "check", None),
    ),
    shape=lambda case: case.with_features(case.values["units"]),
    outputs={"features": "f"},
    parameters="(c*e + b)*f",
    macs="N*c*e*f",
    takes="features",
    inputs=2,
    torch=(("Bilinear", "in1_features in2_features out_features bias"),),
    letters=bilinear_letters,
    counted_as="bilinear",
    meanings={"e": ("features of the second input", "features")},
    example=("bilinear 10", "20", "30"),
    label="Bilinear ({c} x {e} -> {f})",
)  # fmt: skip


def embedding_shape(case: Case) -> Shape:
    case.channels = 0 if case.channels_last else len(case.shape)
    return case.from_layout((*case.to_layout(case.shape), case.values["units"]))


EMBEDDING = Kind(
    "embedding",
    "Look up a vector for each index.",
    keys=(
        Key("count", "v", "how many vectors there are", aliases=("num_embeddings", "input_dim", "vocabulary")),
        UNITS._replace(aliases=("embedding_dim", "output_dim", "features")),
    ),
    shape=embedding_shape,
    outputs={"features": "f"},
    parameters="v*f",
    makes="features",
    window=Window(EXTENDING),
    torch=(("Embedding", "num_embeddings embedding_dim padding_idx max_norm norm_type scale_grad_by_freq sparse"),),
    keras=(("Embedding", "input_dim output_dim"),),
    counted_as="embedding",
    example=("embedding 1000 f64", "12"),
    label="Embedding ({v} x {f})",
    drawn="{v} x {f}",
)

LAYERS = Key("layers", "l", "how many stacked", default=1, aliases=("num_layers",))
BIDIRECTIONAL = Key("bidirectional", "", "read in both directions", "flag", False)
BATCH_FIRST = Key("batch_first", "", "the batch before the steps, not behind them", "ignored", None, quiet=True)
SEQUENCES = Key("sequences", "", "give every step, not only the last", "flag", None, aliases=("return_sequences",))


def recurrent_letters(case: Case) -> dict[str, Value]:
    """q directions, h the size of a state handed on, w biases per gate, t steps."""
    values = case.values
    units, projection = values["units"], values.get("projection") or 0
    if projection and projection >= units:
        raise problem(
            "C013", f"projection {projection} must be smaller than the {units} units", f"projection ≤ {units - 1}"
        )
    if len(case.shape) > 2:
        raise problem(
            "C010", f"{case.kind.name} takes (steps × features), its input is {case.show(case.shape)}",
            "put `reshape`, or `flatten` and `permute`, before it",
        )  # fmt: skip
    # PyTorch keeps an input and a hidden bias for every gate; Keras one, but two in a GRU (reset_after).
    biases = case.convention.recurrent_biases
    if values.get("reset_after") is not None:
        biases = 2 if values["reset_after"] else 1
    return {
        "q": 2 if values["bidirectional"] else 1,
        "h": projection or units,
        "j": 1 if projection else 0,
        "w": biases,
        "t": case.steps_first(case.shape)[0] if len(case.shape) > 1 else 1,
    }


def recurrent_shape(case: Case) -> Shape:
    """(steps, features) → (steps, units), or the units of the last step only."""
    units = case.letters["q"] * case.letters["h"]
    every_step = case.values.get("sequences")
    if every_step is None:
        every_step = case.convention.recurrent_sequences
    return case.with_features(units) if every_step else (units,)


def recurrent(name: str, gates: int, doc: str) -> Kind:
    """A recurrent kind with so many gates, each a matrix of the input and one of the state."""
    times = f"{gates}*" if gates > 1 else ""

    def total(biases: str) -> str:
        return f"{times}f*(c + h{biases}) + (l - 1)*{times}f*(q*h + h{biases}) + j*l*f*h"

    return Kind(
        name,
        doc,
        keys=(
            UNITS, LAYERS, BIDIRECTIONAL, BIAS, SEQUENCES._replace(quiet=True), DROPPED,
            BATCH_FIRST, IN_FEATURES._replace(aliases=("input_size",)),
        ),
        shape=recurrent_shape,
        outputs={"features": "q*h"},
        parameters=f"q*({total(' + w*b')})",
        macs=f"t*q*({total('')})",
        connections=f"t*q*({total(' + w*b')})",
        takes="features",
        window=WHOLE,
        rules="recurrent",
        counted_as="recurrent",
        letters=recurrent_letters,
        torch=((name.upper(), "input_size hidden_size num_layers bias batch_first dropout bidirectional"),),
        keras=((name.upper(), "units"),),
        label=f"{name.upper()} ({{c}} -> {{f}})",
        meanings={
            "h": ("size of the state handed on", "numbers"), "q": ("directions", ""), "w": ("biases per gate", ""),
            "t": ("steps", "steps"), "j": ("1 with a projection, 0 without", ""),
        },
        example=(f"{name} 64", "10x32"),
    )  # fmt: skip


PROJECTION = Key(
    "projection", "", "size the state is projected to", "count", 0, low=0, aliases=("proj_size",), quiet=True
)
RESET_AFTER = Key("reset_after", "", "a second bias for the reset gate (Keras)", "flag", None, quiet=True)

LSTM = recurrent("lstm", 4, "A recurrent layer with a memory cell: four gates.")
LSTM = LSTM._replace(
    keys=(*LSTM.keys, PROJECTION),
    torch=(("LSTM", "input_size hidden_size num_layers bias batch_first dropout bidirectional proj_size"),),
)
GRU = recurrent("gru", 3, "A recurrent layer with reset and update gates: three matrices.")
GRU = GRU._replace(keys=(*GRU.keys, RESET_AFTER))
RNN = recurrent("rnn", 1, "A recurrent layer: one matrix of the input and one of the state.")
RNN = RNN._replace(
    aliases=("simplernn",),
    torch=(("RNN", "input_size hidden_size num_layers nonlinearity bias batch_first dropout bidirectional"),),
    keras=(("SimpleRNN", "units"),),
)


def attention_letters(case: Case) -> dict[str, Value]:
    """t queries, z keys; y and v the features of keys and values; w keys that are looked at."""
    values = case.values
    if len(case.shapes) > 3:
        raise problem("C030", f"attention takes queries, keys and values, here it has {len(case.shapes)} inputs")
    queries, *others = (case.steps_first(shape) for shape in case.shapes)
    if any(len(shape) != 2 for shape in (queries, *others)):
        raise problem(
            "C010", f"attention takes (steps × features), its input is {' and '.join(map(case.show, case.shapes))}",
            "put `embedding`, or `flatten` and `permute`, before it",
        )  # fmt: skip
    case.demand_multiple(queries[-1], values["heads"], "features", f"{values['heads']} heads share them", "heads")
    keys = others[0] if others else queries
    held = others[1] if len(others) > 1 else keys
    if not case.holds(held[0], "==", keys[0]):
        raise problem("C011", f"{keys[0]} keys have {held[0]} values", "as many values as keys")
    more = int(values["add_bias_kv"]) + int(values["add_zero_attn"])
    return {
        "t": queries[0],
        "z": keys[0],
        "y": features_of(case, "kdim", keys[-1], bool(others)),
        "v": features_of(case, "vdim", held[-1], bool(others)),
        "w": keys[0] + more,
    }


def features_of(case: Case, name: str, actual: Value, given: bool) -> Value:
    """kdim or vdim: as its input has it; where keys and values are no inputs of their own, as it says."""
    said = case.values[name]
    if said is None:
        # PyTorch's class says embed_dim, and means keys and values as well.
        said = case.values["in_features"]
    if given and said is not None and said != actual:
        raise problem("C012", f"{name} is {said}, its input has {actual} features", f"{name}={actual}")
    return actual if said is None else said


ATTENTION = Kind(
    "attention",
    "Every step looks at every step: softmax(Q·Kᵀ/√d)·V in h heads, between four projections.",
    keys=(
        Key("heads", "h", "number of heads", aliases=("num_heads",)),
        BIAS,
        Key("kdim", "", "features of the keys", "count", None, quiet=True),
        Key("vdim", "", "features of the values", "count", None, quiet=True),
        Key("add_bias_kv", "a", "a learnt key and value more", "flag", False, quiet=True),
        Key("add_zero_attn", "", "a key and value of zeros more", "flag", False, quiet=True),
        DROPPED,
        BATCH_FIRST,
        IN_FEATURES._replace(aliases=("embed_dim",)),
    ),
    aliases=("multihead", "multiheadattention", "selfattention"),
    shape=lambda case: case.shape,
    # Query, key, value and output projections; three biases in one vector and that of the output.
    parameters="c*c + c*y + c*v + c*c + 4*b*c + 2*a*c",
    macs="t*c*c + z*c*y + z*c*v + 2*t*w*c + t*c*c",
    takes="features",
    window=WHOLE,
    inputs=-1,
    letters=attention_letters,
    torch=(("MultiheadAttention", "embed_dim num_heads dropout bias add_bias_kv add_zero_attn kdim vdim batch_first"),),
    counted_as="attention",
    label="Attention ({c}, {h} heads)",
    meanings={
        "t": ("queries", "steps"),
        "z": ("keys", "steps"),
        "y": ("features of a key", "features"),
        "v": ("features of a value", "features"),
        "w": ("keys looked at", "steps"),
    },
    example=("attention 8", "10x64"),
    sources=("Vaswani et al. 2017", "PyTorch MultiheadAttention"),
)

KINDS = (LINEAR, RBF, BILINEAR, EMBEDDING, LSTM, GRU, RNN, ATTENTION)
