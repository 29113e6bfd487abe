"""What is asked for: a shape of which some sides may be open, and bounds on the counts of a layer or network."""

from __future__ import annotations

import re
from typing import TypeAlias

from convcalc.algebra.limits import ExprError
from convcalc.algebra.parser import amount, size_in_bytes
from convcalc.network.quantity import QUANTITIES
from convcalc.problem import problem
from convcalc.spec.shapes import OPEN, is_shape
from convcalc.tuples import NamedTuple

Side: TypeAlias = "int | str"  # a number, a letter that is a symbol, or OPEN

__all__ = ["OPEN", "Bound", "Side", "bound", "is_target"]


class Bound(NamedTuple):
    """low ≤ quantity ≤ high; None is no bound."""

    quantity: str  # one of BOUNDED
    low: int | None
    high: int | None
    text: str  # as it was written

    def holds(self, value: object) -> bool:
        return isinstance(value, int) and (
            (self.low is None or self.low <= value) and (self.high is None or value <= self.high)
        )


def bound(quantity: str, text: str) -> Bound:
    """`760`, `= 760`, `<= 1e6`, `> 5M`, `1e6..2e6` as a Bound; a Problem where it is none."""
    plain = text.strip().replace("≤", "<=").replace("≥", ">=")
    first, dots, last = plain.partition("..")
    if dots:
        (least, exact), (most, _) = _amount(quantity, first, text), _amount(quantity, last, text)
        found = Bound(quantity, least if exact else least + 1, most, text)
    else:
        match = re.match(r"(<=|>=|<|>|==?)?\s*(.*)", plain, re.DOTALL)
        assert match is not None
        sign, digits = match.groups()
        whole, exact = _amount(quantity, digits, text)
        up = whole if exact else whole + 1
        low, high = {
            "<=": (None, whole), ">=": (up, None), "<": (None, up - 1), ">": (whole + 1, None),
        }.get(sign or "=", (whole, whole))  # fmt: skip
        if sign in (None, "=", "==") and not exact:
            message = f"{QUANTITIES[quantity].word} {text[:40]} is not a whole number"
            raise problem("V001", message, "for example <= 1.5M")
        found = Bound(quantity, low, high, text)
    if found.low is not None and found.high is not None and found.low > found.high:
        raise problem("V002", f"{QUANTITIES[quantity].word} {text[:40]}: the first number is above the second")
    return found


def _amount(quantity: str, digits: str, text: str) -> tuple[int, bool]:
    """The number rounded down, and whether nothing was cut off: 1.5M is 1,500,000."""
    try:
        number = size_in_bytes(digits) if QUANTITIES[quantity].in_bytes else amount(digits)
    except ExprError as error:
        raise problem("V001", f"{text[:40]}: {error}") from None
    if number is None:
        raise problem("V001", f'"{text[:40]}" is no bound', 'a number with <=, >=, < or > before it: "<= 1e6", 5M')
    return int(number), isinstance(number, int)


def is_target(text: str) -> bool:
    """Whether a word is a shape such as 3x224x224, ?x7x7, 3xHxW or 500, not a layer; `same` is one too."""
    return text.strip().lower() == "same" or is_shape(text)
