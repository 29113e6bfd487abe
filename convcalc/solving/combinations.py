"""Several unknowns: all but one are tried, small values first, and the last is found by inversion."""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING

from convcalc.algebra.expr import evaluate, letters
from convcalc.algebra.interval import Range
from convcalc.algebra.inversion import TooWide
from convcalc.algebra.notation import to_tree
from convcalc.layer.case import tree
from convcalc.layer.window import SLIDING, SPREADING
from convcalc.solving.constraint import Constraint
from convcalc.solving.runs import FAR
from convcalc.solving.shells import shells

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from convcalc.layer.applied import Applied
    from convcalc.solving.layer import Solution, Unknown
    from convcalc.solving.marks import OpenValue
    from convcalc.solving.search import Search

STRETCHES = 64  # that one inversion may search: there are many
UNTIL = {1: 128, 2: 40, 3: 16}  # how far the unknowns go that are tried one by one, by their number
UNTIL_MANY = 8
MAX_FOUND = 5_000  # solutions that are kept
MAX_FREE = 64  # values of what has no effect, until the layer allows one
INNER = {"n": 0, "p": 1, "f": 2, "c": 3, "op": 6, "g": 6, "s": 7, "d": 8}  # who is found by inversion, others by trial


class Table:
    """The solutions of a search's unknowns together, and how far they were looked for."""

    def __init__(self, search: Search):
        self.search = search
        self.solutions: list[Solution] = []
        self.complete = True  # all that there are up to the limits
        self.limits: dict[str, int] = {}  # the highest value tried, by name
        self.wanted = {letter for _, _, wants in search.cases for want in wants for letter in letters(want.tree)}
        known = any(applied is not None for _, applied, _ in search.cases)
        # A count that has no effect on anything that is wanted gets the first value that the layer allows.
        windows = {key.name for key in search.asked.kind.keys if key.per_axis} | {"input"}
        self.free = [one for one in search.plain if known and one.letter not in self.wanted and one.name not in windows]
        self.chosen: tuple[int, ...] = tuple(one.low for one in self.free)
        for flags, applied, wants in search.cases:
            self.fill(flags, [*wants, *sensible(applied, search.plain)] if applied is not None else [])

    @property
    def is_full(self) -> bool:
        return self.search.budget.is_spent or len(self.solutions) > MAX_FOUND

    def fill(self, flags: Mapping[str, int], wants: list[Constraint]) -> None:
        """Add the solutions with these flags; where one unknown brings none to light, the next is inverted."""
        unknowns = sorted((one for one in self.search.plain if one not in self.free), key=inversion)
        ranges = {one.letter: self.alone(one, flags, wants) for one in unknowns}
        if not all(ranges.values()):
            return
        open_ones = [one for one in unknowns if size(ranges[one.letter]) != 1]
        before = len(self.solutions)
        inverted: list[Unknown | None] = [*open_ones] or [None]
        for inner in inverted:
            outer = [one for one in unknowns if one is not inner]
            limits = self.scan(inner, outer, ranges, {**flags}, wants)
            self.limits = {**limits, **self.limits}
            if len(self.solutions) > before or not limits or self.is_full:
                return

    def alone(self, unknown: Unknown, flags: Mapping[str, int], wants: list[Constraint]) -> list[Range]:
        """The values of one unknown, judged by itself: filters are the channels of the target."""
        own = [want for want in wants if {*letters(want.tree)} == {unknown.letter}]
        try:
            return self.search.candidates(unknown, flags, own)
        except TooWide:
            return [Range(unknown.low, None)]

    def scan(
        self, inner: Unknown | None, outer: list[Unknown], ranges: Mapping[str, list[Range]], flags: dict[str, int],
        wants: list[Constraint],
    ) -> dict[str, int]:  # fmt: skip
        """Add what the outer unknowns' values leave of the inner's; the limits that the search met."""
        trying = sum(size(ranges[one.letter]) != 1 for one in outer)
        until = self.search.asked.until or UNTIL.get(trying, UNTIL_MANY if trying else FAR)
        choices = [list(islice(values(ranges[one.letter]), until + 1 - min(one.low, until))) for one in outer]
        limits: dict[str, int] = {}
        done = max(map(len, choices), default=1)
        for shell, chosen in shells(choices):
            if self.is_full:
                self.complete, done = False, max(shell, 1)
                break
            known = {**flags, **dict(zip([one.letter for one in outer], chosen, strict=True))}
            if inner is None:
                self.add(known)
                continue
            for value in self.inverted(inner, known, wants, until, limits):
                self.add({**known, inner.letter: value})
        for one, tried in zip(outer, choices, strict=True):
            if done < len(tried) or size(ranges[one.letter]) != len(tried):
                limits[one.name] = max(limits.get(one.name, 0), tried[min(done, len(tried)) - 1])
        return limits

    def inverted(
        self, inner: Unknown, known: Mapping[str, int], wants: list[Constraint], until: int, limits: dict[str, int]
    ) -> Iterator[int]:
        """The values of the inner unknown when the outer ones are known."""
        try:
            found = self.search.candidates(inner, known, wants, stretches=STRETCHES)
        except TooWide:
            found = [Range(inner.low, until)]
            limits[inner.name] = max(limits.get(inner.name, 0), until)
        for first, last in found:
            end = max(until, first + until)
            if last is None or last > end:
                last = end
                limits[inner.name] = max(limits.get(inner.name, 0), last)
            for value in range(first, last + 1):
                if self.is_full:
                    return
                yield value

    def add(self, known: Mapping[str, int]) -> None:
        """Add the solution with these values, if it is one, with the first value that does of what has no effect."""
        names = [one.letter for one in self.free]
        lowest = [range(one.low, one.low + MAX_FREE) for one in self.free]
        for chosen in chain([self.chosen], islice((values for _, values in shells(lowest)), MAX_FREE if names else 0)):
            solution = self.search.at({**known, **dict(zip(names, chosen, strict=True))})
            if solution is not None:
                self.chosen = chosen
                if not is_needless(solution):
                    self.solutions.append(solution)
                return


