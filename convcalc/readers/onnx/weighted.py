"""Operators with weights: their sizes, and so the counts, are those of the tensors that go in beside the map."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING, Any

from convcalc.kinds.dense import EMBEDDING, LINEAR
from convcalc.kinds.joining import ADD
from convcalc.problem import problem
from convcalc.readers import operations
from convcalc.readers.onnx.arithmetic import shortest
from convcalc.readers.onnx.held import HeldTensor
from convcalc.readers.onnx.naming import FUSED, RULES, module_of
from convcalc.readers.onnx.records import Operation, StoredTensor, note_of
from convcalc.readers.shorthand import keywords, known_name
from convcalc.readers.trace import BATCH, Tensor, raw
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.readers.onnx.walk import GraphWalk, Operand, Operands

DROPPED = "RemoveOptionalBias"  # among the rules by which PyTorch's exporter changed a node


def operand(inputs: Operands, index: int) -> Operand:
    """An input that may be left out."""
    return inputs[index] if index < len(inputs) else None


def class_layer(
    walk: GraphWalk, named: dict[str, Any], inputs: Sequence[Tensor], name: str = "",
    shape: Sequence[Any] | None = None, weights: str = "", **more: Any,
) -> Tensor:  # fmt: skip
    """A layer of the kind that has the operator among its classes: with named attributes, and `more` keys."""
    resolved = known_name(f"onnx.{name or walk.node.operator}")
    assert resolved is not None
    written = keywords(resolved, [(key, raw(shortest(value))) for key, value in named.items()])
    texts = tuple((key, raw(shortest(value))) for key, value in more.items() if value is not None)
    args = (*(pair for pair in written.args if pair[0] not in more), *texts)
    return walk.trace.add(written._replace(args=args, weights=weights), inputs, walk.place, shape=shape)


# What attributes say that is so where they are left out.
QUIET: dict[str, set[Any]] = {
    "dilations": {1}, "strides": {1}, "group": {1}, "ceil_mode": {0}, "storage_order": {0, 1},
    "auto_pad": {"NOTSET"},
}  # fmt: skip


def of_windows(node: Operation) -> dict[str, Any]:
    """The attributes of a layer with windows but for those that say what is usual; equal sides as one number."""
    named = {
        name: value for name, value in node.attributes.items()
        if name not in QUIET or not set(value if isinstance(value, list) else [value]) <= QUIET[name]
    }  # fmt: skip
    pads = named.get("pads", [])
    half = len(pads) // 2
    if "auto_pad" in named or not any(pads):
        named.pop("pads", None)
    elif pads[:half] == pads[half:]:
        del named["pads"]
        named["padding"] = pads[:half]
    return named


def weights_among(walk: GraphWalk, node: Operation, value: Operand) -> HeldTensor:
    if isinstance(value, HeldTensor) and all(isinstance(size, int) for size in value.shape):
        return value
    if value is None:
        raise LookupError
    raise problem(
        "K003", f"{node.full_operator}: its weights are computed from the input", "weights that are stored in the file"
    )


class Owner(NamedTuple):
    """The first layer that uses a tensor of weights, and its bias."""

    layer: str
    bias: tuple[Any, ...]


def owner_of(walk: GraphWalk, weights: HeldTensor, bias: Operand = None) -> str:
    """The layer before that has the same weights, and the same biases; "" where they are this layer's own.

    Equal tensors are stored once by exporters: those that may be equal by chance are not shared for that.
    """
    owner = walk.owners.get(names_of(weights))
    if owner is None or any(each.is_filled or is_vector(each) for each in weights.stored):
        return ""
    return owner.layer if names_of(bias) == owner.bias else ""


def is_vector(stored: StoredTensor) -> bool:
    """Whether nobody can tell if it is shared: its numbers are elsewhere, and scales and shifts begin all alike."""
    return not stored.distinct and sum(size > 1 for size in stored.dims) < 2


def names_of(value: Operand) -> tuple[Any, ...]:
    """Which weights a value is made of, and which part of them."""
    return (*(each.name for each in value.stored), *value.part) if isinstance(value, HeldTensor) else ()


def own(walk: GraphWalk, tensor: Tensor, weights: HeldTensor, bias: Operand = None) -> Tensor:
    """The layer's output; it is the first that has its weights, if none was before."""
    if weights.stored:
        walk.owners.setdefault(names_of(weights), Owner(tensor.name, names_of(bias)))
    return tensor


