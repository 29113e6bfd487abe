"""The receptive field, exactly: every unit's interval of input pixels along one axis of the network's input.

Unit u = q·m + r sees the pixels lows[r] + q·T to highs[r] + q·T.  Convolutions and poolings keep the period m = 1;
up-sampling makes neighbours see different intervals, m in turn.  T = 0 means that every unit sees the same: the whole
input.  Of steps that see all before them only the highs advance: such a field grows.  Nothing is cut off at the
borders: a field may be larger than the image.  Where a period is too long to be gone through, an interval encloses what
each unit sees: its ends are fractions, between which the whole pixels lie.  Where it cannot be told which unit sees
what, the field is lost, and claims no number that it does not know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import reduce
from math import gcd
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import divide, extremum, is_fraction
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value

MAX_PERIOD = 4096  # beyond it an enclosing interval replaces the exact ones


class Field(NamedTuple):
    """What the units along one axis see; a phase of None sees nothing (a gap between spread windows)."""

    lows: tuple[Any, ...]
    highs: tuple[Any, ...]
    advance: Any  # T, pixels from one period to the next
    aligned: bool = True  # False: branches whose centres or strides differ have met
    table: bool = False  # the phases are all the units there are, and need not repeat
    lost: int = 0  # where it was lost which unit sees what; the only phase, if any, is what all units see together
    extent: Any = None  # of a lost field or a rough one: the largest of any unit, where that is known
    rough: bool = False  # encloses what units see, instead of telling it
    grows: bool = False  # every unit sees from the first pixel of all on: the lows, all alike, do not advance

    @property
    def period(self) -> int:
        return len(self.lows)

    @property
    def size(self) -> Any:
        """The largest extent of any unit, 0 where every one sees nothing, None where it cannot be told.

        That of a field that grows is only known with the number of its units, see `of_units`.
        """
        if self.lost or self.grows or self.extent is not None:
            return self.extent
        if len(self.lows) == 1:
            if self.lows[0] is None:
                return 0
            last = self.highs[0] - self.lows[0]
            return (whole_pixels(0, last)[1] if self.rough else last) + 1
        extents = [high - low + 1 for low, high in zip(self.lows, self.highs, strict=True) if low is not None]
        return extremum("max", *extents) if extents else 0

    @property
    def stride(self) -> Any:
        """Input pixels between neighbouring units: a fraction after up-sampling, 0 where all see the same."""
        return self.advance if self.lost or len(self.lows) == 1 else divide(self.advance, len(self.lows))

    @property
    def offset(self) -> Any:
        """Left edge of the first unit that sees anything; below 0 it lies in the padding."""
        if self.lost:
            return None
        first = next((low for low in self.lows if low is not None), 0)
        return whole_pixels(first, first + 1)[0] if self.rough else first

    @property
    def centre(self) -> Any:
        """The middle of what the first unit sees, None where that cannot be told."""
        middle = self.middle
        return divide(middle.top, 2) if isinstance(middle, Half) else middle

    @property
    def middle(self) -> Any:
        """The centre, an odd number of halves as a `Half`."""
        return middle_of(self.size, self.offset)

    @property
    def rise(self) -> Any:
        """Pixels by which the first one of a unit advances from one period to the next."""
        return 0 if self.grows else self.advance

    def at(self, unit: int) -> tuple[Any, Any]:
        """First and last pixel that a unit sees, (None, None) where it sees nothing."""
        turn, phase = divmod(unit, len(self.lows))
        low = self.lows[phase]
        if low is None:
            return None, None
        first, last = low, self.highs[phase]
        if turn:  # where all units are listed, T may be no whole number
            first, last = low + turn * self.rise, last + turn * self.advance
        return whole_pixels(first, last) if self.rough else (first, last)

    def of_units(self, units: Any) -> Field:
        """The same, as large as what these many units see: fewer than a period need not include the largest."""
        if self.grows:
            return self._replace(extent=self.whole(units).size)
        if self.lost or self.table or not isinstance(units, int) or units >= self.period:
            return self
        return self._replace(extent=Field(self.lows[:units], self.highs[:units], 0).size)

    def still(self) -> Field:
        """The field of an axis that has one cell: it has no neighbours."""
        if self.lost or self.advance == 0:
            return self
        low, high = self.at(0)
        return Field((low,), (high,), 0, self.aligned)

    def whole(self, size: Value) -> Field:
        """Every unit sees all that units 0 to size − 1 see together."""
        if self.lost:
            return self._replace(advance=0, lost=0, extent=None) if self.lows else self._replace(extent=None)
        if len(self.lows) == 1:
            if self.lows[0] is None:
                return self._replace(advance=0)
            low, high = whole_pixels(self.lows[0], self.highs[0] + (size - 1) * self.advance)
            return Field((low,), (high,), 0, self.aligned)
        if isinstance(size, int):
            units = {*range(min(size, self.period)), *range(max(0, size - self.period), size)}
            seen = [self.at(unit) for unit in units]
        else:
            rest = next((rest for rest in range(self.period) if multiple(size - rest, self.period) is not None), None)
            if rest is None:  # which phase is the last one depends on the size
                return lost_field(self)
            ahead = multiple(size - rest, self.period) * self.advance
            seen = [self.at(unit) for unit in range(self.period)]
            for low, high in map(self.at, range(rest - self.period, rest)):
                seen.append((low, high) if low is None else (low if self.grows else low + ahead, high + ahead))
        low, high = seen_together(seen)
        return Field((low,), (high,), 0, self.aligned)

    def shortest_pattern(self) -> Field:
        """The same field with the shortest period that tells it."""
        for shorter in range(1, self.period // 2 + 1):
            if self.period % shorter == 0:
                advance = divide(self.advance * shorter, self.period)
                found = self._replace(lows=self.lows[:shorter], highs=self.highs[:shorter], advance=advance)
                if all(found.at(unit) == self.at(unit) for unit in range(shorter, self.period)):
                    return found
        return self

    def hull(self) -> Field:
        """A field of period 1 that encloses every phase of this one."""
        if self.rough or self.lost:
            return self
        period, stride = self.period, self.stride
        low, high = seen_together(
            (low * period - unit * self.rise, high * period - unit * self.advance)
            for unit, (low, high) in enumerate(zip(self.lows, self.highs, strict=True))
            if low is not None
        )
        if low is None:
            return Field((None,), (None,), stride, self.aligned)
        found = enclosure(divide(low, period), divide(high, period), stride, self.aligned, self.size)
        return found._replace(grows=self.grows)


class Half(NamedTuple):
    """An odd number of halves: fractions take longer to import than a table to write."""

    top: int

    def __str__(self) -> str:
        return f"{self.top}/2"


class Pattern(NamedTuple):
    """Which units of a layer's input those of its output see; it repeats after some units, some inputs further on."""

    units: int
    moved: int
    taps: Callable[[int], range]
    first: Any  # unit u sees units u·moved/units + first to u·moved/units + last, and none beyond them
    last: Any

    def of_blocks(self, size: int) -> Pattern:
        """The same of blocks of so many units, each of which sees those in its place in other blocks."""
        if size == 1:
            return self
        ahead = divide((size - 1) * (self.units - self.moved), self.units)  # of the last place in a block

        def taps(unit: int) -> range:
            seen, place = self.taps(unit // size), unit % size
            return range(seen.start * size + place, seen.stop * size + place, seen.step * size)

        first, last = self.first * size + min(0, ahead), self.last * size + max(0, ahead)
        return Pattern(self.units * size, self.moved * size, taps, first, last)


START = Field((0,), (0,), 1)
NOTHING = Field((None,), (None,), 0)  # of numbers that the network holds itself


def middle_of(size: Any, offset: Any) -> Any:
    """The middle of so many pixels from an offset on, None where either cannot be told."""
    if size is None or offset is None:
        return None
    twice = 2 * offset + size - 1
    return Half(twice) if isinstance(twice, int) and twice % 2 else divide(twice, 2)


def whole_pixels(low: Any, high: Any) -> tuple[Any, Any]:
    """The first and the last pixel between two ends, (None, None) where there is none."""
    first, last = (-(-low // 1) if is_fraction(low) else low), (high // 1 if is_fraction(high) else high)
    return (None, None) if isinstance(first, int) and isinstance(last, int) and first > last else (first, last)


def lost_field(field: Field, size: Value | None = None, extent: Any = None, stride: Any = None) -> Field:
    """Units of which it cannot be told which sees what; with a size, units 0 to size − 1 are what all see together."""
    together = field.whole(size) if size is not None else None
    if together is None or together.lost:
        return Field((), (), stride, field.aligned, lost=1, extent=extent)
    return together._replace(advance=stride, lost=1, extent=extent)


def multiple(size: Value, of: Value) -> Value | None:
    """size/of where that is a whole number for every value of the symbols, else None."""
    if isinstance(size, int) and isinstance(of, int):
        return None if size % of else size // of
    quotient = divide(size, of)
    return quotient if isinstance(quotient, int) or quotient == size // of else None


def compose(field: Field, pattern: Pattern, out: Any = None) -> Field:
    """The field of a layer with so many units, which sees its input in a pattern."""
    units, moved = pattern.units, pattern.moved
    turns = field.period // gcd(field.period, moved)  # until both patterns repeat
    period = units * turns
    if not field.rough:
        if period <= MAX_PERIOD and not field.table:
            lows, highs = seen_by(field, pattern.taps, period)
            advance = divide(field.advance * moved * turns, field.period)
            return Field(lows, highs, advance, field.aligned, grows=field.grows).shortest_pattern()
        if isinstance(out, int) and out <= MAX_PERIOD:  # shorter than its own pattern: every unit there is
            lows, highs = seen_by(field, pattern.taps, out)
            return Field(lows, highs, divide(field.advance * moved * out, field.period * units), field.aligned, True)
    if field.grows:
        return lost_field(field)
    around, stride = field.hull(), divide(field.stride * moved, units)
    if around.lows[0] is None:
        return around._replace(advance=stride)
    span = (pattern.last - pattern.first) // 1
    extent = field.size if not span else None
    if span and field.period == 1 and not field.rough:
        extent = field.size + span * field.advance
    return enclosure(
        around.lows[0] + pattern.first * around.advance,
        around.highs[0] + pattern.last * around.advance,
        stride,
        field.aligned,
        extent,
    )


def seen_by(field: Field, taps: Callable[[int], range], units: int) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """The lows and highs of the first units behind a layer.

    What 2ⁿ taps in a row see is what two rows of half as many see, and is kept for every phase.
    """
    period, advance, rise = field.period, field.advance, field.rise
    levels = [list(zip(field.lows, field.highs, strict=True))]

    def row(first: int, gap: int, doublings: int) -> tuple[Any, Any]:
        while len(levels) <= doublings:
            halves, ahead = levels[-1], gap << len(levels) - 1
            levels.append([both(near, row(phase + ahead, gap, len(levels) - 1)) for phase, near in enumerate(halves)])
        turn, phase = divmod(first, period)
        low, high = levels[doublings][phase]
        return (low, high) if low is None or not turn else (low + turn * rise, high + turn * advance)

    lows, highs = [], []
    for unit in range(units):
        seen = taps(unit)
        low = high = None
        if seen:
            first, gap, last = seen.start, seen.step, seen[-1]
            # The taps that are extreme are among those of one period at either end.
            doublings = min(((last - first) // gap + 1).bit_length() - 1, period.bit_length())
            low, high = row(first, gap, doublings)
            if (start := last - gap * ((1 << doublings) - 1)) != first:
                low, high = both((low, high), row(start, gap, doublings))
        lows.append(low)
        highs.append(high)
    return tuple(lows), tuple(highs)


def both(one: tuple[Any, Any], other: tuple[Any, Any]) -> tuple[Any, Any]:
    """What two units see together."""
    (low, high), (first, last) = one, other
    if low is None or first is None:
        return other if low is None else one
    try:
        return (low if low < first else first), (high if high > last else last)
    except TypeError:  # symbols have no order
        return extremum("min", low, first), extremum("max", high, last)


def seen_together(pairs: Iterable[tuple[Any, Any]]) -> tuple[Any, Any]:
    """What several units see together."""
    return reduce(both, pairs, (None, None))


def enclosure(low: Any, high: Any, stride: Any, aligned: bool, extent: Any = None) -> Field:
    """One interval for all units; where the stride is whole, so are its ends."""
    if is_fraction(stride):
        stride = divide(stride.numerator, stride.denominator)
    if isinstance(stride, int):
        low, high = whole_pixels(low, high)
    return Field((low,), (high,), stride, aligned, extent=extent, rough=stride != 0)
