"""Round numbers to mark an axis at: 1, 2 or 5 times a power of ten."""

from __future__ import annotations

DIGITS = (1, 2, 5)


def round_step(span: float, most: int) -> int:
    """The smallest round number of which at most so many fit into a span."""
    power = 1
    while True:
        for digit in DIGITS:
            if span <= digit * power * most:
                return digit * power
        power *= 10


def linear_ticks(most: int, count: int = 5) -> list[int]:
    """Multiples of a round number from 0 to `most`, about so many."""
    return list(range(0, most + 1, round_step(most, count)))


def log_ticks(least: float, most: float, digits: tuple[int, ...] = DIGITS) -> list[int]:
    """These digits times powers of ten, from one number to another."""
    found = []
    power = 1
    while power <= most:
        found += [digit * power for digit in digits if least <= digit * power <= most]
        power *= 10
    return found
