"""The table of the bundled networks says of each what it comes to."""

from pathlib import Path

import pytest

from convcalc.network.load import graph_of, spec_of, walk
from convcalc.problem import BUNDLED
from convcalc.readers import library
from convcalc.readers.bundled import TABLE, BundledNetwork, bundled_table, sides

FILE = Path(library.folder(), TABLE)


def shape_text(sizes):
    return "x".join(map(str, sizes or ()))


def worked(name):
    """A network's row, worked out."""
    spec = spec_of(library.find(name))
    report = walk(graph_of(spec))
    family = spec.family.removeprefix(BUNDLED).removesuffix(".yaml") or name
    several = len(report.inputs) > 1
    inputs = ", ".join(
        f"{each} {shape_text(sizes)}" if several else shape_text(sizes) for each, sizes in report.inputs.items()
    )
    field = [axis.size for axis in report.last.field]
    return BundledNetwork(
        name, family, spec.name, " ".join(spec.about.split()), inputs, shape_text(report.output), len(report.layers),
        report.totals.parameters, report.totals.macs, "" if None in field else shape_text(field),
    )  # fmt: skip


@pytest.fixture(scope="module")
def rows():
    found = [worked(name) for name in library.bundled_networks()]
    return sorted(found, key=lambda row: (row.family, row.name != row.family, row.name))


def test_the_table_is_true(rows, request):
    text = "".join("\t".join(map(str, row)) + "\n" for row in [BundledNetwork._fields, *rows])
    if request.config.getoption("--renew"):
        FILE.write_text(text, "utf-8")
    assert FILE.read_text("utf-8") == text, "pytest --renew tests/readers/test_bundled_table.py"


def test_its_rows_are_records_again(rows):
    assert bundled_table() == rows
    lenet = next(row for row in rows if row.name == "lenet5")
    assert (lenet.shapes, lenet.parameters, sides(lenet.output)) == ({"input": [1, 32, 32]}, 61706, [10])
    assert max(len(row.shapes) for row in rows) > 1
