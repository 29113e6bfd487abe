"""The operators that ONNX Runtime adds, and ONNX's own attention: each is several others in one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.kinds.joining import ADD
from convcalc.problem import problem
from convcalc.readers import operations
from convcalc.readers.onnx import weighted
from convcalc.readers.onnx.weighted import class_layer, operand

if TYPE_CHECKING:
    from convcalc.readers.onnx.records import Operation
    from convcalc.readers.onnx.walk import Function, GraphWalk, Operand, Operands
    from convcalc.readers.trace import Tensor


def without(node: Operation, *names: str) -> Operation:
    """A node without some attributes, which are not those of the operator that it is in the first place."""
    return node._replace(attributes={name: value for name, value in node.attributes.items() if name not in names})


def with_activation(function: Function) -> Function:
    """An operator, and the activation behind it that it names."""

    def apply_to(walk: GraphWalk, node: Operation, inputs: Operands) -> list[Operand]:
        name = node.attributes.get("activation", "")
        walk.node = without(node, "activation", "activation_params", "activation_alpha", "activation_beta")
        found = function(walk, walk.node, inputs)
        return [class_layer(walk, {}, [walk.tensor(found[0])], name)] if name else found

    return apply_to


def with_bias(name: str) -> Function:
    """A sum with a stored vector, and a function of each number of it."""

    def apply_to(walk: GraphWalk, node: Operation, inputs: Operands) -> list[Operand]:
        found = walk.tensor(inputs[0])
        if (bias := operand(inputs, 1)) is not None:
            found = operations.join(walk.trace, ADD, {}, (found, walk.tensor(bias)), walk.place)
        return [class_layer(walk, {}, [found], name)]

    return apply_to


def after_sum(name: str, shift: bool) -> Function:
    """The sum with what went past, normalised; the sum itself is the last output."""

    def apply_to(walk: GraphWalk, node: Operation, inputs: Operands) -> list[Operand]:
        first, second, scale, *others = inputs
        added = operations.join(walk.trace, ADD, {}, (walk.tensor(first), walk.tensor(second)), walk.place)
        bias = operand(others, 1 if shift else 0)
        if bias is not None:
            added = operations.join(walk.trace, ADD, {}, (added, walk.tensor(bias)), walk.place)
        given = [added, scale, operand(others, 0) if shift else None]
        (found,) = weighted.layer_normalisation(walk, without(node, "axis"), given, name)
        return [found, None, None, added]

    return apply_to


def attend(walk: GraphWalk, queries: Tensor, keys: Tensor, values: Tensor) -> Tensor:
    """softmax(Q·Kᵀ)·V: every query looks at every key."""
    scores = operations.matmul(walk.trace, queries, weighted.turn(walk, keys), walk.place)
    weights = class_layer(walk, {}, [scores], "Softmax", axis=[scores.axis(-1)])
    return operations.matmul(walk.trace, weights, values, walk.place)


def attention(walk: GraphWalk, node: Operation, inputs: Operands) -> list[Operand]:
    """Of queries, keys and values that others have projected; those of all heads side by side count as one."""
    queries, keys, values = (walk.tensor(operand(inputs, place)) for place in range(3))
    if any(operand(inputs, place) is not None for place in (4, 5)):
        raise problem("K003", f"{node.operator} is continued from keys and values of before", "export its first step")
    if queries.shape[-1] != keys.shape[-1]:
        raise problem("K003", f"{node.operator} shares its keys among heads", "export it with as many heads of keys")
    return [attend(walk, queries, keys, values)]


def projected_attention(walk: GraphWalk, node: Operation, inputs: Operands) -> list[Operand]:
    """One projection to queries, keys and values, and what these come to."""
    weights = weighted.weights_among(walk, node, operand(inputs, 1))
    units: Any = weights.shape[1]
    sizes = node.attributes.get("qkv_hidden_sizes") or [units // 3] * 3
    together = weighted.dense(walk, walk.tensor(inputs[0]), weights.shape, weights, operand(inputs, 2))
    return [attend(walk, *operations.parts(walk.trace, together, -1, sizes, walk.place))]


RUNTIME: dict[str, Function] = {
    "FusedConv": with_activation(weighted.convolution), "FusedGemm": with_activation(weighted.gemm),
    "FusedMatMul": weighted.matmul, "Attention": projected_attention, "MultiHeadAttention": attention,
    "BiasGelu": with_bias("Gelu"), "FastGelu": with_bias("Gelu"), "QuickGelu": with_bias("Gelu"),
    "SkipLayerNormalization": after_sum("LayerNormalization", True),
    "SkipSimplifiedLayerNormalization": after_sum("RMSNormalization", False),
}  # fmt: skip
