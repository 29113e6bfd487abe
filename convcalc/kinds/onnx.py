"""How each kind is written in ONNX: a function that adds the operators of a layer and names the last value.

An activation is a row of a table: its operator and its attributes.
"""

from __future__ import annotations

from math import isinf, log
from typing import TYPE_CHECKING

from convcalc.kinds.arithmetic import with_batch
from convcalc.kinds.onnx_attention import ATTENDING
from convcalc.kinds.onnx_map_attention import MAP_ATTENDING
from convcalc.kinds.onnx_moving import MOVING, as_the_text_has_it, with_channels_first
from convcalc.kinds.onnx_normalising import NORMALISING
from convcalc.kinds.onnx_recurrent import RECURRENT
from convcalc.kinds.onnx_windows import WINDOWS

if TYPE_CHECKING:
    from collections.abc import Callable

    from convcalc.layers.operators import LayerOperators

    Form = Callable[[LayerOperators], str]

OPSET, IR_VERSION = 20, 10  # of ONNX 1.16

# Of each number by itself: the operator, and its attributes with the settings that they are of.
ACTIVATIONS: dict[str, tuple[str, dict[str, str]]] = {
    "leakyrelu": ("LeakyRelu", {"alpha": "slope"}), "elu": ("Elu", {"alpha": "alpha"}), "selu": ("Selu", {}),
    "celu": ("Celu", {"alpha": "alpha"}), "mish": ("Mish", {}), "sigmoid": ("Sigmoid", {}),
    "hardsigmoid": ("HardSigmoid", {"alpha": "slope", "beta": "offset"}), "tanh": ("Tanh", {}),
    "hardswish": ("HardSwish", {}), "softsign": ("Softsign", {}), "hardshrink": ("Shrink", {"lambd": "threshold"}),
    "softshrink": ("Shrink", {"lambd": "threshold", "bias": "threshold"}), "exponential": ("Exp", {}),
    "identity": ("Identity", {}), "droppath": ("Identity", {}),
    "augmentation": ("Identity", {}),
}  # fmt: skip
REDUCTIONS = {
    "mean": "ReduceMean", "sum": "ReduceSum", "max": "ReduceMax", "min": "ReduceMin", "prod": "ReduceProd",
    "norm": "ReduceL2", "logsumexp": "ReduceLogSumExp",
}  # fmt: skip
FUNCTIONS = {
    "abs": "Abs", "neg": "Neg", "sign": "Sign", "sqrt": "Sqrt", "reciprocal": "Reciprocal", "exp": "Exp", "log": "Log",
    "sin": "Sin", "cos": "Cos", "tan": "Tan", "asin": "Asin", "acos": "Acos", "atan": "Atan", "sinh": "Sinh",
    "cosh": "Cosh", "erf": "Erf", "floor": "Floor", "ceil": "Ceil", "round": "Round",
}  # fmt: skip


def activation(operator: str, settings: dict[str, str]) -> Form:
    return lambda o: o(operator, o.x, **{name: o.number(key) for name, key in settings.items()})


def clip(o: LayerOperators, x: str, low: float | None, high: float | None) -> str:
    """A value cut off at two numbers, of which one that is infinite is left out."""
    low, high = (None if each is None or isinf(each) else each for each in (low, high))
    if low is high is None:
        return x
    return o("Clip", x, "" if low is None else o.scalar(low), "" if high is None else o.scalar(high))


def relu(o: LayerOperators) -> str:
    """What is below the threshold made 0, or smaller; and what is above a limit cut off."""
    slope, threshold = o.number("slope"), o.number("threshold")
    limit = None if o.values["max"] is None else o.number("max")
    if not threshold:
        return clip(o, o("LeakyRelu", o.x, alpha=slope) if slope else o("Relu", o.x), None, limit)
    if slope or threshold < 0:
        begin = o.scalar(threshold)
        below = o("Mul", o("Sub", o.x, begin), o.scalar(slope))
        return clip(o, o("Where", o("Less", o.x, begin), below, o.x), None, limit)
    return clip(o, o("ThresholdedRelu", o.x, alpha=threshold), None, limit)


def threshold(o: LayerOperators) -> str:
    if o.values["value"] == "0":
        return o("ThresholdedRelu", o.x, alpha=o.number("threshold"))
    return o("Where", o("Greater", o.x, o.scalar(o.number("threshold"))), o.x, o.scalar(o.number("value")))


def softplus(o: LayerOperators) -> str:
    if o.values["beta"] == "1":
        return o("Softplus", o.x)
    beta = o.scalar(o.number("beta"))
    return o("Div", o("Softplus", o("Mul", o.x, beta)), beta)


