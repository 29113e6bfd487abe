"""What is wanted of a layer, as bounds on formulas in its unknowns, and whether a layer is what was wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.algebra.bounds import extremum
from convcalc.algebra.expr import Expr, Neg, Sum, evaluate, letters
from convcalc.algebra.interval import Range
from convcalc.algebra.inversion import Patience, solve, solve_inequality
from convcalc.algebra.notation import to_tree
from convcalc.algebra.poly import symbol
from convcalc.layer.case import tree
from convcalc.layer.window import SLIDING, SPREADING
from convcalc.problem import problem
from convcalc.solving.runs import common
from convcalc.solving.wanted import OPEN
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from convcalc.algebra.expr import Value
    from convcalc.layer.applied import Applied
    from convcalc.layer.record import Shape
    from convcalc.network.graph import Graph
    from convcalc.solving.layer import Question


class Constraint(NamedTuple):
    """low ≤ tree ≤ high, the tree in the unknowns' letters."""

    what: str
    axis: int | None
    tree: Expr
    low: int | None
    high: int | None

    def ranges(
        self, letter: str, known: Mapping[str, int], least: int, patience: Patience | None = None
    ) -> list[Range]:
        """The values of one letter, from `least` on, when the others are known."""
        if self.low is not None and self.low == self.high:
            return solve(self.tree, letter, known, self.low, least, patience=patience)
        slacks = [] if self.low is None else [difference(self.tree, self.low)]
        slacks += [] if self.high is None else [difference(self.high, self.tree)]
        found = [Range(least, None)]
        for slack in slacks:
            found = common(found, solve_inequality(slack, letter, known, least, patience=patience))
        return found


def is_possible(want: Constraint) -> bool:
    """Whether what has no unknown in it is what was wanted."""
    if next(letters(want.tree), None) is not None:
        return True
    value: Any = evaluate(want.tree, {})
    return (want.low is None or want.low <= value) and (want.high is None or value <= want.high)


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
        sides = f"{len(target)} side{'s' if len(target) > 1 else ''}"
        raise problem("Q003", f"{shown} has {sides}, the layer's output has {len(output)}", targets_of(len(output)))
    return tuple(None if side == OPEN else symbol(side) if isinstance(side, str) else side for side in target)


def example_target(sides: int) -> str:
    return "x".join(("64", *["112"] * (sides - 1)))


def targets_of(sides: int) -> str:
    """How a target of so many sides is given."""
    whole = example_target(sides)
    _, _, axes = whole.partition("x")
    return f"channels first: {whole}, or the axes alone: {axes}" if axes else f"one number: {whole}"


def wanted_sizes(asked: Question, applied: Applied) -> list[Value | None]:
    """What each side of the output is to be: as the target says, or as it is in the input."""
    wants = list(wanted_output(asked, applied.output))
    if asked.keeps:
        wants[1:] = applied.input[0][1:] if len(applied.input[0]) == len(applied.output) else [None] * len(wants[1:])
    return wants


def constraints(asked: Question, applied: Applied) -> list[Constraint]:
    """Everything that is wanted of a layer that was applied with letters."""
    found = []
    for index, (size, want) in enumerate(zip(applied.output, wanted_sizes(asked, applied), strict=True)):
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
    # What follows from the input, as in_features does.
    found += [
        Constraint("condition", None, to_tree(condition.difference), 0, 0)
        for condition in applied.conditions
        if condition.operator == "=="
    ]
    return found


def quantity(applied: Applied, name: str) -> Any:
    """A count of a layer, or the largest receptive field along its axes."""
    if name != "receptive_field":
        return getattr(applied, name)
    window = applied.setting.kind.window
    if window.type not in (SLIDING, SPREADING) or not applied.axes:
        return 1
    reaches = [evaluate(tree(window.reach), {**applied.letters, **axis}) for axis in applied.axes]
    return extremum("max", reaches)


def meets(asked: Question, applied: Applied) -> bool:
    """Whether an applied layer is what was wanted: the last word on every solution."""
    wants = wanted_output(asked, applied.output)
    if any(want is not None and want != size for want, size in zip(wants, applied.output, strict=True)):
        return False
    if asked.keeps and applied.output[1:] != applied.input[0][1:]:
        return False
    return all(bound.holds(quantity(applied, bound.quantity)) for bound in asked.bounds)


def restrictions(graph: Graph) -> Iterator[Constraint]:
    """What the layers of a graph in letters ask of these, apart from remainders, which `fitting` has."""
    seen: set[int] = set()
    for node in graph.nodes:
        if node.applied is None or id(node.applied) in seen:
            continue
        seen.add(id(node.applied))
        for condition in node.applied.conditions:
            if condition.operator != "%":
                high = 0 if condition.operator == "==" else None
                yield Constraint("condition", None, to_tree(condition.difference), 0, high)
