"""The unknowns of a layer searched with every setting of its flags; a candidate is applied before it counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import product
from typing import TYPE_CHECKING

from convcalc.algebra.expr import Expr, ExprError, evaluate, has, letters, substitute
from convcalc.algebra.interval import Range, intersect, join_ranges
from convcalc.algebra.inversion import MAX_STRETCHES, TooWide
from convcalc.algebra.limits import budget
from convcalc.algebra.notation import to_tree
from convcalc.algebra.poly import symbol
from convcalc.layers import sides
from convcalc.layers.case import is_uneven, tree
from convcalc.layers.cure import slack
from convcalc.problem import Diagnostic, Problem
from convcalc.solving.constraint import SYMBOLS_FAIL, Constraint, conditions, constraints, is_possible, look_at, meets
from convcalc.solving.runs import FAR, LOOK, ValueRun, verify_runs
from convcalc.solving.search import Search

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers.applied import Applied
    from convcalc.solving.answer import Solution
    from convcalc.solving.layer import OpenLayer
    from convcalc.solving.question import Question, Unknown


STEPS = 5_000  # that one question may take: a second
MAX_FOUND = 5_000  # solutions that are kept
OF_VALUES = frozenset(("C001", "C002", "C003", "C004", "C006"))  # errors of a value that is too large or too small


class LayerSearch(Search):
    """One style of a layer's question searched: candidates by inversion, every one applied before it counts."""

    def __init__(self, layer: OpenLayer, steps: budget | None = None):
        super().__init__(layer.asked, steps or budget(STEPS), MAX_FOUND)
        self.layer, self.kind = layer, layer.written.kind
        self.refused: dict[str, int] = {}  # values that meet what is wanted, and may not be
        flags = [unknown.letter for unknown in layer.unknowns if unknown.flag]
        self.plain = [unknown for unknown in layer.unknowns if not unknown.flag]
        # Every setting of the flags, with the layer in letters for the rest, and what is wanted of it.
        self.cases: list[tuple[dict[str, int], Applied | None, list[Constraint]]] = []
        for setting in product((1, 0), repeat=len(flags)):
            known = dict(zip(flags, setting, strict=True))
            self.cases.append((known, *self.in_letters(known)))
        self.remainders = dict(self.remainders_by_letter())

    def in_letters(self, flags: Mapping[str, int]) -> tuple[Applied | None, list[Constraint]]:
        unknown = {one.letter: symbol(one.letter) for one in self.plain}
        try:
            applied = self.layer.apply({**flags, **unknown}, free=True)
        except Problem as error:
            self.raise_if_general(error, flags)
            return None, []
        except SYMBOLS_FAIL:
            return None, []
        return applied, wants_of(self.asked, applied)

    def raise_if_general(self, error: Problem, flags: Mapping[str, int]) -> None:
        """What is wrong whatever the unknown is no question to solve."""
        if error.diagnostics[0].code in OF_VALUES:
            return
        for value in (64, 7, 1, 0):
            try:
                self.layer.apply({**flags, **{one.letter: max(value, one.low) for one in self.plain}}, free=True)
            except Problem as again:
                if again.diagnostics[0].code != error.diagnostics[0].code:
                    return
                error = again  # with numbers, its cures are computed
            except SYMBOLS_FAIL:
                return
            else:
                return
        self.try_right(error, flags)
        raise error

    def try_right(self, error: Problem, flags: Mapping[str, int]) -> None:
        """What an unknown should be by an error is put in: what is wrong still is no matter of the value tried."""
        name, value = error.diagnostics[0].right or ("", "")
        if value.isdecimal() and name in [one.name for one in self.plain]:
            self.layer.apply({**flags, **{one.letter: int(value) if one.name == name else 1 for one in self.plain}})

    def solution(self, values: Mapping[str, int]) -> Solution | None:
        self.budget.take()
        try:
            applied = self.layer.apply(values, cured=False)
        except Problem:
            if not self.refused and self.is_wanted(values):
                self.refused = dict(values)
            return None
        except ExprError:
            return None
        return self.layer.solution(values, applied) if is_met(self.asked, applied) else None

    def is_wanted(self, values: Mapping[str, int]) -> bool:
        """Whether refused values would do by the formulas, or make no layer at all."""
        try:
            return is_met(self.asked, self.layer.apply(values, free=True, cured=False))
        except Problem:
            return True
        except ExprError:
            return False

    def refusal(self) -> Diagnostic | None:
        """Why the first of the values that were refused will not do."""
        try:
            if self.refused:
                self.layer.apply(self.refused)
        except Problem as error:
            return error.diagnostics[0]
        return None

    def candidates(
        self, unknown: Unknown, known: Mapping[str, int], wants: Iterable[Constraint], stretches: int = MAX_STRETCHES
    ) -> list[Range]:
        wants = list(wants)
        fixed = [want for want in wants if {*letters(want.tree)} <= known.keys() - {unknown.letter}]
        if not all(is_possible(want, known) for want in fixed):
            self.budget.take()
            return []
        found = super().candidates(unknown, known, wants, stretches)
        # A pooling has another formula where it has no padding.
        if len(self.kind.sizes) == 1:
            return found
        lowest = [Range(unknown.low, unknown.low)]
        for want in wants:
            if want.what == "sensible" and has(want.tree, unknown.letter):
                lowest = intersect(lowest, want.ranges(unknown.letter, known, unknown.low))
        return join_ranges([*found, *lowest])

    # One unknown: all values, as runs

    def runs(self) -> tuple[list[ValueRun], list[Solution], bool]:
        """The runs of the only unknown's values, solutions at their ends, and whether every value was looked at."""
        (unknown,) = self.plain
        runs: list[ValueRun] = []
        solutions: list[Solution] = []
        complete = True
        for flags, applied, wants in self.cases:
            candidates, look = [Range(unknown.low, unknown.low + FAR)], FAR
            if applied is not None:
                try:
                    candidates = self.candidates(unknown, flags, [*wants, *self.rules(applied)])
                    look = self.steps(applied)
                except TooWide:
                    pass
            ends = [each.last is not None and each.last - each.first < look for each in candidates]
            complete = complete and (look < FAR or (applied is not None and all(ends)))
            for each in candidates:
                for run in verify_runs(self.holds(unknown, flags), each, look=look):
                    runs.append(run)
                    for value in run.shown():
                        found = self.solution({**flags, unknown.letter: value})
                        assert found is not None
                        solutions.append(found)
        return runs, solutions, complete

    def rules(self, applied: Applied) -> Iterator[Constraint]:
        """The inequalities that kind and convention ask of a layer in letters."""
        for need in applied.needs:
            if " == " in need.condition:
                continue
            for index, axis in enumerate(applied.axes or ({},)):
                slack_tree = in_unknowns(slack(need, is_uneven(axis)), applied, axis)
                if set(letters(slack_tree)) <= {unknown.letter for unknown in self.plain}:
                    yield Constraint("rule", index, slack_tree, 0, None)

    def remainders_by_letter(self) -> Iterator[tuple[str, list[Expr]]]:
        """By unknown, what must be 0 and has no other unknown in it: of groups what they leave of the channels."""
        trees = [
            in_unknowns(tree(sides(need.condition)[0], is_uneven(axis)), applied, axis)
            for _, applied, _ in self.cases[:1] if applied is not None
            for need in applied.needs if " == " in need.condition
            for axis in applied.axes or ({},)
        ]  # fmt: skip
        for unknown in self.plain:
            yield unknown.letter, [each for each in trees if {*letters(each)} == {unknown.letter}]

    def fits(self, letter: str, value: int) -> bool:
        return not any(evaluate(remainder, {letter: value}) for remainder in self.remainders[letter])

    def steps(self, applied: Applied) -> int:
        """How many values show in which steps they come: by a stride, by groups, or by what nobody knows."""
        known = [value for axis in applied.axes or ({},) for value in {**applied.letters, **axis}.items()]
        rests = {letter for need in applied.needs if " == " in need.condition
                 for letter in letters(tree(need.condition.partition(" == ")[0]))}  # fmt: skip
        numbers = [value for letter, value in known if letter in rests and isinstance(value, int)]
        if self.kind.shape or self.kind.letters:
            return FAR
        return min(FAR, max([LOOK, *(3 * number for number in numbers)]))

    def holds(self, unknown: Unknown, flags: Mapping[str, int]) -> Callable[[int], bool]:
        return lambda value: self.solution({**flags, unknown.letter: value}) is not None


def in_unknowns(formula: Expr, applied: Applied, axis: Mapping[str, Value]) -> Expr:
    """A formula of a layer in letters with what is known of it put in."""
    trees: dict[Expr, Expr] = {letter: to_tree(value) for letter, value in {**applied.letters, **axis}.items()}
    return substitute(formula, trees)


def wants_of(asked: Question, applied: Applied) -> list[Constraint]:
    """Everything that is wanted of a layer in letters, and what follows from its input, as in_features does."""
    equal = [condition for condition in applied.conditions if condition.operator == "=="]
    return [*constraints(asked, look_at(asked, applied), applied.input[0]), *conditions(equal)]


def is_met(asked: Question, applied: Applied) -> bool:
    return meets(asked, look_at(asked, applied), applied.input[0])
