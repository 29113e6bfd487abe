"""Normalisations that undo what is before them, or that have nothing to take a mean of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from convcalc.layers.case import product
from convcalc.linting.record import WARNING, LintRule, Remedy, Trait
from convcalc.linting.words import count

if TYPE_CHECKING:
    from convcalc.layers.applied import Applied
    from convcalc.linting.network import LintedNetwork


def normalised_axis(applied: Applied, channels_last: bool) -> int:
    """The axis, channels first, each of whose numbers has a mean of its own."""
    axis, rank = applied.values.get("axis"), len(applied.output)
    if axis is None:
        return 0
    place = axis - 1 if axis > 0 else axis + rank
    return (place + 1) % rank if channels_last else place  # type: ignore[no-any-return]


def biased_axis(applied: Applied) -> int:
    """The axis, channels first, each of whose numbers has a bias of its own."""
    if applied.setting.kind.takes != "features" or applied.features_first:
        return 0
    return len(applied.output) - 1


def normalises(applied: Applied | None) -> str:
    """Over what a layer takes the mean of each channel away, see `Kind.normalises`; "" if it does not, or is fixed."""
    if applied is None or applied.values.get("trainable") is False:
        return ""
    letters = applied.letters
    if "g" in letters and letters["g"] == letters.get("e"):  # groups of one channel
        return "map"
    return applied.setting.kind.normalises


def bias_before_norm(network: LintedNetwork) -> Iterator[Trait]:
    last = network.graph.spec.channels_last
    for index, applied in network.layers():
        if not normalises(applied):
            continue
        before = network.before(index)
        while before >= 0 and keeps_constants(network, before):
            before = network.before(before) if network.only_reader(before) >= 0 else -1
        if before < 0 or network.only_reader(before) < 0:
            continue
        biased = network.applied(before)
        if biased is None or not biased.values.get("bias") or not isinstance(biased.biases, int) or not biased.biases:
            continue
        if biased.setting.kind.linear != "mixes" and not biased.setting.kind.tensor:
            continue
        if len(biased.output) != len(applied.output) or biased_axis(biased) != normalised_axis(applied, last):
            continue
        if normalises(applied) == "map" and len(applied.output) < 2:
            continue
        name = network.nodes[index].name
        message = f"{name} takes the mean of each channel away, and with it {count(biased.biases, 'bias')}"
        yield Trait(before, message, without_bias, waste=(biased.biases, "bias"))


def keeps_constants(network: LintedNetwork, index: int) -> bool:
    """Whether a layer adds to its output what is added to all of its input: a pooling without padding."""
    applied = network.applied(index)
    if applied is None or not applied.setting.kind.pools or applied.parameters != 0:
        return False
    return all(step.before == 0 for step in network.windows(index)) and not applied.values.get("ceil")


def without_bias(network: LintedNetwork, index: int) -> Remedy:
    applied = network.layer(index)
    change = {"bias": False}
    found = network.with_values(index, change)
    if found is None or found.output != applied.output:
        return Remedy("leave the bias out")
    numbers = f"{count(found.parameters)} parameters instead of {count(applied.parameters)}"
    return Remedy(f"{network.settings(index, change)}: {numbers}", change)


def norm_on_one(network: LintedNetwork) -> Iterator[Trait]:
    for index, applied in network.layers():
        if normalises(applied) != "batch" or len(applied.output) < 2:
            continue
        axis = normalised_axis(applied, network.graph.spec.channels_last)
        if product(size for place, size in enumerate(applied.output) if place != axis) == 1:
            message = "one value of each channel and example is normalised: training with one example in a batch fails"
            name = network.nodes[index].name
            yield Trait(index, message, f"leave {name} out, or normalise before the map becomes 1×1")


RULES = (
    LintRule(
        "bias-before-norm",
        WARNING,
        "a bias that the normalisation after it takes away",
        "Normalisation subtracts the mean of each channel: x + b − mean(x + b) = x − mean(x), whatever the bias b "
        "is. Its own shift does what the bias would.",
        "bias=no.",
        "Ioffe & Szegedy 2015, Batch normalization, section 3.2",
        "3x32x32 -> conv 64 k3 p1 -> batchnorm -> relu",
        bias_before_norm,
    ),
    LintRule(
        "norm-on-one",
        WARNING,
        "a normalisation of a 1×1 map: one value of each channel and example",
        "The mean and the variance are those of the batch alone; those of a single example are the value itself and 0, "
        "and frameworks refuse to train on it. A vector, as linear layers make them, is not reported.",
        "Leave it out, or normalise before the map is pooled.",
        "PyTorch: Expected more than 1 value per channel when training",
        "64x8x8 -> globalavgpool keep=yes -> conv 16 k1 bias=no -> batchnorm",
        norm_on_one,
    ),
)  # fmt: skip
