"""One row or more for every layer kind, worked by hand; symbols agree with numbers; the cures of errors do cure."""

from __future__ import annotations

import json
import random
import re
from typing import Any

import pytest
from kind_rows import ROWS, Row

from convcalc.algebra.substitution import substitute
from convcalc.kinds import FAMILIES, KINDS, NAMES, find, kinds_of, plain
from convcalc.network.load import summarise_text
from convcalc.network.walk import LayerReport
from convcalc.problem import Diagnostic, Problem

POINTWISE = """
    relu relu6 leakyrelu elu selu celu gelu silu mish sigmoid logsigmoid hardsigmoid tanh hardtanh hardswish
    softplus softsign softmax logsoftmax droppath identity softmin hardshrink softshrink tanhshrink threshold rrelu
    exponential squareplus sparseplus sparsesigmoid sparsemax augmentation rescaling l2norm
"""
for _name in POINTWISE.split():
    ROWS[_name] = [Row("4x5x5", _name, "4x5x5"), Row("9", _name, "9")]


def spec(row: Row, shape: str = "") -> str:
    """Shapes in the table are channels first; `keras last` reads and prints them the other way."""
    convention, _, last = row.convention.partition(" ")
    sides = (shape or row.input).split("x")
    layout = "channels_last" if last else "channels_first"
    network: dict[str, Any] = {"convention": convention, "layout": layout, "layers": [row.layer]}
    if last:
        sides = sides[1:] + sides[:1]
    network["input"] = "x".join(sides)
    return json.dumps(network)


def only_layer(text: str) -> LayerReport:
    report = summarise_text(text)
    assert not report.errors, report.errors
    return report.layers[-1]


def test_every_kind_has_its_row() -> None:
    assert sorted(ROWS) == sorted(kind.name for kind in KINDS)
    assert len({kind.name for kind in KINDS}) == len(KINDS)
    missing = [name for name, rows in ROWS.items() if not rows and name not in JOINED]
    assert not missing


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_is_known_by_the_names_of_its_kinds(family: str) -> None:
    spelled = [(kind.name, *kind.aliases, *kind.dims.split()) for kind in kinds_of(family)]
    plainly = [" ".join(dict.fromkeys(map(plain, names))) for names in spelled]
    assert FAMILIES[family].split(", ") == plainly


def test_no_two_kinds_have_a_name_in_common() -> None:
    known = [name for names in FAMILIES.values() for name in names.replace(",", "").split()]
    assert sorted(known) == sorted(set(known))
    assert all(find(name) == named for name, named in NAMES.items())


def test_only_names_of_kinds_are_found() -> None:
    endings = ("", "1d", "2d", "3d", "4d", "2d2d")
    tried = {f"{stem}{ending}" for stem in (*NAMES, "konv", "") for ending in endings}
    assert {name for name in tried if find(name)} == set(NAMES)


def test_a_kind_is_one_record_however_it_is_asked_for() -> None:
    assert find("relu") is not None and find("relu").kind is find("ReLU").kind
    assert [find(kind.name).kind for kind in KINDS] == list(KINDS)


@pytest.mark.parametrize(
    "row",
    [pytest.param(row, id=f"{row.layer} on {row.input} {row.convention}") for rows in ROWS.values() for row in rows],
)
def test_a_layer_worked_by_hand(row: Row) -> None:
    applied = only_layer(spec(row)).applied
    assert applied is not None
    assert "x".join(map(str, applied.output)) == row.output
    assert applied.parameters == row.weights + row.biases
    assert applied.biases == row.biases
    assert applied.buffers == row.buffers
    assert applied.macs == row.macs
    assert applied.connections == row.connections


