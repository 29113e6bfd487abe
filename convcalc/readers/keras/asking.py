"""What layers and models of a Keras program can be asked: their methods and attributes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from convcalc.readers.keras.calling import is_input
from convcalc.readers.keras.graph import SymbolicTensor, call_function, library_of, symbolic_tensors
from convcalc.readers.keras.network import tensors_in
from convcalc.readers.keras.objects import KerasClass, KerasObject, ObjectState, known_state, object_state, title_of
from convcalc.readers.keras.records import INPUT, KerasTensor
from convcalc.readers.python.values import Opaque

if TYPE_CHECKING:
    from convcalc.readers.keras.objects import Method
    from convcalc.readers.keras.records import KerasLayer, KerasNetwork
    from convcalc.readers.python.run import Run
    from convcalc.spec.model import Place

    Node = tuple[str, int]  # a layer, and which of its calls


def add_layer(value: Any, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> None:
    state = known_state(value)
    layer = args[0] if args else kwargs.get("layer")
    if isinstance(layer, Opaque):
        run.known(layer, "a layer of the model", place)
    if object_state(layer) is None and not isinstance(layer, SymbolicTensor):
        raise run.error("TypeError", f"{run.text(layer)[:60]} is no layer", place)
    state.layers.append(layer)


def pop_layer(value: Any, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
    state = known_state(value)
    if not state.layers:
        raise run.error("TypeError", "there are no layers in the model", place)
    return state.layers.pop()


def add_weight(value: Any, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
    """Numbers of a layer's own: the tensor that they are wherever it is called."""
    listed = next((each for each in args if isinstance(each, (list, tuple))), kwargs.get("shape", ()))
    names: list[Any] = [each for each in args if isinstance(each, str)] or [kwargs.get("name")]
    shape = [run.known(each, "a size of a weight", place) for each in listed or ()]
    title = names[0] if isinstance(names[0], str) else "weight"
    state = object_state(value)
    learnt = kwargs.get("trainable") is not False and (state is None or state.trainable)
    return call_function(run, "learnt_numbers" if learnt else "kept_numbers", [shape], {"title": title}, place)


def get_layer(value: Any, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
    wanted = args[0] if args else kwargs.get("name")
    index = kwargs.get("index", wanted if isinstance(wanted, int) else None)
    layers = layers_of(value, run, place)
    if isinstance(index, int):
        return run.item(layers, index, place)
    for layer in run.iterate(layers, place):
        if title_of(layer, run) == wanted:
            return layer
    raise run.error("ValueError", f"there is no layer {wanted}", place)


def layers_of(value: Any, run: Run, place: Place) -> Any:
    """The layers of a model, in order."""
    state = known_state(value)
    if state.network is None:
        return [layer for layer in state.layers if not is_input(layer)]
    objects = library_of(run).objects
    if any(layer.written is not None for layer in state.network.layers):
        from convcalc.readers.keras.applications import BundledLayers

        return BundledLayers([objects[layer.name] for layer in state.network.layers if layer.name in objects])
    return [
        input_object(layer, run) if layer.class_name == INPUT else objects[layer.name]
        for layer in layers_by_depth(state.network)
    ]


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


NOTHING = (
    "compile fit evaluate predict summary save save_weights load_weights build train_step test_step add_loss "
    "add_metric reset_states fit_generator set_weights get_weights adapt trainable_variables export"
)
READ = "add pop get_layer add_weight add_variable"
METHODS: dict[str, Method] = {
    **dict.fromkeys(NOTHING.split(), lambda value, run, args, kwargs, place: None),
    **dict(zip(READ.split(), (add_layer, pop_layer, get_layer, add_weight, add_weight), strict=True)),
}
PROPERTIES: dict[str, Callable[[Any, ObjectState, Run, Place], Any]] = {
    "name": lambda value, state, run, place: title_of(value, run),
    "trainable": lambda value, state, run, place: state.trainable,
    "layers": lambda value, state, run, place: layers_of(value, run, place),
    "input": lambda value, state, run, place: state.inputs,
    "inputs": lambda value, state, run, place: list(symbolic_tensors(state.inputs)),
    "output": lambda value, state, run, place: state.output,
    "outputs": lambda value, state, run, place: list(symbolic_tensors(state.output)),
    "built": lambda value, state, run, place: state.built,
}
