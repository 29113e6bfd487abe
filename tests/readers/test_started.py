"""Networks that a program makes or changes where it is started: in `main()`, behind its guard, by functions."""

import pytest

NET = """\
import argparse, copy, sys, torch
import torch.nn as nn
from torchvision import datasets, models

class Net(nn.Module):
    def __init__(self, n=10):
        super().__init__()
        self.conv = nn.Conv2d(3, 16, 3)
        self.fc = nn.Linear(16, n)
    def forward(self, x):
        return self.fc(self.conv(x).relu().mean((2, 3)))

class Needy(Net):
    def __init__(self, n):
        super().__init__(n)

"""
DEFAULT = NET.partition("class Needy")[0]
GUARD = "if __name__ == '__main__':\n"
CONV = 448


def parameters(found):
    code, report = found
    assert code == 0, report
    return report["totals"]["parameters"]


def notes(found):
    return [each for each in found[1]["warnings"] if each["code"] == "W017"]


def indented(text):
    return "".join(f"    {line}\n" for line in text.splitlines())


MADE = [
    ("net = Net(4)", 4),
    ("net = Net()\nnet.fc = nn.Linear(16, 3)", 3),
    ("net = Net()\nif len(sys.argv) > 5:\n    print(net)\n    raise SystemExit\nnet.fc = nn.Linear(16, 3)", 3),
    ("p = argparse.ArgumentParser()\np.add_argument('--n', type=int, default=4)\nnet = Net(p.parse_args().n)", 4),
    ("net = Net()\nnet.fc = nn.Linear(16, 3)\nema = copy.deepcopy(net)", 3),
    ("net = Net()\nema = copy.deepcopy(net)\nfor p in ema.parameters():\n    p.requires_grad = False", 10),
]


@pytest.mark.parametrize(("made", "classes"), MADE)
@pytest.mark.parametrize(
    "started",
    [
        "{made}",
        GUARD + "{made}",
        "def main():\n{made}" + GUARD + "    main()\n",
        "def main():\n{made}    return 0\n" + GUARD + "    sys.exit(main())\n",
        "def run():\n{made}def main():\n    run()\n" + GUARD + "    main()\n",
    ],
    ids=["top", "guard", "main", "exit", "nested"],
)
@pytest.mark.parametrize("text", [DEFAULT, NET], ids=["with defaults", "beside another"])
def test_a_network_is_read_as_it_is_when_the_program_is_started(summary_of_program, started, made, classes, text):
    if text is NET:
        text, made = NET.replace("n=10", "n"), made.replace("Net()", "Needy(10)").replace("Net(", "Needy(")
    made = made + "\n" if started == "{made}" else indented(made)
    found = summary_of_program(text + started.format(made=made))
    assert parameters(found) == CONV + 17 * classes
    assert notes(found) == []


@pytest.mark.parametrize(
    "started",
    [
        "def main(n):\n    net = Needy(n)\n" + GUARD + "    main(**{'n': 5})\n",
        "def main():\n    global args\n    args = 5\n    net = Needy(args)\n" + GUARD + "    main()\n",
        "n = 9\ndef main(n):\n    net = Needy(n)\n" + GUARD + "    main(5)\n",
        "def main(n):\n    if n < 0:\n        return\n    net = Needy(n)\n" + GUARD + "    main(5)\n",
    ],
    ids=["words", "global", "shared name", "early return"],
)
def test_a_function_that_is_started_gets_its_arguments(summary_of_program, started):
    assert parameters(summary_of_program(NET + started)) == CONV + 17 * 5


def test_a_name_of_main_is_not_the_one_of_the_top_level(summary_of_program):
    text = "n = 5\nclass Deep(nn.Module):\n    def __init__(self, m):\n        super().__init__()\n        self.a = Net(n)\n"
    text += "    def forward(self, x):\n        return self.a(x)\n"
    text += "def main():\n    n = 3\n    net = Deep(n)\n" + GUARD + "    main()\n"
    assert parameters(summary_of_program(DEFAULT + text)) == CONV + 17 * 5


@pytest.mark.parametrize("started", ["{made}", GUARD + "{made}"], ids=["top", "guard"])
def test_a_change_that_is_not_read_is_told(summary_of_program, started):
    made = "ds = datasets.ImageFolder('x')\nnet = Net()\nnet.fc = nn.Linear(16, len(ds.classes))\n"
    found = summary_of_program(DEFAULT + started.format(made=made if started == "{made}" else indented(made)))
    (told,) = notes(found)
    assert told["message"].startswith(
        "Net is read as it is made, but the file changes it, and out_features of nn.Linear"
    )
    assert told["hint"] == "write the value into the file"


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("def setup(n):\n    net = Net(n)\n    return net, 0.1\nnet, rate = setup(100)\n", CONV + 17 * 100),
        ("def setup(n):\n    net = Needy(n)\n    return net, 0.1\nnet, rate = setup(100)\n", CONV + 17 * 100),
        (
            "def setup(n=7):\n    net = Net(n)\n    return net, 0.1\n" + GUARD + "    net, rate = setup()\n",
            CONV + 17 * 7,
        ),
    ],
)
def test_a_network_is_read_out_of_a_tuple(summary_of_program, more, expected):
    text = NET.replace("n=10", "n") if "Needy" in more else DEFAULT
    assert parameters(summary_of_program(text + more)) == expected


BUILD = """\
import torch.nn as nn
from torchvision import models
def build(n=7):
    m = models.resnet18()
    m.fc = nn.Linear(m.fc.in_features, n)
    return m, 224
"""


@pytest.mark.parametrize("entry", ["net.py", "net.py:build", "net.py:build(7)", "net.py:model"])
def test_a_function_that_gives_a_network_in_a_tuple_makes_it(summary_of_program, entry):
    assert parameters(summary_of_program(BUILD + "model, size = build(7)\n", entry=entry)) == 11_176_512 + 513 * 7
