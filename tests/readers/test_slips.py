"""Slips as people type them in a hurry: the cure that is told, pasted back, makes the network that was meant."""

import difflib
import re

import pytest

from convcalc.network.load import summarise, summarise_text
from convcalc.problem import Problem, Source

CURE = re.compile(r"write(?:, for example)?: (.*?)(?:, or: .*)?$")
QUANTITIES = ("output", "parameters", "macs")


def facts(report):
    assert not report.errors, [(error.code, error.message, error.hint) for error in report.errors]
    return [(layer.kind, *(getattr(layer.applied, each) for each in QUANTITIES)) for layer in report.layers]


def names(report):
    return [layer.name for layer in report.layers]


def pasted(text, error):
    """The text with the cure of an error in it: an entry of a list as the whole line, anything else for what is marked."""
    mark, found = error.mark, CURE.search(error.hint)
    assert found, (error.code, error.message, error.hint)
    cure, lines = found[1], text.split("\n")
    row = lines[mark.line - 1]
    if cure.lstrip().startswith("- "):
        dashes = [line.index("-") for line in lines if line.lstrip().startswith("- ")]
        indent = cure.index("-") or max(set(dashes or [2]), key=dashes.count if dashes else None)
        lines[mark.line - 1] = " " * indent + cure.lstrip()
    elif cure.startswith(" ") or mark.length >= len(row.strip()) or re.match(r"\w+:", cure):
        lines[mark.line - 1] = cure
    else:
        start = mark.column - 1
        lines[mark.line - 1] = row[:start] + cure + row[start + mark.length :]
    return "\n".join(lines)


def mended(text):
    """The report of a text after its cures were pasted, one after another as a person would."""
    told = []
    for _ in range(6):
        report = read(text)
        if not report.errors:
            return report, told
        error = report.errors[0]
        assert error.mark, (error.code, error.message)
        told.append(error)
        text = pasted(text, error)
    raise AssertionError([(error.code, error.message, error.hint) for error in told])


def read(text):
    try:
        return summarise(Source("-e" if "\n" not in text else "net.yaml", text))
    except Problem as problem:
        return type("Refused", (), {"errors": problem.diagnostics})


