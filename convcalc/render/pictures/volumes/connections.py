"""What joins glyphs: the window of the next layer with its fan of lines, funnels into vectors, arrows, and arcs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from convcalc.network.axes import steps
from convcalc.render.pictures.shapes import INK, PAPER, SOFT, Label, Path, Point, Shape, circle, line, polygon, polyline
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers.applied import Applied
    from convcalc.layers.window import Step
    from convcalc.render.pictures.volumes.glyphs import Glyph
    from convcalc.render.pictures.volumes.solids import Solid
    from convcalc.render.pictures.volumes.units import UnitGraph

WINDOW, WINDOW_FILL = "window", "window-fill"
SHARES = ((0.3, 0.62), (0.66, 0.36))  # of height and width: where windows are drawn, in turn
LEAST = 3.0  # a window or cell is never drawn smaller
MAX_TAPS = 49
HEAD = 4.0
SIGN_RADIUS = 6.0


class FaceView(NamedTuple):
    """A window on the face of a glyph, and the one number of the next glyph that sees through it."""

    window: tuple[Point, ...]
    taps: tuple[tuple[Point, ...], ...]  # where there are holes between them
    cell: tuple[Point, ...]
    is_all: bool  # the window is the whole face


def maker_of(glyph: Glyph) -> int:
    """The unit that makes a glyph of the one before."""
    return glyph.lead[0] if glyph.lead else glyph.slabs[0].unit


def sights_between(
    before: Glyph, after: Glyph, wiring: UnitGraph, number: Callable[[Value], int], turn: int
) -> tuple[AxisSight, ...]:
    """What one number of a glyph sees of the one before it; empty where no window slides between them."""
    unit = maker_of(after)
    applied = wiring.applied(unit)
    if wiring.units[unit].is_block or applied is None or before.shape is None or before.form.is_column:
        return ()
    if wiring.graph.nodes[wiring.units[unit].start].inputs != (before.last,):
        return ()
    found = sightings(applied, number, SHARES[turn % 2])
    sizes = tuple(sight.size for sight in found)
    return found if after.form.is_column or sizes == after.form.sides else ()


def view(before: Solid, after: Solid, sights: Sequence[AxisSight], is_column: bool = False) -> FaceView:
    """The window and the cell as they lie on the faces."""
    rows, columns = (sights[-2], sights[-1]) if len(sights) > 1 else (sights[0], None)
    first = after if after.sheets else after._replace(slabs=after.slabs[:1])
    window, is_all = patch(before, span(rows), span(columns)), span(rows) == span(columns) == (0.0, 1.0)
    taps: tuple[tuple[Point, ...], ...] = ()
    if (
        any(each is not None and each.seen[-1] - each.seen[0] + 1 != len(each.seen) for each in (rows, columns))
        and len(rows.seen) * (len(columns.seen) if columns else 1) <= MAX_TAPS
    ):
        taps = tuple(
            patch(before, share(row, rows.input), share(column, columns.input) if columns else (0.0, 1.0), 1.6)
            for row in rows.seen
            for column in (columns.seen if columns else (0,))
        )
    if is_column:
        return FaceView(window, taps, patch(first, (0.5, 0.5), (0.5, 0.5)), is_all)
    least = LEAST / 2 if first.is_flat else LEAST
    across = share(columns.cell, columns.size) if columns else (0.0, 1.0)
    return FaceView(window, taps, patch(first, share(rows.cell, rows.size), across, least), is_all)


def span(sight: AxisSight | None) -> tuple[float, float]:
    """From where to where a window lies on an axis, as shares of it."""
    return (0.0, 1.0) if sight is None else (sight.seen[0] / sight.input, (sight.seen[-1] + 1) / sight.input)


def share(cell: int, size: int) -> tuple[float, float]:
    return cell / size, (cell + 1) / size


def patch(
    body: Solid, rows: tuple[float, float], columns: tuple[float, float], least: float = LEAST
) -> tuple[Point, ...]:
    """The corners of a part of the face, never drawn smaller than can be seen."""
    rows = widen(rows, least / body.height)
    across = body.slabs[-1] if body.is_flat else body.right
    columns = widen(columns, least / across)
    return tuple(
        body.on_face(row, column)
        for row, column in ((rows[0], columns[0]), (rows[0], columns[1]), (rows[1], columns[1]), (rows[1], columns[0]))
    )


def widen(part: tuple[float, float], least: float) -> tuple[float, float]:
    start, end = part
    if end - start >= least:
        return part
    middle = min(max((start + end) / 2, least / 2), max(1 - least / 2, least / 2))
    return middle - least / 2, middle + least / 2


def fan(found: FaceView) -> Iterator[Shape]:
    """The window, its taps, and lines to the cell from each of its corners."""
    yield polygon(found.window, "" if found.is_all else WINDOW_FILL, WINDOW, 0.9)._replace(
        opacity=0.25 if found.taps else 0.55
    )
    for tap in found.taps:
        yield polygon(tap, WINDOW, "", 0)
    x = sum(x for x, _ in found.cell) / 4
    y = sum(y for _, y in found.cell) / 4
    for corner in found.window:
        yield line(*corner, x, y, WINDOW, 0.6)
    yield polygon(found.cell, WINDOW, WINDOW, 0.5)


def funnel(before: Solid, after: Solid) -> Iterator[Shape]:
    """From all of one to all of the other."""
    yield line(before.end, before.top, after.x, after.y, SOFT, 0.6)
    yield line(before.end, before.bottom - before.up, after.x, after.bottom, SOFT, 0.6)


def follows(before: Glyph, after: Glyph, wiring: UnitGraph) -> bool:
    """Whether what makes a glyph takes the one before it as it is."""
    unit = wiring.units[maker_of(after)]
    return any(before.last in node.inputs for node in wiring.graph.nodes[unit.start : unit.stop])


def arrow(
    x1: float, y1: float, x2: float, y2: float, colour: str = SOFT, thickness: float = 1.1, dashed: bool = False
) -> Iterator[Shape]:
    """A straight arrow along an axis or slanted."""
    yield line(x1, y1, x2, y2, colour, thickness)._replace(dashed=dashed)
    yield head(x1, y1, x2, y2, colour)


def head(x1: float, y1: float, x2: float, y2: float, colour: str = SOFT) -> Path:
    """The head of an arrow that ends at a point."""
    length = max(((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5, 0.01)
    dx, dy = (x2 - x1) / length * HEAD, (y2 - y1) / length * HEAD
    back = (x2 - 1.4 * dx, y2 - 1.4 * dy)
    return polygon(
        [(x2, y2), (back[0] - dy * 0.7, back[1] + dx * 0.7), (back[0] + dy * 0.7, back[1] - dx * 0.7)], colour, "", 0
    )


def sign(x: float, y: float, text: str) -> Iterator[Shape]:
    """A circle with the sign of what happens where ways meet; of a concatenation two lines."""
    yield circle(x, y, SIGN_RADIUS, PAPER, INK, 0.9)
    reach = SIGN_RADIUS * 0.55
    match text:
        case "+":
            yield line(x - reach, y, x + reach, y, INK, 1)
            yield line(x, y - reach, x, y + reach, INK, 1)
        case "×":
            turned = reach * 0.75
            yield line(x - turned, y - turned, x + turned, y + turned, INK, 1)
            yield line(x - turned, y + turned, x + turned, y - turned, INK, 1)
        case _:
            yield line(x - 1.7, y - reach, x - 1.7, y + reach, INK, 1)
            yield line(x + 1.7, y - reach, x + 1.7, y + reach, INK, 1)


def rounded_line(points: Sequence[Point], radius: float) -> Path:
    """A line through points whose corners are round."""
    segments: list[tuple[object, ...]] = [("M", *points[0])]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        start, end = towards(corner, before, radius), towards(corner, after, radius)
        segments += [("L", *start), ("C", *middle(start, corner), *middle(end, corner), *end)]
    segments.append(("L", *points[-1]))
    return Path(tuple(segments), "", SOFT, 1.1)


def towards(point: Point, other: Point, distance: float) -> Point:
    length = ((other[0] - point[0]) ** 2 + (other[1] - point[1]) ** 2) ** 0.5
    share = min(0.5, distance / length) if length else 0
    return point[0] + (other[0] - point[0]) * share, point[1] + (other[1] - point[1]) * share


def middle(one: Point, other: Point) -> Point:
    """Nearly at the other end, so that a corner is nearly an arc."""
    return one[0] + (other[0] - one[0]) * 0.55, one[1] + (other[1] - one[1]) * 0.55


def bracket(left: float, right: float, y: float, text: str) -> Iterator[Shape]:
    """Below what is drawn once: how often it comes."""
    yield polyline([(left, y), (left, y + 4), (right, y + 4), (right, y)], SOFT, 0.9)
    yield Label((left + right) / 2, y + 15, text, 11, bold=True)


class AxisSight(NamedTuple):
    """One number of an output along an axis, and the cells of the input that it sees there."""

    cell: int
    size: int  # of the output
    seen: tuple[int, ...]  # those of the padding left out
    input: int  # its size


def sightings(applied: Applied, number: Callable[[Value], int], share: tuple[float, float]) -> tuple[AxisSight, ...]:
    """For each axis of a layer's input, what a number sees that lies at a share of the face; empty without a window."""
    taken = steps(applied)
    if not taken or any(step.type.pattern is None for step in taken):
        return ()
    shares = (0.5, *share)[-len(taken) :] if len(taken) > 1 else share[:1]
    found = tuple(sighting(nominal(step, number), at) for step, at in zip(taken, shares, strict=True))
    return found if all(each.seen for each in found) else ()


def nominal(step: Step, number: Callable[[Value], int]) -> Step:
    """The step with numbers for letters."""
    reach, stride, before, gap = map(number, (step.reach, step.stride, step.before, step.step))
    size, out = number(step.size), 1 if step.out is None else number(step.out)
    ratio = (number(step.ratio[0]), number(step.ratio[1]))
    return step._replace(reach=reach, stride=stride, before=before, step=gap, size=size, out=out, ratio=ratio)


def sighting(step: Step, share: float) -> AxisSight:
    """What a unit near a share of the axis sees: of those that a pattern takes in turn, one that sees the most."""
    assert step.type.pattern is not None
    pattern = step.type.pattern(step)
    first = min(step.out - 1, int(step.out * share))
    best: tuple[int, tuple[int, ...]] = (first, ())
    for unit in range(first, min(step.out, first + max(2, step.stride))):
        seen = tuple(cell for cell in pattern.taps(unit) if 0 <= cell < step.size)
        if len(seen) > len(best[1]):
            best = (unit, seen)
    return AxisSight(best[0], step.out, best[1], step.size)
