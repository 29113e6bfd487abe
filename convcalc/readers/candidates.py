"""The networks that a program has: its classes that are part of no other, what makes them, and what it binds."""

from __future__ import annotations

import ast
import re
from collections.abc import Container, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from convcalc.problem import Problem
from convcalc.readers.factories import (
    called_word,
    calls_of,
    classes_composed,
    classes_used,
    functions_making,
    is_loss,
    words_given,
    words_in,
)
from convcalc.readers.python.scope import defaults_of, inner_nodes, names_bound, parameters_of, root_name
from convcalc.readers.python.top_level import HARMLESS, is_main_guard
from convcalc.readers.python.values import Class, Opaque
from convcalc.spec import Place

if TYPE_CHECKING:
    from convcalc.readers.python.namespace import ModuleNames
    from convcalc.readers.python.run import Run

COPYING = ("copy", "deepcopy")
BLOCKS = (ast.If, ast.For, ast.While, ast.With, ast.Try)


def candidates(run: Run, module: ModuleNames) -> list[str]:
    """The networks of a file: its classes of modules that no other one uses, or else the modules that it makes."""
    statements = module.top.statements
    classes = [node for node in statements if isinstance(node, ast.ClassDef)]
    networks: list[ast.ClassDef] = []
    failures: list[Problem] = []
    for node in {each.name: each for each in classes}.values():  # the last of each name
        try:
            value = run.lookup(module, node.name)
        except Problem as error:
            failures.append(error)
            continue
        if isinstance(value, Class) and run.library.is_network_class(value.library):
            networks.append(node)
    losses = [node for node in networks if is_loss(node)]
    networks = [node for node in networks if node not in losses] or losses
    left = unused_classes(statements, networks) or unused_classes(
        [node for node in statements if node not in losses], networks
    )
    composed = classes_composed(statements, run.library.makers, left)
    left = [name for name in left if name not in composed]
    if len(left) != 1 or composed:
        made = models_made(run, module)
        made_here = run.library.main_networks(made)
        made_here = [name for name in made_here if getattr(made[name].cls, "name", "") not in composed] or made_here
        if len(made_here) == 1 or (made_here and not left):
            return made_here
    if len(left) > 1 and len(made_here := functions_making(statements, frozenset(left), len(left))) == 1:
        return made_here  # def resnet18(): return ResNet(BasicBlock, [2, 2, 2, 2])
    functions = functions_making(statements, frozenset(composed)) if composed else []
    needy = [name for name in functions if is_needy(run, run.lookup(module, name))]
    if not left and functions == needy and not calls_of(module.code.tree.body, functions, inside=True):
        left = [name for name in sorted(composed) if not is_needy(run, run.lookup(module, name))]
    left = [*needy, *left, *(name for name in functions if name not in needy)]  # the last is the cure
    makers = library_makers(run, module)
    found = left or [node.name for node in networks] or functions_making(statements, makers)
    if failures and not found:
        raise failures[0]
    return found


def is_needy(run: Run, value: Any) -> bool:
    """Whether a class or function cannot be called with what the run gives alone."""
    node = node_called(value)
    return node is not None and not {*names_taken(value)} <= {*defaults_of(node.args), *run.arguments}


def names_taken(value: Any) -> list[str]:
    """What a class or function takes, by name."""
    node = node_called(value)
    if node is None:
        return []
    names = parameters_of(node).all_names
    return names[1:] if isinstance(value, Class) else names


def node_called(value: Any) -> Any:
    """The node of the function that a call of a class or function runs; None where the program does not have it."""
    return getattr(value.find("__init__") if isinstance(value, Class) else value, "node", None)


def unused_classes(statements: Sequence[ast.stmt], networks: list[ast.ClassDef]) -> list[str]:
    """Those of these classes that no other class uses."""
    used = classes_used(statements) if len(networks) > 1 else set()
    return [node.name for node in networks if node.name not in used]


