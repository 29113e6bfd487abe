"""What the columns of a form are called, and what is told of those that were not read."""

import json

import pytest

from convcalc.handin.form import columns_asked, form_rows, known_names
from convcalc.marking.verdict import KeyQuestion

QUESTIONS = (
    KeyQuestion("C1.output", "C1", "output"),
    KeyQuestion("C1.parameters", "C1", "parameters"),
    KeyQuestion("C1.output.height", "C1", "output", "height"),
    KeyQuestion("total.macs", "total", "macs"),
    KeyQuestion("Q6", "", "units", text="How many units fit behind it?"),
)
KEY = """
assignment: Homework 3
spec: lenet5
questions: [{ask: C1.output}, {ask: C1.parameters}, {ask: S2.output}, {ask: C3.parameters}]
"""


def asked(*heads):
    return columns_asked(heads, known_names(QUESTIONS)).asks


@pytest.mark.parametrize(
    "head, ask",
    [
        ("C1.output [1 point]", "C1.output"),
        ("C1.parameters (2.5 pts)", "C1.parameters"),
        ("4711: C1 output", "C1.output"),
        ("Output size of C1", "C1.output"),
        ("3. What is the output size of layer C1?", "C1.output"),
        ("Parameters of C1 [2 points]", "C1.parameters"),
        ("Number of parameters in C1", "C1.parameters"),
        ("How many parameters does C1 have?", "C1.parameters"),
        ("Output of C1 (C x H x W)", "C1.output"),
        ("C1 - output", "C1.output"),
        ("C1: parameters", "C1.parameters"),
        ("Parameters [C1]", "C1.parameters"),
        ("C1 [Output size]", "C1.output"),
        ("Output height of C1", "C1.output.height"),
        ("MACs of the whole network", "total.macs"),
        ("Total MACs", "total.macs"),
        ("How many units fit behind it? [1 point]", "Q6"),
    ],
)
def test_a_heading_may_say_what_it_asks(head, ask):
    assert asked(head) == {0: ask}


@pytest.mark.parametrize(
    "head",
    ["C1.output [Score]", "Output size of C1 [Feedback]", "Explain the output of C1", "Output of C9", "C1",
     "Total MACs (in billions)", "How did you find the parameters of C1?"],
)  # fmt: skip
def test_what_is_beside_an_answer_is_none(head):
    assert asked(head) == {}


def test_the_column_named_as_a_question_is_the_one_that_answers_it():
    assert asked("Output of C1", "C1.output") == {1: "C1.output"}


def test_two_columns_that_differ_on_one_question_are_neither_lost_nor_chosen_from():
    (row,) = form_rows("f.csv", "name,C1.output,C1 output\nAda,6x28x28,6x27x27\n", QUESTIONS)
    assert row.source.text == '{"answers": {"C1.output": "6x28x28 or 6x27x27"}}'


@pytest.fixture
def place(tmp_path):
    (tmp_path / "key.yaml").write_text(KEY)
    (tmp_path / "form.csv").write_text(
        "Timestamp,Your name,C1.output [1 point],Zahl der Gewichte von C1,Empty,C3 parameters\n"
        "20.11.2026,Ada,6x28x28,156,,2416\n"
    )
    return tmp_path


NOTES = [
    'form.csv: not read: the column "Zahl der Gewichte von C1"',
    "form.csv has no column for C1.parameters, S2.output; a column is called as its question is: C1.parameters",
]


def test_columns_that_are_not_read_and_questions_without_one_are_told(convcalc, place):
    _, out, err = convcalc("check", f"{place}/key.yaml", f"{place}/form.csv")
    assert err == "".join(f"note: {note}\n" for note in NOTES)
    assert ":) C1.output is 6×28×28" in out and ":) C3.parameters is 2,416" in out


@pytest.mark.parametrize("form", ["text", "markdown", "html", "json"])
def test_and_in_the_report_on_the_class(convcalc, place, form):
    out = convcalc("check", f"{place}/key.yaml", f"{place}/form.csv", "--class-report", "--format", form)[1]
    if form == "json":
        assert json.loads(out)["notes"] == NOTES
    else:
        assert "Columns of forms" in out and "Zahl der Gewichte von C1" in out and "has no column for" in out
