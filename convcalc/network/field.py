"""The receptive field, exactly: every output unit's interval of input pixels, carried from layer to layer.

Along an axis, unit u = q·m + r sees the pixels lows[r] + q·T to highs[r] + q·T.  Convolutions and poolings keep the
period m = 1; up-sampling makes neighbours see different intervals, m in turn.  T = 0 means that every unit sees the
same: the whole input.  Nothing is cut off at the borders: a field may be larger than the image.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from math import gcd, lcm
from typing import TYPE_CHECKING, Any, TypeAlias, TypeGuard

from convcalc.algebra.expr import divide, evaluate
from convcalc.layer.case import tree
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from fractions import Fraction

    from convcalc.algebra.expr import Value
    from convcalc.layer.applied import Applied

MAX_PERIOD = 4096  # beyond it an interval that encloses them all takes the place of the exact ones
SAMPLE = 256  # units of such a pattern that are looked at


class Field(NamedTuple):
    """What the units along one axis see; a phase of None sees nothing (a gap between spread windows)."""

    lows: tuple[Any, ...]
    highs: tuple[Any, ...]
    advance: Any  # T, pixels from one period to the next
    aligned: bool = True  # False: branches whose centres or strides differ have met
    table: bool = False  # the phases are all the units there are, and need not repeat

    @property
    def period(self) -> int:
        return len(self.lows)

    @property
    def size(self) -> Value:
        """The largest extent of any unit, 0 where every one sees nothing."""
        if len(self.lows) == 1:
            return 0 if self.lows[0] is None else self.highs[0] - self.lows[0] + 1
        extents = [high - low + 1 for low, high in zip(self.lows, self.highs, strict=True) if low is not None]
        return greatest(extents) if extents else 0

    @property
    def stride(self) -> Value:
        """Input pixels between neighbouring units: a fraction after up-sampling, 0 where all see the same."""
        return self.advance if len(self.lows) == 1 else divide(self.advance, len(self.lows))

    @property
    def offset(self) -> Value:
        """Left edge of the first unit that sees anything; below 0 it lies in the padding."""
        return next((low for low in self.lows if low is not None), 0)

    @property
    def centre(self) -> Value:
        return self.offset + divide(self.size - 1, 2)

    def at(self, unit: int) -> tuple[Any, Any]:
        """First and last pixel that a unit sees, (None, None) where it sees nothing."""
        turn, phase = divmod(unit, len(self.lows))
        low = self.lows[phase]
        if low is None:
            return None, None
        first, last = low + turn * self.advance, self.highs[phase] + turn * self.advance
        if isinstance(first, int) or hasattr(first, "terms"):
            return first, last
        return first // 1, -(-last // 1)  # an enclosing interval, whose step is a fraction


START = Field((0,), (0,), 1)

Taps: TypeAlias = Callable[[int], Iterable[int]]


class Step(NamedTuple):
    """What a layer does along one axis; RESAMPLING says what the taps of a unit are."""

    type: str
    reach: Any = 1  # of a window; of an interpolation, taps on either side
    stride: Any = 1
    before: Any = 0  # padding before the first input
    step: Any = 1
    size: Any = None  # of the layer's input
    out: Any = None  # of its output
    ratio: tuple[Any, Any] = (1, 1)  # the pattern repeats after so many outputs, so many inputs further on
    corners: bool = False  # the outermost pixels keep their place, instead of all of them being squares


INTERPOLATION = {
    "nearest": ("nearest", 1), "nearest_exact": ("centred", 1), "area": ("adaptive", 1),
    "bicubic": ("interpolated", 2), "lanczos3": ("interpolated", 3), "lanczos5": ("interpolated", 5),
}  # fmt: skip


def steps(applied: Applied) -> tuple[Step, ...]:
    """The steps of a layer, one an axis of its input."""
    window = applied.setting.kind.window
    if window.type == "point":
        return ()
    space, out = applied.input[0][1:], applied.output[1:]
    if not applied.axes:
        return tuple(Step(window.type, size=size) for size in space)
    return tuple(
        axis_step(applied, axis, out[index] if index < len(out) else 1) for index, axis in enumerate(applied.axes)
    )


def axis_step(applied: Applied, axis: Mapping[str, Value], out: Value) -> Step:
    known, values, window = {**applied.letters, **axis}, applied.values, applied.setting.kind.window
    size, before = axis["n"], known.get("p_l", known.get("p", 0))
    if window.type == "resample":
        kind, taps = INTERPOLATION.get(values["mode"], ("interpolated", 1))
        corners, scale = bool(values.get("corners")), axis.get("r")
        ratio: tuple[Value, Value] = (out, size)
        if corners:
            ratio = (out - 1, size - 1) if out != 1 else (1, 0)
        elif kind != "adaptive" and not values.get("recompute") and (isinstance(scale, int) or is_fraction(scale)):
            # Given a scale, a unit's place follows from that alone, not from the sizes that it was rounded to.
            ratio = (scale.numerator, scale.denominator)
        return Step(kind, taps, size=size, out=out, ratio=shortest(*ratio), corners=corners)
    if window.type == "adaptive":
        return Step("adaptive", size=size, out=out, ratio=shortest(out, size))
    reach, stride, step = (evaluate(tree(text), known) for text in (window.reach, window.stride, window.step))
    if values.get("mode") == "bed_of_nails":
        reach = 1
    return Step(window.type, reach, stride, before, step, size, out)


def is_fraction(value: object) -> TypeGuard[Fraction]:
    return hasattr(value, "denominator")


def shortest(outputs: Value, inputs: Value) -> tuple[Value, Value]:
    """Outputs and inputs of the shortest stretch after which a pattern repeats."""
    if not (isinstance(outputs, int) and isinstance(inputs, int)):
        return outputs, inputs
    shared = gcd(outputs, inputs)
    return outputs // shared, inputs // shared


def through(field: Field, step: Step) -> Field:
    """The field of a layer's output from that of its input."""
    match step.type:
        case "slide":
            if len(field.lows) == 1 and field.lows[0] is not None:
                # r ← r + (k̂ − 1)·j, j ← j·s, with j taken before this layer's own stride.
                low, high, jump = field.lows[0], field.highs[0], field.advance
                start = -step.before
                return Field(
                    (low + start * jump,), (high + (start + step.reach - 1) * jump,), jump * step.stride, field.aligned
                )
            first, stride, reach, gap = -step.before, step.stride, step.reach, step.step
            return composed(
                field,
                1,
                stride,
                lambda unit: few(unit * stride + first, unit * stride + first + reach - 1, gap, field.period),
                step.out,
            )
        case "shift":
            start = -step.before * step.stride
            if len(field.lows) == 1 and field.lows[0] is not None:
                return field._replace(
                    lows=(field.lows[0] + start * field.advance,), highs=(field.highs[0] + start * field.advance,)
                )
            return composed(field, 1, 1, lambda unit: (unit + start,), step.out)
        case "whole":
            return whole(field, step.size)
        case "rearranged":
            return field
    if not all(isinstance(value, int) for value in (step.stride, step.reach, step.before, *step.ratio)):
        return whole(field, step.size)  # with symbolic sizes the phases cannot be told apart
    units, moved, taps = RESAMPLING[step.type](step, field.period)
    return composed(field, units, moved, taps, step.out)


