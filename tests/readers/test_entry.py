"""Which network of a program is meant, where it names none: classes, the functions that make them, and calls."""

import pytest

NET = """\
import torch
import torch.nn as nn

class Block(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.conv = nn.Conv2d(c, c, 3, padding=1)
    def forward(self, x):
        return self.conv(x) + x

class Net(nn.Module):
    def __init__(self, block, depth, width=4):
        super().__init__()
        self.stem = nn.Conv2d(3, width, 3)
        self.body = nn.Sequential(*[block(width) for _ in range(depth)])
    def forward(self, x):
        return self.body(self.stem(x))
"""
STEM, BLOCK = 3 * 9 * 4 + 4, 4 * 9 * 4 + 4  # parameters


def question(found):
    """What is asked, and the cure."""
    code, report = found
    assert code == 3
    return f"{report['error']['message']}; {report['error']['hint']}"


def parameters(found):
    code, report = found
    assert code == 0, report
    return report["totals"]["parameters"]


@pytest.mark.parametrize(
    ("more", "blocks"),
    [
        pytest.param("def net5():\n    return Net(Block, 5)\n", 5, id="the only function that makes it"),
        pytest.param("def net(depth=3, **more):\n    return Net(Block, depth, **more)\n", 3, id="with defaults"),
        pytest.param("def make(n):\n    return Net(Block, n)\ndef net2():\n    return make(2)\n", 2, id="by another"),
        pytest.param("model = Net(Block, 4)\n", 4, id="at the top"),
        pytest.param("model = Net(Block, 4)\nmodel = unknown.load()\n", 4, id="whose name is another's by then"),
        pytest.param("print(Net(Block, 6))\n", 6, id="without a name"),
    ],
)
def test_a_class_that_needs_arguments_is_the_network_where_it_gets_them(summary_of_program, more, blocks):
    assert parameters(summary_of_program(NET + more)) == STEM + blocks * BLOCK


FUNCTIONS = "def net2():\n    return Net(Block, 2)\ndef net3():\n    return Net(Block, 3)\n"


@pytest.mark.parametrize("entry", ["net.py", "net.py:Net"])
def test_functions_that_make_a_class_are_asked_for_and_the_cure_works(summary_of_program, entry):
    found = summary_of_program(NET + FUNCTIONS, entry=entry)
    assert "say which: net.py:net3" in question(found)
    assert parameters(summary_of_program(NET + FUNCTIONS, entry="net.py:net3")) == STEM + 3 * BLOCK


def test_the_question_names_what_can_be_built(summary_of_program):
    assert "several networks in this file: net2, net3" in question(summary_of_program(NET + FUNCTIONS))


def test_a_class_that_no_function_makes_stays_a_question(summary_of_program):
    text = (
        NET
        + FUNCTIONS.partition("def net3")[0]
        + NET.replace("Net(", "Other(").partition("class Other")[2].join(("class Other", ""))
    )
    found = summary_of_program(text)
    assert "several networks in this file: Other, net2" in question(found)


def test_a_helper_that_makes_a_class_makes_it_no_part_of_another(summary_of_program):
    text = NET.replace("block, depth, width", "block=Block, depth=2, width")
    made = "def build(depth=1):\n    return Net(Block, depth)\n"
    assert parameters(summary_of_program(text + made)) == STEM + 2 * BLOCK


def test_a_loss_beside_a_layer_is_no_network(summary_of_program):
    found = summary_of_program("import torch.nn as nn\nmodel = nn.Linear(4, 2)\ncriterion = nn.CrossEntropyLoss()\n")
    assert parameters(found) == 10


PAIR = """\
import torch, torch.nn as nn
class Pair(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(6, 8, 3)
    def forward(self, a, b):
        return self.conv(torch.cat([a, b], 1))
"""


def test_several_inputs_that_nothing_tells_are_a_question_whose_cure_works(summary_of_program):
    found = summary_of_program(PAIR)
    assert "what goes into the network is not known: a and b" in question(found)
    assert "--input a=… --input b=…" in question(found)
    assert parameters(summary_of_program(PAIR, "--input", "a=3x8x8", "--input", "b=3x8x8")) == 6 * 9 * 8 + 8


