"""Numbers and formulas as people write them: 010, 61,706, 0.35, 1e-3, 5M; and floor((n + 2*p - k)/s) + 1."""

from __future__ import annotations

import ast
import warnings
from functools import lru_cache
from keyword import iskeyword
from math import isfinite
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import (
    Exact,
    Expr,
    ExprError,
    Extremum,
    FunctionOf,
    Mul,
    Neg,
    Power,
    Ratio,
    Sum,
    TooInvolved,
    depth,
)
from convcalc.algebra.limits import MAX_DEPTH, MAX_DIGITS, MAX_TEXT, TOO_LARGE, lowest_terms

if TYPE_CHECKING:
    from convcalc.algebra.expr import Number

UNITS = {"k": 3, "m": 6, "g": 9, "b": 9, "t": 12}  # powers of ten
SIGNS = str.maketrans({"·": "*", "−": "-", "⌊": "floor(", "⌋": ")", "⌈": "ceil(", "⌉": ")"})  # as they are printed
BYTES = {"kib": 10, "mib": 20, "gib": 30, "tib": 40}  # powers of two
MAX_POWER = 999  # of ten, after an e
PLAIN_POWER = 16  # of ten, from which on Python too writes an e
SHORT = 12  # characters of a decimal that somebody may have written
MOST_PARTS, FEW_PARTS = 4096, 256  # of a fraction that is meant by a longer one of 64 bits, of 32
LARGEST, ROUND_BITS = 3.4e38, 16  # of a number of 32 bits; and bits of one that was meant to have no more


def numeral(text: str) -> Number | None:
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
    return scale(int(digits), int(power or 0) - len(places))


