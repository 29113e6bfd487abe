"""What became of the layers of a spec in its graph, where their text alone does not tell what they mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.kinds import FLATTEN
from convcalc.kinds.conventions import CONVENTIONS
from convcalc.layer.applied import apply
from convcalc.problem import Problem

if TYPE_CHECKING:
    from convcalc.layer.applied import Applied
    from convcalc.network.graph import Graph, Node
    from convcalc.spec.model import LayerItem

COMPARED = ("input", "output", "values", "axes", "parameters", "biases", "buffers", "macs", "connections", "on_map")


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

    def is_on_map(self, index: int) -> bool:
        applied = self.graph.nodes[index].applied
        return applied.on_map if applied else len(self.graph.shape(index) or ()) > 2

    def acts_on_map(self, item: LayerItem) -> bool:
        """Whether it is a linear layer on the last axis of a map, which only the size of its input allows."""
        return item.written.kind.takes_flat and any(self.is_on_map(node.inputs[0]) for node in self.nodes_of(item))

    def flattens(self, item: LayerItem) -> tuple[bool, ...]:
        """Whether a map is flattened before it, as a pattern has it: always, never, or now and then."""
        may = item.pattern and item.written.kind.takes_flat
        flat = self.nodes.get((id(item.place), FLATTEN.name), []) if may else []
        names = {id(node.applied) for node in flat}
        before = [self.graph.nodes[node.inputs[0]] for node in self.nodes_of(item)] if flat else []
        return tuple(sorted({id(node.applied) in names and node.place is item.place for node in before}))

    def is_of_its_class(self, item: LayerItem) -> bool:
        """Whether it is another layer by the rules of the network than by those of its class."""
        return any(
            node.applied and node.applied.setting.convention and self.differs(node, node.applied)
            for node in self.nodes_of(item)
        )

    def differs(self, node: Node, applied: Applied) -> bool:
        setting, graph = applied.setting._replace(convention=""), self.graph
        on_map = self.is_on_map(node.inputs[0]) if node.inputs else False
        before = graph.nodes[node.inputs[0]].applied if node.inputs else None
        convention = CONVENTIONS[graph.spec.convention]
        channels = before.channels if before else 0
        try:
            plain = apply(setting, applied.input, convention, graph.spec.channels_last, on_map, False, channels)
        except Problem:
            return True
        return any(getattr(plain, what) != getattr(applied, what) for what in COMPARED)
