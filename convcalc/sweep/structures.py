"""The structures of a sweep: which names stay letters, which are enumerated, and a program of closed forms for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from math import prod
from typing import TYPE_CHECKING

from convcalc.algebra.expr import Expr, evaluate, letters, substitute
from convcalc.algebra.notation import to_tree
from convcalc.algebra.poly import symbol
from convcalc.closed_forms.layers import NetworkForms
from convcalc.closed_forms.letters import Lettered, build_in_letters, is_of, structural_names
from convcalc.closed_forms.table import FormTable, Requirement, SizeTest
from convcalc.problem import Diagnostic, Problem, problem
from convcalc.sweep.columns import ColumnForms, needs_fields, number_of
from convcalc.sweep.names import IN_BYTES, column_name
from convcalc.sweep.network import Swept, Unfit, check_values
from convcalc.sweep.points import demand, holds, meets, whole_test
from convcalc.sweep.program import NOWHERE, FitNeed, SweepProgram, titles_of
from convcalc.sweep.question import Axis, SweepQuestion, point_of
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.network.walk import NetworkReport

MAX_STEPS_OF_STRUCTURE = 500_000
MAX_BASES = 8  # points at which a network is looked for that fits


def programs(network: Swept, question: SweepQuestion) -> Iterator[SweepProgram]:
    """A program for every structure, the enumerated axes in their order; each is made when it is asked for."""
    yield from Structures(network, question).programs()


def notes_on(network: Swept, question: SweepQuestion) -> tuple[str, ...]:
    """How names were understood, and which are enumerated, each of their values being another network."""
    free, enumerated = Structures(network, question).axes()
    notes = network.notes
    if "act_bits" not in question.names and not IN_BYTES.isdisjoint(question.columns):
        notes += (f"a number in memory has {network.memory['act_bits']} bits, as --dtype says",)
    if not enumerated:
        return notes
    number = prod(len(axis.points) for axis in enumerated)
    forms = f", with closed forms of {names_in_words(free)}" if free else ""
    verb = "is" if sum(len(axis.names) for axis in enumerated) == 1 else "are"
    structures = f"{number:,} structure{'' if number == 1 else 's'}"
    return (*notes, f"{names_in_words(enumerated)} {verb} enumerated: {structures}{forms}")


def names_in_words(axes: Iterable[Axis]) -> str:
    *first, last = [name for axis in axes for name in axis.names]
    return f"{', '.join(first)} and {last}" if first else last


class Proven(NamedTuple):
    """A network with letters, and in numbers where it fits."""

    lettered: Lettered
    report: NetworkReport
    base: Mapping[str, int]


class Structures:
    """What is known of a network's structures, from one to the next."""

    def __init__(self, network: Swept, question: SweepQuestion):
        self.network, self.question = network, question
        self.wanted = [name for name in question.asked if column_name(name)]

        self.names = [name for name in question.columns if name not in self.wanted]
        self.fields = needs_fields(self.wanted)
        self.base = 0  # the number of the candidate that fitted last
        self.kept: tuple[str, ...] = ()  # the names that were letters where not all could be
        for axis in question.axes:
            check_values(axis, network)

    def axes(self) -> tuple[tuple[Axis, ...], tuple[Axis, ...]]:
        """Those whose names may be letters, and those that are enumerated."""
        built = structural_names(self.network.spec).union(variant.name for variant in self.network.spec.variants)
        free = tuple(axis for axis in self.question.axes if self.may_be_letters(axis, built))
        return free, tuple(axis for axis in self.question.axes if axis not in free)

    def programs(self) -> Iterator[SweepProgram]:
        free, enumerated = self.axes()
        for fixed in points_of(enumerated):
            yield from self.programs_of(free, fixed)

    def may_be_letters(self, axis: Axis, built: set[str]) -> bool:
        """Whether nothing speaks against it but the network's own forms."""
        if not axis.is_positive or built.intersection(axis.names):
            return False
        return not self.network.is_program or all(name in self.network.in_memory for name in axis.names)

    def programs_of(self, axes: tuple[Axis, ...], fixed: Mapping[str, object]) -> Iterator[SweepProgram]:
        """The programs for these values: one, or one for every value of the axes that cannot be letters after all."""
        found = self.in_letters(axes, fixed)
        if isinstance(found, Proven):
            yield self.program(axes, fixed, found)
        elif isinstance(found, Unfit) or not axes:
            reason = found if isinstance(found, Unfit) else Unfit("", "")
            yield self.program_without_forms(axes, fixed, reason)
        else:
            fewer = self.fewer_axes(axes, fixed)
            for chosen in points_of(axis for axis in axes if axis not in fewer):
                yield from self.programs_of(fewer, {**fixed, **chosen})

    def fewer_axes(self, axes: tuple[Axis, ...], fixed: Mapping[str, object]) -> tuple[Axis, ...]:
        """As many of the axes as can be letters together: those of the last time, else one after another."""
        last = tuple(axis for axis in axes if axis.names[0] in self.kept)
        if last and last != axes and self.is_proven(last, axes, fixed):
            return last
        found: tuple[Axis, ...] = ()
        for axis in axes:
            if (*found, axis) != axes and self.is_proven((*found, axis), axes, fixed):
                found = (*found, axis)
        self.kept = tuple(axis.names[0] for axis in found)
        return found

    def is_proven(self, some: tuple[Axis, ...], axes: tuple[Axis, ...], fixed: Mapping[str, object]) -> bool:
        """Whether some axes can be letters where the others have one of three values."""
        for part in (0, -1, 1):
            chosen = point_of(
                axes, [axis.points[part and (part if part < 0 else len(axis.points) // 2)] for axis in axes]
            )
            if isinstance(self.in_letters(some, {**fixed, **chosen}), Proven):
                return True
        return False

    # Letters

    def in_letters(self, axes: tuple[Axis, ...], fixed: Mapping[str, object]) -> Proven | Unfit | None:
        """The network with letters for the names of some axes; None where it cannot be written so."""
        names = [name for axis in axes for name in axis.names]
        symbols = tuple(name for name in names if name not in self.network.in_memory)
        choices = self.network.at({name: value for name, value in fixed.items() if name not in names})
        choices = choices._replace(symbols=(*choices.symbols, *symbols))
        lettered: Lettered | tuple[Diagnostic, ...]
        try:
            lettered = build_in_letters(
                self.network.spec_at(choices), choices, fields=self.fields, steps=MAX_STEPS_OF_STRUCTURE
            )
        except Problem as error:  # of a program
            lettered = error.diagnostics
        told: list[Unfit] = []
        candidates = list(self.candidates(axes, lettered))
        order = sorted(range(len(candidates)), key=lambda place: place != self.base)
        for place in order if isinstance(lettered, Lettered) else order[:2]:
            report = self.network.bare_report({**fixed, **candidates[place]}, self.fields)
            if isinstance(report, Unfit):
                told.append(report)
            elif isinstance(lettered, Lettered) and is_of(lettered, report):
                self.base = place
                return Proven(lettered, report, candidates[place])
            else:
                return None
        if isinstance(lettered, Lettered):
            return None
        return told[0] if told and all(is_told(lettered, unfit) for unfit in told) else None

    def candidates(
        self, axes: tuple[Axis, ...], lettered: Lettered | tuple[Diagnostic, ...]
    ) -> Iterator[dict[str, int]]:
        """Points at which the network may fit: some of the grid, and the first sizes that its layers ask for."""
        firsts, lasts = ([axis.points[place] for axis in axes] for place in (0, -1))
        middles = [axis.points[len(axis.points) // 2] for axis in axes]
        corners = [lasts, firsts, middles] if self.fields else [firsts, lasts, middles]
        for place in range(len(axes)):
            corners += [[*firsts[:place], lasts[place], *firsts[place + 1 :]]]
        fitting = lettered.fitting if isinstance(lettered, Lettered) else {}
        points = [point_of(axes, corner) for corner in corners[:MAX_BASES]]
        if fitting:
            asked = [
                {name: (fitting[name].first_size_from(value) or value) if name in fitting else value
                 for name, value in point.items()} for point in (points[0], points[1])
            ]  # fmt: skip
            points[1:1] = asked
        yield from points

    # Programs

    def program(self, axes: tuple[Axis, ...], fixed: Mapping[str, object], found: Proven) -> SweepProgram:
        """The closed forms of one structure, and what is asked of them."""
        table = FormTable(found.base)
        forms = NetworkForms(table, found.lettered, found.report, (), seen=())
        rows, alike, exact = forms.rows(), dict.fromkeys(forms.demands()), dict[int, None]()
        needs: dict[int, str] = {}
        for layer, row in zip(found.report.layers, rows, strict=True):
            for test in row.needs:
                needs.setdefault(test, layer.name)
            alike.update(dict.fromkeys(row.alike))
            exact.update(dict.fromkeys(row.sees))
        tests = list(forms.tests)
        seen = [tests[test][0] for test in exact]
        same = [tests[test][0] for test in alike]
        places: dict[str, Expr] = {name: str(table.place(symbol(name))) for name in found.base}
        memory = {**self.network.memory_at(fixed), **{name: places[name] for name in self.network.in_memory
                                                       if name in places}}  # fmt: skip
        numbers = self.network.memory_at({**fixed, **found.base})
        in_letters = found.report._replace(layers=found.lettered.layers, inputs=dict(found.lettered.graph.inputs))
        columns = ColumnForms(table, found.lettered, in_letters, rows, memory)
        trees: dict[str, Expr] = {}
        for name in self.wanted:
            tree, number = columns.column(name), number_of(found.report, name, numbers)
            if tree is None and number is None:  # a row says nothing there
                if name not in self.question.columns or name in self.question.compared:
                    raise problem("U009", f"the network has no {name}", "compare another quantity")
                continue
            seen += [Requirement((each,)) for each in columns.holds(name)]
            is_own = all(meets(each, table.numbers) for each in (*same, *seen))
            if tree is None or (is_own and evaluate(tree, table.numbers) != number):
                seen.append(NOWHERE)
            trees[name] = 0 if tree is None else tree
        known = self.known(places, fixed, trees)
        return SweepProgram(
            axes,
            tuple(table.trees),
            tuple(fit_needs(table, found.lettered, [(*tests[test], layer) for test, layer in needs.items()])),
            tuple(dict.fromkeys(same)),
            {name: known[name] for name in (*self.wanted, *self.names) if name in known},
            tuple(self.conditions(known)),
            tuple(substitute(each.tree, known) for each in self.question.objectives),
            dict(fixed),
            tuple(dict.fromkeys(seen)),
            titles_of(table, found.lettered, rows),
        )

    def program_without_forms(self, axes: tuple[Axis, ...], fixed: Mapping[str, object], unfit: Unfit) -> SweepProgram:
        """Of a structure that fits nowhere, which is told; or of one whose points are worked by themselves."""
        places: dict[str, Expr] = {
            name: str(place) for place, name in enumerate(name for axis in axes for name in axis.names)
        }
        known = self.known(places, fixed, dict.fromkeys(self.wanted, 0))
        needs = (FitNeed(NOWHERE, unfit.layer, unfit.reason),) if unfit.reason else ()
        return SweepProgram(
            axes, (), needs, () if unfit.reason else (NOWHERE,),
            {name: known[name] for name in (*self.wanted, *self.names) if name in known},
            (), (0,) * len(self.question.objectives), dict(fixed),
        )  # fmt: skip

    def known(
        self, places: Mapping[str, Expr], fixed: Mapping[str, object], trees: Mapping[str, Expr]
    ) -> dict[Expr, Expr]:
        """What names stand for in the trees of a question."""
        values = {name: to_tree(value) for name, value in fixed.items() if not isinstance(value, str)}  # type: ignore[arg-type]
        return dict([*self.network.memory_at({}).items(), *places.items(), *values.items(), *trees.items()])

    def conditions(self, known: Mapping[Expr, Expr]) -> Iterator[SizeTest]:
        """The conditions of a question over places; of those without a place, what does not hold."""
        for left, operator, right in self.question.where:
            found = whole_test(substitute(left, known), operator, substitute(right, known))
            if any(True for tree in (found.left, found.right) for _ in letters(tree)):
                yield found
            elif not holds(found, {}):
                yield SizeTest(1, "==", 0)


def fit_needs(table: FormTable, lettered: Lettered, needs: Iterable[tuple[Requirement, str, str]]) -> Iterator[FitNeed]:
    """The needs of layers; one of a single letter says what all layers together need of that."""
    names: dict[str, frozenset[str]] = {}
    for place in range(len(table.letters) + len(table.trees)):
        tree = table.tree_at(place)
        names[str(place)] = frozenset(table.letters[place : place + 1]) or names_in([tree], names)
    for requirement, words, layer in needs:
        found = names_in([tree for test in requirement.any_of for tree in test.sides], names)
        (name,) = found if len(found) == 1 else ("",)
        needed = lettered.fitting[name].in_words(name) if name in lettered.fitting else words
        yield FitNeed(requirement, layer, demand(needed))


def names_in(trees: Iterable[Expr], names: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """The names that what stands at the places of trees depends on."""
    return frozenset[str]().union(*(names[place] for tree in trees for place in letters(tree)))


def points_of(axes: Iterable[Axis]) -> Iterator[dict[str, object]]:
    axes = tuple(axes)
    for chosen in product(*(axis.points for axis in axes)):
        yield point_of(axes, chosen)


def is_told(errors: tuple[Diagnostic, ...], unfit: Unfit) -> bool:
    """Whether a network in letters is told the same, which has no letters in it then."""
    return any(Unfit(each.layer, each.message) == unfit for each in errors)
