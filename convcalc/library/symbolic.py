"""Numbers with letters in them, as a user of the library has them."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from convcalc.algebra.expr import divide, is_symbolic
from convcalc.algebra.limits import MAX_STEPS_OF_NETWORK, budget, lowest_terms
from convcalc.library.arguments import short_repr
from convcalc.library.frozen import FrozenMapping, FrozenValue, entry_point, require_known
from convcalc.problem import did_you_mean, problem

if TYPE_CHECKING:
    from convcalc.algebra.poly import Poly

NOTATIONS = ("text", "ascii", "python", "latex", "mathml", "javascript", "sql")


class SymbolicNumber(FrozenValue):
    """A number that depends on letters, each of which is a positive whole number; exact, and in a normal form.

    Two are equal where they are the same number for every value of their letters; `<` and its like answer where that
    is so for every value, and raise a TypeError where it depends on them.  `+ - * / // **` give such numbers again.

    >>> width = convcalc.load("3xHxW -> conv 8 k3 -> maxpool 2").output[2]
    >>> width
    ⌊W/2⌋ − 1
    >>> width.at(W=32), width.symbols, 2 * (width + 1) > width
    (15, ('W',), True)
    """

    __slots__ = ("_value",)
    _value: Poly

    @property
    def symbols(self) -> tuple[str, ...]:
        """The letters that it depends on, sorted."""
        from convcalc.algebra.substitution import symbols

        return symbols(self._value)

    @entry_point
    def at(self, **values: Number) -> Number:
        """The number with values for some of its letters; an int or a Fraction where none is left.

        A Problem for a letter that is not in it, or a value that is no positive whole number.
        """
        from convcalc.algebra.substitution import substitute

        for name, value in values.items():
            if name not in self.symbols:
                known = f"the letters are {', '.join(self.symbols)}"
                raise problem("U004", f"there is no letter {name}", did_you_mean(name, self.symbols) or known)
            if not isinstance(value, SymbolicNumber) and (isinstance(value, bool) or not is_size(value)):
                raise problem(
                    "U006", f"{name}: a letter is a positive whole number, not {short_repr(value)}", f"{name}=32"
                )
        with budget(MAX_STEPS_OF_NETWORK):
            found: Number = public(substitute(self._value, {name: private(value) for name, value in values.items()}))
        return found

    @entry_point
    def write(self, notation: str = "text") -> str:
        """The number as text, ascii, python, latex, mathml, javascript or sql has it."""
        from convcalc.algebra.notation import write

        require_known("notation", notation, NOTATIONS)
        return write(self._value, notation)

    def __str__(self) -> str:
        return self.write()

    __repr__ = __str__

    def __format__(self, spec: str) -> str:
        """As text; with a comma, thousands are set apart."""
        from convcalc.algebra.notation import write

        return write(self._value, thousands=",") if spec == "," else format(str(self), spec)

    def _repr_latex_(self) -> str:
        return f"${self.write('latex')}$"

    def _repr_html_(self) -> str:
        from convcalc.library.html import number_html

        return number_html(self._value)

    def __lt__(self, other: Number | float) -> bool:
        return self._order(other, self._value, exact(other), strictly=True)

    def __gt__(self, other: Number | float) -> bool:
        return self._order(other, exact(other), self._value, strictly=True)

    def __le__(self, other: Number | float) -> bool:
        return self._order(other, self._value, exact(other), strictly=False)

    def __ge__(self, other: Number | float) -> bool:
        return self._order(other, exact(other), self._value, strictly=False)

    @entry_point
    def _order(self, other: Number | float, low: Any, high: Any, strictly: bool) -> bool:
        """Whether one is below the other for every value of the letters; a TypeError where that depends on them."""
        from convcalc.algebra.bounds import is_nonnegative

        if not isinstance(other, (int, float, Fraction, SymbolicNumber)):
            return NotImplemented
        with budget(MAX_STEPS_OF_NETWORK):
            above, below = is_nonnegative(high - low), is_nonnegative(low - high)
        if below is False if strictly else above:
            return True
        if below if strictly else above is False:
            return False
        raise TypeError(f"which of {self} and {other} is larger depends on {', '.join(self.symbols)}")

    def __add__(self, other: Number | float) -> Number:
        return combine(self, other, lambda one, two: one + two)

    def __radd__(self, other: Number | float) -> Number:
        return combine(self, other, lambda one, two: two + one)

    def __sub__(self, other: Number | float) -> Number:
        return combine(self, other, lambda one, two: one - two)

    def __rsub__(self, other: Number | float) -> Number:
        return combine(self, other, lambda one, two: two - one)

    def __mul__(self, other: Number | float) -> Number:
        return combine(self, other, lambda one, two: one * two)

    def __rmul__(self, other: Number | float) -> Number:
        return combine(self, other, lambda one, two: two * one)

    def __truediv__(self, other: Number | float) -> Number:
        return combine(self, other, ratio)

    def __rtruediv__(self, other: Number | float) -> Number:
        return combine(self, other, lambda one, two: ratio(two, one))

    def __floordiv__(self, other: Number | float) -> Number:
        return combine(self, other, lambda one, two: one // two)

    def __rfloordiv__(self, other: Number | float) -> Number:
        return combine(self, other, lambda one, two: two // one)

    def __pow__(self, exponent: int) -> Number:
        return combine(self, exponent, lambda one, two: one**two) if isinstance(exponent, int) else NotImplemented

    def __neg__(self) -> Number:
        return combine(self, -1, lambda one, two: one * two)


Number: TypeAlias = int | Fraction | SymbolicNumber


def is_size(value: object) -> bool:
    """Whether a value is a positive whole number."""
    return isinstance(value, int) and value > 0


@entry_point
def combine(one: SymbolicNumber, other: Number | float, operation: Callable[[Any, Any], Any]) -> Number:
    """What comes of two numbers; as Python has it where the other is none.  A float is the fraction that it is."""
    if isinstance(other, bool) or not isinstance(other, (int, float, Fraction, SymbolicNumber)):
        return cast("Number", NotImplemented)
    with budget(MAX_STEPS_OF_NETWORK):
        found: Number = public(operation(one._value, exact(other)))
    return found


def exact(value: Any) -> Any:
    """A number as the algebra has it: a float is the fraction that it is; a ValueError where it is none."""
    if not isinstance(value, float):
        return private(value)
    if value - value != 0:
        raise ValueError(f"{value} is no exact number")
    return lowest_terms(Fraction(value))


def ratio(one: Any, two: Any) -> Any:
    """A quotient; a ZeroDivisionError as of other numbers."""
    if two == 0:
        raise ZeroDivisionError("division by zero")
    return divide(one, two)


def private(value: Any) -> Any:
    """A number as the algebra has it."""
    return value._value if isinstance(value, SymbolicNumber) else value


def public(value: Any) -> Any:
    """What a computation gives as a user has it: numbers with letters, tuples instead of lists, immutable mappings."""
    if is_symbolic(value):
        return SymbolicNumber(value)
    if isinstance(value, (list, tuple)):
        return tuple([public(part) for part in value])
    if isinstance(value, dict):
        return FrozenMapping({name: public(part) for name, part in value.items()})
    return value
