"""Layers applied to tensors of a program, where PyTorch gives more than one, or takes the axes otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from convcalc.kinds.activating import DROPOUT
from convcalc.readers.python.limits import STEPS_OF_LAYER
from convcalc.readers.pytorch.calls import FunctionCall
from convcalc.readers.pytorch.layers import tensor_of
from convcalc.readers.pytorch.shaping import view
from convcalc.readers.pytorch.tensor import TensorValue, elementwise, library_of, operation_at
from convcalc.readers.pytorch.weights import with_weights
from convcalc.readers.trace import BATCH, Batch, Tensor

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.readers.pytorch.module import State
    from convcalc.spec.model import Place, WrittenLayer

Forward = "Callable[[Run, State, list[Any], dict[str, Any], Place], Any]"


def apply_layer(
    run: Run, state: State, inputs: Sequence[TensorValue], place: Place, shape: Sequence[Any] | None = None,
    written: WrittenLayer | None = None,
) -> TensorValue:  # fmt: skip
    """A layer on its inputs; what was called before has the same weights again."""
    run.step(place, STEPS_OF_LAYER)
    library = library_of(run)
    trace = library.trace
    written = written or state.written
    assert written is not None
    on_examples = bool(written.dims) and len(inputs[0].shape) == written.dims + 2
    is_made = all(each.node is None and not each.held for each in inputs)
    if (library.making and on_examples) or (is_made and written.kind.parameters == "0" and len(inputs) == 1):
        return of_numbers(run, written, inputs[0], on_examples, place)
    nodes = [each.in_trace(run, place) for each in inputs]
    if written.kind.parameters != "0":
        written = with_weights(library, state, written, place)
    name = trace.local(state.path) if state.path else ""
    written = with_axes(written, nodes[0]) if nodes else written
    where = state.place._replace(use=place) if state.place else place
    node = operation_at(run, place, lambda: trace.add(written, nodes, where, name, shape))
    found = TensorValue(node.shape, node)
    weight, bias = state.weights.get("weight"), state.weights.get("bias")
    if isinstance(bias, TensorValue) and ("bias", "no") in written.args:  # of its own, beside weights of another
        axes = (1,) * (written.dims or 0)
        found = elementwise(run, "+", (found, view(FunctionCall(run, place, "bias"), bias, *bias.shape, *axes)), place)
    if id(state) not in library.used:
        library.used.add(id(state))
        library.firsts[id(state)], library.holders[node.name] = node.name, state
        library.count([each for each in (weight, bias) if isinstance(each, TensorValue)], node.name)
    return found


def of_numbers(
    run: Run, written: WrittenLayer, tensor: TensorValue, on_examples: bool, place: Place
) -> TensorValue:  # fmt: skip
    """A layer on numbers made on the spot: only their shape is asked for; the first axis may be so many examples."""
    trace = library_of(run).scratch()
    shape = (BATCH, *tensor.shape[1:]) if on_examples else tensor.shape
    node = operation_at(run, place, lambda: trace.add(written, [trace.input("x", shape, place)], place))
    return TensorValue((tensor.shape[0], *node.shape[1:]) if on_examples else node.shape)


def with_axes(written: WrittenLayer, node: Tensor) -> WrittenLayer:
    """The layer with its axes as layers count them, where the batch is not the first."""
    if node.batch == 0 or not any(key in ("axis", "axes") for key, _ in written.args):
        return written
    args = []
    for key, raw in written.args:
        if key in ("axis", "axes") and isinstance(raw, str) and raw.lstrip("-").isdecimal():
            raw = str(node.axis(int(raw)))
        args.append((key, raw))
    return written._replace(args=tuple(args))


def setting(state: State, name: str, default: Any = None) -> Any:
    found = state.settings.get(name)
    return default if found is None else found


# Recurrent layers


def recur(run: Run, state: State, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
    """(every step, the last states): of an LSTM the last are two."""
    tensor = args[0]
    out = apply_layer(run, state, [tensor], place)
    directions = 2 if setting(state, "bidirectional") else 1
    layers = setting(state, "num_layers", 1)
    hidden = setting(state, "hidden_size")
    batch = next((size for size in tensor.shape if isinstance(size, Batch)), None)
    shape = (directions * layers, *([batch] if batch is not None else []), setting(state, "proj_size") or hidden)
    last = LastStates(shape, out)
    cells = (*shape[:-1], hidden)
    return out, (last, LastStates(cells, out)) if state.named == "LSTM" else last


class LastStates(TensorValue):
    """The last states of a recurrent layer, picked out of its steps when something uses them."""

    __slots__ = ("steps",)

    def __init__(self, shape: Sequence[Any], steps: TensorValue):
        super().__init__(shape)
        self.steps = steps
        self.held = "state"

    def in_trace(self, run: Run, place: Place) -> Tensor:
        if self.node is None:
            found = FunctionCall(run, place, "state").looked_up(self.steps, self.shape)
            self.node = found.in_trace(run, place)
        return self.node


def recur_once(run: Run, state: State, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
    """One step: the state after it, of an LSTM with its cells."""
    out = apply_layer(run, state, args[:1], place)
    return (out, out) if state.named == "LSTMCell" else out


# Attention


def attend(run: Run, state: State, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
    """(what is seen, by how much): the weights are numbers that nobody counts."""
    names = ("query", "key", "value")
    given = dict(zip(names, args, strict=False)) | {name: kwargs[name] for name in names if name in kwargs}
    query, key, value = (tensor_of(run, given.get(name, given["query"]), "attention", place) for name in names)
    inputs = [query] if query is key is value else [query, key] if key is value else [query, key, value]
    out = apply_layer(run, state, inputs, place, query.shape)
    batch = [size for size in query.shape if size == BATCH]
    return out, TensorValue((*batch, query.shape[-2], key.shape[-2]))


def transform(run: Run, state: State, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
    """A layer of a transformer: one input, or the steps that it decodes and those that it looks at."""
    given = [each for each in (*args[:2], kwargs.get("src"), kwargs.get("tgt"), kwargs.get("memory"))
             if isinstance(each, TensorValue)]  # fmt: skip
    count = 1 if state.named == "TransformerEncoderLayer" else 2
    inputs = given[:count]
    shape = inputs[-1 if state.named == "Transformer" and count == 2 else 0].shape
    return apply_layer(run, state, inputs, place, shape)


# Others


def look_up(run: Run, state: State, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
    """An embedding: an axis more, of the features."""
    tensor = args[0] if args else kwargs["input"]
    features = setting(state, "embedding_dim")
    bag = state.named == "EmbeddingBag"
    shape = (*(tensor.shape[:1] if bag else tensor.shape), features)
    return apply_layer(run, state, [tensor], place, shape)


def combine(run: Run, state: State, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
    """Two inputs."""
    return apply_layer(run, state, args[:2], place)


def pool(run: Run, state: State, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
    """The largest, with where they were if that is asked for."""
    found = apply_layer(run, state, args[:1], place)
    return (found, TensorValue(found.shape, found.node)) if setting(state, "return_indices") is True else found


def unpool(run: Run, state: State, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
    written, size = state.written, kwargs.get("output_size")
    assert written is not None
    if size is not None:
        sides = tuple(str(each) for each in list(run.iterate(size, place))[-(written.dims or 2) :])
        written = written._replace(args=(*(pair for pair in written.args if pair[0] != "output"), ("output", sides)))
    return apply_layer(run, state, args[:1], place, written=written)


def flatten(run: Run, state: State, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
    from convcalc.readers.pytorch.shaping import flatten as flattened

    start, end = setting(state, "start_dim", 1), setting(state, "end_dim", -1)
    return mark_used(run, state, flattened(call_of(run, state, place), args[0], start, end))


def unflatten(run: Run, state: State, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
    from convcalc.readers.pytorch.shaping import unflatten as folded

    sizes = [pair[1] if isinstance(pair, tuple) else pair for pair in setting(state, "unflattened_size")]
    call = call_of(run, state, place)
    return mark_used(run, state, folded(call, args[0], setting(state, "dim"), sizes))


def permute(run: Run, state: State, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
    from convcalc.readers.pytorch.shaping import permute as permuted

    return permuted(call_of(run, state, place), args[0], setting(state, "dims"))


def call_of(run: Run, state: State, place: Place) -> FunctionCall:
    """The function that a module is, with the module's name."""
    name = library_of(run).trace.local(state.path) if state.path else ""
    return FunctionCall(run, place, f"nn.{state.named}", name)


