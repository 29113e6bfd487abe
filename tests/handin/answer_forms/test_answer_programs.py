"""Programs handed in as answers: summarised and never executed, their layers paired with the key's or asked about."""

import json
import random

import pytest

from convcalc.handin import batch
from convcalc.handin.answer_forms import read_answers
from convcalc.handin.answer_forms.pairing import pair_layers, sections, sure_pairs
from convcalc.handin.keys import one_key
from convcalc.handin.submission import Submission, mark_submission
from convcalc.marking.assignment import read_key
from convcalc.marking.reference_network import ReferenceNetwork
from convcalc.marking.verdict import Person
from convcalc.network.load import summarise_text
from convcalc.problem import Source

QUESTIONS = """questions:
  - {ask: C1.output}
  - {ask: S2.output}
  - {ask: C3.parameters, points: 2}
  - {ask: C3.macs}
  - {ask: F6.parameters}
  - {ask: total.parameters, at_most: 70k}
"""
KEY = f"assignment: LeNet\nspec: lenet5\n{QUESTIONS}"
TORCH = """import torch
import torch.nn as nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.pool = nn.AvgPool2d(2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(400, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x):
        x = self.pool(torch.tanh(self.conv1(x)))
        x = self.pool(torch.tanh(self.conv2(x)))
        x = torch.tanh(self.fc1(x.flatten(1)))
        return self.fc3(torch.tanh(self.fc2(x)))
"""
KERAS = """import keras
from keras import layers
model = keras.Sequential([
    keras.Input((32, 32, 1)),
    layers.Conv2D(6, 5, activation="tanh"), layers.AveragePooling2D(2),
    layers.Conv2D(16, 5, activation="tanh"), layers.AveragePooling2D(2),
    layers.Flatten(), layers.Dense(120, activation="tanh"), layers.Dense(84, activation="tanh"), layers.Dense(10),
])
"""
NAMED = """self.C1 = nn.Conv2d(1, 6, 5)
self.S2 = nn.AvgPool2d(2)
self.C3 = nn.Conv2d(6, 16, 5)
"""


def marked(text, key=KEY, name="ada.py", **how):
    keys = one_key(read_key(Source("key", key)))
    return mark_submission(Submission(Person("ada", "ada"), name, Source(name, text)), keys, **how)


def states(found):
    return [verdict.state for verdict in found.verdicts]


def cells(*texts):
    made = [{"cell_type": "code", "source": text} for text in texts]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


RIGHT = {
    "PyTorch": (TORCH, "ada.py"),
    "Keras": (KERAS, "ada.py"),
    "Keras that does not say its input": (KERAS.replace("keras.Input((32, 32, 1)),", ""), "ada.py"),
    "a notebook": (cells("!pip install torch\nimport torch", TORCH), "ada.ipynb"),
    "a pasted class": (TORCH.partition("\n\n")[2], "ada.txt"),
    "another input in the file": (TORCH + "Net()(torch.randn(8, 1, 28, 28))\n", "ada.py"),
    "the assignment's names": (TORCH.replace("conv1", "C1").replace("conv2", "C3").replace("fc2", "f6"), "ada.py"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "name"), RIGHT.values(), ids=RIGHT)
def test_a_right_program_is_marked_right(text, name):
    found = marked(text, name=name)
    assert (found.status, states(found), found.score) == ("marked", ["correct"] * 6, 7)
    assert found.remarks[0].startswith("its answers are computed from the network ")


def test_what_was_taken_for_what_is_told():
    assert marked(TORCH).remarks[1:] == (
        "paired by kind and order: C1 is conv1 on line 7, S2 is pool on line 8, C3 is conv2 on line 9, F6 is fc2 on line 11",
    )
    assert "C1 is conv1 in cell 2" in marked(cells("import torch", TORCH), name="ada.ipynb").remarks[1]


def test_another_setting_is_named_and_what_follows_is_consistent():
    text = TORCH.replace("6, 16, 5)", "6, 16, 5, padding=2, bias=False)").replace("400", "16*7*7")
    found = marked(text, KEY + "  - {ask: S4.output}\n")
    by_ask = {verdict.question.ask: verdict for verdict in found.verdicts}
    assert [each.codes for each in by_ask["C3.parameters"].diagnoses] == [("code.bias",)]
    assert [each.codes for each in by_ask["C3.macs"].diagnoses] == [("code.padding",)]
    assert (by_ask["C3.macs"].note, by_ask["C3.macs"].where) == ("read.program", "conv2 on line 9")
    assert by_ask["total.parameters"].state == "wrong"
    assert "arithmetic" not in str(found)


