"""Shapes as people have them: the batch, the order of the axes, and what is asked where it cannot be told."""

from __future__ import annotations

import json

import pytest

from convcalc.cli import run
from convcalc.network.load import summarise, summarise_text
from convcalc.problem import Problem, Source
from convcalc.spec.choices import Choices
from convcalc.spec.shapes import is_shape, read_shape, spell_shape

TEXTS = [
    ("3x224x224", ("3", "224", "224"), "", ""),
    ("3 × 224 × 224", ("3", "224", "224"), "", ""),
    ("3 224 224", ("3", "224", "224"), "", ""),
    ("3, 224, 224", ("3", "224", "224"), "", ""),
    ("(3, 224, 224)", ("3", "224", "224"), "", ""),
    ("((3, 224, 224),)", ("3", "224", "224"), "", ""),
    ("(512,)", ("512",), "", ""),
    ("[512]", ("512",), "", ""),
    ("25,088", ("25,088",), "", ""),
    ("784", ("784",), "", ""),
    ("6@28x28", ("6", "28", "28"), "channels_first", ""),
    ("CxHxW", ("C", "H", "W"), "", ""),
    ("noisex1x1", ("noise", "1", "1"), "", ""),
    ("3x?x?", ("3", "?", "?"), "", ""),
    ("x", ("x",), "", ""),
    ("(None, 28, 28, 1)", ("28", "28", "1"), "channels_last", "None"),
    ("[-1, 10, 24, 24]", ("10", "24", "24"), "", "-1"),
    ("torch.Size([1, 3, 224, 224])", ("1", "3", "224", "224"), "", ""),
    ("torch.randn(16, 3, 64, 64)", ("16", "3", "64", "64"), "", ""),
    ("x = torch.zeros((16, 3, 64, 64), device='cuda')", ("16", "3", "64", "64"), "", ""),
    ("torch.randint(0, 255, (1, 3, 8, 8))", ("1", "3", "8", "8"), "", ""),
    ("np.random.rand(3, 64, 64)", ("3", "64", "64"), "", ""),
    ("tf.zeros((1, 28, 28, 3))", ("1", "28", "28", "3"), "channels_last", ""),
    ("Input(shape=(10, 4))", ("10", "4"), "channels_last", ""),
    ("inputs = keras.Input((28, 28, 1))", ("28", "28", "1"), "channels_last", ""),
    ("layers.Input(shape=(28, 28, 1), batch_size=16)", ("28", "28", "1"), "channels_last", "16"),
    ("Input(batch_shape=(None, 28, 28, 1))", ("28", "28", "1"), "channels_last", "None"),
    ("InputLayer(input_shape=(32, 32, 3))", ("32", "32", "3"), "channels_last", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "parts", "layout", "batch"), TEXTS, ids=[row[0] for row in TEXTS])
def test_a_text_is_read_as_a_shape(text, parts, layout, batch):
    found = read_shape(text)
    assert (found.parts, found.layout, found.batch) == (parts, layout, batch)


@pytest.mark.parametrize(
    "text",
    [
        "nn.Conv2d(3, 6, 5)",
        "print(3, 4)",
        "Input(shape=5)(x)",
        "Input(batch_size=3)",
        "Input(batch_shape=())",
        "torch.randn()",
    ],
)
def test_a_call_that_makes_no_tensor_is_no_shape(text):
    with pytest.raises(Problem):
        read_shape(text)


@pytest.mark.parametrize("text", [row[0] for row in TEXTS if "noise" not in row[0]])
def test_a_shape_is_no_layer(text):
    assert is_shape(text)


@pytest.mark.parametrize("text", ["conv 64 k3", "maxpool 2", "relu", "3x", "x3", "3x-1", "3xx3", "nn.ReLU()", "0x", ""])
def test_a_layer_is_no_shape(text):
    assert not is_shape(text)


@pytest.mark.parametrize("sizes", [(784,), (16, 100), (3, 224, 224), (1, 16, 112, 112)])
def test_what_is_spelled_is_read_back_whatever_the_layout(sizes):
    for layout in ("channels_first", "channels_last"):
        layer = "relu" if len(sizes) == 1 else "conv 2 k1"
        text = json.dumps({"layout": layout, "input": spell_shape(sizes), "layers": [layer]})
        assert summarise_text(text).inputs["input"] == sizes


