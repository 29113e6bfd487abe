"""The points of a sweep as dots on logarithmic axes, those that no other beats joined by a line."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from convcalc.problem import problem
from convcalc.render.pictures.charts.comparison import AXIS, SIZE, front_line, grid, name_shapes, steps_between
from convcalc.render.pictures.charts.placing import Bounds, Line, Spot, place_labels
from convcalc.render.pictures.heading import MARGIN, chart_heading
from convcalc.render.pictures.lettering import text_width
from convcalc.render.pictures.shapes import Collection, Picture, Shape, circle
from convcalc.render.pictures.ticks import LogScale, NamedAxis, log_scale
from convcalc.render.script import UNICODE
from convcalc.render.sweep import exact
from convcalc.sweep.names import SWEPT

if TYPE_CHECKING:
    from convcalc.network.quantity import Quantity
    from convcalc.sweep.question import Objective
    from convcalc.sweep.scatter import Scatter, ScatterPoint

WIDE, TALL = 760, 520
DOT, CORNER = 2, 3.5  # radii: of a point, and of one on the front
NAMED = 16  # corners of a front that are named; of more only the first, the last and some between


def scatter_chart(network: str, found: Scatter) -> Picture:
    """A Problem where no point has both numbers above 0, as logarithmic axes need."""
    across, up = quantity_of(found.across), quantity_of(found.up)
    shown = [point for point in found.points if point.x > 0 and point.y > 0]
    front = [point for point in found.front if point.x > 0 and point.y > 0]
    if not front:
        message = f"no point has {across.word} and {up.word} above 0"
        raise problem("U009", message, "leave --draw out, or name two others with --pareto")
    title = f"{UNICODE.text(network)}: {up.word} against {across.word}"
    drawn, right, top = chart_heading(title, explanations(found, len(shown)))
    plot = Bounds(MARGIN + AXIS, top + 12, MARGIN + AXIS + WIDE, top + 12 + TALL)
    everything = [*shown, *front]
    scale_x = log_scale([point.x for point in everything], plot.left, plot.right)
    scale_y = log_scale([point.y for point in everything], plot.bottom, plot.top)
    drawn += grid(scale_x, scale_y, plot, across, up)
    drawn += dots(shown, scale_x, scale_y)
    steps = steps_between([(scale_x.place(point.x), scale_y.place(point.y)) for point in front])
    drawn += front_line(steps)
    drawn += corners(front, scale_x, scale_y, across, up)
    drawn += labels(front, scale_x, scale_y, plot, list(pairwise(steps)))
    left_out = len(found.points) - len(shown)
    notes = [f"{left_out:,} points have no place on logarithmic axes: a number of theirs is 0"] if left_out else []
    if found.others:
        notes.append(
            f"the picture is of the first two objectives, without {', '.join(each.text for each in found.others)}"
        )
    if len(found.points) < found.kept:
        notes.append(f"{len(found.points):,} points, at random, are drawn of {found.kept:,}; the front is that of all")
    return Picture(
        title, max(plot.right, right) + MARGIN, plot.bottom + 52, tuple(drawn),
        f"{len(shown):,} points: {across.word} from left to right, {up.word} upwards; the line joins the front.",
        tuple(notes),
    )  # fmt: skip


def quantity_of(objective: Objective) -> Quantity | NamedAxis:
    """What an axis is called; an expression by its text."""
    if isinstance(objective.tree, str) and objective.tree in SWEPT:
        return SWEPT[objective.tree]
    text = objective.text.partition(" ")[2]
    return NamedAxis(text, text)


def explanations(found: Scatter, shown: int) -> list[str]:
    better = {"min": "less is better", "max": "more is better"}
    aims = [f"{quantity_of(each).word} ({better[each.direction]})" for each in (found.across, found.up)]
    number = f"{shown:,} of {found.kept:,} points, drawn at random" if shown < found.kept else f"{shown:,} points"
    front = "The dashed line joins the points" if len(found.front) > 1 else "The large dot is the one point"
    return [
        f"{number}. Both axes are logarithmic.",
        f"{front} that no other beats in {' and '.join(aims)}; of accuracy that says nothing.",
    ]


def dots(points: Sequence[ScatterPoint], scale_x: LogScale, scale_y: LogScale) -> list[Shape]:
    """A dot for each, once where several lie on one."""
    places = dict.fromkeys((round(scale_x.place(point.x), 1), round(scale_y.place(point.y), 1)) for point in points)
    return [circle(x, y, DOT, "result", "", 0)._replace(opacity=0.45) for x, y in places]


def corners(
    front: Sequence[ScatterPoint],
    scale_x: LogScale,
    scale_y: LogScale,
    across: Quantity | NamedAxis,
    up: Quantity | NamedAxis,
) -> list[Shape]:
    shapes: list[Shape] = []
    for point in front:
        drawn = circle(scale_x.place(point.x), scale_y.place(point.y), CORNER, "good", "good", 0.8)
        words = f"{name_of(point)}: {point.y:,} {up.word}, {point.x:,} {across.word}"
        shapes.append(Collection((drawn,), words, name_of(point)))
    return shapes


def name_of(point: ScatterPoint) -> str:
    """The values of its names; how many others have the same numbers."""
    values = ", ".join(f"{name}={exact(value)}" for name, value in point.names.items())
    return f"{values} and {point.others:,} more" if point.others else values


def labels(
    front: Sequence[ScatterPoint], scale_x: LogScale, scale_y: LogScale, plot: Bounds, steps: list[Line]
) -> list[Shape]:
    """Names of the corners where they have room; of a long front those of a few."""
    apart = max(1, -(-len(front) // NAMED))
    order = list(dict.fromkeys([0, len(front) - 1, *range(0, len(front), apart)]))
    spots = [
        Spot(scale_x.place(point.x), scale_y.place(point.y), CORNER, text_width(name_of(point), SIZE) + 2, SIZE + 2)
        for point in front
    ]
    shapes: list[Shape] = []
    for number, place in place_labels(spots, order, frozenset(order), plot, steps).items():
        shapes += name_shapes(name_of(front[number]), spots[number], place)
    return shapes
