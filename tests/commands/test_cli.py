"""The command line: formats, exit codes, several networks, standard input, and what goes where."""

import json
import os
import shlex
import subprocess
import sys
from types import SimpleNamespace

import jsonschema
import pytest
from places import ROOT
from terminal import in_terminal

from convcalc.cli import run

SMALL = "input: 3x8x8\nlayers: [conv 4 k3, relu]\n"


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
        "connections": 122304, "flops": 235200,
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
    assert code == 2 and '"width"' in err
    code, _, err = convcalc("summary", path, "--input", "image=3x4x4")
    assert code == 2 and "image" in err


BUDGETS = [
    ("just enough parameters", ["--max-parameters", "61706"], 0),
    ("one too few", ["--max-parameters", "61,705"], 1),
    ("written short", ["--max-parameters", "62k"], 0),
    ("with an exponent", ["--max-parameters", "6.1e4"], 1),
    ("enough MACs", ["--max-macs", "0.5M"], 0),
    ("too few MACs", ["--max-macs", "416519"], 1),
    ("enough FLOPs", ["--max-flops", "833040"], 0),
    ("FLOPs taken for MACs", ["--max-flops", "416520"], 1),
    ("enough activations", ["--max-activations", "8094"], 0),
    ("too few activations", ["--max-activations", "8093"], 1),
    ("enough memory", ["--max-memory", "32376"], 0),
    ("kilobytes are 1000", ["--max-memory", "32.376 kB"], 0),
    ("kibibytes are 1024", ["--max-memory", "31KiB"], 1),
    ("half the memory in half precision", ["--max-memory", "16188", "--dtype", "float16"], 0),
    ("the memory of a batch", ["--max-memory", "64751", "--batch", "2"], 1),
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
    head, *lines = convcalc("specs")[1].splitlines()
    assert head.split() == ["Network", "Input", "Parameters", "MACs"]
    assert sorted(line.split()[0] for line in lines) == sorted(names)
    family = lines.index(next(line for line in lines if line.startswith("vgg ")))
    assert all(line.startswith("  ") for line in lines[family + 1 : family + 9])
    assert not lines[lines.index(next(line for line in lines if line.startswith("lenet5 ")))].startswith(" ")
    assert convcalc("specs", "--show", "lenet5")[1] == (ROOT / "specs" / "lenet5.yaml").read_text()


def test_the_reference_comes_from_the_records(convcalc):
    assert "conv " in convcalc("kinds")[1]
    page = convcalc("kinds", "Conv2d")[1]
    assert "stride s = 1" in page and "(K·c/g + b)·f" in page
    assert convcalc("kinds", "cnov")[0] == 2


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

    monkeypatch.setattr("convcalc.network.load.graph_of", interrupted)
    assert convcalc("summary", "lenet5")[0] == 130


def test_a_bug_is_exit_code_70_and_no_traceback(monkeypatch, convcalc):
    def broken(*_):
        raise ZeroDivisionError("oh")

    monkeypatch.setattr("convcalc.network.load.graph_of", broken)
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


# As a person in a hurry types them: (what is typed, the same as it is meant to be typed).
LAYERS = [
    ("no quotes", "layer conv 10 k5 p2 3x32x32", ["layer", "conv 10 k5 p2", "3x32x32"]),
    ("the shape first", "layer 3x32x32 'conv 10 k5 p2'", ["layer", "conv 10 k5 p2", "3x32x32"]),
    ("the shape first, no quotes", "layer 3x32x32 conv 10 k5 p2", ["layer", "conv 10 k5 p2", "3x32x32"]),
    ("a shape in three words", "layer 'conv 10 k5 p2' 3 32 32", ["layer", "conv 10 k5 p2", "3x32x32"]),
    ("a shape in three words, no quotes", "layer conv 10 k5 p2 3 32 32", ["layer", "conv 10 k5 p2", "3x32x32"]),
    ("a shape in three words first", "layer 3 32 32 conv 10 k5 p2", ["layer", "conv 10 k5 p2", "3x32x32"]),
    ("a main value and a shape in three words", "layer maxpool 2 6 28 28", ["layer", "maxpool 2", "6x28x28"]),
    ("a main value that looks like a shape", "layer adaptiveavgpool 7x7 64x14x14", ["layer", "adaptiveavgpool 7x7", "64x14x14"]),
    ("a main value and a vector", "layer linear 10 784", ["layer", "linear 10", "784"]),
    ("a kind without a value", "layer relu 3 8 8", ["layer", "relu", "3x8x8"]),
    ("several inputs", "layer 64x28x28 32x28x28 concat", ["layer", "concat", "64x28x28", "32x28x28"]),
    ("a tuple that the shell split", "layer '(3,' 32, '32)' conv 10 k5", ["layer", "conv 10 k5", "3x32x32"]),
    ("a call that the shell split", "layer 'nn.Conv2d(3,' 64, '7)' 3x32x32", ["layer", "conv 64 k7", "3x32x32"]),
    ("a chain", "layer '3x32x32 -> conv 10 k5'", ["layer", "conv 10 k5", "3x32x32"]),
    ("a bundled network alone", "lenet5", ["summary", "lenet5"]),
    ("options after it", "lenet5 --json --depth 1", ["summary", "lenet5", "--json", "--depth", "1"]),
    ("a chain alone", "'3x32x32 -> conv 6 k5'", ["summary", "-e", "3x32x32 -> conv 6 k5"]),
    ("-e alone", "-e '3x32x32 -> conv 6 k5'", ["summary", "-e", "3x32x32 -> conv 6 k5"]),
    ("a file alone", "specs/lenet5.yaml", ["summary", "specs/lenet5.yaml"]),
    ("a file that is not there", "net.yaml", ["summary", "net.yaml"]),
    ("a chain for a spec", "summary '3x32x32 -> conv 6 k5'", ["summary", "-e", "3x32x32 -> conv 6 k5"]),
    ("a chain to explain", "explain '3x32x32 → conv 6 k5' conv1", ["explain", "-e", "3x32x32 -> conv 6 k5", "conv1"]),
    ("chains to compare", "compare '3x8x8 -> conv 6 k5' '3x8x8 -> conv 6 k3'",
     ["compare", "-e", "3x8x8 -> conv 6 k5", "-e", "3x8x8 -> conv 6 k3"]),
]  # fmt: skip


@pytest.mark.parametrize(("line", "meant"), [case[1:] for case in LAYERS], ids=[case[0] for case in LAYERS])
def test_words_in_any_order_are_read_as_they_are_meant(convcalc, monkeypatch, line, meant):
    monkeypatch.chdir(ROOT)
    assert convcalc(*shlex.split(line)) == convcalc(*meant)


@pytest.mark.parametrize(("layer", "shape"), [
    ("nn.Linear(784, 10)", "784"), ("nn.Conv2d(3, 8, 3)", "3x32x32"), ("nn.Conv1d(4, 8, 3)", "4x32"),
    ("nn.MultiheadAttention(128, 8)", "16x128"), ("conv 8 k3", "3x32x32"), ("linear 10", "784"),
])  # fmt: skip
def test_the_example_of_an_input_fits_the_layer(convcalc, layer, shape):
    code, _, err = convcalc("layer", layer)
    assert code == 2 and " ".join(err.split()).endswith(f'"{layer}" {shape}')
    assert convcalc("layer", layer, shape)[0] == 0


def test_letters_of_a_layer_stay_letters(convcalc):
    code, out, _ = convcalc("layer", "conv 1 k=K p=P s=S", "1xW")
    assert code == 0 and "⌊(W + 2·P − K)/S⌋ + 1" in out
    code, _, err = convcalc("layer", "conv 1 k=kernal", "1x8")
    assert code == 3 and "kernal" in err


ERRORS = [
    (
        "a window that does not fit",
        ["layer", "conv", "10", "k99", "3x32x32"],
        "1 | conv 10 k99 3x32x32\n  | ^^^^^^^^^^^ ",
    ),
    ("the shape first", ["layer", "3x32x32", "conv 10 k99"], "1 | 3x32x32 conv 10 k99\n  |         ^^^^^^^^^^^ "),
    ("an unknown kind", ["layer", "cnov 10 k5", "3x32x32"], "1 | cnov 10 k5 3x32x32\n  | ^^^^"),
    ("inputs that differ", ["layer", "add", "3x8x8", "4x8x8"], "1 | add 3x8x8 4x8x8\n  | ^^^"),
    (
        "another layout",
        ["layer", "conv 4 k9", "8x8x3", "--layout", "channels_last"],
        "1 | conv 4 k9 8x8x3\n  | ^^^^^^^^^ ",
    ),
]


@pytest.mark.parametrize(("arguments", "shown"), [case[1:] for case in ERRORS], ids=[case[0] for case in ERRORS])
def test_an_error_in_a_layer_shows_what_was_typed(convcalc, arguments, shown):
    code, out, err = convcalc(*arguments)
    assert (code, out) == (3, "")
    assert shown in err and "{" not in err


# (what is typed, what is said)
WRONG_USAGE = [
    ("a layer for a command", ["conv", "10", "k5", "3x32x32"], "convcalc layer conv 10 k5 3x32x32"),
    ("a quoted layer for a command", ["conv 10 k5", "3x32x32"], "convcalc layer 'conv 10 k5' 3x32x32"),
    ("a call for a command", ["nn.Conv2d(3, 64, 7)", "3x32x32"], "convcalc layer 'nn.Conv2d(3, 64, 7)' 3x32x32"),
    ("a misspelt network", ["lenet"], 'did you mean "lenet5"?'),
    ("a misspelt command", ["sumary", "lenet5"], 'did you mean "summary"?'),
    ("a layer without a shape", ["layer", "conv 10 k5"], 'convcalc layer "conv 10 k5" 3x32x32'),
    ("a shape without a layer", ["layer", "3x32x32"], 'convcalc layer "conv 10 k5 p2" 3x32x32'),
    ("a number that may be either", ["layer", "maxpool", "3", "32", "32"], 'convcalc layer "maxpool 3" 32x32, or convcalc layer maxpool 3x32x32'),
    ("a misspelt column", ["summary", "lenet5", "--columns", "layer,outptu"], 'did you mean "output"?'),
    ("no column", ["summary", "lenet5", "--columns", ","], "names no column"),
    ("an input that is not there", ["explain", "lenet5", "--input", "image=1x32x32"], "the inputs are input"),
    ("an empty input", ["summary", "lenet5", "--input", "input="], "is empty"),
    ("an empty name", ["summary", "lenet5", "--without", ""], "it is empty"),
    ("no quantity", ["explain", "lenet5", "-q", ""], "names no quantity"),
    ("names and a text", ["specs", "--names", "--show", "lenet5"], "--names and --show"),
    ("columns for JSON", ["summary", "lenet5", "--json", "--columns", "layer"], "--columns has no say over JSON"),
    ("a style for JSON", ["summary", "lenet5", "--format", "jsonl", "--style", "vgg"], "--style has no say over JSON"),
    ("columns for a lecture's table", ["summary", "lenet5", "--style", "vgg", "--columns", "layer"], "--columns has no say"),
    ("a type for a lecture's table", ["summary", "lenet5", "--style", "vgg", "--dtype", "int8"], "--dtype has no say"),
    ("a limit for JSON", ["compare", "vgg11", "vgg13", "--json", "--limit", "3"], "--limit has no say over JSON"),
    ("ASCII for LaTeX", ["layer", "relu", "3x8x8", "--ascii", "--format", "latex"], "--ascii is for text"),
    ("a network that is not bundled", ["specs", "--show", "setup.cfg"], "there is no bundled network"),
    ("an unknown kind", ["kinds", "cnov"], 'did you mean "conv"?'),
    ("unknown formulas", ["formulas", "cnov"], 'did you mean "conv"?'),
]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "said"), [case[1:] for case in WRONG_USAGE], ids=[case[0] for case in WRONG_USAGE]
)
def test_wrong_usage_names_what_to_type_and_writes_no_data(convcalc, arguments, said):
    code, out, err = convcalc(*arguments)
    assert code == 2
    if "--json" in arguments or "jsonl" in arguments:
        out, err = err, json.loads(out)["error"]["message"]
    assert out == "" and said in err


