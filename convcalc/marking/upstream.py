"""Mistakes that carry over from layers whose outputs are not known: one of them, one in all, a chain of fields."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice, takewhile
from typing import TYPE_CHECKING, Any

from convcalc.marking.agreement import gives
from convcalc.marking.reading import AnswerReading
from convcalc.marking.reference_network import ReferenceNetwork, count_on_output
from convcalc.marking.situation import Situation, shared_situation
from convcalc.marking.verdict import Diagnosis
from convcalc.marking.wrong_formulas import possible
from convcalc.marking.wrong_values import wrong_values

if TYPE_CHECKING:
    from convcalc.layers import Shape
    from convcalc.layers.applied import Applied
    from convcalc.marking.carry_forward import StudentNumbers
    from convcalc.marking.reference_network import Sides

OUTPUT = ("size", "channels", "features")  # what a mistake in a layer changes for the layers after it
MAX_LAYERS = 24  # how far up a mistake is looked for


def upstream_values(own: StudentNumbers, index: int, quantity: str) -> tuple[tuple[Any, str, str], ...]:
    """(value, code, layer) for every mistake in an earlier layer whose output this student has not given."""
    network = own.network
    silent = [layer for layer in unanswered_before(own, index) if changes_output(network, layer)]
    is_counted = quantity in ("macs", "flops", "connections", "activations", "memory")
    if is_counted and index not in own.written and changes_output(network, index):
        silent.insert(0, index)
    if not silent or quantity == "receptive_field":
        return ()
    key = ("upstream", index, quantity, tuple(silent), own.input(silent[-1]))
    return network.recall(key, lambda: tuple(find_upstream_values(own, index, quantity, silent)))


def unanswered_before(own: StudentNumbers, index: int) -> tuple[int, ...]:
    """The layers before one, the nearest first, up to an output that was given; () if no mistake shows in theirs."""
    if index not in own.unanswered:
        found = tuple(islice(takewhile(lambda layer: layer not in own.written, own.network.path(index)), MAX_LAYERS))
        own.unanswered[index] = found if any(changes_output(own.network, layer) for layer in found) else ()
    return own.unanswered[index]


def changes_output(network: ReferenceNetwork, layer: int) -> bool:
    """Whether some mistake in a layer changes its output."""
    kind = network.applied(layer).setting.kind
    return network.recall(("changes output", layer), lambda: any(possible(kind, part) for part in OUTPUT))


def find_upstream_values(
    own: StudentNumbers, index: int, quantity: str, silent: list[int]
) -> Iterator[tuple[Any, str, str]]:
    network = own.network
    true = network.layer_on(index, own.input(index))
    right = network.amount(true, quantity) if true else None
    for start in silent:
        applied = own.applied(start)
        if applied is None:
            continue
        for output, code in wrong_outputs(shared_situation(network, start, applied=applied)):
            value = carried_value(own, start, output, index, quantity)
            if value is not None and value != right:
                yield value, code, network.layers[start].name


def wrong_outputs(view: Situation) -> Iterator[tuple[Shape, str]]:
    """What one mistake makes of a layer's output, along every axis alike."""
    output = view.applied.output
    if len(output) == len(view.applied.axes) + 1:
        shapes: dict[str, list[Any]] = {}
        for place in range(len(view.applied.axes)):
            for each in wrong_values(view, "size", place).all():
                shapes.setdefault(each.codes[0], [*output])[1 + place] = each.value
        for code, shape in shapes.items():
            if all(isinstance(side, int) and side > 0 for side in shape):
                yield tuple(shape), code
    quantity = "features" if view.kind.flattens else "channels"
    for each in wrong_values(view, quantity).all():
        if isinstance(each.value, int) and each.value > 0:
            yield (each.value, *output[1:]), each.codes[0]


def layer_behind(own: StudentNumbers, layer: int, changed: Mapping[int, Shape]) -> Applied | None:
    """A layer on the student's own outputs, but for those that are changed; None where it cannot be."""
    sources, network = own.network.sources[layer], own.network
    shapes = tuple([changed.get(each, own.shapes[each]) if each >= 0 else network.inputs[each] for each in sources])
    return network.layer_on(layer, shapes)


