"""Axis 0 is the channels unless a layer says otherwise: what each kind takes for its axis, after any rearrangement."""

from __future__ import annotations

import json
from typing import Any

import pytest

from convcalc.network.load import summarise_text

ROWS = {
    "a vector folded into a map": ("192 -> reshape 3x8x8 -> scale", 3),
    "a map in another shape": ("3x8x8 -> conv 4 k1 -> reshape 16x4x4 -> scale", 16),
    "channels that were moved to the end": ("3x32x32 -> conv 8 k3 -> permute 2x3x1 -> scale", 8),
    "channels that were moved to the end and back": (
        "3x32x32 -> conv 8 k3 -> permute 2x3x1 -> linear 6 -> permute 3x1x2 -> scale", 6,
    ),
    "features of a linear layer": ("3x32x32 -> conv 8 k3 -> permute 2x3x1 -> linear 6 -> scale", 6),
    "features of steps": ("100x16 -> attention 4 -> scale", 16),
    "features of a recurrent layer": ("100x16 -> lstm 5 -> permute 2x1 -> scale", 5),
    "vectors that were looked up": ("30 -> embedding 100 units=7 -> scale", 7),
    "an axis that is named": ("3x8x5 -> scale axis=-1", 5),
    "batchnorm after a permutation, as PyTorch has it": ("3x8x5 -> permute 2x3x1 -> batchnorm", 16),
    "groupnorm after a reshape": ("192 -> reshape 4x6x8 -> groupnorm 2", 8),
    "prelu after a permutation": ("3x8x5 -> permute 2x3x1 -> prelu channels", 8),
    "layernorm2d after a reshape": ("192 -> reshape 3x8x8 -> layernorm2d", 6),
    "layernorm2d after a permutation": ("3x8x5 -> permute 2x3x1 -> layernorm2d", 16),
    "LayerNorm of PyTorch is of the last axis": ("3x8x5 -> permute 2x3x1 -> nn.LayerNorm(3)", 6),
    "layernorm after a permutation is of the last axis": ("3x8x5 -> permute 2x3x1 -> layernorm", 6),
    "layernorm on a map is of its channels": ("3x8x5 -> conv 4 k1 -> layernorm", 8),
    "linear on a map in another shape": ("8x4x4 -> reshape 8x16 -> linear 10", 170),
    "linear on columns of a map": ("16x1x26 -> reshape 16x26 -> permute 2x1 -> linear 5", 85),
}  # fmt: skip


@pytest.mark.parametrize(("network", "parameters"), ROWS.values(), ids=ROWS)
def test_a_layer_takes_the_axis_that_is_its_own(network: str, parameters: int) -> None:
    report = summarise_text(network)
    assert not report.errors
    applied = report.layers[-1].applied
    assert applied is not None
    assert applied.parameters == parameters


def test_keras_keeps_the_channels_last_through_a_permutation() -> None:
    report = summarise_text(
        "{convention: keras, layout: channels_last, input: 30x20x3, layers: ["
        "conv 8 k3, permute 3x1x2, scale, permute 2x3x1, scale, linear 5, scale]}"
    )
    assert not report.errors
    found = [layer.applied.parameters for layer in report.layers if layer.kind == "scale" and layer.applied]
    assert found == [8, 8, 5]


@pytest.mark.parametrize("order", ["moved", "kept"])
def test_a_convnext_block_counts_as_it_is_computed(order: str) -> None:
    """torchvision's first block has 79,296 parameters, its factors behind the second permutation."""
    last = ["permute [0, 3, 1, 2]", "scale"] if order == "moved" else ["scale", "permute [0, 3, 1, 2]"]
    block = [
        "dwconv k7 p3",
        "permute [0, 2, 3, 1]",
        "nn.LayerNorm(96)",
        "nn.Linear(96, 384)",
        "gelu",
        "linear 96",
        *last,
    ]
    report = summarise_text(json.dumps({"input": [96, 56, 56], "layers": [{"residual": block}]}))
    assert not report.errors
    assert report.totals.parameters == 79_296
    assert report.output == (96, 56, 56)


@pytest.mark.parametrize(
    ("layer", "output"),
    [
        ("permute [0, 2, 3, 1]", (6, 7, 3)),
        ("permute [0, 3, 1, 2]", (7, 3, 6)),
        ("permute 2x3x1", (6, 7, 3)),
        ("permute: [2, 3, 1]", (6, 7, 3)),
    ],
)
def test_an_order_may_name_the_batch(layer: str, output: Any) -> None:
    report = summarise_text(f"input: 3x6x7\nlayers:\n- {layer}")
    assert not report.errors
    assert report.output == output


@pytest.mark.parametrize("order", ["[1, 0, 2, 3]", "[0, 1, 2]", "[0, 2, 3, 3]", "[2, 3]"])
def test_an_order_that_moves_the_batch_or_forgets_an_axis_is_refused(order: str) -> None:
    (error,) = summarise_text(f"input: 3x6x7\nlayers:\n- permute {order}").errors
    assert error.code == "C016"


@pytest.mark.parametrize("branch", ["concat: {from: [a]}", "concat: {only: [relu]}", "concat: [[relu]]"])
def test_one_branch_joined_is_itself(branch: str) -> None:
    report = summarise_text(f"input: 3x8x8\nlayers:\n- a: conv 4 k3\n- {branch}")
    assert not report.errors
    assert report.output == (4, 6, 6)
    assert [field.size for field in report.layers[-1].field] == [3, 3]


@pytest.mark.parametrize("kind", ["add", "multiply"])
def test_one_branch_is_no_sum(kind: str) -> None:
    (error,) = summarise_text(f"input: 3x8x8\nlayers:\n- a: conv 4 k3\n- {kind}: {{from: [a]}}").errors
    assert error.code == "C030"


@pytest.mark.parametrize(
    ("network", "output"),
    [
        ("8x4x4 -> reshape 8x16 -> linear 10", (8, 10)),
        ("16x6x7 -> reshape 2x336 -> concat", (2, 336)),
        ("3x224x224 -> conv 768 k16 s16 -> reshape 768x196 -> permute 2x1 -> attention 12", (196, 768)),
        ("1x32x100 -> conv 512 k32x1 -> reshape 512x100 -> permute 2x1 -> lstm 256 bidirectional=yes", (100, 512)),
        ("4xHxW -> reshape 16x2 -> linear 8", (16, 8)),
    ],
)
def test_a_layer_follows_a_reshape_of_any_rank(network: str, output: Any) -> None:
    report = summarise_text(network)
    assert not report.errors
    assert report.output == output
