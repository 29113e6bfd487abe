"""A quantity with its work: the formula, the numbers put in, every step, and what is to be remarked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import Expr, ExprError, Mul, Ratio, evaluate, letters
from convcalc.algebra.formula import steps
from convcalc.algebra.notation import to_tree, write
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value


class Remark(NamedTuple):
    """What is to be said beside a result: what about, and the numbers and names to say it with."""

    code: str
    facts: Mapping[str, Any] = {}


class Worked(NamedTuple):
    """A quantity: the formula in letters, what was put in, and the steps down to the value."""

    name: str  # size, channels, parameters, …
    value: Any  # a shape where the name is `shape`
    formula: Expr | None = None  # None where there is nothing to work out
    bindings: Mapping[str, Any] = {}
    steps: tuple[Expr, ...] = ()
    axes: tuple[str, ...] = ()  # those of which it is the size
    remarks: tuple[Remark, ...] = ()
    ours: Mapping[str, str] = {}  # in a source's notation: its letter → ours

    @property
    def is_carried(self) -> bool:
        """Whether the value is that of the input, carried on."""
        return any(remark.code == "field unchanged" for remark in self.remarks)

    @property
    def is_lettered(self) -> bool:
        """Whether it has a formula in letters, and is not made of numbers from the start."""
        return bool(self.bindings)


def work_out(
    name: str, formula: Expr, bindings: Mapping[str, Any], value: Value, axes: tuple[str, ...] = (),
    remarks: tuple[Remark, ...] = (), ours: Mapping[str, str] | None = None,
) -> Worked:  # fmt: skip
    """A formula with its steps; only the value where they do not lead to it."""
    last = to_tree(value)
    if not bindings and any(letters(formula)):  # a sum of sizes that are formulas themselves
        shown: tuple[Expr, ...] = (formula, last) if write(formula) != write(last) else (last,)
        return Worked(name, value, formula, {}, shown, axes, remarks)
    try:
        found = tuple(steps(formula, bindings))
    except ExprError:
        return without_work(name, value, axes, remarks)
    if found[-1] != last and write(found[-1]) != write(last):
        return without_work(name, value, axes, remarks)
    return Worked(name, value, formula, bindings, found, axes, remarks, ours or {})


def without_work(name: str, value: Value, axes: tuple[str, ...] = (), remarks: tuple[Remark, ...] = ()) -> Worked:
    """A value without work."""
    return Worked(name, value, None, {}, (to_tree(value),), axes, remarks)


def work_of_bytes(name: str, numbers: Value, bits: int, batch: int) -> Worked:
    """Numbers as bytes; those of less than 8 bits share them."""
    parts: list[Expr] = [to_tree(numbers)]
    if batch > 1:
        parts.append(batch)
    bytes_each = bits // 8
    formula: Expr = times(*parts, bytes_each) if bits >= 8 else Ratio(times(*parts, bits), 8, "ceil")
    value = evaluate(formula, {}) if not any(letters(formula)) else numbers * batch * bytes_each
    return work_out(name, formula, {}, value)


def times(*factors: Expr) -> Expr:
    return Mul(factors) if len(factors) > 1 else factors[0]


def group_axes(axes: tuple[str, ...], found: list[Any]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Axes with equal works together."""
    pairs = list(zip(axes, found, strict=False))
    for place, (_, each) in enumerate(pairs):
        if all(other != each for _, other in pairs[:place]):
            yield tuple(axis for axis, other in pairs if other == each), each
