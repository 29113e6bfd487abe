"""The batch in a file that was exported with a number for it: where it is in a shape that is given in numbers."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

from convcalc.problem import problem
from convcalc.readers.trace import BATCH, Batch, Size


def shape_in_file(shape: Sequence[Size], batch: int | None) -> tuple[Any, ...]:
    """A shape as the file has it: with a number for the batch, where it has one."""
    if batch is None:
        return tuple(shape)
    return tuple(batch * size.factor if isinstance(size, Batch) else size for size in shape)


def new_shape(shape: Sequence[Size], wanted: Sequence[Any], batch: int | None) -> tuple[Size, ...]:
    """The shape that a reshape gives, with the batch where the numbers of an example remain together.

    In row-major order an axis begins after as many numbers as those before it hold: the batch stays where it begins.
    """
    sizes = shape_in_file(shape, batch)
    found = [sizes[axis] if size == 0 else size for axis, size in enumerate(wanted)]
    if batch is None or not any(isinstance(size, Batch) for size in shape):
        return tuple(found)
    if -1 in found:
        rest = prod(size for size in found if size != -1)
        found[found.index(-1)] = whole_part(prod(sizes), rest)
    if prod(found) != prod(sizes):
        shown = " and ".join("×".join(map(str, each)) for each in (sizes, found))
        raise problem("C015", f"{shown} do not hold as many numbers", "the shape is fixed in the file: use its input")
    own = next(axis for axis, size in enumerate(shape) if isinstance(size, Batch))
    axis = batch_axis(found, prod(sizes[:own]), sizes[own], batch)
    if axis is None:
        return tuple(found)
    factor = whole_part(found[axis], batch)
    return (*found[:axis], BATCH if factor == 1 else Batch(factor), *found[axis + 1 :])


def batch_axis(sizes: Sequence[Any], before: Any, held: Any, batch: int) -> int | None:
    """The axis that holds the batch, which is among so many numbers that begin behind so many others.

    Between two axes it belongs to either: never to the last, whose numbers are the features of an example.
    """
    reached = [prod(sizes[:axis]) for axis in range(len(sizes))]
    beginning = [axis for axis, numbers in enumerate(reached) if numbers == before]
    together = 1
    for axis in range(beginning[0], len(sizes)) if beginning else ():
        together *= sizes[axis]
        if together > held if isinstance(together, int) and isinstance(held, int) else together != held:
            break
        if sizes[axis] == batch:
            return axis
    if beginning:
        equal = [axis for axis in beginning if sizes[axis] == held]
        return equal[0] if equal else beginning[-1] - (0 < beginning[-1] == len(sizes) - 1)
    inside = [axis for axis, numbers in enumerate(reached) if isinstance(numbers, int) and numbers < before]
    return inside[-1] if inside else None


def whole_part(number: Any, divisor: Any) -> Any:
    """The quotient of two sizes; a Problem where it is not whole."""
    if isinstance(number, int) and isinstance(divisor, int):
        if not divisor or number % divisor:
            raise problem("C015", f"{number} cannot be divided into parts of {divisor}", "export the network again")
        return number // divisor
    return number / divisor
