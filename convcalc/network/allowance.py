"""Allowances: how much a network may have of a quantity, and how much it has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from convcalc.problem import problem
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.network.walk import NetworkReport


class Allowance(NamedTuple):
    quantity: str  # parameters or macs
    allowed: int
    found: int

    @property
    def over(self) -> int:
        return max(0, self.found - self.allowed)

    def overrun(self, network: str) -> str:
        what = "MACs" if self.quantity == "macs" else self.quantity
        return (
            f"{network or 'the network'}: {self.found:,} {what} are {self.over:,} over the budget of {self.allowed:,}"
        )


def allowances(report: NetworkReport, allowed: Mapping[str, int]) -> tuple[Allowance, ...]:
    """What a report has of each quantity that is bounded; a Problem where that is no number."""
    found = []
    for quantity, most in allowed.items():
        total: Any = getattr(report.totals, quantity)
        if not isinstance(total, int):
            hint = "--set or --input gives it a value"
            raise problem("U002", f"--max-{quantity}: the total is symbolic, {total}", hint)
        found.append(Allowance(quantity, most, total))
    return tuple(found)