def carried_value(own: StudentNumbers, start: int, output: Shape, index: int, quantity: str) -> Any:
    """A quantity of a layer after another output further up."""
    network = own.network
    if start == index:
        applied = own.applied(index)
        return count_on_output(applied, output, quantity) if applied else None
    changed = {start: output}
    for layer in sorted(before for before in (*network.path(index), index) if before > start):
        applied = layer_behind(own, layer, changed)
        if applied is None:
            return None
        if layer == index:
            return network.amount(applied, quantity)
        changed[layer] = applied.output
    return None


# Receptive fields


def chain_values(own: StudentNumbers, index: int, readings: tuple[AnswerReading, ...]) -> Iterator[Diagnosis]:
    """One mistake in every layer so far, one in a layer that was not answered, and those of a whole chain."""
    network = own.network
    chains = chains_to(network, index)
    right = network.field(index)[:1]
    for value, code in chains:
        if (value,) != right and any(gives(reading, value) for reading in readings):
            yield Diagnosis((code,), ("*",) if not code.startswith(("rf.residual", "rf.reversed")) else ())
    if not network.is_chain:
        return
    for before in network.path(index):
        if before in own.fields:
            return
        for value, code in single_mistakes(network, before):
            if any(gives(reading, right[0] + value) for reading in readings):
                yield Diagnosis((code,), (network.layers[before].name,))


def chains_to(network: ReferenceNetwork, index: int) -> tuple[tuple[Any, str], ...]:
    return network.recall(("chain", index), lambda: tuple(chain_mistakes(network, index)))


def chain_codes(network: ReferenceNetwork, index: int) -> set[str]:
    """The mistakes with a whole chain, and not layer by layer, that give a wrong field."""
    right = network.field(index)[:1]
    return {code for value, code in chains_to(network, index) if (value,) != right and code not in HABITS}


def view_of(network: ReferenceNetwork, index: int, field: Sides) -> Situation:
    return shared_situation(network, index, field, network.field(network.sources[index][0], "stride"))


def single_mistakes(network: ReferenceNetwork, index: int) -> list[tuple[Any, str]]:
    """By how much one mistake in a layer changes every field after it."""

    def find_offsets() -> list[tuple[Any, str]]:
        before, right = network.field(network.sources[index][0]), network.field(index)
        if not before or len(before) != len(right):
            return []
        wrong = wrong_values(view_of(network, index, before), "receptive_field").all()
        return [(each.value - right[0], each.codes[0]) for each in wrong]

    return network.recall(("single", index), find_offsets)


HABITS = (
    "rf.cur_stride", "rf.no_stride", "rf.sum_k", "rf.mult_k", "rf.last_stride_only", "rf.skip_pool", "rf.pad",
    "rf.dil_ignored", "rf.dil_yu", "rf.1x1", "rf.fc",
)  # fmt: skip


def habit(network: ReferenceNetwork, index: int, code: str) -> tuple[Any, bool] | None:
    """The field after one mistake in every layer up to this one, and whether it was made in any; None for no field.

    It follows from the one before, which is remembered: a deep network is gone through once and not for every layer.
    """
    known: dict[int, tuple[Any, bool] | None] = network.recall(("habit", code), dict[int, Any])
    new = []
    while index >= 0 and index not in known:
        new.append(index)
        index = network.sources[index][0]
    found = known[index] if index >= 0 else (network.field(index), False)
    for layer in reversed(new):
        found = known[layer] = found and extend_habit(network, layer, found, code)
    return found


def extend_habit(network: ReferenceNetwork, layer: int, found: tuple[Any, bool], code: str) -> tuple[Any, bool] | None:
    field, is_made = found
    right, before = network.field(layer), network.field(network.sources[layer][0])
    if len(right) != len(before) or not field:
        return None
    wrong = wrong_values(view_of(network, layer, field), "receptive_field").all()
    value = next((each.value for each in wrong if each.codes == (code,)), None)
    side = field[0] + right[0] - before[0] if value is None else value
    return (side,) * len(right), is_made or value is not None


