"""A Spec expanded: blocks and repeats written out, names resolved, every layer joined to its inputs and applied."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from convcalc.algebra.limits import MAX_STEPS_OF_NETWORK, ExprError, TooInvolved, budget
from convcalc.kinds import FRAMEWORKS, find, key_names
from convcalc.kinds.convention import CONVENTIONS
from convcalc.kinds.rearranging import FLATTEN
from convcalc.kinds.values import read
from convcalc.language import shorthand
from convcalc.language.blocks import bind, check_extent, repeats
from convcalc.language.choices import Choices, check_without
from convcalc.language.inputs import letters_of_sides, read_inputs
from convcalc.language.names import declare
from convcalc.language.spec import BranchItem, BrokenItem, LayerItem, RepeatItem, UseItem, at, blamed
from convcalc.layer.applied import Applied, Setting, apply
from convcalc.network.graph import Graph, Node
from convcalc.problem import Diagnostic, Problem, did_you_mean, is_usage, problem

if TYPE_CHECKING:
    from convcalc.algebra.condition import Condition
    from convcalc.algebra.expr import Value
    from convcalc.kinds.record import Kind, Shape
    from convcalc.language.spec import Block, Items, Spec, Where
    from convcalc.network.assumed import Assumed

MAX_ERRORS = 100


def build(spec: Spec, choices: Choices | None = None) -> Graph:
    """The graph of a spec; what is wrong is in its `diagnostics`, what its symbols must meet in `conditions`."""
    chosen = choices or Choices()
    builder = Builder(spec, chosen)
    with budget(MAX_STEPS_OF_NETWORK):
        graph = builder.build()
    if builder.assumed is not None:
        graph.conditions, graph.fitting = builder.assumed.diagnostics(spec.source), builder.assumed.left
        if not graph.diagnostics:
            graph = simplified(graph, builder.assumed, chosen)
    if graph.diagnostics:
        from convcalc.language.correction import corrected
        from convcalc.language.slips import Reading

        names = {**{name: 1 for block in spec.blocks.values() for name, _ in block.params}, **graph.names}
        own = frozenset((*spec.blocks, *spec.kinds))
        reading = Reading(CONVENTIONS[graph.convention.name].classes, names, spec.defaults, own)
        graph.diagnostics[:] = [corrected(finding, reading) for finding in graph.diagnostics]
    return graph


def simplified(graph: Graph, assumed: Assumed, choices: Choices) -> Graph:
    """The graph built again for only those sizes with which it fits, where that makes its own sizes simpler."""
    from convcalc.network.assumed import few, put_back

    letters, finite = assumed.parameters(), few(graph.fitting)
    if not letters and not finite:
        return graph
    try:
        with budget(MAX_STEPS_OF_NETWORK):
            simpler = Builder(graph.spec, choices, {name: inside for name, (inside, _) in letters.items()}).build()
            if not simpler.diagnostics:
                put_back(simpler, {f"{name}'": outside for name, (_, outside) in letters.items()}, finite)
                simpler.conditions, simpler.fitting = graph.conditions, graph.fitting
                return simpler
    except TooInvolved:
        pass
    return graph


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


class Builder:
    def __init__(self, spec: Spec, choices: Choices, instead: Mapping[str, Value] | None = None, cured: bool = True):
        self.spec = spec
        self.cured = cured  # whether its errors tell their cures
        self.instead = instead or {}  # what stands for some of the symbols
        self.assumed: Assumed | None = None
        self.choices = choices
        layout = choices.layout or ("channels_last" if spec.channels_last else "channels_first")
        self.graph = Graph(spec, choices.convention or spec.convention, layout == "channels_last")
        self.scopes: list[Scope] = []
        self.settings: dict[Any, Setting | Problem] = {}
        self.applications: dict[Any, Applied | Problem] = {}
        self.bound: dict[Any, dict[str, Value]] = {}  # a block with its arguments → the names its layers see
        self.named: dict[str, int] = {}  # every name with its scopes before it: stage1.0.conv1
        self.noted: set[Any] = set()
        self.blocks: dict[str, Block] = {}
        self.maps: list[bool] = []  # for every node: does it leave a map of channels and axes?

    # Errors

    def note(self, error: Problem, place: Where | None, layer: str = "") -> None:
        for diagnostic in error.diagnostics:
            if len(self.graph.diagnostics) >= MAX_ERRORS:
                return
            mark = diagnostic.mark or (at(place, self.spec.source) if place is not None else None)
            if (diagnostic.code, diagnostic.message, mark) in self.noted:
                continue  # a repeat or a block says the same each time
            self.noted.add((diagnostic.code, diagnostic.message, mark))
            self.graph.diagnostics.append(diagnostic._replace(mark=mark, layer=diagnostic.layer or layer))

    def note_values(self, error: Problem, kind: Kind, place: Any, layer: str) -> None:
        """Problems of values, each at its own key where the layer is a mapping."""
        for diagnostic in error.diagnostics:
            self.note(Problem(diagnostic), blamed(place, kind, diagnostic.message), layer)

    # The whole

    def build(self) -> Graph:
        graph, spec = self.graph, self.spec
        graph.diagnostics.extend(spec.diagnostics)
        graph.notes.extend(check_without(spec, self.choices))
        try:
            declared = declare(spec, self.choices, letters_of_sides(spec) if self.choices.symbolic else frozenset())
        except Problem as error:
            if is_usage(error.diagnostics):
                raise
            self.note(error, None)
            return graph
        for problem_found in declared.problems:
            self.note(problem_found, None)
        self.blocks, values = declared.blocks, declared.values
        inputs = read_inputs(spec, self.choices, values)
        if self.instead:
            self.put_in(values, inputs.shapes)
        for problem_found, place in inputs.problems:
            self.note(problem_found, place)
        for name, shape in inputs.shapes.items():
            graph.inputs[name] = shape
            graph.nodes.append(Node(name, (), None, inputs.places[name]))
            self.maps.append(len(shape) > 2)
        for name, batch in inputs.batches.items():
            self.take_batch(name, batch, inputs.places[name])
        graph.names = values
        if not graph.inputs:
            return graph
        try:
            check_extent(spec.items, self.blocks, values)
        except Problem as error:
            self.note(error, spec.items[0].place if spec.items else None)
            return graph
        self.scopes.append(Scope("", values, given_names(spec.items)))
        for index, name in enumerate(graph.inputs):
            self.named[name] = index
        self.run(spec.items, 0)
        if spec.items and len(graph.nodes) == len(graph.inputs):
            hint = "repeat a layer at least once; `identity` is a layer that changes nothing"
            nothing = problem("L005", "nothing is left of the network: it has no layer", hint)
            self.note(nothing, spec.items[0].place)
        return graph

    def take_batch(self, name: str, batch: str, place: Where | None) -> None:
        """The size in front of an input, which no layer sees; None, −1 and letters stand for any."""
        if batch.isdecimal():
            self.graph.batch = int(batch)
        if batch not in ("None", "-1"):
            message = f"the {batch} in front of {name} is taken as the batch"
            mark = at(place, self.spec.source) if place is not None else None
            self.graph.notes.append(Diagnostic("W003", message, "", mark, severity="note"))

    def put_in(self, values: dict[str, Value], shapes: dict[str, Shape]) -> None:
        from convcalc.algebra.poly import substitute

        for name, value in values.items():
            values[name] = substitute(value, self.instead)
        for name, shape in shapes.items():
            shapes[name] = tuple(substitute(size, self.instead) for size in shape)

    def assume(self, conditions: tuple[Condition, ...], layer: str, place: Any) -> None:
        """Keep the conditions of a layer; a Problem where no size meets them together with those before."""
        if self.assumed is None:
            from convcalc.network.assumed import Assumed

            self.assumed = Assumed()
        for condition in conditions:
            self.assumed.add(condition, layer, place)

    # Items

    def run(self, items: Items, current: int) -> int:
        """Build the items one after another from a node; the last node."""
        for item in items:
            if item.optional and self.choices.leaves_out(item):
                continue
            current = STEPS[type(item)](self, item, current)
        return current

    def layer(self, item: LayerItem, current: int) -> int:
        written = item.written
        scope = self.scopes[-1]
        name = item.name or self.fresh(written.kind.name)
        try:
            inputs = self.sources(written.source) if written.source else (current,)
        except Problem as error:
            self.note(error, item.place, scope.prefix + name)
            return self.failed(name, (), item, "its input is unknown")
        if item.pattern and written.kind.family == "linear" and self.maps[inputs[0]]:
            # In the lectures' patterns a fully connected layer sees the whole map.
            flatten = Setting(FLATTEN)
            inputs = (
                self.join(
                    FLATTEN, self.settings.setdefault("flatten", flatten), inputs[:1], self.fresh("flatten"), item.place
                ),
            )
        index = self.join(written.kind, self.setting(written), inputs, name, item.place)
        if item.activates:
            self.named[self.graph.nodes[current].name] = index
        return index

    def broken(self, item: BrokenItem, current: int) -> int:
        return self.failed(item.name or self.fresh("layer"), (current,), item, "it could not be read")

    def failed(self, name: str, inputs: tuple[int, ...], item: Any, reason: str) -> int:
        return self.add(
            Node(self.scopes[-1].prefix + name, inputs, None, item.place, reason, getattr(item, "join", "")), name
        )

    def join(
        self,
        kind: Kind,
        setting: Setting | Problem,
        inputs: tuple[int, ...],
        name: str,
        place: Any,
        alter: Callable[[tuple[Shape, ...]], tuple[Shape, ...]] | None = None,
    ) -> int:
        """Apply a layer to nodes and add it; a failure is noted once and passed on as a reason."""
        full = self.scopes[-1].prefix + name
        if isinstance(setting, Problem):
            self.note_values(setting, kind, place, full)
            return self.add(Node(full, inputs, None, place, "it could not be read", kind.name), name)
        shapes = []
        for index in inputs:
            shape = self.graph.shape(index)
            if shape is None:
                return self.add(
                    Node(full, inputs, None, place, f"{self.graph.nodes[index].name} could not be computed", kind.name),
                    name,
                )
            shapes.append(shape)
        known = tuple(shapes)
        if alter:
            known = alter(known)
        on_map, before = self.maps[inputs[0]], self.graph.nodes[inputs[0]].applied
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
            self.note(self.with_flattened(applied, inputs), place, full)
            return self.add(Node(full, inputs, None, place, "see its error", kind.name), name)
        return self.add(Node(full, inputs, applied, place), name, applied.on_map)

    def with_flattened(self, error: Problem, inputs: tuple[int, ...]) -> Problem:
        """An error of a vector's length, with the product that the length is where the vector was a map."""
        if len(inputs) != 1 or not any(finding.right for finding in error.diagnostics):
            return error
        node = self.graph.nodes[inputs[0]]
        while (
            node.applied and node.applied.setting.kind is not FLATTEN and node.applied.output == node.applied.input[0]
        ):
            node = self.graph.nodes[node.inputs[0]]
        if not node.applied or node.applied.setting.kind is not FLATTEN:
            return error
        work = f"{'·'.join(map(str, node.applied.input[0]))} = {node.applied.output[0]}"
        return Problem(*(finding._replace(work=finding.work or work) for finding in error.diagnostics))

    def apply(self, setting: Setting, shapes: tuple[Shape, ...], on_map: bool, channels: int) -> Applied:
        convention = CONVENTIONS[setting.convention] if setting.convention else self.graph.convention
        return apply(setting, shapes, convention, self.spec.channels_last, on_map, self.cured, channels)

    def add(self, node: Node, name: str, on_map: bool = False) -> int:
        index = len(self.graph.nodes)
        self.graph.nodes.append(node)
        self.maps.append(on_map)
        self.name(name, index, node.place)
        return index

    def name(self, name: str, index: int, place: Any) -> None:
        full = self.scopes[-1].prefix + name
        known = self.named.get(full)
        if known is not None:
            line = getattr(self.graph.nodes[known].place, "line", None)
            where = f", first on line {line}" if line else ""
            message = f'the name "{name[:60]}" stands twice{where}'
            self.note(problem("N004", message, "give one of them another name"), place, full)
        self.named[full] = index

    def fresh(self, stem: str) -> str:
        """conv1, conv2, …, relu6_1: the next automatic name that nothing else here has."""
        scope = self.scopes[-1]
        separator = "_" if stem[-1:].isdigit() else ""
        while True:
            scope.counts[stem] = count = scope.counts.get(stem, 0) + 1
            name = f"{stem}{separator}{count}"
            if name not in scope.taken and scope.prefix + name not in self.named:
                return name

    def next_number(self) -> str:
        """0, 1, …: the name of a nameless block in a named list, as the stages of a network are numbered."""
        scope = self.scopes[-1]
        while True:
            count = scope.counts.get("", 0)
            scope.counts[""] = count + 1
            if str(count) not in scope.taken:
                return str(count)

    def setting(self, written: shorthand.Written) -> Setting | Problem:
        """A layer's values, read once for every scope of names."""
        scope = self.scopes[-1]
        case = (id(written.kind), written.args, written.dims, written.framework, id(scope.values))
        found = self.settings.get(case)
        if found is None:
            try:
                found = self.read_setting(written, scope.values)
            except Problem as error:
                found = error
            self.settings[case] = found
        return found

    def read_setting(self, written: shorthand.Written, values: Mapping[str, Value]) -> Setting:
        kind = written.kind
        args = dict(written.args)
        if not written.framework:
            args = {**dict(self.spec.defaults.get(kind.name, ())), **args}
        read_values, problems = shorthand.values_of(kind, args, values)
        if problems:
            raise Problem(*problems)
        convention = FRAMEWORKS.get(written.framework, "")
        if convention == self.graph.convention.name or self.graph.convention.name not in ("pytorch", "keras"):
            convention = ""
        return Setting(kind, tuple(read_values.items()), written.dims, convention)

    def sources(self, names: tuple[str, ...]) -> tuple[int, ...]:
        return tuple(self.source(name) for name in names)

    def source(self, name: str) -> int:
        """The node of a name: in this block, then in those around it; `b1.stem` looks into a block."""
        for scope in reversed(self.scopes):
            found = self.named.get(scope.prefix + name)
            if found is not None:
                return found
        known = [
            full.removeprefix(scope.prefix)
            for scope in self.scopes
            for full in self.named
            if full.startswith(scope.prefix)
        ]
        if name in given_names(self.spec.items):
            raise problem(
                "N005",
                f'"{name}" stands further down: a layer may only use what stands above it',
                "move it up, or use another layer",
            )
        raise problem(
            "N002",
            f'there is no layer "{name[:60]}" above',
            did_you_mean(name, known) or "name the layer: `- stem: conv 64 k7`",
        )

    def repeat(self, item: RepeatItem, current: int) -> int:
        scope = self.scopes[-1]
        try:
            times = repeats(item, scope.values)
        except Problem as error:
            self.note(error, item.place)
            return self.failed(item.name or self.fresh("repeat"), (current,), item, "it could not be read")
        if not item.name:
            for _ in range(times):
                current = self.run(item.items, current)
            return current
        start = len(self.graph.nodes)
        for index in range(times):
            current = self.turn(item, index, current)
        self.name(item.name, current, item.place)
        self.graph.groups.append((scope.prefix + item.name, start, len(self.graph.nodes)))
        return current

    def turn(self, item: RepeatItem, index: int, current: int) -> int:
        """One turn of a named repeat: C.0 for a layer, stage1.0.conv1 for the layers of a block."""
        only = item.items[0] if len(item.items) == 1 else None
        if item.times == "1":
            return self.scoped(item.name, item.items, current, numbered=True)
        name = f"{item.name}.{index}"
        if isinstance(only, LayerItem):
            return self.layer(only._replace(name=name), current)
        if isinstance(only, UseItem) and not only.name:
            return self.use(only._replace(name=name), current)
        start = len(self.graph.nodes)
        current = self.scoped(name, item.items, current)
        self.graph.groups.append((self.scopes[-1].prefix + name, start, len(self.graph.nodes)))
        return current

    def scoped(self, name: str, items: Items, current: int, numbered: bool = False) -> int:
        """Run items in a scope of their own, `name.` before every name."""
        outer = self.scopes[-1]
        self.scopes.append(Scope(f"{outer.prefix}{name}.", outer.values, given_names(items), numbered))
        current = self.run(items, current)
        self.scopes.pop()
        return current

    def use(self, item: UseItem, current: int) -> int:
        scope = self.scopes[-1]
        name = item.name or (self.next_number() if scope.numbered else self.fresh(item.block))
        begin = self.begin(item, name, current)
        if begin is None:
            return self.failed(name, (), item, "its input is unknown")
        start = len(self.graph.nodes)
        self.scopes.append(Scope(f"{scope.prefix}{name}.", scope.values, numbered=bool(item.name)))
        current = self.inside(item, begin)
        self.scopes.pop()
        self.name(name, current, item.place)
        self.graph.groups.append((scope.prefix + name, start, len(self.graph.nodes)))
        return current

    def begin(self, item: UseItem | BranchItem, name: str, current: int) -> int | None:
        """The node that a block or a branch begins from: the one before it, or the one that `from` names."""
        if not item.source:
            return current
        try:
            return self.sources(item.source)[0]
        except Problem as error:
            self.note(error, item.place, self.scopes[-1].prefix + name)
            return None

    def inside(self, item: UseItem, current: int) -> int:
        """The layers of a block, with its parameters bound, in the scope that is open."""
        block = self.blocks[item.block]
        scope = self.scopes[-1]
        try:
            values = bind(block, item.args, scope.values, self.graph.names)
        except Problem as error:
            self.note(error, item.place, scope.prefix.rstrip("."))
            return self.failed(item.block, (current,), item, "its parameters could not be read")
        # Equal arguments share their names, so that their layers are read once.
        shared = self.bound.setdefault((item.block, *(values[name] for name, _ in block.params)), values)
        self.scopes[-1] = Scope(scope.prefix, shared, given_names(block.items), scope.numbered)
        return self.run(block.items, current)

    def branch(self, item: BranchItem, current: int) -> int:
        scope = self.scopes[-1]
        name = item.name or self.fresh(item.join)
        begin = self.begin(item, name, current)
        if begin is None:
            return self.failed(name, (), item, "its input is unknown")
        current = begin
        ends: list[int] = []
        start = len(self.graph.nodes)
        for label, path in item.paths:
            if isinstance(path, str):
                ends.append(current if path == "identity" else self.auto_shortcut(current, ends[0], start, item, name))
            elif label:
                ends.append(self.scoped(self.path_name(item.name, name, label), path, current))
            else:
                ends.append(self.run(path, current))
        named = find(item.join)
        assert named is not None
        try:
            axis = tuple((key, read(key_names(named.kind)[key], raw, scope.values)) for key, raw in item.axis)
        except Problem as error:
            self.note(error, item.place)
            axis = ()
        key = ("join", item.join, axis)
        setting = self.settings.setdefault(key, Setting(named.kind, axis))
        alter = stretched if item.join == "multiply" else None
        index = self.join(named.kind, setting, tuple(ends), name, item.place, alter)
        if item.name:
            self.graph.groups.append((scope.prefix + name, start, len(self.graph.nodes)))
        return index

    def path_name(self, given: str, name: str, label: str) -> str:
        """What precedes the names of a path: only its label where a nameless concat is the first to use it."""
        counts = self.scopes[-1].counts
        path = f"{given}.{label}" if given else label if f"{label}." not in counts else f"{name}.{label}"
        counts[f"{path}."] = 1
        return path

    def auto_shortcut(self, current: int, main: int, start: int, item: BranchItem, name: str) -> int:
        """A 1×1 convolution where the main path changes the shape; with batch normalisation where that has it."""
        before, after = self.graph.shape(current), self.graph.shape(main)
        if before is None or after is None or before == after:
            return current
        names = {node.applied.setting.kind.name for node in self.graph.nodes[start:] if node.applied}
        normalised = "batchnorm" in names
        conv = find("conv")
        assert conv is not None
        strides = self.shortcut_strides(before, after)
        if strides is None:
            shown = "×".join(map(str, before)), "×".join(map(str, after))
            self.note(
                problem(
                    "C033", f"no 1×1 convolution leads from {shown[0]} to {shown[1]}", "write the shortcut's layers out"
                ),
                item.place,
            )
            return self.failed(self.fresh("conv"), (current,), item, "see its error")
        values = [("filters", after[0]), ("kernel", 1), ("stride", strides)]
        if normalised:
            values.append(("bias", False))
        key: Any = ("auto", after[0], strides, normalised)
        setting = self.settings.setdefault(key, Setting(conv.kind, tuple(values)))
        outer = self.scopes[-1]
        self.scopes.append(Scope(f"{outer.prefix}{self.path_name(item.name, name, 'shortcut')}.", outer.values))
        index = self.join(conv.kind, setting, (current,), "conv", item.place)
        if normalised:
            norm = find("batchnorm")
            assert norm is not None
            plain = self.settings.setdefault(("auto", "batchnorm"), Setting(norm.kind))
            index = self.join(norm.kind, plain, (index,), "batchnorm", item.place)
        self.scopes.pop()
        return index

    def shortcut_strides(self, before: Shape, after: Shape) -> tuple[int, ...] | None:
        """For every axis the smallest stride with ⌊(n − 1)/s⌋ + 1 = o, or one with which that may be."""
        strides = []
        for n, o in zip(before[1:], after[1:], strict=True):
            stride = next((s for s in range(1, 65) if (n - 1) // s + 1 == o), None)
            if stride is None and not (isinstance(n, int) and isinstance(o, int)):
                stride = likely_stride(n, o)
            if stride is None:
                return None
            strides.append(stride)
        return tuple(strides)


def likely_stride(n: Value, o: Value) -> int | None:
    """The smallest stride with which a symbolic size goes over into another for endlessly many inputs."""
    from convcalc.algebra.condition import Condition, sizes

    for stride in range(1, 65):
        found = sizes(Condition((n - 1) // stride + 1, "==", o))
        if found is not None and found.remainders:
            return stride
    return None


STEPS: dict[type, Callable[[Builder, Any, int], int]] = {
    LayerItem: Builder.layer,
    RepeatItem: Builder.repeat,
    BranchItem: Builder.branch,
    UseItem: Builder.use,
    BrokenItem: Builder.broken,
}


def stretched(shapes: tuple[Shape, ...]) -> tuple[Shape, ...]:
    """A gate's vector of C numbers as C×1×1, to weigh the channels of a map."""
    rank = max(map(len, shapes))
    return tuple((*shape, *(1,) * (rank - 1)) if len(shape) == 1 else shape for shape in shapes)


def given_names(items: Items) -> frozenset[str]:
    """The names that an author gave on this level."""
    return frozenset([item.name for item in items if item.name])
