"""The best rows of a stream: so many by an order, or those that no other beats, smaller being better.

A front is found by halves, as Kung, Luccio and Preparata (1975) do: of points in lexicographic order none is beaten by
a later one.  So the later half loses what the earlier beats, for which their first numbers need not be looked at again:
one objective less.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from heapq import heappush, heapreplace
from itertools import accumulate
from math import inf
from operator import itemgetter, le
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    Row = tuple[Any, ...]
    Place = int


MANY = 4096  # points of a front among which beaten ones are let be
FEW = 16  # points that are compared one by one
STRONG = 64  # points of a front that every new one is compared with


class BestRows:
    """So many rows, the best first; of equal ones the first of the grid."""

    def __init__(self, limit: int):
        self.limit = limit
        self.heap: list[tuple[tuple[Any, ...], Row]] = []  # the worst on top: keys are negative, their place last
        self.worst: Any = inf if limit else -inf  # what the first number of another may be at most

    def offer(self, key: tuple[Any, ...], row: Row) -> Any:
        """Take a row where it is good enough; what the first number of the next may be at most."""
        if len(self.heap) < self.limit:
            heappush(self.heap, (key, row))
        elif self.heap and key > self.heap[0][0]:
            heapreplace(self.heap, (key, row))
        if len(self.heap) == self.limit and self.heap:
            self.worst = -self.heap[0][0][0]
        return self.worst

    def merge(self, other: Iterable[tuple[tuple[Any, ...], Row]]) -> None:
        for key, row in other:
            self.offer(key, row)

    def entries(self) -> Iterator[tuple[tuple[Any, ...], Row]]:
        return iter(self.heap)

    def rows(self) -> list[Row]:
        return [row for _, row in sorted(self.heap, reverse=True)]


class ParetoFront:
    """The rows that no other beats: nowhere worse and somewhere better; equal ones stay.

    With two objectives the points are sorted by the first, along which the second falls.  With others a new point is
    compared with a few strong ones only, and what beaten ones are left goes whenever there are too many.
    """

    def __init__(self, objectives: int, limit: int | None = None):
        self.objectives, self.limit = objectives, limit
        self.points: dict[tuple[Any, ...], list[tuple[Place, Row]]] = {}
        self.firsts: list[Any] = []
        self.seconds: list[Any] = []
        self.strong: list[tuple[Any, ...]] = []  # what beat a point last is looked at first
        self.room = MANY

    def beaten(self, point: tuple[Any, ...]) -> tuple[Any, ...] | None:
        """A point that is known to beat another, if there is one."""
        if self.objectives == 2:
            x, y = point
            index = bisect_right(self.firsts, x) - 1
            if index < 0 or self.seconds[index] > y:
                return None
            found = (self.firsts[index], self.seconds[index])
            return found if found != point else None
        if point in self.points:
            return None
        for index, other in enumerate(self.strong):
            if all(map(le, other, point)):
                if index:
                    self.strong.insert(index // 2, self.strong.pop(index))
                return other
        return None

    def add(self, point: tuple[Any, ...], place: Place, row: Row) -> None:
        """A row that nothing beats; what it beats goes."""
        known = self.points.get(point)
        if known is not None:
            if self.limit is None or len(known) < self.limit:
                known.append((place, row))
            elif known:
                worst = max(range(len(known)), key=lambda index: known[index][0])
                if place < known[worst][0]:
                    known[worst] = (place, row)
            return
        if self.objectives == 2:
            self.replace_beaten(*point)
        elif len(self.strong) < STRONG:
            self.strong.append(point)
        self.points[point] = [(place, row)]
        if self.objectives != 2 and len(self.points) > self.room:
            self.drop_beaten()

    def drop_beaten(self) -> None:
        """Only what no other beats is left, and the strong ones are some of these."""
        left = unbeaten(list(self.points))
        self.points = {point: self.points[point] for point in left}
        self.room = max(MANY, 2 * len(left))
        self.strong = [point for point in self.strong if point in self.points]
        self.strong += left[:: len(left) // STRONG + 1][: STRONG - len(self.strong)]

    def replace_beaten(self, x: Any, y: Any) -> None:
        start = stop = bisect_left(self.firsts, x)
        while stop < len(self.firsts) and self.seconds[stop] >= y:
            del self.points[self.firsts[stop], self.seconds[stop]]
            stop += 1
        self.firsts[start:stop], self.seconds[start:stop] = [x], [y]

    def merge(self, other: Iterable[tuple[tuple[Any, ...], Place, Row]]) -> None:
        for point, place, row in other:
            if not self.beaten(point):
                self.add(point, place, row)

    def entries(self) -> Iterator[tuple[tuple[Any, ...], Place, Row]]:
        if self.objectives != 2:
            self.drop_beaten()
        for point, rows in self.points.items():
            for place, row in rows:
                yield point, place, row

    def rows(self) -> list[tuple[tuple[Any, ...], Place, Row]]:
        """In the order of the grid."""
        return sorted(self.entries(), key=lambda entry: entry[1])


Point: TypeAlias = "tuple[Any, ...]"


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