def test_names_that_differ_in_capitals_are_two_layers():
    text = TORCH.replace("conv1", "c1").replace("self.c1 =", "self.C1 = nn.Conv2d(1, 99, 7)\n        self.c1 =")
    text = text.replace(
        "self.pool(torch.tanh(self.c1(x)))", "self.pool(torch.tanh(self.c1(x) + 0 * self.C1(x).mean()))"
    )
    found = marked(text)
    assert found.verdicts[0].state in ("correct", "missing")


def test_a_dict_that_answers_nothing_is_no_hand_in_beside_a_network():
    assert marked(f"answers = {{'right': 0}}\n{TORCH}").score == 7
    table = {"cell_type": "markdown", "source": "| layer | output |\n|---|---|\n| hidden | 5 |"}
    mixed = json.loads(cells(TORCH))
    mixed["cells"].insert(0, table)
    assert marked(json.dumps(mixed), name="a.ipynb").score == 7


def test_answers_beside_a_network_are_what_is_marked():
    found = marked(cells(TORCH, "answers = {'C1.output': '6x28x28'}"), name="a.ipynb")
    assert (found.score, found.remarks) == (1, ("the network in it was not read",))


def test_a_setting_of_one_layer_is_charged_once():
    text = TORCH.replace("6, 16, 5)", "6, 17, 5)").replace("400", "17*5*5")
    found = marked(text, KEY + "  - {ask: C3.output}\n")
    by_ask = {verdict.question.ask: verdict for verdict in found.verdicts}
    assert [by_ask[ask].state for ask in ("C3.parameters", "C3.macs", "C3.output")] == [
        "wrong",
        "consistent",
        "consistent",
    ]
    assert states(marked(text, carry_forward=False)).count("wrong") == 2


def test_what_follows_from_the_students_own_layer_is_consistent():
    text = TORCH.replace("Conv2d(1, 6, 5)", "Conv2d(1, 6, 3)").replace("400", "16*5*5").replace("6, 16, 5", "6, 16, 6")
    found = marked(text, KEY.replace("{ask: S2.output}", "{ask: S2.output, points: 3}"))
    assert states(found)[:2] == ["wrong", "consistent"]


def test_no_wrong_layout_makes_an_answer_right():
    key = "assignment: A\nspec: {input: 16x100, layers: [c: conv 16 k1]}\nquestions: [c.output]\n"
    text = "import torch.nn as nn\nclass N(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.c = nn.Conv1d(16, {}, 1{})\n    def forward(self, x):\n        return self.c(x)\n"
    assert states(marked(text.format(16, ""), key)) == ["correct"]
    # 100 channels of length 16 are not 16 of length 100.
    assert states(marked(text.format(100, ", stride=6, padding=0").replace("1, stride", "10, stride"), key)) == [
        "wrong"
    ]


AMBIGUOUS = {
    "one more, each unlike the key's": (
        "1x32x32", "conv 4 k5, conv 8 k5, conv 16 k3", "conv 5 k5, conv 9 k5", {},
    ),
    "one more, of which one is alike": ("1x32x32", "conv 4 k5, conv 8 k3", "conv 8 k3, conv 9 k3, conv 4 k1", {1: 0}),
    "two that are alike": ("1x32x32", "conv 4 k3", "conv 4 k3, conv 4 k3", {}),
    "as many": ("1x32x32", "conv 4 k3, relu, conv 8 k3", "conv 5 k5, conv 6 k3, relu", {0: 0, 1: 2, 2: 1}),
    "between pairs": (
        "1x32x32", "conv 4 k3, maxpool 2, conv 8 k3, maxpool 2, conv 9 k3", "conv 4 k3, maxpool 2, conv 7 k3, maxpool 2",
        {0: 0, 1: 1, 2: 2, 3: 3},
    ),
    "names first": (
        "1x32x32", "a: conv 4 k3, b: conv 4 k3", "x: conv 4 k3, b: conv 9 k3, a: conv 4 k3", {0: 2, 1: 1},
    ),
    "a name that is a number of its kind": ("1x32x32", "relu, conv 4 k3, relu", "relu, relu, conv 4 k3, relu", {1: 2, 2: 3}),
}  # fmt: skip


@pytest.mark.parametrize(("shape", "key", "own", "pairs"), AMBIGUOUS.values(), ids=AMBIGUOUS)
def test_layers_are_paired_where_there_is_one_way_only(shape, key, own, pairs):
    def network(layers, stem):
        names = iter(range(100))
        listed = "".join(
            f"  - {layer.strip() if ':' in layer or layer.strip() == 'relu' else f'{stem}{next(names)}: {layer.strip()}'}\n"
            for layer in layers.split(",")
        )
        return ReferenceNetwork(summarise_text(f"input: {shape}\nlayers:\n{listed}"))

    right, theirs = network(key, "k"), network(own, "n")
    found = pair_layers(right, theirs, range(len(right.layers)))
    assert dict(found.layers) == pairs
    assert {index for each in found.open for index in each.wanted} == {*range(len(right.layers))} - pairs.keys()


