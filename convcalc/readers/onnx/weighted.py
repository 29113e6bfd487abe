"""Operators with weights: their sizes, and so the counts, are those of the tensors that go in beside the map."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING, Any

from convcalc.kinds.dense import EMBEDDING, LINEAR
from convcalc.kinds.joining import ADD
from convcalc.problem import problem
from convcalc.readers import operations
from convcalc.readers.onnx.held import HeldTensor
from convcalc.readers.onnx.records import note_of
from convcalc.readers.shorthand import keywords, known_name
from convcalc.readers.trace import Tensor, raw

if TYPE_CHECKING:
    from convcalc.readers.onnx.records import Operation, StoredTensor
    from convcalc.readers.onnx.walk import Operand, Walk

    Operands = Sequence[Operand]

RULES = "pkg.onnxscript.rewriter.rule_name"  # under which PyTorch's exporter notes how it changed a node
CALL = "pkg.torch.onnx.fx_node"  # and of which call it came
FUSED, DROPPED = "FuseBatchNorm", "RemoveOptionalBias"


def operand(inputs: Operands, index: int) -> Operand:
    """An input that may be left out."""
    return inputs[index] if index < len(inputs) else None


def class_layer(
    walk: Walk, node: Operation, inputs: Sequence[Tensor], drop: Sequence[str] = (), name: str = "",
    shape: Sequence[Any] | None = None, **more: Any,
) -> Tensor:  # fmt: skip
    """A layer whose kind has the operator among its classes; `more` are keys of the kind."""
    resolved = known_name(f"onnx.{name or node.operator}")
    assert resolved is not None
    pairs = [(key, raw(value)) for key, value in node.attributes.items() if key not in drop]
    written = keywords(resolved, pairs)
    texts = tuple((key, raw(value)) for key, value in more.items() if value is not None and key != "weights")
    args = (*(pair for pair in written.args if pair[0] not in more), *texts)
    written = written._replace(args=args, weights=more.get("weights") or "")
    return walk.trace.add(written, inputs, walk.place, shape=shape)


def weights_among(walk: Walk, node: Operation, value: Operand) -> HeldTensor:
    if isinstance(value, HeldTensor) and all(isinstance(size, int) for size in value.shape):
        return value
    raise problem(
        "K003", f"{node.full_operator}: its weights are computed from the input", "weights that are stored in the file"
    )


class Owner:
    """The first layer that uses a tensor of weights, and its bias."""

    def __init__(self, layer: str, bias: tuple[str, ...]):
        self.layer, self.bias = layer, bias


def owner_of(walk: Walk, weights: HeldTensor, bias: Operand = None) -> str:
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


def names_of(value: Operand) -> tuple[str, ...]:
    return tuple(each.name for each in value.stored) if isinstance(value, HeldTensor) else ()


def own(walk: Walk, tensor: Tensor, weights: HeldTensor, bias: Operand = None) -> Tensor:
    """The layer's output; it is the first that has its weights, if none was before."""
    if weights.stored:
        walk.owners.setdefault(names_of(weights), Owner(tensor.name, names_of(bias)))
    return tensor


def has_bias(walk: Walk, node: Operation, bias: Operand, units: Any) -> bool:
    """Whether a layer has biases: those that go in, or zeros that PyTorch's exporter notes to have left out."""
    rules = note_of(walk.wire, node, RULES) if node.notes else ""
    if FUSED in rules:
        walk.fused.append(units)
    if bias is not None:
        return True
    if not rules.rpartition(",")[2].strip().startswith(DROPPED):
        return False
    is_said = FUSED in rules or "_bias" in note_of(walk.wire, node, CALL)
    walk.dropped += is_said
    return is_said


# Convolutions


def convolution(walk: Walk, node: Operation, inputs: Operands) -> list[Operand]:
    weights, bias = weights_among(walk, node, operand(inputs, 1)), operand(inputs, 2)
    filters, channels, *kernel = weights.shape
    groups = node.attributes.get("group", 1)
    return [
        window(
            walk, node, inputs, weights, kernel, filters=filters, in_channels=channels * groups,
            bias=has_bias(walk, node, bias, filters),
        )
    ]  # fmt: skip


def transposed_convolution(walk: Walk, node: Operation, inputs: Operands) -> list[Operand]:
    weights, bias = weights_among(walk, node, operand(inputs, 1)), operand(inputs, 2)
    channels, filters, *kernel = weights.shape
    filters *= node.attributes.get("group", 1)
    return [
        window(
            walk, node, inputs, weights, kernel, filters=filters, in_channels=channels,
            bias=has_bias(walk, node, bias, filters),
        )
    ]  # fmt: skip


def window(
    walk: Walk, node: Operation, inputs: Operands, weights: HeldTensor, kernel: Sequence[int], **more: Any
) -> Tensor:
    """A layer whose windows are as large as its weights."""
    said = node.attributes.get("kernel_shape", list(kernel))
    if said != list(kernel):
        shown = " and the weights ".join("×".join(map(str, each)) for each in (said, kernel))
        raise problem("C050", f"kernel_shape is {shown}", "export the network again")
    node.attributes["kernel_shape"] = said
    if node.attributes.get("auto_pad", "NOTSET") != "NOTSET":
        node.attributes.pop("pads", None)
    bias = operand(inputs, 2)
    more["weights"] = owner_of(walk, weights, bias)
    return own(walk, class_layer(walk, node, [walk.tensor(inputs[0])], **more), weights, bias)


