"""What each operator of ONNX is in a network: the layers that a node becomes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.kinds.arithmetic import ELEMENTWISE, number_args
from convcalc.kinds.normalising import SCALE
from convcalc.layers import key_names
from convcalc.problem import did_you_mean, problem
from convcalc.readers import operations
from convcalc.readers.onnx import moves, weighted
from convcalc.readers.onnx.arithmetic import shortest
from convcalc.readers.onnx.held import HeldTensor
from convcalc.readers.onnx.recurrent import States, recurrent
from convcalc.readers.onnx.runtime import RUNTIME, attention
from convcalc.readers.onnx.weighted import class_layer, operand
from convcalc.readers.shorthand import known_name
from convcalc.readers.trace import Tensor

if TYPE_CHECKING:
    from convcalc.readers.onnx.records import Operation
    from convcalc.readers.onnx.walk import Function, GraphWalk, Operand, Operands


def function_of(node: Operation) -> Function | None:
    """What reads a node of its domain: ONNX's, or that of ONNX Runtime, which has ONNX's operators too."""
    if node.domain == "com.microsoft" and node.operator in RUNTIME:
        return RUNTIME[node.operator]
    return OPERATORS.get(node.operator) if node.domain in ("", "ai.onnx", "com.microsoft") else None


def apply(walk: GraphWalk, node: Operation, inputs: Operands) -> list[Operand]:
    """What a node gives, its layers added to the trace; a Problem where the operator is no layer, or is not known."""
    function = function_of(node)
    if function is None:
        raise unknown_operator(node)
    if any(isinstance(each, States) for each in inputs):
        if isinstance(inputs[0], States) and (found := inputs[0].moved(node, inputs)) is not None:
            return [found]
        inputs = [each.laid_out(walk) if isinstance(each, States) else each for each in inputs]
    return function(walk, node, inputs)


def unknown_operator(node: Operation) -> Exception:
    name = node.full_operator[:60]
    if node.operator in REFUSED:
        what, hint = REFUSED[node.operator]
        return problem("K003", f"{name} {what}", hint)
    hint = "" if node.domain else did_you_mean(node.operator, OPERATORS)
    return problem("K001", f'unknown operator "{name}"', hint or "export the network with the operators of ONNX itself")


BODY = "holds a graph of its own, and what is done depends on numbers that go in"
UNROLL = "export it with a fixed number of steps, so that the exporter writes them out"
COUNT = "gives as many numbers as the input happens to have"
MAKES = "makes a tensor of as many numbers as go in say"
LOSS = "is a loss: it compares the output with what is wanted, in training only"
LISTS = "handles lists of tensors, which no layer takes"
WORDS = "handles words, and no numbers"
END = "end the network before it"
REFUSED = {
    "Loop": (BODY, UNROLL), "Scan": (BODY, UNROLL),
    "If": (BODY, "export it with fixed shapes, so that the exporter settles the condition"),
    **dict.fromkeys(("NonMaxSuppression", "NonZero", "Unique", "Compress", "RoiAlign", "MaxRoiPool"), (COUNT, END)),
    **dict.fromkeys(("Range", "ConstantOfShape", "OneHot", "EyeLike", "Shape"), (MAKES, "export it with fixed shapes")),
    **dict.fromkeys(("NegativeLogLikelihoodLoss", "SoftmaxCrossEntropyLoss"), (LOSS, END)),
    **dict.fromkeys(
        ("SequenceAt", "SequenceConstruct", "SequenceEmpty", "SequenceInsert", "SequenceMap", "SplitToSequence",
         "ConcatFromSequence"), (LISTS, "export it for one tensor"),
    ),
    **dict.fromkeys(("StringNormalizer", "StringConcat", "StringSplit", "TfIdfVectorizer"), (WORDS, END)),
}  # fmt: skip


def branch(walk: GraphWalk, node: Operation, inputs: Operands) -> list[Operand]:
    """The branch that a settled condition chooses."""
    from convcalc.readers.onnx.inlining import chosen_branch

    found = chosen_branch(walk, node, inputs)
    if found is None:
        raise unknown_operator(node)
    return found


# Of each number by itself


def pointwise(function: str) -> Function:
    def apply_to(walk: GraphWalk, node: Operation, inputs: Operands) -> list[Operand]:
        tensor = walk.tensor(inputs[0])
        return [walk.layer(ELEMENTWISE, {"function": function}, tensor, shape=tensor.shape)]

    return apply_to


def passing(walk: GraphWalk, node: Operation, inputs: Operands) -> list[Operand]:
    """Operators that only change how numbers are kept, with a scale and a zero beside them."""
    walk.remarks.quantised += "Quantize" in node.operator
    return [walk.tensor(inputs[0]), *[HeldTensor((), None, (), True)] * 2]


def by_class(walk: GraphWalk, node: Operation, inputs: Operands) -> list[Operand]:
    """A layer of the kind that has the operator among its classes."""
    return [class_layer(walk, node.attributes, [walk.tensor(inputs[0])])]


def activation(walk: GraphWalk, node: Operation, inputs: Operands) -> list[Operand]:
    """A function of each number, with what it is told of those that its kind knows."""
    resolved = known_name(f"onnx.{node.operator}")
    assert resolved is not None
    known = key_names(resolved.kind)
    told = {name: value for name, value in node.attributes.items() if name in known and value is not None}
    rate = operand(inputs, 1)
    if "rate" in known and isinstance(rate, HeldTensor) and rate.scalar is not None:
        told["rate"] = rate.scalar
    return [class_layer(walk, told, [walk.tensor(inputs[0])])]


def shrink(walk: GraphWalk, node: Operation, inputs: Operands) -> list[Operand]:
    """Of what it leaves it takes nothing away, or as much as where it begins; else it is no kind of its own."""
    begin, bias = (node.attributes.get(name, usual) for name, usual in (("lambd", 0.5), ("bias", 0.0)))
    name = {0.0: "Hardshrink", begin: "Softshrink"}.get(bias)
    if name is None:
        return pointwise("clamp")(walk, node, inputs)
    return [class_layer(walk, {}, [walk.tensor(inputs[0])], name, threshold=begin)]


def softmax(walk: GraphWalk, node: Operation, inputs: Operands) -> list[Operand]:
    """Before version 13 over all axes from the one that it names."""
    tensor, is_old = walk.tensor(inputs[0]), walk.graph.opset < 13
    axis = node.attributes.get("axis", 1 if is_old else -1) % len(tensor.shape)
    axes = range(axis, len(tensor.shape)) if is_old else (axis,)
    numbers = [tensor.axis(each) for each in axes if each != tensor.batch]
    return [class_layer(walk, {}, [tensor], axis=numbers)]


def clip(walk: GraphWalk, node: Operation, inputs: Operands) -> list[Operand]:
    """Cut off at what its attributes or its inputs say; where they are computed, that is not known."""
    given = dict(zip(("min", "max"), (operand(inputs, 1), operand(inputs, 2)), strict=True))
    bounds = {name: each.scalar if isinstance(each, HeldTensor) else None for name, each in given.items()}
    bounds.update({name: value for name, value in node.attributes.items() if name in bounds})
    if list(bounds.values()) == [0, 6]:
        return [class_layer(walk, {}, [walk.tensor(inputs[0])], "Relu6")]
    ends = {"min": "-inf", "max": "inf"}
    told = {name: ends[name] if given[name] is value is None else value for name, value in bounds.items()}
    return [class_layer(walk, {}, [walk.tensor(inputs[0])], **told)]


def slope(walk: GraphWalk, node: Operation, inputs: Operands) -> list[Operand]:
    tensor, weights = walk.tensor(inputs[0]), weighted.weights_among(walk, node, operand(inputs, 1))
    own = (*(1,) * (len(tensor.sizes) - len(weights.shape)), *weights.shape)[-len(tensor.sizes) :]
    if sum(size > 1 for size in own) > 1:
        shared = [axis for axis, size in enumerate(own, 1) if size == 1]
        if not shared:  # a slope for each number
            slopes = [tensor, walk.tensor(weights)]
            return [operations.join(walk.trace, ELEMENTWISE, {"function": "where"}, slopes, walk.place)]
        more: dict[str, Any] = {"shared_axes": shared}
    else:
        more = {"count": weights.total}
    found = class_layer(walk, {}, [tensor], weights=weighted.owner_of(walk, weights), **more)
    return [weighted.own(walk, found, weights)]


# Of several, number by number


def together(function: str, name: str = "") -> Function:
    """Of a tensor and numbers of the network's own, or of several tensors; `name` is that of a kind that joins them."""

    def apply_to(walk: GraphWalk, node: Operation, inputs: Operands) -> list[Operand]:
        values = [value for value in inputs if value is not None]
        tensors = [value for value in values if isinstance(value, Tensor)]
        if len(values) == 1:
            return [walk.tensor(values[0])]
        if len(tensors) == 1 and len(values) == 2:
            (tensor,), (held,) = tensors, [value for value in values if isinstance(value, HeldTensor)]
            if more := max(len(held.shape) - len(tensor.shape), 0):
                tensor = walk.trace.reshape(tensor, (*(1,) * more, *tensor.shape), walk.place)
                values = [tensor if isinstance(value, Tensor) else value for value in values]
            if (found := with_constant(walk, tensor, held, function, values[0] is held)) is not None:
                return [found]
        known = known_name(f"onnx.{name}") if name else None
        kind, args = (known.kind, {}) if known else (ELEMENTWISE, {"function": function})
        return [operations.join(walk.trace, kind, args, [walk.tensor(value) for value in values], walk.place)]

    return apply_to


