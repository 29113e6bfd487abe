"""Candidates for the unknowns of a layer, by inverting what is wanted of it; every one is applied before it counts."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

from convcalc.algebra.equation import has
from convcalc.algebra.expr import Expr, ExprError, Neg, Sum, evaluate, letters, substitute
from convcalc.algebra.interval import Range
from convcalc.algebra.invert import TooWide, solve, solve_inequality
from convcalc.algebra.poly import symbol, to_expr
from convcalc.layer.case import tree
from convcalc.layer.case import uneven as is_uneven
from convcalc.layer.cure import slack
from convcalc.problem import Diagnostic, Problem, problem
from convcalc.questions.runs import FAR, LOOK, Run, common, joined, verified
from convcalc.questions.wanted import OPEN
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from convcalc.algebra.expr import Value
    from convcalc.kinds.record import Shape
    from convcalc.layer.applied import Applied
    from convcalc.questions.unknown import Layer, Question, Solution, Unknown


UNTIL = {1: 128, 2: 40, 3: 16}  # how far the unknowns go that are tried one by one, by their number
UNTIL_MANY = 8
MAX_FOUND = 5_000  # solutions of several unknowns that are kept
OF_VALUES = frozenset(("C001", "C002", "C003", "C004", "C006"))  # errors of a value that is too large or too small
NEVER = (ExprError, TypeError, AttributeError, ValueError)  # what symbols meet in a record that wants numbers
INNER = {"n": 0, "p": 1, "f": 2, "c": 3, "op": 6, "g": 6, "s": 7, "d": 8}  # who is found by inversion, others by trial


class Constraint(NamedTuple):
    """low ≤ tree ≤ high, the tree in the unknowns' letters."""

    what: str
    axis: int | None
    tree: Expr
    low: int | None
    high: int | None

    def ranges(self, letter: str, known: Mapping[str, int], least: int) -> list[Range]:
        """The values of one letter, from `least` on, when the others are known."""
        if self.low is not None and self.low == self.high:
            return solve(self.tree, letter, known, self.low, least)
        found = [Range(least, None)]
        if self.low is not None:
            above = solve_inequality(difference(self.tree, self.low), letter, known, least)
            found = common(found, above)
        if self.high is not None:
            found = common(found, solve_inequality(difference(self.high, self.tree), letter, known, least))
        return found


def difference(tree: Expr, other: Expr) -> Expr:
    return Sum((tree, Neg(other)))


def wanted_output(asked: Question, output: Shape) -> tuple[Any, ...]:
    """What each side of the output is to be, None where it is open."""
    target = asked.target
    if target is None:
        return (None,) * len(output)
    if len(target) == len(output) - 1:
        target = (OPEN, *target)
    if len(target) != len(output):
        shown = "×".join(map(str, target))
        raise problem("Q003", f"{shown} has {len(target)} sides, the layer's output has {len(output)}",
                      "channels first: 64x112x112, or the axes alone: 112x112")  # fmt: skip
    return tuple(None if side == OPEN else symbol(side) if isinstance(side, str) else side for side in target)


def constraints(asked: Question, applied: Applied) -> list[Constraint]:
    """Everything that is wanted of a layer that was applied with letters."""
    found = []
    wants = list(wanted_output(asked, applied.output))
    if asked.keeps:
        wants[1:] = applied.input[0][1:] if len(applied.input[0]) == len(applied.output) else [None] * len(wants[1:])
    for index, (size, want) in enumerate(zip(applied.output, wants, strict=True)):
        if want is not None:
            what, axis = ("size", index - 1) if index else ("channels", None)
            if len(applied.output) == 1:
                what, axis = "features", None
            fixed = want if isinstance(want, int) else 0
            value = size if isinstance(want, int) else size - want
            found.append(Constraint(what, axis, to_tree(value), fixed, fixed))
    for bound in asked.bounds:
        count = to_tree(quantity(applied, bound.quantity))
        found.append(Constraint(bound.quantity, None, count, bound.low, bound.high))
    return found