def every_longest_way(alike):
    """All longest ways to pair rows with columns in order, by brute force."""
    ways = [()]
    for row, fits in enumerate(alike):
        ways += [(*way, (row, column)) for way in ways for column, fit in enumerate(fits)
                 if fit and (not way or way[-1][1] < column)]  # fmt: skip
    longest = max(map(len, ways))
    return [set(way) for way in ways if len(way) == longest]


@pytest.mark.parametrize("seed", range(60))
def test_the_sure_pairs_are_those_of_every_longest_way(seed):
    chance = random.Random(seed)
    rows, columns = chance.randint(1, 5), chance.randint(1, 5)
    alike = [[chance.random() < 0.5 for _ in range(columns)] for _ in range(rows)]
    assert set(sure_pairs(alike)) == set.intersection(*every_longest_way(alike))


def test_pairs_that_cross_divide_nothing():
    assert sections({0: 0, 1: 3, 2: 2, 3: 4}) == ([0, 3], [0, 4])
    assert sections({}) == ([], [])


def test_what_may_be_several_layers_is_a_question_at_its_line():
    text = TORCH.replace(
        "self.conv1 = nn.Conv2d(1, 6, 5)", "self.conv1 = nn.Sequential(nn.Conv2d(1, 3, 3), nn.Conv2d(3, 7, 3))"
    )
    found = marked(text.replace("(6, 16", "(7, 17").replace("400", "17*5*5"))
    assert (
        "line 7: conv1.0, conv1.1 and conv2 may be C1, C3 or C5; call them as the assignment does" not in found.remarks
    )
    assert any("may be" in remark and "call" in remark for remark in found.remarks) or states(found)[0] != "missing"


def test_a_kind_that_is_not_there_is_told():
    found = marked(TORCH.replace("AvgPool2d", "MaxPool2d"))
    assert "no avgpool of this network can be S2; call it S2" in found.remarks
    assert states(found)[1] == "missing"


# What does not build, and what is not said


def test_a_program_that_does_not_build_is_a_row_in_the_students_words():
    found = marked(TORCH.replace("400", "256"))
    assert found.status == "unreadable"
    assert found.reason == "line 10: in_features is 256, the input has 400 features; write: nn.Linear(400, 120)"


