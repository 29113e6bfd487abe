"""ONNX files are read as the networks that they are: layers, shapes and counts, weights shared and folded, and errors."""

import json
import math
import subprocess
import sys
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx_bytes import floats, function, integers, model, node, value, weights
from places import ROOT

from convcalc.network.load import Choices, summarise
from convcalc.problem import Problem, Source
from convcalc.readers.onnx.operators import OPERATORS

X = value("x", "batch", 3, 16, 20)


def report_of(data, **choices):
    return summarise(Source("net.onnx", "", data=data), Choices(**choices))


def network(nodes, *stored, x=X, outputs=("y",), **more):
    inputs = x if isinstance(x, list) else [x]
    return model(nodes, inputs, [{"name": name} for name in outputs], stored, **more)


def layers_of(report):
    return [(each.name, each.kind, "×".join(map(str, each.applied.output))) for each in report.layers]


def read(nodes, *stored, **more):
    found = report_of(network(nodes, *stored, **more))
    assert not found.errors
    return found


def w(name="w", *dims):
    return weights(name, *dims)


# What it is, the nodes, the stored tensors, the input, layers (kind, output), parameters, MACs.
NETWORKS = [
    ("a convolution with a bias", [node("Conv", "x w b", "y", kernel_shape=[3, 3], pads=[1, 1, 1, 1])],
     [w("w", 8, 3, 3, 3), w("b", 8)], X, [("conv", "8×16×20")], 224, 216 * 320),
    ("one without, whose window follows from its weights", [node("Conv", "x w", "y", strides=[2, 2])],
     [w("w", 8, 3, 3, 3)], X, [("conv", "8×7×9")], 216, 216 * 63),
    ("padding on one side only", [node("Conv", "x w", "y", pads=[0, 0, 1, 2])], [w("w", 8, 3, 3, 3)], X,
     [("conv", "8×15×20")], 216, 216 * 300),
    ("padding in a word; the numbers beside it mean nothing",
     [node("Conv", "x w", "y", auto_pad="SAME_UPPER", strides=[2, 2], pads=[0, 0, 0, 0])], [w("w", 8, 3, 3, 3)], X,
     [("conv", "8×8×10")], 216, 216 * 80),
    ("groups", [node("Conv", "x w", "y", group=3)], [w("w", 6, 1, 3, 3)], X, [("conv", "6×14×18")], 54, 54 * 252),
    ("weights that pass through other nodes", [node("Identity", "w", "v"), node("Conv", "x v", "y")],
     [w("w", 8, 3, 1, 1)], X, [("conv", "8×16×20")], 24, 24 * 320),
    ("a convolution of whole numbers", [node("QLinearConv", "x s z w s z s z b", "y")],
     [w("w", 8, 3, 3, 3), w("b", 8), w("s", 1), w("z", 1)], X, [("conv", "8×14×18")], 224, 216 * 252),
    ("weights in whole numbers", [node("DequantizeLinear", "w s", "v"), node("QuantizeLinear", "x s", "q"),
     node("DequantizeLinear", "q s", "d"), node("Conv", "d v", "y")], [w("w", 8, 3, 3, 3), w("s", 1)], X,
     [("conv", "8×14×18")], 216, 216 * 252),
    ("a transposed convolution", [node("ConvTranspose", "x w", "y", strides=[2, 2], output_padding=[1, 1])],
     [w("w", 3, 8, 3, 3)], X, [("tconv", "8×34×42")], 216, 216 * 320),
    ("a pooling that rounds up", [node("MaxPool", "x", "y", kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)], [], X,
     [("maxpool", "3×8×10")], 0, 0),
    ("means over windows", [node("AveragePool", "x", "y", kernel_shape=[2, 4], strides=[2, 4], count_include_pad=1)],
     [], X, [("avgpool", "3×8×5")], 0, 0),
    ("a pooling without a stride", [node("MaxPool", "x", "y", kernel_shape=[2, 2])], [], X, [("maxpool", "3×15×19")], 0, 0),
    ("normalisation and its running means", [node("BatchNormalization", "x s s s s", "y", epsilon=1e-5)], [w("s", 3)], X,
     [("batchnorm", "3×16×20")], 6, 0),
    ("normalised groups", [node("GroupNormalization", "x n.weight n.bias", "y", num_groups=3)],
     [w("n.weight", 3), w("n.bias", 3)], X, [("groupnorm", "3×16×20")], 6, 0),
    ("the last axis normalised", [node("LayerNormalization", "x s t", "y", axis=-1)], [w("s", 20), w("t", 20)], X,
     [("layernorm", "3×16×20")], 40, 0),
    ("all of an example normalised, without a shift", [node("LayerNormalization", "x s", "y", axis=1)],
     [w("s", 3, 16, 20)], X, [("layernorm", "3×16×20")], 960, 0),
    ("a fully connected layer", [node("Flatten", "x", "f"), node("Gemm", "f w b", "y", transB=1)],
     [w("w", 10, 960), w("b", 10)], X, [("flatten", "960"), ("linear", "10")], 9610, 9600),
    ("its weights the other way round", [node("Gemm", "x w", "y")], [w("w", 20, 5)], value("x", "N", 20),
     [("linear", "5")], 100, 100),
    ("a matrix product with a sum behind it is one layer", [node("MatMul", "x w", "m"), node("Add", "b m", "y")],
     [w("w", 20, 5), w("b", 5)], value("x", "N", 7, 20), [("linear", "7×5")], 105, 700),
    ("one that is used twice keeps its sum apart",
     [node("MatMul", "x w", "m"), node("Add", "m b", "a"), node("Mul", "a m", "y")], [w("w", 20, 5), w("b", 5)],
     value("x", "N", 7, 20), [("linear", "7×5"), ("parameter", "5"), ("add", "7×5"), ("multiply", "7×5")], 105, 700),
    ("two inputs multiplied", [node("MatMul", "a b", "y")], [], [value("a", 1, 4, 5), value("b", 1, 5, 6)],
     [("matmul", "4×6")], 0, 120),
    ("an embedding", [node("Gather", "e x", "y")], [w("e", 1000, 64)], value("x", "N", 12), [("embedding", "12×64")],
     64000, 0),
    ("a mean over the map", [node("ReduceMean", "x", "m", axes=[2, 3], keepdims=0), node("Gemm", "m w", "y")],
     [w("w", 3, 4)], X, [("globalavgpool", "3"), ("linear", "4")], 12, 12),
    ("axes as an input", [node("ReduceMean", "x axes", "y")], [integers("axes", [-1])], X, [("reduce", "3×16×1")], 0, 0),
    ("one factor for each channel", [node("Mul", "x s", "y")], [w("s", 3, 1, 1)], X, [("scale", "3×16×20")], 3, 0),
    ("a shift for each channel", [node("Add", "x s", "y")], [w("s", 1, 3, 1, 1)], X,
     [("parameter", "3×1×1"), ("add", "3×16×20")], 3, 0),
    ("a number that is no parameter", [node("Mul", "x s", "y")], [floats("s", [0.5], [])], X,
     [("elementwise", "3×16×20")], 0, 0),
    ("branches joined", [node("Conv", "x w", "a"), node("Concat", "x a", "c", axis=1), node("Add", "a x", "y")],
     [w("w", 3, 3, 1, 1)], X, [("conv", "3×16×20"), ("concat", "6×16×20"), ("add", "3×16×20")], 9, 2880),
    ("x·sigmoid(x) is one layer", [node("Sigmoid", "x", "s"), node("Mul", "s x", "y")], [], X, [("silu", "3×16×20")], 0, 0),
    ("a gate is none", [node("Sigmoid", "x", "s"), node("Mul", "s g", "y")], [], [X, value("g", "batch", 3, 1, 1)],
     [("sigmoid", "3×16×20"), ("multiply", "3×16×20")], 0, 0),
    ("a gelu written out", [node("Div", "x c", "d"), node("Erf", "d", "e"), node("Add", "e o", "a"),
     node("Mul", "x a", "m"), node("Mul", "m h", "y")],
     [floats("c", [1.414], []), floats("o", [1.0], []), floats("h", [0.5], [])], X, [("gelu", "3×16×20")], 0, 0),
    ("a normalisation written out", [node("ReduceMean", "x", "m", axes=[-1]), node("Sub", "x m", "d"),
     node("Pow", "d two", "q"), node("ReduceMean", "q", "v", axes=[-1]), node("Add", "v e", "w"), node("Sqrt", "w", "r"),
     node("Div", "d r", "n"), node("Mul", "n g", "s"), node("Add", "s b", "y")],
     [floats("two", [2.0], []), floats("e", [1e-5], []), w("g", 20), w("b", 20)], X, [("layernorm", "3×16×20")], 40, 0),
    ("a channel shuffle", [node("Reshape", "x a", "r"), node("Transpose", "r", "t", perm=[0, 2, 1, 3, 4]),
     node("Reshape", "t b", "y")], [integers("a", [-1, 2, 4, 5, 6]), integers("b", [-1, 8, 5, 6])],
     value("x", "batch", 8, 5, 6), [("reshape", "2×4×5×6"), ("permute", "4×2×5×6"), ("reshape", "8×5×6")], 0, 0),
    ("a size that the graph computes", [node("Shape", "x", "s"), node("Gather", "s zero", "n"),
     node("Unsqueeze", "n first", "u"), node("Concat", "u rest", "c", axis=0), node("Reshape", "x c", "y")],
     [integers("zero", [0], []), integers("first", [0]), integers("rest", [-1])], X, [("flatten", "960")], 0, 0),
    ("the size of an example", [node("Size", "x", "t"), node("Shape", "x", "s"), node("Gather", "s zero", "n"),
     node("Div", "t n", "d"), node("Unsqueeze", "d first", "u"), node("Concat", "rest u", "c", axis=0),
     node("Reshape", "x c", "y")],
     [integers("zero", [0], []), integers("first", [0]), integers("rest", [-1])], X, [("flatten", "960")], 0, 0),
    ("another of a map's sides", [node("Shape", "x", "s"), node("Slice", "s two four", "h"), node("Cast", "h", "f", to=1),
     node("Mul", "f half", "g"), node("Floor", "g", "k"), node("Cast", "k", "n", to=7), node("Slice", "s zero two", "b"),
     node("Concat", "b n", "z", axis=0), node("Resize", "x - - z", "y", mode="linear")],
     [integers("two", [2]), integers("four", [4]), integers("zero", [0]), floats("half", [0.5])], X,
     [("upsample", "3×8×10")], 0, 0),
    ("a map made larger", [node("Resize", "x - s", "y", mode="nearest")], [floats("s", [1.0, 1.0, 2.0, 1.5])], X,
     [("upsample", "3×32×30")], 0, 0),
    ("as before version 10", [node("Upsample", "x", "y", scales=[1.0, 1.0, 2.0, 2.0])], [], X, [("upsample", "3×32×40")], 0, 0),
    ("a map padded and cut", [node("Pad", "x p", "q"), node("Slice", "q a b c d", "y")],
     [integers("p", [0, 0, 1, 2, 0, 0, 3, 4]), integers("a", [1, -4]), integers("b", [-1, 2**62]),
      integers("c", [2, 3]), integers("d", [1, 2])], X,
     [("zeropad", "3×20×26"), ("slice", "3×18×26"), ("slice", "3×18×2")], 0, 0),
    ("channels split", [node("Split", "x", "a b", axis=1, split=[1, 2]), node("Concat", "b a", "y", axis=1)], [], X,
     [("slice", "1×16×20"), ("slice", "2×16×20"), ("concat", "3×16×20")], 0, 0),
    ("a class token, and the first of all", [node("Concat", "t x", "c", axis=1), node("Add", "c p", "a"),
     node("Gather", "a zero", "y", axis=1)], [w("token", 1, 1, 64), w("t", 1, 1, 64), w("p", 1, 50, 64),
     integers("zero", [0], [])], value("x", "batch", 49, 64),
     [("parameter", "1×64"), ("concat", "50×64"), ("parameter", "50×64"), ("add", "50×64"), ("select", "64")],
     51 * 64, 0),
    ("the same, stretched to the batch", [node("Shape", "x", "s"), node("Gather", "s zero", "n"),
     node("Unsqueeze", "n zeros", "u"), node("Concat", "u rest", "c", axis=0), node("Expand", "t c", "e"),
     node("Concat", "e x", "y", axis=1)], [w("t", 1, 1, 64), integers("zero", [0], []), integers("zeros", [0]),
     integers("rest", [-1, -1])], value("x", "batch", 49, 64), [("parameter", "1×64"), ("concat", "50×64")], 64, 0),
    ("every step of a recurrent layer", [node("Transpose", "x", "t", perm=[1, 0, 2]),
     node("LSTM", "t w r b", "h", hidden_size=8), node("Squeeze", "h", "s", axes=[1]),
     node("Transpose", "s", "y", perm=[1, 0, 2])], [w("w", 1, 32, 5), w("r", 1, 32, 8), w("b", 1, 64)],
     value("x", "batch", 7, 5), [("lstm", "7×8")], 32 * 13 + 64, 7 * 32 * 13),
    ("both ways", [node("GRU", "x w r b", "h", hidden_size=8, direction="bidirectional"),
     node("Transpose", "h", "t", perm=[0, 2, 1, 3]), node("Reshape", "t s", "y")],
     [w("w", 2, 24, 5), w("r", 2, 24, 8), w("b", 2, 48), integers("s", [0, 0, -1])], value("x", 7, "batch", 5),
     [("gru", "7×16")], 2 * (24 * 13 + 48), 2 * 7 * 24 * 13),
    ("the last state of it", [node("RNN", "x w r", "- h", hidden_size=8), node("Squeeze", "h zero", "y")],
     [w("w", 1, 8, 5), w("r", 1, 8, 8), integers("zero", [0])], value("x", 7, 1, 5), [("rnn", "8")], 8 * 13, 7 * 8 * 13),
    ("with states as ONNX lays them out", [node("LSTM", "x w r", "h", hidden_size=8, direction="bidirectional"),
     node("Relu", "h", "y")], [w("w", 2, 32, 5), w("r", 2, 32, 8)], value("x", 7, 1, 5),
     [("lstm", "7×16"), ("reshape", "7×2×8"), ("relu", "7×2×8")], 2 * 32 * 13, 2 * 7 * 32 * 13),
    ("a picture with its channels last", [node("Transpose", "x", "t", perm=[0, 3, 1, 2]), node("Conv", "t w", "y")],
     [w("w", 8, 3, 3, 3)], value("x", 1, 16, 20, 3), [("permute", "3×16×20"), ("conv", "8×14×18")], 216, 216 * 252),
    ("a product by letters", [node("Einsum", "a b", "y", equation="bij,bkj->bik")], [],
     [value("a", 1, 4, 5), value("b", 1, 6, 5)], [("einsum", "4×6")], 0, 120),
    ("slopes", [node("PRelu", "x s", "y")], [w("s", 3, 1, 1)], X, [("prelu", "3×16×20")], 3, 0),
    ("cut off at 6", [node("Clip", "x a b", "y")], [floats("a", [0.0], []), floats("b", [6.0], [])], X,
     [("relu6", "3×16×20")], 0, 0),
]  # fmt: skip


