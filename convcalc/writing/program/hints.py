"""What sizes are in the names of a unit: 4*c channels where c is its parameter, worked out along its layers.

A hint need not be right: whoever uses it holds it against every place where the unit is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from convcalc.algebra.expr import divide, evaluate
from convcalc.algebra.limits import ExprError
from convcalc.algebra.parser import parse
from convcalc.algebra.poly import symbol
from convcalc.algebra.substitution import substitute
from convcalc.layers import key_names
from convcalc.layers.values import number, read
from convcalc.problem import Problem
from convcalc.writing.program.elements import Leaf, ListRun, applied_layer

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers.applied import Applied
    from convcalc.layers.values import Raw
    from convcalc.network import Graph
    from convcalc.spec import Spec

    Sizes: TypeAlias = tuple[Value | None, ...]


class Hints:
    """The hints of one unit: of what its layers say, and of the shapes along them."""

    def __init__(self, spec: Spec, graph: Graph, params: Mapping[str, Any]):
        self.spec, self.graph = spec, graph
        self.symbols: dict[str, Value] = {name: symbol(name) for name in params}
        self.shapes: dict[int, Sizes] = {}
        self.expected: dict[int, Value] = {}  # channels that a layer has to give
        self.names: dict[int, dict[str, Value]] = {}  # by the identity of the names of a list

    def names_of(self, run: ListRun) -> dict[str, Value]:
        """The names that a list of layers sees, with symbols for the parameters of the unit."""
        found = self.names.get(id(run.values))
        if found is None:
            found = self.names[id(run.values)] = {**run.values, **self.symbols}
        return found

    def value(self, raw: Raw, names: ListRun | Mapping[str, Value]) -> Value | None:
        """What is written, in the names of the unit, or in other ones."""
        known = names if isinstance(names, Mapping) else self.names_of(names)
        try:
            return number(raw, known) if isinstance(raw, str) else None
        except (ExprError, Problem):
            return None

    def argument(self, leaf: Leaf, key: str) -> Any:
        """The value of a layer's key in the names of the unit; None where it is not said."""
        if leaf.item is None:
            return None
        written = leaf.item.written
        args = dict(written.args)
        if not written.framework:
            args = {**dict(self.spec.defaults.get(written.kind.name, ())), **args}
        if key not in args:
            return None
        try:
            return read(key_names(written.kind)[key], args[key], self.names_of(leaf.run))
        except (ExprError, Problem, TypeError):
            return None

    def letters(self, leaf: Leaf) -> dict[str, Value]:
        """The letters of a layer's formulas that have hints."""
        applied = applied_layer(leaf, self.graph)
        found: dict[str, Value] = dict(applied.letters)
        for key in applied.setting.kind.keys:
            hint = self.argument(leaf, key.name) if key.symbol else None
            if hint is not None and not isinstance(hint, (tuple, str, bool)):
                found[key.symbol] = hint
        if leaf.node in self.expected:
            found["f"] = self.expected[leaf.node]
        if applied.input:
            seen = self.shape(self.graph.nodes[leaf.node].inputs[0])
            axis = feature_axis(applied)
            if len(seen) == len(applied.input[0]) and seen[axis] is not None:
                found["c"] = seen[axis]  # type: ignore[assignment]  # it is not None
        return found

    def formula(self, leaf: Leaf, text: str) -> Value | None:
        try:
            return evaluate(parse(text), self.letters(leaf))
        except (ExprError, Problem, TypeError, ValueError):
            return None

    def expect(self, node: int, channels: Value | None) -> None:
        if channels is not None:
            self.expected[node] = channels

    def shape(self, index: int) -> Sizes:
        return self.shapes.get(index) or tuple(self.graph.shape(index) or ())

    def pass_through(self, leaf: Leaf) -> None:
        """Work out the shape behind a layer."""
        applied = applied_layer(leaf, self.graph)
        inputs = [self.shape(source) for source in self.graph.nodes[leaf.node].inputs]
        sizes: list[Value | None] = list(applied.output)
        kind = applied.setting.kind
        if inputs and len(inputs[0]) == len(applied.input[0]) == len(sizes):
            for axis, (before, after) in enumerate(zip(applied.input[0], applied.output, strict=True)):
                if before == after:
                    sizes[axis] = inputs[0][axis]
        if applied.along is not None and len(inputs) > 1:
            parts = [shape[applied.along] for shape in inputs if len(shape) > applied.along]
            if None not in parts:
                sizes[applied.along] = sum(parts)  # type: ignore[arg-type]  # none of them is None
        elif kind.shape is None and kind.channels != "c":
            sizes[0 if kind.takes != "features" else feature_axis(applied)] = self.formula(leaf, kind.channels)
        elif kind.takes == "features" and (units := kind.outputs.get("features")):
            sizes[feature_axis(applied)] = self.formula(leaf, units)
        elif "parts" in applied.values and inputs[0][0] is not None:
            sizes[0] = divide(inputs[0][0], applied.values["parts"])
        self.shapes[leaf.node] = tuple(sizes)


def feature_axis(applied: Applied) -> int:
    """The axis whose size is c."""
    return -1 if applied.setting.kind.takes == "features" and not applied.features_first else 0


def in_names(hint: Value | None, names: Mapping[str, Value]) -> Value | None:
    """A hint of a unit in the names of another, where all of its own are known there."""
    return None if hint is None else substitute(hint, names)
