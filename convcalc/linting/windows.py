"""What sliding windows see along an axis, counted: cells that none reads, taps and outputs that see only padding.

Unit u of a layer has its taps at u·s − p, u·s − p + d, … , u·s − p + (k − 1)·d; those from 0 to n − 1 are cells of the
input.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import prod
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import is_symbolic

if TYPE_CHECKING:
    from convcalc.layers.window import Step

MAX_COUNTED = 1 << 16  # taps or units that are gone through one by one
ROWS = {1: ("position",), 2: ("row", "column"), 3: ("frame", "row", "column")}


def is_counted(step: Step) -> bool:
    """Whether all that decides who sees what is a number, and few enough to be gone through."""
    return (
        step.numbers and isinstance(step.size, int) and isinstance(step.out, int)
        and max(taps(step), step.size, step.out) <= MAX_COUNTED
    )  # fmt: skip


def taps(step: Step) -> int:
    """k: the taps of a window along an axis."""
    return int((step.reach - 1) // step.step + 1)


def units_of_tap(step: Step, tap: int) -> range:
    """The units for which a tap meets a cell of the input."""
    start = tap * step.step - step.before
    first = max(0, -(start // step.stride))
    return range(first, min(step.out - 1, (step.size - 1 - start) // step.stride) + 1)


def live_taps(step: Step) -> list[int]:
    """The taps that ever meet a cell of the input."""
    return [tap for tap in range(taps(step)) if units_of_tap(step, tap)]


def live_units(step: Step) -> int:
    """How many units see a cell of the input at all."""
    if step.step <= step.size:  # no window steps over the whole input
        first = max(0, -((step.reach - 1 - step.before) // step.stride))
        return int(max(0, min(step.out - 1, (step.size - 1 + step.before) // step.stride) - first + 1))
    return len(set().union(*map(units_of_tap, [step] * taps(step), range(taps(step)))))


def cells_read(step: Step) -> int:
    """How many cells of the input some window reads."""
    if step.stride >= step.reach:  # windows that do not overlap
        return sum(len(units_of_tap(step, tap)) for tap in range(taps(step)))
    if step.step == 1:  # and such as leave nothing between them
        return int(max(0, min(step.size, end_of_windows(step))))
    seen = {
        unit * step.stride + tap * step.step - step.before
        for tap in range(taps(step)) for unit in units_of_tap(step, tap)
    }  # fmt: skip
    return len(seen)


def end_of_windows(step: Step) -> Any:
    """The first cell behind the last window."""
    return (step.out - 1) * step.stride - step.before + step.reach


def dropped_cells(step: Step) -> Any:
    """Cells behind the last window, 0 or fewer where it ends in the padding; windows that leave gaps drop none here."""
    if not is_symbolic(step.reach) and not is_symbolic(step.stride) and step.reach < step.stride:
        return 0
    return step.size - end_of_windows(step)


def total(numbers: Iterable[int]) -> int:
    """Cells of a map, taps of a kernel: the product over the axes."""
    return prod(numbers)
