"""Homework marked as values: the same marks that `convcalc check --json` prints, whatever form key and answers have."""

import json
from fractions import Fraction
from pathlib import Path

import pytest

import convcalc

KEY = {
    "assignment": "Homework 3",
    "spec": "lenet5",
    "questions": [
        {"ask": "C1.output"},
        {"ask": "C3.parameters", "points": 2, "partial": {"par.no_bias": 1}},
        {"ask": "C5.receptive_field"},
        {"ask": "total.parameters", "points": 3},
        {"ask": "S4.output"},
    ],
}
ANSWERS = {
    "student": "Ada",
    "answers": {
        "C1": {"output": "6x28x28"}, "C3": {"parameters": "5*5*6*16"}, "total": {"parameters": "sixty"},
        "S4": {"output": [16, 5, 5]}, "C9": {"output": "3x3"},
    },
}  # fmt: skip


def test_marks_are_those_of_the_command(request, tmp_path):
    run = request.getfixturevalue("convcalc")
    (tmp_path / "key.yaml").write_text(json.dumps(KEY))
    (tmp_path / "ada.yaml").write_text(json.dumps(ANSWERS))
    for options, asked in (
        ([], {}), (["--hints", "full", "--reveal"], {"hints": "full", "reveal": True}), (["--hints", "none"], {"hints": "none"}),
        (["--no-carry-forward"], {"carry_forward": False}),
    ):  # fmt: skip
        _, out, _ = run("check", tmp_path / "key.yaml", tmp_path / "ada.yaml", "--single", "--json", *options)
        (printed,) = json.loads(out)["submissions"]
        for key, answers in ((KEY, ANSWERS), (tmp_path / "key.yaml", str(tmp_path / "ada.yaml"))):
            marks = convcalc.check(key, answers, **asked)
            assert (marks.student, marks.status, marks.score, marks.out_of, marks.reason) == tuple(
                printed[name] for name in ("student", "status", "score", "out_of", "reason")
            )
            assert list(marks.remarks) == printed["remarks"] and len(marks.answers) == len(printed["answers"]) == 5
            for answer, row in zip(marks.answers, printed["answers"], strict=True):
                names = ("ask", "given", "state", "score", "points", "message", "note")
                assert [getattr(answer, name) for name in names] == [row[name] for name in names]
                assert list(answer.hints) == row["hints"]
                assert (list(answer.read) if isinstance(answer.read, tuple) else answer.read) == row["read"]
                codes = [{"codes": list(each.codes), "layers": list(each.layers)} for each in answer.diagnoses]
                assert codes == row.get("diagnoses", [])


FORMS = {
    "a dict": {"C1": {"output": (6, 28, 28)}},
    "a text in YAML": "C1: {output: 6x28x28}\n",
    "a text in one line": "C1.output: 6x28x28",
    "JSON": '{"answers": {"C1": {"output": [6, 28, 28]}}}',
    "Python": "answers = {'C1.output': (6, 28, 28)}\n",
}


@pytest.mark.parametrize("answers", FORMS.values(), ids=FORMS)
def test_answers_have_several_forms(answers):
    marks = convcalc.check(KEY, answers, student="Bob")
    assert (marks.student, marks.score, marks.answers[0].state) == ("Bob", 1, "correct")
    assert marks.answers[0].right and not marks.answers[1].right


KEYS = {
    "a bundled name": "lenet5",
    "a network": convcalc.load("lenet5"),
    "a text": "spec: lenet5\nquestions: [{ask: C1.output}]",
    "a line": "1x32x32 -> conv 6 k5 name=C1",
    "a dict of a network": {"input": "1x32x32", "layers": [{"C1": "conv 6 k5"}]},
}


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
def test_keys_have_several_forms(key):
    assert convcalc.check(key, {"C1": {"output": "6x28x28"}}).score == 1


def test_points_may_be_fractions():
    key = {"spec": "lenet5", "questions": [{"ask": "C1.output", "points": 0.5}]}
    assert convcalc.check(key, {"C1": {"output": "6x28x28"}}).score == Fraction(1, 2)


UNMARKED = {"": "empty", "x: [": "unreadable", "\n": "empty"}


@pytest.mark.parametrize(("answers", "status"), UNMARKED.items(), ids=UNMARKED.values())
def test_what_cannot_be_marked_says_why(answers, status):
    marks = convcalc.check(KEY, answers)
    assert (marks.status, marks.score) == (status, 0) and marks.reason in str(marks) and marks.reason


def test_what_is_wrong_with_a_key_is_a_problem(tmp_path):
    for key, said in (
        ({"spec": "lenet5", "questions": [{"ask": "C9.output"}]}, 'there is no layer "C9"'),
        ("nokey.yaml", "there is no file"),
        ("-", "standard input"),
    ):
        with pytest.raises(convcalc.Problem, match=said):
            convcalc.check(key, ANSWERS)
    with pytest.raises(convcalc.Problem, match="there is no file"):
        convcalc.check(KEY, Path("nobody.yaml"))
    with pytest.raises(convcalc.Problem, match="there is no kind of hints"):
        convcalc.check(KEY, ANSWERS, hints="all")


def test_a_notebook_shows_marks_as_a_table():
    shown = convcalc.check(KEY, ANSWERS)._repr_html_()
    assert shown.count("<tr>") == 6 and "par.no_bias" in shown and "Ada: " in shown
    assert "&lt;b&gt;" in convcalc.check(KEY, {**ANSWERS, "student": "<b>"})._repr_html_()
