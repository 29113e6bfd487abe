"""What a published notation says beyond the values of a layer, held against what comes of the layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.problem import Diagnostic, problem
from convcalc.readers.readings import spell_shorthand
from convcalc.spec.layout import written_order

if TYPE_CHECKING:
    from convcalc.layers import Shape
    from convcalc.network import Node
    from convcalc.network.assembly import Assembly
    from convcalc.spec import WrittenLayer

OPEN = ("stride", "padding")  # what CS231n's lines leave out


def check_implied(assembly: Assembly, written: WrittenLayer, node: Node) -> None:
    """Note once what a notation is read as; refuse a layer of which another size goes in or comes out than it says."""
    implied, graph, applied = written.implied, assembly.graph, node.applied
    assert implied
    if implied.remark and not any(note.message.endswith(implied.source) for note in graph.notes):
        graph.notes.append(Diagnostic("W005", implied.remark, "", graph.mark(node.place), severity="note"))
    if applied is None:
        return
    sizes = written_order(applied.input[0], assembly.spec.channels_last)
    if implied.shape and not fits(sizes, implied.shape):
        message = f"{size_of(sizes)} goes in, and its call says {size_of(implied.shape)}"
        assembly.note(problem("C043", message, "leave it out, or give the network that input"), node.place, node.name)
    if differ(applied.input[0], implied.input):
        message = f"{size_of(applied.input[0])} goes in, and its line says {size_of(implied.input)}"
        hint = "a layer above it has another window, stride or padding"
        assembly.note(problem("C043", message, hint), node.place, node.name)
    elif differ(applied.output, implied.output):
        before, after, said = map(size_of, (applied.input[0], applied.output, implied.output))
        line = spell_shorthand(written._replace(args=tuple(pair for pair in written.args if pair[0] not in OPEN)))
        hint = f'`convcalc solve {before} "{line} s? p?" {said}` finds the stride and the padding that it leaves out'
        assembly.note(problem("C043", f"{after} comes out, and its line says {said}", hint), node.place, node.name)


def differ(shape: Shape, said: tuple[int, ...]) -> bool:
    """Whether a shape of numbers is not the one that is said, if any is; a vector may be said to be 4096×1×1."""
    is_known = all(isinstance(size, int) for size in shape)
    return bool(said) and is_known and without_ones(shape) != without_ones(said)


def fits(sizes: Shape, said: tuple[str, ...]) -> bool:
    """Whether sizes are those that a call says, where both are numbers."""
    pairs = [
        (size, text) for size, text in zip(sizes, said, strict=False) if isinstance(size, int) and text.isdecimal()
    ]
    return len(sizes) == len(said) and all(size == int(text) for size, text in pairs)


def size_of(shape: Shape | tuple[str, ...]) -> str:
    return "x".join(map(str, shape))


def without_ones(shape: Shape) -> Shape:
    """A shape without sides of 1 at its end: a vector is written as 4096×1×1."""
    sizes = list(shape)
    while len(sizes) > 1 and sizes[-1] == 1:
        sizes.pop()
    return tuple(sizes)
