"""Every layer that was measured in PyTorch and in Keras: the same output and counts, and what they refuse is refused.

`CONVCALC_TORCH_ROWS` and `CONVCALC_KERAS_ROWS` name other files, as tests/data/regenerate_layers.py writes them.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from functools import lru_cache
from typing import Any, NamedTuple

import pytest
from places import DATA

from convcalc.network.load import summarise_text
from convcalc.problem import Diagnostic, Problem

FILES = {
    "torch": os.environ.get("CONVCALC_TORCH_ROWS") or str(DATA / "layers_torch.jsonl"),
    "keras": os.environ.get("CONVCALC_KERAS_ROWS") or str(DATA / "layers_keras.jsonl"),
}
MEASURED = all(path.startswith(str(DATA)) for path in FILES.values())
ROWS = {"torch": 5181, "keras": 1692}

Row = dict[str, Any]

# PyTorch computes these; a layer without any output is a mistake all the same, and refused here.
ZERO_SIZED = {
    "ConvTranspose3d 8×13×6×3": "kernel 4 on 3 cells gives 6, and the padding of 3 takes them all",
    "ConvTranspose2d 5×4×3": "kernel 1 on 4 cells gives 4, and the padding of 2 takes them all",
}


# What else is refused or taken on purpose, so that no row has it: numbers for flags, and flags for numbers; what changes
# values alone (momentum, negative_slope, noise_shape) beyond its being one value; axis 0, which is the batch; zeros and
# numbers below zero in the padding of MaxUnpool, whose output PyTorch computes; a pad of the last axes alone.


class Verdict(NamedTuple):
    row: Row
    state: str  # right, refused, zero-sized or wrong
    message: str = ""


def spec(framework: str, row: Row) -> str:
    """The row as a network of one layer, in the language's class form."""
    arguments = dict(row["args"])
    if "forward_args" in row:
        arguments["output"] = row["forward_args"]["output_size"]
    network: Row = {"input": row["input"], "layers": [{row["layer"]: arguments}]}
    if "input2" in row:
        network["input"] = {"a": row["input"], "b": row["input2"]}
        arguments["from"] = ["a", "b"]
    if "key_len" in row:
        wide = row["args"]["embed_dim"]
        network["input"] = {
            "q": row["input"],
            "k": [row["key_len"], row["args"].get("kdim", wide)],
            "v": [row["key_len"], row["args"].get("vdim", wide)],
        }
        arguments["from"] = ["q", "k", "v"]
    network["convention"] = {"torch": "pytorch", "keras": "keras"}[framework]
    network["layout"] = layout(framework, row)
    return json.dumps(network)


def layout(framework: str, row: Row) -> str:
    if framework == "torch":
        return "channels_first"
    said = row["args"].get("data_format")
    return said if said in ("channels_first", "channels_last") else "channels_last"


def counted_buffers(row: Row) -> int:
    """PyTorch's without the batch counter of a layer that tracks its mean and variance."""
    buffers: int = row["buffers"]
    return buffers - 1 if buffers and row["layer"].startswith(("BatchNorm", "InstanceNorm")) else buffers


def expected(framework: str, row: Row) -> Row:
    numbers = {"output": row["output"], "parameters": row["trainable"]}
    numbers["buffers"] = row["non_trainable"] if framework == "keras" else counted_buffers(row)
    if row["macs"] is not None:
        numbers["macs"] = row["macs"]
    return numbers


def computed(framework: str, row: Row) -> Row | Diagnostic:
    try:
        report = summarise_text(spec(framework, row))
    except Problem as error:
        return error.diagnostics[0]
    if report.errors:
        return report.errors[0]
    assert report.output is not None
    output = list(report.output)
    if report.channels_last:
        output = output[1:] + output[:1]
    totals = report.totals
    numbers = {"output": output, "parameters": totals.parameters, "buffers": totals.buffers}
    if row["macs"] is not None:
        numbers["macs"] = totals.macs
    return numbers


