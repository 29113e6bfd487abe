"""A network whose names take other values: what each name stands for, and the network at a point."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcalc.algebra.parser import amount
from convcalc.network.build import build
from convcalc.network.load import bounded_depth, foreign_form, graph_of, spec_of
from convcalc.network.walk import walk
from convcalc.problem import Problem, did_you_mean
from convcalc.readers.chain import is_line
from convcalc.spec.choices import declared_names, few, misuse, names_used
from convcalc.spec.layout import SIDES, evidence, settle
from convcalc.spec.shapes import read_shape, spell_shape
from convcalc.sweep.columns import needs_fields, numbers_of
from convcalc.sweep.names import column_name
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from convcalc.algebra.expr import Number
    from convcalc.network.graph import Graph
    from convcalc.network.walk import NetworkReport
    from convcalc.spec.choices import Choices
    from convcalc.spec.model import Spec

USUAL = {"batch": 1, "act_bits": 32, "weight_bits": 32}  # of numbers in memory: names that no network has to have


class SinglePoint(NamedTuple):
    """What a network is at one point: its quantities, or the layer that does not fit and why."""

    numbers: Mapping[str, Number | None]
    layer: str = ""
    reason: str = ""

    @property
    def fits(self) -> bool:
        return not self.reason


class Swept(NamedTuple):
    """A network whose names take other values: a point is one choice of them."""

    spec: Spec
    choices: Choices
    sides: Mapping[str, tuple[str, ...]]  # of inputs that have letters for their sides, by name: the parts of the shape
    memory: Mapping[str, int] = USUAL  # the batch and the bits of numbers in memory, where these are not swept
    in_memory: frozenset[str] = frozenset(USUAL)  # those of them that are no names of the network
    is_program: bool = False  # read anew at every point, its names being arguments
    notes: tuple[str, ...] = ()  # how names were understood

    def at(self, point: Mapping[str, object]) -> Choices:
        """What a run asks for to have the network at a point; a value may be a letter."""
        sizes = {name: str(value) if value != -1 else "-1/1" for name, value in point.items()}  # -1 is a side left open
        inputs = {name: spell_shape(sizes.get(part, part) for part in parts) for name, parts in self.sides.items()}
        among = {part for parts in self.sides.values() for part in parts}.union(self.in_memory)
        values = {name: self.text_of(name, value) for name, value in point.items() if name not in among}
        found = self.choices._replace(inputs={**self.choices.inputs, **inputs})
        if self.is_program:
            return found._replace(args={**found.args, **values})
        return found._replace(sets={**found.sets, **values})

    def text_of(self, name: str, value: object) -> str:
        """A value as a run is asked for it: of a variant as the spec has it, 0.5 for one half."""
        choices = [choice for variant in self.spec.variants if variant.name == name for choice, _ in variant.choices]
        return next((choice for choice in choices if choice == str(value) or amount(choice) == value), str(value))

    def spec_at(self, choices: Choices) -> Spec:
        """The network as it is read for a run."""
        return spec_of(self.spec.source, choices) if self.is_program else self.spec

    def report(self, point: Mapping[str, object]) -> NetworkReport:
        """The network at a point, as `summary --set` has it."""
        choices = self.at(point)
        return walk(graph_of(self.spec_at(choices), choices))

    def bare_report(self, point: Mapping[str, object], fields: bool = False) -> NetworkReport:
        """The network at a point without cures, and without receptive fields where these are not asked for."""
        choices = self.at(point)
        with bounded_depth():
            return walk(build(self.spec_at(choices), choices), fields)

    def outcome(self, point: Mapping[str, object], names: Iterable[str]) -> SinglePoint:
        """The quantities of the network at a point, worked by itself, or why it does not fit there."""
        names = [name for name in names if column_name(name)]
        try:
            report = self.bare_report(point, needs_fields(names))
        except Problem as error:
            return SinglePoint({}, "", error.diagnostics[0].message)
        if report.errors:
            return SinglePoint({}, report.errors[0].layer, report.errors[0].message)
        return SinglePoint(numbers_of(report, names, self.memory_at(point)))

    def memory_at(self, point: Mapping[str, object]) -> dict[str, int]:
        """The batch and the bits of numbers in memory at a point."""
        return {
            name: int(point.get(name, usual) if name in self.in_memory else usual)  # type: ignore[call-overload]
            for name, usual in self.memory.items()
        }


def swept(spec: Spec, choices: Choices, names: tuple[str, ...], bits: int = 32, batch: int = 0) -> Swept:
    """The network with the sides of its inputs as letters where these are swept; its own names come first.

    A Problem (U004) where a name is nothing of it.
    """
    is_program = not is_line(spec.source.text.strip()) and foreign_form(spec.source) is not None
    with bounded_depth():
        graph = build(spec, choices)
    own = [] if is_program else [*declared_names(spec), *graph.names]
    letters = [name for name in names if name not in own]
    sides: dict[str, tuple[str, ...]] = {}
    named: dict[tuple[str, object], str] = {}
    notes = []
    for place, (name, shape) in enumerate(graph.inputs.items()):
        parts = parts_of_input(spec, choices, graph, name, place)
        known = names_of_sides(shape, named)
        lettered = with_letters(parts, known, letters)
        if not set(letters).isdisjoint(lettered[1:]):
            sides[name if place else ""] = lettered
            choices = choices._replace(inputs={key: text for key, text in choices.inputs.items() if key != name})
            notes += [
                f"{letter} is {sides_in_words(alike)} of the input"
                for letter in dict.fromkeys(lettered)
                if len(alike := [side for side, part in zip(known, lettered[1:], strict=False) if part == letter]) > 1
            ]
    usual = {"batch": batch or graph.batch or 1, "act_bits": bits, "weight_bits": bits}
    in_memory = frozenset(usual).difference(own)
    notes += [f"{name} is the network's own name" for name in names if name in usual and name in own]
    found = Swept(spec, choices, sides, usual, in_memory, is_program, tuple(dict.fromkeys(notes)))
    check_names(found, graph, names, [*own, *named.values()])
    return found


def parts_of_input(spec: Spec, choices: Choices, graph: Graph, name: str, place: int) -> tuple[str, ...]:
    """The sizes of an input as they are written, channels first; where a run gives it, or a program, as numbers."""
    shape = graph.inputs[name]
    raw = next((raw for known, raw, _ in spec.inputs if known == name), "")
    given = name in choices.inputs or (place == 0 and "" in choices.inputs)
    if given or not raw:
        return tuple(map(str, shape))
    seen = evidence(spec, graph.names, name, place == 0)
    parts = settle(read_shape(raw, graph.names), spec.channels_last, seen).parts
    if len(parts) != len(shape):
        return tuple(map(str, shape))
    # In a shape an x is between two sizes: a name that has one cannot be written there.
    return tuple(str(size) if "x" in part else part for part, size in zip(parts, shape, strict=True))


def names_of_sides(shape: tuple[object, ...], named: dict[tuple[str, object], str]) -> list[str]:
    """The names of an input's sides, as --symbolic gives them: H2 is another height than H."""
    found = []
    for letter, size in zip(SIDES.get(len(shape) - 1, ()), shape[1:], strict=False):
        count = sum(1 for known, _ in named if known == letter)
        found.append(named.setdefault((letter, size), f"{letter}{count + 1}" if count else letter))
    return found