# What is computed: (spec or chain, choices, input with the channels first, batch)

READ = [
    ("the batch before a class that pins its axes", "(1, 3, 224, 224) -> nn.Conv2d(3, 64, 7, stride=2, padding=3)", {}, (3, 224, 224), 1),
    ("a printed size before a pooling", "torch.Size([1, 1, 25, 25]) -> nn.MaxPool2d(2)", {}, (1, 25, 25), 1),
    ("a tensor", "torch.randn(16, 3, 64, 64) -> nn.Conv2d(3, 8, 3, padding=1) -> nn.MaxPool2d(2)", {}, (3, 64, 64), 16),
    ("a tensor before a layer that pins nothing", "torch.randn(16, 32, 64, 64) -> conv 8 k3", {}, (32, 64, 64), 16),
    ("a tensor without a batch", "torch.randn(3, 64, 64) -> nn.Conv2d(3, 8, 3)", {}, (3, 64, 64), 0),
    ("a class after layers that pin nothing", "8x3x32x32 -> relu -> batchnorm -> nn.Conv2d(3, 4, 3)", {}, (3, 32, 32), 8),
    ("the batch before a window with a value for each axis", "8x3x32x32 -> conv 4 k3x5", {}, (3, 32, 32), 8),
    ("conv2d", "8x5x32x32 -> conv2d 4 k3", {}, (5, 32, 32), 8),
    ("a sequence with a batch", "8x16x100 -> nn.Conv1d(16, 32, 3)", {}, (16, 100), 8),
    ("examples of channels alone", "torch.randn(20, 100) -> nn.BatchNorm1d(100)", {}, (100,), 20),
    ("a film with a batch", "2x3x16x112x112 -> nn.Conv3d(3, 64, 3)", {}, (3, 16, 112, 112), 2),
    ("Keras's printed shape", "(None, 28, 28, 1) -> conv 32 k3", {}, (1, 28, 28), 0),
    ("Keras's class", "(32, 32, 3) -> Conv2D(32, (3,3), activation='relu')", {}, (3, 32, 32), 0),
    ("Keras's class on open sides", "(None, None, 3) -> Conv2D(8, 3) -> GlobalAveragePooling2D()", {}, None, 0),
    ("open sides of an input", "Input(shape=(None, 16)) -> Conv1D(8, 3)", {}, None, 0),
    ("Keras's class with a batch", "(8, 32, 32, 3) -> Conv2D(32, (3,3))", {}, (3, 32, 32), 8),
    ("Keras's input before a sequence layer", "Input(shape=(10, 4)) -> Conv1D(8, 3)", {}, (4, 10), 0),
    ("a spec that says Keras", "{convention: keras, input: 32x32x3, layers: [conv 8 k3]}", {}, (3, 32, 32), 0),
    ("keras for a run leaves the order alone", "3x32x32 -> conv 8 k3", {"convention": "keras"}, (3, 32, 32), 0),
    ("the layout of a run", "32x32x3 -> conv 10 k5", {"layout": "channels_last"}, (3, 32, 32), 0),
    ("an explicit layout lifts the question", "224x224x3 -> conv 64 k3 p1", {"layout": "channels_first"}, (224, 224, 3), 0),
    ("so does one in the spec", "{layout: channels_first, input: 224x224x3, layers: [conv 8 k3]}", {}, (224, 224, 3), 0),
    ("conv3d lifts it too", "1x3x224x224 -> conv3d 4 k3", {}, (1, 3, 224, 224), 0),
    ("maps before an at sign are said", "224@224x3 -> conv 4 k3", {}, (224, 224, 3), 0),
    ("few channels of a small map", "4x4x4 -> conv 2 k3", {}, (4, 4, 4), 0),
    ("a volume", "3x16x112x112 -> conv 64 k3 p1", {}, (3, 16, 112, 112), 0),
    ("a volume that is deeper than it is high", "1x13x6x6 -> maxpool 1", {}, (1, 13, 6, 6), 0),
    ("a map of a film", "256x4x14x14 -> conv 512 k3 p1", {}, (256, 4, 14, 14), 0),
    ("a sequence", "16x100 -> conv 4 k3", {}, (16, 100), 0),
    ("a sequence as long as it is wide, before conv1d", "32x32 -> conv1d 4 k3", {}, (32, 32), 0),
    ("a matrix before a linear layer", "32x32 -> linear 4", {}, (32, 32), 0),
    ("no layer looks at axes", "28x28x1 -> flatten -> linear 10", {}, (28, 28, 1), 0),
]  # fmt: skip


