"""What other libraries that networks are made with give to a program: torchvision, timm, PyTorch Lightning."""

from __future__ import annotations

import re
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from convcalc.problem import Source
from convcalc.readers.python.namespace import ModuleNames
from convcalc.readers.python.standard.annotations import NAMESPACE
from convcalc.readers.python.syntax import parse
from convcalc.readers.python.values import LibraryFunction, LibraryModule, Opaque
from convcalc.readers.pytorch.bundled import NETWORKS, model
from convcalc.readers.pytorch.layers import layer_class
from convcalc.readers.pytorch.module import ModuleClass, module_state, state_of
from convcalc.readers.pytorch.sizes import repeating_function

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.readers.pytorch.module import Method
    from convcalc.spec import Place

MODULES = frozenset((
    "torchvision.models", "torchvision.ops", "torchvision.ops.misc", "torchvision.transforms", "timm.models",
    "timm.layers", "timm.models.layers", "timm.models.vision_transformer", "timm.models.registry",
    *(f"torchvision.models.{name}" for name in (
        "_utils", "convnext", "densenet", "detection", "efficientnet", "feature_extraction", "inception",
        "mnasnet", "mobilenet", "mobilenetv2", "mobilenetv3", "regnet", "resnet", "segmentation", "shufflenetv2",
        "squeezenet", "swin_transformer", "vgg", "video", "vision_transformer",
    )),
))  # fmt: skip
MODELS = ("torchvision.models", "torchvision.ops")
INITIALISERS = ("trunc_normal_", "lecun_normal_", "variance_scaling_", "trunc_normal_tf_")
# Classes that programs build on, each kept as a program of its own and read when it is asked for: its module.
PROGRAMS = {
    "torchvision": ("features", "residual", "mobile", "attending", "inception", "maps", "blocks"),
    "timm": ("vision_transformer",),
}
# Modules that have other classes of these names.
UNLIKE = re.compile(r"torchvision\.models\.(detection|optical_flow|quantization|video)\b")

# A function that makes a network; pretrained or not, its numbers are not read.
MAKER = """
def {}(pretrained=False, progress=True, *placed, weights=None, **kwargs):
    from functools import partial
    from torchvision.models._utils import any_of
    is_trained = any_of(weights, pretrained)
    return partial({})(**dict(zip(("num_classes", "aux_loss"), placed)), **kwargs)
"""


def library_member(run: Run, library: str, name: str, place: Place) -> Any:
    """A class or a function of a library's program; None where it has none of this name."""
    for module in PROGRAMS[library]:
        room = import_module(f"convcalc.readers.pytorch.{module}")
        makers = getattr(room, "MAKERS", {})
        if name in room.CLASSES or name in makers:
            if room.NAME not in run.modules:
                text = room.PROGRAM + "".join(MAKER.format(each, made) for each, made in makers.items())
                run.modules[room.NAME] = ModuleNames(room.NAME, parse(Source(room.NAME, text)))
            return run.modules[room.NAME].lookup(name, run, place)
    return None


class Torchvision(LibraryModule):
    """A module of torchvision: its models are functions."""

    __slots__ = ()

    def attribute(self, name: str, run: Run, place: Place) -> Any:
        if f"{self.name}.{name}" in MODULES:
            return Torchvision(f"{self.name}.{name}")
        if name == "__dict__" and self.name == "torchvision.models":
            rooms = (import_module(f"convcalc.readers.pytorch.{each}") for each in PROGRAMS["torchvision"])
            return {each: self.attribute(each, run, place) for room in rooms for each in getattr(room, "MAKERS", ())}
        is_read = self.name.startswith(MODELS) and not UNLIKE.match(self.name)
        if is_read and (own := library_member(run, "torchvision", name, place)):
            return own
        if self.name.startswith("torchvision.models") and name in NETWORKS:
            return LibraryFunction(f"models.{name}", partial(model, name))
        if name in FUNCTIONS:
            return LibraryFunction(name, FUNCTIONS[name])
        found = layer_class(name) if name[:1].isupper() else None
        return found or Opaque(f"{self.name}.{name} is not read", place, name)


def get_model(run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
    """`models.get_model("resnet18", num_classes=10)`: what the function of that name gives."""
    named = run.known(args[0] if args else kwargs.pop("name", None), "the name of a network", place)
    made = Torchvision("torchvision.models").attribute(str(named).lower(), run, place)
    run.known(made, f'models.get_model("{named}")', place)
    return run.call(made, [], kwargs, place)


def refuse_extraction(run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
    """`create_feature_extractor(model, ["layer2"])`, which leaves out every layer that these nodes do not need."""
    nodes = args[1] if len(args) > 1 else kwargs.get("return_nodes")
    names = [*nodes] if isinstance(nodes, (list, tuple, dict)) else []
    state = state_of(args[0] if args else kwargs.get("model"))
    hint = "write a class whose forward calls the parts that are needed: x = self.model.features(x)"
    if state is not None and "layer1" in state.children and all(name in state.children for name in names):
        pairs = nodes if isinstance(nodes, dict) else {name: name for name in names}
        hint = f"write: IntermediateLayerGetter(model, {pairs}), of torchvision.models._utils"
    raise run.refusal("P006", "create_feature_extractor is not read", place, hint)


def any_of(run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> bool:
    """Whether weights are given, whatever they are."""
    return any(args)


FUNCTIONS = {"get_model": get_model, "create_feature_extractor": refuse_extraction, "any_of": any_of}


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
