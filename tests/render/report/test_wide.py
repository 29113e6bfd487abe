"""CSV with a column for each side, which pandas and DuckDB read without a text to be taken apart."""

import csv
import io
import json

import pytest

from convcalc.render.report.columns import COLUMNS
from convcalc.render.report.wide import wide_names

HEAD = [name for column in COLUMNS for name in wide_names(column)]
NUMBERS = [name for name in HEAD if name not in ("network", "layer", "kind", "from", "stored", "rf_whole", "error")]


def written(convcalc, *words):
    code, out, err = convcalc("summary", *words, "--format", "csv", "--wide")
    assert (code, err) == (0, "")
    return out


def rows_of(text):
    return {row["layer"]: row for row in csv.DictReader(io.StringIO(text))}


@pytest.mark.parametrize("name", ["lenet5", "resnet18", "c3d", "textcnn", "unet", "bert_base", "siamese_koch"])
def test_its_numbers_are_those_of_the_json(convcalc, name):
    rows = rows_of(written(convcalc, name))
    report = json.loads(convcalc("summary", name, "--json")[1])
    axes = {1: "l", 2: "hw", 3: "dhw"}
    for layer in report["layers"]:
        row = rows[layer["name"]]
        channels, *sides = layer["output"]
        assert row["output_c"] == str(channels)
        for axis in "ldhw":
            own = axes.get(len(sides), "")
            expected = str(sides[own.index(axis)]) if axis in own else ""
            assert row[f"output_{axis}"] == expected
        assert row["parameters"] == str(layer["parameters"]) and row["macs"] == str(layer["macs"])
        kernel = layer["values"].get("kernel")
        if isinstance(kernel, list):
            own = axes[len(kernel)]
            assert [row[f"kernel_{axis}"] for axis in own] == [str(side) for side in kernel]
        field = layer["receptive_field"]
        if field and len(report["inputs"]) == 1:
            own = axes[len(field["size"])]
            assert [row[f"receptive_field_{axis}"] for axis in own] == ["" if side is None else str(side) for side in field["size"]]  # fmt: skip


@pytest.mark.parametrize("name", ["lenet5", "resnet50", "c3d", "textcnn", "siamese_koch", "bert_base"])
def test_every_cell_of_a_number_is_one(convcalc, name):
    for row in rows_of(written(convcalc, name)).values():
        for column in NUMBERS:
            assert row[column] == "" or float(row[column]) == float(row[column]), (column, row[column])
        assert {row["stored"], row["rf_whole"]} <= {"", "true", "false"}


def test_padding_that_differs_has_both_sides(convcalc):
    rows = rows_of(written(convcalc, "-e", "3x9x9 -> conv 4 k3 p=[[0,1],[2,2]]"))
    found = {name: value for name, value in rows["conv1"].items() if name.startswith("padding") and value}
    assert found == {"padding_w": "2", "padding_before_h": "0", "padding_before_w": "2", "padding_after_h": "1", "padding_after_w": "2"}  # fmt: skip


def test_inputs_that_differ_have_what_they_have_in_common(convcalc, tmp_path):
    path = tmp_path / "net.yaml"
    path.write_text("input: 3x9x9\nlayers: [concat: {a: [conv 4 k3 p1], b: [conv 8 k1]}]\n")
    row = rows_of(written(convcalc, str(path)))["concat1"]
    assert (row["inputs"], row["input_c"], row["input_h"], row["input_w"]) == ("2", "", "9", "9")


def test_columns_are_chosen_and_networks_follow_each_other(convcalc):
    out = written(convcalc, "lenet5", "c3d", "--columns", "network,layer,kernel,macs")
    head, *rows = csv.reader(io.StringIO(out))
    assert head == ["network", "layer", "kernel_l", "kernel_d", "kernel_h", "kernel_w", "macs"]
    assert {row[0] for row in rows} == {"LeNet-5", "C3D"} and all(len(row) == len(head) for row in rows)


def test_channels_come_first_whatever_the_layout(convcalc):
    rows = rows_of(written(convcalc, "lenet5", "--layout", "channels_last", "--input", "32x32x1"))
    assert (rows["C1"]["output_c"], rows["C1"]["output_h"]) == ("6", "28")


def test_it_is_of_csv_and_of_three_axes(convcalc):
    assert convcalc("summary", "lenet5", "--wide")[0] == 2
    code, _, err = convcalc("summary", "-e", "3x4x4x4x4 -> relu", "--format", "csv", "--wide")
    assert code == 2 and "4 axes" in err


