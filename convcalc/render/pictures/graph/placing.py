"""The places of what is decomposed: one below another in series, side by side in parallel, forks and joins between.

`across` and `along` are the coordinates here; which of them is x depends on where the network goes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from convcalc.render.pictures.graph.outline import BEGIN, END, Port
from convcalc.render.pictures.graph.series_parallel import InParallel, InSeries, Link, Tangle, first_vertex, is_loose
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.render.pictures.graph.layering import GraphLayers
    from convcalc.render.pictures.graph.series_parallel import Decomposition, Vertex
    from convcalc.render.pictures.shapes import Point

LINK, AT_FRAME = 18, 6  # along: of a link, and of one to or from the frame around
FORK, JOIN, TRACK = 13, 20, 5  # along: of a fork and a join, and more of it for each port
LANE, BETWEEN = 14, 16  # across: of a link by itself, and between branches
LONGER = 1.4  # times as long as the other of two branches is the main one


class Extents(NamedTuple):
    """How far something reaches from its axis, and along it."""

    left: float
    right: float
    along: float


class ItemSize(NamedTuple):
    """A vertex to be placed: where its ports are across, and how far along the links from it begin."""

    extents: Extents
    entries: Mapping[int, float] = {}  # by tensor; on the axis where it is not named
    exits: Mapping[int, float] = {}
    body: float = 0  # where it ends along, before what is written behind it


NOTHING = ItemSize(Extents(0, 0, 0))


class End(NamedTuple):
    """How a link gets from a vertex to its region, or back: corners, or the zone where it turns off to its port."""

    corners: tuple[Point, ...] = ()
    zone: tuple[float, float] = (0, 0)
    clear: float = 0  # how far along it has to go straight on
    is_late: bool = False  # whether what is free along lies before the rest
    is_far: bool = False  # whether a vertex lies in another layer of a tangle


STRAIGHT = End()


class PlacedLink(NamedTuple):
    """A link with its corners between the ports, and the zones where it turns off to them."""

    link: Link
    corners: tuple[Point, ...]
    fork: tuple[float, float] = (0, 0)
    join: tuple[float, float] = (0, 0)
    is_curved: bool = False
    clear: float = 0


class Placing:
    """The vertices of one scope and the ways between them."""

    def __init__(self, sizes: Mapping[Vertex, ItemSize]):
        self.sizes = sizes
        self.known: dict[int, Extents] = {}
        self.layers: dict[int, GraphLayers] = {}  # of tangles
        self.places: dict[Vertex, Point] = {}
        self.links: list[PlacedLink] = []

    def extents(self, inner: Decomposition) -> Extents:
        found = self.known.get(id(inner))
        if found is None:
            found = self.known[id(inner)] = self.measure(inner)
        return found

    def measure(self, inner: Decomposition) -> Extents:
        match inner:
            case Link():
                if inner.is_hidden:
                    return Extents(0, 0, LINK if isinstance(inner.source, int) and isinstance(inner.target, int) else 0)
                at_frame = isinstance(inner.source, Port) or isinstance(inner.target, Port)
                return Extents(LANE / 2, LANE / 2, AT_FRAME if at_frame else LINK)
            case InSeries(parts, vertices):
                all_of_it = [*map(self.extents, parts), *(self.size(vertex).extents for vertex in vertices)]
                lefts, rights, alongs = zip(*all_of_it, strict=True)
                return Extents(max(lefts), max(rights), sum(alongs))
            case InParallel(branches):
                extents = [self.extents(each) for each in branches]
                offsets = self.offsets(inner)
                return Extents(
                    max(each.left - offset for each, offset in zip(extents, offsets, strict=True)),
                    max(each.right + offset for each, offset in zip(extents, offsets, strict=True)),
                    max(each.along for each in extents) + self.fork(inner) + self.join(inner),
                )
            case Tangle():
                from convcalc.render.pictures.graph.layering import GraphLayers

                self.layers[id(inner)] = GraphLayers(inner, self)
                return self.layers[id(inner)].extents

    def fork(self, inner: InParallel) -> float:
        first = outer_link(inner, False)
        return 0 if first.is_hidden else FORK + TRACK * many(self.size(first.source).exits)

    def join(self, inner: InParallel) -> float:
        last = outer_link(inner, True)
        return 0 if last.is_hidden else JOIN + TRACK * many(self.size(last.target).entries)

    def size(self, vertex: Vertex) -> ItemSize:
        return self.sizes.get(vertex) or NOTHING

    def offsets(self, inner: InParallel) -> list[float]:
        """How far the axis of each branch lies from that of them all.

        One that is much longer than the other, or beside which there are but links and loose ends, keeps the axis.
        """
        branches = inner.branches
        order = sorted(range(len(branches)), key=lambda index: self.rank(branches[index]))
        solid = [index for index in order if not isinstance(branches[index], Link)]
        main = self.main(branches)
        if main is not None:
            order.remove(main)
            order.insert(0, main)
        offsets = [0.0] * len(branches)
        right = 0.0
        for position, index in enumerate(order):
            extents = self.extents(branches[index])
            gap = BETWEEN if position and not isinstance(branches[index], Link) else 0
            offsets[index] = right + gap + extents.left if position else 0.0
            right = offsets[index] + extents.right
        if main is None:
            ends = solid or order
            first, last = ends[0], ends[-1]
            outer = self.extents(branches[first]).left, self.extents(branches[last]).right
            middle = (offsets[first] - outer[0] + offsets[last] + outer[1]) / 2
            offsets = [offset - middle for offset in offsets]
        return offsets

    def main(self, branches: tuple[Decomposition, ...]) -> int | None:
        """The branch that keeps the axis; None where none of them is above the others."""
        firm = [index for index, each in enumerate(branches) if not has_loose_end(each)]
        solid = [index for index in firm or range(len(branches)) if not isinstance(branches[index], Link)]
        if len(firm) == 1 or len(solid) == 1:
            return (firm if len(firm) == 1 else solid)[0]
        if len(solid) == 2:
            short, long = sorted(solid, key=lambda index: self.extents(branches[index]).along)
            if self.extents(branches[long]).along > LONGER * self.extents(branches[short]).along:
                return long
        return None

    def rank(self, inner: Decomposition) -> tuple[bool, bool, int]:
        """Branches in the order of their layers; loose ends and links come last.

        What enters a frame from furthest before comes on the right, as the lanes do that lead there.
        """
        vertex = first_vertex(inner)
        number = -vertex.tensor if isinstance(vertex, Port) else vertex if isinstance(vertex, int) else 0
        return isinstance(inner, Link), has_loose_end(inner), number

    # From the sizes to the places.

    def place(
        self, inner: Decomposition, across: float, start: float, stop: float,
        head: End = STRAIGHT, tail: End = STRAIGHT, is_curved: bool = False,
    ) -> None:  # fmt: skip
        """Place what leads from `start` to `stop` around an axis."""
        match inner:
            case Link():
                corners = (*head.corners, (across, start), (across, stop), *tail.corners)
                self.links.append(PlacedLink(inner, corners, head.zone, tail.zone, is_curved, head.clear))
            case InSeries(parts, vertices):
                more = self.slack(inner, stop - start, tail.is_late)
                along = start
                for index, part in enumerate(parts):
                    end = along + self.extents(part).along + more[index]
                    is_first, is_last = index == 0, index == len(vertices)
                    self.place(
                        part, across, along, end, head if is_first else STRAIGHT, tail if is_last else STRAIGHT,
                        is_curved and (is_first or is_last),
                    )  # fmt: skip
                    if not is_last:
                        self.places[vertices[index]] = (across, end)
                        along = end + self.size(vertices[index]).extents.along
            case InParallel(branches):
                first, last = start + self.fork(inner), stop - self.join(inner)
                offsets = self.offsets(inner)
                forks = many(self.size(outer_link(inner, False).source).exits)
                joins = many(self.size(outer_link(inner, True).target).entries)
                has_main = 0.0 in offsets
                for branch, offset in zip(branches, offsets, strict=True):
                    there = across + offset
                    self.place(
                        branch, there, first, last,
                        fork_end(head, (across, start), (there, first), bool(forks)),
                        join_end(tail, (there, last), (across, stop), bool(joins), has_main and offset != 0), is_curved,
                    )  # fmt: skip
            case Tangle():
                self.layers[id(inner)].place(across, start)

    def slack(self, inner: InSeries, room: float, is_late: bool) -> list[float]:
        """How much longer each part is than it has to be: what is free lies before and behind, at a loose end there.

        What lies beside the main way comes late, where it is needed.
        """
        free = room - self.extents(inner).along
        found = [0.0] * len(inner.parts)
        if is_late or has_loose_end(inner):
            found[-1 if is_loose(inner, True) else 0] = free
        else:
            found[0] += free / 2
            found[-1] += free / 2
        return found


def many(ports: Mapping[int, float]) -> int:
    """How many ports there are, if they do not all lie in one place."""
    return len(ports) if len(set(ports.values())) > 1 else 0


def fork_end(head: End, start: Point, stop: Point, has_ports: bool) -> End:
    """How a branch begins: where several ports lie apart, it turns off from its own in the outermost fork."""
    if has_ports and not head.is_far:
        return head if head.zone != STRAIGHT.zone else End((), (start[1], stop[1]))
    turn = (stop[0], start[1]) if has_ports else start
    return head._replace(corners=(*head.corners, turn, stop))


def join_end(tail: End, start: Point, stop: Point, has_ports: bool, is_late: bool) -> End:
    if has_ports and not tail.is_far:
        zone = tail.zone if tail.zone != STRAIGHT.zone else (start[1], stop[1])
        return End((), zone, is_late=is_late)
    turn = (start[0], stop[1]) if has_ports else stop
    return tail._replace(corners=(start, turn, *tail.corners), is_late=is_late)


def has_loose_end(inner: Decomposition) -> bool:
    return is_loose(inner, False) or is_loose(inner, True)


def outer_link(inner: Decomposition, at_end: bool) -> Link:
    """A link that begins where all of it does, or ends there."""
    match inner:
        case InSeries(parts):
            return outer_link(parts[-1 if at_end else 0], at_end)
        case InParallel(branches):
            firm = (each for each in branches if not is_loose(each, at_end))
            return outer_link(next(firm, branches[-1 if at_end else 0]), at_end)
        case Tangle(edges):
            outer = (edge for edge in edges if (edge.target == END if at_end else edge.source == BEGIN))
            return outer_link(next(outer).inner, at_end)
    return inner
