"""Which names each statement at the top level of a module binds or changes, read without running any of them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from itertools import chain, product
from typing import TypeGuard

from convcalc.readers.python.scope import arguments_given, inner_nodes, names_bound, names_in, root_name, scope_of
from convcalc.tuples import NamedTuple

# Methods that change what they are called on, wherever the call is.
CHANGING_NAMES = (
    "__setattr__ add add_argument add_argument_group add_module append appendleft clear extend extendleft insert pop "
    "popitem popleft register_buffer register_module register_parameter remove reverse set_defaults setdefault sort "
    "update"
)
CHANGING = frozenset(CHANGING_NAMES.split())
# Methods of a network that leave its layers as they are, so that calls of them are not run.
HARMLESS_NAMES = (
    "apply backward build_graph compile cpu cuda double eval evaluate fit fit_generator float half load_state_dict "
    "load_weights parameters predict print_help save save_weights share_memory show step summary to train zero_grad"
)
HARMLESS = frozenset(HARMLESS_NAMES.split())
LIBRARIES = frozenset(
    ("torch", "torchvision", "keras", "tensorflow", "numpy", "einops", "timm", "lightning", "pytorch_lightning")
)
NUMBERS = frozenset(("data", "requires_grad", "grad", "training", "momentum", "eps", "p"))
REPLACING = frozenset(("setattr", "delattr", "__setattr__", "add_module", "register_module", "register_parameter"))
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
LOOPS = (ast.For, ast.AsyncFor, ast.While)
DISPLAYS = (ast.List, ast.Tuple, ast.Dict, ast.Set)


class Touch(NamedTuple):
    name: str
    changes: bool = False  # what the name stands for, instead of binding it anew


class TopLevel:
    """The statements of a module that bind or change each name, by index and in order."""

    def __init__(self, tree: ast.Module):
        self.statements = list(without_contexts(tree.body))
        self.touching: dict[str, list[int]] = {}
        self.changing: dict[int, list[str]] = {}
        self.stars: list[int] = []  # from … import *
        imported: set[str] = set()
        holders: dict[str, set[str]] = {}  # the names that see a change of what a name stands for
        definitions = {node.name: node for node in self.statements if isinstance(node, ast.FunctionDef)}
        known: dict[str, set[str]] = {}  # by function, the names of which it changes what they stand for
        for index, statement in enumerate(self.statements):
            if isinstance(statement, ast.Import) or is_of_library(statement):
                imported.update(names_bound(statement))
            for one, other in chain.from_iterable(map(shared_values, inner_nodes([statement]))):
                if one not in imported and other not in imported:  # a package is not what its functions make
                    holders.setdefault(one, set()).add(other)
            for touch in (*touches(statement), *changes_by_calls(statement, definitions, known)):
                if touch.name == "*":
                    self.stars.append(index)
                elif not touch.changes:
                    self.add(touch.name, index)
                elif touch.name not in imported:
                    self.changing.setdefault(index, []).append(touch.name)
        for index, names in self.changing.items():
            for name in reachable(names, holders):
                self.add(name, index)
        for indices in self.touching.values():
            indices.sort()

    def add(self, name: str, index: int) -> None:
        indices = self.touching.setdefault(name, [])
        if index not in indices[-1:]:
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


def without_contexts(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements, and in place of `with strategy.scope():`, which gives no name, what it goes around."""
    for statement in body:
        if isinstance(statement, ast.With) and all(item.optional_vars is None for item in statement.items):
            yield from without_contexts(statement.body)
        else:
            yield statement


def is_of_library(statement: ast.stmt) -> bool:
    """`from torch import nn`."""
    return isinstance(statement, ast.ImportFrom) and (statement.module or "").partition(".")[0] in LIBRARIES