def judge(framework: str, row: Row) -> Verdict:
    found = computed(framework, row)
    if isinstance(found, Diagnostic):
        if row["output"] is None:
            if found.message and found.hint:
                return Verdict(row, "refused")
            return Verdict(row, "wrong", f"refused without a cure: {found.code} {found.message}")
        if 0 in row["output"]:
            return Verdict(row, "zero-sized", title(row))
        return Verdict(row, "wrong", f"refused: {found.code} {found.message}; it gives {row['output']}")
    if row["output"] is None:
        return Verdict(row, "wrong", f"not refused, but {found['output']}; {framework}: {row['error']}")
    wanted = expected(framework, row)
    if found != wanted:
        return Verdict(row, "wrong", f"{found}, not {wanted}")
    return Verdict(row, "right")


def title(row: Row) -> str:
    return f"{row['layer']} {'×'.join(map(str, row['input']))}"


@lru_cache
def rows(framework: str) -> dict[str, list[Row]]:
    """The rows of a file by class."""
    listed: dict[str, list[Row]] = {}
    with open(FILES[framework]) as file:
        for line in file:
            row = json.loads(line)
            listed.setdefault(row["layer"], []).append(row)
    return listed


@pytest.mark.parametrize(
    ("framework", "layer"), [(framework, layer) for framework in FILES for layer in rows(framework)]
)
def test_a_class_is_as_its_framework_has_it(framework: str, layer: str, record_property: Any) -> None:
    verdicts = [judge(framework, row) for row in rows(framework)[layer]]
    for state, number in Counter(verdict.state for verdict in verdicts).items():
        record_property(f"{framework} {layer} {state}", number)
    wrong = [verdict for verdict in verdicts if verdict.state == "wrong"]
    shown = [
        f"{title(verdict.row)} {verdict.row['args']} {verdict.row.get('forward_args', '')}\n      {verdict.message}"
        for verdict in wrong
    ]
    assert not wrong, f"{len(wrong)} of {len(verdicts)} rows of {layer} are wrong:\n   " + "\n   ".join(shown)
    if MEASURED:
        refused = {verdict.message for verdict in verdicts if verdict.state == "zero-sized"}
        assert refused == {title for title in ZERO_SIZED if framework == "torch" and title.split()[0] == layer}


@pytest.mark.skipif(not MEASURED, reason="other files have other rows")
@pytest.mark.parametrize("framework", FILES)
def test_every_row_is_of_a_class_that_is_tried(framework: str) -> None:
    assert sum(map(len, rows(framework).values())) == ROWS[framework]


KERAS_FORMAT = """
convention: keras
layout: %s
input: %s
layers:
- Conv2D: {filters: 2, kernel_size: 3, data_format: %s}
"""


def test_a_data_format_that_is_not_the_layout_is_refused() -> None:
    report = summarise_text(KERAS_FORMAT % ("channels_last", "9x8x3", "channels_first"))
    assert report.errors[0].code == "C018"
    assert "layout: channels_first" in report.errors[0].hint


@pytest.mark.parametrize(
    ("layer", "refused"),
    [
        ('nn.Conv2d(3, 4, 3, padding="same")', False),
        ('nn.Conv2d(3, 4, 3, padding="SAME")', True),
        ('nn.Conv2d(3, 4, 3, padding="causal")', True),
        ('nn.Conv2d(3, 4, 3, padding_mode="Zeros")', True),
        ('nn.ConvTranspose2d(3, 4, 3, padding="valid")', True),
        ('nn.MaxPool2d(3, padding="valid")', True),
        ("conv 4 k3 p=SAME", False),
        ("Conv 4 k3 p=same", False),
        ('layers.Conv2D(4, 3, padding="SAME")', False),
        ('layers.MaxPooling2D(2, padding="SAME")', True),
        ("layers.Conv2D(4, 3, padding=1)", True),
    ],
)
def test_a_pasted_class_takes_the_words_that_its_framework_takes(layer: str, refused: bool) -> None:
    convention = "keras" if layer.startswith("layers") else "pytorch"
    network = json.dumps(
        {"input": [3, 16, 16], "layout": "channels_first", "convention": convention, "layers": [layer]}
    )
    try:
        errors = summarise_text(network).errors
    except Problem as error:
        errors = error.diagnostics
    assert bool(errors) == refused, errors


