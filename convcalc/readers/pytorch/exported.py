"""Networks that torch.export saved (.pt2): their graph in JSON, with the sizes of all tensors; no weights are read."""

from __future__ import annotations

import json
import re
from typing import Any

from convcalc.kinds.constant import BUFFER, PARAMETER
from convcalc.problem import Diagnostic, Problem, Source, problem
from convcalc.readers.archive import archive, member_text
from convcalc.readers.groups import GroupPath
from convcalc.readers.inputs import tensors_of_inputs, with_mark
from convcalc.readers.onnx import walk
from convcalc.readers.onnx.batches import shape_in_file
from convcalc.readers.python.run import Run
from convcalc.readers.python.values import Opaque
from convcalc.readers.pytorch.aten import apply_operator
from convcalc.readers.pytorch.graph import ExportedGraph, ExportedNode, graph_of, live_nodes, same_weights
from convcalc.readers.pytorch.library import Torch
from convcalc.readers.pytorch.tensor import TensorValue
from convcalc.readers.trace import Batch, Stopped
from convcalc.spec import Place, Spec
from convcalc.spec.choices import Choices, few

# Of an archive, the members with the graph and with the files of its weights: as PyTorch 2.8 writes it, or before.
GRAPH = r"(?:[^/]+/)?models/[^/]+\.json|serialized_exported_program\.json"
WEIGHTS = r"(?:[^/]+/)?data/weights/[^/]+\.json"
# What is raised where the JSON is another than PyTorch writes: nobody has checked it before.
MISFITS = (*walk.MISFITS, RecursionError)


def read_spec(source: Source, choices: Choices) -> Spec:
    """The Spec of an exported network; each of its nodes is a line, to which errors point."""
    with archive(source) as stored:
        names = stored.namelist()
    name = next(name for name in names if re.fullmatch(GRAPH, name))
    weights = next((name for name in names if re.fullmatch(WEIGHTS, name)), "")
    try:
        graph = graph_of(json.loads(member_text(source, name)))
        same = same_weights(json.loads(member_text(source, weights))) if weights else {}
    except MISFITS as error:
        raise problem("F010", f"{source.name}: {name} is no graph of torch.export: {str(error)[:60]}", CURE) from None
    graph = graph._replace(
        held={name: held._replace(path=same.get(held.path, held.path)) for name, held in graph.held.items()}
    )
    lines = "\n".join(node.text for node in graph.nodes)
    return ExportedReader(source._replace(text=lines, path=source.path or source.name, data=b""), graph, choices).read()


CURE = 'torch.export.save(torch.export.export(model, (torch.randn(1, 3, 224, 224),)), "net.pt2") saves it again'


