"""Candidates for unknowns by inverting what is wanted; of several all but one are tried, small values first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, islice, product
from typing import TYPE_CHECKING, Any, TypeVar

from convcalc.algebra.expr import has, letters
from convcalc.algebra.interval import Range, intersect
from convcalc.algebra.inversion import MAX_STRETCHES, Patience, TooWide, is_affine
from convcalc.algebra.limits import budget
from convcalc.algebra.sizes import EVERY, Sizes

if TYPE_CHECKING:
    from convcalc.solving.answer import Solution
    from convcalc.solving.constraint import Constraint
    from convcalc.solving.question import Question, Unknown

STRETCHES = 64  # that one inversion may search where there are many
INNER = {"n": 0, "p": 1, "f": 2, "c": 3, "op": 6, "g": 6, "s": 7, "d": 8}  # who is found by inversion, others by trial
TAUGHT = {"k": (1, 3, 5, 7)}  # that are tried first, before all others in order
T = TypeVar("T")


class Search:
    """A question searched for solutions, of which at most `max_found` are kept."""

    def __init__(self, asked: Question, steps: budget, max_found: int):
        self.asked, self.budget, self.max_found = asked, steps, max_found
        self.found: list[Solution] = []
        self.complete = True  # all that there are up to the limits
        self.fitting: Mapping[str, Sizes] = {}  # the values of each letter that the layers take

    def solution(self, values: Mapping[str, Any]) -> Solution | None:
        """The solution with these values, or None where it is none."""
        raise NotImplementedError

    @property
    def is_full(self) -> bool:
        return self.budget.is_spent or len(self.found) > self.max_found

    def fits(self, letter: str, value: int) -> bool:
        """Whether the layers take a value; of 0 their conditions say nothing."""
        return value < 1 or value in self.fitting.get(letter, EVERY)

    def candidates(
        self, unknown: Unknown, known: Mapping[str, int], wants: Iterable[Constraint], stretches: int = MAX_STRETCHES
    ) -> list[Range]:
        """The values of one unknown that give what is wanted, as far as that depends on it and on what is known."""
        self.budget.take()
        patience = Patience(stretches, self.budget.take)
        found = [Range(unknown.low, unknown.high)]
        for want in {(want.tree, want.low, want.high): want for want in wants}.values():
            if has(want.tree, unknown.letter) and {*letters(want.tree)} <= {unknown.letter, *known}:
                found = intersect(found, want.ranges(unknown.letter, known, unknown.low, patience))
        return found

    def alone(self, unknown: Unknown, known: Mapping[str, int], wants: Iterable[Constraint]) -> list[Range]:
        """The values of one unknown, judged by itself: filters are the channels of the target."""
        own = [want for want in wants if {*letters(want.tree)} == {unknown.letter}]
        try:
            return self.candidates(unknown, known, own)
        except TooWide:
            return [Range(unknown.low, unknown.high)]

    def combinations(
        self, inner: Sequence[Unknown], outer: Sequence[Unknown], ranges: Mapping[str, list[Range]],
        known: Mapping[str, int], wants: Sequence[Constraint], until: int, limits: dict[str, int],
    ) -> Iterator[dict[str, int]]:  # fmt: skip
        """Values of the outer unknowns, each with those that they leave of the inner, tried up to the `limits`."""
        most = [until + 1 - min(one.low, until) for one in outer]
        choices = [
            taught_first(one, filter(partial(self.fits, one.letter), islice(values(ranges[one.letter]), count)))
            for one, count in zip(outer, most, strict=True)
        ]
        done = max(map(len, choices), default=1)
        for shell, chosen in shells(choices):
            others = {**known, **dict(zip([one.letter for one in outer], chosen, strict=True))}
            last: Mapping[str, int] = {}
            for last in self.inverses(inner, others, wants, until, limits):
                yield last
            if self.is_full:
                self.complete, done = False, max(shell, 1)
                for one in inner if not shell else ():
                    set_limit(limits, one, last.get(one.letter, one.low))
                break
        for one, tried, count in zip(outer, choices, most, strict=True):
            if tried and (done < len(tried) or size(ranges[one.letter]) not in range(count + 1)):
                set_limit(limits, one, last_before(tried[done:], tried))

    def inverses(
        self, inner: Sequence[Unknown], known: dict[str, int], wants: Sequence[Constraint], until: int,
        limits: dict[str, int],
    ) -> Iterator[dict[str, int]]:  # fmt: skip
        """What is known with the values that it leaves of the inner unknowns, one after another."""
        if not inner:
            yield known
            return
        unknown, *others = inner
        try:
            ranges = self.candidates(unknown, known, wants, stretches=STRETCHES)
        except TooWide:
            ranges = [Range(unknown.low, unknown.high)]
        for first, last in ranges:
            end = max(until, first + until)
            if last is None or last > end:
                last = end
                set_limit(limits, unknown, last)
            for value in range(first, last + 1):
                if self.is_full:
                    return
                if self.fits(unknown.letter, value):
                    yield from self.inverses(others, {**known, unknown.letter: value}, wants, until, limits)


def shells(choices: Sequence[Sequence[T]]) -> Iterator[tuple[int, tuple[T, ...]]]:
    """Every combination of choices after the place of its furthest: all of the first shell, then the second, …

    None of the shells is held in memory: there may be 10²⁴ combinations.
    """
    if not choices:
        yield 0, ()
        return
    if all(choices):
        for shell in range(max(map(len, choices))):
            for values in on_shell(choices, shell):
                yield shell, values


def on_shell(choices: Sequence[Sequence[T]], shell: int) -> Iterator[tuple[T, ...]]:
    """The combinations of which one at least is the choice at this place, and none is further."""
    first, others = choices[0], choices[1:]
    if any(len(other) > shell for other in others):
        for value in first[:shell]:
            yield from ((value, *rest) for rest in on_shell(others, shell))
    if len(first) > shell:
        yield from product(first[shell : shell + 1], *(other[: shell + 1] for other in others))


def set_limit(limits: dict[str, int], unknown: Unknown, value: int) -> None:
    """Up to the least of the limits everything was looked at."""
    limits[unknown.name] = min(limits.get(unknown.name, value), value)


def is_counted(unknown: Unknown, want: Constraint) -> bool:
    """Whether a bounded count is a·x + b in an unknown, so that x is a quotient."""
    return want.is_bound and has(want.tree, unknown.letter) and is_affine(want.tree, unknown.letter)


def inversion_order(unknowns: Iterable[Unknown], wants: Iterable[Constraint]) -> list[Unknown]:
    """The unknowns, those first that are best found by inversion."""
    wants = list(wants)
    return sorted(
        unknowns, key=lambda one: (not any(is_counted(one, want) for want in wants), INNER.get(one.symbol, 5))
    )


def inner_unknowns(last: Unknown, order: Iterable[Unknown], wants: Iterable[Constraint]) -> list[Unknown]:
    """The unknowns to invert when the others are known: the last, and before it those that other equations give."""
    exact = [want.tree for want in wants if want.low is not None and want.low == want.high]
    found = [last]
    for one in order:
        if one is not last and any(
            has(tree, one.letter) and not any(has(tree, other.letter) for other in found) for tree in exact
        ):
            found.insert(0, one)
    return found


def taught_first(unknown: Unknown, choices: Iterable[int]) -> list[int]:
    usual = TAUGHT.get(unknown.symbol, ())
    return sorted(choices, key=lambda value: (usual.index(value) if value in usual else len(usual), value))


def last_before(missing: Sequence[int], choices: Sequence[int]) -> int:
    """The highest of the choices that none of the missing ones is below."""
    least = min(missing, default=max(choices) + 1)
    return max((value for value in choices if value < least), default=least - 1)


def size(ranges: Sequence[Range]) -> int | None:
    """How many values there are, None without end."""
    return None if ranges[-1].last is None else sum(last - first + 1 for first, last in ranges if last is not None)


def values(ranges: Iterable[Range]) -> Iterator[int]:
    """The values in order; of a range without end, more than any search tries."""
    return chain.from_iterable(range(first, (first + 10**9 if last is None else last) + 1) for first, last in ranges)
