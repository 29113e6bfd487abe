"""A network in one line: layers with arrows between them, what repeats in brackets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from convcalc.network.assembly import Scope
from convcalc.network.load import Choices, graph_of, spec_of
from convcalc.problem import LINE, Problem, Source, problem
from convcalc.spec.shapes import spell_shape
from convcalc.writing.conversion import letters_in
from convcalc.writing.facts import Facts, outcomes
from convcalc.writing.items import ItemWriter
from convcalc.writing.naming import folded_runs
from convcalc.writing.shorthand import layer_of

if TYPE_CHECKING:
    from convcalc.network import Graph, Node
    from convcalc.spec import Spec


def pieces(spec: Spec, graph: Graph) -> Iterator[str]:
    """The line; a Problem where the network is no chain.  It is read again before it is given out."""
    check_chain(graph)
    layers = folded_runs(tuple(layer_texts(spec, graph)))
    (shape,) = graph.inputs.values()
    choices = Choices(convention=spec.convention, layout=layout(spec), symbols=tuple(letters(graph)))
    for text in ("x".join(map(str, shape)), spell_shape(shape)):  # the second says that the channels are first
        line = " -> ".join([text.replace(" ", ""), *layers])
        again = graph_of(spec_of(Source(LINE, line), choices), choices)
        if not again.diagnostics and again.inputs == graph.inputs:
            break
    if [each[1:] for each in outcomes(again)] != [each[1:] for each in outcomes(graph)]:
        raise AssertionError("what is written is another network")
    yield f"{line}\n"


def remarks(spec: Spec, graph: Graph) -> Iterator[str]:
    """What a line does not say, and a run that reads it has to."""
    options = [f"--symbol {letter}" for letter in letters(graph)]
    if layout(spec):
        options.insert(0, f"--layout {layout(spec)}")
    if spec.convention != "pytorch":
        options.insert(0, f"--convention {spec.convention}")
    if options:
        yield f"read the line with {' '.join(options)}"


def layout(spec: Spec) -> str:
    return "channels_last" if spec.channels_last else ""


def letters(graph: Graph) -> list[str]:
    """The letters in the values of layers."""
    return sorted(letters_in([each for node in graph.nodes if node.applied for _, each in node.applied.setting.values]))


def check_chain(graph: Graph) -> None:
    """A Problem where a layer does not take what the one before it gives, or there is more than one input or output."""
    if len(graph.inputs) > 1:
        raise no_chain(f"it has {len(graph.inputs)} inputs")
    if graph.outputs and [node for _, node in graph.outputs] != [len(graph.nodes) - 1]:
        raise no_chain(f"its outputs are {', '.join(name for name, _ in graph.outputs)}")
    for index, node in enumerate(graph.nodes[1:]):
        if node.inputs != (index,):
            others = [graph.nodes[source].name for source in node.inputs] or ["nothing"]
            raise no_chain(f"{node.name} takes {' and '.join(others)}", node)


def no_chain(why: str, node: Node | None = None) -> Problem:
    hint = "--to yaml says it"
    return problem("T001", f"the network is no chain of layers: {why}", hint, layer=node.name if node else "")


def layer_texts(spec: Spec, graph: Graph) -> Iterator[str]:
    """Every layer in shorthand, with its name where the author gave it one."""
    facts = Facts(graph)
    writer = ItemWriter(spec._replace(blocks={}, variants=(), defaults={}), facts)
    for node, name in zip(graph.nodes[1:], names(graph), strict=True):
        assert node.applied
        text = writer.text(layer_of(node.applied.setting), facts.needs_of(node), name)
        if not text:
            raise no_chain(f"{node.name} cannot be said in one line", node)
        yield text


def names(graph: Graph) -> Iterator[str]:
    """The name of every layer, "" where it is one that layers get by themselves, in a block or outside."""
    scopes: dict[str, Scope] = {}
    for node in graph.nodes[1:]:
        assert node.applied
        prefix, dot, name = node.name.rpartition(".")
        scope = scopes.setdefault(prefix, Scope(prefix + dot, {}))
        counts = dict(scope.counts)
        if scope.fresh(node.applied.setting.kind.name, {}) == name:
            yield ""
        else:
            scope.counts = counts
            yield node.name
