"""The network that a sweep is of: read once, its names found, and its own errors told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import is_symbolic
from convcalc.algebra.substitution import symbols
from convcalc.network.load import source_of, spec_of, summarise_spec
from convcalc.problem import Problem
from convcalc.spec.choices import misuse
from convcalc.sweep.network import swept

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcalc.network.walk import NetworkReport
    from convcalc.problem import Source
    from convcalc.spec.choices import Choices
    from convcalc.sweep.network import Swept
    from convcalc.sweep.question import SweepQuestion


def swept_network(
    network: str | Source, choices: Choices, question: SweepQuestion, bits: int = 32, batch: int = 0
) -> Swept:
    """A Problem where a letter of it has no value at the ends of its grid."""
    spec = spec_of(source_of(network, choices), choices)
    found = swept(spec, choices, question.names, bits, batch)
    for report in (found.report(question.point(place)) for place in (0, question.size - 1)):
        for value in values_of(report):
            free = symbols(value) if is_symbolic(value) else ()
            if free:
                name = next(iter(free))
                hint = f"--over {name}=…, or --set {name}=… for one value"
                raise misuse("U002", "--over", ", ".join(question.names), f"{name} has no value", hint)
    return found


def values_of(report: NetworkReport) -> Iterator[Any]:
    """Its totals and the sizes of its inputs and layers."""
    yield from report.totals
    for shape in (*report.inputs.values(), *(layer.known.output for layer in report.layers if layer.known)):
        yield from shape or ()


def refuse_broken(network: Swept, question: SweepQuestion) -> None:
    """A Problem where the network is broken without a sweep, too, which leaves no point of it."""
    if summarise_spec(network.spec, network.choices).errors:
        raise Problem(*network.report(question.point(0)).errors)
