"""Below the table: the totals again, in full and in readable units."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from convcalc.layers.case import product
from convcalc.network.quantity import bytes_of
from convcalc.render.report.columns import known_or_not, sees_all
from convcalc.render.report.rows import layers_in_words
from convcalc.render.script import BINARY, COUNTS, DECIMAL, Script, scale_down
from convcalc.spec.layout import written_order
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.network.axes import Axes
    from convcalc.network.walk import NetworkReport
    from convcalc.render.report import ReportOptions


FITS = "the network fits when "


class Note(NamedTuple):
    label: str
    value: str
    remark: str = ""


def notes(report: NetworkReport, options: ReportOptions, script: Script) -> list[Note]:
    """Every total, exact and readable; one that belongs to the line above it is indented.

    Where layers failed, a total of nothing would say that there is nothing.
    """
    totals, bits = report.totals, options.bits
    outputs: Any = totals.activations
    held: Any = sum((product(shape) for shape in report.inputs.values()), 0)
    split = f"weights {script.number(totals.parameters - totals.biases)}, biases {script.number(totals.biases)}"
    each = f", batch of {options.batch:,}" if options.batch > 1 else ""
    one = "for one example" if options.batch > 1 else ""
    meaning = f"as {options.counter} counts them" if options.counter else "one MAC is two FLOPs"

    def memory_note(numbers: Any, remark: str) -> Note:
        return Note("  in memory", bytes_in_words(bytes_of(numbers, bits), script), f"{options.dtype}{remark}")

    buffered = totals.buffers != 0
    failed = sum(layer.known is None for layer in report.layers)
    found: list[Note] = []
    if not (failed and totals.parameters == 0):
        found.append(Note("Parameters", amount(totals.parameters, script), split))
    if buffered:
        found.append(Note("Buffers", amount(totals.buffers, script), "not learnt, and no parameters"))
    if not (failed and totals.parameters == 0 and not buffered):
        found.append(memory_note(totals.parameters + totals.buffers, ", with the buffers" if buffered else ""))
    if totals.macs is not None and not (failed and totals.macs == 0):
        found.append(Note(f"{options.unit}s", amount(totals.macs, script), "; ".join(filter(None, (meaning, one)))))
    if outputs is not None and not (failed and outputs == 0):
        remark = ", ".join(filter(None, ("that a forward pass stores", one)))
        found.append(Note("Activations", amount(outputs, script), remark))
        found.append(memory_note(outputs * options.batch, each))
    if report.inputs:
        found += [Note("Input", amount(held, script), one), memory_note(held * options.batch, each)]
    found += field_notes(report, script)
    found += [
        Note("Fits when", script.text(finding.message.removeprefix(FITS)), script.text(finding.layer))
        for finding in report.diagnostics
        if finding.severity == "condition"
    ]
    found += [
        Note("Note", script.text(": ".join(filter(None, (finding.message, finding.hint)))))
        for finding in report.diagnostics
        if finding.severity == "remark"
    ]
    for name, layer in report.outputs[1:] and report.outputs:
        shape = written_order(layer.applied.output, report.channels_last) if layer.applied else ()
        found.append(Note(f"Output {script.text(name)}", script.shape(shape)))
    if failed:
        found.append(Note("Not in the totals", layers_in_words(failed), "that could not be computed"))
    return found


def field_notes(report: NetworkReport, script: Script) -> Iterator[Note]:
    """The receptive field of the output, on each input."""
    last = report.last
    if last is None or last.applied is None:
        return
    for name, axes in last.fields.items():
        if axes.fields:
            label = "Receptive field" if len(report.inputs) == 1 else f"Receptive field on {script.text(name)}"
            sees = sees_all(axes, last.applied.output, report.sides(name))
            size = tuple(known_or_not(field.size) for field in axes.fields)
            yield Note(label, script.shape(size), field_in_words(axes, sees, script))


def amount(value: Any, script: Script) -> str:
    """61,706 (61.7 k)."""
    exact = script.number(value)
    return f"{exact} ({scale_down(value, 1000, COUNTS)})" if type(value) is int and value >= 1000 else exact


def bytes_in_words(value: Any, script: Script) -> str:
    """246.8 kB (241.0 KiB): thousands, and beside them powers of two."""
    if type(value) is int and value >= 1000:
        return f"{scale_down(value, 1000, DECIMAL)} ({scale_down(value, 1024, BINARY)})"
    return f"{script.number(value)} bytes"


def field_in_words(axes: Axes, sees: bool, script: Script) -> str:
    """Stride and offset along the axes, once where they agree, and whether it is the whole input."""
    parts = []
    if any(field.advance != 0 for field in axes.fields):
        for word in ("stride", "offset"):
            values = [known_or_not(getattr(field, word)) for field in axes.fields]
            alike = all(value == values[0] for value in values)
            parts.append(f"{word} {script.number(values[0]) if alike else script.point(tuple(values))}")
    if any(field.lost for field in axes.fields):
        parts.append("which unit sees what cannot be told")
    if sees:
        parts.append("sees the whole input")
    if not all(field.aligned for field in axes.fields):
        parts.append("branches not aligned")
    return ", ".join(parts)
