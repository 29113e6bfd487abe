"""A report as rows: an input, a layer, a layer that failed, or a block folded into its subtotals, all read alike."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from convcalc.network.walk import count_layers, totals
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers import Shape
    from convcalc.layers.applied import Applied
    from convcalc.layers.held import Held
    from convcalc.network.axes import Axes
    from convcalc.network.walk import Group, LayerReport, NetworkReport, Totals


class ReportRow(NamedTuple):
    """One row of a table, before its values are text."""

    mark: str  # "input", "layer", "failed", "block" or "total"
    name: str
    kind: str = ""  # where no layer says it: what a block holds, or the kind of a layer that failed
    layer: Applied | None = None
    numbers: Applied | Totals | None = None  # what its quantities are read from
    input: tuple[Shape, ...] = ()
    output: Shape | None = None
    fields: dict[str, Axes] | None = None
    sources: tuple[str, ...] = ()
    line: int | None = None
    error: str = ""
    layers: int = 1  # how many layers the row is for
    known: Applied | Held | None = None  # the layer, maybe without its input, whose settings it has


def report_rows(report: NetworkReport, depth: int = 0) -> list[ReportRow]:
    """Inputs first, then the layers in order; blocks that lie `depth` deep are one row each."""
    found = [ReportRow("input", name, output=shape) for name, shape in report.inputs.items()]
    if depth < 1:
        found += map(row, report.layers)
        return found
    folded: dict[str, str] = {}  # layer → the block that it vanished into
    for start, group in parts(report, depth):
        if group is None:
            each = row(report.layers[start])
        else:
            each = block(report, group)
            for layer in report.layers[start : group.stop]:
                folded[layer.name] = group.name
        found.append(each._replace(sources=tuple(dict.fromkeys(folded.get(name, name) for name in each.sources))))
    return found


def row(layer: LayerReport) -> ReportRow:
    applied, held = layer.applied, layer.held
    if applied is None:
        mark, error = ("failed", layer.reason) if held is None else ("layer", "")
        numbers = totals((held,)) if held and held.parameters is not None else None
        return ReportRow(
            mark, layer.name, layer.join, None, numbers, sources=layer.inputs, line=layer.line, error=error, known=held
        )
    return ReportRow(
        "layer", layer.name, "", applied, applied, applied.input, applied.output, layer.fields, layer.inputs,
        layer.line, known=applied,
    )  # fmt: skip


def parts(report: NetworkReport, depth: int) -> Iterator[tuple[int, Group | None]]:
    """The index of every layer that stays a row, and of the first of every block that becomes one."""
    folds = {group.start: group for group, level in levels(report.groups) if level == depth}
    index = 0
    while index < len(report.layers):
        group = folds.get(index)
        yield index, group
        index = group.stop if group else index + 1


def levels(groups: tuple[Group, ...]) -> Iterator[tuple[Group, int]]:
    """Every block with the number of blocks around it, itself included."""
    around: list[int] = []  # where the blocks around end
    for group in sorted(groups, key=lambda group: (group.start, -group.stop, group.name.count("."))):
        while around and around[-1] <= group.start:
            around.pop()
        if group.stop > group.start:
            around.append(group.stop)
            yield group, len(around)


def block(report: NetworkReport, group: Group) -> ReportRow:
    """A block as one row: its inputs from outside, the output of its last layer, and its subtotals."""
    layers = report.layers[group.start : group.stop]
    inside = {layer.name for layer in layers}
    outside = tuple(name for layer in layers for name in layer.inputs if name not in inside)
    failed = sum(layer.known is None for layer in layers)
    first, last = layers[0].applied, layers[-1].applied
    return ReportRow(
        "failed" if failed == len(layers) else "block",
        group.name,
        layers_in_words(count_layers(layer.applied for layer in layers)),
        numbers=None if failed == len(layers) else totals(layer.known for layer in layers),
        input=first.input if first else (),
        output=last.output if last else None,
        fields=layers[-1].fields,
        sources=tuple(dict.fromkeys(outside)),
        line=layers[0].line,
        layers=len(layers),
        error=f"{failed} of {layers_in_words(len(layers))} could not be computed" if failed else "",
    )


def total(report: NetworkReport) -> ReportRow:
    last = report.last
    return ReportRow(
        "total",
        "Total",
        layers_in_words(count_layers(layer.applied for layer in report.layers)),
        numbers=report.totals,
        output=report.output,
        fields=last.fields if last else None,
    )


def deepest_level(groups: tuple[Group, ...]) -> int:
    """The most blocks that lie one in another; 0 where there are none."""
    return max((level for _, level in levels(groups)), default=0)


def layers_in_words(number: Value) -> str:
    return f"{number:,} layer{'' if number == 1 else 's'}"
