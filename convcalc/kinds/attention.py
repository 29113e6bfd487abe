"""Attention: every query looks at every key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.algebra.expr import divide
from convcalc.kinds.dense import IN_FEATURES
from convcalc.kinds.keys import BATCH_FIRST, BIAS, DECIMAL, DROPPED
from convcalc.kinds.looking import CAUSAL, LOOKING, WINDOW, keys_looked_at, looking, sequences
from convcalc.layers import Key, Kind
from convcalc.layers.case import product
from convcalc.layers.window import WHOLE
from convcalc.problem import problem

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers import Shape
    from convcalc.layers.case import Case

HEADS = Key("heads", "h", "number of heads", aliases=("num_heads", "num_query_heads", "nhead"))
HEAD = Key(
    "head", "e", "features of a query and a key in each head; else the heads share them", "count", None,
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
        **(known := keys_looked_at(case, queries[0], keys[0])),
        "w": known["w"] + more,
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
        CAUSAL,
        WINDOW,
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
    modes=LOOKING,
    mode=looking,
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
            "num_heads* key_dim* value_dim dropout use_bias output_shape attention_axes",
        ),
        ("GroupQueryAttention", "head_dim* num_query_heads* num_key_value_heads* dropout use_bias"),
    ),
    counted_as="attention",
    label="Attention ({c}, {h} heads)",
    meanings={
        "e": ("features of a query and a key in each head", ""),
        "t": ("queries", "steps"),
        "z": ("keys", "steps"),
        "y": ("features of a key", "features"),
        "v": ("features of a value", "features"),
        "w": ("keys looked at", "steps"),
        "k": ("steps of a window", "steps"),
        "p": ("steps of its window before a step", "steps"),
        "o": ("features of the output", "features"),
        "q": ("rows that do not look at each other", "rows"),
        "x": ("1 with a gate, 0 without", ""),
        "a": ("1 with a learnt key and value more, 0 without", ""),
    },
    example=("attention 8", "10x64"),
    sources=("Vaswani et al. 2017", "PyTorch MultiheadAttention", "Ainslie et al. 2023, grouped queries"),
)


def dot_letters(case: Case) -> dict[str, Value]:
    """t queries, z keys that each looks at; v the features of a value."""
    rows, queries, keys, held = sequences(case)
    if not case.holds(queries[1], "==", keys[1]):
        raise problem(
            "C011", f"queries of {queries[1]} features do not fit keys of {keys[1]}", "put `linear` before one of them"
        )
    known = keys_looked_at(case, queries[0], keys[0])
    return {"t": queries[0], "z": known.pop("w"), "v": held[1], "q": product(rows), **known}


DOTATTENTION = Kind(
    "dotattention",
    "Every query looks at every key: softmax(Q·Kᵀ)·V, without projections; its inputs are queries, keys and values.",
    keys=(
        Key("scale", "a", "a learnt factor of the scores", "flag", False, aliases=("use_scale",), quiet=True),
        Key(
            "score", "", "how a query and a key give a score", "word", "dot", words=("dot", "concat"),
            aliases=("score_mode",), quiet=True,
        ),
        CAUSAL,
        WINDOW,
        DROPPED,
        DECIMAL._replace(name="factor", doc="what the scores are multiplied by; else 1/√e, in Keras 1"),
    ),
    rules="dotattention",
    aliases=("scaleddotproductattention", "sdpa", "luongattention"),
    shape=lambda case: case.with_features(case.letters["v"]),
    outputs={"features": "v"},
    parameters="a + j",
    biases="0",
    macs="q*((1 - j)*t*z*c + t*z*v)",
    connections="q*((1 - j)*t*z*c + t*z*v)",
    takes="features",
    window=WHOLE,
    modes=LOOKING,
    mode=looking,
    inputs=-1,
    letters=lambda case: {**dot_letters(case), "j": int(case.values["score"] == "concat")},
    keras=(("Attention", "use_scale score_mode dropout seed:_"),),
    label="Attention",
    meanings={
        "t": ("queries", "steps"), "z": ("keys that a query looks at", "steps"),
        "v": ("features of a value", "features"), "p": ("steps of its window before a step", "steps"),
        "k": ("steps of a window", "steps"), "q": ("rows that do not look at each other", "rows"),
        "j": ("1 where a score is a sum, 0 where it is a product", ""),
    },
    example=("dotattention", "10x64", "20x64", "20x32"),
    sources=("Luong et al. 2015", "Vaswani et al. 2017"),
)  # fmt: skip

ADDITIVEATTENTION = DOTATTENTION._replace(
    name="additiveattention",
    rules="",
    doc="Every query looks at every key: a score is aᵀ·tanh(q + k); its inputs are queries, keys and values.",
    keys=(
        DOTATTENTION.keys[0]._replace(doc="a learnt factor for every feature", default=True),
        CAUSAL,
        WINDOW,
        DROPPED,
    ),
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

KINDS = (ATTENTION, DOTATTENTION, ADDITIVEATTENTION)
