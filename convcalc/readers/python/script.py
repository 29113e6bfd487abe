"""A program as it runs when it is started: with what stands behind its guard, and the functions that are called there.

Functions whose results nothing takes stand in place of their calls, so that the network that `main()` makes is seen.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from convcalc.readers.python.scope import arguments_given, defaults_of, inner_nodes
from convcalc.readers.python.top_level import is_main_guard


def script_of(tree: ast.Module) -> ast.Module | None:
    """The program that runs, where it is another than what an import of it runs."""
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    body = [part for node in tree.body for part in (node.body if is_main_guard(node) else [node])]
    inlined = list(with_bodies(body, functions))
    return None if inlined == tree.body else ast.Module(inlined, [])


def with_bodies(body: Iterable[ast.stmt], functions: dict[str, ast.FunctionDef]) -> Iterator[ast.stmt]:
    """Statements, of which those that only call a function are its parameters and what it does."""
    for node in body:
        match node:
            case ast.Expr(value=ast.Call(func=ast.Name(id=name)) as call) if name in functions:
                yield from body_of(functions[name], call) or (node,)
            case _:
                yield node


def body_of(function: ast.FunctionDef, call: ast.Call) -> list[ast.stmt]:
    """What a call does, as statements by themselves; none where it cannot be told so."""
    args, body = function.args, function.body
    needed = {each.arg for each in (*args.posonlyargs, *args.args, *args.kwonlyargs)}
    given = defaults_of(args) | dict(arguments_given(call, args))
    body = body[:-1] if isinstance(body[-1], ast.Return) else body
    leaving = (ast.Return, ast.Yield, ast.YieldFrom, ast.Global, ast.Nonlocal, ast.Starred)
    if function.decorator_list or args.vararg or args.kwarg or given.keys() != needed:
        return []
    if any(isinstance(node, leaving) for node in (*inner_nodes(body), *call.args)):
        return []
    values = [ast.Assign([ast.Name(name, ast.Store())], value) for name, value in given.items()]
    return [*(ast.fix_missing_locations(ast.copy_location(value, call)) for value in values), *body]