@pytest.mark.parametrize("case", NETWORKS, ids=[case[0] for case in NETWORKS])
def test_nodes_become_layers(case):
    _, nodes, stored, x, layers, parameters, macs = case
    found = read(nodes, *stored, x=x)
    assert [layer[1:] for layer in layers_of(found)] == layers
    assert (found.totals.parameters, found.totals.macs) == (parameters, macs)


MS = "com.microsoft"
FUSED = [
    ("a convolution with its activation", [node("FusedConv", "x w", "y", domain=MS, activation="Relu")],
     [w("w", 8, 3, 3, 3)], X, [("conv", "8×14×18"), ("relu", "8×14×18")], 216, 216 * 252),
    ("a matrix product turned", [node("FusedMatMul", "x w", "y", domain=MS, transB=1)], [w("w", 5, 20)],
     value("x", "N", 20), [("linear", "5")], 100, 100),
    ("a normalised sum", [node("SkipLayerNormalization", "x x s t", "y", domain=MS)], [w("s", 20), w("t", 20)], X,
     [("add", "3×16×20"), ("layernorm", "3×16×20")], 40, 0),
    ("by the root of the mean square", [node("SkipSimplifiedLayerNormalization", "x x s", "y", domain=MS)],
     [w("s", 20)], X, [("add", "3×16×20"), ("rmsnorm", "3×16×20")], 20, 0),
    ("a bias and a gelu", [node("BiasGelu", "x b", "y", domain=MS)], [w("b", 20)], X,
     [("parameter", "20"), ("add", "3×16×20"), ("gelu", "3×16×20")], 20, 0),
    ("attention from one projection", [node("Attention", "x w b", "y", domain=MS, num_heads=2)],
     [w("w", 8, 24), w("b", 24)], value("x", 1, 7, 8),
     [("linear", "7×24"), ("slice", "7×8"), ("slice", "7×8"), ("slice", "7×8"), ("permute", "8×7"), ("matmul", "7×7"),
      ("softmax", "7×7"), ("matmul", "7×8")], 216, 7 * 8 * 24 + 2 * 7 * 7 * 8),
    ("attention of heads that are apart", [node("Attention", "q k v", "y")], [],
     [value("q", 1, 2, 7, 4), value("k", 1, 2, 9, 4), value("v", 1, 2, 9, 4)],
     [("permute", "2×4×9"), ("matmul", "2×7×9"), ("softmax", "2×7×9"), ("matmul", "2×7×4")], 0, 2 * 2 * 7 * 9 * 4),
]  # fmt: skip