def chain_mistakes(network: ReferenceNetwork, index: int) -> Iterator[tuple[Any, str]]:
    """One mistake in every layer; the recurrence run from the wrong end; over the branches in a row; past them."""

    def windows(layers: Iterable[int]) -> list[tuple[Any, Any]]:
        sliding = [network.steps(layer)[:1] for layer in layers if network.slides(layer)]
        return [(step.reach, step.stride) for each in sliding for step in each]

    for code in HABITS:
        found = habit(network, index, code)
        if found and found[1]:
            yield found[0][0], code
    backwards = windows([index, *network.path(index)])
    yield chain_field(backwards), "rf.reversed"
    yield sum(reach for reach, _ in backwards), "rf.sum_k"
    if not network.is_chain:
        computed = [layer for layer in range(index + 1) if network.layers[layer].applied]
        yield chain_field(windows(computed)), "rf.residual_sum"
        yield chain_field(windows(unavoidable(network, index))), "rf.residual_none"


def unavoidable(network: ReferenceNetwork, index: int) -> list[int]:
    """The layers that are on every path from the input to a layer: outside of all branches."""
    sources = network.sources
    into: dict[int, int] = {}  # paths from the input
    for layer in range(index + 1):
        into[layer] = sum(into[source] if source >= 0 else 1 for source in sources[layer])
    onwards = {index: 1}  # paths to the layer
    for layer in range(index, -1, -1):
        for source in sources[layer]:
            onwards[source] = onwards.get(source, 0) + onwards.get(layer, 0)
    return [layer for layer in range(index + 1) if into[layer] * onwards.get(layer, 0) == into[index]]


def chain_field(pairs: list[tuple[Any, Any]]) -> Any:
    """r ← r + (k̂ − 1)·j, j ← j·s."""
    size, jump = 1, 1
    for reach, stride in pairs:
        size, jump = size + (reach - 1) * jump, jump * stride
    return size


# One mistake in every layer from the last output that was answered


def values_all_along(own: StudentNumbers, index: int, quantity: str) -> tuple[tuple[Any, str], ...]:
    """(value, code) for every mistake that can be made in two layers at least, none of whose outputs is known."""
    unanswered = unanswered_before(own, index)
    layers = [*reversed(unanswered), index]
    if (
        not unanswered
        or quantity == "receptive_field"
        or sum(changes_output(own.network, layer) for layer in layers) < 2
    ):
        return ()
    key = ("all along", index, quantity, len(layers), own.input(layers[0]))
    return own.network.recall(key, lambda: tuple(find_values_all_along(own, layers, quantity)))


def find_values_all_along(own: StudentNumbers, layers: list[int], quantity: str) -> Iterator[tuple[Any, str]]:
    network, index = own.network, layers[-1]
    codes = {code: None for layer in layers for code in outputs_by_code(own, layer, network.applied(layer))}
    for code in codes:
        outputs: dict[int, Shape] = {}
        times = 0
        for layer in layers:
            applied = layer_behind(own, layer, outputs)
            if applied is None:
                break
            wrong = outputs_by_code(own, layer, applied).get(code)
            if layer == index and times and quantity != "output":
                yield network.amount(applied, quantity), code
                if wrong:
                    yield count_on_output(applied, wrong, quantity), code
            times += wrong is not None
            outputs[layer] = wrong or applied.output
        if index in outputs and times > 1 and quantity == "output":
            yield outputs[index], code


def outputs_by_code(own: StudentNumbers, layer: int, applied: Applied) -> dict[str, Shape]:
    """What each mistake makes of a layer's output."""

    def find_codes() -> dict[str, Shape]:
        view = shared_situation(own.network, layer, applied=applied)
        return {code: shape for shape, code in reversed([*wrong_outputs(view)])}

    return own.network.recall(("outputs by code", layer, applied.input), find_codes)
