"""The budget of a spec: how much of each quantity its network may have, and what it has beside that.

| code | what is wrong |
|---|---|
| L003 | what has a budget is no quantity that may have one |
| L010 | a quantity has two |
| V001 | a budget is no number of 0 or more |
| O001 | more than the budget |
| O002 | a budget of what is no number yet: a note |
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.algebra.limits import ExprError
from convcalc.algebra.parser import amount, size_in_bytes
from convcalc.network.quantity import BUDGETED, Allowance
from convcalc.problem import Diagnostic, Problem, did_you_mean, problem
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection

    from convcalc.network.quantity import Quantity
    from convcalc.network.walk import NetworkReport
    from convcalc.problem import Mark
    from convcalc.spec import Spec

NAMES = {name: quantity for quantity in BUDGETED.values() for name in (*quantity.aliases, quantity.name)}


class BudgetLine(NamedTuple):
    """A quantity, the most of it that is allowed, and where the spec says so."""

    quantity: Quantity
    allowed: int
    text: str  # as it is written
    mark: Mark


class SpecBudget(NamedTuple):
    """The lines of a budget, the heir's own in place of its base's, and what is wrong with them."""

    lines: tuple[BudgetLine, ...]
    findings: tuple[Diagnostic, ...]


class BudgetKept(NamedTuple):
    """What a network has beside its budget, and what cannot be told yet."""

    allowances: tuple[Allowance, ...]
    undecided: tuple[Diagnostic, ...]


def read_budget(spec: Spec) -> SpecBudget:
    """The budget of a spec, each of its lines read."""
    found: dict[str, BudgetLine] = {}
    findings: list[Diagnostic] = []
    for name, text, place in spec.budget:
        mark = place.mark(spec.source)
        try:
            quantity = quantity_named(name)
            earlier = found.get(quantity.name)
            if earlier and earlier.mark.source == mark.source:
                message = f"{quantity.name} has two budgets, {earlier.allowed:,} and {text[:40]}"
                raise problem("L010", message, "leave one of them out")
            found[quantity.name] = BudgetLine(quantity, amount_allowed(quantity, text), text, mark)
        except Problem as error:
            findings += [each._replace(mark=mark) for each in error.diagnostics]
    return SpecBudget(tuple(found.values()), tuple(findings))


def quantity_named(name: str) -> Quantity:
    """The quantity of a name or an alias that may have a budget; a Problem where it is none."""
    quantity = NAMES.get(name.strip().lower().replace("-", "_").replace(" ", "_"))
    if quantity is None:
        hint = did_you_mean(name, NAMES) or f"there are {', '.join(BUDGETED)}"
        raise problem("L003", f'nothing called "{name[:60]}" can have a budget', hint)
    return quantity


def amount_allowed(quantity: Quantity, text: str) -> int:
    """A whole number, rounded down: 5M, or of bytes 2 MiB."""
    such = f"{quantity.name}: {'2 MiB' if quantity.in_bytes else '5M'}"
    try:
        number = (size_in_bytes if quantity.in_bytes else amount)(text)
    except ExprError as error:
        raise problem("V001", f"{quantity.name}: {text[:40]}: {error}", such) from None
    if number is None:
        raise problem("V001", f'a budget is a number of 0 or more, and "{text[:40]}" is none', such)
    return int(number)


def kept_budget(
    spec: Spec, report: NetworkReport, bits: int, batch: int, overridden: Collection[str] = ()
) -> BudgetKept:
    """What a network has beside the budget of its spec, but for quantities that the run has a budget for."""
    allowances: list[Allowance] = []
    undecided: list[Diagnostic] = []
    for quantity, allowed, _, mark in read_budget(spec).lines:
        if quantity.name in overridden:
            continue
        total = quantity.amount_of(report, bits, batch)
        if isinstance(total, int):
            allowances.append(Allowance(quantity, allowed, total, mark))
            continue
        shown = "not known" if total is None else f"symbolic, {total}"
        message = f"the budget of {allowed:,} {quantity.word} is not decided: the total is {shown}"
        undecided.append(
            Diagnostic("O002", message, "--input or --set gives the letters values", mark, severity="note")
        )
    return BudgetKept(tuple(allowances), tuple(undecided))