@pytest.mark.parametrize(("text", "choices", "shape", "batch"), [row[1:] for row in READ], ids=[row[0] for row in READ])
def test_a_shape_is_taken_as_it_is_meant(text, choices, shape, batch):
    report = summarise_text(text, Choices(**choices))
    assert not report.errors, report.errors
    assert (report.inputs["input"] if shape else None, report.batch) == (shape, batch)
    notes = [finding.code for finding in report.diagnostics if finding.severity == "note"]
    assert notes == (["W003"] if batch else [])


# What is asked: (spec or chain, what the cure says to write, the input that it is then)

ASKED = [
    ("channels last before a convolution", "224x224x3 -> conv 64 k3 p1", "3x224x224", (3, 224, 224)),
    ("the same in brackets", "(227, 227, 3) -> conv 96 k11 s4", "3x227x227", (3, 227, 227)),
    ("a small square", "7x7x3 -> conv 2 k3 s2 p1", "3x7x7", (3, 7, 7)),
    ("an oblong picture", "480x640x3 -> maxpool 2", "3x480x640", (3, 480, 640)),
    ("a grey one", "28x28x1 -> relu -> conv 8 k3", "1x28x28", (1, 28, 28)),
    ("letters", "HxWx3 -> conv 8 k3", "3xHxW", None),
    ("letters for all", "HxWxC -> conv 8 k3", "CxHxW", None),
    ("inside a residual block", "{input: 32x32x3, layers: [{residual: {main: [conv 3 k3 p1]}}]}", "3x32x32", (3, 32, 32)),
    ("what in_channels contradicts", "50x16 -> nn.Conv1d(16, 33, 3)", "16x50", (16, 50)),
    ("what in_channels contradicts on a map", "9x7x20 -> nn.Conv2d(20, 33, 3)", "20x9x7", (20, 9, 7)),
    ("a batch before a convolution", "1x3x224x224 -> conv 64 k7 s2 p3", "3x224x224", (3, 224, 224)),
    ("a batch of 32", "32x3x224x224 -> conv 64 k7 s2 p3", "3x224x224", (3, 224, 224)),
    ("a batch of maps", "32x512x7x7 -> conv 64 k3", "512x7x7", (512, 7, 7)),
    ("a lettered batch", "NxCxHxW -> conv 64 k3", "CxHxW", None),
    ("no channels", "32x32 -> conv 6 k5", "1x32x32", (1, 32, 32)),
    ("no channels before a class", "28x28 -> nn.Conv2d(1, 6, 5)", "1x28x28", (1, 28, 28)),
    ("no channels, letters", "HxW -> conv 6 k5", "1xHxW", None),
    ("channels first in a spec that says Keras", "{convention: keras, input: 3x224x224, layers: [conv 8 k3]}", "224x224x3", (3, 224, 224)),
    ("channels first before Keras's class", "(3, 32, 32) -> Conv2D(8, 3)", "32x32x3", (3, 32, 32)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "better", "shape"), [row[1:] for row in ASKED], ids=[row[0] for row in ASKED])
def test_a_shape_in_doubt_is_a_question_and_its_cure_works(text, better, shape):
    (error,) = summarise_text(text).errors
    assert error.code == "V008" and error.mark is not None
    assert error.hint.startswith(f"write {better}")
    written = text.partition("input: ")[2].partition(",")[0] or text.partition(" ->")[0]
    report = summarise_text(text.replace(written, better, 1))
    assert not report.errors
    assert shape is None or report.inputs["input"] == shape


def test_a_picture_before_a_1d_layer_is_no_batch():
    (error,) = summarise_text("3x32x32 -> conv1d 4 k3").errors
    assert error.code == "C010"


# --input over a spec