def to_tree(value: Value) -> Expr:
    if isinstance(value, int):
        return value
    return to_expr(value)


def quantity(applied: Applied, name: str) -> Any:
    """A count of a layer, or the largest receptive field along its axes."""
    if name != "receptive_field":
        return getattr(applied, name)
    window = applied.setting.kind.window
    if window.type not in ("slide", "spread") or not applied.axes:
        return 1
    reaches = [evaluate(tree(window.reach), {**applied.letters, **axis}) for axis in applied.axes]
    return reaches[0] if all(reach == reaches[0] for reach in reaches) else max(reaches)  # type: ignore[type-var]


def meets(asked: Question, applied: Applied) -> bool:
    """Whether an applied layer is what was wanted: the last word on every solution."""
    wants = wanted_output(asked, applied.output)
    if any(want is not None and want != size for want, size in zip(wants, applied.output, strict=True)):
        return False
    if asked.keeps and applied.output[1:] != applied.input[0][1:]:
        return False
    return all(bound.holds(quantity(applied, bound.quantity)) for bound in asked.bounds)


class Search:
    """One style of a question searched: candidates by inversion, every one applied before it counts."""

    def __init__(self, layer: Layer):
        self.layer, self.asked = layer, layer.asked
        self.refused: dict[str, int] = {}  # values that meet what is wanted, and may not be
        flags = [unknown.letter for unknown in layer.unknowns if unknown.flag]
        self.plain = [unknown for unknown in layer.unknowns if not unknown.flag]
        # Every setting of the flags, with the layer in letters for the rest, and what is wanted of it.
        self.cases: list[tuple[dict[str, int], Applied | None, list[Constraint]]] = []
        for setting in product((1, 0), repeat=len(flags)):
            known = dict(zip(flags, setting, strict=True))
            self.cases.append((known, *self.in_letters(known)))

    def in_letters(self, flags: Mapping[str, int]) -> tuple[Applied | None, list[Constraint]]:
        unknown = {one.letter: symbol(one.letter) for one in self.plain}
        try:
            applied = self.layer.apply({**flags, **unknown}, free=True)
        except Problem as error:
            self.raise_if_general(error, flags)
            return None, []
        except NEVER:
            return None, []
        return applied, constraints(self.asked, applied)

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
            except NEVER:
                return
            else:
                return
        raise error

    def at(self, values: Mapping[str, int]) -> Solution | None:
        """The solution with these values, or None where it is none."""
        try:
            # First without the checks: an error's cures take long to compute.
            applied = self.layer.apply(values, free=True)
            if not meets(self.asked, applied):
                return None
            if not self.layer.allows(applied):
                self.refused = self.refused or dict(values)
                return None
            applied = self.layer.apply(values)
        except Problem:
            self.refused = self.refused or dict(values)
            return None
        except ExprError:
            return None
        return self.layer.solution(values, applied) if meets(self.asked, applied) else None

    def refusal(self) -> Diagnostic | None:
        """Why the first of the values that were refused will not do."""
        if self.refused:
            try:
                self.layer.apply(self.refused)
            except Problem as error:
                return error.diagnostics[0]
        return None

    def candidates(self, unknown: Unknown, known: Mapping[str, int], wants: list[Constraint]) -> list[Range]:
        found = [Range(unknown.low, None)]
        for want in {(want.tree, want.low, want.high): want for want in wants}.values():
            if has(want.tree, unknown.letter):
                found = common(found, want.ranges(unknown.letter, known, unknown.low))
            elif not any(letter not in known for letter in letters(want.tree)):
                value: Any = evaluate(want.tree, known)
                if (want.low is not None and value < want.low) or (want.high is not None and value > want.high):
                    return []
        # A pooling has another formula where it has no padding.
        if len(self.asked.kind.sizes) == 1:
            return found
        lowest = [Range(unknown.low, unknown.low)]
        for want in wants:
            if want.what == "sensible" and has(want.tree, unknown.letter):
                lowest = common(lowest, want.ranges(unknown.letter, known, unknown.low))
        return joined([*found, *lowest])

    # One unknown: all values, as runs

    def runs(self) -> tuple[list[Run], list[Solution], bool]:
        """The runs of the only unknown's values, solutions at their ends, and whether every value was looked at."""
        (unknown,) = self.plain
        runs: list[Run] = []
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
                for run in verified(self.holds(unknown, flags), each, look=look):
                    runs.append(run)
                    for value in run.shown():
                        found = self.at({**flags, unknown.letter: value})
                        assert found is not None
                        solutions.append(found)
        return runs, solutions, complete

    def rules(self, applied: Applied) -> Iterator[Constraint]:
        """The inequalities that kind and convention ask of a layer in letters."""
        for need in self.layer.needs(applied):
            if " == " in need.condition:
                continue
            for index, axis in enumerate(applied.axes or ({},)):
                trees: dict[Expr, Expr] = {
                    letter: to_tree(value) for letter, value in {**applied.letters, **axis}.items()
                }
                slack_tree = substitute(slack(need, is_uneven(axis)), trees)
                if set(letters(slack_tree)) <= {unknown.letter for unknown in self.plain}:
                    yield Constraint("rule", index, slack_tree, 0, None)

    def steps(self, applied: Applied) -> int:
        """How many values show in which steps they come: by a stride, by groups, or by what nobody knows."""
        known = [value for axis in applied.axes or ({},) for value in {**applied.letters, **axis}.items()]
        rests = {letter for need in self.layer.needs(applied) if " == " in need.condition
                 for letter in letters(tree(need.condition.partition(" == ")[0]))}  # fmt: skip
        numbers = [value for letter, value in known if letter in rests and isinstance(value, int)]
        if self.asked.kind.shape or self.asked.kind.letters:
            return FAR
        return min(FAR, max([LOOK, *(3 * number for number in numbers)]))

    def holds(self, unknown: Unknown, flags: Mapping[str, int]) -> Callable[[int], bool]:
        return lambda value: self.at({**flags, unknown.letter: value}) is not None

    # Several unknowns: a table

    def table(self) -> tuple[list[Solution], bool, dict[str, int]]:
        """Solutions with small values, whether those are all that there are up to the limits, and the limits."""
        inner = min(self.plain, key=lambda unknown: INNER.get(unknown.symbol, 5)) if self.plain else None
        outer = [unknown for unknown in self.plain if unknown is not inner]
        until = self.asked.until or UNTIL.get(len(outer), UNTIL_MANY if outer else FAR)
        limits = {unknown.name: until for unknown in outer}
        found: list[Solution] = []
        for flags, applied, wants in self.cases:
            wants = wants + list(sensible(applied, self.plain)) if applied is not None else wants
            for values in smallest_first([range(one.low, until + 1) for one in outer]):
                known = {**flags, **dict(zip([one.letter for one in outer], values, strict=True))}
                if inner is None:
                    solution = self.at(known)
                    found += [solution] if solution else []
                    continue
                ranges = [Range(inner.low, until)]
                if applied is not None:
                    try:
                        ranges = self.candidates(inner, known, wants)
                    except TooWide:
                        ranges = [Range(inner.low, until)]
                for each in ranges:
                    last = each.last
                    if last is None or last > max(until, each.first + until):
                        last = max(until, each.first + until)
                        limits[inner.name] = max(limits.get(inner.name, 0), last)
                    for value in range(each.first, last + 1):
                        solution = self.at({**known, inner.letter: value})
                        if solution is not None and not is_needless(solution):
                            found.append(solution)
                if len(found) > MAX_FOUND:
                    return found, False, limits
        return found, True, limits


