"""A spec as it is run, and its graph as a program has it: layers, series, blocks that are used, loops, junctions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, TypeAlias

from convcalc.network.build import Builder
from convcalc.spec import BranchItem, Item, Items, LayerItem, RepeatItem, Spec, UseItem
from convcalc.spec.choices import Choices
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers.applied import Applied
    from convcalc.network import Graph


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


class Leaf(NamedTuple):
    """One node; with the item that says it, unless it was put in."""

    node: int
    name: str
    is_named: bool
    item: LayerItem | None
    run: ListRun

    @property
    def span(self) -> tuple[int, int]:
        return self.node, self.node + 1


class Series(NamedTuple):
    """Elements one after another: a path, or a turn of a loop."""

    name: str
    elements: tuple[Element, ...]
    span: tuple[int, int]


class Loop(NamedTuple):
    name: str
    is_named: bool
    turns: tuple[Series, ...]
    item: RepeatItem
    run: ListRun
    span: tuple[int, int]


class Junction(NamedTuple):
    """Paths from one node that meet in another; None is a path without layers."""

    name: str
    paths: tuple[Series | None, ...]
    is_auto: tuple[bool, ...]  # of each path, whether it is a shortcut that is there only where it is needed
    join: Leaf
    span: tuple[int, int]


class Use(NamedTuple):
    name: str
    is_named: bool
    unit: Unit
    item: UseItem | RepeatItem
    run: ListRun  # that the item is in

    @property
    def span(self) -> tuple[int, int]:
        return self.unit.span


Element: TypeAlias = Leaf | Series | Loop | Junction | Use


class Unit:
    """What becomes a class or a function: a block where it is used, a group with a name, or the whole network."""

    def __init__(self, origin: str, name: str, run: ListRun, span: tuple[int, int], elements: tuple[Element, ...]):
        self.origin, self.name, self.run, self.span, self.elements = origin, name, run, span, elements


class Wiring:
    """Which nodes take which, seen from any range of them."""

    def __init__(self, graph: Graph):
        self.graph = graph
        self.users: list[list[int]] = [[] for _ in graph.nodes]
        for index, node in enumerate(graph.nodes):
            for source in node.inputs:
                self.users[source].append(index)
        self.outputs = [index for _, index in graph.outputs] or [len(graph.nodes) - 1]

    def inputs(self, span: tuple[int, int]) -> tuple[int, ...]:
        """The nodes outside that nodes inside take, in the order in which they do."""
        start, stop = span
        sources = (source for node in self.graph.nodes[start:stop] for source in node.inputs)
        return tuple(dict.fromkeys(source for source in sources if not start <= source < stop))

    def exports(self, span: tuple[int, int]) -> tuple[int, ...]:
        """The nodes inside that are used outside."""
        start, stop = span
        return tuple(
            index
            for index in range(start, stop)
            if index in self.outputs or any(not start <= user < stop for user in self.users[index])
        )

    def is_link(self, span: tuple[int, int], before: int) -> bool:
        """Whether these nodes take one node only, and give their last one only."""
        return self.inputs(span) == (before,) and self.exports(span) in ((span[1] - 1,), ())


def elements_within(elements: Iterable[Element]) -> Iterator[Element]:
    """Elements, and all that are in them."""
    for element in elements:
        yield element
        if isinstance(element, Use):
            yield from elements_within(element.unit.elements)
        elif isinstance(element, Series):
            yield from elements_within(element.elements)
        elif isinstance(element, Loop):
            yield from elements_within(element.turns)
        elif isinstance(element, Junction):
            yield from elements_within(path for path in element.paths if path)


def applied_layer(leaf: Leaf, graph: Graph) -> Applied:
    """What a layer comes to in its graph."""
    applied = graph.nodes[leaf.node].applied
    assert applied is not None
    return applied


def whole(graph: Graph, run: ListRun) -> Unit:
    """The network as a unit."""
    span = len(graph.inputs), len(graph.nodes)
    return Unit("", graph.spec.name, run, span, tuple(elements_of(run, graph)))


def elements_of(run: ListRun, graph: Graph) -> Iterator[Element]:
    for part in run.parts:
        item = part.item
        if isinstance(item, LayerItem):
            for node in range(part.start, part.stop):
                is_own = node == part.stop - 1
                yield leaf(node, run, graph, item if is_own else None, bool(item.name) and is_own)
        elif isinstance(item, UseItem):
            yield use(part, run, graph, item)
        elif isinstance(item, RepeatItem):
            yield from repeat_elements(part, run, graph, item)
        elif isinstance(item, BranchItem):
            yield junction(part, run, graph, item)


def leaf(node: int, run: ListRun, graph: Graph, item: LayerItem | None, is_named: bool) -> Leaf:
    return Leaf(node, graph.nodes[node].name.removeprefix(run.prefix), is_named, item, run)


def use(part: ItemRun, run: ListRun, graph: Graph, item: UseItem) -> Use:
    (inner,) = part.runs
    span = (part.start, part.stop)
    unit = Unit(graph.spec.blocks[item.block].name, "", inner, span, tuple(elements_of(inner, graph)))
    return Use(inner.prefix.removeprefix(run.prefix).rstrip("."), bool(item.name), unit, item, run)


def repeat_elements(part: ItemRun, run: ListRun, graph: Graph, item: RepeatItem) -> Iterator[Element]:
    if item.times == "1" and part.runs and not item.shared:
        (inner,) = part.runs
        elements = tuple(elements_of(inner, graph))
        if item.name:
            unit = Unit("", item.name, inner, (part.start, part.stop), elements)
            yield Use(item.name, True, unit, item, run)
        else:
            yield from elements
        return
    turns = []
    for inner in part.runs:
        elements = tuple(elements_of(inner, graph))
        if elements:
            turns.append(Series("", elements, (elements[0].span[0], elements[-1].span[1])))
    yield Loop(item.name, bool(item.name), tuple(turns), item, run, (part.start, part.stop))


def junction(part: ItemRun, run: ListRun, graph: Graph, item: BranchItem) -> Junction:
    """Paths with the nodes of an automatic shortcut, which no list of the spec holds."""
    join = leaf(part.stop - 1, run, graph, None, bool(item.name))
    waiting = iter(part.runs)
    paths: list[Series | None] = []
    place = part.start
    for label, path in item.paths:
        if not isinstance(path, str):
            inner = next(waiting)
            elements = tuple(elements_of(inner, graph))
            stop = elements[-1].span[1] if elements else place
        elif path == "auto":
            # What is left before the join is the shortcut's.
            elements = tuple(leaf(node, run, graph, None, False) for node in range(place, part.stop - 1))
            stop = part.stop - 1
        else:
            elements, stop = (), place
        paths.append(Series(label, elements, (place, stop)) if elements else None)
        place = stop
    is_auto = tuple(path == "auto" for _, path in item.paths)
    return Junction(join.name, tuple(paths), is_auto, join, (part.start, part.stop))
