"""What is wrong with a network as annotations that pipelines show beside the lines of a change."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from convcalc import __version__
from convcalc.problem import BUNDLED, LAYER, LINE, Diagnostic, Mark
from convcalc.render.json_text import json_text
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.linting.record import LintRule

LEVELS = {"error": "error", "warning": "warning"}  # by severity; everything else is a note
COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}  # of GitHub, by level
SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


class FileAnnotation(NamedTuple):
    """A sentence about a place in a file."""

    code: str
    level: str  # error, warning or note
    message: str
    cure: str = ""
    mark: Mark | None = None
    times: int = 1
    rule: LintRule | None = None  # that found it

    @property
    def place(self) -> Mark | None:
        """Where it is in a file; None for what is on the command line, bundled or typed."""
        return self.mark if self.mark and is_file(self.mark.source.name) else None


def is_file(name: str) -> bool:
    return name not in (LINE, LAYER, "standard input") and not name.startswith(BUNDLED)


def of_diagnostic(finding: Diagnostic) -> FileAnnotation:
    return FileAnnotation(
        finding.code, LEVELS.get(finding.severity, "note"), finding.message, finding.hint, finding.mark
    )


# Workflow commands, which GitHub shows on the lines of a change


def github(found: Iterable[FileAnnotation]) -> Iterator[str]:
    """A line for each, `::warning file=net.yaml,line=7,col=5,endColumn=22,title=…::…`."""
    for each in found:
        yield command(COMMANDS[each.level], each.place, each.code, github_text(each))


def github_text(each: FileAnnotation) -> str:
    between = "\n" if each.rule else ": "
    return f"{each.message}{between}{each.cure}" if each.cure else each.message


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


# SARIF 2.1.0 (OASIS), which code hosts and editors read


def sarif(found: Iterable[FileAnnotation]) -> Iterator[str]:
    """One log of one run."""
    yield f"{json_text(log(list(found)))}\n"


def log(found: list[FileAnnotation]) -> dict[str, Any]:
    """What has a place in a file is a result, which code hosts show there; another error is one of the run itself."""
    untold = [each for each in found if each.level == "error" and each.place is None]
    results = [each for each in found if each not in untold]
    rules = {each.code: each for each in results}
    places = {code: place for place, code in enumerate(rules)}
    driver = {"name": "convcalc", "version": __version__, "rules": list(map(rule_record, rules.values()))}
    invocation = {
        "executionSuccessful": not any(each.level == "error" for each in found),
        "toolExecutionNotifications": list(map(notification, untold)),
    }
    runs = [
        {
            "tool": {"driver": driver},
            "columnKind": "unicodeCodePoints",
            "invocations": [invocation],
            "results": [result(each, places[each.code]) for each in results],
        }
    ]
    return {"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": runs}


def rule_record(each: FileAnnotation) -> dict[str, Any]:
    """The rule that something breaks; of an error, its code."""
    rule = each.rule
    if rule is None:
        return {"id": each.code, "defaultConfiguration": {"level": each.level}}
    return {
        "id": rule.code,
        "shortDescription": {"text": rule.sentence},
        "fullDescription": {"text": rule.law},
        "help": {"text": f"{rule.cure}\n\n{rule.source}"},
        "defaultConfiguration": {"level": rule.level},
    }


def result(each: FileAnnotation, place: int) -> dict[str, Any]:
    return {
        "ruleId": each.code,
        "ruleIndex": place,
        "level": each.level,
        "message": {"text": sentence(each)},
        "locations": locations(each.place),
        "occurrenceCount": each.times,
    }


def notification(each: FileAnnotation) -> dict[str, Any]:
    return {"level": each.level, "descriptor": {"id": each.code}, "message": {"text": sentence(each)}}


def sentence(each: FileAnnotation) -> str:
    return f"{each.message}. {each.cure}" if each.cure else each.message


def locations(mark: Mark | None) -> list[dict[str, Any]]:
    if mark is None:
        return []
    region = {"startLine": mark.line, "startColumn": mark.column, "endColumn": mark.column + max(mark.length, 1)}
    return [{"physicalLocation": {"artifactLocation": {"uri": uri(mark.source.name)}, "region": region}}]


def uri(name: str) -> str:
    """A path as a URI reference; what is no file has its name."""
    from urllib.parse import quote

    return quote(os.fsencode(name.replace(os.sep, "/")), safe="/-._~")


FORMATS: dict[str, Callable[[Iterable[FileAnnotation]], Iterator[str]]] = {"github": github, "sarif": sarif}