def smallest_first(ranges: list[range]) -> Iterator[tuple[int, ...]]:
    """All tuples of the ranges, those of small numbers first."""
    yield from sorted(product(*ranges), key=lambda values: (max(values, default=0), values))


def sensible(applied: Applied, unknowns: list[Unknown]) -> Iterator[Constraint]:
    """Where the padding is free, and something beside it: no window all in the padding, none larger than the input."""
    window = applied.setting.kind.window
    if not is_limited(unknowns) or window.type not in ("slide", "spread"):
        return
    for index, axis in enumerate(applied.axes):
        reach = evaluate(tree(window.reach), {**applied.letters, **axis})
        if "p_l" in axis:
            yield Constraint("sensible", index, to_tree(reach - axis["p_l"]), 1, None)
        if window.type == "slide":
            yield Constraint("sensible", index, to_tree(axis["n"] - reach), 0, None)


def is_limited(unknowns: Iterable[Unknown]) -> bool:
    names = {unknown.name for unknown in unknowns}
    return "padding" in names and len(names) > 1


def is_needless(solution: Solution) -> bool:
    """A dilation says nothing of a window of one cell, where both are free."""
    return {"dilation", "kernel"} <= solution.values.keys() and any(
        axis["k"] == 1 and axis["d"] != 1 for axis in solution.applied.axes
    )


