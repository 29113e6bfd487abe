"""A network that is a program: its class is found, made, and followed with tensors of which only shapes are known."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from convcalc.kinds.activating import IDENTITY
from convcalc.problem import Diagnostic, Problem, did_you_mean, problem
from convcalc.readers.python.namespace import ModuleNames
from convcalc.readers.python.run import Run
from convcalc.readers.python.values import Class, Function, Instance, Opaque
from convcalc.readers.pytorch.inputs import inputs_of
from convcalc.readers.pytorch.library import Torch
from convcalc.readers.pytorch.module import ModuleClass, name_modules, state_of
from convcalc.readers.pytorch.pasted import NAME, plain_source, with_class
from convcalc.readers.pytorch.tensor import TensorValue
from convcalc.readers.pytorch.unused import add_unused
from convcalc.readers.trace import Stopped
from convcalc.spec.choices import few, misuse
from convcalc.spec.model import Place

if TYPE_CHECKING:
    from convcalc.problem import Source
    from convcalc.readers.pytorch.bundled import Bundled
    from convcalc.readers.trace import Tensor, Trace
    from convcalc.spec.choices import Choices
    from convcalc.spec.model import Spec


def read_spec(source: Source, choices: Choices, bundled: Bundled | None = None) -> Spec:
    """The network that a program defines, as its `forward` computes it.

    Where nobody says what goes in, its sides are letters, or the size for which the layers fit if there is only one.
    """
    spec, library = follow(source, choices, bundled)
    if library.trace.conditions and not (choices.inputs or choices.symbolic or choices.symbols):
        from convcalc.readers.pytorch.fitting import fitting_input

        found = fitting_input(library.trace)
        if found is not None:
            text, note = found
            spec, _ = follow(source, choices._replace(inputs={"": text}), bundled)
            spec = spec._replace(diagnostics=(*spec.diagnostics, note))
    return spec


def follow(source: Source, choices: Choices, bundled: Bundled | None) -> tuple[Spec, Torch]:
    """The Spec of a program, with the library whose trace it is of."""
    source = plain_source(source)
    library = Torch(source, choices.train, bundled)
    run = Run(source, library, choices.args)
    module = run.module()
    library.source = library.trace.source = module.source
    network = network_of(run, module, source.entry)
    state = state_of(network)
    if state is None:
        raise run.error("TypeError", f"{run.text(network)[:60]} is no network", top_of(run))
    name_modules(network)
    library.begin()
    place = place_of(network)
    tensors = inputs_of(run, module, network, choices, place)
    outputs: list[tuple[str, Tensor]] = []
    try:
        result = run.call(network, tensors, {}, place)
        outputs = list(named_outputs(result, "output"))
        if not outputs:
            raise run.error("TypeError", f"forward gives no tensor, but {run.text(result)[:60]}", place)
    except Stopped:
        pass
    outputs = [(name, output_layer(library.trace, tensor, place)) for name, tensor in outputs]
    check_arguments(run, network)
    notes = add_unused(run, network, outputs)
    spec = library.trace.spec(outputs, name=name_of(network))
    return spec._replace(diagnostics=(*spec.diagnostics, *notes)), library


def check_arguments(run: Run, network: Any) -> None:
    """Raise where --arg names what the program never asks for."""
    for name in run.arguments:
        if name not in run.used:
            function = network.cls.find("__init__") if isinstance(network.cls, Class) else None
            node = getattr(function, "node", None)
            known = [each.arg for each in (*node.args.args[1:], *node.args.kwonlyargs)] if node is not None else []
            hint = did_you_mean(name, known) or (f"the arguments are {few(known)}" if known else "leave it out")
            raise misuse("U010", "--arg", name, "the program does not ask for it", hint)


def top_of(run: Run) -> Place:
    """The first line of a program, where there is no better place."""
    return Place(1, 1, 1, run.source)


def output_layer(trace: Trace, tensor: Tensor, place: Place) -> Tensor:
    """The layer of an output; one that changes nothing where the output is an input."""
    is_input = tensor.name in [name for name, _, _ in trace.inputs]
    return trace.layer(IDENTITY, {}, (tensor,), place, shape=tensor.shape) if is_input else tensor


def named_outputs(value: Any, name: str) -> Iterator[tuple[str, Tensor]]:
    """Every tensor of what a network gives, by its place or its key."""
    if isinstance(value, TensorValue):
        if value.node is not None:
            yield name, value.node
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from named_outputs(each, str(key) if str(key).isidentifier() else name)
    elif isinstance(value, (list, tuple)):
        for index, each in enumerate(value):
            yield from named_outputs(each, name if index == 0 else f"{name}{index + 1}")
    elif isinstance(value, Instance):
        for key, each in value.attributes.items():
            yield from named_outputs(each, key)


def name_of(network: Any) -> str:
    cls = network.cls
    return cls.name if isinstance(cls, (Class, ModuleClass)) and cls.name != NAME else ""


def place_of(network: Any) -> Place:
    cls = network.cls
    return (isinstance(cls, Class) and cls.place) or Place(1, 1)


# Which network


def network_of(run: Run, module: ModuleNames, entry: str) -> Any:
    """The network that is meant: what the entry says, else the only class that no other uses."""
    if entry:
        return make_network(run, run.expression(entry, module), top_of(run))
    found = candidates(run, module)
    if len(found) == 1:
        return make_network(run, run.lookup(module, found[0]), top_of(run))
    if not found and (network := pasted_network(run, module)) is not None:
        return network
    if not found:
        raise run.refusal(
            "P030", "there is no network in this file", top_of(run), "a class on nn.Module, or an nn.Sequential"
        )
    shown = ", ".join(found[:12])
    hint = f"say which: {path_of(run.source)}:{found[-1]}"
    raise run.refusal("P031", f"there are several networks in this file: {shown}", top_of(run), hint)


def path_of(source: Source) -> str:
    """A source as the command line names it."""
    return "-" if source.name == "standard input" else source.name


def pasted_network(run: Run, module: ModuleNames) -> Any:
    """What loose lines make: a class of those of `self`, or the last that is an expression; None where neither is."""
    last = module.tree.body[-1] if module.tree.body else None
    if isinstance(last, ast.Expr) and isinstance(last.value, ast.Call):
        value = run.expression(last.value, module)
        return value if state_of(value) is not None else None
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
        return run.call(value, [], arguments_of(run, value.find("__init__")), value.place)
    if isinstance(value, ModuleClass):
        return run.call(value, [], {}, place)
    if isinstance(value, Function):
        return make_network(run, run.call(value, [], arguments_of(run, value), place), place)
    return value


def arguments_of(run: Run, function: Any) -> dict[str, Any]:
    """The arguments by --arg that a function has parameters for."""
    found: dict[str, Any] = {}
    node = getattr(function, "node", None)
    names = [each.arg for each in (*node.args.args, *node.args.kwonlyargs)] if node is not None else []
    for name in names:
        if name in run.arguments:
            found[name] = run.argument(name)
    return found


def candidates(run: Run, module: ModuleNames) -> list[str]:
    """The networks of a file: its classes of modules that no other one uses, or else the modules that it makes."""
    tree: ast.Module = module.tree
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    networks = []
    for node in classes:
        try:
            value = run.lookup(module, node.name)
        except Problem:
            continue
        if isinstance(value, Class) and isinstance(value.library, ModuleClass):
            networks.append(node)
    used = {name for node in tree.body for name in names_used(node)} if len(networks) > 1 else set()
    left = [node.name for node in networks if node.name not in used]
    if len(left) != 1:
        made_here = list(models_made(run, module, tree))
        if len(made_here) == 1 or (made_here and not left):
            return made_here[-1:]
    return left or [node.name for node in networks]


def names_used(node: ast.stmt) -> set[str]:
    """The names that a class or a function uses, but for its own."""
    if not isinstance(node, (ast.ClassDef, ast.FunctionDef)):
        return set()
    if isinstance(node, ast.FunctionDef) and not node.args.args:
        return set()
    return {
        each.id for each in ast.walk(node) if isinstance(each, ast.Name) and each.id != node.name
    }  # fmt: skip


def models_made(run: Run, module: ModuleNames, tree: ast.Module) -> Iterator[str]:
    """The names at the top level that are bound to a module."""
    seen: set[str] = set()
    for node in tree.body:
        targets: Sequence[ast.expr] = node.targets if isinstance(node, ast.Assign) else ()
        for target in targets:
            if isinstance(target, ast.Name) and target.id not in seen and isinstance(node, ast.Assign):
                seen.add(target.id)
                if not isinstance(node.value, (ast.Call, ast.Name)):
                    continue
                try:
                    if state_of(run.lookup(module, target.id)) is not None:
                        yield target.id
                except Problem:
                    continue


__all__ = ["Diagnostic", "problem", "read_spec"]
