"""The functions of Keras and TensorFlow on tensors: `keras.ops.mean(x, axis=1)`, `tf.concat([a, b], -1)`, `x[:, 0]`.

Each is a function of (call, …) with Keras's own names for its parameters, under its name in Keras and those in
TensorFlow.  What it is given are tensors of a trace, sizes, numbers, texts and lists of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import is_symbolic
from convcalc.algebra.parser import float_text
from convcalc.kinds import activating
from convcalc.kinds.arithmetic import ELEMENTWISE, FUNCTIONS, REORDERING, number_args
from convcalc.kinds.constant import BUFFER, GENERATED, PARAMETER
from convcalc.kinds.functions import function_of as layer_function
from convcalc.kinds.joining import ADD, MAXIMUM, MINIMUM, MULTIPLY, SUBTRACT
from convcalc.kinds.told import keys_told
from convcalc.problem import Problem, problem
from convcalc.readers import operations
from convcalc.readers.keras.records import KerasArray
from convcalc.readers.shorthand import known_name
from convcalc.readers.tensors import seen_sizes
from convcalc.readers.trace import Batch, Tensor, Trace
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.layers import Kind
    from convcalc.spec import Place

    Operation = Callable[..., Any]

OPERATIONS: dict[str, Operation] = {}  # convcalc.readers.keras.shapes fills it too
# Parameters that TensorFlow calls otherwise, and what is of no account.
TENSORFLOW = {
    "b": "x2", "depth": "num_classes", "multiples": "repeats", "paddings": "pad_width", "perm": "axes",
    "shape": "newshape", "y": "x2", "block_size": "factor", "method": "interpolation",
}  # fmt: skip
OF_VALUES = frozenset(("name", "dtype", "sparse", "initial", "order", "epsilon", "antialias"))
FIRST = frozenset((
    "input", "inputs", "input_tensor", "tensor", "tensors", "values", "value", "a", "features", "logits", "images",
    "params",
))  # fmt: skip


class OperationCall(NamedTuple):
    """Where a function is called, and by which name."""

    trace: Trace
    place: Place
    name: str

    def fail(self, message: str, hint: str = "") -> Problem:
        return problem("K003", f"{self.name[:60]}: {message}", hint, self.place.mark(self.trace.source))

    def layer(self, kind: Kind, args: dict[str, Any], *tensors: Tensor, shape: Sequence[Any] | None = None) -> Tensor:
        return self.trace.layer(kind, args, tensors, self.place, shape=shape)

    def each_number(self, function: str, tensor: Tensor, told: dict[str, Any] | None = None) -> Tensor:
        return self.layer(ELEMENTWISE, {"function": function, **(told or {})}, tensor, shape=tensor.shape)

    def tensor(self, value: Any) -> Tensor:
        if not isinstance(value, Tensor):
            raise self.fail("it is read of tensors only")
        return value


def operation(names: str = "") -> Callable[[Operation], Operation]:
    """A decorator: the function under its own name and under others."""

    def register(function: Operation) -> Operation:
        OPERATIONS.update(dict.fromkeys((function.__name__.rstrip("_"), *names.split()), function))
        return function

    return register


def apply_operation(call: OperationCall, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
    """What a function gives, by its name in Keras, as `expand_dims`, or in TensorFlow, as `math.reduce_mean`."""
    import convcalc.readers.keras.shapes  # noqa: F401 - it has functions of its own

    word = call.name.rpartition(".")[2]
    function = OPERATIONS.get(call.name) or OPERATIONS.get(word)
    try:
        if function is None:
            return function_of_numbers(call, word, *args, **kwargs)
        return function(call, *given_arguments(call, function, args, kwargs))
    except (ArithmeticError, AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise call.fail(f"its arguments are not read: {str(error)[:100]}") from None


def given_arguments(call: OperationCall, function: Operation, args: Sequence[Any], kwargs: dict[str, Any]) -> list[Any]:
    """The arguments in the order of a function's parameters, whatever TensorFlow calls these."""
    code, defaults = function.__code__, function.__defaults__ or ()
    names = code.co_varnames[1 : code.co_argcount]
    if len(args) > len(names):
        raise call.fail(f"it takes at most {len(names)} values, here it has {len(args)}")
    given = {**dict(zip(names[len(names) - len(defaults) :], defaults, strict=True))}
    for name, value in kwargs.items():
        known = name if name in names else TENSORFLOW.get(name, names[0] if name in FIRST else name)
        if known in names:
            given[known] = value
        elif name not in OF_VALUES and value not in (None, False):
            raise call.fail(f"it is not read with {name[:40]}")
    free = [name for name in names if name not in kwargs]
    given.update(zip(free, args, strict=False))
    if missing := [name for name in names if name not in given]:
        raise call.fail(f"it needs {missing[0]}")
    return [given[name] for name in names]