# Kinds of several inputs: inputs, layer, output, parameters, MACs.
JOINED: dict[str, list[tuple[list[str], str, str, int, int]]] = {
    "bilinear": [
        (["3", "5"], "bilinear 7", "7", 7 * (3 * 5) + 7, 105),
        (["4x3", "4x5"], "bilinear 7 bias=no", "4x7", 105, 420),
    ],
    "attention": [
        # Queries 5×16, keys 9×8, values 9×6: projections of 16·16, 8·16, 6·16 and 16·16, and three biases and one.
        (
            ["5x16", "9x8", "9x6"],
            "attention 2",
            "5x16",
            256 + 128 + 96 + 256 + 64,
            5 * 256 + 9 * 128 + 9 * 96 + 2 * 5 * 9 * 16 + 5 * 256,
        ),
        (
            ["5x16", "9x16"],
            "attention 2 bias=no add_bias_kv=yes",
            "5x16",
            4 * 256 + 32,
            10 * 256 + 18 * 256 + 2 * 5 * 10 * 16,
        ),
    ],
    "dotattention": [
        # 5 queries of 16 at 9 keys of 16, that weigh values of 6.
        (["5x16", "9x16", "9x6"], "dotattention", "5x6", 0, 5 * 9 * 16 + 5 * 9 * 6),
        (["5x16", "9x16"], "dotattention scale=yes", "5x16", 1, 2 * 5 * 9 * 16),
        (["5x16", "9x16"], "dotattention score=concat", "5x16", 1, 5 * 9 * 16),
        (["9x16", "9x16"], "dotattention causal=yes", "9x16", 0, 2 * 9 * 9 * 16),
        (["9x16", "9x16"], "dotattention window=3", "9x16", 0, 2 * 9 * 3 * 16),
    ],
    "additiveattention": [
        (["5x16", "9x16", "9x6"], "additiveattention", "5x6", 16, 5 * 9 * 6),
        (["5x16", "9x16"], "additiveattention scale=no", "5x16", 0, 5 * 9 * 16),
        (["9x16", "9x16"], "additiveattention scale=no causal=yes window=4", "9x16", 0, 9 * 4 * 16),
    ],
    "decoderlayer": [
        # Two attentions of four projections, two linear layers with 32 between them, three normalisations.
        (
            ["5x16", "9x16"],
            "decoderlayer 4 f32",
            "5x16",
            2 * 4 * 16 * 17 + (16 + 1) * 32 + (32 + 1) * 16 + 3 * 32,
            4 * 5 * 256 + 2 * 25 * 16 + 2 * 14 * 256 + 2 * 45 * 16 + 2 * 5 * 16 * 32,
        ),
        # Only its own steps have a window: all of the other input are looked at.
        (
            ["5x16", "9x16"],
            "decoderlayer 4 f32 window=2 causal=yes",
            "5x16",
            2 * 4 * 16 * 17 + (16 + 1) * 32 + (32 + 1) * 16 + 3 * 32,
            4 * 5 * 256 + 2 * 5 * 2 * 16 + 2 * 14 * 256 + 2 * 45 * 16 + 2 * 5 * 16 * 32,
        ),
    ],
    "transformer": [
        (
            ["9x16", "5x16"],
            "transformer 4 encoder=1 decoder=0 f32 bias=no",
            "5x16",
            4 * 256 + 2 * 16 * 32 + 2 * 16 + 2 * 16,
            4 * 9 * 256 + 2 * 81 * 16 + 2 * 9 * 16 * 32,
        ),
    ],
    "subtract": [(["4x5x5", "4x5x5"], "subtract", "4x5x5", 0, 0)],
    "maximum": [(["4x5x5", "4x1x1"], "maximum", "4x5x5", 0, 0)],
    "minimum": [(["4x5x5", "4x5x5"], "minimum", "4x5x5", 0, 0)],
    "average": [(["4x5x5", "4x5x5", "4x5x5"], "average", "4x5x5", 0, 0)],
    "add": [(["4x5x5", "4x5x5"], "add", "4x5x5", 0, 0), (["4x5x5", "4x1x1"], "add", "4x5x5", 0, 0)],
    "multiply": [(["4x5x5", "1x5x5", "4x1x1"], "multiply", "4x5x5", 0, 0)],
    "matmul": [
        (["5x7", "7x3"], "matmul", "5x3", 0, 5 * 7 * 3),
        (["2x5x7", "2x3x7"], "matmul transpose=yes", "2x5x3", 0, 2 * 5 * 7 * 3),
        (["4x2x5x7", "2x7x3"], "matmul", "4x2x5x3", 0, 4 * 2 * 5 * 7 * 3),
        (["9x10x16x8", "9x1x8x1"], "matmul", "9x10x16x1", 0, 9 * 10 * 16 * 8),  # the capsules' predictions
    ],
    "concat": [(["4x5x5", "3x5x5", "1x5x5"], "concat", "8x5x5", 0, 0), (["4x5", "4x3"], "concat axis=2", "4x8", 0, 0)],
}


