"""The report on a class as JSON, by the schema convcalc/class/1."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from convcalc import __version__
from convcalc.render.json_text import json_text
from convcalc.render.marks.json import number

if TYPE_CHECKING:
    from convcalc.render.marks.classes import Outline

SCHEMA = "convcalc/class/1"


def pieces(outline: Outline) -> Iterator[str]:
    facts = {
        name: value if value is None or isinstance(value, (int, str)) else number(value)
        for name, value in outline.numbers.items()
    }
    report = {
        "schema": SCHEMA,
        "convcalc": __version__,
        "title": outline.title,
        **facts,
        "alarms": list(outline.alarms),
        "questions": [{"ask": line.ask, **line.states} for line in outline.lines],
        "mistakes": [
            {"code": slip.code, "sentence": slip.words, "students": slip.students, "names": list(slip.everybody)}
            for slip in outline.slips
        ],
        "histogram": list(outline.histogram),
        "not_marked": [{"student": student, "reason": reason} for student, reason in outline.left],
    }
    yield json_text(report) + "\n"
