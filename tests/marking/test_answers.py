"""Answers are read as a person would read them: every usual notation, at the precision written; nothing is executed."""

from fractions import Fraction

import pytest

from convcalc.marking.agreement import same_number, same_shape
from convcalc.marking.answers import read_answers
from convcalc.marking.reading import REMARKS, Unreadable, is_blank, read_answer
from convcalc.problem import Problem, Source


def submission(text):
    return read_answers(Source("alice.yaml", text))


@pytest.mark.parametrize(
    "text",
    [
        "6x28x28", "6 x 28 x 28", "6×28×28", "6X28X28", "6@28x28", "28x28@6", "(6, 28, 28)", "(6,28,28)", "[6,28,28]",
        "6, 28, 28", "6 28 28", "28×28×6", "28x28x6", "(28, 28, 6)", "torch.Size([6, 28, 28])", "(None, 28, 28, 6)",
        "N x 6 x 28 x 28", "(1, 6, 28, 28)", "C=6, H=28, W=28", "H: 28, W: 28, C: 6", "6 maps of 28x28", "6 * 28 * 28",
        "6 x (32 - 5 + 1) x (32-5+1)", "'6x28x28'", "= 6x28x28", "6 by 28 by 28", "output = 6x28x28", "６×２８×２８",
    ],
)  # fmt: skip
def test_a_shape_in_any_of_the_usual_notations(text):
    assert any(same_shape(reading, (6, 28, 28)) is not None for reading in read_answer(text, "shape"))


@pytest.mark.parametrize(
    ("text", "shape"),
    [("1,024", (1024,)), ("25,088", (25088,)), ("1x1x400", (400,)), ("400x1x1", (400,)), ("16*5*5", (400,)),
     ("120", (120, 1, 1)), ("512,512", (512, 512)), ("512,512", (512512,)), ("1,024x7x7", (1024, 7, 7)), ("16x100", (16, 100))],
)  # fmt: skip
def test_vectors_and_sides_of_1(text, shape):
    assert any(same_shape(reading, shape) is not None for reading in read_answer(text, "shape"))


@pytest.mark.parametrize("text", ["6x28x27", "28x6x28", "28x28", "6", "6@28", "784x6", "168x28", "28x28x28"])
def test_another_shape_is_another_shape(text):
    assert all(same_shape(reading, (6, 28, 28)) is None for reading in read_answer(text, "shape"))


PRODUCTS = ["26*26*32=21632", "26×26×32 = 21,632", "21632 = 26x26x32", "21632 (26*26*32)", "26x26x32 (21632)"]


@pytest.mark.parametrize("text", PRODUCTS)
def test_a_shape_with_its_product_is_both(text):
    for right in ((32, 26, 26), (21632,)):
        assert any(same_shape(reading, right) is not None for reading in read_answer(text, "shape"))
    for wrong in ((26, 26, 31), (21631,), (676, 32), (26, 832)):
        assert all(same_shape(reading, wrong) is None for reading in read_answer(text, "shape"))


def test_a_shape_with_another_number_than_its_product_is_that_number():
    assert [reading.value for reading in read_answer("26*26*32=21000", "shape")] == [(21000,)]


LAID_OUT = [("28x28x6 (HWC)", (6, 28, 28)), ("6x28x30 (C, H, W)", (6, 28, 30)), ("28x30x6 (H×W×C)", (6, 28, 30)),
            ("6x28x30 (H, W, C)", (30, 6, 28)), ("(6, 28, 30) (NCHW)", (6, 28, 30))]  # fmt: skip


@pytest.mark.parametrize(("text", "shape"), LAID_OUT)
def test_axes_named_behind_a_shape_say_its_layout(text, shape):
    (reading,) = read_answer(text, "shape")
    assert (reading.value, reading.layout) == (shape, "channels_first")


REMARKED = [
    ("320 (with bias)", 320), ("156 (150+6)", 156), ("150 + 6 (=156)", 156), ("4704 (6*28*28)", 4704), ("61.7 (k)", 61700),
    ("floor((32-5)/1)+1 (rounded down)", 28), ("5*5*6*16+16 = 2416 (biases too)", 2416), ("(5*5*6+1) (16)", 2416),
    ("6 (5 + 2)", 42), ("12 (3)", 36),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), REMARKED)
def test_a_remark_in_brackets_is_left_out_where_it_is_one(text, value):
    assert read_answer(text)[0].value == value


@pytest.mark.parametrize("text", ["320 (or 288)", "320 (288 without bias)", "320 (n)", "many (about)", "(with bias)"])
def test_what_may_be_another_answer_is_no_remark(text):
    with pytest.raises(Unreadable):
        read_answer(text)


