"""Weights that several layers use are counted once and computed each time."""

import pytest

from convcalc.network.load import summarise_text


def counts(text):
    """Parameters by layer, and in all: parameters, buffers and MACs."""
    report = summarise_text(text)
    assert not report.errors, report.errors
    totals = report.totals
    own = {layer.name: layer.applied.parameters for layer in report.layers if layer.applied.parameters != 0}
    return own, totals.parameters, totals.buffers, totals.macs


# conv 8 k3 on 8 channels: 8·8·9 weights and 8 biases; 32·32 outputs of 576 products.
CONV, MACS = 8 * 8 * 9 + 8, 32 * 32 * 8 * 8 * 9
SHARED = {
    "layer": ("- a: conv 8 k3 p1\n  - conv 8 k3 p1 weights=a", {"a": CONV}, 0, 2 * MACS),
    "in a mapping": ("- a: conv 8 k3 p1\n  - conv: {filters: 8, kernel: 3, padding: 1, weights: a}", {"a": CONV}, 0, 2 * MACS),
    "beside its kind": ("- a: conv 8 k3 p1\n  - {conv: 8 k3 p1, weights: a}", {"a": CONV}, 0, 2 * MACS),
    "of a layer that shares": (
        "- a: conv 8 k3 p1\n  - b: conv 8 k3 p1 weights=a\n  - conv 8 k3 p1 weights=b", {"a": CONV}, 0, 3 * MACS
    ),
    "its activation goes by its name": (
        "- a: conv 8 k3 p1 activation=relu\n  - conv 8 k3 p1 weights=a", {"a": CONV}, 0, 2 * MACS
    ),
    "its own biases": ("- a: conv 8 k3 p1 bias=no\n  - b: conv 8 k3 p1 weights=a", {"a": CONV - 8, "b": 8}, 0, 2 * MACS),
    "no biases": ("- a: conv 8 k3 p1\n  - b: conv 8 k3 p1 bias=no weights=a", {"a": CONV}, 0, 2 * MACS),
    "another stride and dilation": (
        "- a: conv 8 k3 p1\n  - conv 8 k3 p2 d2 weights=a\n  - conv 8 k3 p1 s2 weights=a", {"a": CONV}, 0, 2 * MACS + MACS // 4
    ),
    "normalisation": ("- a: batchnorm\n  - batchnorm weights=a", {"a": 16}, 16, 0),
    "repeat": (
        "- repeat: {times: 5, shared: yes, layers: [conv 8 k3 p1, batchnorm, relu]}",
        {"conv1": CONV, "batchnorm1": 16}, 16, 5 * MACS,
    ),
    "named repeat": (
        "- r: {repeat: {times: 5, shared: yes, layers: [conv 8 k3 p1]}}", {"r.0": CONV}, 0, 5 * MACS
    ),
    "one turn": ("- repeat: {times: 1, shared: yes, layers: [conv 8 k3 p1]}", {"conv1": CONV}, 0, MACS),
    "no turn": ("- conv 8 k3 p1\n  - repeat: {times: 0, shared: yes, layers: [relu]}", {"conv1": CONV}, 0, MACS),
    "repeat of another": (
        "- r: {repeat: {times: 2, layers: [conv 8 k3 p1]}}\n  - repeat: {times: 2, weights: r, layers: [conv 8 k3 p1]}",
        {"r.0": CONV, "r.1": CONV}, 0, 4 * MACS,
    ),
    "residual": (
        "- a: {residual: [conv 8 k3 p1, relu]}\n  - {residual: [conv 8 k3 p1, relu], weights: a}", {"conv1": CONV},
        0, 2 * MACS,
    ),
    "user kind": ("- a: mine\n  - mine weights=a", {"a": 8}, 0, 0),
}  # fmt: skip
KINDS = "kinds: {mine: {parameters: c}}\n"


@pytest.mark.parametrize("case", SHARED)
def test_weights_are_counted_once_and_computed_each_time(case):
    layers, own, buffers, macs = SHARED[case]
    assert counts(f"input: 8x32x32\n{KINDS}layers:\n  {layers}\n") == (own, sum(own.values()), buffers, macs)


