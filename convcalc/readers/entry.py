"""Which network of a program is meant: the one that is named, else the only one that is part of no other."""

from __future__ import annotations

import ast
import re
from collections.abc import Container, Iterator, Sequence
from contextlib import suppress
from shlex import quote
from typing import TYPE_CHECKING, Any

from convcalc.problem import Diagnostic, Problem, did_you_mean
from convcalc.readers.factories import (
    calls_of,
    classes_made,
    classes_used,
    functions_making,
    other_calls,
    returns,
    words_in,
)
from convcalc.readers.python.namespace import ModuleNames
from convcalc.readers.python.scope import HARMLESS, inner_nodes, is_main_guard, names_bound, root_name
from convcalc.readers.python.script import script_of
from convcalc.readers.python.values import Class, Function, LibraryClass, Opaque
from convcalc.readers.pytorch.pasted import NAME, layers_listed, with_class
from convcalc.spec import Place
from convcalc.spec.choices import few, misuse

BLOCKS = (ast.If, ast.For, ast.While, ast.With, ast.Try)

if TYPE_CHECKING:
    from convcalc.problem import Source
    from convcalc.readers.python.run import Run


def top_of(run: Run) -> Place:
    """The first line of a program, where there is no better place."""
    return Place(1, 1, 1, run.source)


def network_of(run: Run, module: ModuleNames, entry: str) -> Any:
    """The network that is meant: what the entry says, else the only class that no other uses."""
    if entry:
        if re.split(r"\W", entry)[0] not in module.top.touching:
            module = script_module(run, module) or module
        return named_network(run, module, entry)
    if layers_listed(module.code.tree) is not None and (network := pasted_network(run, module)) is not None:
        return network
    found = candidates(run, module)
    if not found and (script := script_module(run, module)) is not None:
        module, found = script, candidates(run, script)
    if len(found) == 1 and isinstance(value := run.lookup(module, found[0]), Class | Function):
        made = network_made(run, module, value) if is_needy(run, value) else None
        if made is None and not run.arguments:
            made = network_bound(run, module, value)
        if made is not None:
            return made
    found = callable_networks(run, module, found)
    if len(found) == 1:
        value = run.expression(found[0], module)
        note_other_calls(run, module, value)
        return make_network(run, value, top_of(run))
    if not found and (network := pasted_network(run, module)) is not None:
        return network
    if not found:
        raise run.refusal("P030", "there is no network in this file", top_of(run), run.library.example)
    shown = ", ".join(found[:12])
    hint = f"say which: {entry_of(run.source, found[-1])}"
    raise run.refusal("P031", f"there are several networks in this file: {shown}", top_of(run), hint)


def script_module(run: Run, module: ModuleNames) -> ModuleNames | None:
    """The program as it runs when it is started, where it does more than when it is imported."""
    tree = script_of(module.code.tree)
    if tree is None:
        return None
    run.main = ModuleNames("__main__", module.code._replace(tree=tree), run.source.name)
    return run.main


def path_of(source: Source) -> str:
    """A source as the command line names it, with something behind it."""
    return "-- -" if source.name == "standard input" else source.name


def entry_of(source: Source, network: str) -> str:
    """A network of a source as a shell takes it: a call is quoted."""
    return f"{path_of(source)}:{network if network.isidentifier() else quote(network)}"


def pasted_network(run: Run, module: ModuleNames) -> Any:
    """What loose lines make: layers in their order, a class of those of `self`, or the last that is an expression."""
    listed = layers_listed(module.code.tree)
    if listed is not None:
        return run.library.chain_of([(name, run.expression(node, module)) for name, node in listed], run, top_of(run))
    last = module.code.tree.body[-1] if module.code.tree.body else None
    if isinstance(last, ast.Expr) and isinstance(last.value, ast.Call):
        value = run.expression(last.value, module)
        return value if run.library.is_network(value) else None
    program = with_class(module.code)
    if program is None:
        return None
    run.main = ModuleNames("__main__", program, run.source.name)
    return make_network(run, run.lookup(run.main, NAME), top_of(run))


def make_network(run: Run, value: Any, place: Place) -> Any:
    """A network, made of its class or by its function with the arguments that the run gives."""
    if isinstance(value, Opaque):
        run.known(value, "the network", place)
    if isinstance(value, Class):
        return run.call(value, [], arguments_of(run, value), value.place or place)
    if isinstance(value, LibraryClass):
        return run.call(value, [], {}, place)
    if isinstance(value, Function):
        return make_network(run, run.call(value, [], arguments_of(run, value), place), place)
    return value


