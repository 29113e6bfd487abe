"""Annotations as SARIF 2.1.0 (OASIS), which code hosts and editors read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from convcalc import __version__
from convcalc.render.json_text import json_text

if TYPE_CHECKING:
    from convcalc.problem import Mark
    from convcalc.render.annotations import FileAnnotation

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def lines(found: list[FileAnnotation]) -> Iterator[str]:
    """One log of one run."""
    yield f"{json_text(log(found))}\n"


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
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": runs}


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
    return quote(os.fsencode(name.replace(os.sep, "/")), safe="/-._~")
