"""Layers applied to tensors of a program, where PyTorch gives more than one, or takes the axes otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from convcalc.kinds.activating import DROPOUT
from convcalc.readers.python.limits import STEPS_OF_LAYER
from convcalc.readers.pytorch import shaping
from convcalc.readers.pytorch.calls import FunctionCall
from convcalc.readers.pytorch.sequences import PackedSeries, series_of
from convcalc.readers.pytorch.tensor import (
    OVER_BATCH,
    STATE,
    TensorValue,
    elementwise,
    library_of,
    operation_at,
    sizes_of,
)
from convcalc.readers.pytorch.weights import with_value, with_weights
from convcalc.readers.trace import BATCH, Batch, Tensor

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.readers.pytorch.module import State
    from convcalc.spec import Place, WrittenLayer


def apply_layer(
    run: Run, state: State, inputs: Sequence[TensorValue], place: Place, shape: Sequence[Any] | None = None,
    written: WrittenLayer | None = None,
) -> TensorValue:  # fmt: skip
    """A layer on its inputs; what was called before has the same weights again."""
    run.step(place, STEPS_OF_LAYER)
    library = library_of(run)
    trace = library.trace
    written = written or state.layer
    on_examples = bool(written.dims) and len(inputs[0].shape) == written.dims + 2
    is_made = all(each.node is None and not each.held for each in inputs)
    if (library.making and on_examples) or (is_made and written.kind.parameters == "0" and len(inputs) == 1):
        return of_numbers(run, written, inputs[0], on_examples, place)
    if inputs and inputs[0].held == OVER_BATCH and written.kind.parameters == "0":
        return TensorValue(usual_shape(run, written, inputs[0].shape, place), held=OVER_BATCH)
    nodes = [each.in_trace(run, place) for each in inputs]
    if written.kind.parameters != "0":
        written = with_weights(library, state, written, place)
    name = trace.local(state.path) if state.path else ""
    written = with_axes(run, written, nodes[0], place) if nodes else written
    where = state.place._replace(use=place) if state.place else place
    node = operation_at(
        run, place, lambda: trace.add(written, nodes, where, name, shape, unread=state.error is not None)
    )
    found = TensorValue(node.shape, node)
    library.note(state.error)
    weight, bias = state.weights.get("weight"), state.weights.get("bias")
    if isinstance(bias, TensorValue) and ("bias", "no") in written.args:  # of its own, beside weights of another
        shape = (*bias.shape, *(1,) * (written.dims or 0))
        found = elementwise(run, "+", (found, shaping.view(FunctionCall(run, place, "bias"), bias, shape)), place)
    if id(state) not in library.used:
        layer = node.name if written.kind.parameters == "0" else trace.learner
        library.used.add(id(state))
        library.firsts[id(state)], library.holders[layer] = layer, state
        library.count([each for each in (weight, bias) if isinstance(each, TensorValue)], layer)
    return found


def of_numbers(run: Run, written: WrittenLayer, tensor: TensorValue, on_examples: bool, place: Place) -> TensorValue:
    """A layer on numbers made on the spot: only their shape is asked for; the first axis may be so many examples."""
    shape = usual_shape(run, written, (BATCH, *tensor.shape[1:]) if on_examples else tensor.shape, place)
    return TensorValue((tensor.shape[0], *shape[1:]) if on_examples else shape)


def usual_shape(run: Run, written: WrittenLayer, shape: Sequence[Any], place: Place) -> tuple[Any, ...]:
    """The shape that a layer would give."""
    trace = library_of(run).scratch()
    node: Tensor = operation_at(run, place, lambda: trace.add(written, [trace.input("x", shape, place)], place))
    return node.shape


def with_axes(run: Run, written: WrittenLayer, node: Tensor, place: Place) -> WrittenLayer:
    """The layer with its axes as layers count them; an IndexError where a tensor does not have one."""
    if not any(key in ("axis", "axes") for key, _ in written.args):
        return written
    args, rank = [], len(node.shape)
    for key, raw in written.args:
        if key in ("axis", "axes") and isinstance(raw, str) and raw.lstrip("-").isdecimal():
            axis = int(raw)
            if not -rank <= axis < rank:
                message = f"{written.kind.name}: there is no axis {axis}, the tensor has {rank}"
                raise run.error("IndexError", message, place, f"dim={rank - 1} is the last" if rank > 1 else "")
            raw = raw if node.batch == 0 else str(node.axis(axis))
        args.append((key, raw))
    return written._replace(args=tuple(args))


def setting(state: State, name: str, default: Any = None) -> Any:
    found = state.settings.get(name)
    return default if found is None else found


def apply_to(call: FunctionCall, input: TensorValue) -> TensorValue:
    """A layer on the one tensor that it takes."""
    return apply_layer(call.run, call.state, [input], call.place)


def apply_to_series(call: FunctionCall, *inputs: TensorValue) -> TensorValue:
    """A layer whose output is as the first of its inputs, which are series."""
    series_of(call, inputs[0])
    return apply_layer(call.run, call.state, inputs, call.place, inputs[0].shape)


def call_of(run: Run, module: Any, place: Place) -> FunctionCall:
    """The function that a module is, with the module's name."""
    state: State = module.state
    name = library_of(run).trace.local(state.path) if state.path else ""
    return FunctionCall(run, place, f"nn.{state.named}", name, module)