def mark_used(run: Run, state: State, found: Any) -> Any:
    library_of(run).used.add(id(state))
    return found


def pass_on(run: Run, state: State, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
    """What changes nothing: a layer of the table all the same, where it gets a tensor."""
    if not args or not isinstance(args[0], TensorValue) or args[0].node is None:
        return args[0] if args else None
    return apply_layer(run, state, args[:1], place, args[0].shape)


def drop(run: Run, state: State, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
    written = state.written
    assert written is not None
    plain = written._replace(dims=0) if written.kind is DROPOUT else written  # of channels on a vector, too
    return apply_layer(run, state, args[:1], place, args[0].shape, plain)


def stretch_to(run: Run, state: State, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
    """A transposed convolution to an output of this size."""
    written, size = state.written, kwargs.get("output_size", args[1] if len(args) > 1 else None)
    assert written is not None
    if size is not None:
        from convcalc.readers.pytorch.sizes import plain_size

        sides = [plain_size(each) for each in run.iterate(size, place)][-written.dims :]
        usual = apply_shape(run, state, args[0])
        more = tuple(str(side - own) for side, own in zip(sides, usual[-written.dims :], strict=True))
        written = written._replace(
            args=(*(p for p in written.args if p[0] != "output_padding"), ("output_padding", more))
        )
    return apply_layer(run, state, args[:1], place, written=written)


def apply_shape(run: Run, state: State, tensor: TensorValue) -> tuple[Any, ...]:
    """The shape that a layer would give."""
    trace = library_of(run).scratch()
    assert state.written is not None and tensor.node is not None
    place = tensor.place
    return trace.add(state.written, [trace.input("x", tensor.shape, place)], place).shape  # type: ignore[arg-type]


FORWARD: dict[str, Any] = {
    **dict.fromkeys(("LSTM", "GRU", "RNN"), recur),
    **dict.fromkeys(("LSTMCell", "GRUCell", "RNNCell"), recur_once),
    "MultiheadAttention": attend,
    **dict.fromkeys(("TransformerEncoderLayer", "TransformerDecoderLayer", "Transformer"), transform),
    **dict.fromkeys(("Embedding", "EmbeddingBag"), look_up),
    "Bilinear": combine,
    **dict.fromkeys([f"{kind}{n}d" for kind in ("MaxPool", "AdaptiveMaxPool", "FractionalMaxPool") for n in (1, 2, 3)],
                    pool),
    **dict.fromkeys([f"MaxUnpool{n}d" for n in (1, 2, 3)], unpool),
    **dict.fromkeys([f"ConvTranspose{n}d" for n in (1, 2, 3)], stretch_to),
    "Flatten": flatten, "Unflatten": unflatten, "Permute": permute, "Identity": pass_on,
    **dict.fromkeys(("Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout", "DropPath", "StochasticDepth"),
                    drop),
}  # fmt: skip
