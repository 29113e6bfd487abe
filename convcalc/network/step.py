"""What a layer does along one axis: the type of its window, which units of its input each unit of its output sees."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import gcd
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import ceil_divide, divide, evaluate, is_number
from convcalc.layer.case import tree
from convcalc.network.field import Field, Pattern, composed, lost, multiple, still, whole
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layer.applied import Applied


class Step(NamedTuple):
    """A layer along one axis; STEP_TYPES says what its type means."""

    type: str
    reach: Any = 1  # of a window; of an interpolation, taps on either side
    stride: Any = 1
    before: Any = 0  # padding before the first input
    step: Any = 1
    size: Any = None  # of the layer's input
    out: Any = None  # of its output
    ratio: tuple[Any, Any] = (1, 1)  # the pattern repeats after so many outputs, so many inputs further on
    corners: bool = False  # the outermost pixels keep their place, instead of all of them being squares

    @property
    def numbers(self) -> bool:
        """Whether nothing that decides who sees what is symbolic."""
        return all(isinstance(value, int) for value in (self.reach, self.stride, self.before, self.step, *self.ratio))


def steps(applied: Applied) -> tuple[Step, ...]:
    """The steps of a layer, one for each axis of its input."""
    window = applied.setting.kind.window
    if window.type not in WINDOWED:
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
        kind, taps = INTERPOLATION[values["mode"]]
        corners, scale = bool(values.get("corners")), axis.get("r")
        ratio: tuple[Value, Value] = (out, size)
        if corners:
            ratio = (out - 1, size - 1) if out != 1 else (1, 0)
        elif kind != "adaptive" and not values.get("recompute") and is_number(scale):
            # Given a scale, a unit's place follows only from that, not from the sizes that it was rounded to.
            ratio = (scale.numerator, scale.denominator)
        return Step(kind, taps, size=size, out=out, ratio=shortest(*ratio), corners=corners)
    if window.type == "adaptive":
        return Step("adaptive", size=size, out=out, ratio=shortest(out, size))
    reach, stride, step = (evaluate(tree(text), known) for text in (window.reach, window.stride, window.step))
    if values.get("mode") == "bed_of_nails":
        reach = 1
    return Step(window.type, reach, stride, before, step, size, out)


def shortest(outputs: Value, inputs: Value) -> tuple[Value, Value]:
    """Outputs and inputs of the shortest stretch after which a pattern repeats."""
    if isinstance(outputs, int) and isinstance(inputs, int):
        shared = gcd(outputs, inputs)
        return outputs // shared, inputs // shared
    for one, other in ((outputs, inputs), (inputs, outputs)):
        times = multiple(one, other) if other else None
        if isinstance(times, int):
            return (times, 1) if one is outputs else (1, times)
    return outputs, inputs


def through(field: Field, step: Step) -> Field:
    """The field of a layer's output from that of its input."""
    type = STEP_TYPES[step.type]
    if field.lost and not type.of_lost:
        return field if keeps_places(step) else lost(field)
    return type.through(field, step)


def keeps_places(step: Step) -> bool:
    """Whether every unit sees the unit of the same number, and no other."""
    return step.size == step.out and (step.reach, step.stride, step.before) == (1, 1, 0) and step.type in PLACING


def sees_one(step: Step) -> bool:
    """Whether no unit sees more than one."""
    if step.type == "spread" and isinstance(step.reach, int) and isinstance(step.stride, int):
        return step.reach <= step.stride
    return step.type in ("nearest", "centred", "shuffle", "shift") or (step.type == "slide" and step.reach == 1)


PLACING = frozenset(("slide", "spread"))


def slid(field: Field, step: Step) -> Field:
    first, stride, gap = -step.before, step.stride, step.step
    last = first + step.reach - 1
    if len(field.lows) == 1 and field.lows[0] is not None and not field.rough:
        # r ← r + (k̂ − 1)·j, j ← j·s, with j taken before this layer's own stride.
        low, high, jump = field.lows[0], field.highs[0], field.advance
        return Field((low + first * jump,), (high + last * jump,), jump * stride, field.aligned)
    if not step.numbers:
        return lost(field)
    taps = lambda unit: range(unit * stride + first, unit * stride + last + 1, gap)  # noqa: E731
    return composed(field, Pattern(1, stride, taps, first, last), step.out)


