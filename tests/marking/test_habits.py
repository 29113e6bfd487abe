"""One mistake made wherever it shows is charged once; and of mistakes that give the same number, the likeliest is first."""

import random

import pytest
from simulate_class import key_of
from simulated_class import student as classroom
from simulated_class.formulas import WRONG
from simulated_class.networks import NETWORKS

from convcalc.marking.answers import Answers
from convcalc.marking.assignment import read_key
from convcalc.marking.mark import mark
from convcalc.problem import Source
from convcalc.readers import library
from convcalc.render.marks import MarkingRun
from convcalc.render.marks.feedback import feedback

LENET = read_key(library.find("lenet5"))
NO_BIAS = {
    "C1.parameters": "150", "C3.parameters": "2400", "C5.parameters": "48000", "F6.parameters": "10080",
    "linear1.parameters": "840", "total.parameters": "61470",
}  # fmt: skip


def marked(answers, key=LENET, carry_forward=True):
    return mark(key, Answers("ann", answers), carry_forward)


def states(answers, key=LENET):
    return [verdict.state for verdict in marked(answers, key).verdicts]


HABITS = {
    "no bias anywhere": NO_BIAS,
    "positions of the input everywhere": {"C1.macs": "153600", "C3.macs": "470400", "C5.macs": "1200000"},
    "the stride of every pooling": {"S2.output": "6x27x27", "C3.output": "16x23x23", "S4.output": "16x22x22"},
    "two operations for each": {"C1.macs": "235200", "C3.macs": "480000", "F6.macs": "20160", "total.macs": "833040"},
    "no bias, and rows that are not asked": {"C1.parameters": "150", "C3.parameters": "2400", "total.parameters": "61470"},
    "one place fewer everywhere": {"C1.output": "6x27x27", "S2.output": "6x12x12", "C3.output": "16x7x7", "S4.output": "16x2x2"},
}  # fmt: skip


@pytest.mark.parametrize("answers", HABITS.values(), ids=HABITS)
def test_a_habit_is_charged_where_it_shows_first(answers):
    found = states(answers)
    assert (found[0], set(found[1:])) == ("wrong", {"consistent"})


def test_a_habit_is_said_where_it_is_charged_and_counts():
    result = marked(NO_BIAS)
    assert (result.score, result.out_of) == (5, 6)
    assert [verdict.charged for verdict in result.verdicts] == ["", *["C1.parameters"] * 4, ""]
    run = MarkingRun("", "", (), 6)
    said = feedback(result.verdicts[1], result, run)
    assert said.line == "C3.parameters goes the same way as your C1.parameters, where it is charged"
    assert said.below[0].startswith("no bias was counted: 5·5·6·16 = 2,400;")
    assert not feedback(result.verdicts[1], result, run._replace(hints="none")).below
    assert feedback(result.verdicts[-1], result, run).line.startswith(
        "total.parameters follows from your C1.parameters"
    )


def test_a_mistake_that_is_made_now_and_then_is_no_habit():
    assert states({**NO_BIAS, "C3.parameters": "2416", "C5.parameters": "48120"})[0:3] == [
        "wrong",
        "correct",
        "correct",
    ]
    mixed = {"C1.parameters": "150", "C3.parameters": "2416", "C5.parameters": "48000"}
    assert states(mixed) == ["wrong", "correct", "wrong"]


def test_a_habit_may_be_one_with_a_kind_of_layer():
    """All convolutions without a bias, the linear layers with theirs."""
    answers = {**NO_BIAS, "F6.parameters": "10164", "linear1.parameters": "850", "total.parameters": "61564"}
    assert states(answers) == ["wrong", "consistent", "consistent", "correct", "correct", "consistent"]


def test_a_habit_and_another_mistake_are_two():
    answers = {**NO_BIAS, "C5.parameters": "96000"}  # and twice as much
    assert states(answers)[2] == "wrong"


def test_slips_of_the_pen_are_no_habit():
    answers = {"C1.parameters": "312", "C3.parameters": "4832", "C5.parameters": "96240"}  # each doubled
    assert states(answers) == ["wrong"] * 3


def test_a_slip_in_a_row_that_is_not_asked_is_charged_once():
    """One place fewer in C1, whose output is not asked: the MACs of all layers after it follow."""
    answers = {"C1.macs": str(27 * 27 * 150), "C3.macs": str(9 * 9 * 2400), "F6.macs": "10080"}
    assert states(answers) == ["wrong", "consistent", "correct"]


def test_without_carrying_forward_every_row_is_charged():
    assert {verdict.state for verdict in marked(NO_BIAS, carry_forward=False).verdicts} == {"wrong"}


def test_ties_go_to_the_mistake_that_other_rows_do_not_rule_out():
    """Both a forgotten 2 and a forgotten + 1 give 111; who has the + 1 elsewhere, where nothing is padded, forgot the 2."""
    key = read_key(Source("key.yaml", "3x224x224 -> conv 64 k7 s2 p3 -> conv 64 k5"))
    rows = {"conv1.output": "64x111x111"}
    assert marked(rows, key).verdicts[0].diagnoses[0].codes == ("size.no_plus_one",)
    rows["conv2.output"] = "64x107x107"
    assert marked(rows, key).verdicts[0].diagnoses[0].codes == ("size.pad_once",)


def charges(name, code, monkeypatch):
    """How many rows are wrong of a student who makes a mistake everywhere, or 0 where it leads nowhere."""
    network = NETWORKS[name]
    ways = [way for way in WRONG if way[0] == code]
    spots = {(layer.name, way[2]): [way] for way in ways for layer in network.layers if layer.kind in way[1]}
    monkeypatch.setattr(classroom, "intended", lambda *_: spots)
    made = classroom.student(name, random.Random(1), 1)
    if made is None:
        return 0
    lines = {ask: classroom.written(value, random.Random(1), network.channels_last) for ask, value in made[0].items()}
    return sum(verdict.state == "wrong" for verdict in marked(lines, key_of(name)).verdicts)


EVERYWHERE = [
    "par.no_bias", "par.fc_no_bias", "par.no_cin", "mac.in_hw", "mac.factor2", "rf.no_stride", "rf.cur_stride",
    "rf.sum_k", "size.pad_once", "size.no_plus_one", "size.pool_default_stride1", "size.concat_add",
]  # fmt: skip


@pytest.mark.parametrize("code", EVERYWHERE)
def test_a_student_who_makes_it_everywhere_is_charged_once(code, monkeypatch):
    found = [charges(name, code, monkeypatch) for name in ("lenet5", "alexnet", "vgg11", "resnet", "unet")]
    assert set(found) <= {0, 1} and 1 in found


@pytest.mark.parametrize("name", ["textcnn", "vit_b_16"])
def test_fields_of_series_and_patches_are_compared_with_mistakes_too(name):
    """A series has no channels, and of patches it cannot always be told how far apart they are."""
    key = read_key(library.find(name))
    right = {each.question.ask: each.right for each in key.asked if each.question.quantity == "receptive_field"}
    lines = {ask: "x".join(map(str, value)) if isinstance(value, tuple) else str(value) for ask, value in right.items()}
    wrong = [*lines][-3:]
    found = states(lines | dict.fromkeys(wrong, "5"), key)
    assert found.count("wrong") == 1 or found.count("wrong") == len(wrong)
    assert set(found) <= {"correct", "wrong", "consistent"}
