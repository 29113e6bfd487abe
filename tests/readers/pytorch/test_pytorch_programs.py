"""PyTorch programs as people have them: which network is meant, what goes in, what is wrong and where."""

import io
import json
from typing import NamedTuple

import pytest

LENET = """\
import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self, num_classes=10):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 6, 5)
        self.pool = nn.MaxPool2d(2, 2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(16 * 5 * 5, 120)
        self.fc2 = nn.Linear(120, num_classes)

    def forward(self, x):
        x = self.pool(F.relu(self.conv1(x)))
        x = self.pool(F.relu(self.conv2(x)))
        x = torch.flatten(x, 1)
        return self.fc2(F.relu(self.fc1(x)))
"""
TWO = """\
import torch.nn as nn

class Block(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.conv = nn.Conv2d(c, c, 3, padding=1)
    def forward(self, x):
        return self.conv(x) + x

class Small(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.stem = nn.Conv2d(3, width, 3)
        self.body = nn.Sequential(*[Block(width) for _ in range(2)])
        self.spare = nn.Linear(5, 5)
    def forward(self, x):
        return self.body(self.stem(x))

class Other(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(10, 20)
        self.b = nn.Linear(30, 5)
        self.c = nn.Linear(6, 7)
    def forward(self, x):
        return self.c(self.b(self.a(x)))
"""


class Outcome(NamedTuple):
    exit_code: int
    stdout: str
    stderr: str

    @property
    def output(self):
        return self.stdout + self.stderr


@pytest.fixture
def run(tmp_path, monkeypatch, convcalc):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.py").write_text(LENET)
    (tmp_path / "two.py").write_text(TWO)

    def invoke(*args, text=None):
        if text is not None:
            monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        return Outcome(*convcalc(*args))

    return invoke


def summary(run, *args, text=None):
    found = run("summary", *args, "--json", text=text)
    assert found.exit_code == 0, found.output
    return json.loads(found.stdout)


def test_a_program_is_a_network(run):
    report = summary(run, "net.py", "--input", "3x32x32")
    names = [layer["name"] for layer in report["layers"]]
    assert names == [
        "conv1", "relu1", "pool", "conv2", "relu2", "pool_2", "flatten1", "fc1", "relu3", "fc2"
    ]  # fmt: skip
    # 6·(3·25 + 1), 16·(6·25 + 1), 120·401, 10·121
    assert report["totals"]["parameters"] == 456 + 2416 + 48_120 + 1_210
    assert report["output"] == [10]
    assert {layer["name"]: layer["line"] for layer in report["layers"]}["fc1"] == 12


def test_the_only_size_that_fits_is_found_and_said(run):
    found = run("summary", "net.py")
    assert "3×32×32" in found.stdout
    assert "the smallest square size for which fc1 gets the 400 that it takes; up to 3x35x35 do" in found.output


@pytest.mark.parametrize("entry", ["net.py:Net", "net.py:Net()", "net.py:Net(num_classes=10)"])
def test_what_stands_behind_the_colon_is_evaluated(run, entry):
    assert summary(run, entry, "--input", "3x32x32")["totals"]["parameters"] == 52_202


@pytest.mark.parametrize(("entry", "more"), [("net.py:Net(7)", ()), ("net.py", ("--arg", "num_classes=7"))])
def test_arguments_of_the_constructor(run, entry, more):
    assert summary(run, entry, "--input", "3x32x32", *more)["output"] == [7]


def test_a_program_on_standard_input(run):
    assert summary(run, "-", "--input", "3x32x32", text=LENET)["totals"]["parameters"] == 52_202


def test_several_networks_are_a_question_whose_cure_works(run):
    found = run("summary", "two.py")
    assert found.exit_code == 3 and "several networks in this file: Small, Other" in found.output
    assert "say which: two.py:Other" in found.output


def test_the_network_of_several_on_standard_input(run):
    text = "from torch import nn\na = nn.Sequential(nn.ReLU())\nb = nn.Sequential(nn.Tanh())\n"
    err = run("summary", "-", "--input", "3", text=text).stderr
    words = err.partition("say which: ")[2].split("\n")[0].split()
    assert words[-1] == "-:b" and run("summary", "--input", "3", *words, text=text).exit_code == 0


