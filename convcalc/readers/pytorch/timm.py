"""What `import timm` gives to a program: the layers and helpers that other people's networks take from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.readers.python.values import LibraryFunction, LibraryModule, Opaque
from convcalc.readers.pytorch.layers import layer_class

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.spec.model import Place

MODULES = frozenset(("timm.models", "timm.layers", "timm.models.layers"))


class Timm(LibraryModule):
    """A module of timm."""

    __slots__ = ()

    def attribute(self, name: str, run: Run, place: Place) -> Any:
        if f"{self.name}.{name}" in MODULES:
            return Timm(f"{self.name}.{name}")
        unknown = Opaque(f"{self.name}.{name} is not read", place, name)
        if self.name not in MODULES:
            return unknown
        if name[:3] == "to_" and name[4:] == "tuple" and name[3].isdecimal():
            return repeater(run, [int(name[3])], place)
        if name == "to_ntuple":
            return LibraryFunction(name, lambda run, args, kwargs, place: repeater(run, args, place))
        if name in INITIALISERS:
            return LibraryFunction(name, lambda run, args, kwargs, place: args[0] if args else None)
        return layer_class(name) or unknown


INITIALISERS = ("trunc_normal_", "lecun_normal_", "variance_scaling_", "trunc_normal_tf_")


def repeater(run: Run, args: list[Any], place: Place) -> LibraryFunction:
    """`to_2tuple`: a number so many times; several of them as they are."""
    if len(args) != 1 or not isinstance(args[0], int):
        raise run.error("TypeError", "to_ntuple takes a whole number", place)
    count = args[0]
    run.spend(count, place)

    def repeat(run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
        if len(args) != 1:
            raise run.error("TypeError", f"to_{count}tuple takes one value", place)
        return tuple(args[0]) if isinstance(args[0], (list, tuple)) else (args[0],) * count

    return LibraryFunction(f"to_{count}tuple", repeat)
