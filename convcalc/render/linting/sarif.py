"""Findings as SARIF 2.1.0 (OASIS), which code hosts and editors read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from convcalc import __version__
from convcalc.render.json_text import json_text
from convcalc.render.linting import where_used

if TYPE_CHECKING:
    from convcalc.linting.record import Finding, LintRule
    from convcalc.problem import Diagnostic, Mark
    from convcalc.render.linting import LintRun

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def lines(run: LintRun) -> Iterator[str]:
    """One log of one run."""
    yield f"{json_text(log(run))}\n"


def log(run: LintRun) -> dict[str, Any]:
    found = {finding.rule.code: finding.rule for finding in run.findings}
    places = {code: place for place, code in enumerate(found)}
    driver = {
        "name": "convcalc",
        "version": __version__,
        "rules": list(map(rule_record, found.values())),
    }
    invocation = {
        "executionSuccessful": not run.errors,
        "toolExecutionNotifications": list(map(notification, run.errors)),
    }
    results = [result(finding, places[finding.rule.code]) for finding in run.findings]
    runs = [
        {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "invocations": [invocation], "results": results}
    ]
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": runs}


def rule_record(rule: LintRule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "shortDescription": {"text": rule.sentence},
        "fullDescription": {"text": rule.law},
        "help": {"text": f"{rule.cure}\n\n{rule.source}"},
        "defaultConfiguration": {"level": rule.level},
    }


def result(finding: Finding, place: int) -> dict[str, Any]:
    text = f"{finding.layer}{where_used(finding)}: {finding.message}"
    cure = f". {finding.remedy.text}" if finding.remedy.text else ""
    return {
        "ruleId": finding.rule.code,
        "ruleIndex": place,
        "level": finding.level,
        "message": {"text": f"{text}{cure}"},
        "locations": locations(finding.mark),
        "occurrenceCount": finding.times,
    }


def notification(error: Diagnostic) -> dict[str, Any]:
    return {
        "level": "error",
        "descriptor": {"id": error.code},
        "message": {"text": error.message},
        "locations": locations(error.mark),
    }


def locations(mark: Mark | None) -> list[dict[str, Any]]:
    if mark is None:
        return []
    region = {"startLine": mark.line, "startColumn": mark.column, "endColumn": mark.column + max(mark.length, 1)}
    return [{"physicalLocation": {"artifactLocation": {"uri": uri(mark.source.name)}, "region": region}}]


def uri(name: str) -> str:
    """A path as a URI reference; what is no file has its name."""
    return quote(name.replace("\\", "/"), safe="/-._~")
