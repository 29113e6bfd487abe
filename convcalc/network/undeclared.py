"""Names that nothing declares, on a command line: the options that give them values, tried before they are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.network.build import Builder
from convcalc.problem import LAYER

if TYPE_CHECKING:
    from convcalc.problem import Diagnostic
    from convcalc.spec.choices import Choices
    from convcalc.spec.model import Spec

TRIED = ("8", "2", "3", "1", "4", "16", "64")  # for all names together, until one of them makes a network


def add_option_cures(spec: Spec, choices: Choices, findings: list[Diagnostic]) -> list[Diagnostic]:
    """The findings, those of names that nothing declares with `--set n=8` as their cure."""
    hint = "a number, or a single letter, in its place" if spec.source.name == LAYER else options(spec, choices)
    return [finding._replace(hint=hint) if finding.undeclared else finding for finding in findings]


def options(spec: Spec, choices: Choices) -> str:
    tries = [given_all(spec, choices, value) for value in TRIED]
    sets, _ = next((each for each in tries if each[1]), tries[0])
    return " ".join(f"--set {name}={value}" for name, value in sorted(sets.items()))


def given_all(spec: Spec, choices: Choices, value: str) -> tuple[dict[str, str], bool]:
    """The names that nothing declares, each with this value, and whether that makes a network.

    One name may hide the next: that of a repeat those of its layers.
    """
    sets: dict[str, str] = {}
    while True:
        chosen = choices._replace(sets={**choices.sets, **sets})
        found = Builder(spec, chosen, cured=False).build().diagnostics
        more = {finding.undeclared for finding in found if finding.undeclared}.difference(sets)
        if not more:
            return sets, not any(finding.severity == "error" for finding in found)
        sets.update(dict.fromkeys(sorted(more), value))
