"""What is in memory at each step of inference, or is kept in training: tensors as a stack, whose peak has a name."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Any

from convcalc.kinds.categories import category
from convcalc.network.liveness import Lives, LiveTensor, inference, training
from convcalc.network.quantity import bytes_of
from convcalc.problem import problem
from convcalc.render.pictures import PicturedNetwork, PictureOptions
from convcalc.render.pictures.charts.placing import Bounds
from convcalc.render.pictures.charts.stack import Plot, stack_shapes
from convcalc.render.pictures.heading import (
    MARGIN,
    chart_heading,
    inputs_in_words,
    legend,
    name_in_words,
    storage_in_words,
)
from convcalc.render.pictures.lettering import shorten, text_width
from convcalc.render.pictures.nominal import letters_in, nominal_numbers
from convcalc.render.pictures.shapes import FAINT, INK, SOFT, Label, Picture, Rectangle, Shape, line, polyline
from convcalc.render.pictures.ticks import linear_ticks, tick_text
from convcalc.render.report.sums import bytes_in_words
from convcalc.render.script import DECIMAL, UNICODE
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.network.walk import NetworkReport

AXIS = 62  # for the marks of the vertical axis
LEAST_WIDE, MOST_WIDE, TALL = 520, 960, 320  # of the plot
MAX_STEP, NAME = 46, 130  # the widest that a step is drawn, and the longest that its name is
SIZE, SMALL = 11, 10  # of letters
BAND = 20  # the height of the parameters
VISIBLE = 200  # the part of the peak that is seen
REACH = 3  # a budget of more than so many times the peak is not drawn
MAX_COLUMNS = 480
LEAST = 400  # a tensor of less than the peak divided by it is not drawn by itself


def memory(network: PicturedNetwork, options: PictureOptions) -> Picture:
    """The bytes in memory over the steps of a network, their peak, and its parameters apart."""
    history = history_of(network, options)
    columns = len(history.drawn.steps)
    name = name_in_words(network.report)
    what = "kept for the backward pass in training" if options.training else "in memory at inference"
    title = f"{name}: what is {what}"
    shapes, right, below = chart_heading(title, explanations(history))
    wide = max(min(MOST_WIDE, MAX_STEP * columns), LEAST_WIDE)
    made = {layer.name: category(layer.applied.setting.kind) for layer in network.report.layers if layer.applied}
    shown = (made[each.tensor.name] for each in history.drawn.tensors if each.tensor.name in made)
    signs, tall = legend(shown, MARGIN, below + 6, wide + AXIS)
    is_near = options.budget <= REACH * history.most
    most = max(history.most, options.budget if is_near else 0, 1)
    has_line = bool(options.budget) and is_near
    plot = Plot(MARGIN + AXIS, below + tall + 54, wide, TALL, most * (1.08 if has_line else 1.02), columns)
    budget, taken = budget_shapes(history, plot) if has_line else ([], [])
    names, deep = step_names(history, plot)
    if options.training:
        pair, halves = passes(history, plot)
        names, taken = names + pair, taken + halves
    band, bottom = parameter_band(history, plot, plot.bottom + deep + 14)
    shapes += [*signs, *vertical_axis(plot), *stack_shapes(history, plot, taken), *names]
    shapes += [*peak_shapes(history, plot), *budget, *band]
    return Picture(
        title, max(plot.right, right) + MARGIN, bottom + MARGIN, tuple(shapes),
        f"Bytes {what} of {name}, layer after layer; the peak is {history.most:,}, at {history.peak}.", notes(history),
    )  # fmt: skip


def explanations(history: History) -> list[str]:
    """What a reader has to know of the picture."""
    budget = history.options.budget
    given = f"Input {inputs_in_words(history.report)}, {storage_in_words(history.options.bits, history.batch)}."
    lines = [f"{given} Layer after layer from left to right, heights to scale."]
    if history.options.training:
        lines.append("What derivatives need, from the layer that makes it until the backward pass is done with it.")
        lines.append("Without gradients, masks and indices.")
    else:
        lines.append("Each tensor from the layer that makes it to the last that uses it; activations work in place.")
        lines.append("Without the workspace of algorithms.")
    if budget > REACH * history.most:
        spare = f"{budget - history.most:,} bytes to spare"
        lines.append(f"The budget of {bytes_in_words(budget, UNICODE)} lies far above the picture: {spare}.")
    if max(history.drawn.rest) * VISIBLE > max(history.drawn.numbers):
        lines.append("Grey, on top: tensors too small to be drawn one by one.")
    if not history.lives.is_whole:
        failed = UNICODE.text(history.report.layers[len(history.layers)].name)
        lines.append(f"{failed} could not be computed: what follows is not shown, and the peak is that of what is.")
    return lines


def notes(history: History) -> tuple[str, ...]:
    steps, columns = history.lives.steps, len(history.drawn.steps)
    said = f"{steps:,} steps are drawn in {columns:,} columns, each with the most of its steps"
    return (said,) if steps != columns else ()


def vertical_axis(plot: Plot) -> list[Shape]:
    shapes: list[Shape] = []
    for tick in linear_ticks(int(plot.most)):
        y = plot.y(tick)
        shapes.append(line(plot.left, y, plot.right, y, FAINT, 0.5))
        shapes.append(Label(plot.left - 8, y + 4, tick_text(tick, DECIMAL), SIZE, "end", SOFT))
    return shapes


def step_names(history: History, plot: Plot) -> tuple[list[Shape], float]:
    """Layers below the axis, as many as there is room for, that of the peak among them; and how far they reach."""
    every = next(count for count in range(1, plot.columns + 2) if count * plot.step >= SIZE + 1)
    peak = history.drawn.peak
    shapes: list[Shape] = []
    longest = 0.0
    for place in range(peak % every, plot.columns, every):
        is_peak = place == peak
        text = shorten(UNICODE.text(history.name(history.drawn.steps[place])), NAME, SMALL, is_peak)
        longest = max(longest, text_width(text, SMALL, is_peak))
        colour = INK if is_peak else SOFT
        shapes.append(Label(plot.x(place + 0.5) + 3.5, plot.bottom + 6, text, SMALL, "end", colour, is_peak, -90))
    return shapes, longest + 6


def passes(history: History, plot: Plot) -> tuple[list[Shape], list[Bounds]]:
    """Which steps are the forward and which the backward pass, and what of the plot that takes."""
    half = (len(history.layers) + 1) / history.lives.steps * plot.columns
    x = plot.x(half)
    return [
        line(x, plot.top - 4, x, plot.bottom, SOFT, 0.8),
        Label(plot.left, plot.top - 8, "forward pass", SIZE, "start", SOFT),
        Label(plot.right, plot.top - 8, "backward pass", SIZE, "end", SOFT),
    ], [Bounds(x - 1, plot.top, x + 1, plot.bottom)]


def peak_shapes(history: History, plot: Plot) -> list[Shape]:
    """A cap on the column with the most, with its exact bytes and its layer above it."""
    most = history.most
    x, y = plot.x(history.drawn.peak), plot.y(most)
    in_words = f", {bytes_in_words(most, UNICODE)}" if most >= 1000 else ""
    text = f"peak: {most:,} bytes{in_words}, at {shorten(UNICODE.text(history.peak), 220, SIZE, True)}"
    half = text_width(text, SIZE, True) / 2
    middle = x + plot.step / 2
    centre = max(min(middle, plot.right - half), plot.left + half)
    return [
        line(x, y, x + plot.step, y, "alarm", 3),
        line(middle, plot.top - 20, middle, y, "alarm", 1),
        Label(centre, plot.top - 24, text, SIZE, "middle", "alarm", True),
    ]


def budget_shapes(history: History, plot: Plot) -> tuple[list[Shape], list[Bounds]]:
    """A line at the budget, how far the peak is over or under it, and what of the plot that takes."""
    budget, most = history.options.budget, history.most
    words = f"budget of {bytes_in_words(budget, UNICODE)}: "
    words += f"{most - budget:,} bytes over" if most > budget else f"{budget - most:,} bytes to spare"
    colour = "alarm" if most > budget else "good"
    y = plot.y(budget)
    wide = text_width(words, SIZE) + 8
    is_left = history.drawn.peak > plot.columns / 2  # so that the peak stays clear
    left = plot.left + 4 if is_left else plot.right - wide - 4
    box = Bounds(left, y - 18, left + wide, y - 3)
    return [
        polyline([(plot.left, y), (plot.right, y)], colour, 1.4, dashed=True),
        Rectangle(box.left, box.top, wide, 15, "paper", ""),
        Label(box.left + 4, y - 7, words, SIZE, "start", colour),
    ], [box, Bounds(plot.left, y - 1, plot.right, y + 1)]


def parameter_band(history: History, plot: Plot, top: float) -> tuple[list[Shape], float]:
    """The parameters and buffers, which are there all the time, not to scale."""
    totals = history.report.totals
    held = int(bytes_of(totals.parameters + totals.buffers, history.options.bits))
    what = "parameters and buffers" if totals.buffers != 0 else "parameters"
    exact = f", {bytes_in_words(held, UNICODE)}" if held >= 1000 else ""
    text = f"besides, all the time: {what}, {held:,} bytes{exact}; not to scale"
    return [
        Rectangle(plot.left, top, max(plot.width, text_width(text, SIZE) + 16), BAND, "wash", FAINT, 0.6),
        Label(plot.left + 8, top + 14, text, SIZE, "start", INK),
    ], top + BAND


class StackedTensor(NamedTuple):
    """A tensor in the columns that it lives in: what lies below it in each."""

    tensor: LiveTensor
    first: int  # column
    bases: tuple[int, ...]  # numbers, column after column


class Timeline(NamedTuple):
    steps: tuple[int, ...]  # of each column the one that it shows: of several the first of those with the most
    numbers: tuple[int, ...]  # that exist then
    tensors: tuple[StackedTensor, ...]
    rest: tuple[int, ...]  # numbers in each column of tensors too small to be drawn: they lie above the others

    @property
    def peak(self) -> int:
        """The first column with the most."""
        return self.numbers.index(max(self.numbers))


def timeline(lives: Lives) -> Timeline:
    """The columns of a network, at most so many, and what is in them."""
    live = lives.numbers()
    span = -(-len(live) // MAX_COLUMNS)
    steps = [
        max(range(start, min(start + span, len(live))), key=live.__getitem__) for start in range(0, len(live), span)
    ]
    least = max(max(live) // LEAST, 1)
    heights = [0] * len(steps)
    stacked = []
    for tensor in lives.tensors:
        number = tensor.numbers
        assert isinstance(number, int)
        if number < least:
            continue
        columns = range(bisect_left(steps, tensor.birth), bisect_left(steps, tensor.death + 1))
        if columns:
            stacked.append(StackedTensor(tensor, columns.start, tuple(heights[column] for column in columns)))
        for column in columns:
            heights[column] += number
    numbers = tuple(live[step] for step in steps)
    rest = tuple(number - height for number, height in zip(numbers, heights, strict=True))
    return Timeline(tuple(steps), numbers, tuple(stacked), rest)


class History(NamedTuple):
    """A network's memory over time, with the sizes of its numbers."""

    report: NetworkReport
    lives: Lives
    drawn: Timeline
    options: PictureOptions
    batch: int

    layers: tuple[str, ...]  # that could be computed

    @property
    def most(self) -> int:
        """Bytes at the peak."""
        return self.size(max(self.drawn.numbers))

    @property
    def peak(self) -> str:
        """What happens when that is reached."""
        return self.name(self.drawn.steps[self.drawn.peak])

    def size(self, numbers: Any) -> int:
        """Whole bytes of so many numbers for each example."""
        return int(bytes_of(numbers * self.batch, self.options.bits))

    def name(self, step: int) -> str:
        """The layer that is computed in a step, forwards or backwards."""
        count = len(self.layers)
        return "input" if step == 0 else self.layers[step - 1 if step <= count else 2 * count - step]


def history_of(network: PicturedNetwork, options: PictureOptions) -> History:
    """The memory of a network; a Problem where sizes are letters, or a layer stands for several."""
    report = network.report
    report.demand_shapes()
    report.demand_single_layers()
    lives = (training if options.training else inference)(report)
    if letters := letters_in(tensor.numbers for tensor in lives.tensors):
        cure = nominal_numbers(network).cure(letters)
        raise problem("U009", f"what is in memory, and when it is most, depends on {', '.join(letters)}", cure)
    count = (lives.steps - 1) // (2 if options.training else 1)
    layers = tuple(layer.name for layer in report.layers[:count])
    return History(report, lives, timeline(lives), options, options.batch or report.batch or 1, layers)