# A layer on 3×32×32 as it was typed, and what was meant.
LAYERS = [
    ("C1:conv 6 k5", "conv 6 k5"),
    ("C1:relu", "relu"),
    ("conv:6 k5", "conv 6 k5"),
    ("conv: 6, k: 5", "conv 6 k5"),
    ("conv: 6 k: 5", "conv 6 k5"),
    ("conv: {filters: 6, kernal: 5}", "conv 6 k5"),
    ("max pool 2", "maxpool 2"),
    ("avg pool 2, stride 2", "avgpool 2"),
    ("global avg pool", "globalavgpool"),
    ("leaky relu", "leakyrelu"),
    ("batch norm", "batchnorm"),
    ("conv 2d 6 k5", "conv 6 k5"),
    ("conv transpose 6 k2 s2", "tconv 6 k2 s2"),
    ("conv 6, k5, s1", "conv 6 k5"),
    ("conv 6; k5; s2", "conv 6 k5 s2"),
    ("conv 6,k5,s2", "conv 6 k5 s2"),
    ("conv k5", "conv 64 k5"),
    ("conv s2 p1", "conv 64 k3 s2 p1"),
    ("conv 64", "conv 64 k3"),
    ("maxpool", "maxpool 2"),
    ("maxpool s2", "maxpool 2"),
    ("batchnorm 32", "batchnorm"),
    ("relu 5", "relu"),
    ("sigmoid 1 2", "sigmoid"),
    ("conv 6 k5 p-1", "conv 6 k5 p1"),
    ("conv 6 k5 p=-1", "conv 6 k5 p1"),
    ("conv 6 k-5", "conv 6 k5"),
    ("3 x [conv 8 k3, relu]", "[conv 8 k3 -> relu]*3"),
    ("3x conv 8 k3", "3 x conv 8 k3"),
    ("2*conv 8 k3", "2 x conv 8 k3"),
    ("3 × conv 8 k3", "3 x conv 8 k3"),
    ("permute 2 1 3", "permute 2x1x3"),
    ("reshape 12 256", "reshape 12x256"),
    ("conv 6 5", "conv 6 k5"),
    ("conv 6 5x5", "conv 6 k5"),
    ("conv 6@5x5", "conv 6 k5"),
    ("conv 6 5 2", "conv 6 k5 s2"),
    ("maxpool 2 2", "maxpool 2"),
    ("maxpool 3 2 1", "maxpool 3 s2 p1"),
    ("conv6 k5", "conv 6 k5"),
    ("conv3x3 64", "conv 64 k3"),
    ("conv-6-k5", "conv 6 k5"),
    ("cnov 6 k5", "conv 6 k5"),
    ("maxpol 2", "maxpool 2"),
    ("conv filter=6 k5", "conv 6 k5"),
    ("conv 6 kernal 5", "conv 6 k5"),
    ("conv 6 kernel = 5", "conv 6 k5"),
    ("conv 6 kernel5", "conv 6 k5"),
    ("conv 6 kernal5 strides2", "conv 6 k5 s2"),
    ("conv 6 k= 5", "conv 6 k5"),
    ("conv 6 stride =2 k5", "conv 6 k5 s2"),
    ("C1 conv 6 k5", "conv 6 k5"),
    ("conv 6 kernel 5 stride 2", "conv 6 k5 s2"),
    ("conv 6 k 5", "conv 6 k5"),
    ("conv 6 kernel:5", "conv 6 k5"),
    ("conv 6 k5 stride=2px", "conv 6 k5 s2"),
    ("conv 6 k5 strid=2", "conv 6 k5 s2"),
    ("conv 6 k5 padding same", "conv 6 k5 p=same"),
    ("conv 6 k=5x", "conv 6 k5"),
    ("conv 6 k5x", "conv 6 k5"),
    ("conv 6 k(5,5)", "conv 6 k5"),
    ("conv 6 k5;", "conv 6 k5"),
    ("conv 6 k5.", "conv 6 k5"),
    ("conv 6 k5 relu", "conv 6 k5 -> relu"),
    ("conv 6 k5, relu", "conv 6 k5 -> relu"),
    ("conv 6 k5 – relu", "conv 6 k5 -> relu"),
    ("conv 6 k5 => relu", "conv 6 k5 -> relu"),
    ("conv 6 k5 –> relu", "conv 6 k5 -> relu"),
    ("conv 6 k5 ->maxpol 2", "conv 6 k5 -> maxpool 2"),
    ("“conv 6 k5”", "conv 6 k5"),
    ("conv 6 k5×5", "conv 6 k5"),
    ("conv\u00a06\u00a0k5", "conv 6 k5"),
    ("conv 6\tk5", "conv 6 k5"),
    ("conv ６ k５", "conv 6 k5"),
    ("1. conv 6 k5", "conv 6 k5"),
    ("• conv 6 k5", "conv 6 k5"),
    ("[conv 8 k3 p1, relu] x 2", "[conv 8 k3 p1 -> relu]*2"),
    ("[conv 8 k3 p1 -> relu] x2", "[conv 8 k3 p1 -> relu]*2"),
    ("(conv 8 k3 -> relu)*2", "[conv 8 k3 -> relu]*2"),
    ("conv 8 k3 *2", "2 x conv 8 k3"),
    ("6 conv k5", "conv 6 k5"),
    ("5x5 conv 6", "conv 6 k5"),
    ("conv 6 filters k5", "conv 6 k5"),
    ("conv 6 k5 no bias", "conv 6 k5 bias=no"),
    ("conv[6, k5]", "conv 6 k5"),
    ("conv = 6 k5", "conv 6 k5"),
    ("upsample x2", "upsample 2"),
    ("dropout 0,5", "dropout 0.5"),
    ("dropout 50%", "dropout 0.5"),
    ("nn.MaxPool2d(2, 2", "maxpool 2"),
    ("nn.Conv2d(3 6 5)", "conv 6 k5"),
    ("nn.Conv2d(3, 6, 5, pading=2)", "conv 6 k5 p2"),
    ("linear 3072 10", "flatten -> linear 10"),
    ("nn.Linear(400, 10)", "flatten -> linear 10"),
    ("nn.Linear(in_features=400, out_features=10)", "flatten -> linear 10"),
    ("linear(400, 10)", "flatten -> linear 10"),
    ("flatten -> nn.Linear(400, 10)", "flatten -> linear 10"),
    ("flatten -> dropout 0.5 -> nn.Linear(400, 10)", "flatten -> dropout 0.5 -> linear 10"),
    ("flatten -> linear 10 in_features=400", "flatten -> linear 10"),
    ("Conv2d(1, 6, 5)", "conv 6 k5"),
    ("nn.Conv2d(1, 6, kernel_size=5, stride=2)", "conv 6 k5 s2"),
    ("nn.Conv2d(in_channels=1, out_channels=6, kernel_size=5)", "conv 6 k5"),
    ("self.conv1 = nn.Conv2d(1, 6, 5)", "conv 6 k5"),
    ("conv 6 k5 in_channels=1", "conv 6 k5"),
    ("conv: {in_channels: 1, filters: 6, kernel: 5}", "conv 6 k5"),
    ("Conv2d: {in_channels: 1, out_channels: 6, kernel_size: 5}", "conv 6 k5"),
    ("BatchNorm2d(16)", "batchnorm"),
    ("nn.BatchNorm2d(num_features=16)", "batchnorm"),
    ("nn.GroupNorm(3, 16)", "groupnorm 3"),
    ("nn.ConvTranspose2d(16, 6, 2, 2)", "tconv 6 k2 s2"),
    ("nn.LayerNorm([3, 32, 33])", "nn.LayerNorm([3, 32, 32])"),
    ("nn.PReLU(16)", "nn.PReLU(3)"),
    ("conv 32 k=3,3", "conv 32 k3"),
    ("conv 32 kernel=3,5", "conv 32 k3x5"),
    ("reshape -1 16", "reshape -1x16"),
    ("nn.Conv2d(3, 32, 3", "conv 32 k3"),
    ("nn.conv2d(3,32,3)", "conv 32 k3"),
    ("nn.Conv2D(3, 32, 3)", "conv 32 k3"),
    ("nn.BatchNorm2D(3)", "batchnorm"),
    ("conv 6 k5*5", "conv 6 k5"),
    ("avgpool 2*2", "avgpool 2"),
    ("adaptiveavgpool 7*7", "adaptiveavgpool 7x7"),
    ("reshape 12*256", "reshape 12x256"),
    ("nn.Conv2d(3, 6, 5*5)", "conv 6 k5"),
    ("conv 6 5*5", "conv 6 k5"),
    ("conv 6 k5²", "conv 6 k5"),
    ("conv 6 k5·5", "conv 6 k5"),
    ("avgpool 2**2", "avgpool 2"),
    ("adaptiveavgpool 7²", "adaptiveavgpool 7x7"),
    ("reshape 3x32·32", "reshape 3x32x32"),
    ("conv 6 (5, 5)", "conv 6 k5"),
    ("conv 32 k3X5", "conv 32 k3x5"),
    ("prelu (28x28)", "prelu"),
    ("conv 64 k7 s2 p3,bias=no", "conv 64 k7 s2 p3 bias=no"),
    ("conv 64 k7 s2p3bias=no", "conv 64 k7 s2 p3 bias=no"),
    ("conv 6 k5 2s", "conv 6 k5 s2"),
    ("conv 6 k_5", "conv 6 k5"),
    ("conv c6 k5", "conv 6 k5"),
    ("conv3-64", "conv 64 k3 p1"),
    ("3x3 conv, 64", "conv 64 k3"),
    ("permute 2x1, 3", "permute 2x1x3"),
    ("adaptiveavgpool (7, 7)", "adaptiveavgpool 7x7"),
    ("relu; maxpool 2", "relu -> maxpool 2"),
    ("relu maxpool 2", "relu -> maxpool 2"),
    ("relu.conv 6 k5", "relu -> conv 6 k5"),
    ("ctonv 16 k4 s2 p1", "tconv 16 k4 s2 p1"),
    ("erlu", "relu"),
    ("conv 6 k5 x 2", "2 x conv 6 k5"),
    ("2 conv 6 k5", "2 x conv 6 k5"),
    ("2 times conv 6 k5", "2 x conv 6 k5"),
    ("2*(conv 6 k5)", "2 x conv 6 k5"),
    ("2 x nn.Conv2d(3, 64, 3)", "2 x conv 64 k3"),
    ("layer upsample 2", "upsample 2"),
    ("1: conv 6 k5", "conv 6 k5"),
    (">>> conv 6 k5", "conv 6 k5"),
    ("In [1]: nn.Conv2d(3, 6, 5)", "conv 6 k5"),
    ("model.add(nn.Conv2d(3, 6, 5))", "conv 6 k5"),
    ("x = conv 6 k5", "conv 6 k5"),
    ("conv 6 k5 // first", "conv 6 k5"),
    ("conv 6 k5 (28x28)", "conv 6 k5"),
    ("conv 6 k5:", "conv 6 k5"),
    ("nn.Cnv2d(3, 6, 5)", "conv 6 k5"),
    ("nn.Conv2d(3; 6; 5)", "conv 6 k5"),
    ("nn.Conv2d(3. 6, 5)", "conv 6 k5"),
    ("nn.Conv2d(3, 6, kernel_size:5)", "conv 6 k5"),
    ("nn.Conv2d(3, 6, kernel_size 5)", "conv 6 k5"),
    ("nn.Conv2d(3, 6, kernel_size==5)", "conv 6 k5"),
    ("nn.Conv2d(3, 6, 5, padding1)", "conv 6 k5 p1"),
    ("nn.Conv2d(3, 6, 5px)", "conv 6 k5"),
    ("nn.Conv2d(3, otu_channels=6, kernel_size=5)", "conv 6 k5"),
    ("nn.Conv2d 3, 6, 5", "conv 6 k5"),
    ("nn.ReLU(INPLACE=TRUE)", "relu"),
    ("Conv2d: {in_channels: 3, out_chanels: 6, kernel_size: 5}", "conv 6 k5"),
    ("conv: {filters=6, kernel: 5}", "conv 6 k5"),
    ("conv: {filters: 6, kernel: 5},", "conv 6 k5"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "right"), LAYERS, ids=[typed for typed, _ in LAYERS])
