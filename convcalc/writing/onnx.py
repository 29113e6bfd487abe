"""A network as an ONNX file: its layers as operators, its weights as tensors that nodes make of their sizes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from struct import pack
from typing import TYPE_CHECKING, Any

from convcalc import __version__
from convcalc.algebra.notation import write_shape
from convcalc.kinds.onnx import FORMS, INDEXED, IR_VERSION, MEETING, OPSET
from convcalc.kinds.unsaid import lost_in_onnx
from convcalc.layers.operators import LayerOperators, NumberTensor, OperatorNode, WeightTensor
from convcalc.layers.situation import LayerSituation
from convcalc.problem import Problem, problem
from convcalc.readers.onnx.records import OWN_SIGNATURE
from convcalc.readers.onnx.wire import FLOAT, INT64, encode
from convcalc.writing.facts import is_on_map, lost_settings, unsaid_numbers
from convcalc.writing.program.program import check_numbers

if TYPE_CHECKING:
    from convcalc.layers.applied import Applied
    from convcalc.network import Graph, Node
    from convcalc.spec import Spec

BATCH = "batch"
BITS = 63  # of a size


def pieces(spec: Spec, graph: Graph) -> Iterator[bytes]:
    """The file; a Problem where ONNX has no operators for a layer."""
    check_numbers(graph, "an ONNX file")
    model = {
        "ir_version": IR_VERSION, "producer_name": "convcalc", "producer_version": __version__,
        "graph": OnnxWriter(spec, graph).graph_message(), "opset_import": [{"domain": "", "version": OPSET}],
    }  # fmt: skip
    yield encode("Model", model)


def remarks(spec: Spec, graph: Graph) -> Iterator[str]:
    if spec.channels_last and any(len(shape) > 1 for shape in graph.inputs.values()):
        shapes = " and ".join(write_shape(shape) for shape in graph.inputs.values())
        yield f"ONNX has the channels first: the file takes {shapes}"
    if unknown := unsaid_numbers(graph):
        yield f"numbers that the layers do not say change nothing in the file: of {unknown}"
    yield from lost_settings(graph, "ONNX", lost_in_onnx)


class OnnxWriter:
    """A graph on its way to a message: the nodes and tensors so far, and the values of the network's nodes by name."""

    def __init__(self, spec: Spec, graph: Graph):
        self.spec, self.graph = spec, graph
        self.nodes: list[dict[str, Any]] = []
        self.names: set[str] = set()
        self.numbers: dict[str, NumberTensor] = {}
        self.weights: dict[str, WeightTensor] = {}
        self.kept: dict[str, tuple[Any, ...]] = {}  # what nodes compute and the network keeps
        self.stretched: dict[int, str] = {}  # numbers of the network's own, once for each example
        users = [node for node in graph.nodes if node.applied and node.applied.setting.kind.name in INDEXED]
        indexed = {place for node in users for place in node.inputs}
        self.indexed = [place in indexed for place in range(len(graph.inputs))]
        self.outputs = graph.outputs or [("", graph.main)]
        self.places = {node.name: place for place, node in enumerate(graph.nodes)}
        self.values = self.value_names()

    def value_names(self) -> list[str]:
        """Of every node what its value is called: as it is, or as the output that it is."""
        found = [node.name for node in self.graph.nodes]
        first = len(self.graph.inputs)
        taken = {name for name, _ in self.outputs}
        found = [f"{name}_value" if place >= first and name in taken else name for place, name in enumerate(found)]
        for name, place in self.outputs:
            if name and place >= first and name not in found:
                found[place] = name
        return found

    def graph_message(self) -> dict[str, Any]:
        for place, node in enumerate(self.graph.nodes):
            if place >= len(self.graph.inputs):
                self.add_layer(place, node)
        outputs = [self.output(name, place) for name, place in self.outputs]
        inputs = [
            value_message(name, (BATCH, *shape), INT64 if is_index else FLOAT)
            for (name, shape), is_index in zip(self.graph.inputs.items(), self.indexed, strict=True)
        ]
        learnt = {name for name, each in self.weights.items() if each.is_learnt}
        held = "\n".join(
            f"{name}: {'PARAMETER' if name in learnt else 'BUFFER'} target='{name}'"
            for name in (*self.weights, *self.kept)
        )
        return {
            "node": self.nodes, "name": self.spec.name or "network",
            "initializer": [tensor_message(name, each) for name, each in self.numbers.items()],
            "input": inputs, "output": outputs,
            "metadata_props": [encode("Entry", {"key": OWN_SIGNATURE, "value": held.encode()})],
        }  # fmt: skip

    def output(self, name: str, place: int) -> dict[str, Any]:
        value = self.values[place]
        shape = self.graph.shape(place) or ()
        if self.is_constant(place):
            value = self.stretch(place)
        name = name or self.values[place]
        if self.is_constant(place) and name == self.values[place]:
            name = f"{name}_output"
        if value != name or place < len(self.graph.inputs):
            name = name if name not in self.graph.inputs else f"{name}_output"
            self.add_node(name, OperatorNode("Identity", (value,), (name,), {}))
        return value_message(name, (BATCH, *shape), FLOAT)

    # Layers

    def add_layer(self, place: int, node: Node) -> None:
        applied = node.applied
        assert applied is not None
        kind = applied.setting.kind
        if kind.constant:
            self.add_constant(place, node, applied)
            return
        form = FORMS.get(kind.name)
        if form is None:
            raise self.refusal(node, f"{node.name} is {kind.name}, which cannot be written as ONNX")
        is_turned = applied.features_first and kind.takes == "features"
        inputs = tuple(self.value_for(kind.name, each, applied) for each in node.inputs)
        indexed = [each < len(self.indexed) and self.indexed[each] for each in node.inputs]
        situation = LayerSituation(
            turn_features(applied) if is_turned else applied,
            is_on_map(self.graph, node.inputs[0]),
            self.spec.channels_last,
        )
        operators = LayerOperators(node.name, situation, inputs, str(applied.values.get("weights", "")), self.weights)
        seen = zip(inputs, node.inputs, applied.input, strict=True)
        operators.inputs = tuple(
            name if self.graph.shape(each) == shape else operators.reshaped(name, *shape) for name, each, shape in seen
        )
        is_index = kind.name in INDEXED
        operators.inputs = tuple(
            name if whole == is_index else operators("Cast", name, to=INT64 if is_index else FLOAT)
            for name, whole in zip(operators.inputs, indexed, strict=True)
        )
        if is_turned:
            operators.inputs = tuple(
                operators.moved(name, 0, *range(2, len(shape) + 1), 1)
                for name, shape in zip(operators.inputs, applied.input, strict=True)
            )
        try:
            last = form(operators)
        except Problem as error:
            raise self.refusal(node, error.diagnostics[0].message) from None
        if is_turned and len(applied.output) > 1:
            rank = len(applied.output)
            last = operators.moved(last, 0, rank, *range(1, rank))
        if not operators.nodes or last in inputs:
            last = operators("Identity", last)
        self.add_nodes(node, operators, last)

    def add_constant(self, place: int, node: Node, applied: Applied) -> None:
        """Numbers of the network's own: for all examples the same."""
        operators = LayerOperators(node.name, LayerSituation(applied, False, False), ())
        owner = str(applied.values.get("weights", ""))
        held = next((name for name in (f"{owner}.weight", owner) if name in self.weights), "")
        if owner and not held:
            raise self.refusal(node, f"{node.name} is made of the numbers of {owner}, which ONNX does not have apart")
        if held:
            last = operators("Reshape", held, operators.list_of(*applied.output))
        elif applied.parameters == applied.buffers == 0:
            last = operators.filled(0, *applied.output)
        else:
            self.values[place] = last = node.name
            operators.weights[last] = WeightTensor(applied.output, applied.parameters != 0)
        self.add_nodes(node, operators, last)

    def value_for(self, kind: str, place: int, applied: Applied) -> str:
        """An input of a layer; numbers of the network's own once for each example, where the layer does not do it."""
        if not self.is_constant(place):
            return self.values[place]
        is_met = kind in MEETING and len(applied.input) > 1 and len(set(map(len, applied.input))) == 1
        return self.values[place] if is_met else self.stretch(place)

    def is_constant(self, place: int) -> bool:
        applied = self.graph.nodes[place].applied
        return applied is not None and applied.setting.kind.constant

    def stretch(self, place: int) -> str:
        """Numbers of the network's own, once for each example."""
        node = self.graph.nodes[place]
        assert node.applied is not None
        if place not in self.stretched:
            operators = LayerOperators(f"{node.name}/each", LayerSituation(node.applied, False, False), ())
            size = operators("Shape", next(iter(self.graph.inputs)), start=0, end=1)
            sizes = operators("Concat", size, operators.list_of(*node.applied.output), axis=0)
            self.stretched[place] = operators("Expand", self.values[place], sizes)
            self.add_nodes(node, operators, "")
        return self.stretched[place]

    def add_nodes(self, node: Node, operators: LayerOperators, last: str) -> None:
        """The nodes of a layer, of which the last value is called as the layer is."""
        self.take(node, operators)
        place = self.places[node.name]
        for each in operators.nodes:
            outputs = tuple(self.values[place] if output == last else output for output in each.outputs)
            self.add_node(node.name, each._replace(outputs=outputs))

    def take(self, node: Node, operators: LayerOperators) -> None:
        """What the nodes of a layer need; weights are made where they are first used."""
        self.numbers.update(operators.numbers)
        self.kept.update(operators.kept)
        for name, weight in operators.weights.items():
            known = self.weights.setdefault(name, weight)
            if known.sizes != weight.sizes:
                raise self.refusal(node, f"{node.name} uses the weights of {operators.owner} in another shape")
            if known is weight:
                sizes = NumberTensor((len(weight.sizes),), weight.sizes)
                self.numbers[f"{name}.shape"] = sizes
                number = {"value": NumberTensor((1,), (weight.number,))} if weight.number else {}
                self.add_node(name, OperatorNode("ConstantOfShape", (f"{name}.shape",), (name,), number))

    def add_node(self, path: str, node: OperatorNode) -> None:
        name = given = f"/{path.replace('.', '/')}/{node.operator}"
        count = 1
        while name in self.names:
            name, count = f"{given}_{count}", count + 1
        self.names.add(name)
        attributes = [attribute_message(key, value) for key, value in node.attributes.items()]
        self.nodes.append({
            "input": node.inputs, "output": node.outputs, "name": name, "op_type": node.operator,
            "attribute": attributes,
        })  # fmt: skip

    def refusal(self, node: Node, message: str) -> Problem:
        return problem("T002", message, "--to yaml says it", self.graph.mark(node.place), layer=node.name)


