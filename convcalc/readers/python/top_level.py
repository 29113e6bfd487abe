"""Which names each statement at the top level of a module binds or changes, read without running any of them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from convcalc.readers.python.scope import names_bound
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# Methods that change what they are called on, wherever the call is.
CHANGING_NAMES = (
    "add add_argument add_argument_group add_module append appendleft clear extend extendleft insert pop popleft "
    "popitem register_buffer register_module register_parameter remove reverse set_defaults setdefault sort "
    "update"
)
CHANGING = frozenset(CHANGING_NAMES.split())
# Methods of a network that leave its layers as they are, so that training it is not run.
HARMLESS_NAMES = (
    "apply backward build_graph compile cpu cuda double eval evaluate fit fit_generator float half "
    "load_state_dict load_weights parameters predict print_help save save_weights share_memory show step summary "
    "to train zero_grad"
)
HARMLESS = frozenset(HARMLESS_NAMES.split())
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
LOOPS = (ast.For, ast.AsyncFor, ast.While)


class Touch(NamedTuple):
    name: str
    changes: bool = False  # what the name stands for, instead of binding it anew


class TopLevel:
    """The statements of a module that bind or change each name, by index and in order."""

    def __init__(self, tree: ast.Module):
        self.statements = tree.body
        self.touching: dict[str, list[int]] = {}
        self.changing: dict[int, list[str]] = {}
        self.stars: list[int] = []  # from … import *
        imported: set[str] = set()
        roots: dict[str, str] = {}  # what a name is a part of
        for index, statement in enumerate(tree.body):
            match statement:
                case ast.Import():
                    imported.update(names_bound(statement))
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.expr() as value):
                    root = root_name(value.func if isinstance(value, ast.Call) else value)
                    if root and not (isinstance(value, ast.Call) and isinstance(value.func, ast.Name)):
                        roots[name] = root
            for touch in touches(statement):
                if touch.name == "*":
                    self.stars.append(index)
                    continue
                if touch.changes and touch.name in imported:
                    continue
                self.add(touch.name, index)
                if touch.changes:
                    self.changing.setdefault(index, []).append(touch.name)
                    whole, hops = touch.name, 0
                    while whole in roots and hops < 10 and roots[whole] not in imported:
                        whole, hops = roots[whole], hops + 1
                        self.add(whole, index)

    def add(self, name: str, index: int) -> None:
        indices = self.touching.setdefault(name, [])
        if not indices or indices[-1] != index:
            indices.append(index)

    def readers(self, name: str, before: int) -> Iterator[int]:
        """The statements that bind something else to what a name stood for, since it was last bound."""
        earlier = [index for index in self.touching[name] if index < before]
        bound = [index for index in earlier if name not in self.changing.get(index, ())]
        for index in range(bound[-1] + 1 if bound else 0, before):
            statement = self.statements[index]
            if isinstance(statement, (*DEFINITIONS, ast.Import, ast.ImportFrom, ast.Expr)) or index in earlier:
                continue
            if any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(statement)):
                yield index


def is_main_guard(statement: ast.AST) -> bool:
    """`if __name__ == "__main__":`, which is not entered."""
    match statement:
        case ast.If(test=ast.Compare(left=ast.Name(id="__name__"), ops=[ast.Eq()])):
            return True
        case ast.If(test=ast.Compare(ops=[ast.Eq()], comparators=[ast.Name(id="__name__")])):
            return True
    return False


def touches(statement: ast.AST, loop: bool = False) -> Iterator[Touch]:
    """The names that a statement binds, and those of which it changes what they stand for."""
    if isinstance(statement, DEFINITIONS):
        yield Touch(statement.name)
        return
    if is_main_guard(statement):
        return
    if isinstance(statement, ast.Expr):
        match statement.value:
            case ast.Call(func=ast.Attribute(attr=method) as function) if not loop and method not in HARMLESS:
                yield from change_of(function)
    loop = loop or isinstance(statement, LOOPS)
    for node in ast.iter_child_nodes(statement):
        yield from touches(node, loop) if isinstance(node, (ast.stmt, ast.excepthandler)) else parts(node, loop)
    yield from map(Touch, names_bound(statement))


def parts(expression: ast.AST, loop: bool) -> Iterator[Touch]:
    """What an expression, or a part of a statement, binds and changes."""
    left: list[ast.AST] = [expression]
    while left:
        node = left.pop()
        match node:
            case ast.Lambda() | ast.Constant():
                continue
            case ast.stmt():
                yield from touches(node, loop)
                continue
            case ast.Call(func=ast.Attribute(attr=method) as function) if method in CHANGING:
                yield from change_of(function)
            case ast.Attribute(ctx=ast.Store() | ast.Del()) | ast.Subscript(ctx=ast.Store() | ast.Del()):
                yield from change_of(node)
            case _:
                yield from map(Touch, names_bound(node))
        left += ast.iter_child_nodes(node)


def change_of(node: ast.AST) -> Iterable[Touch]:
    name = root_name(node)
    return (Touch(name, True),) if name else ()


def root_name(node: Any) -> str:
    """`a` of `a.b[0].c(…)`; nothing of an expression that begins with no name."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""
