"""Which units of its input each unit of a layer's output sees along one axis: every type of window is a record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import accumulate
from typing import Any

from convcalc.algebra.expr import ceil_divide, divide
from convcalc.layers.field import MAX_PERIOD, Field, Pattern, both, compose, lost_field
from convcalc.layers.patterns import (
    adaptive_pattern,
    centred_pattern,
    interpolated_pattern,
    interpolated_shares,
    nearest_pattern,
    sliding_pattern,
    spreading_pattern,
    whole_pattern,
)
from convcalc.tuples import NamedTuple, by_identity


class Step(NamedTuple):
    """A layer along one axis."""

    type: WindowType
    reach: Any = 1  # of a window; of an interpolation, taps on either side
    stride: Any = 1
    before: Any = 0  # padding before the first input
    step: Any = 1
    size: Any = None  # of the layer's input
    out: Any = None  # of its output
    ratio: tuple[Any, Any] = (1, 1)  # the pattern repeats after so many outputs, so many inputs further on
    corners: bool = False  # the outermost pixels keep their place, instead of all of them being squares
    zoom: str = "n/o"  # inputs for each output, as a formula
    inside: int = 1  # units of each place, which only see those of the same number in other places

    @property
    def numbers(self) -> bool:
        """Whether nothing that decides who sees what is symbolic."""
        return all(isinstance(value, int) for value in (self.reach, self.stride, self.before, self.step, *self.ratio))


@by_identity
class WindowType(NamedTuple):
    """One way to see along an axis: how a field passes through it, and the formulas that show how.

    r_in, j_in and a_in are size, stride and offset behind the layer's input; {reach} and {stride} the window's own
    formulas, {gap} reach less 1; `holes` fills in the other braces for a step, or for the usual case without one.
    """

    name: str
    through: Callable[[Field, Step], Field] | None = None  # None: it moves numbers, see convcalc.network.moves
    size: str = "r_in"
    stride: str = "j_in"
    offset: str = "a_in"
    holes: Callable[[Step | None], Mapping[str, str]] = lambda step: {}
    remark: str = ""  # a sentence of convcalc.render.working.words
    along_axes: bool = False  # behind it a map is still a map, each axis seen by itself
    keeps_numbers: bool = False  # with windows of one cell at stride 1, unit u sees unit u
    sees_one: Callable[[Step], bool] = lambda step: False  # whether no unit sees more than one
    of_lost: bool = False  # says something of a lost field, too
    pattern: Callable[[Step], Pattern] | None = None  # which inputs each output sees, those beyond the edges too
    tap: Callable[[Step, int, int], int] | None = None  # where on the kernel an output and an input meet
    shares: Callable[[Step, int], tuple[Any, ...]] | None = None  # of what an output sees, in an interpolation


def field_through(field: Field, step: Step) -> Field:
    """The field of a layer's output from that of its input."""
    if field.lost and not step.type.of_lost:
        return field if keeps_places(step) else lost_field(field)
    assert step.type.through is not None
    return step.type.through(field, step)


def keeps_places(step: Step) -> bool:
    """Whether every unit sees the unit of the same number, and no other."""
    moved = (step.reach, step.stride, step.before) != (1, 1, 0)
    return step.type.keeps_numbers and step.size == step.out and not moved


def slide(field: Field, step: Step) -> Field:
    first, stride = -step.before, step.stride
    last = first + step.reach - 1
    if len(field.lows) == 1 and field.lows[0] is not None and not field.rough:
        # r ← r + (k̂ − 1)·j, j ← j·s, with j taken before this layer's own stride.
        low, high, jump = field.lows[0], field.highs[0], field.advance
        low += first * field.rise
        return Field((low,), (high + last * jump,), jump * stride, field.aligned, grows=field.grows)
    if not step.numbers:
        return lost_field(field)
    return compose(field, sliding_pattern(step), step.out)


