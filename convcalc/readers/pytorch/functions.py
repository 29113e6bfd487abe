"""The functions of torch, torch.nn.functional and of tensors by name, whichever table has them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import ceil_divide
from convcalc.algebra.parser import float_text
from convcalc.kinds.activating import DROPOUT
from convcalc.kinds.functions import function_of as layer_function
from convcalc.kinds.normalising import L2NORM
from convcalc.kinds.resampling import ZEROPAD
from convcalc.readers import shorthand
from convcalc.readers.operations import broadcast_shape
from convcalc.readers.python.values import LibraryFunction, Opaque
from convcalc.readers.pytorch import joining, numberwise, sequences, shaping  # noqa: F401 - their functions are in METHODS
from convcalc.readers.pytorch.calls import METHODS, ONLY_METHODS, FunctionCall, call_bound, constant, table_of
from convcalc.readers.pytorch.layers import tensor_of, told_texts
from convcalc.readers.pytorch.numbers import arange, linspace, nested_shape, small_list
from convcalc.readers.pytorch.tensor import (
    OVER_BATCH,
    TensorValue,
    multiply_matrices,
    number_of,
    on_trace,
    operation_at,
    sizes_of,
)
from convcalc.readers.shorthand import Resolved
from convcalc.readers.trace import Batch, Tensor, Trace

if TYPE_CHECKING:
    from convcalc.kinds.classes import Signature
    from convcalc.readers.python.run import Run
    from convcalc.spec import Place

    Bound = Callable[[Run, list[Any], dict[str, Any], Place], Any]

FUNCTIONS: dict[str, Callable[..., Any]] = {}
function = table_of(FUNCTIONS)
NUMBERS_ONLY = frozenset(("inplace", "dtype", "_stacklevel", "antialias"))


def function_of(name: str, is_method: bool = False) -> Bound | None:
    """A function by its name, `relu`, `cat`, or a method of a tensor; None where it is not read."""
    known = METHODS.get(name) or (ONLY_METHODS if is_method else FUNCTIONS).get(name)
    if known is not None:
        return lambda run, args, kwargs, place: call_bound(FunctionCall(run, place, name), known, args, kwargs)
    for prefix in ("Tensor",) if is_method else ("F", "torch"):
        found = layer_function(f"{prefix}.{name}")
        if found is not None and found.signature is not None:
            signed = found.signature
            return lambda run, args, kwargs, place: apply_function(FunctionCall(run, place, name), signed, args, kwargs)
    return None


def method_of(tensor: TensorValue, name: str) -> LibraryFunction | None:
    """A method of a tensor; the one that works in place is the same."""
    found = function_of(name if name in METHODS or not name.endswith("_") else name.rstrip("_"), is_method=True)
    if found is None:
        return None

    def call(run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
        result = found(run, [tensor, *args], kwargs, place)
        return tensor.become(result) if name.endswith("_") and isinstance(result, TensorValue) else result

    return LibraryFunction(f"tensor.{name}", call)


def apply_function(call: FunctionCall, signed: Signature, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """A layer that is written as a function: its tensors are its inputs, its weights say sizes."""
    given = dict(zip(signed.order, args, strict=False)) | kwargs
    if len(args) > len(signed.order):
        raise call.error("TypeError", f"{call.name} takes at most {len(signed.order)} values, here it has {len(args)}")
    inputs: list[TensorValue] = []
    weights: dict[str, Any] = {}
    named: dict[str, Any] = {}
    for name, value in given.items():
        sign = signed.operands.get(name)
        if sign == "@":
            inputs.append(tensor_of(call.run, value, call.name, call.place))
        elif sign == "@@":
            inputs.extend(call.tensors(value))
        elif sign == "%":
            weights[name] = value
        elif name not in NUMBERS_ONLY and signed.sets.get(name) != "" and not (value is None and name != "stride"):
            named[name] = value
    pairs = [*told_texts(call.run, signed, named, call.name, call.place)]
    resolved = Resolved(signed.kind, signed.dims, signed, "torch", is_class=True)
    written = operation_at(call.run, call.place, lambda: shorthand.keywords(resolved, pairs))
    if weights:
        from convcalc.readers.pytorch.weights import apply_with_weights

        return apply_with_weights(call, written, inputs, weights)
    from convcalc.readers.pytorch.applying import with_axes

    def apply(trace: Trace, *nodes: Tensor) -> Tensor:
        layer = with_axes(call.run, written, nodes[0], call.place) if nodes else written
        return trace.add(layer, nodes, call.place)

    return on_trace(call.run, call.place, inputs, apply)


# Numbers made on the spot


@function("zeros ones empty rand randn full")
def make_numbers(call: FunctionCall, *size: Any, **kwargs: Any) -> Any:
    given = size or (kwargs.get("size"),)
    return constant(call, *(given[:1] if call.name == "full" else given))


@function("tensor as_tensor from_numpy asarray Tensor FloatTensor LongTensor scalar_tensor")
def tensor(call: FunctionCall, data: Any = None, *args: Any, **kwargs: Any) -> Any:
    if isinstance(data, (TensorValue, Opaque)):
        return data
    if call.name.endswith("Tensor") and (args or isinstance(data, int)):
        return constant(call, data, *args)
    numbers = small_list(data)
    if numbers is None:
        values = list(call.run.iterate(data, call.place))
        if values and all(isinstance(value, TensorValue) for value in values):
            return TensorValue((len(values), *values[0].shape))
        return Opaque("the numbers of a tensor are not known", call.place)
    return TensorValue(nested_shape(numbers), numbers=numbers)


@function("arange range")
def arange_numbers(call: FunctionCall, start: Any, end: Any = None, step: Any = 1, **kwargs: Any) -> Any:
    given = (0, start, step) if end is None else (start, end, step)
    first, last, gap = (call.number(each, f"an end of {call.name}") for each in given)
    if isinstance(first, Batch) or isinstance(last, Batch) or not gap:
        raise call.error("ValueError", f"how many numbers {call.name} gives is not known")
    last = last + 1 if call.name == "range" else last
    if all(isinstance(each, int) for each in (first, last, gap)):
        numbers = arange(first, last, gap)
        if numbers is not None:
            return TensorValue((len(numbers),), numbers=numbers)
    return TensorValue((ceil_divide(last - first, gap),))


@function("linspace logspace")
def linspace_numbers(call: FunctionCall, start: Any, end: Any, steps: Any = 100, **kwargs: Any) -> Any:
    first, last = call.run.known(start, "start", call.place), call.run.known(end, "end", call.place)
    count = call.number(steps, "steps")
    plain = all(isinstance(each, (int, float)) for each in (first, last)) and isinstance(count, int)
    return TensorValue((count,), numbers=linspace(first, last, count) if plain and call.name == "linspace" else None)


@function("eye")
def eye(call: FunctionCall, n: Any, m: Any = None, **kwargs: Any) -> Any:
    return constant(call, n, n if m is None else m)


@function("Size")
def size(call: FunctionCall, sizes: Any = ()) -> Any:
    return tuple(call.run.iterate(sizes, call.place))


@function("meshgrid")
def meshgrid(call: FunctionCall, *tensors: Any, **kwargs: Any) -> Any:
    found = call.tensors(tensors[0] if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)) else tensors)
    shape = [size for each in found for size in each.shape]
    return tuple(TensorValue(shape) for _ in found)


@function("randperm")
def randperm(call: FunctionCall, n: Any, **kwargs: Any) -> Any:
    return constant(call, n)


@function("multinomial")
def multinomial(call: FunctionCall, input: TensorValue, num_samples: Any, *args: Any, **kwargs: Any) -> Any:
    return TensorValue((*input.shape[:-1], call.number(num_samples, "num_samples")))


@function("randint normal triu_indices tril_indices")
def draw_numbers(call: FunctionCall, *args: Any, size: Any = None, **kwargs: Any) -> Any:
    listed = next((each for each in args if isinstance(each, (list, tuple))), size)
    if listed is None:
        shaped = next((each for each in args if isinstance(each, TensorValue)), None)
        return TensorValue(shaped.shape) if shaped is not None else Opaque(f"{call.name} is not known", call.place)
    return TensorValue(sizes_of(call.run, [listed], "a size", call.place))


# What needs its tensors otherwise


VARIANTS = {
    **{f"dropout{n}d": "channels" for n in (1, 2, 3)}, "feature_dropout": "channels", "alpha_dropout": "alpha",
    "feature_alpha_dropout": "alpha_channels",
}  # fmt: skip


@function(" ".join(("dropout", *VARIANTS)))
def dropout(call: FunctionCall, input: TensorValue, p: Any = 0.5, *args: Any, **kwargs: Any) -> Any:
    told = {"rate": call.number(p, "the rate of a dropout"), "variant": VARIANTS.get(call.name)}
    return call.on([input], lambda trace, node: trace.layer(DROPOUT, told, (node,), call.place, shape=node.shape))


@function("pad")
def pad(call: FunctionCall, input: TensorValue, pad: Any, mode: Any = "constant", value: Any = None) -> Any:
    """Cells before and after the last axes, the last axis first; those of the channels have a key of their own."""
    cells = sizes_of(call.run, [pad], "the cells of a padding", call.place)
    rank = len(input.shape)
    if len(cells) % 2 or len(cells) > 2 * rank:
        raise call.error("ValueError", f"pad has {len(cells)} values for {rank} axes")
    shape = list(input.shape)
    by_axis: dict[int, tuple[Any, Any]] = {}
    for index in range(len(cells) // 2):
        axis, before, after = rank - 1 - index, cells[2 * index], cells[2 * index + 1]
        if (before, after) != (0, 0):
            if isinstance(shape[axis], Batch):
                raise call.error("ValueError", "the batch cannot be padded")
            by_axis[axis] = (before, after)
            shape[axis] = shape[axis] + before + after
    filled = float_text(value) if isinstance(value, (int, float)) else "0"
    told = {"value": filled} if filled != "0" else {}
    return call.on([input], lambda trace, node: pad_cells(trace, node, by_axis, str(mode), shape, call.place, told))


def pad_cells(
    trace: Trace, node: Tensor, by_axis: dict[int, tuple[Any, Any]], mode: str, shape: Sequence[Any], place: Place,
    told: dict[str, Any],
) -> Tensor:  # fmt: skip
    cells = {node.axis(axis): sides for axis, sides in by_axis.items()}
    if not cells:
        return node
    if len(node.sizes) == 1:  # along the only axis, as along the sides of one channel
        wide = trace.reshape(node, (*node.shape[:-1], 1, node.shape[-1]), place)
        more = {len(wide.shape) - 1: sides for sides in cells.values()}
        padded = pad_cells(trace, wide, more, mode, (*shape[:-1], 1, shape[-1]), place, told)
        return trace.reshape(padded, shape, place)
    args: dict[str, Any] = {"amount": [list(cells.get(axis, (0, 0))) for axis in range(2, len(node.sizes) + 1)] or 0}
    if 1 in cells:
        args["channels"] = list(cells[1])
    if mode not in ("constant", "zeros"):
        args["mode"] = mode
    return trace.layer(ZEROPAD, {**args, **told}, (node,), place, shape=shape)


@function("one_hot")
def one_hot(call: FunctionCall, input: TensorValue, num_classes: Any = -1) -> Any:
    return call.looked_up(input, (*input.shape, call.number(num_classes, "num_classes")))


@function("normalize")
def normalize(
    call: FunctionCall, input: TensorValue, p: Any = 2, dim: Any = 1, eps: Any = 1e-12, out: Any = None
) -> Any:
    axis = call.axis_of(dim, len(input.shape))
    told = {key: float_text(value) for key, value in (("power", p), ("eps", eps)) if value not in (2, 1e-12)}

    def norm(trace: Trace, node: Tensor) -> Tensor:
        return trace.layer(L2NORM, {"axis": node.axis(axis), **told}, (node,), call.place, shape=node.shape)

    return call.on([input], norm)


@function("scaled_dot_product_attention")
def attention(
    call: FunctionCall, query: TensorValue, key: TensorValue, value: TensorValue, attn_mask: Any = None,
    dropout_p: Any = 0.0, is_causal: Any = False, scale: Any = None, enable_gqa: Any = False,
) -> Any:  # fmt: skip
    """Every head's steps look at one another: two matrix products for each; the scores are scaled by 1/√e."""
    features = query.shape[-1]
    usual = float_text(features**-0.5) if isinstance(features, int) and features > 0 else None
    factor = usual if scale is None else number_of((scale,))
    scores = multiply_matrices(call.run, query, shaping.transpose(call, key, -2, -1), call.place, factor)
    softmax = function_of("softmax")
    assert softmax is not None
    return multiply_matrices(call.run, softmax(call.run, [scores], {"dim": -1}, call.place), value, call.place)