def shifted(field: Field, step: Step) -> Field:
    return slid(field, step._replace(reach=1, stride=1, before=step.before * step.stride))


def all_seen(field: Field, step: Step) -> Field:
    return whole(field, step.size)


def scattered(field: Field, step: Step) -> Field:
    """All moved, in no order that can be told: every unit sees as much as before."""
    if field.lost:
        return field._replace(lost=1, advance=None)
    return lost(field, step.size, field.size)


def picked(field: Field, step: Step) -> Field:
    """Some units, or some twice, in no order: as much as before, where all see as much."""
    return lost(field, extent=field.size if field.period == 1 and not field.lost and not field.rough else None)


def blended(field: Field, step: Step) -> Field:
    """Every unit sees several, in no order: together, what all saw before."""
    return field._replace(lost=1, extent=None, advance=None) if field.lost else lost(field, step.size)


def present(field: Field, step: Step) -> Field:
    """Of a pattern, only the units that are there: sums of so many digits of these weights each."""
    if field.period == 1:
        return field
    pairs = step.size
    if not all(isinstance(number, int) for pair in pairs for number in pair):
        return lost(field)
    units = {0}
    for digits, weight in pairs:
        units = {(unit + digit * weight) % field.period for unit in units for digit in range(min(digits, field.period))}
    lows, highs = (
        tuple([end if unit in units else None for unit, end in enumerate(ends)]) for ends in (field.lows, field.highs)
    )
    return field._replace(lows=lows, highs=highs)


def gone(field: Field, step: Step) -> Field:
    return lost(field)


