"""Settings that no size follows from are kept in every language, and the numbers that come out are the same."""

import json
from collections import Counter
from textwrap import dedent

import pytest
from setting_rows import PROGRAMS, ROWS
from written import written

from convcalc.network.load import Choices, summarise
from convcalc.problem import Problem, Source
from convcalc.readers.library import bundled_networks

NAMES = {"yaml": "net.yaml", "chain": "net.yaml", "pytorch": "net.py", "keras": "net.py", "onnx": "net.onnx"}
CASES = [
    pytest.param(row, language, id=f"{row.layer} on {row.input} in {language}")
    for row in ROWS
    for language in NAMES
    if language not in row.unsaid
]


def source_of(row):
    return Source("row.yaml", f"input: {row.input}\nlayers:\n  - {row.layer}\n")


def read_again(language, data):
    if language == "chain":
        return summarise(Source("-e", data))
    return summarise(Source(NAMES[language], "", data=data) if language == "onnx" else Source(NAMES[language], data))


def numbers(applied):
    """The numbers of a layer, said or usual; 1e-4 is 0.0001."""
    keys = applied.setting.kind.keys
    return applied.setting.kind.name, {key.name: applied.number(key.name) for key in keys if key.type == "decimal"}


def settings(applied):
    """The numbers and flags of a layer, said or usual."""
    keys = applied.setting.kind.keys
    flags = {key.name: applied.values.get(key.name, key.default) for key in keys if key.type == "flag"}
    return *numbers(applied), flags


@pytest.mark.parametrize(("row", "language"), CASES)
def test_a_setting_is_read_again(row, language):
    data, report = written(source_of(row), language)
    again = read_again(language, data)
    assert not again.errors
    if language not in row.changed:
        assert [settings(each.applied) for each in again.layers] == [settings(each.applied) for each in report.layers]


NAMED = ("mobilenet_v2", "vit_b_16", "densenet121", "dcgan")  # of the bundled ones those that are tried each time
KEPT = ("batchnorm", "layernorm", "groupnorm", "leakyrelu", "dropout", "gelu", "lrn")


@pytest.mark.parametrize("language", ["yaml", "pytorch", "keras", "onnx"])
@pytest.mark.parametrize(
    "name",
    [name if name in NAMED else pytest.param(name, marks=pytest.mark.slow) for name in sorted(bundled_networks())],
)
def test_a_bundled_network_keeps_its_settings(name, language):
    """The numbers of layers that the language has, where what is written is read whole, as other tests hold."""
    try:
        data, report = written(name, language)
        again = read_again(language, data)
    except Problem:
        assert name not in NAMED
        return
    layers = [[each.applied for each in found.layers if each.applied] for found in (report, again)]
    if again.errors or any(each.applied is None for each in again.layers):
        assert name not in NAMED
        return
    told = [Counter(str(numbers(each)) for each in found if each.setting.kind.name in KEPT) for found in layers]
    assert told[0] <= told[1]  # a language without droppath drops numbers instead


def test_the_numbers_are_those_of_pytorch(run_there, tmp_path):
    rows = []
    for number, row in enumerate(ROWS):
        files = {}
        for language in ("pytorch", "keras", "onnx"):
            if language not in row.unsaid:
                data, _ = written(source_of(row), language)
                files[language] = f"{language}{number}.{'onnx' if language == 'onnx' else 'py'}"
                (tmp_path / files[language]).write_bytes(data if language == "onnx" else data.encode())
        sizes = [*map(int, row.input.split("x"))]
        texts = {"layer": row.layer, "oracle": row.oracle, "average": row.average}
        rows.append({**texts, "input": sizes, "files": files})
    (tmp_path / "rows.json").write_text(json.dumps(rows), encoding="utf-8")
    found = run_there("values.py", tmp_path)["found"]
    assert len(found) == sum(3 - len(row.unsaid) for row in ROWS)
    wrong = {
        name: far for name, far in found.items() if not all(isinstance(each, float) and each < 1e-5 for each in far)
    }
    assert wrong == {}


