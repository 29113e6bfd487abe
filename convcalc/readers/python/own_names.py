"""The names of a module as the program itself reaches them: `globals()`, `sys.modules[__name__]`.

A statement may bind names by these that are written nowhere; a module runs it before it looks up any name.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from convcalc.readers.python.frame import ABSENT
from convcalc.readers.python.values import Foreign, movers

if TYPE_CHECKING:
    from convcalc.readers.python.namespace import ModuleNames
    from convcalc.readers.python.run import Run
    from convcalc.spec import Place

REACHING = re.compile(r"\b(?:globals|locals)\(\)|\bmodules\[")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def statements_binding_unwritten_names(text: str, statements: Sequence[ast.stmt]) -> list[int]:
    """The indices of those that may: `globals()[name] = …`, `setattr(sys.modules[__name__], name, …)`."""
    if not REACHING.search(text):
        return []
    own = {
        target.id
        for statement in statements if isinstance(statement, ast.Assign) and is_own(statement.value, frozenset())
        for target in statement.targets if isinstance(target, ast.Name)
    }  # fmt: skip
    binding = {
        node.name for node in statements
        if isinstance(node, ast.FunctionDef) and any(binds(inner, own) for inner in ast.walk(node))
    }  # fmt: skip
    return [
        index
        for index, statement in enumerate(statements)
        if not isinstance(statement, FUNCTIONS)
        and any(binds(node, own) or called_name(node) in binding for node in ast.walk(statement))
    ]


def is_own(node: ast.AST, own: set[str] | frozenset[str]) -> bool:
    """Whether an expression is the module that it is in, or the dict of its names."""
    match node:
        case ast.Name(id=name):
            return name in own
        case ast.Call(func=ast.Name(id="globals" | "locals"), args=[]):
            return True
        case ast.Subscript(value=ast.Name(id="modules") | ast.Attribute(attr="modules")):
            return True
        case ast.Attribute(value=value, attr="__dict__") | ast.Call(func=ast.Name(id="vars"), args=[value]):
            return is_own(value, own)
    return False


def binds(node: ast.AST, own: set[str]) -> bool:
    """Whether a node binds a name of the module that it is in by a text."""
    match node:
        case ast.Call(func=ast.Name(id="setattr"), args=[first, *_]):
            return is_own(first, own)
        case ast.Call(func=ast.Attribute(value=value, attr="update" | "setdefault" | "__setitem__")):
            return is_own(value, own)
        case ast.Subscript(value=value, ctx=ast.Store()) | ast.Attribute(value=value, ctx=ast.Store()):
            return is_own(value, own)
    return False


def called_name(node: ast.AST) -> str:
    """`f` of `f(x)` and of `a.f(x)`."""
    function = node.func if isinstance(node, ast.Call) else None
    return getattr(function, "attr", "") or getattr(function, "id", "")


class OwnNames(Foreign):
    """`globals()`: the names of a module, which can be set."""

    __slots__ = ("module",)

    def __init__(self, module: ModuleNames):
        self.module = module

    def description(self) -> str:
        return f"the names of {self.module.name}"

    def found(self, name: Any, run: Run) -> Any:
        found = self.module.find(name, run) if type(name) is str else ABSENT
        return self.module.own_name(name, run) if found is ABSENT and name == "__name__" else found

    def item(self, index: Any, run: Run, place: Place) -> Any:
        found = self.found(index, run)
        if found is ABSENT:
            raise run.error("KeyError", f"{self.module.source.name} has no {run.representation(index)}", place)
        return found

    def set_item(self, index: Any, value: Any, run: Run, place: Place) -> None:
        if type(run.known(index, "the name that is bound", place)) is str:
            self.module.bind(index, value)

    def contains(self, value: Any, run: Run, place: Place) -> bool:
        return self.found(value, run) is not ABSENT

    def iterate(self, run: Run, place: Place) -> Iterator[Any]:
        return iter(run.collect(iter(self.module.names()), place))

    def mapping(self, run: Run, place: Place) -> dict[Any, Any]:
        names = run.collect(self.iterate(run, place), place)
        return {name: value for name in names if (value := self.found(name, run)) is not ABSENT}

    def attribute(self, name: str, run: Run, place: Place) -> Any:
        methods = movers(self.get, self.update, self.setdefault)
        return methods[name] if name in methods else run.attribute(self.mapping(run, place), name, place)

    def get(self, run: Run, place: Place, name: Any, default: Any = None) -> Any:
        found = self.found(name, run)
        return default if found is ABSENT else found

    def update(self, run: Run, place: Place, values: Any = (), **named: Any) -> None:
        for name, value in {**run.mapping(values or {}, place), **named}.items():
            self.set_item(name, value, run, place)

    def setdefault(self, run: Run, place: Place, name: Any, default: Any = None) -> Any:
        if self.found(name, run) is ABSENT:
            self.set_item(name, default, run, place)
        return self.item(name, run, place)


class LoadedModules(Foreign):
    """`sys.modules`: the files of the program that were read so far, by the names that they have themselves."""

    __slots__ = ()
    called = "sys.modules"

    def item(self, index: Any, run: Run, place: Place) -> Any:
        named = [module for module in (run.main, *run.modules.values()) if module and module.name == index]
        running = [module for module in named if module.current is not None]
        for module in (running or named)[-1:]:
            return module
        return run.opaque(f"sys.modules[{run.representation(index)}] is not read", place)

    def contains(self, value: Any, run: Run, place: Place) -> bool:
        return any(module.name == value for module in (run.main, *run.modules.values()) if module)
