"""Programs with a mistake anywhere: whatever becomes of their trees, the outcome is a network or a sentence."""

import random

import pytest
from mutations import mutated_text

from convcalc.kinds.classes import classes
from convcalc.network.load import summarise
from convcalc.problem import Problem, Source
from convcalc.readers.python.run import Run
from convcalc.readers.pytorch.calls import METHODS
from convcalc.readers.pytorch.composed import COMPOSED
from convcalc.readers.pytorch.containers import CONTAINERS
from convcalc.readers.pytorch.containers import METHODS as MODULE_METHODS
from convcalc.readers.pytorch.functions import FUNCTIONS, function_of
from convcalc.readers.pytorch.library import Torch
from convcalc.readers.pytorch.tensor import TensorValue
from convcalc.readers.trace import BATCH
from convcalc.spec.choices import Choices

PROGRAM = """
import torch
import torch.nn as nn
import torch.nn.functional as F
from collections import OrderedDict

CONFIG = {"a": [16, "M", 32, "M"], "b": [(8, 2), (16, 1)]}


def conv3x3(inside, outside, stride=1, **more):
    return nn.Conv2d(inside, outside, kernel_size=3, stride=stride, padding=1, bias=False, **more)


class Block(nn.Module):
    expansion = 2

    def __init__(self, inside, planes, stride=1):
        super(Block, self).__init__()
        self.conv1 = conv3x3(inside, planes, stride)
        self.bn1 = nn.BatchNorm2d(planes)
        self.conv2 = conv3x3(planes, planes * self.expansion)
        self.shortcut = nn.Sequential()
        if stride != 1 or inside != planes * self.expansion:
            self.shortcut = nn.Sequential(OrderedDict([("conv", nn.Conv2d(inside, planes * self.expansion, 1, stride))]))

    def forward(self, x):
        out = F.relu(self.bn1(self.conv1(x)))
        out = self.conv2(out)
        out += self.shortcut(x)
        return F.relu(out)


class Attention(nn.Module):
    def __init__(self, dim, heads=4):
        super().__init__()
        self.heads, self.scale = heads, (dim // heads) ** -0.5
        self.qkv = nn.Linear(dim, dim * 3)
        self.position = nn.Parameter(torch.zeros(1, 1, dim))

    def forward(self, x):
        b, n, c = x.shape
        q, k, v = self.qkv(x + self.position).reshape(b, n, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4)
        weights = ((q @ k.transpose(-2, -1)) * self.scale).softmax(dim=-1)
        return (weights @ v).transpose(1, 2).reshape(b, n, c)


class Net(nn.Module):
    def __init__(self, blocks=(1, 2), num_classes=10):
        super().__init__()
        self.features = self.make_layers(CONFIG["a"])
        self.inside = 32
        self.stages = nn.ModuleList([self.make_stage(planes, n) for planes, n in zip([16, 32], blocks)])
        self.attention = Attention(64)
        self.head = nn.Linear(64, num_classes)

    def make_layers(self, config):
        layers, inside = [], 3
        for width in config:
            if width == "M":
                layers.append(nn.MaxPool2d(2))
            else:
                layers += [nn.Conv2d(inside, width, 3, padding=1), nn.ReLU(inplace=True)]
                inside = width
        return nn.Sequential(*layers)

    def make_stage(self, planes, count):
        layers = []
        for index in range(count):
            layers.append(Block(self.inside, planes, 2 if index == 0 else 1))
            self.inside = planes * Block.expansion
        return nn.Sequential(*layers)

    def forward(self, x):
        x = self.features(x)
        for stage in self.stages:
            x = stage(x)
        x = x.flatten(2).transpose(1, 2)
        x = torch.cat([self.attention(x), x[:, :1]], dim=1)
        return self.head(x.mean(dim=1))
"""
NAMES = ["x", "self", "nn", "torch", "F", "undefined", "range", "Block", "out", "layers"]
ATTRIBUTES = ["shape", "conv1", "forward", "weight", "__class__", "size", "Conv2d", "nothing"]


def test_the_program_itself_is_read():
    assert not summarise(Source("net.py", PROGRAM), Choices(inputs={"": "3x64x64"})).errors


@pytest.mark.seeds(60, 500)
def test_no_mutation_ends_in_a_traceback(seed):
    text = mutated_text(PROGRAM, random.Random(seed), NAMES, ATTRIBUTES)
    if text is None:
        return
    try:
        report = summarise(Source("net.py", text), Choices(inputs={"": "3x64x64"}))
    except Problem as error:
        assert all(found.message for found in error.diagnostics)
    else:
        assert report.layers or report.errors


# Values of every sort that an argument may have.
VALUES = [
    "None",
    "0",
    "3",
    "-1",
    "2.5",
    "'abc'",
    "[]",
    "[1,2]",
    "()",
    "{'a':1}",
    "len",
    "nn.Conv2d",
    "nn.ReLU()",
    "nn.Sequential(nn.ReLU())",
    "torch.zeros(2,3)",
    "torch.tensor(3)",
    "torch.arange(3)",
    "torch.nowhere",
    "x",
    "x.shape[0]",
    "[x,x]",
    "range(3)",
    "torch",
    "lambda:1",
]
MADE = ([], [3], [3, 3], [3, 3, 3], [4, 2, 8])


class Calls:
    """What a program may call while its network is applied to an input."""

    def __init__(self):
        code = "import torch\nfrom torch import nn\nclass Module(nn.Module):\n    pass\n"
        source = Source("net.py", code)
        library = Torch(source)
        self.run = Run(source, library)
        self.module = self.run.module()
        self.place = self.module.code.place(self.module.code.tree.body[0])
        library.begin()
        node = library.trace.input("input", (BATCH, 3, 8, 8), self.place)
        self.module.settled["x"] = TensorValue(node.shape, node)

    def evaluate(self, text):
        return self.run.expression(text, self.module)

    def outcome(self, function, args):
        """What a call gives; a Problem where it is none."""
        try:
            return self.run.call(self.evaluate(function), [self.evaluate(each) for each in args], {}, self.place)
        except Problem as error:
            assert error.diagnostics[0].message
            return error


def argument_lists(seed):
    generator = random.Random(seed)
    yield ()
    yield from ((value,) for value in VALUES)
    yield from (tuple(generator.choices(VALUES, k=2 + index % 2)) for index in range(6))


def functions_to_call():
    function_of("relu")  # fills the tables
    yield from (f"torch.{name}" for name in FUNCTIONS)
    yield from (f"x.{name}" for name in METHODS)
    for module in ("Module()", "nn.Sequential(nn.Linear(3, 3), nn.ReLU())", "nn.Linear(3, 3)"):
        yield from (f"{module}.{name}" for name in MODULE_METHODS)
    yield from (f"nn.{name}" for name in (*classes("torch"), *CONTAINERS, *COMPOSED))


@pytest.mark.parametrize("part", range(6))
def test_no_call_ends_in_a_traceback(part):
    for number, function in enumerate(sorted(functions_to_call())):
        if number % 6 == part:
            calls = Calls()
            for args in argument_lists(function):
                calls.outcome(function, args)


def test_no_layer_ends_in_a_traceback_whatever_it_is_applied_to():
    for name in sorted((*classes("torch"), *CONTAINERS)):
        calls = Calls()
        for sizes in MADE:
            made = calls.outcome(f"nn.{name}", map(str, sizes))
            if not isinstance(made, Problem):
                calls.module.settled["layer"] = made
                for args in argument_lists(name):
                    calls.outcome("layer", args)
                break
