"""The corners of links from port to port: where several ports lie apart, each has a track on which it turns off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.render.pictures.graph.placing import STRAIGHT
from convcalc.render.pictures.graph.scopes import Port
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.render.pictures.graph.placing import PlacedLink, Placing
    from convcalc.render.pictures.graph.series_parallel import Link, Vertex
    from convcalc.render.pictures.shapes import Point


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
