"""Round numbers to mark an axis at, as they are written, and logarithmic scales."""

from __future__ import annotations

from collections.abc import Iterable
from math import log10

from convcalc.render.script import COUNTS
from convcalc.tuples import NamedTuple

DIGITS = (1, 2, 5)


def round_step(span: float, most: int) -> int:
    """The smallest round number of which at most so many fit into a span."""
    power = 1
    while True:
        for digit in DIGITS:
            if span <= digit * power * most:
                return digit * power
        power *= 10


def linear_ticks(most: int) -> list[int]:
    """Multiples of a round number from 0 to `most`, about five."""
    return list(range(0, most + 1, round_step(most, 5)))


def log_ticks(least: float, most: float, digits: tuple[int, ...] = DIGITS) -> list[int]:
    """These digits times powers of ten, from one number to another."""
    found = []
    power = 1
    while power <= most:
        found += [digit * power for digit in digits if least <= digit * power <= most]
        power *= 10
    return found


def tick_text(number: int, units: tuple[str, ...] = COUNTS) -> str:
    """A round number with its unit: 500 k, 2 M."""
    power = 0
    while number and number % 1000 == 0 and power + 1 < len(units):
        number, power = number // 1000, power + 1
    return f"{number:,} {units[power]}".rstrip()


class NamedAxis(NamedTuple):
    """What an axis is called, as a title and within a sentence, where it shows no quantity."""

    title: str
    word: str
    in_bytes: bool = False


class LogScale(NamedTuple):
    """Positive numbers along a line, as their logarithms."""

    start: float
    stop: float
    low: float  # logarithms of the numbers at both ends
    high: float

    def place(self, number: int) -> float:
        return self.start + (self.stop - self.start) * (log10(number) - self.low) / (self.high - self.low)

    def ticks(self, room: float) -> list[int]:
        """1, 2 and 5 times powers of ten where these lie so far apart, else the powers."""
        gap = log10(2) * abs(self.stop - self.start) / (self.high - self.low)
        return log_ticks(10**self.low, 10**self.high, DIGITS if gap >= room else (1,))


def log_scale(numbers: Iterable[int], start: float, stop: float) -> LogScale:
    """A scale with some room beside the least and the greatest number."""
    logs = [log10(number) for number in numbers]
    low, high = min(logs), max(logs)
    room = max(0.08 * (high - low), 0.2)
    return LogScale(start, stop, low - room, high + room)