def test_an_argument_that_is_missing_is_asked_for_by_name(run):
    found = run("summary", "two.py:Small")
    assert found.exit_code == 3 and "needs a value for width" in found.output
    assert "--> two.py:10:1" in found.output and "--arg width=VALUE" in found.output


def test_an_argument_that_nothing_asks_for(run):
    found = run("summary", "two.py:Small(8)", "--arg", "widht=8")
    assert found.exit_code == 2 and 'did you mean "width"?' in found.output


def test_modules_are_groups_and_what_is_never_used_is_counted_and_said(run):
    report = summary(run, "two.py:Small(8)", "--input", "3x16x16")
    assert [layer["name"] for layer in report["layers"]] == [
        "stem", "body.0.conv", "body.0.add1", "body.1.conv", "body.1.add1", "spare.parameters"
    ]  # fmt: skip
    assert report["totals"]["parameters"] == 224 + 2 * 584 + 30
    assert "never used, but counted: the parameters of spare" in run("summary", "two.py:Small(8)").output


def test_sides_that_nobody_says_are_letters(run):
    report = summary(run, "two.py:Small(8)")
    assert report["inputs"] == {"input": [3, "H", "W"]} and report["output"] == [8, "H - 2", "W - 2"]


def test_an_error_is_shown_where_the_layer_is_made_and_where_it_is_used(run):
    found = run("summary", "net.py", "--input", "3x28x28")
    assert found.exit_code == 3
    for part in (
        "in_features is 400, the input has 256 features", "--> net.py:12:20", "--> net.py:19:32  (used here)",
        "work: 16·4·4 = 256", "write: nn.Linear(256, 120)",
    ):  # fmt: skip
        assert part in found.output, part


@pytest.mark.parametrize(
    "made",
    [
        "nn.Sequential(collections.OrderedDict([(1, nn.ReLU())]))",
        "nn.Sequential({None: nn.ReLU()})",
        "nn.Sequential(nn.ModuleDict({2.5: nn.ReLU()}))",
        "nn.Sequential().append(nn.ReLU()).add_module(1, nn.ReLU())",
    ],
)
def test_the_name_of_a_module_is_a_string(run, made):
    text = f"import collections\nfrom torch import nn\nnet = {made}\n"
    code, _, err = run("summary", "-", "--input", "3x8x8", text=text)
    assert code == 3 and "the name of a module is a string" in err


MODULE = "from torch import nn\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
PLAIN_LIST = (
    f"{MODULE}        self.layers = [nn.Linear(8, 3), nn.ReLU()]\n"
    "    def forward(self, x):\n        for layer in self.layers:\n            x = layer(x)\n        return x\n"
)


def test_layers_in_a_plain_list_are_counted_and_said_to_be_in_no_module(run):
    notes = summary(run, "-", "--input", "8", text=PLAIN_LIST)["warnings"]
    assert [note["line"] for note in notes if "nn.ModuleList" in note["hint"]] == [5]
    held = PLAIN_LIST.replace("[nn.Linear(8, 3), nn.ReLU()]", "nn.ModuleList([nn.Linear(8, 3), nn.ReLU()])")
    assert not summary(run, "-", "--input", "8", text=held).get("warnings")


def test_layers_may_be_called_as_containers_call_their_methods(run):
    text = (
        f"{MODULE}        self.keys, self.values = nn.Linear(8, 3), nn.Linear(3, 2)\n"
        "    def forward(self, x):\n        return self.values(self.keys(x))\n"
    )
    assert summary(run, "-", "--input", "8", text=text)["totals"]["parameters"] == 27 + 8


def test_a_module_of_lightning_is_one_of_pytorch(run):
    text = """
import pytorch_lightning as pl
from torch import nn
class Net(pl.LightningModule):
    def __init__(self, width=8, depth=2):
        super().__init__()
        self.save_hyperparameters()
        self.layers = nn.Sequential(*[nn.Linear(self.hparams.width, width) for _ in range(self.hparams.depth)])
    def forward(self, x):
        return self.layers(x)
    def training_step(self, batch, index):
        self.log("loss", self(batch))
"""
    assert summary(run, "-", "--input", "8", text=text)["totals"]["parameters"] == 2 * 72


