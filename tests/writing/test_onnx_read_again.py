"""Networks as ONNX files: they are read as the network that they are, or are refused at the layer."""

import os
import pty
import subprocess
import sys

import pytest
from families import BUNDLED
from onnx_files import CASES, counts, row_source, written_file
from written import shapes

from convcalc.kinds import KINDS
from convcalc.kinds.onnx import FORMS
from convcalc.network.load import Choices, source_of, summarise
from convcalc.problem import Problem, Source
from convcalc.readers.onnx.records import read_graph
from convcalc.readers.onnx.wire import Wire

# Bundled networks with a layer that ONNX does not have, and the first such kind.
REFUSED = {
    "lenet5-1998": "tableconv", "segnet": "maxunpool", "mvit_v1_b": "poolattention", "mvit_v2_s": "poolattention",
    **{f"swin_v2{size}": "windowattention" for size in ("", "_t", "_s", "_b")},
}  # fmt: skip
# Kinds whose layers ONNX has no operators for, or which nobody writes out.
UNSAID = {
    "localconv", "deformconv", "tableconv", "maxunpool", "unfold", "fold", "rbf", "bilinear", "reversibleembedding", "lstmcell",
    "grucell", "rnncell", "convlstm", "additiveattention", "poolattention", "spatiallrn", "gather", "sparseplus", "sparsesigmoid", "sparsemax",
}  # fmt: skip


def read_again(data):
    return summarise(Source("net.onnx", "", data=data), Choices())


def graph(data):
    return read_graph(Wire(data, "net.onnx"))


@pytest.mark.parametrize("name", BUNDLED)
def test_a_bundled_network_is_read_again(name):
    source = source_of(name, Choices())
    if name in REFUSED:
        with pytest.raises(Problem, match=f"is {REFUSED[name]}, ") as error:
            written_file(source)
        assert error.value.diagnostics[0].mark and error.value.diagnostics[0].layer
        return
    data, report = written_file(source)
    again = read_again(data)
    assert not again.errors
    assert counts(again) == counts(report)
    assert len(data) < 1_000_000


@pytest.mark.parametrize(
    ("kind", "row"), CASES, ids=[f"{row.layer} on {row.input} {row.convention}" for _, row in CASES]
)
def test_a_layer_of_each_kind_is_read_again(kind, row):
    try:
        data, report = written_file(row_source(row))
    except Problem as error:
        assert [each.code for each in error.diagnostics] == ["T002"]
        assert "ONNX" in error.diagnostics[0].message and error.diagnostics[0].mark
        return
    assert kind not in UNSAID
    again = read_again(data)
    assert not again.errors
    assert counts(again) == counts(report)


def test_all_other_kinds_have_a_form():
    assert {kind.name for kind in KINDS if not kind.constant} - FORMS.keys() == UNSAID
    assert FORMS.keys() <= {kind.name for kind in KINDS}


@pytest.mark.parametrize(
    "text",
    [
        "input: 3x8x8\nlayers:\n  - a: conv 4 k3\n  - b: conv 4 k3 p1\n  - add: {from: [a, b]}",
        "input: 3x8x8\nlayers:\n  - gate: [globalavgpool keep=no, linear 3, sigmoid]",
        "input: {left: 3x8x8, right: 3x8x8}\nlayers:\n  - subtract: {from: [left, right]}\n  - conv 2 k3",
        "input: {left: 4x8, right: 8x5}\nlayers:\n  - matmul: {from: [left, right]}",
        "input: {left: 4x8, right: 5x8}\nlayers:\n  - matmul: {from: [left, right], transpose: yes}",
        "input: {q: 5x16, k: 7x16, v: 7x16}\nlayers:\n  - attention: {heads: 4, from: [q, k, v]}",
        "input: {q: 5x16, k: 7x12, v: 7x10}\nlayers:\n  - attention: {heads: 4, kdim: 12, vdim: 10, from: [q, k, v]}",
        "input: {x: 5x16, y: 7x16}\nlayers:\n  - decoderlayer: {heads: 4, hidden: 32, causal: yes, from: [x, y]}",
        "input: {q: 5x16, k: 7x16, v: 7x12}\nlayers:\n  - dotattention: {scale: yes, from: [q, k, v]}",
        "input: {x: 5x16, y: 7x16}\nlayers:\n  - transformer: {heads: 4, encoder: 2, decoder: 1, hidden: 32, from: [x, y]}",
        "input: 8\nlayers:\n  - w: {parameter: 3x8x6}\n  - einsum: {equation: 'ZXY,X->ZY', from: [w, input]}",
        "input: 5x8\nlayers:\n  - a: linear 8\n  - linear 8 weights=a\n  - flatten\n  - b: linear 8\n  - linear 8 weights=a",
        "input: {a: 4x6, b: 4x6}\nlayers:\n  - elementwise: {function: divide, from: [a, b]}\n  - elementwise: square\n"
        "  - elementwise: scale\n  - reduce: {how: std, axes: 2}\n  - elementwise: {function: log2}",
        "input: {a: 3x6x6, b: 3x6x6, c: 3x6x6}\nlayers:\n  - concat: {from: [a, b, c], axis: 2}\n  - maximum: {from: [a, b, c]}",
        "input: 3x8x8\noutputs: [head, aux]\nlayers:\n  - aux: conv 4 k3\n  - head: conv 5 k3",
        "input: 3x8x8\nlayers:\n  - conv 4 k3 trainable=no\n  - batchnorm scale=no\n  - batchnorm affine=no\n  - frozenbatchnorm",
        "input: 9\nlayers:\n  - embedding 50 f8\n  - p: {parameter: 9x8}\n  - add: {from: [embedding1, p]}\n  - t: {buffer: 2x8}\n"
        "  - concat: {from: [t, add1], axis: 1}\n  - lstm 6 layers=2 bidirectional=yes\n  - layernorm affine=no",
        "input: 3x9x9\nlayers:\n  - maxpool 3 s2 ceil=yes\n  - avgpool 2 s2 ceil=yes p=1\n  - tconv 4 k3 s2 p1 op1 d1",
        "input: 4x9x9\nlayers:\n  - conv: {filters: 4, kernel: 3, padding: [[0, 2], [1, 0]], groups: 2, dilation: 2}\n"
        "  - conv: {filters: 4, kernel: 3, padding: 1, padding_mode: reflect}",
        "convention: keras\ninput: 12x12x3\nlayout: channels_last\nlayers:\n  - conv 4 k3 s2 p=same\n  - reshape 9x16\n"
        "  - permute 2x1\n  - lstm 5 bidirectional=yes bias=no sequences=yes\n  - linear 3\n  - flatten",
    ],
)  # fmt: skip
def test_what_layers_do_together(text):
    data, report = written_file(Source("net.yaml", text))
    again = read_again(data)
    assert not again.errors
    assert counts(again) == counts(report)
    assert [name for name, _ in again.outputs] == [name for name, _ in report.outputs]
    assert again.inputs.keys() == report.inputs.keys()


