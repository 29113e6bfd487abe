"""A network in another language, from a spec and what was asked beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from convcalc.network.load import graph_of
from convcalc.problem import Problem, problem
from convcalc.readers.forms import form_of
from convcalc.tuples import NamedTuple
from convcalc.writing import TARGETS
from convcalc.writing.asked import with_choices

if TYPE_CHECKING:
    from convcalc.network.graph import Graph
    from convcalc.problem import Diagnostic
    from convcalc.spec.choices import Choices
    from convcalc.spec.model import Spec


class Conversion(NamedTuple):
    """A network as text or bytes in pieces, what its reader has to know beside it, and what was understood in it."""

    pieces: Iterator[Any]
    remarks: Iterable[str]
    notes: tuple[Diagnostic, ...]


def conversion(spec: Spec, choices: Choices, target: str, depth: int = 0) -> Conversion:
    """A spec in one of TARGETS, with what was asked beside it; a Problem where that cannot say it."""
    language = TARGETS[target]
    if depth and not language.folds:
        folding = " and ".join(each.name for each in TARGETS.values() if each.folds)
        raise problem("U010", f"depth has no say over {target}", f"leave it out: it is for {folding}")
    graph = graph_of(spec, choices)
    if wrong := (*graph.diagnostics, *spec.gaps):
        raise Problem(*wrong)
    refuse_unknown(graph)
    spec = with_choices(spec, choices, graph)
    if form_of(spec.source) is not None and not spec.blocks:
        from convcalc.writing.folding import in_few_words

        spec, graph = in_few_words(spec, graph)
    pieces = language.pieces(spec, graph, depth)
    return Conversion(pieces, language.remarks(spec, graph), tuple(graph.notes))


def refuse_unknown(graph: Graph) -> None:
    """A Problem where it is not known what a layer takes or gives."""
    if graph.spec.unjoined:
        raise Problem(graph.spec.unjoined._replace(severity="error"))
    for node in graph.nodes[len(graph.inputs) :]:
        if node.applied is None:
            raise problem("T003", f"what {node.name} gives is not known", "", graph.mark(node.place), layer=node.name)
