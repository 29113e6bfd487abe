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


SWAP = "def swap(m, n=3):\n    for name, child in m.named_children():\n        if isinstance(child, nn.Linear):\n"
INITIALISER = """\
def init(m):
    name = m.__class__.__name__
    if name.find("Conv") != -1:
        m.weight.data.normal_(0.0, 0.02)
    elif isinstance(m, nn.Linear):
        nn.init.xavier_uniform_(m.weight, gain=nn.init.calculate_gain("relu"))
        m.bias.data = unknown.values(m.bias)
    elif isinstance(m, nn.Embedding):
        m.weight.data[m.padding_idx] = 0
"""
APPLIED = [
    (SWAP + "            setattr(m, name, nn.Linear(16, n))\n", "net.apply(swap)", CONV + 17 * 3),
    (SWAP + "            m._modules[name] = nn.Linear(16, n)\n", "net.apply(swap)", CONV + 17 * 3),
    (SWAP + "            m.fc = nn.Linear(16, n)\n", "net.apply(functools.partial(swap, n=5))", CONV + 17 * 5),
    ("def swap(m):\n    if isinstance(m, nn.Conv2d):\n        m.bias = None\n", "net.apply(swap)", CONV - 16 + 170),
    ("", "net.apply(lambda m: setattr(m, 'bias', None) if isinstance(m, nn.Conv2d) else None)", CONV - 16 + 170),
    (INITIALISER, "net.apply(init)", CONV + 170),
    ("def patch():\n    net.fc = nn.Linear(16, 3)\n", "patch()", CONV + 17 * 3),
    ("def patch(n):\n    net.fc = nn.Linear(16, n)\n    return net\n", "other = patch(3)", CONV + 17 * 3),
    ("def patch(n):\n    fc = net.fc\n    fc = nn.Linear(16, n)\n    return n\n", "other = patch(3)", CONV + 170),
]


@pytest.mark.parametrize(("function", "call", "expected"), APPLIED)
@pytest.mark.parametrize("started", [False, True])
def test_what_functions_do_to_the_modules_of_a_network_is_read(summary_of_program, function, call, expected, started):
    made = f"net = Net()\n{call}\n"
    text = "import functools\n" + DEFAULT + function + (GUARD + indented(made) if started else made)
    found = summary_of_program(text)
    assert parameters(found) == expected
    assert notes(found) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [("net.fc = nn.Linear(512, 3)", 11_176_512 + 513 * 3), ("other = models.resnet18(num_classes=5)", 11_689_512)],
)
def test_a_network_of_a_library_is_changed_behind_the_guard(summary_of_program, change, expected):
    text = "from torch import nn\nfrom torchvision import models\nnet = models.resnet18()\n" + GUARD + indented(change)
    assert parameters(summary_of_program(text)) == expected


def test_a_part_that_is_tried_out_is_not_the_network_behind_the_guard(summary_of_program):
    text = "class Flat(nn.Module):\n    def forward(self, x):\n        return x.flatten(1)\nnet = Net(8)\n"
    text += (
        "x = net(torch.randn(1, 3, 8, 8))\n" + GUARD + "    whole = nn.Sequential(Net(8), Flat(), nn.Linear(8, 2))\n"
    )
    assert parameters(summary_of_program(DEFAULT + text)) == CONV + 17 * 8 + 9 * 2


@pytest.mark.parametrize(
    ("more", "where", "hint"),
    [
        (
            "def build():\n    net = Net()\n    net.fc = nn.Linear(16, 3)\n    return net\n",
            "build()",
            "say which: net.py:build",
        ),
        (
            "class Trainer:\n    def __init__(self):\n        self.net = Net()\n"
            "    def head(self, n):\n        self.net.fc = nn.Linear(16, n)\nTrainer().head(3)\n",
            "Trainer",
            "make and change it in a function that returns it",
        ),
        (
            "import click\n@click.command()\ndef main(n):\n    net = Net()\n    net.fc = nn.Linear(16, n)\nmain()\n",
            "main()",
            "make and change it in a function that returns it",
        ),
    ],
)
def test_a_change_in_a_function_that_is_not_run_is_told(summary_of_program, more, where, hint):
    found = summary_of_program(DEFAULT + more)
    assert parameters(found) == CONV + 170
    (told,) = notes(found)
    assert (
        told["message"].startswith("Net is read as it is made; line ") and f"changes it in {where}" in told["message"]
    )
    assert told["hint"] == hint
    if where == "build()":
        assert parameters(summary_of_program(DEFAULT + more, entry="net.py:build")) == CONV + 17 * 3


@pytest.mark.parametrize(
    "started",
    [
        "".join(f"def f{i}():\n    f{i + 1}()\n    f{i + 1}()\n" for i in range(100)) + "def f100():\n    pass\nf0()\n",
        GUARD + "    i = 0\n    while i < 10 ** 9:\n        i += 1\n    net = Net(i)\n",
    ],
    ids=["calls", "steps"],
)
def test_a_start_that_takes_too_long_is_left_out(summary_of_program, started):
    assert parameters(summary_of_program(DEFAULT + started)) == CONV + 170
