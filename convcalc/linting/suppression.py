"""Findings that somebody has seen and wants no more: `# lint: ignore CODE` on the line of a layer."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from convcalc.problem import lines

if TYPE_CHECKING:
    from convcalc.problem import Source
    from convcalc.spec.model import Place

COMMENT = r"(?:^|\s)#\s*lint:\s*ignore\b[\s:=]*([\w\s,-]*)"


def is_ignored(code: str, place: Place | None, source: Source) -> bool:
    """Whether the line that a layer is written on, or used on, has a comment for this rule."""
    for where in (place, place.use if place else None):
        if where is not None and has_comments(text := (where.source or source).text):
            rows = lines(text)
            codes = ignored_codes(rows[where.line - 1]) if 1 <= where.line <= len(rows) else None
            if codes is not None and (not codes or code in codes):
                return True
    return False


@lru_cache(maxsize=16)
def has_comments(text: str) -> bool:
    return "lint:" in text


@lru_cache(maxsize=4096)
def ignored_codes(row: str) -> frozenset[str] | None:
    """The codes that a line's comment names, none for all of them; None where there is no such comment."""
    found = re.search(COMMENT, row)
    return frozenset(found[1].lower().replace("_", "-").replace(",", " ").split()) if found else None
