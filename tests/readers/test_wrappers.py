"""Calls around other layers: `nn.Sequential(…)`, `spectral_norm(…)`, `Bidirectional(…)`, and classes made of layers."""

import json
import re
import subprocess
import sys

import pytest

from convcalc.kinds.compositions import COMPOSITIONS
from convcalc.network.load import summarise_text
from convcalc.readers.calls.wrappers import WRAPPERS
from convcalc.readers.line import WRAPPER_NAMES

# What PyTorch 2.13.0, torchvision 0.28.0, timm 1.0.31 and Keras 3.15.1 make of them: output, parameters, and buffers
# without PyTorch's counter of batches.
MEASURED = {
    "nn.utils.spectral_norm(nn.Conv2d(3, 6, 5))": ("3x32x32", "6x28x28", 456, 81),
    "spectral_norm(nn.Conv2d(4, 6, 3, groups=2, bias=False))": ("4x8x8", "6x6x6", 108, 24),
    "nn.utils.parametrizations.spectral_norm(nn.Conv1d(4, 8, 3))": ("4x9", "8x7", 104, 20),
    "spectral_norm(nn.ConvTranspose2d(4, 6, 3))": ("4x8x8", "6x10x10", 222, 42),
    "spectral_norm(nn.ConvTranspose2d(4, 6, 3, groups=2))": ("4x8x8", "6x10x10", 114, 39),
    "spectral_norm(nn.Linear(10, 20), n_power_iterations=2)": ("10", "20", 220, 30),
    "spectral_norm(nn.Embedding(10, 4))": ("5", "5x4", 40, 14),
    "weight_norm(nn.Conv2d(3, 6, 5), name='weight')": ("3x32x32", "6x28x28", 462, 0),
    "nn.utils.weight_norm(nn.ConvTranspose2d(4, 6, 3, groups=2))": ("4x8x8", "6x10x10", 118, 0),
    "torch.nn.utils.parametrizations.weight_norm(nn.Linear(10, 20))": ("10", "20", 240, 0),
    "weight_norm(nn.Embedding(10, 4))": ("5", "5x4", 50, 0),
    "nn.utils.parametrizations.orthogonal(nn.Linear(10, 20))": ("10", "20", 220, 400),
    "orthogonal(nn.Linear(20, 20), use_trivialization=False)": ("20", "20", 420, 0),
    "SpectralNormalization(Conv2D(6, 5))": ("32x32x3", "28x28x6", 456, 6),
    "SpectralNormalization(layers.Conv2D(6, 3, groups=2))": ("32x32x4", "30x30x6", 114, 6),
    "SpectralNormalization(layers.Conv2DTranspose(6, 3))": ("8x8x4", "10x10x6", 222, 4),
    "SpectralNormalization(layers.DepthwiseConv2D(3, depth_multiplier=2))": ("8x8x4", "6x6x8", 80, 2),
    "layers.SpectralNormalization(layers.Dense(20))": ("10", "20", 220, 20),
    "Bidirectional(LSTM(64))": ("500x32", "128", 49664, 0),
    "Bidirectional(LSTM(64, return_sequences=True), merge_mode='concat')": ("500x32", "500x128", 49664, 0),
    "layers.Bidirectional(layers.GRU(64))": ("500x32", "128", 37632, 0),
    "Bidirectional(layers.GRU(64, reset_after=False))": ("500x32", "128", 37248, 0),
    "Bidirectional(SimpleRNN(64))": ("500x32", "128", 12416, 0),
    **{
        f"Bidirectional(LSTM(64, return_sequences={steps}), merge_mode='{mode}')": ("500x32", output, 49664, 0)
        for mode in ("sum", "mul", "ave") for steps, output in (("True", "500x64"), ("False", "64"))
    },
    "nn.TransformerEncoder(nn.TransformerEncoderLayer(d_model=512, nhead=8), num_layers=6)": (
        "10x512", "10x512", 18914304, 0),
    "nn.TransformerEncoder(nn.TransformerEncoderLayer(64, 4, 128), 3, norm=nn.LayerNorm(64))": (
        "10x64", "10x64", 100544, 0),
    "TimeDistributed(Dense(10))": ("20x16", "20x10", 170, 0),
    "TimeDistributed(Dense(5))": ("10x32x32x3", "10x32x32x5", 20, 0),
    "TimeDistributed(Conv2D(8, 3, padding='same', strides=2))": ("10x32x32x3", "10x16x16x8", 224, 0),
    "TimeDistributed(Conv1D(8, 3))": ("10x32x3", "10x30x8", 80, 0),
    "TimeDistributed(MaxPooling2D())": ("10x32x32x3", "10x16x16x3", 0, 0),
    "TimeDistributed(Flatten())": ("10x32x32x3", "10x3072", 0, 0),
    "TimeDistributed(GlobalAveragePooling2D())": ("10x32x32x3", "10x3", 0, 0),
    "TimeDistributed(BatchNormalization())": ("10x32x32x3", "10x32x32x3", 6, 6),
    "TimeDistributed(LayerNormalization())": ("7x5x4", "7x5x4", 8, 0),
    "TimeDistributed(Embedding(10, 4))": ("7x5", "7x5x4", 40, 0),
    "TimeDistributed(Conv2DTranspose(6, 3, strides=2, padding='same'))": ("5x8x8x4", "5x16x16x6", 222, 0),
    "TimeDistributed(DepthwiseConv2D(3, padding='same'))": ("5x8x8x4", "5x8x8x4", 40, 0),
    "TimeDistributed(SeparableConv2D(6, 3, padding='same'))": ("5x8x8x4", "5x8x8x6", 66, 0),
    "TimeDistributed(UpSampling2D(2))": ("5x8x8x4", "5x16x16x4", 0, 0),
    "TimeDistributed(ZeroPadding2D(((1, 2), (3, 4))))": ("5x8x8x4", "5x11x15x4", 0, 0),
    "TimeDistributed(Sequential([Conv2D(8, 3), Flatten(), Dense(5)]))": ("10x32x32x3", "10x5", 36229, 0),
    "Conv2dNormActivation(3, 32, kernel_size=3, stride=2, norm_layer=nn.BatchNorm2d, activation_layer=nn.ReLU6)": (
        "3x32x32", "32x16x16", 928, 64),
    "torchvision.ops.Conv2dNormActivation(3, 32, (3, 5), dilation=2, norm_layer=None, activation_layer=None)": (
        "3x32x32", "32x32x32", 1472, 0),
    "Conv3dNormActivation(3, 8, norm_layer=partial(nn.BatchNorm3d, eps=0.001, affine=False))": (
        "3x8x8x8", "8x8x8x8", 648, 16),
    "SqueezeExcitation(64, 16)": ("64x7x7", "64x7x7", 2128, 0),
    "SqueezeExcitation(64, 64//4, activation=nn.SiLU, scale_activation=nn.Hardsigmoid)": ("64x7x7", "64x7x7", 2128, 0),
    "MLP(64, [128, 32], norm_layer=nn.LayerNorm, dropout=0.1)": ("64", "32", 12704, 0),
    "MLP(64, [128, 96, 32], bias=False)": ("64", "32", 23552, 0),
    "ConvNormAct(3, 32, 3, 2)": ("3x32x32", "32x16x16", 928, 64),
    "ConvNormAct(3, 32, (3, 5), 2, dilation=2)": ("3x32x32", "32x16x16", 1504, 64),
    "ConvNormAct(3, 32, 3, padding='same')": ("3x32x32", "32x32x32", 928, 64),
    "ConvNormAct(3, 32, 5, apply_act=False)": ("3x32x32", "32x32x32", 2464, 64),
    "ConvNormAct(3, 32, 5, apply_norm=False)": ("3x32x32", "32x32x32", 2400, 0),
    "ConvBnAct(3, 32, 4, 2, bias=True)": ("3x32x32", "32x17x17", 1632, 64),
    "SEModule(64)": ("64x7x7", "64x7x7", 1096, 0),
    "SEModule(200, rd_ratio=1/10)": ("200x7x7", "200x7x7", 9824, 0),
    "SEModule(256, rd_ratio=0.25, gate_layer='hard_sigmoid')": ("256x7x7", "256x7x7", 33088, 0),
    "SEModule(256, norm_layer=nn.BatchNorm2d, bias=False)": ("256x7x7", "256x7x7", 8224, 32),
    "SqueezeExcite(64, rd_channels=16, act_layer=nn.SiLU)": ("64x7x7", "64x7x7", 2128, 0),
    "Mlp(64, 256, drop=0.1)": ("10x64", "10x64", 33088, 0),
    "Mlp(64)": ("10x64", "10x64", 8320, 0),
    "Mlp(64, 128, 32, norm_layer=nn.LayerNorm)": ("10x64", "10x32", 12704, 0),
}  # fmt: skip


