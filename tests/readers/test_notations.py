"""The notations of papers and lectures: what each is read as, what is asked instead, and that the shorthand keeps its own."""

import re
import subprocess
import sys
from random import Random

import command_lines
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kind_rows import ROWS
from test_slips import LAYERS, facts, mended

from convcalc.kinds import KINDS
from convcalc.kinds.foreign import LIBRARIES, foreign_classes
from convcalc.network.load import summarise, summarise_text
from convcalc.problem import Problem, Source
from convcalc.readers import notations, shorthand

VGG16 = [
    *["conv3-64"] * 2, "maxpool", *["conv3-128"] * 2, "maxpool", *["conv3-256"] * 3, "maxpool",
    *["conv3-512"] * 3, "maxpool", *["conv3-512"] * 3, "maxpool", "FC-4096", "FC-4096", "FC-1000", "soft-max",
]  # fmt: skip

# What is typed, on an input of this shape, and the line of the shorthand that it is.
READ = [
    # Simonyan & Zisserman 2015, table 1: "conv⟨receptive field size⟩-⟨number of channels⟩", padded to keep the size.
    ("CONV3-64", "3x224x224", "conv 64 k3 p1"),
    ("conv3-64", "3x224x224", "conv 64 k3 p1"),
    ("conv1-512", "512x14x14", "conv 512 k1"),
    ("CONV5-10", "1x32x32", "conv 10 k5 p2"),
    ("CONV3x5-8", "1x32x32", "conv 8 k3x5 p1x2"),
    ("FC-4096", "25088", "linear 4096"),
    ("FC-4096", "512x7x7", "flatten -> linear 4096"),
    ("FC-10", "250", "linear 10"),
    ("POOL2", "64x224x224", "maxpool 2"),
    ("POOL-2", "64x224x224", "maxpool 2"),
    ("maxpool2", "64x224x224", "maxpool 2"),
    ("AVGPOOL7", "512x7x7", "avgpool 7"),
    # He et al. 2016, figure 3 and table 1: 224 → 112 → 56.
    ("7x7, 64, stride 2", "3x224x224", "conv 64 k7 s2 p3"),
    ("7×7, 64, stride 2", "3x224x224", "conv 64 k7 s2 p3"),
    ("7x7 conv, 64, /2", "3x224x224", "conv 64 k7 s2 p3"),
    ("7 x 7 conv, 64, /2", "3x224x224", "conv 64 k7 s2 p3"),
    ("3x3 conv, 128, /2", "64x56x56", "conv 128 k3 s2 p1"),
    ("1x1 conv, 256", "64x56x56", "conv 256 k1"),
    ("1x1, 64", "256x56x56", "conv 64 k1"),
    ("4x4, 96, stride 4", "3x224x224", "conv 96 k4 s4"),
    # Howard et al. 2017, table 1: type / stride, and the shape of the filters.
    ("Conv / s2 3 x 3 x 3 x 32", "3x224x224", "conv 32 k3 s2 p1"),
    ("Conv dw / s1 3 x 3 x 32 dw", "32x112x112", "dwconv k3 p1"),
    ("Conv dw / s2 3 × 3 × 64 dw", "64x112x112", "dwconv k3 s2 p1"),
    ("Conv / s1 | 1 × 1 × 32 × 64", "32x112x112", "conv 64 k1"),
    ("Avg Pool / s1 Pool 7 x 7", "1024x7x7", "avgpool 7 s1"),
    ("FC / s1 1024 x 1000", "1024x1x1", "flatten -> linear 1000"),
    ("Softmax / s1 Classifier", "1000", "softmax"),
    # Szegedy et al. 2015, table 1: patch size/stride, and the size that comes out.
    ("convolution 7×7/2 112×112×64", "3x224x224", "conv 64 k7 s2 p3"),
    ("max pool 2x2/2", "64x56x56", "maxpool 2"),
    # Words, every number with its own; what is not said has its default.
    ("conv 64 3x3", "3x32x32", "conv 64 k3"),
    ("conv 64 3 x 3", "3x32x32", "conv 64 k3"),
    ("conv 64 3x5, stride 2", "3x32x32", "conv 64 k3x5 s2"),
    ("conv 64 3x3 s2 p1 bias=no", "3x32x32", "conv 64 k3 s2 p1 bias=no"),
    ("conv 100 filters size 3x3 stride 1", "3x256x256", "conv 100 k3"),
    ("conv with 100 filters of size 3 x 3, stride 1, padding 1", "3x256x256", "conv 100 k3 p1"),
    ("convolutional layer with 32 filters of size 5x5 and same padding", "3x32x32", "conv 32 k5 p2"),
    ("conv 16 filters, kernel size 3, dilation 2, 2 groups, no bias", "4x32x32", "conv 16 k3 d2 g2 bias=no"),
    ("max pooling of size 3, stride 2", "3x32x32", "maxpool 3 s2"),
    ("average pool 2x2", "3x32x32", "avgpool 2"),
    ("dense layer with 10 units", "100", "linear 10"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "shape", "line"), READ, ids=[f"{typed} on {shape}" for typed, shape, _ in READ])
