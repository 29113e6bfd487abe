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
C3, DEEP = "6x14x14 -> conv 16 k5", "512x9x9 -> conv 50 k1"
CUBE, NORM = "3x10x10 -> conv 8 k3", "16x8x8 -> bn"
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
    (C1, "conv1.macs", "$117{,}600$", "$117{,}060$"),
    (C1, "conv1.flops", "235200 FLOPs", "235200 MACs"),
    (C1, "conv1.receptive_field", "5 px x 5 px", "5 px x 6 px"),
    (C1, "conv1.output", "6x28x28, since 32-5+1=28", "6x28x28, since 32-5+1=29"),
    (C1, "conv1.output", "6x28x28 (28 = 32-5+1)", "6x28x28 (27 = 32-5)"),
    (C1, "conv1.output", "6@28x28 (floor of 27.5 + 1)", "6@27x27 (floor of 27.5 + 0)"),
    (C1, "conv1.output", r"$6 \times 28 \times 28$", r"$6 \times 27 \times 27$"),
    (C1, "conv1.output", r"\(6 \times 28 \times 28\)", r"\(6 \times 28\)"),
    (C1, "conv1.parameters", r"$(5\cdot 5\cdot 1+1)\cdot 6$", r"$(5\cdot 5\cdot 1)\cdot 6$"),
    (C1, "conv1.parameters", "156 (150 weights, 6 biases)", "150 (150 weights, 6 biases)"),
    (C1, "conv1.parameters", "156 (150 weights, and 6 biases)", "156 (150 weights, 7 biases)"),
    (NORM, "batchnorm1.parameters", "32 (16 gamma + 16 beta)", "16 (16 gamma + 16 beta)"),
    (NORM, "batchnorm1.buffers", "32 running stats", "16 running stats"),
    (LINEAR, "linear2.output", "84 (120->84)", "120 (120->84)"),
    (LINEAR, "linear1.macs", "10,08k", "10,8k"),
    (C1, "conv1.macs", "0,1176 M", "1,176 M"),
    (C1, "conv1.macs", "1,176e5", "1,176e4"),
    (C1, "conv1.macs", "1,176×10^5", "1,176×10^2"),
    (C1, "conv1.macs", "ca. 117600", "ca. 117000"),
    (C1, "conv1.macs", "about 117600", "about 150"),
    (C1, "conv1.output", "6∗28∗28", "6∗28∗27"),
    (C1, "conv1.output", "6x28x28 → pool", "6x28x28 → 6x14x14"),
    (C1, "conv1.output", "6, 28x28", "28, 28x6"),
    (C1, "conv1.output", "H=W=28, C=6", "H=W=6, C=28"),
    (CUBE, "conv1.output", "8x8x8", "8x8x8x8"),
    (CUBE, "conv1.output", "1x8x8x8", "8x8x8x1"),
    # Rounded, and what a mistake gives as well
    (C3, "conv1.parameters", "2.42k", "2.4k"),
    (C3, "conv1.parameters", "2.416k", "2.400k"),
    (DEEP, "conv1.parameters", "25.65k", "25.6k"),
    (C1, "conv1.macs", "118k", "0.1M"),
    (C1, "conv1.macs", "1.18e5", "1e5"),
    ("1x40x40 -> conv 6 k23", "conv1.receptive_field", "23", "2e1"),
    (C1, "conv1.parameters", "1.56e2", "0.0002M"),
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


def test_what_is_rounded_to_too_few_digits_is_told_what_else_it_may_be():
    (verdict,) = mark(read_key(Source("key.yaml", C3)), Answers("", {"conv1.parameters": "2.4k"})).verdicts
    assert (verdict.state, verdict.note, verdict.diagnoses) == ("unreadable", "read.vague", ())
    assert verdict.where == "as it is rounded it may also be 2,400"


def test_a_total_is_right_where_no_mistake_in_all_rows_rounds_to_the_same():
    assert state("spec: lenet5\nquestions: [{ask: total.parameters}]", "total.parameters", "61.71k") == "correct"
    assert state("spec: lenet5\nquestions: [{ask: total.parameters}]", "total.parameters", "61.7k") == "unreadable"


@pytest.mark.parametrize(
    ("answer", "expected"), [("2.4k", "unreadable"), ("2.416k", "correct"), ("b", "correct"), ("2.42k", "unreadable")]
)
def test_of_choices_the_exact_value_is_chosen(answer, expected):
    text = f"spec: {C3}\nquestions: [{{ask: conv1.parameters, choices: ['2,400', '2,416']}}]"
    assert state(text, "conv1.parameters", answer) == expected


def test_a_choice_that_is_rounded_in_the_key_can_be_chosen():
    text = "spec: lenet5\nquestions: [{ask: total.parameters, choices: [60k, 62k]}]"
    assert [state(text, "total.parameters", answer) for answer in ("b", "62k", "a")] == ["correct", "correct", "wrong"]


def test_a_batch_that_is_a_side_again_is_one_where_another_shape_tells_of_it():
    key = read_key(Source("key.yaml", f"{CUBE} -> maxpool 2"))
    answers = {"conv1.output": "8x8x8x8", "maxpool1.output": "8x8x4x4"}
    assert [each.state for each in mark(key, Answers("", answers)).verdicts] == ["unreadable"] * 2
    key = read_key(Source("key.yaml", f"{CUBE} -> conv 16 k3"))
    answers = {"conv1.output": "8x8x8x8", "conv2.output": "8x16x6x6"}
    assert [each.state for each in mark(key, Answers("", answers)).verdicts] == ["correct"] * 2


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


@pytest.mark.parametrize(
    ("network", "answers", "said"),
    [
        (CUBE, "output: 8x8x8x1", "there should be 3 numbers, and these are 4"),
        (FLAT, "output: 24x24", "there should be 1 number, and these are 2"),
        (C1, "receptive_field: 5x5x3", "it is one and the same number along every axis"),
        (C1, "parameters: 0.2k", "as it is rounded it may also be 150"),
    ],
)
def test_what_is_wrong_with_an_answer_is_said_below_it(convcalc, tmp_path, network, answers, said):
    (tmp_path / "key.yaml").write_text(network)
    layer = "flatten1" if network == FLAT else "conv1"
    (tmp_path / "mine.yaml").write_text(f"answers: {{{layer}: {{{answers}}}}}\n")
    assert said in convcalc("check", tmp_path / "key.yaml", tmp_path / "mine.yaml")[1]


def test_a_shape_in_another_order_has_no_number_that_is_right(convcalc, tmp_path):
    (tmp_path / "key.yaml").write_text(C1)
    (tmp_path / "mine.yaml").write_text('answers: {conv1: {output: "28@28x6"}}\n')
    out = convcalc("check", tmp_path / "key.yaml", tmp_path / "mine.yaml", "--hints", "where")[1]
    assert "the numbers are right, and their order is not" in out