def squareplus(o: LayerOperators) -> str:
    root = o("Sqrt", o("Add", o("Mul", o.x, o.x), o.scalar(o.number("b"))))
    return o("Mul", o("Add", o.x, root), o.scalar(0.5))


def dropout(o: LayerOperators) -> str:
    rate = o.values.get("rate")
    return o("Dropout", o.x, "" if rate is None else o.scalar(float(rate)))


def silu(o: LayerOperators) -> str:
    return o("Mul", o.x, o("Sigmoid", o.x))


def softmax(operator: str) -> Form:
    def form(o: LayerOperators) -> str:
        axes = o.axes_of("axis")
        if len(axes) > 1:
            raise o.refuse("over several axes, which ONNX does not have")
        usual = 1 if o.situation.on_map or o.situation.channels_last else -1
        return o(operator, o.x, axis=axes[0] if axes else usual)

    return form


def softmin(o: LayerOperators) -> str:
    o.inputs = (o("Neg", o.x),)
    return softmax("Softmax")(o)


def glu(o: LayerOperators) -> str:
    along = (o.situation.applied.along or 0) + 1
    first, second = o.several("Split", 2, o.x, axis=along, num_outputs=2)
    return o("Mul", first, o("Sigmoid", second))


def rescaling(o: LayerOperators) -> str:
    return o("Add", o("Mul", o.x, o.scalar(o.number("scale"))), o.scalar(o.number("offset")))


# Of several, number by number


def together(operator: str, takes_many: bool = False) -> Form:
    """An operator of two inputs, one after another where there are more."""

    def form(o: LayerOperators) -> str:
        found, *others = align(o)
        if takes_many and len(others) > 1:
            return o(operator, found, *others)
        for other in others:
            found = o("Add" if operator == "Sum" else operator, found, other)
        return found if others else o("Identity", found)

    return form


def align(o: LayerOperators) -> list[str]:
    """The inputs with as many axes: a vector meets a map with axes of 1 behind it."""
    shapes = o.situation.applied.input
    most = max(map(len, shapes))
    return [
        x if len(shape) == most else o.reshaped(x, *shape, *(1,) * (most - len(shape)))
        for x, shape in zip(o.inputs, shapes, strict=True)
    ]


def concat(o: LayerOperators) -> str:
    return o("Concat", *o.inputs, axis=(o.situation.applied.along or 0) + 1)


def matmul(o: LayerOperators) -> str:
    first, second = (as_the_text_has_it(o, index) for index in range(2))
    if o.values.get("transpose"):
        axes = range(len(o.situation.applied.input[1]) + 1)
        second = o.moved(second, *axes[:-2], axes[-1], axes[-2])
    product = o("MatMul", first, second)
    if o.values["factor"] != "1":
        product = o("Mul", product, o.scalar(o.number("factor")))
    return with_channels_first(o, product)


def einsum(o: LayerOperators) -> str:
    """Every side with a letter more, for the batch."""
    given = [as_the_text_has_it(o, index) for index in range(len(o.inputs))]
    return with_channels_first(o, o("Einsum", *given, equation=with_batch(o.values["equation"])))


def elementwise(o: LayerOperators) -> str:
    name = o.values["function"]
    if len(o.inputs) == 1 and name in FUNCTIONS:
        return o(FUNCTIONS[name], o.x)
    if name == "clamp" and any(o.values[end] is not None for end in ("min", "max")):
        return clip(o, o.x, *(None if o.values[end] is None else o.number(end) for end in ("min", "max")))
    if len(o.inputs) == 1 and o.values["number"] is not None and name in (*WITH_NUMBER, "remainder"):
        return with_number(o, name, o.scalar(o.number("number")))
    if len(o.inputs) == 1 and name in WITH_NUMBER:
        operator, number = WITH_NUMBER[name]
        return o(operator, o.x, o.scalar(number))
    if len(o.inputs) > 1 and name in TOGETHER:
        return together(TOGETHER[name])(o)
    if len(o.inputs) == 1 and name in WRITTEN_OUT:
        return WRITTEN_OUT[name](o)
    raise o.refuse(f"of which ONNX has to know more than that it is {name}")


def with_number(o: LayerOperators, name: str, number: str) -> str:
    """A function of a value and a number, of which either comes first."""
    pair = (number, o.x) if o.values.get("first") else (o.x, number)
    if name == "remainder":
        return o("Sub", pair[0], o("Mul", o("Floor", o("Div", *pair)), pair[1]))
    return o("Sub" if name == "shift" and o.values.get("first") else WITH_NUMBER[name][0], *pair)


