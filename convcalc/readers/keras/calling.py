"""What layers and models of a Keras program do: they are called, which is recorded, and asked for what they hold."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from convcalc.readers.keras.graph import (
    SymbolicTensor,
    call_function,
    input_tensor,
    library_of,
    network_between,
    record_call,
    symbolic_tensors,
)
from convcalc.readers.keras.objects import (
    LAYER,
    NETWORKS,
    KerasClass,
    class_name,
    known_state,
    layer_record,
    named_tensors,
    object_state,
    title_of,
)
from convcalc.readers.keras.records import KerasLayer
from convcalc.readers.keras.structure import call_sequence, ends_of, layers_of, shapes_in
from convcalc.readers.python.values import Function, Instance, Opaque

# Arguments of a call that change numbers, and none of what is counted.
UNSEEN = frozenset(("mask", "attention_mask", "training", "query_mask", "value_mask", "key_mask"))

if TYPE_CHECKING:
    from convcalc.readers.keras.objects import Method, ObjectState
    from convcalc.readers.python.run import Run
    from convcalc.spec import Place


def call_object(value: Any, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
    """`layer(x)`, `model(x)`: of symbolic tensors; numbers make no difference to what a network is."""
    state = known_state(value)
    for each in (*args, *kwargs.values()):
        if isinstance(each, Opaque):
            run.known(each, f"a tensor of {title_of(value, run)}", place)
        if object_state(each) is not None and not is_model(each):
            message = f"{title_of(value, run)} needs a tensor, not a layer that is called on nothing"
            raise run.error("TypeError", message, place, "call that layer: layers.Flatten()(x)")
    tensors = list(symbolic_tensors((args, kwargs)))
    if not tensors or (library_of(run).is_network(value) and all(tensor.constant for tensor in tensors)):
        return Opaque("what a layer makes of numbers is not read", place)
    if state.network is not None:
        found = call_network(value, run, args, kwargs, place)
    elif isinstance(value, Instance):
        found = call_inside(value, run, args, kwargs, place, partial(call_own, value))
    elif value.cls.name == "Sequential":
        found = call_inside(value, run, args, kwargs, place, partial(call_sequence, value))
    else:
        found = call_library(value, value.cls, run, args, kwargs, place)
    state.inputs = args[0] if args and state.inputs is None else state.inputs
    state.output = found if state.network is None else state.output
    return found


def call_network(value: Any, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
    """A functional model on other tensors."""
    state, title = known_state(value), title_of(value, run)
    tensors = list(symbolic_tensors((args, kwargs)))
    if args and isinstance(args[0], dict) and isinstance(state.inputs, dict) and args[0].keys() == state.inputs.keys():
        tensors = [args[0][key] for key in state.inputs]
    library = library_of(run)
    layer = KerasLayer(library.unique(title), class_name(value), place, title, network=state.network)
    library.objects[layer.name] = value
    found = record_call(run, layer, [tensors], {}, place)
    given = list(found)
    if len(given) != len(list(symbolic_tensors(state.output))):
        raise run.error("ValueError", f"{title} gives {len(given)} tensors here", place)
    return rebuilt(state.output, iter(given))


def rebuilt(value: Any, tensors: Any) -> Any:
    """A value with other tensors in place of its own, in the same order."""
    if isinstance(value, SymbolicTensor):
        return next(tensors)
    if isinstance(value, dict):
        return {key: rebuilt(each, tensors) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)([rebuilt(each, tensors) for each in value])
    return value


def call_inside(
    value: Any, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place, body: Callable[..., Any]
) -> Any:
    """What a model computes as a network of its own: followed on inputs of its own, which are as its tensors are."""
    library, state, title = library_of(run), known_state(value), title_of(value, run)
    tensors = list(symbolic_tensors((args, kwargs)))
    own = [input_like(run, each, place) for each in tensors]
    supply = iter(own)
    result = body(run, rebuilt(args, supply), rebuilt(kwargs, supply), place)
    outputs = named_tensors(result)
    if not outputs:
        return result
    network = network_between(run, title, own, outputs, state.place)
    layer = KerasLayer(library.unique(title), class_name(value), state.place, title, network=network)
    library.objects[layer.name] = value
    known = [tensor.tensor for _, tensor in outputs]
    return rebuilt(result, iter(record_call(run, layer, [tensors], {}, place, known)))


def input_like(run: Run, tensor: SymbolicTensor, place: Place) -> SymbolicTensor:
    shape = (None, *tensor.tensor.shape[1:]) if tensor.tensor is not None else ()
    return input_tensor(run, "input", shape, place, tensor.tensor)


def call_own(value: Instance, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
    """The `build` and `call` of a user's class."""
    state = known_state(value)
    if not state.built:
        state.built = True
        if value.cls.find("build") is not None:
            shapes = [run.attribute(each, "shape", place) for each in args[:1] if isinstance(each, SymbolicTensor)]
            shape = shapes[0] if shapes else [run.attribute(each, "shape", place) for each in symbolic_tensors(args)]
            run.call(run.attribute(value, "build", place), [shape], {}, place)
    if value.cls.find("call") is not None:
        return run.call(run.attribute(value, "call", place), args, kwargs, place)
    library = value.cls.library
    assert isinstance(library, KerasClass)
    if library.name == "Sequential":
        return call_sequence(value, run, args, kwargs, place)
    return call_library(value, library, run, args, kwargs, place)


