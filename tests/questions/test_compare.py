"""What `convcalc compare` says: the lectures' comparisons and the homework's, exact ratios, and which layers differ."""

import csv
import io
import json
from fractions import Fraction

import jsonschema
import pytest
import yaml
from places import DATA

from convcalc.algebra.expr import evaluate
from convcalc.algebra.parser import parse
from convcalc.algebra.poly import symbol
from convcalc.network.load import summarise, summarise_text
from convcalc.questions.compare import compare
from convcalc.render.comparing.comparison import ASCII, UNICODE, percent, times
from convcalc.render.reference.schemas import SCHEMAS

LECTURES = {entry["id"]: entry for entry in yaml.safe_load((DATA / "lectures.yaml").read_text())["parameters"]}
HOMEWORK = {
    entry["id"]: entry
    for entry in map(json.loads, (DATA / "homework.jsonl").read_text().splitlines())
    if "comparison" in entry["category"]
}
TAKEN = set()


def takes(*names):
    """Says which exercises a test is for, so that none is forgotten."""
    TAKEN.update(names)
    return lambda test: test


def entry(name):
    assert name in TAKEN
    return HOMEWORK[name]


@pytest.fixture
def compared(convcalc):
    """The JSON of a comparison of networks in a line."""

    def call(*texts, options=()):
        arguments = [part for text in texts for part in ("-e", text)]
        code, out, err = convcalc("compare", *arguments, *options, "--json")
        assert (code, err) == (0, "")
        return json.loads(out)

    return call


def totals(found, name):
    return [network["totals"][name] for network in found["networks"]]


def in_letters(text, **names):
    return evaluate(parse(text.replace("^", "**")), names or {"C": symbol("C")})


THREE = "CxHxW -> [conv C k3 bias=no]*3"
SEVEN = "CxHxW -> conv C k7 bias=no"


def test_lecture_three_small_filters_against_a_large_one(compared, convcalc):
    stated = LECTURES["xmu-stack"]["stated"]
    found = compared(THREE, SEVEN)
    assert [in_letters(value) for value in totals(found, "parameters")] == [in_letters(text) for text in stated]
    assert found["ratios"]["parameters"] == [1, "49/27"]
    assert totals(found, "receptive_field") == [7, 7]
    out = convcalc("compare", "-e", THREE, "-e", SEVEN)[1]
    assert "27·C²" in out and "49·C²" in out and "49/27 ≈ 1.815 times (+81.5 %)" in out


def test_lecture_full_local_and_shared_connections(compared, convcalc):
    """Entries xmu-fc, xmu-local, xmu-shared and xmu-ratios: the lecture rounds 3025 to 3000, 75,425.5 to 75,400."""
    networks = "3x55x55 -> flatten -> linear 55*55*96", "3x55x55 -> localconv 96 k11 p5", "3x55x55 -> conv 96 k11 p5"
    found = compared(*networks, options=("--against", 3))
    assert totals(found, "parameters") == [LECTURES[name]["stated"] for name in ("xmu-fc", "xmu-local", "xmu-shared")]
    full, local, one = found["ratios"]["parameters"]
    assert (local, one) == (3025, 1)
    assert Fraction(full) == Fraction(2635670400, 34944)
    assert [local, round(float(Fraction(full)), 1)] == LECTURES["xmu-ratios"]["correct"]
    options = [part for text in networks for part in ("-e", text)]
    out = convcalc("compare", *options, "--against", 3)[1]
    assert "≈ 75,425.5 times" in out and "3,025 times" in out and "2,635,670,400" in out


@takes("cs231n-27v49")
def test_homework_27_against_49(compared):
    assert entry("cs231n-27v49")["published"] == "27C^2 vs 49C^2"
    assert [in_letters(value) for value in totals(compared(THREE, SEVEN), "weights")] == [
        27 * symbol("C") ** 2,
        49 * symbol("C") ** 2,
    ]


