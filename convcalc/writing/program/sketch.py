"""A unit as code in which numbers are still atoms: a sequence where it is one, else statements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from convcalc.writing.naming import free_name
from convcalc.writing.program.code import (
    Atom,
    Body,
    Combination,
    DefinitionUse,
    Entry,
    Formula,
    GivenArgument,
    Maybe,
    Piece,
    PieceList,
    Repeated,
    ShapeRemark,
    Shared,
    Statement,
)
from convcalc.writing.program.elements import Element, Junction, Leaf, Loop, Series, Unit, Use
from convcalc.writing.program.making import Maker, parsed_form

if TYPE_CHECKING:
    from convcalc.writing.program.program import DefinedNetwork


class Sketcher(Maker):
    """Draws one unit."""

    def __init__(self, program: DefinedNetwork, unit: Unit, params: dict[str, Any]):
        super().__init__(program, params)
        self.unit = unit
        self.attributes: dict[str, str] = {}  # of the unit, with what they are called in the network
        self.current = 0  # the last node of what has been drawn
        self.passed: dict[int, int] = {}  # nodes behind which a loop has no turn here: what it gives elsewhere

    # Bodies

    def body(self, inputs: tuple[int, ...], outputs: tuple[int, ...]) -> Body:
        elements, first = self.unit.elements, inputs[0] if inputs else -1
        names = tuple(ShapeRemark(self.graph.nodes[index].name.rpartition(".")[2]) for index in inputs)
        self.current = first
        is_plain = not any(isinstance(element, Junction) or self.has_attribute(element) for element in elements)
        is_chain = len(inputs) == 1 and outputs == (self.unit.span[1] - 1,) and self.is_series(elements, first)
        if is_chain and is_plain and self.unit.span[1] - self.unit.span[0] > 0:
            return Body((), self.sequence(elements), names, outputs)
        statements = tuple(statement for element in elements for statement in self.statements(element, ""))
        return Body(statements, None, names, outputs)

    def is_series(self, elements: Iterable[Element], before: int) -> bool:
        """Whether elements can be pieces of a sequence that begins at a node."""
        for element in elements:
            if not self.is_piece(element, before):
                return False
            if element.span[1] > element.span[0]:
                before = element.span[1] - 1
        return True

    def is_piece(self, element: Element, before: int) -> bool:
        start, stop = element.span
        if start == stop:
            return True
        if not self.wiring.is_link(element.span, before) or self.program.shares(element):
            return False
        if isinstance(element, Leaf):
            return self.language.module(element) is not None
        if isinstance(element, Junction):
            word = self.language.combination(element.join, element)
            paths = [path for path in element.paths if path]
            return bool(word) and all(self.is_series(path.elements, before) for path in paths)
        if isinstance(element, Loop):
            turns = before
            for turn in element.turns:
                if element.item.shared or not self.is_series(turn.elements, turns):
                    return False
                turns = turn.span[1] - 1
            return True
        if isinstance(element, Series):
            return self.is_series(element.elements, before)
        return True

    # Sequences

    def sequence(self, elements: Iterable[Element]) -> PieceList:
        listed = tuple(elements)
        has_names = any(map(self.has_attribute, listed))
        entries = tuple(entry for element in listed for entry in self.entries(element, has_names))
        return PieceList(entries, has_names)

    def entries(self, element: Element, has_names: bool = False) -> Iterator[Entry | Repeated]:
        if isinstance(element, Loop):
            yield self.loop(element)
        elif isinstance(element, Series):
            for inner in element.elements:
                yield from self.entries(inner)
        elif element.span[1] > element.span[0]:
            piece = self.piece(element)
            yield Entry(self.language.name(element.name) if has_names else "", piece, self.note(element.span[1] - 1))

    def loop(self, element: Loop) -> Repeated:
        times = Atom(len(element.turns), self.hints.value(element.item.times, element.run), "n")
        turns = tuple(self.sequence(turn.elements) for turn in element.turns)
        return Repeated(turns, times, self.note(element.span[1] - 1) if element.turns else ShapeRemark(""))

    def piece(self, element: Element) -> Piece:
        if isinstance(element, Leaf):
            form = self.language.module(element)
            assert form is not None
            made = self.make(parsed_form(form), element)
            self.hints.pass_through(element)
            return self.with_own_name(made, element)
        if isinstance(element, Use):
            return self.with_own_name(self.instance(element), element)
        if isinstance(element, Junction):
            word = self.language.combination(element.join, element)
            paths = tuple(self.sequence(path.elements) if path else None for path in element.paths)
            self.hints.pass_through(element.join)
            return Combination(word, paths)
        return self.sequence((element,))

    def maybe(self, junction: Junction, index: int, path: PieceList | None) -> Piece:
        """A path, of which an automatic shortcut may not be there in other places."""
        return path if not junction.is_auto[index] else Maybe(path, Atom(path is not None, None, "shortcut"))

    # Statements

    def statements(self, element: Element, prefix: str) -> Iterator[Statement]:
        start, stop = element.span
        if isinstance(element, Loop):
            yield from self.loop_statements(element, prefix)
        elif start == stop:
            return
        elif isinstance(element, Leaf):
            yield self.leaf_statement(element, prefix)
        elif isinstance(element, Use):
            made, exports = self.with_own_name(self.instance(element), element), self.program.exports(element.unit)
            sources, shared = self.sources(self.wiring.inputs(element.span)), self.shared(element, element.item.weights)
            name = shared or self.attribute(prefix + element.name)
            yield Statement(exports, name, Shared(made) if shared else made, sources, self.note(stop - 1))
        elif isinstance(element, Junction):
            yield from self.junction_statements(element, prefix)
        else:
            for inner in element.elements:
                yield from self.statements(inner, prefix)
        self.current = stop - 1

    def sources(self, nodes: tuple[int, ...]) -> tuple[int, ...]:
        """The values of nodes; of one that passed through nothing, what that gives in other units."""
        return tuple(self.passed.get(node, node) for node in nodes)

    def loop_statements(self, element: Loop, prefix: str) -> Iterator[Statement]:
        stem = element.name or (f"{first_leaf(element).name}s" if element.turns else "loop")
        if element.item.weights:
            raise self.language.refusal(self.graph.nodes[element.span[0]], "whose weights are those of other layers")
        before = self.wiring.inputs(element.span)[:1] if element.turns else (self.current,)
        if element.item.shared and element.turns:
            yield from self.shared_turns(element, prefix + stem)
            return
        if element.turns and not self.is_piece(element, *before):
            for turn in element.turns:
                yield from self.statements(turn, prefix)
            return
        repeated, sources = self.loop(element), self.sources(before)
        last = element.span[1] - 1
        if not element.turns:
            last = -1 - len(self.passed) - len(self.graph.nodes)
            self.passed[self.current] = last
        yield Statement((last,), self.attribute(prefix + stem), PieceList((repeated,)), sources, repeated.note)

    def shared_turns(self, element: Loop, name: str) -> Iterator[Statement]:
        """One piece that is applied as often as the loop turns."""
        name, before = self.attribute(name), self.wiring.inputs(element.span)[0]
        for index, turn in enumerate(element.turns):
            if not self.is_series(turn.elements, before):
                why = "in a loop whose turns share their weights and are no series"
                raise self.language.refusal(self.graph.nodes[turn.span[0]], why)
            made, last = self.sequence(turn.elements), turn.span[1] - 1
            yield Statement((last,), name, Shared(made) if index else made, self.sources((before,)), self.note(last))
            before = last

    def attribute(self, name: str) -> str:
        """A name that no other attribute of the unit has."""
        found = free_name(self.language.name(name), self.attributes)
        self.attributes[found] = name
        return found

    def shared(self, element: Element, weights: str) -> str:
        """The attribute of the unit whose weights an element uses; "" where it has its own."""
        if not weights:
            return ""
        found = self.language.name(weights)
        if self.attributes.get(found) != weights:
            node = self.graph.nodes[element.span[0]]
            raise self.language.refusal(node, f"and uses the weights of {weights}, which is in another block")
        return found

    def junction_statements(self, element: Junction, prefix: str) -> Iterator[Statement]:
        labels = self.language.labels(element)
        begin = self.program.begin(element)
        (before,) = self.sources((begin,))
        ends = list(self.sources(self.graph.nodes[element.join.node].inputs))
        for index, (path, label) in enumerate(zip(element.paths, labels, strict=True)):
            if path is None:
                if element.is_auto[index]:
                    name = self.attribute(prefix + label)
                    ends[index] = -1 - element.join.node
                    yield Statement((ends[index],), name, self.maybe(element, index, None), (before,), ShapeRemark(""))
                continue
            is_plain = not any(
                is_named(each) and not self.language.names_layers for each in path.elements
            ) and self.is_series(path.elements, begin)
            if element.is_auto[index]:
                self.hints.expect(path.span[0], self.hints.shape(ends[0])[0] if ends[0] >= 0 else None)
            if is_plain and (len(path.elements) > 1 or element.is_auto[index]):
                made = self.maybe(element, index, self.sequence(path.elements))
                last = path.span[1] - 1
                yield Statement((last,), self.attribute(prefix + label), made, (before,), self.note(last))
            else:
                self.current = begin
                inner = f"{prefix}{path.name}_" if path.name else prefix
                for each in path.elements:
                    yield from self.statements(each, inner)
        joined = self.leaf_statement(element.join, prefix)
        is_plain = isinstance(joined.piece, Formula) and joined.piece.template in ("{x} + {x2}", "{x} * {x2}")
        if is_plain and element.paths[1] is None and not element.is_auto[1]:
            ends.reverse()  # x + main(x)
        yield joined._replace(sources=tuple(ends))

    def leaf_statement(self, leaf: Leaf, prefix: str) -> Statement:
        node = self.graph.nodes[leaf.node]
        note = self.note(leaf.node)
        form = self.language.function(leaf) or self.language.module(leaf)
        if form is None:
            raise self.language.refusal(node, *self.language.reason(leaf))
        made = self.with_own_name(self.make(parsed_form(form), leaf), leaf)
        self.hints.pass_through(leaf)
        weights = leaf.item.written.weights if leaf.item else ""
        shared, is_module = self.shared(leaf, weights), not isinstance(made, Formula)
        if shared and self.is_same(leaf, weights):
            return Statement((leaf.node,), shared, Shared(made), self.sources(node.inputs), note)
        if shared and not self.language.ties_weights:
            raise self.language.refusal(node, f"and another layer than {weights}, whose weights it uses")
        name = self.attribute(prefix + leaf.name) if is_module else self.language.name(prefix + leaf.name)
        return Statement((leaf.node,), name, made, self.sources(node.inputs), note, shared)

    def is_same(self, leaf: Leaf, weights: str) -> bool:
        """Whether a layer that uses the weights of another is that layer again."""
        applied = self.graph.nodes[leaf.node].applied
        others = [node.applied for node in self.graph.nodes if node.name.rpartition(".")[2] == weights and node.applied]
        kinds = {each.setting.kind for each in others}
        return bool(applied and applied.parameters == 0 and kinds == {applied.setting.kind})

    def has_attribute(self, element: Element) -> bool:
        """Whether it is a layer whose name is that of an attribute of what holds it."""
        return isinstance(element, Leaf) and element.is_named and not self.language.names_layers

    def with_own_name(self, piece: Piece, element: Leaf | Use) -> Piece:
        """A piece with the name that it has in the network, behind that of its unit, where layers know theirs."""
        if not self.language.names_layers:
            return piece
        whole = element.unit.run.prefix.rstrip(".") if isinstance(element, Use) else self.graph.nodes[element.node].name
        name = self.language.layer_name(whole.removeprefix(self.unit.run.prefix))
        given = GivenArgument("name", Atom(name, None, "name"))
        if isinstance(piece, DefinitionUse):
            return piece._replace(arguments=(*piece.arguments, given)) if piece.definition.has_names else piece
        return self.language.with_name(piece, given, element) if isinstance(element, Leaf) else piece

    def note(self, index: int) -> ShapeRemark:
        return ShapeRemark(self.language.shape(self.graph.shape(index) or ()))


def is_named(element: Element) -> bool:
    return bool(getattr(element, "is_named", False))


def first_leaf(element: Element) -> Element:
    while isinstance(element, (Loop, Series)):
        inner = element.turns if isinstance(element, Loop) else element.elements
        if not inner:
            return element
        element = inner[0]
    return element
