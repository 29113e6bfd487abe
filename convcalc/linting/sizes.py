"""Sizes: kernels and paddings that do not keep them, inputs that a network's strides or joins do not fit."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from convcalc.layers.window import CUTTING, PARTING, PICKING, SHIFTING, Step
from convcalc.linting.record import NOTE, WARNING, LintRule, Remedy, Trait
from convcalc.linting.windows import taps
from convcalc.linting.words import count, one_of, sides
from convcalc.network.walk import walk

if TYPE_CHECKING:
    from convcalc.layers import Shape
    from convcalc.layers.applied import Applied
    from convcalc.linting.network import LintedNetwork
    from convcalc.network import Graph

MAX_STRIDE = 1 << 12
MAX_MOVED = 24  # layers of which others are tried


def changed_axes(network: LintedNetwork, index: int, applied: Applied) -> list[Step]:
    """The axes along which a convolution of stride 1 gives another size than it takes, and not a single cell."""
    if not applied.setting.kind.tensor or applied.parameters == 0:
        return []
    path = network.windows(index)
    readers = network.readers[index]
    if len(readers) == 1 and (kind := network.kind(readers[0])) and kind.window.type is CUTTING:
        return []  # what is too much is cut off
    return [
        step for step in path
        if step.numbers and step.stride == 1 and step.reach > 1 and step.out not in (step.size, 1)
    ]  # fmt: skip


def even_kernel(network: LintedNetwork) -> Iterator[Trait]:
    for index, applied in network.layers():
        step = next((step for step in changed_axes(network, index, applied) if step.reach % 2 == 0), None)
        if step is not None:
            message = (
                f"kernel {taps(step)} at stride 1 gives {step.size - 1} or {step.size + 1} of {step.size}: no padding "
                "that is the same on both sides keeps the size"
            )
            yield Trait(index, message, odd_kernels)


def odd_kernels(network: LintedNetwork, index: int) -> Remedy:
    """The kernels on either side, with the paddings that keep the size."""
    found: list[str] = []
    for more in (-1, 1):
        values = {"kernel": tuple(taps(step) + more * (taps(step) % 2 == 0) for step in network.windows(index))}
        if change := keeping_padding(network, index, values):
            found.append(network.settings(index, change))
    size = sides(step.size for step in network.windows(index))
    return Remedy(f"{one_of(found)} keep{'s' * (len(found) == 1)} {size}" if found else "an odd kernel")


def size_not_kept(network: LintedNetwork) -> Iterator[Trait]:
    for index, applied in network.layers():
        step = next((step for step in changed_axes(network, index, applied) if step.reach % 2 == 1), None)
        if step is not None:
            message = f"kernel {taps(step)} with padding {step.before} gives {step.out} of {step.size}"
            yield Trait(index, message, keep_size)


def keep_size(network: LintedNetwork, index: int) -> Remedy:
    change = keeping_padding(network, index, {})
    size = sides(step.size for step in network.windows(index))
    if not change:
        return Remedy("the padding `same`")
    fits = "" if network.fits_with(index, change) else ", and what follows has to fit"
    return Remedy(f"{network.settings(index, change)} keeps {size}{fits}", {} if fits else change)


def keeping_padding(network: LintedNetwork, index: int, values: dict[str, Any]) -> dict[str, Any]:
    """Values with the padding that keeps the size of a layer's input along every axis; nothing where none does."""
    path = network.windows(index)
    kernels = values.get("kernel", tuple(map(taps, path)))
    padding = tuple(
        (kernel - 1) * step.step // 2 if step.stride == 1 else step.before
        for kernel, step in zip(kernels, path, strict=True)
    )
    change = {**values, "padding": padding}
    change = {key: value[0] if len(set(value)) == 1 else value for key, value in change.items()}
    found = network.with_values(index, change)
    slid = network.windows_with(index, found) if found else ()
    return change if slid and all(step.out == step.size or step.stride != 1 for step in slid) else {}


# The network's input


def input_not_even(network: LintedNetwork) -> Iterator[Trait]:
    for place, name in enumerate(network.graph.inputs):
        if uneven := uneven_sides(network, name):
            side, stride = uneven[0]
            message = f"the input's side {count(side)} is not divisible by the network's stride, {stride}"
            yield Trait(place, message, even_sizes)


def uneven_sides(network: LintedNetwork, name: str) -> list[tuple[int, int]]:
    """The sides of an input that are not divisible by the network's stride, each with that."""
    strides = network_strides(network, name)
    sides = network.report.origins[name].sides(network.graph.inputs[name]) if strides else ()
    pairs = zip(sides, strides, strict=False)
    return [(side, stride) for side, stride in pairs if isinstance(side, int) and side % stride]