@pytest.mark.parametrize("case", FUSED, ids=[case[0] for case in FUSED])
def test_operators_of_several_layers(case):
    test_nodes_become_layers(case)


def test_a_normalisation_written_out_keeps_what_it_adds():
    nodes = [node("ReduceMean", "x", "m", axes=[-1]), node("Sub", "x m", "d"), node("Pow", "d two", "q"),
             node("ReduceMean", "q", "v", axes=[-1]), node("Add", "v e", "w"), node("Sqrt", "w", "r"),
             node("Div", "d r", "y")]  # fmt: skip
    found = read(nodes, floats("two", [2.0], []), floats("e", [0.02], []))
    assert [each.applied.values.get("eps") for each in found.layers] == ["0.02"]


def test_functions_of_the_file_are_written_out():
    body = function("Block", "x w", "y", [node("Conv", "x w", "c", "conv"), {
        **node("LeakyRelu", "c", "y"), "attribute": [{"name": "alpha", "ref_attr_name": "slope", "type": 1}],
    }])  # fmt: skip
    nodes = [node("Block", "x w", "a", "b1", domain="own", slope=0.1), node("Block", "a v", "y", "b2", domain="own")]
    found = read(nodes, w("w", 8, 3, 3, 3), w("v", 4, 8, 1, 1), functions=[body])
    assert layers_of(found) == [
        ("b1.conv1", "conv", "8×14×18"), ("b1.leakyrelu1", "leakyrelu", "8×14×18"),
        ("b2.conv1", "conv", "4×14×18"), ("b2.leakyrelu1", "leakyrelu", "4×14×18"),
    ]  # fmt: skip
    assert [each.line for each in found.layers] == [1, 2, 3, 4]


