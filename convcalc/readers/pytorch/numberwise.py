"""Functions of each number, of one tensor or of several at the same place, and numbers made on the spot."""

from __future__ import annotations

from typing import Any

from convcalc.kinds.arithmetic import ELEMENTWISE, FUNCTIONS, REORDERING
from convcalc.readers.python.values import Opaque
from convcalc.readers.pytorch.calls import METHODS, FunctionCall, constant, method
from convcalc.readers.pytorch.numbers import applied_numbers, nested_shape
from convcalc.readers.pytorch.tensor import TensorValue, elementwise, library_of, number_of

# Number by number

SIGNS = {
    "add": "+", "sub": "-", "subtract": "-", "mul": "*", "multiply": "*", "div": "/", "divide": "/",
    "true_divide": "/", "floor_divide": "//", "remainder": "%", "fmod": "%", "pow": "**", "float_power": "**",
    "bitwise_and": "&", "bitwise_or": "|", "bitwise_xor": "^", "bitwise_left_shift": "<<", "bitwise_right_shift": ">>",
    "rsub": "-",
}  # fmt: skip


@method(" ".join(SIGNS))
def arithmetic(call: FunctionCall, input: Any, other: Any, *args: Any, **kwargs: Any) -> Any:
    if not isinstance(input, TensorValue) and not isinstance(other, TensorValue):
        return call.run.binary(SIGNS[call.name], input, other, call.place)
    pair = (other, input) if call.name == "rsub" else (input, other)
    return elementwise(call.run, SIGNS[call.name], pair, call.place)


@method("maximum minimum fmax fmin where atan2 lerp addcmul addcdiv eq ne lt le gt ge isclose logical_and logical_or "
        "cross hypot xlogy heaviside greater greater_equal less less_equal not_equal logical_xor copysign nextafter "
        "ldexp logaddexp logaddexp2 arctan2 polar complex")  # fmt: skip
def together(call: FunctionCall, *inputs: Any, **kwargs: Any) -> Any:
    """Of several tensors, number by number."""
    if call.name in ("complex", "polar"):
        library_of(call.run).has_complex = True
    known = [call.run.known(each, f"a tensor of {call.name}", call.place) for each in (*inputs, *kwargs.values())]
    tensors = [each for each in known if isinstance(each, TensorValue)]
    if not tensors:
        raise call.error("TypeError", f"{call.name} needs a tensor")
    if call.name == "where" and len(known) == 1:
        return Opaque("how many numbers are chosen is not known", call.place)
    found = tensors[0]
    for other in tensors[1:]:
        found = elementwise(call.run, "<", (found, other), call.place, "where")
    return found if len(tensors) > 1 else one_by_one(call._replace(name="compare"), found)


# What functions are called that a layer has by another name.
NAMES = {
    other: name
    for name, others in {
        "abs": "absolute", "neg": "negative", "clamp": "clip clamp_min clamp_max nan_to_num",
        "mask": "masked_fill tril triu masked_scatter scatter scatter_add scatter_reduce index_copy index_fill "
                "index_put fill_diagonal_ put",
        "logic": "logical_not bitwise_not isnan isinf isfinite isneginf isposinf isreal signbit isin",
        "noise": "bernoulli rand_like poisson", "remainder": "frac", "shift": "index_add", "log": "log_",
        "cumsum": "logcumsumexp", "sign": "sgn", "trunc": "fix", "scale": "deg2rad rad2deg",
        "cast": "conj conj_physical imag angle", "asin": "arcsin", "acos": "arccos", "atan": "arctan",
        "asinh": "arcsinh", "acosh": "arccosh", "atanh": "arctanh",
        "roll": "fftshift ifftshift",
    }.items()
    for other in others.split()
}  # fmt: skip


@method(" ".join(name for name in (*FUNCTIONS, *NAMES) if name not in (*METHODS, "fft")))
def one_by_one(call: FunctionCall, input: TensorValue, *args: Any, **kwargs: Any) -> Any:
    """A function of each number."""
    name = NAMES.get(call.name, call.name)
    numbers = applied_numbers(name, input.numbers)
    if numbers is not None:
        return TensorValue(nested_shape(numbers), numbers=numbers)
    if input.node is None and not input.held:
        return TensorValue(input.shape)
    told = {"function": name, **ends_of(call, args, kwargs)}
    return call.on([input], lambda trace, node: trace.layer(ELEMENTWISE, told, (node,), call.place, shape=node.shape))


CUT = {"clamp": ("min", "max"), "clip": ("min", "max"), "clamp_min": ("min",), "clamp_max": ("max",)}


def ends_of(call: FunctionCall, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, str]:
    """The numbers at which a function cuts off, where they are known."""
    names = CUT.get(call.name, ())
    given = dict(zip(names, args, strict=False)) | {name: kwargs[name] for name in names if name in kwargs}
    return {name: text for name, value in given.items() if (text := number_of((value,)))}


@method("cummax cummin")
def running_extremum(call: FunctionCall, input: TensorValue, *args: Any, **kwargs: Any) -> Any:
    found = one_by_one(call._replace(name="cumsum"), input)
    return found, found


@method("flip roll argsort fliplr flipud")
def reorder(call: FunctionCall, input: TensorValue, *args: Any, **kwargs: Any) -> Any:
    name = call.name if call.name in REORDERING else "flip"
    return one_by_one(call._replace(name=name), input)


# Numbers made on the spot


@method("zeros_like ones_like rand_like randn_like empty_like full_like randint_like")
def like(call: FunctionCall, input: TensorValue, *args: Any, **kwargs: Any) -> Any:
    return TensorValue(input.shape)


@method("new_zeros new_ones new_empty new_full new_tensor new")
def new(call: FunctionCall, input: TensorValue, *size: Any, **kwargs: Any) -> Any:
    return constant(call, *size[:1]) if call.name == "new_full" else constant(call, *size)


@method("index_put_ scatter_ scatter_add_ add_ mul_ sub_ div_ pow_ addcmul_ addcdiv_ clamp_min_ clamp_max_ "
        "index_add_ index_copy_ register_hook backward")  # fmt: skip
def in_place(call: FunctionCall, input: TensorValue, *args: Any, **kwargs: Any) -> Any:
    others = [each for each in args if isinstance(each, TensorValue) and (each.node is not None or each.held)]
    if others and call.name in ("add_", "mul_", "sub_", "div_"):
        return arithmetic(call._replace(name=call.name.rstrip("_")), input, *args)
    return input
