"""Classes of libraries that programs build on, each kept as a program of its own and read when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from convcalc.problem import Source
from convcalc.readers.python.namespace import ModuleNames
from convcalc.readers.python.syntax import parse

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.spec.model import Place

# The modules that have programs of a library.
ROOMS = {"torchvision": ("features", "residual"), "timm": ("vision_transformer",)}


def library_member(run: Run, library: str, name: str, place: Place) -> Any:
    """A class or a function of a library's program; None where it has none of this name."""
    for module in ROOMS[library]:
        room = import_module(f"convcalc.readers.pytorch.{module}")
        if name in room.CLASSES:
            if room.NAME not in run.modules:
                run.modules[room.NAME] = ModuleNames(room.NAME, parse(Source(room.NAME, room.PROGRAM)))
            return run.modules[room.NAME].lookup(name, run, place)
    return None
