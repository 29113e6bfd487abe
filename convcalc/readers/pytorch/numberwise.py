"""Functions of each number, of one tensor or of several at the same place, and numbers made on the spot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.kinds.arithmetic import ELEMENTWISE, FUNCTIONS, REORDERING
from convcalc.readers.pytorch.calls import FunctionCall, constant, method
from convcalc.readers.pytorch.numbers import applied_numbers, nested_shape
from convcalc.readers.pytorch.tensor import TensorValue, elementwise

if TYPE_CHECKING:
    pass


# Number by number

SIGNS = {
    "add": "+", "sub": "-", "subtract": "-", "mul": "*", "multiply": "*", "div": "/", "divide": "/",
    "true_divide": "/", "floor_divide": "//", "remainder": "%", "fmod": "%", "pow": "**", "bitwise_and": "&",
    "rsub": "-",
}  # fmt: skip


@method(" ".join(SIGNS))
def arithmetic(call: FunctionCall, input: Any, other: Any, *args: Any, **kwargs: Any) -> Any:
    if not isinstance(input, TensorValue) and not isinstance(other, TensorValue):
        return call.run.binary(SIGNS[call.name], input, other, call.place)
    return elementwise(call.run, SIGNS[call.name], (input, other), call.place)


@method("maximum minimum fmax fmin where atan2 lerp addcmul addcdiv eq ne lt le gt ge isclose logical_and logical_or "
        "cross hypot xlogy heaviside")  # fmt: skip
def together(call: FunctionCall, *inputs: Any, **kwargs: Any) -> Any:
    """Of several tensors, number by number."""
    tensors = [each for each in (*inputs, *kwargs.values()) if isinstance(each, TensorValue)]
    found = tensors[0]
    for other in tensors[1:]:
        found = elementwise(call.run, "<", (found, other), call.place, "where")
    return found if len(tensors) > 1 else one_by_one(call._replace(name="compare"), found)


NAMES = {"absolute": "abs", "negative": "neg", "clip": "clamp", "clamp_min": "clamp", "clamp_max": "clamp",
         "nan_to_num": "clamp", "masked_fill": "mask", "tril": "mask", "triu": "mask", "logical_not": "logic",
         "isnan": "logic", "isinf": "logic", "bernoulli": "noise", "rand_like": "noise", "cumsum": "cumsum",
         "bitwise_not": "logic", "frac": "remainder", "sigmoid_": "exp", "masked_scatter": "mask",
         "index_add": "shift", "scatter": "mask", "scatter_add": "mask", "index_copy": "mask", "fft_fft2": "fft",
         "fft": "fft", "ifft": "fft", "view_as_complex": "cast", "log_": "log"}  # fmt: skip


@method(" ".join((*FUNCTIONS, *NAMES)))
def one_by_one(call: FunctionCall, input: TensorValue, *args: Any, **kwargs: Any) -> Any:
    """A function of each number."""
    name = NAMES.get(call.name, call.name)
    numbers = applied_numbers(name, input.numbers)
    if numbers is not None:
        return TensorValue(nested_shape(numbers), numbers=numbers)
    if input.node is None and not input.held:
        return TensorValue(input.shape)
    return call.on(
        [input],
        lambda trace, node: trace.layer(ELEMENTWISE, {"function": name}, (node,), call.place, shape=node.shape),
    )  # fmt: skip


@method("flip roll argsort fliplr flipud rot90 randperm")
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
