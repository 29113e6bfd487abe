"""Receptive fields: measured ones, windows that are really slid, and the chain that is one convolution."""

from __future__ import annotations

import json
import random
from fractions import Fraction
from typing import Any

import pytest
from places import DATA
from slid_windows import Cells, Made, random_chain, random_step

from convcalc.layers.field import Field
from convcalc.network.load import summarise_text
from convcalc.network.walk import LayerReport

Row = dict[str, Any]

MEASURED = [json.loads(line) for line in (DATA / "receptive_field.jsonl").read_text().splitlines()]


def network(row: Row) -> list[LayerReport]:
    """The layers of a measured chain or graph, through the language."""
    layers = []
    for index, node in enumerate(row.get("layers") or row["nodes"]):
        settings = {name: node[name] for name in node if name not in ("type", "id", "inputs")}
        if node["type"] in ("conv", "tconv"):
            settings["filters"] = 1
        settings["name"] = node.get("id", f"layer{index}")
        if "inputs" in node:
            settings["from"] = node["inputs"]
        layers.append({node["type"]: settings})
    report = summarise_text(json.dumps({"input": [1, *row["input"]], "layers": layers}))
    assert not report.errors, report.errors
    return report.layers


def number(text: str) -> Fraction:
    return Fraction(text)


def test_all_218_rows_are_there() -> None:
    assert len(MEASURED) == 218


@pytest.mark.parametrize("index", range(len(MEASURED)))
def test_a_measured_network_sees_what_its_gradients_say(index: int) -> None:
    row = MEASURED[index]
    layers = network(row)
    fields = layers[-1].field
    sizes = row["layer_outputs"] if row["kind"] == "chain" else [row["output"]]
    got = [list(layer.applied.output[1:]) for layer in layers if layer.applied]
    assert got[-len(sizes) :] == sizes
    assert [field.size for field in fields] == row["exact_max_extent"]
    for probe in row["probes"]:
        seen = [field.at(unit) for field, unit in zip(fields, probe["out"], strict=True)]
        if probe["lo"] is None:  # along one axis at least the unit falls between the spread windows
            assert (None, None) in seen, probe
        else:
            assert [low for low, _ in seen] == probe["lo"], probe
            assert [high for _, high in seen] == probe["hi"], probe


@pytest.mark.parametrize("index", [index for index, row in enumerate(MEASURED) if not row["upsampling"]])
def test_without_upsampling_theory_is_exact(index: int) -> None:
    row = MEASURED[index]
    for layer, theory in zip(network(row), row["theory"], strict=True):
        expected = {name: theory[name] for name in ("size", "jump", "start")}
        if row["kind"] == "dag":
            expected = {name: [value] * row["dims"] for name, value in expected.items()}
        for axis, field in enumerate(layer.field):
            assert field.size == number(expected["size"][axis]), layer.name
            assert field.stride == number(expected["jump"][axis]), layer.name
            assert field.centre == number(expected["start"][axis]), layer.name


def test_a_field_is_given_once_for_each_input() -> None:
    report = summarise_text(
        "input: {left: 1x20, right: 1x20}\n"
        "layers:\n- a: conv 1 k3 from=left\n- b: conv 1 k5 p1 from=right\n- concat: {from: [a, b]}"
    )
    fields = report.layers[-1].fields
    assert {name: axes.fields[0].size for name, axes in fields.items()} == {"left": 3, "right": 5}


def test_the_largest_field_is_that_of_a_unit_there_is() -> None:
    sizes = [summarise_text(f"1x4 -> upsample 2 -> conv 1 k{k}").layers[-1].field[0].size for k in (6, 7, 8)]
    assert sizes == [4, 4, 4]  # every second window of 8 would see 5, but there is one


# The oracle: windows are really slid over cells that know which pixels they come from.


def compare(field: Field, cells: Cells, what: str) -> int:
    """The field of every unit against its cell; how many were compared exactly."""
    exact = 0
    for unit, cell in enumerate(cells):
        low, high = field.at(unit)
        if cell.pixels:
            assert low is not None, f"unit {unit} of {what}"
            assert low <= min(cell.pixels), f"unit {unit} of {what}"
            assert high >= max(cell.pixels), f"unit {unit} of {what}"
        if cell.whole:
            seen = (min(cell.pixels), max(cell.pixels)) if cell.pixels else (None, None)
            assert (low, high) == seen, f"unit {unit} of {what}"
            exact += 1
    if all(cell.whole for cell in cells):
        extents = [max(cell.pixels) - min(cell.pixels) + 1 if cell.pixels else 0 for cell in cells]
        assert field.size == max(extents), f"the largest of {what}"
    return exact


