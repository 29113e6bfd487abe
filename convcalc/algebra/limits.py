"""What is computed for others is bounded: the length of a text, its depth, digits, and the steps of a normal form."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TypeVar

    from convcalc.algebra.expr import Number, Value

    V = TypeVar("V", int, Number, Value)

MAX_TEXT = 2_000  # characters of one expression
MAX_DIGITS = 100  # digits of a number as it is written
MAX_BITS = 3_321  # of a numerator or a denominator, 1,000 digits: Python prints at most 4,300
MAX_DEPTH = 100  # of brackets in one another, and of floors in a normal form
MAX_TERMS = 2_000  # written in a floor, nested ones included
MAX_STEPS = 20_000  # terms visited on the way to one normal form, some 5 microseconds each
MAX_STEPS_OF_NETWORK = 500_000
UNLIMITED = float("inf")
TOO_LARGE = "this number is too large: more than 1,000 digits"


class ExprError(ValueError):
    """An expression that cannot be read or evaluated; `column` counts characters from 0."""

    def __init__(self, message: str, column: int = 0):
        super().__init__(message)
        self.column = column


class TooInvolved(ExprError):
    """A symbolic value whose normal form takes more steps than are allowed."""

    def __init__(self, message: str = "this formula is too involved to be worked out in letters"):
        super().__init__(message)


class budget:
    """At most so many steps: of a search, which asks whether its budget is spent, or of symbolic work.

    `with budget(100_000): …` allows that many in here, and no more than are left around it.  Once they are used up,
    every further symbolic step in it raises TooInvolved at once.
    """

    __slots__ = ("outer", "steps")
    left: float = UNLIMITED  # of the innermost budget that is open

    def __init__(self, steps: int = MAX_STEPS):
        self.steps = steps

    def take(self, steps: int = 1) -> None:
        self.steps -= steps

    @property
    def is_spent(self) -> bool:
        return self.steps <= 0

    def __enter__(self) -> None:
        self.outer = budget.left
        budget.left = min(self.steps, self.outer)

    def __exit__(self, *failure: object) -> None:
        budget.left = self.outer - min(self.steps, self.outer) + budget.left


def spend(steps: int) -> None:
    """Take steps from the budget; TooInvolved where none are left."""
    budget.left -= steps
    if budget.left < 0:
        raise TooInvolved


def bits(value: Value) -> int:
    """The length in bits of a number, of its denominator if that is longer; 0 for what has letters."""
    if type(value) is int:
        return value.bit_length()
    return max(getattr(value, "numerator", 0).bit_length(), getattr(value, "denominator", 0).bit_length())


def lowest_terms(value: V) -> V:
    """The value, as an int where it is whole; an ExprError where it has too many digits."""
    if type(value) is int and value.bit_length() <= MAX_BITS:  # nearly all are
        return value
    if bits(value) > MAX_BITS:
        raise ExprError(TOO_LARGE)
    return value.numerator if getattr(value, "denominator", 0) == 1 else value  # type: ignore[union-attr]
