"""The graph of a network: every layer in its place, joined to its inputs, with what came of applying it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from convcalc.kinds.conventions import CONVENTIONS
from convcalc.problem import Diagnostic, Mark
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.algebra.sizes import Sizes
    from convcalc.layers import Shape
    from convcalc.layers.applied import Applied
    from convcalc.layers.held import Held
    from convcalc.spec import Place, Spec


UNKNOWN_INPUT = "its input is unknown"  # why a layer was not applied


class Node(NamedTuple):
    """A layer in its place: what it is applied to, and what came of it (None where it failed, was skipped or held)."""

    name: str
    inputs: tuple[int, ...]
    applied: Applied | None
    place: Place | None
    reason: str = ""  # why there is no result
    join: str = ""  # the kind, where there is no result to tell it
    held: Held | None = None  # what it holds by itself, where its input is not known


class Graph:
    """Layers in the order they were written; the first `len(inputs)` nodes are the network's inputs."""

    def __init__(self, spec: Spec, convention: str, channels_last: bool):
        self.spec = spec
        self.channels_last = channels_last  # in what is shown; the spec's own order is `spec.channels_last`
        self.batch = spec.batch  # of a shape with its batch in front; 0 where there is none
        # What was understood beyond the letter, and what its source does not say.
        self.notes: list[Diagnostic] = [*filter(None, (spec.unjoined,)), *spec.notes]
        self.convention = CONVENTIONS[convention]
        self.inputs: dict[str, Shape] = {}
        self.nodes: list[Node] = []
        self.diagnostics: list[Diagnostic] = []
        self.conditions: list[Diagnostic] = []  # on the symbols, for the network to fit
        self.fitting: dict[str, Sizes] = {}  # by symbol, its values with which the network fits
        self.groups: list[tuple[str, int, int]] = []  # a block or repeat: its name, its first node, one past its last
        self.outputs: list[tuple[str, int]] = []  # by name, where the spec names them: their nodes
        self.names: Mapping[str, Value] = {}

    def mark(self, place: Place | None) -> Mark | None:
        return place.mark(self.spec.source) if place is not None else None

    def why_unknown(self, node: Node) -> str:
        """What is wrong with a layer that could not be computed, or with one that it depends on."""
        return next((finding.message for finding in self.diagnostics if finding.layer == node.name), node.reason)

    def axes_before_failures(self) -> dict[Mark | None, int]:
        """How many axes there are before the layers that could not be computed, by where these are."""
        failed = [node for node in self.nodes if node.inputs and node.applied is None]
        return {self.mark(node.place): len(self.shape(node.inputs[0]) or ()) for node in failed}

    @property
    def main(self) -> int:
        """The node of the main output: the last, unless the spec says otherwise."""
        return self.outputs[0][1] if self.outputs else len(self.nodes) - 1

    def shape(self, index: int) -> Shape | None:
        if index < len(self.inputs):
            return tuple(self.inputs.values())[index]
        applied = self.nodes[index].applied
        return applied.output if applied else None