def shift(field: Field, step: Step) -> Field:
    return slide(field, step._replace(reach=1, stride=1))


def scatter(field: Field, step: Step) -> Field:
    """All moved, in no order that can be told: every unit sees as much as before."""
    if field.lost:
        return field._replace(lost=1, advance=None)
    return lost_field(field, step.size, field.of_units(step.size).size)


def pick(field: Field, step: Step) -> Field:
    """Some units, or some twice, in no order: as much as before, where all see as much."""
    return lost_field(field, extent=field.size if field.period == 1 and not field.lost and not field.rough else None)


def blend(field: Field, step: Step) -> Field:
    """Every unit sees several, in no order: together, what all saw before."""
    return field._replace(lost=1, extent=None, advance=None) if field.lost else lost_field(field, step.size)


def grow(field: Field, step: Step) -> Field:
    """Every unit sees itself and all before it; where they are in no order, the last still sees them all."""
    size = step.size
    if field.lost or field.rough:
        return gather(field, step)
    if field.advance == 0:
        return field
    if field.period == 1 and field.lows[0] is not None and not field.table:
        return field._replace(grows=True, extent=None)
    if not isinstance(size, int) or size > MAX_PERIOD:
        return gather(field, step)
    lows, highs = zip(*accumulate(map(field.at, range(size)), both), strict=True)
    return Field(lows, highs, field.stride * size, field.aligned, table=True)


def gather(field: Field, step: Step) -> Field:
    """Some unit sees all that there are, and it cannot be told what the others see."""
    if field.lost:
        extent = field.highs[0] - field.lows[0] + 1 if field.lows and field.lows[0] is not None else None
        return field._replace(lost=1, extent=extent, advance=None)
    return lost_field(field, step.size, None if step.size is None else field.whole(step.size).size)


def keep_present(field: Field, step: Step) -> Field:
    """Of a pattern, only the units that are there: sums of so many digits of these weights each."""
    if field.period == 1:
        return field
    pairs = step.size
    if not all(isinstance(number, int) for pair in pairs for number in pair):
        return lost_field(field)
    units = {0}
    for digits, weight in pairs:
        units = {(unit + digit * weight) % field.period for unit in units for digit in range(min(digits, field.period))}
    lows, highs = (
        tuple([end if unit in units else None for unit, end in enumerate(ends)]) for ends in (field.lows, field.highs)
    )
    return field._replace(lows=lows, highs=highs)


def spread(field: Field, step: Step) -> Field:
    s, p, d, reach = step.stride, step.before, step.step, step.reach
    if s == 1:
        return slide(field, turned_step(step))
    if not step.numbers:
        if field.period > 1 or field.lows[0] is None or field.grows or d != 1:
            return lost_field(field)
        jump = field.advance
        return lost_field(
            field, step.size if p == 0 else None, field.size + (ceil_divide(reach, s) - 1) * jump, divide(jump, s)
        )
    return compose(field, spreading_pattern(step).of_blocks(step.inside), step.out)


def turned_step(step: Step) -> Step:
    """A transposed convolution of stride 1 is a convolution of the turned kernel."""
    return step._replace(type=SLIDING, before=step.reach - 1 - step.before)


def resample(pattern: Callable[[Step], Pattern], covers: bool = False) -> Callable[[Field, Step], Field]:
    """A layer whose pattern repeats after `ratio`; `covers`: all of its units together see the whole input."""

    def behind(field: Field, step: Step) -> Field:
        if step.size == 1 and step.inside == 1:
            field = field.still()
        if field.advance == 0 and field.period == 1:
            return field
        if covers and step.out == 1:
            return field.whole(step.size)
        if not step.numbers:
            return lost_field(field, step.size if covers else None)
        return compose(field, pattern(step).of_blocks(step.inside), step.out)

    return behind


