"""How the field grows from layer to layer, per axis where they differ, beside the side of the input."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from convcalc.render.pictures.field.plane import TICK
from convcalc.render.pictures.lettering import text_width
from convcalc.render.pictures.shapes import FAINT, INK, SOFT, Label, Path, Shape, circle, line, polyline
from convcalc.render.pictures.ticks import round_step
from convcalc.tuples import NamedTuple

LEFT, TOP, BOTTOM = 44, 34, 34
NARROWEST = 0.5  # of a step


class FieldGrowth(NamedTuple):
    """The sizes along one axis after each layer of the way; None where one cannot be told."""

    name: str  # of the axis, or of several that are alike
    sizes: tuple[int | None, ...]
    sides: tuple[int, ...]  # of the input along these axes


def growths(names: Sequence[str], sizes: Sequence[Sequence[int | None]], sides: Sequence[int]) -> list[FieldGrowth]:
    """A line for each axis; those that are alike share one."""
    alike: dict[tuple[int | None, ...], list[int]] = {}
    for axis, along in enumerate(sizes):
        alike.setdefault(tuple(along), []).append(axis)
    return [
        FieldGrowth(" and ".join(names[axis] for axis in axes), along, tuple(sides[axis] for axis in axes))
        for along, axes in alike.items()
    ]


def growth_chart(
    lines: Sequence[FieldGrowth], marks: Mapping[int, str], width: float, height: float, unit: str
) -> Iterator[Shape]:
    """Step lines in a box of this size; `marks` has the colours of the layers whose fields are drawn."""
    count = max(len(each.sizes) for each in lines)
    most = max([max([size for size in each.sizes if size is not None], default=1) for each in lines])
    sides = sorted({side for each in lines for side in each.sides})
    most = max([most, *(side for side in sides if side <= 4 * most)])
    room = 6.0 + max(text_width(text, 10) for text in (*(each.name for each in lines), f"input {sides[-1]:,}"))
    right, bottom = width - room, height - BOTTOM
    across, up = (right - LEFT) / count, (bottom - TOP) / (most * 1.04)
    yield Label(LEFT, TOP - 14, f"size of the field in {unit}", 11, "start", SOFT)
    step = round_step(most, max(2, int((bottom - TOP) / 40)))
    for value in range(0, int(most * 1.04) + 1, step):
        y = bottom - value * up
        yield line(LEFT, y, right, y, FAINT, 0.5 if value else 1)
        yield Label(LEFT - 5, y + 3.5, f"{value:,}", TICK, "end", SOFT)
    tags: list[tuple[float, str, str]] = []
    for each in lines:
        yield from steps(each, across, up, bottom)
        last = next((size for size in reversed(each.sizes) if size is not None), 0)
        tags.append((bottom - last * up, each.name if len(lines) > 1 else f"{last:,}", INK))
    for side in sides:
        if side <= most:
            y = bottom - side * up
            yield polyline([(LEFT, y), (right, y)], SOFT, dashed=True)
            tags.append((y, f"input {side:,}", SOFT))
    tags.sort()
    places = spread([tag[0] - 6 for tag in tags], [12.0] * len(tags), TOP - 8, bottom + 6)
    for (_, text, colour), y in zip(tags, places, strict=True):
        yield Label(right + 5, y + 9.5, text, 10, "start", colour)
    for index, colour in marks.items():
        for each in lines:
            size = each.sizes[index] if index < len(each.sizes) else None
            if size is not None:
                yield circle(LEFT + (index + 0.5) * across, bottom - size * up, 3.6, colour, "paper", 1)
    apart = round_step(count, max(2, int((right - LEFT) / 40)))
    for number in range(apart, count + 1, apart):
        yield Label(LEFT + (number - 0.5) * across, bottom + 13, f"{number:,}", TICK, colour=SOFT)
    yield Label((LEFT + right) / 2, height - 6, "layers on the way, counted from the input", 10, colour=SOFT)


def steps(growth: FieldGrowth, across: float, up: float, bottom: float) -> Iterator[Shape]:
    """One line, broken where a size cannot be told; what is narrower than a line is left out."""
    segments: list[tuple[Any, ...]] = []
    before: int | None = None
    drawn = -1.0
    for index, size in enumerate(growth.sizes):
        if size is not None and size != before:
            if before is not None and (index - drawn) * across < NARROWEST:
                continue
            drawn = index
            x, y = LEFT + index * across, bottom - size * up
            segments += [("L", x, bottom - before * up), ("L", x, y)] if before is not None else [("M", x, y)]
        elif size is None and before is not None:
            segments.append(("L", LEFT + index * across, bottom - before * up))
        before = size
    if before is not None:
        segments.append(("L", LEFT + len(growth.sizes) * across, bottom - before * up))
    if segments:
        yield Path(tuple(segments), "", INK, 1.6)


def spread(wanted: Sequence[float], heights: Sequence[float], top: float, bottom: float) -> list[float]:
    """Places from the top to the bottom that do not overlap, each as near to the wanted one as its neighbours allow."""
    places: list[float] = []
    least = top
    for place, height in zip(wanted, heights, strict=True):
        places.append(max(least, place))
        least = places[-1] + height
    limit = max(bottom, top + sum(heights))
    for index in range(len(places) - 1, -1, -1):
        limit -= heights[index]
        places[index] = min(places[index], limit)
        limit = places[index]
    return places