@pytest.mark.parametrize("way", ["in one line", "in a list", "with a name"])
def test_a_published_form_is_a_line_of_the_shorthand(typed, shape, line, way):
    text = f"{shape} -> {typed}"
    if way != "in one line":
        text = f'input: {shape}\nlayers:\n  - {"L: " if way == "with a name" else ""}"{typed}"\n'
    assert facts(summarise_text(text)) == facts(summarise_text(f"{shape} -> {line}"))


# What is typed, and the lines that are asked instead.
ASKED = [
    ("3x3 conv, 64", ["conv 64 k3x3", "conv 64 k3x3 p1"]),
    ("3×3, 64", ["conv 64 k3x3", "conv 64 k3x3 p1"]),
    ("4x4 conv, 64, /2", ["conv 64 k4x4 s2", "conv 64 k4x4 s2 p1"]),
    ("conv2-64", ["conv 64 k2", "conv 64 k2 p=same"]),
    ("CONV-9-32", ["conv 32 k9", "conv 32 k9 p4"]),
    ("7x7 conv, 64, /2, pool/2", ["conv 64 k7x7 s2 p3 -> maxpool 2", "conv 64 k7x7 s2 p3 -> maxpool 3 s2 p1"]),
    ("pool, /2", ["maxpool 2", "maxpool 3 s2 p1"]),
    ("3x3 max pool, stride 2", ["maxpool 3x3 s2", "maxpool 3x3 s2 p1"]),
    ("max pool 3x3/2", ["maxpool 3x3 s2", "maxpool 3x3 s2 p1"]),
    ("maxpool 4x4/2", ["maxpool 4x4 s2", "maxpool 4x4 s2 p1"]),
    ("conv 64 3x3/2", ["conv 64 k3x3 s2", "conv 64 k3x3 s2 p1"]),
    ("convolution 7x7/2", ["conv 64 k7x7 s2 p3"]),
    ("3x3/2", ["conv 64 k3x3 s2 p1", "maxpool 3x3 s2"]),
    ("Conv dw / s2", ["dwconv k3 s2 p1"]),
    ("Conv / s1", ["conv 64 k3 s1 p1"]),
    ("6@28x28", ["conv 6 k5"]),
    ("feature maps 6@28x28", ["conv 6 k5"]),
    ("f. maps 16@10x10", ["conv 16 k5"]),
    ("S2: f. maps 6@14x14", ["subsample 2", "avgpool 2"]),
    ("tf.nn.conv2d(x, w, 2, 'SAME')", ["conv 64 k3"]),
    ("slim.conv2d(net, 64, [3, 3])", ["conv 64 k3x3"]),
    ("Conv(3, 64)", ["conv 3 k64", "conv 64 k3 in_channels=3"]),
    ("Conv(3, 64, 3, 2)", ["conv 3 k64 s3 p2", "conv 64 k3 s2 in_channels=3"]),
    ("conv2d(3, 6, 5)", ["conv 3 k6 s5", "nn.Conv2d(3, 6, 5)"]),
    ("nn.Conv2D(3, 6, 5)", ["nn.Conv2d(3, 6, 5)"]),
    ("kl.Conv2D(3, 6, 5)", ["layers.Conv2D(3, 6, 5)", "nn.Conv2d(3, 6, 5)"]),
    ("L.Convolution2D(3, 6, 5)", ["conv 3 k6 s5", "conv 6 k5 in_channels=3"]),
    ("mindspore.nn.Conv2d(3, 6, 5)", ["nn.Conv2d(3, 6, 5)", "layers.Conv2D(3, 6, 5)"]),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "lines"), ASKED, ids=[typed for typed, _ in ASKED])