# What PyTorch 2.13 says of each: "expected padding to be a single integer value or a list of 1 values", and the like.
REFUSED_BY_TORCH = [
    ("nn.Conv1d(1, 2, 3, padding=[1, 1])", "1x8", "V007", "padding=1"),
    ("nn.Conv2d(1, 2, (3,))", "1x8x8", "V007", "kernel_size=3"),
    ("nn.Conv2d(1, 2, 3, stride=(1, 1, 1))", "1x8x8", "V007", "stride=1"),
    ("nn.Conv2d(1, 2, 3, padding=[[1, 1], [1, 1]])", "1x8x8", "V003", "padding=1"),
    ("nn.Conv2d([1], 2, 3)", "1x8x8", "V003", "in_channels=1"),
    ("nn.Conv2d(None, 2, 3)", "1x8x8", "V006", "in_channels=1"),
    ("nn.Conv2d(1, 2, 3, stride=0)", "1x8x8", "V002", "1 or more"),
    ("nn.Conv2d(4, 6, 3, groups=0)", "4x8x8", "V002", "1 or more"),
    ("nn.Conv2d(4, 6, 3, padding=-1)", "4x8x8", "V002", "write: nn.Conv2d(4, 6, 3, padding=1)"),
    ("nn.LPPool2d(2, (3,))", "1x8x8", "V007", "kernel_size=3"),
    ("nn.Unfold(2, padding=[1])", "1x8x8", "V007", "padding=1"),
    ("nn.AdaptiveAvgPool2d((1,))", "1x8x8", "V007", "output_size=1"),
    ("nn.AdaptiveAvgPool2d(None)", "1x8x8", "V006", "output_size=1"),
    ("nn.AdaptiveAvgPool2d()", "1x8x8", "V006", "nn.AdaptiveAvgPool2d(output_size=1)"),
    ("nn.AdaptiveMaxPool2d(return_indices=True)", "1x8x8", "V006", "(return_indices=True, output_size=1)"),
    ("nn.ChannelShuffle()", "4x8x8", "V006", "nn.ChannelShuffle(groups=1)"),
    ("nn.GroupNorm(num_channels=4)", "4x8x8", "V006", "nn.GroupNorm(num_channels=4, num_groups=1)"),
    ("nn.LocalResponseNorm()", "4x8x8", "V006", "nn.LocalResponseNorm(size=1)"),
    ("nn.ZeroPad2d([1])", "1x8x8", "V007", "one value, or 4"),
    ("nn.Upsample(scale_factor=(2,))", "1x8x8", "V007", "one value, or 2"),
    ("nn.Upsample(scale_factor=2, align_corners=True)", "1x8x8", "V011", "leave it out"),
    ("nn.Upsample(size=4, recompute_scale_factor=True)", "1x8x8", "V010", "leave recompute out"),
    ("nn.Dropout(p=2)", "8", "V002", "rate=1/2"),
    ("nn.Dropout(-0.5)", "8", "V002", "rate=1/2"),
    ("nn.Dropout2d(1.5)", "1x8x8", "V002", "rate=1/2"),
    ("nn.LSTM(8, 4, dropout=3)", "5x8", "V002", "dropout=1/2"),
    ("nn.LSTM(8, 4, num_layers=0)", "5x8", "V002", "1 or more"),
    ("nn.GRU(8, 4, proj_size=2)", "5x8", "K002", "input_size"),
    ("nn.MultiheadAttention(8, 2, dropout=1.5)", "5x8", "V002", "dropout=1/2"),
    ("nn.Softmax(dim=3)", "4x8", "C014", "1 to 2"),
    ("nn.Softmax(dim=[1, 2])", "4x8", "V003", "dim=1"),
    ("nn.PReLU(64)", "8x4x4", "C012", "nn.PReLU(8)"),
    ("nn.PixelShuffle([2])", "8x4x4", "V003", "upscale_factor=2"),
    ("nn.LayerNorm(None)", "8x4", "V006", "normalized_shape"),
    ("nn.ELU(alpha=[1])", "8x4", "V003", "alpha=1"),
]
TAKEN_BY_TORCH = [
    ("nn.Conv2d(1, 2, 3, stride=(2,))", "1x9x9", [2, 4, 4], 20),
    ("nn.MaxPool2d((2,), stride=None)", "1x8x8", [1, 4, 4], 0),
    ("nn.Softmax(dim=0)", "4x8", [4, 8], 0),
    ("nn.Dropout(p=1)", "4x8", [4, 8], 0),
    ("nn.Dropout(0.5, inplace=True)", "4x8", [4, 8], 0),
    ("nn.BatchNorm2d(3, affine=False, bias=True)", "3x4x4", [3, 4, 4], 0),
    ("nn.BatchNorm2d(3, bias=False)", "3x4x4", [3, 4, 4], 3),
    ("nn.LayerNorm(4, elementwise_affine=False, bias=True)", "3x4", [3, 4], 0),
    ("nn.Upsample(scale_factor=2, mode='bilinear', align_corners=False)", "1x4x4", [1, 8, 8], 0),
    ("nn.LSTM(8, 4, dropout=0.5, num_layers=2)", "5x8", [5, 4], 384),
]


