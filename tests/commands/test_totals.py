"""--totals has a row for each network; folders and patterns are SPECs of summary, compare and lint alike."""

import csv
import io
import json

import pytest
from terminal import in_terminal

from convcalc.network.load import summarise
from convcalc.render import report
from convcalc.render.report.totals import ALL, FORMATS


@pytest.fixture
def nets(tmp_path, monkeypatch):
    folder = tmp_path / "nets"
    (folder / "below").mkdir(parents=True)
    (folder / "a.yaml").write_text("name: A\ninput: 3x8x8\nlayers: [conv 8 k3, relu]\n")
    (folder / "b.yaml").write_text("input: 3x8x8\nlayers: [conv 4 k9]\n")
    (folder / "below" / "c.yaml").write_text(
        "name: C\ninput: {left: 3x8x8, right: 3x8x8}\nlayers: [{add: {from: [left, right]}}]\n"
    )
    (folder / "notes.txt").write_text("no network")
    monkeypatch.chdir(tmp_path)
    return folder


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_every_network_has_its_row(convcalc):
    names = ["lenet5", "resnet50", "c3d", "siamese_koch"]
    code, out, err = convcalc("summary", *names, "--totals", "--format", "csv")
    rows = rows_of(out)
    assert (code, err, [row["spec"] for row in rows]) == (0, "", names)
    for row, name in zip(rows, names, strict=True):
        report = summarise(name)
        assert (row["network"], row["layers"], row["error"]) == (report.name, str(len(report.layers)), "")
        assert (row["parameters"], row["macs"], row["buffers"]) == (
            str(report.totals.parameters), str(report.totals.macs), str(report.totals.buffers),
        )  # fmt: skip
        assert row["output"] == "x".join(map(str, report.output))
        assert row["rf"].endswith("x".join(str(axis.size) for axis in report.last.field))
    assert rows[3]["input"] == "left 1x105x105;right 1x105x105"
    assert len(ALL) == 14


def test_only_a_picture_is_no_table_of_networks():
    assert set(FORMATS) == set(report.FORMATS) - {"svg"}


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_has_them(convcalc, form):
    code, out, err = convcalc("summary", "lenet5", "alexnet", "--totals", "--format", form)
    assert (code, err) == (0, "")
    assert out.index("LeNet-5") < out.index("AlexNet")
    plain = out.replace(",", "").replace("\\", "")
    assert "61706" in plain and "61100840" in plain


def test_a_terminal_has_as_much_as_fits():
    wide, narrow = (in_terminal(columns, "summary", "lenet5", "alexnet", "--totals") for columns in (150, 60))
    assert "Receptive" in wide and "not shown" not in wide
    assert "Parameters" in narrow and "not shown in 60 columns" in narrow


def test_a_broken_file_is_told_and_the_others_are_shown(convcalc, nets):
    code, out, err = convcalc("summary", "nets", "--totals")
    assert code == 3 and "error[C001]" in err and "nets/b.yaml:2:10" in err
    lines = {line.split()[0]: line for line in out.splitlines() if line}
    assert "kernel 9 does not fit" in lines["nets/b.yaml"] and "nets/a.yaml" in lines["A"]
    code, out, err = convcalc("summary", "nets", "--totals", "--json")
    found = json.loads(out)["networks"]
    assert (code, err) == (3, "") and [each["spec"] for each in found] == [
        "nets/a.yaml",
        "nets/b.yaml",
        "nets/below/c.yaml",
    ]
    assert found[1]["errors"][0]["line"] == 2 and found[0]["parameters"] == 224 and "errors" not in found[0]


def test_a_budget_is_of_each(convcalc):
    code, _, err = convcalc("summary", "lenet5", "alexnet", "--totals", "--max-parameters", "1M")
    assert code == 1 and "AlexNet: 61,100,840 parameters are 60,100,840 over" in err and "LeNet" not in err


@pytest.mark.parametrize(
    "option",
    [
        "--depth 1",
        "--bars",
        "--columns kernel",
        "--columns macs --json",
        "--style vgg",
        "--count fvcore",
        "--format svg",
    ],
)
def test_what_has_no_say_is_refused(convcalc, option):
    code, out, err = convcalc("summary", "lenet5", "--totals", *option.split())
    assert code == 2 and ("--totals" in err or "has no say over JSON" in out)


def test_columns_are_chosen(convcalc):
    code, out, err = convcalc(
        "summary", "lenet5", "alexnet", "--totals", "--columns", "network,flops,params", "--format", "csv"
    )
    assert (code, out.splitlines(), err) == (0, [
        "network,spec,input,layers,flops,parameters,error",
        "LeNet-5,lenet5,1x32x32,12,833040,61706,",
        "AlexNet,alexnet,3x224x224,22,1428376960,61100840,",
    ], "")  # fmt: skip
    narrow = in_terminal(60, "summary", "lenet5", "--totals", "--columns", "flops,macs,params,weights,biases,memory")
    assert "Weights" in narrow and "32.4 kB" in narrow and "Input, Layers" in narrow
    code, _, err = convcalc("summary", "lenet5", "--totals", "--columns", "kernel,macs")
    assert code == 2 and "kernel is a column of layers" in err and "choose output, parameters" in err


# Folders and patterns


@pytest.mark.parametrize("spec", ["nets", "nets/**/*.yaml"])
def test_folders_and_patterns_stand_for_their_files_everywhere(convcalc, nets, spec):
    (nets / "b.yaml").write_text("name: B\ninput: 3x8x8\nlayers: [conv 4 k3]\n")
    out = convcalc("summary", spec, "--format", "jsonl")[1]
    assert [json.loads(line)["name"] for line in out.splitlines()] == ["A", "B", "C"]
    found = json.loads(convcalc("compare", spec, "lenet5", "--json")[1])
    assert [each["name"] for each in found["networks"]] == ["A", "B", "C", "LeNet-5"]
    assert json.loads(convcalc("lint", spec, "--notes", "--json")[1])["schema"] == "convcalc/lint/1"


def test_a_folder_of_one_network_is_a_list_of_one(convcalc, nets):
    found = json.loads(convcalc("summary", "nets/a*.yaml", "--json")[1])
    assert [each["name"] for each in found] == ["A"]


def test_what_stands_for_nothing_does_not_keep_the_others_from_being_shown(convcalc, nets):
    code, out, err = convcalc("summary", "none/*.yaml", "nets/a.yaml")
    assert code == 3 and "Y036" in err and "A (pytorch" in out
    code, out, err = convcalc("summary", "none/*.yaml", "nets/a.yaml", "--json")
    found = json.loads(out)
    assert (code, err) == (3, "") and found[0]["error"]["code"] == "Y036" and found[1]["name"] == "A"
    assert convcalc("compare", "none/*.yaml", "nets/a.yaml")[0] == 3


def test_brackets_of_a_line_are_no_pattern(convcalc):
    assert convcalc("summary", "3x8x8 -> [conv 8 k3]*2")[0] == 0
