"""Which network of a program is meant: the one that is named, else the only one that is part of no other."""

from __future__ import annotations

import ast
import re
from collections.abc import Container
from contextlib import suppress
from shlex import quote
from typing import TYPE_CHECKING, Any

from convcalc.problem import Diagnostic, Problem, Source, did_you_mean
from convcalc.readers.candidates import candidates, is_needy, models_made, names_taken, node_called
from convcalc.readers.factories import (
    calls_of,
    classes_made,
    functions_making,
    lines_changing,
    other_calls,
    values_returned,
    words_in,
)
from convcalc.readers.python.namespace import ModuleNames
from convcalc.readers.python.script import script_of
from convcalc.readers.python.values import Class, Function, Instance, LibraryClass, Opaque
from convcalc.readers.pytorch.pasted import NAME, layers_listed, with_class
from convcalc.spec import Place
from convcalc.spec.choices import few, misuse

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run


def top_of(run: Run) -> Place:
    """The first line of a program, where there is no better place."""
    return Place(1, 1, 1, run.source)


def network_of(run: Run, module: ModuleNames, entry: str) -> Any:
    """The network that is meant: what the entry says, else the only one that the program has or makes."""
    if entry:
        if re.split(r"\W", entry)[0] not in module.top.touching:
            module = script_module(run, module) or module
        return network_or_cure(run, module, run.expression(entry, module))
    if layers_listed(module.code.tree) is not None and (network := pasted_network(run, module)) is not None:
        return network
    module, found = module_meant(run, module)
    if len(found) == 1:
        value = run.lookup(module, found[0])
        chosen = network_made(run, module, value) if isinstance(value, Class | Function) else None
    else:
        chosen = network_chosen(run, module, found)
    if chosen is not None:
        return chosen
    found = callable_networks(run, module, found)
    if len(found) == 1:
        value = run.expression(found[0], module)
        note_other_calls(run, module, value)
        return network_or_cure(run, module, value)
    if not found and (network := pasted_network(run, module)) is not None:
        return network
    if not found:
        raise run.refusal("P030", "there is no network in this file", top_of(run), run.library.example)
    shown = ", ".join(found[:12])
    hint = f"say which: {entry_of(run.source, found[-1])}"
    raise run.refusal("P031", f"there are several networks in this file: {shown}", top_of(run), hint)


def module_meant(run: Run, module: ModuleNames) -> tuple[ModuleNames, list[str]]:
    """The program as it is imported or as it is started, and its networks: a start may change what an import makes."""
    main, found = run.main, candidates(run, module)
    is_made = len(found) == 1 and run.library.is_network(run.lookup(module, found[0]))
    script = script_module(run, module) if is_made or not found else None
    if script is not None:
        try:
            started = candidates(run, script)
            if not found or len(started) == 1:
                return script, started
        except Problem as error:
            if not found:
                raise
            note_unread(run, found[0], error)
    run.main = main
    return module, found


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
    networks = [each for each in value if run.library.is_network(each)] if isinstance(value, tuple) else []
    return networks[0] if len(networks) == 1 else value


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
    if isinstance(function, ast.Lambda) or values_returned(function):
        return ""
    match function.body[-1]:
        case ast.Assign(targets=[ast.Name(id=name)]):
            return f"put behind its last line: return {name}"
        case ast.Expr(value=ast.Call() as made):
            return f"write: return {ast.unparse(made)}"
    return ""


def callable_networks(run: Run, module: ModuleNames, names: list[str]) -> list[str]:
    """The same networks; those that need arguments by the functions and calls that give them some."""
    needy = frozenset(name for name in names if is_needy(run, value_of(run, module, name)))
    statements = module.top.statements
    functions = functions_making(statements, needy)
    makers = [name for name in functions if not is_needy(run, value_of(run, module, name))]
    calls = calls_of(statements, needy.union(functions) - {*makers})
    made = classes_made(statements, [*makers, *calls], needy)
    return [*(name for name in names if name not in made), *(name for name in makers if name not in names), *calls]


def value_of(run: Run, module: ModuleNames, name: str) -> Any:
    """What a name stands for; None where it cannot be told."""
    with suppress(Problem):
        return run.lookup(module, name)
    return None


def network_or_cure(run: Run, module: ModuleNames, value: Any) -> Any:
    """A network; where its class or function needs arguments, the cure is a function or a call that gives them."""
    try:
        return make_network(run, value, top_of(run))
    except Problem as error:
        first = error.diagnostics[0]
        if first.code != "P003" or not isinstance(value, Class | Function) or not is_needy(run, value):
            raise
        makers = [name for name in callable_networks(run, module, [value.name]) if name != value.name]
        calls = other_calls(module.code.tree.body, value.name, node_called(value).args, module.top.touching)
        makers = makers or [ast.unparse(call) for call, _ in calls if is_known(run, module, call)]
        if not makers:
            raise
        raise Problem(first._replace(hint=f"say which: {entry_of(run.source, makers[-1])}")) from None


def network_chosen(run: Run, module: ModuleNames, names: list[str]) -> Any:
    """The network that one statement of a program makes of these, by a condition; None where it is not so."""
    main = run.main
    script = script_module(run, module) if names else None
    if script is not None:
        choices = [node for node in script.top.statements if isinstance(node, ast.If)]
        if any(set(names) <= set(words_in(node)) for node in choices):
            with suppress(Problem):
                made = models_made(run, script, frozenset(names))
                bound = run.library.main_networks(made)
                if len(bound) == 1:
                    return made[bound[0]]
    run.main = main
    return None


