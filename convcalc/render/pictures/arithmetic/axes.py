"""What windows slide over along one axis: which cells there are, what each is, and which the window of a unit sees."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from convcalc.layers.patterns import sliding_pattern
from convcalc.layers.window import (
    ADAPTIVE,
    CENTRED,
    CUTTING,
    ENTIRE,
    INTERPOLATED,
    NEAREST,
    SHIFTING,
    SLIDING,
    SPREADING,
    Step,
)
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.layers.field import Pattern
    from convcalc.layers.window import WindowType

# What a cell is: of the map itself, padding, a zero between inputs, of the output padding, what only the last window of
# a pooling that rounds up reaches, and what is cut off an output.
MAP, PADDING, ZERO, EXTRA, BEYOND, CUT = "map", "padding", "zero", "extra", "beyond", "cut"
NOMINAL = 60  # cells of a map whose size is a letter: more than are drawn


class WindowAxis(NamedTuple):
    """Cells by their place, that of the first of the map being 0, and the windows of so many units over them."""

    size: int  # of the map
    cells: range  # those there are, padding included
    units: int
    pattern: Pattern
    outside: str = PADDING  # what lies before and after the map
    extra: int = 0  # cells at the end that an output padding adds
    extra_units: int = 0
    stretch: int = 1  # from one cell of the map to the next, zeros between them
    stop: int | None = None  # where the padding ends, and what is beyond begins
    clamps: bool = False  # a window sees the edge again instead of what is outside
    is_lettered: bool = False  # its size is a letter: nothing is known of its end

    @property
    def stride(self) -> int:
        """Cells from each window to the next; 0 where there is no next, or these differ."""
        pattern = self.pattern
        return pattern.moved if pattern.units == 1 and self.units > 1 and not self.clamps else 0

    @property
    def is_uneven(self) -> bool:
        """Whether the windows are not all alike, the stride apart."""
        return self.units > 1 and self.pattern.units > 1 and not self.clamps

    def without_reach(self) -> WindowAxis:
        """The same without cells that only tell how far the last window reaches."""
        return self if self.stop is None else self._replace(cells=range(self.cells.start, self.stop))

    def role(self, cell: int) -> str:
        if self.extra and cell >= self.cells.stop - self.extra:
            return EXTRA
        if not 0 <= cell < self.size:
            return BEYOND if self.stop is not None and cell >= self.stop else self.outside
        return ZERO if cell % self.stretch else MAP

    def taps(self, unit: int) -> Sequence[int]:
        """The cells that a unit sees."""
        seen = self.pattern.taps(unit)
        return sorted({min(max(cell, 0), self.size - 1) for cell in seen}) if self.clamps else seen

    def is_reached(self, cell: int) -> bool:
        """Whether the window of any unit sees a cell."""
        pattern, units = self.pattern, self.units
        if self.is_lettered and cell > self.size // 2:
            return True
        if self.clamps and cell in (0, self.size - 1):
            return any(cell in self.taps(unit) for unit in {0, units - 1})
        if pattern.moved == 0:
            return cell in pattern.taps(0)
        low = -((pattern.last - cell) * pattern.units // pattern.moved)
        high = (cell - pattern.first) * pattern.units // pattern.moved
        return any(cell in pattern.taps(unit) for unit in range(max(0, int(low)), min(units - 1, int(high)) + 1))


ONE_CELL = WindowAxis(1, range(1), 1, sliding_pattern(Step(SLIDING)))  # of a row, which is a grid of one line


def slid_axis(step: Step, after: int) -> WindowAxis:
    end = step.size + after
    last = (step.out - 1) * step.stride - step.before + step.reach
    cells = range(-step.before, max(end, last))
    return WindowAxis(step.size, cells, step.out, sliding_pattern(step), stop=end if last > end else None)


def sampled_axis(step: Step, after: int) -> WindowAxis:
    """No cell is outside: adaptive windows, those over everything, and interpolations."""
    assert step.type.pattern is not None
    clamps = step.type in (NEAREST, CENTRED, INTERPOLATED)
    return WindowAxis(step.size, range(step.size), step.out, step.type.pattern(step), clamps=clamps)


def padded_axis(step: Step, after: int) -> WindowAxis:
    """Each output is one cell of the padded input; of one with negative amounts, some are cut off."""
    cells = range(min(0, -step.before), max(step.size, step.size + after))
    return WindowAxis(step.size, cells, step.out, sliding_pattern(step))


def cut_axis(step: Step, after: int) -> WindowAxis:
    return WindowAxis(step.size, range(step.size), step.out, sliding_pattern(step._replace(before=-step.before)))


def stretched_axis(step: Step, after: int) -> WindowAxis:
    """A transposed convolution as a direct one: zeros between the inputs, k − 1 − p around them, stride 1."""
    size, before = (step.size - 1) * step.stride + 1, step.reach - 1 - step.before
    extra = output_padding(step, after)
    direct = Step(SLIDING, step.reach, 1, before, step.step, size, step.out)
    cells = range(min(0, -before), max(size, step.out - 1 - before + step.reach))
    return WindowAxis(
        size, cells, step.out, sliding_pattern(direct), extra=min(extra, cells.stop - size), extra_units=extra,
        stretch=step.stride,
    )  # fmt: skip


def spread_axis(step: Step, after: int) -> WindowAxis:
    """A transposed convolution over its output, the windows of whose inputs lie s apart; the padding is cut off."""
    canvas = Step(SLIDING, step.reach, step.stride, step.before, step.step, step.out, step.size)
    last = (step.size - 1) * step.stride - step.before + step.reach
    extra = output_padding(step, after)
    cells = range(min(0, -step.before), max(step.out, last))
    return WindowAxis(
        step.out, cells, step.size, sliding_pattern(canvas), CUT,
        extra=extra if cells.stop == step.out else 0,
    )  # fmt: skip


def output_padding(step: Step, after: int) -> int:
    """Units of the output beyond those that its padding leaves."""
    more: int = step.out - ((step.size - 1) * step.stride + step.reach - step.before - after)
    return max(0, more)


DIRECT: dict[WindowType, Callable[[Step, int], WindowAxis]] = {
    SLIDING: slid_axis, SPREADING: stretched_axis, SHIFTING: padded_axis, CUTTING: cut_axis, ADAPTIVE: sampled_axis,
    ENTIRE: sampled_axis, NEAREST: sampled_axis, CENTRED: sampled_axis, INTERPOLATED: sampled_axis,
}  # fmt: skip


def nominal_step(step: Step, after: int) -> Step:
    """A step whose sizes are letters with numbers instead, of a map that is too large to be drawn whole."""
    size = NOMINAL
    if step.type is SLIDING:
        out = (size + step.before + after - step.reach) // step.stride + 1
    elif step.type is SPREADING:
        out = (size - 1) * step.stride + step.reach - step.before - after
    elif step.type is SHIFTING:
        out = size + step.before + after
    elif step.type is CUTTING:
        out = size - step.before - after
    else:
        out = 1 if step.type is ENTIRE else size * step.ratio[0] // step.ratio[1]
    return step._replace(size=size, out=out)


def is_drawable(step: Step, after: Any) -> bool:
    """Whether everything is a number that decides which cells a unit sees."""
    return step.type in DIRECT and isinstance(after, int) and (step.numbers or step.type is ENTIRE)


def window_axis(step: Step, after: int, spreads: bool = False) -> WindowAxis:
    """A layer along one axis; of a transposed convolution, over its stretched input, or over its output."""
    is_lettered = not (isinstance(step.size, int) and isinstance(step.out, int))
    if is_lettered:
        step = nominal_step(step, after)
    axis = spread_axis(step, after) if spreads else DIRECT[step.type](step, after)
    return axis._replace(is_lettered=is_lettered)
