"""The table of the bundled networks says of each what it comes to."""

from pathlib import Path

import pytest

from convcalc.network.load import graph_of, spec_of, walk
from convcalc.problem import BUNDLED
from convcalc.readers import library
from convcalc.readers.bundled import TABLE, BundledNetwork, bundled_table, sides
from convcalc.spec.layout import written_order

FILE = Path(library.folder(), TABLE)
NAMES = [*library.bundled_networks()]


def shape_text(sizes):
    return "x".join(map(str, sizes or ()))


def worked(name):
    """A network's row, worked out."""
    spec = spec_of(library.find(name))
    report = walk(graph_of(spec))
    family = spec.family.removeprefix(BUNDLED).removesuffix(".yaml") or name
    shapes = {each: shape_text(written_order(sizes, report.channels_last)) for each, sizes in report.inputs.items()}
    inputs = ", ".join(f"{each} {text}" if len(shapes) > 1 else text for each, text in shapes.items())
    output = shape_text(written_order(report.output, report.channels_last))
    field = [axis.size for axis in report.last.field]
    return BundledNetwork(
        name, family, spec.name, " ".join(spec.about.split()), inputs, output, len(report.layers),
        report.totals.parameters, report.totals.macs, "" if None in field else shape_text(field),
    )  # fmt: skip


def test_the_table_has_every_network_a_family_together(request):
    if request.config.getoption("--renew"):
        found = sorted(map(worked, NAMES), key=lambda row: (row.family, row.name != row.family, row.name))
        lines = ("\t".join(map(str, row)) for row in (BundledNetwork._fields, *found))
        FILE.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    rows = bundled_table()
    assert sorted(row.name for row in rows) == sorted(NAMES)
    assert rows == sorted(rows, key=lambda row: (row.family, row.name != row.family, row.name))


@pytest.mark.seeds(1, 8)
def test_a_row_is_true(seed):
    rows = {row.name: row for row in bundled_table()}
    for name in NAMES[seed::8]:
        assert rows[name] == worked(name), "pytest --renew tests/readers/test_bundled_table.py"


def test_a_row_has_shapes():
    rows = {row.name: row for row in bundled_table()}
    lenet = rows["lenet5"]
    assert (lenet.shapes, lenet.parameters, sides(lenet.output)) == ({"input": [1, 32, 32]}, 61706, [10])
    keras = rows["keras_densenet121"]
    assert keras.shapes == {"input": [224, 224, 3]}  # in its own layout, as its summary has it
    assert max(len(row.shapes) for row in rows.values()) > 1
