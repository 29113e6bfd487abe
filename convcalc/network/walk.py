"""Layer by layer over the graph: every quantity of every layer, and their totals.  Numbers only, no text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import sum_of
from convcalc.algebra.limits import MAX_STEPS_OF_NETWORK, ExprError, budget, lowest_terms
from convcalc.layers.field import NOTHING
from convcalc.layers.window import APPENDING, CONTRACTING, MULTIPLYING, Step
from convcalc.network.axes import Axes, all_through, changes_nothing, channel_axis, keeps_map, origin, steps
from convcalc.network.crossing import Factor, Layout, Passage, map_layout
from convcalc.network.moves import course
from convcalc.problem import Diagnostic, Problem, problem
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers import Shape
    from convcalc.layers.applied import Applied
    from convcalc.layers.field import Field
    from convcalc.layers.held import Held
    from convcalc.network import Graph, Node
    from convcalc.readers.printed.table import PrintedTable

MAX_PHASES = 200_000  # of all fields of a network, some 3 microseconds each


class LayerReport(NamedTuple):
    """One layer: what it is applied to, and the receptive field of its output for each network input."""

    name: str
    applied: Applied | None  # None: it failed or was skipped, and `reason` says why
    inputs: tuple[str, ...]
    fields: dict[str, Axes]
    line: int | None
    reason: str = ""
    join: str = ""
    held: Held | None = None  # what it holds by itself, where its input is not known

    @property
    def known(self) -> Applied | Held | None:
        """What is known of it: all, or what does not depend on its input; None where it failed."""
        return self.applied or self.held

    @property
    def kind(self) -> str:
        return self.known.setting.kind.name if self.known else self.join

    @property
    def field(self) -> tuple[Field, ...]:
        """Along each axis of the first input that reaches here; empty where inputs have no axes."""
        return next((axes.fields for axes in self.fields.values()), ())

    def extents(self, what: str = "size") -> tuple[Any, ...]:
        """A quantity of the field along each axis, empty where it cannot be told along one of them."""
        found = tuple([getattr(field, what) for field in self.field])
        return () if any(value is None for value in found) else found


class Way(NamedTuple):
    """What a layer does to the field, whatever that is."""

    path: tuple[Step, ...]  # along each axis of a map
    keeps_map: bool
    changes_nothing: bool


class Totals(NamedTuple):
    """Sums over a network, or over one of its blocks; None for what depends on inputs that are not known."""

    parameters: Value = 0
    biases: Value = 0
    buffers: Value = 0
    macs: Value | None = 0
    connections: Value | None = 0
    activations: Value | None = 0  # only what needs storage of its own


HELD = ("parameters", "biases", "buffers")  # whatever the inputs


def totals(layers: Iterable[Applied | Held | None], joined: bool = True) -> Totals:
    """The sums over layers; those that could not be computed have none, nor have classes that are not known."""
    computed = [layer for layer in layers if layer is not None]
    if not joined or any(layer.output is None for layer in computed):
        held = [[number for layer in computed if (number := getattr(layer, name)) is not None] for name in HELD]
        return Totals(**dict(zip(HELD, map(sum_of, held), strict=True)), macs=None, connections=None, activations=None)
    stored = [layer.activations for layer in computed if layer.setting.kind.storage]
    counts = [[getattr(layer, name) for layer in computed] for name in Totals._fields[:-1]]
    return Totals(*map(sum_of, [*counts, stored]))


def count_layers(layers: Iterable[Applied | None]) -> Value:
    """How many there are, those that one stands for among them."""
    return sum_of([layer.layers if layer else 1 for layer in layers])


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
    origins: dict[str, Axes]  # of the inputs: along which of their axes there are fields
    layers: list[LayerReport]
    totals: Totals
    groups: tuple[Group, ...]
    diagnostics: tuple[Diagnostic, ...]
    batch: int = 0  # that stood in front of an input; 0: none
    places: tuple[tuple[str, int], ...] = ()  # of the outputs that the spec names, among the layers
    gaps: tuple[Diagnostic, ...] = ()  # why layers have no shapes, as errors
    table: PrintedTable | None = None  # what a tool printed, where it is that and no network

    @property
    def outputs(self) -> tuple[tuple[str, LayerReport], ...]:
        """The layers of the outputs that the spec names; the first is the main one."""
        return tuple((name, self.layers[place]) for name, place in self.places)

    @property
    def main(self) -> int:
        """The place of the main output: the last layer, unless the spec says otherwise; −1 where there is none."""
        return self.places[0][1] if self.places else len(self.layers) - 1

    @property
    def last(self) -> LayerReport | None:
        """The layer of the main output."""
        return self.layers[self.main] if self.layers else None

    @property
    def output(self) -> Shape | None:
        if self.table:
            return self.layers[-1].held.output if self.layers and self.layers[-1].held else None
        return self.last.applied.output if self.inputs and self.last and self.last.applied else None

    def sides(self, name: str) -> Shape:
        """The sizes of an input along the axes of its fields."""
        return self.origins[name].sides(self.inputs[name])

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        return tuple(finding for finding in self.diagnostics if finding.severity == "error")

    def demand_single_layers(self) -> None:
        """Raise where a layer stands for others: what is asked of each is not known."""
        several = next((layer for layer in self.layers if layer.applied and layer.applied.layers != 1), None)
        if several and several.applied:
            from convcalc.algebra.substitution import symbols

            message = f"{several.name} stands for {several.applied.layers} layers, of which each would have to be known"
            names = symbols(several.applied.layers)
            raise problem("U009", message, " ".join(f"--set {name}=3" for name in names))

    def demand_shapes(self) -> None:
        """Raise where its source does not say what the shapes of some layers follow from."""
        if any(layer.held for layer in self.layers):
            raise Problem(*self.gaps)


class Walk:
    """One pass over a graph: its layers with their receptive fields."""

    def __init__(self, graph: Graph):
        self.graph = graph
        self.count = len(graph.inputs)
        self.warnings: list[Diagnostic] = []
        self.few: dict[str, list[int]] = {}  # the values of symbols that have but some with which the network fits
        if graph.fitting:
            from convcalc.network.assumed import few

            self.few = few(graph.fitting)
        self.ways: dict[int, Way] = {}  # by layer, equal ones share it
        self.courses: dict[tuple[int, Layout | None, int, int], Passage] = {}
        self.origins = {
            name: origin(shape, channel_axis(graph, index, shape))
            for index, (name, shape) in enumerate(graph.inputs.items())
        }
        self.sides = {name: axes.sides(graph.inputs[name]) for name, axes in self.origins.items()}
        self.fields: list[dict[str, Axes]] = [{name: axes} for name, axes in self.origins.items()]
        self.phases = [0] * self.count  # of each
        self.gone_through = 0  # of these, so far

    def layers(self) -> Iterator[LayerReport]:
        nodes = self.graph.nodes
        for index in range(self.count, len(nodes)):
            node = nodes[index]
            applied = node.applied
            names = tuple([nodes[source].name for source in node.inputs])
            line = getattr(node.place, "line", None)
            if applied is None:
                self.keep({}, ())
                yield LayerReport(node.name, None, names, {}, line, node.reason, node.join, node.held)
                continue
            try:
                fields = self.field(node, applied)
                for axes in fields.values():
                    for field in axes.fields:
                        lowest_terms(field.advance)
            except ExprError as error:
                fields = {}
                message = f"the receptive field cannot be told: {error}"
                self.warnings.append(Diagnostic("C041", message, "", self.graph.mark(node.place), node.name))
            self.keep(fields, node.inputs)
            reported = {name: axes.of_places(applied.output) for name, axes in fields.items()}
            yield LayerReport(node.name, applied, names, reported, line)

    def keep(self, fields: dict[str, Axes], sources: tuple[int, ...]) -> None:
        """Keep the fields of a node; once too many phases have been gone through, what encloses them instead."""
        self.fields.append(fields)
        self.phases.append(phases(fields))
        self.gone_through += self.phases[-1] + sum([self.phases[source] for source in sources])
        if self.gone_through > MAX_PHASES:
            self.fields = [{name: axes.hulls() for name, axes in fields.items()} for fields in self.fields]
            self.phases = list(map(phases, self.fields))
            self.gone_through = 0

    def field(self, node: Node, applied: Applied) -> dict[str, Axes]:
        """The receptive field behind a layer: from each of its inputs through its window, and all of them together."""
        if len(node.inputs) == 1:
            before = self.fields[node.inputs[0]]
            way = self.way(applied)
            return before if way.changes_nothing else {
                name: self.through(axes, applied, way, 0) for name, axes in before.items()
            }  # fmt: skip
        branches: dict[str, list[tuple[str, Axes, Shape]]] = {}
        for number, source in enumerate(node.inputs):
            shape = applied.input[number]
            for name, axes in self.fields[source].items():
                if applied.setting.kind.takes == "features" or applied.setting.kind.window.type in (
                    MULTIPLYING,
                    CONTRACTING,
                ):
                    axes, shape = self.through(axes, applied, self.way(applied), number), applied.output
                branches.setdefault(name, []).append((self.graph.nodes[source].name, axes, shape))
        if applied.setting.kind.window.type is APPENDING:
            self.add_constants(node, applied, branches)
        return {name: self.joined(name, node, applied, met) for name, met in branches.items()}

    def add_constants(self, node: Node, applied: Applied, branches: dict[str, list[tuple[str, Axes, Shape]]]) -> None:
        """Where branches lie one after another, those that see nothing have their places too."""
        for number, (source, shape) in enumerate(zip(node.inputs, applied.input, strict=True)):
            if not self.fields[source]:
                layout = tuple((Factor(size),) for size in shape)
                for name, met in branches.items():
                    nothing = Axes((NOTHING,) * len(self.sides[name]), layout)
                    met.insert(number, (self.graph.nodes[source].name, nothing, shape))

    def way(self, applied: Applied) -> Way:
        way = self.ways.get(id(applied))
        if way is None:
            way = self.ways[id(applied)] = Way(steps(applied), keeps_map(applied), changes_nothing(applied))
        return way

    def through(self, axes: Axes, applied: Applied, way: Way, number: int) -> Axes:
        """The fields behind a layer, from its input of this number."""
        if not axes.fields or (way.keeps_map and axes.layout is None and not way.path):
            return axes
        if way.keeps_map and axes.layout is None:
            return Axes(all_through(axes.fields, way.path))
        key = (id(applied), axes.layout, len(axes.fields), number)
        found = self.courses.get(key)
        if found is None:
            layout = axes.layout or map_layout(applied.input[number])
            found = course(layout, len(axes.fields), applied, way.path, self.graph.spec.channels_last, number)
            self.courses[key] = found
        return axes.advance(found, len(self.fields))

    def joined(self, name: str, node: Node, applied: Applied, met: list[tuple[str, Axes, Shape]]) -> Axes:
        from convcalc.network.meeting import meet

        branches = [axes for _, axes, _ in met]
        if not self.sides[name]:
            return branches[0]
        appends = applied.setting.kind.window.type is APPENDING
        found = meet(
            branches, [shape for _, _, shape in met], applied.output, self.sides[name], len(self.fields), appends
        )
        if not all(field.aligned for field in found.fields) and all(
            field.aligned for branch in branches for field in branch.fields
        ):
            self.warn(node, met, found.fields)
        return found._replace(fields=tuple(map(self.fixed, found.fields))) if self.few else found

    def fixed(self, field: Field) -> Field:
        """The field with numbers for what the few sizes that fit leave no choice of."""
        from convcalc.network.assumed import fix_values

        lows, highs = (tuple(fix_values(end, self.few) for end in ends) for ends in (field.lows, field.highs))
        return field._replace(lows=lows, highs=highs)

    def warn(self, node: Node, met: list[tuple[str, Axes, Shape]], fields: tuple[Field, ...]) -> None:
        axis = next(index for index, field in enumerate(fields) if not field.aligned)
        seen = [(source, branch.fields[axis]) for source, branch, _ in met]
        shown = [f"{source}: size {one.size}, stride {one.stride}, centre {one.centre}" for source, one in seen]
        message = f"the branches of {node.name} are not aligned: their receptive fields differ in stride or centre"
        hint, mark = "; ".join(dict.fromkeys(shown)), self.graph.mark(node.place)
        self.warnings.append(Diagnostic("W001", message, hint, mark, node.name, severity="warning"))


def layers_without_fields(graph: Graph) -> Iterator[LayerReport]:
    """The layers of a graph, none of which is looked through."""
    nodes = graph.nodes
    for node in nodes[len(graph.inputs) :]:
        names = tuple([nodes[source].name for source in node.inputs])
        line = getattr(node.place, "line", None)
        yield LayerReport(node.name, node.applied, names, {}, line, node.reason, node.join, node.held)


def phases(fields: dict[str, Axes]) -> int:
    """How many phases there are to be gone through; a field of one is not gone through."""
    return sum([len(field.lows) for axes in fields.values() for field in axes.fields if len(field.lows) > 1])


def walk(graph: Graph, fields: bool = True) -> NetworkReport:
    """The report of a graph, with what went wrong on the way; without receptive fields where these are not needed."""
    walker = Walk(graph)
    with budget(MAX_STEPS_OF_NETWORK):
        layers = list(walker.layers() if fields else layers_without_fields(graph))
    return NetworkReport(
        graph.spec.name,
        graph.spec.about,
        graph.convention.name,
        graph.channels_last,
        dict(graph.inputs),
        walker.origins,
        layers,
        totals((node.applied or node.held for node in graph.nodes), graph.spec.unjoined is None),
        tuple(Group(name, start - walker.count, stop - walker.count) for name, start, stop in graph.groups),
        (*graph.diagnostics, *graph.notes, *graph.conditions, *walker.warnings),
        graph.batch,
        tuple((name, index - walker.count) for name, index in graph.outputs),
        graph.spec.gaps,
    )
