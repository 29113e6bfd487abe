"""The mistakes of an exercise: each is told in the student's own file, and what it says to write mends it."""

import re

import pytest

from convcalc.network.load import summarise
from convcalc.problem import Problem, Source
from convcalc.readers.program import read_spec
from convcalc.spec.choices import Choices

LENET = """\
import torch
import torch.nn as nn
import torch.nn.functional as F


class LeNet(nn.Module):
    def __init__(self, num_classes=10):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(16 * 4 * 4, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, num_classes)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = torch.flatten(x, 1)
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.fc3(x)
"""
BRANCHES = """\
import torch
from torch import nn


class Branches(nn.Module):
    def __init__(self):
        super().__init__()
        self.left = nn.Conv2d(3, 8, 3, padding=1)
        self.right = nn.Conv2d(3, 8, 3, padding=1, groups=1)
        self.up = nn.ConvTranspose2d(16, 8, 2, stride=2)
        self.head = nn.Conv2d(8, 4, 1)
        self.fc1 = nn.Linear(1024, 20)
        self.fc2 = nn.Linear(20, 5)

    def forward(self, x):
        both = torch.cat([self.left(x), self.right(x)], dim=1)
        up = self.head(self.up(both))
        small = up[:, :, ::2, ::2]
        flat = torch.flatten(small, 1)
        wide = self.fc1(flat)
        return self.fc2(wide)
"""
# What is written in place of what; the line, the words of the message, and what the cure says to write.
MISTAKES = {
    "features of another input": ("16 * 4 * 4", "16 * 5 * 5", 11, "is 400, the input has 256", "nn.Linear(256, 120)"),
    "channels of another layer": ("Conv2d(6, 16, 5)", "Conv2d(3, 16, 5)", 10, "is 3, the input has 6", "nn.Conv2d(6, 16, 5)"),
    "a misspelt argument": (
        "Conv2d(6, 16, 5)", "Conv2d(6, 16, kernal_size=5)", 10, 'no argument "kernal_size"', "nn.Conv2d(6, 16, kernel_size=5)"),
    "an argument of Keras": (
        "Conv2d(6, 16, 5)", "Conv2d(6, 16, 5, strides=1)", 10, 'no argument "strides"', "nn.Conv2d(6, 16, 5, stride=1)"),
    "a kernel left out": ("Conv2d(6, 16, 5)", "Conv2d(6, 16)", 10, "needs kernel_size", ""),
    "a text for a number": ("Conv2d(6, 16, 5)", 'Conv2d(6, 16, "5")', 10, '"5" is a text', ""),
    "a float": ("16 * 4 * 4", "16 * 32 / 2", 11, "256.0 is a float", ""),
    "groups that do not divide": ("Conv2d(6, 16, 5)", "Conv2d(6, 16, 5, groups=4)", 10, "6 input channels", ""),
    "a kernel larger than the map": ("Conv2d(6, 16, 5)", "Conv2d(6, 16, 15)", 10, "only 12 wide", ""),
    "no flatten": ("x = torch.flatten(x, 1)", "", 11, "a linear layer on a 16×4×4 map", ""),
    "no super().__init__()": ("        super().__init__()\n", "", 8, "has not called that of nn.Module", ""),
    "a forgotten self.": ("(self.conv2(x))", "(conv2(x))", 17, "conv2 is not defined", "self.conv2"),
    "self. forgotten where it is made": (
        "self.conv2 =", "conv2 =", 17, "has no attribute conv2", "self.conv2 = nn.Conv2d(6, 16, 5)"),
    "a misspelt layer": ("(self.conv2(x))", "(self.con2(x))", 17, "has no attribute con2", ""),
    "a class with another capital": ("nn.Conv2d(6", "nn.Conv2D(6", 10, "nn.Conv2D is not read", "nn.Conv2d"),
    "a function's name for a class": ("nn.Conv2d(6", "nn.conv2d(6", 10, "nn.conv2d is not read", "nn.Conv2d"),
    "a misspelt function": ("F.max_pool2d(F.relu(self.conv2", "F.maxpool2d(F.relu(self.conv2", 17, "F.maxpool2d is not read", "F.max_pool2d"),
    "a layer that is not called": ("F.relu(self.fc1(x))", "F.relu(self.fc1)", 19, "relu needs a tensor", ""),
    "no forward": ("def forward", "def foward", 6, "LeNet has no forward", ""),
    "no return": ("return self.fc3(x)", "self.fc3(x)", 6, "gives no tensor", ""),
    "no self": ("def forward(self, x)", "def forward(x)", 6, "takes 1 positional", "def forward(self, x)"),
}  # fmt: skip


