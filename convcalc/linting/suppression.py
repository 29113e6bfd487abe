"""Findings that somebody has seen and wants no more: `# lint: ignore CODE` on the line of a layer."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from convcalc.problem import Diagnostic, Mark, did_you_mean, lines

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

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


def unknown_comments(source: Source, known: Collection[str]) -> Iterator[Diagnostic]:
    """A note on every comment whose first word is no rule, so that it silences nothing."""
    for number, row in enumerate(lines(source.text) if has_comments(source.text) else (), start=1):
        found = re.search(COMMENT, row)
        word = found[1].replace(",", " ").split(maxsplit=1)[0] if found and found[1].strip(" ,") else ""
        if found and word and word.lower().replace("_", "-") not in known:
            mark = Mark(source, number, found.start(1) + 1, len(word))
            hint = did_you_mean(word, known) or "convcalc lint --rules lists them"
            yield Diagnostic("W013", f'there is no rule "{word[:60]}" to ignore', hint, mark, severity="note")


@lru_cache(maxsize=16)
def has_comments(text: str) -> bool:
    return "lint:" in text


@lru_cache(maxsize=4096)
def ignored_codes(row: str) -> frozenset[str] | None:
    """The codes that a line's comment names, none for all of them; None where there is no such comment."""
    found = re.search(COMMENT, row)
    return frozenset(found[1].lower().replace("_", "-").replace(",", " ").split()) if found else None