def function_is_read(name: str) -> bool:
    """Whether a function of Keras or TensorFlow is read, by its own name."""
    import convcalc.readers.keras.shapes  # noqa: F401 - it has functions of its own

    if name in OPERATIONS or name in ELEMENTS or name in FUNCTIONS or name in REORDERING:
        return True
    found = known_name(name.replace("_", "")) if name == name.lower() else None
    return found is not None and found.kind in activating.KINDS


def function_of_numbers(call: OperationCall, word: str, x: Any, *args: Any, axis: Any = None, **kwargs: Any) -> Any:
    """An activation, or a function of each number; a Problem for one that is not known."""
    x, name = call.tensor(x), word.replace("_", "")
    found = known_name(name)
    if found is not None and found.kind in activating.KINDS:
        sums = any(key.name == "axis" for key in found.kind.keys)
        over = {"axis": [x.axis(each) for each in axes_of(-1 if axis is None else axis)]} if sums else {}
        told = clip_ends(args, kwargs) if word.startswith("clip") else told_settings(call, word, args, kwargs)
        return call.layer(found.kind, over or told, x)
    known = ELEMENTS.get(word) or (word if word in (*FUNCTIONS, *REORDERING) else "")
    if not known:
        raise call.fail("this function is not read", f'say what it is, as --arg {call.name}="conv 64 k3 p=same"')
    return call.each_number(known, x, clip_ends(args, kwargs) if known == "clamp" else None)


def clip_ends(args: Sequence[Any], kwargs: dict[str, Any]) -> dict[str, Any]:
    """Where `clip(x, x_min, x_max)` cuts off, or TensorFlow's with its own names."""
    names = {"x_min": "min", "x_max": "max", "min_value": "min", "max_value": "max", "clip_value_min": "min",
             "clip_value_max": "max"}  # fmt: skip
    given = {names[name]: value for name, value in kwargs.items() if name in names}
    given |= dict(zip(("min", "max"), args, strict=False))
    return {name: float_text(value) for name, value in given.items() if isinstance(value, (int, float))}


def told_settings(call: OperationCall, word: str, args: Sequence[Any], kwargs: dict[str, Any]) -> dict[str, Any]:
    """What an activation is told, or has by itself as a function: a slope of 0.2."""
    function = layer_function(f"keras.{call.name}") or layer_function(f"keras.ops.{word}")
    signed = function.signature if function else None
    if signed is None:
        return {}
    given = dict(zip(signed.order[1:], args, strict=False)) | kwargs
    told = ((key, given.get(parameter)) for parameter, key in keys_told(signed))
    said = {
        key.name: value if isinstance(value, bool) else float_text(value) for key, value in told if value is not None
    }
    return {**signed.fixed, **said}


ELEMENTS = {
    "absolute": "abs", "fabs": "abs", "negative": "neg", "arccos": "acos", "arcsin": "asin", "arctan": "atan",
    "clip": "clamp", "clip_by_value": "clamp", "nan_to_num": "clamp", "isnan": "logic", "isinf": "logic",
    "isfinite": "logic", "logical_not": "logic", "erfc": "erf", "erfinv": "erf", "conjugate": "neg", "tril": "mask",
    "triu": "mask", "fliplr": "flip", "flipud": "flip", "reverse": "flip", "signbit": "sign", "exp2": "exp",
    "cbrt": "sqrt", "arcsinh": "sinh", "arccosh": "cosh", "arctanh": "tan", "pow": "power",
}  # fmt: skip


def axes_of(axis: Any) -> list[int]:
    """One axis or several, as Keras counts them: the batch is 0."""
    found = list(axis) if isinstance(axis, (list, tuple)) else [axis]
    if not all(type(each) is int for each in found):
        raise problem("C014", "an axis is a whole number")
    return found


# Numbers of the network's own


def holder_of(kind: Kind) -> Operation:
    """An operation that makes numbers of these sizes."""

    def hold(call: OperationCall, sizes: Any, title: str = "") -> Tensor:
        shape = tuple(plain_sizes(sizes))
        found = call.trace.layer(kind, {"shape": seen_sizes(shape)}, (), call.place, title, shape=shape)
        found.constant = True
        return found

    return hold


OPERATIONS.update(
    {"learnt_numbers": holder_of(PARAMETER), "kept_numbers": holder_of(BUFFER), "constant_tensor": holder_of(GENERATED)}
)


def is_size(value: Any) -> bool:
    """Whether a value is a size that a tensor may have: a whole number, with letters or not, or so many batches."""
    return isinstance(value, Batch) or is_symbolic(value) or (type(value) is int and value > 0)