def test_functions_that_call_themselves_are_refused():
    body = function("Block", "x", "y", [node("Block", "x", "y", domain="own")])
    with pytest.raises(Problem, match="calls others more than 16 deep, or itself"):
        read([node("Block", "x", "y", domain="own")], functions=[body])


def test_conditions_within_conditions_are_bounded():
    graph = {"node": [node("Relu", "x", "t")], "output": [{"name": "t"}]}
    for _ in range(20):
        graph = {"node": [node("If", "yes", "t", then_branch=graph)], "output": [{"name": "t"}]}
    (error,) = report_of(network([node("If", "yes", "y", then_branch=graph)], integers("yes", [1], []))).errors
    assert (error.code, error.mark.line) == ("Y048", 1)


def test_functions_that_double_are_bounded():
    twice = [
        function(f"F{depth}", "x", "y", [node(f"F{depth + 1}", *each, domain="own") for each in (("x", "a"), ("a", "y"))])
        for depth in range(15)
    ]  # fmt: skip
    with pytest.raises(Problem, match="more than 15,000 nodes with functions written out"):
        read(
            [node("F0", "x", "y", domain="own")],
            functions=[*twice, function("F15", "x", "y", [node("Relu", "x", "y")])],
        )


HOSTILE = [
    ("pieces beyond counting", node("Split", "x", "y b", axis=1, num_outputs=2**40)),
    ("places far away", node("Gather", "x far", "y", axis=1)),
    ("repeats beyond counting", node("Tile", "x many", "y")),
    ("numbers beyond counting", node("Range", "zero end one", "y")),
    ("sizes beyond counting", node("ConstantOfShape", "many", "y")),
    ("nothing at all, in endless rows", node("Tile", "nothing rows", "y")),
]


