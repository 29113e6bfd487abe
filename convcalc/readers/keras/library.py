"""One evaluation of a Keras program: the calls of layers that it makes, and the modules that it imports."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from convcalc.kinds.classes import classes
from convcalc.problem import Source, slip_of
from convcalc.readers.keras import makers
from convcalc.readers.keras.graph import GraphCall, library_of
from convcalc.readers.keras.network import NetworkTracer
from convcalc.readers.keras.objects import BASES, MODEL, KerasClass, ObjectState, class_of_name, object_state
from convcalc.readers.keras.operations import function_is_read
from convcalc.readers.library import find_bundled
from convcalc.readers.python.run import Run, whole_names
from convcalc.readers.python.values import Class, Foreign, Function, Instance, LibraryFunction, LibraryModule, Opaque
from convcalc.readers.trace import BATCH, Tensor
from convcalc.spec.names import symbol

if TYPE_CHECKING:
    from convcalc.spec import Place
    from convcalc.spec.choices import Choices


USUAL = {"keras": "keras", "tf": "tf", "layers": "keras.layers", "models": "keras.models", "K": "keras.backend",
         "ops": "keras.ops"}  # fmt: skip
# Modules by their names in Keras and TensorFlow, with what is looked up in them.
CLASSES = frozenset(("keras", "keras.layers", "keras.models", "tf", "keras.engine", "keras.engine.base_layer"))
FUNCTIONS = frozenset((
    "keras.ops", "keras.backend", "keras.activations", "tf", "tf.math", "tf.nn", "tf.image", "tf.linalg",
    "keras.ops.image", "keras.ops.nn", "keras.ops.numpy", "tf.random", "keras.random", "tf.compat.v1", "tf.keras",
))  # fmt: skip
# Functions of Keras 2 that make a layer and call it.
MERGE_NAMES = "add concatenate multiply average maximum minimum subtract dot"
MERGES = frozenset(MERGE_NAMES.split())
# What makes numbers.
SHAPED = "zeros ones full normal uniform eye random_normal random_uniform truncated_normal placeholder empty"
MAKING: dict[str, Callable[..., Any]] = {
    **dict.fromkeys(SHAPED.split(), makers.make_numbers),
    **dict.fromkeys(("range", "arange"), makers.make_listed), "linspace": makers.make_spaced,
    **dict.fromkeys(("constant", "convert_to_tensor", "array"), makers.make_constant), "Variable": makers.make_variable,
}  # fmt: skip
SETTINGS = {"set_image_data_format": makers.set_layout, "image_data_format": makers.layout_of}
ELSEWHERE = frozenset(("Input", *BASES, *MERGES))  # what is in keras.layers or keras.models only
DECORATORS = frozenset(
    ("function", "register_keras_serializable", "custom_gradient", "autograph", "no_automatic_dependency_tracking")
)
TYPES = re.compile(r"(?:b?float|u?int|bool|string|complex)\d*")


class Keras:
    """The library of one evaluation: all calls of layers, and the shapes that they give."""

    def __init__(self, source: Source, choices: Choices, layout: str, graphs: Any, shapes: dict[int, tuple[Any, ...]]):
        self.source, self.layout = source, layout
        self.train, self.graphs = choices.train, graphs
        self.shapes = shapes  # of inputs by their number, in place of those that the program says
        self.scratch = NetworkTracer(source, choices, layout)
        self.calls: dict[tuple[str, int], GraphCall] = {}
        self.outputs: dict[tuple[str, int], Any] = {}
        self.counts: dict[str, int] = {}  # of calls, by layer
        self.objects: dict[str, Any] = {}  # by the name of their record
        self.names: dict[int, tuple[str, ObjectState]] = {}
        self.backbones: list[Any] = []  # models of keras.applications
        self.titles: dict[str, int] = {}
        self.taken = 0
        self.inputs: list[str] = []  # the names of inputs, in the order in which they were made

    # Names

    def unique(self, word: str) -> str:
        """A name that no other record has."""
        self.taken += 1
        return f"{word} {self.taken}"

    def name_of(self, state: ObjectState) -> str:
        found = self.names.get(id(state))
        if found is None:
            found = self.names[id(state)] = self.unique("layer"), state
        return found[0]

    def title(self, word: str) -> str:
        """conv2d, conv2d_1, …: as Keras calls what has no name."""
        # MaxPool2D and Convolution2D are other names of MaxPooling2D and Conv2D.
        word = re.sub("Pool(?=[123]D)", "Pooling", re.sub("Convolution(?=[123]D)", "Conv", word))
        word = word.replace("AvgPool", "AveragePool")
        word = re.sub("([a-z])([A-Z])", r"\1_\2", re.sub("(.)([A-Z][a-z]+)", r"\1_\2", word)).lower()
        count = self.titles.get(word, 0)
        self.titles[word] = count + 1
        return f"{word}_{count}" if count else word

    # Networks

    def is_network(self, value: Any) -> bool:
        """Whether a value is a model, not a layer."""
        state = object_state(value)
        if state is None:
            return False
        return self.is_network_class(value.cls.library if isinstance(value.cls, Class) else value.cls)

    def main_networks(self, made: dict[str, Any]) -> list[str]:
        """Those whose layers are not all part of another's; what is bundled only where nothing else is made."""
        own = {name: self.parts(value) for name, value in made.items() if value not in self.backbones}
        return whole_names(own or {name: self.parts(value) for name, value in made.items()})

    def chain_of(self, layers: list[tuple[str, Any]], run: Run, place: Place) -> Any:
        return None

    def parts(self, value: Any) -> frozenset[int]:
        """The layers of a model and of those in it."""
        states = self.within(value)
        return frozenset(map(id, states[1:] or states))

    def within(self, value: Any) -> list[ObjectState]:
        """The states of a model and of all layers in it, its own first."""
        found: dict[int, ObjectState] = {}
        waiting = [value]
        for each in waiting:  # it grows
            state = object_state(each)
            if isinstance(each, (list, tuple)):
                waiting += each
            elif isinstance(each, dict):
                waiting += each.values()
            elif state is not None and id(state) not in found:
                found[id(state)] = state
                waiting += (state.layers, state.inner, each.attributes if isinstance(each, Instance) else ())
                if state.network is not None:
                    waiting += [self.objects.get(layer.name) for layer in state.network.layers]
        return list(found.values())

    def is_network_class(self, value: Any) -> bool:
        return isinstance(value, KerasClass) and (value is MODEL or value.name == "Sequential")

    def scratch_input(self, title: str, shape: Sequence[Any], place: Place) -> Tensor:
        trace = self.scratch.trace
        sizes = [
            trace.names.setdefault(f"{title}_{index}", symbol(f"{title}_{index}")) if size is None else size
            for index, size in enumerate(shape[1:])
        ]
        return trace.input(title, (BATCH, *sizes), place)

    # Modules

    makers = frozenset(("Model", "Sequential", "Functional"))
    example = "a keras.Sequential, a keras.Model, or a function that makes one"

    def usual(self, name: str) -> Any:
        if name in USUAL:
            return KerasModule(USUAL[name])
        return LibraryFunction(name, makers.make_input) if name == "Input" else class_of_name(name)

    def import_of(self, name: str) -> str:
        if name in ("keras", "tf"):
            return "import keras" if name == "keras" else "import tensorflow as tf"
        room = "keras" if name in ("Input", "Sequential", "Model") else "keras.layers"
        above, _, last = USUAL.get(name, f"{room}.{name}").rpartition(".")
        return f"from {above} import {last}" + f" as {name}" * (last != name)

    def bundled(self, name: str, sets: dict[str, str]) -> Any:
        """The graph of a bundled network, by its name in keras.applications."""
        assert self.graphs is not None
        return self.graphs(f"keras.applications.{name}", sets)

    def has_bundled(self, name: str) -> bool:
        return self.graphs is not None and find_bundled(f"keras.applications.{name}") is not None

    def lookup(self, dotted: str) -> Foreign | None:
        known = canonical_name(dotted)
        return KerasModule(known) if known else None


