"""ONNX files: the graph of a network as another framework exported it, read without its weights."""

from __future__ import annotations

import mmap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from convcalc.kinds.activating import IDENTITY
from convcalc.kinds.constant import BUFFER, PARAMETER
from convcalc.problem import Problem, Source, problem
from convcalc.readers.onnx.held import HeldTensor
from convcalc.readers.onnx.naming import given_names
from convcalc.readers.onnx.patterns import rewritten
from convcalc.readers.onnx.records import DeclaredValue, OnnxGraph, Operation, operations_in_order, read_graph
from convcalc.readers.onnx.walk import MEASURING, GraphTrace, GraphWalk
from convcalc.readers.onnx.wire import Wire
from convcalc.readers.trace import BATCH
from convcalc.spec import Place, Spec
from convcalc.spec.inputs import letters_of_sides, read_inputs
from convcalc.spec.names import declare

if TYPE_CHECKING:
    from convcalc.spec.choices import Choices

BATCHES = ("batch", "batch_size", "n", "b", "bs")  # letters that stand for it
RECURRENT = ("LSTM", "GRU", "RNN")


def read_spec(source: Source, choices: Choices) -> Spec:
    """The Spec of an ONNX file; each of its nodes is a line, to which errors point."""
    with bytes_of(source) as data:
        wire = Wire(data, source.name)
        graph = read_graph(wire)
        if graph.functions:
            from convcalc.readers.onnx.inlining import functions_of, written_out

            written = written_out(graph.operations, functions_of(wire, graph.functions))
            graph = graph._replace(operations=tuple(written))
        nodes = operations_in_order(graph.operations, source.name)
        lines = "\n".join(node.text for node in graph.operations)
        shown = source._replace(text=lines, path=source.path or source.name, data=b"")
        return spec_of_graph(shown, wire, graph, nodes, choices)


