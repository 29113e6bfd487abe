"""Modules of Python's own library, as far as programs that build networks use them, each read when imported."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from convcalc.readers.python.values import LibraryModule

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.spec.model import Place

ROOMS = {
    "math": "arithmetic",
    "operator": "arithmetic",
    "functools": "functional",
    "itertools": "functional",
    "collections": "containers",
    "dataclasses": "data_classes",
    "enum": "enumerations",
    **dict.fromkeys(("typing", "typing_extensions", "collections.abc", "abc", "numbers", "types"), "annotations"),
    "copy": "copying",
    "inspect": "inspection",
    "re": "patterns",
    "argparse": "options",
    "numpy": "numpy",
    **dict.fromkeys(
        ("os", "sys", "string", "subprocess", "shutil", "urllib.request", "builtins", "importlib"), "systems"
    ),
}
MODULES: dict[str, StandardModule] = {}


class StandardModule(LibraryModule):
    """A module of Python's library: the names of it that are read."""

    __slots__ = ("names",)

    def __init__(self, name: str, names: dict[str, Any]):
        super().__init__(name)
        self.names = names

    def description(self) -> str:
        return f"the module {self.name}"

    def attribute(self, name: str, run: Run, place: Place) -> Any:
        if name in self.names:
            return self.names[name]
        below = standard_module(f"{self.name}.{name}")
        return below if below is not None else run.opaque(f"{self.name}.{name} is not read", place, name)


def standard_module(dotted: str) -> StandardModule | None:
    """A module of Python's library, None where it is not read."""
    if dotted not in MODULES:
        room = ROOMS.get(dotted)
        if room is None:
            return None
        MODULES[dotted] = StandardModule(dotted, import_module(f"{__name__}.{room}").names_of(dotted))
    return MODULES[dotted]