@pytest.mark.seeds(20, 40)
def test_a_field_is_what_a_window_that_is_slid_meets(seed: int) -> None:
    dice = random.Random(seed)
    exact = 0
    for _ in range(20):
        n, chain, cells = random_chain(dice)
        text = f"4x{n} -> " + " -> ".join(made.text for made in chain)
        report = summarise_text(text)
        assert not report.errors, (text, report.errors)
        assert report.output == (4, len(cells)), text
        exact += compare(report.layers[-1].field[0], cells, text)
    assert exact > 40


def random_branches(dice: random.Random) -> tuple[str, Cells] | None:
    """Two branches of one trunk that end in as many cells, joined, and a layer behind them."""
    n, trunk, cells = random_chain(dice)
    ends: dict[int, tuple[list[Made], Cells]] = {}
    for _ in range(30):
        chain, end = [], cells
        for _ in range(dice.randint(0, 3)):
            made = random_step(dice, len(end))
            if made and 1 <= len(made.run(end)) <= 80:
                chain.append(made)
                end = made.run(end)
        other = ends.setdefault(len(end), (chain, end))
        if other[0] != chain:
            break
    else:
        return None
    joined_cells = [one | two for one, two in zip(end, other[1], strict=True)]
    last = random_step(dice, len(joined_cells))
    if last is None or not 1 <= len(last.run(joined_cells)) <= 200:
        return None
    main, shortcut = ([made.text for made in path] or ["identity"] for path in (chain, other[0]))
    layers = [*(made.text for made in trunk), {"residual": {"main": main, "shortcut": shortcut}}, last.text]
    return json.dumps({"input": [4, n], "layers": layers}), last.run(joined_cells)


@pytest.mark.seeds(8, 20)
def test_a_sum_sees_what_its_branches_see(seed: int) -> None:
    dice = random.Random(seed)
    tried = 0
    for _ in range(20):
        made = random_branches(dice)
        if made is None:
            continue
        text, cells = made
        report = summarise_text(text)
        assert not report.errors, (text, report.errors)
        assert report.output == (4, len(cells)), text
        compare(report.layers[-1].field[0], cells, text)
        tried += 1
    assert tried > 3


@pytest.mark.parametrize(
    "last",
    ["globalavgpool", "flatten -> linear 3", "reshape [2,-1] -> linear 3", "linear 3 in_features=7", "groupnorm 2"],
)
def test_a_layer_on_the_whole_map_sees_all_of_it(last: str) -> None:
    report = summarise_text(f"2x11x7 -> conv 2 k3 p1 -> {last}")
    assert not report.errors
    fields = report.layers[-1].field
    axis = 1  # the width, which every one of them mixes
    assert fields[axis].at(0) == fields[axis].at(5) == (-1, 7)
    assert fields[axis].size == 9
    assert fields[axis].stride == 0


def test_a_linear_layer_along_channels_sees_no_more_than_its_input() -> None:
    report = summarise_text(
        "convention: keras\nlayout: channels_last\ninput: 16x16x16\nlayers: [conv 16 k3 p=same, linear 4]"
    )
    assert [field.size for field in report.layers[-1].field] == [3, 3]


def test_a_network_says_where_branches_are_not_aligned() -> None:
    report = summarise_text("input: 1x32\nlayers:\n- concat:\n    a: [conv 1 k3 s2 p1]\n    b: [conv 1 k2 s2]\n")
    assert [finding.code for finding in report.diagnostics] == ["W001"]
    assert not report.layers[-1].field[0].aligned
    assert report.layers[-1].field[0].at(3) == (5, 7)


# A floor-mode chain of convolutions and poolings is one convolution: o = ⌊(n + P_left + P_right − r)/S⌋ + 1.


