"""The report on a class as plain text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from convcalc.render.layout import width
from convcalc.render.script import printable

if TYPE_CHECKING:
    from convcalc.render.marks.classes import Outline

BAR = 20  # characters
WIDE = 32  # of a histogram


def pieces(outline: Outline) -> Iterator[str]:
    for text in lines(outline):
        yield f"{printable(text)}\n"


def lines(outline: Outline) -> Iterator[str]:
    yield outline.title
    yield outline.heading
    if outline.alarms:
        yield ""
        yield "Most of the class agree against the key; look at these questions first"
        yield from (f"  {text}" for text in outline.alarms)
    yield ""
    yield "Right, or consistent with an earlier answer"
    room = max((width(line.ask) for line in outline.lines), default=0)
    for line in outline.lines:
        yield f"  {line.ask}{' ' * (room - width(line.ask))}  {bar(line.share)}  {line.share or '0':>5} %  {line.said}"
    if outline.slips:
        yield ""
        yield "Commonest mistakes"
        for slip in outline.slips:
            yield f"  {slip.code}, {slip.often}: {slip.words}"
            yield f"    {slip.names}"
        if outline.more_slips:
            yield f"  and {outline.more_slips} more"
    yield ""
    yield "Share of the points"
    most = max(outline.histogram, default=0) or 1
    for index, count in enumerate(outline.histogram):
        column = "#" * -(-WIDE * count // most)
        yield f"  {10 * index:>3} to {10 * index + 10:>3} %  {column}{' ' if count else ''}{count}"
    if outline.left:
        yield ""
        yield "Not marked"
        yield from (f"  {student}: {reason}" for student, reason in outline.left)
    yield ""
    yield f"({outline.stamp})"


def bar(share: str) -> str:
    full = round(BAR * float(share or 0) / 100)
    return "#" * full + "." * (BAR - full)