@takes("vgg-paper-81pct", "programmerink-4489")
def test_homework_percentages(compared):
    ratio = Fraction(compared(THREE, SEVEN)["ratios"]["parameters"][1])
    assert int((ratio - 1) * 100) == entry("vgg-paper-81pct")["published"]
    saving = (1 - 1 / ratio) * 100  # 44.898: published cut off
    assert entry("programmerink-4489")["published"] == int(saving * 100) / 100
    assert percent(1 / ratio, UNICODE) == " (−44.9 %)"


@takes("cs231n-three3x3-rf")
def test_homework_receptive_field(compared):
    assert totals(compared(THREE, SEVEN), "receptive_field") == [entry("cs231n-three3x3-rf")["published"]] * 2


@takes("hw-nf", "vgg-rf-three-5x5")
def test_homework_stacks(compared):
    """N stacked F×F filters see as far as one of N·F − N + 1."""
    for count, size in ((3, 5), (2, 3), (4, 3), (5, 7)):
        single = in_letters(entry("hw-nf")["published"], N=count, F=size)
        found = compared(f"Cx99x99 -> [conv C k{size}]*{count}", f"Cx99x99 -> conv C k{single}")
        assert totals(found, "receptive_field") == [single, single]
    found = compared("Cx99x99 -> [conv C k5]*3", "Cx99x99 -> conv C k13")
    assert totals(found, "receptive_field") == [entry("vgg-rf-three-5x5")["published"]] * 2


@takes("ng-inception-12.4M")
def test_homework_bottleneck(compared):
    right = entry("ng-inception-12.4M")["recomputed"]
    found = compared("192x28x28 -> conv 32 k5 p2", "192x28x28 -> conv 16 k1 -> conv 32 k5 p2")
    assert totals(found, "macs")[1] == right["total"]
    assert [change["other"]["macs"] for change in found["differences"][0]["changes"]] == [right["l1"], right["l2"]]


@takes("chaopan-26")
def test_homework_convolution_against_dense(compared):
    found = compared("1x300x300 -> conv 1 k5", "1x300x300 -> flatten -> linear 300*300 bias=no")
    assert totals(found, "parameters") == entry("chaopan-26")["published"]


@takes("mc-gap")
def test_homework_flatten_against_global_pooling(compared):
    found = compared("512x7x7 -> flatten -> linear 1000", "512x7x7 -> globalavgpool -> flatten -> linear 1000")
    assert totals(found, "parameters") == entry("mc-gap")["recomputed"]


@takes("fastai-4608")
def test_homework_depthwise(compared):
    found = compared("16x8x8 -> conv 32 k3 bias=no", "16x8x8 -> dwconv k3 bias=no -> conv 32 k1 bias=no")
    assert totals(found, "parameters") == entry("fastai-4608")["published"]


@takes("dlai-3584")
def test_homework_separable(compared):
    standard, depthwise, pointwise, separable, share = entry("dlai-3584")["published"]
    found = compared("3x8x8 -> conv 128 k3", "3x8x8 -> dwconv k3 -> conv 128 k1")
    assert totals(found, "parameters") == [standard, separable]
    changes = found["differences"][0]["changes"]
    assert [change["other"]["parameters"] for change in changes] == [depthwise, pointwise]
    assert round(float(Fraction(found["ratios"]["parameters"][1])), 2) == share


@takes("ecomnet-72")
def test_homework_rows_and_columns(compared):
    found = compared("1x5x5 -> conv 1 k3", "1x5x5 -> conv 1 k3x1 -> conv 1 k1x3")
    assert totals(found, "macs") == entry("ecomnet-72")["published"]


