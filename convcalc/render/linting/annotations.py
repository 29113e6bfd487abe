"""Findings as annotations, for GitHub's log and as SARIF."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from convcalc.render.annotations import FileAnnotation, of_diagnostic, render
from convcalc.render.linting import tally, where_used

if TYPE_CHECKING:
    from convcalc.linting.record import Finding
    from convcalc.render.linting import LintRun


def annotations_of(run: LintRun) -> Iterator[FileAnnotation]:
    """The errors of networks that could not be linted, then what was found."""
    yield from map(of_diagnostic, run.errors)
    yield from map(of_finding, run.findings)


def of_finding(finding: Finding) -> FileAnnotation:
    message = f"{finding.layer}{where_used(finding)}: {finding.message}"
    rule = finding.rule
    return FileAnnotation(rule.code, finding.level, message, finding.remedy.text, finding.mark, finding.times, rule)


def github(run: LintRun) -> Iterator[str]:
    """A line for each, and a sum last."""
    yield from render(annotations_of(run), "github")
    yield f"{tally(run)}\n"


def sarif(run: LintRun) -> Iterator[str]:
    return render(annotations_of(run), "sarif")