@pytest.mark.parametrize("name", ["resnet18", "c3d", "textcnn"])
def test_pandas_reads_numbers(convcalc, name, tmp_path):
    pandas = pytest.importorskip("pandas")
    path = tmp_path / "t.csv"
    path.write_text(written(convcalc, name))
    frame = pandas.read_csv(path)
    for column in NUMBERS:
        assert pandas.api.types.is_numeric_dtype(frame[column]), column
    report = json.loads(convcalc("summary", name, "--json")[1])
    assert (
        frame["parameters"].sum() == report["totals"]["parameters"] and frame["macs"].sum() == report["totals"]["macs"]
    )
    assert frame["stored"].dropna().isin([True, False]).all()


@pytest.mark.parametrize("name", ["resnet18", "c3d", "textcnn"])
def test_duckdb_reads_numbers(convcalc, name, tmp_path):
    duckdb = pytest.importorskip("duckdb")
    path = tmp_path / "t.csv"
    path.write_text(written(convcalc, name))
    types = {column: kind for column, kind, *_ in duckdb.sql(f"DESCRIBE SELECT * FROM '{path}'").fetchall()}
    filled = [column for column in NUMBERS if any(row[column] for row in rows_of(path.read_text()).values())]
    assert {types[column] for column in filled} <= {"BIGINT", "DOUBLE"}, types
    assert types["stored"] == "BOOLEAN"
    total = json.loads(convcalc("summary", name, "--json")[1])["totals"]["macs"]
    assert duckdb.sql(f"SELECT sum(macs) FROM '{path}'").fetchall() == [(total,)]


def test_totals_are_wide_too(convcalc):
    code, out, _ = convcalc("summary", "c3d", "lenet5", "--totals", "--format", "csv", "--wide")
    first, second = csv.DictReader(io.StringIO(out))
    assert code == 0 and (first["input_d"], first["input_h"], first["output_c"], first["receptive_field_d"]) == ("16", "112", "487", "76")  # fmt: skip
    assert (second["input_c"], second["input_d"], second["rf_centre_h"]) == ("1", "", "15.5")


FORMULAS = """name: =cmd
input: 3x9x9
layers:
  - =1+2: conv 8 k3
  - "@SUM(A1)": conv 8 k3
  - {conv: {filters: 8, kernel: 3}, name: "-1", from: "=1+2"}
  - 'a,"b': relu
"""


def test_no_name_is_a_formula_to_a_spreadsheet(convcalc, tmp_path, monkeypatch):
    """A ' before it, as marks have it; numbers keep their sign."""
    monkeypatch.chdir(tmp_path)
    for name in ("=net.yaml", "net.yaml"):
        (tmp_path / name).write_text(FORMULAS)
    for wide in ([], ["--wide"]):
        out = convcalc("summary", "net.yaml", "--format", "csv", "--columns", "network,layer,from,rf_offset", *wide)[1]
        rows = list(csv.reader(io.StringIO(out)))[1:]
        assert {row[0] for row in rows} == {"'=cmd"}
        assert [row[1] for row in rows] == ["input", "'=1+2", "'@SUM(A1)", "'-1", 'a,"b']
        assert [row[2] for row in rows[2:]] == ["'=1+2", "'=1+2", "'-1"]
    (row,) = list(csv.reader(io.StringIO(convcalc("summary", "=net.yaml", "--totals", "--format", "csv")[1])))[1:]
    assert row[:2] == ["'=cmd", "'=net.yaml"]
    head = convcalc("compare", "=net.yaml", "lenet5", "--format", "csv")[1].splitlines()[0]
    assert head.startswith("quantity,'=cmd,LeNet-5")
    offsets = convcalc("summary", "resnet18", "--format", "csv", "--columns", "rf_offset", "--wide")[1]
    assert ",-3,-3" in offsets


def test_numbers_beyond_floats_stay_exact(convcalc):
    side, tap = 9007199254740999, 9007199254740994
    line = f"1x{side} -> conv 2 k2 d={tap - 1} -> conv 2 k2 d={side - tap + 1}"
    out = convcalc("summary", "-e", line, "--format", "csv", "--wide", "--columns", "layer,rf,rf_centre,macs")[1]
    rows = list(csv.DictReader(io.StringIO(out)))
    assert rows[1]["receptive_field_l"] == str(tap) and rows[1]["rf_centre_l"] == f"{(tap - 1) // 2}.5"
    line = "1x10**320 -> upsample 3 -> conv 2 k2 d=10**315+1 -> upsample 2"
    code, out, err = convcalc("summary", "-e", line, "--format", "csv", "--wide")
    assert (code, err) == (0, "") and len(out.splitlines()) == 5
