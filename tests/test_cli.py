"""The command line: formats, exit codes, several networks, standard input, and what goes where."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from convcalc.cli import run

ROOT = Path(__file__).parent.parent
SMALL = "input: 3x8x8\nlayers: [conv 4 k3, relu]\n"


@pytest.fixture
def convcalc(capsys):
    """Run a command line in this process: (exit code, standard output, standard error)."""

    def call(*arguments):
        code = run([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


def report(out):
    return json.loads(out)


def test_the_json_of_the_contract(convcalc):
    code, out, err = convcalc("summary", "lenet5", "--json")
    found = report(out)
    assert (code, err) == (0, "")
    assert {key: found[key] for key in ("schema", "name", "convention", "inputs", "output", "warnings")} == {
        "schema": "convcalc/summary/1", "name": "LeNet-5", "convention": "pytorch",
        "inputs": {"input": [1, 32, 32]}, "output": [10], "warnings": [],
    }  # fmt: skip
    first = found["layers"][0]
    assert first.pop("line") > 0
    assert first == {
        "name": "C1", "kind": "conv", "from": ["input"], "input": [1, 32, 32], "output": [6, 28, 28],
        "values": {"filters": 6, "kernel": [5, 5], "stride": [1, 1], "padding": [[0, 0], [0, 0]], "dilation": [1, 1],
                   "groups": 1, "bias": True},
        "parameters": 156, "weights": 150, "biases": 6, "buffers": 0, "macs": 117600, "activations": 4704,
        "connections": 122304,
        "receptive_field": {"size": [5, 5], "stride": [1, 1], "offset": [0, 0], "centre": [2, 2]},
    }  # fmt: skip
    totals = found["totals"]
    assert (totals["parameters"], totals["macs"], totals["activations"]) == (61706, 416520, 8094)
    assert totals["receptive_field"]["size"] == [32, 32]


def schema(convcalc):
    return json.loads(convcalc("schema", "summary")[1])


NETWORKS = ["lenet5", "vgg16", "resnet18", "googlenet", "unet", "dcgan", "c3d", "wavenet", "densenet121"]


@pytest.mark.parametrize("name", NETWORKS)
def test_json_follows_its_schema(convcalc, name):
    jsonschema.validate(report(convcalc("summary", name, "--json")[1]), schema(convcalc))


@pytest.mark.parametrize(
    "arguments",
    [
        ("-e", "3xHxW -> conv 64 k7 s2 p3 -> maxpool 3 s2 p1"),
        ("-e", "1x9x9 -> conv 4 k99"),
        ("lenet5", "-e", "1x9x9 -> conv 4 k99"),
        ("-e", "2x9x9 -> tconv 3 k4 s2 p1 -> upsample 3/2"),
    ],
    ids=["symbolic sizes", "an error", "an error among reports", "fractions"],
)
def test_other_json_follows_it_too(convcalc, arguments):
    jsonschema.validate(report(convcalc("summary", *arguments, "--json")[1]), schema(convcalc))


def test_the_schema_refuses_what_is_wrong(convcalc):
    wrong = report(convcalc("summary", "lenet5", "--json")[1])
    del wrong["layers"][3]["macs"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, schema(convcalc))


def test_symbols_and_fractions_are_strings(convcalc):
    found = report(convcalc("summary", "-e", "3xHxW -> conv 64 k7 s2 p3 -> maxpool 3 s2 p1", "--json")[1])
    assert found["output"] == [64, "floor((H + 3)/4)", "floor((W + 3)/4)"]
    found = report(convcalc("summary", "-e", "1x8x8 -> upsample 2", "--json")[1])
    assert found["totals"]["receptive_field"]["stride"] == ["1/2", "1/2"]


def test_whole_numbers_of_any_size(convcalc):
    found = report(convcalc("summary", "-e", f"3x{10**30}x{10**30} -> conv 8 k1", "--json")[1])
    assert found["output"] == [8, 10**30, 10**30]
    assert found["totals"]["macs"] == 24 * 10**60


def test_several_networks_make_an_array_or_lines(convcalc):
    assert [found["name"] for found in report(convcalc("summary", "lenet5", "vgg16", "--json")[1])] == [
        "LeNet-5",
        "VGG-16",
    ]
    lines = convcalc("summary", "lenet5", "vgg16", "--format", "jsonl")[1].splitlines()
    assert [json.loads(line)["name"] for line in lines] == ["LeNet-5", "VGG-16"]
    tables = convcalc("summary", "lenet5", "vgg16")[1]
    assert tables.index("61,706") < tables.index("138,357,544")


def test_dash_and_underscore_are_the_same(convcalc):
    assert convcalc("summary", "lenet5_1998", "--json")[0] == 0
    assert convcalc("summary", "squeezenet1-1", "--json")[0] == 0


def test_standard_input(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "convcalc", "summary", "-", "--json"], input=SMALL, text=True, capture_output=True,
        check=True, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert report(done.stdout)["output"] == [4, 6, 6]


def test_another_input_and_other_values(convcalc, tmp_path):
    path = tmp_path / "net.yaml"
    path.write_text("input: 3xHx8\nlet: {width: 4}\nlayers: [conv width k3]\n")
    assert report(convcalc("summary", path, "--set", "H=10", "--set", "width=7", "--json")[1])["output"] == [7, 8, 6]
    assert report(convcalc("summary", path, "--input", "3x20x20", "--json")[1])["output"] == [4, 18, 18]
    assert report(convcalc("summary", path, "--input", "input=1x5x5", "--json")[1])["output"] == [4, 3, 3]
    code, _, err = convcalc("summary", path, "--set", "widht=3")
    assert code == 3 and '"width"' in err
    code, _, err = convcalc("summary", path, "--input", "image=3x4x4")
    assert code == 3 and "image" in err


BUDGETS = [
    ("just enough parameters", ["--max-parameters", "61706"], 0),
    ("one too few", ["--max-parameters", "61,705"], 1),
    ("written short", ["--max-parameters", "62k"], 0),
    ("with an exponent", ["--max-parameters", "6.1e4"], 1),
    ("enough MACs", ["--max-macs", "0.5M"], 0),
    ("too few MACs", ["--max-macs", "416519"], 1),
]


@pytest.mark.parametrize(("options", "code"), [case[1:] for case in BUDGETS], ids=[case[0] for case in BUDGETS])
def test_a_budget_is_a_gate(convcalc, options, code):
    found, out, err = convcalc("summary", "lenet5", *options)
    assert found == code
    assert "61,706" in out
    assert ("over the budget" in err) == bool(code)


def test_an_invalid_spec_outranks_a_budget(convcalc):
    assert convcalc("summary", "lenet5", "-e", "1x4x4 -> conv 1 k9", "--max-macs", "1")[0] == 3


def test_data_goes_to_standard_output_and_messages_to_standard_error(convcalc):
    code, out, err = convcalc("summary", "-e", "1x4x4 -> conv 1 k3 -> conv 1 k9")
    assert code == 3
    assert "error[C001]" in err and "error[" not in out
    assert "conv1" in out and "—" in out


def test_without_drops_what_is_optional(convcalc):
    text = "1x8x8 -> conv 2 k3 p1 -> maxpool 2? -> relu"
    assert report(convcalc("summary", "-e", text, "--json")[1])["output"] == [2, 4, 4]
    for what in ("maxpool", "all"):
        assert report(convcalc("summary", "-e", text, "--without", what, "--json")[1])["output"] == [2, 8, 8]


def test_every_bundled_network_is_listed(convcalc):
    code, out, _ = convcalc("specs", "--names")
    names = out.split()
    assert code == 0
    assert {"lenet5", "alexnet", "vgg16", "resnet50", "mobilenet_v2", "unet", "dcgan", "c3d"} <= set(names)
    assert all(line.startswith(name) for name, line in zip(names, convcalc("specs")[1].splitlines(), strict=True))
    assert convcalc("specs", "--show", "lenet5")[1] == (ROOT / "specs" / "lenet5.yaml").read_text()


def test_the_reference_comes_from_the_records(convcalc):
    assert "conv " in convcalc("kinds")[1]
    page = convcalc("kinds", "Conv2d")[1]
    assert "stride s = 1" in page and "(K·c/g + b)·f" in page
    assert convcalc("kinds", "cnov")[0] == 2


def in_terminal(columns, *arguments, **environment):
    """What a terminal of so many columns shows."""
    pid, handle = pty.fork()
    if not pid:
        os.environ.update(COLUMNS=str(columns), TERM="xterm-256color", PYTHONPATH=str(ROOT), **environment)
        os.execv(sys.executable, [sys.executable, "-m", "convcalc", *arguments])
    pieces = []
    while True:
        try:
            piece = os.read(handle, 65536)
        except OSError:
            break
        if not piece:
            break
        pieces.append(piece)
    assert os.waitpid(pid, 0)[1] == 0
    return b"".join(pieces).decode()


def test_a_terminal_has_colour_unless_it_is_not_wanted():
    assert "\x1b[" in in_terminal(100, "summary", "lenet5")
    assert "\x1b[" not in in_terminal(100, "summary", "lenet5", NO_COLOR="1")
    assert "\x1b[" not in in_terminal(100, "summary", "lenet5", "--format", "csv")


@pytest.mark.parametrize("columns", [60, 80, 100, 160])
def test_a_narrow_terminal_loses_columns_but_no_digits(columns):
    shown = in_terminal(columns, "summary", "vgg16", NO_COLOR="1")
    assert all(len(line) <= columns for line in shown.splitlines())
    numbers = ["102,764,544", "138,357,544", "15,470,264,320"] + (["1,849,688,064"] if columns > 60 else [])
    assert all(number in shown for number in numbers)
    assert "not shown in" in shown or columns > 80


def test_a_pipe_gets_everything_plain():
    done = subprocess.run(
        [sys.executable, "-m", "convcalc", "summary", "vgg16"], capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "40"},
    )  # fmt: skip
    assert "\x1b" not in done.stdout
    assert "102,764,544" in done.stdout and "15,470,264,320" in done.stdout


def test_an_interrupt_is_exit_code_130(monkeypatch, convcalc):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("convcalc.commands.summary.graph_of", interrupted)
    assert convcalc("summary", "lenet5")[0] == 130


def test_a_bug_is_exit_code_70_and_no_traceback(monkeypatch, convcalc):
    def broken(*_):
        raise ZeroDivisionError("oh")

    monkeypatch.setattr("convcalc.commands.summary.graph_of", broken)
    code, out, err = convcalc("summary", "lenet5")
    assert (code, out) == (70, "")
    assert "a bug in convcalc: ZeroDivisionError: oh" in err and "Traceback" not in err


def test_a_submission_that_is_no_yaml_says_so(convcalc, tmp_path):
    path = tmp_path / "kim.yaml"
    path.write_text("student: kim\n  answers: oops\n bad: [\n")
    code, out, _ = convcalc("check", "lenet5", path)
    assert code == 3
    assert "not marked: line 2" in out


def test_a_bundled_family_does_not_look_into_the_working_folder(convcalc, tmp_path, monkeypatch):
    (tmp_path / "resnet.yaml").write_text("input: 1x8x8\nlayers: [relu]\n")
    monkeypatch.chdir(tmp_path)
    assert report(convcalc("summary", "resnet18", "--json")[1])["totals"]["parameters"] == 11689512
