"""Findings as a person reads them: what, where, the line itself, and the cure last."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from convcalc.problem import Diagnostic
from convcalc.render.errors import diagnostic_text
from convcalc.render.linting import levels

if TYPE_CHECKING:
    from convcalc.linting.record import Finding
    from convcalc.render.linting import LintRun


def diagnostic(finding: Finding) -> Diagnostic:
    """A finding as all that is wrong is told."""
    times = f"{finding.times} times" if finding.times > 1 else ""
    return Diagnostic(
        finding.rule.code, finding.message, finding.remedy.text, finding.mark, finding.layer, axis=times,
        severity=finding.level, also=finding.also,
    )  # fmt: skip


def lines(run: LintRun) -> Iterator[str]:
    """Every finding, and how many there are."""
    for finding in run.findings:
        yield diagnostic_text(diagnostic(finding), run.colour, run.width)
        yield "\n\n"
    yield f"{tally(run)}\n"


def tally(run: LintRun) -> str:
    """`2 warnings and 1 note in 3 networks`."""
    counts = levels(run.findings) or {"warning": 0}
    shown = " and ".join(number_of(number, level) for level, number in sorted(counts.items(), reverse=True))
    return f"{shown} in {number_of(run.networks, 'network')}"


def number_of(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"
