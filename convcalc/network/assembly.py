"""Layers applied to nodes and joined to the graph: their values read, their names given, their problems noted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from convcalc.algebra.limits import ExprError
from convcalc.kinds import FLATTEN
from convcalc.kinds.conventions import CONVENTIONS, convention_of_class
from convcalc.layers.applied import Applied, Setting, apply
from convcalc.layers.binding import flattening
from convcalc.network import UNKNOWN_INPUT, Graph, Node
from convcalc.problem import MAX_ERRORS, Problem, did_you_mean, problem
from convcalc.readers import shorthand
from convcalc.spec import PREVIOUS, WrittenLayer, place_to_blame, with_cure
from convcalc.spec.layout import is_last

if TYPE_CHECKING:
    from convcalc.algebra.condition import Condition
    from convcalc.algebra.expr import Value
    from convcalc.layers import Convention, Kind, Shape
    from convcalc.layers.held import Held
    from convcalc.network.assumed import Assumed
    from convcalc.spec import Items, Place, Spec
    from convcalc.spec.choices import Choices


class Scope:
    """Names that a layer can see: its own block's first, then those around it."""

    __slots__ = ("counts", "numbered", "prefix", "taken", "values")

    def __init__(
        self, prefix: str, values: Mapping[str, Value], taken: frozenset[str] = frozenset(), numbered: bool = False
    ):
        self.numbered = numbered  # nameless blocks are called 0, 1, … here
        self.prefix = prefix
        self.values = values  # of let, --set and block parameters
        self.counts: dict[str, int] = {}
        self.taken = taken  # names that the author gave here, so that no automatic one repeats them

    def fresh(self, stem: str, named: Mapping[str, int]) -> str:
        """conv1, conv2, …, relu6_1: the next automatic name that nothing else here has."""
        separator = "_" if stem[-1:].isdigit() else ""
        while True:
            self.counts[stem] = count = self.counts.get(stem, 0) + 1
            name = f"{stem}{separator}{count}"
            if name not in self.taken and self.prefix + name not in named:
                return name

    def next_number(self) -> str:
        """0, 1, …: the name of a nameless block in a named list, as the stages of a network are numbered."""
        while True:
            count = self.counts.get("", 0)
            self.counts[""] = count + 1
            if str(count) not in self.taken:
                return str(count)

    def path_name(self, given: str, name: str, label: str) -> str:
        """What precedes the names of a path: only its label where a nameless concat is the first to use it."""
        path = f"{given}.{label}" if given else label if f"{label}." not in self.counts else f"{name}.{label}"
        self.counts[f"{path}."] = 1
        return path


def given_names(items: Items) -> frozenset[str]:
    """The names that an author gave on this level."""
    return frozenset([item.name for item in items if item.name])


@lru_cache(maxsize=1024)
def output_keys(kind: Kind) -> frozenset[str]:
    """The keys of a kind that may take the sides of another layer."""
    return frozenset(key.name for key in kind.keys if key.type == "output")


