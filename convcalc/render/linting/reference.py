"""The rules themselves: a table of them all, and a page for one, from its record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from convcalc.render.layout import fill

if TYPE_CHECKING:
    from convcalc.linting.record import LintRule

WIDE = 100


def rule_lines(rules: Iterable[LintRule]) -> Iterator[str]:
    """Every rule in a line: its code, its level, what it finds."""
    rules = tuple(rules)
    code, level = (max(len(getattr(rule, what)) for rule in rules) for what in ("code", "level"))
    for rule in rules:
        yield f"{rule.code:{code}}  {rule.level:{level}}  {rule.sentence}\n"


def page(rule: LintRule, example: Iterable[str]) -> Iterator[str]:
    """The law, an example in which it finds something, the source, and how to silence it."""
    yield f"{rule.code} ({rule.level}): {rule.sentence}\n\n"
    yield from paragraph(rule.law)
    yield from paragraph(f"Cure: {rule.cure}")
    yield "Example:\n\n"
    yield from (f"  {line}\n" for line in rule.example.splitlines())
    yield "\n"
    yield from example
    yield "\n"
    yield from paragraph(f"Source: {rule.source}")
    shown = "Shown with --notes, or --select. " if rule.level == "note" else ""
    yield f"{shown}To silence it:\n\n"
    ways = {
        f"# lint: ignore {rule.code}": "at the end of a layer's line",
        f"lint: {{ignore: [{rule.code}]}}": "in a spec",
        f"--ignore {rule.code}": "for one run",
    }
    room = max(map(len, ways))
    yield from (f"  {way:{room}}  {where}\n" for way, where in ways.items())


def paragraph(text: str) -> Iterator[str]:
    yield from (f"{line}\n" for line in fill(text, WIDE))
    yield "\n"
