"""What the linter finds, in the formats that people and other tools read; each is imported when asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from convcalc.linting.record import Finding
    from convcalc.problem import Diagnostic

# A format is a function of a run that yields pieces of text: where it lives.
FORMATS = {
    "text": "convcalc.render.linting.text:lines",
    "json": "convcalc.render.linting.json:lines",
    "github": "convcalc.render.linting.annotations:github",
    "sarif": "convcalc.render.linting.annotations:sarif",
}  # fmt: skip


class LintRun(NamedTuple):
    """Several networks linted, and how that is to look."""

    findings: tuple[Finding, ...] = ()
    errors: tuple[Diagnostic, ...] = ()  # of networks that could not be linted
    networks: int = 1  # in all
    fixed: int = 0  # findings whose cure was written
    colour: bool = False
    width: int = 0  # of the terminal; 0: as wide as it takes


def render(run: LintRun, form: str) -> Iterator[str]:
    """The pieces of a run's text; `form` is one of FORMATS."""
    module, _, function = FORMATS[form].partition(":")
    pieces: Iterator[str] = getattr(import_module(module), function)(run)
    return pieces


def where_used(finding: Finding) -> str:
    """How often a finding is there, where that is more than once."""
    return f" ({finding.times} times)" if finding.times > 1 else ""


def levels(findings: Iterable[Finding]) -> dict[str, int]:
    """How many findings there are of each level."""
    counts: dict[str, int] = {}
    for finding in findings:
        counts[finding.level] = counts.get(finding.level, 0) + 1
    return counts


def tally(run: LintRun) -> str:
    """`2 warnings and 1 note in 3 networks`."""
    counts = levels(run.findings) or {"warning": 0}
    shown = " and ".join(number_of(number, level) for level, number in sorted(counts.items(), reverse=True))
    cures = f", {number_of(run.fixed, 'cure')} written" if run.fixed else ""
    return f"{shown} in {number_of(run.networks, 'network')}{cures}"


def number_of(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"
