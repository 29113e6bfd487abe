"""Layer by layer over the graph: every quantity of every layer, and their totals.  Numbers only, no text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from convcalc.network.field import START, Axes, Field, Step, advance, steps, union
from convcalc.problem import Diagnostic
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.kinds.record import Shape
    from convcalc.layer.applied import Applied
    from convcalc.network.graph import Graph, Node


class LayerReport(NamedTuple):
    """One layer: what it is applied to, and the receptive field of its output for each network input."""

    name: str
    applied: Applied | None  # None: it failed or was skipped, and `reason` says why
    inputs: tuple[str, ...]
    fields: dict[str, Axes]
    line: int | None
    reason: str = ""
    join: str = ""

    @property
    def kind(self) -> str:
        return self.applied.setting.kind.name if self.applied else self.join

    @property
    def field(self) -> tuple[Field, ...]:
        """Along each axis of the first input that reaches here; empty where inputs have no axes."""
        return next((axes.fields for axes in self.fields.values()), ())


class Totals(NamedTuple):
    """Sums over a network, or over one of its blocks."""

    parameters: Value = 0
    biases: Value = 0
    buffers: Value = 0
    macs: Value = 0
    connections: Value = 0
    activations: Value = 0  # only what needs storage of its own

    def plus(self, applied: Applied) -> Totals:
        return Totals(
            self.parameters + applied.parameters,
            self.biases + applied.biases,
            self.buffers + applied.buffers,
            self.macs + applied.macs,
            self.connections + applied.connections,
            self.activations + (applied.activations if applied.setting.kind.storage else 0),
        )


class Group(NamedTuple):
    """A block or a repeat: its name and the layers it is made of, as a range of indices."""

    name: str
    start: int
    stop: int


class NetworkReport(NamedTuple):
    name: str
    about: str
    convention: str
    channels_last: bool
    inputs: dict[str, Shape]
    output: Shape | None
    layers: list[LayerReport]
    totals: Totals
    groups: tuple[Group, ...]
    diagnostics: tuple[Diagnostic, ...]
    batch: int = 0  # that stood in front of an input; 0: none

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        return tuple(finding for finding in self.diagnostics if finding.severity == "error")


class Walk:
    """One pass over a graph; iterate over `layers`, then ask for `totals`."""

    def __init__(self, graph: Graph):
        self.graph = graph
        self.count = len(graph.inputs)
        self.totals = Totals()
        self.warnings: list[Diagnostic] = []
        self.few: dict[str, list[int]] = {}  # the values of symbols that have but some with which the network fits
        if graph.fitting:
            from convcalc.network.assumed import few

            self.few = few(graph.fitting)
        self.paths: dict[int, tuple[Step, ...]] = {}  # by layer, equal ones share it
        self.fields: list[dict[str, Axes]] = [
            {name: Axes((START,) * (len(shape) - 1))} for name, shape in graph.inputs.items()
        ]

    def layers(self) -> Iterator[LayerReport]:
        nodes = self.graph.nodes
        for index in range(self.count, len(nodes)):
            node = nodes[index]
            applied = node.applied
            names = tuple([nodes[source].name for source in node.inputs])
            line = getattr(node.place, "line", None)
            if applied is None:
                self.fields.append({})
                yield LayerReport(node.name, None, names, {}, line, node.reason, node.join)
                continue
            fields = self.field(node, applied)
            self.fields.append(fields)
            self.totals = self.totals.plus(applied)
            yield LayerReport(node.name, applied, names, fields, line)

    def field(self, node: Node, applied: Applied) -> dict[str, Axes]:
        """The receptive field behind a layer: through its window, over the union of its inputs."""
        if (
            applied.setting.kind.window.type == "point"
            and len(node.inputs) == 1
            and applied.setting.kind.takes != "features"
        ):
            return self.fields[node.inputs[0]]
        key = id(applied)
        path = self.paths.get(key)
        if path is None:
            path = self.paths[key] = steps(applied)
        if len(node.inputs) == 1:
            return {name: advance(axes, applied, path) for name, axes in self.fields[node.inputs[0]].items()}
        joined: dict[str, Axes] = {}
        for source in node.inputs:
            for name in self.fields[source]:
                if name not in joined:
                    joined[name] = self.joined(name, node, applied)
        return {name: advance(axes, applied, path) for name, axes in joined.items()}

    def joined(self, name: str, node: Node, applied: Applied) -> Axes:
        branches = [self.fields[source][name] for source in node.inputs if name in self.fields[source]]
        rank = len(branches[0].fields)
        space = applied.output[1:]
        fields = []
        for axis in range(rank):
            size = space[axis] if len(space) == rank else None
            met = [branch.fields[axis] for branch in branches if len(branch.fields) == rank]
            fields.append(union(met, size, self.graph.inputs[name][1 + axis]))
        if not all(field.aligned for field in fields) and all(
            field.aligned for branch in branches for field in branch.fields
        ):
            self.warn(node, branches, fields)
        if self.few:
            fields = [self.fixed(field) for field in fields]
        return Axes(tuple(fields), branches[0].sides)

    def fixed(self, field: Field) -> Field:
        """The field with numbers for what the few sizes that fit leave no choice of."""
        from convcalc.network.assumed import fixed

        lows, highs = (tuple(fixed(end, self.few) for end in ends) for ends in (field.lows, field.highs))
        return field._replace(lows=lows, highs=highs)

    def warn(self, node: Node, branches: list[Axes], fields: list[Field]) -> None:
        axis = next(index for index, field in enumerate(fields) if not field.aligned)
        shown = []
        for source, branch in zip(node.inputs, branches, strict=False):
            field = branch.fields[axis]
            shown.append(
                f"{self.graph.nodes[source].name}: size {field.size}, stride {field.stride}, centre {field.centre}"
            )
        self.warnings.append(
            Diagnostic(
                "W001",
                f"the branches of {node.name} are not aligned: their receptive fields differ in stride or centre",
                "; ".join(dict.fromkeys(shown)),
                self.graph.mark(node),
                node.name,
                severity="warning",
            )
        )


def walk(graph: Graph) -> NetworkReport:
    """The report of a graph, with what went wrong on the way."""
    walker = Walk(graph)
    layers = list(walker.layers())
    return NetworkReport(
        graph.spec.name,
        graph.spec.about,
        graph.convention.name,
        graph.channels_last,
        dict(graph.inputs),
        layers[-1].applied.output if layers and layers[-1].applied else None,
        layers,
        walker.totals,
        tuple(Group(name, start - walker.count, stop - walker.count) for name, start, stop in graph.groups),
        (*graph.diagnostics, *graph.notes, *graph.conditions, *walker.warnings),
        graph.batch,
    )


def whole_network_fields(report: NetworkReport) -> Any:
    return report.layers[-1].field if report.layers else ()