class Assembly:
    """A graph to which layers are added; equal layers on equal inputs are computed once."""

    def __init__(self, spec: Spec, choices: Choices, instead: Mapping[str, Value] | None = None, cured: bool = True):
        self.spec = spec
        self.cured = cured  # whether its errors tell their cures
        self.instead = instead or {}  # what stands for some of the symbols
        self.assumed: Assumed | None = None
        self.choices = choices
        self.graph = Graph(spec, choices.convention or spec.convention, is_last(choices.layout, spec.channels_last))
        self.scopes: list[Scope] = []
        self.settings: dict[Any, Setting | Problem] = {}
        self.applications: dict[Any, Applied | Problem] = {}
        self.holdings: dict[int, Held | Problem] = {}
        self.bound: dict[Any, dict[str, Value]] = {}  # a block with its arguments → the names its layers see
        self.named: dict[str, int] = {}  # every name with its scopes before it: stage1.0.conv1
        self.noted: set[Any] = set()
        self.left_out: set[str] = set()  # names of items that are not in the network
        self.projected: dict[tuple[Shape, Shape], None] = {}  # of shortcuts that are layers
        self.depth = 0  # of repeats by a letter in one another
        self.maps: list[bool] = []  # for every node: does it leave a map of channels and axes?

    # Errors

    def note(self, error: Problem, place: Place | None, layer: str = "") -> None:
        for diagnostic in with_cure(error, place):
            if len(self.graph.diagnostics) >= MAX_ERRORS:
                return
            mark = diagnostic.mark or self.graph.mark(place)
            also = diagnostic.also or self.graph.mark(place.use if place and not diagnostic.mark else None)
            if (diagnostic.code, diagnostic.message, mark) in self.noted:
                continue  # a repeat or a block says the same each time
            self.noted.add((diagnostic.code, diagnostic.message, mark))
            self.graph.diagnostics.append(diagnostic._replace(mark=mark, also=also, layer=diagnostic.layer or layer))

    def note_values(self, error: Problem, kind: Kind, place: Any, layer: str) -> None:
        """Problems of values, each at its own key where the layer is a mapping."""
        for diagnostic in error.diagnostics:
            self.note(Problem(diagnostic), place_to_blame(place, kind, diagnostic.message), layer)

    def assume(self, conditions: tuple[Condition, ...], layer: str, place: Any) -> None:
        """Keep the conditions of a layer; a Problem where no size meets them together with those before."""
        if self.assumed is None:
            from convcalc.network.assumed import Assumed

            self.assumed = Assumed()
        for condition in conditions:
            self.assumed.add(condition, layer, place)

    # Layers

    def fail(self, name: str, inputs: tuple[int, ...], place: Any, reason: str, kind: str = "") -> int:
        """Add a layer without a result, and why it has none."""
        return self.add(Node(self.scopes[-1].prefix + name, inputs, None, place, reason, kind), name)

    def join(
        self, kind: Kind, setting: Setting | Problem, inputs: tuple[int, ...], name: str, place: Any,
        alter: Callable[[tuple[Shape, ...]], tuple[Shape, ...]] | None = None,
    ) -> int:  # fmt: skip
        """Apply a layer to nodes and add it; a failure is noted once and passed on as a reason."""
        full = self.scopes[-1].prefix + name
        if isinstance(setting, Problem):
            self.note_values(setting, kind, place, full)
            return self.fail(name, inputs, place, "it could not be read", kind.name)
        found = [self.graph.shape(index) for index in inputs]
        unknown = self.graph.nodes[inputs[found.index(None)]] if None in found else None
        if kind.opaque or (self.spec.unjoined and not kind.constant) or (unknown and unknown.held):
            from convcalc.network.holding import add_held

            return add_held(self, setting, inputs, name, place)
        if unknown:
            return self.fail(name, inputs, place, f"{unknown.name} could not be computed", kind.name)
        shapes = tuple([shape for shape in found if shape is not None])
        known = alter(shapes) if alter else shapes
        if kind.broadcasts and len(set(map(len, known))) > 1:
            known = self.with_constants_stretched(known, inputs)
        on_map = self.maps[inputs[0]] if len(inputs) == 1 else any(self.maps[index] for index in inputs)
        before = self.graph.nodes[inputs[0]].applied if inputs else None
        channels = before.channels if before else 0
        # Equal layers on equal inputs are computed once.
        case = (id(setting), known, on_map, channels)
        applied = self.applications.get(case)
        if applied is None:
            try:
                applied = self.apply(setting, known, on_map, channels)
                if applied.conditions:
                    self.assume(applied.conditions, full, place)
            except Problem as error:
                applied = error
            except ExprError as error:
                applied = problem("V001", str(error))
            self.applications[case] = applied
        if isinstance(applied, Problem):
            told = self.with_flattened(applied, inputs)
            if len(inputs) > 1:
                from convcalc.network.skips import with_paths

                told = with_paths(self, told, kind, inputs, place)
            self.note(told, place, full)
            return self.fail(name, inputs, place, "see its error", kind.name)
        return self.add(Node(full, inputs, applied, place), name, applied.on_map)

    def with_constants_stretched(self, shapes: tuple[Shape, ...], inputs: tuple[int, ...]) -> tuple[Shape, ...]:
        """Of layers that are joined, what the network holds itself is as PyTorch broadcasts it: along the last axes."""
        rank = max(map(len, shapes))
        found: list[Shape] = []
        for shape, index in zip(shapes, inputs, strict=True):
            node = self.graph.nodes[index].applied
            more = (1,) * (rank - len(shape)) if node and node.setting.kind.constant else ()
            found.append((*shape[:1], *more, *shape[1:]) if self.spec.channels_last else (*more, *shape))
        return tuple(found)

    def with_flattened(self, error: Problem, inputs: tuple[int, ...]) -> Problem:
        """An error of a vector's length, with the product that the length is where the vector was a map."""
        if len(inputs) != 1 or not any(finding.right for finding in error.diagnostics):
            return error
        node = self.graph.nodes[inputs[0]]
        while (found := node.applied) and found.setting.kind is not FLATTEN and found.input[:1] == (found.output,):
            node = self.graph.nodes[node.inputs[0]]
        if not found or found.setting.kind is not FLATTEN:
            return error
        work = flattening(found.input[0])
        return Problem(*(finding._replace(work=finding.work or work) for finding in error.diagnostics))

    def apply(self, setting: Setting, shapes: tuple[Shape, ...], on_map: bool, channels: int) -> Applied:
        return apply(
            setting, shapes, self.convention_of(setting), self.spec.channels_last, on_map, self.cured, channels
        )

    def convention_of(self, setting: Setting) -> Convention:
        return CONVENTIONS[setting.convention] if setting.convention else self.graph.convention

    def add(self, node: Node, name: str, on_map: bool = False) -> int:
        index = len(self.graph.nodes)
        self.graph.nodes.append(node)
        self.maps.append(on_map)
        self.name(name, index, node.place)
        return index

    def sizes_of_layers(self, written: WrittenLayer) -> dict[str, Shape | None]:
        """The sides of the layers that an output size names, by key: `crop output=stem`, `upsample size=input`."""
        wanted = output_keys(written.kind)
        found: dict[str, Shape | None] = {}
        for key, raw in written.args if wanted else ():
            if key in wanted and isinstance(raw, str) and not raw[:1].isdigit() and raw not in self.scopes[-1].values:
                index = 0 if raw == "input" else self.known_node(raw)
                if index is None and (raw in given_names(self.spec.items) or did_you_mean(raw, self.named)):
                    raise self.unknown_source(raw, len(self.graph.nodes))  # further down, or misspelt
                if index is not None:
                    shape = self.graph.shape(index)
                    found[key] = shape and shape[1:]
        return found

    def setting(self, written: WrittenLayer, sizes: Mapping[str, Shape | None]) -> Setting | Problem:
        """A layer's values, read once for every scope of names; `sizes` are those that layers give it."""
        scope = self.scopes[-1]
        case = (
            id(written.kind), written.args, written.dims, written.framework, id(scope.values), *sizes.values()
        )  # fmt: skip
        found = self.settings.get(case)
        if found is None:
            try:
                found = self.read_setting(written, scope.values, sizes)
            except Problem as error:
                found = error
            self.settings[case] = found
        return found

    def read_setting(
        self, written: WrittenLayer, values: Mapping[str, Value], sizes: Mapping[str, Shape | None]
    ) -> Setting:
        kind = written.kind
        args = dict(written.args)
        if not written.framework:
            args = {**dict(self.spec.defaults.get(kind.name, ())), **args}
        read_values, problems = shorthand.values_of(kind, args, values, sizes)
        if problems:
            raise Problem(*problems)
        ours = self.graph.convention.name
        convention = convention_of_class(written.framework, ours)
        return Setting(kind, tuple(read_values.items()), written.dims, "" if convention == ours else convention)

    # Weights

    def share(self, of: str | range, own: range, place: Any) -> None:
        """Nodes use the weights of others: of those that a name stands for, or of these."""
        if of and own:
            from convcalc.network.sharing import share

            share(self, of, own, place)

    # Names

    def fresh(self, stem: str) -> str:
        return self.scopes[-1].fresh(stem, self.named)

    def name(self, name: str, index: int, place: Any) -> None:
        full = self.scopes[-1].prefix + name
        known = self.named.get(full)
        if known is not None:
            line = getattr(self.graph.nodes[known].place, "line", None)
            where = f", first on line {line}" if line else ""
            message = f'the name "{name[:60]}" stands twice{where}'
            self.note(problem("N004", message, "give one of them another name"), place, full)
        self.named[full] = index

    def sources(self, names: tuple[str, ...], current: int, name: str, place: Any) -> tuple[int, ...]:
        """The nodes that `from` names, or the one before; none where a name is unknown, which is noted."""
        try:
            return self.source_nodes(names, current)
        except Problem as error:
            self.note(error, place, self.scopes[-1].prefix + name)
            return ()

    def source_nodes(self, names: tuple[str, ...], current: int) -> tuple[int, ...]:
        if not names:
            return (current,)
        is_previous = PREVIOUS not in self.named  # unless a layer has that name
        return tuple([current if name == PREVIOUS and is_previous else self.source(name) for name in names])

    def only_source(self, item: Any, current: int) -> int | None:
        """The node that goes into a group; None where there is none or are several: it is added as one that failed."""
        try:
            found = self.source_nodes(item.source, current)
            if len(found) > 1:
                message = f"a group of layers takes 1 input, here it has {len(found)}"
                raise problem("C030", message, "join them first: `concat` or `add`")
            return found[0]
        except Problem as error:
            join = getattr(item, "join", "")
            name = item.name or self.fresh(getattr(item, "block", join) or "repeat")
            self.note(error, item.place, self.scopes[-1].prefix + name)
            self.fail(name, (), item.place, UNKNOWN_INPUT, join)
            return None

    def known_node(self, name: str) -> int | None:
        """The node of a name: in this block, then in those around it; `b1.stem` looks into a block.

        A name that begins with a dot is not looked for in any of them: `.stem` is the network's own.
        """
        if name[:1] == ".":
            return self.named.get(name[1:])
        for scope in reversed(self.scopes):
            found = self.named.get(scope.prefix + name)
            if found is not None:
                return found
        return None

    def source(self, name: str) -> int:
        """The node of a name that must be known."""
        found = self.known_node(name)
        if found is not None:
            return found
        raise self.unknown_source(name, len(self.graph.nodes))

    def unknown_source(self, name: str, before: int) -> Problem:
        """What is wrong with the name of a layer that is not among the nodes before another."""
        known = [
            full.removeprefix(scope.prefix)
            for scope in self.scopes
            for full, index in self.named.items()
            if full.startswith(scope.prefix) and index < before
        ]
        if any(scope.prefix + name in self.left_out for scope in self.scopes):
            return problem("N002", f'"{name}" is left out', "keep it, or leave out what uses it too")
        if name in given_names(self.spec.items):
            message = f'"{name}" stands further down: a layer may only use what stands above it'
            return problem("N005", message, "move it up, or use another layer")
        hint = did_you_mean(name, known) or "name the layer: `- stem: conv 64 k7`"
        return problem("N002", f'there is no layer "{name[:60]}" above', hint)
