"""How layers of channels, features and steps are written in Keras: normalisations, sums, recurrence, attention."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from convcalc.kinds.keras_windows import WHY
from convcalc.layers.case import product

if TYPE_CHECKING:
    from convcalc.layers.situation import LayerSituation

BIAS, EPSILON = "use_bias=bias or True", "epsilon=eps or 0.001"
SPACING = 2**-23  # of PyTorch's numbers at 1


def is_channelled(situation: LayerSituation) -> bool:
    """Whether it works on the channels of a map."""
    return situation.on_map or bool(situation.applied.setting.dims)


# Numbers in their places


def with_axis(form: str, situation: LayerSituation) -> str:
    """A form with the axis of the channels, which Keras takes to be the last."""
    place = situation.place(0)
    return form.replace("{axis}", "" if place == len(situation.shape) else f"axis={place}, ")


def group_normalising(situation: LayerSituation) -> str:
    form = f"layers.GroupNormalization(groups=g, {{axis}}{EPSILON}, center=shifted or True, scale=scaled or True)"
    if situation.values.get("axis") is None:
        return with_axis(form, situation)
    return form.replace("{axis}", "axis=axis, ")


def unit_normalising(situation: LayerSituation) -> str:
    if situation.values.get("axis") is None:
        return ""
    if situation.values["power"] == "2" and situation.values["eps"] == "1e-12":
        return "layers.UnitNormalization(axis=axis)"
    return "ops.normalize(x, axis=axis, order=power, epsilon=eps)"


def joining_axis(form: str) -> Callable[[LayerSituation], str]:
    """A form with the axis that is joined or halved."""

    def form_on(situation: LayerSituation) -> str:
        place = situation.place(situation.applied.along or 0)
        return form.replace("{axis}", "" if place == len(situation.applied.output) else f"axis={place}")

    return form_on


def batch_normalising(situation: LayerSituation) -> str:
    letters, axis = situation.letters, situation.values.get("axis")
    if letters.get("r") or not letters["u"]:
        return f"{WHY}that keeps no running mean and variance, as Keras's always does | track=yes"
    averages = "momentum=decay or 0.99, epsilon=eps or 0.001"
    form = f"layers.BatchNormalization({{axis}}{averages}, center=shifted or True, scale=scaled or True)"
    if axis is None:
        return with_axis(form, situation)
    return form.replace("{axis}", "" if axis in (-1, len(situation.shape)) else f"axis={axis}, ")


def instance_normalising(situation: LayerSituation) -> str:
    if situation.letters["u"]:
        return ""
    form = f"layers.GroupNormalization(groups=-1, {{axis}}{EPSILON}, center=shifted or True, scale=scaled or True)"
    return with_axis(form, situation)


def layer_normalising(name: str) -> Callable[[LayerSituation], str]:
    def form(situation: LayerSituation) -> str:
        values, rank, letters = situation.values, len(situation.shape), situation.letters
        over, axis = values.get("over"), values.get("axis")
        shape = situation.written_shape(situation.shape)
        if axis is not None:
            axes = tuple(each if each > 0 else each + rank + 1 for each in axis)
        elif over is not None and over == shape[-len(over) :]:
            axes = tuple(range(rank - len(over) + 1, rank + 1))
        elif letters["e"] == situation.shape[0] and is_channelled(situation):
            axes = (situation.place(0),)
        else:
            axes = (rank,)
        said = "" if axes == (rank,) else f"axis={axes[0] if len(axes) == 1 else axes}, "
        if name == "RMSNormalization":
            eps = f"{SPACING}" if values["eps"] is None else "eps or 1e-6"
            return f"layers.{name}({said}epsilon={eps})" if letters["a"] else ""
        return f"layers.{name}({said}{EPSILON}, center=shifted or True, scale=scaled or True)"

    return form


def scaling(situation: LayerSituation) -> str:
    if not situation.letters["a"] or situation.letters["b"]:
        return ""
    axis, rank = situation.values.get("axis"), len(situation.shape)
    place = situation.place(situation.applied.channels) if axis is None else axis if axis > 0 else axis + rank + 1
    return f"LayerScale(behind={rank - place})" if place < rank else "LayerScale()"


def sloping(situation: LayerSituation) -> str:
    """One slope for each channel, or for all."""
    count, rank = situation.letters["e"], len(situation.shape)
    if situation.values.get("shared_axes") is not None:
        return "layers.PReLU(shared_axes=shared_axes)"
    if count == 1:
        return f"layers.PReLU(shared_axes={tuple(range(1, rank + 1))})"
    place = situation.place(0)
    others = tuple(axis for axis in range(1, rank + 1) if axis != place)
    if count == situation.shape[0]:
        return f"layers.PReLU(shared_axes={others})" if others else "layers.PReLU()"
    return "layers.PReLU()" if count == product(situation.shape) else ""


def summing(form: str) -> Callable[[LayerSituation], str]:
    """A sum over the axes that are named, else over the channels of a map or the features."""

    def form_on(situation: LayerSituation) -> str:
        rank, axis = len(situation.shape), situation.values.get("axis")
        axes = tuple(each if each > 0 else each + rank + 1 for each in axis or ())
        if not axes:
            place = situation.place(0)
            axes = (place if is_channelled(situation) else rank,)
        text = "" if axes == (rank,) else f"axis={axes[0] if len(axes) == 1 else axes}"
        if form == "log_softmax":
            return "layers.Activation('log_softmax')" if not text else f"ops.log_softmax(x, {text})"
        return f"layers.{form}({text})"

    return form_on


# Steps


def recurrent(name: str, biases: int) -> Callable[[LayerSituation], str]:
    """A recurrent layer, or several; Keras has one bias for each gate, a GRU two."""

    def form(situation: LayerSituation) -> str:
        letters, values = situation.letters, situation.values
        direction = values.get("direction", "forward")
        if values.get("projection"):
            return f"{WHY}with a projection, which Keras does not have | projection=0"
        if letters["b"] and letters["w"] not in (1, biases):
            why = f"with {letters['w']} biases for each gate, where Keras has {biases}"
            return f"{WHY}{why} | bias=no, or convention: keras for the whole network"
        more = ", reset_after=False" if letters["b"] and letters["w"] < biases else ""
        more += ", go_backwards=True" if values.get("backwards") or direction == "reverse" else ""

        def layer_of(every: str, is_first: bool) -> str:
            # PyTorch drops what goes from layer to layer, Keras what goes into each.
            drops = values.get("dropout") and (not is_first or situation.convention == "keras")
            dropped = ", dropout=dropout" if drops else ""
            layer = f"layers.{name}(units, return_sequences={every} or False, {BIAS}{more}{dropped})"
            merge = "" if letters["m"] == 1 else f", merge_mode={values['merge']!r}"
            return f"layers.Bidirectional({layer}{merge})" if letters["q"] == 2 else layer

        count = letters["l"]
        layers = [layer_of("every" if place == count - 1 else "True", place == 0) for place in range(count)]
        return f"[{', '.join(layers)}]" if count > 1 else layers[0]

    return form


def attention(situation: LayerSituation) -> str:
    """Of one input, of two or of three: Keras has the values before the keys."""
    values, letters = situation.values, situation.letters
    unusual = ("window", "gate", "add_bias_kv", "add_zero_attn")
    if any(values.get(key) for key in unusual):
        return ""
    count = len(situation.applied.input)
    given = {1: "x, x", 2: "x, x2", 3: "x, x3, x2"}[count]
    if count == 1 and not letters["y"] == letters["v"] == letters["c"]:
        return ""
    if values.get("causal"):
        given += ", use_causal_mask=True"
    if letters["g"] != letters["h"]:
        if letters["u"] != letters["e"] or values.get("output") or values.get("axes"):
            return ""
        return f"layers.GroupQueryAttention(head_dim=e, num_query_heads=heads, num_key_value_heads=g, {BIAS})({given})"
    options = "value_dim=u or e, " + "".join(
        f"{word}={key}, " for word, key in (("output_shape", "output"), ("attention_axes", "axes")) if values.get(key)
    )
    return f"layers.MultiHeadAttention(num_heads=heads, key_dim=e, {options}{BIAS})({given})"


def scaled_query(situation: LayerSituation) -> str:
    """The queries times what the scores are to be multiplied by."""
    factor, features = situation.values["factor"], situation.letters["c"]
    if factor is None and situation.values.get("score", "dot") == "dot":
        return f"x * {features**-0.5!r}"
    return "x" if factor in (None, "1") else "x * factor"


def plain_attention(name: str) -> Callable[[LayerSituation], str]:
    """Attention without projections."""

    def form(situation: LayerSituation) -> str:
        values = situation.values
        if values.get("window") or len(situation.applied.input) > 3:
            return ""
        query = scaled_query(situation) if name == "Attention" else "x"
        given = {1: f"[{query}, x]", 2: f"[{query}, x2]", 3: f"[{query}, x3, x2]"}[len(situation.applied.input)]
        given += ", use_causal_mask=True" if values.get("causal") else ""
        usual = name == "AdditiveAttention"
        score = f", score_mode={values['score']!r}" if values.get("score", "dot") != "dot" else ""
        return f"layers.{name}(use_scale=scale or {usual}{score})({given})"

    return form


def normalisation(situation: LayerSituation) -> str:
    if not situation.letters["e"]:
        return "layers.Normalization(mean=0.0, variance=1.0)"
    axis = situation.values.get("axis", (-1,))
    return "layers.Normalization()" if axis == (-1,) else f"layers.Normalization(axis={axis!r})"
