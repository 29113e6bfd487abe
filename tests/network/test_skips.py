"""Branches that do not fit: both paths are named from where they part, and what is said to write makes them fit."""

import pytest

from convcalc.network import skips
from convcalc.network.load import summarise
from convcalc.problem import Source
from convcalc.spec.choices import Choices

MAIN = "main: [conv 128 k3 s2 p1 bias=no, batchnorm, relu, conv 128 k3 p1 bias=no, batchnorm]"
HEAD = "input: 64x56x56\nlayers:\n  - stem: conv 64 k3 p1\n"
BLOCK = """\
import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 64, 3, padding=1)
        self.conv1 = nn.Conv2d(64, 128, 3, stride=2, padding=1)
        self.bn1 = nn.BatchNorm2d(128)
        self.conv2 = nn.Conv2d(128, 128, 3, padding=1)
        self.shortcut = nn.Conv2d(64, 128, 1)

    def forward(self, x):
        x = self.stem(x)
        y = self.conv2(F.relu(self.bn1(self.conv1(x))))
        return F.relu(y + SKIP)
"""
KERAS = """\
import keras
from keras import layers
x = inputs = keras.Input((32, 32, 16))
y = layers.Conv2D(32, 3, strides=2, padding="same", name="first")(x)
z = layers.Conv2D(32, 1, name="second")(x)
outputs = layers.Add()([y, z])
model = keras.Model(inputs, outputs)
"""
# (what, the text, its input, the paths, the cure, the text with what the cure says)
CASES = {
    "an identity beside a stride": (
        f"{HEAD}  - residual:\n      {MAIN}\n", "",
        "from stem 64×56×56: conv1 128×28×28 → … → batchnorm2 128×28×28 and nothing",
        "write in it: shortcut: auto", f"{HEAD}  - residual:\n      {MAIN}\n      shortcut: auto\n",
    ),
    "a list without a shortcut": (
        f"{HEAD}  - residual:  # a list\n    - conv 128 k3 s2 p1\n    - relu\n", "",
        "from stem 64×56×56: conv1 128×28×28 → relu1 128×28×28 and nothing",
        "write it with both paths: residual: {main: […], shortcut: auto}",
        f"{HEAD}  - residual: {{main: [conv 128 k3 s2 p1, relu], shortcut: auto}}\n",
    ),
    "a projection without a stride": (
        f"{HEAD}  - residual:\n      {MAIN}\n      shortcut: [conv 128 k1, batchnorm]\n", "",
        "from stem 64×56×56: conv1 128×28×28 → … → batchnorm2 128×28×28 and conv3 128×56×56 → batchnorm3 128×56×56",
        "write: conv 128 k1 s2, in line 6",
        f"{HEAD}  - residual:\n      {MAIN}\n      shortcut: [conv 128 k1 s2, batchnorm]\n",
    ),
    "a projection to other filters": (
        f"{HEAD}  - residual:\n      {MAIN}\n      shortcut: [conv 96 k1 s2]\n", "",
        "from stem 64×56×56: conv1 128×28×28 → … → batchnorm2 128×28×28 and conv3 96×28×28",
        "write: conv 128 k1 s2, in line 6",
        f"{HEAD}  - residual:\n      {MAIN}\n      shortcut: [conv 128 k1 s2]\n",
    ),
    "a concat without padding": (
        f"{HEAD}  - concat:\n      a: [conv 8 k3, relu]\n      b: [conv 4 k5 p2]\n", "",
        "from stem 64×56×56: a.conv1 8×54×54 → a.relu1 8×54×54 and b.conv1 4×56×56",
        "write: conv 8 k3 p1, in line 5",
        f"{HEAD}  - concat:\n      a: [conv 8 k3 p1, relu]\n      b: [conv 4 k5 p2]\n",
    ),
    "convolutions that lose sides": (
        f"{HEAD}  - residual: [conv 64 k3, relu, conv 64 k3]\n", "",
        "from stem 64×56×56: conv1 64×54×54 → … → conv2 64×52×52 and nothing",
        "give conv1 and conv2 padding=same",
        f"{HEAD}  - residual: [conv 64 k3 padding=same, relu, conv 64 k3 padding=same]\n",
    ),
    "a sum of named layers": (
        f"{HEAD}  - conv 32 k3 s2 p1\n  - down: batchnorm\n  - add: {{from: [stem, down]}}\n", "",
        "from stem 64×56×56: nothing and conv1 32×28×28 → down 32×28×28",
        "put conv 32 k1 s2 behind stem",
        f"{HEAD}  - conv 32 k3 s2 p1\n  - down: batchnorm\n  - p: conv 32 k1 s2 from=stem\n"
        "  - add: {from: [p, down]}\n",
    ),
    "a program's identity": (
        BLOCK.replace("SKIP", "x"), "3x32x32",
        "from stem 64×32×32: conv1 128×16×16 → … → conv2 128×16×16 and nothing",
        "put nn.Conv2d(64, 128, 1, stride=2) behind stem",
        BLOCK.replace("SKIP", "self.down(x)").replace(
            "self.shortcut = nn.Conv2d(64, 128, 1)", "self.down = nn.Conv2d(64, 128, 1, stride=2)"
        ),
    ),
    "a program's projection": (
        BLOCK.replace("SKIP", "self.shortcut(x)"), "3x32x32",
        "from stem 64×32×32: conv1 128×16×16 → … → conv2 128×16×16 and shortcut 128×32×32",
        "write: nn.Conv2d(64, 128, 1, stride=2), in line 13",
        BLOCK.replace("SKIP", "self.shortcut(x)").replace("(64, 128, 1)", "(64, 128, 1, stride=2)"),
    ),
    "a program's concatenation": (
        BLOCK.replace("y + SKIP", "torch.cat([x, y], 1)").replace("stride=2, padding=1", "stride=1, padding=2"), "3x32x32",
        "from stem 64×32×32: nothing and conv1 128×34×34 → … → conv2 128×34×34",
        "write: nn.Conv2d(64, 128, 3, stride=1, padding=1), in line 10",
        BLOCK.replace("y + SKIP", "torch.cat([x, y], 1)").replace("stride=2, padding=1", "stride=1, padding=2").replace(
            "stride=1, padding=2", "stride=1, padding=1"
        ),
    ),
    "Keras": (
        KERAS, "", "from input_layer 32×32×16: first 16×16×32 and second 32×32×32",
        'write: layers.Conv2D(32, 1, name="second", strides=2), in line 5',
        KERAS.replace('1, name="second"', '1, name="second", strides=2'),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_both_paths_are_named_and_the_cure_mends_it(case):
    text, shape, paths, cure, mended = CASES[case]
    name = "net.py" if "import" in text else "net.yaml"
    choices = Choices(inputs={"": shape} if shape else {})
    errors = [each for each in summarise(Source(name, text), choices).diagnostics if each.severity == "error"]
    assert [(each.code, each.work, each.hint) for each in errors] == [("C011", paths, cure)]
    report = summarise(Source(name, mended), choices)
    assert not [each for each in report.diagnostics if each.severity == "error"]


def test_paths_of_symbolic_sizes_that_differ_are_told(convcalc, tmp_path):
    """They meet only where L is 2L, which no size is."""
    path = tmp_path / "net.yaml"
    path.write_text("input: 3xL\nlayers:\n  - concat: {a: [upsample 2, conv 4 k3 p1], b: [identity]}\n")
    code, _, errors = convcalc("summary", path)
    assert code == 3 and "C011" in errors and "s2" in errors


def test_only_the_first_misfits_are_followed_back(convcalc, tmp_path, monkeypatch):
    """Thousands of them behind a long path took seconds."""
    followed = []
    monkeypatch.setattr(skips, "skip_of", lambda *asked: followed.append(asked))
    long = "".join(f"  - r{index}: relu\n" for index in range(50))
    sums = "".join(f"  - s{index}: add from=c,a\n" for index in range(50))
    path = tmp_path / "net.yaml"
    path.write_text(f"input: 3x32x32\nlayers:\n  - a: relu\n{long}  - c: conv 3 k3\n{sums}")
    code, _, errors = convcalc("summary", path)
    assert code == 3 and errors.count("C011") == 50 and len(followed) == skips.MAX_ERRORS
