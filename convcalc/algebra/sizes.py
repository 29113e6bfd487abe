"""Sets of sizes that repeat: some small numbers, and from a start on those with certain remainders modulo a period."""

from __future__ import annotations

from collections.abc import Callable
from math import gcd, lcm

from convcalc.tuples import NamedTuple


class Sizes(NamedTuple):
    """Positive integers: those in `some`, all below `start`, and from there on those with one of the remainders."""

    some: frozenset[int]
    start: int
    period: int
    remainders: frozenset[int]

    def __contains__(self, size: object) -> bool:
        if not isinstance(size, int) or size < 1:
            return False
        return size in self.some if size < self.start else size % self.period in self.remainders

    def first_size_from(self, least: int) -> int | None:
        """The first size in the set from `least` on."""
        begin = max(least, self.start)
        later = (begin + (remainder - begin) % self.period for remainder in self.remainders)
        return min((*(size for size in self.some if size >= least), *later), default=None)

    @property
    def is_all(self) -> bool:
        return self == EVERY

    @property
    def is_none(self) -> bool:
        return not self.some and not self.remainders

    @property
    def residue(self) -> int | None:
        """The one remainder that every size in the set has modulo the period; None where there is no such."""
        if len(self.remainders) != 1 or self.period == 1:
            return None
        (only,) = self.remainders
        return only if all(size % self.period == only for size in self.some) else None

    def in_words(self, names: str, several: bool = False) -> str:
        """`H is a multiple of 16`, `H and W = 0 or 1 mod 4`, `H is at least 32`, `H = 572 to 587`."""
        if self.is_none:
            return f"{names} {'have' if several else 'has'} no such size"
        verb = "are" if several else "is"
        if not self.remainders:
            return f"{names} {'are each' if several else ''}{' ' if several else '= '}{runs(sorted(self.some))}"
        if len(self.remainders) == self.period:
            least = f"at least {self.start:,}"
            return f"{names} {verb} {f'{runs(sorted(self.some))}, or ' if self.some else ''}{least}"
        words = remainders_in_words(self.period, sorted(self.remainders), names, several)
        first = self._replace(some=frozenset()).first_size_from(self.start)
        assert first is not None  # it has remainders
        usual = min(remainder or self.period for remainder in self.remainders)
        if self.some:
            return f"{words} from {first:,} on, or {'are' if several else 'is'} {runs(sorted(self.some))}"
        return words if first == usual else f"{words}, at least {first:,}"


EVERY = Sizes(frozenset(), 1, 1, frozenset((0,)))


def remainders_in_words(period: int, remainders: list[int], names: str, several: bool) -> str:
    """What the remainders come to in words."""
    verb = "are" if several else "is"
    if remainders == [0]:
        plural = "multiples" if several else "a multiple"
        return f"{names} {verb} even" if period == 2 else f"{names} {verb} {plural} of {period:,}"
    if period == 2:
        return f"{names} {verb} odd"
    return f"{names} = {runs(remainders)} mod {period:,}"


def runs(numbers: list[int]) -> str:
    """`0 to 7`, `3, 5 or 9 to 12`."""
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    parts: list[str] = []
    for low, high in found:
        if high - low > 1:
            parts.append(f"{low:,} to {high:,}")
        else:
            parts += [f"{number:,}" for number in range(low, high + 1)]
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} or {parts[-1]}"


def sizes_from(first: int) -> Sizes:
    """All sizes from one on."""
    return Sizes(frozenset(), first, 1, frozenset((0,)))


def sizes_where(holds: Callable[[int], bool], start: int, period: int) -> Sizes:
    """The sizes for which something holds that repeats from `start` on, in the shortest form."""
    some = {size for size in range(1, start) if holds(size)}
    remainders = {size % period for size in range(start, start + period) if holds(size)}
    return reduce_sizes(some, start, period, remainders)


def reduce_sizes(some: set[int], start: int, period: int, remainders: set[int]) -> Sizes:
    """The same set of sizes with the least period and the least start."""
    step = period // gcd(period, len(remainders))  # a shorter period has as many of the remainders in each turn
    for shorter in range(step, period, step):
        if period % shorter == 0 and all(
            ((remainder + shorter) % period in remainders) == (remainder in remainders) for remainder in range(period)
        ):
            period, remainders = shorter, {remainder % shorter for remainder in remainders}
            break
    if not (some and remainders):
        last = [start - 1 - (start - 1 - remainder) % period for remainder in remainders]
        start = max(0, *some, *last) + 1 if some or last else 1
    while start > 1 and ((start - 1) in some) == ((start - 1) % period in remainders):
        start -= 1
        some.discard(start)
    return Sizes(frozenset(some), start, period, frozenset(remainders))


def intersection(first: Sizes, second: Sizes) -> Sizes:
    """The sizes that are in both sets."""
    if second.is_all or first == second:
        return first
    period = lcm(first.period, second.period)
    early, late = sorted((first, second), key=lambda each: each.start)
    some = {size for size in late.some if size in early}
    short, long = sorted((first, second), key=lambda each: each.period)
    remainders = {
        rest
        for lowest in long.remainders
        for rest in range(lowest, period, long.period)
        if rest % short.period in short.remainders
    }
    return reduce_sizes(some, late.start, period, remainders)