def shuffle(field: Field, step: Step) -> Field:
    """r units of the output lie in one of the input."""
    if step.size == 1:
        field = field.still()
    if not step.numbers:
        return lost_field(field, step.size, field.size, divide(field.stride, step.reach))
    return compose(field, nearest_pattern(step._replace(ratio=(step.reach, 1))), step.out)


def tile(field: Field, step: Step) -> Field:
    """Every unit sees all of its tile; the tiles lie side by side, the first begins `before` units in.

    One that covers the axis is not moved along it, which of an axis in letters cannot be told.
    """
    if not step.numbers or (step.before and not isinstance(step.size, int)):
        return lost_field(field, step.size)
    side, start = step.reach, step.before

    def taps(unit: int) -> range:
        first = start + (unit - start) // side * side
        return range(first, first + side)

    return compose(field, Pattern(side, side, taps, 1 - side, side - 1).of_blocks(step.inside), step.out)


def space(field: Field, step: Step) -> Field:
    """Every unit sees those that lie as far apart as `reach` of them make a grid over the whole axis."""
    if not step.numbers or not isinstance(step.size, int):
        return lost_field(field, step.size)
    size, gap = step.size, step.size // step.reach

    def taps(unit: int) -> range:
        first = unit // size * size + unit % gap
        return range(first, first + size, gap)

    return compose(field, Pattern(size, size, taps, 1 - size, size - 1).of_blocks(step.inside), step.out)


def adaptive_holes(step: Step | None) -> Mapping[str, str]:
    """The largest window of an adaptive pooling, less one: larger where windows overlap unevenly."""
    outputs, inputs = step.ratio if step else (1, 1)
    rest = inputs % outputs if isinstance(inputs, int) and isinstance(outputs, int) else 0
    return {"cells": "(n/o - 1)" if rest == 0 else "floor(n/o)" if rest == 1 else "ceil(n/o)"}


def interpolation_holes(step: Step | None) -> Mapping[str, str]:
    """The taps of an interpolation, less one, and how far the first is from the nearest."""
    zoom = step.zoom if step else "1/r"
    stride = "j_in/r" if zoom == "1/r" else f"j_in*{zoom}"
    first, reach = f"floor(({zoom} - 1)/2)", step.reach if step else 1
    if reach == 1:
        return {"stride_out": stride, "taps": "", "first": first}
    return {"stride_out": stride, "taps": f"{2 * reach - 1}*", "first": f"({first} - {reach - 1})"}


def slid_tap(step: Step, unit: int, cell: int) -> int:
    return (cell + step.before - unit * step.stride) // step.step  # type: ignore[no-any-return]