@pytest.mark.parametrize("form", ["in one line", "in a list"])
def test_the_cure_of_a_layer_makes_it_what_was_meant(typed, right, form):
    if form == "in one line":
        report, _ = mended(f"3x32x32 -> {typed}")
    else:
        report, _ = mended(f"input: 3x32x32\nlayers:\n  - {typed}\n")
    assert facts(report) == facts(summarise_text(f"3x32x32 -> {right}"))


# A whole spec as it was typed, the cures that are told, and what was meant.
SPECS = [
    ("input: 3x32x32\nlet: {w: 8}\nlayers:\n  - conv 2w k3\n", ["- conv 2*w k3"], "3x32x32 -> conv 16 k3"),
    ("input: 50x128\nlayers:\n  - transpose 1 2\n", ["- permute 2x1"], "50x128 -> permute 2x1"),
    ("input: 50x128\nlayers:\n  - transpose 1x2\n", ["- permute 2x1"], "50x128 -> permute 2x1"),
    ("input: 50x128\nlayers:\n  - transpose(1x2)\n", ["- permute 2x1"], "50x128 -> permute 2x1"),
    ("input: 50x128\nlayers:\n  - transpose -1 -2\n", ["- permute 2x1"], "50x128 -> permute 2x1"),
    ("Input: 3x32x32\nlayers:\n  - relu\n", ["input: 3x32x32"], "3x32x32 -> relu"),
    ("input: 3x32x32\nlayers:\n  - conv: 8, k: 3\n  - maxpool: 2x2, s: 2\n", ["- conv 8 k=3", "- maxpool 2x2 s=2"],
     "3x32x32 -> conv 8 k3 -> maxpool 2"),
    ("input_shape: 3x32x32\nlayers:\n  - relu\n", ["input: 3x32x32"], "3x32x32 -> relu"),
    ("input: 3x32x32\nlayers:\n  - conv:{filters: 32, kernel: 3}\n", ["- conv: {filters: 32, kernel: 3}"],
     "3x32x32 -> conv 32 k3"),
    ("3x32x32 - conv 8 k3", ["3x32x32 -> conv 8 k3"], "3x32x32 -> conv 8 k3"),
    ("3x32x32 => conv 8 k3 => relu", ["3x32x32 -> conv 8 k3 -> relu"], "3x32x32 -> conv 8 k3 -> relu"),
    ("3x32x32 > conv 8 k3", ["3x32x32 -> conv 8 k3"], "3x32x32 -> conv 8 k3"),
    ("3x32x32 => conv 8 k3 -> relu", ["3x32x32 -> conv 8 k3 -> relu"], "3x32x32 -> conv 8 k3 -> relu"),
    ("3x32x32 --> conv 8 k3 --> relu", ["3x32x32 -> conv 8 k3 -> relu"], "3x32x32 -> conv 8 k3 -> relu"),
    ("3x32x32=>conv 8 k3=>relu", ["3x32x32 -> conv 8 k3 -> relu"], "3x32x32 -> conv 8 k3 -> relu"),
    ("3x32x32 ⇒ conv 8 k3 ➔ relu", ["3x32x32 -> conv 8 k3 -> relu"], "3x32x32 -> conv 8 k3 -> relu"),
    ("3x32x32 | conv 8 k3 -> relu", ["3x32x32 -> conv 8 k3 -> relu"], "3x32x32 -> conv 8 k3 -> relu"),
    ("3x32x32 -> conv 8 k3 => relu", ["conv 8 k3 -> relu"], "3x32x32 -> conv 8 k3 -> relu"),
    ("3x32x32 -> conv 8 k3 --> relu", ["conv 8 k3 -> relu"], "3x32x32 -> conv 8 k3 -> relu"),
    ("torch.randn(1, 3, 32, 32) => nn.Conv2d(3, 8, 3) -> relu",
     ["torch.randn(1, 3, 32, 32) -> nn.Conv2d(3, 8, 3) -> relu"], "3x32x32 -> conv 8 k3 -> relu"),
    ("(3, 32, 32) => nn.Conv2d(3, 8, 3)", ["(3, 32, 32) -> nn.Conv2d(3, 8, 3)"], "3x32x32 -> conv 8 k3"),
    ("3X32X32 -> relu", [], "3x32x32 -> relu"),
    ("input: 3X32X32\nlayers:\n  - relu\n", [], "3x32x32 -> relu"),
    ("3*32*32 -> conv 2 k1", ["3x32x32"], "3x32x32 -> conv 2 k1"),
    ("input: 3*32*32\nlayers:\n  - conv 2 k1\n", ["3x32x32"], "3x32x32 -> conv 2 k1"),
    ("input: 3x8x9\nlayers:\n  - transpose 2 3\n", ["- permute 1x3x2"], "3x8x9 -> permute 1x3x2"),
    ("input: 3x8x9\nlayers:\n  - transpose 1 2\n", ["- permute 2x1x3"], "3x8x9 -> permute 2x1x3"),
    ("3x8x9 -> transpose(1, 2)", ["permute 2x1x3"], "3x8x9 -> permute 2x1x3"),
    ("6x8 -> relu -> transpose(1, 2)", ["permute 2x1"], "6x8 -> relu -> permute 2x1"),
    ("input: 3x32x32\nlayers:\n  - conv: {filters: 6, kernel: 5} x 2\n", ["- 2 x conv: {filters: 6, kernel: 5}"],
     "3x32x32 -> 2 x conv 6 k5"),
    ("4x5 -> permute 0 2 1", ["permute 2x1"], "4x5 -> permute 2x1"),
    ("3x8x9 -> transpose order=1x2", ["permute 2x1x3"], "3x8x9 -> permute 2x1x3"),
    ("input: 3x8x9\nlayers:\n  - transpose: {order: 1x2}\n", ["- permute 2x1x3"], "3x8x9 -> permute 2x1x3"),
    ("5000 -> Linear (2450 -> 500)", ["Linear (5000 -> 500)"], "5000 -> linear 500"),
    ("3x32x32, conv 8 k3, relu", ["3x32x32 -> conv 8 k3 -> relu"], "3x32x32 -> conv 8 k3 -> relu"),
    ("3x32x32 -> conv 8 k3 -> relu|maxpool 2", ["relu -> maxpool 2"], "3x32x32 -> conv 8 k3 -> relu -> maxpool 2"),
    ("3x32x32 -> conv 8 k3+relu;maxpool 2", ["conv 8 k3 -> relu -> maxpool 2"], "3x32x32 -> conv 8 k3 -> relu -> maxpool 2"),
    ("input: 3x32x32\nlayers:\n  - residual: conv 3 k1 -> relu\n", ["- residual: [conv 3 k1 -> relu]"],
     "input: 3x32x32\nlayers:\n  - residual: [conv 3 k1, relu]\n"),
    ("input: 3x32x32\nlayers:\n  - ersidual: [conv 3 k1, relu]\n", ["- residual: [conv 3 k1, relu]"],
     "input: 3x32x32\nlayers:\n  - residual: [conv 3 k1, relu]\n"),
    ("3x8x9 -> permute(0, 2, 3, 1)", [], "3x8x9 -> permute 2x3x1"),
    ("3x8x9 -> x.permute(2, 3, 1)", [], "3x8x9 -> permute 2x3x1"),
    ("3x8x8 -> reshape(4, 48)", [], "3x8x8 -> reshape 4x48"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "cures", "right"), SPECS, ids=[typed for typed, _, _ in SPECS])