@pytest.mark.parametrize("name", ["weight", "bias"])
def test_a_normalisation_may_do_without_its_scale_or_its_shift(run, name):
    text = f"from torch import nn\nnet = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8))\nnet[1].{name} = None\n"
    assert summary(run, "-", "--input", "3x8x8", text=text)["totals"]["parameters"] == 8 * 28 + 8


def test_the_only_function_that_makes_the_network_of_its_parts_is_it(run):
    block = SIZED.replace("class Net", "class Block")
    net = SIZED.removeprefix("from torch import nn\n").replace("width, *, depth", "block, width")
    net = net.replace("*[nn.Linear(width, width) for _ in range(depth)]", "block(width, depth=3)")
    maker = "def net8():\n    return Net(Block, 8)\n"
    assert summary(run, "-", "--input", "8", text=block + net + maker)["totals"]["parameters"] == 3 * 72
    assert run("summary", "-", "--input", "8", text=block + net + maker + maker.replace("8", "4")).exit_code == 3


SIZED = (
    "from torch import nn\nclass Net(nn.Module):\n    def __init__(self, width, *, depth):\n        super().__init__()\n"
    "        self.layers = nn.Sequential(*[nn.Linear(width, width) for _ in range(depth)])\n"
    "    def forward(self, x):\n        return self.layers(x)\n"
)


@pytest.mark.parametrize(
    "lines",
    [
        "net = Net(8, depth=2)",
        "net = Net(8, depth=2).to('cpu').eval()",
        "width = 8\nif width:\n    model = Net(width, depth=2)",
        "if __name__ == '__main__':\n    model = Net(8, depth=2)",
        "def main():\n    model = Net(8, depth=2)\nmain()",
    ],
)
def test_a_class_that_needs_arguments_has_those_of_its_only_use(run, lines):
    assert summary(run, "-", "--input", "8", text=f"{SIZED}{lines}\n")["totals"]["parameters"] == 2 * 72
    two = run("summary", "-", "--input", "8", text=f"{SIZED}{lines}\nother = Net(4, depth=1)\n")
    assert two.exit_code == 3


@pytest.mark.parametrize(
    ("features", "listed", "cure"),
    [
        (64, True, "put nn.Flatten() before it; write: nn.Flatten(), nn.Linear(288, 10)"),
        (64, False, "put torch.flatten(x, 1) before its call; write: nn.Linear(288, 10)"),
        (288, True, "put nn.Flatten() before it: 288 features; write: nn.Flatten(), nn.Linear(288, 10)"),
        (288, False, "put torch.flatten(x, 1) before its call: 288 features"),
    ],
)
def test_what_is_not_flattened_is_mended_in_the_words_of_the_program(run, features, listed, cure):
    fc = f"nn.Linear({features}, 10)"
    text = (
        f"from torch import nn\nnet = nn.Sequential(nn.Conv2d(3, 8, 3), {fc})\n"
        if listed
        else f"{MODULE}        self.conv = nn.Conv2d(3, 8, 3)\n        self.fc = {fc}\n"
        "    def forward(self, x):\n        return self.fc(self.conv(x))\n"
    )
    code, _, err = run("summary", "-", "--input", "3x8x8", text=text)
    assert code == 3 and f"= help: {cure}\n" in f"{err}\n"
    mended = text.replace(fc, "nn.Flatten(), nn.Linear(288, 10)" if listed else "nn.Linear(288, 10)")
    mended = mended.replace("self.conv(x))", "self.conv(x).flatten(1))")
    assert summary(run, "-", "--input", "3x8x8", text=mended)["output"] == [10]


