"""Tensors stacked in the order of their birth, step after step; long networks have a column for several steps."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Any

from convcalc.network.liveness import inference, training
from convcalc.network.quantity import bytes_of
from convcalc.problem import problem
from convcalc.render.pictures.nominal import letters_in, nominal_numbers
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.network.liveness import Lives, LiveTensor
    from convcalc.network.walk import NetworkReport
    from convcalc.render.pictures import PicturedNetwork, PictureOptions

MAX_COLUMNS = 480
LEAST = 400  # a tensor of less than the peak divided by it is not drawn by itself


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


def timeline(lives: Lives, most: int = MAX_COLUMNS) -> Timeline:
    """The columns of a network, at most so many, and what is in them."""
    live = lives.numbers()
    span = -(-len(live) // most)
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
