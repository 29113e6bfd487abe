"""Every combination of choices, small values first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import TypeVar

T = TypeVar("T")


def shells(choices: Sequence[Sequence[T]]) -> Iterator[tuple[int, tuple[T, ...]]]:
    """Every combination of choices after the place of its furthest: all of the first shell, then the second, …

    None of the shells is held in memory: there may be 10²⁴ combinations.
    """
    if not choices:
        yield 0, ()
        return
    if all(choices):
        for shell in range(max(map(len, choices))):
            for values in on_shell(choices, shell):
                yield shell, values


def on_shell(choices: Sequence[Sequence[T]], shell: int) -> Iterator[tuple[T, ...]]:
    """The combinations of which one at least is the choice at this place, and none is further."""
    first, others = choices[0], choices[1:]
    if any(len(other) > shell for other in others):
        for value in first[:shell]:
            yield from ((value, *rest) for rest in on_shell(others, shell))
    if len(first) > shell:
        yield from product(first[shell : shell + 1], *(other[: shell + 1] for other in others))
