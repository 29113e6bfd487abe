"""Operators: numbers at once, all else by what it is, and nothing larger than its bound."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from convcalc.readers.python.errors import HOST_ERRORS
from convcalc.readers.python.frame import ABSENT
from convcalc.readers.python.limits import MAX_BITS, MAX_ELEMENTS
from convcalc.readers.python.values import Class, Foreign, Instance, Opaque, Type

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.spec import Place

LIMIT = 1 << MAX_BITS
NUMBERS = frozenset({int, float, bool})
SEQUENCES = (str, list, tuple)
SETS = frozenset({set, frozenset})

# Operators by their nodes: the sign of each, and what Python calls it in the names of methods.
ARITHMETIC = {
    ast.Add: ("+", "add"), ast.Sub: ("-", "sub"), ast.Mult: ("*", "mul"), ast.Div: ("/", "truediv"),
    ast.FloorDiv: ("//", "floordiv"), ast.Mod: ("%", "mod"), ast.Pow: ("**", "pow"), ast.MatMult: ("@", "matmul"),
    ast.BitAnd: ("&", "and"), ast.BitOr: ("|", "or"), ast.BitXor: ("^", "xor"), ast.LShift: ("<<", "lshift"),
    ast.RShift: (">>", "rshift"),
}  # fmt: skip
ORDER = {
    ast.Eq: ("==", "eq"), ast.NotEq: ("!=", "ne"), ast.Lt: ("<", "lt"), ast.LtE: ("<=", "le"), ast.Gt: (">", "gt"),
    ast.GtE: (">=", "ge"),
}  # fmt: skip
NAMES = dict((*ARITHMETIC.values(), *ORDER.values()))  # by sign
HOST: dict[str, Callable[[Any, Any], Any]] = {
    sign: getattr(operator, f"__{name}__") for sign, name in NAMES.items()
}  # fmt: skip
HOST_UNARY: dict[str, Callable[[Any], Any]] = {"-": operator.neg, "+": operator.pos, "~": operator.invert}
BINARY = {node: sign for node, (sign, _) in ARITHMETIC.items()}
UNARY = {ast.USub: "-", ast.UAdd: "+", ast.Invert: "~"}
MEMBERSHIP = {ast.In: "in", ast.NotIn: "not in", ast.Is: "is", ast.IsNot: "is not"}
COMPARISONS = {**{node: sign for node, (sign, _) in ORDER.items()}, **MEMBERSHIP}
FAST = {node: HOST[BINARY[node]] for node in (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod)}
FAST_COMPARISONS = {node: HOST[sign] for node, (sign, _) in ORDER.items()}


def binary(run: Run, sign: str, left: Any, right: Any, place: Place) -> Any:
    """`left sign right`, of values of every origin."""
    for value in (left, right):
        if type(value) is Opaque:
            return value
    if isinstance(left, (Foreign, Instance)) or isinstance(right, (Foreign, Instance)):
        result = by_operand(sign, left, right, False, run, place)
        if result is NotImplemented:
            result = by_operand(sign, right, left, True, run, place)
        if result is not NotImplemented:
            return result
        left, right = payload(left), payload(right)
    kind = type(left)
    if kind is str and sign == "%":
        from convcalc.readers.python.formatting import percent

        return percent(left, right, run, place)
    if sign == "|" and any(isinstance(value, (Type, Class)) for value in (left, right)):
        return (left, right)  # a union of types
    refuse_growth(sign, left, right, run, place)
    if not is_plain(kind) or not is_plain(type(right)):
        raise mismatch(sign, left, right, run, place)
    try:
        result = HOST[sign](left, right)
    except TypeError:
        raise mismatch(sign, left, right, run, place) from None
    except HOST_ERRORS as error:
        raise run.error(type(error).__name__, str(error), place) from None
    return within_bounds(result, run, place)


def is_plain(kind: type) -> bool:
    return kind in NUMBERS or kind in SEQUENCES or kind in SETS or issubclass(kind, (dict, set, frozenset, tuple))


def payload(value: Any) -> Any:
    """The dict, list … that an object of a user's class is."""
    return value.payload if isinstance(value, Instance) and value.payload is not None else value


def by_operand(sign: str, value: Any, other: Any, reflected: bool, run: Run, place: Place) -> Any:
    """What one of the operands makes of it, where it is a library's or of a user's class."""
    if isinstance(value, Foreign):
        return value.binary(sign, other, reflected, run, place)
    if isinstance(value, Instance):
        return run.special(value, f"__{'r' if reflected else ''}{NAMES[sign]}__", [other], place, NotImplemented)
    return NotImplemented


def mismatch(sign: str, left: Any, right: Any, run: Run, place: Place) -> Exception:
    message = f"{sign} is not defined between {run.type_name(left)} and {run.type_name(right)}"
    return run.error("TypeError", message, place)


def refuse_growth(sign: str, left: Any, right: Any, run: Run, place: Place) -> None:
    """Refuse what would be too large before it is."""
    if sign == "*":
        for sequence, times in ((left, right), (right, left)):
            if type(sequence) in SEQUENCES and type(times) in (int, bool):
                run.spend(len(sequence) * max(times, 0), place)
    elif sign == "+":
        if type(left) in SEQUENCES and type(left) is type(right):
            run.spend(len(left) + len(right), place)
    elif sign == "**":
        if type(left) is int and type(right) is int and abs(left) > 1 and left.bit_length() * right > 2 * MAX_BITS:
            raise run.too_large("a power", place)
    elif sign == "<<":
        if type(left) is int and type(right) is int and left.bit_length() + right > 2 * MAX_BITS:
            raise run.too_large("a shifted number", place)
    elif sign in "&|^-" and hasattr(left, "__len__") and hasattr(right, "__len__"):
        run.spend(len(left) + len(right), place)


def within_bounds(result: Any, run: Run, place: Place) -> Any:
    if type(result) is int and not -LIMIT < result < LIMIT:
        raise run.too_large("a whole number", place)
    if type(result) is complex:
        return Opaque("complex numbers are not read", place)
    if type(result) in SEQUENCES and len(result) > MAX_ELEMENTS:
        raise run.too_large("a sequence", place)
    return result


def in_place(sign: str, value: Any, other: Any, run: Run, place: Place) -> Any:
    """`value sign= other` where the value itself changes, else NotImplemented."""
    if type(value) is list and sign == "+" and type(other) is not Opaque:
        value += run.collect(run.iterate(other, place), place)
        return value
    if type(value) in (set, dict) and type(other) in (set, frozenset, dict) and sign in "|&-^":
        run.spend(len(other), place)
        try:
            return getattr(operator, f"__i{NAMES[sign]}__")(value, other)
        except TypeError:
            return NotImplemented
    if isinstance(value, Instance):
        return run.special(value, f"__i{NAMES[sign]}__", [other], place, NotImplemented)
    return value.in_place(sign, other, run, place) if isinstance(value, Foreign) else NotImplemented


def unary(sign: str, value: Any, run: Run, place: Place) -> Any:
    if isinstance(value, Opaque):
        return value
    if isinstance(value, Foreign):
        return value.unary(sign, run, place)
    if isinstance(value, Instance):
        found = run.special(value, {"-": "__neg__", "+": "__pos__", "~": "__invert__"}[sign], [], place)
        if found is not ABSENT:
            return found
    if type(value) in NUMBERS and (sign != "~" or type(value) is not float):
        return HOST_UNARY[sign](int(value) if sign == "~" else value)
    raise run.error("TypeError", f"{sign} is not defined of {run.type_name(value)}", place)
