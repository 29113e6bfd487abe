"""What layers learn, as tensors: `F.conv2d(x, self.weight)`, `head.weight = embedding.weight`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import evaluate
from convcalc.kinds.convolution import CONV, TCONV
from convcalc.kinds.dense import BILINEAR, EMBEDDING, LINEAR
from convcalc.layers import key_names
from convcalc.layers.case import letters_of, tree
from convcalc.readers import shorthand
from convcalc.readers.python.values import Opaque
from convcalc.readers.pytorch.tensor import TensorValue, library_of, on_trace
from convcalc.readers.trace import raw

if TYPE_CHECKING:
    from convcalc.layers.values import Raw
    from convcalc.readers.pytorch.calls import FunctionCall
    from convcalc.readers.pytorch.library import Torch
    from convcalc.readers.pytorch.module import State
    from convcalc.spec import Place, WrittenLayer

RUNNING = ("running_mean", "running_var")  # what a batch norm keeps of the batches that it has seen


def apply_with_weights(
    call: FunctionCall, written: WrittenLayer, inputs: Sequence[TensorValue], weights: Mapping[str, Any]
) -> TensorValue:
    """A layer whose sizes are those of its weights, which it learns unless a layer before has them."""
    library = library_of(call.run)
    weight = call.run.known(weights.get("weight"), f"the weight of {call.name}", call.place)
    own = [each for name, each in weights.items() if isinstance(each, TensorValue) and not library.has_counted(each)
           and (name == "weight" or each.held == ("buffer" if name in RUNNING else "parameter"))]  # fmt: skip
    name = ""
    if not isinstance(weight, TensorValue):  # a normalisation that learns nothing
        sized = with_affine(written, False, False)
    else:
        first, bias = library.first_use(weight), weights.get("bias")
        is_shared = bool(first) and isinstance(bias, TensorValue) and library.first_use(bias) == first
        sized = with_sizes(written, weight, bias in own or is_shared)
        if first:
            sized = sized._replace(weights=first)
        elif weight.held != "parameter":
            sized = sized._replace(args=(*sized.args, ("trainable", "no"))) if weight.held == "buffer" else sized
        elif weight.name:
            name = library.trace.local(weight.name.rpartition(".")[0] or weight.name)
    if any(weights.get(name) in own for name in RUNNING):
        sized = sized._replace(args=tuple({**dict(sized.args), "track": "yes"}.items()))
    if not library.making and isinstance(weight, TensorValue) and (weight.held or weight.node is not None):
        for each in inputs:  # what is learnt is used, whatever it is applied to
            each.in_trace(call.run, call.place)
    found = on_trace(
        call.run, call.place, inputs,
        lambda trace, *nodes: trace.add(sized, nodes, call.place, name if name not in trace.taken else "",
                                        shape_of(sized, inputs, weight)),
    )  # fmt: skip
    if found.node is not None:
        library.count(own, found.node.name)
    return found


def weight_of(state: State, name: str, place: Place) -> Any:
    """`layer.weight`, `layer.bias`: what the layer learns, as a tensor; None where it has none."""
    if name in state.weights:
        return state.weights[name]
    if name in RUNNING:
        return TensorValue((state.settings["num_features"],))
    if name not in ("weight", "bias"):
        return Opaque(f"{name} of nn.{state.named} is not read", place, name)
    shape = weight_shape(state.layer, name)
    if shape is None:
        return None
    found = state.weights[name] = TensorValue(shape, held="parameter")
    found.owner, found.place = state, state.place
    if state.path is not None:
        found.name = f"{state.path}.{name}".lstrip(".")
    return found


def set_weight(state: State, name: str, value: Any) -> None:
    """`layer.weight = tensor`: it uses this instead of its own from now on."""
    written = state.layer
    if not isinstance(value, TensorValue):
        key = "scale" if name == "weight" else name
        if value is None and key in key_names(written.kind):
            state.written = layer_without(written, key)
            state.weights[name] = None
        return
    if name == "weight" and value.shape != weight_shape(written, name):
        state.written = with_sizes(written, value, weight_shape(written, "bias") is not None)
    if value.held == "parameter" and value.owner is None:
        value.owner = state
    state.weights[name] = value


def with_weights(library: Torch, state: State, written: WrittenLayer, place: Place) -> WrittenLayer:
    """A layer with the weights that it, or another, had before; without its biases where it shares the weights only."""
    if id(state) in library.used:
        return written._replace(weights=library.firsts[id(state)])
    weight, bias = state.weights.get("weight"), state.weights.get("bias")
    if isinstance(weight, TensorValue):
        written = written._replace(weights=library.first_use(weight))
        holder = library.holders.get(written.weights)
        theirs = holder.written if holder is not None else None
        if theirs is not None and weight_shape(theirs, "bias"):  # a layer shares both, unless it is told so
            bias = weight_of(state, "bias", place)
            return layer_without(written, "bias") if bias is not None else written
    counted = isinstance(bias, TensorValue) and library.has_counted(bias)
    return layer_without(written, "bias") if counted else written


def layer_without(written: WrittenLayer, name: str) -> WrittenLayer:
    """A layer that does not learn its bias, or its scale."""
    return with_value(written, key_names(written.kind)[name].name, "no")


def with_value(written: WrittenLayer, key: str, value: Raw | None) -> WrittenLayer:
    """A layer with another value of a key, behind its others; without one for None."""
    others = (pair for pair in written.args if pair[0] != key)
    return written._replace(args=(*others, *([] if value is None else [(key, value)])))


def weight_shape(written: WrittenLayer, name: str) -> tuple[Any, ...] | None:
    """The shape of a layer's weights, as PyTorch has it; None where it has none, or where it is not known."""
    given, _ = shorthand.values_of(written.kind, dict(written.args), {})
    values = {key.name: key.default for key in written.kind.keys if key.default is not None} | given
    letters = {key.symbol: values[key.name] for key in written.kind.keys if isinstance(values.get(key.name), int)}
    channels = letters["c"] = values.get("in_channels", values.get("in_features"))
    if name == "weight" and "in2_features" in values:
        return (letters["f"], channels, values["in2_features"]) if "f" in letters else None
    if not written.kind.tensor and "in2_features" not in values:  # each number, or each channel, has its own
        learns = values.get("affine", True) and values.get({"weight": "scale", "bias": "shift"}[name], True)
        over = values.get("over", values.get("count", channels))
        if "units" in values:  # a recurrent layer's have other names
            return None
        return None if over is None or not learns else over if isinstance(over, tuple) else (over,)
    if name == "bias":
        return (letters["f"],) if "f" in letters and values.get("bias", False) is not False else None
    kernel = values.get("kernel", ())
    sides = kernel if isinstance(kernel, tuple) else (kernel,) * written.dims
    axes = written.kind.tensor.split(" x ")
    unknown = {letter for text in axes for letter in letters_of(text) if letters.get(letter) is None} - {"k"}
    if unknown:
        return None
    return tuple(size for text in axes for size in (sides if text == "k" else (evaluate(tree(text), letters),)))


