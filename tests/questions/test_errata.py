"""What slides have wrong is said where their examples are worked or marked, and nowhere else."""

import pytest
import yaml
from places import DATA

from convcalc.network.load import Choices, summarise_text
from convcalc.network.quantity import QUANTITIES
from convcalc.questions.errata import ERRATA, errata_of, example

SECTIONS = yaml.safe_load((DATA / "lectures.yaml").read_text(encoding="utf-8"))
CLAIMS = {claim["id"]: claim for name, claims in SECTIONS.items() if name != "sources" for claim in claims}
# The entry of lectures.yaml behind each erratum: what is stated as its sentence has it, and what is right.
BEHIND = {
    "xmu-dilated": ("4×4", lambda applied: list(applied.output)),
    "cnn4-tconv": ("4×4", lambda applied: list(applied.output[1:])),
    "guilan-units": ("4368", lambda applied: applied.activations),
    "xmu-ratios": ("3000 and 75400", lambda applied: [round(count / applied.parameters, 1) for count in (105_705_600, 2_635_670_400)]),
}  # fmt: skip
# What is rounded, or is no layer's: a total in millions.
ROUNDED = {"cnn4-vgg16"}


def applied(text, **choices):
    return summarise_text(text, Choices(**choices)).layers[-1].applied


def test_every_entry_that_states_another_figure_than_the_right_one_is_an_erratum():
    assert {name for name, claim in CLAIMS.items() if "correct" in claim} - ROUNDED == set(BEHIND)
    assert len(ERRATA) == len(BEHIND)


@pytest.mark.parametrize(("name", "erratum"), list(zip(BEHIND, ERRATA, strict=True)), ids=BEHIND)
def test_the_engine_gives_what_is_right_and_the_slide_has_another_figure(name, erratum):
    said, right = BEHIND[name]
    claim, layer = CLAIMS[name], example(erratum.layer, erratum.input)
    stated = claim["stated"] if isinstance(claim["stated"], list) else [claim["stated"]]
    assert said in erratum.slide and all(str(number) in said for number in stated[-2:])
    assert right(layer) == claim["correct"] != claim["stated"]
    assert erratum.quantity in QUANTITIES
    if name == "xmu-dilated":
        layer = example(erratum.layer, tuple(claim["given"]["input"]))
        assert right(layer) == claim["correct"]


def test_the_counts_that_the_ratios_are_of():
    (fully,) = summarise_text("9075 -> linear 290400").layers
    assert applied("3x55x55 -> localconv 96 k11 p5").parameters == CLAIMS["xmu-local"]["stated"] == 105_705_600
    assert fully.applied.parameters == CLAIMS["xmu-fc"]["stated"] == 2_635_670_400


SAME = [
    ("3x11x11 -> conv 3 k3 p1 s2 d2", {}, 0),
    ("3x11x11 -> nn.Conv2d(3, 3, 3, stride=2, padding=1, dilation=2, bias=False)", {}, 0),
    ("8x11x11 -> conv 16 k3 p1 s2 d2 g8", {}, 0),  # no size depends on channels
    ("1x2x2 -> tconv 1 k3 s2 p1", {}, 1),
    ("1x2x2 -> nn.ConvTranspose2d(1, 1, 3, stride=2, padding=1)", {}, 1),
    ("3x32x32 -> conv 6 k5", {}, 2),
    ("3x32x32 -> conv 6 k5 bias=no", {}, 2),  # nor does the number of outputs on a bias
    ("3x55x55 -> conv 96 k11 p=same", {}, 3),
]
OTHER = [
    "3x11x11 -> conv 3 k3 p1 s2 d1", "3x11x11 -> conv 3 k3 p2 s2 d2", "3x12x12 -> conv 3 k3 p1 s2 d2",
    "3x11x12 -> conv 3 k3 p1 s2 d2", "11 -> linear 3", "3x11 -> conv 3 k3 p1 s2 d2", "3x11x11x11 -> conv 3 k3 p1 s2 d2",
    "3x11x11 -> maxpool 3 p1 s2 d2", "1x2x2 -> tconv 1 k3 s2 p1 op1", "1x2x2 -> conv 1 k3 s2 p1",
    "3x32x32 -> conv 6 k5 p2", "3x32x32 -> conv 8 k5", "1x32x32 -> conv 6 k5", "3x32x32 -> conv 6 k5 s2",
    "3x55x55 -> conv 96 k11 p5 bias=no", "3x55x55 -> conv 96 k11 p5 g3",
]  # fmt: skip