def test_what_a_form_leaves_open_is_asked_and_every_answer_can_be_pasted(typed, lines):
    error = summarise(Source("-e", f"3x99x99 -> {typed}")).errors[0]
    assert re.sub("^write(, for example)?: ", "", error.hint).split(", or: ") == lines
    for line in lines:
        reading = summarise(Source("-e", f"{'99x99x3' if 'layers' in line else '3x99x99'} -> {line}"))
        assert not reading.errors


def pasted_lines(network):
    """The lines that `summary --style vgg` prints, without its totals."""
    command = [sys.executable, "-m", "convcalc", "summary", network, "--style", "vgg"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [line for line in printed.splitlines() if ": [" in line]


@pytest.fixture(scope="module")
def vgg_lines():
    return pasted_lines("vgg16")


def test_what_the_style_vgg_prints_is_pasted_back(vgg_lines):
    """138,357,544 parameters, as torchvision has them."""
    report = summarise_text(" -> ".join(vgg_lines))
    assert not report.errors
    assert report.inputs["input"] == (3, 224, 224)
    assert (report.output, report.totals.parameters) == ((1000,), 138_357_544)


def test_what_the_style_vgg_prints_is_pasted_back_line_by_line(vgg_lines):
    shape = "3x224x224"
    for line in vgg_lines[1:]:
        report = summarise_text(f'input: {shape}\nlayers:\n  - "{line}"\n')
        assert not report.errors
        sides = "x".join(
            map(str, (*report.output[1:], report.output[0]) if report.output[1:] else (1, 1, *report.output))
        )
        assert f": [{sides}]" in line
        shape = "x".join(map(str, report.output))
    assert shape == "1000"


def test_a_line_whose_stride_is_left_out_is_refused_for_the_size_that_it_says():
    """AlexNet's CONV11-64 has a stride of 4 and a padding of 2, of which the notes' lines say nothing."""
    (error,) = summarise_text("3x224x224 -> CONV11-64: [55x55x64]  memory: 55*55*64=190K  weights: 23,232").errors
    assert error.message == "64x224x224 comes out, and its line says 64x55x55"
    assert 'convcalc solve 3x224x224 "conv 64 k11 s? p?" 64x55x55' in error.hint
    assert summarise_text("3x224x224 -> CONV11-64").output == (64, 224, 224)


def test_a_size_in_a_row_of_the_inception_table_is_held_to():
    (error,) = summarise_text("3x224x224 -> convolution 7x7/2 109x109x64").errors
    assert error.message == "64x112x112 comes out, and its line says 64x109x109"


# Howard et al. 2017, table 1, row by row; the last depthwise row says s2 there, between two inputs of 7 × 7.
MOBILENET = """
Conv / s2 | 3 × 3 × 3 × 32 | 224 × 224 × 3
Conv dw / s1 | 3 × 3 × 32 dw | 112 × 112 × 32
Conv / s1 | 1 × 1 × 32 × 64 | 112 × 112 × 32
Conv dw / s2 | 3 × 3 × 64 dw | 112 × 112 × 64
Conv / s1 | 1 × 1 × 64 × 128 | 56 × 56 × 64
Conv dw / s1 | 3 × 3 × 128 dw | 56 × 56 × 128
Conv / s1 | 1 × 1 × 128 × 128 | 56 × 56 × 128
Conv dw / s2 | 3 × 3 × 128 dw | 56 × 56 × 128
Conv / s1 | 1 × 1 × 128 × 256 | 28 × 28 × 128
Conv dw / s1 | 3 × 3 × 256 dw | 28 × 28 × 256
Conv / s1 | 1 × 1 × 256 × 256 | 28 × 28 × 256
Conv dw / s2 | 3 × 3 × 256 dw | 28 × 28 × 256
Conv / s1 | 1 × 1 × 256 × 512 | 14 × 14 × 256
Conv dw / s1 | 3 × 3 × 512 dw | 14 × 14 × 512
Conv / s1 | 1 × 1 × 512 × 512 | 14 × 14 × 512
Conv dw / s2 | 3 × 3 × 512 dw | 14 × 14 × 512
Conv / s1 | 1 × 1 × 512 × 1024 | 7 × 7 × 512
Conv dw / {last} | 3 × 3 × 1024 dw | 7 × 7 × 1024
Conv / s1 | 1 × 1 × 1024 × 1024 | 7 × 7 × 1024
Avg Pool / s1 | Pool 7 × 7 | 7 × 7 × 1024
FC / s1 | 1024 × 1000 | 1 × 1 × 1024
Softmax / s1 | Classifier | 1 × 1 × 1000
"""


def mobilenet(last):
    rows = MOBILENET.format(last=last).strip().splitlines()
    fifth = rows.index("Conv dw / s1 | 3 × 3 × 512 dw | 14 × 14 × 512")
    rows[fifth : fifth + 2] = rows[fifth : fifth + 2] * 5
    return summarise_text("3x224x224 -> " + " -> ".join(rows))


def test_the_table_of_mobilenet_is_pasted_row_by_row():
    """569 million multiply-adds and 4.2 million parameters, as its table 4 has them; 568,740,352 in Keras's model."""
    report = mobilenet("s1")
    assert not report.errors
    assert (report.output, report.totals.macs) == ((1000,), 568_740_352)
    assert report.totals.parameters - report.totals.biases == 4_209_088


def test_a_row_of_a_table_is_held_to_the_size_that_goes_in():
    (error,) = mobilenet("s2").errors[:1]
    assert error.message == "1024x4x4 goes in, and its line says 1024x7x7"


def test_a_pooling_without_a_size_is_two_by_two_in_the_company_of_vgg():
    chain = summarise_text("3x224x224 -> " + " -> ".join(VGG16))
    listed = summarise_text("input: 3x224x224\nlayers:\n" + "".join(f"  - {layer}\n" for layer in VGG16))
    for report in (chain, listed):
        assert not report.errors
        assert (report.output, report.totals.parameters) == ((1000,), 138_357_544)
    assert summarise_text("3x32x32 -> conv 64 k3 -> maxpool").errors[0].code == "V006"
    assert summarise_text("3x32x32 -> conv3-64 -> maxpool 3 s2").output == (64, 15, 15)


@pytest.mark.parametrize("typed", ["3x3 conv, 64, /2", "Conv / s1 1x1x16x64", "max pool 2x2/2", "conv 64 3x3"])
def test_a_window_of_two_sides_is_none_of_a_signal(typed):
    assert summarise_text(f"16x100 -> {typed}").errors


def test_a_size_that_is_said_is_not_held_against_letters():
    assert not summarise_text("3xHxW -> CONV3-64: [224x224x64]").errors


def test_what_a_notation_pads_is_said_once():
    report = summarise_text("3x32x32 -> conv3-64 -> conv3-64 -> conv5-8")
    assert [(note.code, note.message) for note in report.diagnostics] == [
        ("W005", "conv3-64 is conv 64 k3 p1, padded as in Simonyan & Zisserman 2015, table 1")
    ]
    assert not summarise_text("3x32x32 -> conv1-64 -> POOL2").diagnostics


@pytest.mark.parametrize(("typed", "example"), [
    ("CONV3_64", "CONV3-64"), ("CONVS3-64", "CONV3-64"), ("Conv dw / s2 3x3x32", "Conv dw / s2 3x3x32 dw"),
    ("Conv /s1 1x1x32", "Conv / s1 1x1x32x64"), ("3x3 conv; 64; /2", "7x7 conv, 64, /2"),
])  # fmt: skip
def test_an_error_of_a_near_miss_names_the_notation(typed, example):
    assert summarise_text(f"32x32x32 -> {typed}").errors[0].hint.endswith(f" writes {example}")


# A call of another framework, on an input of this shape: the order is that of its documentation.
CALLS = [
    ("paddle.nn.Conv2D(3, 6, 5)", "3x32x32", "conv 6 k5"),
    ("paddle.nn.Conv2D(3, 6, 5, 2, 1, bias_attr=False)", "3x32x32", "conv 6 k5 s2 p1 bias=no"),
    ("paddle.nn.MaxPool2D(3, 2, 1, True)", "3x33x33", "maxpool 3 s2 p1 ceil=yes"),
    ("paddle.nn.Conv2DTranspose(3, 6, 4, 2, 1)", "3x8x8", "tconv 6 k4 s2 p1"),
    ("paddle.nn.Linear(100, 10)", "100", "linear 10"),
    ("paddle.nn.ReLU()", "3x8x8", "relu"),
    ("mx.gluon.nn.Conv2D(channels=6, kernel_size=5)", "3x32x32", "conv 6 k5"),
    ("gluon.nn.Conv2D(6, 5, 2, 1, activation='relu')", "3x32x32", "conv 6 k5 s2 p1 -> relu"),
    ("gluon.nn.MaxPool2D()", "3x32x32", "maxpool 2"),
    ("gluon.nn.Dense(10)", "3x4x4", "flatten -> linear 10"),
    ("flax.linen.Conv(features=6, kernel_size=(5, 5), strides=2)", "32x32x3", "conv 6 k5 s2 p=same"),
    ("nn.Conv(features=6, kernel_size=(5, 5), padding='VALID')", "32x32x3", "conv 6 k5"),
    ("linen.max_pool(x, (3, 3), (2, 2))", "33x33x3", "maxpool 3 s2"),
    ("linen.max_pool(x, (3, 3))", "33x33x3", "maxpool 3 s1"),
    ("tf.nn.max_pool(x, ksize=[1, 3, 3, 1], strides=[1, 2, 2, 1], padding='SAME')", "32x32x3", "maxpool 3 s2 p=same"),
    ("tf.nn.relu(x)", "32x32x3", "relu"),
    ("tf.layers.conv2d(inputs, 64, 3, padding='same', activation=tf.nn.relu)", "32x32x3", "conv 64 k3 p1 -> relu"),
    ("tf.layers.max_pooling2d(inputs=x, pool_size=[2, 2], strides=2)", "32x32x3", "maxpool 2"),
    ("tflearn.conv_2d(network, 32, 3, activation='relu')", "32x32x3", "conv 32 k3 p1 -> relu"),
    ("tflearn.max_pool_2d(network, 2)", "33x33x3", "maxpool 2 p=same"),
    ("tflearn.fully_connected(network, 10)", "4x4x3", "flatten -> linear 10"),
    ("convolution2dLayer(5, 20, 'Stride', 2)", "3x32x32", "conv 20 k5 s2"),
    ("convolution2dLayer([3 5],20,'Padding','same','Name','c1')", "3x32x32", "conv 20 k3x5 p1x2"),
    ("convolution2dLayer(3, 8, 'Padding', [1 1 2 2], 'DilationFactor', 2)", "3x32x32", "conv 8 k3 p1x2 d2"),
    ("convolution2dLayer(3, 8, Padding=1)", "3x32x32", "conv 8 k3 p1"),
    ("maxPooling2dLayer(2)", "3x32x32", "maxpool 2 s1"),
    ("maxPooling2dLayer(2, 'Stride', 2)", "3x32x32", "maxpool 2"),
    ("fullyConnectedLayer(10)", "3x4x4", "flatten -> linear 10"),
    ("reluLayer", "3x4x4", "relu"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "shape", "line"), CALLS, ids=[call for call, _, _ in CALLS])
def test_a_call_of_another_framework_has_its_own_order(call, shape, line):
    keras = {"convention": "keras", "layout": "channels_last"} if shape.endswith("x3") else {}
    head = "".join(f"{name}: {value}\n" for name, value in keras.items())
    right = summarise_text(f"{head}input: {shape}\nlayers: ['{line}']\n")
    assert facts(summarise_text(f"{shape} -> {call}")) == facts(right)


def test_every_framework_that_is_elsewhere_is_kept_from_the_classes_of_pytorch_and_keras():
    prefixes = {prefix for library in LIBRARIES for prefix in library.prefixes.split()}
    assert {prefix for prefix in prefixes if not shorthand.is_elsewhere(prefix)} == {"tf.layers", "tf.compat.v1.layers"}
    for known in foreign_classes().values():
        assert any(kind.name == known.kind for kind in KINDS)


# The shorthand keeps its own


def plain(text, framework="torch"):
    try:
        written = shorthand.plain_layer(text, framework)
        wrong = shorthand.values_of(written.kind, dict(written.args), {})[1]
    except (Problem, RecursionError):
        return None
    return None if wrong else written


def random_lines(count):
    """Layers of the shorthand's whole grammar: every kind by every name, keys by symbol, name and alias, calls."""
    random = Random(7)
    for _ in range(count):
        yield command_lines.layer(random)
    for kind in KINDS:
        for name in (kind.name, *kind.aliases):
            yield name
            yield f"{name} {random.randint(1, 99)}"
            yield f"{name} {random.randint(1, 9)}x{random.randint(1, 9)}"
            for key in kind.keys:
                for word in (key.symbol, key.name, *key.aliases):
                    yield f"{name} {random.randint(1, 9)} {word}={random.randint(1, 9)}"
                    yield f"{name} {random.randint(1, 9)} {word}{random.randint(1, 9)}"


def test_no_form_is_the_shorthands_own():
    """What the shorthand reads is in no published form, and is read as it always was."""
    lines = [
        *random_lines(4000),
        *(right for _, right in LAYERS),
        *(row.layer for rows in ROWS.values() for row in rows),
    ]
    own = [line for line in lines if plain(line)]
    assert len(own) > 2000
    for line in own:
        assert shorthand.layer(line) == plain(line)
        assert notations.form_of(notations.plain_text(line)) is None, line


@pytest.mark.parametrize("form", notations.FORMS, ids=[form.example for form in notations.FORMS])
def test_no_example_of_a_form_is_the_shorthands_own(form):
    assert notations.form_of(notations.plain_text(form.example))[0] is form
    assert plain(form.example) is None
    for line in notations.lines_of_notation(form.example):
        shapes = ("3x33x33", "32x32x32", "1024", "3x224x224")
        assert any(not summarise_text(f"{shape} -> {line}").errors for shape in shapes)


def test_every_layer_of_the_slips_is_what_it_was_meant_as_where_it_is_read():
    for typed, right in LAYERS:
        report = summarise_text(f"3x32x32 -> {typed}")
        if not report.errors:
            assert facts(report) == facts(summarise_text(f"3x32x32 -> {right}"))


def test_the_notations_are_looked_up_only_where_the_shorthand_fails():
    program = (
        "import sys; from convcalc.network.load import summarise_text as s;"
        "s('3x32x32 -> conv 64 k3 s2 -> nn.ReLU() -> [maxpool 2]*2 -> flatten -> linear 10');"
        "assert 'convcalc.readers.notations' not in sys.modules;"
        "s('3x32x32 -> CONV3-64');"
        "assert 'convcalc.readers.notations' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


# Total and linear

PIECES = [
    "conv", "CONV", "FC", "pool", "max pool", "3x3", "3", "64", "-", "/", "/2", ",", " ", " x ", "x", "×", "stride", "of size",
    "filters", "padding", "same", "dw", "s1", "@", ": ", "[7x7x3]", "memory: ", "feature maps", "with", "no bias", "k3",
    "tf.nn.conv2d(", "paddle.nn.Conv2D(", "convolution2dLayer(", ")", "'Stride'", "[1 2", "]", "=", "features=", "\0", "é",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_the_reader_of_notations_is_total(text):
    try:
        shorthand.layer(text)
    except Problem as error:
        assert all(finding.code for finding in error.diagnostics)
    mended_or_not = summarise(Source("-e", f"3x32x32 -> {text or 'x'}"))
    assert mended_or_not.layers or mended_or_not.errors


def repeats_in_repeats(pattern):
    """Unlimited repeats within unlimited repeats, of which a regular expression may take exponential time."""
    from re import _constants as codes
    from re import _parser

    def walk(items, within):
        for code, argument in items:
            if code in (codes.MAX_REPEAT, codes.MIN_REPEAT):
                unlimited = argument[1] == codes.MAXREPEAT
                yield from [pattern] if unlimited and within else []
                yield from walk(argument[2], within or unlimited)
            elif code is codes.SUBPATTERN:
                yield from walk(argument[3], within)
            elif code is codes.BRANCH:
                for branch in argument[1]:
                    yield from walk(branch, within)

    return list(walk(_parser.parse(pattern), False))


@pytest.mark.skipif(sys.version_info < (3, 11), reason="the parser of regular expressions is elsewhere")
def test_no_pattern_takes_more_than_linear_time():
    assert repeats_in_repeats("(?:a+b)*")
    patterns = [pattern for pattern, _ in notations.compiled_forms()] + [pattern for _, pattern in notations.PHRASES]
    assert not [pattern.pattern for pattern in patterns if repeats_in_repeats(pattern.pattern)]


def test_a_text_that_nobody_types_is_not_looked_at(monkeypatch):
    monkeypatch.setattr(notations, "plain_text", lambda text: pytest.fail(f"{len(text)} characters"))
    for text in ("conv 3 x 3" * 200, "7x7, " * 500, "9" * 10_000 + "@"):
        assert notations.layer_in_notation(text, "torch") is None


def test_a_cure_leads_from_a_question_to_a_layer():
    report, told = mended("3x32x32 -> max pool 3x3/2")
    assert [error.code for error in told] == ["L026"]
    assert report.output == (3, 15, 15)