def test_siamese_towers_share_a_block():
    """Koch, Zemel & Salakhutdinov 2015: 38,951,745 parameters, in both towers together and the layer that compares."""
    towers = """
        input: {left: 1x105x105, right: 1x105x105}
        blocks:
          tower: [conv 64 k10, relu, maxpool 2, conv 128 k7, relu, maxpool 2, conv 128 k4, relu, maxpool 2, conv 256 k4,
                  relu, flatten, linear 4096, sigmoid]
        layers:
          - left_tower: tower from=left
          - right_tower: tower from=right weights=left_tower
          - add: {from: [left_tower, right_tower]}
          - linear 1
    """
    _, parameters, _, macs = counts(towers)
    alone = counts(towers.replace(" weights=left_tower", ""))
    assert parameters == 38_951_745
    assert macs == alone[3]
    assert alone[1] == 2 * (parameters - 4097) + 4097


def test_an_embedding_is_tied_to_the_head():
    """Radford et al. 2019, GPT-2 small: 124,439,808 parameters."""
    text = """
        input: 1024
        blocks:
          layer:
            - residual: [layernorm, attention heads=12]
            - residual: [layernorm, linear 3072, gelu, linear 768]
        layers:
          - wte: embedding 50257 f768
          - residual: [wpe: parameter 1024x768]
          - h: 12 x layer
          - layernorm
          - head: linear 50257 bias=no weights=wte
    """
    own, parameters, _, macs = counts(text)
    assert parameters == 124_439_808
    assert "head" not in own
    assert macs == 12 * 1024 * (12 * 768**2 + 2 * 1024 * 768) + 1024 * 50257 * 768


def test_what_shares_says_whose_weights_it_has():
    report = summarise_text("input: 8x9x9\nlayers: [a: conv 8 k3, b: conv 8 k3 weights=a]")
    assert [layer.applied.values.get("weights") for layer in report.layers] == [None, "a"]


LAYERS = """input: 8x32x32
layers:
  - v: globalavgpool
  - v1: flatten
  - w: bilinear 4 from=[v1, v1]
  - a: conv 8 k3 from=input
  - n: batchnorm
  - r: relu
  - LAYER
"""
WRONG = {
    "conv 9 k3 weights=a": "C050: the weights of conv are 9×8×3×3, those of a (conv) 8×8×3×3",
    "conv 8 k5 weights=a": "C050: the weights of conv are 8×8×5×5, those of a (conv) 8×8×3×3",
    "conv 8 k3 g2 weights=a": "C050: the weights of conv are 8×4×3×3, those of a (conv) 8×8×3×3",
    "tconv 8 k3 weights=a": None,  # equal channels: the same numbers in another order
    "dwconv k3 weights=a": "C050: the weights of dwconv are 8×3×3, those of a (conv) 8×8×3×3",
    "groupnorm 2 weights=n": "C050: groupnorm cannot use the weights of n, which is batchnorm",
    "bilinear 3 from=[v1, v1] weights=w": "C050: the weights of bilinear are of c = 8, e = 8, f = 3, those of w (bilinear) of c = 8, e = 8, f = 4",
    "relu weights=a": "C050: relu has no weights to share",
    "conv 8 k3 weights=r": "C050: relu has no weights to share",
    "conv 8 k3 weights=z": 'N002: there is no layer "z" above',
    "own: conv 8 k3 weights=own": 'N005: "own" stands further down: a layer may only use what stands above it',
    "repeat: {times: 2, weights: a, layers: [conv 8 k3]}": "C050: 2 layers cannot use the weights of 1",
    "repeat: {times: 2, shared: maybe, layers: [conv 8 k3]}": "V005: shared is yes or no, not maybe",
}


@pytest.mark.parametrize(("layer", "message"), WRONG.items())
def test_weights_that_cannot_be_shared(layer, message):
    report = summarise_text(LAYERS.replace("LAYER", layer))
    found = [f"{error.code}: {error.message}" for error in report.errors]
    assert found == ([message] if message else [])
    assert all(error.mark.line == 9 and error.hint for error in report.errors)


def test_turns_that_differ_in_their_weights_cannot_share():
    report = summarise_text("input: 3x32x32\nlayers: [repeat: {times: 2, shared: yes, layers: [conv 8 k3]}]")
    (error,) = report.errors
    assert error.message == "the weights of conv are 8×8×3×3, those of conv1 (conv) 8×3×3×3"
