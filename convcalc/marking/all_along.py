"""One mistake made in every layer from the last output that was answered up to the one that is asked about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.marking.reference_network import count_on_output
from convcalc.marking.situation import shared_situation
from convcalc.marking.upstream import changes_output, unanswered_before, wrong_outputs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcalc.layers.applied import Applied
    from convcalc.layers.record import Shape
    from convcalc.marking.carry_forward import StudentNumbers


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
            inputs = tuple(
                outputs.get(source, own.shapes[source]) if source >= 0 else network.inputs[source]
                for source in network.sources[layer]
            )
            applied = network.layer_on(layer, inputs)
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
