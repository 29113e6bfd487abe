"""Which tensors exist when: at inference until their last use, in training until derivatives need them no more."""

from __future__ import annotations

from collections import Counter
from itertools import accumulate
from typing import TYPE_CHECKING

from convcalc.algebra.expr import sum_of
from convcalc.layers.case import product
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from convcalc.algebra.expr import Value
    from convcalc.layers.applied import Applied
    from convcalc.network.walk import NetworkReport


class LiveTensor(NamedTuple):
    """Numbers in memory, by the input or the layer that first wrote them, from one step to another, both included.

    Step 0 has the network's inputs, step i its i-th layer; the backward pass goes on from there, the last layer first.
    """

    name: str
    numbers: Value
    birth: int
    death: int


class Lives(NamedTuple):
    tensors: tuple[LiveTensor, ...]  # in the order of their birth
    steps: int  # for which they are known: up to the first layer that could not be computed
    is_whole: bool  # whether that is all of the network
    held: Mapping[str, str] = {}  # by input or layer, the tensor that its output lies in

    def together(self) -> list[tuple[int, ...]]:
        """The tensors, by their place, that exist at each step."""
        found: list[list[int]] = [[] for _ in range(self.steps)]
        for place, tensor in enumerate(self.tensors):
            for step in range(tensor.birth, min(tensor.death + 1, self.steps)):
                found[step].append(place)
        return list(map(tuple, found))

    def numbers(self) -> list[int]:
        """How many exist at each step; their sizes have to be numbers."""
        changes = [0] * (self.steps + 1)
        for tensor in self.tensors:
            assert isinstance(tensor.numbers, int)
            changes[tensor.birth] += tensor.numbers
            changes[tensor.death + 1] -= tensor.numbers
        return list(accumulate(changes[:-1]))


def inference(report: NetworkReport) -> Lives:
    """A tensor goes after its last use.

    An activation overwrites its input if nobody else wants it and it is not the caller's; a view holds on to what it
    looks at; what is held with the parameters takes no room here.
    """
    uses = Counter(name for layer in report.layers for name in layer.inputs)
    held = {name: name for name in report.inputs}  # tensor → the buffer it lies in
    births = dict.fromkeys(held, 0)
    sizes: dict[str, Value] = {name: product(shape) for name, shape in report.inputs.items()}
    pending = {name: uses[name] for name in held}
    deaths: dict[str, int] = {}
    given = {layer.name for _, layer in report.outputs} or {report.layers[-1].name} if report.layers else set()
    step = 0
    for layer in report.layers:
        applied = layer.applied
        if applied is None:
            break
        step += 1
        taken = [held[name] for name in layer.inputs]
        for buffer in taken:
            pending[buffer] -= 1
        own, kind = layer.name, applied.setting.kind
        in_place = not (kind.constant or kind.storage) and not pending[taken[0]] and taken[0] not in report.inputs
        if not kind.constant and (kind.view or in_place):
            own = taken[0]
        else:
            sizes[own], pending[own], births[own] = 0 if kind.constant else applied.activations, 0, step
        held[layer.name] = own
        pending[own] += uses[layer.name] + (layer.name in given)
        deaths.update((buffer, step) for buffer in {*taken, own} if not pending[buffer])
    tensors = (LiveTensor(name, sizes[name], birth, deaths.get(name, step)) for name, birth in births.items())
    return Lives(tuple(tensors), step + 1, step == len(report.layers), held)


def training(report: NetworkReport) -> Lives:
    """What the derivatives of layers need, each tensor once, until the first of these layers has had its turn again."""
    base = {name: name for name in report.inputs}
    births = dict.fromkeys(base, 0)
    sizes: dict[str, Value] = {name: product(shape) for name, shape in report.inputs.items()}
    first: dict[str, int] = {}  # tensor → the step of the first layer that needs it
    step = 0
    for layer in report.layers:
        applied = layer.applied
        if applied is None:
            break
        step += 1
        kind = applied.setting.kind
        base[layer.name] = base[layer.inputs[0]] if kind.view else layer.name
        births[layer.name], sizes[layer.name] = step, applied.activations
        needed: tuple[str, ...] = ()
        if kind.derivative == "output":
            needed = (layer.name,)
        elif kind.derivative == "input" or kind.parameters != "0" or kind.macs != "0":
            needed = layer.inputs
        for name in needed:
            first.setdefault(base[name], step)
    kept = sorted(first, key=births.__getitem__)
    tensors = (LiveTensor(name, sizes[name], births[name], 2 * step + 1 - first[name]) for name in kept)
    return Lives(tuple(tensors), 2 * step + 1, step == len(report.layers))


def live_numbers(report: NetworkReport) -> list[int] | None:
    """The numbers that exist at each step of inference; None with symbols, or where a layer failed."""
    lives = inference(report)
    return lives.numbers() if lives.is_whole and sizes_known(report) else None


def sizes_known(report: NetworkReport) -> bool:
    """Whether every size is a number, as far as the layers could be computed."""
    given = all(isinstance(product(shape), int) for shape in report.inputs.values())
    return given and all(isinstance(layer.applied.activations, int) for layer in report.layers if layer.applied)


def peak_numbers(report: NetworkReport) -> int | None:
    """The most numbers that exist at once, layer after layer; None as above."""
    live = live_numbers(report)
    return None if live is None else max(live)


def live_sets(report: NetworkReport) -> list[tuple[Value, ...]] | None:
    """The sizes of the tensors that exist at each step of inference; None where a layer failed."""
    lives = inference(report)
    if not lives.is_whole:
        return None
    return [tuple([lives.tensors[place].numbers for place in live]) for live in lives.together()]


def operands(report: NetworkReport) -> list[tuple[Value, ...]] | None:
    """What each layer that multiplies reads and writes; None where a layer failed or none multiplies.

    MCUNet counts so (`count_peak_activation_size` of github.com/mit-han-lab/mcunet): beside a depthwise convolution
    also what waits for its block's sum.  All else is taken to work in place.
    """
    lives = inference(report)
    if not lives.is_whole:
        return None
    found: list[tuple[Value, ...]] = []
    for layer, live in zip(report.layers, lives.together()[1:], strict=True):
        applied = layer.applied
        if applied and applied.setting.kind.macs != "0":
            own = {lives.held[name] for name in (*layer.inputs, layer.name)}
            tensors = [lives.tensors[place] for place in live] if is_depthwise(applied) else []
            waiting = [tensor.numbers for tensor in tensors if tensor.name not in own]
            found.append((*map(product, applied.input), applied.activations, *waiting))
    return found or None


def is_depthwise(applied: Applied) -> bool:
    """Whether each of its filters sees one channel of several."""
    groups = applied.letters.get(applied.setting.kind.groups)
    return bool(groups is not None and groups != 1 and groups == applied.letters.get("c") and applied.axes)


def kept_numbers(report: NetworkReport) -> Value | None:
    """Numbers that the derivatives of all layers need; None where a layer failed."""
    lives = training(report)
    return sum_of([tensor.numbers for tensor in lives.tensors]) if lives.is_whole else None