@takes("obsidian-fire")
def test_homework_fire(compared):
    """The published 180,224 squeezes to 64 channels; to 32, as it says, is half."""
    fire = (
        "input: 256x8x8\ndefaults: {{conv: bias=no}}\nlayers: [conv {0} k1, concat: [[conv 256 k1], [conv 256 k3 p1]]]"
    )
    plain = summarise_text("256x8x8 -> conv 512 k3 p1 bias=no")
    for squeeze, weights in (
        (32, entry("obsidian-fire")["recomputed"][0]),
        (64, entry("obsidian-fire")["published"][0]),
    ):
        found = compare((plain, summarise_text(fire.format(squeeze))))
        assert next(total.values for total in found.totals if total.name == "parameters") == (1179648, weights)


def test_every_comparison_is_a_test():
    assert set(HOMEWORK) == TAKEN


# The comparison itself


def test_totals_are_those_of_summary():
    names = "lenet5", "vgg16", "resnet50"
    reports = tuple(map(summarise, names))
    found = compare(reports)
    values = {total.name: total for total in found.totals}
    for name in ("parameters", "macs", "buffers", "activations"):
        assert values[name].values == tuple(getattr(report.totals, name) for report in reports)
    for total in found.totals:
        for value, ratio in zip(total.values, total.ratios, strict=True):
            assert ratio is None or ratio * total.values[0] == value


def test_a_network_equals_itself(compared, convcalc):
    code, out, _ = convcalc("compare", "lenet5", "lenet5", "--json")
    found = json.loads(out)
    assert code == 0 and found["differences"] == [{"network": "LeNet-5 (2)", "same": 12, "changes": []}]
    assert set(map(tuple, found["ratios"].values())) == {(1, 1)}
    assert "12 layers the same, none differs" in convcalc("compare", "lenet5", "lenet5")[1]


def test_layers_that_differ_are_found(compared):
    found = compared("3x32x32 -> conv 8 k3 p1 -> relu -> conv 8 k3 p1 -> relu",
                     "3x32x32 -> conv 8 k3 p1 -> relu -> conv 8 k5 p2 -> relu -> maxpool 2")  # fmt: skip
    (difference,) = found["differences"]
    pairs = [(c["base"] and c["base"]["name"], c["other"] and c["other"]["name"]) for c in difference["changes"]]
    assert (difference["same"], pairs) == (3, [("conv2", "conv2"), (None, "maxpool1")])


def test_names_make_no_difference(compared):
    found = compared("3x9x9 -> conv 8 k3 name=a -> relu", "3x9x9 -> conv 8 k3 name=b -> relu")
    assert found["differences"][0]["changes"] == []


def test_same_and_different_layers_are_all_of_them():
    for first, other in (("resnet18", "resnet34"), ("vgg16", "vgg19"), ("alexnet", "lenet5"), ("vgg16", "vgg16_bn")):
        a, b = summarise(first), summarise(other)
        (difference,) = compare((a, b)).differences
        assert difference.same + sum(change.base is not None for change in difference.changes) == len(a.layers)
        assert difference.same + sum(change.other is not None for change in difference.changes) == len(b.layers)


def test_long_networks_are_compared_place_by_place():
    a, b = (summarise_text(f"2x9x9 -> [conv 2 k1 -> relu]*{times} -> maxpool 3") for times in (1500, 1501))
    (difference,) = compare((a, b)).differences
    assert difference.same == 3000 and len(difference.changes) == 3


def test_nothing_to_divide_by(compared, convcalc):
    found = compared("3x9x9 -> relu", "3x9x9 -> conv 8 k3")
    assert found["ratios"]["parameters"] == [1, None]
    assert "—" in convcalc("compare", "-e", "3x9x9 -> relu", "-e", "3x9x9 -> conv 8 k3")[1]


