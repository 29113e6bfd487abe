"""The layers and models of a Keras program as objects: how they are made, held and called."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

from convcalc.kinds.classes import classes, signature
from convcalc.layers import key_names
from convcalc.readers.calls.wrappers import WRAPPERS
from convcalc.readers.keras.graph import (
    SymbolicTensor,
    library_of,
    network_between,
    plain_value,
    symbolic_tensors,
)
from convcalc.readers.keras.records import KerasLayer, KerasNetwork
from convcalc.readers.python.values import Class, Foreign, Function, Instance, LibraryClass, LibraryFunction, Opaque

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.spec import Place

    Method: TypeAlias = Callable[[Any, Run, list[Any], dict[str, Any], Place], Any]

NETWORKS = ("Sequential", "Model", "Functional")
# Arguments of every layer that say the shape of its input, where it is the first.
SHAPES = ("input_shape", "batch_input_shape", "input_dim", "batch_shape")


class ObjectState:
    """What a layer or a model is, whoever defined its class."""

    __slots__ = (
        "attribute", "built", "built_of", "config", "inner", "inputs", "is_ready", "layers", "name", "network",
        "output", "place", "trainable", "uid",
    )  # fmt: skip

    def __init__(self, place: Place):
        self.place = place
        self.name = ""  # that it was given
        self.attribute = ""  # of the object that holds it
        self.uid = ""
        self.trainable = True
        self.built = False
        self.built_of = 0  # how many layers of a Sequential its inputs and output are of
        self.is_ready = True  # whether Keras's own __init__ has been called
        self.config: dict[str, Any] = {}  # its arguments by parameter
        self.inner: dict[str, Any] = {}  # objects among them
        self.layers: list[Any] = []  # of a Sequential
        self.network: KerasNetwork | None = None  # of a functional model
        self.inputs: Any = None
        self.output: Any = None  # of the last call


class KerasObject(Foreign):
    """A layer or a model of a class of Keras's own."""

    __slots__ = ("cls", "state")

    def __init__(self, cls: KerasClass, place: Place):
        self.cls, self.state = cls, ObjectState(place)

    def description(self) -> str:
        return f"layers.{self.cls.name}" if self.cls.name not in NETWORKS else f"keras.{self.cls.name}"

    def class_of(self, run: Run) -> Any:
        return self.cls

    def call(self, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
        from convcalc.readers.keras.calling import call_object

        return call_object(self, run, args, kwargs, place)

    def attribute(self, name: str, run: Run, place: Place) -> Any:
        found = self.cls.missing(self, name, run, place)
        if found is not NotImplemented:
            return found
        method = self.cls.method(name)
        if method is None:
            return Opaque(f"{name} of {self.description()} is not read", place, name)
        return LibraryFunction(name, lambda run, args, kwargs, place: method(self, run, args, kwargs, place))

    def set_attribute(self, name: str, value: Any, run: Run, place: Place) -> None:
        if not self.cls.assigned(self, name, value, run, place):
            self.state.config[name] = value


def object_state(value: Any) -> ObjectState | None:
    """The state of a layer or a model; None for anything else."""
    state = value.state if isinstance(value, (KerasObject, Instance)) else None
    return state if isinstance(state, ObjectState) else None


def known_state(value: Any) -> ObjectState:
    """The state of what is known to be a layer or a model."""
    state = object_state(value)
    assert state is not None
    return state


class KerasClass(LibraryClass):
    """A class of Keras: a layer, `Sequential`, `Model`, or the base of layers."""

    __slots__ = ("name",)

    def __init__(self, name: str):
        self.name = name

    def description(self) -> str:
        return f"keras.{self.name}"

    def bases(self) -> tuple[LibraryClass, ...]:
        if self is LAYER:
            return ()
        return (MODEL, LAYER) if self.name == "Sequential" else (LAYER,)

    def is_instance(self, value: Any) -> bool:
        return isinstance(value, KerasObject) and (value.cls is self or self in value.cls.bases())

    def class_of(self, run: Run) -> Any:
        return Opaque("the type of a class is not read", None)

    def instantiate(self, cls: Class, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Instance:
        instance = Instance(cls)
        instance.state = ObjectState(place)
        instance.state.is_ready = False
        return instance

    def call(self, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
        found = KerasObject(self, place)
        initialise(found, self, run, args, kwargs, place)
        return found

    def attribute(self, name: str, run: Run, place: Place) -> Any:
        if name == "__name__":
            return self.name
        method = self.method(name)
        if method is None:
            return Opaque(f"{name} of keras.{self.name} is not read", place, name)

        def unbound(run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
            """`Layer.__init__(self)`."""
            if not args or object_state(args[0]) is None:
                raise run.error("TypeError", f"{self.name}.{name} needs a layer in front", place)
            return method(args[0], run, args[1:], kwargs, place)

        return LibraryFunction(name, unbound)

    def method(self, name: str) -> Method | None:
        if name == "__init__":
            return lambda value, run, args, kwargs, place: initialise(value, self, run, args, kwargs, place)
        from convcalc.readers.keras import calling

        if name == "__call__":
            return calling.call_object
        if name == "call" and self.name not in ("Layer", "Model"):
            return lambda value, run, args, kwargs, place: calling.call_library(value, self, run, args, kwargs, place)
        return calling.METHODS.get(name)

    def assigned(self, instance: Any, name: str, value: Any, run: Run, place: Place) -> bool:
        """A layer goes by the name of the attribute that holds it; those of a list by their numbers too."""
        state = object_state(instance)
        if state is None:
            return False
        if name == "trainable":
            for part in library_of(run).within(instance):
                part.trainable = value is not False
            return True
        if name in ("name", "_name") and isinstance(value, str):
            state.name = value
            return True
        if not state.is_ready and object_state(value) is not None:
            hint = f"put super().__init__() first in {instance.cls.name}.__init__"
            raise run.error("RuntimeError", f"{name} is set before Keras's own __init__ is called", place, hint)
        name_objects(name, value)
        return False

    def missing(self, instance: Any, name: str, run: Run, place: Place) -> Any:
        state = object_state(instance)
        if state is None:
            return NotImplemented
        from convcalc.readers.keras.calling import PROPERTIES

        if name in PROPERTIES:
            return PROPERTIES[name](instance, state, run, place)
        return state.config.get(name, NotImplemented)


def name_objects(name: str, value: Any) -> None:
    state = object_state(value)
    if state is not None:
        state.attribute = state.attribute or name
    elif isinstance(value, (list, tuple)):
        for index, each in enumerate(value):
            name_objects(f"{name}_{index}", each)
    elif isinstance(value, dict):
        for key, each in value.items():
            name_objects(f"{name}_{key}", each)


# How they are made


def initialise(value: Any, cls: KerasClass, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> None:
    """`__init__`."""
    state = known_state(value)
    known, state.is_ready = dict(kwargs), True
    name = known.pop("name", None)
    state.name = name if isinstance(name, str) else state.name
    state.trainable = known.get("trainable", state.trainable) is not False
    if cls.name == "Sequential":
        listed = args[0] if args else known.get("layers")
        state.layers = list(run.iterate(listed, place)) if listed is not None else []
        state.name = args[1] if len(args) > 1 and isinstance(args[1], str) else state.name
    elif cls.name in NETWORKS:
        given = dict(zip(("inputs", "outputs", "name"), args, strict=False)) | known
        inputs, outputs = (given.get(key, given.get(key[:-1])) for key in ("inputs", "outputs"))
        if isinstance(value, KerasObject) and inputs is not None and outputs is None:
            raise run.error("TypeError", "a model needs its outputs as well", place, "Model(inputs, outputs)")
        if inputs is not None and outputs is not None:
            state.name = given["name"] if isinstance(given.get("name"), str) else state.name
            make_functional(value, state, run, inputs, outputs, place)
    elif cls is not LAYER:
        bind_arguments(value, state, cls, run, args, known, place)


def make_functional(value: Any, state: ObjectState, run: Run, inputs: Any, outputs: Any, place: Place) -> None:
    """`Model(inputs, outputs)`."""
    for each in (inputs, outputs):
        if isinstance(each, Opaque):
            run.known(each, "a tensor of a model", place)
    begin, end = list(symbolic_tensors(inputs)), list(named_tensors(outputs))
    if not begin or not end:
        raise run.error("TypeError", "a model is made of the tensors of its inputs and outputs", place)
    state.inputs, state.output = inputs, outputs
    state.network = network_between(run, title_of(value, run), begin, end, place)


def named_tensors(value: Any, name: str = "") -> list[tuple[str, SymbolicTensor]]:
    """The tensors of a result, with the names that they have by their keys."""
    if isinstance(value, SymbolicTensor):
        return [(name, value)]
    listed = value if isinstance(value, (list, tuple)) else ()
    pairs = value.items() if isinstance(value, dict) else [(name, each) for each in listed]
    return [found for key, each in pairs for found in named_tensors(each, str(key))]


def bind_arguments(
    value: Any, state: ObjectState, cls: KerasClass, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place
) -> None:
    """The arguments of a layer's class by parameter; what is an object is kept apart."""
    order = parameters_of(cls.name)
    if len(args) > len(order):
        raise run.error("TypeError", f"{cls.name} takes at most {len(order)} values, here it has {len(args)}", place)
    for name, given in (*zip(order, args, strict=False), *kwargs.items()):
        check_argument(cls.name, name, given, run, place)
        if name in ("activation", "recurrent_activation") and not isinstance(given, str):
            # The name of a function of Keras; one that the program defines is called later.
            given = given.name.rpartition(".")[2] if isinstance(given, LibraryFunction) else given
        if object_state(given) is not None:
            state.inner[name] = given
        else:
            state.config[name] = given


def check_argument(class_name: str, name: str, given: Any, run: Run, place: Place) -> None:
    """Raise where Keras does not take an argument: by another name of the same, or a text for a number."""
    signed = signature("keras", class_name)
    if signed is None:
        return
    if right := signed.parameter_of(name):
        message = f'layers.{class_name} has no argument "{name}"'
        raise run.error("TypeError", message, place, f"write: {right}=", code="K002")
    key = key_names(signed.kind).get(signed.sets.get(name, name))
    if isinstance(given, str) and key is not None and key.type == "count":
        message = f'{name} of layers.{class_name} must be a number, "{given[:40]}" is a text'
        raise run.error("TypeError", message, place, f"write: {name}={given}" * given.isdecimal())


def parameters_of(name: str) -> tuple[str, ...]:
    signed = signature("keras", name)
    if signed is not None:
        return signed.order
    return tuple(WRAPPERS[name].parameters.split()) if name in WRAPPERS else ("axes" if name == "Dot" else "function",)


# What they are called


def title_of(value: Any, run: Run) -> str:
    """The name that was given, that of the attribute that holds it, or the one that Keras makes of its class."""
    state = known_state(value)
    if not state.uid:
        state.uid = library_of(run).title(class_name(value))
    return state.name or state.attribute or state.uid


def class_name(value: Any) -> str:
    cls = value.cls
    return cls.name if isinstance(cls, (Class, KerasClass)) else "layer"


def layer_record(value: Any, run: Run, place: Place) -> KerasLayer:
    """The record of a layer of Keras's own, with its arguments as a configuration has them."""
    state = known_state(value)
    config: dict[str, Any] = {}
    for name, given in state.config.items():
        if isinstance(given, Opaque) and name.endswith(("_initializer", "_regularizer", "_constraint")):
            continue
        if isinstance(given, (Foreign, Function)) and not isinstance(given, Opaque):
            if name == "activation" and isinstance(given, Function):
                continue  # called on what the layer gives
            plain = plain_value(given, run, place)
            config[name] = {} if isinstance(plain, (Foreign, Function)) else plain
        else:
            config[name] = plain_value(given, run, place)
    inner = {name: layer_record(each, run, place) for name, each in state.inner.items()}
    config.update({name: {} for name in inner})
    if not state.trainable:
        config["trainable"] = False
    library = library_of(run)
    made = state.place if state.place == place else state.place._replace(use=place)
    name, title = library.name_of(state), title_of(value, run)
    return KerasLayer(name, class_name(value), made, title, config=config, inner=inner, identity=id(state))


LAYER, MODEL, SEQUENTIAL = KerasClass("Layer"), KerasClass("Model"), KerasClass("Sequential")
BASES = {"Layer": LAYER, "Model": MODEL, "Functional": MODEL, "Sequential": SEQUENTIAL}


@cache
def class_of_name(name: str) -> KerasClass | None:
    """The class of Keras that is called so."""
    if name in BASES:
        return BASES[name]
    from convcalc.kinds.refusals import refusal

    is_known = name in classes("keras") or name in WRAPPERS or refusal("keras", name) is not None
    return KerasClass(name) if is_known else None