PRINTED = """Sequential(
  (0): BatchNorm2d(3, eps=0.8, momentum=0.2, affine=True, track_running_stats=True)
  (1): LeakyReLU(negative_slope=0.2, inplace=True)
  (2): Dropout2d(p=0.25, inplace=False)
  (3): GELU(approximate='tanh')
  (4): AvgPool2d(kernel_size=3, stride=1, padding=1)
  (5): PReLU(num_parameters=1)
)"""
PROTOTXT = """input: "data" input_shape { dim: 1 dim: 3 dim: 8 dim: 8 }
layer { name: "b" type: "BatchNorm" bottom: "data" top: "b" batch_norm_param { moving_average_fraction: 0.9 } }
layer { name: "r" type: "ReLU" bottom: "b" top: "b" relu_param { negative_slope: 0.15 } }
layer { name: "l" type: "LRN" bottom: "b" top: "b" lrn_param { alpha: 0.01 k: 2 } }
layer { name: "e" type: "ELU" bottom: "b" top: "b" elu_param { alpha: 0.5 } }"""
CFG = """[net]
height=8
width=8
channels=3
[convolutional]
filters=4
size=3
activation=leaky"""
CONFIGURATION = json.dumps({"class_name": "Sequential", "config": {"name": "s", "layers": [
    {"class_name": "InputLayer", "config": {"batch_input_shape": [None, 8, 8, 3], "name": "i"}},
    {"class_name": "Conv2D", "config": {"name": "c", "filters": 4, "kernel_size": [3, 3], "activation": "leaky_relu"}},
    {"class_name": "BatchNormalization", "config": {"name": "b", "axis": [3], "momentum": 0.95, "epsilon": 1e-05}},
    {"class_name": "LeakyReLU", "config": {"name": "l", "alpha": 0.30000001192092896}},
    {"class_name": "SpatialDropout2D", "config": {"name": "d", "rate": 0.3}},
    {"class_name": "Rescaling", "config": {"name": "r", "scale": 1 / 255, "offset": -0.5}},
]}})  # fmt: skip
READ = {
    "printed": (PRINTED, Choices(inputs={"": "3x8x8"}, in_order=True), [
        ("batchnorm", {"eps": "0.8", "momentum": "0.2"}), ("leakyrelu", {"slope": "0.2"}),
        ("dropout", {"variant": "channels"}), ("gelu", {"approximate": True}),
    ]),
    "prototxt": (PROTOTXT, Choices(), [
        ("batchnorm", {"momentum": "0.1"}), ("leakyrelu", {"slope": "0.15"}), ("lrn", {"alpha": "0.01", "k": "2"}),
        ("elu", {"alpha": "0.5"}),
    ]),
    "cfg": (CFG, Choices(), [("leakyrelu", {"slope": "0.1"})]),
    "configuration": (CONFIGURATION, Choices(), [
        ("leakyrelu", {"slope": "0.2"}), ("batchnorm", {"momentum": "0.05"}), ("leakyrelu", {"slope": "0.3"}),
        ("dropout", {"variant": "channels"}), ("rescaling", {"scale": "1/255", "offset": "-0.5"}),
    ]),
}  # fmt: skip


@pytest.mark.parametrize("form", READ)
def test_settings_are_read_in_every_form(form):
    text, choices, expected = READ[form]
    found = summarise(Source("net.json" if form == "configuration" else f"net.{form}", text), choices)
    assert not found.errors
    layers = [each.applied for each in found.layers]
    kinds = [kind for kind, _ in expected]
    known = [each for each in layers if each.setting.kind.name in kinds]
    assert [each.setting.kind.name for each in known] == kinds
    for each, (_, told) in zip(known, expected, strict=True):
        usual = {key.name: key.default for key in each.setting.kind.keys}
        assert {**usual, **each.values}.items() >= told.items()