def simplicity(solution: Solution) -> tuple[Any, ...]:
    """Simplest first: equal sides, an odd kernel, no dilation, nothing added to the output, small numbers."""
    applied, values = solution.applied, solution.values
    numbers = [part for name, value in values.items() if name != "input" for part in flat(value)]
    kernels = [axis["k"] for axis in applied.axes if "k" in axis]
    spread = applied.setting.kind.window.type == "spread"
    return (
        any(isinstance(value, tuple) and len(set(value)) > 1 for value in values.values()),
        not spread and any(isinstance(kernel, int) and kernel % 2 == 0 for kernel in kernels),
        any(axis.get("d", 1) != 1 for axis in applied.axes),
        any(axis.get("op") for axis in applied.axes),
        sum(numbers),
        [part for value in values.values() for part in flat(value)],
    )


def flat(value: Any) -> list[int]:
    return [number for part in value for number in flat(part)] if isinstance(value, tuple) else [int(value)]


def is_alike(case: tuple[dict[str, int], Applied | None, list[Constraint]]) -> bool:
    """Whether the same is known and wanted of every axis: what would do for one does for all."""
    _, applied, wants = case
    if applied is None or any(axis != applied.axes[0] for axis in applied.axes):
        return False
    of_axes = [
        {(want.tree, want.low, want.high) for want in wants if want.axis == axis} for axis in range(len(applied.axes))
    ]
    return all(each == of_axes[0] for each in of_axes)


def along(search: Search, unknowns: list[Unknown], axis: int | None) -> list[dict[str, int]]:
    """Values of one axis's unknowns that give it what is wanted, as the formulas have it; None is for the channels."""
    if not unknowns:
        return [{}]
    _, applied, wants = search.cases[0]
    if applied is None:
        return []
    mine = [want for want in wants if want.axis == axis]
    mine += [want for want in sensible(applied, unknowns) if want.axis == axis]
    *outer, inner = sorted(unknowns, key=lambda unknown: -INNER.get(unknown.symbol, 5))
    until = search.asked.until or UNTIL.get(len(outer), UNTIL_MANY if outer else FAR)
    found: list[dict[str, int]] = []
    for values in smallest_first([range(one.low, until + 1) for one in outer]):
        known = dict(zip([one.letter for one in outer], values, strict=True))
        for each in search.candidates(inner, known, mine):
            last = until if each.last is None else each.last
            found += [{**known, inner.letter: value} for value in range(each.first, min(last, each.first + until) + 1)]
        if len(found) > MAX_FOUND:
            break
    return found
