"""Several unknowns of a layer together, with what has no effect at the first value that the layer allows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import Extremum, evaluate, letters
from convcalc.algebra.interval import Range
from convcalc.algebra.notation import to_tree
from convcalc.layers.case import tree
from convcalc.layers.window import SLIDING, SPREADING
from convcalc.solving.constraint import Constraint, is_possible
from convcalc.solving.runs import FAR
from convcalc.solving.search import inner_unknowns, inversion_order, shells, size

if TYPE_CHECKING:
    from convcalc.layers.applied import Applied
    from convcalc.solving.answer import Solution
    from convcalc.solving.layer_search import LayerSearch
    from convcalc.solving.question import Unknown

UNTIL = {1: 128, 2: 40, 3: 16}  # how far the unknowns go that are tried one by one, by their number
UNTIL_MANY = 8
MAX_FREE = 64  # values of what has no effect, until the layer allows one


class Table:
    """The solutions of a search's unknowns together, and how far they were looked for."""

    def __init__(self, search: LayerSearch):
        self.search = search
        self.limits: dict[str, int] = {}  # up to which values were tried, by name
        self.ranges: dict[str, list[Range]] = {}  # of each unknown by itself, by letter
        self.wanted = {letter for _, _, wants in search.cases for want in wants for letter in letters(want.tree)}
        known = any(applied is not None for _, applied, _ in search.cases)
        # A count that has no effect on anything that is wanted gets the first value that the layer allows.
        windows = {key.name for key in search.kind.keys if key.per_axis} | {"input"}
        self.free = [one for one in search.plain if known and one.letter not in self.wanted and one.name not in windows]
        self.chosen: tuple[int, ...] = tuple(one.low for one in self.free)
        self.is_sensible = is_limited(search.layer.unknowns)
        self.fill_cases()
        if self.is_sensible and not search.found:
            self.is_sensible = False
            self.fill_cases()

    def fill_cases(self) -> None:
        for flags, applied, wants in self.search.cases:
            limited = sensible(applied, self.search.plain) if self.is_sensible and applied is not None else ()
            self.fill(flags, [*wants, *limited])

    def fill(self, flags: Mapping[str, int], wants: list[Constraint]) -> None:
        """Add the solutions with these flags; where one unknown brings none to light, the next is inverted."""
        search = self.search
        if not all(is_possible(want, flags) for want in wants):
            return
        unknowns = inversion_order((one for one in search.plain if one not in self.free), wants)
        ranges = {one.letter: search.alone(one, flags, wants) for one in unknowns}
        self.ranges = self.ranges or ranges
        if not all(ranges.values()):
            return
        before = len(search.found)
        open_ones = [one for one in unknowns if size(ranges[one.letter]) != 1]
        for inner in [inner_unknowns(last, open_ones, wants) for last in open_ones] or [[]]:
            outer = [one for one in unknowns if one not in inner]
            until = most_tried(search, sum(size(ranges[one.letter]) != 1 for one in outer))
            limits: dict[str, int] = {}
            for values in search.combinations(inner, outer, ranges, flags, wants, until, limits):
                self.add(values)
            self.limits |= {name: min(value, self.limits.get(name, value)) for name, value in limits.items()}
            if len(search.found) > before or not limits or search.is_full:
                return

    def add(self, known: Mapping[str, int]) -> None:
        """Add the solution with these values, if it is one, with the first value that does of what has no effect."""
        names = [one.letter for one in self.free]
        lowest = [range(one.low, one.low + MAX_FREE) for one in self.free]
        for chosen in chain([self.chosen], islice((values for _, values in shells(lowest)), MAX_FREE if names else 0)):
            solution = self.search.solution({**known, **dict(zip(names, chosen, strict=True))})
            if solution is not None:
                self.chosen = chosen
                if not is_needless(solution):
                    self.search.found.append(solution)
                return


def most_tried(search: LayerSearch, count: int) -> int:
    """How far so many unknowns are tried one by one."""
    return search.asked.until or UNTIL.get(count, UNTIL_MANY if count else FAR)


def sensible(applied: Applied, unknowns: list[Unknown]) -> Iterator[Constraint]:
    """Where the padding is free, and something beside it: no window all in the padding, none larger than the input."""
    window = applied.setting.kind.window
    if not is_limited(unknowns) or window.type not in (SLIDING, SPREADING):
        return
    for index, axis in enumerate(applied.axes):
        reach = evaluate(tree(window.reach), {**applied.letters, **axis})
        if "p_l" in axis:
            yield Constraint("sensible", index, to_tree(reach - axis["p_l"]), 1, None)
        if window.type is SLIDING:
            yield Constraint("sensible", index, to_tree(axis["n"] - reach), 0, None)


def is_limited(unknowns: Iterable[Unknown]) -> bool:
    names = {unknown.name for unknown in unknowns}
    return "padding" in names and len(names) > 1


