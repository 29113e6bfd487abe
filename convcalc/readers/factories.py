"""Which classes of a program are parts of others, and its functions that make networks.

`def resnet18(): return ResNet(BasicBlock, [2, 2, 2, 2])` gives a network; ResNet, which needs arguments, is none alone.
"""

from __future__ import annotations

import ast
from collections.abc import Container, Iterator, Sequence


def functions_making(statements: Sequence[ast.stmt], makers: frozenset[str], least: int = 1) -> list[str]:
    """The functions of a file that give what so many of these make, and are used by no other such function."""
    words = words_given(statements)
    making = {name for name in words if len(words[name] & makers) >= least}
    while more := {name for name in words.keys() - making if words[name] & making}:
        making |= more
    used = {word for name in making for word in words[name] - {name}}
    return [name for name in words if name in making - used] if making else []


def classes_made(statements: Sequence[ast.stmt], makers: Sequence[str], classes: frozenset[str]) -> set[str]:
    """Those of these classes that go into what functions give, through other functions too, or into calls."""
    words = words_given(statements)
    found, waiting = set[str](), list(makers)
    for name in waiting:  # it grows
        here = words[name] if name in words else frozenset(words_in(ast.parse(name)))
        found |= here
        waiting += [word for word in words if word in here and word not in waiting]
    return found & classes


def classes_used(statements: Sequence[ast.stmt]) -> set[str]:
    """The names that a class uses, its own aside, through functions of the file too."""
    functions = {node.name: node for node in statements if isinstance(node, ast.FunctionDef)}
    found = set[str]()
    for node in statements:
        if isinstance(node, ast.ClassDef):
            names = list(dict.fromkeys(names_in(node)))
            for name in names:  # it grows
                if name in functions:
                    names += [more for more in dict.fromkeys(names_in(functions[name])) if more not in names]
            found.update(name for name in names if name != node.name)
    return found


def calls_of(statements: Sequence[ast.stmt], names: Container[str]) -> list[str]:
    """The calls of classes outside of functions and classes, as they are written, each once."""
    found = (
        ast.unparse(node)
        for statement in statements if not isinstance(statement, (ast.FunctionDef, ast.ClassDef))
        for node in ast.walk(statement) if isinstance(node, ast.Call) and getattr(node.func, "id", "") in names
    )  # fmt: skip
    return list(dict.fromkeys(found))


def other_calls(
    statements: Sequence[ast.stmt], name: str, parameters: ast.arguments, known: Container[str]
) -> Iterator[tuple[ast.Call, list[tuple[str, str]]]]:
    """The calls of a class with what they give in place of its defaults, and these; only names at the top are known."""
    names = [each.arg for each in (*parameters.posonlyargs, *parameters.args)][1:]
    defaults = dict(zip(names[::-1], parameters.defaults[::-1], strict=False))
    named = zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True)
    defaults |= {each.arg: default for each, default in named if default}
    for statement in statements:
        for node in ast.walk(statement) if not isinstance(statement, ast.ClassDef) else ():
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == name:
                given = {word.arg: word.value for word in node.keywords}
                given |= zip(names, node.args, strict=False)
                spread = None in given or any(isinstance(each, ast.Starred) for each in node.args)
                if not spread and all(word in known for each in given.values() for word in names_in(each)):
                    pairs = [(given[key], default) for key, default in defaults.items() if key in given]
                    yield node, [(ast.unparse(one), ast.unparse(other)) for one, other in pairs]


def words_given(statements: Sequence[ast.stmt]) -> dict[str, frozenset[str]]:
    """By function of a file, the names in it; none where it gives nothing."""
    functions = (node for node in statements if isinstance(node, ast.FunctionDef))
    return {node.name: frozenset(words_in(node)) if returns(node) else frozenset() for node in functions}


def returns(function: ast.FunctionDef) -> bool:
    return any(isinstance(node, ast.Return) and node.value is not None for node in ast.walk(function))


def names_in(code: ast.AST) -> Iterator[str]:
    return (node.id for node in ast.walk(code) if isinstance(node, ast.Name))


def words_in(code: ast.AST) -> Iterator[str]:
    """The names and attributes in a piece of a program."""
    for node in ast.walk(code):
        if isinstance(node, (ast.Name, ast.Attribute)):
            yield node.id if isinstance(node, ast.Name) else node.attr
