"""Where the window of a layer falls for one number of its output: the cells that it sees along each axis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.network.axes import steps
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from convcalc.algebra.expr import Value
    from convcalc.layers.applied import Applied
    from convcalc.layers.window import Step


class AxisSight(NamedTuple):
    """One number of an output along an axis, and the cells of the input that it sees there."""

    cell: int
    size: int  # of the output
    seen: tuple[int, ...]  # those of the padding left out
    input: int  # its size


def sightings(applied: Applied, number: Callable[[Value], int], share: tuple[float, float]) -> tuple[AxisSight, ...]:
    """For each axis of a layer's input, what a number sees that lies at a share of the face; empty without a window."""
    taken = steps(applied)
    if not taken or any(step.type.pattern is None for step in taken):
        return ()
    shares = (0.5, *share)[-len(taken) :] if len(taken) > 1 else share[:1]
    found = tuple(sighting(nominal(step, number), at) for step, at in zip(taken, shares, strict=True))
    return found if all(each.seen for each in found) else ()


def nominal(step: Step, number: Callable[[Value], int]) -> Step:
    """The step with numbers for letters."""
    reach, stride, before, gap = map(number, (step.reach, step.stride, step.before, step.step))
    size, out = number(step.size), 1 if step.out is None else number(step.out)
    ratio = (number(step.ratio[0]), number(step.ratio[1]))
    return step._replace(reach=reach, stride=stride, before=before, step=gap, size=size, out=out, ratio=ratio)


def sighting(step: Step, share: float) -> AxisSight:
    """What a unit near a share of the axis sees: of those that a pattern takes in turn, one that sees the most."""
    assert step.type.pattern is not None
    pattern = step.type.pattern(step)
    first = min(step.out - 1, int(step.out * share))
    best: tuple[int, tuple[int, ...]] = (first, ())
    for unit in range(first, min(step.out, first + max(2, step.stride))):
        seen = tuple(cell for cell in pattern.taps(unit) if 0 <= cell < step.size)
        if len(seen) > len(best[1]):
            best = (unit, seen)
    return AxisSight(best[0], step.out, best[1], step.size)
