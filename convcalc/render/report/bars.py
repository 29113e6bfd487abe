"""Shares as bars of text, by rich: blocks in eighths of a cell, or hyphens where a console has nothing else."""

from __future__ import annotations

from functools import lru_cache
from io import StringIO
from typing import TYPE_CHECKING

from rich.bar import Bar
from rich.console import Console
from rich.progress_bar import ProgressBar

from convcalc.render.layout import pad
from convcalc.render.script import ASCII, UNICODE, Share

if TYPE_CHECKING:
    from collections.abc import Sequence

SHORT, LONG = 10, 20  # cells
WIDE = 130  # columns of a terminal that has room for long ones


@lru_cache(maxsize=2)
def blank_console(unicode: bool) -> Console:
    """One that has no colours and asks nothing of its surroundings."""
    return Console(color_system=None, legacy_windows=not unicode, width=2 * LONG, file=StringIO())


def bar_length(limit: int) -> int:
    """How many cells a bar has on a terminal of so many columns; 0: there is none."""
    return LONG if limit >= WIDE else SHORT


def bar_text(share: Share, length: int, unicode: bool = True) -> str:
    """A bar as long as the part is of the whole, in so many cells."""
    return bar_of_eighths(8 * length * share.part // share.whole, length, unicode)


@lru_cache(maxsize=1024)
def bar_of_eighths(eighths: int, length: int, unicode: bool) -> str:
    whole = 8 * length
    drawn = Bar(whole, 0, eighths, width=length) if unicode else ProgressBar(whole, eighths, width=length)
    text = "".join(segment.text for segment in blank_console(unicode).render(drawn))
    return text.rstrip("\n").ljust(length)


def share_texts(shares: Sequence[Share | None], limit: int, unicode: bool = True) -> list[str]:
    """A column of bars with their percentages; the longest bar is the largest share."""
    script, length = UNICODE if unicode else ASCII, bar_length(limit)
    longest = max((share.part for share in shares if share), default=1) or 1
    percents = pad([script.share(share) if share else "" for share in shares], False)
    return [
        f"{bar_text(Share(share.part, longest), length, unicode)} {percent}" if share else ""
        for share, percent in zip(shares, percents, strict=True)
    ]
