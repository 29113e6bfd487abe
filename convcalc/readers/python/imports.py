"""Imports: of the library's modules, of Python's own, and of files beside the source, which are read and not run."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any

from convcalc.problem import Problem, Source
from convcalc.readers.python.errors import Raised
from convcalc.readers.python.frame import ABSENT, Frame
from convcalc.readers.python.limits import MAX_CHARACTERS, MAX_FILES
from convcalc.readers.python.namespace import ModuleNames
from convcalc.readers.python.values import LibraryModule, Opaque

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.spec import Place

ROOMS = {  # the module and the table that hold the names of each
    "math": "arithmetic MATH", "operator": "arithmetic OPERATOR", "functools": "functional FUNCTOOLS",
    "itertools": "functional ITERTOOLS", "collections": "containers COLLECTIONS", "copy": "copying COPY",
    "dataclasses": "records DATACLASSES", "enum": "records ENUM", "inspect": "inspection INSPECT",
    "typing": "annotations TYPING", "typing_extensions": "annotations TYPING", "types": "annotations TYPES",
    "collections.abc": "annotations KINDS", "abc": "annotations ABSTRACT", "numbers": "annotations NUMBERS",
    "re": "patterns PATTERNS", "argparse": "systems ARGPARSE", "numpy": "numpy NUMPY",
    "os": "systems OS", "sys": "systems SYS", "string": "systems STRING", "importlib": "systems IMPORTLIB",
    "builtins": ".builtin_names BUILTINS",
    "subprocess": "systems SUBPROCESS", "shutil": "systems SHUTIL", "urllib.request": "systems REQUEST",
}  # fmt: skip
STANDARD: dict[str, StandardModule] = {}


def execute_import(node: ast.Import | ast.ImportFrom, frame: Frame) -> None:
    run, place = frame.run, frame.place(node)
    if isinstance(node, ast.Import):
        for alias in node.names:
            module = find_module(alias.name, frame.module, run, node, place)
            if alias.asname:
                frame.bind(alias.asname, module)
            else:
                first = alias.name.split(".")[0]
                frame.bind(first, find_module(first, frame.module, run, node, place) if first != alias.name else module)
        return
    if node.module == "__future__":
        return
    dotted = "." * node.level + (node.module or "")
    module = find_module(dotted, frame.module, run, node, place)
    for alias in node.names:
        if alias.name == "*":
            import_all(module, frame, place)
        else:
            frame.bind(alias.asname or alias.name, member(module, dotted, alias.name, frame, node, place))


def member(module: Any, dotted: str, name: str, frame: Frame, node: Any, place: Place) -> Any:
    """What `from module import name` binds: an attribute, else a module below it."""
    run = frame.run
    if isinstance(module, Opaque):
        return run.opaque(module.reason, place, name)
    below = f"{dotted}{'' if dotted.endswith('.') else '.'}{name}"
    if isinstance(module, ModuleNames):
        return module_member(module, name, run, place)
    try:
        return run.attribute(module, name, place)
    except Raised:
        found = run.library.lookup(below)
        if found is not None:
            return found
    if node in run.optional:
        raise run.error("ImportError", f"{name} of {dotted} is not read", place)
    return run.opaque(f"{name} of {dotted} is not read", place, name)


def module_member(module: ModuleNames, name: str, run: Run, place: Place) -> Any:
    """`module.name`: what the module binds, else a file below it."""
    value = module.find(name, run)
    if value is not ABSENT:
        return value
    below = find_file(f".{name}", module, run, place) if module.is_package() else None
    return module.lookup(name, run, place) if below is None else below


def import_all(module: Any, frame: Frame, place: Place) -> None:
    """`from module import *`: of a file, what it binds; of all else, what is looked up."""
    run = frame.run
    if not isinstance(module, ModuleNames):
        frame.module.starred.append(module)
        return
    listed = module.find("__all__", run)
    names = run.elements_of(listed, place) if listed is not ABSENT else module.names()
    for name in names:
        if listed is not ABSENT or not name.startswith("_"):
            try:
                value = module.find(name, run)
                if value is not ABSENT:  # what imports this module in turn has not bound all of its names yet
                    frame.bind(name, value)
            except Problem as error:
                frame.bind(name, Opaque(error.diagnostics[0].message, place, name))
    frame.module.starred += module.starred


def find_module(dotted: str, beside: ModuleNames, run: Run, node: Any, place: Place) -> Any:
    """A module by its dotted name; Opaque where it is not read."""
    package = None if dotted.startswith(".") else run.library.lookup(dotted)
    if package is None or is_in_package(dotted.partition(".")[0], beside):
        module = find_file(dotted, beside, run, place)
        if module is not None:
            return module
    if package is not None:
        return package
    found = standard_module(dotted)
    if found is not None:
        return found
    if node in run.optional:
        raise run.error("ModuleNotFoundError", f"No module named '{dotted}'", place)
    return run.opaque(f"the module {dotted} is not read", place, dotted.rpartition(".")[2])


def find_file(dotted: str, beside: ModuleNames, run: Run, place: Place) -> ModuleNames | None:
    """The file that a dotted name means, from where a module is: never one outside the folder of its package."""
    if not beside.file or run.source.is_alone:
        return None
    folder = os.path.dirname(os.path.realpath(beside.file))
    names = dotted.lstrip(".").split(".") if dotted.strip(".") else []
    level = len(dotted) - len(dotted.lstrip("."))
    top = package_root(folder, names if not level else [])
    if level:
        for _ in range(level - 1):
            folder = os.path.dirname(folder)
        folders = [folder] if is_inside(folder, top) or level == 1 else []
    else:
        folders = [folder]
        while folder != top and is_inside(folder, top):
            folder = os.path.dirname(folder)
            folders.append(folder)
    for start in folders:
        for path in (os.path.join(start, *names) + ".py", os.path.join(start, *names, "__init__.py")):
            if os.path.isfile(path) and is_inside(os.path.realpath(path), top):
                return read_module(path, dotted, run, place)
    return None


def is_in_package(name: str, module: ModuleNames) -> bool:
    """Whether a module is one of a package itself, whose files it means by the package's name."""
    folder = os.path.dirname(os.path.realpath(module.file)) if module.file else ""
    return any(os.path.basename(each) == name for each in packages_around(folder))