def network_made(run: Run, module: ModuleNames, maker: Class | Function) -> Any:
    """The only network of a class or function that a program makes, run or imported; None where it makes none."""
    main = run.main
    script = script_module(run, module)
    needy = is_needy(run, maker)
    unread: Problem | None = None
    spent = run.steps, run.elements
    for read in (network_bound, network_called) if needy else () if run.arguments else (network_bound,):
        for names in filter(None, (script, module)):
            run.main = script if names is script else main
            try:
                made = read(run, names, maker)
            except Problem as error:
                unread = unread or error
                run.steps, run.elements = spent
                continue
            if made is None:
                continue
            if read is network_bound:
                run.assumed.pop(maker.name, None)
                if unread:
                    note_unread(run, maker.name, unread)
            else:
                note_changes(run, module, maker.name)
            return made
    run.main = main
    if not needy:
        note_other_calls(run, module, maker)
        if unread:
            note_unread(run, maker.name, unread)
    note_changes(run, module, maker.name)
    return None


def note_unread(run: Run, name: str, error: Problem) -> None:
    """Say where a network is changed in a way that is not read."""
    first = error.diagnostics[0]
    hint = "write the value into the file" if not first.hint or first.hint.startswith("--arg") else first.hint
    message = f"{name} is read as it is made, but the file changes it, and {first.message}"
    run.assumed.setdefault(name, first._replace(code="W017", severity="note", message=message, hint=hint))


def note_changes(run: Run, module: ModuleNames, name: str) -> None:
    """Say where a function that is not run, or a class that is no network, changes the network that it makes."""
    for place in module.top.statements if not run.arguments else ():
        if isinstance(place, (ast.FunctionDef, ast.ClassDef)) and (line := next(lines_changing(place, name), 0)):
            where = f"{place.name}{'()' * isinstance(place, ast.FunctionDef)}"
            message = f"{name} is read as it is made; line {line} changes it in {where}"
            hint = "make and change it in a function that returns it"
            if functions_making([place], frozenset((name,))):
                hint = f"say which: {entry_of(run.source, place.name)}"
            run.assumed.setdefault(name, Diagnostic("W017", message, hint, severity="note"))


def network_called(run: Run, module: ModuleNames, maker: Class | Function) -> Any:
    """What the only call of a class or function makes: its name may be another network's by the end."""
    calls = calls_of(module.top.statements, {maker.name})
    with suppress(Problem):
        return run.expression(calls[0], module) if len(calls) == 1 else None


def note_other_calls(run: Run, module: ModuleNames, value: Any) -> None:
    """Say where a class is read with its defaults, and its file makes it with other arguments."""
    node = node_called(value) if isinstance(value, Class) else None
    if run.arguments or node is None or value.name in run.assumed:
        return
    for call, replaced in other_calls(module.code.tree.body, value.name, node.args, module.top.touching):
        given = {key: value_or_unknown(run, module, text) for key, text, _ in replaced}
        others = [key for key, _, default in replaced if given[key] != value_or_unknown(run, module, default)]
        unknown = [f"--arg {key}=…" for key in others if isinstance(given[key], Opaque)]
        if others:
            made = ast.unparse(call)
            message = f"{value.name} is read with its defaults; line {call.lineno} makes {made}"
            hint = " ".join(unknown) or f"for that: {entry_of(run.source, made)}"
            run.assumed[value.name] = Diagnostic("W017", message, hint, severity="note")


def is_known(run: Run, module: ModuleNames, call: ast.Call) -> bool:
    """Whether all that a call gives is known at the top level."""
    given = (*call.args, *(word.value for word in call.keywords))
    return not any(isinstance(value_or_unknown(run, module, ast.unparse(each)), Opaque) for each in given)


def value_or_unknown(run: Run, module: ModuleNames, text: str) -> Any:
    try:
        return run.expression(text, module)
    except Problem:
        return Opaque(text, top_of(run), text)


def network_bound(run: Run, module: ModuleNames, maker: Class | Function) -> Any:
    """The only network of a class or function that the top level binds, as changed since; a note tells of several."""
    made = models_made(run, module, frozenset((maker.name,)))
    if isinstance(maker, Function):
        names = run.library.main_networks(made)
    else:  # torchvision has a ResNet of its own
        own = (maker.name, maker.place)
        names = [
            name for name, each in made.items() if isinstance(each, Instance) and (each.cls.name, each.cls.place) == own
        ]
    found = {id(made[name]): name for name in reversed(names)}  # the first name of each
    if len(found) == 1:
        return made[names[0]]
    if found and isinstance(maker, Class):
        how = "as it is made" if is_needy(run, maker) else "with its defaults"
        shown = " and ".join([*found.values()][:-5:-1])
        message = f"{maker.name} is read {how}; the file makes {shown}"
        hint = f"say which: {entry_of(run.source, names[0])}"
        run.assumed[maker.name] = Diagnostic("W017", message, hint, severity="note")
    return None


def arguments_of(run: Run, value: Any) -> dict[str, Any]:
    """The arguments by --arg that a class or function has parameters for."""
    return {name: run.argument(name) for name in names_taken(value) if name in run.arguments}


def check_arguments(run: Run, network: Any, used: Container[str] = ()) -> None:
    """Raise where --arg names what the program never asks for, and nothing else uses either."""
    for name in run.arguments:
        if name not in run.used and name not in used:
            known = names_taken(network.cls) if isinstance(network.cls, Class) else []
            hint = did_you_mean(name, known) or (f"the arguments are {few(known)}" if known else "leave it out")
            raise misuse("U010", "--arg", name, "the program does not ask for it", hint)
