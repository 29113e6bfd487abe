"""Programs with a mistake anywhere: whatever becomes of their trees, the outcome is a network or a sentence."""

import random

import pytest
from mutations import mutated_text

from convcalc.network.load import summarise
from convcalc.problem import Problem, Source
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


@pytest.mark.seeds(60, 2000)
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
