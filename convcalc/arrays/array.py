"""An array of exact numbers: its shape, and its numbers row by row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any, TypeAlias

from convcalc.algebra.expr import divide
from convcalc.algebra.notation import decimal, to_tree
from convcalc.problem import problem
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Number
    from convcalc.layers import Shape

    Real: TypeAlias = Number | float  # exact, but for what an exponential has given
    Place: TypeAlias = tuple[int, ...]


class Array(NamedTuple):
    shape: tuple[int, ...]
    numbers: tuple[Any, ...]

    def number_of_place(self, place: Place) -> int:
        """How many numbers are before a place."""
        index = 0
        for size, coordinate in zip(self.shape, place, strict=True):
            index = index * size + coordinate
        return index

    def at(self, place: Place) -> Real:
        return self.numbers[self.number_of_place(place)]  # type: ignore[no-any-return]

    def places(self) -> Iterator[Place]:
        return product(*map(range, self.shape))

    def nested(self) -> Any:
        """The numbers as lists in lists."""
        found: list[Any] = list(self.numbers)
        for size in reversed(self.shape[1:]):
            found = [found[start : start + size] for start in range(0, len(found), size)]
        return found

    def reshaped(self, *shape: int) -> Array:
        return Array(shape, self.numbers)

    def parts(self) -> list[Array]:
        """The arrays along its first axis."""
        rest = self.shape[1:]
        size = prod(rest)
        return [Array(rest, self.numbers[start : start + size]) for start in range(0, len(self.numbers), size)]

    def flipped(self, axes: int) -> Array:
        """Turned by half a circle: the order reversed along so many of the last axes."""
        if axes == 0:
            return self
        size = prod(self.shape[len(self.shape) - axes :])
        numbers = self.numbers
        turned = [numbers[start : start + size][::-1] for start in range(0, len(numbers), size)]
        return Array(self.shape, tuple(number for part in turned for number in part))


def stack(arrays: Sequence[Array], axis: int = 0) -> Array:
    """Arrays of one shape along a new axis."""
    shape = arrays[0].shape
    stacked = (*shape[:axis], len(arrays), *shape[axis:])
    places = product(*map(range, stacked))
    return Array(stacked, tuple(arrays[place[axis]].at((*place[:axis], *place[axis + 1 :])) for place in places))


def whole_shape(shape: Shape) -> tuple[int, ...]:
    """A shape in numbers; a Problem where it has letters."""
    found = tuple(size for size in shape if isinstance(size, int))
    if len(found) < len(shape):
        message = f"{shape_text(shape)} has letters, and arrays are of numbers"
        raise problem("A008", message, "a number for each letter of the layer")
    return found


def shape_text(shape: Iterable[object]) -> str:
    return "×".join(map(str, shape)) or "1"


def mean_and_variance(numbers: Sequence[Any]) -> tuple[Any, Any]:
    mean = divide(sum(numbers), len(numbers))
    return mean, divide(sum((number - mean) ** 2 for number in numbers), len(numbers))


SEPARATORS = (" ", "; ", " | ", " || ")  # between numbers, rows, channels and filters


def array_line(array: Array) -> str:
    """An array as it can be read again, `1 2; 3 4`, in decimals where they are exact."""
    if not array.shape:
        return decimal(to_tree(array.numbers[0])) or str(array.numbers[0])
    parts = [array_line(part) for part in array.parts()]
    return SEPARATORS[min(len(array.shape), len(SEPARATORS)) - 1].join(parts)
