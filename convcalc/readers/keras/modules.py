"""The modules of Keras and TensorFlow as a program imports them: classes and functions by their dotted names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from convcalc.kinds.classes import classes
from convcalc.problem import slip_of
from convcalc.readers.keras import makers
from convcalc.readers.keras.graph import library_of
from convcalc.readers.keras.objects import BASES, class_of_name
from convcalc.readers.keras.operations import function_is_read
from convcalc.readers.python.values import Class, Foreign, Function, LibraryFunction, LibraryModule, Opaque

if TYPE_CHECKING:
    from collections.abc import Callable

    from convcalc.readers.python.run import Run
    from convcalc.spec.model import Place

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
    if module in FUNCTIONS and function_is_read(name):
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
