"""A table that a tool printed, held against a network: its rows beside the layers that they are for."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

from convcalc.kinds.classes import classes
from convcalc.kinds.printed import unknown_kind
from convcalc.layers.applied import Setting
from convcalc.layers.held import Held
from convcalc.network.walk import LayerReport, NetworkReport, Totals
from convcalc.questions.compare import MAX_MATCHED, Change, Difference
from convcalc.tuples import NamedTuple

if TYPE_CHECKING:
    from convcalc.algebra.expr import Value
    from convcalc.layers import Kind
    from convcalc.readers.printed.table import PrintedTable

UNTOLD: Any = None  # what a table does not say
CUT = "…"  # at the end of a class that the width of a table has cut


class RowPair(NamedTuple):
    """A row of a table and the layer that it is for, or the last of several; None where there is nothing."""

    row: LayerReport | None
    layer: LayerReport | None
    agrees: bool = False
    size: int = 1  # layers that the row is for


def report_of_table(table: PrintedTable, name: str) -> NetworkReport:
    """A table as a report, of which only outputs and parameters are known."""
    is_last = table.tool == "Keras"
    totals = Totals(table.parameters, UNTOLD, UNTOLD if table.buffers is None else table.buffers, None, None, None)
    return NetworkReport(
        name, "", "keras" if is_last else "pytorch", is_last, {}, {}, list(rows_to_compare(table, is_last)), totals,
        (), (), table=table,
    )  # fmt: skip


def rows_to_compare(table: PrintedTable, is_last: bool) -> Iterator[LayerReport]:
    """The rows that are layers: not those of an input, nor of what only contains the rows below it."""
    for row, below in zip(table.rows, (*table.rows[1:], None), strict=True):
        is_around = below is not None and below.depth > row.depth
        kind = kind_of(row.kind, "keras" if is_last else "torch")
        if row.kind == "InputLayer" or (is_around and is_last) or (not row.parameters and (is_around or kind is None)):
            continue
        output = None if is_around or row.output is None else row.output
        output = (output[-1], *output[:-1]) if output and is_last else output
        held = Held(Setting(kind or unknown_kind(row.kind)), {}, parameters=row.parameters or 0, output=output)
        yield LayerReport(row.name, None, (), {}, row.line, held=held)


def kind_of(name: str, framework: str) -> Kind | None:
    """The kind of a class, maybe cut at its end; None where it is not known."""
    known = classes(framework)
    if name in known:
        return known[name][0]
    found = {kind for each, (kind, *_) in known.items() if len(name) > 5 and each.startswith(name.rstrip(CUT))}
    return found.pop() if len(found) == 1 else None


def mult_adds(reports: tuple[NetworkReport, ...]) -> Iterator[tuple[Value | None, ...]]:
    """What torchinfo counts, as it rounds it: in its table, and in the networks beside that."""
    table = next((report.table for report in reports if report.table and report.table.mult_adds), None)
    if table is None or table.mult_adds is None:
        return
    from convcalc.tools.counting import tool_count
    from convcalc.tools.counts import COUNTS

    printed, unit = table.mult_adds
    last = 10 ** (unit - len(printed.partition(".")[2]))  # what its last digit counts
    values: list[Value | None] = []
    for report in reports:
        found: Any = None
        if report.table is table:
            found = int(printed.replace(".", "")) * last
        elif not (report.table or report.gaps):
            found = table.batch * tool_count(report, COUNTS["torchinfo"]).value
        values.append((2 * found + last) // (2 * last) * last if isinstance(found, int) else found)
    yield tuple(values)


def compare_rows(base: NetworkReport, other: NetworkReport, place: int) -> Difference:
    """How a table differs from a network, or a network from a table."""
    table, network = (base, other) if base.table else (other, base)
    layers = network.layers
    if table.convention == "keras" and not network.table:
        layers = list(map(with_buffers_counted, layers))
    pairs = tuple(RowMatcher(table.layers, layers).pairs())
    changes = (Change(pair.row, pair.layer) for pair in pairs if not pair.agrees)
    if table is other:
        changes = (Change(ours, theirs) for theirs, ours in changes)
    same = sum(pair.agrees for pair in pairs)
    silent = len(network.layers) - sum(pair.size for pair in pairs if pair.layer)
    return Difference(place, same, tuple(changes), silent)


def with_buffers_counted(layer: LayerReport) -> LayerReport:
    """A layer with its buffers among its parameters, as Keras has them in one number."""
    known: Any = layer.known
    if known is None or not known.buffers:
        return layer
    known = known._replace(parameters=known.parameters + known.buffers)
    return layer._replace(applied=known) if layer.applied else layer._replace(held=known)


# Rows and layers


class RowMatcher:
    """Finds the layer of every row, both in the order in which they are computed.

    First those with parameters that agree, then between two of them the others in order.
    """

    def __init__(self, rows: list[LayerReport], layers: list[LayerReport]):
        self.has_shapes = any(row.held and row.held.output for row in rows) and all(layer.applied for layer in layers)
        # Without shapes there is nothing to compare of rows without parameters.
        self.rows, self.layers = rows if self.has_shapes else list(filter(self.count, rows)), layers

    def pairs(self) -> Iterator[RowPair]:
        row = layer = 0
        for next_row, next_layer in (*self.anchors(), (len(self.rows), len(self.layers))):
            yield from self.between(self.rows[row:next_row], self.layers[layer:next_layer])
            if next_row < len(self.rows):
                yield RowPair(self.rows[next_row], self.layers[next_layer], True)
            row, layer = next_row + 1, next_layer + 1

    def anchors(self) -> Iterator[tuple[int, int]]:
        """Rows and layers with parameters that agree."""
        rows = [place for place, row in enumerate(self.rows) if self.count(row)]
        layers = [place for place, layer in enumerate(self.layers) if self.count(layer)]
        if len(rows) + len(layers) > MAX_MATCHED:
            yield from (
                pair for pair in zip(rows, layers, strict=False) if self.agree(self.rows[pair[0]], self.layers[pair[1]])
            )
            return
        a, b = [self.key(self.rows[place]) for place in rows], [self.key(self.layers[place]) for place in layers]
        for start, begin, size in SequenceMatcher(a=a, b=b, autojunk=False).get_matching_blocks():
            yield from zip(rows[start : start + size], layers[begin : begin + size], strict=True)

    def between(self, rows: list[LayerReport], layers: list[LayerReport]) -> Iterator[RowPair]:
        place = 0
        for row in rows:
            stop = self.end_of(row, layers, place)
            if stop:
                yield RowPair(row, layers[stop - 1], True, stop - place if self.count(row) else 1)
                place = stop
                continue
            found = self.likest(row, layers, place)
            if found is None:
                yield RowPair(row, None)
                continue
            yield from (RowPair(None, layer) for layer in layers[place:found] if self.count(layer))
            yield RowPair(row, layers[found])
            place = found + 1
        yield from (RowPair(None, layer) for layer in layers[place:] if self.count(layer))

    def end_of(self, row: LayerReport, layers: list[LayerReport], place: int) -> int:
        """One past the layers from a place on that a row agrees with; 0 for none.

        One layer without parameters, or as many layers as have the parameters of a class that is not known.
        """
        wanted, total = self.count(row), 0
        is_group = bool(row.held and row.held.setting.kind.opaque)
        for index in range(place, len(layers)):
            total += self.count(layers[index])
            if total > wanted or not (is_group or not wanted):
                return 0
            if total == wanted and self.same_output(row, layers[index]):
                return index + 1
        return 0

    def likest(self, row: LayerReport, layers: list[LayerReport], place: int) -> int | None:
        """The next layer of the kind of a row that does not agree; of a row with parameters else any that has some."""
        rest = range(place, len(layers))
        alike = (index for index in rest if layers[index].kind == row.kind)
        weighty = (index for index in rest if self.count(row) and self.count(layers[index]))
        return next(alike, next(weighty, None))

    # A row and a layer

    def count(self, layer: LayerReport) -> Any:
        return (layer.known and layer.known.parameters) or 0

    def key(self, layer: LayerReport) -> tuple[Any, ...]:
        known: Any = layer.known
        return (self.count(layer), known.output if self.has_shapes else None)

    def agree(self, row: LayerReport, layer: LayerReport) -> bool:
        return bool(self.count(row) == self.count(layer) and self.same_output(row, layer))

    def same_output(self, row: LayerReport, layer: LayerReport) -> bool:
        theirs, ours = row.held and row.held.output, layer.applied and layer.applied.output
        return theirs is None or ours is None or theirs == ours