def reachable(names: Iterable[str], holders: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    left = list(names)
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += holders.get(name, ())
    return found


def shared_values(statement: ast.AST) -> Iterator[tuple[str, str]]:
    """Pairs of names of which the second sees changes by the first.

    `b = a`, `b = a.c`, `b = getattr(a, "c")`, `b = a if x else c`, `b, c = a, d`, both ways; `b = [a]` and `b = f(a)`;
    `for b in a.c`, the other way.
    """
    if isinstance(statement, ast.For):
        yield from product(names_in(statement.target), names_in(statement.iter))
    if not isinstance(statement, ast.Assign):
        return
    first, *others = [target.id for target in statement.targets if isinstance(target, ast.Name)] or [""]
    for name in others:
        yield from ((first, name), (name, first))
    value = statement.value
    for target in statement.targets:
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
            for element, given in zip(target.elts, value.elts, strict=True):
                yield from shared_values(ast.Assign([element], given))
    parts: list[ast.AST] = [value]
    if isinstance(value, DISPLAYS):
        parts = [*ast.iter_child_nodes(value)]
    elif isinstance(value, ast.IfExp):
        parts = [value.body, value.orelse]
    for part in parts if first else ():
        match part:
            case ast.Call(func=ast.Name(id="getattr"), args=[whole, *_]) if root_name(whole):
                yield from ((root_name(whole), first), (first, root_name(whole)))
            case ast.Call(func=ast.Name(), args=args):
                yield from ((arg.id, first) for arg in args if isinstance(arg, ast.Name))
            case _ if root := root_name(part):
                yield from ((root, first), (first, root))


def is_main_guard(statement: ast.AST) -> TypeGuard[ast.If]:
    """`if __name__ == "__main__":`, which is not entered."""
    match statement:
        case ast.If(test=ast.Compare(left=left, ops=[ast.Eq()], comparators=[right])):
            return any(isinstance(side, ast.Name) and side.id == "__name__" for side in (left, right))
    return False


def touches(statement: ast.AST, loop: bool = False) -> Iterator[Touch]:
    """The names that a statement binds, and those of which it changes what they stand for."""
    if isinstance(statement, DEFINITIONS):
        yield Touch(statement.name)
        return
    if isinstance(statement, ast.Expr):
        match statement.value:
            case ast.Call(func=ast.Attribute(attr=method) as function) if not loop and method not in HARMLESS:
                yield from change_of(function)
    loop = loop or isinstance(statement, LOOPS)
    inner = statement.orelse if is_main_guard(statement) else ast.iter_child_nodes(statement)
    for node in inner:
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
            case ast.Call(func=ast.Name(id="setattr" | "delattr"), args=[changed, *_]):
                yield from change_of(changed)
            case ast.Attribute(ctx=ast.Store() | ast.Del()) | ast.Subscript(ctx=ast.Store() | ast.Del()):
                yield from change_of(node)
            case _:
                yield from map(Touch, names_bound(node))
        left += ast.iter_child_nodes(node)


def changes_by_calls(
    statement: ast.stmt, definitions: dict[str, ast.FunctionDef], known: dict[str, set[str]]
) -> Iterator[Touch]:
    """What a statement changes by giving it to a function of the module that changes its parameter."""
    if isinstance(statement, DEFINITIONS) or is_main_guard(statement):
        return
    for node in ast.walk(statement):
        match node:
            case ast.Call(func=ast.Attribute(attr="apply", value=whole), args=[given, *_]):
                if any(map(changes_layers, [given, *(definitions.get(name) for name in names_in(given))])):
                    yield from change_of(whole)
            case ast.Call(func=ast.Name(id=name)) if name in definitions:
                function = definitions[name]
                given_values = [*arguments_given(node, function.args)]
                held = {name: root_name(value) for name, value in given_values if not isinstance(value, ast.Call)}
                changes = names_changed(function, definitions, known)
                yield from (Touch(whole, True) for name, whole in held.items() if whole and name in changes)
                yield from (Touch(name, True) for name in changes and changes - scope_of(function).bound)


def changes_layers(function: ast.AST | None) -> bool:
    """Whether what is done to each module changes more of it than its numbers: puts another into it, or leaves one."""
    for node in ast.walk(function) if isinstance(function, (ast.FunctionDef, ast.Lambda)) else ():
        match node:
            case ast.Attribute(attr=name, ctx=ast.Store() | ast.Del()) if name not in NUMBERS:
                return True
            case ast.Subscript(value=ast.Name() | ast.Attribute(attr="_modules"), ctx=ast.Store() | ast.Del()):
                return True
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in REPLACING:
                return True
    return False


def names_changed(
    function: ast.FunctionDef, definitions: dict[str, ast.FunctionDef], known: dict[str, set[str]]
) -> set[str]:
    """The names of a function of which it changes what they stand for, by itself or by others, or a part of that."""
    if function.name in known:
        return known[function.name]
    known[function.name] = set()  # for a function that calls itself
    changed = {touch.name for inner in function.body for touch in touches(inner) if touch.changes}
    changed.update(touch.name for inner in function.body for touch in changes_by_calls(inner, definitions, known))
    wholes: dict[str, set[str]] = {}
    for node in ast.walk(function):
        for part, whole in shared_values(node):
            wholes.setdefault(part, set()).add(whole)
    known[function.name] = reachable(changed, wholes)
    return known[function.name]


def change_of(node: ast.AST) -> Iterable[Touch]:
    name = root_name(node)
    return (Touch(name, True),) if name else ()
