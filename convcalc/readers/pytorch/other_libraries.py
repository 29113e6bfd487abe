"""What other libraries that networks are made with give to a program: torchvision, timm, PyTorch Lightning."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from convcalc.problem import Source
from convcalc.readers.library import bundled_networks
from convcalc.readers.python.namespace import ModuleNames
from convcalc.readers.python.standard.annotations import NAMESPACE
from convcalc.readers.python.syntax import parse
from convcalc.readers.python.values import LibraryFunction, LibraryModule, Opaque
from convcalc.readers.pytorch.bundled import model
from convcalc.readers.pytorch.layers import layer_class
from convcalc.readers.pytorch.module import ModuleClass, module_state
from convcalc.readers.pytorch.sizes import repeating_function
from convcalc.readers.pytorch.tensor import library_of

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.readers.pytorch.module import Method
    from convcalc.spec import Place

MODULES = frozenset((
    "torchvision.models", "torchvision.ops", "torchvision.transforms", "torchvision.models.resnet",
    "torchvision.models._utils", "timm.models", "timm.layers", "timm.models.layers", "timm.models.vision_transformer",
    "timm.models.registry",
))  # fmt: skip
INITIALISERS = ("trunc_normal_", "lecun_normal_", "variance_scaling_", "trunc_normal_tf_")
# Classes that programs build on, each kept as a program of its own and read when it is asked for: its module.
PROGRAMS = {"torchvision": ("features", "residual"), "timm": ("vision_transformer",)}


def library_member(run: Run, library: str, name: str, place: Place) -> Any:
    """A class or a function of a library's program; None where it has none of this name."""
    for module in PROGRAMS[library]:
        room = import_module(f"convcalc.readers.pytorch.{module}")
        if name in room.CLASSES:
            if room.NAME not in run.modules:
                run.modules[room.NAME] = ModuleNames(room.NAME, parse(Source(room.NAME, room.PROGRAM)))
            return run.modules[room.NAME].lookup(name, run, place)
    return None


class Torchvision(LibraryModule):
    """A module of torchvision: its models are functions."""

    __slots__ = ()

    def attribute(self, name: str, run: Run, place: Place) -> Any:
        if f"{self.name}.{name}" in MODULES:
            return Torchvision(f"{self.name}.{name}")
        if name == "__dict__" and self.name == "torchvision.models":
            return {each: self.attribute(each, run, place) for each in bundled_networks() if each.islower()}
        if self.name.startswith("torchvision.models") and (own := library_member(run, "torchvision", name, place)):
            return own
        if self.name.startswith("torchvision.models") and name.islower() and library_of(run).has_bundled(name):
            return LibraryFunction(f"models.{name}", partial(model, name))
        found = layer_class(name) if name[:1].isupper() else None
        return found or Opaque(f"{self.name}.{name} is not read", place, name)


class Timm(LibraryModule):
    """A module of timm."""

    __slots__ = ()

    def attribute(self, name: str, run: Run, place: Place) -> Any:
        if f"{self.name}.{name}" in MODULES:
            return Timm(f"{self.name}.{name}")
        unknown = Opaque(f"{self.name}.{name} is not read", place, name)
        if self.name not in MODULES:
            return unknown
        if name in INITIALISERS:
            return LibraryFunction(name, lambda run, args, kwargs, place: args[0] if args else None)
        own = library_member(run, "timm", name, place)
        return own or repeating_function(name) or layer_class(name) or unknown


class LightningClass(ModuleClass):
    """`LightningModule`: what it logs, and how it trains, makes no layer."""

    __slots__ = ()

    def method(self, name: str) -> Method | None:
        return keep_arguments if name == "save_hyperparameters" else super().method(name)


def keep_arguments(module: Any, run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> None:
    """`self.save_hyperparameters()`: the arguments of the `__init__` that calls it, or those that are named."""
    assert run.frame is not None
    _, *names = run.frame.home().names
    kept = [name for name in names if name in args or not args]
    given = {name: run.frame.home().names[name] for name in kept if name != "__class__"}
    module_state(module).settings["hparams"] = run.call(NAMESPACE, [], given, place)


class Lightning(LibraryModule):
    """`pytorch_lightning`, `lightning`, and what is in them."""

    __slots__ = ()

    def attribute(self, name: str, run: Run, place: Place) -> Any:
        if name == "LightningModule":
            return LIGHTNING_MODULE
        if name in ("pytorch", "core"):
            return Lightning(f"{self.name}.{name}")
        return Opaque(f"{self.name}.{name} is not read", place, name)


LIGHTNING_MODULE = LightningClass("LightningModule")
