"""What became of the layers of a spec in its graph, where their text alone does not tell what they mean."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from convcalc.kinds import FLATTEN
from convcalc.kinds.pytorch_arithmetic import lacks_number
from convcalc.layers.applied import apply
from convcalc.layers.situation import LayerSituation
from convcalc.problem import Problem, first_names
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.network import Graph, Node
    from convcalc.spec import LayerItem

COMPARED = ("input", "output", "values", "axes", "parameters", "biases", "buffers", "macs", "connections", "on_map")


class Needs(NamedTuple):
    """What the text of a layer has to say beyond its values."""

    of_class: bool = False  # its class, whose rules are not those of the network
    checked: bool = False  # the size of its input


class Facts:
    """A graph that is asked by the layers as they were written: one in a block is there as often as that is used."""

    def __init__(self, graph: Graph):
        self.graph = graph
        self.nodes: dict[tuple[int, str], list[Node]] = {}
        for node in graph.nodes[len(graph.inputs) :]:
            if node.applied and node.place:
                self.nodes.setdefault((id(node.place), node.applied.setting.kind.name), []).append(node)

    def nodes_of(self, item: LayerItem) -> list[Node]:
        return self.nodes.get((id(item.place), item.written.kind.name), [])

    def needs(self, item: LayerItem) -> Needs:
        nodes = self.nodes_of(item)
        return Needs(any(map(self.is_of_its_class, nodes)), any(map(self.acts_on_map, nodes)))

    def needs_of(self, node: Node) -> Needs:
        return Needs(self.is_of_its_class(node), self.acts_on_map(node))

    def acts_on_map(self, node: Node) -> bool:
        """Whether it is a linear layer on the last axis of a map, which only the size of its input allows."""
        assert node.applied
        return node.applied.setting.kind.takes_flat and is_on_map(self.graph, node.inputs[0])

    def flattens(self, item: LayerItem) -> tuple[bool, ...]:
        """Whether a map is flattened before it, as a pattern has it: always, never, or now and then."""
        may = item.pattern and item.written.kind.takes_flat
        flat = self.nodes.get((id(item.place), FLATTEN.name), []) if may else []
        names = {id(node.applied) for node in flat}
        before = [self.graph.nodes[node.inputs[0]] for node in self.nodes_of(item)] if flat else []
        return tuple(sorted({id(node.applied) in names and node.place is item.place for node in before}))

    def is_of_its_class(self, node: Node) -> bool:
        """Whether it is another layer by the rules of the network than by those of its class."""
        applied, graph = node.applied, self.graph
        if applied is None or not applied.setting.convention:
            return False
        setting = applied.setting._replace(convention="")
        on_map = is_on_map(self.graph, node.inputs[0]) if node.inputs else False
        before = graph.nodes[node.inputs[0]].applied if node.inputs else None
        channels = before.channels if before else 0
        try:
            plain = apply(setting, applied.input, graph.convention, graph.spec.channels_last, on_map, False, channels)
        except Problem:
            return True
        return any(getattr(plain, what) != getattr(applied, what) for what in COMPARED)


def is_on_map(graph: Graph, index: int) -> bool:
    """Whether a node gives a map, or what has been one."""
    applied = graph.nodes[index].applied
    return applied.on_map if applied else len(graph.shape(index) or ()) > 2


def outcomes(graph: Graph) -> list[tuple[Any, ...]]:
    """What the layers of a graph are, whatever they were written in; the order of what is added does not matter."""
    found = []
    for node in graph.nodes:
        values = [getattr(node.applied, what) for what in COMPARED] if node.applied else []
        inputs = node.inputs
        if node.applied and node.applied.setting.kind.block and not node.applied.along:
            inputs, values[0] = tuple(sorted(inputs)), tuple(sorted(map(str, values[0])))
        found.append((node.name, inputs, *values))
    return found


def unsaid_numbers(graph: Graph) -> str:
    """The functions whose numbers the layers do not say."""
    layers = [node.applied for node in graph.nodes if node.applied and lacks_number(node.applied)]
    return ", ".join(sorted({applied.values["function"] for applied in layers}))


def lost_settings(graph: Graph, language: str, unsaid: Callable[[LayerSituation], str]) -> Iterator[str]:
    """A remark for each setting that a language has no word for, with the layers that have it."""
    layers: dict[str, list[str]] = {}
    for node in graph.nodes:
        if node.applied and (lost := unsaid(LayerSituation(node.applied, False, False))):
            layers.setdefault(lost, []).append(node.name)
    for lost, names in layers.items():
        yield f"{language} does not have {lost}, which is lost: {first_names(names, 3)}"