def is_model(value: Any) -> bool:
    """Whether it is more than a layer of Keras's own."""
    return isinstance(value, Instance) or value.cls.name in NETWORKS


def model_record(value: Any, run: Run, tensor: SymbolicTensor, place: Place) -> KerasLayer:
    """The record of a model in a wrapper, which calls it with each step of a tensor."""
    _, _, *sizes = tensor.sizes(run, place)
    step = input_tensor(run, "input", [None, *sizes], place)
    made = named_tensors(call_object(value, run, [step], {}, place))
    if not made:
        raise run.error("TypeError", f"{title_of(value, run)} gives no tensor", place)
    end = made[0][1].end
    return library_of(run).calls[end.layer, end.call].layer


def call_library(value: Any, cls: KerasClass, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
    """A layer of Keras's own on tensors."""
    state = known_state(value)
    if cls is LAYER or cls.name in NETWORKS:
        raise run.error("NotImplementedError", f"{class_name(value)} has no call", place)
    if cls.name == "Lambda" and isinstance(state.config.get("function"), Function):
        function = state.config["function"]

        def call(run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
            return run.call(function, args, kwargs, place)

        return call_inside(value, run, args, {}, place, call)
    if cls.name == "Dot" and args and (product := product_along(state.config, run, args[0], place)) is not None:
        return product
    record = layer_record(value, run, place)._replace(class_name=cls.name)
    inner = {name: each for name, each in state.inner.items() if is_model(each)}
    if inner and args and isinstance(args[0], SymbolicTensor):
        networks = {name: model_record(each, run, args[0], place) for name, each in inner.items()}
        record = record._replace(inner={**record.inner, **networks})
    library_of(run).objects[record.name] = value
    seen = {name: each for name, each in kwargs.items() if name not in UNSEEN}
    found = record_call(run, record, args, seen, place)
    result: Any = found[0] if len(found) == 1 else found
    if kwargs.get("return_attention_scores") is True:
        return result, Opaque("the scores of an attention are not read", place)
    activation = state.config.get("activation")
    return run.call(activation, [result], {}, place) if isinstance(activation, Function) else result


def product_along(config: dict[str, Any], run: Run, inputs: Any, place: Place) -> Any:
    """`Dot(axes)` of two tensors as a matrix product; None of what it is not read of."""
    tensors = list(symbolic_tensors(inputs))
    ranks = [len(tensor.sizes(run, place)) for tensor in tensors]
    axes = config.get("axes")
    axes = [axes, axes] if isinstance(axes, int) else axes
    if ranks not in ([2, 2], [3, 3]) or not isinstance(axes, (list, tuple)) or len(axes) != 2:
        return None

    def turned(tensor: Any, axis: int, wanted: int) -> Any:
        """A tensor with the axis that is summed over where a product of matrices has it."""
        if config.get("normalize") is True:
            tensor = call_function(run, "normalize", [tensor, axis], {}, place)
        if ranks[0] == 2:
            return call_function(run, "expand_dims", [tensor, 3 - wanted], {}, place)
        return tensor if axis % 3 == wanted else call_function(run, "swapaxes", [tensor, 1, 2], {}, place)

    rows, columns = (turned(*each) for each in zip(tensors, axes, (2, 1), strict=True))
    found = run.binary("@", rows, columns, place)
    return run.item(found, (slice(None), 0), place) if ranks[0] == 2 else found


# What they are asked


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
        if run.attribute(layer, "name", place) == wanted:
            return layer
    if isinstance(layers, list):
        raise run.error("ValueError", f"there is no layer {wanted}", place)
    return run.item(layers, wanted, place)


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
    "input": lambda value, state, run, place: ends_of(value, run, place).inputs,
    "inputs": lambda value, state, run, place: list(symbolic_tensors(ends_of(value, run, place).inputs)),
    "output": lambda value, state, run, place: ends_of(value, run, place).output,
    "outputs": lambda value, state, run, place: list(symbolic_tensors(ends_of(value, run, place).output)),
    "input_shape": lambda value, state, run, place: shapes_in(ends_of(value, run, place).inputs, run, place),
    "output_shape": lambda value, state, run, place: shapes_in(ends_of(value, run, place).output, run, place),
    "built": lambda value, state, run, place: state.built,
}
