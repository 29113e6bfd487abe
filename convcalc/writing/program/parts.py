"""A spec as it is run: every item with the nodes that it adds, every list of items with the names that it sees."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from convcalc.network.build import Builder
from convcalc.spec.choices import Choices

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.network.graph import Graph
    from convcalc.spec.model import Item, Items, Spec


class ListRun:
    """A list of items that was run once, with the names that its layers see."""

    __slots__ = ("parts", "prefix", "values")

    def __init__(self, prefix: str, values: Mapping[str, Value]):
        self.prefix, self.values = prefix, values
        self.parts: list[ItemRun] = []


class ItemRun:
    """An item that was run: its nodes, and the lists that are in it, one for each turn or path."""

    __slots__ = ("item", "runs", "start", "stop")

    def __init__(self, item: Item | None, start: int):
        self.item, self.start, self.stop = item, start, start
        self.runs: list[ListRun] = []


class Recorder(Builder):
    """Builds a graph and keeps which item added which nodes."""

    def __init__(self, spec: Spec):
        super().__init__(spec, Choices())
        self.open = [ItemRun(None, 0)]

    def run(self, items: Items, current: int) -> int:
        scope, nodes = self.scopes[-1], self.graph.nodes
        run = ListRun(scope.prefix, scope.values)
        self.open[-1].runs.append(run)
        for item in items:
            part = ItemRun(item, len(nodes))
            run.parts.append(part)
            self.open.append(part)
            current = super().run((item,), current)
            self.open.pop()
            part.stop = len(nodes)
        return current


def record_items(spec: Spec) -> tuple[Graph, ListRun]:
    """The graph of a spec, and its items as they were run."""
    recorder = Recorder(spec)
    graph = recorder.build()
    graph.spec = recorder.spec  # with the roles that its variants give to blocks
    return graph, recorder.open[0].runs[0]