UNREADABLE = {
    "two networks": (TORCH + TORCH.replace("Net", "Other"), "there are several networks in this file: Net, Other; leave one in the file, or let the assignment name it (program: Net)"),
    "a slip of Python": (TORCH.replace("(self):", "(self)", 1), "line 5: Python cannot read this line: expected ':'; mend the line"),
    "no network": ("import torch\nx = 5\n", "there is no network in this file; hand in the file that has its class: those beside it are not read"),
    "a loop without end": (TORCH.replace("super()", "[i for i in range(10**9)]\n        super()"), "line 6: the program takes more than 1,000,000 steps"),
    "a power": (TORCH.replace("6, 16", "6, 9**9**9**9"), "line 9: a power has more than"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "words"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_summarised_is_told(text, words):
    found = marked(text)
    assert found.status == "unreadable"
    assert found.reason.startswith(words)


def test_the_key_may_name_the_network():
    two = TORCH.replace("Net", "Other").replace("6, 5", "7, 5").replace("(6, 16", "(7, 16") + TORCH
    assert marked(two, f"{KEY}program: Net\n").score == 7
    assert marked(TORCH.replace("(self):", "(self, n=9):", 1).replace("1, 6, 5)", "1, n, 5)").replace("(6, 16", "(n, 16"),
                  f"{KEY}program: Net(n=6)\n").score == 7  # fmt: skip
    assert marked(TORCH, f"{KEY}program: Nets\n").status == "unreadable"


def test_the_key_may_want_no_program():
    found = marked(TORCH, f"{KEY}program: no\n")
    assert found.reason.startswith("this is a program, and the assignment asks for answers")


def test_nobodys_file_beside_it_is_read(tmp_path):
    (tmp_path / "bob.py").write_text(TORCH)
    (tmp_path / "ada.py").write_text("from bob import Net\n\nclass Mine(Net):\n    pass\n")
    found = {entry.person.name: batch.open_hand_in(entry) for entry in batch.hand_ins([str(tmp_path)], ())}
    key = read_key(Source("key", KEY))
    assert mark_submission(found["bob"], one_key(key)).score == 7
    assert mark_submission(found["ada"], one_key(key)).status == "unreadable"


def test_another_input_that_keras_declares_is_told():
    found = marked(KERAS.replace("(32, 32, 1)", "(28, 28, 1)"))
    assert "the program's input is 1×28×28, and the assignment's 1×32×32" in found.remarks
    assert states(found)[0] == "wrong"


def test_keras_counts_what_the_key_counts():
    text = KERAS.replace("layers.Flatten()", "layers.BatchNormalization(), layers.Flatten()")
    key = "assignment: A\ninput: 1x32x32\nconvention: {}\nquestions: [{{ask: parameters, at_most: 61740}}]\n"
    assert states(marked(text, key.format("pytorch"))) == ["correct"]  # 61,738 that are learnt
    assert states(marked(text, key.format("keras"))) == ["wrong"]  # and 32 that are not


# Requirements on any network

BUDGET = """assignment: A small classifier
input: 3x32x32
questions:
  - {ask: total.output, answer: 10}
  - {ask: parameters, at_most: 50k}
  - {ask: total.macs, at_most: 5M}
  - {ask: total.receptive_field, at_least: 24}
  - {ask: head.parameters, at_least: 600, at_most: 700}
"""
SMALL = """import torch.nn as nn
class Small(nn.Module):
    def __init__(self, classes=10):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(3, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3),
                                  nn.AdaptiveAvgPool2d(1))
        self.head = nn.Linear(64, classes)
    def forward(self, x):
        return self.head(self.body(x).flatten(1))
"""


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("", ""), ["correct"] * 5),
        (("classes=10", "classes=11"), ["wrong", "correct", "correct", "correct", "wrong"]),
        (("32, 64, 3", "32, 64, 3, groups=32"), ["correct"] * 5),
        (("nn.AdaptiveAvgPool2d(1)", "nn.Conv2d(64, 64, 3), nn.AdaptiveAvgPool2d(1)"),
         ["correct", "wrong", "wrong", "correct", "correct"]),
        (("self.head", "self.last"), ["correct"] * 4 + ["missing"]),
    ],
)  # fmt: skip
def test_a_program_is_held_against_requirements(change, expected):
    assert states(marked(SMALL.replace(*change), BUDGET)) == expected


def test_requirements_are_for_every_form():
    text = "total: {output: 10, parameters: 49999, macs: 5M, receptive_field: 24x24}\nhead.parameters: 650\n"
    assert states(marked(text, BUDGET, "ada.yaml")) == ["correct"] * 5
    assert states(marked("layer,parameters\ntotal,50001\nhead,599\n", BUDGET, "a.csv")) == ["missing", "wrong"] + [
        "missing"
    ] * 2 + ["wrong"]


def test_a_layer_that_a_requirement_names_is_missed():
    assert (
        "no layer of this network is called head; call one so"
        in marked(SMALL.replace(".head", ".last"), BUDGET).remarks
    )


def test_without_an_input_there_are_no_numbers():
    key = "assignment: A\nquestions: [{ask: macs, at_most: 5M}]\n"
    assert marked(SMALL, key).reason.startswith(
        "neither the program nor the assignment says what goes into the network"
    )
    assert states(marked(SMALL + "Small()(torch.randn(1, 3, 32, 32))\n", key)) == ["correct"]


# A student's files


CHOSEN = {
    "a program before what it needs": ({"requirements.txt": "torch\n", "net.py": TORCH}, "net.py"),
    "a program before its readme": ({"README.md": "# Homework\n", "net.py": TORCH}, "net.py"),
    "answers before a program": ({"answers.yaml": "C1.output: 6x28x28\n", "net.py": TORCH}, "answers.yaml"),
    "the network before what trains it": ({"a_train.py": "import torch\nfrom net import Net\n", "net.py": TORCH}, "net.py"),
    "a table before notes": ({"notes.txt": "I had no time.\n", "table.csv": "layer,output\nC1,6x28x28\n"}, "table.csv"),
}  # fmt: skip


@pytest.mark.parametrize(("files", "expected"), CHOSEN.values(), ids=CHOSEN)
def test_of_a_students_files_the_one_with_answers_is_marked(files, expected, tmp_path):
    (tmp_path / "ada").mkdir()
    for name, text in files.items():
        (tmp_path / "ada" / name).write_text(text)
    (entry,) = batch.hand_ins([str(tmp_path)], ())
    assert batch.open_hand_in(entry).name.endswith(expected)


def test_who_answers_is_read_without_the_key():
    assert read_answers(Source("a.ipynb", cells("STUDENT = 'Ada'", TORCH))).student == "Ada"
    assert read_answers(Source("a.ipynb", cells("STUDENT = 'Ada'", TORCH))).needs_key