def test_the_cure_of_a_spec_makes_it_what_was_meant(typed, cures, right):
    report, told = mended(typed)
    assert [CURE.search(error.hint)[1] for error in told] == cures
    assert facts(report) == facts(summarise_text(right))


@pytest.mark.parametrize(("typed", "told"), [
    ("add: stem", "add: {from: [a, stem]}"), ("from: stem", "add: {from: [a, stem]}"),
    ("add stem", "add: {from: [a, stem]}"), ("concat stem", "concat: {from: [a, stem]}"),
])  # fmt: skip
def test_a_join_of_one_layer_is_told_to_name_both(typed, told):
    text = "input: 3x32x32\nlayers:\n  - stem: conv 3 k3 p1\n  - a: conv 3 k3 p1\n  - "
    (error,) = read(f"{text}{typed}\n").errors
    assert error.hint.endswith(f", as in {told}")
    assert "write:" not in error.hint
    assert not read(f"{text}{told}\n").errors


@pytest.mark.parametrize(("keys", "told", "right"), [
    (["filters: 8", "kernel: 3"], "indent lines 4 to 5 by two more spaces", "conv 8 k3"),
    (["name: c1", "filters: 8", "kernel: [3, 5]"], "indent lines 4 to 6 by two more spaces", "conv 8 k3x5"),
])  # fmt: skip
def test_a_mapping_that_is_indented_too_little(keys, told, right):
    text = "input: 3x32x32\nlayers:\n  - conv:\n{}\n  - relu\n"
    assert read(text.format("\n".join(f"    {key}" for key in keys))).errors[0].hint == told
    report = read(text.format("\n".join(f"      {key}" for key in keys)))
    assert facts(report) == facts(summarise_text(f"3x32x32 -> {right} -> relu"))


