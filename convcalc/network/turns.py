"""A repeat whose number of turns is a letter: its first turn, its last, and in one layer all between, in closed form.

Turn t is built on sizes that are linear in t.  Where its output is the input of turn t + 1, every turn is like it; its
counts are polynomials in t, whose sums are known; and a field that grows at stride 1 grows by as much with each turn.
Anything else has no closed form here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from convcalc.algebra.condition import Condition, verdict
from convcalc.algebra.poly import symbol
from convcalc.algebra.substitution import symbols
from convcalc.algebra.summation import powers_of, sum_over
from convcalc.kinds.turns import STILL_TURNS, TURNS
from convcalc.layers.applied import Applied, Setting
from convcalc.network import Graph, Node
from convcalc.network.assembly import Scope
from convcalc.network.walk import Totals, Walk, count_layers, totals
from convcalc.problem import problem
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers import Shape
    from convcalc.network.build import Builder
    from convcalc.spec import RepeatItem

MAX_DEPTH = 4  # of repeats in one another
TRIED = (3, 2, 1)  # turns of which the cure names the first that make a network


class Growth(NamedTuple):
    """By how many cells one turn makes the field along an axis larger, and how many of them lie before."""

    cells: Value
    before: Value


class SymbolicRepeat:
    """A repeat of a builder, and how often it repeats."""

    def __init__(self, builder: Builder, item: RepeatItem, times: Value):
        self.builder, self.item, self.times = builder, item, times

    def build(self, current: int) -> int:
        """The last node; a Problem where there is no closed form."""
        if self.item.shared or self.item.weights:
            self.refuse("its turns share their weights")
        if self.builder.depth == MAX_DEPTH:  # each of them is built four times
            self.refuse(f"more than {MAX_DEPTH} such repeats are in one another")
        self.builder.depth += 1
        try:
            return self.build_turns(current)
        finally:
            self.builder.depth -= 1

    def build_turns(self, current: int) -> int:
        builder, item, times = self.builder, self.item, self.times
        start = len(builder.graph.nodes)
        first = builder.turn(item, "0", current) if item.name else builder.run(item.items, current)
        shape = builder.graph.shape(first)
        if shape is None:
            return first
        if verdict(Condition(1, "<=", times)) is not True:
            builder.assume((Condition(1, "<=", times),), item.name, item.place)
        middle = self.add_between(first, shape)
        last = f"{times - 1}".replace(" ", "")
        current = builder.turn(item, last, middle) if item.name else builder.run(item.items, middle)
        if item.name:
            builder.name(item.name, current, item.place)
            builder.graph.groups.append((builder.scopes[-1].prefix + item.name, start, len(builder.graph.nodes)))
        return current

    def add_between(self, first: int, shape: Shape) -> int:
        """The node of all turns but the first, whose node and shape these are, and the last."""
        builder, times, on_map = self.builder, self.times, self.builder.maps[first]
        second = last_shape(self.turn_by_itself(shape, on_map))
        if len(second) != len(shape):
            self.refuse("its turns are not alike")
        slopes = [after - before for before, after in zip(shape, second, strict=True)]

        def input_of(turn: Value) -> Shape:
            return tuple(side + (turn - 2) * slope for side, slope in zip(shape, slopes, strict=True))

        taken = {name for side in (*shape, *slopes) for name in symbols(side)}
        name = next(name for count in range(len(taken) + 1) if (name := f"turn {count}") not in taken)
        turn = self.turn_by_itself(input_of(symbol(name)), on_map)
        if last_shape(turn) != input_of(symbol(name) + 1):
            self.refuse("its turns do not change the sizes alike")
        self.check_conditions(turn, name)
        counts = [sum_over(count or 0, name, 2, times - 1) for count in totals(node.applied for node in turn.nodes)]
        found = [count for count in counts if count is not None]
        grown = fields_grown(turn)
        if len(found) < len(counts) or grown is None or any(name in symbols(side) for pair in grown for side in pair):
            self.refuse("its counts or its receptive field do not grow alike with every turn")
        letters = {"t": times - 2, "m": count_layers(node.applied for node in turn.nodes[1:])}
        between = turns_as_layer((shape, input_of(times)), letters, Totals(*found), grown, on_map)
        label = builder.fresh(TURNS.name)
        return builder.add(Node(builder.scopes[-1].prefix + label, (first,), between, self.item.place), label, on_map)

    def turn_by_itself(self, shape: Shape, on_map: bool) -> Graph:
        """The graph of one turn on an input of its own: it knows no layer outside."""
        builder = self.builder
        alone = type(builder)(builder.spec, builder.choices, builder.instead, cured=False)
        alone.depth = builder.depth
        alone.graph.inputs[""] = shape
        alone.graph.nodes.append(Node("", (), None, self.item.place))
        alone.maps.append(on_map)
        alone.scopes.append(Scope("", builder.scopes[-1].values))
        alone.run(self.item.items, 0)
        if alone.graph.diagnostics:
            self.refuse(f"of a turn by itself, {alone.graph.diagnostics[0].message}")
        return alone.graph

    def check_conditions(self, turn: Graph, name: str) -> None:
        """What holds for the first turn and the last holds between, where it is an inequality linear in the turn."""
        for node in turn.nodes:
            for condition in node.applied.conditions if node.applied else ():
                terms = powers_of(condition.difference, name)
                is_linear = all(degree <= 1 and name not in symbols(factor) for degree, factor in terms)
                if name in symbols(condition.difference) and not (is_linear and condition.operator == "<="):
                    self.refuse(f"whether {node.name} fits depends on the turn")

    def refuse(self, why: str) -> NoReturn:
        """A Problem, with numbers of turns that make a network as its cure: for this letter, or else for all."""
        builder, (name, *_) = self.builder, symbols(self.times)
        every = tuple(dict.fromkeys((*builder.choices.symbols, *builder.spec.symbols)))
        tried = ((names, turns) for names in ((name,), every) for turns in TRIED if builder.cured)
        names, turns = next((each for each in tried if self.is_network(*each)), ((name,), TRIED[0]))
        message = f"repeat {self.item.times[:40]} times has no closed form: {why}"
        raise problem("V001", message, " ".join(f"--set {each}={turns}" for each in names))

    def is_network(self, names: tuple[str, ...], turns: int) -> bool:
        choices = self.builder.choices
        sets = {**choices.sets, **dict.fromkeys(names, str(turns))}
        tried = choices._replace(symbols=tuple(each for each in choices.symbols if each not in names), sets=sets)
        return not type(self.builder)(self.builder.spec, tried, cured=False).build().diagnostics


def last_shape(graph: Graph) -> Shape:
    return graph.shape(graph.main) or ()


def fields_grown(turn: Graph) -> list[Growth] | None:
    """How the field grows along every axis, and None where it does not grow alike.

    Where every unit sees all of the turn's input, it did so after the first turn, and the next ones add nothing.
    """
    walker = Walk(turn)
    *_, last = walker.layers()
    axes, start = last.fields.get(""), walker.origins[""]
    if axes is None or (axes.layout != start.layout and any(field.advance != 0 for field in axes.fields)):
        return None
    grown = []
    for field in axes.fields:
        is_simple = field.period == 1 and not (field.lost or field.grows or field.rough or field.lows[0] is None)
        if not is_simple or not field.aligned or field.advance not in (0, 1):
            return None
        cells, before = field.highs[0] - field.lows[0], -field.lows[0]
        grown.append(Growth(cells, before) if field.advance == 1 else Growth(0, 0))
    is_map = start.layout is None and axes.layout is None
    return grown if is_map or (last_shape(turn) == turn.shape(0) and not any(any(pair) for pair in grown)) else None


def turns_as_layer(
    shapes: tuple[Shape, Shape], letters: dict[str, Value], counts: Totals, grown: list[Growth], on_map: bool
) -> Applied:
    """Turns as one layer: a window at stride 1 that is as much larger than a cell as all of theirs."""
    before, after = shapes
    times, axes = letters["t"], []
    is_still = before == after and not any(any(pair) for pair in grown)
    for side, size, growth in () if is_still else zip(before[1:], after[1:], grown, strict=True):
        reach, left = 1 + times * growth.cells, times * growth.before
        axes.append({"n": side, "k": reach, "s": 1, "p": left, "p_l": left, "p_r": size - side - left + reach - 1})
    kind = STILL_TURNS if is_still else TURNS
    return Applied(
        Setting(kind, (("times", times),)), (before,), after, {"times": times}, tuple(axes),
        {"c": after[0], "w": counts.parameters, "u": counts.buffers, **letters}, (kind.sizes[""],) * len(axes), "", (),
        on_map, counts.parameters, counts.biases, counts.buffers, counts.macs or 0, counts.connections or 0,
        counts.activations or 0, (kind.parameters, kind.buffers), False, 0, None,
    )  # fmt: skip