# What Keras 3.15 says of each: "`cropping` should have two elements", and the like.
REFUSED_BY_KERAS = [
    ("layers.Conv2D(4, (3,))", "1x8x8", "V007", "kernel_size=3"),
    ("layers.Conv2D(4, 3, strides=(2, 2, 2))", "1x8x8", "V007", "strides=2"),
    ("layers.Conv2D([4], 3)", "1x8x8", "V003", "filters=4"),
    ("layers.Cropping2D((1,))", "1x8x8", "V007", "cropping=1"),
    ("layers.ZeroPadding2D(((1, 2),))", "1x8x8", "V007", "padding=1"),
    ("layers.ZeroPadding1D(((1, 2),))", "1x8", "V007", "padding=1"),
    ("layers.ZeroPadding1D((-1, 1))", "1x8", "V002", "padding=0"),
    ("layers.UpSampling2D(1.5)", "1x8x8", "C025", "scale = 2"),
    ("layers.Dropout(1.5)", "8", "V002", "rate=1/2"),
    ("layers.SpatialDropout2D([0.5])", "1x8x8", "V003", "rate=0.5"),
    ("layers.PReLU(shared_axes=[3])", "8x4", "C014", "1 to 2"),
    ("layers.Conv2D(4, 3, strides=None)", "1x8x8", "V006", "strides=1"),
    ("layers.Dropout(None)", "8", "V006", "rate=1"),
]


@pytest.mark.parametrize(("layer", "shape", "code", "cure"), REFUSED_BY_KERAS, ids=[row[0] for row in REFUSED_BY_KERAS])
def test_an_argument_that_keras_refuses_is_refused(layer: str, shape: str, code: str, cure: str) -> None:
    network = json.dumps({"input": shape, "layout": "channels_first", "convention": "keras", "layers": [layer]})
    try:
        errors = summarise_text(network).errors
    except Problem as error:
        errors = error.diagnostics
    assert [finding.code for finding in errors] == [code]
    assert cure in errors[0].hint


@pytest.mark.parametrize(
    ("shared", "parameters"), [("[1]", 20), ("[1, 2]", 4), ("[-1]", 20), ("[-1, 1]", 4), ("[0]", 25), ("[-2]", 20)]
)
def test_keras_counts_the_axes_of_prelu_from_one_and_below_that_from_the_end(shared: str, parameters: int) -> None:
    """Measured on 5×5×4: it takes 1 off every axis, so that -1 is the last but one and 0 the last."""
    layer = f"layers.PReLU(shared_axes={shared})"
    network = {"input": "5x5x4", "layout": "channels_last", "convention": "keras", "layers": [layer]}
    assert summarise_text(json.dumps(network)).totals.parameters == parameters


@pytest.mark.parametrize(("layer", "shape", "code", "cure"), REFUSED_BY_TORCH, ids=[row[0] for row in REFUSED_BY_TORCH])
def test_an_argument_that_torch_refuses_is_refused(layer: str, shape: str, code: str, cure: str) -> None:
    with_cure = json.dumps({"input": shape, "layers": [layer]})
    try:
        errors = summarise_text(with_cure).errors
    except Problem as error:
        errors = error.diagnostics
    assert [finding.code for finding in errors] == [code]
    assert cure in errors[0].hint