def test_layers_keep_their_names():
    data, report = written_file(source_of("resnet18", Choices()))
    assert [layer.name for layer in read_again(data).layers] == [layer.name for layer in report.layers]


def test_indices_are_whole_numbers():
    text = "input: 6\nlayers:\n  - e: embedding 50 f8\n  - slice: {stop: 3, from: input}\n  - f: embedding 50 f8\n  - add: {from: [f, g]}"
    text = text.replace("  - add", "  - g: {slice: {stop: 3, axis: 1, from: e}}\n  - add")
    data, report = written_file(Source("net.yaml", text))
    assert counts(read_again(data)) == counts(report)
    assert [each.operator for each in graph(data).operations].count("Cast") == 2


def test_a_size_that_does_not_fit_is_refused():
    with pytest.raises(Problem, match="63 bits"):
        written_file(Source("net.yaml", f"input: 3x8x8\nlayers:\n  - conv {10**20} k1"))


def test_letters_are_asked_for():
    with pytest.raises(Problem, match="an ONNX file has numbers, and here is H"):
        written_file(Source("net.yaml", "input: 3xHxH\nlayers:\n  - conv 8 k1"))


def test_shared_weights_are_there_once():
    text = "input: 4x8x8\nlayers:\n  - a: conv 4 k3\n  - conv 4 k3 weights=a\n  - n: batchnorm\n  - batchnorm weights=n"
    data, report = written_file(Source("net.yaml", text))
    assert report.totals.parameters == 4 * 36 + 4 + 8
    assert counts(read_again(data)) == counts(report)
    convolutions = [each.inputs[1:] for each in graph(data).operations if each.operator == "Conv"]
    assert convolutions == [("a.weight", "a.bias")] * 2


def test_tied_weights():
    text = "input: 6\nlayers:\n  - e: embedding 50 f8\n  - linear 50 bias=no weights=e"
    data, report = written_file(Source("net.yaml", text))
    assert report.totals.parameters == 400
    assert counts(read_again(data)) == counts(report)


def test_batch_normalisation_is_not_folded():
    operators = [each.operator for each in graph(written_file(source_of("resnet18", Choices()))[0]).operations]
    assert operators.count("BatchNormalization") == 20 == operators.count("Conv")


def test_the_batch_is_a_letter():
    found = graph(written_file(source_of("lenet5", Choices()))[0])
    assert [each.shape for each in (*found.inputs, *found.outputs)] == [("batch", 1, 32, 32), ("batch", 10)]


# Where it goes

CONVERT = [sys.executable, "-m", "convcalc", "convert", "lenet5", "--to", "onnx"]


def test_a_file(tmp_path):
    path = tmp_path / "net.onnx"
    done = subprocess.run([*CONVERT, "-o", str(path)], capture_output=True, check=True)
    assert done.stdout == b"" and counts(summarise(source_of(str(path), Choices()), Choices()))[0] == 61_706


def test_a_pipe():
    done = subprocess.run(CONVERT, capture_output=True, check=True)
    assert shapes(read_again(done.stdout)) == [(10,)]


def test_a_terminal():
    outer, inner = pty.openpty()
    done = subprocess.run(CONVERT, stdout=inner, stderr=subprocess.PIPE, check=False)
    os.close(inner)
    os.close(outer)
    assert done.returncode == 2 and b"-o net.onnx" in done.stderr


def test_nothing_is_written_of_what_is_refused(tmp_path):
    path = tmp_path / "net.onnx"
    run = [*CONVERT[:4], "segnet", *CONVERT[5:], "-o", str(path)]
    done = subprocess.run(run, capture_output=True, check=False)
    assert done.returncode == 3 and b"maxunpool1" in done.stderr and not os.listdir(tmp_path)


@pytest.mark.parametrize(
    "layers", ["matmul: {from: [a, input], transpose: yes}", 'einsum: {equation: "ab,cb->ac", from: [a, input]}']
)
def test_products_are_of_the_axes_as_they_are_written(layers):
    spec = f"convention: keras\nlayout: channels_last\ninput: 10x16\nlayers: [a: relu, {{{layers}}}]\n"
    data, report = written_file(Source("spec", spec))
    again = read_again(data)
    assert not again.errors and again.totals.macs == report.totals.macs == 10 * 10 * 16
    assert sorted(again.output) == sorted(report.output) == [10, 10]