def with_constant(walk: GraphWalk, tensor: Tensor, held: HeldTensor, function: str, first: bool) -> Tensor | None:
    """A tensor and numbers that are not learnt, or one factor for each channel; None where it is something else."""
    sizes = walk.sizes(tensor)
    stretched = operations.broadcast_shape([sizes, held.shape])
    is_learnt = walk.is_learnt(held)
    is_kept = is_learnt or (bool(held.stored) and (held.total != 1 or walk.is_given(held)))
    if stretched == tuple(sizes) and not is_kept:
        told = constant_args(walk.node.operator, shortest(held.scalar), first)
        return walk.layer(ELEMENTWISE, {"function": function, **told}, tensor, shape=tensor.shape)
    own = (*(1,) * (len(sizes) - len(held.shape)), *held.shape)
    axes = [axis for axis, size in enumerate(own) if size != 1]
    if is_learnt and function == "scale" and len(axes) == 1 and stretched == tuple(sizes):
        axis = tensor.axis(axes[0])
        args = {} if axis == 1 else {"axis": axis}
        owner = weighted.owner_of(walk, held)
        found = walk.layer(SCALE, args, tensor, shape=tensor.shape, weights=owner) if axis else None
        return found and weighted.own(walk, found, held)
    return None


SIGNS = {"Add": "+", "Sum": "+", "Sub": "-", "Mul": "*", "Div": "/", "Mod": "%", "Pow": "**"}


