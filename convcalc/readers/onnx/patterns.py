"""Nodes that are one layer together: exporters write out what older versions of ONNX had no operator for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from convcalc.readers.onnx.records import OnnxGraph, Operation, StoredTensor
from convcalc.tuples import NamedTuple


class NodePattern(NamedTuple):
    """Nodes that are one: the first of them as it would be written, and the lines of all."""

    node: Operation
    lines: tuple[int, ...]


class Neighbours:
    """Of every value, which node gives it and which take it, and whether it is of the network's own."""

    def __init__(self, graph: OnnxGraph, nodes: Iterable[Operation], live: set[int]):
        self.stored: dict[str, StoredTensor] = dict(graph.stored)
        self.held = set(graph.stored)
        self.givers: dict[str, Operation] = {}
        self.users: dict[str, list[Operation]] = {each.name: [] for each in graph.outputs}
        self.visible = set(self.users)
        for node in nodes:
            for name in node.inputs:
                self.users.setdefault(name, []).append(node)
            self.givers.update(dict.fromkeys(node.outputs, node))
            if node.line not in live:
                self.held.update(node.outputs)
            if node.operator in ("Identity", "Constant", "Transpose") and node.outputs:
                value = self.stored.get(node.inputs[0]) if node.inputs else node.attributes.get("value")
                if isinstance(value, StoredTensor):
                    self.stored[node.outputs[0]] = value

    def next(self, node: Operation, *operators: str) -> Operation | None:
        """The only node that takes what a node gives, if it is one of these."""
        users = self.users.get(node.outputs[0], []) if node.outputs else []
        is_only = len(users) == 1 and node.outputs[0] not in self.visible
        return users[0] if is_only and users[0].operator in operators else None

    def giver(self, name: str, *operators: str) -> Operation | None:
        node = self.givers.get(name)
        return node if node and node.operator in operators and node.outputs[:1] == (name,) else None

    def other(self, node: Operation, name: str) -> str:
        """What goes into a node of two inputs beside a value."""
        return next((each for each in node.inputs if each != name), name)

    def with_constant(self, node: Operation | None, name: str) -> bool:
        """Whether a node joins a value with what no input changes."""
        return node is not None and name in node.inputs and self.other(node, name) in self.held


def rewritten(graph: OnnxGraph, nodes: Sequence[Operation], live: Iterable[Operation]) -> list[Operation]:
    """The nodes, each pattern of several as one node in the place of its last."""
    near = Neighbours(graph, nodes, {node.line for node in live})
    replaced: dict[int, Operation | None] = {}
    order = {node.line: place for place, node in enumerate(nodes)}
    for node in nodes:
        found = PATTERNS[node.operator](near, node) if node.operator in PATTERNS and node.inputs else None
        if found and replaced.keys().isdisjoint(found.lines):
            replaced.update(dict.fromkeys(found.lines))
            replaced[max(found.lines, key=order.__getitem__)] = found.node
    kept = (replaced.get(node.line, node) for node in nodes)
    return [node for node in kept if node is not None]


def pattern_of(
    first: Operation, operator: str, inputs: Sequence[str], nodes: Sequence[Operation], **more: object
) -> NodePattern:
    """The pattern of nodes, of which the last gives its output."""
    node = first._replace(operator=operator, domain="", inputs=tuple(inputs), outputs=nodes[-1].outputs[:1])
    return NodePattern(node._replace(attributes=more), tuple(each.line for each in nodes))


def sum_behind(near: Neighbours, node: Operation) -> NodePattern | None:
    """A matrix product and the sum with a stored vector: x·W + b."""
    following = near.next(node, "Add")
    if following is None or len(node.inputs) != 2:
        return None
    bias = near.other(following, node.outputs[0])
    weights, vector = near.stored.get(node.inputs[1]), near.stored.get(bias)
    if weights is None or vector is None or len(vector.dims) != 1 or vector.dims[0] not in weights.dims:
        return None
    return pattern_of(node, "MatMul", (*node.inputs, bias), (node, following))


