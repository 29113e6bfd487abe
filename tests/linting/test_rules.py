"""Every rule with its figures: what it finds, and where it is silent."""

import pytest

from convcalc.linting.linter import BY_CODE, RULES, Selection, lint
from convcalc.network.load import Choices, graph_of, source_of, spec_of
from convcalc.network.walk import walk
from convcalc.problem import LINE, Source


def findings(text, *codes, choices=None, notes=True):
    chosen = choices or Choices()
    source = Source(LINE, text) if " " in text else source_of(text)
    graph = graph_of(spec_of(source, chosen), chosen)
    assert not graph.diagnostics
    return lint(graph, walk(graph), chosen, Selection(notes, codes))


# (rule, network, what is said of it, in its message and in its cure)
ROWS = [
    ("dropped-input", "1x31x31 -> maxpool 2", "row 31 and column 31 of 31 are not read", "ceil=yes reads all (16 instead of 15)"),
    ("dropped-input", "3x224x224 -> conv 64 k7 s2", "row 224 and column 224 of 224", "p1 reads all (110 instead of 109)"),
    ("dropped-input", "3x45x60 -> maxpool 2", "row 45 of 45×60 is not read", "ceil=yes reads all (23×30 instead of 22×30)"),
    ("dropped-input", "1x10 -> conv 4 k3 s4", "", ""),
    ("dropped-input", "1x12 -> conv 4 k5 s5", "positions 11 to 12 of 12 are not read: 2 windows of 5, 5 apart, end at 10", "p2 reads all"),
    ("dropped-input", "3xHxW -> maxpool 2", "unless H is even and W is even", "an input of such a size"),
    ("dropped-input", "3xHx32 -> maxpool 2 -> maxpool 2", "unless H = 0 or 1 mod 4", ""),
    ("never-seen", "64x56x56 -> conv 128 k1 s2", "3 of 4 cells are not read", "k3 p1 reads all and gives the same size"),
    ("never-seen", "64x56 -> conv 128 k2 s3", "18 of 56 cells are not read: windows of 2, 3 apart, read 38", "k3"),
    ("dead-taps", "512x1x1 -> conv 512 k3 p1", "8 of 9 taps only ever meet padding, on a map of 1: 2,097,152 of 2,359,296 weights", "k1 p0 gives the same with 262,656"),
    ("dead-taps", "64x2x2 -> conv 64 k4 s2 p1", "12 of 16 taps", "k2 p0 gives the same"),
    ("dead-taps", "8x33x33 -> conv 8 k3 p36 d36", "8 of 9 taps", "k1 p0"),
    ("dead-taps", "8x1x1 -> zeropad 1 -> conv 8 k3", "8 of 9 taps", ""),
    ("padding-only", "1x8x8 -> conv 4 k3 p3", "44 of 144 outputs see nothing but padding", "p2 (10 instead of 12)"),
    ("padding-only", "1x8x8 -> conv 4 k1 p1", "36 of 100 outputs", "p0 (8 instead of 10)"),
    ("checkerboard", "64x8x8 -> tconv 32 k3 s2", "sums of 1 or 2 products along an axis (1, 2 or 4 on the map): kernel 3 is no multiple of stride 2", "k4"),
    ("checkerboard", "64x8x8 -> tconv 32 k3 s2 p1 op1", "1 or 2 products", "k4 op0: as many products everywhere, and the same size"),
    ("checkerboard", "64x8x8 -> tconv 32 k5 s2", "2 or 3 products", "k6"),
    ("bias-before-norm", "3x32x32 -> conv 64 k3 p1 -> batchnorm -> relu", "64 biases", "bias=no: 1,728 parameters instead of 1,792"),
    ("bias-before-norm", "3x32x32 -> conv 64 k3 p1 -> maxpool 2 -> batchnorm", "64 biases", "bias=no"),
    ("bias-before-norm", "784 -> linear 100 -> batchnorm", "100 biases", "bias=no"),
    ("bias-before-norm", "3x8x8 -> conv 4 k3 -> instancenorm", "4 biases", "bias=no"),
    ("not-powers", "3x32x32 -> conv 20 k5 -> relu -> conv 64 k5", "20 filters are no power of two, nor a multiple of 8", "16, 24 or 32"),
    ("not-powers", "3x32x32 -> conv 96 k5 -> relu -> conv 64 k5", "96 filters are no power of two", "64 or 128"),
    ("bias-before-norm", "3x8x8 -> conv 4 k3 -> groupnorm 4", "4 biases", "bias=no"),
    ("norm-on-one", "64x8x8 -> globalavgpool keep=yes -> conv 16 k1 -> batchnorm", "one value of each channel and example", "leave batchnorm1 out"),
    ("linear-stack", "16x32x32 -> conv 16 k3 -> conv 32 k3", "2,320 + 4,640 parameters, where one conv 32 k5 has 12,832", "conv 32 k5"),
    ("linear-stack", "400 -> linear 120 -> dropout 0.5 -> linear 84", "48,120 + 10,164 parameters, where one linear 84 has 33,684", "an activation after linear1"),
    ("linear-stack", "3x32x32 -> conv 8 k3 p1 bias=no -> batchnorm -> avgpool 2 -> conv 16 k3 p1 bias=no", "one conv 16 k8 s2 p3 bias=no", "conv 16 k8 s2 p3 bias=no"),
    ("linear-stack", "3x8x8 -> conv 64 k3 p1 -> flatten -> linear 10", "nothing between conv1 and linear1", "an activation after conv1"),
    ("twice-activated", "3x8x8 -> conv 8 k3 -> relu -> maxpool 2 -> relu", "after relu1, which gives nothing below 0", "leave relu2 out"),
    ("twice-activated", "3x8x8 -> sigmoid -> relu", "which gives numbers from 0 to 1", "leave relu1 out"),
    ("twice-activated", "3x8x8 -> relu6 -> relu6", "numbers from 0 to 6", "leave relu6_2 out"),
    ("twice-activated", "3x8x8 -> dropout 0", "its rate is 0", "leave dropout1 out"),
    ("twice-activated", "3x8x8 -> maxpool 1", "give what they take", "leave maxpool1 out"),
    ("twice-activated", "3x8x8 -> 1 x conv 3 k1", "a repeat of one turn", "without the repeat"),
    ("twice-activated", "input: 3x8x8\nlayers:\n  - concat: {only: [conv 4 k1]}", "there is nothing to join", "leave concat1 out"),
    ("twice-activated", "input: 3x8x8\nlayers:\n  - repeat: {times: 1, shared: yes, layers: [conv 3 k1]}", "its weights are shared with nothing", ""),
    ("twice-activated", "12 -> linear 1 -> softmax", "of one number it gives 1", "sigmoid instead of softmax1"),
    ("twice-activated", "input: 3x8x8\nlayers: [a: conv 4 k1, concat: {from: [a, a]}]", "it takes a more than once", "another input"),
    ("linear-stack", "1x5x5 -> conv 1 k3 p1 bias=no -> conv 1 k3 p1 bias=no -> relu", "one linear map inside the border: 9 + 9", ""),
    ("unused", "input: 3x8x8\noutputs: [c]\nlayers: [c: conv 2 k1, a: conv 4 k3 from=input, relu, b: conv 2 k1]", "nothing reads it, nor what leads to it alone, from a on", "leave a, relu1 and b out"),
    ("saturating", "10 -> [linear 10 -> tanh]*9", "9 activations that saturate, such as tanh", "relu"),
    ("groups-never-mix", "16x8x8 -> conv 16 k3 p1 g4 -> relu -> conv 16 k3 p1 g4", "4 separate networks", "shuffle 4 before conv2: each group then sees 4 of 4"),
    ("groups-never-mix", "8x8x8 -> conv 8 k3 p1 g4 -> batchnorm -> conv 8 k3 p1 g4", "4 separate networks", "each group then sees 2 of 4"),
    ("gridding", "8x32x32 -> [conv 8 k3 p2 d2 -> relu]*3", "49 of 169 cells are read in the field of 13", "d1, d2 and d3, with paddings to match"),
    ("gridding", "8x64 -> conv 8 k3 d4 -> relu -> conv 8 k3 d4", "5 of 17 cells", "d"),
    ("unused", "input: 3x8x8\nlayers:\n  - a: conv 4 k3\n  - b: conv 4 k3 from=input\n  - relu", "no output: 112 parameters for nothing", "outputs: [relu1, a]"),
    ("even-kernel", "3x32x32 -> conv 8 k4 p1", "kernel 4 at stride 1 gives 31 or 33 of 32", "k3 p1 or k5 p2 keep 32"),
    ("size-not-kept", "3x32x32 -> conv 8 k5", "kernel 5 with padding 0 gives 28 of 32", "p2 keeps 32"),
    ("size-not-kept", "3x32x32 -> conv 8 k3 d2", "gives 28 of 32", "p2 keeps 32"),
    ("input-not-even", "3x225x225 -> [conv 8 k3 s2 p1 -> relu]*5", "side 225 is not divisible by the network's stride, 32", "224 or 256"),
    ("size-condition", "unet_same", "the network fits when H and W are multiples of 16", "H = 496, 512 or 528; W = 496, 512 or 528"),
    ("misaligned", BY_CODE["misaligned"].example, "pooled.maxpool1: size 2, stride 2, centre 1/2; convolved.conv1: size 3, stride 2, centre 0", "k3 s2 p1 in pooled.maxpool1"),
    ("large-kernel", "3x64x64 -> conv 64 k3 p1 -> relu -> conv 64 k7 p3", "kernel 7 has 200,704 weights; 3 of 3×3 see as far with 110,592", "3 layers of k3 p1"),  # 49C², 27C²
    ("large-pooling", "8x64x64 -> maxpool 4", "windows of 4 are larger than 3: of 64 they leave 16", "2 poolings of 2"),
    ("large-pooling", "8x63x63 -> maxpool 5 s2 p2", "windows of 5", "k3 p1 gives the same size"),
    ("dense-heavy", "vgg16", "123,642,856 of 138,357,544 parameters (89.4 %)", "37,694,248 parameters in all"),
    ("reduced-late", "3x64x64 -> conv 64 k3 p1 -> relu -> maxpool 2 -> conv 64 k3 p1", "takes 1.0 MB of the 1.3 MB peak at inference", "655.4 kB with half of its filters (f32) or 327.7 kB with twice its stride (s2)"),
    ("short-sighted", "1x224x224 -> conv 6 k5 -> tanh -> avgpool 2 -> conv 16 k5 -> tanh -> avgpool 2 -> flatten -> linear 10", "avgpool2 sees 16 of 224", "26 more convolutions of k3 before the head"),
    ("short-sighted", "3x32x32 -> conv 8 k3 p1 -> relu -> conv 8 k3 s2 p1 -> globalavgpool", "sees 5 of 32", ""),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text", "message", "cure"), ROWS, ids=[f"{code}: {text}" for code, text, *_ in ROWS])
def test_a_rule_finds(code, text, message, cure):
    found = findings(text, code)
    assert [finding.rule.code for finding in found[:1]] == ([code] if message else [])
    assert not message or any(message in each.message and cure in each.remedy.text for each in found)


SILENT = [
    ("twice-activated", "3x8x8 -> relu slope=0.1 -> relu"),
    ("twice-activated", "3x8x8 -> relu -> relu max=2"),
    ("dropped-input", "3x224x224 -> conv 64 k3 s2 p1"),  # what is left over is padding
    ("dropped-input", "3x224x224 -> zeropad 1 -> conv 64 k3 s2"),
    ("dropped-input", "1x31x31 -> maxpool 2 ceil=yes"),
    ("never-seen", "64x1x1 -> conv 128 k1 s2"),  # one cell, one window
    ("dead-taps", "512x1x1 -> conv 512 k3 p1 padding_mode=replicate"),
    ("dead-taps", "512x1x1 -> maxpool 3 s1 p1"),  # nothing is learnt
    ("dead-taps", "512x7x7 -> conv 8 k3 p1"),
    ("padding-only", "1x8x8 -> conv 4 k3 p2"),
    ("checkerboard", "64x8x8 -> tconv 32 k4 s2 p1"),
    ("checkerboard", "64x8x8 -> tconv 32 k2 s2"),
    ("checkerboard", "64x1x1 -> tconv 32 k3 s2"),  # one input, nothing overlaps
    ("bias-before-norm", "3x32x32 -> conv 64 k3 bias=no -> batchnorm"),
    ("bias-before-norm", "3x32x32 -> conv 64 k3 -> relu -> batchnorm"),
    ("bias-before-norm", "3x32x32 -> conv 64 k3 -> groupnorm 32"),  # the mean of a group keeps what differs in it
    ("bias-before-norm", "3x32x32 -> conv 64 k3 -> layernorm"),
    ("bias-before-norm", "3x32x32 -> conv 64 k3 -> avgpool 3 s1 p1 -> batchnorm"),  # at the edge less of it is added
    ("norm-on-one", "784 -> linear 100 bias=no -> batchnorm"),
    ("linear-stack", "16x32x32 -> dwconv k3 p1 -> conv 32 k1"),  # a separable convolution
    ("linear-stack", "16x32x32 -> conv 16 k3 p1 -> relu -> conv 32 k3 p1"),
    ("linear-stack", "16x32x32 -> conv 16 k3x1 -> conv 16 k1x3"),  # two sides of one kernel
    ("linear-stack", "96x14x14 -> conv 24 k1 bias=no -> batchnorm -> conv 144 k1 bias=no"),  # a factor of low rank
    ("linear-stack", "64 -> linear 8 -> linear 64"),
    ("linear-stack", "16x32x32 -> conv 16 k3 p1 g4 -> conv 32 k3 p1"),
    ("linear-stack", "16x8x8 -> tconv 16 k2 s2 -> conv 8 k3 p1"),
    ("linear-stack", "input: 8x8x8\nlayers:\n  - residual: [conv 8 k3 p1, batchnorm, conv 8 k1, batchnorm]"),  # into a sum
    ("linear-stack", "input: 8x8x8\nlayers: [a: conv 8 k3 p1, b: conv 8 k3 p1, add: {from: [a, b]}]"),  # both are read
    ("twice-activated", "3x8x8 -> relu -> tanh"),
    ("twice-activated", "3x8x8 -> tanh -> relu"),
    ("twice-activated", "3x8x8 -> relu -> relu6"),
    ("twice-activated", "input: 3x8x8\nlet: {rate: 0, k: 1, n: 1}\nlayers: [dropout rate, maxpool k, n x relu]"),
    ("twice-activated", "3x7x7 -> adaptiveavgpool 7"),  # at another size it does something
    ("saturating", "10 -> [linear 10 -> tanh]*8"),
    ("saturating", "input: 10\nlayers: [{repeat: {times: 12, layers: [residual: [linear 10, tanh]]}}]"),
    ("groups-never-mix", "16x8x8 -> conv 16 k3 p1 g4 -> shuffle 4 -> conv 16 k3 p1 g4"),
    ("groups-never-mix", "16x8x8 -> conv 16 k3 p1 g16 -> conv 16 k3 p1 g16"),
    ("groups-never-mix", "16x8x8 -> conv 16 k3 p1 g4 -> conv 16 k1 -> conv 16 k3 p1 g4"),
    ("gridding", "8x32x32 -> conv 8 k3 -> relu -> conv 8 k3 d2 -> relu -> conv 8 k3 d5"),  # 1, 2, 5
    ("gridding", "8x32x32 -> conv 8 k3 d2"),  # one alone
    ("gridding", "8x32x32 -> conv 8 k3 p1 -> relu -> [conv 8 k3 p2 d2 -> relu]*3"),
    ("unused", "input: 3x8x8\noutputs: [relu1, a]\nlayers:\n  - a: conv 4 k3\n  - b: conv 4 k3 from=input\n  - relu"),
    ("even-kernel", "512x4x4 -> conv 1 k4"),
    ("even-kernel", "3x32x32 -> conv 8 k4 p=same"),
    ("size-not-kept", "3x32x32 -> zeropad 1 -> conv 8 k3"),
    ("size-not-kept", "3x32x32 -> conv 8 k3 s2"),
    ("size-not-kept", "512x7x7 -> conv 4096 k7"),  # all of the map
    ("misaligned", "input: 4x32\nlayers: [residual: [conv 4 k3 p=causal d4]]"),
    ("large-kernel", "3x64x64 -> conv 64 k7 p3"),  # the first
    ("large-pooling", "512x7x7 -> avgpool 7"),
    ("input-not-even", "3x224x224 -> [conv 8 k3 s2 p1 -> relu]*5"),
    ("short-sighted", "3x32x32 -> conv 8 k3 p1 -> conv 8 k3 p1"),  # no head
    ("not-powers", "3x32x32 -> conv 64 k3 -> relu -> conv 10 k3"),  # the last has one for each class
    ("dense-heavy", "512 -> linear 512 -> relu -> linear 10"),  # no map
]  # fmt: skip


@pytest.mark.parametrize(("code", "text"), SILENT, ids=[f"{code}: {text}" for code, text in SILENT])
def test_a_rule_is_silent(code, text):
    level = BY_CODE[code].level
    assert [finding for finding in findings(text, code) if finding.level == level] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_example_of_a_rule_is_one(rule):
    assert any(finding.level == rule.level for finding in findings(rule.example, rule.code))
    assert rule.code in {code for code, *_ in ROWS}


def test_codes_are_told_apart():
    assert len(BY_CODE) == len(RULES)