def test_what_else_is_wrong_is_told_beside_the_question(summary_of_program, convcalc):
    summary_of_program(PAIR.replace("self.conv(torch.cat([a, b], 1))", "self.missing(torch.cat([a, b], 1))"))
    told = convcalc("summary", "net.py")[2]
    assert "what goes into the network is not known: a and b" in told and "missing" in told


def test_an_input_that_is_taken_to_be_like_the_first_is_told(summary_of_program):
    text = PAIR.replace("nn.Conv2d(6", "nn.Conv2d(3").replace("self.conv(torch.cat([a, b], 1))", "self.conv(a + b)")
    found = summary_of_program(text)
    assert parameters(found) == 3 * 9 * 8 + 8
    said = [each["message"] for each in found[1]["warnings"]]
    assert said[:1] == ["nothing says what goes into b: 3xHxW is assumed, as a is"]
    _, again = summary_of_program(text, "--input", "b=3xHxW")
    assert [each["code"] for each in again["warnings"]] == ["W002"]


def test_sizes_that_are_equal_here_and_there_choose_no_input(summary_of_program):
    """Down and up: the difference of two sizes in letters does not grow, so that a search by halves finds no least."""
    text = """\
import torch, torch.nn as nn
class Up(nn.Module):
    def __init__(self):
        super().__init__()
        self.down = nn.Conv2d(3, 8, 4, 2, 1)
        self.deep = nn.Conv2d(8, 8, 4, 2, 1)
        self.up = nn.ConvTranspose2d(8, 8, 4, 2, 1)
    def forward(self, x):
        x = self.down(x)
        return torch.cat([x, self.up(self.deep(x))], 1)
"""
    _, found = summary_of_program(text)
    assert found["inputs"] == {"input": [3, "H", "W"]}


def test_the_cure_that_is_a_call_is_quoted_for_a_shell(summary_of_program):
    text = NET + "for model in (Net(Block, 2), Net(Block, 3)):\n    print(model)\n"
    assert question(summary_of_program(text)) == (
        "there are several networks in this file: Net(Block, 2), Net(Block, 3); say which: net.py:'Net(Block, 3)'"
    )
    assert parameters(summary_of_program(text, entry="net.py:Net(Block, 3)")) == STEM + 3 * BLOCK


def test_a_window_as_large_as_the_map_chooses_no_input(summary_of_program):
    text = """\
import torch.nn as nn
import torch.nn.functional as F
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)
        self.fc = nn.Linear(8, 10)
    def forward(self, x):
        x = self.conv(x)
        x = F.avg_pool2d(x, kernel_size=x.shape[2])
        return self.fc(x.view(x.size(0), -1))
"""
    _, found = summary_of_program(text)
    assert found["inputs"] == {"input": [3, "H", "W"]} and found["totals"]["parameters"] == 3 * 9 * 8 + 8 + 90


DEFAULT = NET.replace("block, depth, width=4", "block=Block, depth=2, width=4")


@pytest.mark.parametrize(
    ("more", "made"),
    [
        ("def test():\n    net = Net(depth=3)\n    print(net)\n", "line 19 makes Net(depth=3)"),
        ("D = 3\nnets = [Net(depth=2), Net(depth=D)]\n", "line 19 makes Net(depth=D)"),
        ("print(Net(Block, depth=2))\n", ""),
        ("def make(d):\n    return Net(depth=d)\n", ""),
        ("def make(**more):\n    return Net(depth=3, **more)\n", "line 19 makes Net(depth=3)"),
        ("def make(more):\n    return Net(depth=3, **more)\n", ""),
    ],
)
def test_other_arguments_than_defaults_are_told(summary_of_program, more, made):
    code, report = summary_of_program(DEFAULT + more)
    assert parameters((code, report)) == STEM + 2 * BLOCK
    told = [each for each in report["warnings"] if each["code"] == "W017"]
    assert [each["message"] for each in told] == ([f"Net is read with its defaults; {made}"] if made else [])
    if made:
        call = made.partition("makes ")[2]
        assert told[0]["hint"] == f"for that: net.py:'{call}'"
        code, report = summary_of_program(DEFAULT + more, entry=f"net.py:{call}")
        assert parameters((code, report)) == STEM + 3 * BLOCK
        assert "W017" not in str(report["warnings"])


