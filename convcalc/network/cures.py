"""Cures that take the whole network: slips of its text, values for names, and the smallest input that would do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.kinds.conventions import CONVENTIONS
from convcalc.network.build import Builder
from convcalc.network.smallest import with_smallest_input
from convcalc.problem import LAYER, LINE, sort_by_lines
from convcalc.readers.correction import correct
from convcalc.readers.wording import Reading

if TYPE_CHECKING:
    from collections.abc import Mapping

    from convcalc.algebra.expr import Value
    from convcalc.network.graph import Graph
    from convcalc.problem import Diagnostic
    from convcalc.spec.choices import Choices
    from convcalc.spec.model import Spec

TRIED = ("8", "2", "3", "1", "4", "16", "64")  # for all names together, until one of them makes a network
MAX_LAYERS = 2_000  # that are built on the way


def add_cures(graph: Graph, choices: Choices) -> list[Diagnostic]:
    """The diagnostics of a graph, each with what would mend it."""
    reading = reading_of(graph.spec, graph.convention.name, graph.names)._replace(tried={})
    axes = graph.axes_before_failures()
    found = [correct(finding, reading._replace(axes=axes.get(finding.mark, 0))) for finding in graph.diagnostics]
    sort_by_lines(found)
    if graph.spec.source.name in (LINE, LAYER) and any(finding.undeclared for finding in found):
        found = add_option_cures(graph.spec, choices, found)
    return with_smallest_input(graph, choices, found)


def reading_of(spec: Spec, convention: str, names: Mapping[str, Value]) -> Reading:
    """How a correction of a spec's text would be read."""
    known = {**{name: 1 for block in spec.blocks.values() for name, _ in block.params}, **names}
    return Reading(CONVENTIONS[convention].classes, known, spec.defaults, frozenset((*spec.blocks, *spec.kinds)))


# Names that nothing declares, on a command line


def add_option_cures(spec: Spec, choices: Choices, findings: list[Diagnostic]) -> list[Diagnostic]:
    """The findings, those of names that nothing declares with `--set n=8` as their cure."""
    hint = "a number, or a single letter, in its place" if spec.source.name == LAYER else options(spec, choices)
    return [finding._replace(hint=hint) if finding.undeclared else finding for finding in findings]


def options(spec: Spec, choices: Choices) -> str:
    first: dict[str, str] = {}
    built = 0
    for value in TRIED:
        sets, is_network, layers = given_all(spec, choices, value)
        first, built = first or sets, built + layers
        if is_network or built > MAX_LAYERS:
            first = sets if is_network else first
            break
    return " ".join(f"--set {name}={value}" for name, value in sorted(first.items()))


def given_all(spec: Spec, choices: Choices, value: str) -> tuple[dict[str, str], bool, int]:
    """The names that nothing declares, each with this value, whether that makes a network, and the layers built.

    One name may hide the next: that of a repeat those of its layers.
    """
    sets: dict[str, str] = {}
    built = 0
    while True:
        graph = Builder(spec, choices._replace(sets={**choices.sets, **sets}), cured=False).build()
        found, built = graph.diagnostics, built + len(graph.nodes)
        more = {finding.undeclared for finding in found if finding.undeclared}.difference(sets)
        if not more or built > MAX_LAYERS:
            return {**sets, **dict.fromkeys(more, value)}, not any(each.severity == "error" for each in found), built
        sets.update(dict.fromkeys(sorted(more), value))
