"""What stands several times behind itself, said once."""

from __future__ import annotations

from collections.abc import Sequence

MAX_PERIOD = 64  # layers that are repeated together


def best_run(texts: Sequence[object], start: int) -> tuple[int, int]:
    """(period, times) of the repetition from a place on that saves the most; (1, 1) where there is none."""
    best = (1, 1)
    for period in range(1, min(MAX_PERIOD, (len(texts) - start) // 2) + 1):
        times, unit = 1, texts[start : start + period]
        while texts[start + times * period : start + (times + 1) * period] == unit:
            times += 1
        if period * (times - 1) > best[0] * (best[1] - 1):
            best = period, times
    return best


def folded_runs(texts: Sequence[str]) -> list[str]:
    """The items of a chain: `3 x relu`, `[conv 64 k3 -> relu]*2`."""
    found: list[str] = []
    place = 0
    while place < len(texts):
        period, times = best_run(texts, place)
        unit = texts[place : place + period]
        if times == 1:
            found.append(unit[0])
        elif period == 1:
            found.append(f"{times} x {unit[0]}")
        else:
            found.append(f"[{' -> '.join(folded_runs(unit))}]*{times}")
        place += period * times
    return found