# Modules


def canonical_name(dotted: str) -> str:
    """A module of Keras or TensorFlow as `keras.layers` or `tf.nn`; nothing for another."""
    root, _, rest = dotted.partition(".")
    if root not in ("keras", "tf_keras", "tensorflow"):
        return ""
    parts = [
        part
        for part in rest.split(".")
        if part and part not in ("python", "api", "_v2", "v2", "src", "experimental", "preprocessing")
    ]
    if root == "tensorflow" and parts[:1] != ["keras"]:
        return ".".join(("tf", *parts))
    return ".".join(("keras", *(parts[1:] if root == "tensorflow" else parts)))


class KerasModule(LibraryModule):
    """A module of Keras or TensorFlow."""

    __slots__ = ()

    def attribute(self, name: str, run: Run, place: Place) -> Any:
        if name == "newaxis":
            return None
        if self.name.startswith("keras.applications") and name[:1].isupper() and library_of(run).has_bundled(name):
            from convcalc.readers.keras.applications import application

            return LibraryFunction(name, lambda run, args, kwargs, place: application(run, name, args, kwargs, place))
        found = member(self.name, name)
        if found is None and (name in ELSEWHERE or name in classes("keras")):  # it is in another module
            raise run.error("AttributeError", f"{self.name} has no {name}", place)
        if found is None and self.name == "keras.layers" and (right := slip_of(name, classes("keras"))):
            raise run.error("AttributeError", f"layers.{name} is not read", place, f"write: layers.{right}")
        return Opaque(f"{self.name}.{name} is not read", place, name) if found is None else found


