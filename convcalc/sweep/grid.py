"""The part of a grid that is looked at: all of it, one of several equal parts, or points drawn at random."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import prod
from random import Random
from typing import Any

from convcalc.problem import problem
from convcalc.sweep.question import Axis, SweepQuestion

MAX_LOOPS = 16  # one in another: Python has no more than twenty
MAX_JOINED = 100_000  # values of axes that are joined to have no more loops


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


def in_few_loops(axes: Sequence[Axis], entries: Sequence[list[tuple[Any, ...]]]) -> tuple[list[Axis], list[Any]]:
    """The axes, with an offset and values for each of their points; neighbours with few are joined where they are many.

    A Problem where even then there are more than loops can stand in another.
    """
    axes, entries = list(axes), list(entries)
    while len(axes) > MAX_LOOPS:
        sizes = [len(one) * len(other) for one, other in pairwise(entries)]
        place = sizes.index(min(sizes))
        if sizes[place] > MAX_JOINED:
            raise problem("U008", f"too many names have several values: {len(axes)}", "fewer --over, or fewer values")
        both = slice(place, place + 2)
        one, other = axes[both]
        entries[both] = [[(a + b, *mine, *theirs) for a, *mine in entries[place] for b, *theirs in entries[place + 1]]]
        axes[both] = [Axis((*one.names, *other.names), tuple(entry[1:] for entry in entries[place]))]
    return axes, entries