def test_of_the_sizes_that_fit_a_usual_one_is_taken(run):
    layers = "nn.Conv2d(3, 8, 3, stride=2, padding=1), nn.AvgPool2d(4), nn.Flatten(), nn.Linear(8 * 4 * 4, 10)"
    found = run("summary", "-", text=f"from torch import nn\nnet = nn.Sequential({layers})\n")
    assert "input 3x32x32, the usual square size for which 3 gets the 128 that it takes; 3x31x31 to 3x38x38 do" in (
        found.stdout + found.stderr
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "there is no network"),
        ("# nothing\n", "there is no network"),
        ("from torch import nn\nnet = nn.Sequential(nn.Linear(3, float('inf')))\n", "whole number"),
        (
            "import unknown\nimport inspect\nfrom torch import nn\n"
            "net = nn.Sequential(nn.Linear(3, 4 if inspect.isclass(unknown.thing) else 5))\n",
            "is not read",
        ),
    ],
)
def test_what_is_no_network_ends_with_a_sentence(run, tmp_path, text, words):
    (tmp_path / "other.py").write_text(text)
    code, out, err = run("summary", tmp_path / "other.py", "--input", "3")
    assert code == 3 and words in out + err


NO_NETWORK = f"""\
{MODULE}        self.fc = nn.Linear(3, 4)
    def forward(self, x):
        return self.fc(x)
def make(depth=3):
    net = Net()
def made():
    Net().eval()
number = 7
net = make()
"""


@pytest.mark.parametrize(
    ("entry", "line", "message", "cure"),
    [
        ("make()", 8, "make() gives None, which is no network", "put behind its last line: return net"),
        ("make", 8, "make() gives None, which is no network", "put behind its last line: return net"),
        ("made()", 10, "made() gives None, which is no network", "write: return Net().eval()"),
        ("net", 13, "net is None, no network", "say which: PATH:Net"),
        ("number", 12, "number is 7, no network", "say which: PATH:Net"),
        ("3", 1, "3 is 3, no network", "say which: PATH:Net"),
    ],
)
def test_what_is_taken_for_the_network_and_is_none(run, tmp_path, entry, line, message, cure):
    path = tmp_path / "none.py"
    path.write_text(NO_NETWORK)
    code, _, err = run("summary", f"{path}:{entry}", "--input", "3")
    assert code == 3 and f"error[P006]: {message}\n" in err and f"none.py:{line}:" in err
    assert f"help: {cure.replace('PATH', str(path))}\n" in err


NAMES_BOUND_BY_A_LOOP = """\
import sys
from functools import partial
from torch import nn
from torch.nn.modules.utils import _pair

class Net(nn.Sequential):
    def __init__(self, width, classes):
        super().__init__(nn.Conv2d(3, width, _pair(3)), nn.Flatten(), nn.Linear(36 * width, classes))

def small_2(**kwargs) -> Net: pass
def small_3(**kwargs) -> Net: pass

this = sys.modules[__name__]
for width in (2, 3):
    setattr(this, f"small_{width}", partial(Net, width=width, classes=10))
"""


def test_networks_whose_names_a_loop_binds(run, tmp_path):
    path = tmp_path / "many.py"
    path.write_text(NAMES_BOUND_BY_A_LOOP)
    found = summary(run, f"{path}:small_3()", "--input", "3x8x8")
    assert found["totals"]["parameters"] == 3 * 28 + 10 * (36 * 3 + 1)
    (tmp_path / "user.py").write_text("from many import small_2\nnet = small_2()\n")
    found = summary(run, f"{tmp_path / 'user.py'}:net", "--input", "3x8x8")
    assert found["totals"]["parameters"] == 2 * 28 + 10 * (36 * 2 + 1)


def test_a_module_is_in_the_container_that_holds_it(run, tmp_path):
    text = """
from torch import nn
held = nn.ReLU()
holder = nn.Sequential(held)
found = (held in holder, nn.ReLU() in holder, [] in holder, "0" in nn.ModuleDict({"0": held}))
net = nn.Sequential(nn.Linear(3, 4 if found == (True, False, False, True) else 5))
"""
    (tmp_path / "held.py").write_text(text)
    assert summary(run, f"{tmp_path / 'held.py'}:net", "--input", "3")["output"] == [4]


