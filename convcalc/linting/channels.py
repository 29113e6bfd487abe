"""Channels: groups that never mix, and numbers of filters that hardware does not like."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from convcalc.kinds import SHUFFLE
from convcalc.linting.record import NOTE, WARNING, LintRule, Remedy, Trait
from convcalc.linting.words import count, one_of

if TYPE_CHECKING:
    from convcalc.layers.applied import Applied
    from convcalc.linting.network import LintedNetwork

HALVES = 2  # groups that networks were divided into for two processors
MULTIPLE = 8  # channels that a tensor core takes at a time


def groups_of(applied: Applied | None) -> int:
    """The groups of a layer, of more than one channel each; 0 where it has none or they are letters."""
    groups = applied.values.get("groups") if applied and applied.setting.kind.linear == "mixes" else None
    channels = applied.input[0][0] if applied and applied.input else 0
    if not isinstance(groups, int) or not isinstance(channels, int):
        return 0
    return groups if 1 < groups < channels else 0


def groups_never_mix(network: LintedNetwork) -> Iterator[Trait]:
    for index, applied in network.layers():
        groups = groups_of(applied)
        before = network.before(index) if groups else -1
        while before >= 0 and keeps_channels_apart(network, before):
            before = network.before(before)
        if before < 0 or groups_of(network.applied(before)) != groups or network.only_reader(before) < 0:
            continue
        message = (
            f"{network.nodes[before].name} and {network.nodes[index].name} have {groups} groups each, and nothing "
            f"between them mixes these: they are {groups} separate networks"
        )
        level = NOTE if groups == HALVES and is_mixed_behind(network, index) else WARNING
        yield Trait(index, message, shuffle_remedy, level)


def is_mixed_behind(network: LintedNetwork, index: int) -> bool:
    """Whether the next layer with weights takes numbers of every channel."""
    index = network.only_reader(index)
    while index >= 0 and (kind := network.kind(index)) and (kind.flattens or keeps_channels_apart(network, index)):
        index = network.only_reader(index)
    applied = network.applied(index) if index >= 0 else None
    return applied is not None and applied.setting.kind.linear == "mixes" and applied.values.get("groups", 1) == 1


def keeps_channels_apart(network: LintedNetwork, index: int) -> bool:
    """Whether a layer, which one other reads, makes each channel of that channel alone."""
    kind = network.kind(index)
    if kind is None or network.only_reader(index) < 0:
        return False
    return kind.activates or kind.pools or (kind.linear == "keeps" and not kind.flattens)


def shuffle_remedy(network: LintedNetwork, index: int) -> Remedy:
    """A shuffle in front of a layer, where it brings channels of every group into each."""
    applied = network.layer(index)
    groups, channels = groups_of(applied), applied.input[0][0]
    assert isinstance(channels, int)
    setting = applied.setting._replace(kind=SHUFFLE, values=(("groups", groups),), dims=0)
    if network.with_setting(setting, network.nodes[index].inputs[0], applied.input) is None:
        return Remedy("a convolution without groups between them")
    mixed = min(groups, channels // groups)
    return Remedy(f"shuffle {groups} before {network.nodes[index].name}: each group then sees {mixed} of {groups}")


def not_powers(network: LintedNetwork) -> Iterator[Trait]:
    weighted = has_weights_behind(network)
    for index, applied in network.layers():
        filters = applied.letters.get("f")
        kind = applied.setting.kind
        if kind.linear != "mixes" or not isinstance(filters, int) or not weighted[index]:
            continue
        if filters & (filters - 1) == 0:
            continue
        of_eight = f", nor a multiple of {MULTIPLE}" if filters % MULTIPLE else ""
        yield Trait(index, f"{count(filters)} {kind.keys[0].name} are no power of two{of_eight}", power_remedy)


def has_weights_behind(network: LintedNetwork) -> list[bool]:
    """For each layer, whether one with weights follows: the last has as many outputs as there are classes."""
    found = [False] * len(network.nodes)
    for index in range(len(network.nodes) - 1, -1, -1):
        applied = network.applied(index)
        own = applied is not None and applied.parameters != 0 and applied.setting.kind.linear == "mixes"
        if found[index] or own:
            for source in network.nodes[index].inputs:
                found[source] = True
    return found


def power_remedy(network: LintedNetwork, index: int) -> Remedy:
    """The nearest powers of two, and multiples of eight, with which the network fits."""
    applied = network.layer(index)
    filters, key = applied.letters["f"], applied.setting.kind.keys[0].name
    assert isinstance(filters, int)
    below = 1 << (filters.bit_length() - 1)
    candidates = {below, 2 * below}
    if filters % MULTIPLE:
        candidates |= {filters - filters % MULTIPLE or below, filters + -filters % MULTIPLE}
    fitting = [each for each in sorted(candidates) if network.fits_with(index, {key: each})]
    if not fitting:
        return Remedy(f"{one_of(list(map(count, sorted(candidates))))}, in all layers that have to agree with it")
    return Remedy(one_of(list(map(count, fitting))))


RULES = (
    LintRule(
        "groups-never-mix",
        WARNING,
        "grouped convolutions one after another, with nothing between them that mixes the groups",
        "With the same groups in both, a group of the second sees only what the same group of the first gives: they "
        "are networks side by side. Groups of one channel, depthwise convolutions, are not reported; two halves that a "
        "layer joins behind them, as AlexNet's on two GPUs, are a note.",
        "A shuffle or a convolution without groups between them.",
        "Zhang et al. 2018, ShuffleNet",
        "16x8x8 -> conv 16 k3 p1 g4 -> relu -> conv 16 k3 p1 g4",
        groups_never_mix,
    ),
    LintRule(
        "not-powers",
        NOTE,
        "filters that are no power of two, or no multiple of 8",
        "Matrix products are computed in tiles: tensor cores take 8 channels at a time, and what is left over costs "
        "as much as a whole tile. The last layer, which has as many outputs as there are classes, is not reported.",
        "The nearest power of two, or multiple of 8.",
        "lecture intro-lenet; NVIDIA, Matrix multiplication background user's guide",
        "3x32x32 -> conv 20 k5 -> relu -> conv 64 k5",
        not_powers,
    ),
)  # fmt: skip
