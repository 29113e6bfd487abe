"""A size that is no plain number, in the arithmetic of a program: the batch, or a letter such as H."""

from __future__ import annotations

import operator as operators
from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import ceil_divide, divide, extremum, floor_divide, is_fraction, is_number, is_symbolic
from convcalc.algebra.parser import numeral
from convcalc.readers.python.values import Foreign, LibraryFunction
from convcalc.readers.trace import Batch

if TYPE_CHECKING:
    from convcalc.readers.python.run import Run
    from convcalc.spec import Place

# Functions that give a number once for each axis, as PyTorch and timm have them.
COUNTS = {
    "_single": 1, "_pair": 2, "_triple": 3, "_quadruple": 4, **{f"to_{count}tuple": count for count in range(1, 5)}
}  # fmt: skip
ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operators.add, "-": operators.sub, "*": operators.mul, "/": divide, "//": floor_divide,
    "%": lambda left, right: left - right * floor_divide(left, right),
}  # fmt: skip


class Size(Foreign):
    """A size with letters, or a multiple of the batch."""

    __slots__ = ("value",)

    def __init__(self, value: Any):
        self.value = value  # a Poly, or a Batch

    def description(self) -> str:
        return "the size of the batch" if isinstance(self.value, Batch) else f"the size {self.value}"

    def text(self, run: Run) -> str:
        return "batch" if isinstance(self.value, Batch) else str(self.value)

    def binary(self, operator: str, other: Any, reflected: bool, run: Run, place: Place) -> Any:
        value = plain_size(other)
        if value is None:
            return NotImplemented
        left, right = (value, self.value) if reflected else (self.value, value)
        if isinstance(left, Batch) or isinstance(right, Batch):
            found = of_batch(operator, left, right)
            if found is None:
                raise run.error("TypeError", f"{operator} with the size of the batch, which is any number", place)
            return size_value(found)
        found = arithmetic(operator, left, right)
        return NotImplemented if found is None else size_value(found)

    def unary(self, operator: str, run: Run, place: Place) -> Any:
        return self if operator == "+" else self.binary("*", -1, False, run, place)

    def compare(self, operator: str, other: Any, run: Run, place: Place) -> Any:
        value = plain_size(other)
        if value is None:
            return operator == "!=" if operator in ("==", "!=") else NotImplemented
        if value == self.value:
            return operator in ("==", "<=", ">=")
        if isinstance(self.value, Batch) and operator in ("==", "!="):
            return operator == "!="  # it is none that is known
        from convcalc.algebra.condition import Condition, verdict, whole_condition

        if not isinstance(self.value, Batch) and not isinstance(value, Batch):
            found = {
                "==": lambda: verdict(whole_condition(Condition(self.value, "==", value))),
                "<=": lambda: verdict(Condition(self.value, "<=", value)),
                ">=": lambda: verdict(Condition(value, "<=", self.value)),
                "<": lambda: verdict(Condition(self.value + 1, "<=", value)),
                ">": lambda: verdict(Condition(value + 1, "<=", self.value)),
            }
            known = found["==" if operator == "!=" else operator]() if operator != "is" else None
            if known is not None:
                return not known if operator == "!=" else known
        hint = "--input 3x224x224" if not isinstance(self.value, Batch) else ""
        raise run.refusal("P020", f"whether {self.text(run)} {operator} {value} cannot be told", place, hint)

    def function(self, name: str, args: list[Any], kwargs: dict[str, Any], run: Run, place: Place) -> Any:
        """Python's own functions of numbers: `int(H / 2)`, `max(H, 1)`."""
        if name in ("int", "math.floor", "round", "math.trunc", "floor", "trunc") and len(args) == 1:
            half = Fraction(name == "round", 2)
            return self if isinstance(self.value, Batch) else size_value(floor_divide(self.value + half, 1))
        if name in ("math.ceil", "ceil"):
            return self if isinstance(self.value, Batch) else size_value(ceil_divide(self.value, 1))
        if name == "float":
            return self
        if name in ("min", "max") and len(args) > 1:
            values = [plain_size(each) for each in args]
            if all(value is not None and not isinstance(value, Batch) for value in values):
                return size_value(extremum(name, *values))
        if name == "abs":
            return self
        return NotImplemented


def size_value(value: Any) -> Any:
    """A size as a program has it: a number, or a Size where it is none."""
    if isinstance(value, Batch) or is_symbolic(value):
        return Size(value)
    return float(value) if is_fraction(value) else value


def plain_size(value: Any) -> Any:
    """A size as a trace has it; None for anything else."""
    if isinstance(value, Size):
        return value.value
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, float):
        found = int(value) if value.is_integer() else numeral(repr(abs(value)))
        return -found if found and found > 0 > value else found
    return value if isinstance(value, Batch) or is_number(value) else None


def of_batch(operator: str, left: Any, right: Any) -> Batch | Any | None:
    """Multiples of the batch; None for what is no multiple."""
    if isinstance(left, Batch) and isinstance(right, Batch):
        if operator in ("/", "//"):
            return arithmetic("/", left.factor, right.factor)
        sums = {"+": left.factor + right.factor, "-": left.factor - right.factor}
        return Batch(sums[operator]) if operator in sums else None
    if operator == "*":
        return Batch(left.factor * right) if isinstance(left, Batch) else Batch(left * right.factor)
    if operator in ("/", "//") and isinstance(left, Batch):
        found = arithmetic("/", left.factor, right)
        return None if is_fraction(found) else Batch(found)
    return None


def arithmetic(operator: str, left: Any, right: Any) -> Any:
    """Of exact sizes; None for an operator that has no meaning for them."""
    if operator == "**":
        return left**right if isinstance(right, int) else None
    known = ARITHMETIC.get(operator)
    return None if known is None or (operator in ("/", "//", "%") and right == 0) else known(left, right)


# A number once for each axis: `_pair`, `to_2tuple`


def repeating_function(name: str) -> LibraryFunction | None:
    """The function of this name; None where it is none of them."""
    if name in ("_ntuple", "to_ntuple"):
        return LibraryFunction(name, function_for)
    return repeat_to(COUNTS[name], name) if name in COUNTS else None


def function_for(run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> LibraryFunction:
    if len(args) != 1 or not isinstance(args[0], int):
        raise run.error("TypeError", "to_ntuple takes a whole number", place)
    run.spend(args[0], place)
    return repeat_to(args[0], f"to_{args[0]}tuple")


def repeat_to(count: int, name: str) -> LibraryFunction:
    def repeat(run: Run, args: list[Any], kwargs: dict[str, Any], place: Place) -> Any:
        if len(args) != 1:
            raise run.error("TypeError", f"{name} takes one value", place)
        return tuple(args[0]) if isinstance(args[0], (list, tuple)) else (args[0],) * count

    return LibraryFunction(name, repeat)