def test_formats_hold_the_same_numbers(convcalc):
    rows = list(csv.reader(io.StringIO(convcalc("compare", "resnet50", "vgg16", "--format", "csv")[1])))
    table = {row[0]: row[1:] for row in rows}
    found = json.loads(convcalc("compare", "resnet50", "vgg16", "--json")[1])
    for name in ("parameters", "macs", "layers"):
        assert table[name][:2] == [str(value) for value in totals(found, name)]
        assert table[name][2] == str(found["ratios"][name][1])
    markdown = convcalc("compare", "resnet50", "vgg16", "--format", "markdown")[1].splitlines()
    assert markdown[0].startswith("|") and len({line.count("|") for line in markdown[:9]}) == 1
    text = convcalc("compare", "resnet50", "vgg16")[1]
    assert "25,557,032" in text and "138,357,544" in text


def test_symbolic_comparisons_are_the_numeric_ones(compared):
    chains = "CxHxW -> conv 2*C k3 p1 -> maxpool 2 -> conv C k5", "CxHxW -> conv C k7 s2 -> relu"
    symbolic = compared(*chains)
    for c, h, w in ((4, 32, 32), (7, 61, 40)):
        numbers = compared(*(chain.replace("CxHxW", f"{c}x{h}x{w}").replace("C k", f"{c} k") for chain in chains))
        for name in ("parameters", "macs", "activations"):
            known = {"C": c, "H": h, "W": w}
            assert [
                evaluate(parse(str(value).replace("^", "**")), known) for value in totals(symbolic, name)
            ] == totals(numbers, name)


def test_other_values_hold_for_every_network(convcalc):
    found = json.loads(convcalc("compare", "resnet18", "resnet34", "--set", "classes=10", "--json")[1])
    assert [network["output"] for network in found["networks"]] == [[10], [10]]


RATIOS = [
    ("3025", "3,025"), ("49/27", "49/27 ≈ 1.815"), ("1831250/24277", "≈ 75.431"), ("3/2", "1.5"), ("5/4", "1.25"),
    ("27454900/364", "≈ 75,425.5"), ("2269/91", "2269/91 ≈ 24.934"), ("1000001/10", "100,000.1"), ("200003/1000", "≈ 200"),
]  # fmt: skip


@pytest.mark.parametrize(("ratio", "text"), RATIOS, ids=[ratio for ratio, _ in RATIOS])
def test_ratios_are_rounded_honestly(ratio, text):
    exact = Fraction(ratio)
    assert times(exact, UNICODE) == text
    digits = Fraction(text.rpartition("≈")[2].strip().replace(",", ""))
    assert ("≈" in text) == (digits != exact)
    assert abs(digits - exact) <= Fraction(1, 20)


def test_ascii_marks_what_is_rounded_too():
    assert times(Fraction(49, 27), ASCII) == "49/27 ~ 1.815"


def test_json_follows_its_schema(compared, convcalc):
    for found in (compared(THREE, SEVEN), json.loads(convcalc("compare", "lenet5", "unet", "vgg16", "--json")[1])):
        jsonschema.validate(found, SCHEMAS["compare"])
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"schema": "convcalc/compare/1"}, SCHEMAS["compare"])


BAD = [
    (("lenet5",), 2, "two networks"),
    ((), 2, "two networks"),
    (("lenet5", "nosuch"), 3, "no bundled network"),
    (("lenet5", "-e", "3x9x9 -> conv 8 k30"), 3, "does not fit"),
    (("lenet5", "vgg16", "--format", "csv", "--limit", "3"), 2, "no say over CSV"),
    (("lenet5", "vgg16", "--against", "3"), 2, "there are 2 networks"),
    (("lenet5", "vgg16", "--set", "clases=3"), 2, "there is no such name"),
]


@pytest.mark.parametrize(("arguments", "code", "message"), BAD, ids=[" ".join(arguments) for arguments, _, _ in BAD])
def test_bad_comparisons_get_an_error(convcalc, arguments, code, message):
    found, out, err = convcalc("compare", *arguments)
    assert (found, out) == (code, "") and message in err


def test_an_error_in_json(convcalc):
    code, out, _ = convcalc("compare", "lenet5", "nosuch", "--json")
    assert code == 3 and json.loads(out)["error"]["code"] == "Y030"
