"""A tensor of a trace: its whole shape, as its framework writes it, with the batch among its sizes."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from convcalc.algebra.expr import is_symbolic
from convcalc.layers.case import product
from convcalc.problem import Diagnostic, problem
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers import Shape


class Batch(NamedTuple):
    """A size that is so many times the batch, whatever that is."""

    factor: Value = 1


Size: TypeAlias = "Value | Batch"
BATCH = Batch()


def factor_of(size: Size) -> Value:
    """How much of an axis is of one example."""
    return size.factor if isinstance(size, Batch) else size


class Tensor:
    """What a layer gives, or an input: its shape as the framework writes it, and the name of where it comes from."""

    __slots__ = ("broken", "channels", "constant", "doubtful", "merging", "name", "on_map", "product", "shape")

    def __init__(self, name: str, shape: Sequence[Size], on_map: bool = False, channels: int = 0):
        self.name, self.shape = name, tuple(shape)
        self.on_map, self.channels = on_map, channels  # as `Applied` has them
        self.constant = False  # the network holds it, and computes nothing
        self.broken = False  # a layer before it does not fit
        self.doubtful: frozenset[int] = frozenset()  # the axes that layers see whose sizes that leaves in doubt
        self.merging: Diagnostic | None = None  # what to tell once a layer takes all examples of a batch for one
        self.product = ""  # of a map that was flattened, its sizes: 16·4·4 = 256

    @property
    def batch(self) -> int | None:
        """The axis that is the batch and nothing else."""
        return next((axis for axis, size in enumerate(self.shape) if size == BATCH), None)

    @property
    def is_merged(self) -> bool:
        """Whether the first axis holds several of each example."""
        return bool(self.shape) and isinstance(self.shape[0], Batch) and self.shape[0] != BATCH

    @property
    def sizes(self) -> Shape:
        """The shape that layers see."""
        return seen_sizes(self.shape)

    def axis(self, index: int) -> int:
        """The number by which layers know an axis: 1 is the first of those they see, 0 the batch."""
        index %= len(self.shape)
        if self.batch is None:
            return index + 1
        return 0 if index == self.batch else index + (index < self.batch)


def all_axes(sizes: Sequence[object]) -> frozenset[int]:
    return frozenset(range(len(sizes)))


def seen_sizes(shape: Sequence[Size]) -> Shape:
    """A shape as layers see it: without the batch, of which an axis may keep a multiple; of one number (1,)."""
    return tuple(factor_of(size) for size in shape if size != BATCH) or (1,)


def with_batch(output: Shape, inputs: Sequence[Tensor]) -> tuple[Size, ...]:
    """The shape of an output with the batch where an input has it, or in the axis that is a multiple of it."""
    for tensor in inputs:
        if tensor.batch is not None:
            place = min(tensor.batch, len(output))
            return (*output[:place], BATCH, *output[place:])
        for axis, size in enumerate(tensor.shape):
            if isinstance(size, Batch) and axis < len(output) and output[axis] == size.factor:
                return (*output[:axis], Batch(size.factor), *output[axis + 1 :])
    return output


def fill_sizes(shape: Sequence[Size], wanted: Sequence[Size]) -> tuple[Size, ...]:
    """The wanted sizes with −1 worked out; a Problem where they do not hold as many numbers an example."""
    factors, asked = list(map(factor_of, shape)), list(map(factor_of, wanted))
    has_batch, says_batch = (any(isinstance(size, Batch) for size in sizes) for sizes in (shape, wanted))
    open_axes = [axis for axis, size in enumerate(asked) if size == -1 and not isinstance(wanted[axis], Batch)]
    if len(open_axes) > 1:
        raise problem("C015", "only one size may be -1")
    numbers = product(factors)
    found = list(wanted)
    if open_axes:
        rest = product(size for axis, size in enumerate(asked) if axis != open_axes[0])
        left = quotient(numbers, rest)
        if left is None:
            if not says_batch and has_batch:  # view(-1, 400): the rest is to be the batch
                found[open_axes[0]] = BATCH
                return tuple(found)
            shown = " × ".join(map(format, (size for size in asked if size != -1)))
            raise problem("C015", f"{numbers} numbers an example cannot be divided into {shown}")
        is_settled = isinstance(left, int) or divisors_of(left) <= {1}
        if says_batch or not has_batch:
            found[open_axes[0]] = left
        else:  # what does not come out even is to be a condition, and the rest the batch
            found[open_axes[0]] = Batch(left) if is_settled else BATCH
    elif has_batch and not says_batch:  # view(1, 400)
        raise problem("C015", "the batch is not among the new sizes", "-1 in place of the first")
    return tuple(found)


def divisors_of(size: Value) -> set[int]:
    """What the terms of a symbolic size are divided by."""
    return {Fraction(number).denominator for number in size.terms.values()} if is_symbolic(size) else {1}


def quotient(number: Value, divisor: Value) -> Value | None:
    """How often a number of cells goes into another; None where it does not."""
    if isinstance(number, int) and isinstance(divisor, int):
        return None if not divisor or number % divisor else number // divisor
    found = number / divisor
    return found if is_symbolic(found) or isinstance(found, int) else None
