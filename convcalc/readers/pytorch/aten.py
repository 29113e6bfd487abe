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
from convcalc.spec import Place, WrittenLayer

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run

OPERATORS: dict[str, Callable[..., Any]] = {}
operator = table_of(OPERATORS)
END = (1 << 63) - 1  # of a slice: as far as it goes
SIGNS = {"mul": "*", "add": "+", "sub": "-", "floordiv": "//", "mod": "%", "truediv": "/", "pow": "**"}
UPSAMPLE = re.compile(r"_?upsample_(nearest_exact|nearest|linear|bilinear|trilinear|bicubic)\dd")
PADDING = re.compile(r"(reflection|replication|constant|circular)_pad(?:\dd|_nd)")
RECURRENT = {"lstm": (LSTM, 4), "gru": (GRU, 3), "rnn_tanh": (RNN, 1), "rnn_relu": (RNN, 1)}
# Operators that are a function with other arguments: its name, and how its own follow from theirs.
SINGLE: dict[str, tuple[str, Callable[..., list[Any]]]] = {
    **{f"_{name}": (name, lambda tensor, dim, *rest: [tensor, dim]) for name in ("softmax", "log_softmax")},
    **{f"_adaptive_avg_pool{n}d": (f"adaptive_avg_pool{n}d", lambda *args: [*args]) for n in (1, 2, 3)},
}
# Those that give numbers beside, which only training uses. At the end of a batch norm's are how the averages follow,
# and what is added to the variance; only one form says that it trains.
RENAMED = SINGLE | {
    "native_layer_norm": ("layer_norm", lambda *args: [*args]),
    "native_group_norm": ("group_norm", lambda x, weight, bias, n, c, size, g, *rest: [x, g, weight, bias, *rest]),
    **dict.fromkeys(
        ("native_batch_norm", *(f"_native_batch_norm_legit{form}" for form in ("", "_no_training", "_functional"))),
        ("batch_norm", lambda *args: [*args[:5], False, *args[-2:]]),
    ),
    "native_dropout": ("dropout", lambda tensor, *rest: [tensor, *rest[:1]]),
}


def apply_operator(
    run: Run, name: str, args: list[Any], kwargs: dict[str, Any], place: Place, batch: int | None
) -> Any:
    """What an operator gives; None where it is not read."""
    if name.startswith("_operator."):
        sign = SIGNS.get(name.removeprefix("_operator."))
        left, right = args
        return run.binary(sign, left, right, place) if sign else None
    call = FunctionCall(run, place, name, batch=batch)
    plain = name.rstrip("_") if name not in OPERATORS else name
    if UPSAMPLE.fullmatch(plain):
        return upsample(call, plain, *args)
    if found := PADDING.fullmatch(plain):
        mode = {"reflection": "reflect", "replication": "replicate"}.get(found[1], found[1])
        return call_function(run, "pad", [*args[:2], mode], {}, place)
    if plain in OPERATORS:
        return OPERATORS[plain](call, *args, **kwargs)
    if plain not in RENAMED:
        return call_function(run, plain, args, kwargs, place)
    function, taken = RENAMED[plain]
    result = call_function(run, function, taken(*args, **kwargs), {}, place)
    return result if plain in SINGLE else (result, *[Opaque("only training uses it", place)] * 2)


