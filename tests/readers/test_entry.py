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
        ("if __name__ == '__main__':\n    net = Net(Block, 3)\n", "line 19 makes Net(Block, 3)"),
        ("def test():\n    net = Net(depth=3)\n    print(net)\n", "line 19 makes Net(depth=3)"),
        ("D = 3\nnets = [Net(depth=2), Net(depth=D)]\n", "line 19 makes Net(depth=D)"),
        ("net = Net()\nsame = Net(Block, depth=2)\n", ""),
        ("def make(d):\n    return Net(depth=d)\n", ""),
        ("def make(**more):\n    return Net(depth=3, **more)\n", ""),
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


def test_who_gives_arguments_is_told_of_no_others(summary_of_program):
    code, report = summary_of_program(DEFAULT + "net = Net(depth=3)\n", "--arg", "depth=4")
    assert parameters((code, report)) == STEM + 4 * BLOCK
    assert "W017" not in str(report["warnings"])


def test_a_network_in_a_program_needs_no_command(convcalc, tmp_path, monkeypatch):
    (tmp_path / "net.py").write_text(DEFAULT)
    monkeypatch.chdir(tmp_path)
    assert convcalc("net.py:Net(depth=3)", "--json") == convcalc("summary", "net.py:Net(depth=3)", "--json")
    assert convcalc("none.py:Net")[0] == 2