def numeral_text(number: Number) -> str:
    """The shortest numeral of a number: 0.2, 0.001, 1e-5, 1e30; of one that has none, the fraction."""
    top, under, places = number.numerator, number.denominator, 0
    while 10**places % under:
        places += 1
        if places > MAX_POWER:
            return str(number)
    sign, digits = "-" * (top < 0), str(abs(top) * 10**places // under)
    power = len(digits) - 1 - places  # of the first digit
    if not -4 <= power < PLAIN_POWER:
        digits = digits.rstrip("0") or "0"
        return f"{sign}{digits[0]}{f'.{digits[1:]}' if digits[1:] else ''}e{power}"
    digits = digits.zfill(places + 1)
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"


def float_text(value: Any) -> str:
    """A number of a program or a file as it was meant: 0.2, where 32 bits made it 0.20000000298023224, 1e-5, 1/255."""
    text = str(value)
    if isinstance(value, float) and len(text) > SHORT and isfinite(value):
        from fractions import Fraction
        from struct import pack, unpack

        found = Fraction(value).limit_denominator(MOST_PARTS)
        stored = pack("<f", value) if abs(value) < LARGEST else b""
        if float(found) == value:
            text = str(found)
        elif stored and unpack("<f", stored)[0] == value and Fraction(value).numerator.bit_length() > ROUND_BITS:
            texts = [f"{value:.{digits}g}" for digits in range(1, 10)]
            texts.insert(SHORT // 2, str(Fraction(value).limit_denominator(FEW_PARTS)))
            text = next(each for each in texts if pack("<f", float(Fraction(each))) == stored)
    return text.replace("e-0", "e-").replace("e+", "e").removesuffix(".0")


def amount(text: str) -> Number | None:
    """As a numeral, with a unit if there is one: `5M`, `1.5G`, `1_000_000`."""
    plain = text.strip().replace("_", "")
    unit = UNITS.get(plain[-1:].lower(), 0)
    number = numeral(plain[:-1].rstrip() if unit else plain)
    return None if number is None else scale(number, unit)


def size_in_bytes(text: str) -> Number | None:
    """Bytes with their unit, if any: `320KiB`, `1.5 MB`, `4096`."""
    plain = text.strip().lower()
    unit = BYTES.get(plain[-3:])
    if unit is None:
        return amount(plain.removesuffix("b"))
    number = amount(plain[:-3])
    return None if number is None else lowest_terms(number * 2**unit)


def scale(number: Number, power: int) -> Number:
    """number · 10^power, an int where it is whole."""
    if power >= 0:
        factor: int = 10**power
        return lowest_terms(number * factor)
    from fractions import Fraction

    return lowest_terms(Fraction(number, 10**-power))


def plain_signs(text: str) -> str:
    """The text as it is typed: 8·(H − 2)² is 8*(H - 2)**2."""
    import re
    import unicodedata

    return re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda power: "**" + unicodedata.normalize("NFKC", power[0]), text.translate(SIGNS))


@lru_cache(maxsize=4096)
def parse(text: str, functions: frozenset[str] = frozenset()) -> Expr:
    """The tree of an arithmetic text over numbers, names, + - * / // % **, floor, ceil, min and max.

    A tree that was printed is read too; further functions of one number are read where they are named.
    """
    if len(text) > MAX_TEXT:
        raise ExprError(f"an expression may have at most {MAX_TEXT:,} characters, this one has {len(text):,}")
    if text.isidentifier() and text.isascii() and not iskeyword(text):
        return text
    try:
        text = text.strip() if text.isascii() else plain_signs(text.strip())
        with warnings.catch_warnings():
            warnings.simplefilter("error", SyntaxWarning)  # Python reads 5and 3 with only a warning
            body = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        column = getattr(error, "offset", None) or 1
        raise ExprError("this is not arithmetic", column - 1) from None
    try:
        tree = tree_of(body, text, functions)
        if len(text) <= MAX_DEPTH or depth(tree) <= MAX_DEPTH:
            return tree
    except RecursionError:
        pass
    raise TooInvolved("this expression is nested too deeply")


def tree_of(node: ast.expr, text: str, functions: frozenset[str] = frozenset()) -> Expr:
    match node:
        case ast.Constant(value=bool()):
            pass
        case ast.Constant(value=int(number)):
            if number.bit_length() > MAX_DIGITS * 10 // 3:
                raise ExprError(f"a number may have at most {MAX_DIGITS} digits", node.col_offset)
            if text.isascii() and not text[node.col_offset : node.end_col_offset].isdecimal():
                raise ExprError("write numbers with digits alone", node.col_offset)  # not 0x10, 0b11, 1_000
            return number
        case ast.Constant(value=float()):
            exact = numeral(ast.get_source_segment(text, node) or "")
            if exact is None:
                raise ExprError("write numbers with digits alone", node.col_offset)  # not 1_0.5
            return exact if isinstance(exact, int) else Exact(exact.numerator, exact.denominator, "")
        case ast.Name(id=name):
            return name
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return Neg(tree_of(operand, text, functions))
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return tree_of(operand, text, functions)
        case ast.BinOp(left=left, op=op, right=right):
            a, b = tree_of(left, text, functions), tree_of(right, text, functions)
            match op:
                case ast.Add():
                    return Sum((*terms_of(a), b))
                case ast.Sub():
                    return Sum((*terms_of(a), Neg(b)))
                case ast.Mult():
                    return Mul((*(a.factors if isinstance(a, Mul) else (a,)), b))
                case ast.Div():
                    return Ratio(a, b, "")
                case ast.FloorDiv():
                    return Ratio(a, b, "floor")
                case ast.Mod():  # a mod b = a - b*floor(a/b)
                    return Sum((a, Neg(Mul((b, Ratio(a, b, "floor"))))))
                case ast.Pow():
                    return Power(a, b)
                case ast.BitXor():
                    raise ExprError("a power is written **, not ^", node.col_offset)
        case ast.Call(func=ast.Name(id="floor" | "ceil" as rounding), args=[inside], keywords=[]):
            tree = tree_of(inside, text, functions)
            if isinstance(tree, Ratio) and not tree.rounding:
                return Ratio(tree.top, tree.bottom, rounding)
            return Ratio(tree, 1, rounding)
        case ast.Call(func=ast.Name(id="min" | "max" as name), args=[_, _, *_] as options, keywords=[]):
            return Extremum(name, tuple(tree_of(option, text, functions) for option in options))
        case ast.Call(func=ast.Name(id=name), args=[inside], keywords=[]) if name in functions:
            return FunctionOf(name, tree_of(inside, text, functions))
    raise ExprError("only numbers, names, + - * / // % **, floor, ceil, min and max are read", node.col_offset)


def terms_of(tree: Expr) -> tuple[Expr, ...]:
    return tree.terms if isinstance(tree, Sum) else (tree,)
