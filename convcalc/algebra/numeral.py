"""Numbers as people write them, exact and bounded in digits: 010, 61,706, 0.35, 1e-3, 5M."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.algebra.limits import MAX_DIGITS, TOO_LARGE, ExprError, bounded

if TYPE_CHECKING:
    from fractions import Fraction

UNITS = {"k": 3, "m": 6, "g": 9, "b": 9, "t": 12}  # powers of ten
MAX_POWER = 999  # of ten, after an e


def numeral(text: str) -> int | Fraction | None:
    """The number that a text is; None where it is none, an ExprError where it has too many digits."""
    if text.isdecimal() and text.isascii() and len(text) <= MAX_DIGITS:
        return int(text)
    mantissa, e, power = text.lower().partition("e")
    whole, _, places = mantissa.partition(".")
    head, *groups = whole.split(",")
    digits = "".join((head, *groups, places))
    unsigned = power[1:] if power[:1] in ("+", "-") else power
    if not (text.isascii() and digits.isdecimal() and (unsigned.isdecimal() or not e)):
        return None
    if groups and not (1 <= len(head) <= 3 and all(len(group) == 3 for group in groups)):
        return None
    if len(digits) > MAX_DIGITS:
        raise ExprError(f"a number may have at most {MAX_DIGITS} digits, this one has {len(digits):,}")
    if len(unsigned) > len(str(MAX_POWER)):
        raise ExprError(TOO_LARGE)
    return scaled(int(digits), int(power or 0) - len(places))


def amount(text: str) -> int | Fraction | None:
    """As a numeral, with a unit if there is one: `5M`, `1.5G`, `1_000_000`."""
    plain = text.strip().replace("_", "")
    unit = UNITS.get(plain[-1:].lower(), 0)
    number = numeral(plain[:-1] if unit else plain)
    return None if number is None else scaled(number, unit)


def scaled(number: int | Fraction, power: int) -> int | Fraction:
    """number · 10^power, an int where it is whole."""
    if power >= 0:
        return bounded(number * 10**power)  # type: ignore[return-value]  # of a number
    from fractions import Fraction

    return bounded(Fraction(number, 10**-power))  # type: ignore[return-value]
