"""A graph between two ends taken apart: what follows one another, what lies beside each other, and what is neither.

Two rules, as Valdes, Tarjan and Lawler have them: a vertex with one edge on either side vanishes into one edge, and so
do two edges between the same vertices.  Each removes an edge, so all of them take time linear in the edges.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import TypeAlias

from convcalc.tuples import NamedTuple

Vertex: TypeAlias = "Hashable"
Decomposition: TypeAlias = "Link | InSeries | InParallel | Tangle"


class Link(NamedTuple):
    """An edge as it was given; a hidden one holds something in its place and is not drawn, a loose one lets it go."""

    source: Vertex
    target: Vertex
    tensor: int
    is_hidden: bool = False
    is_loose: bool = False


class InSeries(NamedTuple):
    """What leads from one vertex to another past those between them: parts and vertices in turn."""

    parts: tuple[Decomposition, ...]  # one more than vertices
    vertices: tuple[Vertex, ...]


class InParallel(NamedTuple):
    branches: tuple[Decomposition, ...]


class TangledEdge(NamedTuple):
    source: Vertex
    target: Vertex
    inner: Decomposition


class Tangle(NamedTuple):
    """What neither rule takes apart: edges between vertices, the two ends among them."""

    edges: tuple[TangledEdge, ...]


def decompose(links: Iterable[Link], source: Vertex, sink: Vertex) -> Decomposition:
    """The graph between two ends, from and to which every vertex is linked."""
    reduction = Reduction(source, sink)
    for link in links:
        reduction.add(link.source, link.target, link)
    reduction.reduce()
    while reduction.loosen():
        reduction.reduce()
    found = reduction.out[source].pop(sink, None)
    edges = [TangledEdge(start, end, inner) for start, ends in reduction.out.items() for end, inner in ends.items()]
    if not edges:
        assert found
        return found
    tangle = Tangle(tuple(edges))
    return InParallel((tangle, *branches(found))) if found else tangle


class Reduction:
    """A graph that becomes smaller; between two vertices there is one edge at most."""

    def __init__(self, source: Vertex, sink: Vertex):
        self.source, self.sink = source, sink
        self.out: dict[Vertex, dict[Vertex, Decomposition]] = {source: {}, sink: {}}
        self.into: dict[Vertex, dict[Vertex, Decomposition]] = {source: {}, sink: {}}
        self.waiting: list[Vertex] = []  # vertices that a rule may apply to

    def add(self, start: Vertex, end: Vertex, inner: Decomposition) -> None:
        out = self.out.setdefault(start, {})
        self.into.setdefault(start, {})
        self.out.setdefault(end, {})
        if end in out:
            inner = InParallel((*branches(out[end]), *branches(inner)))
        out[end] = inner
        self.into.setdefault(end, {})[start] = inner
        self.waiting += (end, start)

    def remove(self, start: Vertex, end: Vertex) -> Decomposition:
        del self.into[end][start]
        return self.out[start].pop(end)

    def reduce(self) -> None:
        """Apply both rules as long as they do."""
        while self.waiting:
            vertex = self.waiting.pop()
            if vertex in (self.source, self.sink) or not len(self.out[vertex]) == len(self.into[vertex]) == 1:
                continue
            (before,), (behind,) = self.into[vertex], self.out[vertex]
            first, second = self.remove(before, vertex), self.remove(vertex, behind)
            self.add(before, behind, follow(first, vertex, second))

    def loosen(self) -> bool:
        """Let go of one end that only a loose link holds, and lay what leads there beside the way past it."""
        for start, inner in self.into[self.sink].items():
            others = [end for end in self.out[start] if end is not self.sink]
            if others and start is not self.source and is_loose(inner, True):
                self.remove(start, self.sink)
                beside = self.remove(start, others[-1])
                self.add(start, others[-1], lay_beside(beside, inner, False))
                return True
        for end, inner in self.out[self.source].items():
            others = [start for start in self.into[end] if start is not self.source]
            if others and end is not self.sink and is_loose(inner, False):
                self.remove(self.source, end)
                beside = self.remove(others[0], end)
                self.add(others[0], end, lay_beside(beside, inner, True))
                return True
        return False


def branches(inner: Decomposition) -> tuple[Decomposition, ...]:
    return inner.branches if isinstance(inner, InParallel) else (inner,)


def follow(first: Decomposition, vertex: Vertex, second: Decomposition) -> InSeries:
    before = first if isinstance(first, InSeries) else InSeries((first,), ())
    behind = second if isinstance(second, InSeries) else InSeries((second,), ())
    return InSeries((*before.parts, *behind.parts), (*before.vertices, vertex, *behind.vertices))


def lay_beside(way: Decomposition, loose: Decomposition, at_end: bool) -> Decomposition:
    """A way with a loose one beside as much of its end, or of its beginning, as that has vertices."""
    many = len(loose.vertices) if isinstance(loose, InSeries) else 1
    if isinstance(way, InSeries) and many <= len(way.vertices):
        parts, vertices = way
        if at_end:
            part = lay_beside(in_series(parts[-many:], vertices[len(vertices) + 1 - many :]), loose, at_end)
            return InSeries((*parts[:-many], part), vertices[: len(vertices) + 1 - many])
        part = lay_beside(in_series(parts[:many], vertices[: many - 1]), loose, at_end)
        return InSeries((part, *parts[many:]), vertices[many - 1 :])
    return InParallel((*branches(way), *branches(loose)))


def in_series(parts: tuple[Decomposition, ...], vertices: tuple[Vertex, ...]) -> Decomposition:
    return InSeries(parts, vertices) if vertices else parts[0]


def is_loose(inner: Decomposition, at_end: bool) -> bool:
    """Whether only loose links hold the end of it, or its beginning."""
    match inner:
        case InSeries(parts):
            return is_loose(parts[-1 if at_end else 0], at_end)
        case InParallel(inner_branches):
            return all(is_loose(each, at_end) for each in inner_branches)
        case Link():
            return inner.is_loose
    return False


def first_vertex(inner: Decomposition) -> Vertex:
    """The first vertex within, None where there is none."""
    match inner:
        case InSeries():
            found = first_vertex(inner.parts[0])
            return inner.vertices[0] if found is None else found
        case InParallel():
            return next((found for each in inner.branches if (found := first_vertex(each)) is not None), None)
    return None
