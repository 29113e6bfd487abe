"""Cures that take the whole network: slips of its text, values for names, and the smallest input that would do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.kinds.conventions import CONVENTIONS
from convcalc.network.smallest import with_smallest_input
from convcalc.network.undeclared import add_option_cures
from convcalc.problem import LAYER, LINE
from convcalc.readers.correction import correct
from convcalc.readers.wording import Reading

if TYPE_CHECKING:
    from collections.abc import Mapping

    from convcalc.algebra.expr import Value
    from convcalc.network.graph import Graph
    from convcalc.problem import Diagnostic
    from convcalc.spec.choices import Choices
    from convcalc.spec.model import Spec


def add_cures(graph: Graph, choices: Choices) -> list[Diagnostic]:
    """The diagnostics of a graph, each with what would mend it."""
    reading = reading_of(graph.spec, graph.convention.name, graph.names)._replace(tried={})
    axes = graph.axes_before_failures()
    found = [correct(finding, reading._replace(axes=axes.get(finding.mark, 0))) for finding in graph.diagnostics]
    if graph.spec.source.name in (LINE, LAYER) and any(finding.undeclared for finding in found):
        found = add_option_cures(graph.spec, choices, found)
    return with_smallest_input(graph, choices, found)


def reading_of(spec: Spec, convention: str, names: Mapping[str, Value]) -> Reading:
    """How a correction of a spec's text would be read."""
    known = {**{name: 1 for block in spec.blocks.values() for name, _ in block.params}, **names}
    return Reading(CONVENTIONS[convention].classes, known, spec.defaults, frozenset((*spec.blocks, *spec.kinds)))