def errors_of(text, shape):
    try:
        return list(summarise(Source("net.py", text), Choices(inputs={"": shape})).errors)
    except Problem as error:
        return list(error.diagnostics)


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_is_told_where_it_is_and_its_cure_mends_it(case):
    right, wrong, line, words, cure = MISTAKES[case]
    text = LENET.replace(right, wrong, 1)
    assert text != LENET
    (error,) = errors_of(text, "1x28x28")
    assert words in error.message and error.hint
    assert error.mark.line == line
    if cure:
        told = re.search(r"write: (.*)", error.hint)
        assert told and told[1] == cure
        mark, rows = error.mark, text.split("\n")
        if cure.startswith("self.conv2 ="):  # it says which line
            rows[9] = f"        {cure}"
        elif cure.startswith("def "):
            rows[14] = f"    {cure}:"
        else:
            row = rows[line - 1]
            rows[line - 1] = row[: mark.column - 1] + cure + row[mark.column - 1 + mark.length :]
        assert not errors_of("\n".join(rows), "1x28x28")


# Several at once: the replacements, and the lines with the words of their errors.
SEVERAL = {
    "two that are independent of each other": (
        {"nn.Conv2d(8, 4, 1)": "nn.Conv2d(9, 4, 1)", "nn.Linear(20, 5)": "nn.Linear(21, 5)"},
        [(11, "is 9, the input has 8"), (13, "is 21, the input has 20")]),
    "one in each of two branches, and one behind": (
        {"nn.Conv2d(3, 8, 3, padding=1)": "nn.Conv2d(1, 8, 3, padding=1)", "groups=1": "groups=2", "(20, 5)": "(21, 5)"},
        [(8, "is 1, the input has 3"), (9, "3 input channels"), (13, "is 21, the input has 20")]),
    "an argument, a layer, and forward": (
        {"stride=2": "strides=2", "nn.Linear(1024, 20)": "nn.Linear(1000, 20)", "self.fc2(": "self.fc4("},
        [(10, 'no argument "strides"'), (12, "is 1000, the input has 1024"), (21, "has no attribute fc4")]),
    "a size in doubt, and what follows from it": (
        {"3, 8, 3, padding=1, groups=1": "3, 8, 3"}, [(16, "their sizes differ, 16 and 14")]),
    "a reshape, and what follows from it": (
        {"torch.flatten(small, 1)": "small.reshape(-1, 1000)"}, [(19, "1000 numbers")]),
}  # fmt: skip


@pytest.mark.parametrize("case", SEVERAL)
def test_several_mistakes_are_told_at_once_and_none_that_follows_from_another(case):
    changes, wanted = SEVERAL[case]
    text = BRANCHES
    for right, wrong in changes.items():
        assert right in text
        text = text.replace(right, wrong, 1)
    found = errors_of(text, "3x16x16")
    assert [(each.mark.line, words in each.message) for each, (_, words) in zip(found, wanted, strict=True)] == [
        (line, True) for line, _ in wanted
    ]


def test_the_branches_fit():
    assert not errors_of(BRANCHES, "3x16x16") and not errors_of(LENET, "1x28x28")


@pytest.mark.parametrize("layer", [
    "nn.Softmax(dim=1)", "nn.Conv2d(in_channels=3, out_channels=8, kernel_size=3, padding_mode='reflect')",
    "nn.ConvTranspose2d(in_channels=3, out_channels=8, kernel_size=2, stride=2)", "nn.ReLU(inplace=True)",
    "nn.GELU(approximate='tanh')", "nn.Softplus(beta=1, threshold=20)", "nn.LogSoftmax(dim=1)",
    "nn.GroupNorm(num_groups=1, num_channels=3, eps=1e-6)", "nn.Upsample(scale_factor=2, mode='nearest')",
    "nn.MaxPool2d(kernel_size=2, stride=2, return_indices=False)", "nn.BatchNorm2d(num_features=3, momentum=0.1)",
    "nn.Conv2d(3, 8, 3, device='cpu', dtype=None)", "nn.AdaptiveAvgPool2d(output_size=(1, None))",
])  # fmt: skip
def test_every_argument_of_pytorch_is_taken(layer):
    assert not errors_of(f"import torch.nn as nn\nnet = nn.Sequential({layer})\n", "3x8x8")