HEAD = "input: 3x32x32\nlayers:\n  - conv 8 k3 p1\n"


def test_a_cure_leaves_out_the_remark_behind_the_layer():
    (error,) = read(f"{HEAD}  - maxpol 2        # halves both sides\n").errors
    assert error.hint == 'did you mean "maxpool"? write: - maxpool 2'


@pytest.mark.parametrize("dashes", [1, 2, 4])
def test_an_entry_that_is_indented_like_the_keys_above_it(dashes):
    text = f"{HEAD}  - C2: conv 16 k3 p1\n" + "    - relu\n" * dashes + "  - maxpool 2\n"
    report, told = mended(text)
    assert names(report)[1:-1] == ["C2", *(f"relu{number}" for number in range(1, dashes + 1))]
    assert (told[0].code, told[0].mark.line, told[0].hint) == ("Y007", 5, "write:   - relu")


def test_a_list_among_the_keys_of_a_residual_lacks_its_own():
    text = f"{HEAD}  - residual:\n    shortcut: auto\n    - conv 32 k3 s2 p1\n    - relu\n"
    (error,) = read(text).errors
    assert (error.code, error.mark.line, error.hint) == ("Y007", 6, "write its key above it, such as main: or layers:")


@pytest.mark.parametrize(("entry", "code", "hint"), [
    ("shortcut: auto", "L017", "residual: {main: [conv 64 k3 p1, relu], shortcut: auto}"),
    ("{repeat: 3, layers: [conv 8 k3]}", "L013", "both stand below it: repeat: {times: 3, layers: […]}"),
    ("block1:\n      repeat:\n      layers: [conv 8 k3]", "L013", "both stand below it: repeat: {times: 2, layers: […]}"),
])  # fmt: skip
def test_the_keys_of_a_block_beside_it_are_told_where_they_stand(entry, code, hint):
    error = read(f"{HEAD}  - {entry}\n").errors[0]
    assert (error.code, error.hint) == (code, hint)
    entry = hint.removeprefix("both stand below it: ").replace("[…]", "[relu]")
    assert not read(f"{HEAD}  - {entry}\n").errors