@pytest.mark.parametrize(
    ("layer", "shape", "output", "parameters"), TAKEN_BY_TORCH, ids=[row[0] for row in TAKEN_BY_TORCH]
)
def test_an_argument_that_torch_takes_is_taken(layer: str, shape: str, output: list[int], parameters: int) -> None:
    report = summarise_text(json.dumps({"input": shape, "layers": [layer]}))
    assert not report.errors
    assert (list(report.output or ()), report.totals.parameters) == (output, parameters)


# The other conventions, on which no framework could be measured: what their sources say.


def sizes(network: str) -> list[int] | str:
    """The output's axes beside the channels, or the first error's code."""
    try:
        report = summarise_text(network)
    except Problem as error:
        return error.diagnostics[0].code
    if report.errors:
        return report.errors[0].code
    assert report.output is not None
    return list(report.output[1:])  # type: ignore[arg-type]


def padding(network: str) -> Any:
    """The cells before and after, axis by axis, of the last layer."""
    report = summarise_text(network)
    assert not report.errors, report.errors
    applied = report.layers[-1].applied
    assert applied is not None
    return applied.values["padding"]


POOLED = {  # (input, kernel, stride, padding): PyTorch, Caffe
    (6, 1, 2, 0): (3, 4),
    (32, 1, 2, 0): (16, 17),
    (5, 3, 3, 1): (2, 2),
    (5, 2, 2, 1): (3, 3),
    (8, 3, 4, 0): (2, 3),
    (10, 3, 4, 0): (3, 3),
    (112, 3, 2, 0): (56, 56),
    (7, 2, 3, 1): (3, 3),
    (4, 1, 3, 0): (2, 2),
}


@pytest.mark.parametrize(("case", "rounded"), POOLED.items())
def test_pooling_rounds_up_as_pytorch_onnx_and_caffe_do(
    case: tuple[int, int, int, int], rounded: tuple[int, int]
) -> None:
    n, k, s, p = case
    for convention, expected in (("pytorch", rounded[0]), ("onnx", rounded[0]), ("caffe", rounded[1])):
        layer = f"maxpool {k} s{s} p{p} ceil=yes"
        assert sizes(f"{{convention: {convention}, input: 1x{n}, layers: [{layer}]}}") == [expected], convention
    # Caffe needs no asking.
    assert sizes(f"{{convention: caffe, input: 1x{n}, layers: [maxpool {k} s{s} p{p}]}}") == [rounded[1]]


