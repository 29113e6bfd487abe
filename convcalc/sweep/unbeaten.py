"""The points of a set that no other beats, smaller being better: by halves, as Kung, Luccio and Preparata (1975) do.

Of points in lexicographic order none is beaten by a later one.  So the later half loses what the earlier beats, for
which their first numbers need not be looked at again: one objective less.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from operator import itemgetter
from typing import Any, TypeAlias

Point: TypeAlias = "tuple[Any, ...]"

FEW = 16  # points that are compared one by one


def unbeaten(points: list[Point]) -> list[Point]:
    """Those of different points that no other beats: nowhere worse and somewhere better."""
    return front_of(sorted(points))


def front_of(points: list[Point]) -> list[Point]:
    """The front of points in lexicographic order, in that order."""
    if len(points) < 2:
        return points
    middle = len(points) // 2
    first, second = front_of(points[:middle]), front_of(points[middle:])
    left = set(spare(second, first, len(points[0]) - 1))
    return first + [point for point in second if point in left]


def spare(points: list[Point], others: list[Point], count: int) -> list[Point]:
    """The points that none of some others equals or beats in the last so many objectives."""
    if not points or not others or not count:
        return [] if others else points
    if count == 1:
        least = min(other[-1] for other in others)
        return [point for point in points if point[-1] < least]
    if count == 2:
        return spare_in_plane(points, others)
    if len(points) < FEW or len(others) < FEW:
        return [point for point in points if not any(is_at_most(other, point, count) for other in others)]
    along = itemgetter(-count)
    values = sorted(map(along, others))
    middle = values[len(values) // 2]
    if middle == values[-1]:  # of many equal values, the lower ones apart
        middle = max((value for value in values if value < middle), default=middle)
    low, high = split(others, along, middle)
    near, far = split(points, along, middle)
    if not high and values[0] == middle:  # none of the others differs
        below = [point for point in near if along(point) < middle]
        level = [point for point in near if along(point) == middle]
        return below + spare(level + far, low, count - 1)
    return spare(near, low, count) + spare(spare(far, low, count - 1), high, count)


def split(points: list[Point], along: itemgetter[Any], middle: Any) -> tuple[list[Point], list[Point]]:
    """The points up to a value, and those beyond."""
    return [point for point in points if along(point) <= middle], [point for point in points if along(point) > middle]


def spare_in_plane(points: list[Point], others: list[Point]) -> list[Point]:
    """The same in the last two objectives: of the others, the least second number up to each first one is known."""
    pairs = sorted(other[-2:] for other in others)
    firsts = [first for first, _ in pairs]
    least = list(accumulate((second for _, second in pairs), min))
    return [point for point in points if not (place := bisect_right(firsts, point[-2])) or point[-1] < least[place - 1]]


def is_at_most(one: Point, other: Point, count: int) -> bool:
    return all(a <= b for a, b in zip(one[-count:], other[-count:], strict=True))