@function("grid_sample")
def grid_sample(call: FunctionCall, input: TensorValue, grid: TensorValue, *args: Any, **kwargs: Any) -> Any:
    return call.looked_up(input, (*input.shape[:2], *grid.shape[1:-1]))


@function("affine_grid")
def affine_grid(call: FunctionCall, theta: TensorValue, size: Any, *args: Any, **kwargs: Any) -> Any:
    sizes = sizes_of(call.run, [size], "a size", call.place)
    return TensorValue((*sizes[:1], *sizes[2:], len(sizes) - 2))


@function(
    "cross_entropy nll_loss mse_loss l1_loss smooth_l1_loss huber_loss binary_cross_entropy kl_div ctc_loss "
    "binary_cross_entropy_with_logits cosine_embedding_loss triplet_margin_loss poisson_nll_loss gaussian_nll_loss "
    "hinge_embedding_loss margin_ranking_loss multi_margin_loss soft_margin_loss multilabel_margin_loss "
    "triplet_margin_with_distance_loss multilabel_soft_margin_loss"
)
def loss(
    call: FunctionCall, input: TensorValue, target: Any = None, *args: Any, reduction: Any = "mean", **kwargs: Any
) -> Any:
    """One number for all examples."""
    if reduction not in ("mean", "sum", "batchmean"):
        return Opaque(f"{call.name} of each example is not read", call.place)
    return TensorValue((), held=OVER_BATCH)


@function("checkpoint checkpoint_sequential")
def checkpoint(call: FunctionCall, function: Any, *args: Any, **kwargs: Any) -> Any:
    return call.run.call(function, list(args), {}, call.place)


@function("is_tensor")
def is_tensor(call: FunctionCall, value: Any) -> bool:
    return isinstance(value, TensorValue)


# What a program asks about where it runs: on a processor, by itself, and only forwards.
ANSWERS: dict[str, Any] = {
    "is_available": False, "device_count": 0, "current_device": 0, "is_initialized": False, "get_world_size": 1,
    "get_rank": 0, "is_grad_enabled": False, "is_autocast_enabled": False, "is_scripting": False, "is_tracing": False,
    "is_compiling": False, "is_inference_mode_enabled": True,
}  # fmt: skip


@function(" ".join(ANSWERS))
def answer(call: FunctionCall, *args: Any, **kwargs: Any) -> Any:
    return ANSWERS[call.name]


@function("broadcast_tensors")
def broadcast_tensors(call: FunctionCall, *tensors: Any) -> Any:
    found = call.tensors(tensors)
    shape = broadcast_shape([each.shape for each in found])
    return tuple(shaping.expand(call, each, shape) for each in found)
