"""A decimal scale is the double that frameworks compute with, kept exact: 1.3333333333333333 is 4/3."""

from __future__ import annotations

from fractions import Fraction
from math import floor, nextafter
from typing import Any

from convcalc.algebra.limits import ExprError


class Double(Fraction):
    """The simplest fraction that reads as a double; times a whole number it rounds as a product of doubles does.

    So ⌊12 · 1.3333333333333333⌋ is 16 and ⌊100 · 0.29⌋ is 28, as PyTorch has them.  The floor is never changed by
    taking the simplest fraction: no whole number lies within half a unit of another double.
    """

    @classmethod
    def of(cls, number: float) -> Double:
        below, here, above = (
            Fraction(near) for near in (nextafter(number, 0), number, nextafter(number, float("inf")))
        )
        return cls(simplest_fraction((below + here) / 2, (here + above) / 2))

    def __mul__(self, other: Any) -> Any:
        if not isinstance(other, int) or other <= 0:
            return super().__mul__(other)
        try:
            return Double.of(float(self) * other)
        except OverflowError:
            raise ExprError("this size is too large for a decimal scale: write the scale as a fraction") from None

    def __rmul__(self, other: Any) -> Any:
        return self * other


def simplest_fraction(low: Fraction, high: Fraction) -> Fraction:
    """The fraction with the smallest denominator strictly between two positive ones (Stern–Brocot)."""
    whole = floor(low)
    if whole + 1 < high:
        return Fraction(whole + 1)
    if low == whole:  # low is whole, high at most one more: whole + 1/q with 1/q < high − whole
        return whole + Fraction(1, floor(1 / (high - whole)) + 1)
    return whole + 1 / simplest_fraction(1 / (high - whole), 1 / (low - whole))
