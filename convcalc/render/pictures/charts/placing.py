"""Labels of circles, each where it meets nothing: beside its circle, or further off with a line to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import cos, hypot, pi, sin
from typing import TYPE_CHECKING, TypeAlias

from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.render.pictures.shapes import Point

Line: TypeAlias = "tuple[Point, Point]"

GAP = 3  # between a circle and its label
# Beside a circle, as (across, down) from −1 to 1: first to the right, where a reader looks.
BESIDE = ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (1, 1), (-1, -1), (-1, 1))
RINGS = (14, 24, 36, 50, 66, 84)  # how far off a label with a line may be
ANGLES = 24


class Bounds(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Bounds) -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def lies_in(self, other: Bounds) -> bool:
        return (
            other.left <= self.left
            and self.right <= other.right
            and other.top <= self.top
            and self.bottom <= other.bottom
        )

    def distance(self, x: float, y: float) -> float:
        """From a point to the nearest of its own."""
        return hypot(max(self.left - x, 0, x - self.right), max(self.top - y, 0, y - self.bottom))


class Spot(NamedTuple):
    """A circle with the size of its label."""

    x: float
    y: float
    radius: float
    wide: float
    tall: float


class LabelPlace(NamedTuple):
    bounds: Bounds
    is_far: bool  # so that it needs a line to its circle

    def nearest(self, x: float, y: float) -> tuple[float, float]:
        """The point of its border that is nearest to another point: where a line ends."""
        box = self.bounds
        return min(max(x, box.left), box.right), min(max(y, box.top), box.bottom)


def line_to(spot: Spot, place: LabelPlace) -> Line:
    """From the rim of a circle to its label."""
    x, y = place.nearest(spot.x, spot.y)
    part = spot.radius / (hypot(x - spot.x, y - spot.y) or 1)
    return (spot.x + (x - spot.x) * part, spot.y + (y - spot.y) * part), (x, y)


def place_labels(
    spots: Sequence[Spot], order: Sequence[int], far: frozenset[int], page: Bounds, kept_off: Sequence[Line] = ()
) -> dict[int, LabelPlace]:
    """A place for the label of each spot that has one, the first in the order first; those in `far` may have a line.

    A line crosses another circle only where there is no other way.
    """
    found: dict[int, LabelPlace] = {}
    lines = list(kept_off)
    for number in order:
        spot, place = spots[number], None
        for each in candidates(spot, number in far):
            is_clear = not each.is_far or not crosses(line_to(spot, each), spot, spots)
            if (is_clear or not place) and is_free(each, spot, spots, found, lines, page):
                place = each
                if is_clear:
                    break
        if place:
            found[number] = place
            if place.is_far:
                lines.append(line_to(spot, place))
    return found


def candidates(spot: Spot, may_be_far: bool) -> Iterator[LabelPlace]:
    reach = spot.radius + GAP
    for across, down in BESIDE:
        slant = 0.7 if across and down else 1
        x = spot.x + across * (reach * slant + spot.wide / 2)
        y = spot.y + down * (reach * slant + spot.tall / 2)
        yield LabelPlace(box_around(x, y, spot), False)
    for ring in RINGS if may_be_far else ():
        for turn in range(ANGLES):
            angle = 2 * pi * turn / ANGLES
            x = spot.x + cos(angle) * (reach + ring + spot.wide / 2)
            y = spot.y + sin(angle) * (reach + ring + spot.tall / 2)
            yield LabelPlace(box_around(x, y, spot), True)


def box_around(x: float, y: float, spot: Spot) -> Bounds:
    return Bounds(x - spot.wide / 2, y - spot.tall / 2, x + spot.wide / 2, y + spot.tall / 2)


def is_free(
    each: LabelPlace,
    own: Spot,
    spots: Sequence[Spot],
    found: dict[int, LabelPlace],
    lines: Sequence[Line],
    page: Bounds,
) -> bool:
    """Whether a label there meets no circle, no other label, no line, and stays on the page."""
    box = each.bounds
    if not box.lies_in(page) or any(box.meets(other.bounds) for other in found.values()):
        return False
    if any(box.distance(spot.x, spot.y) < spot.radius + 1 for spot in spots):
        return False
    if any(box.distance(*point) < 1 for line in lines for point in points_of(line)):
        return False
    way = list(points_of(line_to(own, each))) if each.is_far else []
    return not any(other.bounds.distance(*point) < 1 for other in found.values() for point in way)


def crosses(line: Line, own: Spot, spots: Sequence[Spot]) -> bool:
    """Whether a line goes over a circle that is not its own."""
    return any(
        hypot(x - spot.x, y - spot.y) < spot.radius for spot in spots if spot is not own for x, y in points_of(line)
    )


def points_of(line: Line) -> Iterator[Point]:
    """Points along a line, close enough for letters not to fit between them."""
    (x1, y1), (x2, y2) = line
    count = int(hypot(x2 - x1, y2 - y1) / 4) + 1
    for place in range(count + 1):
        yield x1 + (x2 - x1) * place / count, y1 + (y2 - y1) * place / count