# A layer whose cure nobody can know.
UNKNOWN = [
    "conv 2w k3", "transpose 0 1", "conv 32 k=3 5", "conv 6 k5 2",
]  # fmt: skip


@pytest.mark.parametrize("typed", UNKNOWN)
def test_no_cure_is_better_than_a_wrong_one(typed):
    (error,) = read(f"input: 3x32x32\nlayers:\n  - {typed}\n").errors[:1]
    assert "write" not in error.hint
    assert "did you mean" not in error.hint


# A whole spec as it was typed below `input: 3x32x32`, and the line that is told.
MEANT = "  - conv 6 k5\n  - relu\n  - maxpool 2\n"
LISTS = [
    ("a line too far left", "  - conv 6 k5\n - relu\n  - maxpool 2\n", "  - relu", (4, 2)),
    ("a line too far right", "  - conv 6 k5\n   - relu\n  - maxpool 2\n", "  - relu", (4, 4)),
    ("the last line too far right", "  - conv 6 k5\n  - relu\n   - maxpool 2\n", "  - maxpool 2", (5, 4)),
    ("a dash missing", "  - conv 6 k5\n  relu\n  - maxpool 2\n", "- relu", (4, 3)),
    ("a dash missing further in", "  - conv 6 k5\n    relu\n  - maxpool 2\n", "- relu", (4, 5)),
    ("a dash missing at the margin", "  - conv 6 k5\nrelu\n  - maxpool 2\n", "- relu", (4, 1)),
    ("a dash missing below a comment", "  - conv 6 k5  # first\n    relu\n  - maxpool 2\n", "- relu", (4, 5)),
    ("the first dash missing", "  conv 6 k5\n  - relu\n  - maxpool 2\n", "- conv 6 k5", (3, 3)),
    ("all dashes missing", "  conv 6 k5\n  relu\n  maxpool 2\n", "- conv 6 k5", (3, 3)),
    ("no space after a dash", "  - conv 6 k5\n  -relu\n  - maxpool 2\n", "- relu", (4, 3)),
    ("no space after the first dash", "  -conv 6 k5\n  - relu\n  - maxpool 2\n", "- conv 6 k5", (3, 3)),
    ("a tab before a dash", "  - conv 6 k5\n\t- relu\n  - maxpool 2\n", "  - relu", (4, 1)),
    ("spaces that are none", "\u00a0\u00a0- conv 6 k5\n  - relu\n  - maxpool 2\n", "  - conv 6 k5", (3, 1)),
    ("a typesetter's dash", "  - conv 6 k5\n  – relu\n  - maxpool 2\n", "- relu", (4, 3)),
    ("typesetters' dashes", "  – conv 6 k5\n  – relu\n  – maxpool 2\n", "- conv 6 k5", (3, 3)),
    ("an asterisk for a dash", "  * conv 6 k5\n  - relu\n  - maxpool 2\n", "- conv 6 k5", (3, 4)),
    ("numbers for dashes", "  1. conv 6 k5\n  2. relu\n  3. maxpool 2\n", "- conv 6 k5", (3, 3)),
    ("a key and its values in two lines", "  - conv: 6\n    k: 5\n  - relu\n  - maxpool 2\n", None, (4, 5)),
    ("lines of Windows", "  - conv 6, k5\r\n  - relu\r\n  - maxpool 2\r\n", "- conv 6 k5", (3, 5)),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "told", "place"), [case[1:] for case in LISTS], ids=[case[0] for case in LISTS])
