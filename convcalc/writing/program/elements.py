"""A graph as a program has it: layers, series of them, blocks that are used, loops, and paths that meet."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from convcalc.spec.model import BranchItem, LayerItem, RepeatItem, UseItem
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcalc.network.graph import Graph
    from convcalc.writing.program.parts import ItemRun, ListRun


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
