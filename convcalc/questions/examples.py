"""A small layer of every kind with a shape to put it on, to show its formulas with."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from convcalc.layer.record import Kind

# kind → the layer, and the shapes of its inputs.
EXAMPLES: dict[str, tuple[str, ...]] = {
    "conv": ("conv 10 k5 p2", "3x32x32"),
    "tableconv": ("tableconv table=[[0,1,2],[1,2,3],[0,1,2,3]] k5", "4x14x14"),
    "dwconv": ("dwconv k3 p1", "32x112x112"),
    "sepconv": ("sepconv 64 k3 p1", "32x112x112"),
    "tconv": ("tconv 64 k4 s2 p1", "128x8x8"),
    "localconv": ("localconv 96 k11 s4", "3x227x227"),
    "deformconv": ("deformconv 64 k3 p1", "64x28x28"),
    "maxpool": ("maxpool 3 s2", "96x55x55"),
    "avgpool": ("avgpool 2", "6x28x28"),
    "lppool": ("lppool 2", "6x28x28"),
    "adaptiveavgpool": ("adaptiveavgpool 7", "512x14x14"),
    "adaptivemaxpool": ("adaptivemaxpool 7", "512x14x14"),
    "subsample": ("subsample 2", "6x28x28"),
    "upsample": ("upsample 2", "64x28x28"),
    "maxunpool": ("maxunpool 2", "64x14x14"),
    "unpool": ("unpool 2", "64x14x14"),
    "pixelshuffle": ("pixelshuffle 2", "64x28x28"),
    "pixelunshuffle": ("pixelunshuffle 2", "16x56x56"),
    "unfold": ("unfold 3", "3x8x8"),
    "fold": ("fold 6x6 k3", "36x16"),
    "zeropad": ("zeropad 1", "3x32x32"),
    "crop": ("crop 2", "3x32x32"),
    "linear": ("linear 84", "120"),
    "rbf": ("rbf 10", "84"),
    "bilinear": ("bilinear 10", "20", "30"),
    "embedding": ("embedding 1000 f64", "12"),
    "lstm": ("lstm 64", "10x32"),
    "gru": ("gru 64", "10x32"),
    "rnn": ("rnn 64", "10x32"),
    "attention": ("attention 8", "10x64"),
    "flatten": ("flatten", "50x7x7"),
    "unflatten": ("unflatten 50x7x7", "2450"),
    "reshape": ("reshape 16x25", "400"),
    "permute": ("permute [2,1]", "10x64"),
    "groupnorm": ("groupnorm 32", "64x28x28"),
    "lrn": ("lrn 5", "96x27x27"),
    "add": ("add", "64x28x28", "64x28x28"),
    "multiply": ("multiply", "64x28x28", "64x1x1"),
    "concat": ("concat", "64x28x28", "128x28x28", "32x28x28", "32x28x28"),
    "shuffle": ("shuffle 4", "64x28x28"),
    "dropout": ("dropout 0.5", "64x28x28"),
}
USUAL = "64x28x28"


def example(kind: Kind) -> tuple[str, ...]:
    """The layer and the shapes of its inputs; a kind without an example of its own is used by itself on a map."""
    return EXAMPLES.get(kind.name, (kind.name, USUAL))