# What is done with a number that nobody says: here it is one that changes nothing.
WITH_NUMBER = {
    "scale": ("Mul", 1.0), "shift": ("Add", 0.0), "divide": ("Div", 1.0), "power": ("Pow", 1.0), "clamp": ("Max", -1e9),
}  # fmt: skip
TOGETHER = {"divide": "Div", "power": "Pow", "scale": "Mul", "shift": "Add"}
WRITTEN_OUT: dict[str, Form] = {
    "square": lambda o: o("Mul", o.x, o.x), "rsqrt": lambda o: o("Reciprocal", o("Sqrt", o.x)),
    "expm1": lambda o: o("Sub", o("Exp", o.x), o.scalar(1.0)),
    "log1p": lambda o: o("Log", o("Add", o.x, o.scalar(1.0))), "cast": lambda o: o("Cast", o.x, to=1),
    "log2": lambda o: o("Mul", o("Log", o.x), o.scalar(1 / log(2))),
    "log10": lambda o: o("Mul", o("Log", o.x), o.scalar(1 / log(10))),
}  # fmt: skip


def reduction(o: LayerOperators) -> str:
    how, keep = o.values["how"], int(bool(o.values.get("keep")))
    axes = o.axes_of("axes") or list(range(1, len(o.shape) + 1))
    if how in ("argmax", "argmin") and len(axes) == 1:
        found = o("ArgMax" if how == "argmax" else "ArgMin", o.x, axis=axes[0], keepdims=keep)
        found = o("Cast", found, to=1)
    elif how in REDUCTIONS:
        found = o(REDUCTIONS[how], o.x, o.list_of(*axes), keepdims=keep)
    elif how in ("var", "std"):
        over = o.list_of(*axes)
        centred = o("Sub", o.x, o("ReduceMean", o.x, over, keepdims=1))
        found = o("ReduceMean", o("Mul", centred, centred), over, keepdims=keep)
        found = o("Sqrt", found) if how == "std" else found
    else:
        raise o.refuse(f"and ONNX has no {how}")
    return o.reshaped(found, 1) if not keep and len(axes) == len(o.shape) else found


# With weights and without windows


def linear(o: LayerOperators) -> str:
    return o.dense(o.x, o.letters["c"], o.letters["f"], rank=len(o.shape))


def embedding_bag(o: LayerOperators) -> str:
    return o("ReduceMean", rows(o), o.list_of(1), keepdims=0)


def rows(o: LayerOperators) -> str:
    return o("Gather", o.weight("weight", o.letters["v"], o.letters["f"]), o.x, axis=0)


FORMS: dict[str, Form] = {
    **WINDOWS, **MOVING, **NORMALISING, **RECURRENT, **ATTENDING, **MAP_ATTENDING,
    **{name: activation(*row) for name, row in ACTIVATIONS.items()},
    "relu": relu, "relu6": lambda o: clip(o, o.x, 0.0, 6.0), "threshold": threshold, "softplus": softplus,
    "hardtanh": lambda o: clip(o, o.x, o.number("min"), o.number("max")), "silu": silu, "squareplus": squareplus,
    "dropout": dropout,
    "gelu": lambda o: o("Gelu", o.x, approximate="tanh" if o.values.get("approximate") else None),
    "rrelu": lambda o: o("LeakyRelu", o.x, alpha=(o.number("lower") + o.number("upper")) / 2),
    "logsigmoid": lambda o: o("Log", o("Sigmoid", o.x)), "tanhshrink": lambda o: o("Sub", o.x, o("Tanh", o.x)),
    "softmax": softmax("Softmax"), "logsoftmax": softmax("LogSoftmax"), "softmin": softmin, "glu": glu,
    "rescaling": rescaling, "add": together("Sum", True), "multiply": together("Mul"), "subtract": together("Sub"),
    "maximum": together("Max", True), "minimum": together("Min", True), "average": together("Mean", True),
    "concat": concat, "matmul": matmul, "einsum": einsum, "elementwise": elementwise, "reduce": reduction,
    "linear": linear, "embedding": lambda o: with_channels_first(o, rows(o)), "embeddingbag": embedding_bag,
}  # fmt: skip
MEETING = frozenset(("add", "multiply", "subtract", "maximum", "minimum", "average"))  # what has no batch is stretched
INDEXED = frozenset(("embedding", "embeddingbag"))  # whose inputs are whole numbers
