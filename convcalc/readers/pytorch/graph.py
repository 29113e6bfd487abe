"""The graph in a file of torch.export: nodes in order, what the network holds, what goes in, and the sizes of all."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from convcalc.tuples import NamedTuple

MAX_NODES = 50_000
NAMES = re.compile(r"\w+(?:\.\w+)*")
# Modules of torch.nn whose calculation is several nodes.
COMPOSED = ("torch.nn.modules.container.", "torch.nn.modules.transformer.", "torch.nn.modules.activation.Multi")
HELD = {"parameter": "parameter_name", "buffer": "buffer_name", "tensor_constant": "tensor_constant_name"}


class ExportedNode(NamedTuple):
    """An operation of the graph, and the module that it belongs to."""

    operator: str  # "conv2d", without what stands before and behind it
    args: tuple[Any, ...]  # as JSON has them: each of one key, its type
    kwargs: Mapping[str, Any]
    outputs: tuple[Any, ...]  # names, or lists of names
    groups: tuple[str, ...]
    name: str  # of the module, where the node is all of it
    text: str
    line: int


class ExportedSizes(NamedTuple):
    """A tensor's sizes, for those that may vary the ones that it was exported with."""

    sizes: tuple[int, ...]
    is_open: tuple[bool, ...]


class HeldNumbers(NamedTuple):
    """What the network holds: its path, and whether it is learnt."""

    path: str
    held: str  # "parameter" or "buffer"


class ExportedGraph(NamedTuple):
    nodes: tuple[ExportedNode, ...]
    held: dict[str, HeldNumbers]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    sizes: dict[str, ExportedSizes]


def graph_of(root: Any) -> ExportedGraph:
    """The graph of a model.json; an error of Python's own where it is another JSON."""
    module = root["graph_module"]
    graph, signature = module["graph"], module["signature"]
    held, inputs = {}, []
    for spec in signature["input_specs"]:
        ((kind, told),) = spec.items()
        if kind in HELD:
            name = told["arg"]["name"]
            held[name] = HeldNumbers(str(told[HELD[kind]]), "parameter" if kind == "parameter" else "buffer")
        elif kind == "user_input" and "as_tensor" in told["arg"]:
            inputs.append(str(told["arg"]["as_tensor"]["name"]))
    outputs = [
        str(spec["user_output"]["arg"]["as_tensor"]["name"])
        for spec in signature["output_specs"]
        if "user_output" in spec and "as_tensor" in spec["user_output"]["arg"]
    ]
    sizes = {str(name): exported_sizes(told["sizes"]) for name, told in graph["tensor_values"].items()}
    if missing := [name for name in (*held, *inputs) if name not in sizes]:
        raise KeyError(missing[0])
    nodes = tuple(node_of(told, line) for line, told in enumerate(graph["nodes"][:MAX_NODES], 1))
    return ExportedGraph(nodes, held, tuple(inputs), tuple(outputs), sizes)


def same_weights(root: Any) -> dict[str, str]:
    """By the path of a tensor that is the same as another, the path of the first of them: they are in one file."""
    first: dict[Any, str] = {}
    found = {}
    for path, told in root["config"].items():
        meta = told["tensor_meta"]
        part = (told["path_name"], json.dumps([meta["sizes"], meta["strides"], meta["storage_offset"]]))
        found[path] = first.setdefault(part, path)
    return found


def exported_sizes(told: Sequence[Any]) -> ExportedSizes:
    sizes, is_open = [], []
    for size in told:
        number = size["as_int"] if "as_int" in size else size["as_expr"]["hint"]["as_int"]
        if type(number) is not int or not 0 <= number < 1 << 63:
            raise ValueError("a size")
        sizes.append(number)
        is_open.append("as_int" not in size)
    return ExportedSizes(tuple(sizes), tuple(is_open))


def node_of(told: Any, line: int) -> ExportedNode:
    target = str(told["target"])
    operator = target.removeprefix("torch.ops.").removeprefix("aten.").rpartition(".")[0]
    if target.startswith("_operator."):
        operator = target
    args = tuple(each["arg"] for each in told["inputs"] if each.get("kind", 1) != 2)
    kwargs = {str(each["name"]): each["arg"] for each in told["inputs"] if each.get("kind", 1) == 2}
    outputs = tuple(map(output_names, told["outputs"]))
    groups, name = module_of(str(told["metadata"].get("nn_module_stack", "")))
    words = [shown_argument(each) for each in args] + [f"{key}={shown_argument(each)}" for key, each in kwargs.items()]
    results = ", ".join(str(each) for each in outputs)
    text = f"{results} = {target.removeprefix('torch.ops.')}({', '.join(words)})"[:300]
    return ExportedNode(operator, args, kwargs, outputs, groups, name, text, line)


def output_names(told: Any) -> Any:
    ((kind, value),) = told.items()
    if kind == "as_tensors":
        return [str(each["name"]) for each in value]
    if kind in ("as_none", "as_optional_tensors"):
        return ""
    return str(value.get("name", value.get("as_name", "")) if isinstance(value, dict) else value)


def module_of(stack: str) -> tuple[tuple[str, ...], str]:
    """(groups, name) of the innermost module that a node is in: a module of torch.nn is the name of its node."""
    _, path, cls = [*stack.rpartition(";")[2].split(","), "", "", ""][:3]
    if not NAMES.fullmatch(path):
        return (), ""
    *groups, last = path.split(".")
    is_whole = cls.startswith("torch.nn.modules.") and not cls.startswith(COMPOSED)
    return (tuple(groups), last) if is_whole else ((*groups, last), "")


def shown_argument(told: Any) -> str:
    ((kind, value),) = told.items()
    if kind == "as_none":
        return "None"
    if isinstance(value, dict):
        return str(next(iter(value.values()), ""))
    if isinstance(value, list):
        return "[" + ", ".join(str(next(iter(e.values()), "")) if isinstance(e, dict) else str(e) for e in value) + "]"
    return str(value)


def names_in(told: Any) -> Iterator[str]:
    """The names of values in an argument."""
    if isinstance(told, dict):
        for key, value in told.items():
            if key in ("name", "as_name") and isinstance(value, str):
                yield value
            else:
                yield from names_in(value)
    elif isinstance(told, list):
        for value in told:
            yield from names_in(value)


def live_nodes(graph: ExportedGraph) -> list[ExportedNode]:
    """The nodes on which the outputs depend; one that works in place changes what its first argument names."""
    live, found = set(graph.outputs), []
    for node in reversed(graph.nodes):
        first = next(iter(names_in(list(node.args[:1]))), "")
        is_used = not live.isdisjoint(flat_names(node.outputs))
        if is_used or (node.operator.endswith("_") and first in live and first not in graph.held):
            live.update(names_in([*node.args, *node.kwargs.values()]))
            found.append(node)
    return found[::-1]


def flat_names(outputs: Sequence[Any]) -> Iterator[str]:
    for each in outputs:
        yield from each if isinstance(each, list) else [each]