CONVENTIONAL = [
    # What a reader sees, the convention, the input, the layer, and its output.
    ("caffe clips both axes where either is padded", "caffe", "1x6x6", "maxpool 1 s2 p=[[0,0],[0,0]]", [4, 4]),
    ("caffe clips an axis without padding too", "caffe", "1x6x6", "maxpool 2x1 s2 p1x0", [4, 3]),
    ("caffe's convolutions round down", "caffe", "1x224x224", "conv 64 k7 s2 p3", [112, 112]),
    ("caffe's pooling of 112 by 3/2 gives 56", "caffe", "1x112x112", "maxpool 3 s2", [56, 56]),
    ("caffe refuses a padding as wide as the window", "caffe", "1x9", "maxpool 3 s2 p3", "C006"),
    ("caffe takes a padding of more than half the window", "caffe", "1x9", "maxpool 3 s2 p2", [6]),
    ("caffe can round down", "caffe", "1x112x112", "maxpool 3 s2 ceil=no", [55, 55]),
    ("caffe's deconvolution", "caffe", "1x5", "deconv 1 k4 s2 p1", [10]),
    ("pytorch's transposed convolution k3 s2", "pytorch", "1x5", "tconv 1 k3 s2", [11]),
    ("pytorch's transposed convolution k3 s2 p2", "pytorch", "1x5", "tconv 1 k3 s2 p2", [7]),
    ("pytorch's transposed convolution k5 s2", "pytorch", "1x5", "tconv 1 k5 s2", [13]),
    ("pytorch's transposed convolution k3 s3", "pytorch", "1x5", "tconv 1 k3 s3", [15]),
    ("pytorch's transposed convolution k2 s3", "pytorch", "1x5", "tconv 1 k2 s3", [14]),
    ("pytorch asked for a size that is possible", "pytorch", "1x5", "tconv 1 k3 s2 output=12", [12]),
    ("pytorch asked for a size that is not", "pytorch", "1x5", "tconv 1 k3 s2 output=13", "C007"),
    ("pytorch refuses output_padding of the stride", "pytorch", "1x5", "tconv 1 k3 s2 op2", "C003"),
    ("pytorch takes output_padding below the dilation", "pytorch", "1x5", "tconv 1 k3 s2 d3 op2", [17]),
    ("pytorch means nothing by same in pooling", "pytorch", "1x7", "maxpool 3 s2 p=same", "V008"),
    ("pytorch's global pooling keeps its axes", "pytorch", "4x7x7", "globalavgpool", [1, 1]),
    ("keras's global pooling does not", "keras", "4x7x7", "globalavgpool", []),
    ("keras's transposed convolution, valid, k2 s3", "keras", "1x5", "tconv 1 k2 s3", [15]),
    ("keras's transposed convolution, same, k2 s3", "keras", "1x5", "tconv 1 k2 s3 p=same", [15]),
    # Measured in Keras 3.15: with output_padding None n·s, otherwise (n − 1)·s + (k mod 2) + output_padding.
    (
        "keras's same asked for n·s, an even window",
        "keras",
        "1x46x62",
        "tconv 1 k16 s8 p=same output=368x496",
        [368, 496],
    ),
    ("keras's same asked for n·s, an odd window", "keras", "1x12", "tconv 1 k3 s2 p=same output=24", [24]),
    ("keras's same asked for one less", "keras", "1x12", "tconv 1 k3 s2 p=same output=23", [23]),
    ("keras's same asked for less, an even window", "keras", "1x12", "tconv 1 k4 s2 p=same output=22", [22]),
    ("keras's same asked for more than n·s", "keras", "1x12", "tconv 1 k4 s2 p=same output=25", "C007"),
    ("keras's same asked for n·s on one axis alone", "keras", "1x12x12", "tconv 1 k4 s2 p=same output=24x23", "C007"),
    ("keras's valid asked for its usual size", "keras", "1x12", "tconv 1 k2 s3 output=36", [36]),
    ("keras's valid asked for less", "keras", "1x12", "tconv 1 k2 s3 output=35", [35]),
    ("keras's valid asked for more", "keras", "1x12", "tconv 1 k3 s2 p=valid output=26", [26]),
    ("keras's valid asked for too little", "keras", "1x12", "tconv 1 k2 s3 output=34", "C007"),
    ("cells on each side in keras's convention", "keras", "1x12", "tconv 1 k3 s2 p1", [23]),
    ("global pooling that is told to drop its axes", "pytorch", "4x7x7", "globalavgpool keep=no", []),
    ("global pooling that is told to keep them", "keras", "4x7x7", "globalmaxpool keep=yes", [1, 1]),
    ("keras's same of 7 by 2", "keras", "1x7", "conv 1 k3 s2 p=same", [4]),
    ("keras refuses stride with dilation on any axes", "keras", "1x9x9", "conv 1 k3 s2x1 d1x2", "C022"),
    ("keras takes them in a depthwise convolution", "keras", "1x9x9", "dwconv k3 s2 d2", [3, 3]),
    ("onnx's pooling has stride 1 unless told", "onnx", "1x9x9", "maxpool 3", [7, 7]),
    ("onnx's SAME of a transposed convolution is n·s", "onnx", "1x5", "tconv 1 k3 s2 p=same_upper", [10]),
    ("onnx's SAME with a window below the stride is not", "onnx", "1x5", "tconv 1 k2 s3 p=same_upper", [14]),
    ("onnx's pads give beginnings, then ends", "onnx", "1x9x9", "conv 1 k3 pads=[0,1,2,3]", [9, 11]),
    ("onnx's auto_pad NOTSET leaves the pads", "onnx", "1x9x9", "conv 1 k3 pads=[1,1,1,1] auto_pad=NOTSET", [9, 9]),
    ("onnx's auto_pad excludes pads", "onnx", "1x9x9", "conv 1 k3 pads=[1,1,1,1] auto_pad=SAME_UPPER", "V009"),
    ("onnx's output_shape", "onnx", "1x5", "tconv 1 k3 s2 output_shape=10", [10]),
    ("onnx's output_shape beyond what unpadded windows reach", "onnx", "1x5", "tconv 1 k3 s2 output_shape=12", "C007"),
    ("the textbook's division must be exact", "textbook", "1x7", "conv 1 k3 s3", "C021"),
    ("the textbook's exact division", "textbook", "1x7", "conv 1 k3 s2", [3]),
    ("the textbook's pooling must fit too", "textbook", "1x7", "maxpool 2", "C021"),
    ("the textbook may be told to round up", "textbook", "1x7", "maxpool 2 ceil=yes", [4]),
    ("the textbook's same at stride 1", "textbook", "1x8", "conv 1 k4 p=same", [8]),
    ("the textbook's padding counts both sides", "textbook", "1x7", "conv 1 k3 s3 p=[[0,2]]", [3]),
]


