"""Layers that act on the features of the last axis, or look them up: fully connected ones and embeddings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.kinds.keys import BIAS, IN_CHANNELS, UNITS
from convcalc.layers import Key, Kind
from convcalc.layers.window import EXTENDING, WHOLE, Window
from convcalc.problem import problem

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers import Shape
    from convcalc.layers.case import Case

IN_FEATURES = IN_CHANNELS._replace(
    name="in_features", aliases=("c_in", "cin", "in_channels", "input_size", "embed_dim")
)

LINEAR = Kind(
    "linear",
    "Every unit sees every feature of the last axis: o = W·x + b.",
    keys=(UNITS, BIAS, IN_FEATURES),
    aliases=("fc", "dense", "fullyconnected", "fully_connected"),
    shape=lambda case: case.with_features(case.values["units"]),
    outputs={"features": "f"},
    parameters="(c + b)*f",
    normed={"spectral": "f + c", "keras spectral": "f", "weight": "f", "orthogonal": "max(c, f)**2"},
    tensor="f x c",
    macs="N*c*f",
    cells={"": "sum(x*w) + b"},
    takes="features",
    takes_flat=True,
    linear="mixes",
    counted_as="linear",
    torch=(("Linear", "in_features out_features bias device dtype"), ("LazyLinear", "out_features bias device dtype")),
    keras=(("Dense", "units activation use_bias"),),
    onnx=(("Gemm", "alpha beta transA:_ transB:_"),),
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
    normed={"spectral": "f + c*e", "weight": "f"},
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
    normed={"spectral": "v + f", "keras spectral": "f", "weight": "v", "orthogonal": "max(v, f)**2"},
    tensor="v x f",
    makes="features",
    window=Window(EXTENDING),
    torch=(("Embedding", "num_embeddings embedding_dim padding_idx max_norm norm_type scale_grad_by_freq sparse"),),
    keras=(("Embedding", "input_dim output_dim weights:_"),),
    counted_as="embedding",
    example=("embedding 1000 f64", "12"),
    label="Embedding ({v} x {f})",
    drawn="{v} x {f}",
)

EMBEDDINGBAG = EMBEDDING._replace(
    name="embeddingbag",
    doc="Look up a vector for each index, and take their mean, sum or largest values.",
    shape=lambda case: (case.values["units"],),
    window=WHOLE,
    torch=((
        "EmbeddingBag",
        "num_embeddings embedding_dim max_norm norm_type scale_grad_by_freq mode:_ sparse _weight:_ "
        "include_last_offset:_ padding_idx device dtype",
    ),),
    keras=(),
    counted_as="",
    example=("embeddingbag 1000 f64", "12"),
    label="EmbeddingBag ({v} x {f})",
)  # fmt: skip

REVERSIBLEEMBEDDING = EMBEDDING._replace(
    name="reversibleembedding",
    doc="An embedding that also leads back, from a vector to a score for each index, by the same weights or others.",
    keys=(*EMBEDDING.keys, Key("tied", "a", "the same weights backwards", "flag", True, aliases=("tie_weights",))),
    parameters="(2 - a)*v*f",
    torch=(),
    keras=(("ReversibleEmbedding", "input_dim output_dim tie_weights reverse_dtype:_ logit_soft_cap:_"),),
    counted_as="",
    example=("reversibleembedding 1000 f64", "12"),
    drawn="",
)

KINDS = (LINEAR, RBF, BILINEAR, EMBEDDING, EMBEDDINGBAG, REVERSIBLEEMBEDDING)
