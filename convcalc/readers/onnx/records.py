"""What an ONNX file holds, as records: its graph, operations, tensors and the shapes that it declares."""

from __future__ import annotations

import re
from collections.abc import Iterable
from heapq import heappop, heappush
from math import prod
from struct import calcsize, error, iter_unpack
from typing import TYPE_CHECKING, Any, TypeAlias

from convcalc.problem import problem
from convcalc.readers.onnx.wire import FLOAT, FLOAT_TYPES, NUMBER_TYPES, Span, Wire
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    Dimension: TypeAlias = "int | str | None"  # a letter stands for any size; None where nothing is said

SIGNATURE = "pkg.torch.export.ExportedProgram.graph_signature"  # PyTorch's list of what the module holds
OWN_SIGNATURE = "convcalc.graph_signature"  # the same of a file that convcalc wrote, where nodes make the weights
TARGET = re.compile(r": (PARAMETER|BUFFER) target='([^']*)'")
MAX_NODES = 30_000  # of a file
MAX_READ = 4_096  # numbers of a tensor that is read for the arithmetic of shapes
FEW = 16  # of those with a point, with which nothing but scales is computed
FIRST = 1_024  # bytes by which numbers are seen to be all alike
MANY = 3  # different numbers, as far as anybody may tell
EXTERNAL = 1  # where the numbers are in another file


class StoredTensor(NamedTuple):
    """Numbers in the file: their sizes, and, of a small one, the numbers themselves."""

    name: str
    dims: tuple[int, ...]
    type: int
    numbers: tuple[Any, ...] | None
    distinct: int = 0  # different numbers among its first; 0 where these are not in the file

    @property
    def is_filled(self) -> bool:
        """Whether it may be as another by chance: zeros and ones, as before training; exporters store such once."""
        return self.distinct in (1, 2)

    @property
    def is_mask(self) -> bool:
        return self.distinct == 2


class Operation(NamedTuple):
    """A node of the graph: what is done to which values, and what its results are called."""

    operator: str
    domain: str
    name: str
    inputs: tuple[str, ...]  # "" where one that may be left out is left out
    outputs: tuple[str, ...]
    attributes: dict[str, Any]
    line: int  # how many there are up to it
    notes: tuple[Span, ...]  # what the exporter noted

    @property
    def full_operator(self) -> str:
        return f"{self.domain}.{self.operator}" if self.domain not in ("", "ai.onnx") else self.operator

    @property
    def text(self) -> str:
        """The node as a line that a person can read."""
        results = ", ".join(filter(None, self.outputs))
        attributes = "".join(f" {name}={attribute_text(value)}" for name, value in self.attributes.items())
        return f"{results} = {self.full_operator}({', '.join(self.inputs)}){attributes}"


class DeclaredValue(NamedTuple):
    """A value of the graph with the shape that the file declares, None where it declares none."""

    name: str
    shape: tuple[Dimension, ...] | None
    notes: tuple[Span, ...] = ()


class OnnxGraph(NamedTuple):
    name: str
    producer: str
    opset: int
    inputs: tuple[DeclaredValue, ...]
    outputs: tuple[DeclaredValue, ...]
    values: dict[str, DeclaredValue]
    stored: dict[str, StoredTensor]
    operations: tuple[Operation, ...]
    functions: tuple[Span, ...]  # that the file defines itself
    signature: dict[str, str]  # what each tensor of the module was, a PARAMETER or a BUFFER; empty where nobody says it


def attribute_text(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(attribute_text, value[:8]))}{', …' if len(value) > 8 else ''}]"
    if isinstance(value, StoredTensor):
        return "×".join(map(str, value.dims)) or attribute_text((value.numbers or ("…",))[0])
    return "{…}" if isinstance(value, Span) else f"{value:g}" if isinstance(value, float) else str(value)