@pytest.mark.parametrize(
    ("convention", "shape", "layer", "expected"),
    [row[1:] for row in CONVENTIONAL],
    ids=[row[0] for row in CONVENTIONAL],
)
def test_a_convention(convention: str, shape: str, layer: str, expected: list[int] | str) -> None:
    assert (
        sizes(json.dumps({"convention": convention, "layout": "channels_first", "input": shape, "layers": [layer]}))
        == expected
    )


ODD_CELLS = [
    ("keras puts the odd cell at the end", "keras", "1x8", "conv 1 k3 s2 p=same", (0, 1)),
    ("keras needs two cells for 7 by 2", "keras", "1x7", "conv 1 k3 s2 p=same", (1, 1)),
    ("pytorch puts the odd cell at the end", "pytorch", "1x8", "conv 1 k4 p=same", (1, 2)),
    ("SAME_UPPER at the end", "onnx", "1x8", "conv 1 k3 s2 p=same_upper", (0, 1)),
    ("SAME_LOWER at the beginning", "onnx", "1x8", "conv 1 k3 s2 p=same_lower", (1, 0)),
    ("auto_pad says the same as a word", "onnx", "1x8", "conv 1 k3 s2 auto_pad=SAME_LOWER", (1, 0)),
    ("causal padding is all before", "keras", "1x8", "conv 1 k3 d2 p=causal", (4, 0)),
    ("output_shape: the odd cell first", "onnx", "1x5", "tconv 1 k4 s2 output=9", (2, 1)),
    ("output_shape with SAME_LOWER: first", "onnx", "1x5", "tconv 1 k4 s2 output=9 auto_pad=SAME_LOWER", (2, 1)),
    ("output_shape with SAME_UPPER: last", "onnx", "1x5", "tconv 1 k4 s2 output=9 auto_pad=SAME_UPPER", (1, 2)),
    ("a transposed SAME_LOWER: first", "onnx", "1x5", "tconv 1 k3 s2 auto_pad=SAME_LOWER", (1, 0)),
    ("a transposed SAME_UPPER: last", "onnx", "1x5", "tconv 1 k3 s2 auto_pad=SAME_UPPER", (0, 1)),
    ("keras's same with output_padding", "keras", "1x5", "tconv 1 k4 s2 p=same op1", (1, 2)),
    ("keras's same with the output that output_padding gives", "keras", "1x5", "tconv 1 k4 s2 p=same output=9", (1, 2)),
]


@pytest.mark.parametrize(
    ("convention", "shape", "layer", "expected"), [row[1:] for row in ODD_CELLS], ids=[row[0] for row in ODD_CELLS]
)
def test_the_odd_cell(convention: str, shape: str, layer: str, expected: tuple[int, int]) -> None:
    assert padding(
        json.dumps({"convention": convention, "layout": "channels_first", "input": shape, "layers": [layer]})
    ) == (expected,)


IMPOSSIBLE = [
    ("keras", "1x12x12", "tconv 1 k4 s2 p=same output=24x23", "sizes from 22 to 23 are, and 24: output=23"),
    ("keras", "1x12", "tconv 1 k4 s2 p=same output=99", "sizes from 22 to 23 are, and 24: output=24"),
    ("keras", "1x46x62", "tconv 1 k16 s8 p=same output=368x490",
     "sizes from 360x488 to 367x495 are, and 368x496: output=367x490"),
    ("pytorch", "1x12", "tconv 1 k3 s1 output=9", "only 14 is: output=14"),
    ("pytorch", "1x12x9", "tconv 1 k3 s2 output=40x20", "sizes from 25x19 to 26x20 are: output=26x20"),
    ("onnx", "1x12", "tconv 1 k3 s2 output=26", "at most 25: output=25, or output_padding for more"),
]  # fmt: skip


