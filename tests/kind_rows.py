"""One row or more for every layer kind, worked by hand."""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    input: str
    layer: str
    output: str
    weights: int = 0
    biases: int = 0
    buffers: int = 0
    macs: int = 0
    connections: int = 0
    convention: str = "pytorch"


# Every factor stands where the hand calculation has it.
ROWS: dict[str, list[Row]] = {
    "conv": [
        # LeNet-5's C1: 6 filters of 1·5·5 and a bias; each of 28·28 outputs takes 25 products.
        Row("1x32x32", "conv 6 k5", "6x28x28", 6 * 25, 6, 0, 28 * 28 * 6 * 25, 28 * 28 * 6 * 26),
        Row("4x20", "conv 6 k3 s2 p1 g2 bias=no", "6x10", 6 * 2 * 3, 0, 0, 10 * 6 * 2 * 3, 10 * 6 * 2 * 3),
        Row("3x8x9x9", "conv 2 k3 d2", "2x4x5x5", 2 * 3 * 27, 2, 0, 100 * 2 * 3 * 27, 100 * 2 * 3 * 27 + 200),
        Row("3x7x7", "conv 5 k3x5 s2x1 p1x2", "5x4x7", 5 * 3 * 15, 5, 0, 28 * 5 * 3 * 15, 28 * 5 * 46),
    ],
    "dwconv": [
        Row("8x10x10", "dwconv k3 p1 m2", "16x10x10", 16 * 9, 16, 0, 100 * 16 * 9, 100 * 16 * 10),
        Row("8x10", "dwconv k3 s2", "8x4", 8 * 3, 8, 0, 4 * 8 * 3, 4 * 8 * 4),
        Row("2x5x5x5", "dwconv k3 bias=no", "2x3x3x3", 2 * 27, 0, 0, 27 * 2 * 27, 27 * 2 * 27),
    ],
    "sepconv": [
        # 4 depthwise filters of 9, then 6 of 4; one bias each of the 6.
        Row("4x10x10", "sepconv 6 k3", "6x8x8", 4 * 9 + 6 * 4, 6, 0, 64 * (36 + 24), 64 * (36 + 24) + 64 * 6),
        Row("4x10", "sepconv 6 k3 m2 bias=no", "6x8", 8 * 3 + 6 * 8, 0, 0, 8 * (24 + 48), 8 * (24 + 48)),
    ],
    "tconv": [
        # Every one of 5·5 inputs is spread by 2·3·9 products.
        Row("2x5x5", "tconv 3 k3 s2", "3x11x11", 2 * 3 * 9, 3, 0, 25 * 54, 25 * 54 + 3 * 121),
        Row("2x5", "tconv 3 k4 s2 p1 op1 bias=no", "3x11", 2 * 3 * 4, 0, 0, 5 * 24, 5 * 24),
        Row("2x3x3x3", "tconv 2 k2 s2 g2", "2x6x6x6", 2 * 8, 2, 0, 27 * 16, 27 * 16 + 2 * 216),
        Row("1x5", "tconv 1 k2 s3", "1x15", 2, 1, 0, 10, 10 + 15, "keras"),
    ],
    "localconv": [
        # 6·6 places, each with 4 filters of 2·9 and 4 biases of its own.
        Row("2x8x8", "localconv 4 k3", "4x6x6", 36 * 4 * 18, 36 * 4, 0, 36 * 4 * 18, 36 * 4 * 19),
        Row("2x8", "localconv 4 k3 bias=no", "4x6", 6 * 4 * 6, 0, 0, 6 * 4 * 6, 6 * 4 * 6),
    ],
    "deformconv": [
        # Two displacements for each of 9 taps, from a convolution of 18 filters over the same windows.
        Row(
            "4x6x6",
            "deformconv 8 k3",
            "8x4x4",
            8 * 36 + 18 * 36,
            8 + 18,
            0,
            16 * (8 * 36 + 18 * 36),
            16 * (8 * 37 + 18 * 37),
        ),
        Row(
            "4x6x6",
            "deformconv 8 k3 mask=yes bias=no",
            "8x4x4",
            8 * 36 + 27 * 36,
            27,
            0,
            16 * 35 * 36,
            16 * 35 * 36 + 16 * 27,
        ),
    ],
    "tableconv": [
        Row("3x6x6", "tableconv table=[[0,1],[1,2],[0,1,2]] k5", "3x2x2", 7 * 25, 3, 0, 4 * 7 * 25, 4 * 7 * 25 + 12),
    ],
    "maxpool": [
        Row("4x9x9", "maxpool 2", "4x4x4"),
        Row("4x9", "maxpool 3 s2 p1 d2", "4x4"),
        Row("4x9x9x9", "maxpool 2 ceil=yes", "4x5x5x5"),
    ],
    "avgpool": [
        Row("4x9x9", "avgpool 3 s2", "4x4x4"),
        Row("4x9", "avgpool 2", "4x4"),
        Row("1x4x4x4", "avgpool 2", "1x2x2x2"),
    ],
    "lppool": [Row("4x9x9", "lppool 3 s2", "4x4x4"), Row("4x9", "lppool 2", "4x4")],
    "adaptiveavgpool": [Row("4x9x9", "adaptiveavgpool 7x5", "4x7x5"), Row("4x9", "adaptiveavgpool 3", "4x3")],
    "adaptivemaxpool": [Row("4x9x9", "adaptivemaxpool 1", "4x1x1"), Row("4x9x9", "adaptivemaxpool 3x-", "4x3x9")],
    "globalavgpool": [Row("4x9x9", "globalavgpool", "4x1x1"), Row("4x9", "gap", "4", convention="keras")],
    "globalmaxpool": [Row("4x9x9", "gmp", "4x1x1"), Row("4x9x9", "gmp keep=yes", "4x1x1", convention="keras")],
    "subsample": [
        # LeNet-5's S2: a coefficient and a bias a map; four inputs and a bias for every output.
        Row("6x28x28", "subsample 2", "6x14x14", 6, 6, 0, 0, 14 * 14 * 6 * 5),
        Row("6x28", "subsample 2", "6x14", 6, 6, 0, 0, 14 * 6 * 3),
    ],
    "upsample": [
        Row("4x5x5", "upsample 2", "4x10x10"),
        Row("4x5", "upsample 3/2 mode=linear", "4x7"),
        Row("4x5x5", "upsample size=7x3", "4x7x3"),
        Row("4x2x2x2", "upsample 2x3x4", "4x4x6x8"),
    ],
    "maxunpool": [Row("4x5x5", "maxunpool 2", "4x10x10"), Row("4x5", "maxunpool 3 s2 p1", "4x9")],
    "unpool": [Row("4x5x5", "unpool 2", "4x10x10"), Row("4x5", "unpool 3 mode=bed_of_nails", "4x15")],
    "pixelshuffle": [Row("36x5x5", "pixelshuffle 3", "4x15x15"), Row("4x5", "pixelshuffle 2", "2x10")],
    "pixelunshuffle": [Row("4x6x6", "pixelunshuffle 3", "36x2x2"), Row("4x6", "pixelunshuffle 2", "8x3")],
    "unfold": [Row("4x6x6", "unfold 3", "36x16"), Row("4x6x6", "unfold 2x3 s2 p1", "24x12")],
    "fold": [Row("36x16", "fold 6x6 k3", "4x6x6"), Row("8x9", "fold 6x6 k2 s2", "2x6x6")],
    "zeropad": [
        Row("4x5x5", "zeropad 2", "4x9x9"),
        Row("4x5x5", "pad [[1,2],[0,3]] mode=reflect", "4x8x8"),
        Row("4x5", "pad 1", "4x7"),
    ],
    "crop": [Row("4x9x9", "crop 2", "4x5x5"), Row("4x9x9", "crop to=6", "4x6x6"), Row("4x9", "crop 1", "4x7")],
    "linear": [
        Row("120", "linear 84", "84", 120 * 84, 84, 0, 120 * 84, 121 * 84),
        Row("7x12", "linear 5 bias=no", "7x5", 60, 0, 0, 7 * 60, 7 * 60),
        Row("12x7", "linear 5", "5x7", 60, 5, 0, 7 * 60, 7 * 65, "keras last"),
    ],
    "rbf": [Row("84", "rbf 10", "10", 0, 0, 840, 840, 840)],
    "bilinear": [],  # of two inputs: below
    "embedding": [
        Row("12", "embedding 1000 f64", "12x64", 64000),
        Row("12", "embedding 1000 f64", "64x12", 64000, 0, 0, 0, 0, "keras last"),
    ],
    "lstm": [
        # Four gates, each 5·8 of the input, 8·8 of the state and (PyTorch) two biases.
        Row("7x5", "lstm 8", "7x8", 4 * 8 * 13, 64, 0, 7 * 4 * 8 * 13, 7 * (4 * 8 * 13 + 64)),
        # Keras keeps one bias; the two directions are added up.
        Row(
            "7x5",
            "lstm 8 bidirectional=yes merge=sum",
            "8",
            2 * 4 * 8 * 13,
            64,
            0,
            7 * 2 * 4 * 8 * 13,
            7 * (2 * 4 * 8 * 13 + 64),
            "keras",
        ),
        Row(
            "7x5",
            "lstm 8 layers=2 bidirectional=yes",
            "7x16",
            2 * (4 * 8 * 13 + 4 * 8 * 24),
            256,
            0,
            7 * 2 * 32 * 37,
            7 * (2 * 32 * 37 + 256),
        ),
        Row("5x7", "lstm 8", "8", 4 * 8 * 13, 32, 0, 7 * 4 * 8 * 13, 7 * (4 * 8 * 13 + 32), "keras last"),
        Row("7x5", "lstm 8 projection=3", "7x3", 4 * 8 * 8 + 24, 64, 0, 7 * (256 + 24), 7 * (256 + 24 + 64)),
    ],
    "gru": [
        Row("7x5", "gru 8", "7x8", 3 * 8 * 13, 48, 0, 7 * 312, 7 * 360),
        Row("5x7", "gru 8 sequences=yes", "8x7", 3 * 8 * 13, 48, 0, 7 * 312, 7 * 360, "keras last"),
        Row("5x7", "gru 8 reset_after=no", "8", 3 * 8 * 13, 24, 0, 7 * 312, 7 * 336, "keras last"),
    ],
    "rnn": [
        Row("7x5", "rnn 8", "7x8", 8 * 13, 16, 0, 7 * 104, 7 * 120),
        Row("5x7", "rnn 8", "8", 104, 8, 0, 728, 7 * 112, "keras last"),
    ],
    "lstmcell": [Row("5", "lstmcell 8", "8", 4 * 8 * 13, 64, 0, 4 * 8 * 13, 4 * 8 * 15)],
    "grucell": [
        Row("5", "grucell 3", "3", 3 * 3 * 8, 18, 0, 3 * 3 * 8, 3 * 3 * 10),
        Row("7x5", "grucell 3", "7x3", 3 * 3 * 8, 18, 0, 7 * 3 * 3 * 8, 7 * 3 * 3 * 10),
        Row("5", "grucell 3 reset_after=no", "3", 3 * 3 * 8, 9, 0, 3 * 3 * 8, 3 * 3 * 9, "keras last"),
    ],
    "rnncell": [Row("5", "rnncell 3 bias=no", "3", 3 * 8, 0, 0, 3 * 8, 3 * 8)],
    "convlstm": [
        # Four gates, each with a convolution of the input's 2 channels and one of the state's 4, in 3 steps.
        Row("3x2x9x8", "convlstm 4 k3", "3x4x7x6", 16 * 9 * 6, 16, 0, 3 * 42 * 16 * 54, 3 * 42 * 16 * 55),
        Row("2x3x9", "convlstm 4 k3 bias=no", "4x7", 16 * 3 * 6, 0, 0, 3 * 7 * 16 * 18, 3 * 7 * 16 * 18, "keras last"),
    ],
    "encoderlayer": [
        # Four projections of 128·128, two linear layers of 128·256, two normalisations.
        Row(
            "512x128",
            "encoderlayer 8 f256",
            "512x128",
            4 * 128 * 128 + 2 * 128 * 256 + 2 * 128,
            4 * 128 + 256 + 128 + 2 * 128,
            0,
            512 * (4 * 128 * 128 + 2 * 128 * 256) + 2 * 512 * 512 * 128,
            512 * (4 * 128 * 129 + 2 * 128 * 256 + 256 + 128) + 2 * 512 * 512 * 128,
        ),
    ],
    "dotattention": [],
    "additiveattention": [],
    "decoderlayer": [],
    "transformer": [],
    "embeddingbag": [Row("12", "embeddingbag 1000 f64", "64", 64000)],
    "reversibleembedding": [
        Row("12", "reversibleembedding 1000 f64", "12x64", 64000),
        Row("12", "reversibleembedding 1000 f64 tied=no", "12x64", 128000),
    ],
    "squeeze": [Row("64x1x1", "squeeze", "64"), Row("64x1x3", "squeeze -2", "64x3"), Row("64x3", "squeeze 1", "64x3")],
    "unsqueeze": [Row("28x28", "unsqueeze 1", "1x28x28"), Row("28x5", "unsqueeze -1", "28x5x1")],
    "repeatvector": [Row("7", "repeatvector 4", "4x7")],
    "attention": [
        # Two heads of 3 features, whose values have 5: projections 16·6, 16·6, 16·10, and 10·7 to the output.
        Row(
            "5x16",
            "attention 2 head=3 value=5 output=7",
            "5x7",
            16 * 6 + 16 * 6 + 16 * 10 + 10 * 7,
            6 + 6 + 10 + 7,
            0,
            5 * (16 * 22 + 10 * 7) + 25 * 6 + 25 * 10,
            5 * (16 * 22 + 10 * 7) + 25 * 6 + 25 * 10 + 35,
        ),
        # Six heads of queries, two of keys and values.
        Row(
            "5x16",
            "attention 6 head=4 groups=2 bias=no",
            "5x16",
            2 * 16 * 24 + 2 * 16 * 8,
            0,
            0,
            5 * (2 * 16 * 24 + 2 * 16 * 8) + 2 * 25 * 24,
            5 * (2 * 16 * 24 + 2 * 16 * 8) + 2 * 25 * 24,
        ),
        # Four projections of 16·16, and 5·5 scores of 16 products, twice.
        Row("5x16", "attention 4", "5x16", 4 * 256, 64, 0, 4 * 5 * 256 + 2 * 25 * 16, 4 * 5 * 256 + 2 * 25 * 16 + 80),
        # A mask hides scores, which are computed all the same; of a window, only its own are.
        Row("5x16", "attention 4 causal=yes bias=no", "5x16", 4 * 256, 0, 0, *[4 * 5 * 256 + 2 * 25 * 16] * 2),
        Row("5x16", "attention 4 window=3 bias=no", "5x16", 4 * 256, 0, 0, *[4 * 5 * 256 + 2 * 5 * 3 * 16] * 2),
        Row("5x16", "attention 4 k2 causal=yes bias=no", "5x16", 4 * 256, 0, 0, *[4 * 5 * 256 + 2 * 5 * 2 * 16] * 2),
        Row("5x16", "attention 4 window=99 bias=no", "5x16", 4 * 256, 0, 0, *[4 * 5 * 256 + 2 * 25 * 16] * 2),
    ],
    "flatten": [Row("4x5x6", "flatten", "120"), Row("4x5x6", "flatten start=2", "4x30")],
    "unflatten": [Row("120", "unflatten 4x5x6", "4x5x6"), Row("12x3", "unflatten [4,-1]", "4x3x3")],
    "reshape": [Row("4x5x6", "reshape [20,-1]", "20x6")],
    "permute": [Row("4x5x6", "permute [2,3,1]", "5x6x4")],
    "swap": [Row("4x5x6", "swap 1x-1", "6x5x4"), Row("4x5x6", "swap 1x2", "4x6x5", convention="keras last")],
    "split": [Row("6x5x5", "split 3 part=2", "2x5x5")],
    "slice": [Row("6x5x5", "slice 4 start=1", "3x5x5")],
    "shuffle": [Row("6x5x5", "shuffle 3", "6x5x5")],
    "batchnorm": [
        Row("6x5x5", "batchnorm", "6x5x5", 6, 6, 12),
        Row("6x5x5", "batchnorm affine=no", "6x5x5", 0, 0, 12),
        Row("6", "batchnorm track=no", "6", 6, 6),
        Row("6x5x5", "batchnorm affine=no factor=yes", "6x5x5", 0, 0, 13),
        Row("6x5", "batchnorm scale=no", "6x5", 0, 6, 12),
        Row("6x5", "batchnorm trainable=no", "6x5", 0, 0, 24),
        Row("6x5x4", "batchnorm axis=1", "6x5x4", 5, 5, 10, 0, 0, "keras last"),
    ],
    "frozenbatchnorm": [Row("6x5x5", "frozenbatchnorm", "6x5x5", 0, 0, 24)],
    "normalization": [
        Row("6x5", "normalization", "6x5", 0, 0, 13, 0, 0, "keras last"),
        Row("6x5", "normalization axis=none", "6x5", 0, 0, 3, 0, 0, "keras last"),
    ],
    "grn": [Row("6x5x5", "grn", "6x5x5", 6, 6)],
    "instancenorm": [
        Row("6x5x5", "instancenorm", "6x5x5"),
        Row("6x5", "instancenorm affine=yes track=yes", "6x5", 6, 6, 12),
    ],
    "groupnorm": [
        Row("6x5x5", "groupnorm 3", "6x5x5", 6, 6),
        Row("6x5", "groupnorm -1", "6x5", 6, 6, 0, 0, 0, "keras last"),
    ],
    "layernorm": [
        Row("7x12", "layernorm", "7x12", 12, 12),
        Row("3x5x7", "layernorm [5,7]", "3x5x7", 35, 35),
        Row("3x5x7", "layernorm", "3x5x7", 3, 3),
        Row("7x12", "layernorm affine=no", "7x12"),
    ],
    "rmsnorm": [Row("7x12", "rmsnorm", "7x12", 12)],
    "lrn": [Row("7x12x12", "lrn 5", "7x12x12")],
    "spatiallrn": [Row("7x12x12", "spatiallrn 3", "7x12x12")],
    "scale": [
        Row("7x12x12", "scale", "7x12x12", 7),
        Row("12", "scale", "12", 12),
        Row("7x12x12", "scale shift=yes", "7x12x12", 7, 7),
        Row("7x12x12", "scale scale=no shift=yes", "7x12x12", 0, 7),
    ],
    "prelu": [
        Row("7x12x12", "prelu", "7x12x12", 1),
        Row("7x12x12", "prelu 7", "7x12x12", 7),
        Row("7x12x12", "prelu count=channels", "7x12x12", 7),
        Row("7x12x12", "prelu channels", "7x12x12", 7, 0, 0, 0, 0, "keras last"),
        Row("7x4x5", "prelu", "7x4x5", 7 * 4 * 5, 0, 0, 0, 0, "keras"),
        Row("7x4x5", "prelu shared_axes=[1,2]", "7x4x5", 7, 0, 0, 0, 0, "keras last"),
    ],
    "glu": [Row("8x5x5", "glu", "4x5x5"), Row("7x8", "glu axis=-1", "7x4")],
    "dropout": [Row("8x5x5", "dropout 0.5", "8x5x5"), Row("8", "dropout", "8")],
    "add": [],
    "subtract": [],
    "maximum": [],
    "minimum": [],
    "average": [],
    "multiply": [],
    "concat": [],
    "matmul": [],
    "windowattention": [
        # Four projections of 8·8 for each of 6·6 cells, and 9 keys of each, twice; 5·5 relative positions, 2 heads;
        # which of them is that of each of 9·9 pairs.
        Row("8x6x6", "windowattention 3 heads=2", "8x6x6", 256 + 50, 32, 81, 9216 + 5184, 9216 + 5184 + 8 * 36),
        # One cell from each 2·2 part of the map: as many of as many.
        Row("8x6x6", "windowattention 3 heads=2 grid", "8x6x6", 256 + 50, 32, 81, 9216 + 5184, 9216 + 5184 + 8 * 36),
        # 5×4 cells are in 2·2 windows of 9.
        Row("8x5x4", "windowattention 3 heads=2 shift=1 bias=no", "8x5x4", 256 + 50, 0, 81, 9216 + 5184, 9216 + 5184),
        # Swin v2's: 2 · 512 and 512 biases, 512 for each head; and a scale for each.
        Row(
            "8x6x6",
            "windowattention 3 heads=2 network",
            "8x6x6",
            256 + 2 * 512 + 512 + 2 * 512 + 2,
            32,
            81 + 25 * 2,
            9216 + 5184 + 25 * (2 * 512 + 2 * 512),
            9216 + 5184 + 25 * (2 * 512 + 2 * 512) + 8 * 36,
        ),
        Row("8x4", "windowattention 2 heads=4 none", "8x4", 256, 32, 0, 4 * 256 + 64 * 2, 4 * 256 + 64 * 2 + 32),
        # Torchvision's Swin for video: of 2·3·3 relative positions 3·5·5 are learnt, on 1×3×3 cells 9 look at 9.
        Row(
            "8x1x3x3",
            "windowattention 2x3x3 heads=2 fit=yes",
            "8x1x3x3",
            256 + 75 * 2,
            32,
            18 * 18,
            9 * 256 + 2 * 81 * 8,
            9 * 256 + 2 * 81 * 8 + 8 * 9,
        ),
    ],
    # Measured in torchvision 0.28's MultiscaleAttention: 41 rows of 96 are positions: 15 + 13 + 13.
    "poolattention": [
        Row(
            "1569x96",
            "poolattention 2 grid=8x14x14 queries=1x2x2 keys=1x4x4 output=192 table",
            "393x192",
            105_216 - 4 * 192 - 3 * 96,
            4 * 192 + 3 * 96,
            0,
            125_278_080,
            125_278_080 + 393 * 192,
        ),
        Row(
            "1569x96",
            "poolattention 2 grid=8x14x14 keys=1x2x2",
            "1569x96",
            40_032 - 4 * 96 - 2 * 48,
            4 * 96 + 2 * 48,
            0,
            178_262_208,
            178_262_208 + 1569 * 96,
        ),
        # Without convolutions it is attention: four projections of 8·8, and 4 tokens looking at 4.
        Row("4x8", "poolattention 2 grid=2x2 bias=no", "4x8", 256, 0, 0, 4 * 256 + 2 * 16 * 8, 4 * 256 + 2 * 16 * 8),
    ],
    "parameter": [Row("3x5x5", "parameter 2x7", "2x7", 14), Row("9", "parameter 1", "1", 1)],
    "buffer": [Row("3x5x5", "buffer 2x7", "2x7", 0, 0, 14)],
    "elementwise": [Row("4x6x6", "elementwise sqrt", "4x6x6"), Row("7", "elementwise flip", "7")],
    "reduce": [
        Row("4x6x5", "reduce mean axes=[2,3]", "4"),
        Row("4x6x5", "reduce max axes=-1 keep=yes", "4x6x1"),
        Row("4x6x5", "reduce sum", "1"),
    ],
    # 3 queries and 3 keys of 4 features in each of 2 heads: 2·3·3·4 products.
    "einsum": [Row("2x3x4", 'einsum "hid->hdi"', "2x4x3"), Row("3x4", 'einsum "ij->j"', "4")],
    "select": [Row("5x8", "select 0", "8"), Row("5x8x6", "select -1 axis=3", "5x8")],
    "generated": [Row("8", "generated 4x3", "4x3")],
    "gather": [Row("8x3", "gather 5x3", "5x3")],
    "tile": [Row("5x1", "tile [1,4]", "5x4"), Row("5", "tile [3,2]", "3x10")],
}