def test_numbers_may_be_as_large_as_a_program_has_them():
    text = """import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x):
        return (self.fc(x) * -1e12 + 1e30).clamp(min=-3.4e38, max=float("inf")) * 10**20

x = torch.randn(1, 4)
"""
    found = summarise(Source("net.py", text))
    assert not found.errors
    told = [each.applied.values for each in found.layers]
    assert [each.get("number") for each in told] == [None, "-1000000000000", "1e30", None, "1e20"]
    assert told[3]["min"] == "-3.4e38"


WRONG = [
    ("leakyrelu slope=abc", 'slope: unknown name "abc"'),
    ("dropout 1.5", "rate must be at most 1, not 1.5"),
    ("batchnorm eps=-1", "eps must be at least 0, not -1"),
    ("batchnorm momentum=2", "momentum must be at most 1, not 2"),
    ("batchnorm momentum=0.2 decay=0.9", "momentum=0.2 and decay=0.9 say the same"),
    ("gelu approximate=maybe", "approximate is yes or no, not maybe"),
    ("softplus slope=2", 'softplus has no key "slope"'),
]


@pytest.mark.parametrize(("layer", "message"), WRONG, ids=[layer for layer, _ in WRONG])
def test_a_setting_that_cannot_be_is_an_error_at_its_place(layer, message):
    report = summarise(Source("net.yaml", f"input: 4x6x6\nlayers:\n  - {layer}\n"))
    (error,) = report.errors
    assert error.message == message and error.mark.line == 3 and error.hint


@pytest.mark.parametrize("language", ["pytorch", "keras", "onnx"])
def test_a_letter_that_is_a_setting_is_asked_for(language):
    source = Source("net.yaml", "input: 4x6x6\nsymbols: [a]\nlayers:\n  - leakyrelu a\n  - batchnorm decay=a\n")
    with pytest.raises(Problem) as error:
        written(source, language)
    assert error.value.diagnostics[0].hint == "give it one: --set a=0.5"
    again = read_again("chain", written(source, "chain", Choices(sets={"a": "0.5"}))[0])
    assert [str(each.applied.values[name]) for each, name in zip(again.layers, ("slope", "momentum"), strict=True)] == (
        ["0.5", "0.5"]
    )


def test_the_momentum_of_another_framework_is_asked_for():
    text = "convention: keras\ninput: 4x6x6\nlayers:\n  - batchnorm momentum=0.99\n"
    (error,) = summarise(Source("net.yaml", text)).errors
    assert error.hint == "decay=0.99 if it is of keras, decay=0.01 if it is of PyTorch"
    for said, momentum in (("decay=0.99", "0.01"), ("decay=0.01", "0.99")):
        (layer,) = summarise(Source("net.yaml", text.replace("momentum=0.99", said))).layers
        assert layer.applied.values["momentum"] == momentum


def test_a_keras_layer_in_another_network_keeps_its_own_usual_settings():
    source = Source("net.yaml", "input: 2x3\nlayers:\n  - layers.LeakyReLU()\n  - leakyrelu\n")
    for language in ("yaml", "pytorch"):
        again = read_again(language, written(source, language)[0])
        assert [str(each.applied.number("slope")) for each in again.layers] == ["3/10", "1/100"]


def test_a_program_and_what_is_written_of_it_compute_the_same(run_there, tmp_path):
    for name, text in PROGRAMS.items():
        source = dedent(text)
        (tmp_path / f"{name}_source.py").write_text(source, encoding="utf-8")
        written_text, _ = written(Source("net.py", source), "pytorch")
        (tmp_path / f"{name}_written.py").write_text(written_text, encoding="utf-8")
    found = run_there("same_weights.py", tmp_path)["found"]
    assert found.keys() == PROGRAMS.keys()
    assert {name: far for name, far in found.items() if not isinstance(far, float) or far > 1e-5} == {}
