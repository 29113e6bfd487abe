"""A network whose names take other values: what each name stands for, the network at a point, and how to have it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from shlex import join
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import is_symbolic
from convcalc.algebra.parser import amount
from convcalc.algebra.substitution import symbols
from convcalc.network.build import build
from convcalc.network.load import bounded_depth, foreign_form, graph_of, source_of, spec_of, summarise_spec
from convcalc.network.walk import NetworkReport, walk
from convcalc.problem import Diagnostic, Problem, Source, did_you_mean
from convcalc.spec.brackets import is_line
from convcalc.spec.choices import Choices, declared_names, few, misuse, names_used
from convcalc.spec.layout import SIDES, evidence, settle
from convcalc.spec.shapes import read_shape, spell_shape
from convcalc.sweep.columns import needs_fields, number_of
from convcalc.sweep.names import column_name
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Number
    from convcalc.network import Graph
    from convcalc.spec import Spec
    from convcalc.sweep.question import Axis, SweepQuestion


USUAL = {"batch": 1, "act_bits": 32, "weight_bits": 32}  # of numbers in memory: names that no network has to have
TYPES = {64: "float64", 16: "float16", 8: "int8", 4: "int4"}  # by their bits


class Unfit(NamedTuple):
    """Why a network does not fit, and the layer that does not."""

    layer: str
    reason: str


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

    def bare_report(self, point: Mapping[str, object], fields: bool = False) -> NetworkReport | Unfit:
        """The network at a point without cures, and without receptive fields where these are not asked for."""
        choices = self.at(point)
        try:
            with bounded_depth():
                report = walk(build(self.spec_at(choices), choices), fields)
        except Problem as error:
            return unfit_of(error.diagnostics)
        return unfit_of(report.errors) if report.errors else report

    def outcome(self, point: Mapping[str, object], names: Iterable[str]) -> dict[str, Number | None] | Unfit:
        """The quantities of the network at a point, worked by itself, or why it does not fit there."""
        names = [name for name in names if column_name(name)]
        report, memory = self.bare_report(point, needs_fields(names)), self.memory_at(point)
        return report if isinstance(report, Unfit) else {name: number_of(report, name, memory) for name in names}

    def memory_at(self, point: Mapping[str, object]) -> dict[str, int]:
        """The batch and the bits of numbers in memory at a point."""
        return {
            name: int(point.get(name, usual) if name in self.in_memory else usual)  # type: ignore[call-overload]
            for name, usual in self.memory.items()
        }


def unfit_of(errors: Sequence[Diagnostic]) -> Unfit:
    return Unfit(errors[0].layer, errors[0].message)


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


def check_values(axis: Axis, network: Swept) -> None:
    """A Problem where a value can be none of its name's: of a variant another choice, of the memory no whole number."""
    variants = {variant.name: dict(variant.choices) for variant in network.spec.variants}
    for place, name in enumerate(axis.names):
        values = [point[place] for point in axis.points] if name in variants or name in network.in_memory else []
        for value in values:
            if name in variants and network.text_of(name, value) not in variants[name]:
                hint = f"one of {few(variants[name])}"
                raise misuse("U006", "--over", f"{name}={value}", f'there is no {name} "{str(value)[:40]}"', hint)
            if name in network.in_memory and not (isinstance(value, int) and value > 0):
                hint = f"for example --over {name}=8,16,32"
                raise misuse("U002", "--over", f"{name}={value}", "it is a whole number above 0", hint)


def swept_network(
    network: str | Source, choices: Choices, question: SweepQuestion, bits: int = 32, batch: int = 0
) -> Swept:
    """A Problem where a letter of it has no value at the ends of its grid."""
    spec = spec_of(source_of(network, choices), choices)
    found = swept(spec, choices, question.names, bits, batch)
    for axis in question.axes:
        check_values(axis, found)
    for report in (found.report(question.point(place)) for place in (0, question.size - 1)):
        for value in values_of(report):
            free = symbols(value) if is_symbolic(value) else ()
            if free:
                name = next(iter(free))
                hint = f"--over {name}=…, or {one_value(found, report, name)} for one value"
                raise misuse("U002", "--over", ", ".join(question.names), f"{name} has no value", hint)
    return found


def one_value(network: Swept, report: NetworkReport, name: str) -> str:
    """How a letter gets one value: in a program, by the sizes of the input."""
    for side, shape in report.inputs.items():
        if network.is_program and any(name in symbols(size) for size in shape or () if is_symbolic(size)):
            sizes = spell_shape("224" if is_symbolic(size) else str(size) for size in shape)
            return f"--input {f'{side}=' if len(report.inputs) > 1 else ''}{sizes}"
    return f"--set {name}=…"


def values_of(report: NetworkReport) -> Iterator[Any]:
    """Its totals and the sizes of its inputs and layers."""
    yield from report.totals
    for shape in (*report.inputs.values(), *(layer.known.output for layer in report.layers if layer.known)):
        yield from shape or ()


def refuse_broken(network: Swept, question: SweepQuestion) -> None:
    """A Problem where the network is broken without a sweep, too, which leaves no point of it."""
    if summarise_spec(network.spec, network.choices).errors:
        raise Problem(*network.report(question.point(0)).errors)


def summary_commands(
    subject: str | Source, network: Swept, question: SweepQuestion, rows: Iterable[tuple[object, ...]]
) -> Iterator[str]:
    """The command line that works each row, whose first values are those of the names, to verify it."""
    words = ["-e", subject.text] if isinstance(subject, Source) else [subject]
    for row in rows:
        point = dict(zip(question.names, row, strict=False))
        yield join(["convcalc", "summary", *words, *options_of(network.at(point)), *memory_options(network, point)])


def memory_options(network: Swept, point: Mapping[str, object]) -> Iterator[str]:
    """The batch and the type of numbers in memory, where they are not the usual ones and have a name."""
    memory = network.memory_at(point)
    if memory["batch"] != 1:
        yield from ("--batch", str(memory["batch"]))
    if memory["act_bits"] != USUAL["act_bits"] and memory["act_bits"] in TYPES:
        yield from ("--dtype", TYPES[memory["act_bits"]])


def options_of(choices: Choices) -> Iterator[str]:
    """The options that stand for what a run asks for."""
    for option, pairs in (("--input", choices.inputs), ("--set", choices.sets), ("--default", choices.defaults),
                          ("--arg", choices.args)):  # fmt: skip
        for name, value in pairs.items():
            yield from (option, f"{name}={value}" if name else value)
    for option, value in (("--convention", choices.convention), ("--layout", choices.layout)):
        yield from (option, value) if value else ()
    for name in choices.without:
        yield from ("--without", name)
    yield from ["--train"] * choices.train
    yield from ["--in-order"] * choices.in_order
