"""Findings as JSON, by the schema convcalc/lint/1."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from convcalc import __version__
from convcalc.render.json_text import json_text
from convcalc.render.report.json import diagnostic

if TYPE_CHECKING:
    from convcalc.linting.record import Finding
    from convcalc.render.linting import LintRun

SCHEMA = "convcalc/lint/1"


def record(finding: Finding) -> dict[str, Any]:
    mark = finding.mark
    return {
        "code": finding.rule.code,
        "level": finding.level,
        "layer": finding.layer or None,
        "file": mark.source.name if mark else None,
        "line": mark.line if mark else None,
        "column": mark.column if mark else None,
        "message": finding.message,
        "cure": finding.remedy.text,
        "times": finding.times,
    }


def lines(run: LintRun) -> Iterator[str]:
    """One document, a line for each finding."""
    yield f'{{"schema": "{SCHEMA}", "convcalc": {json_text(__version__)},\n "findings": ['
    yield ",".join(f"\n  {json_text(record(finding))}" for finding in run.findings)
    errors = f',\n "errors": {json_text(list(map(diagnostic, run.errors)))}' if run.errors else ""
    yield f"]{errors}}}\n"
