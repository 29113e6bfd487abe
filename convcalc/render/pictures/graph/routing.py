"""The lines of edges: each turns off from its port on a track, goes along both axes with round bends, or in curves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from convcalc.render.pictures.graph.outline import Port
from convcalc.render.pictures.graph.placing import STRAIGHT, PlacedLink, Placing
from convcalc.render.pictures.shapes import SOFT, Collection, Path, Point, Segment
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.render.pictures.graph.layout import PlacedRoute
    from convcalc.render.pictures.graph.series_parallel import Link, Vertex

ROUND, THICK = 5, 1.2
TIP, HALF_TIP = 6, 3  # of an arrow


def right_angles(points: Iterable[Point]) -> list[Point]:
    """The corners of a way along both axes: half-way along, it goes across."""
    found: list[Point] = []
    for point in points:
        if found and abs(found[-1][0] - point[0]) > 0.01 and abs(found[-1][1] - point[1]) > 0.01:
            middle = (found[-1][1] + point[1]) / 2
            found += [(found[-1][0], middle), (point[0], middle)]
        found.append(point)
    return simplify(found)


def simplify(points: Iterable[Point]) -> list[Point]:
    """Corners without those that lie on a straight line between others."""
    found: list[Point] = []
    for point in points:
        if found and close(found[-1], point):
            continue
        while len(found) > 1 and in_line(found[-2], found[-1], point):
            found.pop()
        found.append(point)
    return found


def close(one: Point, other: Point) -> bool:
    return abs(one[0] - other[0]) < 0.01 and abs(one[1] - other[1]) < 0.01


def in_line(first: Point, middle: Point, last: Point) -> bool:
    return any(abs(first[axis] - middle[axis]) < 0.01 and abs(middle[axis] - last[axis]) < 0.01 for axis in (0, 1))


def rounded_line(corners: Sequence[Point], has_tip: bool) -> list[Segment]:
    """Straight pieces, and a curve at each corner."""
    found: list[Segment] = [("M", *corners[0])]
    for before, corner, behind in zip(corners, corners[1:], corners[2:], strict=False):
        reach = min(ROUND, distance(before, corner) / 2, distance(corner, behind) / 2)
        begin, end = towards(corner, before, reach), towards(corner, behind, reach)
        found += [
            ("L", *begin),
            ("C", *towards(corner, before, reach * 0.45), *towards(corner, behind, reach * 0.45), *end),
        ]
    return [*found, ("L", *shorter_end(corners, has_tip))]


def curved_line(corners: Iterable[Point], has_tip: bool) -> list[Segment]:
    """Straight on within the layers, and in a curve between them."""
    points = simplify(corners)
    points = [*points[:-1], shorter_end(points, has_tip)]
    found: list[Segment] = [("M", *points[0])]
    for (across, along), (next_across, next_along) in pairwise(points):
        if abs(across - next_across) < 0.01:
            found.append(("L", next_across, next_along))
        else:
            middle = (along + next_along) / 2
            found.append(("C", across, middle, next_across, middle, next_across, next_along))
    return found


def shorter_end(points: Sequence[Point], has_tip: bool) -> Point:
    """Where a line ends so that the tip of its arrow is sharp; all of them arrive straight along."""
    across, along = points[-1]
    return (across, along - TIP + 1) if has_tip else (across, along)


def distance(one: Point, other: Point) -> float:
    return abs(one[0] - other[0]) + abs(one[1] - other[1])


def towards(start: Point, end: Point, reach: float) -> Point:
    whole = distance(start, end) or 1
    return (start[0] + (end[0] - start[0]) * reach / whole, start[1] + (end[1] - start[1]) * reach / whole)


def tip(point: Point) -> tuple[Segment, ...]:
    across, along = point
    return (
        ("M", across, along), ("L", across - HALF_TIP, along - TIP), ("L", across + HALF_TIP, along - TIP), ("Z",),
    )  # fmt: skip


def turn(segments: Iterable[Segment], is_right: bool) -> tuple[Segment, ...]:
    """Segments in x and y: of a network that goes down, across is x; of one that goes right, y."""
    if not is_right:
        return tuple(segments)
    return tuple(
        (command, *[numbers[place + 1 - 2 * (place % 2)] for place in range(len(numbers))])
        for command, *numbers in segments
    )


def edge_shapes(routes: Iterable[PlacedRoute], titles: Mapping[int, str], is_right: bool) -> list[Collection]:
    """The lines of all edges, of one tensor together, with their arrows; titles by tensor."""
    lines: dict[int, list[Segment]] = {}
    tips: dict[int, dict[Path, None]] = {}
    for route, points, has_tip in routes:
        tensor = route.link.tensor
        line = curved_line(points, has_tip) if route.is_curved else rounded_line(right_angles(points), has_tip)
        lines.setdefault(tensor, []).extend(line)
        if has_tip:
            tips.setdefault(tensor, {})[Path(turn(tip(points[-1]), is_right), SOFT, "")] = None
    return [
        Collection((Path(turn(line, is_right), "", SOFT, THICK), *tips.get(tensor, ())), titles[tensor])
        for tensor, line in lines.items()
    ]


class LinkRoute(NamedTuple):
    """A link in its place: corners from one port to the other."""

    link: Link
    points: tuple[Point, ...]
    is_curved: bool = False


class Ports:
    """Where the links of a scope begin and end; `stop` is where the exits of the scope itself lie."""

    def __init__(self, placing: Placing, stop: float):
        self.placing, self.stop = placing, stop

    def exit(self, link: Link) -> Point:
        across, along = self.placing.places[link.source]
        if isinstance(link.source, Port):
            return across, 0
        size = self.placing.size(link.source)
        return across + size.exits.get(link.tensor, 0), along + size.body

    def clear(self, link: Link) -> float:
        """From where on a link may turn, behind what is written at its beginning."""
        _, along = self.placing.places[link.source]
        return along + self.placing.size(link.source).extents.along

    def entry(self, link: Link) -> Point:
        across, along = self.placing.places[link.target]
        if isinstance(link.target, Port):
            return across, self.stop
        return across + self.placing.size(link.target).entries.get(link.tensor, 0), along


def routes(placing: Placing, stop: float) -> list[LinkRoute]:
    """All links that are drawn, in their places."""
    ports = Ports(placing, stop)
    drawn = [placed for placed in placing.links if not placed.link.is_hidden]
    begins, ends = tracks(drawn, ports, True), tracks(drawn, ports, False)
    found = []
    for placed in drawn:
        link, points = placed.link, list(placed.corners)
        first, last, turn = ports.exit(link), ports.entry(link), max(ports.clear(link), placed.clear)
        if link in begins:
            points[:0] = (first[0], begins[link]), (points[0][0], begins[link])
        if link in ends:
            points += (points[-1][0], ends[link]), (last[0], ends[link])
        while points and points[0][1] <= turn and points[0][0] != first[0]:
            del points[0]
        while points and points[-1][1] >= last[1] and points[-1][0] != last[0]:
            del points[-1]
        found.append(LinkRoute(link, (first, (first[0], max(turn, first[1])), *points, last), placed.is_curved))
    return found


def tracks(drawn: list[PlacedLink], ports: Ports, is_fork: bool) -> dict[Link, float]:
    """Where along each link turns off from its port, or to it, in the zone of its vertex: none over another.

    Of those that go right the leftmost port is nearest to the vertex, of those that go left the rightmost.
    """
    zones: dict[tuple[Vertex, tuple[float, float]], list[tuple[bool, float, Link]]] = {}
    for link, corners, fork, join, _, _ in drawn:
        zone = fork if is_fork else join
        if zone != STRAIGHT.zone:
            port = (ports.exit(link) if is_fork else ports.entry(link))[0]
            goes_right = corners[0][0] > port if is_fork else corners[-1][0] < port
            vertex = link.source if is_fork else link.target
            zones.setdefault((vertex, zone), []).append((goes_right, port if goes_right else -port, link))
    found = {}
    for (_, (start, end)), turns in zones.items():
        order = sorted({turn[:2] for turn in turns}, reverse=not is_fork)
        for goes_right, near, link in turns:
            found[link] = start + (end - start) * (order.index((goes_right, near)) + 1) / (len(order) + 1)
    return found