@pytest.mark.parametrize(("text", "choices", "place"), SAME, ids=[row[0] for row in SAME])
def test_the_example_is_known_by_what_it_does_however_it_is_written(text, choices, place):
    assert list(errata_of(applied(text, **choices))) == [ERRATA[place]]


@pytest.mark.parametrize("text", OTHER)
def test_another_layer_is_no_example(text):
    assert not list(errata_of(applied(text)))


def test_letters_are_no_example():
    assert not list(errata_of(applied("3xHxW -> conv 6 k5")))


LINES = [
    (("conv", "3", "k3", "p1", "s2", "d2", "3x11x11"), "Lecture 5 (Xiamen University) has 4×4: it takes d·k − 1 for d·(k − 1)"),
    (("tconv", "1", "k3", "s2", "p1", "1x2x2"), "has 4×4: that needs an output padding of 1, which its drawing leaves out"),
    (("conv", "6", "k5", "3x32x32"), "(University of Guilan) has 4368 output units: 28·28·6 is miscounted"),
    (("conv", "96", "k11", "p5", "3x55x55"), "has 3000 and 75400 times fewer than without sharing: 105,705,600 unshared"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "line"), LINES, ids=[" ".join(words) for words, _ in LINES])
def test_a_worked_layer_says_it_in_one_line_with_the_source(convcalc, words, line):
    code, out, _ = convcalc("layer", *words)
    assert code == 0
    (found,) = [each for each in out.splitlines() if "the slide of" in each]
    assert line in found
    for form in ("markdown", "latex"):
        assert convcalc("layer", *words, "--format", form)[1].count("the slide of") == 1
    for work in ("result", "blank"):  # where nothing is remarked on, and answers are left out
        assert "the slide of" not in convcalc("layer", *words, "--work", work)[1]


MARKED = [
    ("3x11x11", "conv 3 k3 p1 s2 d2", "output", "3x4x4", "3x5x5", "has 4×4: it takes d·k − 1"),
    ("3x11x11", "conv 3 k3 p1 s2 d2", "output.height", "4", "5", "has 4×4: it takes d·k − 1"),
    ("1x2x2", "tconv 1 k3 s2 p1", "output", "1x4x4", "1x3x3", "has 4×4: that needs an output padding of 1"),
    ("3x32x32", "conv 6 k5", "activations", "4368", "4704", "has 4368 output units"),
]


@pytest.mark.parametrize(
    ("shape", "layer", "ask", "slide", "right", "line"), MARKED, ids=[f"{row[1]}.{row[2]}" for row in MARKED]
)
def test_an_answer_is_told_what_the_slide_has(convcalc, tmp_path, shape, layer, ask, slide, right, line):
    spec, key = tmp_path / "net.yaml", tmp_path / "key.yaml"
    spec.write_text(f"input: {shape}\nlayers:\n  - one: {layer}\n")
    key.write_text(f"assignment: A\nspec: net.yaml\nquestions:\n  - {{ask: one.{ask}, points: 1}}\n")
    for answer, code in ((slide, 1), (right, 0)):
        answers = tmp_path / "answers.yaml"
        answers.write_text(f'student: a\nanswers:\n  "one.{ask}": {answer}\n')
        for hints, times in (("why", 1), ("full", 1), ("where", 0), ("none", 0)):
            found, out, _ = convcalc("check", str(key), str(answers), "--hints", hints)
            assert found == code and out.count("the slide of") == times, out
            assert not times or line in out
            given_away = f" {right}" in out.replace("Lecture 5", "")
            assert right == answer or hints == "full" or not given_away
