"""Findings as GitHub's workflow commands: annotations on the lines of a change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from convcalc.render.linting import tally, where_used

if TYPE_CHECKING:
    from convcalc.linting.record import Finding
    from convcalc.problem import Diagnostic, Mark
    from convcalc.render.linting import LintRun

LEVELS = {"warning": "warning", "note": "notice"}


def lines(run: LintRun) -> Iterator[str]:
    """A line for each finding and error, `::warning file=net.yaml,line=7,col=5,endColumn=22,title=…::…`; a sum last."""
    for error in run.errors:
        yield command("error", error.mark, error.code, sentence(error))
    for finding in run.findings:
        yield command(LEVELS[finding.level], finding.mark, finding.rule.code, message(finding))
    yield f"{tally(run)}\n"


def sentence(error: Diagnostic) -> str:
    return f"{error.message}: {error.hint}" if error.hint else error.message


def message(finding: Finding) -> str:
    text = f"{finding.layer}{where_used(finding)}: {finding.message}"
    return f"{text}\n{finding.remedy.text}" if finding.remedy.text else text


def command(level: str, mark: Mark | None, title: str, text: str) -> str:
    place = ""
    if mark:
        end = mark.column + mark.length - 1
        place = f"file={escape_property(mark.source.name)},line={mark.line},col={mark.column},endColumn={end},"
    return f"::{level} {place}title={escape_property(title)}::{escape(text)}\n"


def escape(text: str) -> str:
    """What would end the command, escaped as GitHub has it."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def escape_property(text: str) -> str:
    return escape(text).replace(":", "%3A").replace(",", "%2C")