def constant_args(operator: str, number: Any, first: bool) -> dict[str, Any]:
    """What a function is told of the number beside its tensor."""
    if operator in ("Max", "Min") and number is not None:
        return {"min" if operator == "Max" else "max": number}
    return number_args(SIGNS.get(operator, ""), number, first)


def select(walk: GraphWalk, node: Operation, inputs: Operands) -> list[Operand]:
    """One of two numbers, as a condition says."""
    tensors = [each for each in inputs if isinstance(each, Tensor)]
    return [operations.join(walk.trace, ELEMENTWISE, {"function": "where"}, tensors, walk.place)]


# Along axes


def reduction(how: str) -> Function:
    def apply_to(walk: GraphWalk, node: Operation, inputs: Operands) -> list[Operand]:
        tensor = walk.tensor(inputs[0])
        axes = moves.axes_known(walk, node, inputs)
        if axes is None and node.attributes.get("noop_with_empty_axes"):
            return [tensor]
        keep = bool(node.attributes.get("keepdims", 1))
        if axes is None and tensor.batch is not None:
            raise problem("C014", f"{node.operator} over the batch", END)
        return [operations.reduce(walk.trace, tensor, how, axes, keep, walk.place)]

    return apply_to


def choice(how: str) -> Function:
    def apply_to(walk: GraphWalk, node: Operation, inputs: Operands) -> list[Operand]:
        keep, axis = bool(node.attributes.get("keepdims", 1)), node.attributes.get("axis", 0)
        return [operations.reduce(walk.trace, walk.tensor(inputs[0]), how, [axis], keep, walk.place)]

    return apply_to


def root_mean_square(walk: GraphWalk, node: Operation, inputs: Operands) -> list[Operand]:
    return weighted.layer_normalisation(walk, node, inputs[:2], "RMSNormalization")


def einsum(walk: GraphWalk, node: Operation, inputs: Operands) -> list[Operand]:
    tensors = [walk.tensor(value) for value in inputs if value is not None]
    return [operations.einsum(walk.trace, node.attributes.get("equation", ""), tensors, walk.place)]


def without_scales(function: Function, *places: int) -> Function:
    """An operator whose inputs are kept as small whole numbers, with their scales and zeros between them."""

    def apply_to(walk: GraphWalk, node: Operation, inputs: Operands) -> list[Operand]:
        walk.remarks.quantised += 1
        return function(walk, node, [operand(inputs, place) for place in places])

    return apply_to