LISTED = {
    "one a line": "nn.Conv2d(1, 6, 5)\nnn.ReLU()\nnn.MaxPool2d(2)\n",
    "with commas": "nn.Conv2d(1, 6, 5),\nnn.ReLU(),\nnn.MaxPool2d(2),\n",
    "with names": "conv = nn.Conv2d(1, 6, 5)\nact = nn.ReLU()\npool = nn.MaxPool2d(2)\n",
    "of a class": "self.conv = nn.Conv2d(1, 6, 5)\nself.act = nn.ReLU()\nself.pool = nn.MaxPool2d(2)\n",
    "in a container": "self.features = nn.Sequential(nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2))\n",
}


@pytest.mark.parametrize("case", LISTED)
def test_layers_that_are_only_listed_come_one_after_another(run, case):
    found = run("summary", "-", "--input", "1x28x28", "--json", text=LISTED[case])
    report = json.loads(found.stdout)
    assert found.exit_code == 0 and report["output"] == [6, 12, 12] and report["totals"]["parameters"] == 6 * 26
    assert ("as they are written is assumed" in found.stdout) == (case in ("with names", "of a class"))


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("net = nn.Sequential(nn.Linear(8, 3))\nsoftmax = nn.Softmax(dim=1)", 27),
        ("body = nn.Sequential(nn.Linear(8, 3))\nnet = nn.Sequential(body, nn.Linear(3, 2))\nloss = nn.ReLU()", 35),
        ("a = nn.Sequential(nn.Linear(8, 3))\nb = nn.Sequential(nn.Linear(3, 2))", "there are several networks"),
    ],
)
def test_the_network_among_what_is_made(run, lines, expected):
    _, out, err = run("summary", "-", "--input", "8", "--json", text=f"from torch import nn\n{lines}\n")
    assert expected in out + err if isinstance(expected, str) else json.loads(out)["totals"]["parameters"] == expected


def test_what_keeps_the_only_network_from_being_made_is_said(run):
    text = "from torch import nn\nnet = nn.Sequential(nn.Conv2d(3, 6, 3), activation)\n"
    code, _, err = run("summary", "-", text=text)
    assert code == 3 and "activation is not defined" in err and "standard input:2:41" in err


def test_numbers_that_only_fill_weights_need_not_be_known(run):
    text = """
import numpy as np
import torch
from torch import nn

weight = np.zeros((3, 3, 4, 4))
weight[range(3), range(3), :, :] = 0.25
net = nn.Sequential(nn.ConvTranspose2d(3, 3, 4, bias=False))
net[0].weight.data.copy_(torch.from_numpy(weight).float())
"""
    assert summary(run, "-", "--input", "3x8x8", text=text)["totals"]["parameters"] == 3 * 3 * 16


def test_several_errors_at_once(run):
    found = run("summary", "two.py:Other")
    assert "write: nn.Linear(20, 5)" in found.output and "write: nn.Linear(5, 7)" in found.output


LINES = """\
    self.conv1 = nn.Conv2d(1, 6, 5)   # 24x24
    self.fc1 = nn.Linear(6*12*12, 10)
    x = F.relu(self.conv1(x))
    x = F.max_pool2d(x, 2)
    x = x.view(x.size(0), -1)
    x = self.fc1(x)
"""


@pytest.mark.parametrize(
    ("text", "parameters"),
    [
        (LINES, 156 + 8650),
        (
            "nn.Sequential(\n    nn.Conv1d(1, 8, 2),\n    nn.ReLU(),\n    nn.Flatten(),\n    nn.Linear(96, 1),\n)\n",
            24 + 97,
        ),
        (">>> net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))\n", 40 + 18),
    ],
)
def test_pasted_lines(run, text, parameters):
    assert summary(run, "-", text=text)["totals"]["parameters"] == parameters


