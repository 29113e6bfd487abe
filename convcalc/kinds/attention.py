"""Attention, alone and in the layers that are built around it: every query looks at every key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.algebra.expr import divide
from convcalc.kinds.dense import DROPPED, IN_FEATURES
from convcalc.kinds.keys import BATCH_FIRST, BIAS, UNITS
from convcalc.layer.case import product
from convcalc.layer.record import Key, Kind
from convcalc.layer.window import WHOLE
from convcalc.problem import problem

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layer.case import Case
    from convcalc.layer.record import Shape

HEADS = Key("heads", "h", "number of heads", aliases=("num_heads", "num_query_heads", "nhead"))
HEAD = Key(
    "head", "e", "features of a query and a key in each head", "count", None,
    aliases=("key_dim", "head_dim", "head_size", "dim_head"), quiet=True,
)  # fmt: skip
VALUE = Key("value", "u", "features of a value in each head", "count", "=head", aliases=("value_dim",), quiet=True)
SHARED = Key(
    "groups", "g", "heads of keys and values, each for as many heads of queries", "count", "=heads",
    aliases=("num_key_value_heads", "kv_heads"), quiet=True,
)  # fmt: skip
OUT = Key("output", "", "features of the output, or their shape", "shape", None, aliases=("output_shape",), quiet=True)
OVER = Key(
    "axes", "", "the axes along which it looks, with the batch as 0", "shape", None,
    aliases=("attention_axes",), quiet=True,
)  # fmt: skip
ROLES = ("queries", "keys", "values")


def sequences(case: Case, most: int = 3) -> tuple[Shape, ...]:
    """Every input as (steps, features): queries, keys and values, of which the last are again those before them.

    The steps of Keras's maps are all of their positions; those that are no axes of the attention are left to `rows`.
    """
    if len(case.shapes) > most:
        what = " and ".join((", ".join(ROLES[: most - 1]), ROLES[most - 1]))
        raise problem("C030", f"{case.kind.name} takes {what}, here it has {len(case.shapes)} inputs")
    shapes = [case.steps_first(shape) for shape in case.shapes]
    on_maps = case.convention.dense_on_maps or case.values.get("axes") is not None
    if any(len(shape) < 2 or (len(shape) > 2 and not on_maps) for shape in shapes):
        raise problem(
            "C010",
            f"{case.kind.name} takes (steps × features), its input is {' and '.join(map(case.show, case.shapes))}",
            "put `embedding`, or `flatten` and `permute`, before it",
        )
    places = looked_along(case, len(shapes[0]))
    rows = [tuple(size for axis, size in enumerate(shape[:-1]) if axis not in places) for shape in shapes]
    if any(row != rows[0] for row in rows):
        raise problem("C011", f"the inputs differ where it does not look: {' and '.join(map(case.show, case.shapes))}")
    found = [(product(shape[axis] for axis in places), shape[-1]) for shape in shapes]
    found += found[-1:] * (3 - len(found))
    if not case.holds(found[2][0], "==", found[1][0]):
        raise problem("C011", f"{found[1][0]} keys have {found[2][0]} values", "as many values as keys")
    return (rows[0], *found)


def looked_along(case: Case, rank: int) -> tuple[int, ...]:
    """The axes that are the steps: all but the features, or those that the layer names."""
    axes = case.values.get("axes")
    if axes is None:
        return tuple(range(rank - 1))
    places = tuple(case.place(axis, "axes") for axis in axes)
    if rank - 1 in places or len(set(places)) < len(places):
        raise problem("C014", f"it cannot look along {', '.join(map(str, axes))}", f"some of 1 to {rank - 1}")
    return places


def head_of(case: Case, features: Value) -> Value:
    """What each head has of the features, that all of them share."""
    heads: Value = case.values["heads"]
    case.demand_multiple(features, heads, "features", f"{heads} heads share them", "heads")
    return divide(features, heads)


def attention_letters(case: Case) -> dict[str, Value]:
    """t queries, z keys, w keys looked at, r rows of them; y and v the features of keys and values; o of the output."""
    values = case.values
    rows, queries, keys, held = sequences(case)
    case.demand_multiple(values["heads"], values["groups"], "heads", f"{values['groups']} groups share them", "groups")
    head = head_of(case, queries[1]) if values["head"] is None else values["head"]
    others = len(case.shapes) > 1
    more = int(values["add_bias_kv"]) + int(values["add_zero_attn"])
    return {
        "e": head,
        "u": head if values["value"] is None else values["value"],
        "o": product(values["output"] or (queries[1],)),
        "t": queries[0],
        "z": keys[0],
        "q": product(rows),
        "y": features_of(case, "kdim", keys[1], others),
        "v": features_of(case, "vdim", held[1], others),
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


def attention_shape(case: Case) -> Shape:
    """That of the queries, each with the features of the output, which may have several axes (Keras)."""
    output = case.values["output"]
    if output is None:
        return case.shape
    first, *others = output
    if others and not case.features_first:
        return (*case.shape[:-1], *output)
    return (others[-1], *case.shape[1:], first, *others[:-1]) if others else case.with_features(first)


ATTENTION = Kind(
    "attention",
    "Every step looks at every step: softmax(Q·Kᵀ/√e)·V in h heads, between four projections; of two or three inputs, "
    "the queries of the first at the keys of the second and the values of the last.",
    keys=(
        HEADS,
        HEAD,
        VALUE,
        OUT,
        BIAS,
        SHARED,
        OVER,
        Key("gate", "x", "the queries gate the values (Keras)", "flag", False, aliases=("use_gate",), quiet=True),
        Key("kdim", "", "features of the keys", "count", None, quiet=True),
        Key("vdim", "", "features of the values", "count", None, quiet=True),
        Key("add_bias_kv", "a", "a learnt key and value more", "flag", False, quiet=True),
        Key("add_zero_attn", "", "a key and value of zeros more", "flag", False, quiet=True),
        DROPPED,
        BATCH_FIRST,
        IN_FEATURES._replace(aliases=("embed_dim",)),
    ),
    aliases=("multihead", "multiheadattention", "selfattention", "crossattention"),
    shape=attention_shape,
    outputs={"features": "o"},
    # Projections of queries, keys, values and of what the heads give; a gate, and a learnt key and value.
    parameters="h*e*(c + b) + g*e*(y + b) + g*u*(v + b) + (h*u + b)*o + x*h*u*(c + b) + a*(h*e + h*u)",
    macs="q*(t*c*h*e + z*y*g*e + z*v*g*u + t*w*h*e + t*w*h*u + t*h*u*o + x*t*c*h*u)",
    takes="features",
    window=WHOLE,
    inputs=-1,
    letters=attention_letters,
    torch=(
        (
            "MultiheadAttention",
            "embed_dim num_heads dropout bias add_bias_kv add_zero_attn kdim vdim batch_first device dtype",
        ),
    ),
    keras=(
        (
            "MultiHeadAttention",
            "num_heads* key_dim* value_dim dropout use_bias output_shape attention_axes sliding_window",
        ),
        ("GroupQueryAttention", "head_dim* num_query_heads* num_key_value_heads* dropout use_bias sliding_window"),
    ),
    counted_as="attention",
    label="Attention ({c}, {h} heads)",
    meanings={
        "t": ("queries", "steps"),
        "z": ("keys", "steps"),
        "y": ("features of a key", "features"),
        "v": ("features of a value", "features"),
        "w": ("keys looked at", "steps"),
        "o": ("features of the output", "features"),
        "q": ("rows that do not look at each other", "rows"),
        "x": ("1 with a gate, 0 without", ""),
        "a": ("1 with a learnt key and value more, 0 without", ""),
    },
    example=("attention 8", "10x64"),
    sources=("Vaswani et al. 2017", "PyTorch MultiheadAttention", "Ainslie et al. 2023, grouped queries"),
)


def dot_letters(case: Case) -> dict[str, Value]:
    """t queries, z keys; v the features of a value."""
    rows, queries, keys, held = sequences(case)
    if not case.holds(queries[1], "==", keys[1]):
        raise problem(
            "C011", f"queries of {queries[1]} features do not fit keys of {keys[1]}", "put `linear` before one of them"
        )
    return {"t": queries[0], "z": keys[0], "v": held[1], "q": product(rows)}


DOTATTENTION = Kind(
    "dotattention",
    "Every query looks at every key: softmax(Q·Kᵀ)·V, without projections; its inputs are queries, keys and values.",
    keys=(
        Key("scale", "a", "a learnt factor of the scores", "flag", False, aliases=("use_scale",), quiet=True),
        Key(
            "score", "", "how a query and a key give a score", "word", "dot", words=("dot", "concat"),
            aliases=("score_mode",), quiet=True,
        ),
        DROPPED,
    ),
    aliases=("scaleddotproductattention", "sdpa", "luongattention"),
    shape=lambda case: case.with_features(case.letters["v"]),
    outputs={"features": "v"},
    parameters="a + j",
    biases="0",
    macs="q*((1 - j)*t*z*c + t*z*v)",
    connections="q*((1 - j)*t*z*c + t*z*v)",
    takes="features",
    window=WHOLE,
    inputs=-1,
    letters=lambda case: {**dot_letters(case), "j": int(case.values["score"] == "concat")},
    keras=(("Attention", "use_scale score_mode dropout seed:_"),),
    label="Attention",
    meanings={
        "t": ("queries", "steps"), "z": ("keys", "steps"), "v": ("features of a value", "features"),
        "q": ("rows that do not look at each other", "rows"),
        "j": ("1 where a score is a sum, 0 where it is a product", ""),
    },
    example=("dotattention", "10x64", "20x64", "20x32"),
    sources=("Luong et al. 2015", "Vaswani et al. 2017"),
)  # fmt: skip

ADDITIVEATTENTION = DOTATTENTION._replace(
    name="additiveattention",
    doc="Every query looks at every key: a score is aᵀ·tanh(q + k); its inputs are queries, keys and values.",
    keys=(DOTATTENTION.keys[0]._replace(doc="a learnt factor for every feature", default=True), DROPPED),
    aliases=("bahdanauattention",),
    parameters="a*c",
    macs="q*t*z*v",
    connections="q*t*z*v",
    letters=dot_letters,
    keras=(("AdditiveAttention", "use_scale dropout"),),
    label="AdditiveAttention",
    example=("additiveattention", "10x64", "20x64", "20x32"),
    sources=("Bahdanau et al. 2015",),
)

# The parts of a transformer: an attention of c features, a block of two linear layers with f between them, a
# normalisation; and their products for t queries that look at z steps.
ATTENDING, FEEDING, NORMALISED = "4*c*(c + b)", "2*c*f + b*(f + c)", "(1 + b)*c"
OWN, ACROSS, FED = "4*t*c*c + 2*t*t*c", "2*(t + z)*c*c + 2*t*z*c", "2*t*c*f"
ENCODER, DECODER = f"{ATTENDING} + {FEEDING} + 2*{NORMALISED}", f"2*{ATTENDING} + {FEEDING} + 3*{NORMALISED}"
HIDDEN = UNITS._replace(
    name="hidden", doc="features between its two linear layers", default=2048, aliases=("dim_feedforward", "d_ff"),
)  # fmt: skip
TORCH_LAYER = (
    "d_model:in_features nhead dim_feedforward dropout activation:_ layer_norm_eps:_ batch_first norm_first:_ bias "
    "device dtype"
)


def layer_letters(case: Case) -> dict[str, Value]:
    """t steps that look, z those of the other input; the heads share the features."""
    _, (steps, features), (others, held), _ = sequences(case, case.kind.inputs)
    head_of(case, features)
    if not case.holds(held, "==", features):
        raise problem("C011", f"{features} features look at {held}", "put `linear` before one of them")
    return {"t": steps, "z": others}


ENCODERLAYER = Kind(
    "encoderlayer",
    "A layer of a transformer's encoder: attention, then two linear layers, each added to its input and normalised.",
    keys=(HEADS, HIDDEN, BIAS, DROPPED, BATCH_FIRST, IN_FEATURES._replace(aliases=("d_model", "embed_dim"))),
    aliases=("transformerencoderlayer",),
    shape=lambda case: case.shape,
    parameters=ENCODER,
    macs=f"{OWN} + {FED}",
    connections=f"{OWN} + {FED} + b*t*(f + 5*c)",
    takes="features",
    window=WHOLE,
    letters=layer_letters,
    torch=(("TransformerEncoderLayer", TORCH_LAYER),),
    label="EncoderLayer ({c}, {h} heads)",
    meanings={"t": ("steps", "steps"), "f": ("features between the two linear layers", "features")},
    example=("encoderlayer 8 f256", "512x128"),
    sources=("Vaswani et al. 2017", "PyTorch TransformerEncoderLayer"),
)

DECODERLAYER = ENCODERLAYER._replace(
    name="decoderlayer",
    doc="A layer of a transformer's decoder: attention among the steps of its first input, attention to those of the "
    "second, then two linear layers, each added to its input and normalised.",
    aliases=("transformerdecoderlayer",),
    parameters=DECODER,
    macs=f"{OWN} + {ACROSS} + {FED}",
    connections=f"{OWN} + {ACROSS} + {FED} + b*(t*(f + 7*c) + 2*z*c)",
    inputs=2,
    torch=(("TransformerDecoderLayer", ENCODERLAYER.torch[0][1]),),
    label="DecoderLayer ({c}, {h} heads)",
    meanings={**ENCODERLAYER.meanings, "z": ("steps of the second input", "steps")},
    example=("decoderlayer 8 f256", "20x128", "512x128"),
    sources=("Vaswani et al. 2017", "PyTorch TransformerDecoderLayer"),
)


def deep(key: str, doc: str, symbol: str) -> Key:
    return Key(key, symbol, doc, default=6, low=0, aliases=(f"num_{key}_layers",))


TRANSFORMER = DECODERLAYER._replace(
    name="transformer",
    doc="A whole transformer: an encoder of its first input, a decoder of the second that looks at what that gives, "
    "each with a normalisation at its end.",
    keys=(
        HEADS._replace(default=8),
        deep("encoder", "layers of the encoder", "m"),
        deep("decoder", "layers of the decoder", "l"),
        *ENCODERLAYER.keys[1:],
    ),
    aliases=(),
    shape=lambda case: case.shapes[1],
    parameters=f"m*({ENCODER}) + l*({DECODER}) + 2*{NORMALISED}",
    macs=f"m*(4*z*c*c + 2*z*z*c + 2*z*c*f) + l*({OWN} + {ACROSS} + {FED})",
    connections=f"m*(4*z*c*c + 2*z*z*c + 2*z*c*f + b*z*(f + 5*c))"
    f" + l*({OWN} + {ACROSS} + {FED} + b*(t*(f + 7*c) + 2*z*c))",
    letters=lambda case: {**(known := layer_letters(case)), "t": known["z"], "z": known["t"]},
    torch=((
        "Transformer",
        "d_model:in_features=512 nhead num_encoder_layers num_decoder_layers dim_feedforward dropout activation:_ "
        "custom_encoder:_ custom_decoder:_ layer_norm_eps:_ batch_first norm_first:_ bias device dtype",
    ),),
    label="Transformer ({c}, {h} heads)",
    meanings={
        **DECODERLAYER.meanings, "t": ("steps of the second input", "steps"), "z": ("steps of the first", "steps"),
    },
    example=("transformer 8 f256", "512x128", "20x128"),
    sources=("Vaswani et al. 2017", "PyTorch Transformer"),
)  # fmt: skip

KINDS = (ATTENTION, DOTATTENTION, ADDITIVEATTENTION, ENCODERLAYER, DECODERLAYER, TRANSFORMER)