@pytest.mark.parametrize("case", HOSTILE, ids=[case[0] for case in HOSTILE])
def test_absurd_numbers_take_no_memory(case):
    stored = [
        integers("far", [0, 1, 2**62]), integers("many", [1, 2**62, 2**62, 2**62]), integers("zero", [0], []),
        integers("one", [1], []), integers("end", [2**62], []), integers("nothing", [], [1, 0]),
        integers("rows", [10**7, 1]),
    ]  # fmt: skip
    tracemalloc.start()
    report_of(network([case[1], node("Relu", "y", "z"), node("Relu", "x", "q")], *stored, outputs=("q",)))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 2_000_000


@pytest.mark.parametrize(("side", "kind"), [(16, "relu"), (20, "flatten")])
def test_a_condition_on_sizes_is_settled(side, kind):
    then = {"node": [node("Relu", "x", "t")], "output": [{"name": "t"}]}
    other = {"node": [node("Flatten", "x", "e")], "output": [{"name": "e"}]}
    nodes = [
        node("Shape", "x", "s"), node("Gather", "s two", "n"), node("Equal", "n side", "c"),
        node("If", "c", "y", then_branch=then, else_branch=other),
    ]  # fmt: skip
    found = read(nodes, integers("two", [2], []), integers("side", [side], []))
    assert [each.kind for each in found.layers] == [kind]


# Sharing

CHAIN = [node("Conv", "x w", "a"), node("Relu", "a", "r"), node("Conv", "r v", "y")]
SAME = value("x", 1, 3, 16, 20)
NUMBERS = floats("w", [index / 7 for index in range(9)], [3, 3, 1, 1])
ZEROS = floats("w", [0.0] * 9, [3, 3, 1, 1])
# What is used twice, its stored numbers, how the second use gets them, and the parameters of both layers together.
SHARED = [
    ("weights of a module that is called twice", NUMBERS, node("Identity", "w", "v"), 9),
    ("weights in another file", weights("w", 3, 3, 1, 1), node("Identity", "w", "v"), 9),
    ("zeros, which exporters store once", ZEROS, node("Identity", "w", "v"), 18),
    ("two different tensors", NUMBERS, node("Constant", "", "v", value=floats("", [0.1] * 9, [3, 3, 1, 1])), 18),
]


@pytest.mark.parametrize("case", SHARED, ids=[case[0] for case in SHARED])
def test_weights_are_counted_once_where_they_are_the_same(case):
    _, stored, second, parameters = case
    assert read([second, *CHAIN], stored, x=SAME).totals.parameters == parameters


def test_vectors_that_may_be_equal_by_chance_are_not_shared():
    """Scales of 1 before training; each normalisation has its own."""
    nodes = [node("LayerNormalization", "x s t", "a"), node("LayerNormalization", "a s t", "y")]
    assert read(nodes, weights("s", 20), weights("t", 20)).totals.parameters == 80