def test_the_cure_of_a_list_makes_it_what_was_meant(typed, told, place):
    text = f"input: 3x32x32\nlayers:\n{typed}"
    error = read(text).errors[0]
    assert (error.mark.line, error.mark.column) == place
    if told is None:
        assert error.hint == "write: conv 6 k=5"
    else:
        assert CURE.search(error.hint)[1] == told
        assert facts(mended(text)[0]) == facts(summarise_text(f"input: 3x32x32\nlayers:\n{MEANT}"))


@pytest.mark.parametrize("typed", [
    "  - C1: conv 6 k5\n    S2: maxpool 2\n", "  - C1: conv 6 k5\n      S2: maxpool 2\n",
    "  - C1: conv 6 k5\n  S2: maxpool 2\n", "  - C1: conv 6 k5\n - S2: maxpool 2\n",
    "  - C1: conv 6 k5\n   - S2: maxpool 2\n", "  C1: conv 6 k5\n  - S2: maxpool 2\n",
    "  - C1: conv 6 k5\n  -S2: maxpool 2\n", "  - C1:conv 6 k5\n  - S2:maxpool 2\n", "  - C1: conv 6,k5\n  - S2: max pool 2\n",
])  # fmt: skip
def test_the_cure_keeps_the_names_of_layers(typed):
    report, _ = mended(f"input: 3x32x32\nlayers:\n{typed}")
    assert names(report) == ["C1", "S2"]
    assert facts(report) == facts(summarise_text("3x32x32 -> conv 6 k5 -> maxpool 2"))


