"""Arrays handed in are marked number by number, and the slips of the lectures are named where they give them."""

import json

import pytest
from mistake_examples import CHAIN, GRID, MADE, SLIDES

from convcalc.arrays.array import array_line
from convcalc.marking.answers import Answers
from convcalc.marking.array_slips import MAX_WAYS, SLIPS
from convcalc.marking.assignment import read_key
from convcalc.marking.mark import mark
from convcalc.marking.mistakes import ARRAYS, MISTAKES
from convcalc.problem import Problem, Source


def key_of(**task):
    return read_key(Source("key", f"assignment: arrays\nquestions:\n  - {json.dumps({'name': 'A', **task})}\n"))


def verdict(answer, **task):
    (found,) = mark(key_of(**task), Answers("", {"A": answer})).verdicts
    return found


def codes(found):
    return [each.codes for each in found.diagnoses]


@pytest.mark.parametrize(("task", "right"), SLIDES, ids=[task["apply"] for task, _ in SLIDES])
def test_what_is_right_however_it_is_written(task, right):
    rows = [[int(number) for number in row.split()] for row in right.split(";")]
    for answer in (
        right,
        str(rows),
        f"np.array({rows})",
        right.replace(";", "\n"),
        f"[{rows}]",
        right.replace(" ", ","),
    ):
        found = verdict(answer, **task, points=4)
        assert (found.state, found.score) == ("correct", 4), answer


def test_every_mistake_with_arrays_is_tried_and_done():
    assert {code for code, *_ in MADE} == set(SLIPS) == {each.code for each in ARRAYS}


@pytest.mark.parametrize(("code", "task", "answer"), MADE, ids=[f"{row[0]}: {row[1]['apply']}" for row in MADE])
def test_a_mistake_is_named_by_what_it_gives(code, task, answer):
    if code == "arr.no_activation":
        answer = array_line(key_of(**{**task, "apply": "conv 1 k2"}).asked[0].right)
    if code == "arr.transposed" and answer.startswith("350"):
        answer = array_line(key_of(**{**task, "weights": "10 30; 20 40"}).asked[0].right)
    found = verdict(answer, **task)
    assert found.state == "wrong"
    assert codes(found)[0] == (code,)


def test_a_mistake_in_one_layer_of_a_chain_is_carried_on():
    flipped = array_line(key_of(**{**CHAIN, "flip": "yes"}).asked[0].right)
    found = verdict(flipped, **CHAIN)
    assert (codes(found)[0], found.diagnoses[0].layers) == (("arr.flipped",), ("conv1",))
    average = array_line(key_of(**{**CHAIN, "apply": "conv 1 k2 -> relu -> avgpool 2 s1"}).asked[0].right)
    found = verdict(average, **CHAIN)
    assert (codes(found)[0], found.diagnoses[0].layers) == (("arr.average",), ("maxpool1",))


def test_two_mistakes_together_are_named():
    task = {"apply": "conv 1 k2 s2", "input": "1..16:4x4", "weights": "1 2; 3 5", "bias": 7}
    both = array_line(key_of(**{**task, "apply": "conv 1 k2", "bias": 0}).asked[0].right)
    found = verdict(both, **task)
    assert set(codes(found)[0]) == {"arr.no_stride", "arr.no_bias"}


def test_numbers_that_are_right_earn_their_share():
    task = {**SLIDES[0][0], "points": 4}
    for answer, score in (("370 470; 670 771", 3), ("370 0; 0 770", 2), ("0 0; 0 0", 0), ("370 470 670", 0)):
        found = verdict(answer, **task)
        assert (found.state, found.score) == ("wrong", score)
    assert verdict("", **task).state == "missing"
    assert verdict("230 330; 530 630", **task, partial={"arr.flipped": 3}).score == 3


def test_a_mistake_at_some_places_only_is_named_too():
    """Three numbers with a kernel that was flipped, the fourth right."""
    found = verdict("230 330; 530 770", **SLIDES[0][0], points=4)
    assert codes(found) == [("arr.flipped",)] and found.score == 1


def test_decimals_are_right_at_the_precision_written():
    task = {"apply": "avgpool 3 s1", "input": "1 2 3; 4 5 6; 7 8 10"}  # 46/9 = 5.111…
    for answer, state in (
        ("46/9", "correct"),
        ("5.11", "correct"),
        ("5.1", "correct"),
        ("5.2", "wrong"),
        ("5", "wrong"),
    ):
        assert verdict(answer, **task).state == state
    assert verdict("5", **task, tolerance="5%").state == "correct"


@pytest.mark.parametrize("answer", ["abc", "1 2; 3", "[[1, 2], [3]]", "1 x; 3 4", "9" * 500_000, "[" * 300])
def test_what_is_no_array_cannot_be_read(answer):
    assert verdict(answer, **SLIDES[0][0]).state == "unreadable"