def packages_around(folder: str) -> Iterator[str]:
    """The packages that a folder is and is in, the innermost first."""
    while os.path.isfile(os.path.join(folder, "__init__.py")) and os.path.dirname(folder) != folder:
        yield folder
        folder = os.path.dirname(folder)


def package_root(folder: str, names: list[str]) -> str:
    """The folder that holds a folder's package: the first without `__init__.py`, or the one above the first name."""
    top = folder
    for each in packages_around(folder):
        top = os.path.dirname(each)
    if names:
        parts = top.split(os.sep)
        if names[0] in parts[1:]:
            return os.sep.join(parts[: len(parts) - parts[::-1].index(names[0]) - 1]) or os.sep
    return top


def is_inside(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def read_module(path: str, dotted: str, run: Run, place: Place) -> ModuleNames:
    path = os.path.realpath(path)
    if run.main is not None and run.main.file and os.path.realpath(run.main.file) == path:
        return run.main
    if path not in run.modules:
        if len(run.modules) >= MAX_FILES:
            raise run.refusal("P005", f"more than {MAX_FILES} files are imported", place, "name the network's own file")
        from convcalc.readers.python.syntax import parse

        run.modules[path] = ModuleNames(dotted, parse(Source(os.path.relpath(path), text_of(path, run, place))), path)
    return run.modules[path]


def text_of(path: str, run: Run, place: Place) -> str:
    try:
        if os.path.getsize(path) > 4 * MAX_CHARACTERS:
            raise run.refusal("P001", f"{os.path.basename(path)} is too large to be read as Python", place)
        with open(path, "rb") as file:
            return file.read().decode("utf-8-sig").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not in UTF-8"
        raise run.refusal("P001", f"{os.path.basename(path)} cannot be read: {reason}", place) from None


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
    if dotted not in STANDARD:
        if dotted not in ROOMS:
            return None
        room, table = ROOMS[dotted].split()
        STANDARD[dotted] = StandardModule(
            dotted, getattr(import_module(f".{room}", "convcalc.readers.python.standard"), table)
        )
    return STANDARD[dotted]
