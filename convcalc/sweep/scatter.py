"""The points of a sweep by two numbers, for a picture: as many as can be told apart, and the front of all of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import evaluate, letters
from convcalc.sweep.answers import answer
from convcalc.sweep.question import Objective, SweepQuestion, SweepTally
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.sweep.network import Swept

MOST = 2_000  # points that a picture has
MOST_TRIED = 200_000  # that are drawn for it, where few of them are left
USUAL = (Objective("min", "macs", "min macs"), Objective("min", "parameters", "min parameters"))


class ScatterPoint(NamedTuple):
    x: Any
    y: Any
    names: dict[str, object]  # the swept names
    others: int = 0  # points with the same two numbers


class Scatter(NamedTuple):
    """What goes to the right and what goes up, with the better direction of each."""

    across: Objective
    up: Objective
    points: tuple[ScatterPoint, ...]
    front: tuple[ScatterPoint, ...]  # from the best of what goes to the right to the worst
    kept: int  # of the sweep
    others: tuple[Objective, ...] = ()  # objectives that have no axis


def scatter(network: Swept, question: SweepQuestion, tally: SweepTally) -> Scatter:
    """All points of a small sweep, some of a large one; by the first two objectives, or by MACs and parameters."""
    across, up = question.pareto[:2] if len(question.pareto) > 1 else USUAL
    named = dict.fromkeys((*letters(across.tree), *letters(up.tree)))
    whole = question._replace(
        columns=tuple(name for name in named if name not in question.names),
        pareto=(across, up), sort=(), limit=None, keep_invalid=False,
    )  # fmt: skip
    front: dict[tuple[Any, Any], ScatterPoint] = {}
    for point in sorted(points_of(network, whole, across, up), key=lambda point: point.x):
        same = front.setdefault((point.x, point.y), point._replace(others=-1))
        front[point.x, point.y] = same._replace(others=same.others + 1)
    sample = question.sample
    if tally.kept > MOST:
        sample = min(MOST * tally.points // tally.kept, MOST_TRIED)
    cloud = tuple(points_of(network, whole._replace(pareto=(), sample=sample), across, up))
    corners = tuple(front.values())[:: -1 if across.direction == "max" else 1]
    return Scatter(across, up, cloud, corners, tally.kept, question.pareto[2:])


def points_of(network: Swept, asked: SweepQuestion, across: Objective, up: Objective) -> Iterator[ScatterPoint]:
    for row in answer(network, asked).rows:
        values: dict[str, Any] = dict(zip(asked.shown, row, strict=True))
        if None not in values.values():
            names = {name: values[name] for name in asked.names}
            yield ScatterPoint(evaluate(across.tree, values), evaluate(up.tree, values), names)


def has_one_best(question: SweepQuestion, front: list[tuple[object, ...]]) -> bool:
    """Whether all points of a front have the same numbers, as where every objective grows with every name."""
    trees = [each.tree for each in question.pareto]
    if not {name for tree in trees for name in letters(tree)} <= {*question.shown}:
        return False  # not shown
    rows = (dict(zip(question.shown, row, strict=True)) for row in front)
    numbers: set[tuple[Any, ...]] = {tuple(evaluate(tree, row) for tree in trees) for row in rows}  # type: ignore[type-var]
    return len(numbers) == 1
