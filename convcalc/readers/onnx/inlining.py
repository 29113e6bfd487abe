"""Functions that a file defines itself, and branches whose condition is settled: their nodes instead of the call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from convcalc.problem import problem
from convcalc.readers.onnx.held import held_of
from convcalc.readers.onnx.records import MAX_NODES, AttributeReference, Operation, attribute, operation, stored_tensor
from convcalc.readers.onnx.wire import FLOAT_TYPES, Span, Wire
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.readers.onnx.walk import GraphWalk, Operand

DEEPEST = 16  # functions within functions


class FunctionBody(NamedTuple):
    """A function of a file: its nodes, and what its inputs, outputs and attributes are called in them."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    nodes: tuple[Operation, ...]
    defaults: dict[str, Any]


def functions_of(wire: Wire, spans: Iterable[Span]) -> dict[tuple[str, str], FunctionBody]:
    """The functions of a file by domain and name."""
    found = {}
    for span in spans:
        body = wire.message("Function", span)
        nodes = tuple(operation(wire, 0, node) for node in body.get("node", ()))
        defaults = {each.get("name", ""): attribute(wire, each) for each in body.get("attribute_proto", ())}
        key = body.get("domain", ""), body.get("name", "")
        found[key] = FunctionBody(tuple(body.get("input", ())), tuple(body.get("output", ())), nodes, defaults)
    return found


def written_out(nodes: Iterable[Operation], functions: Mapping[tuple[str, str], FunctionBody]) -> list[Operation]:
    """The nodes, those that call a function replaced by its own, and numbered anew."""
    found: list[Operation] = []
    waiting: list[tuple[Iterator[Operation], int]] = [(iter(nodes), 0)]
    count = 0
    while waiting:
        run, depth = waiting[-1]
        node = next(run, None)
        if node is None:
            waiting.pop()
            continue
        body = functions.get((node.domain, node.operator))
        if body is None:
            found.append(node._replace(line=len(found) + 1))
        elif depth == DEEPEST:
            message = f"the function {node.operator[:60]} calls others more than {DEEPEST} deep, or itself"
            raise problem("Y048", message, "export the network without functions")
        else:
            count += 1
            waiting.append((iter(called_nodes(node, body, count)), depth + 1))
        if len(found) > MAX_NODES // 2:  # their names are longer
            raise problem("Y048", f"more than {MAX_NODES // 2:,} nodes with functions written out", "a smaller network")
    return found


def called_nodes(call: Operation, body: FunctionBody, count: int) -> list[Operation]:
    """The nodes of a function with the values and attributes of a call, and names that nothing else has."""
    names = {**dict(zip(body.inputs, (*call.inputs, *[""] * len(body.inputs)), strict=False)),
             **dict(zip(body.outputs, call.outputs, strict=False)), "": ""}  # fmt: skip
    given = {**body.defaults, **call.attributes}

    def renamed(values: Iterable[str]) -> tuple[str, ...]:
        return tuple(names.get(value, f"{value}/{count}") for value in values)

    return [
        node._replace(
            inputs=renamed(node.inputs), outputs=renamed(node.outputs),
            name=f"{call.name or call.operator}/{node.name or node.operator}", notes=node.notes or call.notes,
            attributes={name: given.get(value.name) if isinstance(value, AttributeReference) else value
                        for name, value in node.attributes.items()},
        )
        for node in body.nodes
    ]  # fmt: skip


def chosen_branch(walk: GraphWalk, node: Operation, inputs: Sequence[Operand]) -> list[Operand] | None:
    """What a settled condition chooses, its nodes read in their place; None where it is not settled."""
    condition = getattr(inputs[0], "scalar", None)
    span = node.attributes.get("then_branch" if condition else "else_branch")
    if condition is None or not isinstance(span, Span):
        return None
    graph = walk.wire.message("Graph", span)
    walk.depth += 1
    if walk.depth > DEEPEST:
        raise problem("Y048", f"conditions within conditions, more than {DEEPEST} deep", "export it with fixed shapes")
    for each in graph.get("initializer", ()):
        stored = stored_tensor(walk.wire, each)
        walk.values[stored.name] = held_of(stored, stored.type in FLOAT_TYPES)
    for each in graph.get("node", ()):
        walk.read_node(operation(walk.wire, node.line, each))
    walk.depth -= 1
    walk.node = node
    return [walk.value(each.get("name", "")) for each in graph.get("output", ())]