GIVEN = [
    ("the sides alone keep the channels", "resnet50", "512x512", {}, (3, 512, 512), 0),
    ("a length alone", "{input: 16x100, layers: [conv 4 k3]}", "200", {}, (16, 200), 0),
    ("a batch before a network that is known to be 2-D", "resnet50", "32x3x224x224", {}, (3, 224, 224), 32),
    ("a batch of one", "resnet50", "(1, 3, 224, 224)", {}, (3, 224, 224), 1),
    ("the sides alone where channels are last", "keras_vgg16", "128x160", {}, (3, 128, 160), 0),
    ("channels last where they are", "keras_vgg16", "128x160x3", {}, (3, 128, 160), 0),
    ("channels last where they are first, and it is said", "resnet50", "128x160x3", {"layout": "channels_last"}, (3, 128, 160), 0),
    ("channels first where they are last, and it is said", "keras_vgg16", "3x128x160", {"layout": "channels_first"}, (3, 128, 160), 0),
    ("other channels", "{input: 3x32x32, layers: [conv 4 k3]}", "6x64x64", {}, (6, 64, 64), 0),
]  # fmt: skip


def report_of(name, choices):
    return summarise_text(name, choices) if name.startswith("{") else summarise(name, choices)


@pytest.mark.parametrize(
    ("name", "given", "more", "shape", "batch"), [row[1:] for row in GIVEN], ids=[row[0] for row in GIVEN]
)
def test_another_input_is_taken_as_it_is_meant(name, given, more, shape, batch):
    report = report_of(name, Choices({"": given}, **more))
    assert not report.errors, report.errors
    assert (next(iter(report.inputs.values())), report.batch) == (shape, batch)


@pytest.mark.parametrize(
    ("name", "given", "better"),
    [
        ("resnet50", "256x256x3", "3x256x256"),
        ("c3d", "16x112x112x3", "3x16x112x112"),
        ("keras_vgg16", "3x128x160", "128x160x3"),
    ],
)
def test_another_input_in_doubt_is_a_question(name, given, better):
    (error,) = summarise(name, Choices({"": given})).errors
    assert error.code == "V008" and f"write {better}" in error.hint
    assert (error.mark.source.name, error.mark.source.text) == ("--input", given)


def test_one_number_is_no_picture():
    (error,) = summarise("unet", Choices({"": "572"})).errors
    assert (error.code, error.hint) == ("V007", "--input 572x572")
    (error,) = summarise("unet", Choices({"": "572,572"})).errors
    assert (error.code, error.hint) == ("V007", "--input 572x572, or --input 572,572x572,572")
    assert not summarise("unet", Choices({"": "572x572"})).errors


def test_the_layout_of_a_run_is_how_shapes_are_shown():
    report = summarise("resnet50", Choices(layout="channels_last"))
    assert report.channels_last and report.inputs["input"] == (3, 224, 224) and report.totals.parameters == 25_557_032


# Every command

SAID = "is taken as the batch"
COMMANDS = [
    (("summary", "-e", "224x224x3 -> conv 64 k3 p1"), 3, "write 3x224x224"),
    (("layer", "conv 10 k5 p2", "32x32x3"), 3, "write 3x32x32"),
    (("explain", "-e", "224x224x3 -> conv 64 k3 p1"), 3, "write 3x224x224"),
    (("compare", "lenet5", "-e", "224x224x3 -> conv 64 k3 p1"), 3, "write 3x224x224"),
    (("solve", "224x224x3", "conv 64 k7 s2 p?"), 3, "write 3x224x224"),
    (("solve", "-e", "224x224x3 -> conv 64 k7 s2", "--output", "109x109"), 3, "write 3x224x224"),
    (("layer", "conv 10 k5 p2", "32x32x3", "--layout", "channels_last"), 0, "= 760"),
    (("layer", "Conv2D(10, 5, padding='same')", "32x32x3"), 0, "= 760"),
    (("layer", "nn.Linear(512, 10)", "(512,)"), 0, "5,130"),
    (("layer", "nn.Conv2d(3, 64, 7, stride=2, padding=3)", "(1, 3, 224, 224)"), 0, "9,472"),
    (("layer", "nn.Conv2d(3, 64, 7, stride=2, padding=3)", "(16, 3, 224, 224)"), 0, SAID),
    (("summary", "-e", "(16, 3, 224, 224) -> nn.Conv2d(3, 64, 7)"), 0, SAID),
    (("compare", "lenet5", "-e", "(16, 3, 224, 224) -> nn.Conv2d(3, 64, 7)"), 0, SAID),
    (("summary", "-e", "32x32x3 -> conv 10 k5", "--layout", "channels_last"), 0, "28×28×10"),
    (("explain", "-e", "32x32x3 -> conv 10 k5", "--layout", "channels_last"), 0, "28×28×10"),
    (("compare", "-e", "32x32x3 -> conv 10 k5", "-e", "32x32x3 -> conv 10 k3", "--layout", "channels_last"), 0, "28×28×10"),
    (("solve", "224x224x3", "conv 64 k7 s2 p?", "112x112x64"), 0, "padding = 3"),
    (("solve", "224x224x3", "conv 64 k7 s2 p?", "112x112x64", "--layout", "channels_last"), 0, "padding = 3"),
    (("solve", "(1, 3, 224, 224)", "nn.Conv2d(3, 64, 7, stride=2, padding=?)", "(1, 64, 112, 112)"), 0, "padding = 3"),
    (("solve", "-e", "?x?x3 -> conv 8 k3 s2", "--output", "7x7x8", "--layout", "channels_last"), 0, "15 or 16"),
    (("solve", "keras_vgg16", "--output", "7x7x512"), 0, "224 to 255"),
    (("solve", "keras_vgg16", "--output", "7x7x512"), 0, "an output of 7×7×512"),
    (("solve", "224x224x3", "conv 64 k7 s2 p?", "112x112", "--layout", "channels_last"), 0, "on 224×224×3 → 112×112\n"),
    (("solve", "224x224x3", "conv 64 k7 s2 p?", "--json", "--layout", "channels_last"), 0, '"input": [224, 224, 3]'),
]  # fmt: skip


