"""What is wanted, as bounds on formulas in the unknowns, and whether a layer or a network is what was wanted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from convcalc.algebra.bounds import extremum
from convcalc.algebra.expr import Expr, ExprError, Neg, Sum, evaluate, letters
from convcalc.algebra.interval import Range, intersect
from convcalc.algebra.inversion import Patience, solve, solve_inequality
from convcalc.algebra.notation import to_tree
from convcalc.algebra.poly import symbol
from convcalc.layers.case import tree
from convcalc.layers.window import SLIDING
from convcalc.network.axes import origin, steps
from convcalc.network.crossing import map_layout
from convcalc.network.moves import course
from convcalc.network.quantity import QUANTITIES
from convcalc.problem import problem
from convcalc.solving.answer import Look
from convcalc.spec.shapes import OPEN
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.condition import Condition
    from convcalc.layers import Shape
    from convcalc.layers.applied import Applied
    from convcalc.solving.question import Question

SYMBOLS_FAIL = (ExprError, TypeError, AttributeError, ValueError)  # where a record wants numbers


class Constraint(NamedTuple):
    """low ≤ tree ≤ high, the tree in the unknowns' letters."""

    what: str
    axis: int | None
    tree: Expr
    low: int | None
    high: int | None

    @property
    def is_bound(self) -> bool:
        """Whether a count is bounded, and not a size."""
        return self.what in QUANTITIES

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
            found = intersect(found, solve_inequality(slack, letter, known, least, patience=patience))
        return found


def is_possible(want: Constraint, known: Mapping[str, int] | None = None) -> bool:
    """Whether what has no unknown in it is what was wanted."""
    if not {*letters(want.tree)} <= (known or {}).keys():
        return True
    value: Any = evaluate(want.tree, known or {})
    return (want.low is None or want.low <= value) and (want.high is None or value <= want.high)


def difference(tree: Expr, other: Expr) -> Expr:
    return Sum((tree, Neg(other)))


def wanted_output(asked: Question, output: Shape | None) -> tuple[Any, ...]:
    """What each side of an output is to be, None where it is open."""
    target, count = asked.target, len(output or ())
    if target is None or output is None:
        return (None,) * count
    if len(target) == count - 1:
        target = (OPEN, *target)
    if len(target) != count:
        shown, sides = "×".join(map(str, target)), f"{len(target)} side{'s' if len(target) > 1 else ''}"
        if asked.network:
            raise problem("Q003", f"--output {shown} has {len(target)} sides, the network's output has {count}",
                          "--at names another layer, whose output is meant")  # fmt: skip
        channels = output[0] if isinstance(output[0], int) else 64
        whole = example_target(count, channels, target[-1] if isinstance(target[-1], int) else 112)
        _, _, axes = whole.partition("x")
        hint = f"channels first: {whole}, or the axes alone: {axes}" if axes else f"one number: {whole}"
        raise problem("Q003", f"{shown} has {sides}, the layer's output has {count}", hint)
    return tuple(None if side == OPEN else symbol(side) if isinstance(side, str) else side for side in target)


def example_target(sides: int, channels: int = 64, side: int = 112) -> str:
    return "x".join((str(channels), *[str(side)] * (sides - 1)))


def wanted_sizes(asked: Question, output: Shape | None, before: Shape = ()) -> list[Any]:
    """What each side of an output is to be: as the target says, or as it was before."""
    wants = list(wanted_output(asked, output))
    if asked.keeps:
        wants[1:] = before[1:] if len(before) == len(wants) else [None] * len(wants[1:])
    return wants


def constraints(asked: Question, look: Look, before: Shape = ()) -> Iterator[Constraint]:
    """Everything that is wanted of a layer or a network in letters."""
    for index, want in enumerate(wanted_sizes(asked, look.output, before)):
        if want is None or look.output is None:
            continue
        what = "size" if index else "channels" if asked.network or len(look.output) > 1 else "features"
        size, fixed = look.output[index], want if isinstance(want, int) else 0
        count = to_tree(size if isinstance(want, int) else size - want)
        yield Constraint(what, index - 1 if index else None, count, fixed, fixed)
    for bound in asked.bounds:
        if look.counts[bound.quantity] is not None:
            yield Constraint(bound.quantity, None, to_tree(look.counts[bound.quantity]), bound.low, bound.high)


def look_at(asked: Question, applied: Applied) -> Look:
    """What is asked of an applied layer."""
    return Look(applied.output, {bound.quantity: quantity(applied, bound.quantity) for bound in asked.bounds})


def quantity(applied: Applied, name: str) -> Any:
    """A count of a layer, or the largest receptive field along its axes; None where it cannot be told."""
    if QUANTITIES[name].value:
        return QUANTITIES[name].amount(applied)
    window = applied.setting.kind.window
    if window.type is SLIDING and applied.axes:
        return extremum("max", [evaluate(tree(window.reach), {**applied.letters, **axis}) for axis in applied.axes])
    shape, last = applied.input[0], applied.setting.kind.takes == "features" and not applied.features_first
    axes = origin(shape, len(shape) - 1 if last and len(shape) == 2 else 0)
    try:
        way = course(axes.layout or map_layout(shape), len(axes.fields), applied, steps(applied), last=False)
        fields = axes.advance(way, 1).of_places(applied.output).fields
    except SYMBOLS_FAIL:
        return None
    sizes = [field.size for field in fields] or [1]
    return None if None in sizes else extremum("max", sizes)


def meets(asked: Question, look: Look, before: Shape = ()) -> bool:
    """Whether a layer or a network is what was wanted: the last word on every solution."""
    output = look.output or ()
    if any(want not in (None, size) for want, size in zip(wanted_output(asked, output), output, strict=True)):
        return False
    if asked.keeps and output[1:] != before[1:]:
        return False
    return all(bound.holds(look.counts[bound.quantity]) for bound in asked.bounds if bound.quantity in look.counts)


def conditions(asked: Iterable[Condition]) -> Iterator[Constraint]:
    """What layers in letters ask of these, apart from remainders, which follow from other sizes."""
    for condition in asked:
        if condition.operator != "%":
            high = 0 if condition.operator == "==" else None
            yield Constraint("condition", None, to_tree(condition.difference), 0, high)
