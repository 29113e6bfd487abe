"""Axes: round numbers to mark them at, and how these are written."""

from __future__ import annotations

from convcalc.render.script import COUNTS

ROUND = (1, 2, 5)
MOST_DECADES = 4  # of a logarithmic axis on which 2 and 5 have room beside 1


def linear_ticks(most: int, count: int = 5) -> list[int]:
    """Multiples of 1, 2 or 5 times a power of ten from 0 to `most`, about so many."""
    power = 1
    while True:
        for digit in ROUND:
            step = digit * power
            if step * count >= most:
                return list(range(0, most + 1, step))
        power *= 10


def log_ticks(least: int, most: int) -> list[int]:
    """1, 2 and 5 times powers of ten between two numbers, or the powers only where there are many."""
    found = []
    power = 1
    digits = ROUND if most < least * 10**MOST_DECADES else (1,)
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