def pooling(walk: Walk, node: Operation, inputs: Operands) -> list[Operand]:
    named = node.attributes
    drop = [name for name in ("dilations",) if set(named.get(name, (1,))) == {1}]
    drop += ["pads"] if named.get("auto_pad", "NOTSET") != "NOTSET" else []
    found = class_layer(walk, node, [walk.tensor(inputs[0])], drop)
    return [found, found]


# Matrices


def gemm(walk: Walk, node: Operation, inputs: Operands) -> list[Operand]:
    first, second, bias = inputs[0], inputs[1], operand(inputs, 2)
    named = node.attributes
    if isinstance(first, Tensor) and isinstance(second, HeldTensor) and not named.get("transA"):
        features, units = second.shape[::-1] if named.get("transB") else second.shape
        is_bias = isinstance(bias, HeldTensor) and bias.count == units
        found = dense(walk, node, first, (features, units), second, bias if is_bias else None)
    else:
        turned = [
            walk.trace.permute(tensor, (1, 0), walk.place) if named.get(name) else tensor
            for name, tensor in (("transA", walk.tensor(first)), ("transB", walk.tensor(second)))
        ]
        found, is_bias = operations.matmul(walk.trace, turned[0], turned[1], walk.place), False
    if bias is not None and not is_bias:
        found = operations.join(walk.trace, ADD, {}, (found, walk.tensor(bias)), walk.place)
    return [found]


def matmul(walk: Walk, node: Operation, inputs: Operands) -> list[Operand]:
    """A matrix product; with a matrix that is stored it is a fully connected layer, with the sum behind it its bias."""
    first, second = inputs[:2]
    if isinstance(first, Tensor) and isinstance(second, HeldTensor) and len(second.shape) == 2:
        features, units = second.shape
        following = walk.biases.get(node.line)
        others = [name for name in following.inputs if name != node.outputs[0]] if following else []
        bias = walk.values.get(others[0]) if others else None
        if following and isinstance(bias, HeldTensor) and bias.count == units == bias.shape[-1]:
            found = dense(walk, node, first, (features, units), second, bias)
            walk.values[following.outputs[0]] = found
            walk.done.add(following.line)
            return [found]
        return [dense(walk, node, first, (features, units), second, None)]
    return [operations.matmul(walk.trace, walk.tensor(first), walk.tensor(second), walk.place)]


def dense(
    walk: Walk, node: Operation, tensor: Tensor, sizes: tuple[Any, Any], weights: HeldTensor, bias: Operand
) -> Tensor:
    features, units = sizes
    args = {"units": units, "in_features": features, "bias": has_bias(walk, node, bias, units)}
    shape = (*tensor.shape[:-1], units)
    more = {"weights": owner_of(walk, weights, bias)}
    return own(walk, walk.layer(LINEAR, args, tensor, shape=shape, **more), weights, bias)


def embedding(walk: Walk, node: Operation, table: HeldTensor, index: Tensor) -> Tensor:
    """Rows of a stored table, as its input names them."""
    count, units = table.shape[0], prod(table.shape[1:])
    shape = (*index.shape, *table.shape[1:])
    owner = owner_of(walk, table)
    return own(walk, walk.layer(EMBEDDING, {"count": count, "units": units}, index, shape=shape, weights=owner), table)


# Normalisations


def batch_normalisation(walk: Walk, node: Operation, inputs: Operands) -> list[Operand]:
    scale = weights_among(walk, node, operand(inputs, 1))
    drop = ("is_test", "consumed_inputs")
    owner = owner_of(walk, scale, operand(inputs, 2))
    found = class_layer(walk, node, [walk.tensor(inputs[0])], drop, in_channels=scale.count, weights=owner)
    return [own(walk, found, scale, operand(inputs, 2))]


def channel_normalisation(walk: Walk, node: Operation, inputs: Operands) -> list[Operand]:
    """Of each example: by channel, or by groups of them; constants instead of weights learn nothing."""
    scale, shift = weights_among(walk, node, operand(inputs, 1)), operand(inputs, 2)
    affine = bool(scale.stored) and not (len(scale.stored) == 1 and scale.stored[0].name in walk.plain)
    more: dict[str, Any] = {"affine": affine}
    if affine:
        more["weights"] = owner_of(walk, scale, shift)
    return [own(walk, class_layer(walk, node, [walk.tensor(inputs[0])], **more), scale, shift)]


def layer_normalisation(walk: Walk, node: Operation, inputs: Operands, name: str = "") -> list[Operand]:
    tensor, scale = walk.tensor(inputs[0]), operand(inputs, 1)
    shift = operand(inputs, 2)
    first = tensor.axis(node.attributes.get("axis", -1))
    more: dict[str, Any] = {"first": first, "scale": scale is not None}
    if not name:
        more["shift"] = shift is not None
    size = prod(tensor.sizes[first - 1 :])
    if isinstance(scale, HeldTensor):
        if scale.count != size:
            raise problem("C012", f"{scale.count} factors for {size} numbers", "export the network again")
        more["weights"] = owner_of(walk, scale, shift)
    found = class_layer(walk, node, [tensor], ("axis",), name, **more)
    return [own(walk, found, scale, shift) if isinstance(scale, HeldTensor) else found]
