"""What a model consists of: its layers in Keras's order, what goes into it and what it gives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from convcalc.readers.keras.graph import SymbolicTensor, library_of, symbolic_tensors
from convcalc.readers.keras.makers import make_input
from convcalc.readers.keras.network import tensors_in
from convcalc.readers.keras.objects import KerasClass, KerasObject, ObjectState, known_state, object_state
from convcalc.readers.keras.records import INPUT, KerasLayer, KerasNetwork, KerasTensor
from convcalc.readers.python.values import Opaque

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.spec import Place

    Node = tuple[str, int]  # a layer, and which of its calls


def call_sequence(value: Any, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
    """The layers of a Sequential, one after another."""
    current = args[0]
    for layer in known_state(value).layers:
        if not is_input(layer):
            current = run.call(layer, [current], {}, place)
    return current


def is_input(layer: Any) -> bool:
    return isinstance(layer, SymbolicTensor) or (isinstance(layer, KerasObject) and layer.cls.name == "InputLayer")


def shape_said(layer: Any) -> tuple[Any, ...] | None:
    """The shape without the batch that the first layer of a Sequential says of what goes in."""
    if isinstance(layer, SymbolicTensor):
        return None if layer.tensor is None else tuple(layer.tensor.shape[1:])
    state = object_state(layer)
    if state is None:
        return None
    if state.network is not None:
        return shape_said(next(symbolic_tensors(state.inputs)))
    if state.layers:
        return shape_said(state.layers[0])
    config = state.config
    for name, start in (("input_shape", 0), ("batch_input_shape", 1), ("batch_shape", 1), ("shape", 0)):
        if isinstance(config.get(name), (list, tuple)):
            return tuple(config[name][start:])
    return (config["input_dim"],) if isinstance(config.get("input_dim"), int) else None


def layers_of(value: Any, run: Run, place: Place) -> Any:
    """The layers of a model, in order."""
    state = known_state(value)
    if state.network is None:
        return [layer for layer in state.layers if not is_input(layer)]
    objects = library_of(run).objects
    listed = [
        input_object(layer, run) if layer.class_name == INPUT else objects[layer.name]
        for layer in layers_by_depth(state.network)
    ]
    if any(layer.written is not None for layer in state.network.layers):
        from convcalc.readers.keras.applications import BundledLayers, is_unnamed

        listed = list({id(each): each for each in listed}.values())
        return BundledLayers(listed) if any(map(is_unnamed, listed)) else listed
    return listed


def layers_by_depth(network: KerasNetwork) -> list[KerasLayer]:
    """Layers as `model.layers` has them: the farthest first, those equally far as they are met behind the outputs."""
    layers = {layer.name: layer for layer in network.layers}
    nodes, met = nodes_in_order(network, layers)
    depths: dict[Node, int] = {}
    farthest = {end.layer: 0 for end in network.inputs}
    for node, before in reversed(nodes.items()):
        farthest[node[0]] = depth = max(depths.get(node, 0), farthest.get(node[0], 0))
        for each in before:
            depths[each] = max(depth + 1, depths.get(each, 0))
    names = sorted(farthest, key=lambda name: (-farthest[name], met.get(name, -1)))
    return [layers[name] for name in names if not layers[name].function]


def nodes_in_order(
    network: KerasNetwork, layers: dict[str, KerasLayer]
) -> tuple[dict[Node, list[Node]], dict[str, int]]:
    """The calls after those that they need, each with them; and the layers, numbered as they are first met."""

    def needed(node: Node) -> list[Node]:
        layer = layers[node[0]]
        if layer.class_name == INPUT:
            return []
        call = layer.calls[node[1]]
        return [(end.layer, end.call) for end in tensors_in((call.args, call.kwargs))]

    found: dict[Node, list[Node]] = {}
    met: dict[str, int] = {}
    for _, end in network.outputs:
        stack: list[tuple[Node, list[Node], Iterator[Node]]] = []
        waiting: Node | None = (end.layer, end.call)
        while waiting or stack:
            if waiting:
                met.setdefault(waiting[0], len(met))
                before = needed(waiting)
                stack.append((waiting, before, iter(before)))
            node, before, left = stack[-1]
            waiting = next((each for each in left if each not in found), None)
            if waiting is None:
                found.setdefault(node, before)
                stack.pop()
    return found, met


def input_object(layer: KerasLayer, run: Run) -> KerasObject:
    """What stands for an input among the layers of a model."""
    found = KerasObject(KerasClass(INPUT), layer.place)
    found.state.name = layer.label
    (tensor,) = library_of(run).outputs[layer.name, 0]
    found.state.inputs = found.state.output = SymbolicTensor(KerasTensor(layer.name, 0, 0), tensor, layer.place)
    return found


def ends_of(value: Any, run: Run, place: Place) -> ObjectState:
    """The state of a layer or a model with what goes in and out; a Sequential that says its input is built on that."""
    state = known_state(value)
    first = state.layers[0] if state.layers else None
    if state.network is None and first is not None and state.built_of != len(state.layers):
        shape = shape_said(first)
        if shape is not None:
            begin = first if isinstance(first, SymbolicTensor) else make_input(run, [], {"shape": shape}, place)
            state.inputs, state.output = begin, call_sequence(value, run, [begin], {}, place)
            state.built_of = len(state.layers)
    return state


def shapes_in(value: Any, run: Run, place: Place) -> Any:
    found = [run.attribute(tensor, "shape", place) for tensor in symbolic_tensors(value)]
    if not found:
        return Opaque("the shape of what was not called is not known", place)
    return found[0] if len(found) == 1 else found