FUNCTIONS = {
    "abs": "Abs", "neg": "Neg", "sign": "Sign", "sqrt": "Sqrt", "reciprocal": "Reciprocal", "exp": "Exp", "log": "Log",
    "sin": "Sin", "cos": "Cos", "tan": "Tan", "asin": "Asin", "acos": "Acos", "atan": "Atan", "sinh": "Sinh",
    "cosh": "Cosh", "erf": "Erf", "floor": "Floor", "ceil": "Ceil", "round": "Round", "logic": "Not",
    "cumsum": "CumSum", "mask": "Trilu", "compare": "Hardmax",
}  # fmt: skip
SAME_SHAPE = {
    **dict.fromkeys(("Asinh", "Acosh", "Atanh"), "log"), **dict.fromkeys(("IsInf", "IsNaN", "BitwiseNot"), "logic"),
    "CumProd": "cumprod", "Bernoulli": "noise", "RandomNormalLike": "noise", "Scatter": "mask",
    "RandomUniformLike": "noise", "ScatterND": "mask", "ScatterElements": "mask", "ReverseSequence": "flip",
    "RotaryEmbedding": "where",
}  # fmt: skip
ACTIVATIONS = (
    "Relu", "LeakyRelu", "Elu", "Selu", "Celu", "Gelu", "Mish", "Sigmoid", "HardSigmoid", "HardSwish", "Tanh",
    "Softplus", "Softsign", "ThresholdedRelu", "Dropout",
)  # fmt: skip
REDUCTIONS = {
    "ReduceMean": "mean", "ReduceSum": "sum", "ReduceMax": "max", "ReduceMin": "min", "ReduceProd": "prod",
    "ReduceL1": "norm", "ReduceL2": "norm", "ReduceLogSumExp": "logsumexp", "ReduceSumSquare": "norm",
    "ReduceLogSum": "logsumexp",
}  # fmt: skip
TOGETHER = {
    "Add": ("shift", "Add"), "Sum": ("shift", "Add"), "Sub": ("shift", "Sub"), "Mul": ("scale", "Mul"),
    "Div": ("divide",), "Pow": ("power",), "Mod": ("remainder",), "Max": ("clamp", "Max"), "Min": ("clamp", "Min"),
    "Mean": ("shift", "Mean"),
    **dict.fromkeys(("And", "Or", "Xor", "BitShift", "BitwiseAnd", "BitwiseOr", "BitwiseXor"), ("logic",)),
    **dict.fromkeys(("Equal", "Less", "Greater", "LessOrEqual", "GreaterOrEqual"), ("compare",)),
}  # fmt: skip
OPERATORS: dict[str, Function] = {
    **{name: pointwise(function) for function, name in FUNCTIONS.items()},
    **{name: pointwise(function) for name, function in SAME_SHAPE.items()},
    **dict.fromkeys(ACTIVATIONS, activation),
    **{name: together(*row) for name, row in TOGETHER.items()},
    **{name: reduction(how) for name, how in REDUCTIONS.items()},
    **dict.fromkeys(("Identity", "Cast", "CastLike", "QuantizeLinear", "DequantizeLinear"), passing),
    **dict.fromkeys(("Softmax", "LogSoftmax"), softmax),
    **dict.fromkeys(("LSTM", "GRU", "RNN"), recurrent),
    "Conv": weighted.convolution, "ConvTranspose": weighted.convolution,
    "QLinearConv": without_scales(weighted.convolution, 0, 3, 8),
    "ConvInteger": without_scales(weighted.convolution, 0, 1),
    "Gemm": weighted.gemm, "MatMul": weighted.matmul, "MatMulInteger": without_scales(weighted.matmul, 0, 1),
    "QLinearMatMul": without_scales(weighted.matmul, 0, 3), "Einsum": einsum,
    "BatchNormalization": weighted.batch_normalisation, "InstanceNormalization": weighted.channel_normalisation,
    "GroupNormalization": weighted.channel_normalisation, "LayerNormalization": weighted.layer_normalisation,
    "LRN": by_class, "Shrink": shrink, "LpNormalization": by_class,
    "MaxPool": weighted.pooling, "AveragePool": weighted.pooling, "LpPool": weighted.pooling,
    "GlobalAveragePool": by_class, "GlobalMaxPool": by_class,
    "DepthToSpace": by_class, "SpaceToDepth": by_class, "Resize": moves.resize, "Upsample": moves.resize,
    "Swish": by_class, "Pad": moves.pad, "PRelu": slope, "Clip": clip, "Where": select, "ArgMax": choice("argmax"),
    "ArgMin": choice("argmin"), "TopK": moves.top, "Concat": moves.concat, "Reshape": moves.reshape,
    "Flatten": moves.flatten, "Transpose": moves.transpose, "Squeeze": moves.squeeze, "Unsqueeze": moves.unsqueeze,
    "Split": moves.split, "Slice": moves.cut, "Gather": moves.gather, "Expand": moves.expand, "Tile": moves.tile,
    "If": branch, "RMSNormalization": root_mean_square, "SimplifiedLayerNormalization": root_mean_square,
    "Attention": attention, "DynamicQuantizeLinear": passing,
}  # fmt: skip
