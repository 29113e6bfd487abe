"""A network of which some numbers are unknown, built with any values for them and looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from convcalc.algebra.bounds import extremum
from convcalc.algebra.expr import is_symbolic, letters
from convcalc.algebra.interval import Range, intersect
from convcalc.algebra.limits import budget
from convcalc.algebra.notation import to_tree
from convcalc.algebra.poly import symbol
from convcalc.algebra.sizes import EVERY
from convcalc.layers.case import AXES
from convcalc.network.build import Builder
from convcalc.network.load import graph_of
from convcalc.network.quantity import BOUNDED
from convcalc.network.walk import Walk, totals
from convcalc.problem import LINE, Diagnostic, Problem, did_you_mean, problem
from convcalc.solving.answer import Look, Solution
from convcalc.solving.constraint import SYMBOLS_FAIL, Constraint, conditions, meets
from convcalc.solving.given import letters_of_inputs
from convcalc.solving.marks import free_letter
from convcalc.solving.question import Question, Unknown
from convcalc.solving.search import Search
from convcalc.spec.shapes import OPEN, spell_shape
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers import Shape
    from convcalc.layers.field import Field
    from convcalc.network import Graph
    from convcalc.spec import Items, Spec
    from convcalc.spec.choices import Choices

STEPS = 6_000  # layers that one question may build: a second of those that take longest
MAX_FOUND = 1_000  # solutions that are kept
SYMBOLIC_STEPS = 100_000  # of the network in letters: half a second
PROBES = (1, 2, 7, 64, 1021)  # an error that is the same with all of these does not depend on the unknown


class ClosedForm(NamedTuple):
    """The network in letters: what is asked of it, and what its layers ask of the letters."""

    look: Look
    conditions: tuple[Constraint, ...]


class NetworkSearch(Search):
    """A question's network, built with any values for its unknowns."""

    def __init__(self, asked: Question):
        assert asked.network is not None
        super().__init__(asked, budget(STEPS), MAX_FOUND)
        self.spec, self.choices = asked.network.spec, asked.network.choices
        self.cost = 1  # steps of a build
        self.error: Diagnostic | None = None  # of the last build, without its cure
        self.untold = ""  # the first layer of a legal build whose receptive field cannot be told
        values = {name: text for name, text, _ in self.spec.let}
        declared = {*values, *self.spec.symbols}
        declared |= {name for variant in self.spec.variants for _, names in variant.choices for name, _ in names}
        variants = {each.name: tuple(choice for choice, _ in each.choices) for each in self.spec.variants}
        sides = letters_of_inputs(self.spec)
        declared |= {*variants, *sides.intersection((*asked.network.names, *self.choices.sets))}
        self.unknowns = {unknown.letter: unknown for unknown in asked.network.marks}
        for name in asked.network.names:
            if name not in declared:
                known = declared | sides
                hint = did_you_mean(name, known) or f"the names are {', '.join(sorted(known)) or 'none'}"
                raise problem("N003", f'--set: there is no name "{name[:60]}"', hint)
            if choices := variants.get(name, ()):
                self.unknowns[name] = Unknown(name, name, low=0, high=len(choices) - 1, choices=choices)
                continue
            # A name that is 1 unless it is told otherwise multiplies something.
            self.unknowns[name] = Unknown(name, name, "n" if name in sides else "", fractional=values.get(name) == "1")
        for name in self.spec.symbols:
            if name not in self.unknowns and name not in self.choices.sets:
                raise problem("Q004", f'"{name[:60]}" is a letter', f"--set {name[:60]}=?, or a number for it")
        for side in asked.target or ():
            if isinstance(side, str) and side != OPEN:
                raise problem("Q003", f'--output: "{side[:60]}" is a letter', "a number, or ? where the side is open")
        self.first, self.shape = self.input_template(declared)
        self.at = asked.at  # the layer whose output is meant, the last if there is none
        self.name_apart()

    def input_template(self, declared: set[str]) -> tuple[str, tuple[str, ...]]:
        """The first input as it is written, open sides as letters: n for all of them alike, else one per axis."""
        from convcalc.spec.inputs import WrittenInput, settled_input

        first = next(iter(self.spec.inputs), ("input", "", None))
        given = self.choices.inputs.get(first[0], self.choices.inputs.get("", ""))
        known: dict[str, Value] = {**dict.fromkeys(declared, 1), OPEN: symbol(OPEN)}
        known |= {letter: symbol(letter) for letter in letters_of_inputs(self.spec)}
        settled, _ = settled_input(WrittenInput(first[0], first[1], given, True), self.spec, self.choices, known)
        # A letter that has no value is as unknown as a question mark.
        shape = [OPEN if side.isidentifier() and side not in declared else side for side in settled.parts]
        if not given and OPEN not in shape and not self.unknowns:
            shape[1:] = [OPEN] * (len(shape) - 1)
        used = {word for word, _ in placed_words(self.spec.items)} - {*settled.parts}
        taken = {*declared, *self.unknowns, *self.choices.sets, *used}
        if shape[:1] == [OPEN]:
            shape[0] = self.add(free_letter("c", taken), "channels")
        rank = len(shape) - 1
        open_axes = [axis for axis, side in enumerate(shape[1:]) if side == OPEN]
        names = AXES.get(rank, tuple(f"axis {axis + 1}" for axis in range(rank)))
        want = (self.asked.target or ())[-rank:] if rank and len(self.asked.target or ()) >= rank else ()
        square = len(open_axes) == rank > 0 and len({side for side in want if side != OPEN}) < 2
        letter = self.add(free_letter("n", taken), "input") if square else ""
        for axis in open_axes:
            initial = names[axis][0] if rank < 4 else f"n_{axis}"
            shape[1 + axis] = letter or self.add(free_letter(initial, taken), names[axis])
        return first[0], tuple(shape)

    def add(self, letter: str, name: str) -> str:
        self.unknowns[letter] = Unknown(letter, name, "c" if name == "channels" else "n")
        return letter

    # Builds

    def builder(self, values: Mapping[str, Any]) -> Builder:
        return Builder(*self.fill(values), cured=False)

    def fill(self, values: Mapping[str, Any]) -> tuple[Spec, Choices]:
        """The network with these values; an unknown without one stays a letter."""
        spec, sets = self.spec, dict(self.choices.sets)
        names = [letter for letter in self.unknowns if letter not in self.shape]
        letters = [name for name in names if name not in values]
        for name in names:
            sets.pop(name, None)
            if name in values:
                sets[name] = str(self.unknowns[name].spell(values[name]))
        if letters:
            let = tuple(entry for entry in spec.let if entry[0] not in letters)
            spec = spec._replace(let=let, symbols=(*spec.symbols, *letters))
        inputs = {name: text for name, text in self.choices.inputs.items() if name not in ("", self.first)}
        if self.shape:
            inputs[self.first] = spell_shape(values.get(side, side) for side in self.shape)
        return spec, self.choices._replace(inputs=inputs, sets=sets, layout="")

    def graph(self, builder: Builder) -> Graph | None:
        """The graph of a builder, None where it is not legal."""
        graph = builder.build()
        self.cost = len(graph.nodes) + 3
        self.budget.take(self.cost)
        self.error = next((finding for finding in graph.diagnostics if finding.severity == "error"), None)
        return graph if self.error is None else None

    def look(self, values: Mapping[str, Any]) -> Look | None:
        """What comes out with these values, where they are legal and it is what was wanted."""
        graph = self.graph(self.builder(values))
        if graph is None or not meets(self.asked, look := self.look_at(graph, with_field=False)):
            return None
        look = self.add_field(look, graph)
        if None in look.counts.values() and not self.untold:
            fields = zip(graph.nodes[len(graph.inputs) :], Walk(graph).layers(), strict=False)
            self.untold = next(node.name for node, layer in fields if None in [field.size for field in layer.field])
        return look if meets(self.asked, look) else None

    def solution(self, values: Mapping[str, Any]) -> Solution | None:
        look = self.look(values)
        spelled = {letter: self.unknowns[letter].spell(value) for letter, value in values.items()}
        return None if look is None else Solution(spelled, look)

    def legal_look(self, values: Mapping[str, Any]) -> Look | None:
        graph = self.graph(self.builder(values))
        return None if graph is None else self.look_at(graph)

    def form(self) -> ClosedForm | None:
        """The network in letters; None where a layer or a variant wants values, or another letter is left."""
        if any(unknown.choices for unknown in self.unknowns.values()):
            return None
        builder = self.builder({})
        try:
            with budget(SYMBOLIC_STEPS):
                graph = self.graph(builder)
                if graph is None:
                    if self.error is not None and "unknown name" in self.error.message:  # no value mends a name
                        raise Problem(ask_for_name(graph_of(*self.fill({})).diagnostics[0]))
                    return None
                self.at = self.at or self.last_map(graph)
                look = self.look_at(graph, any(bound.quantity == "receptive_field" for bound in self.asked.bounds))
                layers = {id(node.applied): node.applied for node in graph.nodes if node.applied is not None}
                needs = tuple(conditions(each for layer in layers.values() for each in layer.conditions))
        except SYMBOLS_FAIL:
            return None
        if any(count is None for count in look.counts.values()):
            return None
        trees = [need.tree for need in needs] + [to_tree(count) for count in look.counts.values()]
        trees += [to_tree(size) for size in look.output or ()]
        used = {letter for tree in trees for letter in letters(tree)}
        if not used <= self.unknowns.keys() or not all(map(self.is_idle, self.unknowns.keys() - used)):
            return None
        if builder.assumed is not None:
            self.fitting = builder.assumed.left
        return ClosedForm(look, needs)

    def is_idle(self, letter: str) -> bool:
        """Whether an unknown that no formula has changes nothing: how often a block repeats is in none either."""
        lowest = {name: unknown.low for name, unknown in self.unknowns.items()}
        return self.legal_look(lowest) == self.legal_look({**lowest, letter: lowest[letter] + 1})

    def look_at(self, graph: Graph, with_field: bool = True) -> Look:
        look = Look(graph.shape(self.output_place(graph)), {})
        if not self.asked.bounds:
            return look
        sums = totals(node.applied for node in graph.nodes)
        told = {"parameters", "macs", *(bound.quantity for bound in self.asked.bounds)}
        look.counts.update({each.name: each.amount(sums) for each in BOUNDED if each.value and each.name in told})
        return self.add_field(look, graph) if with_field else look

    def add_field(self, look: Look, graph: Graph) -> Look:
        """The largest receptive field along an axis, from another walk; None where it cannot be told."""
        if not self.asked.bounds:
            return look
        self.budget.take(3 * self.cost)
        place = self.output_place(graph)
        fields: tuple[Field, ...] = ()
        for index, layer in enumerate(Walk(graph).layers(), len(graph.inputs)):
            if index <= place or not self.asked.at:
                fields = layer.field or fields
        sizes = [field.size for field in fields] or [1]
        largest = None if None in sizes else extremum("max", sizes)
        return look._replace(counts={**look.counts, "receptive_field": largest})

    def output_place(self, graph: Graph) -> int:
        """The node whose output is meant: the one named, or the last."""
        if not self.at:
            return graph.main
        places = [(node.name, place) for place, node in enumerate(graph.nodes)]
        places += [(name, stop - 1) for name, _, stop in graph.groups]
        for name, place in places:
            if name == self.at:
                return place
        hint = did_you_mean(self.at, [name for name, _ in places])
        raise problem("N002", f'there is no layer "{self.at[:60]}"', hint)

    def last_map(self, graph: Graph) -> str:
        """The last layer that still has as many axes as are wanted, where that is not the last of all."""
        last, rank = graph.main, len(self.asked.target or ())
        if not rank or len(graph.shape(last) or ()) in (rank, rank + 1):
            return ""
        places = range(last, len(graph.inputs) - 1, -1)
        return next((graph.nodes[place].name for place in places if is_map(graph.shape(place), rank)), "")

    # Errors

    def refusal(self, values: Mapping[str, Any]) -> Diagnostic | None:
        """What is wrong with these values, with its cure; or with all, where what is wanted cannot be told."""
        if self.untold:
            hint = "--at names a layer before it, whose field is meant"
            return Diagnostic("Q004", "the receptive field cannot be told from here on", hint, layer=self.untold)
        spec, choices = self.fill(values)
        is_open = any(side in self.unknowns for side in self.shape)  # another input is what is asked for, and no cure
        found = Builder(spec, choices).build().diagnostics if is_open else graph_of(spec, choices).diagnostics
        return next((finding for finding in found if finding.severity == "error"), None)

    def general_error(self) -> Diagnostic | None:
        """An error that is there whatever the unknowns are."""
        seen: set[tuple[str, str]] = set()
        for probe in PROBES:
            values = {one.letter: probe if one.high is None else min(probe, one.high) for one in self.unknowns.values()}
            if any(not one.symbol for one in self.unknowns.values()) and probe > PROBES[2]:
                break  # a name may be a number of layers
            graph = self.graph(self.builder(values))
            if graph is not None or self.error is None:
                return None
            seen.add((self.error.layer, self.error.message))
            if len(seen) > 1:
                return None
        return self.refusal(values)

    def alone(self, unknown: Unknown, known: Mapping[str, int], wants: Iterable[Constraint]) -> list[Range]:
        return self.within(super().alone(unknown, known, wants), unknown.letter)

    def within(self, ranges: list[Range], letter: str) -> list[Range]:
        """The ranges from the first value that fits on, as far as there are any."""
        sizes = self.fitting.get(letter, EVERY)
        last = None if sizes.remainders else max(sizes.some, default=0)
        return [
            Range(begin, end)
            for first, end in intersect(ranges, [Range(0, last)])
            if (begin := first if first < 1 else sizes.first_size_from(first)) is not None
            and (end is None or begin <= end)
        ]

    def name_apart(self) -> None:
        """Call each unknown by its layer too where several have one name."""
        names = [unknown.name for unknown in self.unknowns.values()]
        places = dict(placed_words(self.spec.items)) if len(set(names)) < len(names) else {}
        graph = self.builder(dict.fromkeys(self.unknowns, 1)).build() if places else None
        for letter, unknown in self.unknowns.items():
            node = next((node for node in graph.nodes if node.place is places.get(letter)), None) if graph else None
            if names.count(unknown.name) > 1 and node is not None:
                self.unknowns[letter] = unknown._replace(name=f"{unknown.name} of {node.name}")


def ask_for_name(error: Diagnostic) -> Diagnostic:
    """The error of an unknown name; a line has no place to declare it, so there it is asked for."""
    name = error.undeclared
    if not name or error.mark is None or error.mark.source.name != LINE:
        return error
    return error._replace(hint=f"--set {name}=? where it is what is asked for, else a number: --set {name}=2")


def placed_words(items: Items) -> Iterator[tuple[str, Any]]:
    """The words in the values of layers, each with the place of its layer."""
    from convcalc.solving.marks import WORDS
    from convcalc.spec import LayerItem, RepeatItem, items_within
    from convcalc.spec.brackets import texts

    for item in items_within(items, {}):
        values = [item.times] if isinstance(item, RepeatItem) else []
        if isinstance(item, LayerItem):
            values = [text for _, raw in item.written.args for text in texts(raw)]
        yield from ((word, item.place) for value in values for word in WORDS.findall(value))


def is_map(shape: Shape | None, rank: int) -> bool:
    """Whether a shape may be asked for this many sides, and depends on what is unknown."""
    return shape is not None and len(shape) in (rank, rank + 1) and any(map(is_symbolic, shape))