@pytest.mark.parametrize("program", [
    "linear = nn.Linear(3)\nprint(linear.weight)\nnet = nn.Sequential(linear)\n",  # whose weights nobody knows
    "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.conv = nn.Conv2d(8, 4, 3)\n"
    "    def forward(self, x):\n        return x + self.conv(torch.randn(x.size(0), 7, 6, 6))\n",
])  # fmt: skip
def test_a_wrong_layer_in_an_odd_place_is_a_sentence(program):
    assert errors_of(f"import torch, torch.nn as nn\n{program}", "4x4x4")


BLOCK = """\
import torch.nn as nn


class Double(nn.Module):
    def __init__(self, inside, outside):
        super().__init__()
        self.net = nn.Sequential(nn.Conv2d(inside, outside, 3, padding=1), nn.BatchNorm2d(outside))

    def forward(self, x):
        return self.net(x)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = Double(3, 16)
        self.second = Double(16, outside=32)

    def forward(self, x):
        return self.second(self.first(x))
"""
# What is wrong, the line where the layer is made, and the whole cure.
ORIGINS = {
    "given by a class's argument": ("Double(16, o", "Double(8, o", 7, "write: Double(16, outside=32), in line 17"),
    "in the layer's own call": ("nn.BatchNorm2d(outside)", "nn.BatchNorm2d(16)", 7, "write: nn.BatchNorm2d(32)"),
    "another parameter": (
        "nn.BatchNorm2d(outside)", "nn.BatchNorm2d(inside)", 7,
        "write: Double(16, 16), in line 16, or here: nn.BatchNorm2d(outside)"),
    "computed": ("nn.BatchNorm2d(outside)", "nn.BatchNorm2d(inside * 4)", 7, "in_channels must be 16: see where inside * 4 comes from"),
}  # fmt: skip


@pytest.mark.parametrize("case", ORIGINS)
def test_a_wrong_value_is_mended_where_it_comes_from(case):
    right, wrong, line, cure = ORIGINS[case]
    found = errors_of(BLOCK.replace(right, wrong, 1), "3x8x8")[0]
    assert found.mark.line == line and found.hint.startswith(cure)
    if case == "given by a class's argument":
        assert not errors_of(BLOCK, "3x8x8")


USES_F = """\
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 4)
    def forward(self, x):
        return F.relu(self.fc(x))
"""
KERAS_USE = "model = keras.Sequential([keras.Input((3,)), layers.Dense(4, activation='relu')])\n"
IMPORTS = {
    "import torch.nn.functional as F": ("import torch\nimport torch.nn as nn\n" + USES_F, 8),
    "import torch.nn as nn": ("import torch.nn.functional as F\n" + USES_F, 2),
    "from torch.nn import Linear": (
        "from torch import nn\nimport torch.nn.functional as F\n" + USES_F.replace("nn.Linear", "Linear"), 6
    ),
    "from keras import layers": ("import keras\n" + KERAS_USE, 2),
    "import keras": ("from keras import layers\n" + KERAS_USE, 2),
    "from keras.layers import Dense": ("import keras\n" + KERAS_USE.replace("layers.Dense", "Dense"), 2),
    "from torch import nn": (USES_F, 1),  # of a file that imports nothing
}  # fmt: skip


@pytest.mark.parametrize("cure", IMPORTS)
def test_what_nothing_imports_is_said_and_its_cure_mends_it(cure):
    text, line = IMPORTS[cure]
    notes = [each for each in read_spec(Source("net.py", text), Choices(inputs={"": "3"})).notes if each.code == "W014"]
    if cure != "from torch import nn":
        (note,) = notes
        assert (note.mark.line, note.hint) == (line, f"put at the top: {cure}")
    mended = "\n".join(note.hint.removeprefix("put at the top: ") for note in notes) + "\n" + text
    assert not read_spec(Source("net.py", mended), Choices(inputs={"": "3"})).notes


@pytest.mark.parametrize("text", [USES_F, "net = nn.Sequential(nn.Linear(3, 4), nn.ReLU())", KERAS_USE])
def test_what_is_pasted_need_not_import_anything(text):
    assert not read_spec(Source("standard input", text), Choices(inputs={"": "3"})).notes
