"""Networks as ONNX files, for the tests: bundled ones, and one of each row of the kinds."""

from kind_rows import ROWS
from written import shapes, written

from convcalc.problem import Source


def written_file(source):
    """The bytes of a network, and its report."""
    return written(source, "onnx")


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


# Layers that change nothing in a file, or take no input: one of them alone is another network to its reader.
ALONE = frozenset(("squeeze", "parameter", "buffer", "generated"))
CASES = [(kind, row) for kind, rows in ROWS.items() for row in rows if kind not in ALONE]