@pytest.mark.parametrize(
    ("inputs", "layer", "output", "parameters", "macs"),
    [pytest.param(*row, id=f"{row[1]} of {', '.join(row[0])}") for rows in JOINED.values() for row in rows],
)
def test_a_layer_of_several_inputs(inputs: list[str], layer: str, output: str, parameters: int, macs: int) -> None:
    names = [chr(ord("a") + index) for index in range(len(inputs))]
    network = {"input": dict(zip(names, inputs, strict=True)), "layers": [f"{layer} from={','.join(names)}"]}
    applied = only_layer(json.dumps(network)).applied
    assert applied is not None
    assert ("x".join(map(str, applied.output)), applied.parameters, applied.macs) == (output, parameters, macs)


@pytest.mark.parametrize(
    ("inputs", "layer", "code"),
    [
        (["4x5x5", "4x5x6"], "add", "C011"),
        (["4x5x5", "4x5"], "concat", "C011"),
        (["5x7", "3x7"], "matmul", "C011"),
        (["2x5x7", "3x7x5"], "matmul", "C011"),
        (["7", "7x3"], "matmul", "C010"),
        (["4x5x5"], "add", "C030"),
        (["5x16", "9x8", "8x6"], "attention 2", "C011"),
        (["5x16", "9x8"], "attention 2 kdim=16", "C012"),
        (["5x16", "9x8"], "attention 2 embed_dim=16", "C012"),
        (["5x16", "9x16", "9x16", "9x16"], "attention 2", "C030"),
        (["5x16"], "attention 4 groups=3", "C002"),
        (["5x16", "9x8"], "dotattention", "C011"),
        (["4x5x16", "9x16"], "attention 2 axes=[2]", "C011"),
        (["4x5x16", "3x5x16"], "attention 2 axes=[2]", "C011"),
        (["5x16", "9x16"], "attention 2 causal=yes", "C011"),
        (["5x16", "9x16"], "dotattention window=3", "C011"),
        (["5x16"], "attention 2 window=4", "C013"),
        (["5x16", "9x8"], "decoderlayer 4", "C011"),
        (["5", "4"], "grucell 3", "C012"),
        (["5", "3", "3"], "grucell 3", "C030"),
        (["3x9x9", "18x7x7"], "deformconv 4 k3", "C030"),
        (["3x9x9", "17x7x7"], "deformconv 4 k3 own=no", "C002"),
        (["4x3", "5x3"], "bilinear 7", "C011"),
        (["4x3", "4x3"], "bilinear 7 in2_features=5", "C012"),
    ],
)
def test_inputs_that_do_not_go_together_are_refused(inputs: list[str], layer: str, code: str) -> None:
    names = [chr(ord("a") + index) for index in range(len(inputs))]
    network = {"input": dict(zip(names, inputs, strict=True)), "layers": [f"{layer} from={','.join(names)}"]}
    assert [finding.code for finding in summarise_text(json.dumps(network)).errors] == [code]


# Symbols: a map of unknown size, and then the size put in, is the map of that size.

ON_MAPS = [
    row
    for name, rows in ROWS.items()
    for row in rows
    if name not in ("fold", "reshape", "squeeze")
    and "to=" not in row.layer
    and "layernorm [" not in row.layer
    and row.input.count("x") >= 1
    and " last" not in row.convention
    if (found := find(name)) and found.kind.takes in ("map", "any")
]


@pytest.mark.parametrize(
    "row", [pytest.param(row, id=f"{row.layer} on {row.input} {row.convention}") for row in ON_MAPS]
)
def test_symbols_agree_with_numbers(row: Row) -> None:
    channels, *sides = row.input.split("x")
    names = "DHW"[-len(sides) :]
    known = only_layer(spec(row)).applied
    symbolic = only_layer(spec(row, "x".join([channels, *names]))).applied
    assert known is not None and symbolic is not None
    values = {name: int(side) for name, side in zip(names, sides, strict=True)}

    def put_in(value: Any) -> Any:
        return substitute(value, values)

    assert tuple(map(put_in, symbolic.output)) == known.output
    for quantity in ("parameters", "biases", "buffers", "macs", "connections", "activations"):
        assert put_in(getattr(symbolic, quantity)) == getattr(known, quantity), quantity