def test_the_note_tells_channels_last():
    (reading,) = read_answer("28x28x6", "shape")
    assert same_shape(reading, (6, 28, 28)) == "read.layout"
    (marked,) = read_answer("28@28x6", "shape")
    assert same_shape(marked, (6, 28, 28)) is None  # the channels are marked: no other layout is meant


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("61706", 61706), ("61,706", 61706), ("61 706", 61706), ("61_706", 61706), ("61'706", 61706), ("061706", 61706),
        ("5*5*6*16 + 16", 2416), ("5x5x6x16+16", 2416), ("5·5·6·16 + 16", 2416), ("(5*5*6 + 1) * 16", 2416),
        ("(5^2*6+1)*16", 2416), ("5²·6·16 + 16", 2416), ("(5*5*6+1)(16)", 2416), ("5*5*6*16+16 = 2416", 2416),
        ("2,400 + 16", 2416), ("= 2416", 2416), ("2416 parameters", 2416), ("2416.", 2416), ("2416.0", 2416), ("0", 0),
        ("floor((32-5)/1)+1", 28), ("⌊(32−5)/1⌋+1", 28), ("1.5*10^6", 1_500_000), ("60.5 KiB", 61952), ("1 kB", 1000), ("1600 B", 1600),
        ("27/2", Fraction(27, 2)), ("54.25", Fraction(217, 4)), ("-3", -3), ("none", 0), ("params = 156", 156),
    ],
)  # fmt: skip
def test_a_number_and_arithmetic(text, value):
    assert read_answer(text)[0].value == value


@pytest.mark.parametrize(
    ("text", "right", "fits"),
    [
        ("138M", 138_357_544, True), ("138.4M", 138_357_544, True), ("138.36M", 138_357_544, True), ("139M", 138_357_544, False),
        ("138 million", 138_357_544, True), ("1.4e8", 138_357_544, True), ("1.38e8", 138_357_544, True), ("0.14B", 138_357_544, True),
        ("6.1e4", 61_706, True), ("6.2e4", 61_706, True), ("6.0e4", 61_706, False), ("61.7k", 61_706, True), ("61k", 61_706, True),
        ("60k", 61_706, False), ("62k", 61_706, True), ("138000000", 138_357_544, False), ("61,700", 61_706, False),
        ("1600 B", 1600, True), ("400B", 400, True), ("1,601 B", 1600, False), ("7B", 7_200_000_000, True), ("0.4B", 0, False),
        ("0M", 156, False), ("1e3", 1000, True), ("61.706", 61_706, True), ("138.357.544", 138_357_544, True),
    ],
)  # fmt: skip
def test_a_number_counts_at_the_precision_it_was_written_with(text, right, fits):
    assert any(same_number(reading, right) is not None for reading in read_answer(text)) is fits


def test_a_side_may_be_given_along_every_axis():
    assert [same_number(reading, 5) for reading in read_answer("5x5", "side")] == ["read.sides"]
    assert all(same_number(reading, 5) is None for reading in read_answer("25", "side"))


@pytest.mark.parametrize("text", ["", " ", "?", "-", "—", "n/a", "TODO", "..."])
def test_blank_is_blank(text):
    assert is_blank(text)


HOSTILE = [
    "__import__('os').system('true')", "9**9**9", "9**9**9**9", "(" * 900, "[" * 900 + "]" * 900, "1e999999999",
    "10^99999999", "a" * 1_000_000, "1" * 1_000_000, "x" * 999, "\x00", "6\x1bx28", "lambda: 1", "1 if 1 else 2",
    "().__class__", "{}", "{{7*7}}", "=cmd|' /C calc'!A0", "28:28", "0b11", "1;2", "max", "print(1)", "6x" * 400,
    "9" * 200 + "*" + "9" * 200, "@" * 50, "1@2@3", "-" * 900 + "1", "1/0", "5%0", "c=" + "9" * 500, "\u202e123", "½",
]  # fmt: skip


@pytest.mark.parametrize("form", ["number", "shape", "side"])
@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:20]))
def test_a_hostile_answer_is_read_as_nothing_much_and_at_once(text, form):
    try:
        readings = read_answer(text, form)
    except Unreadable as error:
        assert error.code in REMARKS
    else:
        assert readings


@pytest.mark.parametrize("text", ["__import__('os')", "9**9**9", "(" * 900, "a" * 1_000_000, "\x00", "lambda: 1"])
def test_what_is_no_answer_is_unreadable_with_a_reason(text):
    with pytest.raises(Unreadable) as caught:
        read_answer(text)
    assert str(caught.value) == REMARKS[caught.value.code]


# Files


def test_one_name_again_and_again_costs_no_more_than_as_many_names(monkeypatch):
    text = "mish: {\n" + "".join(f"a: {number}\n" for number in range(100_000))
    (answer,) = submission(text).answers.values()
    assert len(answer) < 100 and " or " in answer


