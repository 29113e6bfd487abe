"""What the linter finds, and the rules by which it does, as text, JSON and annotations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from convcalc import __version__
from convcalc.linting.linter import diagnostic_of
from convcalc.render.annotations import FORMATS as ANNOTATIONS
from convcalc.render.annotations import FileAnnotation, of_diagnostic
from convcalc.render.errors import diagnostic_text
from convcalc.render.json_text import json_text
from convcalc.render.layout import fill
from convcalc.render.report.json import diagnostic
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.linting.record import Finding, LintRule
    from convcalc.problem import Diagnostic

SCHEMA = "convcalc/lint/1"
WIDE = 100


class LintRun(NamedTuple):
    """Several networks linted, and how that is to look."""

    findings: tuple[Finding, ...] = ()
    errors: tuple[Diagnostic, ...] = ()  # of networks that could not be linted
    networks: int = 1  # in all
    fixed: int = 0  # findings whose cure was written
    colour: bool = False
    width: int = 0  # of the terminal; 0: as wide as it takes


def tally(run: LintRun) -> str:
    """`2 warnings and 1 note in 3 networks`."""
    counts = Counter(finding.level for finding in run.findings) or {"warning": 0}
    shown = " and ".join(number_of(number, level) for level, number in sorted(counts.items(), reverse=True))
    cures = f", {number_of(run.fixed, 'cure')} written" if run.fixed else ""
    return f"{shown} in {number_of(run.networks, 'network')}{cures}"


def number_of(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"


def annotations_of(run: LintRun) -> Iterator[FileAnnotation]:
    """The errors of networks that could not be linted, then what was found."""
    yield from map(of_diagnostic, run.errors)
    yield from map(of_finding, run.findings)


def of_finding(finding: Finding) -> FileAnnotation:
    often = f" ({finding.times} times)" if finding.times > 1 else ""
    message = f"{finding.layer}{often}: {finding.message}"
    rule = finding.rule
    return FileAnnotation(rule.code, finding.level, message, finding.remedy.text, finding.mark, finding.times, rule)


def github(run: LintRun) -> Iterator[str]:
    """A line for each, and a sum last."""
    yield from ANNOTATIONS["github"](annotations_of(run))
    yield f"{tally(run)}\n"


def sarif(run: LintRun) -> Iterator[str]:
    return ANNOTATIONS["sarif"](annotations_of(run))


def finding_record(finding: Finding) -> dict[str, Any]:
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


def json(run: LintRun) -> Iterator[str]:
    """One document, a line for each finding."""
    yield f'{{"schema": "{SCHEMA}", "convcalc": {json_text(__version__)},\n "findings": ['
    yield ",".join(f"\n  {json_text(finding_record(finding))}" for finding in run.findings)
    errors = f',\n "errors": {json_text(list(map(diagnostic, run.errors)))}' if run.errors else ""
    yield f"]{errors}}}\n"


def text(run: LintRun) -> Iterator[str]:
    """Every finding, and how many there are."""
    for found in finding_lines(run.findings, run.colour, run.width):
        yield f"{found}\n"
    yield f"{tally(run)}\n"


def finding_lines(findings: Iterable[Finding], colour: bool = False, width: int = 0) -> Iterator[str]:
    for finding in findings:
        yield f"{diagnostic_text(diagnostic_of(finding), colour, width)}\n"


FORMATS: dict[str, Callable[[LintRun], Iterator[str]]] = {
    "text": text, "json": json, "github": github, "sarif": sarif,
}  # fmt: skip


# The rules themselves


def rule_lines(rules: Iterable[LintRule]) -> Iterator[str]:
    """Every rule in a line: its code, its level, what it finds."""
    rules = tuple(rules)
    code, level = (max(len(getattr(rule, what)) for rule in rules) for what in ("code", "level"))
    for rule in rules:
        yield f"{rule.code:{code}}  {rule.level:{level}}  {rule.sentence}\n"


def rule_page(rule: LintRule, example: Iterable[str]) -> Iterator[str]:
    """The law, an example in which it finds something, the source, and how to silence it."""
    yield f"{rule.code} ({rule.level}): {rule.sentence}\n\n"
    yield from paragraph(rule.law)
    yield from paragraph(f"Cure: {rule.cure}")
    yield "Example:\n\n"
    yield from (f"  {line}\n" for line in rule.example.splitlines())
    yield "\n"
    yield from example
    yield "\n"
    yield from paragraph(f"Source: {rule.source}")
    shown = "Shown with --notes, or --select. " if rule.level == "note" else ""
    yield f"{shown}To silence it:\n\n"
    ways = {
        f"# lint: ignore {rule.code}": "at the end of a layer's line",
        f"lint: {{ignore: [{rule.code}]}}": "in a spec",
        f"--ignore {rule.code}": "for one run",
    }
    room = max(map(len, ways))
    yield from (f"  {way:{room}}  {where}\n" for way, where in ways.items())


def paragraph(text: str) -> Iterator[str]:
    yield from (f"{line}\n" for line in fill(text, WIDE))
    yield "\n"