def read_graph(wire: Wire) -> OnnxGraph:
    """The graph of a whole file; a Problem where it holds none."""
    model = wire.message("Model", Span(0, len(wire.data)))
    graph = model.get("graph")
    if graph is None:
        raise problem("Y043", f"{wire.name} holds no graph", "export the network again")
    if len(graph.get("node", ())) > MAX_NODES:
        raise problem("Y042", f"{wire.name} has more than {MAX_NODES:,} nodes", "a smaller network")
    opsets = {each.get("domain", ""): each.get("version", 1) for each in model.get("opset_import", ())}
    stored = [stored_tensor(wire, each) for each in graph.get("initializer", ())]
    stored += [stored_tensor(wire, {**each.get("values", {}), "dims": each.get("dims", [])}, False)
               for each in graph.get("sparse_initializer", ())]  # fmt: skip
    held = {each.name: each for each in stored}
    nodes = enumerate(graph.get("node", ()), 1)
    notes = graph.get("metadata_props", ())
    found = OnnxGraph(
        graph.get("name", ""),
        f"{model.get('producer_name', '')} {model.get('producer_version', '')}".strip(),
        opsets.get("", opsets.get("ai.onnx", 1)),
        tuple(each for each in map(declared_value, graph.get("input", ())) if each.name not in held),
        tuple(map(declared_value, graph.get("output", ()))),
        {each.name: each for each in map(declared_value, graph.get("value_info", ()))},
        held,
        tuple(operation(wire, line, node) for line, node in nodes),
        tuple(model.get("functions", ())),
        {name: what for key in (SIGNATURE, OWN_SIGNATURE) for what, name in TARGET.findall(note_of(wire, notes, key))},
    )
    return with_filled(found) if found.signature else found


def with_filled(graph: OnnxGraph) -> OnnxGraph:
    """The graph with the weights that a node makes of their sizes among those that are stored."""
    filled = {
        node.outputs[0]: StoredTensor(node.outputs[0], graph.stored[node.inputs[0]].numbers or (), FLOAT, None, MANY)
        for node in graph.operations
        if node.operator == "ConstantOfShape"
        and len(node.inputs) == len(node.outputs) == 1
        and node.outputs[0] in graph.signature
        and node.inputs[0] in graph.stored
    }
    kept = tuple(node for node in graph.operations if not filled.keys() & node.outputs)
    return graph._replace(stored={**graph.stored, **filled}, operations=kept)


def declared_value(found: dict[str, Any]) -> DeclaredValue:
    shape = found.get("type", {}).get("tensor_type", {}).get("shape")
    sizes = None if shape is None else tuple(map(dimension, shape.get("dim", ())))
    return DeclaredValue(found.get("name", ""), sizes, tuple(found.get("metadata_props", ())))


def dimension(found: dict[str, Any]) -> Dimension:
    size = found.get("dim_value", 0)
    return size if size > 0 else found.get("dim_param") or None


def operation(wire: Wire, line: int, node: dict[str, Any]) -> Operation:
    attributes = {each.get("name", ""): attribute(wire, each) for each in node.get("attribute", ())}
    return Operation(
        node.get("op_type", ""), node.get("domain", ""), node.get("name", ""), tuple(node.get("input", ())),
        tuple(node.get("output", ())), attributes, line, tuple(node.get("metadata_props", ())),
    )  # fmt: skip


# Attributes by the number of their type: the field that holds them, and what is meant where it is not written.
ATTRIBUTES: dict[int, tuple[str, Any]] = {
    1: ("f", 0.0), 2: ("i", 0), 3: ("s", ""), 4: ("t", None), 5: ("g", None), 6: ("floats", []), 7: ("ints", []),
    8: ("strings", []),
}  # fmt: skip


class AttributeReference(NamedTuple):
    """An attribute of a function's call, for which one of a node in it stands."""

    name: str


def attribute(wire: Wire, found: dict[str, Any]) -> Any:
    """What an attribute says; old files do not say of which type it is."""
    if found.get("ref_attr_name"):
        return AttributeReference(found["ref_attr_name"])
    name, missing = ATTRIBUTES.get(found.get("type", 0), ("", None))
    if not name:
        name = next((each for each, _ in ATTRIBUTES.values() if each in found), "")
    value = found.get(name, missing)
    return stored_tensor(wire, value) if name == "t" and value is not None else value


