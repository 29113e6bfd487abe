"""Right answers as students write them are right, and what differs from them by one sign or number is not."""

import pytest

from convcalc.marking.answers import Answers
from convcalc.marking.assignment import read_key
from convcalc.marking.mark import mark
from convcalc.problem import Source
from convcalc.readers import library

C1, FLAT, BATCH, LINEAR = (
    "1x32x32 -> conv 6 k5",
    "16x6x6 -> flatten -> linear 10",
    "1x28x28 -> conv 32 k3",
    "84 -> linear 120 -> linear 84",
)
READINGS = [  # (network, question, a right answer, a wrong one)
    (C1, "conv1.parameters", "156 (150+6)", "157 (150+7)"),
    (C1, "conv1.parameters", "156 (150 weights + 6 biases)", "150 (150 weights + 6 biases)"),
    (LINEAR, "linear2.parameters", "10164 (with bias)", "10080 (with bias)"),
    (LINEAR, "linear2.parameters", "10164 (without bias)", "10080 (without bias)"),
    (C1, "conv1.output", "6×28×28 = 4704", "6×27×27 = 4374"),
    (FLAT, "flatten1.output", "6x6x16 = 576", "6x6x15 = 540"),
    (C1, "conv1.output", "28x28 (6 maps)", "28x28 (5 maps)"),
    (C1, "conv1.output", "28 × 28, 6 channels", "28 × 28, 1 channel"),
    (FLAT, "flatten1.output", "576 features", "567 features"),
    (FLAT, "linear1.output", "10 classes", "11 classes"),
    (C1, "conv1.receptive_field", "5×5 pixels", "5×6 pixels"),
    (C1, "conv1.output", "6×28²", "6×28³"),
    (BATCH, "conv1.output", "(64, 32, 26, 26)", "(64, 16, 26, 26)"),
    (C1, "conv1.macs", "235200 FLOPs", "117600 FLOPs"),
    (C1, "conv1.macs", "117600 MACs", "235200 MACs"),
    (C1, "conv1.flops", "235200 FLOPs", "235200 MACs"),
]
FORMULAS = [
    ("conv.macs", "H_out*W_out*k*k*C_in*C_out", "H_in*W_in*k*k*C_in*C_in"),
    ("dwconv.parameters", "(k*k+1)*c", "(k*k+1)*c*c"),
    ("sepconv.parameters", "k*k*c + c*f + f", "k*k*c + c*f + k"),
    ("maxpool.output", "(W-F)/S+1", "(W-F)/S"),
    ("conv.receptive_field", "r + (k-1)*j", "r + k*j"),
    ("conv.receptive_field", "r_in + (k-1)*d*j_in", "r_in + (k-1)*d"),
    ("conv.receptive_field", "r0 + (K-1)*S", "r0 + (K+1)*S"),
    ("linear.parameters", "in*out + out", "in*out + in"),
    ("conv.output", r"\lfloor \frac{W-K+2P}{S} \rfloor + 1", r"\lfloor \frac{W-K+2P}{S} \rfloor"),
    ("conv.macs", r"H_{out} \times W_{out} \times k \times k \times C_{in} \times C_{out}", r"H_{out} \times k \times C_{in}"),
    ("conv.receptive_field", r"r + (k - 1) \cdot j", r"r + (k - 1) \cdot k"),
]  # fmt: skip


def state(text, ask, answer):
    (verdict,) = mark(read_key(Source("key.yaml", text)), Answers("", {ask: answer})).verdicts
    return verdict.state


@pytest.mark.parametrize(("network", "ask", "right", "wrong"), READINGS)
def test_a_reading_is_right_and_its_neighbour_is_not(network, ask, right, wrong):
    assert state(network, ask, right) == "correct"
    assert state(network, ask, wrong) in ("wrong", "unreadable")


@pytest.mark.parametrize(("ask", "right", "wrong"), FORMULAS)
def test_a_formula_is_right_and_its_neighbour_is_not(ask, right, wrong):
    text = f"assignment: a\nquestions: [{{ask: {ask}, form: symbolic}}]"
    assert state(text, ask, right) == "correct"
    assert state(text, ask, wrong) in ("wrong", "unreadable")


@pytest.mark.parametrize(
    ("text", "where"), [("(W - K + 2P", "is not closed"), ("(W - K)/", "at the end"), ("(W - Q)/S + 1", '"Q"')]
)
def test_where_a_formula_cannot_be_read_is_said(text, where):
    key = read_key(Source("key.yaml", "assignment: a\nquestions: [{ask: conv.output, form: symbolic}]"))
    (verdict,) = mark(key, Answers("", {"conv.output": text})).verdicts
    assert verdict.state == "unreadable" and where in verdict.where


def test_the_total_that_keras_prints_is_right_and_what_is_trained_is_right_as_such():
    key = read_key(library.find("keras_mobilenet"))
    answers = {"total.parameters": "4,253,864", "total.trainable_params": "4,231,976"}
    assert [verdict.state for verdict in mark(key, Answers("", answers)).verdicts] == ["correct"] * 2
    swapped = dict(zip(answers, reversed(answers.values()), strict=True))
    assert "correct" not in [verdict.state for verdict in mark(key, Answers("", swapped)).verdicts]


def test_a_remark_that_is_left_out_is_said():
    (verdict,) = mark(
        read_key(Source("key.yaml", LINEAR)), Answers("", {"linear2.parameters": "10164 (without bias)"})
    ).verdicts
    assert (verdict.state, verdict.note) == ("correct", "read.remark")


def test_a_key_in_json_on_one_line_may_have_an_arrow_in_its_spec():
    text = '{"assignment": "a", "spec": "1x32x32 -> conv 6 k5 -> relu", "questions": [{"ask": "conv1.parameters"}]}'
    assert state(text, "conv1.parameters", "156") == "correct"