def is_needless(solution: Solution) -> bool:
    """A dilation says nothing of a window of one cell, where both are free."""
    return {"dilation", "kernel"} <= solution.values.keys() and any(
        axis["k"] == 1 and axis["d"] != 1 for axis in solution.applied.axes
    )


# The order in which they are shown: those first that are taught


def rank(solution: Solution) -> tuple[Any, ...]:
    """Equal sides first, an odd kernel, no dilation, no cell left out, an exact multiple of the size, small numbers."""
    applied, values = solution.applied, solution.values
    kind, axes = applied.setting.kind, applied.axes
    spread = kind.window.type is SPREADING
    # The windows of a pooling lie side by side unless it is told otherwise.
    is_tiling = any(key.default == "=kernel" for key in kind.keys)
    numbers = [part for name, value in values.items() if name != "input" for part in flat(value)]
    return (
        any(isinstance(value, tuple) and len(set(value)) > 1 for value in values.values()),
        not (spread or is_tiling) and any(is_even(axis.get("k")) for axis in axes),
        any(axis.get("d", 1) != 1 for axis in axes),
        any(leaves_gaps(axis) for axis in axes),
        # A transposed convolution is taught as the way from n to s·n.
        spread and any(size != axis["n"] * axis["s"] for size, axis in zip(applied.output[1:], axes, strict=True)),
        sum(numbers),
        any(axis.get("op") for axis in axes),
        [part for value in values.values() for part in flat(value)],
    )


def is_even(kernel: Any) -> bool:
    return isinstance(kernel, int) and kernel % 2 == 0


def leaves_gaps(axis: Mapping[str, Any]) -> bool:
    """Whether a stride wider than the kernel passes over cells."""
    kernel, stride = axis.get("k"), axis.get("s")
    return isinstance(kernel, int) and isinstance(stride, int) and kernel < stride


def flat(value: Any) -> list[int]:
    return [number for part in value for number in flat(part)] if isinstance(value, tuple) else [int(value)]


# Axes apart


def axes_apart(search: LayerSearch, limits: dict[str, int]) -> tuple[list[Solution], bool]:
    """Solutions with one value per axis: each axis by itself, then all together; whether they are all to the limits."""
    unknowns = search.layer.unknowns
    parts = (None, *range(search.layer.rank))
    own: dict[str, int] = {}
    each = [axis_values(search, [one for one in unknowns if one.axis == axis], axis, own) for axis in parts]
    if None in each:
        return [], True
    limits |= own
    solutions: list[Solution] = []
    for _, chosen in shells([values for values in each if values is not None]):
        if search.budget.is_spent or len(solutions) > search.max_found:
            return solutions, False
        solution = search.solution({letter: value for part in chosen for letter, value in part.items()})
        if solution is not None:
            solutions.append(solution)
    return solutions, search.complete


def has_alike_axes(case: tuple[dict[str, int], Applied | None, list[Constraint]]) -> bool:
    """Whether the same is known and wanted of every axis: what would do for one does for all."""
    _, applied, wants = case
    if applied is None or any(axis != applied.axes[0] for axis in applied.axes):
        return False
    of_axes = [
        {(want.tree, want.low, want.high) for want in wants if want.axis == axis} for axis in range(len(applied.axes))
    ]
    return all(each == of_axes[0] for each in of_axes)


def axis_values(
    search: LayerSearch, unknowns: list[Unknown], axis: int | None, limits: dict[str, int]
) -> list[dict[str, int]] | None:
    """Values of one axis's unknowns that give it what is wanted, as the formulas have it; None is for the channels.

    None where one of them has none at all.
    """
    if not unknowns:
        return [{}]
    _, applied, wants = search.cases[0]
    if applied is None:
        return []
    letters_here = {one.letter for one in unknowns}
    mine = [want for want in wants if want.axis == axis]
    mine += [want for want in sensible(applied, unknowns) if want.axis == axis]
    mine += [part for want in wants for part in parts_of_maximum(want) if {*letters(part.tree)} <= letters_here]
    inner, *outer = inversion_order(unknowns, mine)
    if not all(search.alone(one, {}, mine) for one in unknowns):
        return None
    until = most_tried(search, len(outer))
    ranges = {one.letter: [Range(one.low, one.high)] for one in outer}
    found = list(islice(search.combinations([inner], outer, ranges, {}, mine, until, limits), search.max_found + until))
    search.complete = search.complete and len(found) < search.max_found + until
    return found


def parts_of_maximum(want: Constraint) -> Iterator[Constraint]:
    """max(y, z) ≤ b asks the same of y and of z."""
    if isinstance(want.tree, Extremum) and want.tree.name == "max" and want.high is not None:
        yield from (want._replace(tree=option, low=None) for option in want.tree.options)
