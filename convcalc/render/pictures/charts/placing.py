"""Rectangles that must not meet: where labels may go."""

from __future__ import annotations

from convcalc.tuples import NamedTuple


class Bounds(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Bounds) -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )
