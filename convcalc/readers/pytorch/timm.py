"""What `import timm` gives to a program: the layers and helpers that other people's networks take from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.readers.python.values import LibraryFunction, LibraryModule, Opaque
from convcalc.readers.pytorch.layers import layer_class
from convcalc.readers.pytorch.library_programs import library_member
from convcalc.readers.pytorch.ntuples import repeating_function

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.spec.model import Place

MODULES = frozenset((
    "timm.models", "timm.layers", "timm.models.layers", "timm.models.vision_transformer", "timm.models.registry",
))  # fmt: skip


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


INITIALISERS = ("trunc_normal_", "lecun_normal_", "variance_scaling_", "trunc_normal_tf_")