def has_bias(walk: GraphWalk, weights: HeldTensor, bias: Operand) -> bool:
    """Whether a layer has biases: those that go in, or zeros that PyTorch's exporter notes to have left out."""
    rules = note_of(walk.wire, walk.node.notes, RULES)
    if bias is not None or DROPPED not in rules:
        return bias is not None
    is_left_out = FUSED in rules or has_own_bias(walk, weights)
    walk.remarks.left_out += is_left_out
    return is_left_out


def has_own_bias(walk: GraphWalk, weights: HeldTensor) -> bool:
    """Whether the module of some weights had biases, as the file's list of parameters says."""
    return any(f"{module_of(each.name)}.bias" in walk.graph.signature for each in weights.stored)


def frozen(walk: GraphWalk, weights: HeldTensor) -> dict[str, Any]:
    """What a layer has to say whose weights are among the buffers of the file."""
    return {"trainable": False} if weights.stored and walk.is_given(weights) else {}


# Convolutions


def convolution(walk: GraphWalk, node: Operation, inputs: Operands) -> list[Operand]:
    """A layer whose windows are as large as its weights."""
    weights, bias = weights_among(walk, node, operand(inputs, 1)), operand(inputs, 2)
    name = "ConvTranspose" if node.operator == "ConvTranspose" else "Conv"
    outer, inner, *kernel = weights.shape
    inner *= node.attributes.get("group", 1)
    filters, channels = (outer, inner) if name == "Conv" else (inner, outer)
    named = of_windows(walk.node)
    said = named.setdefault("kernel_shape", kernel)
    if said != kernel:
        shown = " and the weights ".join("×".join(map(str, each)) for each in (said, kernel))
        raise problem("C050", f"kernel_shape is {shown}", "export the network again")
    more = {"in_channels": channels, "filters": filters, "padding": named.pop("padding", None)}
    more |= {"bias": has_bias(walk, weights, bias)}
    walk.remarks.convolution(walk, filters, weights, more["bias"])
    more |= {"weights": owner_of(walk, weights, bias), **frozen(walk, weights)}
    return [own(walk, class_layer(walk, named, [walk.tensor(inputs[0])], name, **more), weights, bias)]


def pooling(walk: GraphWalk, node: Operation, inputs: Operands) -> list[Operand]:
    named = of_windows(node)
    padding = named.pop("padding", None)
    found = class_layer(walk, named, [walk.tensor(inputs[0])], padding=padding)
    return [found, found]


# Matrices


def gemm(walk: GraphWalk, node: Operation, inputs: Operands) -> list[Operand]:
    first, second, bias = inputs[0], inputs[1], operand(inputs, 2)
    named = node.attributes
    if isinstance(first, Tensor) and isinstance(second, HeldTensor) and not named.get("transA"):
        features, units = second.shape[::-1] if named.get("transB") else second.shape
        is_bias = isinstance(bias, HeldTensor) and bias.total == units and walk.is_given(bias) == walk.is_given(second)
        found = dense(walk, first, (features, units), second, bias if is_bias else None)
    else:
        turned = [
            turn(walk, tensor) if named.get(name) else tensor
            for name, tensor in (("transA", walk.tensor(first)), ("transB", walk.tensor(second)))
        ]
        found, is_bias = operations.matmul(walk.trace, turned[0], turned[1], walk.place), False
    if bias is not None and not is_bias:
        found = operations.join(walk.trace, ADD, {}, (found, walk.tensor(bias)), walk.place)
    return [found]


def turn(walk: GraphWalk, tensor: Tensor) -> Tensor:
    """The last two axes exchanged."""
    rank = len(tensor.shape)
    return walk.trace.permute(tensor, (*range(rank - 2), rank - 1, rank - 2), walk.place)