def network_strides(network: LintedNetwork, name: str) -> list[int]:
    """The largest distance between neighbours along each axis of an input, before anything sees the whole of it."""
    found: list[int] = []
    for layer in network.report.layers:
        if layer.applied is None or name not in layer.fields:
            continue
        strides = [field.stride for field in layer.fields[name].fields]
        if all(isinstance(stride, int) and 0 < stride <= MAX_STRIDE for stride in strides):
            found = [max(pair) for pair in zip(found, strides, strict=True)] if found else strides
    return found


def even_sizes(network: LintedNetwork, place: int) -> Remedy:
    """The nearest sizes that are divisible, with which the network fits."""
    name, shape = list(network.graph.inputs.items())[place]
    side, stride = uneven_sides(network, name)[0]
    nearest = [each for each in (side - side % stride, side + -side % stride) if each]
    fitting = [str(each) for each in nearest if network.rebuilt_on(name, with_side(shape, side, each)) is not None]
    return Remedy(one_of(fitting) if fitting else f"a multiple of {stride}, with layers that fit it")


def with_side(shape: Shape, old: int, new: int) -> Shape:
    return (shape[0], *(new if side == old else side for side in shape[1:]))


def size_condition(network: LintedNetwork) -> Iterator[Trait]:
    """Of a network in numbers, the conditions of the same network in letters."""
    graph = network.graph
    if all(len(applied.input) < 2 for _, applied in network.layers()):
        return
    symbolic: Graph | None = graph
    if not graph.conditions:
        symbolic = network.symbolic()
    places = {node.name: index for index, node in enumerate(network.nodes)}
    for condition in symbolic.conditions if symbolic else ():
        index = places.get(condition.layer, -1)
        if index >= 0 and len(network.nodes[index].inputs) > 1:
            yield Trait(index, condition.message, sizes_that_fit)


def sizes_that_fit(network: LintedNetwork, index: int) -> Remedy:
    """The nearest sizes that fit, beside that of the input."""
    del index
    symbolic = network.graph if network.graph.fitting else network.symbolic()
    found: list[str] = []
    for letter, sizes in symbolic.fitting.items() if symbolic else ():
        for name, axis in places_of_letter(network, symbolic, letter):
            shape = network.graph.inputs[name]
            side = shape[axis]
            if not isinstance(side, int):
                continue
            below = next((size for size in range(side - 1, max(0, side - MAX_STRIDE), -1) if size in sizes), None)
            others = [size for size in (below, sizes.first_size_from(side + 1)) if size]
            near = [size for size in others if network.rebuilt_on(name, (*shape[:axis], size, *shape[axis + 1 :]))]
            if near:
                found.append(f"{letter} = {one_of([str(size) for size in sorted((side, *near))])}")
    return Remedy("; ".join(found) or "an input of such a size, or crop the branches where they meet")


def places_of_letter(network: LintedNetwork, symbolic: Any, letter: str) -> list[tuple[str, int]]:
    """The inputs and their axes that a letter of the symbolic network stands for."""
    return [
        (name, axis)
        for name, shape in symbolic.inputs.items() for axis, side in enumerate(shape)
        if str(side) == letter and name in network.graph.inputs
    ]  # fmt: skip


# Where branches meet


def misaligned_branches(network: LintedNetwork) -> Iterator[Trait]:
    places = {node.name: index for index, node in enumerate(network.nodes)}
    for finding in network.report.diagnostics:
        if finding.code == "W001" and not is_meant(network, index := places[finding.layer]):
            yield Trait(index, f"{finding.message} ({finding.hint})", alignment)


def is_meant(network: LintedNetwork, index: int) -> bool:
    """Whether branches are moved on purpose: by cells added or left out on one side, or as causal ones."""
    return is_causal(network, index) or any(map(partial(is_moved, network), branch_layers(network, index)))


def branch_layers(network: LintedNetwork, index: int) -> Iterator[int]:
    """The layers of all branches that meet in a layer, each back to where it begins."""
    for source in network.nodes[index].inputs:
        while source >= network.first and len(network.readers[source]) == 1 and network.applied(source):
            yield source
            inputs = network.nodes[source].inputs
            source = inputs[0] if len(inputs) == 1 else -1


