"""A network as rules look at it: who reads what, the windows of its layers, and what it would be with other values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from convcalc.kinds.conventions import CONVENTIONS
from convcalc.layers.applied import Applied, apply
from convcalc.layers.window import CUTTING, PARTING, PICKING, POINTWISE, SHIFTING, SLIDING, Step
from convcalc.linting.record import WARNING
from convcalc.linting.words import settings
from convcalc.network.axes import steps
from convcalc.network.build import Builder
from convcalc.network.load import foreign_form, graph_of
from convcalc.network.walk import LayerReport, NetworkReport, walk
from convcalc.problem import Problem, lines
from convcalc.spec import Item, LayerItem, Place, Spec, map_items, reword

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers import Kind, Shape
    from convcalc.network import Graph
    from convcalc.spec.choices import Choices


MAX_BUILT = 30_000  # layers that are built to try the cures of one network
MOVING = (CUTTING, SHIFTING, PARTING, PICKING)  # types of windows that move cells, or leave some out


class LintedNetwork:
    """A graph and its report, with what several rules ask of them."""

    def __init__(self, graph: Graph, choices: Choices, report: NetworkReport | None = None):
        self.graph, self.choices = graph, choices
        self.report = report or walk(graph)
        self.nodes = graph.nodes
        self.first = len(graph.inputs)
        self.readers: list[list[int]] = [[] for _ in self.nodes]
        for index, node in enumerate(self.nodes):
            for source in node.inputs:
                self.readers[source].append(index)
        self.outputs = {graph.main, *(index for _, index in graph.outputs)}
        form = foreign_form(graph.spec.source)
        self.is_foreign = form is not None  # written in another language, of which a graph may not tell all
        self.framework = graph.convention.classes if form and form.module == "program" else ""
        self.held: list[Applied] = []
        self.built = 0  # layers, to try cures
        self.consumed: dict[int, list[int]] = {}
        self.paths: dict[tuple[int, int], tuple[Step, ...]] = {}

    def layers(self) -> Iterator[tuple[int, Applied]]:
        """The layers that could be computed, by their nodes."""
        for index in range(self.first, len(self.nodes)):
            if applied := self.nodes[index].applied:
                yield index, applied

    def applied(self, index: int) -> Applied | None:
        return self.nodes[index].applied

    def layer(self, index: int) -> Applied:
        """A layer of which it is known that it could be computed."""
        applied = self.nodes[index].applied
        assert applied is not None
        return applied

    def kind(self, index: int) -> Kind | None:
        applied = self.nodes[index].applied
        return applied.setting.kind if applied else None

    def layer_report(self, index: int) -> LayerReport:
        return self.report.layers[index - self.first]

    def before(self, index: int) -> int:
        """The only node that goes into a layer; −1 where that is an input, or there are several."""
        inputs = self.nodes[index].inputs
        return inputs[0] if len(inputs) == 1 and inputs[0] >= self.first else -1

    def only_reader(self, index: int) -> int:
        """The layer that alone reads another, and reads nothing else; −1 where there is no such, or it is an output."""
        readers = self.readers[index]
        if len(readers) != 1 or index in self.outputs or len(self.nodes[readers[0]].inputs) != 1:
            return -1
        return readers[0] if self.nodes[readers[0]].applied else -1

    def windows(self, index: int) -> tuple[Step, ...]:
        """How the windows of a layer slide along every axis, none for a layer without.

        Cells that a layer before it adds around the map are padding too.
        """
        applied = self.nodes[index].applied
        if applied is None or applied.setting.kind.window.type is not SLIDING or not applied.axes:
            return ()
        source = self.nodes[index].inputs[0]
        added = self.added_cells(source)
        key = (id(applied), id(self.nodes[source].applied) if added else 0)
        found = self.paths.get(key)
        if found is None:
            found = steps(applied)
            if added and len(added) == len(found):
                found = tuple(
                    step._replace(before=step.before + before, size=step.size - before - after)
                    for step, (before, after) in zip(found, added, strict=True)
                )
            self.paths[key] = found
            self.held.append(applied)  # so that no other layer gets its id
        return found

    def added_cells(self, index: int) -> tuple[tuple[Value, Value], ...]:
        """The cells that a layer adds before and behind along every axis; nothing where it does not only add some."""
        applied = self.nodes[index].applied
        if applied is None or applied.setting.kind.window.type is not SHIFTING:
            return ()
        found = tuple((axis["p_l"], axis["p_r"]) for axis in applied.axes)
        return found if all(isinstance(side, int) and side >= 0 for sides in found for side in sides) else ()

    def pads_with_zeros(self, index: int) -> bool:
        """Whether the padding that a layer sees holds nothing but zeros, instead of a mirrored edge."""
        node = self.nodes[index]
        layers = [node.applied, *([self.nodes[node.inputs[0]].applied] if self.added_cells(node.inputs[0]) else ())]
        modes = [layer.values.get("padding_mode", layer.values.get("mode", "zeros")) for layer in layers if layer]
        return all(mode == "zeros" for mode in modes)

    def is_pointwise(self, index: int) -> bool:
        """Whether every cell of a layer's output is made of the cell in its place alone, and the layer has one
        input.
        """
        applied = self.nodes[index].applied
        if applied is None or len(applied.input) != 1 or applied.output[1:] != applied.input[0][1:]:
            return False
        kind = applied.setting.kind
        if kind.window.type is SLIDING:
            return all((step.reach, step.stride, step.before) == (1, 1, 0) for step in steps(applied))
        return kind.window.type is POINTWISE and kind.takes != "features"

    def root(self, index: int) -> tuple[int, bool]:
        """The node whose cells a layer reads through pointwise layers, and whether they are moved on the way."""
        source, is_moved = self.nodes[index].inputs[0], False
        while source >= self.first and (applied := self.nodes[source].applied) and len(self.readers[source]) == 1:
            moves = applied.setting.kind.window.type in MOVING
            if source in self.outputs or not (moves or self.is_pointwise(source)):
                break
            source, is_moved = self.nodes[source].inputs[0], is_moved or moves
        return source, is_moved

    def consumers(self, index: int) -> list[int]:
        """The layers that read the cells of a node, through pointwise layers too; −1: it is an output."""
        if index in self.consumed:
            return self.consumed[index]
        found: list[int] = []
        waiting = [index]
        for each in waiting:
            if each in self.outputs:
                found.append(-1)
            for reader in self.readers[each]:
                if self.is_pointwise(reader) and not self.windows(reader):
                    waiting.append(reader)
                else:
                    found.append(reader)
        self.consumed[index] = found
        return found

    def moves_cells(self, index: int) -> bool:
        """Whether a layer moves cells, or leaves some out."""
        kind = self.kind(index) if index >= 0 else None
        return kind is not None and kind.window.type in MOVING

    def cells_added_behind(self, index: int) -> tuple[Value, ...]:
        """The cells that were added behind the map that a layer reads, along every axis, through pointwise layers."""
        source = self.nodes[index].inputs[0]
        while source >= self.first and self.is_pointwise(source):
            source = self.nodes[source].inputs[0]
        return tuple(after for _, after in self.added_cells(source))

    # Where it is written

    def text(self, index: int) -> str:
        """The text of a layer as it is written; "" of a layer of a binary file."""
        return re.split("->|=>|→", self.text_at(self.nodes[index].place))[0]  # the first of a chain stands for it

    def place(self, index: int) -> Place | None:
        """Where a layer is written: of the first of a chain, which stands for all of it, only the layer itself."""
        place = self.nodes[index].place
        if place is None or self.is_foreign:
            return place
        length = len(self.text(index).rstrip())
        return place._replace(length=length) if 0 < length < place.length else place

    def text_at(self, place: Place | None) -> str:
        if place is None:
            return ""
        row = row_at((place.source or self.graph.spec.source).text, place.line)
        return row[place.column - 1 : place.column - 1 + place.length]

    def node_at(self, place: Place) -> int:
        """The first layer that is written at a place; −1 where none is."""
        return next((index for index in range(self.first, len(self.nodes)) if self.nodes[index].place == place), -1)

    def settings(self, index: int, values: Mapping[str, Any]) -> str:
        """Values of a layer as they may be written there: in the shorthand, or as the classes of a program."""
        return settings(self.layer(index).setting.kind, values, self.framework)

    # What would be

    def windows_with(self, index: int, found: Applied) -> tuple[Step, ...]:
        """How the windows would slide if a layer were as it has been applied with other values."""
        node = self.nodes[index]
        self.nodes[index] = node._replace(applied=found)
        try:
            return self.windows(index)
        finally:
            self.nodes[index] = node

    def with_values(self, index: int, values: Mapping[str, Any], kind: Kind | None = None) -> Applied | None:
        """A layer in its place with other values, or of another kind; None where it could not be applied."""
        applied = self.layer(index)
        setting = applied.setting
        kept = {} if kind else {key: value for key, value in setting.values if key not in values}
        setting = setting._replace(kind=kind or setting.kind, values=(*kept.items(), *values.items()))
        return self.with_setting(setting, self.nodes[index].inputs[0], applied.input)

    def with_setting(self, setting: Any, source: int, shapes: tuple[Shape, ...]) -> Applied | None:
        """A layer behind a node; None where it could not be applied."""
        convention = CONVENTIONS[setting.convention] if setting.convention else self.graph.convention
        before = self.nodes[source].applied
        on_map = before.on_map if before else len(shapes[0]) > 2
        channels = before.channels if before else 0
        try:
            found = apply(setting, shapes, convention, self.graph.spec.channels_last, on_map, False, channels)
        except Problem:
            return None
        return None if found.conditions else found

    def fits_with(self, index: int, values: Mapping[str, Any]) -> bool:
        """Whether the whole network fits when a layer has other values, and no rule warns of what it did not before."""
        found = self.with_values(index, values)
        if found is None:
            return False
        if self.built > MAX_BUILT:
            return found.output == self.layer(index).output
        graph = self.rebuilt_with(index, values)
        return graph is not None and LintedNetwork(graph, self.choices).warnings <= self.warnings

    @cached_property
    def warnings(self) -> frozenset[tuple[str, str]]:
        """The rules that warn, each with a layer of which it does."""
        from convcalc.linting.linter import RULES

        return frozenset(
            (rule.code, self.nodes[trait.node].name)
            for rule in RULES if rule.level == WARNING
            for trait in rule.find(self) if (trait.level or rule.level) == WARNING
        )  # fmt: skip

    def rebuilt_with(self, index: int, values: Mapping[str, Any]) -> Graph | None:
        """The graph of the network with other values for a layer where that is written; None if it does not fit."""
        node = self.nodes[index]
        if node.applied is None or self.built > MAX_BUILT:
            return None
        self.built += len(self.nodes)
        from convcalc.writing.shorthand import raw_of

        kind = node.applied.setting.kind

        def change(item: Item) -> Item:
            if not (isinstance(item, LayerItem) and item.place == node.place and item.written.kind is kind):
                return item
            kept = tuple(pair for pair in item.written.args if pair[0] not in values)
            return reword(item, args=(*kept, *((key, raw_of(value)) for key, value in values.items())))

        spec = self.graph.spec
        blocks = {name: block._replace(items=map_items(block.items, change)) for name, block in spec.blocks.items()}
        changed = spec._replace(items=map_items(spec.items, change), blocks=blocks)
        return sound_graph(changed, self.choices) if changed != spec else None

    def rebuilt_on(self, name: str, shape: tuple[Value, ...]) -> Graph | None:
        """The graph of the network with another shape for one of its inputs; None if it does not fit."""
        from convcalc.spec.shapes import spell_shape

        if self.built > MAX_BUILT:
            return None
        self.built += len(self.nodes)
        inputs = {**self.choices.inputs, name: spell_shape(shape)}
        inputs.pop("", None)
        return sound_graph(self.graph.spec, self.choices._replace(inputs=inputs, layout=""))

    def symbolic(self) -> Graph | None:
        """The graph of the network with letters for the sides of its inputs; None where there is none."""
        try:
            graph = graph_of(self.graph.spec, self.choices._replace(symbolic=True))
        except Problem:
            return None
        return None if graph.diagnostics else graph


def row_at(text: str, number: int) -> str:
    """A line of a text by its number; "" where there is none."""
    rows = lines(text)
    return rows[number - 1] if 1 <= number <= len(rows) else ""


def sound_graph(spec: Spec, choices: Choices) -> Graph | None:
    """The graph of a Spec; None where anything is wrong with it."""
    try:
        graph = Builder(spec, choices, cured=False).build()
    except Problem:
        return None
    return None if graph.diagnostics else graph