@pytest.mark.parametrize(
    ("task", "message", "hint"),
    [
        ({"apply": "conv 1 k2"}, "apply needs an input", "input: "),
        ({"apply": "conv 1 k2", "input": GRID}, "conv1 needs weights of 1×1×2×2", 'weights: "1..4:2x2"'),
        ({"apply": "conv 1 k5", "input": GRID, "weights": "1..25:5x5"}, "kernel 5 does not fit", "kernel ≤ 3"),
        ({"apply": "conv 1 k2", "input": "1 2; 3", "weights": "1 2; 3 4"}, "row 2 has 1 number, row 1 has 2", ""),
        (
            {"apply": "conv 1 k2", "input": GRID, "weights": "1 2; 3 4", "ask": "C1.output"},
            "ask is no key of arrays",
            "",
        ),
        ({"apply": "maxpool 2", "input": GRID, "weights": "1 2; 3 4"}, "no layer here has weights", "leave it out"),
    ],
)
def test_a_key_that_cannot_be_is_told_what_to_write(task, message, hint):
    with pytest.raises(Problem) as caught:
        key_of(**task)
    (found,) = caught.value.diagnostics
    assert message in found.message and hint in found.hint and "--" not in found.hint


def test_weights_of_several_filters_and_layers():
    one = key_of(apply="conv 2 k1x2", input="1 2; 3 4", weights=["1 1", "10 0"]).asked[0]
    assert one.right.shape == (2, 2, 1) and one.right.numbers == (3, 7, 10, 30)
    other = key_of(apply="conv 1 k1 -> conv 1 k1", input="1 2; 3 4", weights={"conv1": "2", "conv2": "10"}).asked[0]
    assert other.right.numbers == (20, 40, 60, 80)
    lists = key_of(apply="conv 1 k2", input=[[1, 2, 3], [4, 5, 6], [7, 8, 9]], weights=[[10, 20], [30, 40]]).asked[0]
    assert lists.right.numbers == (370, 470, 670, 770)


def test_the_ways_of_one_mistake_in_all_layers_are_bounded():
    """One channel of eight in each of five layers: 32,768 ways."""
    weights = {f"conv{number}": "random:8x8x1x1" for number in range(1, 6)}
    task = key_of(apply=" -> ".join(["conv 8 k1"] * 5), input="random:8x1x2", weights=weights).asked[0].arrays
    assert sum(each.layers == ("*",) for each in task.single_mistakes) <= len(SLIPS) * MAX_WAYS


KEY = """\
assignment: Arrays
questions:
  - {apply: "conv 1 k2", input: "1 2 3; 4 5 6; 7 8 9", weights: "10 20; 30 40", points: 4}
  - {name: pool, apply: maxpool 2, input: [[1, 1, 2, 4], [5, 6, 7, 8], [3, 2, 1, 0], [1, 2, 3, 4]], points: 4}
"""


def test_a_submission_on_the_command_line(convcalc, tmp_path):
    key, answers = tmp_path / "key.yaml", tmp_path / "answers.yaml"
    key.write_text(KEY)
    answers.write_text("student: ann\nanswers:\n  Q1: [[370, 470], [670, 771]]\n  pool: |\n    3.25 5.25\n    2 2\n")
    code, out, _ = convcalc("check", str(key), str(answers))
    assert code == 1
    assert ":( Q1: 370 470; 670 771 is not right" in out and "3 of 4 numbers are right; not [1, 1]" in out
    assert "3 of 4 points for it" in out and "3 of 8 points" in out
    assert "the average was taken; it is the largest of each window (arr.average)" in out
    full = convcalc("check", str(key), str(answers), "--hints", "full")[1]
    assert "the right answer is 370 470; 670 770" in full
    assert "[0, 0] 1·10 + 2·20 + 4·30 + 5·40 = 370" in " ".join(full.split())
    found = json.loads(convcalc("check", str(key), str(answers), "--format", "json")[1])
    (first, second) = found["submissions"][0]["answers"]
    assert first["read"] == [[370, 470], [670, 771]] and first["score"] == 3
    assert second["read"] == [["13/4", "21/4"], [2, 2]] and second["diagnoses"][0]["codes"] == ["arr.average"]
    for form in ("markdown", "csv", "junit", "check50", "classroom50", "gradescope", "github"):
        assert convcalc("check", str(key), str(answers), "--format", form)[0] in (1, 2)
    assert convcalc("check", str(key), str(answers), "--class-report")[0] == 1


def test_every_code_of_arrays_has_words():
    for code in SLIPS:
        assert MISTAKES[code].slip and MISTAKES[code].cure
