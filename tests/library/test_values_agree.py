"""The library's values are those that the commands print as JSON."""

import csv
import json
from fractions import Fraction

import pytest

import convcalc
from convcalc.readers.library import bundled_networks

NAMES = list(bundled_networks())
QUICK = NAMES[::9]  # of the bundled networks; all others are slow


def plain(value):
    """A value of the library as JSON has it."""
    if isinstance(value, convcalc.SymbolicNumber):
        return value.write("ascii")
    if isinstance(value, Fraction):
        return str(float(value)) if value.denominator == 2 else str(value)
    if isinstance(value, tuple):
        return [plain(part) for part in value]
    return value


def as_fraction(text):
    """`7.5` and `15/2` are one number."""
    try:
        return str(Fraction(text)) if isinstance(text, str) else text
    except ValueError:
        return text


def field(found):
    names = ("size", "stride", "offset", "centre")
    return {name: [as_fraction(part) for part in plain(getattr(found, name))] for name in names} if found.size else None


def field_of_json(found):
    if found is None:
        return None
    return {name: [as_fraction(part) for part in found[name]] for name in ("size", "stride", "offset", "centre")}


def check(network, printed):
    assert {name: list(map(plain, shape)) for name, shape in network.inputs.items()} == printed["inputs"]
    assert plain(network.output) == printed["output"] and network.name == printed["name"]
    for name, number in network.counts.items():
        assert plain(number) == printed["totals"][name] == plain(getattr(network.totals, name))
    assert field(network.receptive_field) == field_of_json(printed["totals"]["receptive_field"])
    assert [warning.message for warning in network.warnings] == [each["message"] for each in printed["warnings"]] or (
        len(network.warnings) == len(printed["warnings"])  # what is said to a command line is said to a program there
    )
    assert len(network.layers) == len(printed["layers"])
    for layer, row in zip(network.layers, printed["layers"], strict=True):
        assert (layer.name, layer.kind, layer.line, list(layer.sources)) == (
            row["name"], row["kind"], row["line"], row["from"],
        )  # fmt: skip
        shapes = plain(layer.inputs)
        assert (shapes[0] if len(shapes) == 1 else shapes, plain(layer.output)) == (row["input"], row["output"])
        assert {name: plain(number) for name, number in layer.counts.items()}.items() <= row.items()
        assert json.loads(json.dumps({name: plain(value) for name, value in layer.settings.items()})) == row["values"]
        assert field(layer.receptive_field) == field_of_json(row["receptive_field"])


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in NAMES]
)
def test_every_number_is_that_of_the_command(name, request):
    run = request.getfixturevalue("convcalc")
    network = convcalc.load(name)
    _, out, _ = run("summary", name, "--json")
    check(network, json.loads(out))
    assert json.loads(network.to_json()) == json.loads(out)


ASKED = {
    "letters": ({"symbolic": True}, ["--symbolic"]),
    "another input": ({"input": (3, 65, 97)}, ["--input", "3x65x97"]),
    "a convention": ({"convention": "caffe"}, ["--convention", "caffe"]),
    "names": ({"bn": True, "classes": 10}, ["--set", "bn=yes", "--set", "classes=10"]),
    "a default": ({"defaults": {"conv": "bias=no"}}, ["--default", "conv=bias=no"]),
}


@pytest.mark.parametrize(("asked", "options"), ASKED.values(), ids=ASKED)
def test_what_is_asked_beside_it_is_that_of_the_options(asked, options, request):
    run = request.getfixturevalue("convcalc")
    _, out, _ = run("summary", "vgg16", "--json", *options)
    check(convcalc.load("vgg16", **asked), json.loads(out))


@pytest.mark.parametrize("name", ["lenet5", "unet", "mobilenet_v2", "keras_mobilenet"])
def test_a_frame_has_the_columns_of_wide_csv(name, request):
    run = request.getfixturevalue("convcalc")
    _, out, _ = run("summary", name, "--format", "csv", "--wide")
    rows = {row["layer"]: row for row in csv.DictReader(out.splitlines())}
    network = convcalc.load(name)
    frame = network.to_frame()
    shared = set(frame.columns) & set(next(iter(rows.values()))) - {"kind"}
    assert set(frame.columns) - shared == {"kind", "text"} and len(shared) > 20
    for layer in network.layers:
        row = rows[layer.name]
        assert row["kind"] == frame.loc[layer.name, "text"]
        for column in shared - {"activations"}:
            value = frame.loc[layer.name, column]
            assert ("" if str(value) in ("<NA>", "None", "nan") else str(value)) == row[column], column


def test_solutions_are_those_of_the_command(request):
    run = request.getfixturevalue("convcalc")
    for words, options, asked in (
        (("3x224x224", "conv 64 k? s? p?", "64x112x112"), [], {}),
        (("3x32x32", "conv ? k5 p2"), ["--parameters", "760"], {"parameters": 760}),
        (("resnet50",), ["--output", "7x7"], {"output": (7, 7)}),
        (("alexnet",), ["--smallest"], {"smallest": True}),
        (("resnet50",), ["--set", "width=?", "--parameters", "<= 6M"], {"width": "?", "parameters": "<= 6M"}),
        (("3x224x224", "conv 64 k7 s2 p0 d?", "64x100x113"), [], {}),
    ):
        _, out, _ = run("solve", *words, *options, "--json")
        printed, found = json.loads(out), convcalc.solve(*words, **asked)
        assert (found.solved, found.number, found.complete) == tuple(
            printed[name] for name in ("solved", "count", "complete")
        )
        assert [{name: plain(value) for name, value in each.values.items()} for each in found] == [
            each["values"] for each in printed["solutions"]
        ]
        assert [plain(each.output) for each in found] == [each["output"] for each in printed["solutions"]]
        assert (list(found.why), list(found.work)) == (printed["why"], printed["work"])


def test_what_is_found_and_compared_is_that_of_the_commands(request):
    run = request.getfixturevalue("convcalc")
    _, out, _ = run("lint", "-e", "3x31x31 -> conv 8 k3 -> maxpool 2", "--json")
    keys = ("code", "level", "message", "cure", "line", "column", "times")
    found = convcalc.load("3x31x31 -> conv 8 k3 -> maxpool 2").lint()
    assert [[getattr(each, key) for key in keys] for each in found] == [
        [each[key] for key in keys] for each in json.loads(out)["findings"]
    ]
    _, out, _ = run("compare", "vgg16", "resnet18", "--json")
    printed, found = json.loads(out), convcalc.load("vgg16").compare(convcalc.load("resnet18"))
    for name, ratios in printed["ratios"].items():
        assert plain(found.totals[name].values) == [each["totals"][name] for each in printed["networks"]]
        assert plain(found.totals[name].ratios) == ratios
    assert found.differences[0].same == printed["differences"][0]["same"]


def test_explanations_are_those_of_the_command(request):
    run = request.getfixturevalue("convcalc")
    network = convcalc.load("lenet5")
    for form in ("text", "markdown", "latex"):
        _, out, _ = run("explain", "lenet5", "C3", "--format", form)
        assert network.layers["C3"].explain().write(form).split() == out.split()