def member(module: str, name: str) -> Any:
    """What a module has under a name; None where it is not read."""
    if module == "tf" and name == "keras":
        return KerasModule("keras")
    if name in DECORATORS:
        return Decorator(name)
    if TYPES.fullmatch(name) and module == "tf":
        return name
    if module in CLASSES or module.startswith(("keras.layers", "keras.models")):
        if name in ("Input", "InputLayer"):
            return LibraryFunction(name, makers.make_input)
        if module != "tf" and (found := class_of_name(name)) is not None:
            return found
        if module.startswith("keras.layers") and name in MERGES:
            return LibraryFunction(name, makers.merge_of(name))
    if module.endswith("initializers") or name.endswith("_initializer"):
        return makers.Initializer(name)
    if name in SETTINGS and module in ("keras.backend", "keras.config"):
        return LibraryFunction(name, SETTINGS[name])
    if (module in FUNCTIONS or module == "keras") and name in MAKING:
        return LibraryFunction(name, MAKING[name])
    is_read = module in FUNCTIONS or name == "preprocess_input"
    if is_read and function_is_read(name):
        said = f"activations.{name}" if module == "keras.activations" else name
        return LibraryFunction(f"{module}.{name}", makers.function_of(said))
    if name[:1].islower() and (f"{module}.{name}" in MODULES or module == "keras.applications"):
        return KerasModule(f"{module}.{name}")
    return None


MODULES = frozenset((
    "keras.layers", "keras.models", "keras.ops", "keras.backend", "keras.config", "keras.activations", "keras.utils",
    "keras.saving",
    "keras.initializers", "keras.regularizers", "keras.constraints", "keras.engine", "keras.engine.base_layer",
    "keras.random", "keras.ops.image", "keras.ops.nn", "keras.ops.numpy", "keras.layers.core", "keras.applications",
    "keras.layers.convolutional", "keras.layers.normalization", "keras.layers.merge", "keras.layers.recurrent",
    "tf.initializers", "tf.math", "tf.nn", "tf.image", "tf.linalg", "tf.random", "tf.compat", "tf.compat.v1",
))  # fmt: skip


class Decorator(Foreign):
    """`@tf.function`, `@register_keras_serializable(package="mine")`: what stays as it is."""

    __slots__ = ("name",)

    def __init__(self, name: str):
        self.name = name

    def description(self) -> str:
        return self.name

    def call(self, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
        return args[0] if args and isinstance(args[0], (Function, Class)) else self