# Recurrent layers


def recur(call: FunctionCall, input: TensorValue, hx: Any = None) -> Any:
    """(every step, the last states): of an LSTM the last are two."""
    state, series = call.state, series_of(call, input)
    out = apply_to(call, input)
    directions = 2 if setting(state, "bidirectional") else 1
    hidden = setting(state, "hidden_size")
    first = (directions * setting(state, "num_layers", 1), *series.batch)
    shape, cells = (*first, setting(state, "proj_size") or hidden), (*first, hidden)
    check_states(call, hx, (shape, cells) if state.named == "LSTM" else (shape,))
    last = LastStates(shape, out)
    out = PackedSeries(out, input.batch_first) if isinstance(input, PackedSeries) else out
    return out, (last, LastStates(cells, out)) if state.named == "LSTM" else last


def check_states(call: FunctionCall, hx: Any, shapes: Sequence[tuple[Any, ...]]) -> None:
    """Raise where the states that a series begins with are of another shape: one example may stand for a batch."""
    given = hx if isinstance(hx, tuple) else (hx,)
    for held, shape in zip(given, shapes, strict=False):
        if not isinstance(held, TensorValue) or held.held == STATE:
            continue
        pairs = zip(held.shape, shape, strict=False)
        if len(held.shape) != len(shape) or any(a != b and not (a == 1 and isinstance(b, Batch)) for a, b in pairs):
            message = f"the states of {call.name} must be {TensorValue(shape).description()}"
            mixed = library_of(call.run).mixed.values()
            hint = next(iter(mixed)).hint if mixed else ""
            raise call.run.error("RuntimeError", f"{message}, here {held.description()} is given", call.place, hint)


class LastStates(TensorValue):
    """The last states of a recurrent layer, or the weights of attention: picked out when something uses them."""

    __slots__ = ("steps",)

    def __init__(self, shape: Sequence[Any], steps: TensorValue):
        super().__init__(shape, held=STATE)
        self.steps = steps

    def in_trace(self, run: Run, place: Place) -> Tensor:
        if self.node is None:
            self.node = FunctionCall(run, place, "state").looked_up(self.steps, self.shape).in_trace(run, place)
        return self.node


def recur_once(call: FunctionCall, input: TensorValue, hx: Any = None) -> Any:
    """One step: the state after it, of an LSTM with its cells."""
    out = apply_to(call, input)
    return (out, out) if call.state.named == "LSTMCell" else out


# Attention


def attend(
    call: FunctionCall, query: TensorValue, key: TensorValue, value: TensorValue, *masks: Any, **settings: Any
) -> Any:
    """(what is seen, by how much)."""
    inputs = [query] if query is key is value else [query, key] if key is value else [query, key, value]
    asking, looking = series_of(call, query), series_of(call, key)
    out = apply_layer(call.run, call.state, inputs, call.place, query.shape)
    if settings.get("need_weights") is False:
        return out, None
    heads = () if settings.get("average_attn_weights", True) else (setting(call.state, "num_heads"),)
    return out, LastStates((*asking.batch, *heads, asking.steps, looking.steps), out)


def encode(call: FunctionCall, src: TensorValue, *masks: Any, **settings: Any) -> Any:
    """A layer of a transformer whose steps look at one another."""
    return apply_to_series(call, src)


def decode(call: FunctionCall, tgt: TensorValue, memory: TensorValue, *masks: Any, **settings: Any) -> Any:
    """One whose steps look at those of another, too."""
    return apply_to_series(call, tgt, memory)


def transform(call: FunctionCall, src: TensorValue, tgt: TensorValue, *masks: Any, **settings: Any) -> Any:
    series_of(call, src)
    return apply_layer(call.run, call.state, [src, tgt], call.place, tgt.shape)


# Others


def look_up(call: FunctionCall, input: TensorValue, offsets: Any = None, per_sample_weights: Any = None) -> Any:
    """An embedding: an axis more, of the features."""
    shape = input.shape[:1] if call.state.named == "EmbeddingBag" else input.shape
    return apply_layer(call.run, call.state, [input], call.place, (*shape, setting(call.state, "embedding_dim")))