def inversion(unknown: Unknown | OpenValue) -> int:
    """How well an unknown is found by inversion."""
    return INNER.get(unknown.symbol, 5)


def size(ranges: Sequence[Range]) -> int | None:
    """How many values there are, None without end."""
    return None if ranges[-1].last is None else sum(last - first + 1 for first, last in ranges if last is not None)


def values(ranges: Iterable[Range]) -> Iterator[int]:
    """The values in order; of a range without end, more than any search tries."""
    return chain.from_iterable(range(first, (first + 10**9 if last is None else last) + 1) for first, last in ranges)


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


# Axes apart


def axes_apart(search: Search) -> tuple[list[Solution], bool]:
    """Solutions with one value per axis: each axis by itself, then all together; whether these are all."""
    unknowns = search.layer.unknowns
    parts = (None, *range(search.layer.rank))
    each = [along(search, [one for one in unknowns if one.axis == axis], axis) for axis in parts]
    solutions: list[Solution] = []
    for _, chosen in shells(each):
        if search.budget.is_spent or len(solutions) > MAX_FOUND:
            return solutions, False
        solution = search.at({letter: value for part in chosen for letter, value in part.items()})
        if solution is not None:
            solutions.append(solution)
    return solutions, True


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
    *outer, inner = sorted(unknowns, key=inversion, reverse=True)
    until = search.asked.until or UNTIL.get(len(outer), UNTIL_MANY if outer else FAR)
    found: list[dict[str, int]] = []
    for _, chosen in shells([range(one.low, until + 1) for one in outer]):
        known = dict(zip([one.letter for one in outer], chosen, strict=True))
        try:
            ranges = search.candidates(inner, known, mine, stretches=STRETCHES)
        except TooWide:
            continue
        for first, last in ranges:
            end = first + until if last is None else min(last, first + until)
            found += [{**known, inner.letter: value} for value in range(first, end + 1)]
        if len(found) > MAX_FOUND or search.budget.is_spent:
            break
    return found
