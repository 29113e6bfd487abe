"""Small arrays of numbers, as numpy has them, and what is done with every number of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from convcalc.readers.python.builtin_names import BUILTINS
from convcalc.readers.python.operators import unary
from convcalc.readers.python.values import Foreign, Native, Opaque

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.spec import Place

LISTS = (list, tuple, range)


class NumberArray(Foreign):
    """An array of numbers, as nested lists."""

    __slots__ = ("values",)
    called = "an array"

    def __init__(self, values: list[Any]):
        self.values = values

    def attribute(self, name: str, run: Run, place: Place) -> Any:
        match name:
            case "shape":
                return shape_of(self.values)
            case "ndim":
                return len(shape_of(self.values))
            case "size":
                return math.prod(shape_of(self.values))
        from convcalc.readers.python.standard.numpy import METHODS

        rule = METHODS.get(name)
        if rule is None:
            return run.opaque(f"{name} of an array is not read", place, name)
        return Native(name, lambda run, place, *args, **kwargs: rule(run, place, self, *args, **kwargs))

    def item(self, index: Any, run: Run, place: Place) -> Any:
        if type(index) is tuple and index:
            first = self.item(index[0], run, place)
            return run.item(first, index[1:], place) if index[1:] else first
        if type(index) in (int, slice):
            return as_value(run.item(self.values, index, place))
        return Opaque("this choice of an array's elements is not read", place)

    def set_item(self, index: Any, value: Any, run: Run, place: Place) -> None:
        """Put a number at its place; which numbers an array has after any other choice of them is not known."""
        *outer, last = index if type(index) is tuple and index else (index,)
        if (
            type(last) is int
            and len(outer) + 1 == len(shape_of(self.values))
            and all(type(each) is int for each in outer)
        ):
            row = plain(self.item(tuple(outer), run, place), run, place) if outer else self.values
            run.set_item(row, last, self.as_element(value, run.item(row, last, place), run, place), place)
        else:
            forget(self.values, Opaque("what is put into this choice of an array's elements is not read", place))

    def as_element(self, value: Any, before: Any, run: Run, place: Place) -> Any:
        """A number as an array keeps it, whose numbers are all whole or all floats."""
        if type(value) is int and type(before) is float:
            return float(value)
        if type(value) is float and type(before) is int and math.isfinite(value):
            run.spend(math.prod(shape_of(self.values)), place)
            return value if any(type(each) is float for each in elements(self.values)) else int(value)
        return value

    def iterate(self, run: Run, place: Place) -> Iterator[Any]:
        return map(as_value, self.values)

    def length(self, run: Run, place: Place) -> int:
        return len(self.values)

    def truth(self, run: Run, place: Place) -> bool:
        if math.prod(shape_of(self.values)) != 1:
            raise run.error("ValueError", "an array of several values is neither true nor false", place)
        return run.truth(self.only(run, place), place)

    def only(self, run: Run, place: Place) -> Any:
        """The value of an array of one."""
        flat = list(elements(self.values))
        if len(flat) != 1:
            raise run.error("TypeError", "only an array of one value is a number", place)
        return flat[0]

    def binary(self, operator: str, other: Any, reflected: bool, run: Run, place: Place) -> Any:
        other = plain(other, run, place)
        one, two = (other, self.values) if reflected else (self.values, other)
        return as_value(elementwise(lambda left, right: run.binary(operator, left, right, place), one, two))

    def compare(self, operator: str, other: Any, run: Run, place: Place) -> Any:
        def rule(left: Any, right: Any) -> Any:
            return run.compare(operator, left, right, place)

        return as_value(elementwise(rule, self.values, plain(other, run, place)))

    def unary(self, operator: str, run: Run, place: Place) -> Any:
        return over_elements(lambda run, place, one: unary(operator, one, run, place))(run, place, self)

    def function(self, name: str, args: list[Any], kwargs: dict[str, Any], run: Run, place: Place) -> Any:
        if name in ("int", "float", "bool") and len(args) == 1:
            return run.call(BUILTINS[name], [self.only(run, place)], {}, place)
        return NotImplemented

    def copy(self, run: Run, inner: Callable[[Any], Any] | None = None) -> NumberArray:
        return NumberArray(copy_of(self.values))

    def text(self, run: Run) -> str:
        return run.text(self.values).replace(",", "")


def as_value(value: Any) -> Any:
    return NumberArray(value) if type(value) is list else value


def plain(value: Any, run: Run, place: Place) -> Any:
    """An array, or what one is made of, as nested lists; a number as it is."""
    if isinstance(value, NumberArray):
        return value.values
    if not isinstance(value, LISTS):
        return value
    run.spend(len(value), place)
    return [plain(one, run, place) for one in value]


def copy_of(values: list[Any]) -> list[Any]:
    return [copy_of(value) if type(value) is list else value for value in values]


def forget(values: list[Any], reason: Opaque) -> None:
    """Make all numbers of nested lists unknown."""
    for inner in values:
        if type(inner) is list:
            forget(inner, reason)
    values[:] = [inner if type(inner) is list else reason for inner in values]


def shape_of(values: Any) -> tuple[int, ...]:
    shape = []
    while type(values) is list:
        shape.append(len(values))
        values = values[0] if values else None
    return tuple(shape)


def elements(values: Any) -> Iterator[Any]:
    """The numbers of nested lists, one after another."""
    if type(values) is list:
        for value in values:
            yield from elements(value)
    else:
        yield values


def elementwise(rule: Callable[[Any, Any], Any], one: Any, two: Any) -> Any:
    """A rule of two numbers, of nested lists whose last axes belong together (NumPy's rule)."""
    deeper = len(shape_of(one)) - len(shape_of(two))
    if deeper > 0:
        return [elementwise(rule, left, two) for left in one]
    if deeper < 0:
        return [elementwise(rule, one, right) for right in two]
    if type(one) is not list:
        return rule(one, two)
    if len(one) != len(two):
        return Opaque("arrays of different sizes are not combined", None)
    return [elementwise(rule, left, right) for left, right in zip(one, two, strict=True)]


def over_elements(rule: Callable[..., Any]) -> Callable[..., Any]:
    """A function of one number, of each number of an array."""

    def call(run: Run, place: Place, value: Any, *settings: Any, **more: Any) -> Any:
        def each(one: Any) -> Any:
            if isinstance(one, Opaque):
                return one
            return [each(inner) for inner in one] if type(one) is list else rule(run, place, one, *settings)

        return as_value(each(plain(value, run, place)))

    return call


def over_pairs(rule: Callable[..., Any]) -> Callable[..., Any]:
    """A function of two numbers, of each pair of two arrays."""

    def call(run: Run, place: Place, one: Any, two: Any, **settings: Any) -> Any:
        first, second = plain(one, run, place), plain(two, run, place)
        return as_value(elementwise(lambda left, right: rule(run, place, left, right), first, second))

    return call
