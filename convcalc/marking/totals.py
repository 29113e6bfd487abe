"""Totals that a student may reach: the sum of their own rows, a row left out, one mistake made in every layer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import evaluate
from convcalc.algebra.parser import parse
from convcalc.layers.case import product
from convcalc.marking.key import SUMMED
from convcalc.marking.mistakes import MISTAKES
from convcalc.marking.reference_network import TRAINABLE, ReferenceNetwork
from convcalc.marking.situation import shared_situation
from convcalc.marking.verdict import Diagnosis, Response
from convcalc.marking.wrong_values import wrong_values
from convcalc.network.quantity import QUANTITIES

if TYPE_CHECKING:
    from convcalc.marking.carry_forward import StudentNumbers

FORMULAS = frozenset(("parameters", TRAINABLE, "macs", "flops"))  # whose layers have wrong formulas
OF_OUTPUTS = frozenset(name for name, quantity in QUANTITIES.items() if quantity.of_outputs)
VGG16 = 15_237_608  # numbers in the rows of the course notes' table, which says 24M below it


def right_rows(network: ReferenceNetwork, quantity: str) -> dict[int, Any]:
    """What the layers have that are added up: activation functions need no storage of their own."""
    return {
        index: network.amount(applied, quantity)
        for index, layer in enumerate(network.layers)
        if (applied := layer.applied) and (quantity not in OF_OUTPUTS or applied.setting.kind.storage)
    }


def own_totals(own: StudentNumbers, quantity: str, responses: Iterable[Response]) -> list[Any]:
    """The sums of a student's own rows, where they have given a wrong one, and of what follows from them elsewhere."""
    network = own.network
    if quantity in ("output", "receptive_field"):
        last = network.report.main
        if quantity == "output":
            return [own.shapes[last]] if own.outputs else []
        return [own.sizes[last]] if last in own.sizes else []
    if quantity not in SUMMED:
        return []
    given: dict[int, Any] = {}
    for response in responses:
        asked = response.asked
        is_row = asked.is_whole_quantity(network) and asked.question.quantity == quantity
        if is_row and response.state in ("wrong", "consistent") and response.readings:
            reading = response.readings[0]
            if not isinstance(reading.value, tuple) and not reading.unit:
                given[asked.index] = reading.value
    if not given and not own.outputs:
        return []
    rows = [
        [given[index]] if index in given else own.values(index, quantity) or [value]
        for index, value in right_rows(network, quantity).items()
    ]
    return [sum(values[0] for values in rows), sum(values[-1] for values in rows)]


def wrong_totals(network: ReferenceNetwork, quantity: str) -> tuple[tuple[Any, Diagnosis], ...]:
    """Every wrong sum of right rows, explained: one mistake in all layers, in one, or a row left out."""
    if quantity not in SUMMED:
        return ()
    return network.recall(("total", quantity), lambda: tuple(find_wrong_totals(network, quantity)))


def find_wrong_totals(network: ReferenceNetwork, quantity: str) -> Iterator[tuple[Any, Diagnosis]]:
    rows = right_rows(network, quantity)
    total = sum(rows.values())
    if quantity in FORMULAS:
        slips: dict[str, dict[int, list[Any]]] = {}  # what the wrong formulas of a mistake give in a layer
        for index in rows:
            if rows[index] or network.applied(index).setting.kind.pools:
                for each in wrong_values(shared_situation(network, index), quantity).all():
                    slips.setdefault(each.codes[0], {}).setdefault(index, []).append(each.value)
        biases = {**slips.get("par.fc_no_bias", {}), **slips.get("par.no_bias", {})}
        for code, layers in (*slips.items(), *([("par.no_bias", biases)] if "par.no_bias" in slips else [])):
            for turn in range(max(map(len, layers.values()))):
                everywhere = sum(values[min(turn, len(values) - 1)] - rows[index] for index, values in layers.items())
                yield total + everywhere, Diagnosis((code,))
        for code, layers in slips.items():
            for index, values in layers.items():
                for value in values:
                    yield total + value - rows[index], Diagnosis((code,), (network.layers[index].name,))
    yield from wrong_sums(network, quantity, total)
    for index, value in rows.items():
        if value:
            yield total - value, Diagnosis(("slip.row_left_out",), (network.layers[index].name,))


def wrong_sums(network: ReferenceNetwork, quantity: str, total: Any) -> Iterator[tuple[Any, Diagnosis]]:
    """Mistakes that are made with the whole network."""
    outputs = sum(network.applied(index).activations for index in range(len(network.layers)))
    known = {"_": total, "I": sum(map(product, network.inputs.values())), "O": outputs}
    holding = {"", "vgg16"} if 100 * abs(total - VGG16) < VGG16 else {""}  # with the input and without
    for mistake in MISTAKES.values():
        for wrong in mistake.wrongs:
            if wrong.kinds == "total" and mistake.quantity == quantity and wrong.when in holding:
                yield evaluate(parse(wrong.formula), known), Diagnosis((mistake.code,))