@pytest.mark.parametrize("operator, sizes", [("PRelu", [3, 1, 1]), ("Mul", [3, 1, 1]), ("PRelu", [3, 16, 1])])
def test_slopes_and_factors_are_shared_where_their_numbers_tell_it(operator, sizes):
    nodes = [node(operator, "x w", "a"), node("Relu", "a", "r"), node(operator, "r w", "y")]
    total = math.prod(sizes)
    told = floats("w", [index / 7 for index in range(total)], sizes)
    assert read(nodes, told, x=SAME).totals.parameters == total
    assert read(nodes, floats("w", [0.25] * total, sizes), x=SAME).totals.parameters == 2 * total


@pytest.mark.parametrize("held, parameters", [("PARAMETER", 60), ("BUFFER", 50)])
def test_what_is_added_to_a_product_is_its_bias_if_it_is_learnt(held, parameters):
    nodes = [node("MatMul", "x w", "a"), node("Add", "a b", "y")]
    said = f"w: PARAMETER target='w'\nb: {held} target='b'"
    data = network(nodes, weights("w", 5, 10), weights("b", 10), x=value("x", 1, 5), signature=said)
    found = report_of(data)
    assert (found.totals.parameters, found.totals.buffers) == (parameters, 60 - parameters)
    assert not [each for each in found.diagnostics if "computed" in each.message]


def test_an_embedding_and_the_layer_that_leads_back_share_their_table():
    nodes = [node("Gather", "e x", "h"), node("Transpose", "e", "f", perm=[1, 0]), node("MatMul", "h f", "y")]
    assert read(nodes, weights("e", 100, 8), x=value("x", 1, 12)).totals.parameters == 800


def test_parts_of_a_tensor_are_weights_of_their_own():
    nodes = [
        node("Slice", "w zero four", "a"), node("Slice", "w four ten", "b"), node("Gemm", "x a", "p", transB=1),
        node("Gemm", "x b", "q", transB=1), node("Concat", "p q", "y", axis=1),
    ]  # fmt: skip
    stored = [weights("w", 10, 20), *(integers(name, [n]) for name, n in (("zero", 0), ("four", 4), ("ten", 10)))]
    found = read(nodes, *stored, x=value("x", 1, 20))
    assert [layer[2] for layer in layers_of(found)] == ["4", "6", "10"]
    assert found.totals.parameters == 200


# Names

SCOPES = ("", "features", "features.0", "features.0.conv")
NAMED = [
    ("as PyTorch's tracing names them", {"name": "/features/features.0/conv/Conv"}, "w", "features.0.conv"),
    ("as its exporter notes them", {"name": "node_Conv_3", "scopes": (*SCOPES, "conv2d")}, "w", "features.0.conv"),
    ("by its weights", {"name": "Conv_17"}, "features.0.conv.weight", "features.0.conv"),
    ("as TensorFlow names them", {"name": "StatefulPartitionedCall/resnet/conv1/Conv2D"}, "w", "resnet.conv1"),
    ("as the author names it", {"name": "stem"}, "w", "stem"),
    ("by its kind", {"name": ""}, "onnx::Conv_12", "conv1"),
]  # fmt: skip


@pytest.mark.parametrize("case", NAMED, ids=[case[0] for case in NAMED])
def test_layers_have_the_names_of_their_modules(case):
    _, how, stored, name = case
    found = read([node("Conv", f"x {stored}", "y", **how)], weights(stored, 3, 3, 1, 1))
    assert layers_of(found)[0][0] == name


def test_a_module_of_several_nodes_is_a_group_and_names_are_unique():
    nodes = [
        node("Conv", "x w", "a", "/block/conv/Conv"), node("Relu", "a", "b", "/block/act/Relu"),
        node("Conv", "b w", "c", "/block/conv_1/Conv"), node("Relu", "c", "d", "/block/act/Relu_1"),
        node("Mul", "d x", "e", "/block/Mul"), node("Exp", "e", "f", "/head/Exp"), node("Sqrt", "f", "y", "/head/Sqrt"),
    ]  # fmt: skip
    found = read(nodes, weights("w", 3, 3, 1, 1))
    assert [layer[0] for layer in layers_of(found)] == [
        "block.conv", "block.act", "block.conv_1", "block.act_2", "block.multiply1", "head.elementwise1",
        "head.elementwise2",
    ]  # fmt: skip
    assert [group.name for group in found.groups] == ["block", "head"]


# What exporters change


def notes_of(nodes, *stored, producer="test"):
    data = network(nodes, *stored).replace(b"test", producer.encode())
    return [finding.message for finding in report_of(data).diagnostics if finding.code == "W010"]


def test_normalisation_that_may_be_folded_is_said():
    (note,) = notes_of([node("Conv", "x w b", "y")], weights("w", 8, 3, 3, 3), weights("b", 8))
    assert note.startswith("there is no batch normalisation in this file: if the network had any, the exporter folded")
    assert "at least 8 parameters more" in note


