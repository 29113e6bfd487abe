"""Findings as a person reads them: what, where, the line itself, and the cure last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from convcalc.linting.linter import diagnostic_of
from convcalc.render.errors import diagnostic_text
from convcalc.render.linting import tally

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