@pytest.mark.parametrize(
    ("shown", "input_shape"),
    [
        ("x = torch.randn(1, 3, 40, 40)\nprint(Net()(x).shape)", [3, 40, 40]),
        ("from torchsummary import summary\nsummary(Net(), (3, 36, 36))", [3, 36, 36]),
        ("from torchinfo import summary\nsummary(Net(), input_size=(1, 3, 36, 36))", [3, 36, 36]),
    ],
)
def test_the_input_that_a_file_shows(run, tmp_path, shown, input_shape):
    (tmp_path / "shown.py").write_text(
        "import torch\nimport torch.nn as nn\n"
        "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.conv = nn.Conv2d(3, 4, 3)\n    def forward(self, x):\n        return self.conv(x)\n"
        + "if __name__ == '__main__':\n    " + shown.replace("\n", "\n    ") + "\n"
    )  # fmt: skip
    assert summary(run, "shown.py")["inputs"] == {"input": input_shape}


def test_a_backbone_is_the_bundled_network(run, tmp_path):
    (tmp_path / "backbone.py").write_text(
        "import torch.nn as nn\nfrom torchvision import models\n"
        "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.base = models.resnet18(pretrained=True)\n"
        "        self.base.fc = nn.Linear(self.base.fc.in_features, 5)\n"
        "    def forward(self, x):\n        return self.base(x)\n"
    )
    report = summary(run, "backbone.py", "--input", "3x224x224")
    assert report["totals"]["parameters"] == 11_689_512 - 513_000 + 5 * 513 and report["output"] == [5]


def test_a_backbone_that_nothing_calls_counts_whole(run, tmp_path):
    (tmp_path / "backbone.py").write_text(
        "import torch.nn as nn\nfrom torchvision import models\n"
        "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.base = models.resnet18()\n        self.head = nn.Conv2d(3, 8, 1)\n"
        "    def forward(self, x):\n        return self.head(x)\n"
    )
    totals = summary(run, "backbone.py", "--input", "3x64x64")["totals"]
    assert (totals["parameters"], totals["buffers"]) == (11_689_512 + 32, 9_600)


def test_parts_of_a_backbone_are_taken_out(run, tmp_path):
    (tmp_path / "backbone.py").write_text(
        "import torch.nn as nn\nfrom torchvision import models\n"
        "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.net = models.resnet18()\n        del self.net.fc\n        del self.net.layer4[1]\n"
        "        self.net._modules['extra'] = nn.Linear(3, 4)\n"
        "        self.body = nn.Sequential(*list(self.net.children())[:8])\n"
        "    def forward(self, x):\n        return self.body(x)\n"
        "class Gone(Net):\n    def forward(self, x):\n        return self.net(x)\n"
    )
    report = summary(run, "backbone.py:Net()", "--input", "3x64x64")
    assert report["totals"]["parameters"] == 11_689_512 - 513_000 - 2 * (512 * 512 * 9 + 2 * 512) + 16
    gone = run("summary", "backbone.py:Gone()", "--input", "3x64x64")
    assert gone.exit_code == 3
    assert "an object of ResNet has no attribute fc" in gone.stderr


def test_modules_of_a_project_are_none_of_keras(run, tmp_path):
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "Small.py").write_text("from torch import nn\nModel = lambda: nn.Linear(3, 2)\n")
    (tmp_path / "build.py").write_text("from models.Small import Model\n\ndef net():\n    return Model()\n")
    assert summary(run, "build.py:net()", "--input", "3")["totals"]["parameters"] == 8


def test_a_file_of_a_package_means_its_own_files_by_the_name_of_the_package(run, tmp_path):
    for name, text in {
        "models/__init__.py": "", "__init__.py": "", "ops/__init__.py": "",
        "ops/misc.py": "from torch import nn\nclass Layer(nn.Linear):\n    pass\n",
        "models/net.py": "from torchvision.ops.misc import Layer\nfrom ..ops import misc\n"
                         "def net(weights=None):\n    return nn.Sequential(Layer(3, 4), misc.Layer(4, 5))\n"
                         "from torch import nn\n",
    }.items():  # fmt: skip
        file = tmp_path / "torchvision" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    assert summary(run, "torchvision/models/net.py:net()", "--input", "3")["totals"]["parameters"] == 16 + 25