def test_where_it_is_in_the_file_nothing_is_said():
    nodes = [node("Conv", "x w b", "a"), node("BatchNormalization", "a b b b b", "y")]
    assert notes_of(nodes, weights("w", 8, 3, 3, 3), weights("b", 8)) == []


# Inputs

FLAT = [node("Conv", "x w", "a"), node("Flatten", "a", "y")]
ONE = [node("Conv", "x w", "y")]


def test_an_input_of_the_run_replaces_that_of_the_file():
    found = report_of(network(FLAT, weights("w", 8, 3, 3, 3)), inputs={"": "3x32x32"})
    assert layers_of(found)[-1][2] == str(8 * 30 * 30)


def test_letters_of_the_file_are_letters_of_the_network():
    x = value("x", "batch", 3, "height", "width")
    assert layers_of(read(ONE, weights("w", 8, 3, 3, 3), x=x))[0][2] == "8×height - 2×width - 2"
    found = report_of(network(ONE, weights("w", 8, 3, 3, 3), x=x), sets={"height": "32", "width": "24"})
    assert layers_of(found)[0][2] == "8×30×22"


def test_a_size_without_a_number_or_a_letter_is_any():
    found = read(ONE, weights("w", 8, 3, 3, 3), x=value("x", 0, 3, 0, 20))
    assert layers_of(found)[0][2] == "8×n1 - 2×18"


def test_the_batch_of_the_file_is_that_of_the_network():
    nodes = [node("Reshape", "x s", "r"), node("Gemm", "r w", "y")]
    found = read(nodes, integers("s", [4, 960]), weights("w", 960, 10), x=value("x", 4, 3, 16, 20))
    assert (layers_of(found)[-1][2], found.totals.macs, found.batch) == ("10", 9600, 4)


# Errors: (what is wrong, nodes, stored tensors, [(code, node, a part of the message, of the cure)])

WRONG = [
    ("operators that nobody knows, all of them", [node("Convv", "x w", "a"), node("Foo", "x", "b", domain="ai.acme"),
     node("Relu", "a", "c"), node("Add", "b x", "y")], [w("w", 8, 3, 3, 3)],
     [("K001", 1, 'unknown operator "Convv"', '"Conv"'), ("K001", 2, "ai.acme.Foo", "operators of ONNX itself")]),
    ("a condition on numbers", [node("Cast", "x", "c", to=9), node("If", "c", "y")], [],
     [("K003", 2, "If holds a graph of its own", "fixed shapes")]),
    ("a loss", [node("SoftmaxCrossEntropyLoss", "x x", "y")], [], [("K003", 1, "is a loss", "end the network")]),
    ("a loop", [node("Loop", "x x x", "y")], [], [("K003", 1, "Loop holds a graph of its own", "fixed number of steps")]),
    ("an unknown number of outputs", [node("NonZero", "x", "y")], [], [("K003", 1, "NonZero gives as many", "end the network")]),
    ("channels that differ from the weights", [node("Conv", "x w", "y")], [w("w", 8, 4, 3, 3)],
     [("C012", 1, "in_channels is 4, the input has 3 channels", "")]),
    ("a window that does not fit", [node("Conv", "x w", "y")], [w("w", 8, 3, 17, 3)], [("C001", 1, "kernel 17 does not fit", "")]),
    ("a window unlike the weights", [node("Conv", "x w", "y", kernel_shape=[5, 5])], [w("w", 8, 3, 3, 3)],
     [("C050", 1, "kernel_shape is 5×5 and the weights 3×3", "export")]),
    ("weights that an input gives", [node("Conv", "x x", "y")], [], [("K003", 1, "its weights are computed", "stored in the file")]),
    ("a value that nothing gives", [node("Relu", "xx", "y")], [], [("Y045", 1, 'nothing gives "xx"', '"x"')]),
    ("a shape that depends on numbers", [node("Cast", "x", "s", to=7), node("Reshape", "x s", "y")], [],
     [("K003", 2, "s depends on the numbers", "")]),
    ("a reshape that does not hold as many numbers", [node("Reshape", "x s", "y")], [integers("s", [0, 7])],
     [("C015", 1, "", "")]),
    ("attributes of other types", [node("Flatten", "x", "y", axis="back")], [], [("Y047", 1, "Flatten has other", "export")]),
    ("a node without inputs", [node("Conv", "", "y")], [], [("Y047", 1, "Conv has other inputs", "export")]),
    ("an attribute that nobody knows", [node("MaxPool", "x", "y", kernel_shape=[2, 2], kernel=3)], [],
     [("L010", 1, "kernel is given twice", "leave one")]),
    ("steps that meet the batch", [node("LSTM", "x w r", "y")], [w("w", 1, 32, 5), w("r", 1, 32, 8)],
     [("C011", 1, "LSTM takes steps, batch and features", "batch in that place")]),
]  # fmt: skip


