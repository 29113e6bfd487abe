"""PyTorch's operators whose arguments are others than those of the functions of the same name, or whose sizes hold
the batch."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from convcalc.kinds.functions import function_of as layer_function
from convcalc.kinds.recurrent import GRU, LSTM, RNN
from convcalc.readers import operations
from convcalc.readers.onnx.batches import new_shape
from convcalc.readers.python.values import Opaque
from convcalc.readers.pytorch.applying import LastStates
from convcalc.readers.pytorch.calls import METHODS, FunctionCall, table_of
from convcalc.readers.pytorch.functions import FUNCTIONS, apply_function, function_of
from convcalc.readers.pytorch.indexing import item_of
from convcalc.readers.pytorch.sizes import plain_size, size_value
from convcalc.readers.pytorch.tensor import TensorValue, library_of, operation_at, sizes_of
from convcalc.readers.trace import BATCH, Batch, raw
from convcalc.spec.model import WrittenLayer
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.spec.model import Place

OPERATORS: dict[str, Callable[..., Any]] = {}
operator = table_of(OPERATORS)
END = (1 << 63) - 1  # of a slice: as far as it goes
SIGNS = {"mul": "*", "add": "+", "sub": "-", "floordiv": "//", "mod": "%", "truediv": "/", "pow": "**"}
UPSAMPLE = re.compile(r"_?upsample_(nearest_exact|nearest|linear|bilinear|trilinear|bicubic)\dd")
PADDING = re.compile(r"(reflection|replication|constant|circular)_pad(?:\dd|_nd)")
RECURRENT = {"lstm": (LSTM, 4), "gru": (GRU, 3), "rnn_tanh": (RNN, 1), "rnn_relu": (RNN, 1)}


class AtenCall(NamedTuple):
    """A node that is applied, and the number that stands for the batch in its sizes."""

    call: FunctionCall
    batch: int | None


def apply_operator(
    run: Run, name: str, args: list[Any], kwargs: dict[str, Any], place: Place, batch: int | None
) -> Any:
    """What an operator gives; None where it is not read."""
    if name.startswith("_operator."):
        sign = SIGNS.get(name.removeprefix("_operator."))
        left, right = args
        return run.binary(sign, left, right, place) if sign else None
    call = FunctionCall(run, place, name)
    plain = name.rstrip("_") if name not in OPERATORS else name
    if UPSAMPLE.fullmatch(plain):
        return upsample(call, plain, *args)
    if found := PADDING.fullmatch(plain):
        mode = {"reflection": "reflect", "replication": "replicate"}.get(found[1], found[1])
        return call_function(run, "pad", [*args[:2], mode], {}, place)
    if plain in RECURRENT:
        return recur(call, *args)
    known = OPERATORS.get(plain)
    if known is not None:
        return known(AtenCall(call, batch), *args, **kwargs)
    return call_function(run, plain, args, kwargs, place)


def call_function(run: Run, name: str, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
    """A function of this name: that of torch before that of torch.nn.functional, for it has the operator's order."""
    found = layer_function(f"torch.{name}") or layer_function(f"F.{name}")
    if found is not None and found.signature is not None and name not in METHODS and name not in FUNCTIONS:
        return apply_function(FunctionCall(run, place, name), found.signature, args, known_words(found, kwargs))
    function = function_of(name)
    return None if function is None else function(run, args, kwargs, place)


def known_words(found: Any, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in kwargs.items() if key in found.signature.order}


# Sizes that hold the batch


@operator("view reshape _unsafe_view view_copy")
def view(node: AtenCall, tensor: TensorValue, size: Sequence[Any]) -> Any:
    call = node.call
    wanted = sizes_of(call.run, [list(size)], "a size", call.place)
    if node.batch is not None:
        wanted = list(operation_at(call.run, call.place, lambda: new_shape(tensor.shape, wanted, node.batch)))
    return call.on([tensor], lambda trace, each: trace.reshape(each, wanted, call.place))


@operator("expand broadcast_to")
def expand(node: AtenCall, tensor: TensorValue, size: Sequence[Any], **kwargs: Any) -> Any:
    """Of what has no batch, a first size that is the batch's makes it alike for every example."""
    call = node.call
    wanted = sizes_of(call.run, [list(size)], "a size", call.place)
    if node.batch is not None and wanted:
        axis = next((axis for axis, each in enumerate(tensor.shape) if each == BATCH), None)
        if axis is not None and wanted[axis - len(tensor.shape)] == node.batch:
            wanted[axis - len(tensor.shape)] = BATCH
        elif axis is None and wanted[0] == node.batch and len(wanted) > 1:
            wanted[0] = BATCH
    return call.on([tensor], lambda trace, each: operations.expand(trace, each, wanted, call.place))


@operator("sym_size")
def sym_size(node: AtenCall, tensor: TensorValue, dim: Any) -> Any:
    return size_value(tensor.shape[node.call.axis_of(dim, len(tensor.shape))])


@operator("unflatten")
def unflatten(node: AtenCall, tensor: TensorValue, dim: Any, sizes: Sequence[Any]) -> Any:
    axis = node.call.axis_of(dim, len(tensor.shape))
    size = tensor.shape[axis]
    if not isinstance(size, Batch):
        return call_function(node.call.run, "unflatten", [tensor, dim, list(sizes)], {}, node.call.place)
    own = [node.batch if each == BATCH and node.batch else each for each in tensor.shape]
    return view(node, tensor, [*own[:axis], *sizes, *own[axis + 1 :]])


# Parts