@pytest.mark.parametrize("more", ["net = Net(depth=3)\n", "net = Net()\nnet.body.append(Block(4))\n"])
def test_the_network_that_a_file_makes_when_it_is_imported_is_meant(summary_of_program, more):
    code, report = summary_of_program(DEFAULT + more)
    assert parameters((code, report)) == STEM + 3 * BLOCK
    assert "W017" not in str(report["warnings"])


@pytest.mark.parametrize(
    "more",
    [
        "if __name__ == '__main__':\n    args = parser.parse_args()\n    net = Net(depth=args.depth)\n",
        "def main():\n    args = parser.parse_args()\n    net = Net(depth=args.depth)\n    train(net)\n",
    ],
)
def test_other_arguments_that_only_a_run_knows_are_told(summary_of_program, more):
    code, report = summary_of_program(DEFAULT + "import argparse\nparser = argparse.ArgumentParser()\n" + more)
    assert parameters((code, report)) == STEM + 2 * BLOCK
    told = next(each for each in report["warnings"] if each["code"] == "W017")
    assert "makes Net(depth=args.depth)" in told["message"] and told["hint"] == "--arg depth=…"


@pytest.mark.parametrize("made", ["Net(depth=len(found))", "Net(depth=found['depth'])", "Net(depth=int(sys.argv[1]))"])
def test_other_arguments_that_are_not_known_are_told_with_how_they_are_given(summary_of_program, made):
    more = f"import sys, json\nfound = json.load(open('found.json'))\nnet = {made}\n"
    code, report = summary_of_program(DEFAULT + more)
    assert parameters((code, report)) == STEM + 2 * BLOCK
    told = next(each for each in report["warnings"] if each["code"] == "W017")
    assert (told["message"].partition("makes ")[2], told["hint"]) == (made, "--arg depth=…")


def test_who_gives_arguments_is_told_of_no_others(summary_of_program):
    code, report = summary_of_program(DEFAULT + "net = Net(depth=3)\n", "--arg", "depth=4")
    assert parameters((code, report)) == STEM + 4 * BLOCK
    assert "W017" not in str(report["warnings"])


def test_a_network_in_a_program_needs_no_command(convcalc, tmp_path, monkeypatch):
    (tmp_path / "net.py").write_text(DEFAULT)
    monkeypatch.chdir(tmp_path)
    assert convcalc("net.py:Net(depth=3)", "--json") == convcalc("summary", "net.py:Net(depth=3)", "--json")
    assert convcalc("none.py:Net")[0] == 2


MIXER = """\
import torch.nn as nn
class Residual(nn.Module):
    def __init__(self, fn):
        super().__init__()
        self.fn = fn
    def forward(self, x):
        return self.fn(x) + x
def Mixer(dim, depth):
    return nn.Sequential(nn.Conv2d(3, dim, 1), *[Residual(nn.Conv2d(dim, dim, 1)) for _ in range(depth)])
"""


@pytest.mark.parametrize(
    "more",
    [
        "model = Mixer(8, 2)\n",
        "if __name__ == '__main__':\n    net = Mixer(8, 2)\n    print(net)\n",
        "model = Mixer(8, 1)\nmodel.append(nn.Conv2d(8, 8, 1))\n",
        "if __name__ == '__main__':\n    net = Mixer(8, 1)\n    net.append(nn.Conv2d(8, 8, 1))\n",
        "print(Mixer(8, 2))\n",
        "def small():\n    return Mixer(8, 2)\n",
    ],
)
def test_a_class_in_a_container_that_a_function_gives_is_a_part(summary_of_program, more):
    assert parameters(summary_of_program(MIXER + more)) == 4 * 8 + 2 * 72


def test_a_function_that_needs_arguments_is_asked_for_them_or_by_its_calls(summary_of_program):
    assert question(summary_of_program(MIXER)) == "Mixer() needs a value for dim; --arg dim=VALUE"
    assert parameters(summary_of_program(MIXER, "--arg", "dim=8", "--arg", "depth=2")) == 4 * 8 + 2 * 72
    asked = question(summary_of_program(MIXER + "print(Mixer(8, 1), Mixer(8, 2))\n"))
    assert asked.endswith("Mixer(8, 1), Mixer(8, 2); say which: net.py:'Mixer(8, 2)'")


def test_a_class_that_only_a_function_which_needs_arguments_uses_is_offered(summary_of_program):
    text = DEFAULT + "def tune(n):\n    return nn.Sequential(Net(), nn.Linear(10, n))\n"
    asked = question(summary_of_program(text))
    assert asked == "there are several networks in this file: tune, Net; say which: net.py:Net"
    assert parameters(summary_of_program(text, entry="net.py:Net")) == STEM + 2 * BLOCK