def stored_tensor(wire: Wire, found: dict[str, Any], is_dense: bool = True) -> StoredTensor:
    """A tensor with its numbers where they are few and in the file."""
    dims, kind = tuple(found.get("dims", ())), found.get("data_type", FLOAT)
    if any(size < 0 for size in dims):
        shown = "×".join(map(str, dims))
        raise wire.damage(found["at"], f"the tensor {found.get('name', '')[:60]} has the sizes {shown}")
    numbers, distinct = None, 0
    if is_dense and found.get("data_location", 0) != EXTERNAL:
        numbers = numbers_of(wire, found, kind, prod(dims))
        distinct = distinct_numbers(wire, found, kind)
    return StoredTensor(found.get("name", ""), dims, kind, numbers, distinct)


def numbers_of(wire: Wire, found: dict[str, Any], kind: int, count: int) -> tuple[Any, ...] | None:
    """The numbers of a small tensor; None of a large one, and of types that no shape is made of."""
    letter = NUMBER_TYPES.get(kind)
    if letter is None or count > (FEW if kind in FLOAT_TYPES else MAX_READ):
        return None
    if "raw_data" in found:
        numbers = plain_numbers(wire.data[slice(*found["raw_data"])], letter)
    else:
        name = next((name for name in LISTED if name in found), "")
        packed = LISTED.get(name, "")
        numbers = []
        for span in found.get(name, ()):
            numbers += plain_numbers(wire.data[slice(*span)], packed) if packed else wire.packed(*span)
    if len(numbers) != count:
        name = found.get("name", "")[:60]
        raise wire.damage(found["at"], f"the tensor {name} has room for {count} numbers, and holds {len(numbers)}")
    return tuple(numbers)


# The fields of numbers, and the letter by which Python's struct reads those that are no whole ones.
LISTED = {"int64_data": "", "int32_data": "", "float_data": "f", "double_data": "d", "uint64_data": ""}


def plain_numbers(data: bytes, letter: str) -> list[Any]:
    try:
        return [number for (number,) in iter_unpack(f"<{letter}", data)]
    except error:  # no whole number of them
        return []


def distinct_numbers(wire: Wire, found: dict[str, Any], kind: int) -> int:
    """How many different numbers there are among the first of a tensor."""
    begin, end = found.get("raw_data") or next(iter(found.get("float_data", ())), (0, 0))
    size = calcsize(NUMBER_TYPES.get(kind, "H"))
    data = wire.data[begin : min(end, begin + FIRST)]
    return len({data[at : at + size] for at in range(0, len(data) - size + 1, size)})


def note_of(wire: Wire, notes: Iterable[Span], key: str) -> str:
    """What an exporter noted under a key; "" where it did not."""
    for span in notes:
        entry = wire.message("Entry", span)
        if entry.get("key") == key and "value" in entry:
            return wire.data[slice(*entry["value"])].decode("utf-8", "replace")
    return ""


def operations_in_order(operations: Iterable[Operation], name: str) -> list[Operation]:
    """The operations, each behind those that give its inputs; a Problem where they go in a circle."""
    by_line = {each.line: each for each in operations}
    givers = {output: line for line, each in by_line.items() for output in each.outputs if output}
    waiting = {line: {givers[one] for one in each.inputs if one in givers} for line, each in by_line.items()}
    users: dict[int, list[int]] = {}
    for line, needed in waiting.items():
        for giver in needed:
            users.setdefault(giver, []).append(line)
    ready = [line for line, needed in waiting.items() if not needed]
    found = []
    while ready:
        found.append(line := heappop(ready))
        for user in users.get(line, ()):
            waiting[user].discard(line)
            if not waiting[user]:
                heappush(ready, user)
    if len(found) < len(by_line):
        circle = next(by_line[line] for line in by_line if waiting[line])
        message = f"{name}: the nodes go in a circle: node {circle.line}, {circle.name or circle.operator}, waits"
        raise problem("Y044", f"{message} for node {min(waiting[circle.line])}", "export the network again")
    return [by_line[line] for line in found]
