"""The nodes of the outputs that a spec names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.problem import Diagnostic, Problem, problem

if TYPE_CHECKING:
    from convcalc.network.assembly import Assembly


def find_outputs(assembly: Assembly) -> None:
    """Find the outputs among the nodes: one that is left out is none, and where none is left that is said."""
    graph, left_out = assembly.graph, [f"{name}." for name in assembly.left_out if name]
    for name, layer, place in assembly.spec.outputs:
        if any(f"{layer}.".startswith(each) for each in left_out):
            continue
        try:
            index = assembly.source(layer)
            if index < len(graph.inputs):
                raise problem("N002", f"{layer} is an input, and no layer's output", "- identity")
            if name in dict(graph.outputs):
                raise problem("N004", f'the output "{name[:60]}" stands twice', "leave one of them out")
            graph.outputs.append((name, index))
        except Problem as error:
            assembly.note(error, place)
    if not graph.outputs and not graph.diagnostics:
        message, mark = "no output is left: the last layer's is taken", graph.mark(assembly.spec.outputs[0][2])
        graph.notes.append(Diagnostic("W006", message, "", mark, severity="note"))
