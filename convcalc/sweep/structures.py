"""The structures of a sweep: which names stay letters, which are enumerated, and a program of closed forms for each."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from convcalc.algebra.expr import Extremum, Mul, Sum, substitute
from convcalc.algebra.poly import symbol
from convcalc.closed_forms.counts import place_of_count
from convcalc.closed_forms.layers import NetworkForms
from convcalc.closed_forms.letters import build_with
from convcalc.closed_forms.table import UNKNOWN, FormTable, SizeTest
from convcalc.network.load import graph_of
from convcalc.network.walk import walk
from convcalc.spec.choices import declared_names
from convcalc.spec.layout import SIDES
from convcalc.spec.shapes import read_shape
from convcalc.sweep.program import FitNeed, SweepProgram
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from convcalc.algebra.expr import Expr
    from convcalc.closed_forms.layers import LayerForms
    from convcalc.closed_forms.letters import Lettered
    from convcalc.network.walk import NetworkReport
    from convcalc.spec.choices import Choices
    from convcalc.spec.model import Spec
    from convcalc.sweep.question import Axis, SweepQuestion

COUNTED = ("parameters", "biases", "buffers", "macs", "connections", "activations")


class Swept(NamedTuple):
    """A network whose names take other values: a point is one choice of them."""

    spec: Spec
    choices: Choices
    sides: Mapping[str, tuple[str, ...]]  # of inputs that have letters for their sides, by name: the parts of the shape

    def at(self, point: Mapping[str, object]) -> Choices:
        """What a run asks for to have the network at a point; a value may be a letter."""
        inputs = {name: "x".join(str(point.get(part, part)) for part in parts) for name, parts in self.sides.items()}
        among = {part for parts in self.sides.values() for part in parts}
        sets = {name: str(value) for name, value in point.items() if name not in among}
        return self.choices._replace(inputs={**self.choices.inputs, **inputs}, sets={**self.choices.sets, **sets})

    def report(self, point: Mapping[str, object]) -> NetworkReport:
        """The network at a point, as `summary --set` has it."""
        return walk(graph_of(self.spec, self.at(point)))


def swept(spec: Spec, choices: Choices, names: tuple[str, ...]) -> Swept:
    """The network with the sides of its inputs as letters, where these are swept and no names of its own."""
    known = set(declared_names(spec))
    letters = [name for name in names if name not in known]
    sides = {}
    for name, raw, _ in spec.inputs:
        parts = read_shape(choices.inputs.get(name, raw)).parts
        lettered = with_letters(parts, letters)
        if lettered != parts:
            sides[name] = lettered
    return Swept(spec, choices, sides)


def with_letters(parts: tuple[str, ...], letters: list[str]) -> tuple[str, ...]:
    """A shape with letters for its sides; a square has one for both where only H is swept."""
    sides = SIDES.get(len(parts) - 1, ())
    found = list(parts)
    for place, side in enumerate(sides, 1):
        if side in letters:
            found[place] = side
        elif "H" in letters and parts[place] == parts[1 + sides.index("H")]:
            found[place] = "H"
    return tuple(found)


def programs(network: Swept, question: SweepQuestion) -> Iterator[SweepProgram]:
    """A program for every structure, the enumerated axes in their order."""
    lettered = lettered_axes(network, question.axes)
    enumerated = [axis for axis in question.axes if axis not in lettered]
    for chosen in product(*(axis.points for axis in enumerated)):
        fixed = {name: value for axis, point in zip(enumerated, chosen, strict=True) for name, value in axis.at(point)}
        yield program(network, lettered, fixed, question)


def lettered_axes(network: Swept, axes: tuple[Axis, ...]) -> tuple[Axis, ...]:
    """The axes whose names can be letters: as many as can, one after another."""
    first = {name: value for axis in axes for name, value in axis.at(axis.points[0])}
    kept: list[Axis] = []
    for axis in axes:
        if axis.is_positive and in_letters(network, (*kept, axis), first) is not None:
            kept.append(axis)
    return tuple(kept)


class LetteredAt(NamedTuple):
    """A network with letters for some names, beside it in numbers at one point."""

    lettered: Lettered
    report: NetworkReport
    base: Mapping[str, int]


def in_letters(network: Swept, axes: tuple[Axis, ...], fixed: Mapping[str, object]) -> LetteredAt | None:
    """The network with letters for the names of some axes; None where it cannot be written so."""
    letters = [name for axis in axes for name in axis.names]
    for place in (0, -1):
        base = {name: value for axis in axes for name, value in axis.at(axis.points[place])}
        report = network.report({**fixed, **base})
        if not report.errors:
            chosen = network.at({name: value for name, value in fixed.items() if name not in letters})
            lettered = build_with(network.spec, chosen._replace(symbols=tuple(letters)), report)
            return LetteredAt(lettered, report, base) if lettered else None  # type: ignore[arg-type]
    return None


def program(
    network: Swept, axes: tuple[Axis, ...], fixed: Mapping[str, object], question: SweepQuestion
) -> SweepProgram:
    """The closed forms of one structure, and what is asked of them."""
    found = in_letters(network, axes, fixed)
    assert found is not None
    table = FormTable(found.base)
    forms = NetworkForms(table, found.lettered, found.report, ())
    rows, holds = forms.rows(), dict.fromkeys(forms.demands())
    needs: dict[int, str] = {}
    for layer, row in zip(found.report.layers, rows, strict=True):
        needs.update({test: layer.name for test in row.needs if test not in needs})
        holds.update(dict.fromkeys((*row.alike, *row.sees)))
    known: dict[Expr, Expr] = {name: str(table.place(symbol(name))) for name in found.base}
    known |= {name: int(value) for name, value in fixed.items() if isinstance(value, int)}
    known |= columns_of(table, found.lettered, rows)  # type: ignore[arg-type]
    tests = list(forms.tests)
    return SweepProgram(
        axes,
        tuple(table.trees),
        tuple(FitNeed(tests[test][0], layer, tests[test][1]) for test, layer in needs.items()),
        tuple(tests[test][0] for test in holds),
        {name: known[name] for name in question.columns if name in known},
        tuple(SizeTest(substitute(left, known), operator, substitute(right, known))
              for left, operator, right in question.where),
        tuple(substitute(each.tree, known) for each in (*question.pareto, *question.sort)),
        {name: str(value) for name, value in fixed.items()},
    )  # fmt: skip


def columns_of(table: FormTable, lettered: Lettered, rows: list[LayerForms]) -> dict[str, Expr]:
    """The quantities of the network, each a tree over places."""
    columns: dict[str, Expr] = {}
    for name in COUNTED:
        times: dict[int, int] = {}
        for layer in lettered.layers:
            if layer.applied and (name != "activations" or layer.applied.setting.kind.storage):
                place = place_of_count(table, layer.applied, name)
                times[place] = times.get(place, 0) + 1
        terms = [times_form(number, place) for place, number in times.items() if table.tree_at(place) != 0]
        columns[name] = Sum(tuple(terms)) if len(terms) > 1 else terms[0] if terms else 0
    sizes = rows[-1].size
    if sizes and UNKNOWN not in sizes:
        columns["receptive_field"] = Extremum("max", tuple(map(str, sizes))) if len(set(sizes)) > 1 else str(sizes[0])
    return columns


def times_form(number: int, place: int) -> Expr:
    return str(place) if number == 1 else Mul((number, str(place)))