def library_makers(run: Run, module: ModuleNames) -> frozenset[str]:
    """The names of a library's classes and functions that make a network where the file uses them."""
    if not re.search("torchvision|applications", module.source.text):
        return run.library.makers
    statements = module.top.statements
    imports = (node for node in statements if isinstance(node, (ast.Import, ast.ImportFrom)))
    own = module.top.touching.keys() - {name for node in imports for name in names_bound(node)}
    loose = (words_in(node.value) for node in statements if isinstance(node, ast.Assign))
    words = frozenset().union(*words_given(statements).values(), *loose) - own
    return run.library.makers.union(word for word in words if run.library.has_bundled(word))


def models_made(run: Run, module: ModuleNames, classes: frozenset[str] = frozenset()) -> dict[str, Any]:
    """What is bound to a network at the top level, by its name; a Problem where nothing but broken ones are."""
    statements = module.top.statements
    found: dict[str, Any] = {}
    broken: list[Problem] = []
    library = library_makers(run, module)
    makers = library.union(classes, functions_making(statements, library))
    making = makers.union(functions_making(statements, library | classes))
    imported = {name for node in statements if isinstance(node, ast.Import) for name in names_bound(node)}
    seen: set[str] = set()
    for node, target in targets_of(assignments(statements, makers), making):
        if target in seen or is_copy(module, node.value, target, found):
            continue
        seen.add(target)
        is_maker = not makers.isdisjoint(words_in(node.value))
        try:
            root = root_name(node.value)
            if root in imported and isinstance(run.lookup(module, root), Opaque):
                continue  # np.zeros(…)
            method = getattr(node.value.func, "attr", "") if isinstance(node.value, ast.Call) else ""
            if method in HARMLESS and root not in makers:
                continue  # model.predict(x), but not Net(3).to(device)
            value = run.lookup(module, target)
            if run.library.is_network(value):
                found[target] = value
            elif is_maker and isinstance(node.targets[0], ast.Name):
                run.known(value, "the network", Place(node.lineno, node.col_offset + 1, 1, run.source))
        except Problem as error:
            broken += [error] if is_maker else []
            if found and isinstance(node.value, ast.Call) and called_word(node.value) in run.library.makers:
                raise  # Model(base.input, …), which base is a part of
    if broken and not found:
        raise broken[0]
    return found


def targets_of(nodes: Iterable[ast.Assign], makers: frozenset[str]) -> Iterator[tuple[ast.Assign, str]]:
    """The names that calls and other names are bound to; those of a tuple where one of these functions gives it."""
    for node in nodes:
        for target in node.targets:
            if isinstance(target, ast.Tuple) and root_name(node.value) in makers:
                yield from ((node, each.id) for each in target.elts if isinstance(each, ast.Name))
            elif isinstance(target, ast.Name) and isinstance(node.value, (ast.Call, ast.Name)):
                yield node, target.id


def is_copy(module: ModuleNames, value: ast.expr, name: str, networks: Container[str]) -> bool:
    """Whether a name is of a copy of one of these networks, whose layers are left as they are."""
    match value:
        case ast.Call(args=[ast.Name(id=whole), *_]) if whole in networks and called_word(value) in COPYING:
            touching = (module.top.statements[index] for index in module.top.touching[name][1:])
            return all(isinstance(node, ast.For) and "parameters" in words_in(node.iter) for node in touching)
    return False


def assignments(statements: Sequence[ast.stmt], makers: frozenset[str]) -> Iterator[ast.Assign]:
    """All at the top level, and of those in branches and loops the ones that make a network."""
    for statement in statements:
        if isinstance(statement, ast.Assign):
            yield statement
        elif isinstance(statement, BLOCKS) and not is_main_guard(statement):
            for node in inner_nodes([statement]):
                if isinstance(node, ast.Assign) and makers.intersection(words_in(node.value)):
                    yield node
