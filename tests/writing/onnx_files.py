"""Networks as ONNX files, for the tests: bundled ones, and one of each row of the kinds."""

from kind_rows import ROWS

from convcalc.network.load import Choices, graph_of, spec_of
from convcalc.network.walk import walk
from convcalc.problem import Source
from convcalc.writing import TARGETS
from convcalc.writing.asked import with_choices


def written_file(source, choices=Choices()):  # noqa: B008 - it never changes
    """The bytes of a network, and its report."""
    spec = spec_of(source, choices)
    graph = graph_of(spec, choices)
    assert not graph.diagnostics
    return b"".join(TARGETS["onnx"].pieces(with_choices(spec, choices, graph), graph)), walk(graph)


def shapes(report):
    return [layer.applied.output for _, layer in report.outputs] or [report.output]


def counts(report):
    totals = report.totals
    return totals.parameters, totals.buffers, totals.macs, shapes(report)


def row_source(row):
    """A network of the one layer of a row."""
    convention, *last = row.convention.split()
    kind, *rest = row.layer.split()
    layout = "layout: channels_last\n" if last or (convention == "keras" and kind == "gmp") else ""
    text = (
        f"convention: {convention}\n{layout}input: {{x: {row.input}}}\nlayers:\n  - y: {{{kind}: '{' '.join(rest)}'}}"
    )
    return Source("row.yaml", text)


# Layers that change nothing, or take no input: a file of one of them alone is no network to its reader.
ALONE = frozenset(("squeeze", "parameter", "buffer", "generated"))
CASES = [(kind, row) for kind, rows in ROWS.items() for row in rows if kind not in ALONE]
