"""A network as definitions: those of its blocks and of its groups that are alike, and of the network itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import is_symbolic
from convcalc.algebra.poly import symbol
from convcalc.algebra.substitution import symbols
from convcalc.problem import problem
from convcalc.spec import Item, LayerItem, RepeatItem, Spec, UseItem, items_within
from convcalc.spec.layout import written_order
from convcalc.writing.naming import free_name
from convcalc.writing.program.code import Body
from convcalc.writing.program.elements import Leaf, Unit, Use, Wiring, elements_within, record_items, whole
from convcalc.writing.program.hints import feature_axis
from convcalc.writing.program.merging import Definition, Mismatch, Param, holds_name, merge
from convcalc.writing.program.settling import Settler
from convcalc.writing.program.sketch import Sketcher

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.network import Graph, Node
    from convcalc.writing.program.elements import Element, Junction
    from convcalc.writing.program.hints import Sizes
    from convcalc.writing.program.language import Language


USUAL = 224  # size of a picture


class DefinedNetwork:
    """The definitions of a network in a language."""

    def __init__(self, spec: Spec, language: Language):
        self.language = language
        self.graph, run = record_items(spec)
        self.spec = self.graph.spec
        language.graph = self.graph
        self.wiring = Wiring(self.graph)
        self.main = whole(self.graph, run)
        language.elements = self.main.elements
        self.families: dict[Any, list[Unit]] = {}
        self.family: dict[int, Any] = {}
        for unit in units_within(self.main.elements):
            key = unit.origin or self.signature(unit)
            self.families.setdefault(key, []).append(unit)
            self.family[id(unit)] = key
        items = [item for each in (spec.items, *(block.items for block in spec.blocks.values()))
                 for item in items_within(each, {})]  # fmt: skip
        self.shared = {weights_of(item) for item in items} - {""}  # the names of what other layers use the weights of
        self.known: dict[int, tuple[Definition, int]] = {}  # by the identity of a unit
        self.definitions: list[Definition] = []
        self.names = self.language.reserved_names(self.spec)
        self.shapes: dict[int, tuple[Sizes, ...]] = {}  # of what a unit gives, in the names of its parameters

    def signature(self, unit: Unit) -> Any:
        """What groups that may be alike have in common."""
        start, stop = unit.span
        outside = {index: -1 - place for place, index in enumerate(self.wiring.inputs(unit.span))}
        nodes = [
            (kind_of(node), *(outside.get(index, index - start) for index in node.inputs))
            for node in self.graph.nodes[start:stop]
        ]
        inner = tuple((each.origin, each.span[0] - start, each.span[1] - start) for each in units_within(unit.elements))
        return (tuple(nodes), tuple(index - start for index in self.exports(unit)), inner)

    def exports(self, unit: Unit) -> tuple[int, ...]:
        return self.wiring.exports(unit.span) or (unit.span[1] - 1,)

    def shares(self, element: Element) -> bool:
        """Whether it uses the weights of another element, or another uses its own."""
        if not isinstance(element, (Leaf, Use)) or element.item is None:
            return False
        return bool(weights_of(element.item)) or element.name.rpartition(".")[2] in self.shared

    def begin(self, junction: Junction) -> int:
        """The node from which the paths of a junction go out."""
        inputs = self.wiring.inputs(junction.span)
        paths = [self.wiring.inputs(path.span) for path in junction.paths if path]
        return next((one[0] for one in paths if one), inputs[0] if inputs else 0)

    def entry_axis(self, unit: Unit) -> int:
        """The axis of what goes into a unit whose size its layers need: the channels of a map, else the features."""
        start, stop = unit.span
        inputs = self.wiring.inputs(unit.span)
        for node in self.graph.nodes[start:stop]:
            if inputs and inputs[0] in node.inputs and node.applied and node.applied.setting.kind.parameters != "0":
                return feature_axis(node.applied)
        shape = self.graph.shape(inputs[0]) if inputs else None
        return 0 if shape and len(shape) > 2 else -1

    def entry_name(self, unit: Unit) -> str:
        return "in_channels" if self.entry_axis(unit) == 0 else "in_features"

    # Definitions

    def definition_of(self, unit: Unit) -> tuple[Definition, int]:
        """The definition of a unit, and which of its units it is."""
        if id(unit) not in self.known:
            self.define(self.families[self.family[id(unit)]])
        return self.known[id(unit)]

    def define(self, units: list[Unit]) -> None:
        """Definitions for units that have an origin in common: as few as can be."""
        drawn = [self.draw(unit) for unit in units]
        left = list(range(len(units)))
        while left:
            chosen = [left[0]]
            for index in left[1:]:
                if self.merged([drawn[left[0]], drawn[index]]) is not None:
                    chosen.append(index)
            while (settled := self.settle([units[each] for each in chosen], [drawn[each] for each in chosen])) is None:
                chosen = chosen[: max(1, len(chosen) // 2)]
            self.definitions.append(settled)
            for place, index in enumerate(chosen):
                self.known[id(units[index])] = settled, place
            left = [index for index in left if index not in chosen]

    def merged(self, bodies: list[Body]) -> Any:
        try:
            return merge(list(bodies), [(index,) for index in range(len(bodies))])
        except Mismatch:
            return None

    def draw(self, unit: Unit) -> Body:
        inputs, outputs = self.wiring.inputs(unit.span), self.exports(unit)
        declared = self.declared(unit)
        sketcher = Sketcher(self, unit, declared)
        if inputs and (unit.origin or len(self.families[self.family[id(unit)]]) > 1):
            name, axis = self.entry_name(unit), self.entry_axis(unit)
            sizes: list[Any] = [None] * len(self.graph.shape(inputs[0]) or ())
            sizes[axis] = symbol(name)
            sketcher.hints.shapes[inputs[0]] = tuple(sizes)
            for other in inputs[1:]:
                sketcher.hints.shapes[other] = (None,) * len(self.graph.shape(other) or ())
        body = number_values(sketcher.body(inputs, outputs), inputs)
        self.shapes[id(unit)] = tuple(map(sketcher.hints.shape, outputs))
        return body

    def declared(self, unit: Unit) -> dict[str, Any]:
        """The parameters of a block that are whole numbers, with their values."""
        block = self.spec.blocks.get(unit.origin)
        names = [name for name, _ in block.params] if block else []
        values = ((name, unit.run.values[name]) for name in names if name not in self.language.variables)
        return {name: value for name, value in values if type(value) is int and name.isidentifier()}

    def settle(self, units: list[Unit], bodies: list[Body]) -> Definition | None:
        first = units[0]
        merged = self.merged(bodies)
        if merged is None:
            return None
        known: dict[str, tuple[Any, ...]] = {}
        inputs = self.wiring.inputs(first.span)
        if inputs and (first.origin or len(units) > 1):
            axis = self.entry_axis(first)
            sizes = [self.graph.shape(self.wiring.inputs(unit.span)[0]) or () for unit in units]
            known[self.entry_name(first)] = tuple(size[axis] for size in sizes)
        block = self.spec.blocks.get(first.origin)
        defaults = dict(block.params) if block else {}
        for name in self.declared(first):
            known[name] = tuple(unit.run.values[name] for unit in units)
        settler = Settler(len(units), known)
        settler.roles.update({name: "channels" for name in known if name in ("in_channels", "in_features")})
        try:
            body = settler.settle(merged)
        except Mismatch:
            return None
        definition = Definition(self.definition_name(first), block.about if block else "", body)
        definition.has_names = holds_name(body)
        order = [name for name in (*known, *settler.fresh) if name in settler.used]
        for name in order:
            text = defaults.get(name)
            default = int(text) if isinstance(text, str) and text.isdecimal() else None
            is_main = name in ("in_channels", "in_features") and name not in defaults
            values = settler.known[name]
            if name in settler.flags and name not in settler.numbers:
                values, default = tuple(map(bool, values)), None if default is None else bool(default)
            definition.params.append(Param(name, values, default, is_main))
        definition.params.sort(key=lambda param: (param.default is not None, not param.is_main))
        definition.shapes = self.shapes[id(first)]
        return definition

    def definition_name(self, unit: Unit) -> str:
        found = free_name(self.language.definition_name(unit.origin or unit.name), self.names)
        self.names.add(found)
        return found

    def network(self) -> Definition:
        """The definition of the network itself, behind all others."""
        sketcher = Sketcher(self, self.main, {})
        inputs = tuple(range(len(self.graph.inputs)))
        outputs = tuple(self.wiring.outputs)
        body = number_values(sketcher.body(inputs, outputs), inputs)
        settler = Settler(1, {})
        definition = Definition(self.definition_name(self.main), "", settler.settle(merge([body], [(0,)])))
        definition.is_network = True
        return definition


def weights_of(item: Item) -> str:
    """The name of what an item uses the weights of."""
    if isinstance(item, LayerItem):
        return item.written.weights
    return item.weights if isinstance(item, (UseItem, RepeatItem)) else ""


def kind_of(node: Node) -> str:
    return node.applied.setting.kind.name if node.applied else ""


def number_values(body: Body, inputs: tuple[int, ...]) -> Body:
    """A body whose values are counted from 0, its inputs first."""
    numbers = {index: place for place, index in enumerate(inputs)}
    statements = []
    for statement in body.statements:
        sources = tuple(numbers[index] for index in statement.sources)
        for target in statement.targets:
            numbers[target] = len(numbers)
        targets = tuple(numbers[index] for index in statement.targets)
        statements.append(statement._replace(targets=targets, sources=sources))
    outputs = tuple(numbers[index] for index in body.outputs) if body.sequence is None else ()
    return Body(tuple(statements), body.sequence, body.inputs, outputs)


def units_within(elements: Iterable[Element]) -> Iterator[Unit]:
    """Every unit inside, and in those that are."""
    return (element.unit for element in elements_within(elements) if isinstance(element, Use))


def check_numbers(graph: Graph, what: str = "a program") -> None:
    """A Problem where there are letters: a program has numbers."""
    outputs = [*graph.inputs.values(), *(node.applied.output for node in graph.nodes if node.applied)]
    letters = [letter for shape in outputs for size in shape if is_symbolic(size) for letter in symbols(size)]
    told = [value for node in graph.nodes if node.applied for value in node.applied.values.values()]
    if not letters:
        if named := next((letter for value in told if is_symbolic(value) for letter in symbols(value)), ""):
            raise problem("U009", f"{what} has numbers, and here is {named}", f"give it one: --set {named}=0.5")
        return
    known = {
        letter for shape in graph.inputs.values() for size in shape if is_symbolic(size) for letter in symbols(size)
    }
    message = f"{what} has numbers, and here is {letters[0]}"
    if letters[0] not in known:
        raise problem("U009", message, f"give it one: --set {letters[0]}=64")
    shapes = {
        name: written_order((fitting_size(graph, size) for size in shape), graph.spec.channels_last)
        for name, shape in graph.inputs.items()
        if any(map(is_symbolic, shape))
    }
    prefixes = {name: f"{name}=" if len(graph.inputs) > 1 else "" for name in shapes}
    cure = " ".join(f"--input {prefixes[name]}{'x'.join(map(str, shape))}" for name, shape in shapes.items())
    raise problem("U009", message, f"give the input: {cure}")


def fitting_size(graph: Graph, size: Value) -> Value:
    """A number with which a network fits, in the place of a letter."""
    if not is_symbolic(size):
        return size
    fitting = graph.fitting.get(symbols(size)[0])
    return next(
        (number for number in (*range(USUAL, 2 * USUAL), *range(1, USUAL)) if fitting is None or number in fitting),
        USUAL,
    )
