"""The network that a sweep is of: read once, its names found, and its own errors told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcalc.algebra.expr import is_symbolic
from convcalc.algebra.substitution import symbols
from convcalc.network.load import source_of, spec_of, summarise_spec
from convcalc.problem import Problem
from convcalc.spec.choices import misuse
from convcalc.spec.shapes import spell_shape
from convcalc.sweep.network import swept
from convcalc.sweep.structures import check_values

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
    for axis in question.axes:
        check_values(axis, found)
    for report in (found.report(question.point(place)) for place in (0, question.size - 1)):
        for value in values_of(report):
            free = symbols(value) if is_symbolic(value) else ()
            if free:
                name = next(iter(free))
                hint = f"--over {name}=…, or {one_value(found, report, name)} for one value"
                raise misuse("U002", "--over", ", ".join(question.names), f"{name} has no value", hint)
    return found


def one_value(network: Swept, report: NetworkReport, name: str) -> str:
    """How a letter gets one value: in a program, by the sizes of the input."""
    for side, shape in report.inputs.items():
        if network.is_program and any(name in symbols(size) for size in shape or () if is_symbolic(size)):
            sizes = spell_shape("224" if is_symbolic(size) else str(size) for size in shape)
            return f"--input {f'{side}=' if len(report.inputs) > 1 else ''}{sizes}"
    return f"--set {name}=…"


def values_of(report: NetworkReport) -> Iterator[Any]:
    """Its totals and the sizes of its inputs and layers."""
    yield from report.totals
    for shape in (*report.inputs.values(), *(layer.known.output for layer in report.layers if layer.known)):
        yield from shape or ()


def refuse_broken(network: Swept, question: SweepQuestion) -> None:
    """A Problem where the network is broken without a sweep, too, which leaves no point of it."""
    if summarise_spec(network.spec, network.choices).errors:
        raise Problem(*network.report(question.point(0)).errors)
