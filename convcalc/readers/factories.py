"""Which classes of a program are parts of others, and its functions that make networks.

`def resnet18(): return ResNet(BasicBlock, [2, 2, 2, 2])` gives a network; ResNet, which needs arguments, is none alone.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Container, Iterator, Sequence
from typing import Any

from convcalc.readers.python.scope import arguments_given, defaults_of, names_in, root_name, wholes_of

# Functions and methods that give no network, whatever they are of.
NOT_NETWORKS = frozenset(("sum", "len", "item", "numel", "parameters", "state_dict", "fit", "evaluate", "predict"))


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
            names = names_in(node)
            for name in names:  # it grows
                if name in functions:
                    names += [more for more in names_in(functions[name]) if more not in names]
            found.update(name for name in names if name != node.name)
    return found


def calls_of(statements: Sequence[ast.stmt], names: Container[str], inside: bool = False) -> list[str]:
    """The calls of classes and functions as they are written, each once; those inside of others where that is said."""
    found = (
        ast.unparse(node)
        for statement in statements if inside or not isinstance(statement, (ast.FunctionDef, ast.ClassDef))
        for node in ast.walk(statement) if isinstance(node, ast.Call) and getattr(node.func, "id", "") in names
    )  # fmt: skip
    return list(dict.fromkeys(found))


def other_calls(
    statements: Sequence[ast.stmt], name: str, parameters: ast.arguments, known: Container[str]
) -> Iterator[tuple[ast.Call, list[tuple[str, str, str]]]]:
    """The calls of a class with what they give in place of its defaults: (parameter, given, default) of each.

    A call inside a function that returns the network is left out where its arguments are known only at run time.
    """
    defaults = defaults_of(parameters)
    own = ast.arguments(**{**vars(parameters), "args": parameters.args[1:]})
    giving = words_given(statements)
    for statement in statements:
        of = getattr(statement, "name", "")
        for node in ast.walk(statement) if of != name else ():
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == name:
                more = getattr(getattr(statement, "args", None), "kwarg", None)
                words = [word for word in node.keywords if word.arg or not more or ast.unparse(word.value) != more.arg]
                call = ast.copy_location(ast.Call(node.func, node.args, words), node)
                spread = any(word.arg is None for word in words) or any(
                    isinstance(each, ast.Starred) for each in node.args
                )
                values = [*node.args, *(word.value for word in words)]
                is_told = all(word in known or hasattr(builtins, word) for each in values for word in names_in(each))
                if not spread and (is_told or name not in giving.get(of, ())):
                    given = [(key, value) for key, value in arguments_given(call, own) if key in defaults]
                    yield call, [(key, ast.unparse(value), ast.unparse(defaults[key])) for key, value in given]


def words_given(statements: Sequence[ast.stmt]) -> dict[str, frozenset[str]]:
    """By function of a file, the names in what it returns; none where it returns nothing."""
    functions = {node.name: node for node in statements if isinstance(node, ast.FunctionDef)}
    known: dict[str, frozenset[str]] = {}
    return {name: words_returned(name, functions, known) for name in functions}


def words_returned(
    name: str, functions: dict[str, ast.FunctionDef], known: dict[str, frozenset[str]]
) -> frozenset[str]:
    """The names in what a function returns, and in what its own names among them are bound to and changed with."""
    if name in known:
        return known[name]
    known[name] = frozenset()  # for a function that calls itself
    bound = bindings(functions[name])
    found = set[str]()
    waiting: list[ast.AST] = [*values_returned(functions[name])]
    for code in waiting:  # it grows
        match code:
            case ast.Compare():
                continue
            case ast.Call(func=ast.Name(id=called) | ast.Attribute(attr=called)) if called in NOT_NETWORKS:
                continue
            case ast.Call(func=ast.Name(id=called)) if any(map(is_made, bound.get(called, ()))):
                continue  # out = net(x)
            case ast.Call(func=ast.Name(id=called)) if called in functions:
                found.add(called)
                words = words_returned(called, functions, known)
                waiting += (
                    value for parameter, value in arguments_given(code, functions[called].args) if parameter in words
                )
                continue
            case ast.Name(id=word) if word not in found:
                found.add(word)
                waiting += bound.get(word, ())
            case ast.Attribute(attr=word):
                found.add(word)
        waiting += ast.iter_child_nodes(code)
    known[name] = frozenset(found)
    return known[name]


def bindings(code: ast.AST) -> dict[str, list[ast.expr]]:
    """By name of a function or of loose statements, what is bound to it, set in it, and given to its methods."""
    found: dict[str, list[ast.expr]] = {}
    if isinstance(code, ast.FunctionDef):
        found |= {name: [default] for name, default in defaults_of(code.args).items()}
    for node in ast.walk(code):
        targets: list[Any]
        values: list[Any]
        match node:
            case ast.Expr(value=ast.Call(func=ast.Attribute() as target, args=args, keywords=words)):
                targets, values = [target], [*args, *(word.value for word in words)]
            case ast.withitem(optional_vars=target, context_expr=value):
                targets, values = [target], [value]
            case _:
                targets = getattr(node, "targets", [getattr(node, "target", None)])
                values = [getattr(node, "value", getattr(node, "iter", None))]
        for target in targets:
            for name in filter(None, map(root_name, getattr(target, "elts", [target]))):
                found.setdefault(name, []).extend(filter(None, values))
    return found


def is_made(value: ast.expr) -> bool:
    """Whether a value comes from a call, and is no class or function that is called in turn."""
    return isinstance(value, ast.Call) and called_word(value) not in ("partial", "getattr")


def called_word(call: ast.Call) -> str:
    """`Conv2d` of `nn.Conv2d(3, 8, 3)`."""
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def classes_composed(statements: Sequence[ast.stmt], makers: Container[str], classes: Container[str]) -> set[str]:
    """Those of these classes that functions or loose statements put into a container: `nn.Sequential(conv, Flat())`."""
    found = set[str]()
    loose = [node for node in statements if not isinstance(node, (ast.FunctionDef, ast.ClassDef))]
    for room in (ast.Module(loose, []), *(node for node in statements if isinstance(node, ast.FunctionDef))):
        bound = bindings(room)
        calls = (node for node in ast.walk(room) if isinstance(node, ast.Call) and called_word(node) in makers)
        waiting = [each for call in calls for each in call.args]
        for part in waiting:  # it grows
            part = part.value if isinstance(part, ast.Starred) else part
            if isinstance(part, ast.Name):  # layers, in nn.Sequential(*layers)
                waiting += (each for each in bound.get(part.id, ()) if each not in waiting)
            found |= {name for name in names_in(part) if name in classes}
    return found


def lines_changing(place: ast.FunctionDef | ast.ClassDef, maker: str) -> Iterator[int]:
    """The lines on which a function, or a class by its attributes, changes a part of what it makes by this name."""
    nodes = [*ast.walk(place)]
    made = {
        ast.unparse(target)
        for node in nodes if isinstance(node, ast.Assign) and maker in words_in(node.value)
        for target in node.targets if isinstance(place, ast.FunctionDef) or isinstance(target, ast.Attribute)
    }  # fmt: skip
    for node in nodes if made else ():
        if (
            isinstance(node, (ast.Attribute, ast.Subscript)) and not isinstance(node.ctx, ast.Load)
            and made.intersection(map(ast.unparse, wholes_of(node)))
        ):  # fmt: skip
            yield node.lineno


def is_loss(node: ast.ClassDef) -> bool:
    """Whether a class is named as losses are, or gives the mean or the sum over all examples of two inputs or more."""
    if any(name.endswith("Loss") for name in (node.name, *(word for base in node.bases for word in words_in(base)))):
        return True
    forward = [each for each in node.body if isinstance(each, ast.FunctionDef) and each.name == "forward"]
    given = [value for function in forward for value in values_returned(function)]
    return bool(given) and all(map(is_reduced, given)) and len(forward[-1].args.args) > 2


def is_reduced(value: ast.expr) -> bool:
    """`x.mean()` and `torch.mean(x)`, over every axis."""
    match value:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="torch"), attr="mean" | "sum"), args=[_], keywords=[]):
            return True
        case ast.Call(func=ast.Attribute(value=of, attr="mean" | "sum"), args=[], keywords=[]):
            return not (isinstance(of, ast.Name) and of.id == "torch")
    return False


def values_returned(function: ast.FunctionDef) -> list[ast.expr]:
    return [node.value for node in ast.walk(function) if isinstance(node, ast.Return) and node.value is not None]


def words_in(code: ast.AST) -> Iterator[str]:
    """The names and attributes in a piece of a program."""
    for node in ast.walk(code):
        if isinstance(node, (ast.Name, ast.Attribute)):
            yield node.id if isinstance(node, ast.Name) else node.attr
