"""How much of the input the last map sees, before a head that sees all of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from convcalc.linting.network import LintedNetwork
from convcalc.linting.record import NOTE, LintRule, Remedy, Trait
from convcalc.linting.words import count, plain, sides

if TYPE_CHECKING:
    from convcalc.layers.field import Field

KERNEL = 3  # of the layers that would do
STRIDES = (2, 3, 4, 6, 8)  # of the first layer, that are tried


def short_sighted(network: LintedNetwork) -> Iterator[Trait]:
    index = last_map(network)
    if index < 0:
        return
    name = next(iter(network.graph.inputs))
    fields, shape = network.layer_report(index).field, network.report.sides(name)
    if sees_less(fields, shape):
        seen = sides(field.size for field in fields)
        message = (
            f"a cell of {network.nodes[index].name} sees {seen} of {sides(shape)}, and the head only joins such cells"
        )
        yield Trait(index, message, farther)


def sees_less(fields: tuple[Field, ...], shape: Any) -> bool:
    sizes = [(field.size, side) for field, side in zip(fields, shape, strict=False)]
    return any(isinstance(size, int) and isinstance(side, int) and size < side for size, side in sizes)


def last_map(network: LintedNetwork) -> int:
    """The last map before a head that sees the whole input along every axis; −1 where there is no such head."""
    index = network.graph.main
    if len(network.graph.inputs) != 1 or not sees_all(network, index):
        return -1
    while index >= network.first and (sees_all(network, index) or not network.layer(index).on_map):
        index = network.before(index)
    if index < network.first or any(field.lost for field in network.layer_report(index).field):
        return -1
    return index


def sees_all(network: LintedNetwork, index: int) -> bool:
    """Whether all units of a layer see the same, the whole input."""
    if index < network.first or network.applied(index) is None:
        return False
    field = network.layer_report(index).field
    return bool(field) and all(axis.advance == 0 for axis in field)


def farther(network: LintedNetwork, index: int) -> Remedy:
    """How many more layers before the head, or which stride of the first, let a cell see the whole input."""
    name = next(iter(network.graph.inputs))
    fields, shape = network.layer_report(index).field, network.report.sides(name)
    pairs = [
        (field.size, field.stride, side) for field, side in zip(fields, shape, strict=False)
        if isinstance(field.size, int) and isinstance(field.stride, int) and isinstance(side, int)
    ]  # fmt: skip
    if not pairs:
        return Remedy("more layers before the head")
    layers = max(-(-(side - size) // ((KERNEL - 1) * stride)) for size, stride, side in pairs)
    more = f"{count(layers, 'more convolution')} of k{KERNEL} before the head"
    stride = sufficient_stride(network)
    return Remedy(f"{more}, or {stride}" if stride else more)


def sufficient_stride(network: LintedNetwork) -> str:
    """The stride of the first layer with windows with which the last map sees all; "" where none does."""
    first = next((index for index, _ in network.layers() if network.windows(index)), -1)
    if first < 0:
        return ""
    applied = network.layer(first)
    if "stride" not in applied.values or any(not step.numbers for step in network.windows(first)):
        return ""
    path = network.windows(first)
    for times in STRIDES:
        change = {"stride": plain(tuple(times * stride for stride in applied.values["stride"]))}
        if any(step.reach < times * step.stride for step in path) or not network.fits_with(first, change):
            return ""  # with gaps between its windows it would see less
        graph = network.rebuilt_with(first, change)
        assert graph is not None
        other = LintedNetwork(graph, network.choices)
        index = last_map(other)
        shape = other.report.sides(next(iter(graph.inputs)))
        if index >= 0 and not sees_less(other.layer_report(index).field, shape):
            return f"{network.settings(first, change)} in {network.nodes[first].name}"
    return ""


RULES = (
    LintRule(
        "short-sighted",
        NOTE,
        "the last map before the head sees less than the whole input",
        "A linear layer or a mean over the map joins what its cells have seen; none of these has seen how things lie "
        "that are farther apart than its receptive field.",
        "More layers, or a larger stride.",
        "lectures utdallas, intro-lenet: receptive field",
        "1x224x224 -> conv 6 k5 -> tanh -> avgpool 2 -> flatten -> linear 10",
        short_sighted,
    ),
)  # fmt: skip
