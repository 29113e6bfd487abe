"""Networks as circles: one total against another on logarithmic axes, the area of each circle its peak memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import sqrt
from os.path import basename
from typing import Any

from convcalc.algebra.expr import is_symbolic
from convcalc.algebra.substitution import symbols
from convcalc.network.liveness import peak_numbers
from convcalc.network.quantity import Quantity, bytes_of
from convcalc.problem import LINE, problem
from convcalc.render.pictures import PicturedNetwork, PictureOptions
from convcalc.render.pictures.charts.breakdown import quantities_of
from convcalc.render.pictures.charts.placing import Bounds, LabelPlace, Spot, line_to, place_labels
from convcalc.render.pictures.heading import MARGIN, chart_heading, inputs_in_words, storage_in_words
from convcalc.render.pictures.lettering import shorten, text_width
from convcalc.render.pictures.shapes import (
    FAINT,
    INK,
    SOFT,
    Collection,
    Label,
    Picture,
    Point,
    Shape,
    circle,
    line,
    polyline,
)
from convcalc.render.pictures.ticks import LogScale, NamedAxis, log_scale, log_ticks, tick_text
from convcalc.render.report.sums import bytes_in_words
from convcalc.render.script import COUNTS, DECIMAL, UNICODE
from convcalc.tuples import NamedTuple

USUAL = ("macs", "parameters")
AXIS, SIZE, HEAD, NAME = 62, 11, 12, 190  # the marks of the vertical axis, letters, and the longest name
ROOM_ACROSS, ROOM_UP = 46, 18  # between two marks
MANY = 50  # of more networks not all have a label
FEW_SIZES, MANY_SIZES = (760, 520, 22), (1080, 760, 14)  # of the plot, and the largest radius
LEAST = 2.5  # of a radius


class RatedNetwork(NamedTuple):
    """Networks of the same two totals and bytes at their peak, mostly one."""

    names: tuple[str, ...]
    x: int
    y: int
    peak: int
    inputs: str

    @property
    def name(self) -> str:
        return self.names[0]


def comparison(networks: tuple[PicturedNetwork, ...], options: PictureOptions) -> Picture:
    """The networks of which both totals are numbers above 0; what is left out, and why, is in the notes."""
    across, up = axes_of(options)
    rated, left_out = rate(networks, (across, up), options)
    if not rated:
        values = [each.amount(network.report.totals) for network in networks for each in (across, up)]
        letters = dict.fromkeys(name for value in values if is_symbolic(value) for name in symbols(value))
        cure = f"--set {next(iter(letters))}=… gives a letter its value" if letters else ""
        raise problem("U009", f"there is nothing to compare: {'; '.join(left_out)}", cure)
    wide, tall, largest = FEW_SIZES if len(rated) <= MANY else MANY_SIZES
    number = sum(len(each.names) for each in rated)
    count = f"{number:,} network{'s' * (number > 1)}"
    title = f"{count}: {up.word} against {across.word}"
    storage = storage_in_words(options.bits, options.batch or 1)
    drawn, right, top = chart_heading(title, explanations(storage, len(front(rated)) > 1))
    most = max(each.peak for each in rated)
    signs, deep = reference_circles(most, largest, top + 8)
    top += deep + 16
    plot = Bounds(MARGIN + AXIS, top, MARGIN + AXIS + wide, top + tall)
    scale_x = log_scale([each.x for each in rated], plot.left, plot.right)
    scale_y = log_scale([each.y for each in rated], plot.bottom, plot.top)
    spots = [
        Spot(
            scale_x.place(each.x), scale_y.place(each.y), max(LEAST, largest * sqrt(each.peak / most)),
            text_width(each.name, SIZE) + 2, SIZE + 2,
        )
        for each in rated
    ]  # fmt: skip
    drawn += [*signs, *grid(scale_x, scale_y, plot, across, up), *front_line(front_steps(rated, spots))]
    drawn += circles(rated, spots, (across, up))
    labels, notes = label_shapes(rated, spots, plot)
    drawn += labels
    return Picture(
        title, max(plot.right, right) + MARGIN, plot.bottom + 52, tuple(drawn),
        f"{count} as circles: {across.word} from left to right, {up.word} upwards, peak memory as area.",
        (*(f"left out: {each}" for each in left_out), *notes),
    )  # fmt: skip


def axes_of(options: PictureOptions) -> tuple[Quantity, Quantity]:
    """What goes to the right, and what goes up."""
    found = quantities_of(options.quantities or USUAL)
    if len(found) != 2 or not all(each.value for each in found):
        raise problem("U010", "two totals are compared", f"--quantities {','.join(USUAL)}")
    return found[0], found[1]


def explanations(storage: str, has_front: bool) -> list[str]:
    lines = [
        "Both axes are logarithmic. The area of a circle is the peak memory at inference, "
        f"{storage}; the smallest are dots."
    ]
    if has_front:
        lines.append(
            "The dashed line joins the networks of which no other has less of both; of accuracy it says nothing."
        )
    return lines


def rate(
    networks: Sequence[PicturedNetwork], axes: tuple[Quantity, Quantity], options: PictureOptions
) -> tuple[list[RatedNetwork], list[str]]:
    """The networks that can be drawn, those with equal numbers together, and why the others cannot."""
    found: dict[tuple[int, int, int], RatedNetwork] = {}
    left_out = []
    for network in networks:
        report = network.report
        name = shorten(UNICODE.text(name_of(network)), NAME, SIZE)
        batch = options.batch or 1  # the same for all
        x, y = (each.amount(report.totals, options.bits, batch) for each in axes)
        peak = peak_numbers(report)
        reasons = [why for each, total in zip(axes, (x, y), strict=True) if (why := reason_against(each.word, total))]
        if report.errors:
            left_out.append(f"{name}, which has errors")
        elif reasons or peak is None:
            left_out.append(f"{name}, whose {next(iter(reasons), 'peak memory cannot be told')}")
        else:
            size = int(bytes_of(peak * batch, options.bits))
            same = found.get((x, y, size), RatedNetwork((), x, y, size, inputs_in_words(report)))
            if name not in same.names:
                found[x, y, size] = same._replace(names=(*same.names, name))
    return list(found.values()), left_out


def name_of(network: PicturedNetwork) -> str:
    """What a network is called, by itself, by its file, or by its line."""
    source = network.graph.spec.source
    return network.report.name or (source.text.strip() if source.name == LINE else basename(source.name)) or "network"


def reason_against(word: str, total: Any) -> str:
    """Why a total has no place on a logarithmic axis."""
    if total is None:
        return f"{word} cannot be told"
    if not isinstance(total, int):
        return f"{word} depend on {' and '.join(symbols(total))}"
    return "" if total > 0 else f"{word} are 0"


def reference_circles(most: int, largest: float, top: float) -> tuple[list[Shape], float]:
    """Circles of round sizes, side by side, as the legend of their areas; and how high they are."""
    ticks = log_ticks(max(most / 1000, 1), most) or [most]
    sizes = [max((tick for tick in ticks if tick * part <= ticks[-1]), default=0) for part in (20, 4, 1)]
    shapes: list[Shape] = []
    x = float(MARGIN)
    tall = 2 * largest
    for size in dict.fromkeys(size for size in sizes if size):
        radius = max(LEAST, largest * sqrt(size / most))
        text = tick_text(size, DECIMAL)
        shapes.append(circle(x + radius, top + tall / 2, radius, "result-fill", "result", 0.8))
        shapes.append(Label(x + 2 * radius + 5, top + tall / 2 + 4, text, SIZE, "start", SOFT))
        x += 2 * radius + 5 + text_width(text, SIZE) + 18
    return shapes, tall


def grid(
    scale_x: LogScale, scale_y: LogScale, plot: Bounds, across: Quantity | NamedAxis, up: Quantity | NamedAxis
) -> list[Shape]:
    """The marks of both axes, with lines through the plot."""
    shapes: list[Shape] = []
    for tick in scale_x.ticks(ROOM_ACROSS):
        x = scale_x.place(tick)
        shapes.append(line(x, plot.top, x, plot.bottom, FAINT, 0.4))
        text = tick_text(tick, DECIMAL if across.in_bytes else COUNTS)
        shapes.append(Label(x, plot.bottom + 16, text, SIZE, "middle", SOFT))
    for tick in scale_y.ticks(ROOM_UP):
        y = scale_y.place(tick)
        shapes.append(line(plot.left, y, plot.right, y, FAINT, 0.4))
        text = tick_text(tick, DECIMAL if up.in_bytes else COUNTS)
        shapes.append(Label(plot.left - 8, y + 4, text, SIZE, "end", SOFT))
    shapes.append(line(plot.left, plot.top, plot.left, plot.bottom, SOFT, 0.8))
    shapes.append(line(plot.left, plot.bottom, plot.right, plot.bottom, SOFT, 0.8))
    shapes.append(Label((plot.left + plot.right) / 2, plot.bottom + 36, across.title, HEAD, "middle", INK, True))
    middle = (plot.top + plot.bottom) / 2
    shapes.append(Label(MARGIN + 10, middle, up.title, HEAD, "middle", INK, True, -90))
    return shapes


def front(rated: Sequence[RatedNetwork]) -> list[int]:
    """The networks of which no other has less of both, by what goes to the right."""
    found: list[int] = []
    for place in sorted(range(len(rated)), key=lambda place: (rated[place].x, rated[place].y)):
        if not found or rated[place].y < rated[found[-1]].y:
            found.append(place)
    return found


def front_steps(rated: Sequence[RatedNetwork], spots: Sequence[Spot]) -> list[Point]:
    """From one to the next: what lies above and to the right of these steps has more of both."""
    return steps_between([(spots[place].x, spots[place].y) for place in front(rated)])


def steps_between(corners: Sequence[Point]) -> list[Point]:
    """Across to the next one, then up or down to it."""
    found: list[Point] = []
    for x, y in corners:
        if found:
            found.append((x, found[-1][1]))
        found.append((x, y))
    return found


def front_line(steps: Sequence[Point]) -> list[Shape]:
    return [polyline(steps, "good", 1.2, dashed=True)] if len(steps) > 1 else []


def outermost(spots: Sequence[Spot]) -> list[int]:
    """The corners of the convex hull."""
    order = sorted(range(len(spots)), key=lambda place: (spots[place].x, spots[place].y))

    def half(places: Sequence[int]) -> list[int]:
        kept: list[int] = []
        for place in places:
            while len(kept) > 1 and turn(spots[kept[-2]], spots[kept[-1]], spots[place]) <= 0:
                kept.pop()
            kept.append(place)
        return kept

    return list(dict.fromkeys([*half(order), *half(order[::-1])]))


def turn(first: Spot, second: Spot, third: Spot) -> float:
    return (second.x - first.x) * (third.y - first.y) - (second.y - first.y) * (third.x - first.x)


def circles(rated: Sequence[RatedNetwork], spots: Sequence[Spot], axes: tuple[Quantity, Quantity]) -> list[Shape]:
    """The networks, the large ones behind the small."""
    shapes: list[Shape] = []
    for place in sorted(range(len(spots)), key=lambda place: -spots[place].radius):
        each, spot = rated[place], spots[place]
        drawn = circle(spot.x, spot.y, spot.radius, "result-fill", "result", 0.8)._replace(opacity=0.6)
        words = (
            f"{', '.join(each.names)}: {each.y:,} {axes[1].word}, {each.x:,} {axes[0].word}, "
            f"peak {bytes_in_words(each.peak, UNICODE)}, input {each.inputs}"
        )
        shapes.append(Collection((drawn,), words, each.name))
    return shapes


def label_shapes(
    rated: Sequence[RatedNetwork], spots: Sequence[Spot], plot: Bounds
) -> tuple[list[Shape], tuple[str, ...]]:
    """Names where they have room: those on the front and the outermost first; and how many have none."""
    first = [*front(rated), *outermost(spots)]
    others = sorted(range(len(spots)), key=lambda place: (-rated[place].peak, rated[place].name))
    order = list(dict.fromkeys([*first, *others]))
    far = frozenset(order if len(rated) <= MANY else first)
    steps = front_steps(rated, spots)
    places = place_labels(spots, order, far, plot, list(pairwise(steps)))
    shapes: list[Shape] = []
    for number, place in sorted(places.items()):
        shapes += name_shapes(rated[number].name, spots[number], place)
    missing = len(spots) - len(places)
    shared = sum(len(each.names) - 1 for each in rated)
    said = []
    if shared:
        said.append(f"{shared:,} network{'s share' if shared > 1 else ' shares'} the circle of one with equal numbers")
    if missing:
        verb = "has" if missing == 1 else "have"
        said.append(f"{missing:,} of {len(spots):,} circles {verb} no label: there is no room")
    return shapes, tuple(said)


def name_shapes(name: str, spot: Spot, place: LabelPlace) -> Iterator[Shape]:
    """The name of a circle in its place, with a line to the circle where it lies further off."""
    if place.is_far:
        (x1, y1), (x2, y2) = line_to(spot, place)
        yield line(x1, y1, x2, y2, SOFT, 0.6)
    yield Label(place.bounds.left + 1, place.bounds.bottom - 3, name, SIZE, "start", INK)
