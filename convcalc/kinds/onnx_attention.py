"""Attention in ONNX, written out: projections, products of matrices and a softmax."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from convcalc.layers.operators import LayerOperators

    Form = Callable[[LayerOperators], str]

HIDDEN = -1e9  # what is added to a score that does not count


class Sequences(NamedTuple):
    """How many steps look at how many, in heads of so many features; each key is for as many heads as share it."""

    queries: Any
    keys: Any
    heads: Any
    head: Any
    value: Any
    before: tuple[Any, ...] = ()  # sizes of the axes before the steps
    shared: Any = 1


def attend(o: LayerOperators, q: str, k: str, v: str, sizes: Sequences, added: Sequence[str] = ()) -> str:
    """softmax(Q·Kᵀ/√e)·V of heads that are side by side in the features; to the scores these are added."""
    before, groups = sizes.before, sizes.heads // sizes.shared
    several = (groups, sizes.shared) if sizes.shared > 1 else (groups,)
    axes, at = range(1 + len(before)), 1 + len(before)  # the steps are behind the batch and those before
    own = range(at + 1, at + 1 + len(several))
    last = at + 1 + len(several)
    q = o.moved(o.reshaped(q, *before, sizes.queries, *several, sizes.head), *axes, *own, at, last)
    one = (1,) * (len(several) - 1)
    k = o.moved(o.reshaped(k, *before, sizes.keys, groups, *one, sizes.head), *axes, *own, last, at)
    v = o.moved(o.reshaped(v, *before, sizes.keys, groups, *one, sizes.value), *axes, *own, at, last)
    scores = o("Mul", o("MatMul", q, k), o.scalar(float(sizes.head) ** -0.5))
    for each in added:
        scores = o("Add", scores, each)
    seen = o("MatMul", o("Softmax", scores, axis=-1), v)
    back = o.moved(seen, *axes, at + len(several), *range(at, at + len(several)), last)
    return o.reshaped(back, *before, sizes.queries, sizes.heads * sizes.value)


def later_steps(o: LayerOperators, queries: Any, keys: Any) -> list[str]:
    """Hides from each step those behind it."""
    if not o.values.get("causal"):
        return []
    return [o("Trilu", o.filled(HIDDEN, queries, keys), o.scalar(1), upper=1)]


def attention(o: LayerOperators) -> str:
    letters, values = o.letters, o.values
    unusual = ("axes", "window", "gate", "add_bias_kv", "add_zero_attn")
    if found := next((key for key in unusual if values.get(key)), ""):
        raise o.refuse(f"with {found}, which is not written out in ONNX")
    heads, head, value, groups = letters["h"], letters["e"], letters["u"], letters["g"]
    shapes = o.situation.applied.input
    if len(shapes[0]) != 2 or len(o.output) != 2:
        raise o.refuse("of more than steps and features, which is not written out in ONNX")
    queries, keys, held = (o.inputs[min(place, len(o.inputs) - 1)] for place in range(3))
    q = o.dense(queries, letters["c"], heads * head, "q.")
    k = o.dense(keys, letters["y"], groups * head, "k.")
    v = o.dense(held, letters["v"], groups * value, "v.")
    sizes = Sequences(letters["t"], letters["z"], heads, head, value, shared=heads // groups)
    seen = attend(o, q, k, v, sizes, later_steps(o, letters["t"], letters["z"]))
    return o.dense(seen, heads * value, letters["o"], "out.")


def dot_attention(o: LayerOperators) -> str:
    """Without projections, with a learnt factor of the scores maybe."""
    if o.letters["j"] or o.values.get("window"):
        raise o.refuse("with sums or windows, which is not written out in ONNX")
    queries, keys, values = (o.inputs[min(place, len(o.inputs) - 1)] for place in range(3))
    axes = range(len(o.shape) + 1)
    scores = o("MatMul", queries, o.moved(keys, *axes[:-2], axes[-1], axes[-2]))
    factor = float(o.letters["c"]) ** -0.5 if o.values["factor"] is None else o.number("factor")
    if factor != 1:
        scores = o("Mul", scores, o.scalar(factor))
    if o.letters["a"]:
        scores = o("Mul", scores, o.weight("scale", 1, number=1.0))
    for each in later_steps(o, o.shape[-2], o.situation.applied.input[-1][-2]):
        scores = o("Add", scores, each)
    return o("MatMul", o("Softmax", scores, axis=-1), values)


# Layers of a transformer, as PyTorch has them


def look_up(o: LayerOperators, queries: str, keys: str, steps: tuple[Any, Any], role: str, causal: bool) -> str:
    """Attention whose heads share the features."""
    features, heads = o.letters["c"], o.letters["h"]
    sources = ((queries, "q"), (keys, "k"), (keys, "v"))
    q, k, v = (o.dense(x, features, features, f"{role}{name}.") for x, name in sources)
    sizes = Sequences(*steps, heads, features // heads, features // heads)
    seen = attend(o, q, k, v, sizes, later_steps(o, *steps) if causal else ())
    return o.dense(seen, features, features, f"{role}out.")


def with_part(o: LayerOperators, x: str, role: str, part: Callable[[str], str]) -> str:
    """A value with what a part makes of it; it is normalised before the part, or the sum behind it."""
    features = o.letters["c"]
    if o.values.get("norm_first"):
        return o("Add", x, part(normalise(o, x, features, role)))
    return normalise(o, o("Add", x, part(x)), features, role)


def normalise(o: LayerOperators, x: str, features: Any, role: str) -> str:
    weight, bias = o.weight(f"{role}.weight", features), o.bias(features, role=f"{role}.bias")
    return o("LayerNormalization", x, weight, bias, axis=-1, epsilon=o.number("eps"))


def feed_forward(o: LayerOperators, x: str, role: str) -> str:
    features, hidden = o.letters["c"], o.letters["f"]
    function = {"relu": "Relu", "gelu": "Gelu"}[o.values["hidden_activation"]]
    inner = o(function, o.dense(x, features, hidden, f"{role}linear1."))
    return o.dense(inner, hidden, features, f"{role}linear2.")


def encode(o: LayerOperators, x: str, steps: Any, role: str = "", causal: bool = True) -> str:
    own = (steps, steps)
    x = with_part(o, x, f"{role}norm1", lambda y: look_up(o, y, y, own, f"{role}self_attn.", causal))
    return with_part(o, x, f"{role}norm2", lambda y: feed_forward(o, y, role))


def decode(o: LayerOperators, x: str, memory: str, steps: tuple[Any, Any], role: str = "") -> str:
    own = (steps[0], steps[0])
    x = with_part(o, x, f"{role}norm1", lambda y: look_up(o, y, y, own, f"{role}self_attn.", True))
    x = with_part(o, x, f"{role}norm2", lambda y: look_up(o, y, memory, steps, f"{role}multihead_attn.", False))
    return with_part(o, x, f"{role}norm3", lambda y: feed_forward(o, y, role))


def without_window(o: LayerOperators) -> None:
    if o.values.get("window"):
        raise o.refuse("with a window, which is not written out in ONNX")


def encoder_layer(o: LayerOperators) -> str:
    without_window(o)
    return encode(o, o.x, o.letters["t"])


def decoder_layer(o: LayerOperators) -> str:
    without_window(o)
    return decode(o, o.inputs[0], o.inputs[1], (o.letters["t"], o.letters["z"]))


def transformer(o: LayerOperators) -> str:
    """An encoder of the first input, and a decoder of the second, each normalised at its end."""
    features, sources, targets = o.letters["c"], o.letters["z"], o.letters["t"]
    memory, x = o.inputs
    for layer in range(o.letters["m"]):
        memory = encode(o, memory, sources, f"encoder.{layer}.", False)
    memory = normalise(o, memory, features, "encoder.norm")
    for layer in range(o.letters["l"]):
        x = decode(o, x, memory, (targets, sources), f"decoder.{layer}.")
    return normalise(o, x, features, "decoder.norm")


ATTENDING: dict[str, Form] = {
    "attention": attention, "dotattention": dot_attention, "encoderlayer": encoder_layer,
    "decoderlayer": decoder_layer, "transformer": transformer,
}  # fmt: skip