def check_size(*sizes: Any) -> None:
    """A Problem where a size does not fit into the file."""
    if large := next((size for size in sizes if size >= 1 << BITS), None):
        raise problem("T002", f"{large} is more than ONNX has room for: {BITS} bits", "--to yaml says it")


def turn_features(applied: Applied) -> Applied:
    """The layer with the features last in all shapes."""
    return applied._replace(
        input=tuple((*shape[1:], shape[0]) for shape in applied.input),
        output=(*applied.output[1:], applied.output[0]),
    )


def attribute_message(name: str, value: Any) -> dict[str, Any]:
    """An attribute by the type of its value."""
    if isinstance(value, NumberTensor):
        return {"name": name, "t": tensor_message("", value), "type": 4}
    if isinstance(value, str):
        return {"name": name, "s": value, "type": 3}
    if isinstance(value, (tuple, list, range)):
        return {"name": name, "ints": list(value), "type": 7}
    if isinstance(value, float):
        return {"name": name, "f": value, "type": 1}
    return {"name": name, "i": int(value), "type": 2}


def tensor_message(name: str, tensor: NumberTensor) -> dict[str, Any]:
    """Few numbers with their type, of whole numbers 64 bits."""
    is_float = any(isinstance(number, float) for number in tensor.numbers)
    check_size(*(() if is_float else tensor.numbers))
    data = pack(f"<{len(tensor.numbers)}{'f' if is_float else 'q'}", *tensor.numbers)
    return {"dims": tensor.dims, "data_type": FLOAT if is_float else INT64, "name": name, "raw_data": data}


def value_message(name: str, sizes: Sequence[Any], kind: int) -> dict[str, Any]:
    check_size(*(size for size in sizes if size != BATCH))
    dims = [{"dim_param": size} if isinstance(size, str) else {"dim_value": size} for size in sizes]
    return {"name": name, "type": {"tensor_type": {"elem_type": kind, "shape": {"dim": dims}}}}
