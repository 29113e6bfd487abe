"""What is known of the unknowns of a question: their values, why they are these, or why there are none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import evaluate
from convcalc.layers.case import tree
from convcalc.layers.window import SLIDING
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from fractions import Fraction

    from convcalc.algebra.equation import Relation
    from convcalc.algebra.expr import Value
    from convcalc.algebra.interval import Range
    from convcalc.layers import Shape
    from convcalc.problem import Diagnostic
    from convcalc.solving.question import Question, Unknown
    from convcalc.solving.runs import ValueRun


class Look(NamedTuple):
    """What is asked of a layer or a network with certain values: an output, and counts."""

    output: Shape | None
    counts: dict[str, Any]


class Solution(NamedTuple):
    """What to put for the unknowns, and what comes of it."""

    values: dict[str, Any]  # of a layer by name: a number, one per axis, or (before, after) per axis; else by letter
    look: Look
    applied: Any = None  # the layer that they make

    @property
    def unused(self) -> tuple[int, ...]:
        """Columns of the padded input, along each axis, that no window of the layer reaches."""
        window = self.applied.setting.kind.window
        if window.type is not SLIDING:
            return ()
        rests = []
        for axis, size in zip(self.applied.axes, self.applied.sizes, strict=True):
            if "floor" not in size:
                return ()
            known = {**self.applied.letters, **axis}
            reach, stride = evaluate(tree(window.reach), known), evaluate(tree(window.stride), known)
            top = known["n"] + known.get("p_l", 0) + known.get("p_r", 0) - reach
            if not isinstance(top, int) or not isinstance(stride, int):
                return ()
            rests.append(top % stride)
        return tuple(rests)


class Equation(NamedTuple):
    """One thing that is wanted, as an equation in the unknowns; `runs` are the values of the only one by itself."""

    what: str  # "size", "channels", or a quantity
    axes: tuple[int, ...]
    relations: tuple[Relation, ...]
    runs: tuple[Range, ...] = ()
    below: tuple[Range, ...] = ()  # values that would do but for being too small


def axes_together(equations: Iterable[Equation]) -> tuple[Equation, ...]:
    """The same of several axes once."""
    seen: dict[tuple[str, tuple[Relation, ...]], Equation] = {}
    for each in equations:
        known = seen.get((each.what, each.relations))
        seen[each.what, each.relations] = known._replace(axes=known.axes + each.axes) if known else each
    return tuple(seen.values())


class Odds(NamedTuple):
    """An exact fit that cannot be: constant + factor·letter is never a multiple of step."""

    letter: str
    constant: int
    factor: int
    step: int


class Answer(NamedTuple):
    question: Question
    unknowns: tuple[Unknown, ...]
    solutions: tuple[Solution, ...] = ()  # simplest first; of a long run its ends
    runs: Mapping[str, tuple[ValueRun, ...]] = {}  # all values of each letter, where they do not depend on one another
    number: int | None = 0  # of solutions, None where they have no end
    complete: bool = True  # False: the search stopped at its limits
    tried: Mapping[str, int] = {}  # up to which values were tried, by name; all of the others
    ranges: Mapping[str, Sequence[Range]] = {}  # of each of several unknowns by itself, by its symbol
    is_sensible: bool = False  # windows all in the padding, and larger than the input, were left out
    multipliers: tuple[Fraction, ...] = ()  # that were tried beside whole numbers
    free: tuple[str, ...] = ()  # names of what has no effect on anything that is wanted
    equations: tuple[Equation, ...] = ()
    at: str = ""  # the layer of a network whose output is meant, where it is not the last
    nearest: tuple[Solution, ...] = ()
    refusal: Diagnostic | None = None  # why a value that meets the equations will not do, or one below the first
    uneven: tuple[Solution, ...] = ()  # with one more cell of padding after than before
    odds: Odds | None = None
    symbolic: Value | None = None  # the unknown as a formula in letters
    broken: Value | None = None  # what the unknown would have to be, where that is not whole
    missed: tuple[int, Value, Value] | None = None  # a side that is wrong with it, its size, the right one

    @property
    def solved(self) -> bool:
        return bool(self.solutions)

    @property
    def is_proof(self) -> bool:
        """Whether every value was looked at: no solution found is no solution."""
        return self.complete and not self.tried and not self.multipliers


def answer(asked: Question, smallest: bool = False) -> Answer:
    """Every solution, or the `smallest` input of a network; a Problem where the question itself is wrong."""
    if asked.network is None:
        from convcalc.solving.solve_layer import layer_answer

        return layer_answer(asked)
    from convcalc.solving.solve_network import network_answer, smallest_input

    return smallest_input(asked) if smallest else network_answer(asked)