def plain_sizes(values: Any) -> list[Any]:
    """The sizes of a shape: one that is open, as Keras's None, is −1.  A TypeError where one is none."""
    found = [-1 if value is None else value for value in (values if isinstance(values, (list, tuple)) else [values])]
    for index, value in enumerate(found):
        if isinstance(value, float) and value.is_integer():
            found[index] = int(value)
        elif value != -1 and not is_size(value):
            raise TypeError(f"{str(value)[:40]} is no size")
    return found


# What leaves the numbers as they are


@operation("stop_gradient copy convert_to_tensor saturate_cast identity constant Variable ensure_shape "
           "preprocess_input")  # fmt: skip
def cast(call: OperationCall, x: Any, dtype: Any = None, data_format: Any = None) -> Any:
    return x


@operation("int_shape")
def shape(call: OperationCall, x: Tensor, out_type: Any = None) -> tuple[Any, ...]:
    return call.tensor(x).shape


# Number by number

SIGNS = {"+": "shift", "-": "shift", "*": "scale", "/": "divide", "//": "divide", "%": "remainder", "**": "power"}


def join(call: OperationCall, kind: Kind | None, function: str, values: Sequence[Any]) -> Any:
    """Tensors, numbers and arrays number by number: with one tensor only, a function of each of its numbers."""
    tensors = [value for value in values if isinstance(value, Tensor)]
    arrays = [value.shape for value in values if isinstance(value, KerasArray)]
    if not tensors:
        return sizes_joined(call, kind, values)
    if arrays:
        whole = operations.broadcast_shape([*(each.shape for each in tensors), *arrays])
        if whole != operations.broadcast_shape([each.shape for each in tensors]):
            raise call.fail("an array that makes its tensor larger is not read")
    if len(tensors) == 1:
        return call.each_number(function, tensors[0], told_number(call, kind, function, values))
    args = {"function": function} if kind is None else {}
    return operations.join(call.trace, kind or ELEMENTWISE, args, tensors, call.place)


FLOORED = frozenset(("floor_divide", "floordiv", "squared_difference", "atan2", "arctan2", "hypot", "mod", "fmod"))


def told_number(call: OperationCall, kind: Kind | None, function: str, values: Sequence[Any]) -> dict[str, Any]:
    """What a function of each number is told of the one beside its tensor."""
    place = next((place for place, value in enumerate(values) if isinstance(value, (int, float))), None)
    if place is None or call.name.rpartition(".")[2] in FLOORED:
        return {}
    number = float_text(values[place])
    if function == "clamp":
        return {"min" if kind is MAXIMUM else "max": number}
    sign = "-" if kind is SUBTRACT else next((each for each, name in SIGNS.items() if name == function), "")
    return number_args(sign, number, place == 0)


def sizes_joined(call: OperationCall, kind: Kind | None, values: Sequence[Any]) -> Any:
    """Arithmetic of sizes, which goes into the shape of a reshape."""
    first, second = (value.factor if isinstance(value, Batch) else value for value in values)
    if kind is MULTIPLY:
        found: Any = first * second
    elif kind is not None:
        found = first + second if kind is ADD else first - second
    elif type(first) is type(second) is int and second:
        found = first // second
    else:
        raise call.fail("of sizes it is not read")
    return Batch(found) if any(isinstance(value, Batch) for value in values) else found


def join_of_two(kind: Kind | None, function: str) -> Operation:
    """An operation of two values: joined, or this function of each number where one is no tensor."""
    return lambda call, x1, x2: join(call, kind, function, (x1, x2))


OF_TWO: dict[str, tuple[Kind | None, str]] = {
    "add __operators__.add __add__ __radd__ add_v2": (ADD, "shift"),
    "subtract __operators__.subtract sub __sub__ __rsub__": (SUBTRACT, "shift"),
    "multiply mul __mul__ __rmul__": (MULTIPLY, "scale"),
    "divide true_divide truediv divide_no_nan floor_divide floordiv __truediv__": (None, "divide"),
    "power pow mod fmod squared_difference atan2 arctan2 hypot": (None, "power"),
    "maximum fmax": (MAXIMUM, "clamp"),
    "minimum fmin": (MINIMUM, "clamp"),
    "equal not_equal greater greater_equal less less_equal isclose logical_and logical_or logical_xor": (
        None, "compare",
    ),
}  # fmt: skip
for names, joined in OF_TWO.items():
    OPERATIONS.update(dict.fromkeys(names.split(), join_of_two(*joined)))


@operation("select where_v2")
def where(call: OperationCall, condition: Any, x1: Any = None, x2: Any = None, x: Any = None) -> Any:
    return join(call, None, "where", [each for each in (condition, x1, x2, x) if isinstance(each, Tensor)])


@operation("add_n")
def add_all(call: OperationCall, inputs: Sequence[Tensor]) -> Any:
    return operations.join(call.trace, ADD, {}, [call.tensor(each) for each in inputs], call.place)
