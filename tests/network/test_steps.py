"""Steps × features: which steps a layer of a sequence sees, in every order of reading, and what cannot be told."""

from __future__ import annotations

from typing import Any

import pytest

from convcalc.network.load import summarise_text

ALL, EACH = (7, 0, 0), (7, 1, 0)  # size, stride and offset along 7 steps
TOKENS = """
input: 3x32x32
layers:
- conv 8 k8 s8
- flatten start=2
- tokens: permute 2x1
{more}
- {layer}
"""
WITH_CLASS = "- class: parameter 1x8\n- concat: {from: [class, tokens], axis: 1}"

SEEN: dict[str, tuple[int | None, int | None, int | None]] = {
    "lstm 4": EACH,
    "gru 4 layers=3": EACH,
    "nn.RNN(6, 4)": EACH,
    "lstm 4 bidirectional=yes": ALL,
    "lstm 4 direction=bidirectional": ALL,
    "lstm 4 sequences=no": ALL,
    "lstm 4 backwards=yes sequences=no": ALL,
    "lstm 4 direction=reverse": (7, None, None),  # in which order its steps come depends on the framework
    "nn.LSTM(6, 4, bidirectional=True)": ALL,
    "attention 2": ALL,
    "attention 2 causal=yes": EACH,
    "attention 2 is_causal=yes": EACH,
    "attention 2 window=3": (3, 1, -1),
    "attention 2 window=3 causal=yes": (3, 1, -2),
    "attention 2 window=7": (7, 1, -3),
    "attention 2 window=7 causal=yes": EACH,
    "attention 2 window=13": ALL,
    "dotattention causal=yes": EACH,
    "additiveattention window=5": (5, 1, -2),
    "encoderlayer 2 f8": ALL,
    "encoderlayer 2 f8 causal=yes": EACH,
    "encoderlayer 2 f8 k5": (5, 1, -2),
}


@pytest.mark.parametrize(("layer", "seen"), SEEN.items(), ids=SEEN)
def test_the_steps_that_a_layer_sees(layer: str, seen: tuple[Any, Any, Any]) -> None:
    report = summarise_text(f"7x6 -> {layer}")
    assert not report.diagnostics
    (field,) = report.layers[-1].field
    assert (field.size, field.stride, field.offset) == seen


@pytest.mark.parametrize(
    ("layer", "seen"),
    [
        ("layers.LSTM(4)", ALL),
        ("layers.LSTM(4, return_sequences=True)", EACH),
        ("layers.LSTM(4, return_sequences=True, go_backwards=True)", (7, None, None)),
        ("layers.Bidirectional(layers.GRU(4, return_sequences=True))", ALL),
        ("layers.MultiHeadAttention(2, 3)", ALL),
        ("layers.MultiHeadAttention(2, 3, use_causal_mask=True)", EACH),
    ],
)
def test_the_steps_that_keras_sees(layer: str, seen: tuple[Any, Any, Any]) -> None:
    report = summarise_text(f"convention: keras\ninput: 7x6\nlayers:\n- {layer}")
    assert not report.diagnostics
    (field,) = report.layers[-1].field
    assert (field.size, field.stride, field.offset) == seen


@pytest.mark.parametrize(
    ("layers", "one", "other"),
    [
        ("decoderlayer 2 f8 from=[one, other]", (5, 0), (9, 0)),
        ("decoderlayer 2 f8 causal=yes from=[one, other]", (5, 1), (9, 0)),
        ("decoderlayer 2 f8 window=3 from=[one, other]", (3, 1), (9, 0)),
        ("transformer 2 f8 from=[other, one]", (5, 0), (9, 0)),
        ("transformer 2 f8 causal=yes from=[other, one]", (5, 1), (9, 0)),
        ("attention 2 from=[one, other]", (1, 1), (9, 0)),
    ],
)
def test_what_is_decoded_is_causal_and_what_it_is_decoded_from_is_all_seen(
    layers: str, one: tuple[int, int], other: tuple[int, int]
) -> None:
    report = summarise_text(f"input: {{one: 5x6, other: 9x6}}\nlayers: ['{layers}']")
    assert not report.diagnostics
    seen = {name: [(field.size, field.stride) for field in axes.fields] for name, axes in report.last.fields.items()}
    assert seen == {"one": [one], "other": [other]}


@pytest.mark.parametrize(
    ("more", "layer", "sizes"),
    [
        ("", "relu", (8, 8)),
        ("", "attention 2", (32, 32)),
        ("", "attention 2 causal=yes", (32, 32)),  # the last token sees all; along a row it is not told which sees what
        ("", "attention 2 window=3", (None, None)),
        (WITH_CLASS, "relu", (8, 8)),
        (WITH_CLASS, "attention 2", (32, 32)),
        (WITH_CLASS, "attention 2 causal=yes", (32, 32)),
        (WITH_CLASS, "attention 2 window=3", (None, None)),
    ],
)
def test_tokens_see_their_patches_and_claim_no_more_than_can_be_told(more: str, layer: str, sizes: Any) -> None:
    report = summarise_text(TOKENS.format(more=more, layer=layer))
    assert not report.diagnostics
    assert tuple(field.size for field in report.layers[-1].field) == sizes


@pytest.mark.parametrize("sequences", ["yes", "no"])
def test_a_convlstm_reads_its_steps_in_order(sequences: str) -> None:
    report = summarise_text(f"10x1x12x12 -> convlstm 4 k3 sequences={sequences} bias=no")
    steps, *_ = report.layers[-1].field
    assert (steps.size, steps.stride) == (10, 1 if sequences == "yes" else 0)


def test_rows_of_a_map_look_at_each_other_by_hand() -> None:
    report = summarise_text(
        "{input: 4x5x8, layers: [maxpool 2, x: relu, q: linear 4 in_features=4,"
        " scores: {matmul: {from: [q, x], transpose: yes}}, matmul: {from: [scores, x]}]}"
    )
    assert not report.diagnostics
    assert all(field.size in (None, side) for field, side in zip(report.layers[-1].field, (4, 8), strict=True))


def test_where_all_units_are_listed_their_pixels_are_whole() -> None:
    report = summarise_text(
        "{input: 2x12, layers: [conv 4 k1, x: pixelshuffle 2, p: parameter 2x1, concat: {from: [p, x], axis: 2},"
        " conv 3 k1, globalavgpool]}"
    )
    assert all(type(end) is int for layer in report.layers[-2:] for end in (layer.field[0].size, layer.field[0].offset))
