"""Tensors of a Keras program: symbolic, each the output of a call that is recorded, with the shape that it has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, cast

from convcalc.problem import Problem
from convcalc.readers.keras.network import tensors_in
from convcalc.readers.keras.records import INPUT, KerasCall, KerasLayer, KerasNetwork, KerasTensor
from convcalc.readers.python.limits import STEPS_OF_LAYER
from convcalc.readers.python.values import Foreign, LibraryFunction, Opaque
from convcalc.readers.pytorch.sizes import Size, size_value
from convcalc.readers.trace import BATCH, Batch, Tensor

if TYPE_CHECKING:
    from convcalc.readers.keras.library import Keras
    from convcalc.readers.python.run import Run
    from convcalc.spec import Place

# Operators by the function of Keras that each is.
SIGNS = "+ - * / // % ** @ & |"
FUNCTIONS = "add subtract multiply true_divide floor_divide mod power matmul logical_and logical_or"
OPERATORS = dict(zip(SIGNS.split(), FUNCTIONS.split(), strict=True))


class SymbolicTensor(Foreign):
    """A tensor of a program, which stands for the output of a call."""

    __slots__ = ("end", "place", "tensor")

    def __init__(self, end: KerasTensor, tensor: Tensor | None, place: Place):
        self.end = end
        self.tensor = tensor  # in a trace of which nothing is kept but shapes; None where its layer does not fit
        self.place = place

    def description(self) -> str:
        if self.tensor is None:
            return "a tensor whose layer does not fit"
        return f"a tensor of {' × '.join('batch' if size == BATCH else str(size) for size in self.tensor.shape)}"

    def sizes(self, run: Run, place: Place) -> tuple[Any, ...]:
        """The whole shape; where its layer does not fit, that is what is wrong."""
        if self.tensor is None:
            found = library_of(run).scratch.lines.findings
            if found:
                raise Problem(*found)
            raise run.refusal("P004", "the shape of a tensor is not known", place)
        return self.tensor.shape

    def attribute(self, name: str, run: Run, place: Place) -> Any:
        if name == "shape":
            sizes = self.sizes(run, place)
            return ShapeValue(None if isinstance(size, Batch) else size_value(size) for size in sizes)
        if name in ("ndim", "rank"):
            return len(self.sizes(run, place))
        if name == "get_shape":
            return LibraryFunction(name, lambda run, args, kwargs, place: self.attribute("shape", run, place))
        return Opaque(f"tensor.{name} is not read", place, name)

    def binary(self, operator: str, other: Any, reflected: bool, run: Run, place: Place) -> Any:
        if isinstance(other, Opaque):
            return other
        function = OPERATORS.get(operator)
        if function is None:
            return NotImplemented
        pair = (other, self) if reflected else (self, other)
        return call_function(run, function, list(pair), {}, place)

    def unary(self, operator: str, run: Run, place: Place) -> Any:
        return self if operator == "+" else call_function(run, "negative", [self], {}, place)

    def compare(self, operator: str, other: Any, run: Run, place: Place) -> Any:
        if operator in ("is", "is not") or other is None:
            return NotImplemented
        return call_function(run, "equal", [self, other], {}, place)

    @property
    def constant(self) -> bool:
        """Whether no input has part in it."""
        return self.tensor is not None and self.tensor.constant

    def truth(self, run: Run, place: Place) -> bool:
        raise run.refusal("P021", f"{self.description()} decides what is computed: its numbers are not known", place)

    def item(self, index: Any, run: Run, place: Place) -> Any:
        key = list(index) if isinstance(index, tuple) else [index]
        return call_function(run, "get_item", [self, key], {}, place)

    def length(self, run: Run, place: Place) -> Any:
        return size_value(self.sizes(run, place)[0])

    def iterate(self, run: Run, place: Place) -> Iterator[Any]:
        first = self.sizes(run, place)[0]
        if not isinstance(first, int):
            raise run.refusal("P021", f"{self.description()} cannot be gone through: its length is not known", place)
        return iter([self.item(index, run, place) for index in range(first)])


class ShapeValue(Foreign):
    """The shape of a tensor: a tuple, of which TensorFlow makes a list with a method."""

    __slots__ = ("sizes",)
    called = "the shape of a tensor"
    passes_for = "tuple"

    def __init__(self, sizes: Iterable[Any]):
        self.sizes = tuple(sizes)

    def attribute(self, name: str, run: Run, place: Place) -> Any:
        if name in ("rank", "ndims"):
            return len(self.sizes)
        if name == "as_list":
            return LibraryFunction(name, lambda run, args, kwargs, place: list(self.sizes))
        return run.attribute(self.sizes, name, place)

    def item(self, index: Any, run: Run, place: Place) -> Any:
        return run.item(self.sizes, index, place)

    def iterate(self, run: Run, place: Place) -> Iterator[Any]:
        return iter(self.sizes)

    def length(self, run: Run, place: Place) -> Any:
        return len(self.sizes)

    def binary(self, operator: str, other: Any, reflected: bool, run: Run, place: Place) -> Any:
        other = other.sizes if isinstance(other, ShapeValue) else other
        left, right = (other, self.sizes) if reflected else (self.sizes, other)
        return run.binary(operator, left, right, place)

    def compare(self, operator: str, other: Any, run: Run, place: Place) -> Any:
        return run.compare(operator, self.sizes, other.sizes if isinstance(other, ShapeValue) else other, place)

    def contains(self, value: Any, run: Run, place: Place) -> bool:
        return value in self.sizes


class GraphCall:
    """A call that is recorded."""

    __slots__ = ("call", "index", "layer", "number")

    def __init__(self, layer: KerasLayer, index: int, call: KerasCall, number: int):
        self.layer, self.index, self.call = layer, index, call
        self.number = number  # in the order of all calls


def library_of(run: Run) -> Keras:
    return cast("Keras", run.library)


def plain_value(value: Any, run: Run, place: Place) -> Any:
    """An argument of a call as a record has it."""
    if isinstance(value, Batch):
        return value
    if isinstance(value, SymbolicTensor):
        return value.end
    if isinstance(value, Size):
        return value.value
    if isinstance(value, ShapeValue):
        return plain_value(value.sizes, run, place)
    if isinstance(value, (list, tuple)):
        return [plain_value(each, run, place) for each in value]
    if isinstance(value, dict):
        return {key: plain_value(each, run, place) for key, each in value.items()}
    if isinstance(value, slice):
        return slice(*(plain_value(each, run, place) for each in (value.start, value.stop, value.step)))
    if isinstance(value, Opaque):
        return run.known(value, "an argument of a layer", place)
    return value


def symbolic_tensors(value: Any) -> Iterator[SymbolicTensor]:
    """All tensors in a value of a program."""
    if isinstance(value, SymbolicTensor):
        yield value
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from symbolic_tensors(each)
    elif isinstance(value, dict):
        for each in value.values():
            yield from symbolic_tensors(each)


def record_call(
    run: Run, layer: KerasLayer, args: Sequence[Any], kwargs: dict[str, Any], place: Place, known: Any = None
) -> list[Any]:
    """What a layer or a function gives that is called with values of a program: tensors and sizes.

    `known` are the tensors of its outputs, where these were traced already.
    """
    run.step(place, STEPS_OF_LAYER)
    library = library_of(run)
    call = KerasCall(tuple(plain_value(args, run, place)), plain_value(kwargs, run, place))
    index = library.counts.get(layer.name, 0)
    library.counts[layer.name] = index + 1
    outputs = library.scratch.outputs(layer, call, library.outputs, False) if known is None else known
    library.outputs[layer.name, index] = outputs
    library.calls[layer.name, index] = GraphCall(layer, index, call, len(library.calls))
    found: list[Any] = []
    for number, output in enumerate(outputs):
        value = output() if callable(output) else output
        if value is None or isinstance(value, Tensor):
            found.append(SymbolicTensor(KerasTensor(layer.name, index, number), value, place))
        else:
            found.append(tuple(map(size_value, value)) if isinstance(value, tuple) else size_value(value))
    return found


def call_function(run: Run, function: str, args: Sequence[Any], kwargs: dict[str, Any], place: Place) -> Any:
    """`keras.ops.mean(x)`, `x + y`: recorded like a call of a layer that has no weights."""
    library = library_of(run)
    word = function.rpartition(".")[2].strip("_")
    layer = KerasLayer(library.unique(word), word, place, library.title(word), function=function)
    found = record_call(run, layer, args, kwargs, place)
    return found[0] if len(found) == 1 else found


def constant_tensor(run: Run, shape: Sequence[Any], place: Place) -> SymbolicTensor:
    """Numbers that a program makes, of which only the shape is of interest."""
    found: SymbolicTensor = call_function(run, "constant_tensor", [list(shape)], {}, place)
    return found


def input_tensor(
    run: Run, title: str, shape: Sequence[Any], place: Place, tensor: Tensor | None = None
) -> SymbolicTensor:
    """An input of a network, of which None is the batch, or a side that is left open; or one that is as a tensor."""
    library = library_of(run)
    name = library.unique(title)
    layer = KerasLayer(name, INPUT, place, title, shape=tuple(shape))
    tensor = tensor or library.scratch_input(title, shape, place)
    library.outputs[name, 0] = [tensor]
    library.calls[name, 0] = GraphCall(layer, 0, KerasCall((), {}), len(library.calls))
    return SymbolicTensor(KerasTensor(name, 0, 0), tensor, place)


def network_between(
    run: Run, title: str, inputs: Sequence[SymbolicTensor], outputs: Sequence[tuple[str, SymbolicTensor]], place: Place
) -> KerasNetwork:
    """The network of all calls that lead from some tensors to others."""
    library = library_of(run)
    ends = {(tensor.end.layer, tensor.end.call) for tensor in inputs}
    found: dict[tuple[str, int], GraphCall] = {}
    waiting = [(tensor.end.layer, tensor.end.call) for _, tensor in outputs]
    while waiting:
        run.step(place)
        key = waiting.pop()
        if key in found or key in ends:
            continue
        call = library.calls[key]
        if call.layer.class_name == INPUT:
            message = f"{call.layer.label} is not among the inputs of the model, and its outputs depend on it"
            raise run.error("ValueError", message, place, "name it in inputs=[…]")
        found[key] = call
        waiting.extend((end.layer, end.call) for end in tensors_in((call.call.args, call.call.kwargs)))
    layers: dict[str, KerasLayer] = {}
    for tensor in inputs:
        layer = library.calls[tensor.end.layer, tensor.end.call].layer
        if layer.class_name != INPUT:  # a tensor inside another network
            shape = tuple(size if isinstance(size, int) else None for size in tensor.sizes(run, place))
            layer = layer._replace(class_name=INPUT, network=None, shape=shape, calls={})
        layers[layer.name] = layer
    for call in sorted(found.values(), key=lambda each: each.number):
        layer = layers.get(call.layer.name, call.layer)
        layers[layer.name] = layer._replace(calls={**layer.calls, call.index: call.call})
    return KerasNetwork(
        title, tuple(layers.values()), tuple(tensor.end for tensor in inputs),
        tuple((name, tensor.end) for name, tensor in outputs), True, place,
    )  # fmt: skip