@operator("slice")
def part(node: AtenCall, tensor: TensorValue, dim: Any = 0, start: Any = None, end: Any = None, step: Any = 1) -> Any:
    call = node.call
    axis = call.axis_of(dim, len(tensor.shape))
    first, last = (None if each in (None, END) else plain_size(each) for each in (start, end))
    return call.on([tensor], lambda trace, each: operations.part(trace, each, axis, first, last, step, call.place))


@operator("index")
def index(node: AtenCall, tensor: TensorValue, indices: Sequence[Any]) -> Any:
    places = tuple(slice(None) if each is None else each for each in indices)
    return item_of(node.call.run, tensor, places, node.call.place)


# What gives more than one


@operator("max_pool1d_with_indices max_pool2d_with_indices max_pool3d_with_indices adaptive_max_pool1d "
          "adaptive_max_pool2d adaptive_max_pool3d")  # fmt: skip
def pool(node: AtenCall, tensor: TensorValue, *args: Any, **kwargs: Any) -> Any:
    call = node.call
    found = call_function(call.run, call.name.removesuffix("_with_indices"), [tensor, *args], kwargs, call.place)
    return found, found


@operator("native_layer_norm")
def native_layer_norm(node: AtenCall, *args: Any) -> Any:
    return first_of(node, "layer_norm", args)


@operator("native_group_norm")
def native_group_norm(
    node: AtenCall, tensor: Any, weight: Any, bias: Any, n: Any, c: Any, cells: Any, *args: Any
) -> Any:
    return first_of(node, "group_norm", (tensor, args[0], weight, bias, *args[1:]))


@operator(
    "native_batch_norm _native_batch_norm_legit _native_batch_norm_legit_no_training "
    "_native_batch_norm_legit_functional"
)
def native_batch_norm(node: AtenCall, *args: Any) -> Any:
    """At the end are how the averages follow, and what is added to the variance; only one form says that it trains."""
    return first_of(node, "batch_norm", (*args[:5], False, *args[-2:]))


@operator("_softmax _log_softmax")
def softmax(node: AtenCall, tensor: Any, dim: Any, *args: Any) -> Any:
    return call_function(node.call.run, node.call.name.lstrip("_"), [tensor, dim], {}, node.call.place)


@operator("_adaptive_avg_pool1d _adaptive_avg_pool2d _adaptive_avg_pool3d")
def adaptive_pool(node: AtenCall, *args: Any) -> Any:
    return call_function(node.call.run, node.call.name.lstrip("_"), list(args), {}, node.call.place)


@operator("native_dropout")
def native_dropout(node: AtenCall, tensor: Any, *args: Any) -> Any:
    return first_of(node, "dropout", (tensor, *args[:1]))


def first_of(node: AtenCall, name: str, args: Sequence[Any]) -> Any:
    """What a function gives, and beside it numbers that only training uses."""
    found = call_function(node.call.run, name, list(args), {}, node.call.place)
    unused = Opaque("only training uses it", node.call.place)
    return found, unused, unused


@operator("convolution")
def convolution(
    node: AtenCall, tensor: Any, weight: TensorValue, bias: Any, stride: Any, padding: Any, dilation: Any,
    transposed: bool, output_padding: Any, groups: Any,
) -> Any:  # fmt: skip
    axes = len(weight.shape) - 2
    args = [tensor, weight, bias, stride, padding]
    if transposed:
        return call_function(
            node.call.run, f"conv_transpose{axes}d", [*args, output_padding, groups, dilation], {}, node.call.place
        )
    return call_function(node.call.run, f"conv{axes}d", [*args, dilation, groups], {}, node.call.place)


@operator("addmm baddbmm")
def multiply_and_add(node: AtenCall, added: Any, first: Any, second: Any, **kwargs: Any) -> Any:
    run, place = node.call.run, node.call.place
    return run.binary("+", call_function(run, "matmul", [first, second], {}, place), added, place)


# Others


def upsample(call: FunctionCall, name: str, tensor: Any, size: Any = None, *more: Any) -> Any:
    """By sizes or by scales, which come last; between them, where values are found between, whether corners stay."""
    found = UPSAMPLE.fullmatch(name)
    assert found is not None
    mode = found[1].replace("_", "-")
    more = more if mode.startswith("nearest") else more[1:]
    scale = next((each for each in more if isinstance(each, list)), None)
    words = {"size": list(size)} if size is not None else {"scale_factor": scale}
    return call_function(call.run, "interpolate", [tensor], {**words, "mode": mode}, call.place)


def recur(call: FunctionCall, tensor: TensorValue, hx: Any, params: Sequence[TensorValue], *settings: Any) -> Any:
    """Every step, and the last states: its sizes are those of its weights, of which the second is of the state."""
    has_biases, layers, _, _, bidirectional, *_ = settings
    kind, gates = RECURRENT[call.name]
    library = library_of(call.run)
    hidden = params[1].shape[0] // gates
    args: dict[str, Any] = {"units": hidden, "layers": layers, "bidirectional": bidirectional, "bias": has_biases}
    projection = params[1].shape[1]
    if projection != hidden:
        args["projection"] = projection
    first = library.first_use(params[0])
    texts = tuple((key, raw(value)) for key, value in args.items())
    written = WrittenLayer(kind, 0, texts, "torch", weights=first)
    name = library.trace.local(params[0].name.rpartition(".")[0]) if not first else ""
    node = tensor.in_trace(call.run, call.place)
    found = operation_at(call.run, call.place, lambda: library.trace.add(written, [node], call.place, name))
    library.count(params, found.name)
    out = TensorValue(found.shape, found)
    directions = 2 if bidirectional else 1
    batch = [size for size in tensor.shape if isinstance(size, Batch)][:1]
    states = [LastStates((directions * layers, *batch, each), out) for each in (projection, hidden)]
    return (out, *states) if kind is LSTM else (out, states[0])