def no_network(run: Run, value: Any) -> Problem:
    """What was taken for the network and is none, where the program has it, and why."""
    module, entry = run.module(), run.source.entry
    root = re.split(r"\W", entry)[0]
    bound = module.top.touching.get(root)
    place = module.code.place(module.top.statements[bound[-1]]) if bound else top_of(run)
    shown = run.text(value)[:60]
    function = run.lookup(module, root) if bound else None
    if isinstance(function, Function):
        message = f"{root}() gives {shown}, which is no network"
        hint = missing_return(function.node) if value is None else ""
    else:
        message, hint = f"{entry} is {shown}, no network" if entry else f"{shown} is no network", ""
    with suppress(Problem):
        others = [name for name in candidates(run, module) if name != root]
        hint = hint or (f"say which: {entry_of(run.source, others[-1])}" if others else "")
    return run.error("TypeError", message, place, hint or f"it must be {run.library.example}")


def missing_return(function: Any) -> str:
    """What a function that returns nothing should end with, where its last line makes something."""
    if isinstance(function, ast.Lambda) or returns(function):
        return ""
    match function.body[-1]:
        case ast.Assign(targets=[ast.Name(id=name)]):
            return f"put behind its last line: return {name}"
        case ast.Expr(value=ast.Call() as made):
            return f"write: return {ast.unparse(made)}"
    return ""


def is_needy(run: Run, value: Any) -> bool:
    """Whether a class or function cannot be called with what the run gives alone."""
    node = node_called(value)
    if node is None:
        return False
    placed = node.args.args[1:] if isinstance(value, Class) else node.args.args
    needed = placed[: len(placed) - len(node.args.defaults)]
    named = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
    return any(
        each.arg not in run.arguments for each in (*needed, *(each for each, default in named if default is None))
    )


def callable_networks(run: Run, module: ModuleNames, names: list[str]) -> list[str]:
    """The same networks; those of classes that need arguments by the functions and calls that give them some."""
    needy = frozenset(
        name for name in names if isinstance(value := run.lookup(module, name), Class) and is_needy(run, value)
    )
    statements = module.top.statements
    makers = [name for name in functions_making(statements, needy) if not is_needy(run, run.lookup(module, name))]
    calls = calls_of(statements, needy)
    made = classes_made(statements, [*makers, *calls], needy)
    return [*(name for name in names if name not in made), *makers, *calls]


def named_network(run: Run, module: ModuleNames, entry: str) -> Any:
    """The network that an entry says; where its class needs arguments, the cure is a function that gives them."""
    value = run.expression(entry, module)
    try:
        return make_network(run, value, top_of(run))
    except Problem as error:
        first = error.diagnostics[0]
        if first.code != "P003" or not isinstance(value, Class):
            raise
        makers = [name for name in callable_networks(run, module, [value.name]) if name != value.name]
        if not makers:
            raise
        raise Problem(first._replace(hint=f"say which: {entry_of(run.source, makers[-1])}")) from None


def network_made(run: Run, module: ModuleNames, maker: Class | Function) -> Any:
    """The only network of a class or function that a program makes, imported or run; None where it makes none."""
    main = run.main
    for names in (module, script_module(run, module) or module):
        with suppress(Problem):
            if (bound := network_bound(run, names, maker)) is not None:
                return bound
            calls = calls_of(names.top.statements, {maker.name})  # whose name may be another network's by then
            if len(calls) == 1:
                return run.expression(calls[0], names)
    run.main = main
    return None


def note_other_calls(run: Run, module: ModuleNames, value: Any) -> None:
    """Say where a class is read with its defaults, and its file makes it with other arguments."""
    node = node_called(value) if isinstance(value, Class) else None
    if run.arguments or node is None:
        return
    for call, pairs in other_calls(module.code.tree.body, value.name, node.args, module.top.touching):
        with suppress(Problem):
            if any(run.expression(given, module) != run.expression(default, module) for given, default in pairs):
                made = ast.unparse(call)
                message = f"{value.name} is read with its defaults; line {call.lineno} makes {made}"
                hint = f"for that: {entry_of(run.source, made)}"
                run.assumed[value.name] = Diagnostic("W017", message, hint, severity="note")