class ExportedReader:
    """A graph on its way to layers: the values that are known so far."""

    def __init__(self, source: Source, graph: ExportedGraph, choices: Choices):
        self.source, self.graph, self.choices = source, graph, choices
        self.library = Torch(source)
        self.library.begin()
        self.trace = self.library.trace = walk.GraphTrace(source)
        self.run = Run(source, self.library, choices.args)
        self.values: dict[str, Any] = {}
        self.groups = GroupPath(self.trace)
        self.batch: int | None = None  # the number that stands for it; None where it may vary
        self.is_checked = not choices.inputs and not choices.symbolic

    def read(self) -> Spec:
        by_path: dict[str, TensorValue] = {}
        for name, (path, held) in self.graph.held.items():
            found = self.values[name] = by_path.setdefault(path, TensorValue(self.graph.sizes[name].sizes, held=held))
            found.name, found.place = path, Place(1, 1, 1, self.source)
        self.read_inputs()
        try:
            for node in live_nodes(self.graph):
                self.apply(node)
        except Stopped:
            self.groups.enter((), Place(1, 1))
            return self.trace.spec(())
        self.groups.enter((), Place(1, 1))
        outputs = [(name, self.output(name)) for name in self.graph.outputs]
        if not outputs:
            raise problem("F010", f"{self.source.name} gives no tensor", CURE)
        self.add_unused()
        return self.trace.spec(outputs)

    def output(self, name: str) -> Any:
        found = self.values.get(name)
        if not isinstance(found, TensorValue) or found.node is None:
            raise problem("F010", f"{self.source.name}: the output {name[:40]} is not computed", CURE)
        return found.node

    # What goes in

    def read_inputs(self) -> None:
        """The inputs, of which the first axis is the batch; sides that may vary are those of the export's example."""
        declared, is_open = [], False
        for index, name in enumerate(self.graph.inputs):
            sizes, varies = self.graph.sizes[name]
            if not sizes:
                raise problem("F010", f"the input {name[:40]} is a single number", CURE)
            if index == 0:
                self.batch = None if varies[0] else sizes[0]
            is_open |= any(varies[1:])
            declared.append((name, tuple(map(str, sizes[1:])) or ("1",), Place(1, 1)))
        if not declared:
            raise problem("F010", f"{self.source.name} takes no tensor", CURE)
        for name, tensor in zip(self.graph.inputs, tensors_of_inputs(self.trace, declared, self.choices), strict=True):
            shape = tensor.shape if len(self.graph.sizes[name].sizes) > 1 else tensor.shape[:1]
            self.values[name] = TensorValue(shape, self.trace.same(tensor, shape))
        if is_open and self.is_checked:
            self.note("the sides that may vary are those of the example that it was exported with; others by --input")
        if self.batch and self.batch > 1 and self.is_checked:
            self.note(f"the {self.batch} in front of {self.graph.inputs[0][:40]} is taken as the batch")
            self.trace.batch = self.batch

    def note(self, message: str) -> None:
        self.trace.notes.append(Diagnostic("W007", message, severity="note"))

    # Nodes

    def apply(self, node: ExportedNode) -> None:
        place = Place(node.line, 1, len(node.text), self.source)
        self.groups.enter(node.groups, Place(1, 1))
        self.trace.next_name = node.name
        try:
            args = [self.value(each) for each in node.args]
            kwargs = {key: self.value(each) for key, each in node.kwargs.items()}
            found = apply_operator(self.run, node.operator, args, kwargs, place, self.batch)
        except Stopped:
            raise
        except Problem as error:
            raise with_mark(error, place.mark(self.source)) from None
        except MISFITS:
            message = f"{node.operator[:40]} has other arguments than PyTorch gives it"
            raise problem("F010", message, CURE, place.mark(self.source)) from None
        if found is None:
            hint = 'give it as ONNX: torch.onnx.export(model, torch.randn(1, 3, 224, 224), "net.onnx")'
            raise problem("F005", f"{node.operator[:40]} has no kind here", hint, place.mark(self.source))
        if isinstance(found, Opaque) and len(node.outputs) == 1:
            self.run.known(found, "an operation", place)
        results = found if isinstance(found, (tuple, list)) and not isinstance(node.outputs[0], list) else [found]
        for names, result in zip(node.outputs, results, strict=False):
            pairs = zip(names, result, strict=True) if isinstance(names, list) else [(names, result)]
            for name, each in pairs:
                self.values[name] = each
                self.check_sizes(name, each, place)
        if node.operator.endswith("_") and node.args:
            self.values[str(node.args[0].get("as_tensor", {}).get("name"))] = results[0]

    def value(self, told: Any) -> Any:
        """The value of an argument, as Python has it."""
        ((kind, value),) = told.items()
        if kind in ("as_tensor", "as_optional_tensor"):
            return self.values[value["name"]] if "name" in value else self.value(value)
        if kind == "as_tensors":
            return [self.values[each["name"]] for each in value]
        if kind in ("as_optional_tensors", "as_sym_ints", "as_sym_floats", "as_sym_bools"):
            return [self.value(each) for each in value]
        if kind in ("as_sym_int", "as_sym_float", "as_sym_bool"):
            return self.value(value)
        if kind == "as_name":
            return self.values[value]
        if kind in ("as_int", "as_float", "as_bool", "as_string", "as_ints", "as_floats", "as_bools", "as_strings"):
            return value
        return None  # types, devices and layouts

    def check_sizes(self, name: str, value: Any, place: Place) -> None:
        """A Problem where a tensor has other sizes than the file says."""
        declared = self.graph.sizes.get(name)
        if not self.is_checked or declared is None or not isinstance(value, TensorValue) or value.node is None:
            return
        actual = shape_in_file(value.shape, self.batch)
        fits = all(one == other for one, other in zip(actual, declared.sizes, strict=False) if isinstance(one, int))
        if value.node.broken or (fits and len(actual) == len(declared.sizes)):
            return
        shown = "×".join("batch" if isinstance(size, Batch) else str(size) for size in actual)
        message = f"{name[:40]} is {shown}, the file says {'×'.join(map(str, declared.sizes))}"
        raise problem("F011", message, "give the network as ONNX, or as its program", place.mark(self.source))

    def add_unused(self) -> None:
        """What the network holds and no node uses, behind all layers."""
        names = []
        for name, (path, held) in self.graph.held.items():
            value = self.values[name]
            if self.library.has_counted(value) or not value.shape:
                continue
            learns = held == "parameter"
            self.trace.layer(PARAMETER if learns else BUFFER, {"shape": value.shape}, (), Place(1, 1), path)
            names += [path] if learns else []
        if names:
            self.note(f"never used, but counted: {few(names)}")