PLAIN = """
student: alice
answers:
  C1: {output: 6x28x28, parameters: 156, macs: 117600, receptive_field: 5}
  C3: {output: 16@10x10, parameters: 5*5*6*16 + 16}
  S4:
    output: (16, 5, 5)
  total: {parameters: "61,706"}
"""


def test_the_file_of_the_contract():
    read = submission(PLAIN)
    assert read.student == "alice"
    assert read.answers["C3.output"] == "16@10x10"
    assert read.answers["S4.output"] == "(16, 5, 5)"
    assert read.answers["total.parameters"] == "61,706"


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("answers: {C1: {output: (6, 28, 28), parameters: 156}}", {"C1.output": "(6, 28, 28)", "C1.parameters": "156"}),
        (
            "answers:\n  C1: {output: (6, 28, 28), parameters: 1,560}\n",
            {"C1.output": "(6, 28, 28)", "C1.parameters": "1,560"},
        ),
        ("answers:\n  C1:\n    output: ?\n    parameters: 156\n", {"C1.output": "?", "C1.parameters": "156"}),
        ("answers:\n  C1:\n\toutput: 6x28x28\n", {"C1.output": "6x28x28"}),
        (
            "answers:\n  C1:\n    output: [6, 28, 28]\n    parameters: 010\n",
            {"C1.output": "[6, 28, 28]", "C1.parameters": "010"},
        ),
        ("answers:\n  C1.output: 28:28\n  C1.parameters: no\n", {"C1.output": "28:28", "C1.parameters": "no"}),
        ("answers:\n  C1.output: *28\n  C1.parameters: 156\n", {"C1.output": "*28", "C1.parameters": "156"}),
        ("C1.output: 6x28x28\nC1.parameters:\n", {"C1.output": "6x28x28", "C1.parameters": ""}),
        ("answers:\n  C1: {parameters: 156}\n  C1: {parameters: 150}\n", {"C1.parameters": "156 or 150"}),
        ("answers:\n  - {layer: C1, output: 6x28x28}\n", {"C1.output": "6x28x28"}),
        ('{"answers": {"C1": {"output": "6x28x28"}}}', {"C1.output": "6x28x28"}),
        ("Student: Ada\nAnswers:\n  C1: {output: 6x28x28}\n", {"C1.output": "6x28x28"}),
        ("answers:\n  C1:\n    output:6x28x28\n", {"C1.output": "6x28x28"}),
        ("answers:\n  C1:\n    output:6x28x28\n    parameters:156\n", {"C1.output": "6x28x28", "C1.parameters": "156"}),
        ("answers:\n  C1.output: 28:28\n  C1.note: 'a:1'\n", {"C1.output": "28:28", "C1.note": "a:1"}),
        ("ANSWERS: {C1.output: 6x28x28}\n", {"C1.output": "6x28x28"}),
        ("answer:\n  C1: {output: 6x28x28}\n", {"C1.output": "6x28x28"}),
        (
            "Answers:\n  F6: {output: (84,)}\n  C1:\n    parameters: 156\n",
            {"F6.output": "(84,)", "C1.parameters": "156"},
        ),
        (
            "answers:\n  C1:\n    output:6x28x28\n    parameters: 156\n",
            {"C1.output": "6x28x28", "C1.parameters": "156"},
        ),
    ],
)
def test_the_traps_of_yaml_cost_no_mark(text, answers):
    found = submission(text).answers
    assert {name: found.get(name) for name in answers} == answers


def test_a_layer_with_answers_below_it_is_no_answer():
    assert "C1" not in submission("answers:\n  C1:\n    output:6x28x28\n    parameters: 156\n").answers


def test_who_answers_is_read_line_by_line_too():
    assert submission("Student: Ada\nAnswers:\n  C1: {output: (6, 28, 28)}\n").student == "Ada"


@pytest.mark.parametrize("answer", ["(6, 28, 28)", "6x28x28"])
def test_a_group_is_read_whatever_yaml_says(answer):
    assert submission(f"student: [Ann, Bob]\nanswers: {{C1: {{output: {answer}}}}}\n").group == ("Ann", "Bob")


def test_what_yaml_splits_is_read_and_said():
    read = submission("answers:\n  C1: {output: (6, 28, 28)}\n")
    assert any("YAML splits" in finding.message for finding in read.findings)


@pytest.mark.parametrize(
    "text",
    [
        "", "[1, 2]", "just words", "a: &a [x]\n" + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(9)),
        "[" * 5000, "\x00\x01\x02", "answers: " + "x" * 3_000_000, "".join(f"k{n}: 1\n" for n in range(100_000)),
    ],
    ids=["empty", "list", "words", "aliases", "deep", "binary", "long", "keys"],
)  # fmt: skip
def test_a_file_with_nothing_to_mark_has_a_reason(text):
    with pytest.raises(Problem) as caught:
        submission(text)
    assert caught.value.diagnostics[0].message