def with_letters(parts: tuple[str, ...], sides: list[str], letters: list[str]) -> tuple[str, ...]:
    """A shape with letters for its sides; sides that are as large as the swept height and not swept move with it."""
    found = list(parts)
    height = next((place for place, side in enumerate(sides, 1) if side[0] == "H" and side in letters), 0)
    for place, side in enumerate(sides, 1):
        if side in letters:
            found[place] = side
        elif height and parts[place] == parts[height]:
            found[place] = sides[height - 1]
    return tuple(found)


def sides_in_words(sides: list[str]) -> str:
    words = {"H": "height", "W": "width", "D": "depth", "L": "length"}
    first = [words[side[0]] for side in sides]
    return f"{', '.join(first[:-1])} and {first[-1]}"


def check_names(network: Swept, graph: Graph, names: tuple[str, ...], known: list[str]) -> None:
    """A Problem where a name is nothing of the network: no name of its own, no side, and nothing of the memory."""
    among = {part for parts in network.sides.values() for part in parts}.union(known, network.in_memory)
    if network.is_program or (graph.diagnostics and not graph.inputs):
        return  # an argument that is not there is found out where the program is read
    for name in names:
        if name not in among and name not in names_used(network.spec):
            shown = [*dict.fromkeys(known), *sorted(network.in_memory)]
            hint = did_you_mean(name, shown) or f"the names are {few(shown)}"
            raise misuse("U004", "--over", name, "there is no such name", hint)