def gate_of(operator: str) -> Callable[[Neighbours, Operation], NodePattern | None]:
    """x·f(x)."""

    def find(near: Neighbours, node: Operation) -> NodePattern | None:
        following = near.next(node, "Mul")
        if following is None or near.other(following, node.outputs[0]) != node.inputs[0]:
            return None
        return pattern_of(node, operator, node.inputs[:1], (node, following))

    return find


def mish(near: Neighbours, node: Operation) -> NodePattern | None:
    """x·tanh(softplus(x))."""
    bent = near.next(node, "Tanh")
    following = near.next(bent, "Mul") if bent else None
    if bent is None or following is None or near.other(following, bent.outputs[0]) != node.inputs[0]:
        return None
    return pattern_of(node, "Mish", node.inputs, (node, bent, following))


def gelu(near: Neighbours, node: Operation) -> NodePattern | None:
    """x·(1 + erf(x/√2))/2, its factors in any order."""
    scaled = near.giver(node.inputs[0], "Div", "Mul")
    raised = near.next(node, "Add")
    if scaled is None or raised is None or not near.with_constant(raised, node.outputs[0]):
        return None
    source = next((name for name in scaled.inputs if name not in near.held), "")
    if not near.with_constant(scaled, source):
        return None
    first = near.next(raised, "Mul")
    if first is None:
        return None
    beside = near.other(first, raised.outputs[0])
    if (halved := near.giver(beside, "Mul")) and near.with_constant(halved, source):
        return pattern_of(scaled, "Gelu", (source,), (scaled, node, raised, halved, first))
    last = near.next(first, "Mul")
    if last is None or {beside, near.other(last, first.outputs[0])} - near.held != {source}:
        return None
    return pattern_of(scaled, "Gelu", (source,), (scaled, node, raised, first, last))


def layer_normalisation(near: Neighbours, node: Operation) -> NodePattern | None:
    """(x − mean)/√(variance + ε), and the scale and shift behind it, found from the root on."""
    added = near.giver(node.inputs[0], "Add")
    variance = added and next(filter(None, (near.giver(name, "ReduceMean") for name in added.inputs)), None)
    square = variance and near.giver(variance.inputs[0], "Pow", "Mul")
    centred = square and near.giver(square.inputs[0], "Sub")
    mean = centred and near.giver(centred.inputs[1], "ReduceMean")
    divided = near.next(node, "Div")
    if not (added and variance and square and centred and mean and divided):
        return None
    other = near.giver(divided.inputs[0], "Sub")
    if other is None or other.inputs[0] != centred.inputs[0] or mean.inputs[0] != centred.inputs[0]:
        return None
    axes = axes_of_mean(near, mean)
    if axes is None:
        return None
    nodes = [mean, centred, square, variance, added, node, *([other] if other is not centred else []), divided]
    inputs = [mean.inputs[0]]
    for operator in ("Mul", "Add"):
        following = near.next(nodes[-1], operator)
        name = near.other(following, nodes[-1].outputs[0]) if following else ""
        if following is None or name not in near.stored:
            break
        inputs.append(name)
        nodes.append(following)
    held = near.stored.get(near.other(added, variance.outputs[0]))
    epsilon = {"epsilon": held.numbers[0]} if held and held.numbers and len(held.numbers) == 1 else {}
    return pattern_of(mean, "LayerNormalization", inputs, nodes, axis=axes, **epsilon)


def axes_of_mean(near: Neighbours, node: Operation) -> int | None:
    """The axis from which on the mean is taken, counted from the end; None where others are behind it."""
    axes = node.attributes.get("axes")
    if axes is None and len(node.inputs) > 1 and node.inputs[1] in near.stored:
        axes = near.stored[node.inputs[1]].numbers
    return -len(axes) if axes and sorted(axes) == list(range(-len(axes), 0)) else None


PATTERNS: dict[str, Callable[[Neighbours, Operation], NodePattern | None]] = {
    "MatMul": sum_behind, "Sigmoid": gate_of("Swish"), "HardSigmoid": gate_of("HardSwish"), "Softplus": mish,
    "Erf": gelu, "Sqrt": layer_normalisation,
}  # fmt: skip
