"""The receptive field, exactly: every unit's interval of input pixels along one axis of the network's input.

Unit u = q·m + r sees the pixels lows[r] + q·T to highs[r] + q·T.  Convolutions and poolings keep the period m = 1;
up-sampling makes neighbours see different intervals, m in turn.  T = 0 means that every unit sees the same: the whole
input.  Nothing is cut off at the borders: a field may be larger than the image.  Where it cannot be told which unit
sees what, the field is lost, and claims no number that it does not know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import gcd
from typing import TYPE_CHECKING, Any, TypeAlias

from convcalc.algebra.expr import divide
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value

    Taps: TypeAlias = Callable[[int], Iterable[int]]  # the units of a layer's input that a unit of its output sees

MAX_PERIOD = 4096  # beyond it an interval that encloses them all replaces the exact ones
SAMPLE = 256  # units of such a pattern that are looked at


class Field(NamedTuple):
    """What the units along one axis see; a phase of None sees nothing (a gap between spread windows)."""

    lows: tuple[Any, ...]
    highs: tuple[Any, ...]
    advance: Any  # T, pixels from one period to the next
    aligned: bool = True  # False: branches whose centres or strides differ have met
    table: bool = False  # the phases are all the units there are, and need not repeat
    lost: int = 0  # where it was lost which unit sees what; the only phase, if any, is what all units see together
    extent: Any = None  # of a lost field: the largest of any unit, where that is known

    @property
    def period(self) -> int:
        return len(self.lows)

    @property
    def size(self) -> Any:
        """The largest extent of any unit, 0 where every one sees nothing, None where it cannot be told."""
        if self.lost:
            return self.extent
        if len(self.lows) == 1:
            return 0 if self.lows[0] is None else self.highs[0] - self.lows[0] + 1
        extents = [high - low + 1 for low, high in zip(self.lows, self.highs, strict=True) if low is not None]
        return greatest(extents) if extents else 0

    @property
    def stride(self) -> Any:
        """Input pixels between neighbouring units: a fraction after up-sampling, 0 where all see the same."""
        if self.lost or len(self.lows) == 1:
            return self.advance
        return divide(self.advance, len(self.lows))

    @property
    def offset(self) -> Any:
        """Left edge of the first unit that sees anything; below 0 it lies in the padding."""
        return None if self.lost else next((low for low in self.lows if low is not None), 0)

    @property
    def centre(self) -> Any:
        offset, size = self.offset, self.size
        return None if offset is None or size is None else offset + divide(size - 1, 2)

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


def still(field: Field) -> Field:
    """The field of an axis that has one cell: it has no neighbours."""
    if field.lost or field.advance == 0:
        return field
    return Field(field.lows[:1], field.highs[:1], 0, field.aligned)


def lost(field: Field, size: Value | None = None, extent: Any = None, stride: Any = None) -> Field:
    """Units of which it cannot be told which sees what; with a size, units 0 to size − 1 are what all see together."""
    together = whole(field, size) if size is not None else None
    if together is None or together.lost:
        return Field((), (), stride, field.aligned, lost=1, extent=extent)
    return together._replace(advance=stride, lost=1, extent=extent)


def whole(field: Field, size: Value) -> Field:
    """Every unit sees all that units 0 to size − 1 see together."""
    if field.lost:
        return field._replace(advance=0, lost=0, extent=None) if field.lows else field._replace(extent=None)
    if len(field.lows) == 1:
        if field.lows[0] is None:
            return field._replace(advance=0)
        return Field(field.lows, (field.highs[0] + (size - 1) * field.advance,), 0, field.aligned)
    if isinstance(size, int):
        units = {*range(min(size, field.period)), *range(max(0, size - field.period), size)}
        seen = [field.at(unit) for unit in units]
    else:
        rest = next((rest for rest in range(field.period) if multiple(size - rest, field.period) is not None), None)
        if rest is None:  # which phase is the last one depends on the size
            return lost(field)
        ahead = multiple(size - rest, field.period) * field.advance
        seen = [field.at(unit) for unit in range(field.period)]
        for low, high in map(field.at, range(rest - field.period, rest)):
            seen.append((low, high) if low is None else (low + ahead, high + ahead))
    lows, highs = ends([[pair for pair in seen if pair[0] is not None]])
    return Field(lows, highs, 0, field.aligned)


def multiple(size: Value, of: Value) -> Value | None:
    """size/of where that is a whole number for every value of the symbols, else None."""
    if isinstance(size, int) and isinstance(of, int):
        return None if size % of else size // of
    quotient = divide(size, of)
    return quotient if isinstance(quotient, int) or quotient == size // of else None


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
    return ends([[pair for pair in map(field.at, taps(unit)) if pair[0] is not None] for unit in range(units)])


def ends(seen: Iterable[list[tuple[Any, Any]]]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """The first and last pixels of units that see so many intervals each."""
    lows, highs = [], []
    for pairs in seen:
        lows.append(least([low for low, _ in pairs]) if pairs else None)
        highs.append(greatest([high for _, high in pairs]) if pairs else None)
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
