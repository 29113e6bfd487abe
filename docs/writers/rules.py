"""A page for every rule of `lint`: its law, its cure, and a network in which it finds something."""

from __future__ import annotations

import shlex

from convcalc.linting.linter import RULES
from convcalc.linting.record import LintRule
from writers.markdown import leaf, link, page, prose, section, table
from writers.running import console, file_block, folder_with


def pages() -> dict[str, str]:
    return {"index.md": index(), **{f"{rule.code}.md": rule_page(rule) for rule in RULES}}


def index() -> str:
    said = (
        "`convcalc lint` finds slips that the numbers of a network give away, and breaches of the lectures' rules of "
        "thumb. A warning is almost surely a slip or a waste; a note (`--notes`) is a rule that good networks break."
    )
    rows = ((link(rule.code), rule.level, prose(rule.sentence)) for rule in RULES)
    return page("Lint rules", said, table(("rule", "level", "what it finds"), rows))


def rule_page(rule: LintRule) -> str:
    return leaf(
        "Lint rules",
        rule.code,
        f"*{rule.level}*: {prose(rule.sentence)}",
        prose(rule.law),
        section("Cure", prose(rule.cure)),
        section("Example", *example(rule)),
        section(
            "To silence it",
            f"`# lint: ignore {rule.code}` at the end of a layer's line, `lint: {{ignore: [{rule.code}]}}` "
            f"in a spec, or `--ignore {rule.code}` for one run.",
        ),
        section("Source", prose(rule.source)),
    )


def example(rule: LintRule) -> tuple[str, ...]:
    """A network in which the rule finds something: one line, or a file."""
    if "\n" not in rule.example:
        return (console(f"convcalc lint -e {shlex.quote(rule.example)} --select {rule.code}"),)
    with folder_with({"net.yaml": rule.example}):
        return file_block("net.yaml", rule.example), console(f"convcalc lint net.yaml --select {rule.code}")