def test_layers_in_a_list_for_a_container_are_parts(summary_of_program):
    text = """\
import torch.nn as nn
class Flat(nn.Module):
    def forward(self, x):
        return x.flatten(1)
def build():
    layers = [nn.Conv2d(3, 8, 32)]
    layers.append(Flat())
    return nn.Sequential(*layers, nn.Linear(8, 10))
"""
    assert parameters(summary_of_program(text)) == 3 * 32 * 32 * 8 + 8 + 90


LOSS = """\
class Contrast(nn.Module):
    def __init__(self, margin=2.0):
        super().__init__()
        self.margin = margin
    def forward(self, a, b):
        return torch.mean((a - b).pow(2))
"""


@pytest.mark.parametrize(
    "loss", [LOSS, LOSS.replace("Contrast", "FocalLoss").replace("return torch.mean", "return 1 - ")]
)
def test_a_loss_beside_a_class_is_no_network(summary_of_program, loss):
    text = DEFAULT.replace("Net", "Main") + loss
    assert parameters(summary_of_program(text)) == STEM + 2 * BLOCK


def test_a_network_that_only_a_loss_uses_is_one(summary_of_program):
    text = DEFAULT + LOSS.replace("self.margin = margin", "self.net = Net()")
    assert parameters(summary_of_program(text)) == STEM + 2 * BLOCK


NEEDY = (
    "def train(x):\n    net = Net(depth=2)\n    {0}\n    return acc\nif __name__ == '__main__':\n    print(train(1))\n"
)


@pytest.mark.parametrize(
    "line", ["acc = 0.5", "acc = net(x)", "acc = score(net)", "acc = sum(p.numel() for p in net.parameters())"]
)
def test_a_function_makes_what_it_returns_alone(summary_of_program, line):
    text = (
        DEFAULT.replace("block=Block, depth=2, width=4", "depth, block=Block, width=4")
        + "def score(net):\n    return 0.5\n"
        + NEEDY.format(line)
    )
    for entry in ("net.py", "net.py:Net"):
        asked = question(summary_of_program(text, entry=entry))
        assert asked == "Net.__init__() needs a value for depth; say which: net.py:'Net(depth=2)'"
    assert parameters(summary_of_program(text, entry="net.py:Net(depth=2)")) == STEM + 2 * BLOCK


@pytest.mark.parametrize(
    "function",
    [
        "def net2(pretrained=False, **kw):\n    model = Net(Block, 2, **kw)\n    if pretrained:\n"
        "        model.load_state_dict(load())\n    return model\n",
        "def _net(block, *more):\n    return Net(block, *more)\ndef net2():\n    return _net(Block, 2)\n",
        "def ready(net):\n    return net\ndef net2():\n    return ready(Net(Block, 2))\n",
        "def net2():\n    kind = Net\n    return kind(Block, 2).eval()\n",
    ],
)
def test_a_function_that_returns_a_network_by_steps_makes_it(summary_of_program, function):
    assert parameters(summary_of_program(NET + function)) == STEM + 2 * BLOCK


CHOICE = """\
import argparse, torch.nn as nn
class A(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.fc = nn.Linear(4, n)
    def forward(self, x):
        return self.fc(x)
class B(A):
    pass
class C(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.fc = nn.Linear(4, n, bias=False)
    def forward(self, x):
        return self.fc(x)
if __name__ == '__main__':
    parser = argparse.ArgumentParser()
    parser.add_argument('--model', default='b')
    args = parser.parse_args()
    if args.model == 'b':
        model = B(3)
    else:
        model = C(5)
"""


def test_a_network_that_a_program_chooses_by_an_argument_is_meant(summary_of_program):
    assert parameters(summary_of_program(CHOICE)) == 15
    assert parameters(summary_of_program(CHOICE.replace("default='b'", "default='c'"))) == 20


def test_networks_one_after_the_other_are_no_choice(summary_of_program):
    text = CHOICE.partition("    parser")[0] + "    model = B(3)\n    model = C(5)\n"
    assert "several networks in this file: B(3), C(5)" in question(summary_of_program(text))


