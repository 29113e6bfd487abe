"""What a published notation says beyond the values of a layer, held against what comes of the layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.problem import Diagnostic, problem
from convcalc.readers.readings import spell_shorthand

if TYPE_CHECKING:
    from convcalc.network.assembly import Assembly
    from convcalc.network.graph import Node
    from convcalc.spec.model import WrittenLayer

OPEN = ("stride", "padding")  # what CS231n's lines leave out


def check_implied(assembly: Assembly, written: WrittenLayer, node: Node) -> None:
    """Note once what a notation is read as; refuse a layer of which another size comes out than its line says."""
    implied, graph = written.implied, assembly.graph
    assert implied
    if implied.remark and not any(note.message.endswith(implied.source) for note in graph.notes):
        graph.notes.append(Diagnostic("W005", implied.remark, "", graph.mark(node.place), severity="note"))
    if not (implied.output and node.applied) or without_ones(node.applied.output) == without_ones(implied.output):
        return
    before, after, said = (
        "x".join(map(str, shape)) for shape in (node.applied.input[0], node.applied.output, implied.output)
    )
    line = spell_shorthand(written._replace(args=tuple(pair for pair in written.args if pair[0] not in OPEN)))
    hint = "the line leaves out its stride and padding, "
    hint += f'which `convcalc solve {before} "{line} s? p?" {said}` finds'
    assembly.note(problem("C043", f"{after} comes out, and its line says {said}", hint), node.place, node.name)


def without_ones(shape: tuple[object, ...]) -> tuple[object, ...]:
    """A shape without sides of 1 at its end: a vector is written as 4096×1×1."""
    sizes = list(shape)
    while len(sizes) > 1 and sizes[-1] == 1:
        sizes.pop()
    return tuple(sizes)