def test_a_notebook_is_its_cells(run, tmp_path):
    cells = [
        {"cell_type": "markdown", "source": ["# A network"]},
        {"cell_type": "code", "source": ["%matplotlib inline\n", "!pip install torch\n", *LENET.splitlines(True)]},
        {"cell_type": "code", "source": "net = Net()\nprint(net)"},
    ]
    (tmp_path / "net.ipynb").write_text(json.dumps({"cells": cells, "nbformat": 4}))
    assert summary(run, "net.ipynb", "--input", "3x32x32")["totals"]["parameters"] == 52_202
    found = run("summary", "net.ipynb", "--input", "3x28x28")
    assert "net.ipynb, cell 1:14:20" in found.output and "write: nn.Linear(256, 120)" in found.output


def test_nothing_of_a_program_is_run(run, tmp_path):
    (tmp_path / "bad.py").write_text(
        f"import os\nos.system('touch {tmp_path}/ran')\nopen('{tmp_path}/ran', 'w')\n" + LENET
    )
    assert summary(run, "bad.py", "--input", "3x32x32")["totals"]["parameters"] == 52_202
    assert not (tmp_path / "ran").exists()


def test_several_inputs_go_by_their_names_or_their_order(run, tmp_path):
    (tmp_path / "pair.py").write_text(
        "import torch, torch.nn as nn\n"
        "class Pair(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.fc = nn.Linear(10, 3)\n"
        "    def forward(self, left, right):\n        return self.fc(torch.cat([left, right], dim=1))\n"
    )
    for names in (("left=4", "right=6"), ("4", "input2=6"), ("input1=4", "input2=6")):
        found = summary(run, "pair.py", *(word for name in names for word in ("--input", name)))
        assert found["totals"]["parameters"] == 33 and found["output"] == [3]


@pytest.mark.parametrize("entry", ["net.py", "two.py:Small(8)"])
def test_what_is_said_of_a_program_does_not_keep_it_from_being_written(run, tmp_path, entry):
    found = run("convert", entry, "--to", "yaml")
    assert found.exit_code == 0 and found.stderr.startswith("note[W00")
    (tmp_path / "again.yaml").write_text(found.stdout)
    assert summary(run, "again.yaml")["totals"] == summary(run, entry)["totals"]


FREEZING = f"""\
{MODULE}        self.body = nn.Sequential(
            nn.Conv2d(3, 8, 3, bias=False), nn.BatchNorm2d(8), nn.PReLU(8), nn.AdaptiveAvgPool2d(1), nn.Flatten()
        )
        self.rnn = nn.LSTM(8, 20, 2, batch_first=True, bidirectional=True)
        self.attend = nn.MultiheadAttention(40, 4, batch_first=True)
        self.bilinear = nn.Bilinear(40, 40, 3)
        BEFORE
        self.fc = nn.Linear(40, 2)
        AFTER

    def forward(self, x):
        x, _ = self.rnn(self.body(x).unsqueeze(1))
        x, _ = self.attend(x, x, x)
        return self.fc(x[:, 0]), self.bilinear(x[:, 0], x[:, 0])

net = Net()
"""


@pytest.mark.parametrize(
    ("before", "after", "outside", "frozen"),
    [  # torch: sum(p.numel() for p in net.parameters() if not p.requires_grad), of 26,405
        ("for p in self.body.parameters(): p.requires_grad = False", "pass", "", 240),
        ("self.rnn.requires_grad_(False)", "pass", "", 14_720),
        ("pass", "self.attend.requires_grad_(False)", "", 6_560),
        ("for p in self.parameters(): p.requires_grad = False", "pass", "", 26_323),
        ("pass", "self.fc.weight.requires_grad = self.bilinear.weight.requires_grad = False", "", 4_880),
        (
            "for name, p in self.named_parameters():\n            if 'body' in name: p.requires_grad_(False)",
            "for p in self.body[1].parameters(): p.requires_grad = True",
            "",
            224,
        ),
        ("pass", "pass", "for p in net.body.parameters():\n    p.requires_grad = False\n", 240),
        ("pass", "pass", "", 0),
    ],
)
def test_frozen_parameters_are_counted_and_said(run, tmp_path, before, after, outside, frozen):
    text = FREEZING.replace("BEFORE", before).replace("AFTER", after) + outside
    (tmp_path / "frozen.py").write_text(text)
    found = summary(run, f"{tmp_path / 'frozen.py'}:net", "--input", "3x16x16")
    every = found["totals"]["parameters"]
    said = [each["message"] for each in found["warnings"]]
    words = f"{frozen:,} of {every:,} parameters are frozen, and counted: {every - frozen:,} are trained"
    assert said == [words] * bool(frozen)


