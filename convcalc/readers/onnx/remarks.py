"""What an exporter changed, so that the file is not quite the network that was trained."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from convcalc.problem import Diagnostic, Mark
from convcalc.readers.onnx.naming import FUSED, RULES, is_nameless
from convcalc.readers.onnx.records import note_of

if TYPE_CHECKING:
    from convcalc.problem import Source
    from convcalc.readers.onnx.held import HeldTensor
    from convcalc.readers.onnx.walk import GraphWalk

CODE = "W010"


class Remarks:
    """What is seen of an exporter's changes while the nodes are read."""

    def __init__(self) -> None:
        self.fused: list[int] = []  # parameters fewer of each convolution that says it took in a normalisation
        self.made: list[int] = []  # filters of those whose weights the exporter made of others
        self.biased: list[int] = []  # filters of those with biases, of which nobody knows
        self.normalised = 0  # batch normalisations in the file
        self.left_out = 0  # layers whose biases, all of them zeros, are not in the file
        self.computed = 0  # numbers that the exporter made of others, learnt ones maybe
        self.quantised = 0  # nodes of numbers that are kept as small whole ones

    def convolution(self, walk: GraphWalk, filters: int, weights: HeldTensor, bias: bool) -> None:
        """Take note of a convolution."""
        from convcalc.readers.onnx.weighted import has_own_bias

        if FUSED in note_of(walk.wire, walk.node.notes, RULES):
            self.fused.append(filters * (2 + has_own_bias(walk, weights) - bias))
        elif bias and not walk.graph.signature and weights.stored:
            if walk.graph.producer.startswith("pytorch"):
                self.made += [filters] * is_nameless(weights.stored[0].name)
            else:
                self.biased.append(filters)

    def notes(self, source: Source) -> tuple[Diagnostic, ...]:
        mark = Mark(source, 1, 1)
        return tuple(Diagnostic(CODE, text, "", mark, severity="note") for text in self.texts())

    def texts(self) -> Iterator[str]:
        if self.fused:
            yield (
                f"batch normalisation is folded into {several(len(self.fused), 'convolution')}, as the exporter notes: "
                f"the network that was trained has {sum(self.fused):,} parameters more"
            )
        if self.made:
            yield (
                f"{several(len(self.made), 'convolution')} of this file took in the batch normalisation behind: "
                f"{sum(self.made):,} parameters more were trained, if {'it' if len(self.made) == 1 else 'they'} had no "
                "biases of their own"
            )
        if self.biased and not self.normalised:
            yield (
                "there is no batch normalisation in this file: if the network had any, the exporter folded it into "
                f"its {several(len(self.biased), 'convolution')} with biases, and at least {sum(self.biased):,} "
                "parameters more were trained"
            )
        if self.left_out:
            yield f"the biases of {several(self.left_out, 'layer')} are all 0 and not in the file; they are counted"
        if self.computed:
            yield f"{self.computed:,} numbers that the exporter computed, of parameters maybe, count as buffers"
        if self.quantised:
            yield "layers whose numbers are kept as small whole ones count as those that they stand for"


def several(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' * (count != 1)}"
