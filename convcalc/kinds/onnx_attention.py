"""Attention in ONNX, written out: projections, products of matrices and a softmax."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from convcalc.layer.operators import LayerOperators

    Form = Callable[[LayerOperators], str]


class Sequences:
    """How many steps look at how many, in heads of so many features."""

    def __init__(self, queries: Any, keys: Any, heads: Any, head: Any, value: Any):
        self.queries, self.keys, self.heads, self.head, self.value = queries, keys, heads, head, value


def attend(o: LayerOperators, q: str, k: str, v: str, sizes: Sequences, causal: bool) -> str:
    """softmax(Q·Kᵀ/√e)·V of heads that are side by side in the features."""
    heads = sizes.heads
    q = o.moved(o.reshaped(q, sizes.queries, heads, sizes.head), 0, 2, 1, 3)
    k = o.moved(o.reshaped(k, sizes.keys, heads, sizes.head), 0, 2, 3, 1)
    v = o.moved(o.reshaped(v, sizes.keys, heads, sizes.value), 0, 2, 1, 3)
    scores = o("Mul", o("MatMul", q, k), o.scalar(float(sizes.head) ** -0.5))
    if causal:
        hidden = o("Trilu", o.filled(-1e9, sizes.queries, sizes.keys), o.scalar(1), upper=1)
        scores = o("Add", scores, hidden)
    seen = o("MatMul", o("Softmax", scores, axis=-1), v)
    return o.reshaped(o.moved(seen, 0, 2, 1, 3), sizes.queries, heads * sizes.value)


def attention(o: LayerOperators) -> str:
    letters, values = o.letters, o.values
    unusual = ("axes", "window", "gate", "add_bias_kv", "add_zero_attn")
    if found := next((key for key in unusual if values.get(key)), ""):
        raise o.refuse(f"with {found}, which is not written out in ONNX")
    heads, head, value = letters["h"], letters["e"], letters["u"]
    if letters["g"] != heads:
        raise o.refuse("whose heads share keys, which is not written out in ONNX")
    shapes = o.situation.applied.input
    if len(shapes[0]) != 2 or len(o.output) != 2:
        raise o.refuse("of more than steps and features, which is not written out in ONNX")
    queries, keys, held = (o.inputs[min(place, len(o.inputs) - 1)] for place in range(3))
    q = o.dense(queries, letters["c"], heads * head, "q.")
    k = o.dense(keys, letters["y"], heads * head, "k.")
    v = o.dense(held, letters["v"], heads * value, "v.")
    sizes = Sequences(letters["t"], letters["z"], heads, head, value)
    found = attend(o, q, k, v, sizes, bool(values.get("causal")))
    return o.dense(found, heads * value, letters["o"], "out.")


# Layers of a transformer, as PyTorch has them: each part is normalised behind its sum


def look_up(o: LayerOperators, queries: str, keys: str, steps: tuple[Any, Any], role: str, causal: bool) -> str:
    """Attention whose heads share the features."""
    features, heads = o.letters["c"], o.letters["h"]
    sources = ((queries, "q"), (keys, "k"), (keys, "v"))
    q, k, v = (o.dense(x, features, features, f"{role}{name}.") for x, name in sources)
    sizes = Sequences(*steps, heads, features // heads, features // heads)
    return o.dense(attend(o, q, k, v, sizes, causal), features, features, f"{role}out.")


def add_normalised(o: LayerOperators, x: str, more: str, role: str) -> str:
    features = o.letters["c"]
    return normalise(o, o("Add", x, more), features, role)


def normalise(o: LayerOperators, x: str, features: Any, role: str) -> str:
    weight, bias = o.weight(f"{role}.weight", features), o.bias(features, role=f"{role}.bias")
    return o("LayerNormalization", x, weight, bias, axis=-1, epsilon=1e-5)


def feed_forward(o: LayerOperators, x: str, role: str) -> str:
    features, hidden = o.letters["c"], o.letters["f"]
    inner = o("Relu", o.dense(x, features, hidden, f"{role}linear1."))
    return o.dense(inner, hidden, features, f"{role}linear2.")


def encode(o: LayerOperators, x: str, steps: Any, role: str = "") -> str:
    seen = look_up(o, x, x, (steps, steps), f"{role}self_attn.", bool(o.values.get("causal")))
    x = add_normalised(o, x, seen, f"{role}norm1")
    return add_normalised(o, x, feed_forward(o, x, role), f"{role}norm2")


def decode(o: LayerOperators, x: str, memory: str, steps: tuple[Any, Any], role: str = "") -> str:
    seen = look_up(o, x, x, (steps[0], steps[0]), f"{role}self_attn.", bool(o.values.get("causal")))
    x = add_normalised(o, x, seen, f"{role}norm1")
    x = add_normalised(o, x, look_up(o, x, memory, steps, f"{role}multihead_attn.", False), f"{role}norm2")
    return add_normalised(o, x, feed_forward(o, x, role), f"{role}norm3")


def without_window(o: LayerOperators) -> None:
    if o.values.get("window"):
        raise o.refuse("with a window, which is not written out in ONNX")


def encoder_layer(o: LayerOperators) -> str:
    without_window(o)
    return encode(o, o.x, o.letters["t"])


def decoder_layer(o: LayerOperators) -> str:
    without_window(o)
    return decode(o, o.inputs[0], o.inputs[1], (o.letters["t"], o.letters["z"]))


ATTENDING: dict[str, Form] = {
    "attention": attention, "encoderlayer": encoder_layer, "decoderlayer": decoder_layer,
}  # fmt: skip
