"""The size of the input that a program does not say, where the features of a linear layer leave only one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.algebra.substitution import substitute, symbols
from convcalc.layers import compare
from convcalc.problem import Diagnostic
from convcalc.spec.layout import SIDES

if TYPE_CHECKING:
    from convcalc.algebra.condition import Condition
    from convcalc.readers.trace import Trace

MOST = 4096  # cells of a side that are tried
USUAL = (32, 28, 224, 64, 96, 128, 227, 256, 299, 512)  # sides of pictures that people have


def fitting_input(trace: Trace) -> tuple[str, Diagnostic] | None:
    """A square input with which every layer fits, a usual or the smallest, and a note; None where there is none."""
    if len(trace.inputs) != 1:
        return None
    parts = list(map(str, trace.inputs[0][1]))
    letters = [part for part in parts if part in trace.names]
    if not letters or letters != [letter for letter in SIDES.get(len(letters), ()) if letter in letters]:
        return None
    # Of a linear layer, which takes a number of features; two sizes in letters may be equal here and there.
    equal = next(
        (
            (name, each) for name, each in trace.conditions
            if each.operator == "==" and symbols(each.difference) and int in map(type, (each.left, each.right))
        ),
        None,
    )  # fmt: skip
    if equal is None:
        return None
    name, condition = equal
    first = smallest(condition, letters)
    if first is None or not all(holds(each, letters, first) for _, each in trace.conditions):
        return None
    last = first
    while last < MOST and all(holds(each, letters, last + 1) for _, each in trace.conditions):
        last += 1
    taken = next((side for side in USUAL if first <= side <= last), first)
    least, input_shape, most = (
        "x".join(str(side) if part in letters else part for part in parts) for side in (first, taken, last)
    )
    wanted = condition.right if isinstance(condition.right, int) else condition.left
    what = "square size" if len(letters) > 1 else "length"
    said = f"the only {what} for which {name} gets the {wanted} that it takes"
    if last > first:
        which = "smallest" if taken == first else "usual"
        span = f"up to {most} do" if taken == first else f"{least} to {most} do"
        said = f"the {which} {what} for which {name} gets the {wanted} that it takes; {span}"
    note = Diagnostic("W008", f"input {input_shape}, {said}", f"--input {input_shape}", None, severity="note")
    return input_shape, note


def smallest(condition: Condition, letters: list[str]) -> int | None:
    """The least side with which both sides of an equation are equal, where one grows with it; None where none is."""
    low, high = 1, MOST
    at_most = difference_at(condition, letters, MOST)
    if at_most == 0:  # a window as large as the map, say: it is met whatever goes in
        return None
    grows = at_most > 0
    while low < high:
        middle = (low + high) // 2
        if (difference_at(condition, letters, middle) >= 0) == grows:
            high = middle
        else:
            low = middle + 1
    return low if difference_at(condition, letters, low) == 0 else None


def difference_at(condition: Condition, letters: list[str], side: int) -> int:
    left, right = sides_at(condition, letters, side)
    return int(left - right)


def holds(condition: Condition, letters: list[str], side: int) -> bool:
    left, right = sides_at(condition, letters, side)
    return left % right == 0 if condition.operator == "%" else compare(left, condition.operator, right)


def sides_at(condition: Condition, letters: list[str], side: int) -> tuple[Any, Any]:
    """Both sides of a condition with a number for the letters."""
    values = dict.fromkeys(letters, side)
    return substitute(condition.left, values), substitute(condition.right, values)
