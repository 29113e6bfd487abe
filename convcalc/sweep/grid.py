"""The part of a grid that is looked at: all of it, one of several equal parts, or points drawn at random."""

from __future__ import annotations

from math import prod
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from convcalc.sweep.question import SweepQuestion


def part_of_grid(question: SweepQuestion) -> range:
    """The places of a part, in a row; those of all parts together are the grid."""
    part, parts = question.shard
    return range(question.size * (part - 1) // parts, question.size * part // parts)


def places(question: SweepQuestion) -> Sequence[int]:
    """The places looked at, in their order."""
    part = part_of_grid(question)
    return part if question.sample is None else draw(part, question.sample, question.seed)


def draw(part: range, number: int, seed: int) -> Sequence[int]:
    """So many different places at random, sorted; all where there are no more."""
    size = part.stop - part.start
    if number >= size:
        return part
    generator = Random(seed)
    if size < 2 * number:
        return sorted(generator.sample(part, number))
    chosen: set[int] = set()
    while len(chosen) < number:
        chosen.add(generator.randrange(part.start, part.stop))
    return sorted(chosen)


def boxes(sizes: list[int], start: int, stop: int) -> Iterator[list[range]]:
    """Places in a row as parts that have any value of some for each axis, in their order."""
    if start >= stop:
        return
    if not sizes:
        yield []
        return
    stride = prod(sizes[1:])
    first, last = -(-start // stride), stop // stride
    if first > last:  # within one value of the first axis
        yield from (
            [range(last, last + 1), *rest] for rest in boxes(sizes[1:], start - last * stride, stop - last * stride)
        )
        return
    if start < first * stride:
        value = first - 1
        yield from ([range(value, first), *rest] for rest in boxes(sizes[1:], start - value * stride, stride))
    if first < last:
        yield [range(first, last), *(range(size) for size in sizes[1:])]
    if last * stride < stop:
        yield from ([range(last, last + 1), *rest] for rest in boxes(sizes[1:], 0, stop - last * stride))