POINTWISE = WindowType("pointwise", lambda field, step: field)
SLIDING = WindowType(
    "sliding", slide, "r_in + {gap}*j_in", "j_in*{stride}", "a_in - p*j_in",
    along_axes=True, keeps_numbers=True, sees_one=lambda step: step.reach == 1, pattern=sliding_pattern, tap=slid_tap,
)  # fmt: skip
SPREADING = WindowType(
    "spreading", spread, "r_in + (ceil({reach}/{stride}) - 1)*j_in", "j_in/{stride}",
    "a_in - floor(({gap} - p)/{stride})*j_in", remark="resampled", along_axes=True, keeps_numbers=True,
    sees_one=lambda step: isinstance(step.reach, int) and isinstance(step.stride, int) and step.reach <= step.stride,
    pattern=spreading_pattern, tap=lambda step, unit, cell: slid_tap(step, cell, unit),
)  # fmt: skip
SHIFTING = WindowType(
    "shifting", shift, offset="a_in - p_l*j_in", along_axes=True, sees_one=lambda step: True, pattern=sliding_pattern,
)  # fmt: skip
CUTTING = WindowType(
    "cutting", lambda field, step: shift(field, step._replace(before=-step.before)), offset="a_in + p_l*j_in",
    along_axes=True, sees_one=lambda step: True,
    pattern=lambda step: sliding_pattern(step._replace(before=-step.before)),
)  # fmt: skip
ENTIRE = WindowType(
    "entire", lambda field, step: field.whole(step.size), "r_in + (n - 1)*j_in", remark="whole", along_axes=True,
    of_lost=True, pattern=whole_pattern,
)  # fmt: skip
GROWING = WindowType("growing", grow, "r_in + (n - 1)*j_in", remark="growing", of_lost=True)
GATHERED = WindowType("gathered", gather, "r_in + (n - 1)*j_in", of_lost=True)
SHUFFLING = WindowType("shuffling", shuffle, stride="j_in/{stride}", along_axes=True, sees_one=lambda step: True)
TILING = WindowType("tiling", tile, "r_in + {gap}*j_in", remark="tiled", along_axes=True)
SPACING = TILING._replace(name="spacing", through=space, size="r_in + {gap}*j_in*n/{reach}")
ADAPTIVE = WindowType(
    "adapting", resample(adaptive_pattern, covers=True), "r_in + {cells}*j_in", "j_in*n/o",
    holes=adaptive_holes, remark="resampled", along_axes=True, pattern=adaptive_pattern,
)  # fmt: skip
RESAMPLING = WindowType("resampling", stride="j_in/r", along_axes=True)  # one of these, by the mode of the layer
NEAREST = WindowType(
    "nearest", resample(nearest_pattern), stride="{stride_out}", holes=interpolation_holes, remark="resampled",
    sees_one=lambda step: True, pattern=nearest_pattern,
)  # fmt: skip
CENTRED = NEAREST._replace(name="centred", through=resample(centred_pattern), pattern=centred_pattern)
INTERPOLATED = WindowType(
    "interpolated", resample(interpolated_pattern), "r_in + {taps}j_in", "{stride_out}", "a_in + {first}*j_in",
    interpolation_holes, "resampled", pattern=interpolated_pattern, shares=interpolated_shares,
)  # fmt: skip
# What becomes of an axis whose units another layer has moved.
SCATTERED, PICKED, BLENDED = (
    WindowType(name, through, of_lost=True)
    for name, through in (("scattered", scatter), ("picked", pick), ("blended", blend))
)
GONE, PRESENT = WindowType("gone", lambda field, step: lost_field(field)), WindowType("present", keep_present)
# What moves numbers, or joins them: the course through these is convcalc.network.moves.
(
    APPENDING, RESHAPING, PERMUTING, EXTENDING, INTERLEAVING, PARTING, UNFOLDING, FOLDING, HALVING, NORMALISING,
    RECURRING, PREPENDING, MULTIPLYING, REDUCING, CONTRACTING, PICKING, TILED, SWAPPING,
    GATHERING,
) = map(
    WindowType,
    ("appending", "reshaping", "permuting", "extending", "interleaving", "parting", "unfolding", "folding", "halving",
     "normalising", "recurring", "prepending", "multiplying", "reducing", "contracting", "picking", "tiled",
     "swapping", "gathering"),
)  # fmt: skip


class Window(NamedTuple):
    """Which inputs an output of a kind sees, along one axis; what the receptive field is computed from."""

    type: WindowType = POINTWISE
    reach: str = "1"  # inputs from the first to the last of a window; of an interpolation, taps on either side
    stride: str = "1"
    step: str = "1"  # distance between neighbouring taps (dilation)
    apart: bool = False  # the taps of a window become channels, each of which sees only its own

    def filled(self, formula: str, step: Step | None = None) -> str:
        """A formula of its type, or of the type of a step, with its own formulas filled in."""
        gap = self.reach.removesuffix(" + 1") if self.reach.endswith(" + 1") else f"{self.reach} - 1"
        holes = (step.type if step else self.type).holes(step)
        return formula.format(reach=f"({self.reach})", stride=f"({self.stride})", gap=f"({gap})", **holes)


POINT = Window()
WHOLE = Window(ENTIRE)