def matmul(walk: GraphWalk, node: Operation, inputs: Operands) -> list[Operand]:
    """A matrix product; with a matrix that is stored it is a fully connected layer, with the sum behind it its bias."""
    first, second = inputs[:2]
    is_dense = isinstance(first, Tensor) and isinstance(second, HeldTensor) and len(second.shape) == 2
    if is_dense or node.attributes.get("transA") or node.attributes.get("transB"):
        return gemm(walk, node, inputs)
    return [operations.matmul(walk.trace, walk.tensor(first), walk.tensor(second), walk.place)]


def dense(walk: GraphWalk, tensor: Tensor, sizes: Sequence[Any], weights: HeldTensor, bias: Operand) -> Tensor:
    features, units = sizes
    args = {"units": units, "in_features": features, "bias": has_bias(walk, weights, bias), **frozen(walk, weights)}
    shape = (*tensor.shape[:-1], units)
    more = {"weights": owner_of(walk, weights, bias)}
    return own(walk, walk.layer(LINEAR, args, tensor, shape=shape, **more), weights, bias)


def embedding(walk: GraphWalk, table: HeldTensor, index: Tensor) -> Tensor:
    """Rows of a stored table, as its input names them."""
    args = {"count": table.shape[0], "units": prod(table.shape[1:]), **frozen(walk, table)}
    owner, shape = owner_of(walk, table), (*index.shape, *table.shape[1:])
    if index.shape != (BATCH,):
        return own(walk, walk.layer(EMBEDDING, args, index, shape=shape, weights=owner), table)
    found = own(walk, walk.layer(EMBEDDING, args, index, shape=(BATCH, 1, *table.shape[1:]), weights=owner), table)
    return walk.trace.reshape(found, shape, walk.place)


# Normalisations


def told_attributes(node: Operation, *names: str) -> dict[str, Any]:
    return {name: value for name in names if (value := node.attributes.get(name)) is not None}


def batch_normalisation(walk: GraphWalk, node: Operation, inputs: Operands) -> list[Operand]:
    scale, shift = weights_among(walk, node, operand(inputs, 1)), operand(inputs, 2)
    learnt = {key: False for key, each in (("scale", scale), ("shift", shift)) if walk.is_given(each)}
    more = frozen(walk, scale) or learnt
    owner = owner_of(walk, scale, shift)
    told = told_attributes(node, "epsilon", "momentum")
    found = class_layer(walk, told, [walk.tensor(inputs[0])], in_channels=scale.total, weights=owner, **more)
    return [own(walk, found, scale, shift)]


def channel_normalisation(walk: GraphWalk, node: Operation, inputs: Operands) -> list[Operand]:
    """Of each example: by channel, or by groups of them; constants instead of weights learn nothing."""
    scale, shift = weights_among(walk, node, operand(inputs, 1)), operand(inputs, 2)
    affine = walk.is_learnt(scale)
    named = told_attributes(node, "num_groups", "epsilon")
    owner = owner_of(walk, scale, shift) if affine else ""
    found = class_layer(walk, named, [walk.tensor(inputs[0])], weights=owner, affine=affine)
    return [own(walk, found, scale, shift)]


def layer_normalisation(
    walk: GraphWalk, node: Operation, inputs: Operands, name: str = "LayerNormalization"
) -> list[Operand]:
    tensor, scale, shift = walk.tensor(inputs[0]), operand(inputs, 1), operand(inputs, 2)
    first = tensor.axis(node.attributes.get("axis", -1))
    size = prod(tensor.sizes[first - 1 :])
    if isinstance(scale, HeldTensor) and scale.total != size:
        raise problem("C012", f"{scale.total} factors for {size} numbers", "export the network again")
    learnt = [
        isinstance(each, HeldTensor) and not walk.is_given(each) and (not each.stored or walk.is_learnt(each))
        for each in (scale, shift)
    ]
    told = told_attributes(node, "epsilon")
    more: dict[str, Any] = {"first": first, "scale": learnt[0]}
    if name == "LayerNormalization":
        more["shift"] = learnt[1]
    if not isinstance(scale, HeldTensor) or not learnt[0]:
        return [class_layer(walk, told, [tensor], name, **more)]
    found = class_layer(walk, told, [tensor], name, weights=owner_of(walk, scale, shift), **more)
    return [own(walk, found, scale, shift)]