def report_of(line):
    report = summarise_text(line)
    assert not report.errors, [(error.code, error.message) for error in report.errors]
    return report


@pytest.mark.parametrize("call", MEASURED)
def test_a_call_comes_to_what_its_framework_makes_of_it(call):
    shape, output, parameters, buffers = MEASURED[call]
    report = report_of(f"{shape} -> {call}")
    sizes = (*report.output[1:], report.output[0]) if report.channels_last else report.output
    found = ("x".join(map(str, sizes)), report.totals.parameters, report.totals.buffers)
    assert found == (output, parameters, buffers)


def layers_of(report):
    return [(layer.name, dict(layer.applied.setting.values), layer.field) for layer in report.layers]


# Several ways to say the same layers.
ALIKE = {
    "one after another": [
        "3x32x32 -> conv 6 k5 in_channels=3 -> relu -> maxpool 2",
        "3x32x32 -> nn.Sequential(nn.Conv2d(3, 6, 5), nn.ReLU(), nn.MaxPool2d(2))",
        "3x32x32 -> nn.Sequential(nn.Conv2d(3, 6, 5), nn.ReLU(), nn.MaxPool2d(2),)",
        "3x32x32 -> nn.Sequential(nn.Sequential(nn.Conv2d(3, 6, 5), nn.ReLU()), nn.MaxPool2d(2))",
        "3x32x32 -> nn.Sequential(*[nn.Conv2d(3, 6, 5), nn.ReLU(), nn.MaxPool2d(2)])",
        "3x32x32 -> nn.Sequential(\n    nn.Conv2d(3, 6, 5),\n    nn.ReLU(),\n    nn.MaxPool2d(2),\n)",
        "3x32x32 -> nn.Sequential(nn.Conv2d(3, 6, 5), nn.ReLU()) -> nn.MaxPool2d(2)",
        "3x32x32 -> nn.DataParallel(nn.Sequential(nn.Conv2d(3, 6, 5), nn.ReLU(), nn.MaxPool2d(2)))",
        "input: 3x32x32\nlayers:\n- nn.Sequential(nn.Conv2d(3, 6, 5),\n    nn.ReLU(), nn.MaxPool2d(2))",
        "input: 3x32x32\nlayers:\n- nn.Sequential:\n  - nn.Conv2d(3, 6, 5)\n  - relu\n  - maxpool 2",
        "input: 3x32x32\nlayers:\n- |\n  nn.Sequential(\n    nn.Conv2d(3, 6, 5),\n\n    nn.ReLU(), nn.MaxPool2d(2)\n  )",
    ],
    "with names": [
        "input: 3x32x32\nlayers: [first: 'nn.Conv2d(3, 6, 5)', act: nn.ReLU]",
        "3x32x32 -> nn.Sequential(OrderedDict([('first', nn.Conv2d(3, 6, 5)), ('act', nn.ReLU())]))",
        "3x32x32 -> nn.Sequential(collections.OrderedDict({'first': nn.Conv2d(3, 6, 5), 'act': nn.ReLU()}))",
        "3x32x32 -> nn.Sequential(OrderedDict(first=nn.Conv2d(3, 6, 5), act=nn.ReLU()))",
        "input: 3x32x32\nlayers:\n- nn.Sequential: {first: 'nn.Conv2d(3, 6, 5)', act: nn.ReLU}",
    ],
    "under a name": [
        "input: 3x32x32\nlayers: [{features: ['nn.Conv2d(3, 6, 5)', nn.ReLU]}]",
        "3x32x32 -> features = nn.Sequential(nn.Conv2d(3, 6, 5), nn.ReLU())",
        "3x32x32 -> self.features = nn.Sequential(nn.Conv2d(3, 6, 5), nn.ReLU())",
        "input: 3x32x32\nlayers:\n- features: nn.Sequential(nn.Conv2d(3, 6, 5), nn.ReLU())",
        "input: 3x32x32\nlayers:\n- features: {nn.Sequential: ['nn.Conv2d(3, 6, 5)', nn.ReLU]}",
    ],
    "of Keras": [
        "28x28x1 -> layers.Conv2D(6, 3, activation='relu') -> layers.Flatten() -> layers.Dense(10)",
        "28x28x1 -> keras.Sequential([layers.Conv2D(6, 3, activation='relu'), layers.Flatten(), layers.Dense(10)])",
        "28x28x1 -> Sequential([Conv2D(6, 3, activation='relu'), Flatten(), Dense(10)])",
        "28x28x1 -> keras.Sequential(layers=[Conv2D(6, 3, activation='relu'), Flatten(), Dense(10)])",
    ],
    "so many times": [
        "8x9x9 -> [nn.Conv2d(8, 8, 3, padding=1) -> nn.ReLU]*3",
        "8x9x9 -> nn.Sequential(*[nn.Sequential(nn.Conv2d(8, 8, 3, padding=1), nn.ReLU()) for _ in range(3)])",
    ],
    "with a norm": [
        "3x32x32 -> conv2d 6 k5 in_channels=3 norm=spectral",
        "3x32x32 -> nn.utils.spectral_norm(nn.Conv2d(3, 6, 5))",
        "3x32x32 -> nn.utils.spectral_norm(module=nn.Conv2d(3, 6, 5), name='weight', eps=1e-12)",
        "input: 3x32x32\nlayers:\n- spectral_norm: nn.Conv2d(3, 6, 5)",
        "input: 3x32x32\nlayers:\n- nn.utils.spectral_norm: {nn.Conv2d: {in_channels: 3, out_channels: 6, kernel_size: 5}}",
        "input: 3x32x32\nlayers:\n- nn.utils.spectral_norm: {module: 'nn.Conv2d(3, 6, 5)', eps: 0}",
    ],
    "in both directions": [
        "convention: keras\ninput: 20x16\nlayers: [lstm 8 bidirectional=yes]",
        "convention: keras\ninput: 20x16\nlayers:\n- Bidirectional: {LSTM: 8}",
        "convention: keras\ninput: 20x16\nlayers:\n- Bidirectional: {layer: lstm 8, merge_mode: concat}",
        "convention: keras\ninput: 20x16\nlayers:\n- layers.Bidirectional: layers.LSTM(8)",
    ],
}  # fmt: skip


