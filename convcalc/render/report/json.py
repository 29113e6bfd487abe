"""A report as JSON: whole numbers are integers of any size, symbolic ones and fractions are strings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

from convcalc import __version__
from convcalc.layers.field import Half, middle_of
from convcalc.network.quantity import counts_of
from convcalc.network.walk import LayerReport
from convcalc.render.json_text import json_text
from convcalc.spec.layout import written_order

if TYPE_CHECKING:
    from convcalc.layers import Shape
    from convcalc.layers.applied import Applied
    from convcalc.layers.field import Field
    from convcalc.network.axes import Axes
    from convcalc.network.walk import NetworkReport
    from convcalc.problem import Diagnostic
    from convcalc.render.report import ReportOptions
    from convcalc.render.report.rows import ReportRow

SCHEMA, ERROR_SCHEMA = "convcalc/summary/1", "convcalc/error/1"
MAX_KEPT = 1_000  # texts of fields: layers share theirs with the next ones


Encode: TypeAlias = "Callable[[Any], str]"


def encoder(notation: str) -> Encode:
    """The encoder that writes symbolic numbers in a notation, as text unless one is asked for."""
    if not notation:
        return json_text
    from json import JSONEncoder

    from convcalc.algebra.notation import write

    return JSONEncoder(default=lambda value: write(value, notation)).encode


def shape(sizes: Shape | None, channels_last: bool) -> Any:
    return None if sizes is None else written_order(sizes, channels_last)


def field(fields: tuple[Field, ...]) -> dict[str, Any] | None:
    """Size, stride, offset and centre along each axis; those of equal axes are worked once."""
    if not fields:
        return None
    axes, times = (fields[:1], len(fields)) if fields.count(fields[0]) == len(fields) else (fields, 1)
    sizes, offsets = [axis.size for axis in axes], [axis.offset for axis in axes]
    found: dict[str, Any] = {
        "size": sizes * times,
        "stride": [axis.stride for axis in axes] * times,
        "offset": offsets * times,
        "centre": list(map(centre, sizes, offsets)) * times,
    }
    if 0 in [axis.advance for axis in axes]:
        found["whole_input"] = True
    if False in [axis.aligned for axis in axes]:
        found["aligned"] = False
    return found


def centre(size: Any, offset: Any) -> Any:
    middle = middle_of(size, offset)
    return str(middle) if type(middle) is Half else middle


def field_by_input(fields: dict[str, Axes], text: Encode) -> str:
    return f"{{{', '.join([f'{text(name)}: {text(field(axes.fields))}' for name, axes in fields.items()])}}}"


def constant(applied: Applied, channels_last: bool, text: Encode) -> str:
    """What equal layers on equal inputs share."""
    inputs = [shape(sizes, channels_last) for sizes in applied.input]
    found = {
        "input": inputs[0] if len(inputs) == 1 else inputs,
        "output": shape(applied.output, channels_last),
        "values": applied.values,
        **counts_of(applied),
    }
    return text(found)[1:-1]


def lines(report: NetworkReport, options: ReportOptions) -> Iterator[str]:
    """One JSON document, a line for each layer, what else was asked for behind them; without a newline at its end."""
    text = encoder(options.notation)
    yield (
        f'{{"schema": {text(SCHEMA)}, "convcalc": {text(__version__)}, "name": {text(report.name)}, '
        f'"convention": {text(report.convention)},\n "inputs": '
        f"{text({name: shape(sizes, report.channels_last) for name, sizes in report.inputs.items()})}, "
        f'"output": {text(shape(report.output, report.channels_last))}{named_outputs(report, text)},\n "layers": ['
    )
    constants: dict[int, str] = {}
    fields: dict[int, str] = {}
    several = len(report.inputs) > 1
    separator = "\n  "
    for layer in report.layers if options.depth < 1 else fold_layers(report, options.depth):
        if isinstance(layer, LayerReport):
            yield separator + layer_object(layer, constants, fields, several, report.channels_last, text)
        else:
            yield separator + block(layer, several, report.channels_last, text)
        separator = ",\n  "
    last = report.last.field if report.last else ()
    warnings = [diagnostic(finding) for finding in report.diagnostics if finding.severity != "error"]
    sums = f'{text(counts_of(report.totals))[:-1]}, "receptive_field": {text(field(last))}}}'
    yield f'],\n "totals": {sums},\n "warnings": {text(warnings)}'
    if options.allowances:
        budget = {
            each.quantity.name: {"allowed": each.allowed, "found": each.found, "over": each.over}
            for each in options.allowances
        }
        yield f',\n "budget": {text(budget)}'
    yield options.sections + "}"


def named_outputs(report: NetworkReport, text: Encode) -> str:
    """The shapes of the outputs that a spec names."""
    if not report.outputs:
        return ""
    found = {
        name: shape(layer.applied and layer.applied.output, report.channels_last) for name, layer in report.outputs
    }
    return f', "outputs": {text(found)}'


def fold_layers(report: NetworkReport, depth: int) -> Iterator[LayerReport | ReportRow]:
    """The layers that stay, and a row for every block at this depth."""
    from convcalc.render.report.rows import parts, report_rows

    shown = report_rows(report, depth)[len(report.inputs) :]
    for (start, group), row in zip(parts(report, depth), shown, strict=True):
        yield row if group else report.layers[start]._replace(inputs=row.sources)


def block(row: ReportRow, several: bool, channels_last: bool, text: Encode) -> str:
    """A block folded into its subtotals; of its memory, the activations that need some."""
    sums: Any = row.numbers
    inputs = [shape(sizes, channels_last) for sizes in row.input]
    found = {
        "name": row.name, "kind": "block", "layers": row.layers, "line": row.line, "from": row.sources,
        "input": inputs[0] if len(inputs) == 1 else inputs, "output": shape(row.output, channels_last),
        **counts_of(sums),
    }  # fmt: skip
    seen = row.fields or {}
    fields = f', "receptive_field": {text(field(next((axes.fields for axes in seen.values()), ())))}'
    if several:
        fields += f', "receptive_fields": {field_by_input(seen, text)}'
    return f"{text(found)[:-1]}{fields}}}"


def layer_object(
    layer: LayerReport,
    constants: dict[int, str],
    fields: dict[int, str],
    several: bool,
    channels_last: bool,
    text: Encode,
) -> str:
    applied = layer.applied
    place = f'"line": {text(layer.line)}, "from": {text(layer.inputs)}'
    own = f'"name": {text(layer.name)}, "kind": {text(layer.kind)}, {place}'
    if layer.held:
        rest = {"input": None, "output": None, "values": layer.held.values, **counts_of(layer.held)}
        return f'{{{own}, {text(rest)[1:-1]}, "receptive_field": null}}'
    if applied is None:
        return f'{{{own}, "error": {text(layer.reason)}}}'
    known = constants.get(id(applied))
    if known is None:
        known = constants[id(applied)] = constant(applied, channels_last, text)
    axes = layer.field
    seen = fields.get(id(axes))
    if seen is None:
        if len(fields) > MAX_KEPT:
            fields.clear()
        seen = fields[id(axes)] = text(field(axes))
    more = f', "receptive_fields": {field_by_input(layer.fields, text)}' if several else ""
    return f'{{{own}, {known}, "receptive_field": {seen}{more}}}'


def diagnostic(finding: Diagnostic) -> dict[str, Any]:
    mark = finding.mark
    return {
        "code": finding.code,
        "message": finding.message,
        "hint": finding.hint,
        "file": mark.source.name if mark else None,
        "line": mark.line if mark else None,
        "column": mark.column if mark else None,
        "layer": finding.layer or None,
    }


def error(findings: tuple[Diagnostic, ...]) -> str:
    """The document of a report that could not be computed: the first error, and all of them."""
    shown = [diagnostic(finding) for finding in findings]
    return json_text({"schema": ERROR_SCHEMA, "error": shown[0], **({"errors": shown} if len(shown) > 1 else {})})


def one_line(report: NetworkReport, options: ReportOptions) -> Iterator[str]:
    """The same document on one line: a newline inside a string is an escape, so that all others may go."""
    for piece in lines(report, options):
        yield " ".join(filter(None, map(str.strip, piece.split("\n")))) if "\n" in piece else piece
    yield "\n"