def test_every_kind_on_maps_was_tried_with_symbols() -> None:
    tried = {find(row.layer.split()[0]).kind.name for row in ON_MAPS}  # type: ignore[union-attr]
    assert {kind.name for kind in KINDS if kind.takes == "map"} <= tried


# Cures: the values that an error names do work, the next ones do not.

CURE = re.compile(r"(\w+) (≤|≥|=|from) (\d+)(?: (?:or|to) (\d+))?")


def named_values(cure: str) -> tuple[str, list[int], list[int]] | None:
    """A key, values of it that should work, and values next to them that should not."""
    match = CURE.fullmatch(cure)
    if not match:
        return None
    name, sign, first, second = match[1], match[2], int(match[3]), int(match[4] or match[3])
    if sign == "≤":
        return name, [first], [first + 1]
    if sign == "≥":
        return name, [first, first + 1], [first - 1]
    if sign == "from":
        return name, [first, second], [first - 1, second + 1]
    return name, [first, second], []


def random_layer(dice: random.Random) -> dict[str, Any]:
    kind = dice.choice(["conv", "dwconv", "maxpool", "avgpool", "tconv", "maxunpool", "subsample"])
    network: dict[str, Any] = {"input": [dice.randint(1, 12), dice.randint(1, 12)]}
    settings: dict[str, Any] = {"kernel": dice.randint(1, 14), "stride": dice.randint(1, 4)}
    if kind != "subsample":
        settings["padding"] = dice.randint(0, 6)
    if kind in ("conv", "tconv"):
        settings |= {"filters": dice.randint(1, 12), "groups": dice.choice([1, 1, 2, 3, 4])}
    if kind in ("conv", "dwconv", "maxpool", "tconv"):
        settings["dilation"] = dice.randint(1, 3)
    if kind == "tconv":
        settings["output_padding"] = dice.randint(0, 3)
    if kind in ("maxpool", "avgpool"):
        settings["ceil"] = dice.random() < 0.5
    network["convention"] = dice.choice(["pytorch", "textbook", "caffe", "onnx"])
    network["layers"] = [{kind: settings}]
    return network


def first_error(network: dict[str, Any]) -> Diagnostic | None:
    try:
        errors = summarise_text(json.dumps(network)).errors
    except Problem as error:
        return error.diagnostics[0]
    return errors[0] if errors else None


def changed(network: dict[str, Any], name: str, value: int) -> dict[str, Any]:
    if name == "input":
        return {**network, "input": [network["input"][0], value]}
    (layer,) = network["layers"]
    ((kind, settings),) = layer.items()
    return {**network, "layers": [{kind: {**settings, name: value}}]}


@pytest.mark.seeds(1, 8)
def test_the_cures_of_an_error_cure_it_and_the_values_beside_them_do_not(seed: int) -> None:
    dice = random.Random(seed)
    named = cured = 0
    for _ in range(150):
        network = random_layer(dice)
        error = first_error(network)
        if error is None:
            continue
        assert error.hint, (network, error)
        for cure in error.hint.split(", or "):
            values = named_values(cure)
            if values is None:
                continue
            name, good, bad = values
            for value in good:
                after = first_error(changed(network, name, value))
                assert after is None or after.code != error.code, (network, error.message, cure, after)
                named, cured = named + 1, cured + (after is None)
            for value in bad:
                assert first_error(changed(network, name, value)), (network, error.message, cure, value)
    assert named > 50
    assert cured > 0.75 * named  # where two things are wrong, a cure may mend one of them


@pytest.mark.parametrize("layer", ["softmax axis=H", "layernorm axis=H", "l2norm axis=H", "prelu shared_axes=[H]"])
def test_an_axis_is_a_number_and_no_letter(layer: str) -> None:
    (error,) = summarise_text(json.dumps({"input": "4xH", "layers": [layer]})).errors
    assert error.code in ("V001", "C014") and error.hint == "1 to 2"


def test_no_kind_has_two_keys_of_one_name():
    for kind in KINDS:
        names = [key.name for key in kind.settings]
        assert len(names) == len(set(names)), kind.name
