"""Modules of Python's own library, as far as programs that build networks use them, each read when imported."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from convcalc.readers.python.values import LibraryModule

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.spec.model import Place

ROOMS = {  # the module and the table that hold the names of each
    "math": "arithmetic MATH", "operator": "arithmetic OPERATOR", "functools": "functional FUNCTOOLS",
    "itertools": "functional ITERTOOLS", "collections": "containers COLLECTIONS", "copy": "copying COPY",
    "dataclasses": "data_classes DATACLASSES", "enum": "enumerations ENUM", "inspect": "inspection INSPECT",
    "typing": "annotations TYPING", "typing_extensions": "annotations TYPING", "types": "annotations TYPES",
    "collections.abc": "annotations KINDS", "abc": "annotations ABSTRACT", "numbers": "annotations NUMBERS",
    "re": "patterns PATTERNS", "argparse": "options ARGPARSE", "numpy": "numpy NUMPY",
    "os": "systems OS", "sys": "systems SYS", "string": "systems STRING", "importlib": "systems IMPORTLIB",
    "builtins": ".builtin_names BUILTINS",
    "subprocess": "systems SUBPROCESS", "shutil": "systems SHUTIL", "urllib.request": "systems REQUEST",
}  # fmt: skip
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
        if dotted not in ROOMS:
            return None
        room, table = ROOMS[dotted].split()
        MODULES[dotted] = StandardModule(dotted, getattr(import_module(f".{room}", __name__), table))
    return MODULES[dotted]
