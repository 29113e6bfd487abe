"""The lines of edges: from corner to corner along both axes, their bends rounded, or in curves."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from convcalc.render.pictures.shapes import SOFT, Collection, Path

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from convcalc.render.pictures.graph.layout import PlacedRoute
    from convcalc.render.pictures.shapes import Point, Segment

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
