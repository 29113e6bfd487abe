"""Which cells of a long axis are drawn, and where: stretches of it, torn where cells are left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST = 20  # cells of an axis that are all drawn
TEAR = 18.0  # between two stretches


def visible_stretches(cells: range, wanted: Iterable[range], most: int = MOST) -> tuple[range, ...]:
    """All cells, or of more than so many those that are wanted and both ends."""
    if len(cells) <= most:
        return (cells,)
    ends = (range(cells.start, cells.start + 3), range(cells.stop - 3, cells.stop))
    parts = sorted((part.start, part.stop) for part in (*ends, *wanted))
    found: list[range] = []
    for start, stop in parts:
        start, stop = max(start, cells.start), min(stop, cells.stop)
        if found and start <= found[-1].stop + 1:
            found[-1] = range(found[-1].start, max(found[-1].stop, stop))
        elif start < stop:
            found.append(range(start, stop))
    return tuple(found)


class Ruler(NamedTuple):
    """Where the cells of an axis lie, from 0."""

    stretches: tuple[range, ...]
    side: float

    @property
    def length(self) -> float:
        return self.side * sum(map(len, self.stretches)) + TEAR * (len(self.stretches) - 1)

    def places(self) -> Iterator[tuple[int, float]]:
        """Each cell that is drawn, and where it begins."""
        for stretch, start in self.starts():
            for cell in stretch:
                yield cell, start + (cell - stretch.start) * self.side

    def starts(self) -> Iterator[tuple[range, float]]:
        start = 0.0
        for stretch in self.stretches:
            yield stretch, start
            start += len(stretch) * self.side + TEAR

    def tears(self) -> list[float]:
        """The middles of the gaps."""
        return [start - TEAR / 2 for _, start in self.starts()][1:]

    def span(self, cells: Sequence[int]) -> tuple[float, float] | None:
        """From the first to the end of the last of these that are drawn; None where none is."""
        drawn = [place for cell, place in self.places() if cells[0] <= cell <= cells[-1]]
        return (drawn[0], drawn[-1] + self.side) if drawn else None
