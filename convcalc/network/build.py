"""A Spec expanded: blocks and repeats written out, names resolved, every layer joined to its inputs and applied."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from convcalc.algebra.limits import MAX_STEPS_OF_NETWORK, TooInvolved, budget
from convcalc.kinds import FLATTEN, NORMALISATION, PROJECTION, find
from convcalc.layers import key_names
from convcalc.layers.applied import Setting
from convcalc.layers.values import read
from convcalc.network import UNKNOWN_INPUT, Graph, Node
from convcalc.network.assembly import Assembly, Scope, given_names
from convcalc.problem import Diagnostic, Problem, is_usage, problem
from convcalc.spec import BranchItem, BrokenItem, LayerItem, RepeatItem, UseItem, WrittenLayer
from convcalc.spec.blocks import bind, check_extent, repeats
from convcalc.spec.choices import Choices, check_without, leaves_out
from convcalc.spec.inputs import letters_of_sides, read_inputs
from convcalc.spec.layout import written_order
from convcalc.spec.names import declare

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers import Shape
    from convcalc.network.assumed import Assumed
    from convcalc.spec import Items, Place, Spec


def build(spec: Spec, choices: Choices | None = None) -> Graph:
    """The graph of a spec; what is wrong is in its `diagnostics`, what its symbols must meet in `conditions`."""
    chosen = choices or Choices()
    builder = Builder(spec, chosen)
    with budget(MAX_STEPS_OF_NETWORK):
        graph = builder.build()
    if builder.assumed is not None:
        graph.conditions, graph.fitting = builder.assumed.diagnostics(graph), builder.assumed.left
        if not graph.diagnostics:
            graph = simplify_graph(graph, builder.assumed, chosen)
    return graph


def simplify_graph(graph: Graph, assumed: Assumed, choices: Choices) -> Graph:
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


MAX_STRIDE = 64  # of a shortcut


class Builder(Assembly):
    """The items of a spec, run one after another: each adds its nodes, and passes the last of them on."""

    def build(self) -> Graph:
        graph, spec = self.graph, self.spec
        graph.diagnostics.extend(spec.diagnostics)
        try:
            letters = letters_of_sides(spec) if self.choices.symbolic else frozenset()
            declared = declare(spec, self.choices, letters.union(self.choices.symbols))
        except Problem as error:
            if is_usage(error.diagnostics):
                raise
            self.note(error, None)
            return graph
        for problem_found in declared.problems:
            self.note(problem_found, None)
        self.spec = spec = spec._replace(blocks=declared.blocks)
        values = declared.values
        graph.notes.extend(check_without(spec, self.choices))
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
        if not (graph.inputs or spec.unjoined):
            return graph
        try:
            check_extent(spec.items, spec.blocks, values)
        except Problem as error:
            self.note(error, spec.items[0].place if spec.items else None)
            return graph
        self.scopes.append(Scope("", values, given_names(spec.items)))
        for index, name in enumerate(graph.inputs):
            self.named[name] = index
        self.run(spec.items, 0)
        if spec.outputs:
            from convcalc.network.outputs import find_outputs

            find_outputs(self)
        if spec.items and len(graph.nodes) == len(graph.inputs):
            hint = "repeat a layer at least once; `identity` is a layer that changes nothing"
            nothing = problem("L005", "nothing is left of the network: it has no layer", hint)
            self.note(nothing, spec.items[0].place)
        return graph

    def take_batch(self, name: str, batch: str, place: Place | None) -> None:
        """The size in front of an input, which no layer sees; None, −1 and letters stand for any."""
        if batch.isdecimal():
            self.graph.batch = int(batch)
        if batch not in ("None", "-1"):
            message = f"the {batch} in front of {name} is taken as the batch"
            self.graph.notes.append(Diagnostic("W003", message, "", self.graph.mark(place), severity="note"))

    def put_in(self, values: dict[str, Value], shapes: dict[str, Shape]) -> None:
        from convcalc.algebra.substitution import substitute

        for name, value in values.items():
            values[name] = substitute(value, self.instead)
        for name, shape in shapes.items():
            shapes[name] = tuple(substitute(size, self.instead) for size in shape)

    # Items

    def run(self, items: Items, current: int) -> int:
        """Build the items one after another from a node; the last node."""
        for item in items:
            if leaves_out(self.choices, item):
                self.left_out.add(self.scopes[-1].prefix + item.name)
                continue
            begin = self.only_source(item, current) if isinstance(item, (BranchItem, UseItem)) else current
            current = len(self.graph.nodes) - 1 if begin is None else STEPS[type(item)](self, item, begin)
        return current

    def layer(self, item: LayerItem, current: int) -> int:
        written = item.written
        name = item.name or self.fresh(written.kind.name)
        is_first = written.kind.constant or self.spec.unjoined is not None
        inputs = () if is_first else self.sources(written.source, current, name, item.place)
        if not inputs and not is_first:
            return self.fail(name, (), item.place, UNKNOWN_INPUT)
        try:
            sizes = self.sizes_of_layers(written)
        except Problem as error:
            self.note(error, item.place, self.scopes[-1].prefix + name)
            return self.fail(name, inputs, item.place, "it could not be read")
        if None in sizes.values():
            return self.fail(name, inputs, item.place, "the layer whose size it takes could not be computed")
        if item.pattern and written.kind.takes_flat and inputs and self.maps[inputs[0]]:
            # In the lectures' patterns a fully connected layer sees the whole map.
            flat = self.settings.setdefault("flat", Setting(FLATTEN))
            inputs = (self.join(FLATTEN, flat, inputs[:1], self.fresh(FLATTEN.name), item.place),)
        index = self.join(written.kind, self.setting(written, sizes), inputs, name, item.place)
        if written.implied:
            from convcalc.network.implied import check_implied

            check_implied(self, written, self.graph.nodes[index])
        if written.weights:
            self.share(written.weights, range(index, index + 1), item.place)
        if item.activates:
            self.named[self.graph.nodes[current].name] = index
        return index

    def broken(self, item: BrokenItem, current: int) -> int:
        return self.fail(item.name or self.fresh("layer"), (current,), item.place, "it could not be read")

    def repeat(self, item: RepeatItem, current: int) -> int:
        scope = self.scopes[-1]
        try:
            times = repeats(item, scope.values)
            begin = self.only_source(item, current) if times else current
            if begin is None:
                return len(self.graph.nodes) - 1
            if not isinstance(times, int):
                from convcalc.network.turns import SymbolicRepeat

                return SymbolicRepeat(self, item, times).build(begin)
        except Problem as error:
            self.note(error, item.place)
            return self.fail(item.name or self.fresh("repeat"), (current,), item.place, "it could not be read")
        current, start, first = begin, len(self.graph.nodes), 0
        for index in range(times):
            begin = len(self.graph.nodes)
            current = self.turn(item, str(index), current) if item.name else self.run(item.items, current)
            first = first or len(self.graph.nodes)
            if index and item.shared:
                self.share(range(start, first), range(begin, len(self.graph.nodes)), item.place)
        self.share(item.weights, range(start, len(self.graph.nodes)), item.place)
        if not item.name:
            return current
        if not times:
            self.left_out.add(scope.prefix + item.name)
        self.name(item.name, current, item.place)
        self.graph.groups.append((scope.prefix + item.name, start, len(self.graph.nodes)))
        return current

    def turn(self, item: RepeatItem, index: str, current: int) -> int:
        """One turn of a named repeat: C.0 for a layer, stage1.0.conv1 for the layers of a block."""
        only = item.items[0] if len(item.items) == 1 else None
        if item.times == "1":
            return self.scoped(item.name, item.items, current, numbered=True)
        name = f"{item.name}.{index}"
        if isinstance(only, LayerItem) or (isinstance(only, UseItem) and not only.name):
            return self.run((only._replace(name=name),), current)
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
        name = item.name or (scope.next_number() if scope.numbered else self.fresh(item.block))
        start = len(self.graph.nodes)
        self.scopes.append(Scope(f"{scope.prefix}{name}.", scope.values, numbered=bool(item.name)))
        current = self.inside(item, current)
        self.scopes.pop()
        self.share(item.weights, range(start, len(self.graph.nodes)), item.place)
        self.name(name, current, item.place)
        self.graph.groups.append((scope.prefix + name, start, len(self.graph.nodes)))
        return current

    def inside(self, item: UseItem, current: int) -> int:
        """The layers of a block, with its parameters bound, in the scope that is open."""
        block = self.spec.blocks[item.block]
        scope = self.scopes[-1]
        try:
            values = bind(block, item.args, scope.values, self.graph.names)
        except Problem as error:
            self.note(error, item.place, scope.prefix.rstrip("."))
            return self.fail(item.block, (current,), item.place, "its parameters could not be read")
        # Equal arguments share their names, so that their layers are read once.
        shared = self.bound.setdefault((item.block, *(values[name] for name, _ in block.params)), values)
        self.scopes[-1] = Scope(scope.prefix, shared, given_names(block.items), scope.numbered)
        return self.run(block.items, current)

    def branch(self, item: BranchItem, current: int) -> int:
        scope = self.scopes[-1]
        name = item.name or self.fresh(item.join)
        ends: list[int] = []
        start = len(self.graph.nodes)
        for label, path in item.paths:
            if isinstance(path, str):
                ends.append(current if path == "identity" else self.auto_shortcut(current, ends[0], start, item, name))
            elif label:
                ends.append(self.scoped(scope.path_name(item.name, name, label), path, current))
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
        alter = stretch_gate if named.kind.stretches else None
        index = self.join(named.kind, setting, tuple(ends), name, item.place, alter)
        self.share(item.weights, range(start, len(self.graph.nodes)), item.place)
        if item.name:
            self.graph.groups.append((scope.prefix + name, start, len(self.graph.nodes)))
        return index

    def auto_shortcut(self, current: int, main: int, start: int, item: BranchItem, name: str) -> int:
        """A 1×1 convolution where the main path changes the shape; with batch normalisation where that has it.

        Both learn what the spec's defaults let them learn.
        """
        from convcalc.algebra.notation import write_shape

        before, after = self.graph.shape(current), self.graph.shape(main)
        if before is None or after is None or before == after:
            return current
        self.projected[before, after] = None
        normalised = NORMALISATION in {node.applied.setting.kind for node in self.graph.nodes[start:] if node.applied}
        strides = shortcut_strides(before, after)
        if strides is None:
            written = (written_order(shape, self.graph.channels_last) for shape in (before, after))
            shown = " to ".join(map(write_shape, written))
            hint = "write the shortcut's layers out"
            self.note(problem("C033", f"no 1×1 convolution leads from {shown}", hint), item.place)
            return self.fail(self.fresh(PROJECTION.name), (current,), item.place, "see its error", item.join)
        setting = self.setting(WrittenLayer(PROJECTION, 0, (("filters", "1"), ("kernel", "1"))), {})
        if isinstance(setting, Setting):
            learnt = [(key, value) for key, value in setting.values if key in ("bias", "trainable")]
            usual = (("filters", after[0]), ("kernel", 1), ("stride", strides))
            values = (*usual, *learnt, *[("bias", False)] * normalised)
            setting = self.settings.setdefault(("auto", after[0], strides, values), Setting(PROJECTION, values))
        outer = self.scopes[-1]
        self.scopes.append(Scope(f"{outer.prefix}{outer.path_name(item.name, name, 'shortcut')}.", outer.values))
        index = self.join(PROJECTION, setting, (current,), PROJECTION.name, item.place)
        if normalised:
            plain = self.setting(WrittenLayer(NORMALISATION, 0, ()), {})
            index = self.join(NORMALISATION, plain, (index,), NORMALISATION.name, item.place)
        self.scopes.pop()
        return index


STEPS: dict[type, Callable[[Builder, Any, int], int]] = {
    LayerItem: Builder.layer,
    RepeatItem: Builder.repeat,
    BranchItem: Builder.branch,
    UseItem: Builder.use,
    BrokenItem: Builder.broken,
}


def stretch_gate(shapes: tuple[Shape, ...]) -> tuple[Shape, ...]:
    """A gate's vector of C numbers as C×1×1, to weigh the channels of a map."""
    rank = max(map(len, shapes))
    return tuple((*shape, *(1,) * (rank - 1)) if len(shape) == 1 else shape for shape in shapes)


def shortcut_strides(before: Shape, after: Shape) -> tuple[int, ...] | None:
    """The strides of a shortcut's 1×1 convolution along every axis; None where none leads from one shape to another."""
    strides = list(map(shortcut_stride, before[1:], after[1:]))
    return None if len(before) != len(after) or None in strides else tuple(strides)  # type: ignore[arg-type]


def shortcut_stride(n: Value, o: Value) -> int | None:
    """The smallest with ⌊(n − 1)/s⌋ + 1 = o; of symbolic sizes else one with which that holds for endlessly many."""
    strides = range(1, MAX_STRIDE + 1)
    stride = next((s for s in strides if (n - 1) // s + 1 == o), None)
    if stride is not None or (isinstance(n, int) and isinstance(o, int)):
        return stride
    from convcalc.algebra.condition import Condition, sizes

    found = ((s, sizes(Condition((n - 1) // s + 1, "==", o))) for s in strides)
    return next((s for s, fitting in found if fitting is not None and fitting.remainders), None)
