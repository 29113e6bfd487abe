"""Annotations as GitHub's workflow commands, which it shows on the lines of a change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from convcalc.problem import Mark
    from convcalc.render.annotations import FileAnnotation

LEVELS = {"error": "error", "warning": "warning", "note": "notice"}


def lines(found: Iterable[FileAnnotation]) -> Iterator[str]:
    """A line for each, `::warning file=net.yaml,line=7,col=5,endColumn=22,title=…::…`."""
    for each in found:
        yield command(LEVELS[each.level], each.place, each.code, text(each))


def text(each: FileAnnotation) -> str:
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