@pytest.mark.parametrize(("convention", "shape", "layer", "hint"), IMPOSSIBLE, ids=[row[2] for row in IMPOSSIBLE])
def test_an_output_that_is_not_possible_names_those_that_are(
    convention: str, shape: str, layer: str, hint: str
) -> None:
    network = {"convention": convention, "layout": "channels_first", "input": shape, "layers": [layer]}
    assert summarise_text(json.dumps(network)).errors[0].hint == hint
    cure = hint.partition("output=")[2].partition(",")[0]
    network["layers"] = [f"{layer.partition(' output=')[0]} output={cure}"]
    axes = shape.count("x")
    assert sizes(json.dumps(network)) == [int(size) for size in cure.split("x")] * (axes if "x" not in cure else 1)


def test_the_textbook_names_the_nearest_sizes_that_fit() -> None:
    report = summarise_text("{convention: textbook, input: 1x7x7, layers: [conv 1 k3 s3]}")
    assert report.errors[0].code == "C021"
    assert report.errors[0].hint.startswith("input = 6 or 9, or padding = 1")


@pytest.mark.parametrize(
    ("scale", "n", "size"),
    [
        ("1.3333333333333333", 12, 16),  # a double just below 4/3, times 12: 16 after rounding
        ("4/3", 12, 16),
        ("0.29", 100, 28),  # 0.29 · 100 = 28.999999999999996
        ("29/100", 100, 29),
        ("1.1", 10, 11),
        ("2.9999999", 8, 23),
        ("1.5", 7, 10),
    ],
)
def test_a_decimal_scale_is_the_double_that_it_reads_as(scale: str, n: int, size: int) -> None:
    assert sizes(f"1x{n} -> upsample {scale}") == [size]


# What Keras 3's signatures say where nothing is given, on sides of 8: MaxPooling2D(pool_size=(2, 2)), Cropping1D((1, 1)).
DEFAULTS_OF_KERAS = {
    "MaxPooling{n}D": (4, 4, 4), "MaxPool{n}D": (4, 4, 4), "AveragePooling{n}D": (4, 4, 4), "AvgPool{n}D": (4, 4, 4),
    "UpSampling{n}D": (16, 16, 16), "ZeroPadding{n}D": (10, 10, 10), "Cropping{n}D": (6, 8, 6),
}  # fmt: skip


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize("name", DEFAULTS_OF_KERAS)
def test_a_keras_class_without_arguments_has_its_defaults(name: str, dims: int) -> None:
    layer = f"layers.{name.format(n=dims)}()"
    report = summarise_text(json.dumps({"input": "x".join(["8"] * dims) + "x3", "layers": [layer]}))
    assert report.output == (3, *[DEFAULTS_OF_KERAS[name][dims - 1]] * dims) and not report.errors


@pytest.mark.parametrize(
    ("layer", "sides"),
    [
        ("layers.MaxPooling2D(3)", (2, 2)),
        ("layers.MaxPooling2D(strides=1)", (7, 7)),
        ("layers.MaxPooling2D(strides=None)", (4, 4)),
        ("layers.UpSampling2D(size=(2, 3))", (16, 24)),
        ("layers.UpSampling2D(interpolation='bilinear')", (16, 16)),
        ("layers.Cropping2D(((1, 2), (0, 3)))", (5, 5)),
    ],
)
def test_what_is_given_stands_instead_of_a_default(layer: str, sides: tuple[int, int]) -> None:
    assert summarise_text(json.dumps({"input": "8x8x3", "layers": [layer]})).output == (3, *sides)


@pytest.mark.parametrize("layer", ["nn.Upsample()", "nn.MaxPool2d()", "nn.ZeroPad2d()", "nn.GroupNorm(num_channels=3)"])
def test_a_torch_class_without_what_it_needs_is_refused(layer: str) -> None:
    assert summarise_text(json.dumps({"input": "3x8x8", "layers": [layer]})).errors