def is_moved(network: LintedNetwork, index: int) -> bool:
    applied = network.layer(index)
    type = applied.setting.kind.window.type
    if type in (SHIFTING, CUTTING):
        return any(axis.get("p_l", 0) != axis.get("p_r", 0) for axis in applied.axes)
    return type in (PARTING, PICKING)


def is_causal(network: LintedNetwork, index: int) -> bool:
    """Whether no branch sees beyond its own place, so that they only differ in how far back they see."""
    return all(
        field.highs == (0,) or field.advance == 0
        for source in network.nodes[index].inputs if source >= network.first
        for axes in network.layer_report(source).fields.values() for field in axes.fields
    )  # fmt: skip


def alignment(network: LintedNetwork, index: int) -> Remedy:
    """The change of one layer in a branch with which the centres agree, where there is such."""
    for each in islice(branch_layers(network, index), MAX_MOVED):
        for change in moves(network, each):
            if is_aligned_with(network, index, each, change):
                return Remedy(f"{network.settings(each, change)} in {network.nodes[each].name}")
    return Remedy("give the branches paddings with which their centres agree")


def moves(network: LintedNetwork, index: int) -> Iterator[dict[str, Any]]:
    """Other values of a layer that move what its cells see: up-sampling by squares, another kernel and padding."""
    applied = network.layer(index)
    if applied.values.get("corners") is True:
        yield {"corners": False}
    path = network.windows(index)
    if not {"kernel", "stride", "padding"} <= applied.values.keys() or len(set(path)) != 1:
        return
    step, kernel = path[0], taps(path[0])
    for side in (kernel, kernel + 1, kernel - 1):
        same = step.before + (side - kernel) * step.step // 2
        for padding in range(max(0, same - 1), same + 2):
            if side > 0 and (side, padding) != (kernel, step.before):
                yield {"kernel": side, "stride": step.stride, "padding": padding}


def is_aligned_with(network: LintedNetwork, index: int, changed: int, values: dict[str, Any]) -> bool:
    """Whether branches agree where they meet when a layer has other values."""
    found = network.with_values(changed, values)
    if found is None or found.output != network.layer(changed).output:
        return False
    graph, name = network.rebuilt_with(changed, values), network.nodes[index].name
    return graph is not None and all(each.layer != name for each in walk(graph).diagnostics if each.code == "W001")


RULES = (
    LintRule(
        "even-kernel",
        NOTE,
        "an even kernel at stride 1: no padding that is the same on both sides keeps the size",
        "The size stays with 2p = k̂ − 1 cells of padding, which for an even kernel is odd. `same` puts the odd cell "
        "at the end, so that everything moves by half a cell.",
        "An odd kernel.",
        "lectures: padding (F − 1)/2",
        "3x32x32 -> conv 8 k4 p1",
        even_kernel,
    ),
    LintRule(
        "size-not-kept",
        NOTE,
        "a convolution of stride 1 whose padding does not keep the size",
        "With p = (k̂ − 1)/2 the size stays, so that layers can be stacked and only pooling or strides make maps "
        "smaller.",
        "p = (k̂ − 1)/2.",
        "lecture xmu: sizing patterns",
        "3x32x32 -> conv 8 k5",
        size_not_kept,
    ),
    LintRule(
        "input-not-even",
        NOTE,
        "the side of the input is not divisible by the network's stride",
        "The last map lies on a grid with the stride of all layers together; what is left over at the end is dropped "
        "or padded on the way.",
        "The nearest size that is divisible.",
        "lecture xmu: sizing patterns",
        "3x225x225 -> [conv 8 k3 s2 p1 -> relu]*5",
        input_not_even,
    ),
    LintRule(
        "size-condition",
        NOTE,
        "branches that only fit for some sizes of the input",
        "Where a map that was made smaller and larger again meets one that was not, both have to be the same size, "
        "which they are only for the sizes named: the network is built in letters to find them.",
        "An input of such a size, or padding and cropping where the branches meet.",
        "the equations of the branches' sizes",
        "input: 1x32x32\nlayers:\n  - concat: {low: [maxpool 2, upsample 2], high: [identity]}",
        size_condition,
    ),
    LintRule(
        "misaligned",
        WARNING,
        "branches that meet whose receptive fields differ in stride or centre",
        "What is added up or joined at one place was seen at different places of the input. Causal branches, which end "
        "at the same place, and those moved by cells added or left out on one side, are not reported.",
        "Paddings with which the centres agree.",
        "the receptive fields of the branches",
        "input: 1x32x32\nlayers:\n  - concat: {pooled: [maxpool 2], convolved: [conv 4 k3 s2 p1]}",
        misaligned_branches,
    ),
)  # fmt: skip