def test_what_an_option_asks_for_is_in_the_json(convcalc):
    found = report(convcalc("summary", "lenet5", "--json", "--batch", "32", "--dtype", "float16")[1])
    assert (found["batch"], found["dtype"]) == (32, "float16")
    assert found["memory"]["ours"]["activations"] == 8094 * 32 * 2
    assert found["memory"]["ours"]["parameters"] == 61706 * 2
    code, out, err = convcalc("summary", "lenet5", "--json", "--max-parameters", "60000", "--max-macs", "1M")
    assert code == 1 and "over the budget" in err
    assert report(out)["budget"] == {
        "parameters": {"allowed": 60000, "found": 61706, "over": 1706},
        "macs": {"allowed": 1000000, "found": 416520, "over": 0},
    }


def test_json_without_options_has_nothing_more(convcalc):
    assert not {"batch", "dtype", "budget", "memory", "counts"} & set(
        report(convcalc("summary", "lenet5", "--json")[1])
    )


@pytest.mark.parametrize("name", ["resnet18", "googlenet", "densenet121", "keras_resnet50"])
@pytest.mark.parametrize("depth", [1, 2])
def test_json_folds_blocks_into_their_subtotals(convcalc, name, depth):
    options = ("--json", "--depth", depth, "--batch", "2", "--max-macs", "1", "--memory", "all")
    folded = report(convcalc("summary", name, *options)[1])
    jsonschema.validate(folded, schema(convcalc))
    whole = report(convcalc("summary", name, "--json")[1])
    assert folded["totals"] == whole["totals"] and folded["output"] == whole["output"]
    blocks = [layer for layer in folded["layers"] if layer["kind"] == "block"]
    assert blocks or depth > 1
    assert sum(layer.get("layers", 1) for layer in folded["layers"]) == len(whole["layers"])
    for quantity in ("parameters", "weights", "biases", "buffers", "macs", "connections"):
        assert sum(layer[quantity] for layer in folded["layers"]) == whole["totals"][quantity]
    known = {*folded["inputs"], *(layer["name"] for layer in folded["layers"])}
    assert all(source in known for layer in folded["layers"] for source in layer["from"])
    assert folded["layers"][-1]["receptive_field"] == whole["layers"][-1]["receptive_field"]


def test_the_description_of_a_network_is_a_whole_sentence(convcalc):
    lines = convcalc("specs")[1].splitlines()
    assert not [
        line
        for line in lines
        if line.split()[-1] == "al" or (line.split()[-1].isalpha() and len(line.split()[-1]) == 1)
    ]
    assert any(line.startswith("alexnet-2012 ") and line.endswith("NIPS 2012") for line in lines)


def test_a_long_network_that_is_wrong_shows_what_is_wrong_alone(convcalc, tmp_path):
    path = tmp_path / "net.yaml"
    path.write_text("input: 3x4x4\nlayers:\n" + "- relu\n" * 1_001 + "- conv 0 k3\n")
    code, out, errors = convcalc("summary", path)
    assert (code, out) == (3, "") and "net.yaml:1004:" in errors


def test_answers_are_not_awaited_from_a_person(monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: True))
    assert run(["check", "lenet5"]) == 2
    assert "name files or folders" in capsys.readouterr().err