@pytest.mark.parametrize("case", WRONG, ids=[case[0] for case in WRONG])
def test_what_is_wrong_is_told_at_its_node(case):
    _, nodes, stored, expected = case
    found = report_of(network(nodes, *stored)).errors
    assert [(each.code, each.mark.line) for each in found] == [(code, line) for code, line, *_ in expected]
    for finding, (_, _, message, hint) in zip(found, expected, strict=True):
        assert message in finding.message
        assert hint in finding.hint
        assert finding.hint
        assert finding.mark.source.name == "net.onnx"


def test_a_shape_that_the_file_declares_otherwise_is_told():
    nodes = [node("MaxPool", "x", "y", kernel_shape=[2, 2])]
    declared = {"outputs": [], "values": [value("y", "batch", 3, 8, 10)]}
    data = model(nodes, [X], [{"name": "y"}], values=declared["values"])
    (error,) = report_of(data).errors
    assert (error.code, error.message) == ("Y046", "y is batch×3×15×19, the file declares batch×3×8×10")
    assert not report_of(data, inputs={"": "3x32x32"}).errors


@pytest.mark.parametrize(("inputs", "outputs"), [("x", ""), ("", ""), ("", "w")])
def test_a_weight_that_is_made_of_nothing_is_none(inputs, outputs):
    nodes = [node("ConstantOfShape", inputs, outputs), node("Relu", "x", "y")]
    report = report_of(network(nodes, signature="w: PARAMETER target='w'"))
    assert [layer.kind for layer in report.layers] == ["relu"] and all(error.mark for error in report.errors)


def test_what_comes_out_may_be_what_goes_in():
    report = report_of(model([node("Cast", "x", "y")], [X], [{"name": "y"}]))
    assert [layer.kind for layer in report.layers] == ["identity"] and report.totals.parameters == 0


def test_a_file_without_outputs_or_shapes_says_so():
    for data, message in (
        (model([node("Relu", "x", "y")], [X], []), "no node gives an output"),
        (model([node("Relu", "x", "y")], [{"name": "x"}], [{"name": "y"}]), "the input x has no shape"),
    ):
        with pytest.raises(Problem, match=message):
            report_of(data)


@pytest.mark.parametrize("way", ["a file", "standard input"])
def test_a_file_is_read_from_the_command_line(tmp_path, way):
    path = tmp_path / "net.onnx"
    path.write_bytes(network([node("Conv", "x w b", "y", "/conv1/Conv")], w("w", 8, 3, 3, 3), w("b", 8)))
    name = "-" if way == "standard input" else str(path)
    run = [sys.executable, "-m", "convcalc", "summary", name, "--json"]
    found = subprocess.run(run, input=path.read_bytes(), capture_output=True, cwd=ROOT, check=True)
    report = json.loads(found.stdout)
    assert (report["convention"], report["inputs"], report["totals"]["parameters"]) == ("onnx", {"x": [3, 16, 20]}, 224)
    assert report["layers"][0]["line"] == 1


# Every operator, with whatever attributes and inputs, and every file with whatever bytes.

ATTRIBUTES = (
    "axis", "axes", "perm", "kernel_shape", "pads", "strides", "group", "keepdims", "split", "scales", "mode", "shape",
    "to", "transB", "hidden_size",
)  # fmt: skip
VALUES = st.one_of(
    st.integers(-(2**63), 2**63 - 1), st.sampled_from(["", "linear", "SAME_UPPER", "x"]), st.just(0.5),
    st.lists(st.integers(-5, 2**40), min_size=1, max_size=5), st.integers(-3, 4),
)  # fmt: skip
STORED = [w("w", 8, 3, 3, 3), w("v", 3), integers("i", [2, -1]), integers("j", [1], []), floats("f", [2.0, 0.0])]


@given(st.sampled_from(sorted(OPERATORS)), st.lists(st.sampled_from(list("xwvijf-")), max_size=4),
       st.dictionaries(st.sampled_from(ATTRIBUTES), VALUES, max_size=3), st.integers(1, 22))  # fmt: skip
def test_any_node_is_a_layer_or_an_error(operator, inputs, attributes, opset):
    nodes = [node(operator, " ".join(inputs), "a b", **attributes), node("Relu", "a", "y")]
    try:
        found = report_of(network(nodes, *STORED, opset=opset))
    except Problem as error:
        assert error.diagnostics
    else:
        assert found.layers or found.errors


RICH = network(
    [*CHAIN, node("Shape", "y", "s"), node("Gather", "s j", "n"), node("Flatten", "y", "z"), node("Expand", "z s", "q")],
    NUMBERS, integers("j", [1], []), outputs=("q",),
)  # fmt: skip


@given(st.data())
def test_any_bytes_are_a_network_or_an_error(data):
    changed = bytearray(RICH)
    for _ in range(data.draw(st.integers(1, 3))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    try:
        report_of(bytes(changed))
    except Problem as error:
        assert error.diagnostics