@pytest.mark.parametrize(("args", "code", "text"), COMMANDS, ids=[" ".join(row[0]) for row in COMMANDS])
def test_every_command_reads_shapes_alike(args, code, text, capfd):
    assert run(list(args)) == code
    out, err = capfd.readouterr()
    assert text in out + err


def test_the_batch_of_an_input_is_that_of_the_memory(capfd):
    assert run(["summary", "-e", "(16, 3, 224, 224) -> nn.Conv2d(3, 64, 7)"]) == 0
    taken = capfd.readouterr().out
    assert run(["summary", "-e", "3x224x224 -> nn.Conv2d(3, 64, 7)", "--batch", "16"]) == 0
    assert taken == capfd.readouterr().out


def test_an_answer_key_in_doubt_is_not_marked_with(tmp_path, capfd):
    key = tmp_path / "key.yaml"
    key.write_text("input: 224x224x3\nlayers: [c: conv 64 k3 p1]\n")
    answers = tmp_path / "ada.yaml"
    answers.write_text("answers: {c: {parameters: 1792}}\n")
    assert run(["check", str(key), str(answers)]) == 3
    assert "write 3x224x224" in capfd.readouterr().err


@pytest.mark.parametrize("layer", ["linear 10", "softmax", "layernorm", "attention 1", "permute 2x1", "reshape 7x5"])
def test_a_worked_output_is_in_the_order_of_its_layout(layer, capfd):
    assert run(["layer", layer, "5x7", "--layout", "channels_last", "--work", "result", "-q", "output"]) == 0
    heading, *rows = capfd.readouterr().out.splitlines()
    shown = [row.split()[-1] for row in rows if row.split()[:1] == ["Output"] and "×" in row]
    assert all(shape == heading.rpartition(" → ")[2] for shape in shown)


@pytest.mark.parametrize(
    ("text", "output", "batch"),
    [
        ("torch.randn(5, 3, 10) -> nn.LSTM(10, 20, batch_first=True)", (3, 20), 5),
        ("torch.randn(3, 10, 10) -> nn.GRU(10, 20, 2, True, True)", (10, 20), 3),
        ("torch.randn(5, 4, 10) -> nn.MultiheadAttention(10, 2, batch_first=True)", (4, 10), 5),
        ("(32, 5, 10) -> layers.LSTM(20)", (20,), 32),
        ("(1, 28, 28) -> layers.SimpleRNN(20)", (20,), 1),
        ("(None, 5, 10) -> layers.GRU(20)", (20,), None),
        ("torch.randn(5, 10) -> nn.LSTM(10, 20)", (5, 20), None),
        ("torch.randn(5, 10) -> nn.LSTM(10, 20, batch_first=True)", (5, 20), None),
    ],
)
def test_steps_have_their_batch_where_their_class_has_it(text, output, batch):
    network = json.dumps({"input": text.partition(" -> ")[0], "layers": [text.partition(" -> ")[2]]})
    report = summarise_text(network)
    assert report.layers[0].applied.output == output and (report.batch or None) == batch and not report.errors