@pytest.mark.parametrize(("first", "other"), [
    pytest.param(first, other, id=other.partition("->")[2] or other)
    for first, *others in ALIKE.values() for other in others
])  # fmt: skip
def test_they_mean_the_same(first, other):
    wanted, found = map(report_of, (first, other))
    assert layers_of(found) == layers_of(wanted)
    assert (found.output, found.totals) == (wanted.output, wanted.totals)


# What is wrong, where (line, column, length), and the cure where it is one to paste.
WRONG = {
    "an unknown class inside": (
        "3x32x32 -> nn.Sequential(nn.Conv2d(3, 6, 3), nn.Foo(2), nn.ReLU())", "K001", (1, 46, 9)),
    "a wrong value inside": (
        "3x32x32 -> nn.Sequential(nn.ReLU(), nn.Sequential(nn.Conv2d(3, 6, 3, foo=1)))", "K002", (1, 51, 25)),
    "on another line": (
        "3x32x32 -> nn.Sequential(\n  nn.ReLU(),\n  nn.Foo(),\n)", "K001", (3, 3, 8)),
    "of a folded entry": (
        "input: 3x32x32\nlayers:\n  - nn.Sequential(nn.ReLU(),\n      nn.Foo())", "K001", (4, 7, 8)),
    "of a block of text": (
        "input: 3x32x32\nlayers:\n  - |\n    nn.Sequential(\n      nn.Foo())", "K001", (5, 7, 8)),
    "an open bracket": ("3x32x32 -> nn.Sequential(nn.ReLU()", "L023", (1, 12, 23)),
    "a bracket too many": ("3x32x32 -> nn.Sequential(nn.ReLU()))", "L023", (1, 12, 25)),
    "an input among the layers": (
        "28x28x1 -> keras.Sequential([Input((28, 28, 1)), Dense(3)])", "C060", (1, 30, 18)),
    "nothing inside": ("3x32x32 -> nn.Sequential()", "C060", (1, 12, 15)),
    "a name of the program": ("3x32x32 -> nn.Sequential(*layers, nn.ReLU())", "C060", (1, 26, 7)),
    "a loop that uses its number": (
        "3x32x32 -> nn.Sequential(*[nn.Conv2d(2**i, 2, 3) for i in range(3)])", "C060", (1, 28, 39)),
    "no pair": ("3x32x32 -> nn.Sequential(OrderedDict([nn.ReLU()]))", "L030", (1, 39, 9)),
    "an unknown argument": ("3x32x32 -> spectral_norm(nn.Conv2d(3, 6, 5), foo=2)", "K002", (1, 50, 1)),
    "too many arguments": ("9 -> weight_norm(nn.Linear(9, 9), 'weight', 0, 5)", "L012", (1, 48, 1)),
    "an argument twice": ("9 -> weight_norm(nn.Linear(9, 9), module=nn.Linear(9, 9))", "L010", (1, 42, 15)),
    "a norm of no weights": ("3x32x32 -> spectral_norm(nn.MaxPool2d(2))", "C060", (1, 12, 30)),
    "a norm of several weights": ("5x3 -> weight_norm(nn.LSTM(3, 4), name='weight_hh_l0')", "C060", (1, 40, 14)),
    "a norm of a chain": ("3x8x8 -> spectral_norm(nn.Sequential(nn.Conv2d(3, 6, 5), nn.ReLU()))", "C060", (1, 24, 44)),
    "two norms": ("3x32x32 -> weight_norm(spectral_norm(nn.Conv2d(3, 6, 5)))", "C060", (1, 12, 46)),
    "along another axis": ("3x32x32 -> weight_norm(nn.Conv2d(3, 6, 5), dim=None)", "C060", (1, 48, 4)),
    "a norm that is not known for it": ("3x9x9 -> orthogonal(nn.Conv2d(3, 6, 5))", "V004", (1, 21, 18)),
    "no recurrent layer": ("9x9 -> Bidirectional(Dense(3))", "C060", (1, 8, 23)),
    "two outputs": ("9x9 -> Bidirectional(LSTM(3), merge_mode=None)", "C060", (1, 42, 4)),
    "both directions twice": ("9x9 -> Bidirectional(Bidirectional(LSTM(3)))", "C060", (1, 8, 37)),
    "a backward layer": ("9x9 -> Bidirectional(LSTM(3), backward_layer=GRU(3))", "C060", (1, 46, 6)),
    "a recurrent layer in each step": ("9x9x9 -> TimeDistributed(LSTM(3))", "C060", (1, 10, 24)),
    "frames in the other order": (
        "input: 10x3x32x32\nlayout: channels_first\nlayers: ['TimeDistributed(Conv2D(8, 3))']", "C018", (3, 27, 12)),
    "no frames": ("32x32x3 -> TimeDistributed(Conv2D(8, 3))", "C010", (1, 28, 12)),
    "a normalisation along another axis": (
        "9x9x9 -> TimeDistributed(BatchNormalization(axis=1))", "C060", (1, 10, 43)),
    "weights at every place": ("9x9x9x9 -> TimeDistributed(LocallyConnected2D(3, 3))", "C060", (1, 12, 41)),
    "a base class": ("9 -> layers.Wrapper(Dense(3))", "K001", (1, 6, 24)),
    "maps in both directions": ("9x9x9x9 -> Bidirectional(ConvLSTM2D(3, 3))", "C060", (1, 12, 31)),
    "an unknown way to merge": ("9x9 -> Bidirectional(LSTM(3), merge_mode='max')", "V004", (1, 22, 7)),
    "several layers merged": ("9x9 -> lstm 3 layers=2 bidirectional=yes merge=sum", "C013", (1, 8, 43)),
    "a decoder without its memory": (
        "9x9 -> nn.TransformerDecoder(nn.TransformerDecoderLayer(9, 3), 2)", "N002", (1, 30, 32)),
    "layers in no order": ("9x9x9 -> nn.ModuleList([nn.Conv2d(9, 9, 3), nn.ReLU()])", "K001", (1, 10, 46)),
    "a stack of unknown height": ("9x9 -> nn.TransformerEncoder(nn.Linear(9, 9))", "C060", (1, 8, 38)),
    "a missing parameter": ("9x9x9 -> SqueezeExcitation(9)", "V006", (1, 10, 20)),
    "wrong channels": ("9x9x9 -> SqueezeExcitation(8, 4)", "C012", (1, 10, 23)),
    "one number for a list": ("9 -> MLP(9, 9)", "V003", (1, 6, 9)),
    "an order that is not known": ("9x9x9 -> ConvBnAct(9, 9, 3, 1, 2)", "L012", (1, 32, 1)),
    "two classes of one name": ("64x7x7 -> SqueezeExcite(64)", "V006", (1, 11, 17)),
    "too deep": (f"9 -> {'nn.Sequential(' * 100}relu{')' * 100}", "L020", None),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_read_is_an_error_where_it_is(case):
    text, code, place = WRONG[case]
    error = summarise_text(text).errors[0]
    assert error.code == code
    assert place is None or (error.mark.line, error.mark.column, error.mark.length) == place
    assert error.hint


def test_every_error_inside_is_told():
    report = summarise_text("3x9x9 -> nn.Sequential(nn.Foo(), nn.ReLU(), nn.Conv2d(3, 6, 3, foo=1), nn.Bar())")
    assert [error.code for error in report.errors] == ["K001", "K002", "K001"]


# Errors whose cure is a line: it is one that can be computed.
CURED = [
    "spectral_norm(nn.MaxPool2d(2))",
    "weight_norm(spectral_norm(nn.Conv2d(9, 6, 5)))",
    "SqueezeExcitation(9)",
    "SqueezeExcite(9)",
    "TimeDistributed(layers.PReLU())",
    "Bidirectional(layers.PReLU())",
]


@pytest.mark.parametrize("call", CURED)
def test_the_cure_is_a_line_that_works(call, convcalc):
    code, _, err = convcalc("layer", call, "9x9x9")
    assert code == 3
    cure = err.rpartition("= help: ")[2].strip()
    assert convcalc("layer", re.sub(r"^(?:.*write:|for example) ", "", cure), "9x9x9")[0] == 0


def test_a_sequential_without_an_input_keeps_its_sides_open(convcalc):
    code, out, _ = convcalc("summary", "-e", "nn.Sequential(nn.Conv2d(1, 6, 5), nn.ReLU())")
    assert code == 0
    assert "1×H×W" in out


def test_an_input_is_put_in_front_of_its_sequential(convcalc):
    call = (
        "keras.Sequential([layers.Input(shape=(28, 28, 1)), layers.Conv2D(6, 5), layers.Flatten(), layers.Dense(10)])"
    )
    code, _, err = convcalc("layer", call, "28x28x1")
    assert code == 3
    assert convcalc("summary", "-e", err.partition("write it in front: ")[2].strip())[0] == 0


def test_a_sequential_of_a_command_line_is_worked_layer_by_layer(convcalc):
    code, shown, _ = convcalc("layer", "nn.Sequential(nn.Conv2d(3, 64, 3), nn.ReLU())", "3x32x32")
    assert code == 0
    assert "conv 64 k3, 3×32×32 → 64×30×30" in shown
    assert "relu, 64×30×30 → 64×30×30" in shown


def test_a_decoder_looks_at_its_memory_in_every_layer(convcalc):
    stack = "nn.TransformerDecoder(nn.TransformerDecoderLayer(64, 4, 128), 2, nn.LayerNorm(64))"
    report = report_of(f"input: {{tgt: 20x64, memory: 10x64}}\nlayers:\n- {stack}")
    assert (report.output, report.totals.parameters) == ((20, 64), 100608)  # as PyTorch 2.13.0
    assert [layer.inputs for layer in report.layers[:2]] == [("tgt", "memory"), ("decoderlayer1", "memory")]
    code, shown, _ = convcalc("layer", stack, "20x64", "10x64")
    assert (code, shown.count("20×64 + 10×64 → 20×64")) == (0, 2)


# What is put in one list, and under a name or repeated, takes the input that `from` names.
GROUPS = [
    "{nn.Sequential: [conv 3 k3 p1, relu], from: a}",
    "{nn.Sequential: [conv 3 k3 p1, relu], from: a, name: group}",
    "group: {nn.Sequential: [conv 3 k3 p1, relu], from: a}",
    "{repeat: {times: 1, layers: [conv 3 k3 p1, relu]}, from: a}",
]


@pytest.mark.parametrize("entry", GROUPS)
def test_a_group_takes_the_input_that_it_names(entry):
    report = report_of(f"input: 3x9x9\nlayers:\n- a: conv 3 k1\n- conv 5 k1\n- {entry}")
    assert [(layer.inputs, layer.applied.input) for layer in report.layers[2:3]] == [(("a",), ((3, 9, 9),))]


@pytest.mark.parametrize("times", range(4))
@pytest.mark.parametrize("entry", [
    "linear 7 from=a", "linear 7 activation=relu from=a", "mine from=a", "{linear: 7, from: a}", "{mine: , from: a}",
])  # fmt: skip
@pytest.mark.parametrize("name", ["", "d: "])
def test_the_first_turn_takes_the_input_that_a_repeat_names(entry, times, name):
    """No turn takes none: the layer behind it has the one before."""
    entry = entry.replace("{", f"{{{times} x ") if "{" in entry else f"{times} x {entry}"
    blocks = "blocks: {mine: [linear 7]}\n"
    report = report_of(f"{blocks}input: 10\nlayers:\n- a: linear 20\n- linear 5\n- {name}{entry}\n- last: linear 3")
    units = [layer.applied.input[0][0] for layer in report.layers if layer.kind == "linear"]
    assert units == [10, 20, *[20, 7, 7][:times], 7 if times else 5]


@pytest.mark.parametrize("entry", [GROUPS[1], "{mine: , from: a}", "{residual: [conv 3 k3 p1], from: a}"])
def test_several_inputs_of_a_group_are_a_question(entry):
    blocks = "blocks: {mine: [conv 3 k3]}\n"
    text = f"{blocks}input: 3x9x9\nlayers:\n- a: conv 3 k1\n- b: conv 3 k1\n- {entry}"
    report_of(text)
    (error,) = summarise_text(text.replace("from: a", "from: [a, b]")).errors
    assert (error.code, "takes 1 input, here it has 2" in error.message) == ("C030", True)


def test_the_layer_before_may_be_one_of_several(convcalc):
    text = "input: 3x8x8\nlayers: [a: conv 3 k1, conv 3 k3 p1, {add: [previous, a]}]"
    with_name = report_of(text.replace("conv 3 k3 p1", "b: conv 3 k3 p1").replace("previous", "b"))
    assert [layer.inputs for layer in report_of(text).layers][2] == ("conv1", "a")
    assert report_of(text).totals == with_name.totals
    own = "input: 3x8x8\nlayers: [previous: conv 3 k1, conv 3 k3 p1, {add: [previous, conv1]}]"
    assert report_of(own).layers[2].inputs == ("previous", "conv1")


def test_the_names_that_lead_here_are_those_known_here():
    assert {*WRAPPERS, *COMPOSITIONS} == WRAPPER_NAMES


def test_a_block_of_that_name_is_the_author_s():
    text = "blocks: {MLP: {params: {n: 3}, layers: [linear n]}}\ninput: 9\nlayers: [MLP n=4]"
    assert report_of(text).output == (4,)


def test_nothing_of_it_is_imported_without_need():
    code = (
        "import sys; from convcalc.network.load import summarise_text as s; "
        "s('3x32x32 -> nn.Conv2d(3, 6, 5) -> relu -> dense = linear 10'); "
        "print([name for name in sys.modules if 'calls' in name or 'compositions' in name])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_norm_is_in_the_record_of_a_report(convcalc):
    _, out, _ = convcalc("summary", "--json", "-e", "3x32x32 -> spectral_norm(nn.Conv2d(3, 6, 5))")
    (layer,) = json.loads(out)["layers"]
    assert (layer["values"]["norm"], layer["parameters"], layer["buffers"]) == ("spectral", 456, 81)
