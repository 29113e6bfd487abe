"""Allowances: how much a network may have of a quantity, and how much it has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from convcalc.network.quantity import QUANTITIES, Quantity
from convcalc.problem import problem
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.network.walk import NetworkReport


class Allowance(NamedTuple):
    quantity: Quantity
    allowed: int
    found: int

    @property
    def over(self) -> int:
        return max(0, self.found - self.allowed)

    def overrun(self, network: str) -> str:
        return (
            f"{network or 'the network'}: {self.found:,} {self.quantity.word} are {self.over:,} over the budget of "
            f"{self.allowed:,}"
        )


def allowances(report: NetworkReport, allowed: Mapping[str, int], bits: int, batch: int) -> tuple[Allowance, ...]:
    """What a report has of each quantity that is bounded; a Problem where that is no number."""
    found = []
    for name, most in allowed.items():
        total: Any = QUANTITIES[name].amount(report.totals, bits, batch)
        if not isinstance(total, int):
            hint = "--set or --input gives it a value"
            raise problem("U002", f"--max-{name}: the total is symbolic, {total}", hint)
        found.append(Allowance(QUANTITIES[name], most, total))
    return tuple(found)
