"""The one road that every command takes: from the name or text of a network to its Spec, its graph and its report."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from convcalc.network.build import build
from convcalc.network.walk import walk
from convcalc.problem import BUNDLED, Problem, Source, problem
from convcalc.readers import library
from convcalc.readers.yaml.document import read_spec
from convcalc.readers.yaml.kept import tree_of
from convcalc.spec.brackets import is_line
from convcalc.spec.choices import Choices
from convcalc.spec.layout import laid_out

if TYPE_CHECKING:
    from convcalc.network import Graph
    from convcalc.network.walk import NetworkReport
    from convcalc.readers.forms import SourceForm
    from convcalc.readers.yaml import Node
    from convcalc.spec import Spec

NOTHING = Choices()  # asked for


@contextmanager
def bounded_depth() -> Iterator[None]:
    """A Problem where brackets lie so deep in one another that Python gives up."""
    try:
        yield
    except RecursionError:
        raise problem("X003", "the network is nested too deeply", "use blocks and names instead of brackets") from None


def source_of(network: str | Source, choices: Choices = NOTHING) -> Source:
    """The text of a network that is named, or given as a text already."""
    return network if isinstance(network, Source) else library.find(network, choices.convention)


def spec_of(source: Source, choices: Choices = NOTHING, root: Node | None = None) -> Spec:
    """The Spec of a source: YAML, or a network in one line with arrows; or of the part of a document that `root` is."""
    with bounded_depth():
        if root is not None:
            spec = read_spec(source, root, choices.convention)
        elif is_line(source.text.strip()):
            from convcalc.readers.command_line import chain_spec

            # The option belongs to the line that it is given with.
            spec = chain_spec(source, choices.convention)._replace(layout=choices.layout)
        elif form := foreign_form(source):
            spec = form.read(source, choices, bundled_graph)
        else:
            spec = read_spec(source, tree_of(source), choices.convention)
        if choices.defaults:
            from convcalc.readers.command_line import with_defaults

            spec = with_defaults(spec, choices)
        return laid_out(spec, choices.layout)


def foreign_form(source: Source) -> SourceForm | None:
    """The form of a source that is not in the language of convcalc, as all those are that are bundled."""
    if source.name.startswith(BUNDLED):
        return None
    from convcalc.readers.forms import form_of

    return form_of(source)


def bundled_graph(name: str, sets: dict[str, str]) -> Graph:
    """The graph of a bundled network, with other values for some of its names."""
    choices = Choices(sets=sets)
    return graph_of(spec_of(source_of(name), choices), choices)


def graph_of(spec: Spec, choices: Choices = NOTHING) -> Graph:
    """The graph of a Spec; what is wrong with it has its cures."""
    with bounded_depth():
        graph = build(spec, choices)
    if spec.budget:
        from convcalc.network.budget import read_budget

        graph.diagnostics.extend(read_budget(spec).findings)
    if graph.diagnostics:
        from convcalc.network.cures import add_cures

        graph.diagnostics[:] = add_cures(graph, choices)
    return graph


def summarise_spec(spec: Spec, choices: Choices = NOTHING) -> NetworkReport:
    """The report of a Spec; what is wrong with single layers is in its diagnostics."""
    return walk(graph_of(spec, choices))


def summarise(network: str | Source, choices: Choices = NOTHING, root: Node | None = None) -> NetworkReport:
    """The report of a bundled network, a file or a text: `summarise("vgg16").totals.parameters` is 138,357,544.

    A Problem where there is nothing to build.
    """
    return summarise_spec(spec_of(source_of(network, choices), choices, root), choices)


def graph_and_report(network: str | Source, choices: Choices = NOTHING) -> tuple[Graph, NetworkReport]:
    """A network's graph, and the report of that; a Problem where there is nothing to build."""
    graph = graph_of(spec_of(source_of(network, choices), choices), choices)
    return graph, walk(graph)


def summarise_text(text: str, choices: Choices = NOTHING) -> NetworkReport:
    return summarise(Source("<text>", text), choices)


def sound_report(network: str | Source, choices: Choices = NOTHING, root: Node | None = None) -> NetworkReport:
    """The report of a network; a Problem where anything in it is wrong."""
    found = summarise(network, choices, root)
    if found.errors:
        raise Problem(*found.errors)
    return found


__all__ = ["Choices", "Problem", "graph_of", "sound_report", "spec_of", "summarise", "summarise_spec", "summarise_text"]
