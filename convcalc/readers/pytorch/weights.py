"""Layers that are written as functions of their weights: `F.conv2d(x, self.weight, self.bias)`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from convcalc.kinds.convolution import CONV, TCONV
from convcalc.kinds.dense import BILINEAR, EMBEDDING, LINEAR
from convcalc.readers.pytorch.applying import apply_layer
from convcalc.readers.pytorch.module import State
from convcalc.readers.pytorch.tensor import TensorValue, library_of, on_trace
from convcalc.readers.trace import raw

if TYPE_CHECKING:
    from convcalc.readers.pytorch.calls import FunctionCall
    from convcalc.spec.model import WrittenLayer


def apply_with_weights(
    call: FunctionCall, written: WrittenLayer, inputs: Sequence[TensorValue], weights: Mapping[str, Any]
) -> TensorValue:  # fmt: skip
    """A layer whose sizes are those of its weights, which it learns; or those of a layer before, if it is called."""
    weight, bias = weights.get("weight"), weights.get("bias")
    if isinstance(weight, TensorValue) and isinstance(weight.owner, State):  # F.linear(x, self.embedding.weight)
        state = weight.owner
        sized = with_sizes(written, weight, isinstance(bias, TensorValue))
        return apply_layer(call.run, state, inputs, call.place, shape_of(sized, inputs, weight), written=sized)
    if not isinstance(weight, TensorValue):  # what a normalisation learns, if anything
        learns = {"affine": "yes" if isinstance(weight, TensorValue) else "no"}
        known = {key.name for key in written.kind.keys}
        args = {**dict(written.args), **{key: value for key, value in learns.items() if key in known}}
        return on_trace(
            call.run, call.place, inputs,
            lambda trace, *nodes: trace.add(written._replace(args=tuple(args.items())), nodes, call.place),
        )  # fmt: skip
    library = library_of(call.run)
    own = [each for each in weights.values() if isinstance(each, TensorValue) and each.node is None]
    sized = with_sizes(written, weight, bias in own)
    first, name = library.firsts.get(id(weight), ""), ""
    if weight.node is not None:  # computed, or used otherwise before: counted where it comes from
        first = weight.node.name
    elif weight.held != "parameter":
        sized = sized._replace(args=(*sized.args, ("trainable", "no"))) if weight.held == "buffer" else sized
    elif weight.name and not first:
        name = library.trace.local(weight.name.rpartition(".")[0] or weight.name)
    found = on_trace(
        call.run, call.place, inputs,
        lambda trace, *nodes: trace.add(sized._replace(weights=first), nodes, call.place,
                                        name if name not in trace.taken else "", shape_of(sized, inputs, weight)),
    )  # fmt: skip
    assert found.node is not None
    library.firsts.setdefault(id(weight), found.node.name)
    library.used.update(map(id, own))
    return found


def with_sizes(written: WrittenLayer, weight: TensorValue, has_bias: bool) -> WrittenLayer:
    """The layer with the sizes of its weights, as PyTorch lays these out."""
    shape = weight.shape
    sizes: dict[str, Any] = {}
    given = dict(written.args)
    if written.kind is CONV:
        groups = int(str(given.get("groups", "1")))
        sizes = {"filters": shape[0], "in_channels": shape[1] * groups, "kernel": shape[2:], "bias": has_bias}
    elif written.kind is TCONV:
        groups = int(str(given.get("groups", "1")))
        sizes = {"filters": shape[1] * groups, "in_channels": shape[0], "kernel": shape[2:], "bias": has_bias}
    elif written.kind is LINEAR:
        sizes = {"in_features": shape[1], "units": shape[0], "bias": has_bias}
    elif written.kind is BILINEAR:
        sizes = {"units": shape[0], "bias": has_bias}
    elif written.kind is EMBEDDING:
        sizes = {key.name: size for key, size in zip(written.kind.keys, shape, strict=False)}
    else:
        known = {key.name for key in written.kind.keys}
        sizes = {key: value for key, value in (("affine", True), ("shift", has_bias)) if key in known}
        if "count" in known:
            sizes = {"count": shape[0] if shape else 1}
    return written._replace(args=tuple({**given, **{key: raw(value) for key, value in sizes.items()}}.items()))


def shape_of(written: WrittenLayer, inputs: Sequence[TensorValue], weight: TensorValue) -> Sequence[Any] | None:
    if written.kind is EMBEDDING:
        return (*inputs[0].shape, weight.shape[1])
    return None