def with_sizes(written: WrittenLayer, weight: TensorValue, has_bias: bool) -> WrittenLayer:
    """The layer with the sizes of its weights, as PyTorch lays these out."""
    shape = weight.shape
    sizes: dict[str, Any] = {}
    given = dict(written.args)
    if written.kind in (CONV, TCONV):
        groups = int(str(given.get("groups", "1")))
        outside, inside = (shape[0], shape[1] * groups) if written.kind is CONV else (shape[1] * groups, shape[0])
        sizes = {"filters": outside, "in_channels": inside, "kernel": shape[2:], "bias": has_bias}
    elif written.kind is LINEAR:
        sizes = {"in_features": shape[1], "units": shape[0], "bias": has_bias}
    elif written.kind is BILINEAR:
        sizes = {"units": shape[0], "bias": has_bias}
    elif written.kind is EMBEDDING:
        sizes = {key.name: size for key, size in zip(written.kind.keys, shape, strict=False)}
    elif any(key.name == "count" for key in written.kind.keys):
        sizes = {"count": shape[0] if shape else 1}
    else:
        return with_affine(written, True, has_bias)
    return written._replace(args=tuple({**given, **{key: raw(value) for key, value in sizes.items()}}.items()))


def with_affine(written: WrittenLayer, scales: bool, shifts: bool) -> WrittenLayer:
    """A normalisation that learns factors and summands, or does not."""
    known = {key.name for key in written.kind.keys}
    learns = {key: raw(value) for key, value in (("affine", scales), ("shift", shifts)) if key in known}
    return written._replace(args=tuple({**dict(written.args), **learns}.items()))


def shape_of(written: WrittenLayer, inputs: Sequence[TensorValue], weight: Any) -> Sequence[Any] | None:
    return (*inputs[0].shape, weight.shape[1]) if written.kind is EMBEDDING else None