def test_variants_that_hold_a_let_are_told_as_a_section():
    text = "input: 3x8x8\nlayers: [conv n k1]\n{}\n"
    error = read(text.format("variants:\n  big:\n    let: {n: 4}\n  small:\n    let: {n: 2}")).errors[0]
    assert error.hint == "write: variants: {variant: {big: {n: 4}, small: {n: 2}}}"
    chosen = read(text.format(CURE.search(error.hint)[1])).errors[0]
    assert chosen.hint == "let: {variant: big}; one of big, small"
    assert not read(text.format(f"{CURE.search(error.hint)[1]}\nlet: {{variant: big}}")).errors


def test_a_line_that_continues_another_is_called_so():
    error = read("input: 3x32x32\nname: x\nlayers:\n  - conv 6 k5\n    relu\n").errors[0]
    assert error.message == "line 5 continues line 4: begin it with `- `"


@pytest.mark.parametrize(("chain", "work"), [
    ("6x14x14 -> nn.Linear(400, 10)", "6·14·14 = 1176"),
    ("6x14x14 -> flatten -> nn.Linear(400, 10)", "6·14·14 = 1176"),
    ("3x32x32 -> conv 8 k5 -> flatten -> relu -> nn.Linear(400, 3)", "8·28·28 = 6272"),
])  # fmt: skip
def test_the_length_of_a_flattened_map_is_told_as_a_product(chain, work):
    assert read(chain).errors[0].work == work


@pytest.mark.parametrize(
    "typed",
    ["conv 6 k5 frobnicate", "wxyz 3", "conv 6 k5 k7", "dropout 2", "conv widht k3", "(", "conv ((", "x" * 10_000],
)
def test_where_nobody_can_tell_nothing_is_told(typed):
    for text in (f"3x32x32 -> {typed}", f"input: 3x32x32\nlayers:\n  - {typed}\n  - relu\n"):
        assert all("write: " not in error.hint for error in read(text).errors)
        assert read(text).errors


def test_a_batch_in_front_of_a_shape_is_a_question():
    (error,) = read("3x8x8 -> view(-1, 4, 48)").errors
    assert error.hint == "write: view 4x48, or: view -1x4x48"
    assert all(not read(f"3x8x8 -> {line}").errors for line in ("view 4x48", "view -1x4x48"))


def test_a_slip_that_is_repeated_is_looked_up_once(monkeypatch):
    asked = []
    look_up = difflib.get_close_matches
    monkeypatch.setattr(
        difflib, "get_close_matches", lambda word, *rest, **more: asked.append(word) or look_up(word, *rest, **more)
    )
    report = summarise_text("3x8x8" + " -> glboalavgpoo 3" * 500)
    assert len(report.errors) == 500
    assert len(asked) <= 5


def test_the_labels_of_a_whole_line_are_names_each_at_its_layer():
    text = "3x32x32 -> L1: conv 6 k5 -> L2: relu -> L3: maxpool 2"
    first = summarise(Source("-e", text)).diagnostics[0]
    assert first.hint == "write: conv 6 k5 name=L1 -> relu name=L2 -> maxpool 2 name=L3"
    assert names(summarise(Source("-e", pasted(text, first)))) == ["L1", "L2", "L3"]
