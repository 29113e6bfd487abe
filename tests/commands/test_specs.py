"""`convcalc specs`: input, parameters and MACs of every bundled network, filtered and sorted."""

import csv
import io
import json

import pytest

from convcalc.network.load import graph_and_report
from convcalc.readers.bundled import bundled_table


def found(convcalc, *words):
    code, out, _ = convcalc("specs", *words, "--json")
    assert code == 0
    return json.loads(out)["specs"]


def test_a_line_has_input_parameters_and_macs(convcalc):
    out = convcalc("specs", "lenet5")[1]
    line = next(line for line in out.splitlines() if line.startswith("lenet5 "))
    assert line.split()[1:6] == ["1×32×32", "61.7", "k", "416.5", "k"] and "LeNet-5: " in line


def test_words_are_looked_for_in_names_and_else_in_descriptions(convcalc):
    names = [each["name"] for each in found(convcalc, "resnet", "18")]
    assert {"resnet18", "preact_resnet18"} <= set(names) and "resnet50" not in names
    assert all(
        "resnet" in f"{each['name']} {each['family']} {each['title']}".lower() for each in found(convcalc, "ResNet")
    )
    described = found(convcalc, "segmentation")
    assert described and all("segmentation" in each["about"].lower() for each in described)


@pytest.mark.parametrize(
    ("words", "holds"),
    [
        (["--max-parameters", "5M"], lambda each: each["parameters"] <= 5_000_000),
        (["--min-parameters", "100M"], lambda each: each["parameters"] >= 100_000_000),
        (["--max-macs", "1G", "--min-macs", "100M"], lambda each: 10**8 <= each["macs"] <= 10**9),
        (["resnet", "--max-parameters", "12M"], lambda each: each["parameters"] <= 12_000_000),
    ],
)  # fmt: skip
def test_bounds_are_kept(convcalc, words, holds):
    kept = found(convcalc, *words)
    assert kept and all(map(holds, kept))
    if words[0].startswith("-"):
        everyone = found(convcalc)
        assert len(kept) == sum(map(holds, everyone)) < len(everyone)


@pytest.mark.parametrize("key", ["parameters", "macs", "name"])
def test_the_order_is_the_one_asked_for(convcalc, key):
    values = [each[key] for each in found(convcalc, "--sort", key)]
    assert values == sorted(values) and len(values) == len(bundled_table())


def test_csv_has_every_network_with_exact_numbers(convcalc):
    rows = list(csv.DictReader(io.StringIO(convcalc("specs", "--format", "csv")[1])))
    assert [row["name"] for row in rows] == [each.name for each in bundled_table()]
    assert next(row for row in rows if row["name"] == "vgg16")["macs"] == "15470264320"


def test_names_are_filtered_too(convcalc):
    assert convcalc("specs", "--names", "lenet5")[1].split() == ["lenet5-1998", "lenet5-lecture", "lenet5"]


def test_where_there_is_none_that_is_said(convcalc):
    code, out, err = convcalc("specs", "resnett")
    assert (code, out) == (0, "") and "no bundled network is like this; did you mean" in err
    assert found(convcalc, "resnett") == []


def test_the_text_of_one_is_in_its_json(convcalc):
    (only,) = found(convcalc, "--show", "lenet5")
    assert only["text"] == convcalc("specs", "--show", "lenet5")[1] and only["name"] == "lenet5"


def test_no_network_is_worked_for_the_list(convcalc, monkeypatch):
    def refuse(*_):
        raise AssertionError("a network was worked")

    monkeypatch.setattr("convcalc.network.walk.walk", refuse)
    monkeypatch.setattr("convcalc.network.load.walk", refuse)
    with pytest.raises(AssertionError):
        graph_and_report("lenet5")
    assert convcalc("specs")[0] == 0
