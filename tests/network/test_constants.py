"""Numbers that a network holds itself: class tokens, positions, factors, and products of two maps."""

from math import prod

import pytest

from convcalc.network.load import summarise_text


def report_of(text):
    report = summarise_text(text)
    assert not report.errors, report.errors
    return report


VIT = """
input: 3x224x224
blocks:
  encoder_layer:
    - residual: [layernorm, attention heads=12, dropout]
    - residual: [layernorm, linear 3072, gelu, dropout, linear 768, dropout]
layers:
  - conv_proj: conv 768 k16 s16
  - flatten start=2
  - tokens: permute 2x1
  - class_token: parameter 1x768
  - concat: {from: [class_token, tokens], axis: 1}
  - residual: [positions: parameter 197x768]
  - encoder: 12 x encoder_layer
  - layernorm
  - slice 1
  - flatten
  - linear 1000
"""


def test_a_vision_transformer_is_a_plain_spec():
    """torchvision publishes 86,567,656 parameters of ViT-B/16 and 17.56 GMACs; exactly 17,563,828,224."""
    report = report_of(VIT)
    assert (report.totals.parameters, report.totals.macs) == (86_567_656, 17_563_828_224)
    fields = {layer.name: tuple(field.size for field in layer.field) for layer in report.layers}
    assert fields["tokens"] == fields["concat1"] == fields["add1"] == (16, 16)  # a token sees its patch
    assert fields["encoder.0.attention1"] == fields["linear1"] == (224, 224)
    assert fields["class_token"] == ()


def test_capsules_are_a_plain_spec():
    """Sabour, Frosst & Hinton 2017 with its published 6,804,224 parameters before the decoder, without its user kinds."""
    report = report_of("""
        input: 1x28x28
        layers:
          - conv 256 k9
          - relu
          - conv 256 k9 s2                     # 32 capsules of 8 on 6×6
          - u: reshape 1152x1x8x1
          - W: parameter 1152x10x16x8
          - matmul: {from: [W, u]}
    """)
    assert report.totals.parameters == 6_804_224
    assert report.output == (1152, 10, 16, 1)
    assert report.layers[-1].applied.macs == 1152 * 10 * 16 * 8


# Joined as PyTorch broadcasts: shapes of the input and of what is held, and of the result.
JOINED = {
    ("7x5", "add", "7x5"): (7, 5),
    ("7x5", "add", "5"): (7, 5),
    ("7x5", "multiply", "1"): (7, 5),
    ("4x7x5", "multiply", "4x1x1"): (4, 7, 5),
    ("4x7x5", "add", "1"): (4, 7, 5),
    ("4x7x5", "add", "7x5"): (4, 7, 5),
    ("7x5", "concat", "2x5"): (9, 5),
}


@pytest.mark.parametrize(("given", "join", "held"), JOINED)
@pytest.mark.parametrize("kind", ["parameter", "buffer"])
def test_what_a_network_holds_is_joined(given, join, held, kind):
    report = report_of(f"input: {given}\nlayers: [p: {kind} {held}, {join}: {{from: [input, p]}}]")
    numbers = prod(map(int, held.split("x")))
    assert report.output == JOINED[given, join, held]
    assert (report.totals.parameters, report.totals.buffers) == ((numbers, 0) if kind == "parameter" else (0, numbers))


def test_attention_by_hand_has_the_counts_and_the_field_of_attention():
    by_hand = report_of("""
        input: 3x32x32
        layers:
          - conv 64 k8 s8
          - flatten start=2
          - x: permute 2x1
          - q: linear 64
          - k: linear 64 from=x
          - v: linear 64 from=x
          - matmul transpose=yes from=[q, k]
          - weights: softmax
          - matmul from=[weights, v]
          - linear 64
    """)
    layer = report_of("input: 3x32x32\nlayers: [conv 64 k8 s8, flatten start=2, permute 2x1, attention heads=1]")
    assert by_hand.totals.macs == layer.totals.macs
    assert by_hand.totals.parameters == layer.totals.parameters
    assert by_hand.last.field == layer.last.field


def test_a_product_sees_rows_of_one_and_columns_of_the_other():
    report = report_of("""
        input: {one: 7x5, other: 5x3}
        layers: [matmul: {from: [one, other]}]
    """)
    seen = {name: [field.size for field in axes.fields] for name, axes in report.last.fields.items()}
    assert seen == {"one": [5], "other": [1]}  # along the columns: all of a row, and its own column


WRONG = {
    "parameter": "V006: parameter needs shape: its sizes, without the batch",
    "parameter 0x5": "V002: shape must be sizes of at least 1",
    "parameter -1x5": "V002: shape must be sizes of at least 1",
    "parameter 3/2": "V001: shape must be whole numbers, not 3/2",
}


@pytest.mark.parametrize(("layer", "message"), WRONG.items())
def test_numbers_that_cannot_be_held(layer, message):
    (error,) = summarise_text(f"input: 7x5\nlayers:\n  - {layer}\n").errors
    assert f"{error.code}: {error.message}" == message
    assert (error.mark.line, bool(error.hint)) == (3, True)


def test_a_letter_in_a_shape_is_a_name_like_any_other():
    text = "input: 3x8x8\nsymbols: [Q]\nlayers: [p: parameter 3xQ]"
    assert list(map(str, report_of(text).output)) == ["3", "Q"]


def test_a_letter_in_a_shape_can_be_set(convcalc):
    line = "3x8x8 -> parameter 3xQ name=p"
    code, _, errors = convcalc("summary", "-e", line)
    assert (code, "--set Q=8" in errors) == (3, True)
    assert convcalc("summary", "-e", line, "--set", "Q=8")[0] == 0