def combine(call: FunctionCall, input1: TensorValue, input2: TensorValue) -> Any:
    """Two inputs."""
    return apply_layer(call.run, call.state, [input1, input2], call.place)


def pool(call: FunctionCall, input: TensorValue) -> Any:
    """The largest, with where they were if that is asked for."""
    found = apply_to(call, input)
    return (found, TensorValue(found.shape, found.node)) if setting(call.state, "return_indices") is True else found


def unpool(call: FunctionCall, input: TensorValue, indices: Any, output_size: Any = None) -> Any:
    written = call.state.layer
    if output_size is not None:
        sides = tuple(str(each) for each in call.run.elements_of(output_size, call.place)[-(written.dims or 2) :])
        written = with_value(written, "output", sides)
    return apply_layer(call.run, call.state, [input], call.place, written=written)


def flatten(call: FunctionCall, input: TensorValue) -> Any:
    start, end = setting(call.state, "start_dim", 1), setting(call.state, "end_dim", -1)
    return mark_used(call, shaping.flatten(call, input, start, end))


def unflatten(call: FunctionCall, input: TensorValue) -> Any:
    given = call.run.elements_of(setting(call.state, "unflattened_size"), call.place)
    sizes = [pair[1] if isinstance(pair, tuple) and len(pair) > 1 else pair for pair in given]
    return mark_used(call, shaping.unflatten(call, input, setting(call.state, "dim"), sizes))


def permute(call: FunctionCall, x: TensorValue) -> Any:
    return shaping.permute(call, x, setting(call.state, "dims"))


def mark_used(call: FunctionCall, found: Any) -> Any:
    library_of(call.run).used.add(id(call.state))
    return found


def pass_on(call: FunctionCall, input: Any) -> Any:
    """What changes nothing: a layer of the table all the same, where it gets a tensor."""
    if not isinstance(input, TensorValue) or input.node is None:
        return input
    return apply_layer(call.run, call.state, [input], call.place, input.shape)


def drop(call: FunctionCall, input: TensorValue) -> Any:
    written = call.state.layer
    plain = written._replace(dims=0) if written.kind is DROPOUT else written  # of channels on a vector, too
    return apply_layer(call.run, call.state, [input], call.place, input.shape, plain)


def normalise(call: FunctionCall, input: TensorValue) -> Any:
    """Each channel by itself, which a tensor of one axis has not."""
    if len(input.shape) < 2:
        merging = input.node.merging if input.node is not None else None
        message = f"{call.name} takes batch × channels, here it gets {input.description()}"
        raise call.run.error("ValueError", message, call.place, merging.hint if merging else "")
    return apply_to(call, input)


def stretch_to(call: FunctionCall, input: TensorValue, output_size: Any = None) -> Any:
    """A transposed convolution to an output of this size."""
    written = call.state.layer
    if output_size is not None:
        sides = sizes_of(call.run, [output_size], "a side of output_size", call.place)[-written.dims :]
        usual = usual_shape(call.run, written, input.shape, call.place)[-written.dims :]
        if len(sides) != len(usual):
            raise call.error("ValueError", f"output_size of {call.name} has {len(sides)} sides for {len(usual)} axes")
        more = tuple(str(side - own) for side, own in zip(sides, usual, strict=True))
        written = with_value(written, "output_padding", more)
    return apply_layer(call.run, call.state, [input], call.place, written=written)


FORWARD: dict[str, Any] = {
    **dict.fromkeys(("LSTM", "GRU", "RNN"), recur),
    **dict.fromkeys(("LSTMCell", "GRUCell", "RNNCell"), recur_once),
    "MultiheadAttention": attend,
    "TransformerEncoderLayer": encode, "TransformerDecoderLayer": decode, "Transformer": transform,
    **dict.fromkeys(("Embedding", "EmbeddingBag"), look_up),
    "Bilinear": combine,
    **dict.fromkeys([f"{kind}{n}d" for kind in ("MaxPool", "AdaptiveMaxPool", "FractionalMaxPool") for n in (1, 2, 3)],
                    pool),
    **dict.fromkeys([f"MaxUnpool{n}d" for n in (1, 2, 3)], unpool),
    **dict.fromkeys([f"ConvTranspose{n}d" for n in (1, 2, 3)], stretch_to),
    **dict.fromkeys(("BatchNorm1d", "GroupNorm"), normalise),
    "Flatten": flatten, "Unflatten": unflatten, "Permute": permute, "Identity": pass_on,
    **dict.fromkeys(("Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout", "DropPath", "StochasticDepth"),
                    drop),
}  # fmt: skip