def call_function(run: Run, name: str, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
    """A function of this name: that of torch before that of torch.nn.functional, for it has the operator's order."""
    found = layer_function(f"torch.{name}") or layer_function(f"F.{name}")
    if found is not None and found.signature is not None and name not in METHODS and name not in FUNCTIONS:
        words = {key: value for key, value in kwargs.items() if key in found.signature.order}
        return apply_function(FunctionCall(run, place, name), found.signature, args, words)
    function = function_of(name)
    return None if function is None else function(run, args, kwargs, place)


# Sizes that hold the batch


@operator("view reshape _unsafe_view view_copy")
def view(call: FunctionCall, tensor: TensorValue, size: Sequence[Any]) -> Any:
    wanted = sizes_of(call.run, [list(size)], "a size", call.place)
    if call.batch is not None:
        wanted = list(operation_at(call.run, call.place, lambda: new_shape(tensor.shape, wanted, call.batch)))
    return call.on([tensor], lambda trace, each: trace.reshape(each, wanted, call.place))


@operator("expand broadcast_to")
def expand(call: FunctionCall, tensor: TensorValue, size: Sequence[Any], **kwargs: Any) -> Any:
    """Of what has no batch, a first size that is the batch's makes it alike for every example."""
    wanted = sizes_of(call.run, [list(size)], "a size", call.place)
    if call.batch is not None and wanted:
        axis = next((axis for axis, each in enumerate(tensor.shape) if each == BATCH), None)
        if axis is not None and wanted[axis - len(tensor.shape)] == call.batch:
            wanted[axis - len(tensor.shape)] = BATCH
        elif axis is None and wanted[0] == call.batch and len(wanted) > 1:
            wanted[0] = BATCH
    return call.operate(operations.expand, tensor, wanted)


@operator("sym_size")
def sym_size(call: FunctionCall, tensor: TensorValue, dim: Any) -> Any:
    return size_value(tensor.shape[call.axis_of(dim, len(tensor.shape))])


@operator("unflatten")
def unflatten(call: FunctionCall, tensor: TensorValue, dim: Any, sizes: Sequence[Any]) -> Any:
    axis = call.axis_of(dim, len(tensor.shape))
    size = tensor.shape[axis]
    if not isinstance(size, Batch):
        return call_function(call.run, "unflatten", [tensor, dim, list(sizes)], {}, call.place)
    own = [call.batch if each == BATCH and call.batch else each for each in tensor.shape]
    return view(call, tensor, [*own[:axis], *sizes, *own[axis + 1 :]])


# Parts


@operator("slice")
def part(call: FunctionCall, x: TensorValue, dim: Any = 0, start: Any = None, end: Any = None, step: Any = 1) -> Any:
    axis = call.axis_of(dim, len(x.shape))
    first, last = (None if each in (None, END) else plain_size(each) for each in (start, end))
    return call.operate(operations.part, x, axis, first, last, step)


@operator("index")
def index(call: FunctionCall, tensor: TensorValue, indices: Sequence[Any]) -> Any:
    places = tuple(slice(None) if each is None else each for each in indices)
    return item_of(call.run, tensor, places, call.place)


# What gives more than one


@operator("max_pool1d_with_indices max_pool2d_with_indices max_pool3d_with_indices adaptive_max_pool1d "
          "adaptive_max_pool2d adaptive_max_pool3d")  # fmt: skip
def pool(call: FunctionCall, tensor: TensorValue, *args: Any, **kwargs: Any) -> Any:
    found = call_function(call.run, call.name.removesuffix("_with_indices"), [tensor, *args], kwargs, call.place)
    return found, found


# Others


@operator("convolution")
def convolution(
    call: FunctionCall, tensor: Any, weight: TensorValue, bias: Any, stride: Any, padding: Any, dilation: Any,
    transposed: bool, output_padding: Any, groups: Any,
) -> Any:  # fmt: skip
    name = f"conv{'_transpose' * transposed}{len(weight.shape) - 2}d"
    more = [output_padding, groups, dilation] if transposed else [dilation, groups]
    return call_function(call.run, name, [tensor, weight, bias, stride, padding, *more], {}, call.place)


@operator("addmm baddbmm")
def multiply_and_add(call: FunctionCall, added: Any, first: Any, second: Any, **kwargs: Any) -> Any:
    return call.run.binary("+", call_function(call.run, "matmul", [first, second], {}, call.place), added, call.place)


def upsample(call: FunctionCall, name: str, tensor: Any, size: Any = None, *more: Any) -> Any:
    """By sizes or by scales, which come last; between them, where values are found between, whether corners stay."""
    found = UPSAMPLE.fullmatch(name)
    assert found is not None
    mode = found[1].replace("_", "-")
    more = more if mode.startswith("nearest") else more[1:]
    scale = next((each for each in more if isinstance(each, list)), None)
    words = {"size": list(size)} if size is not None else {"scale_factor": scale}
    return call_function(call.run, "interpolate", [tensor], {**words, "mode": mode}, call.place)


@operator(" ".join(RECURRENT))
def recur(
    call: FunctionCall, tensor: TensorValue, hx: Any, params: Sequence[TensorValue], *settings: Any, **more: Any
) -> Any:
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
