"""What programs and files have written out is written as a person would: branches, blocks, repeats, the author's names."""

import pytest
from families import FAMILIES
from test_pytorch import UNREAD
from written import facts, written

from convcalc.network.load import Choices, graph_of, source_of, spec_of, summarise
from convcalc.problem import Source
from convcalc.writing.conversion import with_choices
from convcalc.writing.facts import outcomes
from convcalc.writing.folding import folded_spec
from convcalc.writing.yaml import pieces

PROGRAM = """
import torch
from torch import nn

class Unit(nn.Module):
    def __init__(self, inside, outside, stride=1):
        super().__init__()
        self.conv = nn.Conv2d(inside, outside, 3, stride, 1)
        self.norm = nn.BatchNorm2d(outside)
        self.narrow = nn.Conv2d(outside, outside, 3, padding=1)
        self.side = nn.Conv2d(inside, outside, 1, stride) if stride > 1 else None

    def forward(self, x):
        y = self.narrow(torch.relu(self.norm(self.conv(x))))
        return torch.relu(y + (x if self.side is None else self.side(x)))

class Views(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.near = nn.Sequential(nn.Conv2d(c, 8, 1), nn.ReLU())
        self.far = nn.Sequential(nn.Conv2d(c, 16, 3, padding=1), nn.ReLU())
        self.weigh = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(24, 24, 1), nn.Sigmoid())

    def forward(self, x):
        x = torch.cat([self.near(x), self.far(x)], dim=1)
        return x * self.weigh(x)

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 16, 3, padding=1)
        self.first = nn.Sequential(Unit(16, 16), Unit(16, 16), Unit(16, 16))
        self.second = nn.Sequential(Unit(16, 32, 2), Unit(32, 32))
        self.views = Views(32)
        self.more = Views(24)
        self.head = nn.Linear(24, 10)

    def forward(self, x):
        x = self.second(self.first(self.stem(x)))
        return self.head(self.more(self.views(x)).mean((2, 3)))

net = Net()
net(torch.zeros(1, 3, 32, 32))
"""
YAML = """\
name: Net
input: 3x32x32
blocks:
  unit:
    params: {f: required}
    layers:
      - residual:
          - conv: conv f k3 p1
          - norm: batchnorm
          - relu
          - narrow: conv f k3 p1
      - relu
  views:
    - concat:
        near:
          - 0: conv 8 k1
          - 1: relu
        far:
          - 0: conv 16 k3 p1
          - 1: relu
    - gate:
        - weigh:
            - 0: adaptiveavgpool
            - 1: conv 24 k1
            - 2: sigmoid
layers:
  - stem: conv 16 k3 p1
  - first: 3 x unit f=16
  - second:
      - 0:
          - residual:
              main:
                - conv: conv 32 k3 s2 p1
                - norm: batchnorm
                - relu
                - narrow: conv 32 k3 p1
              shortcut:
                - side: conv 32 k1 s2
          - relu
      - unit f=32
  - views: views
  - more: views
  - globalavgpool keep=no
  - head: linear 10
"""


def folded(source, choices=Choices()):  # noqa: B008 - it never changes
    """The spec of what was read, folded; its graph is that which it was."""
    spec = spec_of(source_of(source, choices), choices)
    graph = graph_of(spec, choices)
    assert not graph.diagnostics, graph.diagnostics[0]
    spec = folded_spec(with_choices(spec, choices, graph))
    again = graph_of(spec)
    assert outcomes(again) == outcomes(graph)
    return spec, again


def assert_written(source, choices=Choices()):  # noqa: B008
    spec, graph = folded(source, choices)
    text = "".join(pieces(spec, graph))
    again = spec_of(Source("again.yaml", text))
    assert "".join(pieces(again, graph_of(again))) == text
    return text


def test_a_program_is_written_as_a_person_would():
    assert assert_written(Source("net.py", PROGRAM)) == YAML


def test_a_program_becomes_another_with_its_classes(convcalc, tmp_path):
    (tmp_path / "net.py").write_text(PROGRAM)
    code, out, err = convcalc("convert", tmp_path / "net.py", "--to", "pytorch")
    assert (code, err) == (0, "") and "class Unit(nn.Module):" in out and "class Views(nn.Module):" in out
    before, after = summarise(Source("net.py", PROGRAM)), summarise(Source("net.py", out))
    assert (after.totals, after.output) == (before.totals, before.output)


@pytest.mark.parametrize("name", [name for name in FAMILIES if name not in UNREAD])
def test_a_bundled_network_as_a_program(name):
    text, report = written(name, "pytorch")
    inputs = {"": "x".join(map(str, next(iter(report.inputs.values()))))} if len(report.inputs) == 1 else {}
    assert_written(Source("net.py", text), Choices(inputs=inputs, layout="channels_first"))


SKIPS = """
import torch
from torch import nn

class Pair(nn.Module):
    def __init__(self, inside, middle, outside):
        super().__init__()
        self.first, self.second = nn.Conv2d(inside, middle, 3, padding=1), nn.Conv2d(middle, outside, 3, padding=1)

    def forward(self, x):
        return torch.relu(self.second(torch.relu(self.first(x))))

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.down, self.across, self.up = Pair(3, 4, 8), Pair(8, 16, 12), Pair(20, 6, 8)

    def forward(self, x):
        early = self.down(x)
        x = torch.cat([self.across(early), early], 1)
        return torch.cat([self.up(x), early], 1)

net = Net()
net(torch.zeros(1, 3, 16, 16))
"""


