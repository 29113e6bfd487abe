"""Quantities: every one has its column, its JSON, its worked lines, its place in a comparison and its question."""

import csv
import json

import pytest

import convcalc
from convcalc.network.load import summarise
from convcalc.network.quantity import BOUNDED, COUNTED, NAMES, QUANTITIES, TABLE
from convcalc.problem import Source
from convcalc.render.exercises.languages import LANGUAGES

COUNTS = {name: quantity for name, quantity in QUANTITIES.items() if quantity.value}


def test_no_name_means_two_quantities():
    names = [name for quantity in TABLE for name in (quantity.name, *quantity.aliases)]
    assert len(names) == len(set(names)) == len(NAMES)


@pytest.mark.parametrize("name", COUNTED)
def test_a_count_is_the_same_number_everywhere(convcalc, name):
    report = json.loads(convcalc("summary", "lenet5", "--json")[1])
    total = report["totals"][name]
    assert total == sum(
        layer[name] for layer in report["layers"] if name != "activations" or layer["kind"] not in ("tanh", "flatten")
    )
    column = convcalc("summary", "lenet5", "--format", "csv", "--columns", f"layer,{name}")[1].splitlines()
    assert [int(line.split(",")[1]) for line in column[2:]] == [layer[name] for layer in report["layers"]]
    comparison = json.loads(convcalc("compare", "lenet5", "alexnet", "--json")[1])
    assert comparison["networks"][0]["totals"][name] == total


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("bias",)])
def test_every_name_is_understood_by_explain_and_columns(convcalc, name):
    assert convcalc("explain", "lenet5", "C1", "-q", name)[0] == 0


@pytest.mark.parametrize("alias", ["params", "mult_adds", "rf", "flop", "size"])
def test_an_alias_is_one_everywhere(convcalc, alias):
    full = NAMES[alias].name
    assert convcalc("summary", "lenet5", "--columns", alias) == convcalc("summary", "lenet5", "--columns", full)
    assert convcalc("explain", "lenet5", "-q", alias) == convcalc("explain", "lenet5", "-q", full)


@pytest.mark.parametrize("name", COUNTS)
def test_a_count_may_be_asked_of_a_student(convcalc, tmp_path, name):
    key, answers = tmp_path / "key.yaml", tmp_path / "ada.yaml"
    key.write_text(f"assignment: a\nspec: {{input: 3x9x9, layers: [C1: conv 4 k3]}}\nquestions: [{{ask: C1.{name}}}]\n")
    answers.write_text(f"student: Ada\nanswers: {{C1.{name}: 1}}\n")
    code, out, _ = convcalc("check", str(key), str(answers), "--reveal")
    assert (code == 1 and f"C1.{name}" in out) or name == "buffers"


BOUNDS = [
    ("flops", "<= 2e6", "1 to 13"), ("flops", "1536000", "10"), ("macs", "768000", "10"), ("memory", "<= 40KiB", "1 to 10"),
    ("activations", "10240", "10"), ("parameters", "760", "10"),
]  # fmt: skip


@pytest.mark.parametrize("name", [quantity.name for quantity in BOUNDED])
def test_the_library_solves_for_each(name):
    assert convcalc.solve("3x32x32", "conv ? k5 p2", **{name: ">= 1"})


@pytest.mark.parametrize("name", COUNTS)
def test_a_count_is_swept_over(convcalc, name):
    spec = "3xHxH -> conv 6 k5 -> batchnorm -> relu -> flatten"
    points = ["--over", "H=32,64", "--columns", name, "--where", f"{name} >= 1", "--pareto", f"max {name}, max H"]
    code, out, _ = convcalc("sweep", "-e", spec, *points, "--format", "csv")
    rows = list(csv.DictReader(out.splitlines()))
    assert code == 0 and rows[-1]["H"] == "64"
    for row in rows:
        report = summarise(Source("-e", spec.replace("H", row["H"])))
        assert int(row[name]) == QUANTITIES[name].amount_of(report)


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
def test_every_language_has_words_for_each(language):
    answers = {answer for quantity in TABLE for answer in quantity.answers}
    assert QUANTITIES.keys() <= language.quantities.keys()
    assert not language.works or answers <= language.works.keys()


@pytest.mark.parametrize(("name", "bound", "filters"), BOUNDS)
def test_a_quantity_bounds_what_is_solved(convcalc, name, bound, filters):
    code, out, _ = convcalc("solve", "3x32x32", "conv ? k5 p2", f"--{name}", bound)
    assert code == 0 and f"\nfilters = {filters}" in out


def test_flops_bound_a_network(convcalc):
    code, out, _ = convcalc("solve", "mobilenet_v2", "--set", "width=?", "--flops", "<= 200M")
    assert code == 0 and "width = 1/2: 1000, 194,263,680 FLOPs" in out


@pytest.mark.parametrize(
    ("network", "name", "amount"),
    [
        (("lenet5",), "memory_peak", 4 * (6 * 28 * 28 + 6 * 14 * 14)),  # C1 and what S2 makes of it
        (("lenet5",), "memory_mcunet", 4 * (32 * 32 + 6 * 28 * 28)),  # a pooling has no MACs
        # 48 channels at 72 × 72, filtered to 36 × 36: nothing waits where the map is halved
        (("mobilenet_v2", "--set", "width=7/20", "--input", "3x144x144"), "memory_mcunet", 4 * 311_040),
    ],
)
def test_what_a_network_has_and_no_layer_may_be_budgeted(convcalc, network, name, amount):
    option = f"--max-{name.replace('_', '-')}"
    assert convcalc("summary", *network, option, str(amount))[0] == 0
    code, _, errors = convcalc("summary", *network, option, str(amount - 1))
    assert code == 1 and f"{amount:,} bytes of peak memory" in errors
