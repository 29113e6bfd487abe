"""The report on a class in Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from convcalc.marking.verdict import STATES
from convcalc.render.working.page import escape_markdown

if TYPE_CHECKING:
    from convcalc.render.marks.classes import Outline


def pieces(outline: Outline) -> Iterator[str]:
    for text in lines(outline):
        yield f"{text}\n"


def lines(outline: Outline) -> Iterator[str]:
    yield f"# {escape_markdown(outline.title)}"
    yield ""
    yield escape_markdown(outline.heading)
    if outline.alarms:
        yield ""
        yield "> **Most of the class agree against the key; look at these questions first.**"
        yield from (f">\n> - {escape_markdown(text)}" for text in outline.alarms)
    yield ""
    yield f"| question | right | {' | '.join(STATES)} |"
    yield f"|---|--:|{'--:|' * len(STATES)}"
    for line in outline.lines:
        counts = " | ".join(str(line.states[state]) for state in STATES)
        yield f"| {cell(line.ask)} | {line.share or '0'} % | {counts} |"
    if outline.slips:
        yield ""
        yield "## Commonest mistakes"
        yield ""
        yield "| code | who | what | names |"
        yield "|---|---|---|---|"
        for slip in outline.slips:
            yield f"| `{slip.code}` | {slip.often} | {cell(slip.words)} | {cell(slip.names)} |"
        if outline.more_slips:
            yield f"\nand {outline.more_slips} more"
    yield ""
    yield "## Share of the points"
    yield ""
    yield "| points | students |"
    yield "|---|--:|"
    for index, count in enumerate(outline.histogram):
        yield f"| {10 * index} to {10 * index + 10} % | {count} |"
    if outline.left:
        yield ""
        yield "## Not marked"
        yield ""
        yield from (f"- {escape_markdown(student)}: {escape_markdown(reason)}" for student, reason in outline.left)
    yield ""
    yield f"<sub>{escape_markdown(outline.stamp)}</sub>"


def cell(text: str) -> str:
    return escape_markdown(text).replace("|", "\\|")
