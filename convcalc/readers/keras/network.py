"""The networks of a Keras configuration, called one layer after another on tensors."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any, TypeAlias

from convcalc.problem import Problem, Source, problem
from convcalc.readers import operations
from convcalc.readers.inputs import tensors_of_inputs
from convcalc.readers.keras.layers import LayerReading, items_of, said_of
from convcalc.readers.keras.records import MAX_LAYERS, KerasCall, KerasLayer, KerasNetwork, KerasTensor
from convcalc.readers.line import LineReader
from convcalc.readers.trace import Stopped, Tensor, Trace
from convcalc.spec import BrokenItem, Item, Items, LayerItem, Place, RepeatItem, Spec, map_items, reword
from convcalc.spec.blocks import check_extent, repeats
from convcalc.spec.layout import SIDES
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.readers.keras.records import WholeShape
    from convcalc.spec.choices import Choices

    # Of a call: tensors, sizes, or what makes a tensor when it is needed; None is one that could not be computed.
    Outputs: TypeAlias = list[Any]
    Calls: TypeAlias = dict[tuple[str, int], Outputs]  # by layer, and which of its calls

HELD = frozenset(("learnt_numbers", "kept_numbers", "constant_tensor"))  # functions that make what is held
RECURRENT = "recurrent"  # the rules of kinds whose states are inputs too
# Classes that are called with these tensors in this order, and the order of their kinds.
LOOKING = frozenset(("MultiHeadAttention", "GroupQueryAttention", "Attention", "AdditiveAttention"))
THEIRS, OURS = ("query", "value", "key"), ("query", "key", "value")


class DeclaredInput(NamedTuple):
    """What goes into a network of a configuration."""

    name: str
    shape: WholeShape | None  # None where the file does not say it
    place: Place


def declared_inputs(network: KerasNetwork) -> list[DeclaredInput]:
    layers = {layer.name: layer for layer in network.layers}
    ends = [layers[end.layer] for end in network.inputs]
    found: dict[str, DeclaredInput] = {}
    for layer in ends:
        name, count = fitting_name(layer.label), 1
        while name in found:
            count += 1
            name = f"{fitting_name(layer.label)}_{count}"
        found[name] = DeclaredInput(name, layer.shape, layer.place)
    return list(found.values())


def tensors_declared(trace: Trace, declared: list[DeclaredInput], choices: Choices) -> list[Tensor]:
    """The inputs of a run: as they are declared, or as `--input` has them."""
    raws = [(each.name, open_sides(each.shape, index), each.place) for index, each in enumerate(declared)]
    return tensors_of_inputs(trace, raws, choices)


def open_sides(shape: WholeShape | None, index: int) -> tuple[str, ...] | str:
    """A shape without its batch, with letters for the sides that are open: H and W, of a second input H2 and W2."""
    sizes = (shape or ())[1:]
    letters = (*SIDES.get(max(len(sizes) - 1, 1), "XYZUVW"), "C")
    return (
        tuple(
            str(size) if size is not None else f"{letter}{index + 1}" if index else letter
            for letter, size in zip(letters, sizes, strict=False)
        )
        or ""
    )


def fitting_name(name: str) -> str:
    """A name that an input may have."""
    fitting = re.sub(r"[^\w.-]", "_", name)
    return fitting if fitting[:1].isalpha() or fitting[:1] == "_" else f"input_{fitting}"


class NetworkTracer:
    """Calls the layers of a network, each with its inputs, and its weights where it was called before."""

    def __init__(self, source: Source, choices: Choices, layout: str):
        self.source, self.choices, self.layout = source, choices, layout
        self.trace = Trace(source, "keras", layout == "channels_last")
        self.lines = LineReader(source, "keras")
        self.reading = LayerReading(self.lines, choices.args, set(), self.inner_items)
        self.numbers: dict[str, Tensor] = {}  # that the network holds itself, by the name of what makes them
        self.count = 0  # of calls
        self.called: dict[int, Sequence[str]] = {}  # by layer: the names that its parts got when it was first called

    def spec(self, network: KerasNetwork) -> Spec:
        """The Spec of a network with its own inputs, or those of the run."""
        declared = declared_inputs(network)
        if not self.choices.inputs and not all(each.shape for each in declared):
            raise self.fail("L004", "the configuration does not say what goes in", "--input 28x28x1", network)
        tensors = tensors_declared(self.trace, declared, self.choices)
        given = {name: tensor for name, tensor in self.network(network, tensors) if isinstance(tensor, Tensor)}
        outputs = {name: tensor for name, tensor in given.items() if tensor not in tensors} or given
        spec = self.trace.spec(tuple(outputs.items()))
        return spec._replace(diagnostics=(*spec.diagnostics, *self.lines.findings))

    def fail(self, code: str, message: str, hint: str, what: KerasNetwork | KerasLayer) -> Problem:
        return problem(code, message, hint, what.place.mark(self.source))

    # Networks

    def network(
        self, network: KerasNetwork, tensors: Sequence[Tensor], frozen: bool = False
    ) -> list[tuple[str, Tensor | None]]:
        """The outputs of a network by their names."""
        frozen = frozen or not network.trainable
        if len(tensors) != len(network.inputs):
            message = f"{network.name[:60]} has {len(network.inputs)} inputs, here are {len(tensors)}"
            raise self.fail("C030", message, "as many as it has", network)
        calls: Calls = {(end.layer, end.call): [tensor] for end, tensor in zip(network.inputs, tensors, strict=True)}
        listed = [
            (layer, index, call, iter(list(tensors_in((call.args, call.kwargs)))))
            for layer in network.layers for index, call in layer.calls.items() if (layer.name, index) not in calls
        ]  # fmt: skip
        ready = list(range(len(listed)))
        waiting: dict[tuple[str, int], list[int]] = {}  # by the call that each needs
        while ready:
            number = heappop(ready)
            layer, index, call, ends = listed[number]
            needed = next((end for end in ends if (end.layer, end.call) not in calls), None)
            if needed is not None:
                waiting.setdefault((needed.layer, needed.call), []).append(number)
                continue
            found = self.outputs(layer, call, calls, frozen)
            # TensorFlow.js counts the making of a network as a call of it.
            indices = (index,) if layer.network is None else (index, len(layer.calls))
            for key in ((layer.name, each) for each in indices):
                calls.setdefault(key, found)
                for later in waiting.pop(key, ()):
                    heappush(ready, later)
        if waiting:
            layer = listed[min(map(min, waiting.values()))][0]
            message = f"{layer.name[:60]} needs what no layer gives before it"
            raise self.fail("Y051", message, 'save the model again: model.save("net.keras")', layer)
        titles = {layer.name: layer.label for layer in network.layers}
        return [(name or titles[end.layer], self.tensor(calls, end, network)) for name, end in network.outputs]

    def tensor(self, calls: Calls, end: KerasTensor, user: KerasNetwork | KerasLayer) -> Any:
        """The output of a layer that is meant, None where it could not be computed."""
        outputs = calls.get((end.layer, end.call), [])
        if end.output < len(outputs):
            found = outputs[end.output]
            return found() if callable(found) else found
        if outputs and outputs[0] is None:
            return None
        message = f"output {end.output} of {end.layer[:60]} is not read, here it is needed"
        raise self.fail("K003", message, "only the first output of such a layer is known", user)

    # Calls

    def outputs(self, layer: KerasLayer, call: KerasCall, calls: Calls, frozen: bool) -> Outputs:
        """What a call gives; where it cannot be read, that is noted, and what needs it is left out."""
        self.count += 1
        if self.count > MAX_LAYERS:
            raise self.fail("Y051", f"more than {MAX_LAYERS:,} layers are called", "a smaller network", layer)
        called = CalledLayer(self.trace, self.called.get(layer.key, ()))
        try:
            if layer.function and not said_of(self.reading, layer):
                return self.operation(layer, call, calls)
            tensors = [self.tensor(calls, end, layer) for end in call_tensors(layer, call)]
            known = [tensor for tensor in tensors if tensor is not None]
            if len(known) < len(tensors):
                return [None]
            if layer.network is not None and not said_of(self.reading, layer):
                with self.trace.group(layer.label, layer.place):
                    return [tensor for _, tensor in self.network(layer.network, known, frozen)]
            items = items_of(self.reading, layer, frozen, layer.label)
            check_extent(items, {}, self.trace.names)
            if call.kwargs.get("use_causal_mask") is True:
                items = tuple(with_value(item, "causal", "yes") for item in items)
            called.tensors.update(zip(("",), known, strict=False))
            found = called.run(items, known)
            return [found, *states_of(self.trace, layer, found)]
        except Stopped:
            return [None]
        except Problem as error:
            self.lines.note(error, layer.place)
            self.trace.groups[-1].items.append(BrokenItem(layer.label, layer.place))
            return [None]
        finally:
            self.called.setdefault(layer.key, called.names)

    def operation(self, layer: KerasLayer, call: KerasCall, calls: Calls) -> Outputs:
        """What a function gives that was called on tensors, with the name that it has in the file."""
        from convcalc.readers.keras.operations import OperationCall, apply_operation

        if any(self.tensor(calls, end, layer) is None for end in tensors_in((call.args, call.kwargs))):
            return [None]

        def known(value: Any) -> Any:
            if isinstance(value, KerasTensor):
                return self.tensor(calls, value, layer)
            if isinstance(value, list):
                return [known(each) for each in value]
            return value

        if layer.name in self.numbers:
            return [self.numbers[layer.name]]
        given = {**layer.config, **call.kwargs}
        kwargs = {name: known(value) for name, value in given.items() if name not in ("name", "trainable", "function")}
        called = OperationCall(self.trace, layer.place, layer.function)
        found = apply_operation(called, list(map(known, call.args)), kwargs)
        if isinstance(found, Tensor):
            self.trace.rename(found, layer.label)
        if layer.function in HELD:
            self.numbers[layer.name] = found
        return found if isinstance(found, list) else [found]

    def inner_items(self, layer: KerasLayer) -> Items:
        """The items of a network inside a wrapper, traced on its own input, which is called "" in them."""
        assert layer.network is not None
        declared = declared_inputs(layer.network)
        if len(declared) > 1 or declared[0].shape is None:
            what = "has several inputs" if len(declared) > 1 else "not built"
            message = f"{layer.name[:60]} is wrapped, and {what}"
            raise self.fail("C060", message, "save the model again after it was called", layer)
        tracer = NetworkTracer(self.source, self.choices._replace(inputs={}), self.layout)
        tracer.count = self.count
        spec = tracer.spec(layer.network)
        self.count = tracer.count
        if spec.diagnostics:
            raise Problem(*spec.diagnostics)
        name = tracer.trace.inputs[0][0]

        def inside(item: Item) -> Item:
            if not isinstance(item, LayerItem):
                return item
            return reword(item, source=tuple("" if each == name else each for each in item.source))

        return map_items(spec.items, inside)


class CalledLayer:
    """One call of a layer, whose parts are added to a trace: their full names, and whose weights they use."""

    def __init__(self, trace: Trace, shared: Sequence[str]):
        self.trace, self.shared = trace, shared
        self.names: list[str] = []
        self.tensors: dict[str, Tensor] = {}  # by the names of parts in their own network, "" being what goes in

    def run(self, items: Items, inputs: list[Tensor], path: str = "") -> Tensor:
        """What items give, one after another; Stopped where one of them is broken."""
        key = ""
        for item in items:
            if isinstance(item, RepeatItem) and item.name:
                with self.trace.group(item.name, item.place):
                    inputs = [self.run((item._replace(name=""),), inputs, f"{path}{item.name}.")]
            elif isinstance(item, RepeatItem):
                times: Any = repeats(item, self.trace.names)  # a program has numbers
                for _ in range(times):
                    inputs = [self.run(item.items, inputs, path)]
            elif isinstance(item, LayerItem):
                written = item.written
                inputs = [self.source(name, path) for name in written.source] or inputs
                if written.kind.rules == RECURRENT:
                    inputs = inputs[:1]
                if self.shared and written.kind.parameters != "0":
                    written = written._replace(weights=self.shared[len(self.names)])
                inputs = [self.trace.add(written, inputs, item.place, item.name, activates=item.activates)]
                self.names.append(inputs[0].name)
                key = key if item.activates else f"{path}{item.name}"
                self.tensors[key] = inputs[0]
            else:
                self.trace.groups[-1].items.append(item)
                raise Stopped()
        return inputs[0]

    def source(self, name: str, path: str) -> Tensor:
        """The tensor of a name: in the group that has this path, else in those around it."""
        while path and path + name not in self.tensors:
            path = path[: path[:-1].rfind(".") + 1]
        return self.tensors[path + name]


def states_of(trace: Trace, layer: KerasLayer, out: Tensor) -> list[Any]:
    """The last states of a recurrent layer that gives them, each picked out of its steps when it is needed."""
    inner = layer.inner.get("layer", layer)
    if inner.config.get("return_state") is not True:
        return []
    directions = [0, 1] if inner is not layer and layer.config.get("merge_mode", "concat") == "concat" else [None]

    def state(direction: int | None) -> Tensor:
        last = operations.select(trace, out, 1, -1, layer.place) if inner.config.get("return_sequences") else out
        if direction is None:
            return last
        units = inner.config.get("units")
        start, stop = (0, units) if direction == 0 else (units, None)
        return operations.part(trace, last, -1, start, stop, 1, layer.place)

    each = 2 if "LSTM" in inner.class_name else 1  # the state, and the memory
    return [partial(state, direction) for direction in directions for _ in range(each)]


def with_value(item: Item, key: str, value: str) -> Item:
    if not isinstance(item, LayerItem):
        return item
    return item._replace(written=item.written._replace(args=(*item.written.args, (key, value))))


def call_tensors(layer: KerasLayer, call: KerasCall) -> list[KerasTensor]:
    """The tensors that a layer works on, in the order of its kind; masks and states are no such."""
    if layer.class_name not in LOOKING:
        return list(tensors_in(call.args[:1])) or list(tensors_in(call.kwargs))
    found = dict(zip(THEIRS, tensors_in(call.args), strict=False))
    found.update((role, tensor) for role in THEIRS for tensor in tensors_in(call.kwargs.get(role)))
    return [found[role] for role in OURS if role in found]


def tensors_in(value: Any) -> Iterator[KerasTensor]:
    """All tensors in the arguments of a call."""
    if isinstance(value, KerasTensor):
        yield value
    elif isinstance(value, (list, tuple, Mapping)):
        for each in value.values() if isinstance(value, Mapping) else value:
            yield from tensors_in(each)