VISION = """\
import torch.nn as nn
from torchvision import models
def get_model(n=10):
    net = models.resnet18()
    net.fc = nn.Linear(512, n)
    return net
"""


def test_a_function_that_changes_a_bundled_network_makes_one(summary_of_program):
    assert parameters(summary_of_program(VISION)) == 11_689_512 - 513_000 + 5_130


def test_a_bundled_network_is_found_by_a_name_that_an_argument_gives(summary_of_program):
    text = """\
import argparse
import torchvision.models as models
names = sorted(name for name in models.__dict__ if name.islower() and callable(models.__dict__[name]))
parser = argparse.ArgumentParser()
parser.add_argument('--arch', default='resnet18', choices=names)
args = parser.parse_args()
model = models.__dict__[args.arch]()
"""
    assert parameters(summary_of_program(text)) == 11_689_512


@pytest.mark.parametrize("more", ["best = net", "best = torch.jit.script(net)", "best = nn.DataParallel(net)"])
def test_a_second_name_of_a_network_is_no_second_network(summary_of_program, more):
    found = summary_of_program(DEFAULT + f"net = Net()\nnet.body.append(Block(4))\n{more}\n")
    assert parameters(found) == STEM + 3 * BLOCK


def test_several_networks_of_a_class_are_told_and_the_cure_works(summary_of_program):
    text = DEFAULT + "net = Net()\nema = Net()\nnet.body.append(Block(4))\n"
    code, report = summary_of_program(text)
    assert parameters((code, report)) == STEM + 2 * BLOCK
    told = next(each for each in report["warnings"] if each["code"] == "W017")
    assert told["message"] == "Net is read with its defaults; the file makes net and ema"
    assert told["hint"] == "say which: net.py:net"
    assert parameters(summary_of_program(text, entry="net.py:net")) == STEM + 3 * BLOCK


OWN = """\
import torch.nn as nn
from torchvision import models
class ResNet(nn.Module):
    def __init__(self{depth}):
        super().__init__()
        self.fc = nn.Linear(3, 10)
    def forward(self, x):
        return self.fc(x)
"""


@pytest.mark.parametrize(
    ("depth", "more"),
    [
        (", depth=1", "teacher = models.resnet18()\n"),
        (", depth", "if __name__ == '__main__':\n    teacher = models.resnet18()\n    train(ResNet(1), teacher)\n"),
    ],
)
def test_a_class_is_not_that_of_torchvision_by_its_name(summary_of_program, depth, more):
    """The teacher was read, with 11,689,512 parameters."""
    assert parameters(summary_of_program(OWN.format(depth=depth) + more)) == 40


@pytest.mark.parametrize(
    "alias",
    [
        "net = model",
        "net = model.module if hasattr(model, 'module') else model",
        "net, size = model, 1",
        "net = getattr(model, 'inner')",
    ],
)
def test_a_function_that_changes_its_parameter_by_another_name_is_run(summary_of_program, alias):
    text = OWN.format(depth="")
    if "getattr" in alias:
        text = text.replace("self.fc =", "self.inner = nn.Module(); self.inner.fc =").replace(
            "self.fc(", "self.inner.fc("
        )
    text += f"def change(model):\n    {alias}\n    net.fc = nn.Linear(3, 20)\nnet = ResNet()\nchange(net)\n"
    assert parameters(summary_of_program(text)) == 80


def test_a_critic_that_gives_a_mean_is_no_loss(summary_of_program):
    critic = OWN.format(depth="").partition("class")[2].replace("ResNet", "Critic").replace("fc(x)", "fc(x).mean()")
    found = summary_of_program(OWN.format(depth="") + f"class{critic}")
    assert "several networks in this file: ResNet, Critic" in question(found)


def test_a_call_that_only_a_run_knows_is_no_cure(summary_of_program):
    text = OWN.format(depth=", depth") + "def main(depth=1, **more):\n    net = ResNet(depth)\n    print(net)\n"
    assert "--arg depth=VALUE" in question(
        summary_of_program(text + "if __name__ == '__main__':\n    main(**{'depth': 5})\n")
    )


def test_parameters_by_position_alone_are_counted(summary_of_program):
    text = OWN.format(depth=", size, /, depth=3").replace("Linear(3, 10)", "Linear(size, depth)")
    assert parameters(summary_of_program(text + "if __name__ == '__main__':\n    net = ResNet(4, 9)\n")) == 45
