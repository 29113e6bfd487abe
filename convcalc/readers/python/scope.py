"""Which names a function binds, read from its body before it runs, as Python does, and what its calls give it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import Any

from convcalc.tuples import NamedTuple

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class LocalNames(NamedTuple):
    bound: frozenset[str]  # its local names
    shared: frozenset[str]  # declared global
    outer: frozenset[str]  # declared nonlocal
    yields: bool = False


class Parameters(NamedTuple):
    """What a function takes: names by position, names by keyword only, and the two that take the rest."""

    names: tuple[str, ...]
    by_position_only: int
    by_keyword: tuple[str, ...]
    rest: str
    keywords: str

    @property
    def all_names(self) -> list[str]:
        """Of what is not left over."""
        return [*self.names, *self.by_keyword]


def scope_of(node: Any) -> LocalNames:
    """The scope of a function or lambda."""
    taken = parameters_of(node)
    bound = {*taken.all_names, taken.rest, taken.keywords}
    shared: set[str] = set()
    outer: set[str] = set()
    yields = False
    body = [node.body] if isinstance(node, ast.Lambda) else node.body
    for inner in inner_nodes(body):
        match inner:
            case ast.Global(names=names):
                shared.update(names)
            case ast.Nonlocal(names=names):
                outer.update(names)
            case ast.Yield() | ast.YieldFrom():
                yields = True
            case _:
                bound.update(names_bound(inner))
    return LocalNames(frozenset(bound - shared - outer), frozenset(shared), frozenset(outer), yields)


def parameters_of(node: Any) -> Parameters:
    args = node.args
    return Parameters(
        tuple(arg.arg for arg in (*args.posonlyargs, *args.args)),
        len(args.posonlyargs),
        tuple(arg.arg for arg in args.kwonlyargs),
        args.vararg.arg if args.vararg else "",
        args.kwarg.arg if args.kwarg else "",
    )


def inner_nodes(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """The nodes of a body, without what is inside the functions and classes in it."""
    left = list(body)
    while left:
        node = left.pop()
        yield node
        if isinstance(node, FUNCTIONS):
            left += node.args.defaults + [default for default in node.args.kw_defaults if default]
        elif isinstance(node, ast.ClassDef):
            left += node.bases
        elif isinstance(node, COMPREHENSIONS):
            left += [inner.target for inner in ast.walk(node) if isinstance(inner, ast.NamedExpr)]
        else:
            left += ast.iter_child_nodes(node)


def names_bound(node: ast.AST) -> Iterable[str]:
    """The names that a node binds by itself, without the nodes in it."""
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            return (name,)
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return (name,)
        case ast.Import(names=names):
            return tuple(alias.asname or alias.name.split(".")[0] for alias in names)
        case ast.ImportFrom(names=names):
            return tuple(alias.asname or alias.name for alias in names)
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            return (name,)
        case ast.MatchMapping(rest=str(name)):
            return (name,)
    return ()


def names_in(code: ast.AST) -> list[str]:
    """The names in a piece of a program, each once."""
    return list(dict.fromkeys(node.id for node in ast.walk(code) if isinstance(node, ast.Name)))


def root_name(node: Any) -> str:
    """`a` of `a.b[0].c(…)`; nothing of an expression that begins with no name."""
    *_, root = node, *wholes_of(node)
    return root.id if isinstance(root, ast.Name) else ""


def wholes_of(node: Any) -> Iterator[ast.AST]:
    """`a.b[0]`, `a.b` and `a` of `a.b[0].c`."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
        yield node


def defaults_of(parameters: ast.arguments) -> dict[str, ast.expr]:
    """The parameters that need not be given, with their defaults."""
    placed = [each.arg for each in (*parameters.posonlyargs, *parameters.args)]
    named = zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True)
    usual = dict(zip(placed[::-1], parameters.defaults[::-1], strict=False))
    return usual | {each.arg: default for each, default in named if default}


def arguments_given(call: ast.Call, parameters: ast.arguments) -> Iterator[tuple[str, ast.expr]]:
    """What a call gives, by parameter; what is left over goes to `*args` or `**kwargs`, by no name without these."""
    placed = [each.arg for each in (*parameters.posonlyargs, *parameters.args)]
    rest, words = (each.arg if each else "" for each in (parameters.vararg, parameters.kwarg))
    for index, value in enumerate(call.args):
        yield (placed[index] if index < len(placed) else rest), value
    known = {*placed, *(each.arg for each in parameters.kwonlyargs)}
    for word in call.keywords:
        yield (word.arg if word.arg in known else words), word.value
