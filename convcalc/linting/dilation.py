"""Dilated convolutions behind each other, of whose field some cells are read by none of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeAlias

from convcalc.layers.window import APPENDING, POINTWISE, Step
from convcalc.linting.record import WARNING, LintRule, Remedy, Trait
from convcalc.linting.windows import taps, total
from convcalc.linting.words import count, one_of
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.linting.network import LintedNetwork

MAX_REACH = 1 << 14  # cells that a run may reach over
MAX_LONG = 64  # convolutions of a run for which others are sought
MAX_TRIED = 20_000  # dilations that are tried as a cure


class Comb(NamedTuple):
    """The cells that a unit sees along an axis, from the first on: bit i of `teeth` is cell `first` + i."""

    teeth: int
    first: int

    @property
    def reach(self) -> int:
        return self.teeth.bit_length()

    @property
    def has_holes(self) -> bool:
        return self.teeth & (self.teeth + 1) != 0

    def union(self, other: Comb) -> Comb:
        first = min(self.first, other.first)
        return Comb(self.teeth << self.first - first | other.teeth << other.first - first, first)

    def slid(self, step: Step) -> Comb:
        """What a unit sees through a window of stride 1."""
        return Comb(comb_through(self.teeth, taps(step), step.step), self.first - step.before)


def comb_through(teeth: int, kernel: int, dilation: int) -> int:
    """Every tap sees the comb moved by its own place."""
    found = 0
    for tap in range(kernel):
        found |= teeth << tap * dilation
    return found


class StrideOneRun(NamedTuple):
    """Windows of stride 1 behind each other: what a unit sees of their input, and those on the longest way."""

    combs: tuple[Comb, ...]
    convolutions: tuple[int, ...] = ()
    dilated: int = 0  # of these


StrideOneRuns: TypeAlias = "list[StrideOneRun | None]"


def gridding(network: LintedNetwork) -> Iterator[Trait]:
    if not any(is_dilated(step) for index, _ in network.layers() for step in network.windows(index)):
        return
    runs: StrideOneRuns = [None] * len(network.nodes)
    ends: dict[int, StrideOneRun] = {}
    for index, applied in network.layers():
        run = run_behind(network, index, runs)
        runs[index] = run
        if run is None:
            continue
        for source in network.nodes[index].inputs:
            ends.pop(source, None)
        if run.dilated > 1 and any(comb.has_holes for comb in run.combs) and applied.output:
            ends[index] = run
    for run in ends.values():
        read, reach = total(comb.teeth.bit_count() for comb in run.combs), total(comb.reach for comb in run.combs)
        names = [network.nodes[index].name for index in run.convolutions if dilations(network, index) != 1]
        message = (
            f"{count(read)} of {count(reach)} cells are read in the field of {run.combs[0].reach} that "
            f"{one_of(names, 'and')} have together: their dilations leave holes in it"
        )
        last = max(index for index in run.convolutions if dilations(network, index) != 1)
        yield Trait(last, message, lambda network, _, run=run: denser(network, run))  # type: ignore[misc]


def is_dilated(step: Step) -> bool:
    return bool(step.step != 1 and step.reach != 1)


def dilations(network: LintedNetwork, index: int) -> int:
    return max((step.step for step in network.windows(index) if step.reach != 1), default=1)


def run_behind(network: LintedNetwork, index: int, runs: StrideOneRuns) -> StrideOneRun | None:
    """The run that a layer continues or begins; None where what it sees is no such."""
    applied = network.layer(index)
    rank, kind = len(applied.output) - 1, applied.setting.kind
    before = [runs[source] or StrideOneRun((Comb(1, 0),) * rank) for source in network.nodes[index].inputs]
    windows = network.windows(index)
    if windows:
        return slid_run(before[0], windows, index) if len(before) == 1 else None
    if kind.window.type not in (POINTWISE, APPENDING) or kind.takes == "features" or not before or rank < 1:
        return None
    if any(len(run.combs) != rank for run in before):
        return None
    longest = max(before, key=lambda run: run.dilated)
    combs = longest.combs
    for run in before:
        combs = tuple(comb.union(other) for comb, other in zip(combs, run.combs, strict=True))
    return longest._replace(combs=combs)


def slid_run(run: StrideOneRun, windows: tuple[Step, ...], index: int) -> StrideOneRun | None:
    if len(run.combs) != len(windows) or any(not step.numbers or step.stride != 1 for step in windows):
        return None
    if any(comb.reach + step.reach > MAX_REACH for comb, step in zip(run.combs, windows, strict=True)):
        return None
    combs = tuple(comb.slid(step) for comb, step in zip(run.combs, windows, strict=True))
    is_wide = any(step.reach != 1 for step in windows)
    return StrideOneRun(
        combs, (*run.convolutions, index) if is_wide else run.convolutions, run.dilated + any(map(is_dilated, windows))
    )


def denser(network: LintedNetwork, run: StrideOneRun) -> Remedy:
    """Dilations with the same field that read all of it."""
    path = [network.windows(index) for index in run.convolutions]
    if any(steps.count(steps[0]) != len(steps) for steps in path):
        return Remedy("dilations without a common factor")
    kernels, given = [taps(steps[0]) for steps in path], [steps[0].step for steps in path]
    found = dense_dilations(kernels, given) if len(kernels) <= MAX_LONG else None
    if found is None:
        return Remedy("a dilation of 1 for the first of them")
    changed = [(index, d) for index, d, k in zip(run.convolutions, found, kernels, strict=True) if k > 1]
    for index, d in changed:
        applied = network.layer(index)
        step = network.windows(index)[0]
        padding = step.before - (taps(step) - 1) * (step.step - d) // 2
        again = network.with_values(index, {"dilation": d, "padding": padding})
        if padding < 0 or again is None or again.output != applied.output:
            return Remedy("dilations without a common factor")
    shown = one_of([f"d{d}" for _, d in changed], "and")
    return Remedy(f"{shown}, with paddings to match: the same field, and all of it is read")


def dense_dilations(kernels: list[int], given: list[int]) -> list[int] | None:
    """Dilations, none smaller than the one before, with the same reach as those given, that leave no holes."""
    wanted = sum((k - 1) * d for k, d in zip(kernels, given, strict=True))
    tried = 0

    def search(place: int, teeth: int, left: int, least: int) -> list[int] | None:
        nonlocal tried
        tried += 1
        if place == len(kernels):
            return [] if left == 0 and teeth & (teeth + 1) == 0 else None
        k = kernels[place]
        if k == 1:
            rest = search(place + 1, teeth, left, least)
            return rest if rest is None else [1, *rest]
        # A comb without holes stays so with a dilation up to its own length.
        for d in range(min(teeth.bit_length(), left // (k - 1)), least - 1, -1):
            if tried > MAX_TRIED:
                return None
            rest = search(place + 1, comb_through(teeth, k, d), left - (k - 1) * d, d)
            if rest is not None:
                return [d, *rest]
        return None

    return search(0, 1, wanted, 1)


RULES = (
    LintRule(
        "gridding",
        WARNING,
        "dilated convolutions of stride 1 whose taps together leave holes in the field",
        "A unit sees the sums of the places of all taps. With dilations that have a common factor these are multiples "
        "of it, and neighbouring units see different cells. Convolutions without dilation in the same run fill the "
        "holes, and a single dilated convolution is meant so.",
        "Dilations without a common factor, such as 1, 2, 5.",
        "Wang et al. 2018, Understanding convolution for semantic segmentation (arXiv 1702.08502), section 3.2",
        "8x32x32 -> [conv 8 k3 p2 d2 -> relu]*3",
        gridding,
    ),
)  # fmt: skip
