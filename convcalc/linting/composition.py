"""Layers behind each other: linear maps that are one, activations whose slopes multiply."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import is_symbolic
from convcalc.layers.case import product
from convcalc.linting.record import NOTE, WARNING, LintRule, Remedy, Trait
from convcalc.linting.words import count, layer_text, plain

if TYPE_CHECKING:
    from convcalc.layers.applied import Applied
    from convcalc.linting.network import LintedNetwork

MAX_SATURATING = 8


# Linear maps


def is_dense(applied: Applied | None) -> bool:
    """Whether each output takes numbers of every channel, by weights of its own."""
    if applied is None or applied.setting.kind.linear != "mixes":
        return False
    return applied.values.get("groups", 1) == 1 and "weights" not in applied.values


def linear_stack(network: LintedNetwork) -> Iterator[Trait]:
    shared = {applied.values["weights"] for _, applied in network.layers() if "weights" in applied.values}
    for index, applied in network.layers():
        if not is_dense(applied):
            continue
        first = network.before(index)
        while first >= 0 and keeps_linear(network, first):
            first = network.before(first)
        if first < 0 or not is_dense(network.applied(first)) or network.only_reader(first) < 0:
            continue
        names = [network.nodes[place].name for place in (first, index)]
        if shared.intersection(names) or is_meant(network, first, index):
            continue
        one, other = network.layer(first), applied
        merged, between = merged_layer(network, first, index), list(path_between(network, first, index))[:-1]
        normalised = any(network.layer(each).setting.kind.normalises for each in between)
        border = any(step.before != 0 for each in (*between, index) for step in network.windows(each))
        where = f"{' at inference' if normalised else ''}{' inside the border' if border and merged else ''}"
        shown = layer_text(merged, network.framework) if merged else ""
        less = f", where one {shown} has {count(merged.parameters)}" if merged else ""
        message = (
            f"nothing between {names[0]} and {names[1]} is non-linear, and together they are one linear map{where}: "
            f"{count(one.parameters)} + {count(other.parameters)} parameters{less}"
        )
        yield Trait(index, message, stack_remedy)


def keeps_linear(network: LintedNetwork, index: int) -> bool:
    """Whether a layer, which one other reads, only weighs each number, or takes means."""
    kind = network.kind(index)
    return kind is not None and kind.linear == "keeps" and network.only_reader(index) >= 0


def is_meant(network: LintedNetwork, first: int, last: int) -> bool:
    """Whether two linear maps in a row are meant: low rank, two sides of a kernel, or a projection into a sum."""
    one, other = network.layer(first), network.layer(last)
    between: Any
    between, *ends = (one.letters["f"], one.letters["c"], other.letters["f"])
    if one.setting.kind is not other.setting.kind:  # between a map and a vector all numbers count
        between = smallest_output(network, first, last)
        ends = [product(one.input[0]), product(other.output)]
    if any(map(is_symbolic, (between, *ends))) or all(map(between.__lt__, ends)):
        return True
    kernels = [[axis["k"] for axis in applied.axes] for applied in (one, other)]
    if not all(kernels) or len(kernels[0]) != len(kernels[1]):
        return False
    is_spatial = [any(side != 1 for side in sides) for sides in kernels]
    if all(is_spatial):  # k×1 and 1×k
        return all(1 in pair for pair in zip(*kernels, strict=True))
    if is_spatial[1]:  # fewer channels for the larger kernel
        return bool(between < ends[0])
    if not is_spatial[0] and between <= ends[0] and between < ends[1]:  # a linear bottleneck
        return True
    return reaches_a_sum(network, last)


def smallest_output(network: LintedNetwork, first: int, last: int) -> Any:
    """The fewest numbers that a layer gives on the way from one to another."""
    numbers = [product(network.layer(index).output) for index in path_between(network, first, last)]
    return next(filter(is_symbolic, numbers), None) or min(numbers)  # type: ignore[type-var]


def path_between(network: LintedNetwork, first: int, last: int) -> Iterator[int]:
    """The layers from the first to that before the last."""
    index = network.before(last)
    while index != first:
        yield index
        index = network.before(index)
    yield first


def reaches_a_sum(network: LintedNetwork, index: int) -> bool:
    """Whether a layer is added to others as it is, or normalised."""
    while True:
        readers = network.readers[index]
        if any(is_join(network, reader) for reader in readers):
            return True
        following = network.only_reader(index)
        if following < 0 or not keeps_linear(network, following):
            readers = network.readers[following] if following >= 0 and is_plain(network, following) else []
            return any(is_join(network, reader) for reader in readers)
        index = following


def is_plain(network: LintedNetwork, index: int) -> bool:
    kind = network.kind(index)
    return kind is not None and kind.linear == "keeps"


def is_join(network: LintedNetwork, index: int) -> bool:
    applied = network.applied(index)
    kind = network.kind(index)
    return applied is not None and kind is not None and kind.broadcasts and len(applied.input) > 1


def merged_layer(network: LintedNetwork, first: int, last: int) -> Applied | None:
    """The one layer that two are together; None where there is no single one."""
    one, other = network.layer(first), network.layer(last)
    kind = other.setting.kind
    if kind is not one.setting.kind:
        return None
    values: dict[str, Any] = {kind.keys[0].name: other.letters["f"]}
    path = [index for index in (*path_between(network, first, last), last) if network.layer(index).axes]
    if path:
        path.sort()
        windows = [network.windows(index) for index in path]
        if not all(windows) or any(not step.numbers or step.step != 1 for steps in windows for step in steps):
            return None
        rank = len(windows[0])
        reach, stride, padding = [1] * rank, [1] * rank, [0] * rank
        for steps in windows:
            for axis, step in enumerate(steps):
                reach[axis] += (step.reach - 1) * stride[axis]
                padding[axis] += step.before * stride[axis]
                stride[axis] *= step.stride
        values |= {name: plain(tuple(sides)) for name, sides in zip(SIDES, (reach, stride, padding), strict=True)}
    if not (one.biases or other.biases):
        values["bias"] = False
    setting = one.setting._replace(values=tuple(values.items()))
    found = network.with_setting(setting, network.nodes[first].inputs[0], one.input)
    return found if found and found.output == other.output else None


SIDES = ("kernel", "stride", "padding")


def stack_remedy(network: LintedNetwork, index: int) -> Remedy:
    first = network.before(index)
    while not is_dense(network.applied(first)):
        first = network.before(first)
    merged = merged_layer(network, first, index)
    advice = f"an activation after {network.nodes[first].name}"
    return Remedy(
        f"{advice}, or one layer instead of both: {layer_text(merged, network.framework)}" if merged else advice
    )


# Activations that saturate


def saturating(network: LintedNetwork) -> Iterator[Trait]:
    passed = [0] * len(network.nodes)  # on the way with the fewest
    most = -1
    for index, applied in network.layers():
        inputs = network.nodes[index].inputs
        passed[index] = min((passed[source] for source in inputs), default=0)
        if applied.setting.kind.saturates and not any(is_join(network, each) for each in network.readers[index]):
            passed[index] += 1
            if passed[index] > MAX_SATURATING and (most < 0 or passed[index] > passed[most]):
                most = index
    if most >= 0:
        name = network.layer(most).setting.kind.name
        message = (
            f"{passed[most]} activations that saturate, such as {name}, follow one another on every way from the "
            f"input to here, more than {MAX_SATURATING}: the slopes of all of them multiply"
        )
        yield Trait(most, message, "relu instead of them, or a shortcut around some")


RULES = (
    LintRule(
        "linear-stack",
        WARNING,
        "two linear maps with nothing non-linear between them: together they are one",
        "W₂(W₁·x + b₁) + b₂ is one linear map. Normalisation, dropout, average pooling and flattening are linear too. "
        "It is silent where two are meant: groups of channels, a k×1 kernel and a 1×k, a projection into a sum, and "
        "fewer channels between than on both sides, a factor of low rank.",
        "An activation between them, or one layer instead of both: exactly the same without padding between them.",
        "lectures: stacking two convolutions",
        "16x32x32 -> conv 16 k3 -> conv 32 k3",
        linear_stack,
    ),
    LintRule(
        "saturating",
        NOTE,
        "sigmoid or tanh between more than 8 layers",
        "Where the outputs are near their ends the slope is near 0, and the gradient is multiplied by every slope on "
        "its way back. The way with the fewest is counted: a shortcut leads around them.",
        "relu, or a shortcut.",
        "lectures: activations",
        "10 -> [linear 10 -> tanh]*9",
        saturating,
    ),
)  # fmt: skip
