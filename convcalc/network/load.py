"""From the name or the text of a spec to its report: the one road that every command takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.language import library
from convcalc.language.document import chain_spec, read_spec
from convcalc.language.evidence import laid_out
from convcalc.language.names import Choices
from convcalc.language.yamlmap import load
from convcalc.network.build import build
from convcalc.network.walk import Walk, walk
from convcalc.problem import Problem, Source, problem

if TYPE_CHECKING:
    from convcalc.language.spec import Spec
    from convcalc.language.yamlmap import Node
    from convcalc.network.graph import Graph
    from convcalc.network.walk import NetworkReport


def spec_of(source: Source, choices: Choices | None = None, root: Node | None = None) -> Spec:
    """The Spec of a source: YAML, or a network in one line with arrows; or of the part of a document that `root` is."""
    convention, layout = (choices.convention, choices.layout) if choices else ("", "")
    first = source.text.lstrip()
    if root is not None:
        return laid_out(read_spec(source, root, convention), layout)
    if "\n" not in source.text.strip() and ("->" in first or "→" in first) and not first.startswith(("{", "input:")):
        spec = chain_spec(source, convention)
        return laid_out(spec._replace(layout=layout), layout)  # the option belongs to the line that it is given with
    return laid_out(read_spec(source, load(source), convention), layout)


def graph_of(source: Source, choices: Choices | None = None, root: Node | None = None) -> Graph:
    """The graph of a source; raises a Problem where there is nothing to build."""
    try:
        return build(spec_of(source, choices, root), choices)
    except RecursionError:
        raise problem("X003", "the network is nested too deeply", "use blocks and names instead of brackets") from None


def report(source: Source, choices: Choices | None = None, root: Node | None = None) -> NetworkReport:
    """The report of a source; what is wrong with single layers is in its diagnostics."""
    return walk(graph_of(source, choices, root))


def summarise(name: str, choices: Choices | None = None) -> NetworkReport:
    """The report of a bundled network or a file: `summarise("vgg16").totals.parameters` is 138,357,544."""
    return report(library.find(name), choices)


def summarise_text(text: str, choices: Choices | None = None) -> NetworkReport:
    """The report of a spec given as text."""
    return report(Source("<text>", text), choices)


__all__ = ["Choices", "Problem", "Walk", "graph_of", "report", "spec_of", "summarise", "summarise_text"]
