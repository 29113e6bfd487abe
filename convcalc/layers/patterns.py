"""Which inputs the units of a layer see along an axis, as patterns that repeat."""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import divide
from convcalc.layers.field import Pattern

if TYPE_CHECKING:
    from convcalc.layers.window import Step


def sliding_pattern(step: Step) -> Pattern:
    """Unit u sees u·s − p, and so on by the dilation, as far as the window reaches."""
    first, stride, gap = -step.before, step.stride, step.step
    last = first + step.reach - 1
    return Pattern(1, stride, lambda unit: range(unit * stride + first, unit * stride + last + 1, gap), first, last)


def spreading_pattern(step: Step) -> Pattern:
    """A transposed convolution: unit u sees the inputs j with u + p − j·s = 0, d, …, (k − 1)·d."""
    s, p, d, reach = step.stride, step.before, step.step, step.reach
    shared = gcd(s, d)
    gap = d // shared
    # j·s ≡ u + p (mod d) holds for every gap-th j, if for any.
    inverse = pow(s // shared, -1, gap)

    def taps(unit: int) -> range:
        turns, rest = divmod(unit + p, shared)
        first, last = -((reach - 1 - unit - p) // s), (unit + p) // s
        return range(0) if rest else range(first + (turns * inverse - first) % gap, last + 1, gap)

    return Pattern(s, 1, taps, divide(p - reach + 1, s), divide(p, s))


def whole_pattern(step: Step) -> Pattern:
    return Pattern(1, 0, lambda unit: range(step.size), 0, step.size - 1)


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
    (out, _), reach = step.ratio, step.reach
    start, bottom = interpolated_start(step)

    def taps(unit: int) -> range:
        first, rest = interpolated_place(step, unit)
        return range(first - reach + 1, first + reach + 1) if rest else one_tap(first)

    return Pattern(out, step.ratio[1], taps, divide(start + 1, bottom) - reach, divide(start - 1, bottom) + reach)


def interpolated_start(step: Step) -> tuple[int, int]:
    """The place of unit 0 as a fraction."""
    out, size = step.ratio
    return (0, out) if step.corners else (size - out, 2 * out)


def interpolated_place(step: Step, unit: int) -> tuple[int, int]:
    """The last input that is not beyond unit u, and how far it is from there, in parts of a pixel."""
    (out, size), (start, bottom) = step.ratio, interpolated_start(step)
    whole, rest = divmod(unit * size * (bottom // out) + start, bottom)
    return whole, rest


def interpolated_shares(step: Step, unit: int) -> tuple[Any, ...]:
    """What each of the taps of unit u counts: by its distance, or by Keys's cubic with a = −3/4, as in PyTorch."""
    rest, bottom = interpolated_place(step, unit)[1], interpolated_start(step)[1]
    if not rest:
        return (1,)
    t, a = divide(rest, bottom), divide(-3, 4)
    if step.reach == 1:
        return 1 - t, t
    near = [((a + 2) * d - (a + 3)) * d * d + 1 for d in (t, 1 - t)]
    far = [((a * d - 5 * a) * d + 8 * a) * d - 4 * a for d in (1 + t, 2 - t)]
    return far[0], near[0], near[1], far[1]


def adaptive_pattern(step: Step) -> Pattern:
    """Adaptive pooling: unit u sees ⌊u·n/o⌋ to ⌈(u + 1)·n/o⌉ − 1."""
    out, size = step.ratio
    return Pattern(
        out, size, lambda unit: range(unit * size // out, -(-(unit + 1) * size // out)),
        divide(1 - out, out), divide(size - 1, out),
    )  # fmt: skip