@pytest.mark.seeds(10, 30)
def test_a_chain_of_convolutions_is_one_convolution(seed: int) -> None:
    dice = random.Random(seed)
    layers = []
    for _ in range(dice.randint(1, 6)):
        k, s, d = dice.randint(1, 5), dice.randint(1, 3), dice.randint(1, 3)
        before, after = (dice.randint(0, 4) for _ in range(2))
        layers.append((k, s, d, before, after))

    def chain(n: int, mirrored: bool = False) -> Any:
        spec = [
            {
                "conv": {
                    "filters": 1,
                    "kernel": k,
                    "stride": s,
                    "dilation": d,
                    "padding": [[b, a] if not mirrored else [a, b]],
                }
            }
            for k, s, d, b, a in layers
        ]
        return summarise_text(json.dumps({"input": [1, n], "layers": spec}))

    field = chain(4000).layers[-1].field[0]
    left, right = -field.offset, -chain(4000, mirrored=True).layers[-1].field[0].offset
    legal = 0
    for n in range(1, 400, 7):
        report = chain(n)
        if report.errors:
            continue
        legal += 1
        assert report.output == (1, (n + left + right - field.size) // field.stride + 1), (layers, n)
    assert legal


def test_a_symbolic_chain_collapses_to_the_same_window() -> None:
    report = summarise_text("3xHxW -> conv 64 k7 s2 p3 -> maxpool 3 s2 p1 -> conv 64 k3 p1")
    field = report.layers[-1].field[0]
    assert (field.size, field.stride, field.offset) == (19, 4, -9)
    assert str(report.output[1]) == "floor((H + 3)/4)"  # type: ignore[index]


@pytest.mark.parametrize(
    ("network", "size", "stride", "offset", "centre"),
    [
        ("1x32x32 -> conv 6 k5 -> avgpool 2 -> conv 16 k5 -> avgpool 2 -> conv 120 k5", 32, 4, 0, Fraction(31, 2)),
        ("3x224x224 -> [conv 64 k3 p1]*2 -> maxpool 2 -> [conv 128 k3 p1]*2 -> maxpool 2", 16, 4, -6, Fraction(3, 2)),
        ("3x64x64 -> conv 1 k3 s2 p1 -> upsample 2", 3, 1, -1, 0),
        ("3x64x64 -> maxpool 2 -> tconv 1 k2 s2", 2, 1, 0, Fraction(1, 2)),
    ],
    ids=[
        "LeNet-5 sees its whole input",
        "the first half of VGG-16",
        "nearest neighbours share a field",
        "a U-Net's way up",
    ],
)
def test_a_known_field(network: str, size: int, stride: int, offset: int, centre: Any) -> None:
    field = summarise_text(network).layers[-1].field[0]
    assert (field.size, field.stride, field.offset, field.centre) == (size, stride, offset, centre)


CONVLSTMS = [
    # The first step's map passes the convolution of the input, then one of the state for every step after it.
    ("k3", "conv 2 k3", "k3"),
    ("k3 s2 p1", "conv 2 k3 s2 p1", "k3"),
    ("k5 d2", "conv 2 k5 d2", "k5"),
    ("k4 s3", "conv 2 k4 s3", "k4"),
    ("k2x5 p=same", "conv 2 k2x5 p=same", "k2x5"),
]


@pytest.mark.parametrize("steps", [1, 2, 5])
@pytest.mark.parametrize(("settings", "first", "kernel"), CONVLSTMS)
def test_a_convlstm_sees_in_space_what_its_convolutions_one_after_another_see(settings, first, kernel, steps):
    def field(shape, layers):
        network = {"input": shape, "convention": "keras", "layout": "channels_last", "layers": layers}
        report = summarise_text(json.dumps(network))
        assert not report.errors
        return report.layers[-1].field

    after = [f"conv 2 {kernel} p=same"] * (steps - 1)
    found = field(f"{steps}x30x31x1", [f"convlstm 2 {settings}"])
    expected = field("30x31x1", [first, *after])
    assert found[0].size == steps
    for one, other in zip(found[1:], expected, strict=True):
        assert (one.size, one.stride, one.offset) == (other.size, other.stride, other.offset)


@pytest.mark.parametrize("sequences", ["yes", "no"])
@pytest.mark.parametrize(("layout", "shape"), [("channels_first", "4x2x9x9"), ("channels_last", "4x9x9x2")])
def test_a_convolution_behind_a_convlstm_goes_on_from_its_field(layout, shape, sequences):
    layers = [f"convlstm 3 k3 sequences={sequences}", "relu"]
    if sequences == "no":
        layers.append("conv 2 k3 s2")
    report = summarise_text(json.dumps({"input": shape, "layout": layout, "layers": layers}))
    steps, *sides = report.layers[-1].field
    assert steps.size == 4 and [side.size for side in sides] == [9 if sequences == "yes" else 11] * 2


def test_a_decoder_s_layer_sees_every_step_of_both_inputs():
    network = {"input": {"a": "7x16", "b": "9x16"}, "layers": ["decoderlayer 4 from=a,b"]}
    (layer,) = summarise_text(json.dumps(network)).layers
    assert [field.size for axes in layer.fields.values() for field in axes.fields] == [7, 9]


def test_attention_along_some_axes_sees_only_those():
    layer = "layers.MultiHeadAttention(2, 3, attention_axes=(2,))"
    network = {"input": "4x5x16", "convention": "keras", "layout": "channels_last", "layers": [layer]}
    (layer,) = summarise_text(json.dumps(network)).layers
    assert [field.size for field in layer.field] == [1, 5]