READING = """\
import yaml
from torch import nn
with open("/etc/hostname") as file:
    config = yaml.safe_load(file)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(config["inputs"], config["net"]["classes"])
    def forward(self, x):
        return self.fc(x)
"""


def test_what_is_in_a_file_is_not_read_and_can_be_said(run, tmp_path):
    (tmp_path / "reading.py").write_text(READING)
    found = run("summary", tmp_path / "reading.py", "--input", "3")
    assert found.exit_code == 3
    assert "in_features of nn.Linear is not known: what is in /etc/hostname is not read" in found.stderr
    assert "help: --arg inputs=VALUE" in found.stderr
    said = ("--arg", "config={'inputs': 3, 'net': {'classes': 7}}")
    for args in (("--arg", "inputs=3", "--arg", "classes=7"), said):
        assert summary(run, tmp_path / "reading.py", "--input", "3", *args)["totals"]["parameters"] == 28


@pytest.mark.parametrize(
    ("call", "cure"),
    [
        pytest.param("nn.Conv2d(in_channels=1,\n            out_channels=6, kernel_size=5)", "nn.Conv2d(in_channels=3,", id="first"),
        pytest.param("nn.Conv2d(\n            in_channels=1, out_channels=6,\n            kernel_size=5,\n        )", "in_channels=3, out_channels=6,", id="below"),
        pytest.param("nn.Conv2d(\n            1,\n            6,\n            5)", "3,", id="by place"),
        pytest.param("nn.Conv2d(1, 6, 5)", "nn.Conv2d(3, 6, 5)", id="one line"),
    ],
)  # fmt: skip
def test_the_cure_of_a_call_over_several_lines_is_the_line_to_change(run, tmp_path, call, cure):
    text = f"{MODULE}        self.conv = {call}\n    def forward(self, x):\n        return self.conv(x)\n"
    (tmp_path / "long.py").write_text(text)
    found = run("summary", "long.py", "--input", "3x32x32")
    assert found.exit_code == 3 and "in_channels is 1, the input has 3 channels" in found.stderr
    assert found.stderr.splitlines()[-1] == f"  = help: write: {cure}"
    old = next(line for line in call.split("\n") if "1" in line).strip()
    (tmp_path / "long.py").write_text(text.replace(old, cure))
    assert summary(run, "long.py", "--input", "3x32x32")["totals"]["parameters"] == 3 * 25 * 6 + 6


CUT = """\
import torch
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(8, len({cut}))
    def forward(self, x):
        return self.fc(x)
"""


@pytest.mark.parametrize(
    "cut", ["torch.zeros(10 ** 11).split(1)", "torch.zeros(9).tensor_split(10 ** 11)", "torch.zeros(10 ** 11).chunk(10 ** 11)"]
)  # fmt: skip
def test_more_pieces_than_there_is_memory_for_are_refused(run, tmp_path, cut):
    (tmp_path / "cut.py").write_text(CUT.format(cut=cut))
    found = run("summary", "cut.py", "--input", "8")
    assert found.exit_code == 3 and found.stderr.startswith("error[P005]: a sequence has at most")


@pytest.mark.parametrize(
    ("cut", "pieces"),  # as torch gives them
    [("torch.zeros(0).split(2)", 1), ("torch.zeros(0).chunk(3)", 3), ("torch.zeros(7).chunk(3)", 3), ("torch.zeros(7).split(2)", 4)],
)  # fmt: skip
def test_nothing_can_be_cut_into_pieces_as_well(run, tmp_path, cut, pieces):
    (tmp_path / "cut.py").write_text(CUT.format(cut=cut))
    assert summary(run, "cut.py", "--input", "8")["output"] == [pieces]