def few(first: int, last: int, gap: int, period: int) -> Iterable[int]:
    """The taps first, first + gap, … last that can be extreme: those of one period at either end."""
    count = (last - first) // gap + 1
    if count <= 2 * period:
        return range(first, last + 1, gap)
    return (*range(first, first + period * gap, gap), *range(last - (period - 1) * gap, last + 1, gap))


def spread(step: Step, period: int) -> tuple[int, int, Taps]:
    """A transposed convolution: unit u sees the inputs j with u + p − j·s = 0, d, …, (k − 1)·d."""
    s, p, d, reach = step.stride, step.before, step.step, step.reach

    def taps(unit: int) -> Iterable[int]:
        first, last = -((reach - 1 - unit - p) // s), (unit + p) // s
        width = 2 * period * d
        near: Iterable[int] = range(first, last + 1)
        if last - first + 1 > 2 * width:
            near = (*range(first, first + width), *range(last - width + 1, last + 1))
        return [j for j in near if (unit + p - j * s) % d == 0]

    return s, 1, taps


def nearest(step: Step, period: int) -> tuple[int, int, Taps]:
    out, size = step.ratio
    return out, size, lambda unit: (unit * size // out,)


def centred(step: Step, period: int) -> tuple[int, int, Taps]:
    out, size = step.ratio
    return out, size, lambda unit: ((2 * unit + 1) * size // (2 * out),)


def interpolated(step: Step, period: int) -> tuple[int, int, Taps]:
    """Unit u lies at (u + ½)·n/o − ½, or at u·(n − 1)/(o − 1) between the corners; a whole place is its one tap."""
    (out, size), reach = step.ratio, step.reach

    def taps(unit: int) -> Iterable[int]:
        top, bottom = (unit * size, out) if step.corners else ((2 * unit + 1) * size - out, 2 * out)
        first, rest = divmod(top, bottom)
        return range(first - reach + 1, first + reach + 1) if rest else (first,)

    return out, size, taps


def adaptive(step: Step, period: int) -> tuple[int, int, Taps]:
    """Adaptive pooling: unit u sees ⌊u·n/o⌋ to ⌈(u + 1)·n/o⌉ − 1."""
    out, size = step.ratio
    return out, size, lambda unit: few(unit * size // out, -(-(unit + 1) * size // out) - 1, 1, period)


def shuffle(step: Step, period: int) -> tuple[int, int, Taps]:
    return step.reach, 1, lambda unit: (unit // step.reach,)


RESAMPLING: dict[str, Callable[[Step, int], tuple[int, int, Taps]]] = {
    "spread": spread, "nearest": nearest, "centred": centred, "interpolated": interpolated,
    "adaptive": adaptive, "shuffle": shuffle,
}  # fmt: skip


def composed(field: Field, units: int, moved: int, taps: Taps, out: Any = None) -> Field:
    """The field of a layer that repeats itself after `units` outputs, `moved` inputs further on."""
    turns = field.period // gcd(field.period, moved)  # until both patterns repeat
    period = units * turns
    if period <= MAX_PERIOD and not field.table:
        lows, highs = seen_by(field, taps, period)
        return reduced(Field(lows, highs, divide(field.advance * moved * turns, field.period), field.aligned))
    if isinstance(out, int) and out <= MAX_PERIOD:  # shorter than its own pattern: every unit there is
        lows, highs = seen_by(field, taps, out)
        return Field(lows, highs, divide(field.advance * moved * out, field.period * units), field.aligned, True)
    if field.table or field.period > 1:
        return composed(hull(field), units, moved, taps)
    return hull_of(field, units, moved, taps)


def seen_by(field: Field, taps: Taps, units: int) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """The lows and highs of the first units behind a layer."""
    lows, highs = [], []
    for unit in range(units):
        inside = [pair for pair in map(field.at, taps(unit)) if pair[0] is not None]
        lows.append(least([low for low, _ in inside]) if inside else None)
        highs.append(greatest([high for _, high in inside]) if inside else None)
    return tuple(lows), tuple(highs)


def reduced(field: Field) -> Field:
    """The same field with the shortest period that tells it."""
    period = field.period
    for shorter in range(1, period // 2 + 1):
        if period % shorter:
            continue
        advance = divide(field.advance * shorter, period)
        if all(
            (field.lows[unit] is None) == (field.lows[unit - shorter] is None)
            and (
                field.lows[unit] is None
                or (
                    field.lows[unit] - field.lows[unit - shorter] == advance
                    and field.highs[unit] - field.highs[unit - shorter] == advance
                )
            )
            for unit in range(shorter, period)
        ):
            return Field(field.lows[:shorter], field.highs[:shorter], advance, field.aligned)
    return field


def hull(field: Field) -> Field:
    """A field of period 1 that encloses every phase of this one."""
    stride = field.stride
    pairs = [
        (low - unit * stride, high - unit * stride)
        for unit, (low, high) in enumerate(zip(field.lows, field.highs, strict=True))
        if low is not None
    ]
    if not pairs:
        return Field((None,), (None,), stride, field.aligned)
    low, high = least([low for low, _ in pairs]), greatest([high for _, high in pairs])
    return Field((low // 1,), (-(-high // 1),), stride, field.aligned)


def hull_of(field: Field, units: int, moved: int, taps: Taps) -> Field:
    """As hull, for a single layer whose own pattern is too long: its first units stand for all."""
    lows, highs = seen_by(field, taps, SAMPLE)
    return hull(Field(lows, highs, divide(field.advance * moved * SAMPLE, units), field.aligned))


def whole(field: Field, size: Value) -> Field:
    """Every unit sees all that units 0 to size − 1 see together."""
    if len(field.lows) == 1:
        if field.lows[0] is None:
            return field._replace(advance=0)
        return Field(field.lows, (field.highs[0] + (size - 1) * field.advance,), 0, field.aligned)
    if not isinstance(size, int):
        return whole(hull(field), size)
    ends = {*range(min(size, field.period)), *range(max(0, size - field.period), size)}
    seen = [pair for pair in map(field.at, ends) if pair[0] is not None]
    return Field(
        (least([low for low, _ in seen]) if seen else None,),
        (greatest([high for _, high in seen]) if seen else None,),
        0,
        field.aligned,
    )


def union(fields: list[Field], size: Value | None, pixels: Value) -> Field:
    """What a sum or concatenation sees: everything that its branches see.

    Along the axis it has `size` units, None where it is flat, and the network's input so many pixels.
    """
    first = fields[0]
    if all(field == first for field in fields):
        return first
    aligned = all(field.aligned for field in fields)
    still, moving = ([field for field in fields if (field.advance == 0) is same] for same in (True, False))
    if still:  # a branch whose units all see the same, mostly the whole input
        together = hulls(still, 0, aligned)
        if not moving or size is None:
            return hulls(fields, 0, aligned)
        if (
            covers(together, pixels)
            or hulls([together, *(whole(field, size) for field in moving)], 0, aligned) == together
        ):
            return together  # what the others see beyond the input is padding
        first = moving[0]
    if still or any(field.table or field.stride != first.stride for field in fields):
        if isinstance(size, int) and size <= MAX_PERIOD:
            return merged(fields, size, first.stride, False)._replace(table=True)
        return hulls(fields, first.stride, False)
    if all(field.period == 1 for field in fields):
        centres = {field.lows[0] + field.highs[0] for field in fields if field.lows[0] is not None}
        aligned = aligned and len(centres) <= 1
    period = lcm(*(field.period for field in fields))
    if period > MAX_PERIOD:
        return hulls(fields, first.stride, aligned)
    return reduced(merged(fields, period, first.stride, aligned))


def covers(field: Field, pixels: Value) -> bool:
    low, high = field.lows[0], field.highs[0]
    if not (isinstance(low, int) and isinstance(high, int) and isinstance(pixels, int)):
        return low is not None  # with symbols, what all units see alike is the whole input
    return low <= 0 and pixels - 1 <= high


def hulls(fields: list[Field], stride: Value, aligned: bool) -> Field:
    """A field of period 1 that encloses every phase of all of these, taken at its first units."""
    enclosing = [one for one in map(hull, fields) if one.lows[0] is not None]
    if not enclosing:
        return Field((None,), (None,), stride, aligned)
    low, high = least([one.lows[0] for one in enclosing]), greatest([one.highs[0] for one in enclosing])
    return Field((low,), (high,), stride, aligned)


def merged(fields: list[Field], units: int, stride: Value, aligned: bool) -> Field:
    """The fields of so many units together."""
    lows, highs = [], []
    for unit in range(units):
        seen = [pair for pair in (field.at(unit) for field in fields) if pair[0] is not None]
        lows.append(least([low for low, _ in seen]) if seen else None)
        highs.append(greatest([high for _, high in seen]) if seen else None)
    return Field(tuple(lows), tuple(highs), stride * units, aligned)


def least(values: list[Any]) -> Any:
    return extreme("min", values)


def greatest(values: list[Any]) -> Any:
    return extreme("max", values)


def extreme(name: str, values: list[Any]) -> Any:
    try:
        return (min if name == "min" else max)(values)
    except TypeError:  # of symbols, which have no order
        from convcalc.algebra.poly import extremum

        return extremum(name, values)


class Axes(NamedTuple):
    """The fields of a layer's output along every axis of one network input, and the sizes they were flattened at."""

    fields: tuple[Field, ...]
    sides: tuple[Any, ...] | None = None  # after a flatten: the units that were along each axis


@lru_cache(maxsize=65536)
def all_through(fields: tuple[Field, ...], path: tuple[Step, ...]) -> tuple[Field, ...]:
    """Equal axes are followed once; so are equal layers on equal fields."""
    if len(set(fields)) == 1 and len(set(path)) == 1 and len(fields) == len(path):
        return (through(fields[0], path[0]),) * len(fields)
    return tuple(through(field, step) for field, step in zip(fields, path, strict=False))


def advance(axes: Axes, applied: Applied, path: tuple[Step, ...]) -> Axes:
    """The fields behind a layer with one input."""
    kind = applied.setting.kind
    window, mixes = kind.window.type, kind.takes == "features"
    if window == "point" and not mixes:
        return axes
    if axes.sides is not None:  # whatever mixes numbers of a flattened map may see all of it
        if window == "rearranged":
            return axes
        return Axes(tuple(whole(field, side) for field, side in zip(axes.fields, axes.sides, strict=True)))
    space = applied.input[0][1:]
    if len(space) != len(axes.fields):
        return axes
    if window == "point":
        # A linear layer along the last axis of a map mixes that axis; along channels it mixes none.
        if not space or applied.features_first:
            return axes
        return Axes((*axes.fields[:-1], whole(axes.fields[-1], space[-1])))
    if window == "rearranged":
        return Axes(axes.fields, space)
    return Axes(
        all_through(axes.fields, path),
        None if len(applied.output) > len(axes.fields) else tuple(applied.output[1:]) or (1,) * len(space),
    )
