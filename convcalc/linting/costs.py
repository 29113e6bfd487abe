"""What layers cost: large kernels and windows, parameters in linear layers, memory in a single layer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from convcalc.linting.record import NOTE, LintRule, Remedy, Trait
from convcalc.linting.windows import taps
from convcalc.linting.words import count, one_of, plain, sides
from convcalc.network.quantity import bytes_of
from convcalc.network.walk import walk

if TYPE_CHECKING:
    from convcalc.linting.network import LintedNetwork

LARGE_KERNEL, SMALL_KERNEL, LARGE_POOLING = 5, 3, 3
SMALL = {"kernel": SMALL_KERNEL, "padding": (SMALL_KERNEL - 1) // 2}
HEAVY = 80  # per cent of the parameters


def large_kernel(network: LintedNetwork) -> Iterator[Trait]:
    seen = [False] * len(network.nodes)  # whether a convolution is on the way from the input
    for index, applied in network.layers():
        path = network.windows(index)
        is_convolution = bool(path) and bool(applied.setting.kind.tensor)
        before = any(seen[source] for source in network.nodes[index].inputs)
        seen[index] = before or is_convolution
        if not (before and is_convolution) or any(not step.numbers or step.step != 1 for step in path):
            continue
        kernels = list(map(taps, path))
        if max(kernels) <= LARGE_KERNEL or all(step.out == 1 for step in path):
            continue
        if stack := small_stack(network, index, kernels):
            layers, parameters = stack
            weights = applied.parameters - applied.biases
            message = (
                f"kernel {sides(kernels)} has {count(weights)} weights; {layers} of {SMALL_KERNEL}×{SMALL_KERNEL} see "
                f"as far with {count(parameters)}"
            )
            yield Trait(index, message, stack_of_small)


def small_stack(network: LintedNetwork, index: int, kernels: list[int]) -> tuple[int, Any] | None:
    """How many kernels of 3 see as far as one, and their weights; None where none do, or they have no fewer."""
    if len(set(kernels)) != 1 or kernels[0] % 2 == 0:
        return None
    applied = network.layer(index)
    layers = (kernels[0] - 1) // (SMALL_KERNEL - 1)
    first = network.with_values(index, {"kernel": SMALL_KERNEL, "padding": 1, "bias": False})
    if first is None:
        return None
    later = network.with_setting(first.setting, index, (applied.output,))
    if later is None:
        return None
    weights: Any = first.parameters + (layers - 1) * later.parameters
    own = applied.parameters - applied.biases
    return (layers, weights) if isinstance(own, int) and weights < own else None


def stack_of_small(network: LintedNetwork, index: int) -> Remedy:
    layers, _ = small_stack(network, index, list(map(taps, network.windows(index)))) or (0, 0)
    stride = network.settings(index, {"stride": network.layer(index).values["stride"]})
    first = "" if network.windows(index)[0].stride == 1 else f", the first with {stride}"
    return Remedy(f"{layers} layers of {network.settings(index, SMALL)} with an activation after each{first}")


def large_pooling(network: LintedNetwork) -> Iterator[Trait]:
    for index, applied in network.layers():
        path = network.windows(index)
        if not applied.setting.kind.pools or any(not step.numbers for step in path):
            continue
        if any(step.reach > LARGE_POOLING and step.out != 1 for step in path):
            message = (
                f"windows of {sides(step.reach for step in path)} are larger than {LARGE_POOLING}: of "
                f"{sides(step.size for step in path)} they leave {sides(step.out for step in path)}"
            )
            yield Trait(index, message, small_pooling)


def small_pooling(network: LintedNetwork, index: int) -> Remedy:
    """Smaller windows with the same stride, or several poolings of 2, which give the same size."""
    applied = network.layer(index)
    stride = max(applied.values["stride"])
    if stride <= LARGE_POOLING:
        change = {"kernel": LARGE_POOLING, "stride": applied.values["stride"]}
        padded = {**change, "padding": (LARGE_POOLING - 1) // 2}
        for values in (change, padded):
            found = network.with_values(index, values)
            if found and found.output == applied.output and network.fits_with(index, values):
                different = {key: value for key, value in values.items() if key != "stride"}
                return Remedy(f"{network.settings(index, different)} gives the same size", different)
    times, shape = 0, applied.input[0]
    while shape != applied.output and times < stride.bit_length():
        setting = applied.setting._replace(values=(("kernel", 2), ("stride", 2)))
        smaller = network.with_setting(setting, network.nodes[index].inputs[0], (shape,))
        times, shape = times + 1, smaller.output if smaller else applied.output
        if smaller is None:
            times = stride.bit_length() + 1
    if 1 < times <= stride.bit_length() and shape == applied.output:
        return Remedy(f"{times} poolings of 2, with convolutions between them, give the same size")
    return Remedy(f"windows of 2 or {LARGE_POOLING}")


# Parameters in linear layers


def dense_layers(network: LintedNetwork) -> tuple[int, list[int]]:
    """The layer that lays out a map as a vector, and the linear layers behind it; −1 where there is none."""
    flat = -1
    behind: set[int] = set()
    found: list[int] = []
    for index, applied in network.layers():
        kind = applied.setting.kind
        if kind.flattens and len(applied.input[0]) > 2 and applied.input[0][0] != applied.output[0]:
            flat = index
            behind.add(index)
        elif behind.intersection(network.nodes[index].inputs):
            behind.add(index)
            if kind.takes_flat:
                found.append(index)
    return flat, found


def dense_heavy(network: LintedNetwork) -> Iterator[Trait]:
    flat, found = dense_layers(network)
    whole = network.report.totals.parameters
    held: Any = sum(network.layer(index).parameters for index in found)
    if flat < 0 or not isinstance(whole, int) or not isinstance(held, int) or held * 100 <= HEAVY * whole:
        return
    heaviest = max(found, key=lambda index: int(network.layer(index).parameters))  # type: ignore[arg-type]
    share = round(1000 * held / whole)
    message = (
        f"linear layers hold {count(held)} of {count(whole)} parameters ({share // 10}.{share % 10} %), "
        f"{network.nodes[heaviest].name} alone {count(network.layer(heaviest).parameters)}"
    )
    yield Trait(heaviest, message, pooled_instead)


def pooled_instead(network: LintedNetwork, index: int) -> Remedy:
    """The parameters that are left with the mean of each channel instead of the flattened map."""
    del index
    flat, found = dense_layers(network)
    first = network.layer(found[0])
    channels = network.layer(flat).input[0][:1]
    values = tuple(pair for pair in first.setting.values if pair[0] != "in_features")
    smaller = network.with_setting(first.setting._replace(values=values), flat, (channels,))
    if smaller is None:
        return Remedy("global average pooling instead of flattening")
    left = network.report.totals.parameters - first.parameters + smaller.parameters
    return Remedy(f"global average pooling instead of {network.nodes[flat].name}: {count(left)} parameters in all")


# Memory


def reduced_late(network: LintedNetwork) -> Iterator[Trait]:
    from convcalc.network.liveness import live_numbers

    live = live_numbers(network.report)
    if not live or len(live) < 2:
        return
    peak = max(live)
    stored: list[tuple[Any, int]] = [
        (applied.activations, index) for index, applied in network.layers() if applied.setting.kind.storage
    ]
    most, index = max(stored, default=(0, 0))
    if 2 * most > peak:
        message = f"its output alone takes {size_text(most)} of the {size_text(peak)} peak at inference"
        yield Trait(index, message, half_as_much)


def size_text(numbers: Any) -> str:
    """Bytes of so many numbers of 32 bits: `12.8 MB`, `18.4 kB`."""
    size = int(bytes_of(numbers, 32))
    unit, name = (10**6, "MB") if size >= 10**6 else (10**3, "kB")
    tenths = round(10 * size / unit)
    return f"{tenths // 10:,}.{tenths % 10} {name}"


def half_as_much(network: LintedNetwork, index: int) -> Remedy:
    """What half as many filters, or twice the stride, bring."""
    from convcalc.network.liveness import live_numbers

    applied = network.layer(index)
    key, values = applied.setting.kind.keys[0].name if applied.setting.kind.keys else "", applied.values
    peak = max(live_numbers(network.report) or [0])
    changes: dict[str, dict[str, Any]] = {}
    if type(values.get(key)) is int and values[key] % 2 == 0:
        changes[f"half of its {key}"] = {key: values[key] // 2}
    if "stride" in values and network.windows(index):
        changes["twice its stride"] = {"stride": plain(tuple(2 * stride for stride in values["stride"]))}
    found: list[str] = []
    for what, change in changes.items():
        graph = network.rebuilt_with(index, change) if network.fits_with(index, change) else None
        live = live_numbers(walk(graph)) if graph else None
        if live and max(live) < peak:
            found.append(f"{size_text(max(live))} with {what} ({network.settings(index, change)})")
    return Remedy(one_of(found) if found else "fewer filters, or a larger stride, before it")


RULES = (
    LintRule(
        "large-kernel",
        NOTE,
        "a kernel larger than 5 behind the first convolution",
        "(k − 1)/2 layers of 3×3 see as far as one of k×k, with an activation after each, and on C channels with "
        "9C²(k − 1)/2 weights instead of k²C²: 27C² instead of 49C² for a kernel of 7.",
        "A stack of 3×3.",
        "lecture xmu: filter size; Simonyan & Zisserman 2015, section 2.3",
        "3x64x64 -> conv 64 k3 p1 -> relu -> conv 64 k7 p3",
        large_kernel,
    ),
    LintRule(
        "large-pooling",
        NOTE,
        "a pooling window larger than 3",
        "A maximum over many cells forgets where it was. Global and adaptive pooling, which leave one cell, are not "
        "meant.",
        "Windows of 2 or 3.",
        "lecture xmu: pooling",
        "8x64x64 -> maxpool 4",
        large_pooling,
    ),
    LintRule(
        "dense-heavy",
        NOTE,
        "linear layers hold over 80 % of the parameters",
        "A linear layer behind a flattened map of C×H×W has C·H·W weights for every unit; behind the mean of each "
        "channel it has C.",
        "Global average pooling instead of flattening.",
        "lecture xmu: global average pooling; Lin et al. 2013, Network in network",
        "3x32x32 -> conv 16 k3 p1 -> relu -> maxpool 2 -> flatten -> linear 128 -> relu -> linear 10",
        dense_heavy,
    ),
    LintRule(
        "reduced-late",
        NOTE,
        "one layer needs over half of the peak memory at inference",
        "Each tensor is held until its last use, activations in place. The peak is where the largest maps are, mostly "
        "before the first stride or pooling.",
        "Fewer filters there, or a stride.",
        "the sizes of all tensors",
        "3x64x64 -> conv 64 k3 p1 -> relu -> maxpool 2 -> conv 64 k3 p1",
        reduced_late,
    ),
)  # fmt: skip