def spread(field: Field, step: Step) -> Field:
    """A transposed convolution: unit u sees the inputs j with u + p − j·s = 0, d, …, (k − 1)·d."""
    s, p, d, reach = step.stride, step.before, step.step, step.reach
    if s == 1:
        return slid(field, turned(step))
    if not step.numbers:
        if field.period > 1 or field.lows[0] is None or d != 1:
            return lost(field)
        jump = field.advance
        return lost(
            field, step.size if p == 0 else None, field.size + (ceil_divide(reach, s) - 1) * jump, divide(jump, s)
        )
    shared = gcd(s, d)
    gap = d // shared
    # j·s ≡ u + p (mod d) holds for every gap-th j, if for any.
    inverse = pow(s // shared, -1, gap)

    def taps(unit: int) -> range:
        turns, rest = divmod(unit + p, shared)
        first, last = -((reach - 1 - unit - p) // s), (unit + p) // s
        return range(0) if rest else range(first + (turns * inverse - first) % gap, last + 1, gap)

    return composed(field, Pattern(s, 1, taps, divide(p - reach + 1, s), divide(p, s)), step.out)


def turned(step: Step) -> Step:
    """A transposed convolution of stride 1 is a convolution of the turned kernel."""
    return step._replace(type="slide", before=step.reach - 1 - step.before)


def resampled(pattern: Callable[[Step], Pattern], covers: bool = False) -> Callable[[Field, Step], Field]:
    """A layer whose pattern repeats after `ratio`; `covers`: all of its units together see the whole input."""

    def behind(field: Field, step: Step) -> Field:
        if step.size == 1:
            field = still(field)
        if field.advance == 0 and field.period == 1:
            return field
        if covers and step.out == 1:
            return whole(field, step.size)
        if not step.numbers:
            return lost(field, step.size if covers else None)
        return composed(field, pattern(step), step.out)

    return behind


def nearest(step: Step) -> Pattern:
    out, size = step.ratio
    return Pattern(out, size, lambda unit: one(unit * size // out), divide(1 - out, out), 0)


def centred(step: Step) -> Pattern:
    out, size = step.ratio
    first, last = divide(size + 1 - 2 * out, 2 * out), divide(size, 2 * out)
    return Pattern(out, size, lambda unit: one((2 * unit + 1) * size // (2 * out)), first, last)


def one(tap: int) -> range:
    return range(tap, tap + 1)


def interpolated(step: Step) -> Pattern:
    """Unit u lies at (u + ½)·n/o − ½, or at u·(n − 1)/(o − 1) between the corners; a whole place is its one tap."""
    (out, size), reach = step.ratio, step.reach
    start, bottom = (0, out) if step.corners else (size - out, 2 * out)

    def taps(unit: int) -> range:
        first, rest = divmod(unit * size * (bottom // out) + start, bottom)
        return range(first - reach + 1, first + reach + 1) if rest else one(first)

    return Pattern(
        out, size, taps, divide(start + 1, bottom) - reach, divide(start - 1, bottom) + reach
    )  # fmt: skip


def adaptive(step: Step) -> Pattern:
    """Adaptive pooling: unit u sees ⌊u·n/o⌋ to ⌈(u + 1)·n/o⌉ − 1."""
    out, size = step.ratio
    return Pattern(
        out, size, lambda unit: range(unit * size // out, -(-(unit + 1) * size // out)),
        divide(1 - out, out), divide(size - 1, out),
    )  # fmt: skip


def shuffled(field: Field, step: Step) -> Field:
    """r units of the output lie in one of the input."""
    if step.size == 1:
        field = still(field)
    if not step.numbers:
        return lost(field, step.size, field.size, divide(field.stride, step.reach))
    return composed(field, nearest(step._replace(ratio=(step.reach, 1))), step.out)


class StepType(NamedTuple):
    """One way to see along an axis: how a field goes through it, and the formulas by which that is worked.

    r_in, j_in and a_in are size, stride and offset behind the layer's input; {reach} and {stride} the window's own
    formulas, {gap} reach less 1, {taps} the taps of an interpolation but one.
    The first formula that gives the value holds.
    """

    through: Callable[[Field, Step], Field]
    size: tuple[str, ...] = ()
    stride: tuple[str, ...] = ()
    offset: tuple[str, ...] = ()
    remark: str = ""  # a sentence of convcalc.render.working.words
    of_lost: bool = False  # says something of a lost field, too


ZOOMED = ("j_in/r", "j_in*n/o")
STEP_TYPES: dict[str, StepType] = {
    "point": StepType(lambda field, step: field),
    "slide": StepType(
        slid, ("r_in + {gap}*j_in",), ("j_in*{stride}",), ("a_in - p*j_in", "a_in - p_l*j_in")
    ),
    "shift": StepType(shifted, offset=("a_in - p_l*j_in", "a_in + p_l*j_in")),
    "whole": StepType(all_seen, ("r_in + (n - 1)*j_in",), remark="whole", of_lost=True),
    "scattered": StepType(scattered, of_lost=True),
    "picked": StepType(picked, of_lost=True),
    "blended": StepType(blended, of_lost=True),
    "gone": StepType(gone),
    "present": StepType(present),
    "spread": StepType(
        spread, ("r_in + (ceil({reach}/{stride}) - 1)*j_in",), ("j_in/{stride}",),
        ("a_in - floor(({gap} - p)/{stride})*j_in",), "resampled",
    ),
    "shuffle": StepType(shuffled, stride=("j_in/{stride}",)),
    "adaptive": StepType(
        resampled(adaptive, covers=True),
        ("r_in + (n/o - 1)*j_in", "r_in + floor(n/o)*j_in", "r_in + ceil(n/o)*j_in"), ("j_in*n/o",), remark="resampled",
    ),
    "nearest": StepType(resampled(nearest), stride=ZOOMED, remark="resampled"),
    "centred": StepType(resampled(centred), stride=ZOOMED, remark="resampled"),
    "interpolated": StepType(
        resampled(interpolated), ("r_in + j_in", "r_in + {taps}*j_in"), (*ZOOMED, "j_in*(n - 1)/(o - 1)"),
        tuple(
            f"a_in + {text.format(each)}*j_in"
            for each in ("1/r", "n/o") for text in ("floor(({} - 1)/2)", "(floor(({} - 1)/2) - {{beyond}})")
        ), "resampled",
    ),
}  # fmt: skip
INTERPOLATION = {  # by mode: the type of the step, and its taps on either side
    "nearest": ("nearest", 1), "nearest_exact": ("centred", 1), "area": ("adaptive", 1),
    "linear": ("interpolated", 1), "bilinear": ("interpolated", 1), "trilinear": ("interpolated", 1),
    "bicubic": ("interpolated", 2), "lanczos3": ("interpolated", 3), "lanczos5": ("interpolated", 5),
}  # fmt: skip
WINDOWED = frozenset(("slide", "shift", "whole", "spread", "shuffle", "adaptive", "resample"))  # take steps along axes