def test_what_a_group_gives_is_called_by_the_group():
    text = assert_written(Source("net.py", SKIPS))
    assert (
        text.partition("blocks:\n")[2]
        == """\
  pair:
    params: {f: required, f_2: required}
    layers:
      - first: conv f k3 p1
      - relu
      - second: conv f_2 k3 p1
      - relu
layers:
  - down: pair f=4 f_2=8
  - concat:
      - - across: pair f=16 f_2=12
      - []
  - up: pair f=6 f_2=8
  - concat from=up,down
"""
    )


def test_a_name_means_what_it_does_to_its_user():
    """One that a group above has for something else is not taken for that."""
    program = SKIPS.replace("x = torch.cat([self.across(early), early], 1)", "x = self.deep(torch.cat([x, early], 1))")
    program = program.replace("return torch.cat([self.up(x), early], 1)", "return x")
    program = program.replace("        self.down, self.across, self.up = Pair(3, 4, 8), Pair(8, 16, 12), Pair(20, 6, 8)",
                              "        self.down, self.deep = Pair(3, 4, 8), Deep()")  # fmt: skip
    program = program.replace(
        "class Net",
        """class Deep(nn.Module):
    def forward(self, x):
        y = torch.cat([x, x.relu()], 1)
        z = torch.cat([y, y.tanh()], 1)
        return torch.cat([x, z, y], 1)

class Net""",
    )
    assert_written(Source("net.py", program))


def test_a_group_that_is_called_again_has_the_weights_of_the_first(convcalc, tmp_path):
    program = (
        SKIPS.partition("class Net")[0]
        + """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.twin = Pair(3, 4, 3)
        self.last = nn.Conv2d(3, 2, 1)

    def forward(self, x):
        return self.last(self.twin(self.twin(x)))

net = Net()
net(torch.zeros(1, 3, 16, 16))
"""
    )
    text = assert_written(Source("net.py", program))
    assert text.endswith("\nlayers:\n  - twin: pair\n  - twin_2: pair weights=twin\n  - last: conv 2 k1\n")
    (tmp_path / "net.py").write_text(program)
    code, out, err = convcalc("convert", tmp_path / "net.py", "--to", "pytorch")
    assert (code, err) == (0, "") and out.count("x = self.twin(x)") == 2


OTHERS = {
    "net.py": """
import keras
from keras import layers
x = inputs = keras.Input((32, 32, 3))
for filters in (8, 8, 16):
    y = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    y = layers.Conv2D(filters, 3, padding="same")(y)
    x = layers.add([y, layers.Conv2D(filters, 1)(x)])
x = layers.Dense(10)(layers.Flatten()(layers.MaxPooling2D()(x)))
model = keras.Model(inputs, x)
""",
    "net.cfg": """
[net]
width=64
height=64
channels=3
[convolutional]
batch_normalize=1
filters=8
size=3
pad=1
activation=leaky
[convolutional]
filters=8
size=3
pad=1
activation=linear
[shortcut]
from=-2
activation=linear
[maxpool]
size=2
stride=2
""",
    "net.prototxt": """
name: "Net"
layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 3 dim: 31 dim: 31 } } }
layer { name: "conv1" type: "Convolution" bottom: "data" top: "conv1" convolution_param { num_output: 8 kernel_size: 3 } }
layer { name: "relu1" type: "ReLU" bottom: "conv1" top: "conv1" }
layer { name: "pool1" type: "Pooling" bottom: "conv1" top: "pool1" pooling_param { kernel_size: 2 stride: 2 } }
""",
    "net.txt": """
Sequential(
  (0): Sequential(
    (0): Conv2d(3, 8, kernel_size=(3, 3), stride=(1, 1))
    (1): ReLU()
  )
  (1): Sequential(
    (0): Conv2d(8, 8, kernel_size=(3, 3), stride=(1, 1))
    (1): ReLU()
  )
  (2): Flatten(start_dim=1, end_dim=-1)
)
""",
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_forms(name):
    shape = "32x32x3" if "keras" in OTHERS[name] else "3x64x64" if name == "net.cfg" else "3x31x31"
    text = assert_written(Source(name, OTHERS[name]), Choices(inputs={"": shape}))
    report = summarise(Source(name, OTHERS[name]), Choices(inputs={"": shape}))
    again = summarise(Source("again.yaml", text))
    assert [each[1:] for each in facts(again, names=False)[:-3]] == [
        each[1:] for each in facts(report, names=False)[:-3]
    ]


def test_what_is_not_joined_is_not_written(convcalc, tmp_path):
    (tmp_path / "net.txt").write_text(
        "Net(\n  (conv): Conv2d(3, 8, kernel_size=(3, 3), stride=(1, 1))\n  (act): ReLU()\n)\n"
    )
    code, out, err = convcalc("convert", tmp_path / "net.txt", "--to", "yaml")
    assert (code, out) == (3, "") and err