def network_bound(run: Run, module: ModuleNames, maker: Class | Function) -> Any:
    """The only network of a class that a name is bound to at the top level, with what was changed in it since."""
    with suppress(Problem):
        made = models_made(run, module, frozenset((maker.name,))).values()
        found = [value for value in made if getattr(value, "cls", None) and value.cls.name == maker.name]
        return found[0] if len(found) == 1 else None


def node_called(value: Any) -> Any:
    """The node of the function that a call of a class or function runs; None where the program does not have it."""
    return getattr(value.find("__init__") if isinstance(value, Class) else value, "node", None)


def parameters_of(value: Any) -> list[str]:
    """What a class or function takes, by name."""
    node = node_called(value)
    names = [each.arg for each in (*node.args.args, *node.args.kwonlyargs)] if node is not None else []
    return names[1:] if isinstance(value, Class) else names


def arguments_of(run: Run, value: Any) -> dict[str, Any]:
    """The arguments by --arg that a class or function has parameters for."""
    return {name: run.argument(name) for name in parameters_of(value) if name in run.arguments}


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
    used = classes_used(statements) if len(networks) > 1 else set()
    left = [node.name for node in networks if node.name not in used]
    if len(left) != 1:
        made_here = run.library.main_networks(models_made(run, module))
        if len(made_here) == 1 or (made_here and not left):
            return made_here
    if len(left) > 1 and len(made_here := functions_making(statements, frozenset(left), len(left))) == 1:
        return made_here  # def resnet18(): return ResNet(BasicBlock, [2, 2, 2, 2])
    found = left or [node.name for node in networks] or functions_making(statements, run.library.makers)
    if failures and not found:
        raise failures[0]
    return found


def models_made(run: Run, module: ModuleNames, classes: frozenset[str] = frozenset()) -> dict[str, Any]:
    """What is bound to a network at the top level, by its name; a Problem where nothing but broken ones are."""
    statements = module.top.statements
    found: dict[str, Any] = {}
    broken: list[Problem] = []
    makers = run.library.makers.union(classes, functions_making(statements, run.library.makers))
    imported = {name for node in statements if isinstance(node, ast.Import) for name in names_bound(node)}
    seen: set[str] = set()
    for node in assignments(statements, makers):
        for target in node.targets:
            if isinstance(target, ast.Name) and target.id not in seen:
                seen.add(target.id)
                if not isinstance(node.value, (ast.Call, ast.Name)):
                    continue
                try:
                    root = root_name(node.value)
                    if root in imported and isinstance(run.lookup(module, root), Opaque):
                        continue  # np.zeros(…)
                    method = getattr(node.value.func, "attr", "") if isinstance(node.value, ast.Call) else ""
                    if method in HARMLESS and root not in makers:
                        continue  # model.predict(x), but not Net(3).to(device)
                    value = run.lookup(module, target.id)
                    if run.library.is_network(value):
                        found[target.id] = value
                    elif makers.intersection(words_in(node.value)):
                        run.known(value, "the network", Place(node.lineno, node.col_offset + 1, 1, run.source))
                except Problem as error:
                    broken += [error] if makers.intersection(words_in(node.value)) else []
    if broken and not found:
        raise broken[0]
    return found


def assignments(statements: Sequence[ast.stmt], makers: frozenset[str]) -> Iterator[ast.Assign]:
    """All at the top level, and of those in branches and loops the ones that make a network."""
    for statement in statements:
        if isinstance(statement, ast.Assign):
            yield statement
        elif isinstance(statement, BLOCKS) and not is_main_guard(statement):
            for node in inner_nodes([statement]):
                if isinstance(node, ast.Assign) and makers.intersection(words_in(node.value)):
                    yield node


def check_arguments(run: Run, network: Any, used: Container[str] = ()) -> None:
    """Raise where --arg names what the program never asks for, and nothing else uses either."""
    for name in run.arguments:
        if name not in run.used and name not in used:
            known = parameters_of(network.cls) if isinstance(network.cls, Class) else []
            hint = did_you_mean(name, known) or (f"the arguments are {few(known)}" if known else "leave it out")
            raise misuse("U010", "--arg", name, "the program does not ask for it", hint)
