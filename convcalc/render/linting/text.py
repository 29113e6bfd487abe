"""Findings as a person reads them: what, where, the line itself, and the cure last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from convcalc.linting.linter import diagnostic_of
from convcalc.render.errors import diagnostic_text
from convcalc.render.linting import levels

if TYPE_CHECKING:
    from convcalc.linting.record import Finding
    from convcalc.render.linting import LintRun


def lines(run: LintRun) -> Iterator[str]:
    """Every finding, and how many there are."""
    for text in finding_lines(run.findings, run.colour, run.width):
        yield f"{text}\n"
    yield f"{tally(run)}\n"


def finding_lines(findings: Iterable[Finding], colour: bool = False, width: int = 0) -> Iterator[str]:
    for finding in findings:
        yield f"{diagnostic_text(diagnostic_of(finding), colour, width)}\n"


def tally(run: LintRun) -> str:
    """`2 warnings and 1 note in 3 networks`."""
    counts = levels(run.findings) or {"warning": 0}
    shown = " and ".join(number_of(number, level) for level, number in sorted(counts.items(), reverse=True))
    cures = f", {number_of(run.fixed, 'cure')} written" if run.fixed else ""
    return f"{shown} in {number_of(run.networks, 'network')}{cures}"


def number_of(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"