def test_a_misspelt_shape_is_no_misspelt_layer(capfd):
    assert run(["summary", "-e", "torch.rnadn(5, 3, 10) -> relu"]) == 3
    errors = capfd.readouterr().err
    assert "is not a shape" in errors
    assert "write:" not in errors


@pytest.mark.parametrize("layer", ["nn.LSTM(10, 20)", "nn.RNN(10, 20, batch_first=False)", "lstm 20", "attention 2"])
def test_a_batch_that_may_be_either_of_two_numbers_is_a_question_and_its_cures_work(layer, capfd):
    assert run(["summary", "-e", f"torch.randn(5, 3, 10) -> {layer}"]) == 3
    cure = "write 5x10 (with --batch 3), as PyTorch has it, or 3x10 (with --batch 5) where batch_first=True"
    assert cure in capfd.readouterr().err
    for shape, batch in (("5x10", "3"), ("3x10", "5")):
        assert run(["summary", "-e", f"{shape} -> {layer}", "--batch", batch]) == 0


@pytest.mark.parametrize(
    ("written", "sides", "number"),
    [("3x32*32", "3x32x32", "3x1024"), ("3x32²", "3x32x32", "3x1024"), ("3x4·8x32", "3x4x8x32", "3x32x32")],
)
def test_sides_multiplied_in_a_shape_are_a_question(written, sides, number):
    (error,) = summarise_text(f"{written} -> relu").errors
    assert error.hint == f"write: {sides}, or: {number}"
    for cure in (sides, number):
        assert not summarise_text(f"{cure} -> relu").errors


DERIVED = "{input: [3, side, side], let: {side: 32, half: side//2, c: 2*half}, layers: [conv c k3, crop output=half]}"


@pytest.mark.parametrize(
    ("choices", "output"),
    [
        (Choices(), (32, 16, 16)),
        (Choices({"": "3x64x64"}), (64, 32, 32)),
        (Choices(sets={"side": "64"}), (64, 32, 32)),
        (Choices({"": "3x64x64"}, sets={"half": "8"}), (16, 8, 8)),
        (Choices({"": "64x64"}), (64, 32, 32)),
    ],
)
def test_what_follows_from_a_side_follows_from_another_input(choices, output):
    report = summarise_text(DERIVED, choices)
    assert not report.errors, report.errors
    assert report.output == output


def test_a_side_has_one_number():
    (error,) = summarise_text(DERIVED, Choices({"": "3x64x96"})).errors
    assert (error.code, error.message, error.hint) == ("V008", "side is 64 and 96", "--input 3x96x96")


def test_what_cannot_follow_from_another_input_is_an_error():
    text = "{input: [3, side, side], let: {side: 32, c: 64/(side - 16)}, layers: [conv c k3]}"
    assert not summarise_text(text).errors
    assert summarise_text(text, Choices({"": "3x16x16"})).errors


def test_a_side_of_two_numbers_is_refused_only_where_something_else_uses_it():
    text = "input: [3, side, side]\nlet: {side: 32}\nlayers: [conv 8 k3, {LAYER}]"
    free, tied = (Source("<text>", text.replace("{LAYER}", layer)) for layer in ("relu", "linear side"))
    choices = Choices(inputs={"": "3x20x30"})
    assert summarise(free, choices).output == (8, 18, 28)
    assert [error.code for error in summarise(tied, choices).errors][:1] == ["V008"]


@pytest.mark.parametrize("shape", ["CxHxW", "[C, H, W]", "[c, h, w]"])
def test_letters_say_the_order_whatever_their_numbers(shape):
    sizes = dict(
        zip((letter for letter in shape if letter.isalpha() and letter != "x"), ("33", "26", "4"), strict=True)
    )
    report = summarise_text(f"input: {shape}\nlayers: [conv 8 k1]", Choices(sets=sizes))
    assert not report.errors and report.output == (8, 26, 4)


def test_a_name_is_not_said_to_be_missing_where_its_shape_is_what_is_wrong():
    with pytest.raises(Problem) as caught:
        report = summarise_text("input: AxBxE\nlayers: [conv 8 k1]", Choices(sets={"A": "33", "B": "26", "E": "4"}))
        raise Problem(*report.errors)
    assert [each.code for each in caught.value.diagnostics] == ["V008"]
