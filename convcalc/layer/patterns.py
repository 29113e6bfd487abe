"""Which inputs the units of a layer see that makes an axis larger or smaller, as patterns that repeat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.algebra.expr import divide
from convcalc.layer.field import Pattern

if TYPE_CHECKING:
    from convcalc.layer.window import Step


def nearest_pattern(step: Step) -> Pattern:
    out, size = step.ratio
    return Pattern(out, size, lambda unit: one_tap(unit * size // out), divide(1 - out, out), 0)


def centred_pattern(step: Step) -> Pattern:
    out, size = step.ratio
    first, last = divide(size + 1 - 2 * out, 2 * out), divide(size, 2 * out)
    return Pattern(out, size, lambda unit: one_tap((2 * unit + 1) * size // (2 * out)), first, last)


def one_tap(tap: int) -> range:
    return range(tap, tap + 1)


def interpolated_pattern(step: Step) -> Pattern:
    """Unit u lies at (u + ½)·n/o − ½, or at u·(n − 1)/(o − 1) between the corners; a whole place is its one tap."""
    (out, size), reach = step.ratio, step.reach
    start, bottom = (0, out) if step.corners else (size - out, 2 * out)

    def taps(unit: int) -> range:
        first, rest = divmod(unit * size * (bottom // out) + start, bottom)
        return range(first - reach + 1, first + reach + 1) if rest else one_tap(first)

    return Pattern(out, size, taps, divide(start + 1, bottom) - reach, divide(start - 1, bottom) + reach)


def adaptive_pattern(step: Step) -> Pattern:
    """Adaptive pooling: unit u sees ⌊u·n/o⌋ to ⌈(u + 1)·n/o⌉ − 1."""
    out, size = step.ratio
    return Pattern(
        out, size, lambda unit: range(unit * size // out, -(-(unit + 1) * size // out)),
        divide(1 - out, out), divide(size - 1, out),
    )  # fmt: skip