@contextmanager
def bytes_of(source: Source) -> Iterator[Any]:
    """The bytes of a file, of which only those that are looked at are read."""
    if not source.path:
        yield source.data
        return
    try:
        with open(source.path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            yield data
    except OSError as error:
        raise problem("Y032", f"{source.name} cannot be read: {error.strerror}", "check the path") from None


def spec_of_graph(source: Source, wire: Wire, graph: OnnxGraph, nodes: Sequence[Operation], choices: Choices) -> Spec:
    trace = GraphTrace(source, "onnx")
    batch = batch_of(graph)
    walk = GraphWalk(graph, wire, trace, batch, not choices.inputs and not choices.symbolic)
    add_inputs(walk, choices)
    nodes = rewritten(graph, nodes, live_nodes(graph, nodes))
    walk.names = given_names(graph, wire, live_nodes(graph, nodes))
    walk.plain = {output for node in nodes if node.operator == "Constant" for output in node.outputs}
    walk.run(nodes)
    outputs = [(each.name, walk.tensor(value)) for each in graph.outputs if (value := walk.values.get(each.name))]
    if not any(group.items for group in trace.groups) and not walk.lost:  # what comes out is what goes in
        outputs = [(name, trace.layer(IDENTITY, {}, (tensor,), Place(1, 1))) for name, tensor in outputs]
    if not outputs and not walk.lost:
        raise problem("Y043", f"{source.name}: no node gives an output", "export the network again")
    add_unused(walk)
    name = "" if graph.name in USUAL else graph.name
    trace.notes += walk.remarks.notes(source)
    trace.batch = batch or 0
    return trace.spec(outputs, name=name)


def add_unused(walk: GraphWalk) -> None:
    """What the file says that the network holds and is in no layer, behind all layers.

    No node uses it, or it holds whole numbers: the places of others.
    """
    for name, what in walk.graph.signature.items():
        held = walk.values.get(name)
        if isinstance(held, HeldTensor) and held.shape and (name not in walk.users or not held.is_float):
            walk.trace.layer(PARAMETER if what == "PARAMETER" else BUFFER, {"shape": held.shape}, (), Place(1, 1), name)


USUAL = ("main_graph", "torch_jit", "torch-jit-export", "tf2onnx", "main", "graph")  # names that exporters give


# Inputs


def batch_of(graph: OnnxGraph) -> int | None:
    """The number that stands for the batch; None where it is a letter, or where there is none."""
    for declared in graph.inputs:
        axis = batch_axis(graph, declared)
        if axis is not None and declared.shape:
            size = declared.shape[axis]
            return size if isinstance(size, int) else None
    return None


def batch_axis(graph: OnnxGraph, declared: DeclaredValue) -> int | None:
    """The axis that is called so, else the first, but where a recurrent layer takes the input with its steps first.

    A single axis is that of an example's numbers, if it is not called so.
    """
    shape = declared.shape or ()
    named = [axis for axis, size in enumerate(shape) if isinstance(size, str) and size.lower() in BATCHES]
    if named or len(shape) < 2:
        return named[0] if named else None
    users = [node for node in graph.operations if node.inputs[:1] == (declared.name,)]
    steps_first = any(node.operator in RECURRENT and not node.attributes.get("layout") for node in users)
    axis = int(steps_first and len(shape) == 3)
    first = graph.inputs[0]
    if declared is not first and first.shape and (main := batch_axis(graph, first)) is not None:
        sizes = shape[axis], first.shape[main]
        if None not in sizes and sizes[0] != sizes[1]:  # alike for every example
            return None
    return axis


def add_inputs(walk: GraphWalk, choices: Choices) -> None:
    """The inputs in the shapes that the file declares, or a run gives."""
    graph, trace = walk.graph, walk.trace
    place = Place(1, 1)
    letters: dict[str, str] = {}
    declared = []
    for each in graph.inputs:
        if each.shape is None:
            raise problem("L004", f"the input {each.name[:60]} has no shape", "export it with the shape of an example")
        axis = batch_axis(graph, each)
        own = [str(letter_of(size, letters)) for at, size in enumerate(each.shape) if at != axis]
        declared.append((input_name(each.name), tuple(own) or ("1",), axis, each))
    inputs = tuple((name, sizes, place) for name, sizes, *_ in declared)
    layout = "channels_first"
    spec = Spec(trace.source, inputs=inputs, symbols=tuple(letters), convention=trace.convention, layout=layout)
    sides = letters_of_sides(spec) if choices.symbolic else frozenset()
    trace.names = declare(spec, choices, sides.union(choices.symbols)).values
    found = read_inputs(spec, choices, trace.names)
    if found.problems:
        raise Problem(*(finding for error, _ in found.problems for finding in error.diagnostics))
    for name, _, axis, each in declared:
        sizes: tuple[Any, ...] = found.shapes[name]
        shape = sizes if axis is None else (*sizes[:axis], BATCH, *sizes[axis:])
        walk.values[each.name] = trace.input(name, shape, place)
        if axis is not None and len(each.shape or ()) == 1:  # a number an example
            walk.values[each.name] = trace.same(walk.tensor(walk.values[each.name]), (BATCH,))


def input_name(name: str) -> str:
    found = "".join(char if char.isalnum() or char == "_" else "_" for char in name).strip("_")
    return found if found.isidentifier() else f"input_{found}"


def letter_of(size: Any, letters: dict[str, str]) -> Any:
    """A size as a spec writes it: a number, or a name."""
    if isinstance(size, int):
        return size
    name = input_name(size or f"n{len(letters) + 1}")
    letters[name] = name
    return name


# Nodes


def live_nodes(graph: OnnxGraph, nodes: Sequence[Operation]) -> list[Operation]:
    """The nodes whose results depend on the numbers that go in."""
    live = {each.name for each in graph.inputs}
    found = []
    for node in nodes:
        if node.operator not in MEASURING and not live.isdisjoint(node.inputs):
            live.update(node.outputs)
            found.append(node)
    return found
