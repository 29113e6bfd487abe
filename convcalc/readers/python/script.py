"""A program as it runs when it is started: with what stands behind its guard, and the functions that are called there.

Functions whose results nothing takes stand in place of their calls, so that the network that `main()` makes is seen.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from copy import deepcopy
from typing import Any, TypeGuard

from convcalc.readers.python.scope import (
    arguments_given,
    defaults_of,
    inner_nodes,
    names_bound,
    parameters_of,
    scope_of,
)
from convcalc.readers.python.top_level import is_main_guard

MAX_STATEMENTS = 1_000  # that stand in place of calls
MAX_LEVELS = 8  # functions that call one another


def script_of(tree: ast.Module) -> ast.Module | None:
    """The program that runs, where it is another than what an import of it runs."""
    inlined = list(Inlining(tree).statements(tree.body))
    return None if inlined == tree.body else ast.Module(inlined, [])


class Inlining:
    """The functions of a program, the names that are taken at its top level, and what runs."""

    def __init__(self, tree: ast.Module):
        self.functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
        self.taken = {name for node in inner_nodes(tree.body) for name in names_bound(node)}
        self.count = 0  # the statements that stand in place of calls
        self.running: list[str] = []

    def statements(self, body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
        """Statements, of which those that only call a function are its parameters and what it does."""
        for node in body:
            match node:
                case ast.Expr(
                    value=ast.Call(func=ast.Attribute(attr="exit"), args=[ast.Call(func=ast.Name(id=name)) as call])
                    | (ast.Call(func=ast.Name(id=name)) as call)
                ) if name in self.functions and name not in self.running and len(self.running) < MAX_LEVELS:
                    inner = self.body_of(self.functions[name], call)
                    self.count += len(inner)
                    self.running.append(name)
                    yield from self.statements(inner or [node])
                    self.running.pop()
                case ast.If() if is_main_guard(node) and not self.running:
                    yield from self.statements(node.body)
                case _:
                    yield node

    def body_of(self, function: ast.FunctionDef, call: ast.Call) -> list[ast.stmt]:
        """What a call does, as statements by themselves; none where it cannot be told so."""
        taken = parameters_of(function)
        needed = {*taken.all_names}
        given = defaults_of(function.args) | dict(arguments_given(with_words(call), function.args))
        leaving = (ast.Yield, ast.YieldFrom, ast.Nonlocal, ast.Starred)
        if function.decorator_list or taken.rest or taken.keywords or given.keys() != needed:
            return []
        if self.count + len(function.body) > MAX_STATEMENTS:
            return []
        if any(isinstance(node, leaving) for node in (*inner_nodes(function.body), *call.args)):
            return []
        stored = {node.id for node in inner_nodes(function.body) if is_stored(node)} | needed
        names = {name: f"{function.name}_{name}" for name in stored & self.taken & scope_of(function).bound}
        self.taken |= stored
        values = (ast.Assign([ast.Name(names.get(name, name), ast.Store())], each) for name, each in given.items())
        body = [AtTop(names).visit(deepcopy(node)) for node in function.body]
        return [*(ast.fix_missing_locations(ast.copy_location(value, call)) for value in values), *body]


def is_stored(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


def with_words(call: ast.Call) -> ast.Call:
    """A call, with the arguments of `**{"n": 5}` by their names."""
    words: list[ast.keyword] = []
    for word in call.keywords:
        match word:
            case ast.keyword(arg=None, value=ast.Dict(keys=keys, values=values)):
                pairs = zip(keys, values, strict=True)
                words += [ast.keyword(getattr(key, "value", None), each) for key, each in pairs]
            case _:
                words.append(word)
    return ast.Call(call.func, call.args, words)


class AtTop(ast.NodeTransformer):
    """A function's statements at the top level: what others have there it calls otherwise, and it never leaves."""

    def __init__(self, names: dict[str, str], inner: bool = False):
        self.names = names
        self.inner = inner  # whether in a function of the function

    def visit(self, node: ast.AST) -> Any:
        match node:
            case ast.Name():
                node.id = self.names.get(node.id, node.id)
            case ast.Return(value=value) if not self.inner:
                node = ast.copy_location(ast.Expr(value or ast.Constant(None)), node)
                ast.fix_missing_locations(node)
            case ast.Global() if not self.inner:
                node = ast.copy_location(ast.Pass(), node)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda() if not self.inner:
                own = scope_of(node).bound
                return AtTop({name: other for name, other in self.names.items() if name not in own}, True).visit(node)
            case ast.ClassDef():
                return node
        return self.generic_visit(node)
